/*
 * Shortlists: who is in group Gi has entry i, so that what is on a list, and what is not any
 * more, is known. Everybody who decides must find what a walk over the rules finds.
 */
#include "runtime/evaluator.h"
#include "runtime/shortlist.h"
#include "tests/unit/built_image.h"
#include "tests/unit/small_runtime.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORKS = 600, GROUPS_MAX = 70, NOWHERE = NETWORKS, QUESTIONS = 4 * (GROUPS_MAX + 1) };

/* ---- policies --------------------------------------------------------------------- */

/* Policies of so many rules each; the first is the default one. */
struct plan {
    uint32_t policies, rules[3];
    enum wp_kind kind;
};
static const struct plan plans[] = {
    {1, {700}, WP_NARROW_MARKED},     {3, {100, 400, 200}, WP_NARROW_MARKED},
    {1, {1400}, WP_MARKED_LONG},      {2, {1100, 1300}, WP_MARKED_LONG},
    {3, {100, 1500, 400}, WP_MARKED},
};

/* Of four rules one wants a network, one any but that; one that and a managed device, one only a
 * high risk. */
static bool
holds(uint32_t rule, uint32_t network, bool is_managed, bool is_risky)
{
    const bool is_inside = network == rule % NETWORKS;
    switch (rule % 4) {
    case 0:
        return is_inside;
    case 1:
        return !is_inside && is_risky;
    case 2:
        return is_inside && is_managed;
    default:
        return is_risky && is_managed;
    }
}

static void
write_policy(FILE *file, uint32_t policy, uint32_t rules)
{
    static const char *const conditions[] = {
        " and network in N%u", " and not network in N%u and risk is high",
        " and network in N%u and managed", " and risk is high and managed"};
    (void)fprintf(file, policy == 0 ? "policy P%u is default {\n" : "policy P%u for A%u {\n",
                  policy, policy);
    for (uint32_t rule = 0; rule < rules; rule++) {
        (void)fprintf(file, "  rule r%u when group in G%u", rule, rule);
        (void)fprintf(file, conditions[rule % 4], rule % NETWORKS);
        (void)fputs(" allow\n", file);
    }
    (void)fprintf(file, "  otherwise authenticate password every %uh\n}\n", policy + 1);
}

static char *
text_of(const struct plan *plan)
{
    char *text = NULL;
    size_t length = 0;
    uint32_t most = 0;
    FILE *file = open_memstream(&text, &length);
    for (uint32_t i = 0; i < NETWORKS; i++)
        (void)fprintf(file, "network N%u = 10.%u.%u.0/24\n", i, i / 250, i % 250);
    for (uint32_t i = 0; i < plan->policies; i++)
        most = plan->rules[i] > most ? plan->rules[i] : most;
    for (uint32_t i = 0; i < most; i++)
        (void)fprintf(file, "group G%u\n", i);
    (void)fputs("app A1\napp A2\n", file);
    for (uint32_t i = 0; i < plan->policies; i++)
        write_policy(file, i, plan->rules[i]);
    (void)fclose(file);
    return text;
}

/* ---- people and questions ------------------------------------------------------------ */

/* In as many groups, from G`first` on. */
struct person {
    const struct built *built;
    const struct plan *plan;
    uint32_t policy, first, count;
    char names[GROUPS_MAX][16];
    struct woapol_text groups[GROUPS_MAX];
    struct woapol_identity who;
    struct woapol_request requests[QUESTIONS];
    uint32_t expected[QUESTIONS], questions;
};

static void
name_groups(struct person *person)
{
    for (uint32_t i = 0; i < person->count; i++)
        person->groups[i] = (struct woapol_text){
            person->names[i],
            (size_t)snprintf(person->names[i], sizeof *person->names, "G%u", person->first + i)};
    person->who = (struct woapol_identity){.groups = person->groups, .group_count = person->count};
}

