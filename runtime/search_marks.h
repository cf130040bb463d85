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

/* The lines of a person, a device and a posture in a lead. */
struct led {
    const struct wp_line *person, *device, *posture;
};

WP_INLINE struct led
led_by(const struct wp_view *view, struct point point, const struct wp_line *person,
       const uint32_t *lead)
{
    const uint32_t *postures = lead + WP_LEAD_POSTURES, *devices = lead + WP_LEAD_FACTS;
    return (struct led){person, view->lines + devices[point.device_number],
                        view->lines + postures[point.posture_number]};
}

/* What all of them have. */
WP_INLINE struct wp_bits
led_bits(struct led led)
{
    return wp_bits_and(wp_bits_load(led.person),
                       wp_bits_and(wp_bits_load(led.device), wp_bits_load(led.posture)));
}

/* Whether a class's mark says that one of `some` may differ in a block, of the eights that
 * `asked` has. */
WP_INLINE bool
may_differ(const struct wp_mark *mark, struct wp_bits some, uint32_t block, uint64_t asked)
{
    const uint32_t first = block * WP_LINE_WORDS;
#if WP_VECTOR_BYTES >= 32
    for (uint32_t half = 0; half < WP_MARK_HALVES; half++)
        some = wp_bits_and(some, wp_bits_turned(mark->halves[half], wp_mark_turn(first, half),
                                                WP_MARK_STEP(half)));
    return (wp_bits_eights(some) & asked) != 0;
#else
    /* Without shifts by different amounts: eight by eight, of which there are few. */
    struct wp_line line;
    memcpy(&line, &some, sizeof line);
    for (asked &= wp_bits_eights(some); asked != 0; asked &= asked - 1) {
        const uint32_t eight = (uint32_t)__builtin_ctzll(asked), word = eight / 8;
        uint64_t differs = line.words[word] >> eight % 8 * 8 & 255;
        for (uint32_t half = 0; half < WP_MARK_HALVES; half++)
            differs &=
                wp_turn_down(mark->halves[half], wp_mark_turn(first + word, half) + eight % 8 * 8);
        if (differs != 0)
            return true;
    }
    return false;
#endif
}

/* In a policy that ends in the block it begins in. */
WP_INLINE struct sight
look_at_one(const struct wp_view *view, struct point point, struct wp_bits some)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const struct wp_bits absent = wp_bits_load(view->lines + policy->lines[0]);
    const uint32_t first = policy->first, block = first / WP_BLOCK_BITS;
    const uint32_t bit =
        least(wp_bits_first(wp_bits_and(some, absent)), policy->last % WP_BLOCK_BITS);
    const uint32_t before = first / 8 % 64;
    const uint64_t asked = wp_lowest_bits(UINT64_MAX << before, bit / 8 + 1);
    const bool is_sure = !may_differ(view->marks + point.class, some, block, asked);
    return (struct sight){is_sure ? block * WP_BLOCK_BITS + bit : first, is_sure};
}

/* The first that lines of two leads and of the absent address have, counted through, or one
 * behind them. */
WP_INLINE uint32_t
first_led(const struct wp_view *view, const struct wp_policy_record *policy,
          const struct led led[WP_LEAD_BLOCKS], struct wp_bits some, struct wp_bits more)
{
    const struct wp_line *absent = view->lines + policy->lines[0],
                         *further = view->lines + policy->lines[1];
    some = wp_bits_and(some, wp_bits_load(absent));
    more = wp_bits_and(more, wp_bits_load(further));
#if WP_VECTOR_BYTES == 64
    (void)led;
    return wp_bits_first_of_two(some, more);
#else
    /* Of the word that it is in, all is read once more: search_narrow.h says why. */
    const uint32_t number = wp_bits_first_word_of_two(some, more);
    const bool second = number >= WP_BLOCK_WORDS;
    const struct led found = second ? led[1] : led[0];
    const uint32_t word = wp_line_word(second ? further : absent, number % WP_BLOCK_WORDS) &
                          wp_line_word(found.person, number % WP_BLOCK_WORDS) &
                          wp_line_word(found.device, number % WP_BLOCK_WORDS) &
                          wp_line_word(found.posture, number % WP_BLOCK_WORDS);
    return number * WP_WORD_BITS + wp_first_of_word(word);
#endif
}

/* In one that goes on in the next block, and may behind that. */
WP_INLINE struct sight
look_at_two(const struct wp_view *view, struct point point, const struct led led[WP_LEAD_BLOCKS])
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const struct wp_bits some = led_bits(led[0]), more = led_bits(led[1]);
    const uint32_t bit = first_led(view, policy, led, some, more);
    const uint32_t up_to = bit / 8 + 1, in_second = (up_to > 64 ? up_to : 64) - 64;
    const uint32_t block = policy->first / WP_BLOCK_BITS;
    const struct wp_mark *mark = view->marks + point.class;
    const bool first = may_differ(mark, some, block, wp_lowest_bits(UINT64_MAX, up_to));
    const bool second = may_differ(mark, more, block + 1, wp_lowest_bits(UINT64_MAX, in_second));
    if (__builtin_expect(first | second, 0))
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
     const struct wp_line *person)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const uint32_t *lead = view->leads + policy->lead;
    const uint32_t block = policy->first / WP_BLOCK_BITS, last = policy->last / WP_BLOCK_BITS;
    struct led led[WP_LEAD_BLOCKS];
    led[0] = led_by(view, point, person + block, lead);
    if (kind == WP_MARKED_SHORT || (kind == WP_MARKED && block == last))
        return look_at_one(view, point, led_bits(led[0]));
    led[1] = led_by(view, point, person + block + 1, lead + wp_lead_size(&view->shape));
    return look_at_two(view, point, led);
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
    const struct wp_bits some =
        led_bits(led_by(view, point, person + block, view->leads + policy->lead));
    const struct wp_bits all = wp_bits_and(some, address_in(view, point.class, block));
    return block * WP_BLOCK_BITS + first_from(all, policy->first % WP_BLOCK_BITS);
}

/* The first of a policy's entries from `first` on that all rows have, or one that is behind
 * them, when a look does not tell. */
WP_INLINE uint32_t
look_further(const struct wp_view *view, struct point point, struct target target, uint32_t first)
{
    const struct wp_policy_record *policy = &view->policies[point.policy];
    if (first == policy->first && first / WP_BLOCK_BITS == policy->last / WP_BLOCK_BITS)
        return find_in_one(view, point, target.row);
    return find_from(view, point, target, first);
}

#endif
