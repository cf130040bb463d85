/* The tests in a source, run by the plain walk: what passes, what fails and how
 * that is told, which rules are reached. */
#include "compiler/tests_run.h"

#include "compiler/resolve.h"
#include "compiler/walk.h"
#include "unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct walker {
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_got_method methods[16];
    const char *reports[8];
};

static size_t
list_methods(struct walker *walker, uint32_t number)
{
    const struct wp_model_chain *chain = &walker->model->chains[number];
    size_t count = 0;

    for (uint32_t a = 0; a < chain->count; a++)
        for (uint32_t s = 0; s < chain->alternatives[a].count; s++)
            for (uint32_t m = 0; m < chain->alternatives[a].steps[s].count; m++)
                walker->methods[count++] = (struct wp_got_method){
                    a, s, walker->model->methods[chain->alternatives[a].steps[s].methods[m]].name};
    return count;
}

static void
make_request(struct walker *walker, const struct wp_test_facts *facts, struct wp_request *request)
{
    wp_request_init(request);
    if (facts->ip)
        wp_request_set_address(request, facts->ip);
    if (facts->device)
        wp_request_set_device(walker->model, request, facts->device);
    if (facts->app)
        wp_request_set_app(walker->model, request, facts->app);
    if (facts->user)
        wp_request_set_user(walker->model, request, facts->user);
    if (facts->entry)
        wp_request_set_entry(request, facts->entry);
    request->risk = facts->risk;
    request->managed = facts->managed;
    request->compliant = facts->compliant;
    request->groups_complete = !facts->groups_incomplete;
    for (uint32_t i = 0; i < facts->group_count; i++)
        wp_request_add_group(walker->arena, walker->model, request, facts->groups[i]);
}

static bool
decide(void *context, const struct wp_test_facts *facts, struct wp_got *got)
{
    struct walker *walker = context;
    struct wp_request request;
    struct wp_verdict verdict;
    uint32_t reports[8];

    make_request(walker, facts, &request);
    wp_walk(walker->model, &request, &verdict);
    const struct wp_policy *policy =
        verdict.policy == WP_NONE ? NULL : &walker->model->policies[verdict.policy];
    got->effect = verdict.effect;
    got->policy = policy ? policy->name : NULL;
    got->rule = verdict.rule == WP_NONE ? NULL : policy->rules[verdict.rule].name;
    got->chain = walker->methods;
    got->chain_count = verdict.chain == WP_NONE ? 0 : list_methods(walker, verdict.chain);
    got->reauth_seconds = verdict.reauth_seconds;
    got->message = verdict.message;
    got->groups_incomplete = verdict.groups_incomplete;
    got->reports = walker->reports;
    got->report_count = wp_walk_reports(walker->model, &request, reports, 8);
    for (size_t i = 0; i < got->report_count; i++)
        walker->reports[i] = policy->rules[reports[i]].name;
    return true;
}

/* As many as the chain's first alternative has steps: enough to compare. */
static unsigned
factors(void *context, uint32_t chain)
{
    const struct walker *walker = context;

    return walker->model->chains[chain].alternatives[0].count;
}

struct log {
    char text[2048];
};

static void
keep(void *context, const struct wp_test_result *result)
{
    struct log *log = context;
    size_t used = strlen(log->text);

    if (result->passed)
        (void)snprintf(log->text + used, sizeof log->text - used, "%s %u/%u ok\n", result->name,
                       result->number, result->count);
    else
        (void)snprintf(log->text + used, sizeof log->text - used, "%s %u/%u wants %s, got %s\n",
                       result->name, result->number, result->count, result->expected, result->got);
}

static const char source[] =
    "group G\napp A\n"
    "policy P is default {\n"
    "  rule report seen when group in G deny\n"
    "  rule a when managed authenticate password then (fido2 or okta_verify) else duo every 8h\n"
    "  rule b when compliant allow every 90m\n"
    "  rule c when group in G deny \"go away\"\n"
    "}\n";

