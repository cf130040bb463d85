/* Any bytes as a bundle of sources; and any texts in a bundle come out again. */
#include "compiler/bundle.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void
out_of_memory(void *context)
{
    (void)context;
    abort();
}

/* Unpacks, and what unpacks must pack and unpack to the same texts. */
static void
round_trip(struct wp_arena *arena, const struct wp_bundle *bundle)
{
    struct wp_sources sources;
    struct wp_bundle again;
    const char *reason;
    size_t size;
    wp_sources_init(&sources, arena);
    for (uint32_t i = 0; i < bundle->count; i++)
        (void)wp_sources_add(&sources, bundle->files[i].name, bundle->files[i].text,
                             bundle->files[i].length);
    const void *bytes = wp_bundle_write(arena, &sources, &size, &reason);
    /* Names that are seen from elsewhere may fall together, or grow too long. */
    if (bytes == NULL || !wp_bundle_read(&again, arena, bytes, size, &reason))
        return;
    if (again.count != bundle->count)
        abort();
    for (uint32_t i = 0; i < bundle->count; i++)
        if (again.files[i].length != bundle->files[i].length ||
            memcmp(again.files[i].text, bundle->files[i].text, again.files[i].length) != 0)
            abort();
}

static void
read_any(const void *bytes, size_t size)
{
    struct wp_arena *arena = wp_arena_new(out_of_memory, NULL);
    struct wp_bundle bundle;
    const char *reason = NULL;
    if (wp_bundle_read(&bundle, arena, bytes, size, &reason))
        round_trip(arena, &bundle);
    else if (reason == NULL)
        abort();
    wp_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Once as it comes, and once as what comes out of a sound stream, whose check sum
 * no fuzzer would find. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uLongf packed = compressBound((uLong)size);
    unsigned char *bytes = malloc(8 + packed);
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)size >> (8 * i));
    if (compress2(bytes + 8, &packed, data, (uLong)size, 0) != Z_OK)
        abort();
    read_any(bytes, 8 + packed);
    free(bytes);
    read_any(data, size);
    return 0;
}
