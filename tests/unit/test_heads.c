/*
 * Decisions by heads and behind them: two large policies in which whoever is in group Gk is
 * decided by rule k, so that every entry's place can be asked for.
 */
#include "runtime/view.h"
#include "tests/unit/every_way.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of every other rule only addresses of a network are. */
static char *
two_policies(const uint32_t rules[2])
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    const uint32_t groups = rules[0] > rules[1] ? rules[0] : rules[1];
    (void)fputs("network N = 10.0.0.0/8 + 2001:db8::/32\napp A\n", file);
    for (uint32_t i = 0; i < groups; i++)
        (void)fprintf(file, "group G%u\n", i);
    for (uint32_t policy = 0; policy < 2; policy++) {
        (void)fputs(policy == 0 ? "policy P is default {\n" : "policy Q for A {\n", file);
        for (uint32_t i = 0; i < rules[policy]; i++)
            (void)fprintf(file, "  rule r%u when group in G%u%s allow every %uh\n", i, i,
                          i % 2 == 0 ? " and network in N" : "", 1 + i % 20);
        (void)fputs("}\n", file);
    }
    (void)fclose(file);
    return text;
}

enum { QUESTIONS = EVERY_WAY_MOST };

/* Addresses inside and outside of the network, of both families, for both policies. */
static void
make_questions(const struct built *built, struct woapol_request requests[QUESTIONS])
{
    static const char *const addresses[] = {"10.1.2.3", "192.0.2.1", "2001:db8::1", "2001:db9::1"};
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        const char *address = addresses[i / 2];
        woapol_request_init(&requests[i]);
        cr_assert(woapol_set_address(&requests[i], address, strlen(address)));
        requests[i].app = i % 2 == 0 ? 0 : built_find(built, WOAPOL_APP, "A");
    }
}

/* The rule that decides for whoever is in two groups, the first one first. */
static uint32_t
expected_rule(const uint32_t rules[2], uint32_t question, const uint32_t groups[2])
{
    const uint32_t policy = question % 2;
    const bool inside = question / 2 % 2 == 0;
    for (uint32_t i = 0; i < 2; i++)
        if (groups[i] < rules[policy] && (inside || groups[i] % 2 == 1))
            return groups[i] + (policy == 0 ? 0 : rules[0]);
    return WOAPOL_NONE;
}

struct asked {
    const uint32_t *rules, *groups;
};

static void
expect(const void *context, const struct woapol_decision *decision, uint32_t question,
       const char *by)
{
    const struct asked *asked = context;
    const uint32_t rule = expected_rule(asked->rules, question, asked->groups);
    const uint32_t of_policy = question % 2 == 0 ? rule : rule - asked->rules[0];
    cr_assert_eq(decision->rule, rule, "%u rules, G%u and G%u, question %u, %s: %u",
                 asked->rules[0], asked->groups[0], asked->groups[1], question, by, decision->rule);
    cr_assert_eq(decision->policy, question % 2);
    cr_assert_eq(decision->effect, rule == WOAPOL_NONE ? WOAPOL_DENY : WOAPOL_ALLOW);
    cr_assert_eq(decision->reauth_seconds,
                 rule == WOAPOL_NONE ? WOAPOL_NO_REAUTH : 3600u * (1 + of_policy % 20));
}

static void
try_groups(const struct built *built, const uint32_t rules[2], const uint32_t groups[2])
{
    const struct asked asked = {rules, groups};
    struct woapol_request requests[QUESTIONS];
    make_questions(built, requests);
    every_way_ask(built, groups, requests, QUESTIONS, expect, &asked);
}

Test(heads, decide_as_what_is_behind_them)
{
    static const uint32_t sizes[][2] = {{1200, 700},  {700, 1200},   {1600, 3},  {3, 1600},
                                        {513, 512},   {1025, 1024},  {16330, 2}, {2, 16330},
                                        {600, 17000}, {15800, 16100}};
    static const uint32_t places[] = {0,    1,    63,   64,   511,   512,   513,   698,   1022,
                                      1023, 1024, 1025, 1199, 15871, 15872, 16328, 16329, 16999};
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        const uint32_t *rules = sizes[i / 2];
        struct built built;
        char *text = two_policies(rules);
        built_make(&built, text, i % 2 == 0);
        cr_assert(wp_is_wide(wp_view(&built.image)->kind));
        for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
            const uint32_t groups = rules[0] > rules[1] ? rules[0] : rules[1];
            const uint32_t next = places[(k + 1) % (sizeof places / sizeof *places)];
            const uint32_t second = next > places[k] && next < groups ? next : groups - 1;
            if (places[k] < groups)
                try_groups(&built, rules, (const uint32_t[]){places[k], second});
        }
        built_free(&built);
        free(text);
    }
}
