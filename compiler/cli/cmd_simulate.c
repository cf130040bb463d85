/* woapol simulate: a sign-in or an enrollment, step by step. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/duration.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/decide/request_model.h"
#include "compiler/facts.h"
#include "compiler/simulate/simulate.h"

#define USUAL_ENROLLMENT (5 * 60)

struct run {
    const struct wp_invocation *invocation;
    struct wp_opened policy;
    struct wp_request request;
    struct wp_scene_setting setting;
    struct wp_scene scene;
};

/* ---- options ---------------------------------------------------------------------- */

static int
read_times(struct run *run)
{
    const char *age = wp_option(run->invocation, "token-age", NULL);
    const char *takes = wp_option(run->invocation, "enrollment-takes", NULL);
    run->setting.enrollment_time = USUAL_ENROLLMENT;
    run->setting.has_token_age = age != NULL;
    if (age != NULL && !wp_read_duration(age, &run->setting.token_age))
        return wp_misuse(run->invocation, "--token-age wants a duration such as 45m, not '%s'",
                         age);
    if (takes != NULL && !wp_read_duration(takes, &run->setting.enrollment_time))
        return wp_misuse(run->invocation,
                         "--enrollment-takes wants a duration such as 12m, not '%s'", takes);
    run->setting.enrolls_first = wp_has_option(run->invocation, "enroll");
    run->setting.from_home = wp_option_is(run->invocation, "from", "home");
    return WP_EXIT_DONE;
}

static bool
is_method(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->method_count; i++)
        if (strcmp(model->methods[i].name, name) == 0)
            return true;
    return false;
}

static int
read_fails(struct run *run)
{
    const struct wp_model *model = run->policy.compilation.model;
    const char *name;
    size_t count = 0;
    while (wp_option_number(run->invocation, "fail", count) != NULL)
        count++;
    const char **fails = wp_alloc_array(run->policy.arena, count + 1, sizeof *fails);
    for (size_t i = 0; (name = wp_option_number(run->invocation, "fail", i)) != NULL; i++) {
        if (!is_method(model, name))
            return wp_misuse(run->invocation, "--fail wants a method, and there is no '%s'", name);
        fails[i] = name;
    }
    run->setting.fails = fails;
    run->setting.fail_count = count;
    return WP_EXIT_DONE;
}

static int
read_tenant(struct run *run)
{
    const struct wp_model *model = run->policy.compilation.model;
    const char *name = wp_option(run->invocation, "tenant", NULL);
    if (name == NULL)
        return WP_EXIT_DONE;
    run->setting.tenant = wp_declaration_find(model, WP_DECL_TENANT, name);
    if (run->setting.tenant == NULL)
        return wp_misuse(run->invocation,
                         "--tenant wants a tenant of the policy, and there is no '%s'", name);
    return WP_EXIT_DONE;
}

static const char *
copy(struct run *run, struct woapol_text text)
{
    return text.text == NULL ? NULL : wp_copy_text(run->policy.arena, text.text, text.length);
}

static int
read_request(struct run *run, struct wp_request_reader *reader)
{
    const struct wp_model *model = run->policy.compilation.model;
    const char *text = wp_option(run->invocation, "request", NULL);
    struct wp_request_facts facts;
    if (text == NULL)
        return wp_misuse(run->invocation,
                         "--request is missing: who signs in, on what, from where");
    const size_t length = strlen(text);
    char *padded = wp_alloc(run->policy.arena, length + WP_REQUEST_PADDING);
    memcpy(padded, text, length);
    if (reader == NULL)
        return wp_fail(run->invocation, "out of memory");
    if (!wp_request_read(reader, padded, length, &facts))
        return wp_fail(run->invocation, "the request: %s", facts.error);
    wp_request_from_facts(run->policy.arena, model, &facts, &run->request);
    run->setting.model = model;
    run->setting.who = copy(run, facts.user);
    run->setting.ip = copy(run, facts.ip);
    return WP_EXIT_DONE;
}

/* ---- what is printed ------------------------------------------------------------------ */

static void
print_text(const struct wp_scene *scene)
{
    for (size_t i = 0; i < scene->count; i++) {
        const struct wp_scene_step *step = &scene->steps[i];
        const bool is_within = step->kind != WP_SCENE_OPENS && step->kind != WP_SCENE_ENROLLS;
        (void)printf("%s%s%s%s%s\n", is_within ? "  " : "", step->text, step->cite ? " [" : "",
                     step->cite ? step->cite : "", step->cite ? "]" : "");
    }
}

static json_t *
text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static json_t *
steps_json(const struct wp_scene *scene)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < scene->count; i++) {
        const struct wp_scene_step *step = &scene->steps[i];
        json_array_append_new(
            steps, json_pack("{s:s, s:o, s:o, s:o}", "step", wp_scene_step_word(step->kind), "text",
                             text_or_null(step->text), "method", text_or_null(step->method), "cite",
                             text_or_null(step->cite)));
    }
    return steps;
}

static json_t *
scene_json(const struct run *run)
{
    const struct wp_scene *scene = &run->scene;
    const struct wp_policy *policy =
        scene->policy == WP_NONE ? NULL : &run->policy.compilation.model->policies[scene->policy];
    const char *rule =
        policy == NULL || scene->rule == WP_NONE ? NULL : policy->rules[scene->rule].name;
    return json_pack("{s:o, s:s, s:o, s:o, s:b, s:b}", "steps", steps_json(scene), "end",
                     wp_scene_end_word(scene->end), "policy",
                     text_or_null(policy == NULL ? NULL : policy->name), "rule", text_or_null(rule),
                     "enrolled", scene->enrolled, "timed_out", scene->timed_out);
}

static int
play(struct run *run)
{
    int status = WP_EXIT_DONE;
    wp_simulate(run->policy.arena, &run->setting, &run->request, &run->scene);
    if (wp_option_is(run->invocation, "format", "json"))
        status = wp_print_json(run->invocation, scene_json(run));
    else
        print_text(&run->scene);
    if (status == WP_EXIT_DONE && wp_has_option(run->invocation, "exit-code") &&
        run->scene.end != WP_SCENE_SIGNED_IN)
        return WP_EXIT_DENIED;
    return status;
}

int
wp_cmd_simulate(struct wp_invocation *invocation)
{
    struct run run = {.invocation = invocation};
    struct wp_request_reader *reader = wp_request_reader_new();
    int status = wp_policy_open(&run.policy, invocation, invocation->operands[0], WP_NEED_MODEL);
    if (status == WP_EXIT_DONE)
        status = read_times(&run);
    if (status == WP_EXIT_DONE)
        status = read_fails(&run);
    if (status == WP_EXIT_DONE)
        status = read_tenant(&run);
    if (status == WP_EXIT_DONE)
        status = read_request(&run, reader);
    if (status == WP_EXIT_DONE)
        status = play(&run);
    wp_request_reader_free(reader);
    wp_policy_close(&run.policy);
    return status;
}
