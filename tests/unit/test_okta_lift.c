/* What an org decides, lifted: the same as the source that it holds. */
#include "compiler/analysis/diff.h"
#include "compiler/analysis/witness.h"
#include "compiler/compile.h"
#include "compiler/emit/meaning.h"
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/okta/okta_seen.h"
#include "compiler/emit/okta/okta_zone.h"
#include "compiler/facts.h"
#include "compiler/network.h"
#include "compiler/walk.h"
#include "tests/unit/compile_text.h"
#include "tests/unit/okta_source.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* ---- zones: the table of Okta's help, row by row --------------------------------------- */

static void
add(struct wp_ranges *ranges, const char *list)
{
    struct wp_address address;
    char text[64];

    (void)snprintf(text, sizeof text, "%s", list);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        cr_assert(wp_address_parse(word, &address, NULL));
        wp_ranges_add(ranges, &address, &address);
    }
}

Test(okta_lift, who_is_inside_a_zone)
{
    static const struct {
        const char *chain, *gateways, *proxies;
        bool inside;
    } rows[] = {
        {"1.1.1.1", "1.1.1.1", "", true},
        {"1.1.1.1", "1.1.1.1", "2.2.2.2", true},
        {"1.1.1.1", "", "", false},
        {"1.1.1.1", "", "1.1.1.1", false},
        {"1.1.1.1 2.2.2.2", "2.2.2.2", "", true},
        {"1.1.1.1 2.2.2.2", "2.2.2.2", "3.3.3.3", true},
        {"1.1.1.1 2.2.2.2", "1.1.1.1", "2.2.2.2", true},
        {"1.1.1.1 2.2.2.2", "", "", false},
        {"1.1.1.1 2.2.2.2", "", "1.1.1.1", false},
        {"1.1.1.1 2.2.2.2", "", "2.2.2.2", false},
        {"1.1.1.1 2.2.2.2", "2.2.2.2", "1.1.1.1", true},
        /* Beyond the table: no proxy leads to the gateway; six are too many. */
        {"1.1.1.1 2.2.2.2", "1.1.1.1", "", false},
        {"1.1.1.1 2.2.2.2 2.2.2.2 2.2.2.2 2.2.2.2", "1.1.1.1", "2.2.2.2", true},
        {"1.1.1.1 2.2.2.2 2.2.2.2 2.2.2.2 2.2.2.2 2.2.2.2", "1.1.1.1", "2.2.2.2", false},
        {"", "1.1.1.1", "", false},
    };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_address chain[8];
        struct wp_ranges gateways, proxies;
        size_t count = 0;
        char text[64];
        wp_ranges_init(&gateways, arena);
        wp_ranges_init(&proxies, arena);
        add(&gateways, rows[i].gateways);
        add(&proxies, rows[i].proxies);
        (void)snprintf(text, sizeof text, "%s", rows[i].chain);
        for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
            cr_assert(wp_address_parse(word, &chain[count++], NULL));
        struct wp_okta_zone zone = {wp_ranges_finish(&gateways), wp_ranges_finish(&proxies)};
        cr_expect_eq(wp_okta_zone_holds(&zone, chain, count), rows[i].inside, "row %zu", i);
    }
    wp_arena_free(arena);
}

/* ---- a source, what it wants of an org, and what that decides ------------------------------ */

struct lifted {
    struct wp_compilation source;
    struct wp_session session;
    struct wp_state state;
    struct wp_meaning meaning;
    struct wp_problem problem;
    bool is_held;
};

static void
lift_source(struct lifted *lifted, const char *text)
{
    const struct wp_plan_options options = {0};
    struct wp_declaration_walk walk = {0};

    *lifted = (struct lifted){0};
    cr_assert(compile_text(&lifted->source, text), "%s", text);
    lifted->session = (struct wp_session){
        .arena = lifted->source.arena, .model = lifted->source.model, .kind = &wp_tenant_okta};
    lifted->session.tenant = wp_declaration_next(lifted->source.model, WP_DECL_TENANT, &walk);
    wp_state_init(&lifted->state, lifted->source.arena);
    lifted->is_held =
        wp_okta_desire(&lifted->session, &options, &lifted->state, &lifted->source.diagnostics);
    if (!lifted->is_held)
        return;
    cr_assert(wp_meaning_make(&lifted->meaning, lifted->source.arena, &lifted->session,
                              &lifted->state, &lifted->problem),
              "%s\n%s\n%s", lifted->problem.text, text, lifted->meaning.source);
}

static void
lifted_end(struct lifted *lifted)
{
    wp_meaning_end(&lifted->meaning);
    wp_state_end(&lifted->state);
    wp_compilation_end(&lifted->source);
}

static void
check_same(struct lifted *lifted, const char *text)
{
    struct wp_arena *arena = lifted->source.arena;
    struct wp_diff diff;

    cr_assert(wp_diff_models(&diff, arena, wp_okta_as_seen(arena, lifted->source.model),
                             wp_okta_as_seen(arena, lifted->meaning.compilation.model), NULL));
    if (diff.count) {
        struct wp_traits all = {true, true, true, true, true, true};
        cr_assert(false, "%s\n%s\n%s: %s by %s against %s", text, lifted->meaning.source,
                  wp_witness_sentence(arena, diff.joint.model, &all, diff.regions[0].witness),
                  wp_diff_policy_name(&diff, diff.regions[0].old_policy),
                  wp_diff_rule_name(&diff, diff.regions[0].old_policy, diff.regions[0].old_rule),
                  wp_diff_rule_name(&diff, diff.regions[0].new_policy, diff.regions[0].new_rule));
    }
    cr_assert_eq(diff.undecided, 0, "%s", text);
}

static uint64_t
rounds(void)
{
    const char *text = getenv("WOAPOL_CASES");
    return text ? strtoull(text, NULL, 10) / 100 : 150;
}

Test(okta_lift, decides_as_the_source, .timeout = 0)
{
    unsigned held = 0;

    for (uint64_t seed = 1; seed <= rounds(); seed++) {
        char *text = okta_source(seed);
        struct lifted lifted;
        lift_source(&lifted, text);
        if (lifted.is_held) {
            held++;
            check_same(&lifted, text);
        }
        lifted_end(&lifted);
        free(text);
    }
    cr_assert_geq(held, rounds() / 2);
}