/* The rule that decides, or WOAPOL_NONE. */
static uint32_t
walk(const struct person *person, uint32_t network, bool is_managed, bool is_risky)
{
    for (uint32_t i = 0; i < person->count; i++) {
        const uint32_t rule = person->first + i;
        if (rule < person->plan->rules[person->policy] &&
            holds(rule, network, is_managed, is_risky))
            return rule;
    }
    return WOAPOL_NONE;
}

static void
add_question(struct person *person, uint32_t network, bool is_managed, bool is_risky)
{
    struct woapol_request *request = &person->requests[person->questions];
    const char *apps[] = {NULL, "A1", "A2"}, *app = apps[person->policy];
    woapol_request_init(request);
    request->address_family = 4;
    memcpy(request->address, (uint8_t[]){10, (uint8_t)(network / 250), (uint8_t)(network % 250), 9},
           4);
    request->managed = is_managed;
    request->risk = is_risky ? 2 : 0;
    request->app = app == NULL ? 0 : built_find(person->built, WOAPOL_APP, app);
    person->expected[person->questions++] = walk(person, network, is_managed, is_risky);
}

static void
ask_from_everywhere(struct person *person)
{
    person->questions = 0;
    for (uint32_t i = 0; i <= person->count; i++)
        for (uint32_t facts = 0; facts < 4; facts++)
            add_question(person, i < person->count ? (person->first + i) % NETWORKS : NOWHERE,
                         facts & 1, facts & 2);
}

static void
expect(const struct person *person, const struct woapol_decision *decision, uint32_t number,
       const char *by)
{
    const uint32_t rule = person->expected[number];
    uint32_t before = 0;
    for (uint32_t i = 0; i < person->policy; i++)
        before += person->plan->rules[i];
    cr_assert_eq(decision->policy, person->policy);
    cr_assert_eq(decision->rule, rule == WOAPOL_NONE ? rule : before + rule,
                 "P%u, %u groups from G%u on, question %u, %s: %u for r%u", person->policy,
                 person->count, person->first, number, by, decision->rule - before, rule);
    cr_assert_eq(decision->effect, rule == WOAPOL_NONE ? WOAPOL_AUTHENTICATE : WOAPOL_ALLOW);
    if (rule == WOAPOL_NONE)
        cr_assert_eq(decision->reauth_seconds, 3600u * (person->policy + 1));
}

/* ---- who decides ------------------------------------------------------------------------- */

/* Those of the list's policy that a person has, and what is said of them. */
static void
expect_list(const struct person *person, struct woapol_principal *principal)
{
    const struct wp_view *view = wp_view(&person->built->image);
    const struct wp_shortlist *list = wp_shortlist(view, principal);
    const struct wp_policy_record *policy = &view->policies[list->policy];
    const uint32_t rules = person->plan->rules[list->policy];
    const uint32_t last = person->first + person->count < rules ? person->first + person->count
                          : person->first < rules               ? rules
                                                                : person->first;
    const uint32_t count = last - person->first;
    for (uint32_t i = 0; i < person->plan->policies; i++)
        cr_assert_leq(person->plan->rules[i], rules, "it is of the largest policy");
    cr_assert_not(principal->is_unlisted);
    cr_assert_eq(list->count, count < WP_SHORTLIST ? count : WP_SHORTLIST);
    cr_assert_eq((list->usual & WP_SHORTLIST_END) != 0, count <= WP_SHORTLIST);
    for (uint32_t i = 0; i < list->count; i++) {
        cr_assert_eq(list->entries[i], policy->first + person->first + i);
        cr_assert_eq(list->records[i].rule, view->entries[list->entries[i]].rule);
        cr_assert_eq(list->usual >> i & 1, (person->first + i) % 2); /* no network, or not in it */
    }
    if (count > WP_SHORTLIST)
        cr_assert_eq(list->next, policy->first + person->first + WP_SHORTLIST);
}

/* By each evaluator of this machine, with a list of which nothing is known yet, one by one and
 * many at once, which complete it themselves. */
