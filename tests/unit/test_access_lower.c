/* What Access is to hold decides as the source does: against the tenant's plain
 * meaning, sign-in by sign-in, and as a lifted source, for every request. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/analysis/diff.h"
#include "compiler/emit/meaning.h"
#include "tests/unit/access_world.h"
#include "tests/unit/compile_text.h"

#define POLICIES 400
#define SIGN_INS 150

static size_t
check_sign_ins(const struct wp_session *session, const struct wp_state *state, uint64_t seed,
               const char *source)
{
    size_t wrong = 0;

    for (int i = 0; i < SIGN_INS && !wrong; i++) {
        struct access_sign_in sign_in;
        struct wp_request request;
        const char *wanted, *got;
        access_random_sign_in(&seed, &sign_in);
        access_request(session->arena, session->model, &sign_in, &request);
        wanted = access_walk_text(session->arena, session, &request);
        got = access_rule_text(session->arena, access_decide(state, &sign_in));
        if (strcmp(wanted, got) == 0)
            continue;
        wrong++;
        cr_expect(false, "ip %s device %s browser %d app %s groups %zu %s: %s, not %s\n%s",
                  sign_in.address ? sign_in.address : "-", sign_in.device ? sign_in.device : "-",
                  sign_in.in_browser, sign_in.app ? sign_in.app : "-", sign_in.group_count,
                  sign_in.group_count ? sign_in.groups[0] : "", got, wanted, source);
    }
    return wrong;
}

/* What was lifted can be pushed, and then decides the same. */
static void
check_again(const struct wp_session *session, const struct wp_state *state,
            const struct wp_meaning *meaning, uint64_t seed)
{
    struct wp_session again = access_session(session->arena, meaning->compilation.model);
    struct wp_diagnostics findings;
    struct wp_state made;

    wp_diagnostics_init(&findings, session->arena, again.model->sources);
    wp_state_init(&made, session->arena);
    cr_expect(wp_tenant_access.desire(&again, &(struct wp_plan_options){0}, &made, &findings),
              "%s\n%s", findings.last ? findings.last->message : "", meaning->source);
    for (int i = 0; i < 30 && findings.errors == 0; i++) {
        struct access_sign_in sign_in;
        const char *wanted, *got;
        access_random_sign_in(&seed, &sign_in);
        wanted = access_rule_text(session->arena, access_decide(state, &sign_in));
        got = access_rule_text(session->arena, access_decide(&made, &sign_in));
        cr_expect_str_eq(got, wanted, "%s", meaning->source);
    }
    wp_state_end(&made);
}

static void
check_lifted(const struct wp_session *session, const struct wp_state *state, const char *source)
{
    struct wp_meaning meaning;
    struct wp_problem problem = {0};
    struct wp_diff diff;
    bool right = wp_meaning_make(&meaning, session->arena, session, state, &problem);

    cr_expect(right, "%s\n%s\n%s", problem.text, source, meaning.source ? meaning.source : "");
    if (right) {
        cr_assert(
            wp_diff_models(&diff, session->arena, session->model, meaning.compilation.model, NULL));
        cr_expect(diff.is_equal, "%u regions, first in %s by %s: source\n%s\nlifted\n%s",
                  diff.count,
                  diff.count ? wp_diff_policy_name(&diff, diff.regions[0].new_policy) : "",
                  diff.count ? wp_diff_rule_name(&diff, diff.regions[0].new_policy,
                                                 diff.regions[0].new_rule)
                             : "",
                  source, meaning.source);
        check_again(session, state, &meaning, (uint64_t)strlen(source));
    }
    wp_meaning_end(&meaning);
}

static bool
is_only_limit(const struct wp_diagnostics *diagnostics)
{
    for (const struct wp_diagnostic *d = diagnostics->first; d; d = d->next) {
        if (d->severity == WP_ERROR && d->kind != WP_E_ACCESS_GROUPS &&
            d->kind != WP_E_ACCESS_ENROLLMENT && d->kind != WP_E_ACCESS_CONDITION)
            return false;
    }
    return true;
}

Test(access_lower, decides_as_the_source)
{
    size_t held = 0, rules = 0;

    for (uint64_t seed = 1; seed <= POLICIES; seed++) {
        char *source = access_random_source(seed * 7919);
        struct wp_compilation compilation;
        struct wp_session session;
        struct wp_state state;
        cr_assert(compile_text(&compilation, source), "%s", source);
        session = access_session(compilation.arena, compilation.model);
        wp_state_init(&state, compilation.arena);
        if (wp_tenant_access.desire(&session, &(struct wp_plan_options){0}, &state,
                                    &compilation.diagnostics)) {
            held++;
            rules += json_array_size(json_object_get(
                wp_state_find(&state, "policy/default_access_policy_set")->body, "rules"));
            (void)check_sign_ins(&session, &state, seed, source);
            check_lifted(&session, &state, source);
        } else {
            cr_expect(is_only_limit(&compilation.diagnostics), "%s\n%s",
                      compilation.diagnostics.last->message, source);
        }
        wp_state_end(&state);
        wp_compilation_end(&compilation);
        free(source);
    }
    cr_expect_geq(held, POLICIES / 2, "only %zu of %d could be held", held, POLICIES);
    cr_expect_geq(rules, held * 2);
}
