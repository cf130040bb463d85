/* From names to numbers and back. */
#define WP_NAMES_HERE
#include "names.h"

static bool
is_kind(enum woapol_kind kind)
{
    return (unsigned)kind < WOAPOL_KIND_COUNT;
}

/* The text of string number `string`, with its length. */
static const char *
text_of(const struct wp_view *view, uint32_t string, size_t *length)
{
    const uint32_t start = view->strings[string];
    *length = view->strings[string + 1] - start - 1;
    return view->text + start;
}

static void
keep_first(void *context, uint32_t number)
{
    uint32_t *first = context;
    if (*first == WOAPOL_NONE)
        *first = number;
}

uint32_t
woapol_find(const struct woapol_image *image, enum woapol_kind kind, const char *name,
            size_t length)
{
    const bool has_zero = kind == WOAPOL_RISK || kind == WOAPOL_POLICY || kind == WOAPOL_RULE;
    uint32_t number = WOAPOL_NONE;
    struct wp_index index;
    if (!is_kind(kind))
        return number;
    if (name != NULL && wp_index_make(&index, wp_view(image), kind))
        wp_find_name(&index, (struct woapol_text){name, length}, keep_first, &number);
    return number == WOAPOL_NONE && !has_zero ? 0 : number;
}

static const char *
name_of(const struct wp_view *view, uint32_t kind, uint32_t number, size_t *length)
{
    size_t unused;
    if (number >= view->name_kinds[kind].count)
        return NULL;
    return text_of(view, view->name_kinds[kind].first + number, length != NULL ? length : &unused);
}

const char *
woapol_name(const struct woapol_image *image, enum woapol_kind kind, uint32_t number,
            size_t *length)
{
    return is_kind(kind) ? name_of(wp_view(image), (uint32_t)kind, number, length) : NULL;
}

uint32_t
woapol_count(const struct woapol_image *image, enum woapol_kind kind)
{
    return is_kind(kind) ? wp_view(image)->name_kinds[kind].count : 0;
}

const char *
woapol_message(const struct woapol_image *image, uint32_t message, size_t *length)
{
    return name_of(wp_view(image), WP_NAME_MESSAGES, message, length);
}
