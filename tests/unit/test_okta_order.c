/* Whatever an org holds and is to hold: the calls lead there, and on the way nobody
 * gets in whom neither end lets in. */
#include "compiler/compile.h"
#include "compiler/emit/okta/okta_order.h"
#include "compiler/emit/plan_make.h"
#include "compiler/facts.h"
#include "tests/unit/compile_text.h"
#include "tests/unit/okta_org.h"
#include "tests/unit/okta_source.h"
#include "tests/unit/okta_wanted.h"
#include "tests/unit/random_policy.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 60 };

/* ---- decisions of states ------------------------------------------------------------------ */

struct ends {
    struct okta_case cases[CASES];
    struct okta_verdict start[CASES], end[CASES];
};

static void
judge_all(const struct wp_state *state, const struct ends *ends, struct okta_verdict *verdicts)
{
    for (unsigned i = 0; i < CASES; i++) {
        const char *fault = okta_judge(state, &ends->cases[i].sign_in, &verdicts[i]);
        cr_assert(fault == NULL, "%s", fault);
    }
}

static bool
is_deny(const json_t *sign_on)
{
    return strcmp(json_string_value(json_object_get(sign_on, "access")), "DENY") == 0;
}

/* Each is decided as at one end; or denied, where the plan says so. */
static void
check_between(const struct wp_state *state, const struct ends *ends, const char *what)
{
    struct okta_verdict now[CASES];

    judge_all(state, ends, now);
    for (unsigned i = 0; i < CASES; i++)
        cr_assert(json_equal(now[i].sign_on, ends->start[i].sign_on) ||
                      json_equal(now[i].sign_on, ends->end[i].sign_on) || is_deny(now[i].sign_on),
                  "after %s, %s is decided by %s, before by %s, afterwards by %s", what,
                  ends->cases[i].sign_in.address, now[i].rule, ends->start[i].rule,
                  ends->end[i].rule);
}

/* ---- carrying plans out -----------------------------------------------------------------------
 */

/* What was read is what the plan says it leads to, call by call. */
static void
check_foreseen(const struct wp_state *read, const struct wp_state *foreseen, const char *what)
{
    for (size_t i = 0; i < read->count; i++) {
        const struct wp_object *is = read->items[i], *was = wp_state_find(foreseen, is->key);
        if (is->reference)
            continue;
        char *body = json_dumps(is->body, JSON_SORT_KEYS);
        char *other = was ? json_dumps(was->body, JSON_SORT_KEYS) : NULL;
        cr_assert(was && json_equal(is->body, was->body), "after %s, %s is %s, not %s", what,
                  is->key, body, other);
        free(body);
        free(other);
    }
    for (size_t i = 0; i < foreseen->count; i++)
        cr_assert(foreseen->items[i]->reference || wp_state_find(read, foreseen->items[i]->key),
                  "after %s, %s is not there", what, foreseen->items[i]->key);
}

/* Carries a plan out, and holds each state on the way against the ends. */
static void
carry_out(struct okta_wanted *wanted, struct okta_org *org, const struct wp_plan *plan,
          const struct wp_state *current, const struct ends *ends)
{
    struct wp_state foreseen, known;

    wp_state_copy(&foreseen, wanted->session.arena, current);
    wp_state_copy(&known, wanted->session.arena, current);
    for (size_t i = 0; i < plan->count; i++) {
        const struct wp_call *call = &plan->calls[i];
        const char *missing = NULL;
        const char *path = wp_resolve_path(wanted->session.arena, &known, call->path, &missing);
        cr_assert(path, "%s: %s is missing", call->path, missing);
        json_t *body = call->send ? wp_resolve_references(&known, call->send, &missing) : NULL;
        cr_assert(body || !call->send, "%s: %s is missing", call->path, missing);
        cr_assert(okta_org_write(org, call->method, path, body), "%s: %s", call->summary,
                  org->fault);
        json_decref(body);
        wp_call_apply(&wanted->session, &foreseen, call);
        wp_state_end(&known);
        okta_read(wanted, org, &known);
        check_foreseen(&known, &foreseen, call->summary);
        check_between(&known, ends, call->summary);
    }
    wp_state_end(&foreseen);
    wp_state_end(&known);
}

