/* Cells become changes and rules. */
#include <stdlib.h>
#include <string.h>

#include "compiler/replay/report.h"

static int
compare_cells(const void *left, const void *right)
{
    const struct wp_cell *a = *(struct wp_cell *const *)left;
    const struct wp_cell *b = *(struct wp_cell *const *)right;
    static const int ranks[] = {
        [WP_CHANGE_NONE] = 5,     [WP_CHANGE_LOOSER] = 0, [WP_CHANGE_MIXED] = 1,
        [WP_CHANGE_STRICTER] = 2, [WP_CHANGE_OTHER] = 3,  [WP_CHANGE_UNKNOWN] = 4};
    if (a->change != b->change)
        return ranks[a->change] - ranks[b->change];
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->before != b->before)
        return a->before < b->before ? -1 : 1;
    return a->after < b->after ? -1 : a->after > b->after;
}

/* Looser ones first, then by how often. */
static struct wp_cell **
sorted_cells(const struct wp_report_options *options, const struct wp_tally *tally)
{
    size_t count = 0;
    struct wp_cell **cells =
        wp_alloc_array(options->arena, tally->cell_count + 1, sizeof(struct wp_cell *));
    for (size_t i = 0; i < tally->cell_capacity; i++)
        if (tally->cells[i] != NULL)
            cells[count++] = tally->cells[i];
    qsort(cells, count, sizeof(struct wp_cell *), compare_cells);
    return cells;
}

static json_t *
witness_json(const char *witness)
{
    json_t *object = witness == NULL ? NULL : json_loads(witness, JSON_ALLOW_NUL, NULL);
    return object == NULL ? json_null() : object;
}

json_t *
wp_report_changes(const struct wp_report_options *options, struct wp_replay *replay)
{
    const struct wp_tally *tally = &replay->tally;
    struct wp_cell **cells = sorted_cells(options, tally);
    json_t *changes = json_array();
    for (size_t i = 0; options->names[0] != NULL && i < tally->cell_count; i++) {
        struct wp_cell *cell = cells[i];
        bool shown;
        json_t *people = wp_report_people(options, &cell->people, &shown);
        json_t *change = json_object();
        json_object_set_new(change, "change", json_string(wp_change_word(cell->change)));
        json_object_set_new(change, "before",
                            wp_report_outcome(options, &options->sides[0], cell->before));
        json_object_set_new(change, "after",
                            wp_report_outcome(options, &options->sides[1], cell->after));
        json_object_set_new(change, "count", json_integer((json_int_t)cell->count));
        json_object_set_new(change, "people", people);
        bool is_exact;
        (void)wp_distinct_count(&cell->people, &is_exact);
        json_object_set_new(change, "people_exact", json_boolean(is_exact));
        json_object_set_new(change, "witness", shown ? witness_json(cell->witness) : json_null());
        json_array_append_new(changes, change);
    }
    return changes;
}

/* How often each outcome of the new policy came. */
static uint64_t *
outcome_counts(const struct wp_report_options *options, const struct wp_tally *tally)
{
    uint64_t *counts =
        wp_alloc_array(options->arena, wp_outcome_count(&options->sides[1]), sizeof *counts);
    for (size_t i = 0; i < tally->cell_capacity; i++)
        if (tally->cells[i] != NULL)
            counts[tally->cells[i]->after] += tally->cells[i]->count;
    return counts;
}

static bool
is_report_rule(const struct wp_side *side, uint32_t outcome)
{
    uint32_t policy, rule;
    wp_outcome_place(side, outcome, &policy, &rule);
    return outcome < side->rules && side->model->policies[policy].rules[rule].report;
}

/* Every rule in order, each otherwise behind its policy's rules; those that only
 * report are left out, since they decide nothing. */
json_t *
wp_report_rules(const struct wp_report_options *options, struct wp_replay *replay)
{
    const struct wp_side *side = &options->sides[1];
    const uint64_t *counts = outcome_counts(options, &replay->tally);
    json_t *rules = json_array();
    for (uint32_t i = 0; i < wp_outcome_count(side); i++) {
        if (is_report_rule(side, i) || (i >= side->rules + side->policies && counts[i] == 0))
            continue;
        json_t *rule = wp_report_outcome(options, side, i);
        json_object_set_new(rule, "count", json_integer((json_int_t)counts[i]));
        json_array_append_new(rules, rule);
    }
    return rules;
}
