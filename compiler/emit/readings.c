#include "compiler/emit/readings.h"

#include <string.h>

#include "compiler/emit/observe.h"
#include "compiler/network.h"

/* ---- copies ------------------------------------------------------------------------------- */

static struct wp_test *
leaf(struct wp_arena *arena, enum wp_test_kind kind, uint64_t mask)
{
    struct wp_test *test = wp_alloc(arena, sizeof *test);

    test->kind = kind;
    test->span.file = WP_NO_FILE;
    test->mask = mask;
    return test;
}

/* A copy whose policies and rules may be changed; each has room for a rule ahead. */
static struct wp_model *
copy_model(struct wp_arena *arena, const struct wp_model *from)
{
    struct wp_model *model = wp_alloc(arena, sizeof *model);

    *model = *from;
    model->policies =
        wp_alloc_array(arena, (size_t)from->policy_count + 1, sizeof *model->policies);
    for (uint32_t p = 0; p < from->policy_count; p++) {
        struct wp_policy *policy = &model->policies[p];
        *policy = from->policies[p];
        policy->rules =
            wp_alloc_array(arena, (size_t)policy->rule_count + 1, sizeof *policy->rules);
        for (uint32_t i = 0; i < policy->rule_count; i++)
            policy->rules[i] = from->policies[p].rules[i];
    }
    return model;
}

/* ---- devices that are taken for others --------------------------------------------------- */

/* In the numbers of the lifted model. */
struct mistake {
    uint32_t device, as;
    uint64_t postures;
    const char *cite; /* or NULL */
    bool matters;     /* some condition tells the two apart */
};
struct mistakes {
    struct wp_arena *arena;
    struct mistake items[WP_MAX_DEVICES];
    uint32_t count;
};

static uint32_t
find_device(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 1; i < model->device_count; i++)
        if (strcmp(model->devices[i].name, name) == 0)
            return i;
    return 0;
}

static void
find_mistakes(struct mistakes *mistakes, const struct wp_observer *observer,
              const struct wp_model *lifted)
{
    const struct wp_model *model = observer->model;

    for (uint32_t i = 1; i < model->device_count; i++) {
        const struct wp_mistake *its = &observer->mistakes[i];
        uint32_t device = find_device(lifted, model->devices[i].name);
        if (its->as == 0 || device == 0)
            continue;
        mistakes->items[mistakes->count++] =
            (struct mistake){.device = device,
                             .as = find_device(lifted, model->devices[its->as].name),
                             .postures = its->postures,
                             .cite = its->cite};
    }
}

/* What the tenant asks of the device that it sees, asked of the device that it is. */
static struct wp_test *
unmistaken_leaf(struct mistakes *mistakes, const struct wp_test *test)
{
    struct wp_test **parts =
        wp_alloc_array(mistakes->arena, (size_t)mistakes->count + 1, sizeof *parts);
    uint64_t mask = test->mask;
    uint32_t count = 1;

    for (uint32_t i = 0; i < mistakes->count; i++) {
        struct mistake *its = &mistakes->items[i];
        bool itself = test->mask >> its->device & 1, other = test->mask >> its->as & 1;
        if (itself == other)
            continue;
        its->matters = true;
        mask &= ~(UINT64_C(1) << its->device);
        struct wp_test *both = leaf(mistakes->arena, WP_TEST_AND, 0);
        both->part_count = 2;
        both->parts = wp_alloc_array(mistakes->arena, 2, sizeof *both->parts);
        both->parts[0] = leaf(mistakes->arena, WP_TEST_DEVICE, UINT64_C(1) << its->device);
        both->parts[1] = leaf(mistakes->arena, WP_TEST_POSTURE,
                              other ? its->postures : WP_POSTURE_ALL & ~its->postures);
        parts[count++] = both;
    }
    parts[0] = leaf(mistakes->arena, WP_TEST_DEVICE, mask);
    if (count == 1)
        return parts[0];
    struct wp_test *any = leaf(mistakes->arena, WP_TEST_OR, 0);
    any->parts = parts;
    any->part_count = count;
    return any;
}

static struct wp_test *
unmistaken(struct mistakes *mistakes, const struct wp_test *from)
{
    if (from->kind == WP_TEST_DEVICE)
        return unmistaken_leaf(mistakes, from);
    struct wp_test *test = wp_alloc(mistakes->arena, sizeof *test);
    *test = *from;
    if (from->part_count > 0)
        test->parts = wp_alloc_array(mistakes->arena, from->part_count, sizeof *test->parts);
    for (uint32_t i = 0; i < from->part_count; i++)
        test->parts[i] = unmistaken(mistakes, from->parts[i]);
    return test;
}

