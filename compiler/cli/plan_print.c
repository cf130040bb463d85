/* What a plan does, in three layers: which sign-ins are decided otherwise, the calls,
 * and what the console would show. */
#include "compiler/cli/plan_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/analysis/text.h"
#include "compiler/cli/diff_text.h"
#include "compiler/cli/findings_json.h"
#include "compiler/cli/output.h"
#include "compiler/emit/compare.h"

#define FEW_REGIONS 10
#define FEW_FOREIGN 10

/* ---- making one ---------------------------------------------------------------------- */

static bool
compare_meanings(struct wp_plan_view *view, struct wp_problem *problem)
{
    const struct wp_deploy *deploy = view->deploy;
    const struct wp_plan *plan = &deploy->file.plan;
    struct wp_state state;

    wp_plan_apply(plan, deploy->session, &deploy->file.read, plan->count, &state);
    bool told = wp_meaning_make(&view->before, deploy->arena, deploy->session, &deploy->file.read,
                                problem) &&
                wp_meaning_make(&view->after, deploy->arena, deploy->session, &state, problem);
    wp_state_end(&state);
    return told && (wp_diff_models(&view->diff, deploy->arena, view->before.compilation.model,
                                   view->after.compilation.model, NULL) ||
                    wp_problem_set(problem, WP_PROBLEM_FAILED,
                                   "together they have more than %d device types", WP_MAX_DEVICES));
}

static const char *
steps_by_hand(const struct wp_deploy *deploy, struct wp_problem *problem)
{
    const struct wp_tenant_kind *kind = deploy->session->kind;
    struct wp_buffer markdown = {.arena = deploy->arena};

    if (kind->runbook == NULL ||
        !kind->runbook(deploy->session, deploy->desired, &deploy->file.read, &markdown, problem) ||
        markdown.size == 0)
        return NULL;
    wp_buffer_add(&markdown, "", 1);
    return (const char *)markdown.bytes;
}

void
wp_plan_view_make(struct wp_plan_view *view, struct wp_tenant_run *run,
                  const struct wp_deploy *deploy)
{
    struct wp_problem problem = {0};

    *view = (struct wp_plan_view){.run = run, .deploy = deploy};
    if (deploy->file.plan.count > 0) {
        view->has_diff = compare_meanings(view, &problem);
        if (!view->has_diff)
            view->untold = wp_copy_text(deploy->arena, problem.text, strlen(problem.text));
    }
    problem = (struct wp_problem){0};
    view->by_hand = steps_by_hand(deploy, &problem);
    if (problem.kind != WP_PROBLEM_NONE)
        wp_warn(run->invocation, "steps that must be done by hand: %s", problem.text);
    wp_progress_end(&run->line);
}

void
wp_plan_view_end(struct wp_plan_view *view)
{
    wp_meaning_end(&view->before);
    wp_meaning_end(&view->after);
}

/* ---- for a person ------------------------------------------------------------------------- */

static void
print_call(const struct wp_plan_view *view, const struct wp_call *call, size_t number)
{
    static const char *const colours[] = {
        [WP_CREATE] = "\033[32m",   [WP_UPDATE] = "\033[33m",     [WP_DELETE] = "\033[31m",
        [WP_ACTIVATE] = "\033[33m", [WP_DEACTIVATE] = "\033[33m", [WP_ASSIGN] = "\033[33m",
    };
    bool colour = wp_use_colour(view->run->invocation, stdout);
    struct wp_arena *arena = view->run->arena;
    struct wp_difference *differences;
    size_t count = wp_compare_bodies(arena, call->before, call->after, &differences);

    (void)printf("%4zu. %s%s%s %s\n", number, colour ? colours[call->verb] : "",
                 wp_verb_text(call->verb), colour ? "\033[0m" : "", wp_key_label(arena, call->key));
    if (call->after == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct wp_difference *d = &differences[i];
        const char *after = d->after == NULL ? "none" : d->after;
        if (call->before != NULL)
            (void)printf("        %s: %s -> %s\n", d->path, d->before == NULL ? "none" : d->before,
                         after);
        else if (d->after != NULL) /* what a new object does not have is no news */
            (void)printf("        %s: %s\n", d->path, after);
    }
}

static void
print_calls(const struct wp_plan_view *view)
{
    const struct wp_plan *plan = &view->deploy->file.plan;
    const char *stage = "";

    for (size_t i = 0; i < plan->count; i++) {
        const struct wp_call *call = &plan->calls[i];
        const char *of = call->stage == NULL ? "calls" : call->stage;
        if (strcmp(stage, of) != 0)
            (void)printf("%s%s\n", i > 0 ? "\n" : "", of);
        stage = of;
        print_call(view, call, i + 1);
    }
    if (plan->count > 0)
        (void)printf("\n");
}

static void
print_decisions(const struct wp_plan_view *view)
{
    uint32_t shown = view->diff.count < FEW_REGIONS ? view->diff.count : FEW_REGIONS;

    if (view->untold != NULL)
        (void)printf("which decisions change cannot be told: %s\n\n", view->untold);
    if (!view->has_diff)
        return;
    for (uint32_t i = 0; i < shown; i++)
        wp_print_region(view->run->invocation, view->run->arena, &view->diff,
                        &view->diff.regions[i]);
    if (shown < view->diff.count)
        (void)printf("and %u more regions\n\n", view->diff.count - shown);
    (void)printf("decisions: ");
    wp_print_diff_sum(&view->diff);
    (void)printf("\n");
}

