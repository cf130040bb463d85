/* Help for a person, from the command table. */
#include "compiler/cli/help.h"

#include <string.h>

#define LINE_WIDTH 78
#define OPTION_COLUMN 28
#define BRIEF_COLUMN 14

static void
start_line(FILE *stream, unsigned indent, unsigned column)
{
    if (column > indent) {
        (void)fputc('\n', stream);
        column = 0;
    }
    (void)fprintf(stream, "%*s", (int)(indent - column), "");
}

/* Prints one paragraph and returns where it ends. */
static const char *
print_paragraph(FILE *stream, const char *text, unsigned indent)
{
    unsigned column = indent;
    while (*text != '\0' && *text != '\n') {
        size_t length = strcspn(text, " \n");
        if (column > indent && column + 1 + length > LINE_WIDTH) {
            (void)fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        }
        if (column > indent)
            column += (unsigned)fprintf(stream, " ");
        (void)fwrite(text, 1, length, stream);
        column += (unsigned)length;
        text += length;
        text += strspn(text, " ");
    }
    (void)fputc('\n', stream);
    return text;
}

void
wp_print_wrapped(FILE *stream, const char *text, unsigned indent, unsigned column)
{
    start_line(stream, indent, column);
    text = print_paragraph(stream, text, indent);
    while (*text != '\0') {
        text += strspn(text, "\n");
        (void)fprintf(stream, "\n%*s", (int)indent, "");
        text = print_paragraph(stream, text, indent);
    }
}

static void
print_option(FILE *stream, const struct wp_option_info *option)
{
    int column = option->letter == 0 ? fprintf(stream, "      --%s", option->name)
                                     : fprintf(stream, "  -%c, --%s", option->letter, option->name);
    if (option->argument != NULL)
        column += fprintf(stream, " %s", option->argument);
    if (column + 2 > OPTION_COLUMN)
        column = OPTION_COLUMN + 1;
    wp_print_wrapped(stream, option->help, OPTION_COLUMN, (unsigned)column);
}

void
wp_print_command_help(FILE *stream, const struct wp_command *command)
{
    (void)fprintf(stream, "%s.\n\nUsage: woapol %s [OPTION...]%s%s\n\n", command->brief,
                  command->name, command->operands[0] == '\0' ? "" : " ", command->operands);
    wp_print_wrapped(stream, command->help, 0, 0);
    (void)fprintf(stream, "\nOptions:\n");
    for (const struct wp_option_info *o = command->options; o->name != NULL; o++)
        print_option(stream, o);
    for (const struct wp_option_info *o = wp_common_options; o->name != NULL; o++)
        print_option(stream, o);
    if (command->examples[0] == '\0')
        return;
    (void)fprintf(stream, "\nExamples:\n");
    for (const char *line = command->examples; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        (void)fprintf(stream, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

void
wp_print_overview(FILE *stream)
{
    (void)fprintf(stream, "woapol: sign-in policies as code for Workspace ONE Access and Okta.\n\n"
                          "Usage: woapol COMMAND [OPTION...] [OPERAND...]\n");
    for (unsigned group = 0; group < WP_GROUP_COUNT; group++) {
        bool titled = false;
        for (size_t i = 0; i < wp_command_count; i++) {
            if ((unsigned)wp_commands[i].group != group)
                continue;
            if (!titled)
                (void)fprintf(stream, "\n%s:\n", wp_group_titles[group]);
            titled = true;
            int column = fprintf(stream, "  %s", wp_commands[i].name);
            wp_print_wrapped(stream, wp_commands[i].brief, BRIEF_COLUMN, (unsigned)column);
        }
    }
    (void)fprintf(stream, "\n'woapol help COMMAND' says more about one of them.\n"
                          "Status: 0 done, 1 could not, 2 a difference exists, 3 the policy is "
                          "wrong,\n4 a test or proof failed, 5 denied (--exit-code), 7 refused for "
                          "safety,\n8 a signature is not acceptable, 64 wrong usage.\n");
}
