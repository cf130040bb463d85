/* Shortlists, as they are made when somebody is bound. */
#include "shortlist.h"

static uint32_t
bit_of(const struct wp_view *view, enum wp_family family, uint32_t number, uint32_t entry)
{
    const uint32_t line = wp_line_of(view, family, number, entry / WP_BLOCK_BITS);
    return view->lines[line].words[entry / 64 % WP_LINE_WORDS] >> entry % 64 & 1;
}

static uint32_t
largest_policy(const struct wp_view *view)
{
    uint32_t largest = 0;
    for (uint32_t i = 1; i < view->shape.policies; i++) {
        const struct wp_policy_record *policy = &view->policies[i], *other = policy - i + largest;
        if (policy->last - policy->first > other->last - other->first)
            largest = i;
    }
    return largest;
}

/* Adds an entry to a list that has room. */
static void
list_entry(const struct wp_view *view, struct wp_shortlist *list, uint32_t entry, bool is_usual)
{
    const uint32_t place = list->count++;
    list->entries[place] = entry;
    list->records[place] = view->entries[entry];
    list->usual |= (uint64_t)is_usual << place;
    for (uint32_t half = 0; half < WP_MARK_HALVES; half++) {
        const uint32_t bit = (entry + wp_mark_turn(entry / 64, half)) % 64;
        list->bytes[half][place] = (uint8_t)(8 * half + bit / 8);
        list->bits[half][place] = (uint8_t)(1u << bit % 8);
    }
}

/* Adds the entries of one word, of which some the absent address has, as far as there is room.
 * Returns whether there is for all. */
static bool
list_word(const struct wp_view *view, struct wp_shortlist *list, uint32_t word, uint64_t bits,
          uint64_t usual)
{
    for (; bits != 0; bits &= bits - 1) {
        const uint32_t bit = (uint32_t)__builtin_ctzll(bits);
        if (list->count == WP_SHORTLIST) {
            list->next = word * 64 + bit;
            return false;
        }
        list_entry(view, list, word * 64 + bit, usual >> bit & 1);
    }
    return true;
}

/* The same of what a principal has of a policy in a block. What the absent address has is meant
 * as marks mean it. */
static bool
list_block(const struct wp_view *view, struct wp_shortlist *list, const struct wp_line *person,
           const struct wp_policy_record *policy, uint32_t block)
{
    const struct wp_line *absent =
        view->lines + wp_line_of(view, WP_FAMILY_ADDRESS, WP_ROW_ABSENT, block);
    const struct wp_line *nothing =
        view->lines + wp_line_of(view, WP_FAMILY_ADDRESS, WP_ROW_NOTHING, block);
    for (uint32_t i = 0; i < WP_LINE_WORDS; i++) {
        const uint32_t word = block * WP_LINE_WORDS + i;
        const uint64_t bits = person[block].words[i];
        if (bits != 0 && !list_word(view, list, word,
                                    bits & wp_word_of_entries(policy->first, policy->last, word),
                                    absent->words[i] ^ nothing->words[i]))
            return false;
    }
    return true;
}

void
wp_make_shortlist(const struct wp_view *view, struct woapol_principal *principal)
{
    struct wp_shortlist *list = wp_shortlist(view, principal);
    const uint32_t number = largest_policy(view), *summary = wp_summary(view, principal);
    const struct wp_policy_record *policy = &view->policies[number];
    bool is_all = true;
    memset(list, 0, sizeof *list);
    list->policy = number;
    list->records[WP_SHORTLIST] = view->entries[policy->last];
    for (uint32_t block = policy->first / WP_BLOCK_BITS;
         block * WP_BLOCK_BITS < policy->last && is_all; block++)
        if (summary[block / WP_COLUMN_BLOCKS] >> block % WP_COLUMN_BLOCKS & 1)
            is_all = list_block(view, list, principal->lines, policy, block);
    if (is_all)
        list->usual |= WP_SHORTLIST_END;
    principal->is_unlisted = false;
}

/* Which entries of a list a row of a family has, and the end. */
static uint64_t
listed_in(const struct wp_view *view, const struct wp_shortlist *list, enum wp_family family,
          uint32_t number)
{
    uint64_t bits = WP_SHORTLIST_END;
    for (uint32_t i = 0; i < list->count; i++)
        bits |= (uint64_t)bit_of(view, family, view->row_first[family] + number, list->entries[i])
                << i;
    return bits;
}

bool
wp_complete_shortlist(const struct wp_view *view, struct wp_shortlist *list, uint32_t posture,
                      uint32_t device)
{
    uint64_t *by_posture = &list->postures[posture], *by_device = &list->devices[device];
    const bool is_complete = *by_posture != 0 && *by_device != 0;
    if (*by_posture == 0)
        *by_posture = listed_in(view, list, WP_FAMILY_POSTURE, posture);
    if (*by_device == 0)
        *by_device = listed_in(view, list, WP_FAMILY_DEVICE, device);
    return !is_complete;
}