static size_t
push(struct okta_wanted *wanted, struct okta_org *org, uint64_t seed, bool prune)
{
    const struct wp_plan_options options = {.prune = prune};
    struct wp_problem problem = {0};
    struct wp_state current, after;
    struct wp_plan plan, empty;
    struct ends *ends = wp_alloc(wanted->session.arena, sizeof *ends);
    uint64_t random = seed + 5;

    okta_read(wanted, org, &current);
    cr_assert(wp_plan_make(&plan, wanted->session.arena, &wanted->session, "https://x",
                           &wanted->state, &current, &options, &problem),
              "%s", problem.text);
    wp_plan_apply(&plan, &wanted->session, &current, plan.count, &after);
    for (unsigned i = 0; i < CASES; i++)
        okta_case(wanted->session.arena, wanted->session.model, &random, &ends->cases[i]);
    judge_all(&current, ends, ends->start);
    judge_all(&after, ends, ends->end);
    carry_out(wanted, org, &plan, &current, ends);
    wp_state_end(&after);

    struct wp_state now;
    okta_read(wanted, org, &now);
    cr_assert(wp_plan_make(&empty, wanted->session.arena, &wanted->session, "https://x",
                           &wanted->state, &now, &options, &problem),
              "%s", problem.text);
    cr_assert_eq(empty.count, 0, "after a push there is still to do: %s", empty.calls[0].summary);
    size_t count = plan.count;
    wp_state_end(&now);
    wp_state_end(&current);
    wp_plan_end(&plan);
    wp_plan_end(&empty);
    return count;
}

/* ---- edits --------------------------------------------------------------------------------------
 */

/* Takes out, doubles, or swaps lines of rules, or changes a network. */
static char *
edited(const char *source, uint64_t *random)
{
    char *lines[256], *copy = strdup(source), *rest = NULL, *text = NULL;
    size_t count = 0, rules[256], rule_count = 0, size = 0;

    for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "  rule", 6) == 0)
            rules[rule_count++] = count;
        lines[count++] = line;
    }
    FILE *out = open_memstream(&text, &size);
    uint32_t kind = random_below(random, 5);
    size_t at = rules[random_below(random, (uint32_t)rule_count)];
    size_t other = rules[random_below(random, (uint32_t)rule_count)];
    for (size_t i = 0; i < count; i++) {
        const char *line = lines[i];
        if (kind == 0 && i == at)
            continue;
        if (kind == 1 && i == at)
            (void)fprintf(out, "  rule extra%u when network in N1 deny\n", random_below(random, 9));
        if (kind == 4 && strncmp(line, "network N2", 10) == 0)
            (void)fprintf(out, "network N2 = 10.0.%u.0/24\n", random_below(random, 4));
        else if (kind == 2 && i == at && strstr(line, "deny") == NULL)
            (void)fprintf(out, "  rule changed when managed deny\n");
        else if (kind == 3 && (i == at || i == other) && at != other &&
                 lines[at][9] != lines[other][9])
            (void)fprintf(out, "%.*s%.9s%s\n", 0, "", lines[i], lines[i == at ? other : at] + 9);
        else
            (void)fprintf(out, "%s\n", line);
    }
    (void)fclose(out);
    free(copy);
    return text;
}

static uint64_t
rounds(void)
{
    const char *text = getenv("WOAPOL_CASES");
    return text ? strtoull(text, NULL, 10) / 500 : 40;
}