static void
print_foreign(const struct wp_plan_view *view)
{
    const struct wp_plan *plan = &view->deploy->file.plan;

    if (plan->foreign_count == 0)
        return;
    (void)printf("left alone, since nobody asks for it:");
    for (size_t i = 0; i < plan->foreign_count && i < FEW_FOREIGN; i++)
        (void)printf("%s %s", i > 0 ? "," : "", wp_key_label(view->run->arena, plan->foreign[i]));
    if (plan->foreign_count > FEW_FOREIGN)
        (void)printf(" and %zu more", plan->foreign_count - FEW_FOREIGN);
    (void)printf("\n");
}

void
wp_plan_print(const struct wp_plan_view *view)
{
    const struct wp_plan *plan = &view->deploy->file.plan;

    print_decisions(view);
    print_calls(view);
    print_foreign(view);
    if (view->by_hand != NULL)
        (void)printf("to be done by hand:\n\n%s\n", view->by_hand);
    if (plan->count == 0)
        (void)printf("nothing to do: %s is as the policy says\n", plan->url);
    else
        (void)printf("%zu call%s to %s\n", plan->count, plan->count == 1 ? "" : "s", plan->url);
}

/* ---- for programs ---------------------------------------------------------------------------- */

json_t *
wp_plan_view_json(const struct wp_plan_view *view)
{
    struct wp_sources *sources =
        view->run->session.model == NULL ? NULL : view->run->session.model->sources;
    json_t *document = wp_plan_file_json(&view->deploy->file, sources);

    if (document == NULL)
        return NULL;
    (void)json_object_del(document, "objects");
    (void)json_object_del(document, "sources");
    (void)json_object_set_new(document, "decisions",
                              view->has_diff ? wp_diff_json(view->run->arena, &view->diff)
                                             : json_null());
    (void)json_object_set_new(document, "by_hand", wp_json_text(view->by_hand));
    return document;
}

/* ---- steps to tick off --------------------------------------------------------------------------
 */

static const char *
markdown(const struct wp_plan_view *view)
{
    const struct wp_plan *plan = &view->deploy->file.plan;
    struct wp_text text = {.arena = view->run->arena};
    const char *stage = "";

    wp_text_printf(&text, "# %s\n\n%s\n", plan->tenant == NULL ? plan->tenant_kind : plan->tenant,
                   plan->url);
    for (size_t i = 0; i < plan->count; i++) {
        const struct wp_call *call = &plan->calls[i];
        struct wp_difference *differences;
        size_t count = wp_compare_bodies(view->run->arena, call->before, call->after, &differences);
        const char *of = call->stage == NULL ? "calls" : call->stage;
        if (strcmp(stage, of) != 0)
            wp_text_printf(&text, "\n## %s\n\n", of);
        stage = of;
        wp_text_printf(&text, "- [ ] %zu. %s\n", i + 1,
                       call->summary != NULL
                           ? call->summary
                           : wp_format(view->run->arena, "%s %s", wp_verb_text(call->verb),
                                       wp_key_label(view->run->arena, call->key)));
        for (size_t k = 0; k < count && call->after != NULL; k++)
            wp_text_printf(&text, "  - %s: %s\n", differences[k].path,
                           differences[k].after == NULL ? "none" : differences[k].after);
        wp_text_printf(&text, "  - done when `woapol drift` no longer names %s\n",
                       wp_key_label(view->run->arena, call->key));
    }
    if (view->by_hand != NULL)
        wp_text_printf(&text, "\n%s", view->by_hand);
    if (plan->count == 0 && view->by_hand == NULL)
        wp_text_add(&text, "\nNothing is to be done.\n");
    return text.bytes;
}

static void
add_html(struct wp_text *text, const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char one[2] = {line[i], '\0'};
        wp_text_add(text, line[i] == '<'   ? "&lt;"
                          : line[i] == '>' ? "&gt;"
                          : line[i] == '&' ? "&amp;"
                          : line[i] == '"' ? "&quot;"
                                           : one);
    }
}

/* One line of the Markdown that we and the kinds write: a heading, a box to tick, an
 * item below one, or text. */
static void
line_html(struct wp_text *text, const char *line, size_t length)
{
    static const struct {
        const char *mark, *open, *close;
    } forms[] = {
        {"### ", "<h3>", "</h3>"},
        {"## ", "<h2>", "</h2>"},
        {"# ", "<h1>", "</h1>"},
        {"- [ ] ", "<p><label><input type=\"checkbox\"> ", "</label></p>"},
        {"- [x] ", "<p><label><input type=\"checkbox\" checked> ", "</label></p>"},
        {"  - ", "<p class=\"below\">", "</p>"},
        {"  ", "<p class=\"below\">", "</p>"},
        {"", "<p>", "</p>"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t mark = strlen(forms[i].mark);
        if (length < mark || strncmp(line, forms[i].mark, mark) != 0)
            continue;
        wp_text_add(text, forms[i].open);
        add_html(text, line + mark, length - mark);
        wp_text_printf(text, "%s\n", forms[i].close);
        return;
    }
}

const char *
wp_plan_runbook(const struct wp_plan_view *view, bool html)
{
    const char *source = markdown(view);
    struct wp_text text = {.arena = view->run->arena};

    if (!html)
        return source;
    wp_text_add(&text, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n"
                       "<title>Runbook</title>\n<style>\n"
                       "body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; "
                       "margin: 2rem auto; padding: 0 1rem }\n"
                       "p { margin: .3rem 0 } .below { margin-left: 2rem; color: #555 }\n"
                       "</style>\n");
    for (const char *line = source; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length > 0)
            line_html(&text, line, length);
        line += length + (line[length] == '\n');
    }
    wp_text_add(&text, "</html>\n");
    return text.bytes;
}