static void
run(const char *tests, const char *wanted, struct wp_test_run *result)
{
    struct wp_compilation compilation;
    struct log log = {""};
    char text[2048];

    (void)snprintf(text, sizeof text, "%s%s", source, tests);
    cr_assert(compile_text(&compilation, text), "%s", tests);
    struct walker walker = {.arena = compilation.arena, .model = compilation.model};
    struct wp_test_evaluator evaluator = {decide, factors, &walker};
    cr_assert(wp_tests_run(compilation.arena, compilation.model, &evaluator, keep, &log, result));
    cr_expect_str_eq(log.text, wanted, "%s-> %s", tests, log.text);
    cr_expect_eq(wp_tests_count(compilation.model), result->passed + result->failed);
    /* What the run says of rules lives in the arena. */
    char reached[64] = "";
    for (uint32_t i = 0; i < compilation.model->policies[0].rule_count; i++)
        (void)snprintf(reached + strlen(reached), sizeof reached - strlen(reached), "%u",
                       result->reached[0][i]);
    if (strstr(tests, "everything"))
        cr_expect_str_eq(reached, "1110", "%s", reached);
    wp_compilation_end(&compilation);
}

Test(tests_run, passes_what_is_met)
{
    struct wp_test_run result;

    run("test \"everything\" {\n"
        "  given managed\n"
        "  expect authenticate by a in P every 8h report none\n"
        "  expect authenticate password then (fido2 or okta_verify) else duo\n"
        "  expect factors >= 2\n  expect method duo\n  expect rule P.a\n  expect rule a\n"
        "  given compliant\n  given groups G\n"
        "  expect allow by b every 90m report seen\n"
        "}\n"
        "test \"otherwise\" { given risk high expect deny by otherwise in P }\n",
        "everything 1/2 ok\neverything 2/2 ok\notherwise 1/1 ok\n", &result);
    cr_expect_eq(result.passed, 3);
    cr_expect_eq(result.failed, 0);
}

Test(tests_run, says_what_was_got_instead)
{
    static const struct {
        const char *tests, *log;
    } rows[] = {
        {"test \"t\" { given managed expect deny }\n",
         "t 1/1 wants deny, got authenticate password then fido2 or okta_verify else duo by a in P "
         "every 8h\n"},
        {"test \"t\" { given managed expect authenticate   password\n then fido2 }\n",
         "t 1/1 wants authenticate password then fido2, got authenticate password then fido2 or "
         "okta_verify else duo by a in P every 8h\n"},
        {"test \"t\" { given compliant expect allow every 8h }\n",
         "t 1/1 wants allow every 8h, got allow by b in P every 90m\n"},
        {"test \"t\" { given groups G expect deny message \"go\" }\n",
         "t 1/1 wants deny message \"go\", got deny by c in P message \"go away\" report seen\n"},
        {"test \"t\" { given groups G expect deny report none }\n",
         "t 1/1 wants deny report none, got deny by c in P message \"go away\" report seen\n"},
        {"test \"t\" { given risk high expect deny by c }\n",
         "t 1/1 wants deny by c, got deny by otherwise in P\n"},
        {"test \"t\" { given groups G expect deny by otherwise }\n",
         "t 1/1 wants deny by otherwise, got deny by c in P message \"go away\" report seen\n"},
        {"test \"t\" { given groups incomplete expect deny by otherwise }\n",
         "t 1/1 wants deny by otherwise, got deny by c in P (groups incomplete)\n"},
        {"test \"t\" { given managed expect factors > 2 }\n",
         "t 1/1 wants factors > 2, got authenticate password then fido2 or okta_verify else duo by "
         "a "
         "in P every 8h\n"},
        {"test \"t\" { given risk high expect method duo }\n",
         "t 1/1 wants method duo, got deny by otherwise in P\n"},
        {"test \"t\" { given managed expect authenticate expect rule b }\n",
         "t 1/1 wants rule b, got authenticate password then fido2 or okta_verify else duo by a in "
         "P "
         "every 8h\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_test_run result;
        run(rows[i].tests, rows[i].log, &result);
        cr_expect_eq(result.failed, 1);
    }
}