Test(okta_order, never_looser_than_both_ends, .timeout = 0)
{
    unsigned pushed = 0;

    for (uint64_t seed = 1; seed <= rounds(); seed++) {
        char *source = okta_source(seed, false);
        uint64_t random = seed;
        struct okta_org org;
        struct okta_wanted wanted;
        okta_org_init(&org);
        okta_org_add(&org, "app", "Stranger");
        if (seed % 2 == 0) {
            static const char *const some[] = {"google_otp",  "duo",      "okta_verify/push",
                                               "okta_verify", "webauthn", "phone_number/sms"};
            for (size_t i = 0; i < sizeof some / sizeof *some; i++)
                if (random_below(&random, 2))
                    okta_org_switch_off(&org, some[i]);
        }
        for (unsigned step = 0; step < 4; step++) {
            okta_want(&wanted, source);
            if (wanted.is_held) {
                okta_org_furnish(&org, &wanted.state);
                (void)push(&wanted, &org, seed + step, step == 3);
                pushed++;
            }
            okta_wanted_end(&wanted);
            char *next = step == 1 ? okta_source(seed + 100000, false) : edited(source, &random);
            free(source);
            source = next;
            struct wp_compilation trial;
            if (!compile_text(&trial, source)) {
                free(source);
                source = okta_source(seed + 200000 + step, false);
            }
            wp_compilation_end(&trial);
        }
        free(source);
        okta_org_end(&org);
    }
    cr_assert_geq(pushed, rounds() * 2);
}

/* ---- a push that is cut ------------------------------------------------------------------------
 */

/* After any call the rest can be planned anew, and leads to the same end. */
Test(okta_order, goes_on_from_wherever_it_stopped, .timeout = 0)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        char *first = okta_source(seed, false), *second = okta_source(seed + 1000, false);
        for (size_t cut = 0, count = 1; cut < count; cut += 3) {
            const struct wp_plan_options options = {0};
            struct wp_problem problem = {0};
            struct wp_state current, known;
            struct okta_wanted before, after;
            struct okta_org org;
            struct wp_plan plan;
            okta_org_init(&org);
            okta_want(&before, first);
            okta_want(&after, second);
            if (before.is_held && after.is_held) {
                okta_org_furnish(&org, &before.state);
                okta_org_furnish(&org, &after.state);
                (void)push(&before, &org, seed, false);
                okta_read(&after, &org, &current);
                cr_assert(wp_plan_make(&plan, after.session.arena, &after.session, "https://x",
                                       &after.state, &current, &options, &problem),
                          "%s", problem.text);
                count = plan.count;
                for (size_t i = 0; i < cut; i++) {
                    const char *missing;
                    okta_read(&after, &org, &known);
                    json_t *body = plan.calls[i].send
                                       ? wp_resolve_references(&known, plan.calls[i].send, &missing)
                                       : NULL;
                    cr_assert(okta_org_write(&org, plan.calls[i].method,
                                             wp_resolve_path(after.session.arena, &known,
                                                             plan.calls[i].path, &missing),
                                             body),
                              "%s", org.fault);
                    json_decref(body);
                    wp_state_end(&known);
                }
                (void)push(&after, &org, seed, false);
                okta_read(&after, &org, &known);
                for (size_t i = 0; i < known.count; i++)
                    cr_expect_null(strstr(known.items[i]->key, WP_OKTA_REPLACED), "%s is left",
                                   known.items[i]->key);
                wp_state_end(&known);
                wp_state_end(&current);
                wp_plan_end(&plan);
            }
            okta_wanted_end(&before);
            okta_wanted_end(&after);
            okta_org_end(&org);
        }
        free(first);
        free(second);
    }
}

/* ---- one case each
 * -------------------------------------------------------------------------------- */

#define HEAD                                                                                       \
    OKTA_TENANT "network Office = 10.0.0.0/24\nnetwork Vpn = 10.1.0.0/24\ngroup Staff\n"           \
                "app Crm\napp Wiki\n"
#define TAIL "  rule late when network in Vpn authenticate okta_password\n  otherwise deny\n}\n"
#define CRM "policy Sales for Crm {\n"
#define FIRST                                                                                      \
    HEAD CRM "  rule first when network in Office and group in Staff authenticate okta_password "  \
             "every 8h\n" TAIL

