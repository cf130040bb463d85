/* The two tenants, what each would hold or held, and the comparison. */
#include "compiler/cli/prove_same.h"

#include <stdio.h>
#include <string.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/findings_json.h"
#include "compiler/cli/junit.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/cli/same_text.h"
#include "compiler/emit/meaning.h"
#include "compiler/emit/readings.h"
#include "compiler/facts.h"

/* One tenant of the two. */
struct party {
    struct wp_session session;
    struct wp_state desired;
    bool has_desired;
    struct wp_meaning meaning;
    bool has_pulled;
    struct wp_opened pulled;
    const struct wp_model *lifted;
    struct wp_readings readings;
};

struct run {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    struct wp_opened policy;
    struct party parties[2];
    struct wp_same same;
    struct wp_progress_line line;
};

/* ---- which tenants ------------------------------------------------------------------ */

static bool
is_called(const struct wp_declaration *tenant, const char *name)
{
    return strcmp(tenant->name->text, name) == 0;
}

/* The tenant of that name, or the only one of the kind of that name; NULL for none.
 * *count is how many of the kind there are. */
static const struct wp_declaration *
find_tenant(const struct wp_model *model, const char *name, size_t *count)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant, *found = NULL;

    *count = 0;
    while ((tenant = wp_declaration_next(model, WP_DECL_TENANT, &walk)) != NULL) {
        if (is_called(tenant, name)) {
            *count = 1;
            return tenant;
        }
        if (strcmp(wp_tenant_kind(tenant), name) == 0) {
            found = tenant;
            ++*count;
        }
    }
    return found;
}

/* A copy without `decides`: it is asked of everything. */
static const struct wp_declaration *
without_decides(struct wp_arena *arena, const struct wp_declaration *tenant)
{
    struct wp_declaration *copy = wp_alloc(arena, sizeof *copy);
    struct wp_attribute **end = &copy->attributes;

    *copy = *tenant;
    copy->attributes = NULL;
    for (const struct wp_attribute *from = tenant->attributes; from != NULL; from = from->next) {
        if (from->key != NULL && strcmp(from->key->text, "decides") == 0)
            continue;
        struct wp_attribute *attribute = wp_alloc(arena, sizeof *attribute);
        *attribute = *from;
        attribute->next = NULL;
        *end = attribute;
        end = &attribute->next;
    }
    return copy;
}

static int
choose(struct run *run, int side, const char *name)
{
    struct wp_session *session = &run->parties[side].session;
    const struct wp_model *model = run->policy.compilation.model;
    size_t count;

    session->arena = run->arena;
    session->model = model;
    session->tenant = find_tenant(model, name, &count);
    if (count > 1)
        return wp_misuse(run->invocation, "%s declares %zu tenants of kind '%s': name one",
                         run->policy.path, count, name);
    session->kind =
        wp_tenant_kind_find(session->tenant == NULL ? name : wp_tenant_kind(session->tenant));
    if (session->kind == NULL && session->tenant == NULL)
        return wp_misuse(run->invocation, "%s declares no tenant '%s', and there is no such kind",
                         run->policy.path, name);
    if (session->kind == NULL)
        return wp_misuse(run->invocation, "tenant '%s' is of kind '%s', which decides no sign-ins",
                         name, wp_tenant_kind(session->tenant));
    if (run->same.whole && session->tenant != NULL)
        session->tenant = without_decides(run->arena, session->tenant);
    return WP_EXIT_DONE;
}

/* The names as they were given: --same A B, or --tenant A --tenant B. */
static int
choose_both(struct run *run)
{
    const char *option = wp_has_option(run->invocation, "same") ? "same" : "tenant";
    int status = WP_EXIT_DONE;

    run->same.whole = strcmp(option, "tenant") == 0;
    for (size_t i = 0; i < 2 && status == WP_EXIT_DONE; i++)
        status = choose(run, (int)i, wp_option_number(run->invocation, option, i));
    if (status != WP_EXIT_DONE)
        return status;
    if (wp_option_number(run->invocation, option, 2) != NULL)
        return wp_misuse(run->invocation, "--%s compares two tenants, not more", option);
    if (run->parties[0].session.kind == run->parties[1].session.kind &&
        strcmp(wp_option_number(run->invocation, option, 0),
               wp_option_number(run->invocation, option, 1)) == 0)
        return wp_misuse(run->invocation, "both are the same tenant");
    return WP_EXIT_DONE;
}

/* ---- what each decides ----------------------------------------------------------------- */

static int
open_pulled(struct run *run, struct party *party, const char *path)
{
    int status = wp_policy_open(&party->pulled, run->invocation, path, WP_NEED_MODEL);

    party->has_pulled = true;
    party->lifted = party->pulled.compilation.model;
    return status;
}

static int
lift_desired(struct run *run, struct party *party)
{
    const struct wp_plan_options options = {.allow_narrowing =
                                                wp_has_option(run->invocation, "allow-narrowing")};
    struct wp_problem problem = {0};
    struct wp_diagnostics findings;

    wp_diagnostics_init(&findings, run->arena, party->session.model->sources);
    wp_state_init(&party->desired, run->arena);
    party->has_desired = true;
    bool right =
        party->session.kind->desire(&party->session, &options, &party->desired, &findings) &&
        findings.errors == 0;
    if (findings.first != NULL)
        wp_print_findings(run->invocation, stderr, &findings);
    if (!right) {
        (void)wp_fail(run->invocation, "%s cannot hold the policy, so there is nothing to compare",
                      party->session.kind->label);
        return WP_EXIT_WRONG;
    }
    if (!wp_meaning_make(&party->meaning, run->arena, &party->session, &party->desired, &problem))
        return wp_fail(run->invocation, "%s", problem.text);
    party->lifted = party->meaning.compilation.model;
    return WP_EXIT_DONE;
}

