/*
 * Conditions as written to trees of tests. A named condition's tree is shared by
 * all its uses; what it would measure written out is counted, since later passes
 * see it so.
 */
#include "compiler/lowering.h"

#include <string.h>

static struct wp_test *
new_test(struct wp_lowering *lowering, enum wp_test_kind kind, const struct wp_condition *source)
{
    struct wp_test *test = wp_alloc(lowering->arena, sizeof *test);

    test->kind = kind;
    test->source = source;
    if (source)
        test->span = source->span;
    return test;
}

/* ---- postures ------------------------------------------------------------------------- */

static bool
risk_fits(enum wp_comparison comparison, uint32_t risk, uint32_t level)
{
    switch (comparison) {
    case WP_IS:
        return risk == level;
    case WP_LESS:
        return risk < level;
    case WP_AT_MOST:
        return risk <= level;
    case WP_AT_LEAST:
        return risk >= level;
    case WP_GREATER:
        return risk > level;
    }
    return false;
}

static bool
posture_fits(const struct wp_condition *condition, unsigned risk, bool compliant, bool managed)
{
    if (condition->kind == WP_CONDITION_MANAGED)
        return managed;
    if (condition->kind == WP_CONDITION_COMPLIANT)
        return compliant;
    uint32_t level = wp_risk_number(condition->name->text);
    return level != WP_NONE && risk_fits(condition->comparison, risk, level);
}

/* The postures in which `managed`, `compliant` or a condition on risk holds. */
static uint64_t
posture_mask(const struct wp_condition *condition)
{
    uint64_t mask = 0;

    for (unsigned entry = 0; entry < WP_ENTRY_COUNT; entry++)
        for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++)
            for (unsigned state = 0; state < 4; state++)
                if (posture_fits(condition, risk, state >> 1, state & 1))
                    mask |= UINT64_C(1) << wp_posture(entry, risk, state >> 1, state & 1);
    return mask;
}

/* ---- leaves ------------------------------------------------------------------------------ */

static void
keep_user_test(struct wp_lowering *lowering, struct wp_test *test)
{
    if (lowering->user_test_count == lowering->user_test_room) {
        uint32_t room = lowering->user_test_room == 0 ? 16 : lowering->user_test_room * 2;
        struct wp_test **tests = wp_alloc_array(lowering->arena, room, sizeof *tests);

        if (lowering->user_test_count > 0)
            memcpy(tests, lowering->user_tests, lowering->user_test_count * sizeof *tests);
        lowering->user_tests = tests;
        lowering->user_test_room = room;
    }
    lowering->user_tests[lowering->user_test_count++] = test;
}

static struct wp_test *
lower_leaf(struct wp_lowering *lowering, const struct wp_scope *scope,
           const struct wp_condition *condition, enum wp_test_kind kind)
{
    struct wp_test *test = new_test(lowering, kind, condition);

    switch (condition->kind) {
    case WP_CONDITION_NETWORK:
        test->network = wp_lower_network(lowering, scope, condition->set);
        if (!scope && condition->set->kind != WP_SET_PRODUCT) /* that one is WOA2002 */
            wp_check_idle(lowering, WP_PLACE_NETWORK, condition->set);
        break;
    case WP_CONDITION_DEVICE:
        test->mask = wp_lower_devices(lowering, scope, condition->set);
        if (!scope && condition->set->kind != WP_SET_PRODUCT)
            wp_check_idle(lowering, WP_PLACE_DEVICE, condition->set);
        break;
    case WP_CONDITION_ENTRY:
        test->mask = wp_lower_entries(lowering, scope, condition->set);
        break;
    case WP_CONDITION_GROUP:
        test->ids = wp_lower_ids(lowering, scope, condition->set, WP_PLACE_GROUP);
        break;
    case WP_CONDITION_APP:
        test->ids = wp_lower_ids(lowering, scope, condition->set, WP_PLACE_APP);
        break;
    case WP_CONDITION_USER:
        test->ids = wp_lower_ids(lowering, scope, condition->set, WP_PLACE_USER);
        keep_user_test(lowering, test);
        break;
    case WP_CONDITION_MANAGED:
    case WP_CONDITION_COMPLIANT:
    case WP_CONDITION_RISK:
        test->mask = posture_mask(condition);
        break;
    case WP_CONDITION_AND:
    case WP_CONDITION_OR:
    case WP_CONDITION_NOT:
    case WP_CONDITION_NAMED:
        break;
    }
    return test;
}

/* ---- the tree ------------------------------------------------------------------------------ */

static void
add_extent(struct wp_extent *whole, const struct wp_extent *part)
{
    whole->size += part->size;
    if (part->depth + 1 > whole->depth)
        whole->depth = part->depth + 1;
}