static void
check_case(const char *from, const char *to, size_t calls, const char *summaries)
{
    const struct wp_plan_options options = {0};
    struct wp_problem problem = {0};
    struct okta_wanted before, after;
    struct wp_state current;
    struct okta_org org;
    struct wp_plan plan;

    okta_org_init(&org);
    okta_want(&before, from);
    okta_want(&after, to);
    cr_assert(before.is_held && after.is_held);
    okta_org_furnish(&org, &before.state);
    okta_org_furnish(&org, &after.state);
    (void)push(&before, &org, 1, false);
    okta_read(&after, &org, &current);
    cr_assert(wp_plan_make(&plan, after.session.arena, &after.session, "https://x", &after.state,
                           &current, &options, &problem),
              "%s", problem.text);
    const char *text = "";
    for (size_t i = 0; i < plan.count; i++)
        text = wp_format(after.session.arena, "%s%s%s", text, i ? "; " : "", plan.calls[i].summary);
    cr_expect_eq(plan.count, calls, "%s", text);
    cr_expect_str_eq(text, summaries);
    wp_plan_end(&plan);
    wp_state_end(&current);
    (void)push(&after, &org, 2, false);
    okta_wanted_end(&before);
    okta_wanted_end(&after);
    okta_org_end(&org);
}

Test(okta_order, one_moment_needs_nothing_beside)
{
    check_case(FIRST, FIRST, 0, "");
    /* One rule changes, moves, comes or goes. */
    check_case(FIRST,
               HEAD CRM "  rule first when network in Office and group in Staff authenticate "
                        "okta_password every 2h\n" TAIL,
               1, "change rule first of Sales");
    check_case(FIRST, HEAD CRM TAIL, 1, "remove rule first of Sales");
    check_case(HEAD CRM TAIL, FIRST, 2, "create zone Office; create rule first of Sales");
    /* The addresses of a network, and nothing else. */
    check_case(FIRST,
               OKTA_TENANT "network Office = 10.2.0.0/24\nnetwork Vpn = 10.1.0.0/24\ngroup Staff\n"
                           "app Crm\napp Wiki\n" CRM
                           "  rule first when network in Office and group in Staff authenticate "
                           "okta_password every 8h\n" TAIL,
               1, "change zone Office");
}

Test(okta_order, more_than_that_is_built_beside)
{
    static const char head[] =
        OKTA_TENANT "network Office = 10.2.0.0/24\nnetwork Vpn = 10.1.0.0/24\ngroup Staff\n"
                    "app Crm\napp Wiki\n" CRM
                    "  rule first when network in Office authenticate okta_password\n";
    char both[sizeof head + sizeof TAIL + 64];

    /* A zone and one rule that goes by it: the rule changes in one moment. */
    (void)snprintf(both, sizeof both, "%s%s", head, TAIL);
    check_case(FIRST, both, 5,
               "rename zone Office to Office (replaced by woapol); create zone Office; "
               "change rule first of Sales; deactivate zone Office (replaced by woapol); "
               "remove zone Office (replaced by woapol)");
    (void)snprintf(both, sizeof both, "%s%s", head,
                   "  rule late when network in Vpn deny\n  otherwise deny\n}\n");
    check_case(FIRST, both, 11,
               "rename zone Office to Office (replaced by woapol); create zone Office; "
               "rename policy Sales to Sales (replaced by woapol); create policy Sales; "
               "change rule Catch-all Rule of Sales; create rule first of Sales; "
               "create rule late of Sales; assign policy Sales to app Crm; "
               "remove policy Sales (replaced by woapol); "
               "deactivate zone Office (replaced by woapol); "
               "remove zone Office (replaced by woapol)");
}

static void
check_refused(const char *source, void (*meddle)(struct okta_org *org), const char *why)
{
    const struct wp_plan_options options = {0};
    struct wp_problem problem = {0};
    struct okta_wanted wanted;
    struct wp_state current;
    struct okta_org org;
    struct wp_plan plan;

    okta_org_init(&org);
    okta_want(&wanted, source);
    okta_org_furnish(&org, &wanted.state);
    meddle(&org);
    okta_read(&wanted, &org, &current);
    cr_expect_not(wp_plan_make(&plan, wanted.session.arena, &wanted.session, "https://x",
                               &wanted.state, &current, &options, &problem));
    cr_expect(strstr(problem.text, why), "%s\n%s", problem.text, why);
    wp_plan_end(&plan);
    wp_state_end(&current);
    okta_wanted_end(&wanted);
    okta_org_end(&org);
}

