/* Leads and marks: that they say what rows do, and of classes what those of their rows do. */
#include "verify.h"

/* Blocks rise, and each lead's lines are those of the rows of postures and devices. */
static bool
verify_leads(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t size = wp_lead_size(&view->shape), *lead = view->leads;
    const uint32_t *end = lead + (size_t)view->shape.leads * size;
    for (uint32_t least = 0; lead < end; least = lead[0] + 1, lead += size) {
        if (lead[0] < least || lead[0] >= view->shape.blocks)
            return wp_fault(view, fault, lead, "leads are out of order");
        bool wrong = false;
        for (uint32_t i = WP_LEAD_POSTURES; i < size; i++) {
            const bool of_device = i >= WP_LEAD_FACTS;
            const enum wp_family family = of_device ? WP_FAMILY_DEVICE : WP_FAMILY_POSTURE;
            const uint32_t number = i - (of_device ? WP_LEAD_FACTS : WP_LEAD_POSTURES);
            wrong |= lead[i] != wp_line_of(view, family, view->row_first[family] + number, lead[0]);
        }
        if (wrong)
            return wp_fault(view, fault, lead, "a lead's lines are not those of its rows");
    }
    return true;
}

/* Whether a line has those of a policy's entries in a block that the absent address has. */
static bool
is_absent_line(const struct wp_view *view, const struct wp_policy_record *policy, uint32_t line,
               uint32_t block)
{
    const uint32_t absent = wp_line_of(view, WP_FAMILY_ADDRESS, WP_ROW_ABSENT, block);
    uint64_t wrong = 0;
    for (uint32_t i = 0; i < WP_LINE_WORDS; i++)
        wrong |= view->lines[line].words[i] ^
                 (view->lines[absent].words[i] &
                  wp_word_of_entries(policy->first, policy->last, block * WP_LINE_WORDS + i));
    return wrong == 0;
}

/* A policy has a lead of its first block, and one behind it if it goes on in the next. */
static bool
has_leads(const struct wp_view *view, const struct wp_policy_record *policy)
{
    const uint32_t size = wp_lead_size(&view->shape), number = policy->lead / size;
    const uint32_t first = policy->first / WP_BLOCK_BITS, last = policy->last / WP_BLOCK_BITS;
    if (policy->lead % size != 0 || number >= view->shape.leads)
        return false;
    const uint32_t *lead = view->leads + policy->lead;
    return lead[0] == first &&
           (first == last || (number + 1 < view->shape.leads && lead[size] == first + 1));
}

static bool
verify_policies(const struct wp_view *view, struct woapol_fault *fault)
{
    for (uint32_t i = 0; i < view->shape.policies; i++) {
        const struct wp_policy_record *policy = &view->policies[i];
        const uint32_t first = policy->first / WP_BLOCK_BITS, last = policy->last / WP_BLOCK_BITS;
        if (!has_leads(view, policy))
            return wp_fault(view, fault, policy, "a policy's leads are not of its blocks");
        if (!is_absent_line(view, policy, policy->lines[0], first) ||
            (first < last && !is_absent_line(view, policy, policy->lines[1], first + 1)))
            return wp_fault(view, fault, policy->lines, "a policy's lines are not of its entries");
    }
    return true;
}

static bool
is_mark(const struct wp_mark *mark, const struct wp_mark *right)
{
    return ((mark->halves[0] ^ right->halves[0]) | (mark->halves[1] ^ right->halves[1])) == 0;
}

/* Adds what a row has in each block: in a narrow image what it has otherwise than the first,
 * which is the absent address's class; in another the line of zeros stands for that. */
static void
mark_blocks(const struct wp_view *view, uint32_t row, struct wp_mark *mark)
{
    const bool is_narrow = wp_is_narrow(&view->shape);
    for (uint32_t block = 0; block < view->shape.blocks; block++) {
        const struct wp_line *first = view->lines;
        const struct wp_line *line = view->lines + wp_line_of(view, WP_FAMILY_ADDRESS, row, block);
        if (is_narrow)
            first += wp_line_of(view, WP_FAMILY_ADDRESS, WP_ROW_NOTHING, block);
        for (uint32_t i = 0; i < WP_LINE_WORDS; i++)
            wp_mark_add(mark, line->words[i] ^ first->words[i], block * WP_LINE_WORDS + i);
    }
}

static bool
verify_all_rows(const struct wp_view *view, struct woapol_fault *fault, const struct wp_mark *marks)
{
    for (uint32_t row = 0; row < view->shape.rows[WP_FAMILY_ADDRESS]; row++) {
        struct wp_mark right = {{0, 0}};
        mark_blocks(view, row, &right);
        if (!is_mark(marks + row, &right))
            return wp_fault(view, fault, marks + row, "a mark is not its row's");
    }
    return true;
}

static bool
verify_rows(const struct wp_view *view, struct woapol_fault *fault, const struct wp_mark *marks)
{
    return verify_all_rows(view, fault, marks) &&
           ((marks->halves[0] | marks->halves[1]) == 0 || /* else classes could be anything */
            wp_fault(view, fault, marks, "the first row is not empty"));
}

static bool
verify_classes(const struct wp_view *view, struct woapol_fault *fault,
               const struct wp_mark *of_rows)
{
    const uint32_t parts = view->shape.parts;
    for (uint32_t class = 0; class < view->shape.classes; class ++) {
        struct wp_mark right = {{0, 0}};
        for (uint32_t i = 0; i < parts; i++) {
            const struct wp_mark *part = of_rows + wp_part(view, class, parts, i);
            right.halves[0] |= part->halves[0];
            right.halves[1] |= part->halves[1];
        }
        if (!is_mark(view->marks + class, &right))
            return wp_fault(view, fault, view->marks + class, "a mark is not its class's");
    }
    return true;
}

bool
wp_verify_marks(const struct wp_view *view, struct woapol_fault *fault)
{
    const struct wp_mark *of_rows = view->marks; /* where classes are rows */
    if (view->shape.parts > 1)
        of_rows += view->shape.classes;
    if (view->marks == NULL)
        return true;
    if (!wp_is_narrow(&view->shape) && !(verify_leads(view, fault) && verify_policies(view, fault)))
        return false;
    return verify_rows(view, fault, of_rows) &&
           (view->shape.parts == 1 || verify_classes(view, fault, of_rows));
}
