/* woapol who-can: the requests that reach an outcome, as groups, devices, networks. */
#include <stdio.h>
#include <string.h>

#include "compiler/analysis/who_can.h"
#include "compiler/analysis/witness.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"

struct run {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_outcome outcome;
    struct wp_name name;
    struct wp_test *when;
    struct wp_who_can who;
};

/* ---- what is asked ------------------------------------------------------------------ */

static uint32_t
find_method(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->method_count; i++) {
        if (strcmp(model->methods[i].name, name) == 0)
            return i;
    }
    return WP_NONE;
}

static bool
has_rule(const struct wp_model *model, const char *name)
{
    for (uint32_t p = 0; p < model->policy_count; p++) {
        for (uint32_t i = 0; i < model->policies[p].rule_count; i++) {
            const char *dot = strchr(name, '.');
            if (strcmp(model->policies[p].rules[i].name, dot ? dot + 1 : name) == 0)
                return true;
        }
    }
    return strcmp(name, "otherwise") == 0;
}

/* deny, allow, authenticate, or else the name of a method or of a rule. */
static int
read_outcome(struct run *run, const char *text)
{
    static const char *const effects[] = {"deny", "allow", "authenticate"};
    static const enum wp_outcome_kind kinds[] = {WP_OUTCOME_DENY, WP_OUTCOME_ALLOW,
                                                 WP_OUTCOME_AUTHENTICATE};

    for (size_t i = 0; i < 3; i++) {
        if (strcmp(text, effects[i]) == 0) {
            run->outcome.kind = kinds[i];
            return WP_EXIT_DONE;
        }
    }
    run->name.text = text;
    run->outcome.name = &run->name;
    run->outcome.kind = WP_OUTCOME_METHOD;
    if (find_method(run->model, text) != WP_NONE)
        return WP_EXIT_DONE;
    run->outcome.kind = WP_OUTCOME_RULE;
    if (has_rule(run->model, text))
        return WP_EXIT_DONE;
    return wp_misuse(run->invocation,
                     "'%s' is no outcome: deny, allow, authenticate, a method or a rule", text);
}

static struct wp_test *
new_leaf(struct run *run, enum wp_test_kind kind, uint32_t id)
{
    struct wp_test *test = wp_alloc(run->arena, sizeof *test);
    uint32_t *ids = wp_alloc(run->arena, sizeof *ids);

    *ids = id;
    *test = (struct wp_test){.kind = kind, .ids = {ids, 1}};
    return test;
}

static int
add_thing(struct run *run, const char *option, const struct wp_thing *things, uint32_t first,
          uint32_t count, enum wp_test_kind kind)
{
    const char *name = wp_option(run->invocation, option, NULL);

    if (!name)
        return WP_EXIT_DONE;
    for (uint32_t i = first; i < count; i++) {
        bool is_it = strcmp(things[i].name, name) == 0 ||
                     (things[i].directory && strcmp(things[i].directory, name) == 0);
        if (!is_it)
            continue;
        struct wp_test *leaf = new_leaf(run, kind, i);
        if (kind == WP_TEST_DEVICE)
            *leaf = (struct wp_test){.kind = kind, .mask = UINT64_C(1) << i};
        run->when->parts[run->when->part_count++] = leaf;
        return WP_EXIT_DONE;
    }
    return wp_fail(run->invocation, "the policy names no %s '%s'", option, name);
}

static int
read_conditions(struct run *run)
{
    const struct wp_model *model = run->model;
    int status;

    run->when = wp_alloc(run->arena, sizeof *run->when);
    run->when->kind = WP_TEST_AND;
    run->when->parts = wp_alloc_array(run->arena, 4, sizeof *run->when->parts);
    status = add_thing(run, "app", model->apps, 0, model->app_count, WP_TEST_APP);
    if (status == WP_EXIT_DONE)
        status = add_thing(run, "group", model->groups, 0, model->group_count, WP_TEST_GROUP);
    if (status == WP_EXIT_DONE)
        status = add_thing(run, "device", model->devices, 1, model->device_count, WP_TEST_DEVICE);
    if (run->when->part_count == 0)
        run->when = NULL;
    else if (run->when->part_count == 1)
        run->when = run->when->parts[0];
    return status;
}

/* ---- answers --------------------------------------------------------------------------- */

static const char *
rule_name(const struct run *run, struct wp_source_of_decision from)
{
    const struct wp_policy *policy = &run->model->policies[from.policy];
    return from.rule < policy->rule_count ? policy->rules[from.rule].name : "otherwise";
}

static const char *
condition_text(const struct run *run, struct wp_source_of_decision from)
{
    const struct wp_policy *policy = &run->model->policies[from.policy];

    if (from.rule == policy->rule_count || !policy->rules[from.rule].source ||
        !policy->rules[from.rule].source->when)
        return "anything";
    return wp_source_text(run->arena, run->model->sources,
                          policy->rules[from.rule].source->when->span);
}

