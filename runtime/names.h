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

/* Where names of one kind are looked up, out of the way of what a visit writes. */
struct wp_index {
    const uint32_t *buckets, *strings, *aliases;
    const struct wp_name_record *records;
    const char *text;
    uint32_t mask, first, count;
};

/* False when no name of that kind can be looked up. */
static inline bool
wp_index_make(struct wp_index *index, const struct wp_view *view, enum woapol_kind kind)
{
    const struct wp_name_kind *of = &view->name_kinds[kind];
    if (of->bucket_count == 0)
        return false;
    *index = (struct wp_index){
        .buckets = view->buckets + of->first_bucket,
        .strings = view->strings,
        .aliases = view->aliases + of->first_alias,
        .records = view->name_records,
        .text = view->text,
        .mask = of->bucket_count - 1,
        .first = of->first,
        .count = of->count,
    };
    return true;
}

/* Calls `visit` with each number that a name stands for. */
static inline __attribute__((always_inline)) void
wp_find_name(const struct wp_index *index, struct woapol_text name,
             void (*visit)(void *context, uint32_t number), void *context)
{
    const uint32_t hash = wp_hash_name(name.text, name.length);
    const uint32_t *bucket = index->buckets + (hash & index->mask);
    const struct wp_name_record *end = index->records + bucket[1];
    for (const struct wp_name_record *at = index->records + bucket[0]; at < end; at++) {
        if (at->hash != hash)
            continue;
        const uint32_t *start = index->strings + at->string;
        if (start[1] - start[0] - 1 != name.length ||
            !wp_is_same_name(index->text + start[0], name.text, name.length))
            continue;
        const uint32_t place = at->string - index->first;
        visit(context, place < index->count ? place : index->aliases[place - index->count]);
    }
}

/* The same for several names; those without a text are passed over. */
#ifdef WP_SMALL
void wp_find_names(const struct wp_view *view, enum woapol_kind kind,
                   const struct woapol_text *names, size_t count,
                   void (*visit)(void *context, uint32_t number), void *context);
#else
static inline __attribute__((always_inline)) void
wp_find_names(const struct wp_view *view, enum woapol_kind kind, const struct woapol_text *names,
              size_t count, void (*visit)(void *context, uint32_t number), void *context)
{
    struct wp_index index;
    if (!wp_index_make(&index, view, kind))
        return;
    for (size_t i = 0; i < count; i++)
        if (names[i].text != NULL)
            wp_find_name(&index, names[i], visit, context);
}
#endif

#endif
