/* From one state of an Access tenant to another: no moment at which anybody gets a
 * decision that neither end has; what is sent is what is read back. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/emit/access/shape.h"
#include "compiler/emit/plan_make.h"
#include "tests/unit/access_world.h"
#include "tests/unit/compile_text.h"
#include "tests/unit/random_policy.h"

#define PAIRS 250
#define SIGN_INS 40

/* ---- a tenant that holds a desired state ------------------------------------------- */

static void
add_missing(struct wp_state *tenant, const struct wp_state *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const struct wp_object *object = wanted->items[i];
        bool is_new;
        if (!object->reference && strcmp(object->kind, "policy") != 0)
            continue;
        if (!object->reference && !object->system)
            continue;
        struct wp_object *made =
            wp_state_add(tenant, object->kind, NULL, object->name, NULL,
                         object->reference ? json_object() : json_pack("{s:[]}", "rules"), &is_new);
        if (is_new) {
            made->reference = object->reference;
            made->system = object->system;
        }
    }
}

static json_t *
original_of(struct wp_arena *arena, const struct wp_access_profile *profile,
            const struct wp_state *tenant, const struct wp_object *object)
{
    const char *missing = NULL;
    json_t *wire, *sent = NULL;

    if (strcmp(object->kind, "range") == 0)
        wire = wp_access_range_write(profile, object->name, object->body, NULL);
    else if (strcmp(object->kind, "policy") == 0)
        wire = wp_access_policy_write(arena, profile, object->name, object->body, NULL);
    else
        wire = json_pack("{s:s, s:s, s:O}", "name", object->name, "uuid", object->id,
                         "accessPolicySetUuid", json_object_get(object->body, "policy"));
    sent = wp_resolve_references(tenant, wire, &missing);
    cr_assert(sent, "%s has no identifier", missing);
    json_decref(wire);
    return sent;
}

/* Gives everything an identifier, and what can be written the text that the tenant
 * would have of it; reading that must give the same body. */
static void
settle(struct wp_arena *arena, const struct wp_access_profile *profile, struct wp_state *tenant)
{
    struct wp_problem problem = {0};

    for (size_t i = 0; i < tenant->count; i++) {
        if (!tenant->items[i]->id)
            wp_state_set_id(tenant, tenant->items[i], wp_format(arena, "id-%zu", i));
    }
    for (size_t i = 0; i < tenant->count; i++) {
        struct wp_object *object = tenant->items[i];
        json_t *read = NULL;
        if (object->reference)
            continue;
        object->original = original_of(arena, profile, tenant, object);
        if (strcmp(object->kind, "range") == 0)
            read = wp_access_range_read(arena, profile, object->original, &problem);
        else if (strcmp(object->kind, "policy") == 0)
            read = wp_access_policy_read(arena, profile, tenant, object->original);
        if (!read)
            continue;
        cr_expect(json_equal(read, object->body), "%s: %s\nis read as %s", object->key,
                  json_dumps(object->body, 0), json_dumps(read, 0));
        cr_expect_null(wp_access_unknown_key(arena, profile, object->kind, object->original));
        cr_expect(wp_access_is_ours(profile, object->kind, object->original));
        json_decref(read);
    }
}

/* ---- one pair ------------------------------------------------------------------------- */

static void
check_moments(const struct wp_plan *plan, const struct wp_session *session,
              const struct wp_state *before, const struct wp_state *after, uint64_t seed,
              const char *sources)
{
    for (size_t step = 1; step < plan->count; step++) {
        struct wp_state state;
        wp_plan_apply(plan, session, before, step, &state);
        for (int i = 0; i < SIGN_INS; i++) {
            struct access_sign_in who;
            const char *then, *now, *later;
            access_random_sign_in(&seed, &who);
            then = access_rule_text(session->arena, access_decide(before, &who));
            now = access_rule_text(session->arena, access_decide(&state, &who));
            later = access_rule_text(session->arena, access_decide(after, &who));
            cr_expect(strcmp(now, then) == 0 || strcmp(now, later) == 0,
                      "after step %zu (%s): %s, which is neither %s nor %s\n%s", step,
                      plan->calls[step - 1].summary, now, then, later, sources);
        }
        wp_state_end(&state);
    }
}

static void
check_plan(const struct wp_session *session, const struct wp_state *desired,
           struct wp_state *tenant, uint64_t seed, const char *sources)
{
    const struct wp_plan_options options = {.prune = seed % 2};
    struct wp_problem problem = {0};
    struct wp_plan plan, again;
    struct wp_state after;
    bool right = wp_plan_make(&plan, session->arena, session, "https://access.example", desired,
                              tenant, &options, &problem);

    /* A policy that stays and uses a range that changes is not to be changed by it. */
    if (!right && problem.kind == WP_PROBLEM_REFUSED && !options.prune &&
        strstr(problem.text, "--prune")) {
        wp_plan_end(&plan);
        return;
    }
    cr_assert(right, "%s\n%s", problem.text, sources);
    wp_plan_apply(&plan, session, tenant, plan.count, &after);
    check_moments(&plan, session, tenant, &after, seed, sources);
    /* What the calls send stands for the tenant's own text from here on. */
    for (size_t i = 0; i < after.count; i++)
        if (!after.items[i]->id)
            wp_state_set_id(&after, after.items[i], wp_format(session->arena, "new-%zu", i));
    cr_assert(wp_plan_make(&again, session->arena, session, "https://access.example", desired,
                           &after, &options, &problem),
              "%s", problem.text);
    cr_expect_eq(again.count, 0, "the plan after the push has %zu calls, first %s\n%s", again.count,
                 again.count ? again.calls[0].summary : "", sources);
    wp_plan_end(&again);
    wp_plan_end(&plan);
    wp_state_end(&after);
}