static struct wp_test *
lower_parts(struct wp_lowering *lowering, const struct wp_scope *scope,
            const struct wp_condition *condition, enum wp_test_kind kind, struct wp_extent *extent)
{
    struct wp_test *test = new_test(lowering, kind, condition);
    uint32_t count = 0;

    for (const struct wp_condition *at = condition->parts; at; at = at->next)
        count++;
    test->parts = wp_alloc_array(lowering->arena, count, sizeof *test->parts);
    for (const struct wp_condition *at = condition->parts; at; at = at->next) {
        struct wp_extent part;

        test->parts[test->part_count++] = wp_lower_condition(lowering, scope, at, &part);
        add_extent(extent, &part);
    }
    return test;
}

/* A use of a named condition: its tree, at the place of the use. */
static struct wp_test *
lower_named(struct wp_lowering *lowering, const struct wp_scope *scope,
            const struct wp_condition *condition, struct wp_extent *extent)
{
    const char *name = condition->name->text;
    const struct wp_symbol *symbol;

    for (const struct wp_argument *argument; (argument = wp_scope_find(scope, name)) != NULL;) {
        if (!argument->set || argument->set->kind != WP_SET_NAME)
            return new_test(lowering, WP_TEST_FALSE, condition);
        name = argument->set->text;
        scope = scope->outer;
    }
    symbol = wp_symbols_find(lowering->symbols, WP_SYMBOL_CONDITION, name);
    if (!symbol || symbol->is_broken || !lowering->model->conditions[symbol->number].test)
        return new_test(lowering, WP_TEST_FALSE, condition);
    struct wp_test *test = new_test(lowering, WP_TEST_FALSE, condition);
    *test = *lowering->model->conditions[symbol->number].test;
    test->source = condition;
    test->span = condition->span;
    test->named = symbol->number + 1;
    *extent = lowering->extents[symbol->number];
    if (test->kind == WP_TEST_USER)
        keep_user_test(lowering, test);
    return test;
}

struct wp_test *
wp_lower_condition(struct wp_lowering *lowering, const struct wp_scope *scope,
                   const struct wp_condition *condition, struct wp_extent *extent)
{
    *extent = (struct wp_extent){1, 1};
    switch (condition->kind) {
    case WP_CONDITION_AND:
        return lower_parts(lowering, scope, condition, WP_TEST_AND, extent);
    case WP_CONDITION_OR:
        return lower_parts(lowering, scope, condition, WP_TEST_OR, extent);
    case WP_CONDITION_NOT:
        return lower_parts(lowering, scope, condition, WP_TEST_NOT, extent);
    case WP_CONDITION_NAMED:
        return lower_named(lowering, scope, condition, extent);
    case WP_CONDITION_NETWORK:
        return lower_leaf(lowering, scope, condition, WP_TEST_NETWORK);
    case WP_CONDITION_DEVICE:
        return lower_leaf(lowering, scope, condition, WP_TEST_DEVICE);
    case WP_CONDITION_GROUP:
        return lower_leaf(lowering, scope, condition, WP_TEST_GROUP);
    case WP_CONDITION_APP:
        return lower_leaf(lowering, scope, condition, WP_TEST_APP);
    case WP_CONDITION_USER:
        return lower_leaf(lowering, scope, condition, WP_TEST_USER);
    case WP_CONDITION_ENTRY:
    case WP_CONDITION_MANAGED:
    case WP_CONDITION_COMPLIANT:
    case WP_CONDITION_RISK:
        return lower_leaf(lowering, scope, condition, WP_TEST_POSTURE);
    }
    return new_test(lowering, WP_TEST_FALSE, condition);
}

struct wp_test *
wp_lower_when(struct wp_lowering *lowering, const struct wp_scope *scope,
              const struct wp_condition *condition, struct wp_span span)
{
    struct wp_extent extent;
    struct wp_test *test;

    if (!condition) {
        test = new_test(lowering, WP_TEST_TRUE, NULL);
        test->span = span;
        return test;
    }
    test = wp_lower_condition(lowering, scope, condition, &extent);
    if (extent.size <= WP_MAX_CONDITION_SIZE && extent.depth <= WP_MAX_CONDITION_DEPTH)
        return test;
    struct wp_diagnostic *finding =
        wp_report(lowering->list, WP_E_TOO_COMPLEX, condition->span,
                  extent.depth > WP_MAX_CONDITION_DEPTH
                      ? "with the conditions that it names this is nested too deeply"
                      : "with the conditions that it names written out this is too long");
    wp_add_help(lowering->list, finding, "split the rule, or name fewer conditions in conditions");
    return new_test(lowering, WP_TEST_FALSE, condition);
}