static void
ask_bound(const struct person *person)
{
    struct woapol_image image = person->built->image;
    const struct wp_evaluator *evaluator;
    struct woapol_decision decisions[QUESTIONS];
    void *memory = person->built->memory;
    for (uint32_t n = 0; (evaluator = wp_evaluator_for_processor(n)) != NULL; n++) {
        wp_evaluate_with((struct wp_view *)(void *)image.opaque, evaluator);
        struct woapol_principal *principal =
            woapol_bind(&image, &person->who, memory, person->built->memory_size);
        if (wp_view(&image)->shortlist != 0)
            expect_list(person, principal);
        for (uint32_t i = 0; i < person->questions; i++) {
            woapol_decide(&image, principal, &person->requests[i], decisions);
            expect(person, decisions, i, "one");
        }
        principal = woapol_bind(&image, &person->who, memory, person->built->memory_size);
        woapol_decide_batch(&image, principal, person->requests, person->questions, decisions);
        for (uint32_t i = 0; i < person->questions; i++)
            expect(person, &decisions[i], i, "batch");
        for (uint32_t i = 0; i < person->questions; i++) {
            woapol_decide(&image, principal, &person->requests[i], decisions);
            expect(person, decisions, i, "one after a batch");
        }
    }
}

static void
ask_others(const struct person *person)
{
    const struct woapol_image *image = &person->built->image;
    const size_t size = small_principal_size(image);
    void *memory = aligned_alloc(64, size);
    struct woapol_principal *small = small_bind(image, &person->who, memory, size);
    for (uint32_t i = 0; i < person->questions; i++) {
        struct woapol_decision decision;
        small_decide(image, small, &person->requests[i], &decision);
        expect(person, &decision, i, "small");
        memset(person->built->memory, 0xff, person->built->memory_size);
        (void)woapol_decide_once(image, &person->who, person->built->memory,
                                 person->built->memory_size, &person->requests[i], &decision);
        expect(person, &decision, i, "once");
    }
    free(memory);
}

Test(shortlist, decides_as_a_walk_does)
{
    static const uint32_t firsts[] = {0, 1, 30, 99, 480, 511, 512, 660, 1023, 1350};
    static const uint32_t counts[] = {0, 1, 31, 32, 33, 64, GROUPS_MAX};
    struct person *person = malloc(sizeof *person);
    for (size_t i = 0; i < 2 * sizeof plans / sizeof *plans; i++) {
        const struct plan *plan = &plans[i / 2];
        char *text = text_of(plan);
        struct built built;
        built_make(&built, text, i % 2 == 0);
        if (i % 2 == 0) /* else rows may be others */
            cr_assert_eq(wp_view(&built.image)->kind, plan->kind, "%zu: %d", i,
                         (int)wp_view(&built.image)->kind);
        for (size_t k = 0; k < sizeof firsts / sizeof *firsts * sizeof counts / sizeof *counts;
             k++) {
            *person = (struct person){.built = &built,
                                      .plan = plan,
                                      .policy = (uint32_t)k % plan->policies,
                                      .first = firsts[k % (sizeof firsts / sizeof *firsts)],
                                      .count = counts[k / (sizeof firsts / sizeof *firsts)]};
            name_groups(person);
            ask_from_everywhere(person);
            ask_bound(person);
            ask_others(person);
        }
        built_free(&built);
        free(text);
    }
    free(person);
}

/* Of somebody whose groups are not known whole rows are asked: an entry may hold, too. */
Test(shortlist, is_for_those_whose_groups_are_known)
{
    struct built built;
    char *text = text_of(&plans[0]);
    built_make(&built, text, true);
    const struct woapol_text group = {"G3", 2};
    const struct woapol_identity who = {
        .groups = &group, .group_count = 1, .groups_incomplete = true};
    struct woapol_principal *principal =
        woapol_bind(&built.image, &who, built.memory, built.memory_size);
    struct woapol_request request;
    struct woapol_decision decision;
    cr_assert(principal->is_unlisted);
    woapol_request_init(&request);
    woapol_decide(&built.image, principal, &request, &decision);
    cr_assert_eq(decision.effect, WOAPOL_DENY);
    cr_assert_eq(decision.reason, WOAPOL_REASON_GROUPS_INCOMPLETE);
    built_free(&built);
    free(text);
}
