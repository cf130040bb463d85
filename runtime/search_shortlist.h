/*
 * The look at a shortlist: which of its entries decides, by what the absent address has, unless
 * the class's mark says that one up to there may differ. For evaluate.h and batch.h.
 */
#ifndef WP_RUNTIME_SEARCH_SHORTLIST_H
#define WP_RUNTIME_SEARCH_SHORTLIST_H

#include "bits.h"
#include "search_wide.h"
#include "shortlist.h"

/* Which entries a point's device and posture have, and the end, if both are known. */
WP_INLINE uint64_t
listed_by(const struct wp_shortlist *list, struct point point)
{
    return list->devices[point.device_number] & list->postures[point.posture_number];
}

#if WP_VECTOR_BYTES >= 32

/* Which entries of a list a mark says may differ; of those that are none, anything. */
WP_INLINE uint32_t
listed_marked(const struct wp_shortlist *list, const struct wp_mark *mark, uint32_t some)
{
    const __m256i all = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)mark));
    (void)some;
#define LOADED(member) _mm256_loadu_si256((const void *)list->member)
#define MARKED(half)                                                                               \
    _mm256_cmpeq_epi8(                                                                             \
        LOADED(bits[half]),                                                                        \
        _mm256_and_si256(LOADED(bits[half]), _mm256_shuffle_epi8(all, LOADED(bytes[half]))))
    return (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(MARKED(0), MARKED(1)));
#undef MARKED
#undef LOADED
}

#else

/* One of `some` that a mark says may differ, if there is one, and then others perhaps. */
WP_INLINE uint32_t
listed_marked(const struct wp_shortlist *list, const struct wp_mark *mark, uint32_t some)
{
    const uint8_t *bytes = (const uint8_t *)mark;
    for (; some != 0; some &= some - 1) {
        const uint32_t i = (uint32_t)__builtin_ctz(some);
        if ((bytes[list->bytes[0][i]] & list->bits[0][i]) != 0 &&
            (bytes[list->bytes[1][i]] & list->bits[1][i]) != 0)
            return some;
    }
    return 0;
}

#endif

/* Which bit of a list decides where device and posture have `some`, in the list's policy; or
 * WP_NO_NUMBER if this does not tell. */
WP_INLINE uint32_t
look_at_list(const struct wp_shortlist *list, const struct wp_mark *mark, uint64_t some)
{
    const uint64_t sure = some & list->usual, up_to = sure ^ (sure - 1);
    const uint32_t asked = (uint32_t)(some & up_to);
    const bool differs = (listed_marked(list, mark, asked) & asked) != 0;
    return __builtin_expect(differs || sure == 0, 0) ? WP_NO_NUMBER
                                                     : (uint32_t)__builtin_ctzll(sure);
}

/* Makes what a list lacks for a point known; false if it is. */
static inline bool
complete_list(const struct wp_view *view, struct wp_shortlist *list, struct point point)
{
    return wp_complete_shortlist(view, list, point.posture_number, point.device_number);
}

/* The word of a wide image's entry as an address of a class has it. */
WP_INLINE uint64_t
class_word(const struct wp_view *view, uint32_t class, uint32_t entry)
{
    const uint32_t block = entry / WP_BLOCK_BITS, word = entry / 64 % WP_LINE_WORDS;
    const uint32_t base = view->bases[(size_t)block * WP_FAMILY_COUNT + WP_FAMILY_ADDRESS];
    const uint32_t place = block % WP_COLUMN_BLOCKS, parts = view->shape.parts;
    const size_t columns = view->shape.columns;
    const struct wp_row *rows = view->rows + block / WP_COLUMN_BLOCKS;
    uint64_t bits = line_at(view, rows + WP_ROW_ABSENT * columns, base, place)->words[word];
    for (uint32_t i = 0; i < parts; i++) {
        const struct wp_row *row = rows + wp_part(view, class, parts, i) * columns;
        bits ^= line_at(view, row, base, place)->words[word];
    }
    return bits;
}

/* Whether an address of a class has an entry; in images whose principals have shortlists. */
WP_INLINE bool
class_has(const struct wp_view *view, uint32_t class, uint32_t entry)
{
    const uint64_t word =
        wp_is_narrow(&view->shape)
            ? view->class_lines[(size_t) class * WP_NARROW_BLOCKS + entry / WP_BLOCK_BITS]
                  .words[entry / 64 % WP_LINE_WORDS]
            : class_word(view, class, entry);
    return word >> entry % 64 & 1;
}

/* What a look does not tell: which bit decides for an address of a class, asking rows of entries
 * that are marked; WP_NO_NUMBER if none of the list's does. */
static inline uint32_t
search_list(const struct wp_view *view, const struct wp_shortlist *list, uint32_t class,
            uint64_t some)
{
    const uint32_t marked = listed_marked(list, view->marks + class, (uint32_t)some);
    for (some &= list->usual | marked; some != 0; some &= some - 1) {
        const uint32_t number = (uint32_t)__builtin_ctzll(some);
        if (((uint64_t)marked >> number & 1) == 0 || class_has(view, class, list->entries[number]))
            return number;
    }
    return WP_NO_NUMBER;
}

#endif
