/* Images by name. They are never dropped while the database is open, so whoever has
 * found one needs no lock to use it. */
#include "woapol_duckdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As many as anybody compares, and no more than memory holds. */
#define IMAGES_MAX 4096
#define BYTES_MAX ((uint64_t)4 << 30)

struct wpd_state *
wpd_state_new(void)
{
    struct wpd_state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return NULL;
    if (pthread_mutex_init(&state->lock, NULL) != 0) {
        free(state);
        return NULL;
    }
    atomic_init(&state->users, 1);
    return state;
}

static void
free_image(struct wpd_image *image)
{
    if (image != NULL)
        free(image->bytes);
    free(image);
}

void
wpd_state_leave(void *context)
{
    struct wpd_state *state = context;
    if (atomic_fetch_sub(&state->users, 1) > 1)
        return;
    while (state->images != NULL) {
        struct wpd_image *image = state->images;
        state->images = image->next;
        free_image(image);
    }
    pthread_mutex_destroy(&state->lock);
    free(state);
}

static struct wpd_image *
find(const struct wpd_state *state, struct woapol_text name)
{
    struct wpd_image *image = state->images;
    while (image != NULL &&
           (image->name_length != name.length || memcmp(image->name, name.text, name.length) != 0))
        image = image->next;
    return image;
}

const struct wpd_image *
wpd_image_get(struct wpd_state *state, struct woapol_text name)
{
    pthread_mutex_lock(&state->lock);
    const struct wpd_image *image = find(state, name);
    pthread_mutex_unlock(&state->lock);
    return image;
}

static bool
is_text(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    while (at < end) {
        const unsigned char c = *at++;
        const unsigned more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : (c & 0xf0) == 0xe0 ? 2 : 3;
        if (c >= 0x80 && (c < 0xc2 || c > 0xf4 || (size_t)(end - at) < more))
            return false;
        if ((c == 0xe0 && *at < 0xa0) || (c == 0xed && *at > 0x9f) || (c == 0xf0 && *at < 0x90) ||
            (c == 0xf4 && *at > 0x8f))
            return false;
        for (unsigned i = 0; i < more; i++)
            if ((*at++ & 0xc0) != 0x80)
                return false;
    }
    return true;
}

/* DuckDB believes that every text is UTF-8. */
static bool
has_texts(const struct woapol_image *image)
{
    static const enum woapol_kind kinds[] = {WOAPOL_METHOD, WOAPOL_POLICY, WOAPOL_RULE};
    const char *text;
    size_t length = 0;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (uint32_t i = 0; i < woapol_count(image, kinds[k]); i++)
            if ((text = woapol_name(image, kinds[k], i, &length)) != NULL && !is_text(text, length))
                return false;
    for (uint32_t i = 0; (text = woapol_message(image, i, &length)) != NULL; i++)
        if (!is_text(text, length))
            return false;
    return true;
}

static struct wpd_image *
make(struct woapol_text name, struct woapol_text bytes, char *error, size_t size)
{
    struct woapol_fault fault = {0, NULL};
    struct wpd_image *image = calloc(1, sizeof *image + name.length);
    if (image != NULL)
        image->bytes = malloc(bytes.length + 1);
    if (image == NULL || image->bytes == NULL) {
        (void)snprintf(error, size, "woapol: there is not enough memory for this image");
        free_image(image);
        return NULL;
    }
    memcpy(image->bytes, bytes.text, bytes.length);
    memcpy(image->name, name.text, name.length);
    image->size = bytes.length;
    image->name_length = name.length;
    enum woapol_status status = woapol_open(&image->image, image->bytes, image->size, NULL, &fault);
    if (status == WOAPOL_OK && has_texts(&image->image))
        return image;
    if (status == WOAPOL_OK)
        (void)snprintf(error, size, "woapol: this image holds names that are not UTF-8");
    else
        (void)snprintf(error, size,
                       "woapol: this is no image that can be used: %s; at byte %llu: %s",
                       woapol_status_text(status), (unsigned long long)fault.offset,
                       fault.reason == NULL ? "" : fault.reason);
    free_image(image);
    return NULL;
}

/* Puts an image that was made into the registry, unless there is one of its name;
 * whichever is there then. NULL when there are too many. */
static struct wpd_image *
publish(struct wpd_state *state, struct wpd_image *image)
{
    pthread_mutex_lock(&state->lock);
    struct wpd_image *there = find(state, (struct woapol_text){image->name, image->name_length});
    if (there == NULL && state->count < IMAGES_MAX && image->size <= BYTES_MAX - state->bytes) {
        image->next = state->images;
        state->images = there = image;
        state->count++;
        state->bytes += image->size;
    }
    pthread_mutex_unlock(&state->lock);
    return there;
}

bool
wpd_image_put(struct wpd_state *state, struct woapol_text name, struct woapol_text bytes,
              uint64_t *generation, char *error, size_t size)
{
    struct wpd_image *image = make(name, bytes, error, size);
    if (image == NULL)
        return false;
    const struct wpd_image *there = publish(state, image);
    if (there == NULL)
        (void)snprintf(error, size, "woapol: no more images can be loaded");
    const bool is_same = there != NULL && there->size == image->size &&
                         memcmp(there->bytes, image->bytes, image->size) == 0;
    if (there != NULL && !is_same)
        (void)snprintf(error, size,
                       "woapol: this name stands for another image already; load this one by "
                       "another name, such as name@2");
    if (is_same)
        *generation = woapol_generation(&there->image);
    if (there != image)
        free_image(image);
    return is_same;
}
