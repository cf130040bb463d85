/*
 * The search in the leads of wide images that have marks: of a policy's first blocks, in which
 * most requests are decided. For search.h and batch.h.
 *
 * What the absent address has is found without asking which rows an address's class is. Its
 * mark then says that this is what the address has, too, among the few entries that a person,
 * a device and a posture have up to there; or that it may not be, and rows have to be asked.
 */
#ifndef WP_RUNTIME_SEARCH_MARKS_H
#define WP_RUNTIME_SEARCH_MARKS_H

#include "search_head.h"

/* What a look at the leads tells: the first entry that all rows have, or one behind the
 * policy's last; if that is not sure, the entry from which on to search. */
struct sight {
    uint32_t entry;
    bool is_sure;
};

/* What a person, a device and a posture have in a lead. */
WP_INLINE struct wp_bits
lead_bits(const struct wp_view *view, struct point point, const struct wp_line *person,
          const uint32_t *lead)
{
    const uint32_t *postures = lead + WP_LEAD_POSTURES, *devices = lead + WP_LEAD_FACTS;
    const uint32_t posture = postures[point.posture - view->row_first[WP_FAMILY_POSTURE]];
    const uint32_t device = devices[point.device - view->row_first[WP_FAMILY_DEVICE]];
    return wp_bits_and(wp_bits_load(person), wp_bits_and(wp_bits_load(view->lines + device),
                                                         wp_bits_load(view->lines + posture)));
}

/* Mark number `mark` of a class. */
WP_INLINE uint64_t
mark_of(const struct wp_view *view, uint32_t class, uint32_t mark)
{
    return view->marks[class + mark * view->shape.classes];
}

/* In a policy that ends in the block it begins in; by one of an address's marks. */
WP_INLINE struct sight
look_at_one(const struct wp_view *view, struct point point, struct wp_bits some, uint32_t mark)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const struct wp_bits absent = wp_bits_load(view->lines + policy->lines[0]);
    const uint32_t first = policy->first, block = first / WP_BLOCK_BITS;
    const uint32_t bit =
        least(wp_bits_first(wp_bits_and(some, absent)), policy->last % WP_BLOCK_BITS);
    const uint32_t before = first / 8 % 64;
    const uint64_t asked = wp_lowest_bits(wp_bits_eights(some), bit / 8 + 1) >> before;
    const uint64_t differs = wp_mark_eights(mark_of(view, point.class, mark), block, mark);
    const bool is_sure = (differs >> before & asked) == 0;
    return (struct sight){is_sure ? block * WP_BLOCK_BITS + bit : first, is_sure};
}

/* In one that goes on in the next block, and may behind that. */
WP_INLINE struct sight
look_at_two(const struct wp_view *view, struct point point, struct wp_bits some,
            struct wp_bits more, uint32_t mark)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const struct wp_bits absent = wp_bits_load(view->lines + policy->lines[0]),
                         further = wp_bits_load(view->lines + policy->lines[1]);
    const uint32_t bit =
        wp_bits_first_of_two(wp_bits_and(some, absent), wp_bits_and(more, further));
    const uint32_t up_to = bit / 8 + 1, in_second = (up_to > 64 ? up_to : 64) - 64;
    const uint32_t block = policy->first / WP_BLOCK_BITS;
    const uint64_t bits = mark_of(view, point.class, mark);
    const uint64_t first = wp_lowest_bits(wp_bits_eights(some), up_to);
    const uint64_t second = wp_lowest_bits(wp_bits_eights(more), in_second);
    if (__builtin_expect(((wp_mark_eights(bits, block, mark) & first) |
                          (wp_mark_eights(bits, block + 1, mark) & second)) != 0,
                         0))
        return (struct sight){policy->first, false};
    const uint32_t entry = block * WP_BLOCK_BITS + bit,
                   behind = (block + WP_LEAD_BLOCKS) * WP_BLOCK_BITS;
    if (__builtin_expect(entry >= behind && policy->last > behind, 0))
        return (struct sight){behind, false};
    return (struct sight){least(entry, policy->last), true};
}

/* Where apps do not matter; in an image of a kind that has marks. */
WP_INLINE struct sight
look(const struct wp_view *view, enum wp_kind kind, struct point point,
     const struct wp_line *person, uint32_t mark)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const uint32_t *lead = view->leads + policy->lead;
    const uint32_t block = policy->first / WP_BLOCK_BITS, last = policy->last / WP_BLOCK_BITS;
    const struct wp_bits some = lead_bits(view, point, person + block, lead);
    if (kind == WP_MARKED_SHORT || (kind == WP_MARKED && block == last))
        return look_at_one(view, point, some, mark);
    const struct wp_bits more =
        lead_bits(view, point, person + block + 1, lead + wp_lead_size(&view->shape));
    return look_at_two(view, point, some, more, mark);
}

/* What rows say of an address in a block. */
WP_INLINE struct wp_bits
address_in(const struct wp_view *view, uint32_t class, uint32_t block)
{
    const uint32_t base = view->bases[(size_t)block * WP_FAMILY_COUNT + WP_FAMILY_ADDRESS];
    const uint32_t place = block % WP_COLUMN_BLOCKS, parts = view->shape.parts;
    const size_t columns = view->shape.columns;
    const struct wp_row *rows = view->rows + block / WP_COLUMN_BLOCKS;
    struct wp_bits bits = wp_bits_load(line_at(view, rows + WP_ROW_ABSENT * columns, base, place));
    for (uint32_t i = 0; i < parts; i++) {
        const struct wp_row *row = rows + wp_part(view, class, parts, i) * columns;
        bits = wp_bits_xor(bits, wp_bits_load(line_at(view, row, base, place)));
    }
    return bits;
}

/* By the rows in a policy that ends in the block it begins in: without a guess. */
WP_INLINE uint32_t
find_in_one(const struct wp_view *view, struct point point, const struct wp_line *person)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const uint32_t block = policy->first / WP_BLOCK_BITS;
    const struct wp_bits some = lead_bits(view, point, person + block, view->leads + policy->lead);
    const struct wp_bits all = wp_bits_and(some, address_in(view, point.class, block));
    return block * WP_BLOCK_BITS + first_from(all, policy->first % WP_BLOCK_BITS);
}

/* The first of a policy's entries from `first` on that all rows have, or one that is behind
 * them, when a look at the first marks does not tell. */
WP_INLINE uint32_t
look_again(const struct wp_view *view, struct point point, struct target target, uint32_t first)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    if (first != policy->first)
        return find_from(view, point, target, first);
    const struct sight sight = look(view, WP_MARKED, point, target.row, 1);
    if (__builtin_expect(sight.is_sure, 1))
        return sight.entry;
    if (policy->first / WP_BLOCK_BITS == policy->last / WP_BLOCK_BITS)
        return find_in_one(view, point, target.row);
    return find_from(view, point, target, sight.entry);
}

#endif
