/* From names to numbers and back. */
#include "hash.h"
#include "view.h"

#include <string.h>

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

/* Visits the numbers that one name of a kind stands for. */
static inline __attribute__((always_inline)) void
find_name(const struct wp_view *view, const struct wp_name_kind *names, struct woapol_text name,
          wp_visit_number visit, void *context)
{
    const uint32_t hash = (uint32_t)wp_hash_name(name.text, name.length);
    const uint32_t *bucket =
        view->buckets + names->first_bucket + (hash & (names->bucket_count - 1));
    for (uint32_t i = bucket[0]; i < bucket[1]; i++) {
        const struct wp_name_record *record = &view->name_records[i];
        if (record->hash != hash)
            continue;
        size_t size;
        const char *text = text_of(view, record->string, &size);
        if (size != name.length || memcmp(text, name.text, size) != 0)
            continue;
        const uint32_t place = record->string - names->first;
        visit(context, place < names->count
                           ? place
                           : view->aliases[names->first_alias + place - names->count]);
    }
}

void
wp_find_all(const struct wp_view *view, enum woapol_kind kind, const struct woapol_text *names,
            size_t count, wp_visit_number visit, void *context)
{
    const struct wp_name_kind of_kind = view->name_kinds[kind];
    if (of_kind.bucket_count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (names[i].text != NULL)
            find_name(view, &of_kind, names[i], visit, context);
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
    uint32_t number = WOAPOL_NONE;
    if (is_kind(kind))
        wp_find_all(wp_view(image), kind, &(struct woapol_text){name, length}, 1, keep_first,
                    &number);
    bool has_zero = kind == WOAPOL_RISK || kind == WOAPOL_POLICY || kind == WOAPOL_RULE;
    return number == WOAPOL_NONE && !has_zero && is_kind(kind) ? 0 : number;
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
