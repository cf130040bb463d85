/* woapol explain CODE, and docs/diagnostics.md: the table of diagnostics as text,
 * Markdown and JSON. */
#include "compiler/cli/explain_code.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compiler/cli/findings_json.h"
#include "compiler/cli/help.h"
#include "compiler/cli/output.h"

/* The number of "WOA2001" or "2001", or -1. */
static int
code_number(const char *text)
{
    if (strncasecmp(text, "WOA", 3) == 0)
        text += 3;
    size_t digits = strspn(text, "0123456789");
    return digits == 4 && text[4] == '\0' ? atoi(text) : -1;
}

bool
wp_is_code(const char *operand)
{
    bool starts = strncasecmp(operand, "WOA", 3) == 0 && isdigit((unsigned char)operand[3]) != 0;
    return starts || code_number(operand) != -1 || strcmp(operand, "all") == 0;
}

/* Puts each line of the example behind `indent`; bytes that are no text are put
 * as U+FFFD, as everywhere. */
static void
print_example(const char *example, const char *indent)
{
    json_t *clean = wp_json_text(example);
    if (clean == NULL)
        wp_exit_out_of_memory(NULL);
    for (const char *line = json_string_value(clean); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        (void)printf("%s%.*s\n", length == 0 ? "" : indent, (int)length, line);
        line += length + (line[length] == '\n');
    }
    json_decref(clean);
}

static void
print_human(const struct wp_diagnostic_info *info, bool colour)
{
    const char *bold = colour ? "\033[1m" : "", *plain = colour ? "\033[0m" : "";
    (void)printf("%sWOA%04d%s (%s): %s\n\n", bold, info->code, plain,
                 wp_severity_text(info->severity), info->title);
    wp_print_wrapped(stdout, info->meaning, 0, 0);
    (void)printf("\n%sExample%s\n\n", bold, plain);
    print_example(info->example, "    ");
    (void)printf("\n%sCure%s\n\n", bold, plain);
    wp_print_wrapped(stdout, info->cure, 0, 0);
}

static void
print_markdown(const struct wp_diagnostic_info *info)
{
    (void)printf("\n## WOA%04d: %s\n\nSeverity: %s.\n\n%s\n\n```text\n", info->code, info->title,
                 wp_severity_text(info->severity), info->meaning);
    print_example(info->example, "");
    (void)printf("```\n\nCure: %s\n", info->cure);
}

static void
print_markdown_table(void)
{
    (void)printf(
        "# Diagnostics\n\n"
        "Every finding has a code that never changes and is never used for anything else.\n"
        "`woapol explain CODE` prints what stands here, offline. 1xxx is syntax and names, 2xxx\n"
        "rules, 3xxx demands of methods and tenants, 4xxx lock-out and reachability, 5xxx clients\n"
        "and secrets, 6xxx what a target cannot hold. A warning becomes an error with\n"
        "`--deny warnings`. Made by `woapol explain all --format markdown`.\n\n"
        "Each example is a whole source that triggers its code and no other. In it, `{{N:text}}`\n"
        "stands for the text N times, a line `// file NAME` begins a further file that the first\n"
        "one can use, `// today DATE` sets the day of the check, and `// size N` makes the file "
        "as\n"
        "large as that.\n\n"
        "| code | severity | meaning |\n|---|---|---|\n");
    for (size_t i = 0; i < WP_DIAGNOSTIC_COUNT; i++) {
        const struct wp_diagnostic_info *info = &wp_diagnostic_infos[i];
        (void)printf("| WOA%04d | %s | %s |\n", info->code, wp_severity_text(info->severity),
                     info->title);
    }
}

static json_t *
info_json(const struct wp_diagnostic_info *info)
{
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "code", wp_json_code(info), "severity",
                     wp_severity_text(info->severity), "title", wp_json_text(info->title),
                     "meaning", wp_json_text(info->meaning), "example", wp_json_text(info->example),
                     "cure", wp_json_text(info->cure));
}

static int
print_json(const struct wp_diagnostic_info *only)
{
    json_t *array = json_array();
    for (size_t i = 0; i < WP_DIAGNOSTIC_COUNT; i++)
        if (only == NULL || only == &wp_diagnostic_infos[i])
            (void)json_array_append_new(array, info_json(&wp_diagnostic_infos[i]));
    json_t *document = json_pack("{s:o}", "diagnostics", array);
    if (document == NULL)
        wp_exit_out_of_memory(NULL);
    (void)json_dumpf(document, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(document);
    return WP_EXIT_DONE;
}

static int
print_all(const struct wp_invocation *invocation)
{
    bool markdown = wp_option_is(invocation, "format", "markdown");
    if (markdown)
        print_markdown_table();
    for (size_t i = 0; i < WP_DIAGNOSTIC_COUNT; i++) {
        if (markdown) {
            print_markdown(&wp_diagnostic_infos[i]);
            continue;
        }
        if (i > 0)
            (void)putchar('\n');
        print_human(&wp_diagnostic_infos[i], wp_use_colour(invocation, stdout));
    }
    return WP_EXIT_DONE;
}

int
wp_explain_code(const struct wp_invocation *invocation, const char *operand)
{
    bool all = strcmp(operand, "all") == 0;
    const struct wp_diagnostic_info *info =
        all ? NULL : wp_diagnostic_by_code(code_number(operand));
    if (!all && info == NULL)
        return wp_misuse(invocation, "there is no code '%.20s'; 'woapol explain all' lists them",
                         operand);
    if (wp_option_is(invocation, "format", "json"))
        return print_json(info);
    if (all)
        return print_all(invocation);
    if (wp_option_is(invocation, "format", "markdown"))
        print_markdown(info);
    else
        print_human(info, wp_use_colour(invocation, stdout));
    return WP_EXIT_DONE;
}