/* Desired states of two random policies; false when one cannot be held. */
static bool
desire_both(const struct wp_session sessions[2], struct wp_compilation compilations[2],
            struct wp_state states[2])
{
    bool right = true;

    for (int i = 0; i < 2; i++) {
        wp_state_init(&states[i], compilations[0].arena);
        right = wp_tenant_access.desire(&sessions[i], &(struct wp_plan_options){0}, &states[i],
                                        &compilations[i].diagnostics) &&
                right;
    }
    return right;
}

static bool
check_sources(const char *const sources[2], uint64_t seed, const char *generation)
{
    struct wp_access_memory memory = {.generation = generation};
    struct wp_compilation compilations[2];
    struct wp_session sessions[2];
    struct wp_state states[2], tenant;
    struct wp_access_profile profile;
    struct wp_problem problem = {0};
    bool held;
    char *both;

    for (int i = 0; i < 2; i++) {
        cr_assert(compile_text(&compilations[i], sources[i]));
        sessions[i] = access_session(compilations[i].arena, compilations[i].model);
        sessions[i].memory = &memory;
    }
    cr_assert(asprintf(&both, "%s\nand then\n%s", sources[0], sources[1]) > 0);
    cr_assert(wp_access_profile_open(&sessions[0], &profile, &problem), "%s", problem.text);
    held = desire_both(sessions, compilations, states);
    if (held) {
        wp_state_copy(&tenant, compilations[0].arena, &states[0]);
        add_missing(&tenant, &states[1]);
        for (int i = 0; i < 3; i++) { /* an app of the catalog is bound to something always */
            static const char *const apps[] = {"Sales Force", "Pay/Roll", "A2"};
            bool is_new;
            struct wp_object *app =
                wp_state_add(&tenant, "app", NULL, apps[i], NULL, json_object(), &is_new);
            app->reference = true;
            (void)wp_state_add(
                &tenant, "binding", NULL, apps[i], NULL,
                json_pack("{s:o}", "policy", wp_reference("policy/default_access_policy_set")),
                &is_new);
        }
        settle(compilations[0].arena, &profile, &tenant);
        check_plan(&sessions[1], &states[1], &tenant, seed, both);
        wp_state_end(&tenant);
    }
    for (int i = 0; i < 2; i++)
        wp_state_end(&states[i]);
    wp_access_profile_close(&profile);
    for (int i = 0; i < 2; i++)
        wp_compilation_end(&compilations[i]);
    free(both);
    return held;
}

Test(access_order, no_moment_is_neither_end)
{
    size_t held = 0;

    for (uint64_t seed = 1; seed <= PAIRS; seed++) {
        char *sources[2];
        for (uint64_t i = 0; i < 2; i++)
            sources[i] = access_random_source(seed * 104729 * 2 + i);
        held += check_sources((const char *const[]){sources[0], sources[1]}, seed,
                              seed % 3 ? "jersey" : "acs");
        free(sources[0]);
        free(sources[1]);
    }
    cr_expect_geq(held, PAIRS / 5, "%zu pairs", held);
}

#define WORLD                                                                                      \
    "tenant Portal { kind = access }\n"                                                            \
    "group G0 = \"All Staff@corp.example\"\ngroup G1\n"                                            \
    "group G2 = \"Field@corp.example\" { access = \"Field Service@corp.example\" }\n"              \
    "group G3\napp A0 = \"Sales Force\"\napp A1 { access = \"Pay/Roll\" }\napp A2\n"

/* By hand: moves that need a place to stand in the meantime. */
Test(access_order, apps_change_places_and_networks_move)
{
    static const char *const pairs[][2] = {
        {WORLD "policy D is default { otherwise deny }\n"
               "policy P for A0 { rule r when group in G1 allow }\n"
               "policy Q for A1 { rule r when group in G3 authenticate password }\n",
         WORLD "policy D is default { otherwise deny }\n"
               "policy P for A1 { rule r when group in G3 allow }\n"
               "policy Q for A0 { rule r when group in G1 authenticate password }\n"},
        {WORLD "policy D is default { otherwise deny }\n"
               "policy P for A0 { otherwise deny }\npolicy Q for A1 { otherwise allow }\n"
               "policy R for A2 { otherwise authenticate password }\n",
         WORLD "policy D is default { otherwise authenticate password }\n"
               "policy P for A1 { otherwise allow }\npolicy Q for A2 { otherwise deny }\n"
               "policy R for A0 { otherwise deny \"no\" }\n"},
        {WORLD "network N = 10.0.0.0/8\nnetwork M = 198.51.100.0/24\n"
               "policy D is default {\n  rule a when network in N deny\n"
               "  rule b when network in M allow\n  otherwise deny\n}\n",
         WORLD "network N = 203.0.113.7\nnetwork M = 203.0.113.8\n"
               "policy D is default {\n  rule a when network in N deny\n"
               "  rule b when network in M allow\n  otherwise deny\n}\n"},
        {WORLD "network N = 10.0.0.0/8\n"
               "policy D is default {\n  rule a when network in N deny\n  otherwise allow\n}\n",
         WORLD "network N = 10.8.0.0/16\n"
               "policy D is default {\n  rule a when network in N deny\n  otherwise allow\n}\n"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (uint64_t seed = 1; seed <= 6; seed++)
            cr_expect(check_sources(pairs[i], seed, "jersey"), "pair %zu cannot be held", i);
}
