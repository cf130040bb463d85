/* woapol pull: what a tenant decides, as a source. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/findings_json.h"
#include "compiler/cli/output.h"
#include "compiler/cli/tenant_run.h"
#include "compiler/analysis/diff.h"
#include "compiler/facts.h"
#include "lang/formatter.h"

/* In the one format that there is; as it was lifted where it cannot be parsed. */
static const char *
formatted(const struct wp_tenant_run *run, struct wp_meaning *meaning, size_t *length)
{
    struct wp_compilation *compilation = &meaning->compilation;

    *length = meaning->length;
    if (compilation->model == NULL || compilation->model->file_count == 0 ||
        compilation->model->files[0]->has_errors)
        return meaning->source;
    return wp_format_file(run->arena, &compilation->sources, compilation->model->files[0], length);
}

/* The tenant block of what was pulled, if it has one of this kind. */
static const struct wp_declaration *
block_of(const struct wp_model *model, const struct wp_tenant_kind *kind)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;

    while ((tenant = wp_declaration_next(model, WP_DECL_TENANT, &walk)) != NULL)
        if (strcmp(wp_tenant_kind(tenant), kind->name) == 0)
            break;
    return tenant;
}

static const struct wp_model *
as_seen(const struct wp_tenant_run *run, const struct wp_model *model)
{
    return run->session.kind->as_seen == NULL ? model
                                              : run->session.kind->as_seen(run->arena, model);
}

/* Compiling what was pulled gives objects that decide what the tenant's decide: the
 * reason is NULL then, else why that is not so. */
static const char *
why_not_the_same(struct wp_tenant_run *run, const struct wp_meaning *pulled)
{
    const struct wp_plan_options options = {0};
    struct wp_problem problem = {0};
    struct wp_session session = run->session;
    struct wp_diagnostics findings;
    struct wp_meaning again = {0};
    struct wp_state desired;
    struct wp_diff diff;
    const char *why = NULL;

    session.model = pulled->compilation.model;
    session.tenant = block_of(session.model, session.kind);
    if (session.tenant == NULL)
        return "it has no tenant block";
    wp_diagnostics_init(&findings, run->arena, session.model->sources);
    wp_state_init(&desired, run->arena);
    if (!session.kind->desire(&session, &options, &desired, &findings))
        why = findings.first == NULL ? "it cannot be emitted" : findings.first->message;
    else if (!wp_meaning_make(&again, run->arena, &session, &desired, &problem))
        why = wp_copy_text(run->arena, problem.text, strlen(problem.text));
    else if (!wp_diff_models(&diff, run->arena, as_seen(run, session.model),
                             as_seen(run, again.compilation.model), NULL) ||
             !diff.is_equal)
        why = "what it compiles to decides some request otherwise";
    wp_meaning_end(&again);
    wp_state_end(&desired);
    return why;
}

/* Where it was asked to go, or to standard output; then only a document goes there. */
static int
write_pulled(struct wp_tenant_run *run, struct wp_meaning *meaning, const char *why)
{
    bool as_json = wp_option_is(run->invocation, "format", "json");
    const char *out = wp_option(run->invocation, "out", NULL);
    size_t length;
    const char *text = formatted(run, meaning, &length);

    if ((out != NULL || !as_json) &&
        !wp_write_file(run->invocation, out == NULL ? "-" : out, text, length, 0666))
        return WP_EXIT_FAILED;
    if (!as_json)
        return WP_EXIT_DONE;
    return wp_print_json(run->invocation,
                         json_pack("{s:s, s:o, s:b, s:o}", "url", run->url, "source",
                                   wp_json_text(wp_copy_text(run->arena, text, length)), "proved",
                                   why == NULL, "why", wp_json_text(why)));
}

static int
pull(struct wp_tenant_run *run)
{
    struct wp_problem problem = {0};
    struct wp_meaning meaning = {0};
    struct wp_state state;
    int status = WP_EXIT_DONE;

    wp_state_init(&state, run->arena);
    bool told = run->session.kind->read(&run->session, &state, &problem) &&
                wp_meaning_lift(&meaning, run->arena, &run->session, &state, &problem);
    wp_progress_end(&run->line);
    if (!told) {
        /* What can be said is written all the same: comments tell the rest. */
        if (meaning.length > 0)
            (void)write_pulled(run, &meaning, problem.text);
        status = wp_tenant_fail(run, &problem);
    } else {
        bool compiles = wp_meaning_compile(&meaning, &problem);
        const char *why = compiles ? why_not_the_same(run, &meaning) : problem.text;
        status = write_pulled(run, &meaning, why);
        if (why != NULL)
            wp_warn(run->invocation, "not proved that pushing it would change nothing: %s", why);
        else if (status == WP_EXIT_DONE)
            (void)fprintf(stderr, "proved: compiling it gives back what %s decides\n", run->url);
    }
    wp_meaning_end(&meaning);
    wp_state_end(&state);
    return status;
}

/* How the tenant's interface looks, as a wire profile. */
static int
capture(struct wp_tenant_run *run, const char *path)
{
    struct wp_problem problem = {0};
    struct wp_buffer report = {.arena = run->arena};
    json_t *profile = NULL;
    char *text;
    bool written;

    if (run->session.kind->capture == NULL)
        return wp_misuse(run->invocation,
                         "%s has one interface, which is published: there is "
                         "nothing to learn",
                         run->session.kind->label);
    if (!run->session.kind->capture(&run->session, &profile, &report, &problem))
        return wp_tenant_fail(run, &problem);
    wp_progress_end(&run->line);
    text = json_dumps(profile, JSON_INDENT(2));
    json_decref(profile);
    written = text != NULL && wp_write_file(run->invocation, path, text, strlen(text), 0666);
    free(text);
    if (!written)
        return WP_EXIT_FAILED;
    (void)fprintf(stderr, "%.*s", (int)report.size,
                  report.size > 0 ? (const char *)report.bytes : "");
    (void)fprintf(stderr, "look at %s, then name it in the tenant's block: profile = \"%s\"\n",
                  path, path);
    return WP_EXIT_DONE;
}

int
wp_cmd_pull(struct wp_invocation *invocation)
{
    struct wp_tenant_run run;
    int status = wp_tenant_run_open(&run, invocation,
                                    invocation->operand_count > 0 ? invocation->operands[0] : NULL,
                                    WP_TENANT_READS);

    if (status == WP_EXIT_DONE && wp_has_option(invocation, "capture"))
        status = capture(&run, wp_option(invocation, "capture", ""));
    else if (status == WP_EXIT_DONE)
        status = pull(&run);
    wp_tenant_run_close(&run);
    return status;
}
