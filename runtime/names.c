/* From names to numbers and back. */
#include "names.h"

#ifdef WP_SMALL /* once for all who look names up, and where the view says */
void
wp_find_names(const struct wp_view *view, enum woapol_kind kind, const struct woapol_text *names,
              size_t count, void (*visit)(void *context, uint32_t number), void *context)
{
    const struct wp_name_kind *of = &view->name_kinds[kind];
    if (of->bucket_count == 0)
        return;
    for (; count > 0; count--, names++) {
        if (names->text == NULL)
            continue;
        const uint32_t hash = wp_hash_name(names->text, names->length);
        const uint32_t *bucket = view->buckets + of->first_bucket + (hash & (of->bucket_count - 1));
        for (uint32_t i = bucket[0]; i < bucket[1]; i++) {
            const struct wp_name_record *at = view->name_records + i;
            const uint32_t *start = view->strings + at->string, place = at->string - of->first;
            if (at->hash == hash && start[1] - start[0] - 1 == names->length &&
                memcmp(view->text + start[0], names->text, names->length) == 0)
                visit(context, place < of->count
                                   ? place
                                   : view->aliases[of->first_alias + place - of->count]);
        }
    }
}
#endif

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
    const struct woapol_text text = {name, length};
    uint32_t number = WOAPOL_NONE;
    if (!is_kind(kind))
        return number;
    wp_find_names(wp_view(image), kind, &text, 1, keep_first, &number);
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
