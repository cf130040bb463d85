/* What the programs in this folder share: an image in memory, and one person. */
#ifndef SESSION_H
#define SESSION_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <woapol.h>

/* Says where and ends, when a claim does not hold. */
#define CLAIM(claim)                                                                               \
    ((claim) ? (void)0                                                                             \
             : (fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim), exit(1)))

static inline void *
read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    CLAIM(file != NULL);
    CLAIM(fseek(file, 0, SEEK_END) == 0);
    *size = (size_t)ftell(file);
    rewind(file);
    void *bytes = malloc(*size);
    CLAIM(bytes != NULL && fread(bytes, 1, *size, file) == *size);
    fclose(file);
    return bytes;
}

/* Binds a person of one group; the caller frees *memory. */
static inline struct woapol_principal *
bind_group(const struct woapol_image *image, const char *group, void **memory)
{
    size_t size = (woapol_principal_size(image) + 63) / 64 * 64;
    const struct woapol_text name = {group, strlen(group)};
    const struct woapol_identity identity = {.groups = &name, .group_count = 1};
    *memory = aligned_alloc(64, size);
    CLAIM(*memory != NULL);
    return woapol_bind(image, &identity, *memory, size);
}

static inline uint32_t
find(const struct woapol_image *image, enum woapol_kind kind, const char *name)
{
    return woapol_find(image, kind, name, strlen(name));
}

#endif