static void
describe(const struct run *run, const struct wp_who_rule *rule, uint32_t box,
         struct wp_box_words *words, struct wp_traits *traits)
{
    wp_traits_of_policy(run->model, &run->model->policies[rule->from.policy], traits);
    wp_box_describe(words, run->arena, run->who.model, traits, &rule->boxes[box]);
}

static void
print_rule(const struct run *run, const struct wp_who_rule *rule)
{
    const struct wp_policy *policy = &run->model->policies[rule->from.policy];
    struct wp_box_words words;
    struct wp_traits traits;

    (void)printf(
        "%s.%s: %s\n", policy->name, rule_name(run, rule->from),
        wp_decision_sentence(run->arena, run->model, wp_decision_from(run->model, rule->from)));
    (void)printf("  when    %s\n", condition_text(run, rule->from));
    for (uint32_t i = 0; i < rule->taker_count; i++)
        (void)printf("%s%s%s", i == 0 ? "  except what is taken by " : ", ",
                     policy->rules[rule->takers[i]].name, i + 1 == rule->taker_count ? "\n" : "");
    for (uint32_t i = 0; i < rule->box_count; i++) {
        describe(run, rule, i, &words, &traits);
        (void)printf("  %s %s\n", i == 0 ? "that is," : "or      ",
                     wp_box_sentence(run->arena, &words));
    }
    if (rule->has_more)
        (void)printf("  and more\n");
    (void)putchar('\n');
}

static json_t *
list_json(const char *const *list)
{
    json_t *array = list ? json_array() : json_null();

    for (size_t i = 0; list && list[i]; i++)
        json_array_append_new(array, json_string(list[i]));
    return array;
}

static json_t *
rule_json(const struct run *run, const struct wp_who_rule *rule)
{
    const struct wp_policy *policy = &run->model->policies[rule->from.policy];
    json_t *boxes = json_array(), *takers = json_array();
    struct wp_box_words words;
    struct wp_traits traits;

    for (uint32_t i = 0; i < rule->taker_count; i++)
        json_array_append_new(takers, json_string(policy->rules[rule->takers[i]].name));
    for (uint32_t i = 0; i < rule->box_count; i++) {
        describe(run, rule, i, &words, &traits);
        json_array_append_new(
            boxes,
            json_pack("{s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:s?, s:s?, s:o, s:o}", "region",
                      wp_box_sentence(run->arena, &words), "devices", list_json(words.devices),
                      "networks", list_json(words.networks), "networks_except",
                      list_json(words.but), "networks_exact", words.networks_exact, "ranges",
                      list_json(words.ranges), "groups", list_json(words.groups), "app", words.app,
                      "user", words.user, "postures", list_json(words.postures), "witness",
                      wp_point_json(run->arena, run->who.model, &traits, rule->boxes[i].witness)));
    }
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:b}", "policy", policy->name, "rule",
        rule_name(run, rule->from), "decision",
        wp_decision_sentence(run->arena, run->model, wp_decision_from(run->model, rule->from)),
        "condition", condition_text(run, rule->from), "except", takers, "regions", boxes, "more",
        (int)rule->has_more);
}

static int
print_json(const struct run *run)
{
    json_t *rules = json_array();

    for (uint32_t i = 0; i < run->who.count; i++)
        json_array_append_new(rules, rule_json(run, &run->who.rules[i]));
    return wp_print_json(run->invocation, json_pack("{s:o, s:i}", "rules", rules, "undecided",
                                                    (int)run->who.undecided));
}

static int
answer(struct run *run, const struct wp_analysis_options *options, struct wp_progress_line *line)
{
    int status = read_outcome(run, run->invocation->operands[1]);

    if (status == WP_EXIT_DONE)
        status = read_conditions(run);
    if (status != WP_EXIT_DONE)
        return status;
    wp_who_can(&run->who, run->arena, run->model, &run->outcome, run->when, options);
    wp_progress_end(line);
    if (wp_option_is(run->invocation, "format", "json"))
        return print_json(run);
    for (uint32_t i = 0; i < run->who.count; i++)
        print_rule(run, &run->who.rules[i]);
    if (run->who.undecided)
        (void)printf("%u rules are undecided within the budget\n", run->who.undecided);
    else if (run->who.count == 0)
        (void)printf("nobody: proved\n");
    return WP_EXIT_DONE;
}

int
wp_cmd_who_can(struct wp_invocation *invocation)
{
    struct wp_analysis_options options;
    struct wp_progress_line line;
    struct wp_opened policy;
    int status;

    if (!wp_read_analysis_options(invocation, &options, &line))
        return WP_EXIT_USAGE;
    status = wp_policy_open(&policy, invocation, invocation->operands[0], WP_NEED_MODEL);
    if (status == WP_EXIT_DONE) {
        struct run run = {.invocation = invocation,
                          .arena = policy.compilation.arena,
                          .model = policy.compilation.model};
        status = answer(&run, &options, &line);
    }
    wp_policy_close(&policy);
    return status;
}