static void
write_json(struct okta_org *org, const char *method, const char *path, json_t *body)
{
    cr_assert(okta_org_write(org, method, path, body), "%s", org->fault);
    json_decref(body);
}

static void
add_namesake(struct okta_org *org)
{
    write_json(org, "POST", "/api/v1/policies",
               json_pack("{s:s, s:s}", "name", "Sales", "type", "ACCESS_POLICY"));
}

/* Somebody's own policy goes by a zone that is called like the source's network. */
static void
use_zone(struct okta_org *org)
{
    const char *id, *zone = NULL, *policy = NULL;
    json_t *object;

    write_json(org, "POST", "/api/v1/zones",
               json_pack("{s:s, s:s, s:s, s:s, s:[{s:s, s:s}]}", "name", "Office", "type", "IP",
                         "usage", "POLICY", "status", "ACTIVE", "gateways", "type", "CIDR", "value",
                         "192.0.2.0/24"));
    write_json(org, "POST", "/api/v1/policies",
               json_pack("{s:s, s:s}", "name", "Theirs", "type", "ACCESS_POLICY"));
    json_object_foreach(org->zones, id, object)
    {
        if (strcmp(json_string_value(json_object_get(object, "name")), "Office") == 0)
            zone = id;
    }
    json_object_foreach(org->policies, id, object)
    {
        if (strcmp(json_string_value(json_object_get(object, "name")), "Theirs") == 0)
            policy = id;
    }
    char path[80];
    (void)snprintf(path, sizeof path, "/api/v1/policies/%s/rules", policy);
    write_json(org, "POST", path,
               json_pack("{s:s, s:s, s:i, s:{s:{s:s, s:[s]}}, s:{s:{s:s}}}", "name", "by zone",
                         "type", "ACCESS_POLICY", "priority", 0, "conditions", "network",
                         "connection", "ZONE", "include", zone, "actions", "appSignOn", "access",
                         "DENY"));
}

static void
lose_group(struct okta_org *org)
{
    (void)json_object_clear(org->groups);
}

static void
lose_authenticators(struct okta_org *org)
{
    (void)json_object_clear(org->authenticators);
}

Test(okta_order, what_others_keep_is_not_touched)
{
    check_refused(FIRST, add_namesake, "a policy called 'Sales' that woapol does not keep");
    check_refused(FIRST, use_zone, "rule 'by zone' of policy 'Theirs'");
    check_refused(FIRST, lose_group, "no group called 'Staff'");
    check_refused(FIRST, lose_authenticators, "no authenticator okta_password, which the source");
}

/* A full default policy whose rules all change: those that deny meanwhile keep
 * people out, and nobody is let in. */
Test(okta_order, a_full_policy_changes_in_place, .timeout = 0)
{
    static const unsigned counts[] = {40, 69, 98, 99};

    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        unsigned count = counts[c];
        struct okta_wanted first, second;
        struct okta_org org;
        okta_org_init(&org);
        for (unsigned round = 0; round < 2; round++) {
            char *text = NULL;
            size_t size = 0;
            FILE *out = open_memstream(&text, &size);
            (void)fputs(OKTA_TENANT "policy P is default {\n", out);
            for (unsigned i = 0; i < count; i++)
                (void)fprintf(out, "  rule r%u when user in {\"u%u@corp.example\"} %s\n", i,
                              (i * 7 + (i < count - 3) * round * 3) % 11,
                              (i + (i < count - 3) * round) % 2 ? "deny"
                                                                : "authenticate okta_password");
            (void)fputs("  otherwise deny\n}\n", out);
            (void)fclose(out);
            struct okta_wanted *wanted = round ? &second : &first;
            okta_want(wanted, text);
            cr_assert(wanted->is_held, "%s", text);
            okta_org_furnish(&org, &wanted->state);
            (void)push(wanted, &org, count + round, false);
            okta_wanted_end(wanted);
            free(text);
        }
        okta_org_end(&org);
    }
}
