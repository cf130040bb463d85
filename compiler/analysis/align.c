/*
 * Alignment by rules that stand once in each policy (patience): of these the
 * longest rising chain, then what stands next to an aligned pair and is equal.
 */
#include "compiler/analysis/align.h"
#include "compiler/map.h"

#include <stdlib.h>
#include <string.h>

struct side {
    const struct wp_view *view;
    uint64_t *hashes; /* by rule */
    uint32_t *partners, *kinds;
};

static uint64_t
hash_test(uint64_t hash, const struct wp_test *test)
{
    uint64_t head[4] = {(uint64_t)test->kind, test->network, test->mask,
                        (uint64_t)test->others << 32 | test->part_count};

    hash = wp_hash_bytes(hash, head, sizeof head);
    if (test->ids.count)
        hash = wp_hash_bytes(hash, test->ids.ids, test->ids.count * sizeof *test->ids.ids);
    for (uint32_t i = 0; i < test->part_count; i++)
        hash = hash_test(hash, test->parts[i]);
    return hash;
}

static bool
same_test(const struct wp_test *a, const struct wp_test *b)
{
    if (a->kind != b->kind || a->network != b->network || a->mask != b->mask ||
        a->others != b->others || a->ids.count != b->ids.count || a->part_count != b->part_count)
        return false;
    if (a->ids.count && memcmp(a->ids.ids, b->ids.ids, a->ids.count * sizeof *a->ids.ids) != 0)
        return false;
    for (uint32_t i = 0; i < a->part_count; i++) {
        if (!same_test(a->parts[i], b->parts[i]))
            return false;
    }
    return true;
}

static const struct wp_model_rule *
rule_of(const struct side *side, uint32_t rule)
{
    return &side->view->policy->rules[rule];
}

static bool
same_rule(const struct side *sides, uint32_t old_rule, uint32_t new_rule)
{
    const struct wp_model_rule *a = rule_of(&sides[0], old_rule), *b = rule_of(&sides[1], new_rule);

    return sides[0].hashes[old_rule] == sides[1].hashes[new_rule] && !a->report && !b->report &&
           sides[0].kinds[old_rule] == sides[1].kinds[new_rule] && same_test(a->folded, b->folded);
}

static void
number_kinds(struct wp_alignment *alignment, struct wp_arena *arena, struct side *sides)
{
    uint32_t old_count = sides[0].view->policy->rule_count + 1;
    uint32_t new_count = sides[1].view->policy->rule_count + 1;
    const struct wp_decision **decisions =
        wp_alloc_array(arena, (size_t)old_count + new_count, sizeof *decisions);
    uint32_t *kinds = wp_alloc_array(arena, (size_t)old_count + new_count, sizeof *kinds);

    for (uint32_t i = 0; i < old_count; i++)
        decisions[i] = wp_policy_decision(sides[0].view->policy, i);
    for (uint32_t i = 0; i < new_count; i++)
        decisions[old_count + i] = wp_policy_decision(sides[1].view->policy, i);
    alignment->kind_count =
        wp_tell_kinds(arena, sides[0].view->model, decisions, old_count + new_count, kinds);
    sides[0].kinds = alignment->old_kinds = kinds;
    sides[1].kinds = alignment->new_kinds = kinds + old_count;
}

static void
hash_rules(struct side *side, struct wp_arena *arena)
{
    uint32_t count = side->view->policy->rule_count;

    side->hashes = wp_alloc_array(arena, (size_t)count + 1, sizeof *side->hashes);
    side->partners = wp_alloc_array(arena, (size_t)count + 1, sizeof *side->partners);
    for (uint32_t i = 0; i < count; i++) {
        side->hashes[i] = hash_test(side->kinds[i], rule_of(side, i)->folded);
        side->partners[i] = WP_NONE;
    }
}

/* ---- rules that stand once --------------------------------------------------------- */

struct seen {
    uint64_t hash;
    uint32_t rule, side;
};

