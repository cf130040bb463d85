/* The manual's source, woapol.1, from the command table. mdoc wants a new line
 * for each sentence and lines of at most 80 bytes. */
#include <string.h>

#include "compiler/cli/help.h"

#define LINE_WIDTH 78

/* One word with mdoc's own characters written so that they stand for themselves. */
static unsigned
print_word(FILE *stream, const char *word, size_t length, bool starts_line)
{
    unsigned column = 0;
    if (starts_line && (word[0] == '.' || word[0] == '\''))
        column += (unsigned)fprintf(stream, "\\&");
    for (size_t i = 0; i < length; i++) {
        if (word[i] == '\\')
            column += (unsigned)fprintf(stream, "\\e");
        else if (word[i] == '-' && (i == 0 || word[i - 1] == '-'))
            column += (unsigned)fprintf(stream, "\\-");
        else
            column += (unsigned)fprintf(stream, "%c", word[i]);
    }
    return column;
}

static bool
ends_sentence(const char *word, size_t length)
{
    while (length > 0 && strchr(")\"'", word[length - 1]) != NULL)
        length--;
    return length > 1 && strchr(".?!", word[length - 1]) != NULL;
}

static void
print_text(FILE *stream, const char *text)
{
    unsigned column = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " \n");
        if (column > 0 && column + 3 + length > LINE_WIDTH) {
            (void)fputc('\n', stream);
            column = 0;
        }
        if (column > 0)
            column += (unsigned)fprintf(stream, " ");
        column += print_word(stream, text, length, column == 0);
        if (ends_sentence(text, length)) {
            (void)fputc('\n', stream);
            column = 0;
        }
        text += length;
        size_t lines = strspn(text, " \n");
        bool paragraph = memchr(text, '\n', lines) != NULL && text[lines] != '\0';
        if (paragraph)
            (void)fprintf(stream, "%s.Pp\n", column > 0 ? "\n" : "");
        if (paragraph)
            column = 0;
        text += lines;
    }
    if (column > 0)
        (void)fputc('\n', stream);
}

/* A line each: ".Ar FILE", ".Op Ar LOG ...". */
static void
print_operands(FILE *stream, const char *operands)
{
    while (*operands != '\0') {
        size_t length = strcspn(operands, " ");
        bool optional = operands[0] == '[';
        const char *name = optional ? operands + 1 : operands;
        bool repeated = memchr(operands, '.', length) != NULL;
        (void)fprintf(stream, ".%sAr %.*s%s\n", optional ? "Op " : "", (int)strcspn(name, " .]"),
                      name, repeated ? " ..." : "");
        operands += length;
        operands += strspn(operands, " ");
    }
}

static void
print_option(FILE *stream, const struct wp_option_info *option)
{
    (void)fprintf(stream, ".It");
    if (option->letter != 0)
        (void)fprintf(stream, " Fl %c ,", option->letter);
    (void)fprintf(stream, " Fl \\-%s", option->name);
    size_t length = option->argument == NULL ? 0 : strcspn(option->argument, ".");
    if (length > 0)
        (void)fprintf(stream, " Ar %.*s", (int)length, option->argument);
    (void)fputc('\n', stream);
    print_text(stream, option->help);
}

static void
print_options(FILE *stream, const struct wp_option_info *options)
{
    if (options->name == NULL)
        return;
    (void)fprintf(stream, ".Bl -tag -width Ds\n");
    for (; options->name != NULL; options++)
        print_option(stream, options);
    (void)fprintf(stream, ".El\n");
}

static void
print_command(FILE *stream, const struct wp_command *command)
{
    (void)fprintf(stream, ".Ss woapol %s\n", command->name);
    (void)fprintf(stream, ".Nm woapol %s\n.Op Ar option ...\n", command->name);
    print_operands(stream, command->operands);
    (void)fprintf(stream, ".Pp\n");
    print_text(stream, command->help);
    print_options(stream, command->options);
    if (command->examples[0] == '\0')
        return;
    (void)fprintf(stream, ".Bd -literal -offset indent\n");
    for (const char *line = command->examples; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        (void)print_word(stream, line, length, true);
        (void)fputc('\n', stream);
        line += length + (line[length] == '\n');
    }
    (void)fprintf(stream, ".Ed\n");
}

static void
print_statuses(FILE *stream)
{
    static const struct {
        int status;
        const char *meaning;
    } statuses[] = {
        {WP_EXIT_DONE, "Done."},
        {WP_EXIT_FAILED, "Could not: a file, the network, memory, or a request that is none."},
        {WP_EXIT_DIFFERENT, "A difference exists (diff, plan, drift, fmt with --check)."},
        {WP_EXIT_WRONG, "The policy is wrong."},
        {WP_EXIT_TEST_FAILED, "A test or proof failed."},
        {WP_EXIT_DENIED, "The decision is deny (only with --exit-code)."},
        {WP_EXIT_REFUSED, "Refused for safety."},
        {WP_EXIT_SIGNATURE, "A signature is not acceptable."},
        {WP_EXIT_USAGE, "Wrong usage."},
    };
    (void)fprintf(stream, ".Sh EXIT STATUS\n.Bl -tag -width Ds\n");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        (void)fprintf(stream, ".It %d\n", statuses[i].status);
        print_text(stream, statuses[i].meaning);
    }
    (void)fprintf(stream, ".El\n");
}

void
wp_print_manual(FILE *stream)
{
    (void)fprintf(stream, ".Dd November 21, 2026\n.Dt WOAPOL 1\n.Os\n.Sh NAME\n.Nm woapol\n"
                          ".Nd sign-in policies as code for Workspace ONE Access and Okta\n"
                          ".Sh SYNOPSIS\n.Nm woapol\n.Ar command\n.Op Ar option ...\n"
                          ".Op Ar operand ...\n.Sh DESCRIPTION\n");
    print_text(stream,
               "A policy is a text that says who may sign in, from where, on what device and "
               "through which authentication chain. This tool checks such a text, compiles it to "
               "an image that decides requests, and brings tenants to it. The language is "
               "described in woapol(5), the library that decides in woapol(3).\n\n"
               "Every command has these options:");
    print_options(stream, wp_common_options);
    (void)fprintf(stream, ".Sh COMMANDS\n");
    for (size_t i = 0; i < wp_command_count; i++)
        print_command(stream, &wp_commands[i]);
    (void)fprintf(stream, ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n");
    for (const struct wp_environment_info *e = wp_environment; e->name != NULL; e++) {
        (void)fprintf(stream, ".It Ev %s\n", e->name);
        print_text(stream, e->help);
    }
    (void)fprintf(stream, ".El\n");
    print_statuses(stream);
    (void)fprintf(stream, ".Sh SEE ALSO\n.Xr woapol 3 ,\n.Xr woapol 5\n");
}