static int
lift(struct run *run, int side)
{
    const char *path = wp_option_number(run->invocation, "pulled", (size_t)side);

    if (path == NULL && wp_has_option(run->invocation, "pulled"))
        return wp_misuse(run->invocation,
                         "--pulled wants a file for each tenant, in the order of their names");
    return path == NULL ? lift_desired(run, &run->parties[side])
                        : open_pulled(run, &run->parties[side], path);
}

/* ---- comparing ---------------------------------------------------------------------------- */

static const char *
decides_text(struct run *run, const struct party *party)
{
    const struct wp_attribute *decides =
        party->session.tenant == NULL
            ? NULL
            : wp_attribute_find(party->session.tenant->attributes, "decides");
    const char *text = "";

    if (decides == NULL)
        return "every policy";
    if (decides->value->kind != WP_VALUE_LIST)
        return decides->value->text;
    for (const struct wp_value *v = decides->value->items; v != NULL; v = v->next)
        text = wp_format(run->arena, "%s%s%s", text, *text != '\0' ? ", " : "", v->text);
    return text;
}

static int
complain_of_scope(struct run *run)
{
    const char *a = wp_option_number(run->invocation, "same", 0);
    const char *b = wp_option_number(run->invocation, "same", 1);

    return wp_fail(run->invocation,
                   "they have no policy in common: %s decides %s; %s decides %s. --tenant %s "
                   "--tenant %s compares them on the whole source",
                   wp_same_side_text(&run->same, 0), decides_text(run, &run->parties[0]),
                   wp_same_side_text(&run->same, 1), decides_text(run, &run->parties[1]), a, b);
}

static int
print(const struct run *run)
{
    if (wp_option_is(run->invocation, "format", "json"))
        return wp_print_json(run->invocation, wp_same_json(&run->same));
    if (wp_option_is(run->invocation, "format", "junit")) {
        const struct wp_junit_case one = {.suite = "same",
                                          .name = wp_format(run->arena, "%s and %s decide alike",
                                                            wp_same_side_text(&run->same, 0),
                                                            wp_same_side_text(&run->same, 1)),
                                          .failure = wp_same_failure(&run->same)};
        wp_junit_write(stdout, "same", &one, 1);
        return WP_EXIT_DONE;
    }
    wp_same_print(run->invocation, &run->same);
    return WP_EXIT_DONE;
}

/* Would they be alike if what is open were otherwise? False as wp_same_compare is. */
static bool
compare_otherwise(struct run *run, const struct wp_analysis_options *options)
{
    struct wp_same other = run->same;
    const char *open = NULL;

    for (int i = 0; i < 2; i++) {
        const struct wp_readings *readings = &run->parties[i].readings;
        if (readings->other == NULL)
            continue;
        other.sides[i].lifted = readings->other;
        open = readings->open;
    }
    if (open == NULL || !wp_same_is_proved(&run->same))
        return true;
    if (!wp_same_compare(&other, other.by_strength, options))
        return false;
    run->same.open = wp_same_is_proved(&other) ? NULL : open;
    return true;
}

static int
compare(struct run *run, const struct wp_analysis_options *options)
{
    struct wp_same *same = &run->same;
    int status = WP_EXIT_DONE;

    same->arena = run->arena;
    same->model = run->policy.compilation.model;
    for (int i = 0; i < 2; i++)
        same->sides[i].session = &run->parties[i].session;
    if (!wp_same_scope(same))
        return complain_of_scope(run);
    for (int i = 0; i < 2 && status == WP_EXIT_DONE; i++) {
        status = lift(run, i);
        if (status == WP_EXIT_DONE)
            wp_readings_settle(&run->parties[i].readings, run->arena, &run->parties[i].session,
                               run->parties[i].lifted);
        same->sides[i].lifted = run->parties[i].readings.model;
    }
    if (status != WP_EXIT_DONE)
        return status;
    bool done = wp_same_compare(same, wp_has_option(run->invocation, "strength"), options) &&
                compare_otherwise(run, options);
    wp_progress_end(&run->line);
    if (!done)
        return wp_fail(run->invocation, "together they have more than %d device types",
                       WP_MAX_DEVICES);
    status = print(run);
    return status == WP_EXIT_DONE && !wp_same_is_proved(same) ? WP_EXIT_TEST_FAILED : status;
}

int
wp_prove_same(const struct wp_invocation *invocation)
{
    struct run run = {.invocation = invocation};
    struct wp_analysis_options options;

    if (!wp_read_analysis_options(invocation, &options, &run.line))
        return WP_EXIT_USAGE;
    int status = wp_policy_open(&run.policy, invocation, invocation->operands[0], WP_NEED_MODEL);
    if (status == WP_EXIT_DONE) {
        run.arena = run.policy.compilation.arena;
        status = choose_both(&run);
    }
    if (status == WP_EXIT_DONE)
        status = compare(&run, &options);
    for (int i = 0; i < 2; i++) {
        if (run.parties[i].has_desired)
            wp_state_end(&run.parties[i].desired);
        wp_meaning_end(&run.parties[i].meaning);
        if (run.parties[i].has_pulled)
            wp_policy_close(&run.parties[i].pulled);
    }
    wp_policy_close(&run.policy);
    return status;
}
