/* Whatever an org holds and is to hold: the calls lead there, and on the way nobody
 * gets in whom neither end lets in. */
#include "compiler/compile.h"
#include "compiler/emit/okta/okta_order.h"
#include "compiler/emit/plan_make.h"
#include "compiler/facts.h"
#include "tests/unit/compile_text.h"
#include "tests/unit/okta_org.h"
#include "tests/unit/okta_source.h"
#include "tests/unit/random_policy.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 60 };

/* A source, and what it wants. */
struct wanted {
    struct wp_compilation compilation;
    struct wp_session session;
    struct wp_state state;
    bool is_held;
};

static void
want(struct wanted *wanted, const char *source)
{
    const struct wp_plan_options options = {0};
    struct wp_declaration_walk walk = {0};

    *wanted = (struct wanted){0};
    cr_assert(compile_text(&wanted->compilation, source), "%s", source);
    wanted->session = (struct wp_session){.arena = wanted->compilation.arena,
                                          .model = wanted->compilation.model,
                                          .kind = &wp_tenant_okta};
    wanted->session.tenant = wp_declaration_next(wanted->compilation.model, WP_DECL_TENANT, &walk);
    wp_state_init(&wanted->state, wanted->compilation.arena);
    wanted->is_held = wp_okta_desire(&wanted->session, &options, &wanted->state,
                                     &wanted->compilation.diagnostics);
}

static void
wanted_end(struct wanted *wanted)
{
    wp_state_end(&wanted->state);
    wp_compilation_end(&wanted->compilation);
}

static void
read_org(struct wanted *wanted, struct okta_org *org, struct wp_state *state)
{
    struct wp_okta_door door = okta_org_door(org);
    struct wp_problem problem = {0};

    wp_state_init(state, wanted->session.arena);
    cr_assert(wp_okta_read_through(&wanted->session, &door, state, &problem), "%s", problem.text);
}

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
carry_out(struct wanted *wanted, struct okta_org *org, const struct wp_plan *plan,
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
        read_org(wanted, org, &known);
        check_foreseen(&known, &foreseen, call->summary);
        check_between(&known, ends, call->summary);
    }
    wp_state_end(&foreseen);
    wp_state_end(&known);
}

static size_t
push(struct wanted *wanted, struct okta_org *org, uint64_t seed, bool prune)
{
    const struct wp_plan_options options = {.prune = prune};
    struct wp_problem problem = {0};
    struct wp_state current, after;
    struct wp_plan plan, empty;
    struct ends *ends = wp_alloc(wanted->session.arena, sizeof *ends);
    uint64_t random = seed + 5;

    read_org(wanted, org, &current);
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
    read_org(wanted, org, &now);
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
        struct wanted wanted;
        okta_org_init(&org);
        okta_org_add(&org, "app", "Stranger");
        for (unsigned step = 0; step < 4; step++) {
            want(&wanted, source);
            if (wanted.is_held) {
                okta_org_furnish(&org, &wanted.state);
                (void)push(&wanted, &org, seed + step, step == 3);
                pushed++;
            }
            wanted_end(&wanted);
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
