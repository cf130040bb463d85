/* woapol fmt FILE... */
#include <stdio.h>
#include <string.h>

#include "compiler/cli/line_diff.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/load.h"
#include "lang/formatter.h"
#include "lang/parse.h"

/* A source and what the formatter makes of it. */
struct formatted {
    const char *old, *new;
    size_t old_length, new_length;
};

static int
format_text(const struct wp_invocation *invocation, struct wp_arena *arena, const char *name,
            struct formatted *result)
{
    struct wp_sources sources;
    struct wp_diagnostics findings;
    wp_sources_init(&sources, arena);
    wp_diagnostics_init(&findings, arena, &sources);
    uint32_t number = wp_sources_add(&sources, name, result->old, (uint32_t)result->old_length);
    const struct wp_file *file = wp_parse(&findings, wp_names_new(arena), number);
    if (findings.errors > 0 || file->has_errors) {
        wp_print_findings(invocation, stderr, &findings);
        return WP_EXIT_WRONG;
    }
    result->new = wp_format_file(arena, &sources, file, &result->new_length);
    return WP_EXIT_DONE;
}

/* Shows or writes what is different now. */
static int
deliver(const struct wp_invocation *invocation, struct wp_arena *arena, const char *path,
        const struct formatted *text)
{
    bool same =
        text->old_length == text->new_length && memcmp(text->old, text->new, text->new_length) == 0;
    bool diff = wp_has_option(invocation, "diff"), check = wp_has_option(invocation, "check");
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "<standard input>" : path;
    if (diff)
        wp_print_line_diff(stdout, arena, name, text->old, text->old_length, text->new,
                           text->new_length);
    if (check && !diff && !same)
        (void)printf("%s\n", name);
    if (diff || check)
        return same ? WP_EXIT_DONE : WP_EXIT_DIFFERENT;
    if (same && !standard)
        return WP_EXIT_DONE;
    return wp_write_file(invocation, path, text->new, text->new_length, 0666) ? WP_EXIT_DONE
                                                                              : WP_EXIT_FAILED;
}

static int
format_one(const struct wp_invocation *invocation, const char *path)
{
    struct wp_arena *arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    if (arena == NULL)
        wp_exit_out_of_memory(NULL);
    struct formatted text = {0};
    text.old = wp_read_input(invocation, arena, path, WP_MAX_SOURCE, &text.old_length);
    int status = text.old == NULL ? WP_EXIT_FAILED : WP_EXIT_DONE;
    if (status == WP_EXIT_DONE && wp_looks_like_image(path, text.old, text.old_length))
        status = wp_fail(invocation, "%s is an image; only sources are formatted", path);
    const char *name = strcmp(path, "-") == 0 ? "<standard input>" : path;
    if (status == WP_EXIT_DONE)
        status = format_text(invocation, arena, name, &text);
    if (status == WP_EXIT_DONE)
        status = deliver(invocation, arena, path, &text);
    wp_arena_free(arena);
    return status;
}

/* Could not, wrong, different, done: what is told of many files is the gravest. */
static int
graver(int a, int b)
{
    static const int order[] = {WP_EXIT_FAILED, WP_EXIT_WRONG, WP_EXIT_DIFFERENT};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return WP_EXIT_DONE;
}

int
wp_cmd_fmt(struct wp_invocation *invocation)
{
    int status = WP_EXIT_DONE;
    for (size_t i = 0; i < invocation->operand_count; i++)
        status = graver(status, format_one(invocation, invocation->operands[i]));
    return status;
}
