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

/* In a policy that ends in the block it begins in. */
WP_INLINE struct sight
look_at_one(const struct wp_view *view, struct point point, const uint32_t *lead,
            struct wp_bits some)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const struct wp_bits absent = wp_bits_load(view->lines + policy->lines[0]);
    const uint32_t bit = wp_bits_first(wp_bits_and(some, absent)), block = lead[0];
    const uint32_t entry = least(block * WP_BLOCK_BITS + bit, policy->last);
    const uint32_t before = policy->first / 8 % 64, up_to = entry / 8 % 64 + 1;
    const uint64_t asked = wp_lowest_bits(wp_bits_eights(some), up_to) >> before << before;
    const bool is_sure = (wp_mark_eights(view->marks[point.class], block) & asked) == 0;
    return (struct sight){is_sure ? entry : policy->first, is_sure};
}

/* In one that goes on in the next block, and may behind that. */
WP_INLINE struct sight
look_at_two(const struct wp_view *view, struct point point, const uint32_t *lead,
            struct wp_bits some, struct wp_bits more)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const struct wp_bits absent = wp_bits_load(view->lines + policy->lines[0]),
                         further = wp_bits_load(view->lines + policy->lines[1]);
    const uint32_t bit =
        wp_bits_first_of_two(wp_bits_and(some, absent), wp_bits_and(more, further));
    const uint32_t up_to = bit / 8 + 1, in_second = (up_to > 64 ? up_to : 64) - 64;
    const uint64_t mark = view->marks[point.class];
    const uint64_t first = wp_lowest_bits(wp_bits_eights(some), up_to);
    const uint64_t second = wp_lowest_bits(wp_bits_eights(more), in_second);
    if (__builtin_expect(((wp_mark_eights(mark, lead[0]) & first) |
                          (wp_mark_eights(mark, lead[0] + 1) & second)) != 0,
                         0))
        return (struct sight){policy->first, false};
    const uint32_t start = lead[0] * WP_BLOCK_BITS;
    const bool is_found = bit < WP_LEAD_BLOCKS * WP_BLOCK_BITS;
    return (struct sight){start + bit,
                          is_found || policy->last <= start + WP_LEAD_BLOCKS * WP_BLOCK_BITS};
}

/* Where apps do not matter. */
WP_INLINE struct sight
look(const struct wp_view *view, struct point point, const struct wp_line *person)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const uint32_t *lead = view->leads + policy->lead;
    const uint32_t block = policy->first / WP_BLOCK_BITS, last = policy->last / WP_BLOCK_BITS;
    const struct wp_bits some = lead_bits(view, point, person + block, lead);
    if (block == last)
        return look_at_one(view, point, lead, some);
    const struct wp_bits more =
        lead_bits(view, point, person + block + 1, lead + wp_lead_size(&view->shape));
    return look_at_two(view, point, lead, some, more);
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

/* The first of a policy's entries from `first` on that all rows have, or one that is behind
 * them, when marks do not tell. That of a policy in one block is found without a guess. */
WP_INLINE uint32_t
look_again(const struct wp_view *view, struct point point, struct target target, uint32_t first)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const uint32_t block = first / WP_BLOCK_BITS;
    if (first != policy->first || policy->last / WP_BLOCK_BITS != block)
        return find_from(view, point, target, first);
    const struct wp_bits some =
        lead_bits(view, point, target.row + block, view->leads + policy->lead);
    const struct wp_bits all = wp_bits_and(some, address_in(view, point.class, block));
    return block * WP_BLOCK_BITS + first_from(all, first % WP_BLOCK_BITS);
}

#endif
