/* A model as far as Okta can tell: for holding a source against an org. */
#include "compiler/emit/okta/okta_seen.h"
#include "compiler/emit/okta/desire.h"
#include "compiler/network.h"

#include <stdlib.h>
#include <string.h>

/* ---- chains: of several methods any will do, in no order ----------------------------- */

struct named {
    const char *name;
    uint32_t method;
};

static int
compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static struct wp_step
sort_step(struct wp_arena *arena, const struct wp_model *model, const struct wp_step *from)
{
    struct named *all = wp_alloc_array(arena, (size_t)from->count + 1, sizeof *all);
    uint32_t *methods = wp_alloc_array(arena, (size_t)from->count + 1, sizeof *methods);

    for (uint32_t i = 0; i < from->count; i++)
        all[i] = (struct named){model->methods[from->methods[i]].name, from->methods[i]};
    qsort(all, from->count, sizeof *all, compare_named);
    for (uint32_t i = 0; i < from->count; i++)
        methods[i] = all[i].method;
    return (struct wp_step){methods, from->count};
}

static struct wp_model_chain *
sort_chains(struct wp_arena *arena, const struct wp_model *model)
{
    struct wp_model_chain *chains =
        wp_alloc_array(arena, (size_t)model->chain_count + 1, sizeof *chains);

    for (uint32_t i = 0; i < model->chain_count; i++) {
        const struct wp_model_chain *from = &model->chains[i];
        struct wp_alternative *alternatives =
            wp_alloc_array(arena, (size_t)from->count + 1, sizeof *alternatives);
        for (uint32_t a = 0; a < from->count; a++) {
            uint32_t count = from->alternatives[a].count;
            struct wp_step *steps = wp_alloc_array(arena, (size_t)count + 1, sizeof *steps);
            for (uint32_t k = 0; k < count; k++)
                steps[k] = sort_step(arena, model, &from->alternatives[a].steps[k]);
            alternatives[a] = (struct wp_alternative){steps, count};
        }
        chains[i] = *from;
        chains[i].alternatives = alternatives;
    }
    return chains;
}

/* ---- policies: without messages ---------------------------------------------------------- */

static struct wp_policy *
drop_messages(struct wp_arena *arena, const struct wp_model *model)
{
    struct wp_policy *policies =
        wp_alloc_array(arena, (size_t)model->policy_count + 1, sizeof *policies);

    for (uint32_t p = 0; p < model->policy_count; p++) {
        const struct wp_policy *from = &model->policies[p];
        struct wp_model_rule *rules =
            wp_alloc_array(arena, (size_t)from->rule_count + 1, sizeof *rules);
        for (uint32_t i = 0; i < from->rule_count; i++) {
            rules[i] = from->rules[i];
            rules[i].decision.message = NULL;
        }
        policies[p] = *from;
        policies[p].rules = rules;
        policies[p].otherwise.decision.message = NULL;
    }
    return policies;
}

/* ---- requests: those that Okta sees ---------------------------------------------------------- */

static struct wp_test *
leaf(struct wp_arena *arena, enum wp_test_kind kind)
{
    struct wp_test *test = wp_alloc(arena, sizeof *test);

    test->kind = kind;
    test->span.file = WP_NO_FILE;
    return test;
}

static struct wp_test *
device_in(struct wp_arena *arena, uint64_t mask)
{
    struct wp_test *device = leaf(arena, WP_TEST_DEVICE);

    device->mask = mask;
    return device;
}

static struct wp_test *
has_address(struct wp_arena *arena, const struct wp_model *from, struct wp_model *model)
{
    struct wp_test *address = leaf(arena, WP_TEST_NETWORK);
    struct wp_network every = wp_network_everything();

    every.absent = false;
    model->networks =
        wp_alloc_array(arena, (size_t)from->network_count + 1, sizeof *model->networks);
    if (from->network_count)
        memcpy(model->networks, from->networks, from->network_count * sizeof *model->networks);
    address->network = model->network_count++;
    model->networks[address->network] = every;
    return address;
}

/* Compliant, or managed, whatever else. */
static struct wp_test *
has_posture(struct wp_arena *arena, bool compliant)
{
    struct wp_test *posture = leaf(arena, WP_TEST_POSTURE);

    for (unsigned p = 0; p < WP_POSTURE_COUNT; p++) {
        if (p >> compliant & 1)
            posture->mask |= UINT64_C(1) << p;
    }
    return posture;
}

static void
assume(struct wp_model *model, struct wp_test *premise, struct wp_test *conclusion)
{
    model->assumptions[model->assumption_count++] =
        (struct wp_assumption){{WP_NO_FILE, 0, 0}, premise, conclusion, premise, conclusion};
}

/* An address, a device that Okta has a word for or none that is named, and nothing
 * said of the posture of devices that Okta cannot ask about. */
static void
assume_seen(struct wp_arena *arena, const struct wp_model *from, struct wp_model *model)
{
    struct wp_okta_devices devices;

    wp_okta_devices_read(from, false, &devices);
    model->assumptions =
        wp_alloc_array(arena, (size_t)from->assumption_count + 4, sizeof *model->assumptions);
    if (from->assumption_count)
        memcpy(model->assumptions, from->assumptions,
               from->assumption_count * sizeof *model->assumptions);
    assume(model, leaf(arena, WP_TEST_TRUE), has_address(arena, from, model));
    assume(model, leaf(arena, WP_TEST_TRUE), device_in(arena, devices.seen));
    assume(model, has_posture(arena, true), device_in(arena, devices.assured));
    assume(model, has_posture(arena, false), device_in(arena, devices.trusted));
}

static struct wp_model *
told(struct wp_arena *arena, const struct wp_model *from)
{
    struct wp_model *model = wp_alloc(arena, sizeof *model);

    *model = *from;
    model->chains = sort_chains(arena, from);
    model->policies = drop_messages(arena, from);
    return model;
}

const struct wp_model *
wp_okta_as_told(struct wp_arena *arena, const struct wp_model *from)
{
    return told(arena, from);
}

struct wp_model *
wp_okta_as_seen(struct wp_arena *arena, const struct wp_model *from)
{
    struct wp_model *model = told(arena, from);

    assume_seen(arena, from, model);
    return model;
}

void
wp_okta_sight(const struct wp_session *session, struct wp_sight *sight)
{
    struct wp_okta_devices devices;

    wp_okta_devices_read(session->model, wp_okta_is_classic(session), &devices);
    *sight = (struct wp_sight){devices.seen | 1, devices.trusted, devices.assured};
}