static int
compare_seen(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    if (x->side != y->side)
        return x->side < y->side ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

/* For each old rule the new rule it equals, if both stand once; else WP_NONE. */
static uint32_t *
match_unique(struct wp_arena *arena, const struct side *sides)
{
    uint32_t counts[2] = {sides[0].view->policy->rule_count, sides[1].view->policy->rule_count};
    uint32_t total = 0, *matches = wp_alloc_array(arena, (size_t)counts[0] + 1, sizeof *matches);
    struct seen *all = wp_alloc_array(arena, (size_t)counts[0] + counts[1] + 1, sizeof *all);

    for (uint32_t side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < counts[side]; i++) {
            if (!rule_of(&sides[side], i)->report)
                all[total++] = (struct seen){sides[side].hashes[i], i, side};
        }
    }
    for (uint32_t i = 0; i < counts[0]; i++)
        matches[i] = WP_NONE;
    qsort(all, total, sizeof *all, compare_seen);
    for (uint32_t i = 0; i < total;) {
        uint32_t end = i;
        while (end < total && all[end].hash == all[i].hash)
            end++;
        if (end - i == 2 && all[i].side == 0 && all[i + 1].side == 1 &&
            same_rule(sides, all[i].rule, all[i + 1].rule))
            matches[all[i].rule] = all[i + 1].rule;
        i = end;
    }
    return matches;
}

/* Keeps of the matches the longest chain that rises on both sides. */
static void
keep_rising(struct wp_arena *arena, struct side *sides, const uint32_t *matches)
{
    uint32_t count = sides[0].view->policy->rule_count, length = 0;
    uint32_t *tails = wp_alloc_array(arena, (size_t)count + 1, sizeof *tails); /* old rules */
    uint32_t *before = wp_alloc_array(arena, (size_t)count + 1, sizeof *before);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t low = 0, high = length;
        if (matches[i] == WP_NONE)
            continue;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (matches[tails[middle]] < matches[i])
                low = middle + 1;
            else
                high = middle;
        }
        before[i] = low > 0 ? tails[low - 1] : WP_NONE;
        tails[low] = i;
        length += low == length;
    }
    for (uint32_t i = length ? tails[length - 1] : WP_NONE; i != WP_NONE; i = before[i]) {
        sides[0].partners[i] = matches[i];
        sides[1].partners[matches[i]] = i;
    }
}

/* Aligns equal neighbours of aligned pairs, and equal beginnings. */
static void
extend_down(struct side *sides)
{
    uint32_t counts[2] = {sides[0].view->policy->rule_count, sides[1].view->policy->rule_count};
    uint32_t next = 0;

    for (uint32_t i = 0; i < counts[0]; i++) {
        if (sides[0].partners[i] != WP_NONE) {
            next = sides[0].partners[i] + 1;
            continue;
        }
        while (next < counts[1] && rule_of(&sides[1], next)->report)
            next++;
        if (next < counts[1] && sides[1].partners[next] == WP_NONE && same_rule(sides, i, next)) {
            sides[0].partners[i] = next;
            sides[1].partners[next] = i;
            next++;
        }
    }
}

/* The same upwards, with equal ends. */
static void
extend_up(struct side *sides)
{
    uint32_t next = sides[1].view->policy->rule_count; /* one past the candidate */

    for (uint32_t i = sides[0].view->policy->rule_count; i-- > 0;) {
        if (sides[0].partners[i] != WP_NONE) {
            next = sides[0].partners[i];
            continue;
        }
        while (next > 0 && rule_of(&sides[1], next - 1)->report)
            next--;
        if (next > 0 && sides[1].partners[next - 1] == WP_NONE && same_rule(sides, i, next - 1)) {
            next--;
            sides[0].partners[i] = next;
            sides[1].partners[next] = i;
        }
    }
}

void
wp_align(struct wp_alignment *alignment, struct wp_arena *arena, const struct wp_view *old_view,
         const struct wp_view *new_view)
{
    struct side sides[2] = {{.view = old_view}, {.view = new_view}};

    *alignment = (struct wp_alignment){0};
    number_kinds(alignment, arena, sides);
    hash_rules(&sides[0], arena);
    hash_rules(&sides[1], arena);
    keep_rising(arena, sides, match_unique(arena, sides));
    extend_down(sides);
    extend_up(sides);
    alignment->old_partners = sides[0].partners;
    alignment->new_partners = sides[1].partners;
}
