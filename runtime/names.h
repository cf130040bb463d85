/* Looking names up, in line: binding does it for each group of a person. */
#ifndef WP_RUNTIME_NAMES_H
#define WP_RUNTIME_NAMES_H

#include "hash.h"
#include "view.h"

/* Whether two names of `length` bytes are the same. */
static inline bool
wp_is_same_name(const char *a, const char *b, size_t length)
{
    for (; length > 8; length -= 8, a += 8, b += 8)
        if (wp_hash_read(a) != wp_hash_read(b))
            return false;
    if (length >= 4)
        return wp_hash_few(a, length) == wp_hash_few(b, length);
    uint8_t differ = 0;
    for (size_t i = 0; i < length; i++)
        differ |= (uint8_t)(a[i] ^ b[i]);
    return differ == 0;
}

/* Calls `visit` with each number that one name of a kind stands for. The kind must
 * be one that can be looked up. */
static inline __attribute__((always_inline)) void
wp_find_name(const struct wp_view *view, const struct wp_name_kind *names, struct woapol_text name,
             void (*visit)(void *context, uint32_t number), void *context)
{
    const uint32_t hash = wp_hash_name(name.text, name.length);
    const uint32_t *bucket =
        view->buckets + names->first_bucket + (hash & (names->bucket_count - 1));
    for (uint32_t i = bucket[0]; i < bucket[1]; i++) {
        const struct wp_name_record *record = &view->name_records[i];
        if (record->hash != hash)
            continue;
        const uint32_t *start = view->strings + record->string;
        if (start[1] - start[0] - 1 != name.length ||
            !wp_is_same_name(view->text + start[0], name.text, name.length))
            continue;
        const uint32_t place = record->string - names->first;
        visit(context, place < names->count
                           ? place
                           : view->aliases[names->first_alias + place - names->count]);
    }
}

/* The same for several names; those without a text are passed over. */
#ifdef WP_SMALL
#define WP_FIND_NAMES extern /* in names.c alone, where code has to be small */
#else
#define WP_FIND_NAMES static inline __attribute__((always_inline))
#endif
WP_FIND_NAMES void wp_find_names(const struct wp_view *view, enum woapol_kind kind,
                                 const struct woapol_text *names, size_t count,
                                 void (*visit)(void *context, uint32_t number), void *context);

#if !defined WP_SMALL || defined WP_NAMES_HERE
WP_FIND_NAMES void
wp_find_names(const struct wp_view *view, enum woapol_kind kind, const struct woapol_text *names,
              size_t count, void (*visit)(void *context, uint32_t number), void *context)
{
    const struct wp_name_kind of_kind = view->name_kinds[kind];
    if (of_kind.bucket_count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (names[i].text != NULL)
            wp_find_name(view, &of_kind, names[i], visit, context);
}
#endif

#endif
