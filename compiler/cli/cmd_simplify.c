/* woapol simplify: the smallest equal policy. */
#include <stdio.h>
#include <string.h>

#include "compiler/analysis/diff.h"
#include "compiler/analysis/simplify.h"
#include "compiler/cli/analysis_options.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/load.h"

static const char *const removal_words[] = {
    [WP_KEPT] = "kept",
    [WP_REMOVED_DEAD] = "can never decide",
    [WP_REMOVED_EMPTY] = "has an empty condition",
    [WP_REMOVED_IDLE] = "changes no decision",
};

struct run {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_simplified simplified;
    const char *text; /* of the first file, without what was removed */
    uint32_t left;    /* removed rules that come from templates or other files */
};

/* ---- the text is compiled and compared, too --------------------------------------- */

/* Reads the simplified text in place of the first file. */
struct changed {
    const char *path, *text;
};

static const char *
read_changed(void *context, struct wp_arena *arena, const char *path, size_t *length,
             const char **reason)
{
    const struct changed *changed = context;

    if (strcmp(path, changed->path) != 0)
        return wp_file_reader.read(wp_file_reader.context, arena, path, length, reason);
    *length = strlen(changed->text);
    return wp_copy_text(arena, changed->text, *length);
}

/* Does the text decide every request as the policy did? */
static bool
is_text_equal(const struct run *run, const struct wp_analysis_options *options)
{
    const char *path = run->model->sources->files[run->model->files[0]->file].name;
    struct changed changed = {path, run->text};
    const struct wp_reader reader = {.read = read_changed, .context = &changed};
    const struct wp_compile_options how = {.reader = &reader,
                                           .out_of_memory = wp_exit_out_of_memory};
    struct wp_compilation compilation;
    struct wp_diff diff;
    bool equal = wp_compile(&compilation, path, &how) &&
                 wp_diff_models(&diff, compilation.arena, run->model, compilation.model, options) &&
                 diff.is_equal;

    wp_compilation_end(&compilation);
    return equal;
}

/* ---- reports -------------------------------------------------------------------------- */

static void
print_report(const struct run *run, FILE *stream)
{
    uint32_t total = 0;

    for (uint32_t p = 0; p < run->model->policy_count; p++) {
        const struct wp_policy *policy = &run->model->policies[p];
        total += policy->rule_count;
        for (uint32_t i = 0; i < policy->rule_count; i++) {
            if (run->simplified.removals[p][i] != WP_KEPT)
                (void)fprintf(stream, "removed: %s.%s, which %s\n", policy->name,
                              policy->rules[i].name, removal_words[run->simplified.removals[p][i]]);
        }
    }
    (void)fprintf(stream, "%u of %u rules removed; %s\n", run->simplified.count, total,
                  run->simplified.is_proved ? "every request is decided as before: proved"
                                            : "nothing is proved within the budget");
}

static int
print_json(const struct run *run)
{
    json_t *removed = json_array();

    for (uint32_t p = 0; p < run->model->policy_count; p++) {
        const struct wp_policy *policy = &run->model->policies[p];
        for (uint32_t i = 0; i < policy->rule_count; i++) {
            if (run->simplified.removals[p][i] != WP_KEPT)
                json_array_append_new(removed,
                                      json_pack("{s:s, s:s, s:s}", "policy", policy->name, "rule",
                                                policy->rules[i].name, "reason",
                                                removal_words[run->simplified.removals[p][i]]));
        }
    }
    return wp_print_json(run->invocation,
                         json_pack("{s:o, s:b, s:i, s:s?}", "removed", removed, "proved",
                                   run->simplified.is_proved, "undecided",
                                   (int)run->simplified.undecided, "source", run->text));
}

static int
simplify(struct run *run, const struct wp_analysis_options *options, bool is_source)
{
    bool is_json = wp_option_is(run->invocation, "format", "json");
    const char *output = wp_option(run->invocation, "output", NULL);

    wp_simplify(&run->simplified, run->arena, run->model, options);
    if (is_source)
        run->text = wp_simplified_text(run->arena, &run->simplified, run->model,
                                       run->model->files[0]->file, &run->left);
    if (run->text && !is_text_equal(run, options)) {
        run->text = NULL;
        wp_warn(run->invocation, "the source is left as it is: a test or proof names a rule that "
                                 "could go");
    }
    if (is_json)
        return print_json(run);
    print_report(run, output ? stdout : stderr);
    if (run->left)
        wp_warn(run->invocation, "%u of the rules come from templates or other files and are left",
                run->left);
    if (!run->text)
        return is_source ? WP_EXIT_FAILED : WP_EXIT_DONE;
    return wp_write_file(run->invocation, output ? output : "-", run->text, strlen(run->text), 0666)
               ? WP_EXIT_DONE
               : WP_EXIT_FAILED;
}

int
wp_cmd_simplify(struct wp_invocation *invocation)
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
        status = simplify(&run, &options, !policy.is_image);
    }
    wp_progress_end(&line);
    wp_policy_close(&policy);
    return status;
}