static const struct wp_model *
without_mistakes(struct mistakes *mistakes, const struct wp_model *lifted)
{
    struct wp_model *model = copy_model(mistakes->arena, lifted);

    for (uint32_t p = 0; p < model->policy_count; p++) {
        struct wp_policy *policy = &model->policies[p];
        for (uint32_t i = 0; i < policy->rule_count; i++) {
            struct wp_model_rule *rule = &policy->rules[i];
            rule->when = rule->folded = unmistaken(mistakes, rule->folded);
            rule->terms = NULL;
            rule->term_count = 0;
        }
    }
    return model;
}

/* "Portal takes ipados for macos [D15]", as far as it matters; else NULL. */
static const char *
tell_mistakes(const struct mistakes *mistakes, const struct wp_session *session,
              const struct wp_model *lifted)
{
    struct wp_arena *arena = mistakes->arena;
    const char *text = NULL;

    for (uint32_t i = 0; i < mistakes->count; i++) {
        const struct mistake *its = &mistakes->items[i];
        if (!its->matters)
            continue;
        text = wp_format(arena, "%s%s for %s%s%s",
                         text == NULL ? wp_format(arena, "%s takes ", session->tenant->name->text)
                                      : wp_format(arena, "%s, ", text),
                         lifted->devices[its->device].name,
                         its->as == 0 ? "no device that it knows" : lifted->devices[its->as].name,
                         its->postures == WP_POSTURE_ALL ? "" : " on some entries",
                         its->cite != NULL ? wp_format(arena, " [%s]", its->cite) : "");
    }
    return text;
}

/* ---- IPv6 ---------------------------------------------------------------------------------- */

const struct wp_model *
wp_reading_without_v6(struct wp_arena *arena, const struct wp_model *from)
{
    struct wp_model *model = copy_model(arena, from);
    struct wp_network every = wp_network_everything();
    struct wp_test *by_v6 = leaf(arena, WP_TEST_NETWORK, 0);

    model->networks =
        wp_alloc_array(arena, (size_t)from->network_count + 1, sizeof *model->networks);
    for (uint32_t i = 0; i < from->network_count; i++)
        model->networks[i] = from->networks[i];
    by_v6->network = model->network_count++;
    model->networks[by_v6->network] =
        (struct wp_network){.v6 = every.v6, .v6_count = every.v6_count};
    for (uint32_t p = 0; p < model->policy_count; p++) {
        struct wp_policy *policy = &model->policies[p];
        memmove(policy->rules + 1, policy->rules, policy->rule_count * sizeof *policy->rules);
        policy->rules[0] = (struct wp_model_rule){.name = "by IPv6",
                                                  .span.file = WP_NO_FILE,
                                                  .included_from.file = WP_NO_FILE,
                                                  .when = by_v6,
                                                  .folded = by_v6,
                                                  .decision = {.effect = WP_DENY,
                                                               .chain = WP_NONE,
                                                               .reauth_seconds = WP_NO_REAUTH,
                                                               .span.file = WP_NO_FILE}};
        policy->rule_count++;
    }
    return model;
}

void
wp_readings_settle(struct wp_readings *readings, struct wp_arena *arena,
                   const struct wp_session *session, const struct wp_model *lifted)
{
    *readings = (struct wp_readings){.model = lifted};
    if (session->kind->readings != NULL)
        session->kind->readings(session, arena, readings);
}

/* ---- together -------------------------------------------------------------------------------- */

void
wp_readings_of(struct wp_readings *readings, struct wp_arena *arena,
               const struct wp_session *session, const struct wp_model *lifted)
{
    struct wp_observer *observer = wp_alloc(arena, sizeof *observer);
    struct mistakes *mistakes = wp_alloc(arena, sizeof *mistakes);

    *readings = (struct wp_readings){.model = lifted};
    mistakes->arena = arena;
    if (session->kind->as_seen == NULL && session->model != NULL && session->tenant != NULL) {
        wp_observer_init(observer, session);
        find_mistakes(mistakes, observer, lifted);
    }
    if (mistakes->count > 0) {
        readings->model = without_mistakes(mistakes, lifted);
        readings->mistaken = tell_mistakes(mistakes, session, lifted);
    }
    if (session->kind->readings != NULL)
        session->kind->readings(session, arena, readings);
}
