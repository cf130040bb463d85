/* Parsing a command line by the command table. */
#include "compiler/cli/options.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/diagnostics.h"

#define MOST_OPTIONS 64

static void
say(const struct wp_invocation *invocation, const char *kind, const char *format, va_list arguments)
{
    const char *name = invocation->command == NULL ? NULL : invocation->command->name;
    (void)fprintf(stderr, "woapol%s%s: %s", name == NULL ? "" : " ", name == NULL ? "" : name,
                  kind);
    (void)vfprintf(stderr, format, arguments);
}

int
wp_fail(const struct wp_invocation *invocation, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(invocation, "", format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    return WP_EXIT_FAILED;
}

void
wp_warn(const struct wp_invocation *invocation, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(invocation, "warning: ", format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
}

int
wp_misuse(const struct wp_invocation *invocation, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(invocation, "", format, arguments);
    va_end(arguments);
    if (invocation->command == NULL)
        (void)fprintf(stderr, " (see 'woapol help')\n");
    else
        (void)fprintf(stderr, " (see 'woapol help %s')\n", invocation->command->name);
    return WP_EXIT_USAGE;
}

void
wp_exit_out_of_memory(void *context)
{
    (void)context;
    (void)fputs("woapol: out of memory\n", stderr);
    exit(WP_EXIT_FAILED);
}

/* ---- what was given ------------------------------------------------------- */

const char *
wp_option_number(const struct wp_invocation *invocation, const char *name, size_t index)
{
    assert(wp_find_option(invocation->command, name) != NULL);
    for (size_t i = 0; i < invocation->option_count; i++)
        if (strcmp(invocation->options[i].name, name) == 0 && index-- == 0)
            return invocation->options[i].value;
    return NULL;
}

bool
wp_has_option(const struct wp_invocation *invocation, const char *name)
{
    assert(wp_find_option(invocation->command, name) != NULL);
    for (size_t i = 0; i < invocation->option_count; i++)
        if (strcmp(invocation->options[i].name, name) == 0)
            return true;
    return false;
}

const char *
wp_option(const struct wp_invocation *invocation, const char *name, const char *otherwise)
{
    const char *value = wp_option_number(invocation, name, 0);
    return value == NULL ? otherwise : value;
}

bool
wp_option_is(const struct wp_invocation *invocation, const char *name, const char *value)
{
    return strcmp(wp_option(invocation, name, ""), value) == 0;
}

bool
wp_option_integer(const struct wp_invocation *invocation, const char *name, int64_t low,
                  int64_t high, int64_t otherwise, int64_t *number)
{
    const char *text = wp_option(invocation, name, NULL);
    *number = otherwise;
    if (text == NULL)
        return true;
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    bool digits = text[strspn(text, "-0123456789")] == '\0';
    if (end == text || !digits || *end != '\0' || errno != 0 || value < low || value > high) {
        (void)wp_misuse(invocation,
                        "option '--%s' wants a whole number from %lld to %lld, not '%s'", name,
                        (long long)low, (long long)high, text);
        return false;
    }
    *number = value;
    return true;
}

/* ---- parsing ---------------------------------------------------------------- */

/* "TENANT TENANT": two arguments, each given as one of the option's. */
static bool
wants_two(const struct wp_option_info *option)
{
    return option->argument != NULL && strchr(option->argument, ' ') != NULL;
}

static bool
may_repeat(const struct wp_option_info *option)
{
    size_t length = option->argument == NULL ? 0 : strlen(option->argument);
    return wants_two(option) || (length > 3 && strcmp(option->argument + length - 3, "...") == 0);
}

/* Whether `value` is one of the words of "human|json|sarif". */
static bool
is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (const char *word = choices; word != NULL; word = strchr(word, '|')) {
        word += *word == '|';
        if (strcspn(word, "|.") == length && strncmp(word, value, length) == 0)
            return true;
    }
    return false;
}

/* A choice is written in small letters, what stands for something in capitals. */
static bool
is_choice_list(const char *argument)
{
    return argument[0] >= 'a' && argument[0] <= 'z';
}

static int
give(struct wp_invocation *invocation, const struct wp_option_info *option, const char *value)
{
    if (value != NULL && is_choice_list(option->argument) && !is_choice(option->argument, value))
        return wp_misuse(invocation, "option '--%s' wants %s, not '%s'", option->name,
                         option->argument, value);
    for (size_t i = 0; i < invocation->option_count && !may_repeat(option); i++)
        if (value != NULL && strcmp(invocation->options[i].name, option->name) == 0)
            return wp_misuse(invocation, "option '--%s' is given twice", option->name);
    invocation->options[invocation->option_count++] = (struct wp_given_option){option->name, value};
    return WP_EXIT_DONE;
}

/* What stands behind the option. */
static int
give_next(struct wp_invocation *invocation, const struct wp_option_info *option,
          const char *const *arguments, size_t count, size_t *next)
{
    size_t wanted = wants_two(option) ? 2 : 1;
    int status = WP_EXIT_DONE;

    if (count - *next < wanted)
        return wp_misuse(invocation, "option '--%s' wants %s after it", option->name,
                         option->argument);
    if (wanted == 2 && wp_has_option(invocation, option->name))
        return wp_misuse(invocation, "option '--%s' is given twice", option->name);
    for (size_t i = 0; i < wanted && status == WP_EXIT_DONE; i++)
        status = give(invocation, option, arguments[(*next)++]);
    return status;
}

static int
unknown_option(const struct wp_invocation *invocation, const char *name)
{
    const char *names[MOST_OPTIONS];
    size_t count = 0;
    const struct wp_option_info *lists[] = {invocation->command->options, wp_common_options};
    for (size_t i = 0; i < 2; i++)
        for (const struct wp_option_info *o = lists[i]; o->name != NULL && count < MOST_OPTIONS;
             o++)
            names[count++] = o->name;
    const char *meant = wp_suggest(name, names, count);
    if (meant != NULL)
        return wp_misuse(invocation, "there is no option '--%s'; did you mean '--%s'?", name,
                         meant);
    return wp_misuse(invocation, "there is no option '--%s'", name);
}

/* --name, --name=value, --name value; *next is moved past a value of its own. */
static int
parse_long(struct wp_invocation *invocation, const char *text, const char *const *arguments,
           size_t count, size_t *next)
{
    const char *equals = strchr(text, '=');
    char name[64];
    size_t length = equals == NULL ? strlen(text) : (size_t)(equals - text);
    if (length >= sizeof name)
        return wp_misuse(invocation, "there is no option '--%.40s...'", text);
    memcpy(name, text, length);
    name[length] = '\0';
    const struct wp_option_info *option = wp_find_option(invocation->command, name);
    if (option == NULL)
        return unknown_option(invocation, name);
    if (option->argument == NULL && equals != NULL)
        return wp_misuse(invocation, "option '--%s' takes no argument", name);
    if (option->argument == NULL)
        return give(invocation, option, NULL);
    if (equals != NULL && wants_two(option))
        return wp_misuse(invocation, "option '--%s' wants %s after it, without '='", name,
                         option->argument);
    if (equals != NULL)
        return give(invocation, option, equals + 1);
    return give_next(invocation, option, arguments, count, next);
}

static const struct wp_option_info *
find_letter(const struct wp_command *command, char letter)
{
    const struct wp_option_info *lists[] = {command->options, wp_common_options};
    for (size_t i = 0; i < 2; i++)
        for (const struct wp_option_info *o = lists[i]; o->name != NULL; o++)
            if (o->letter == letter)
                return o;
    return NULL;
}

/* -a, -ab, -n value, -nvalue. */
static int
parse_short(struct wp_invocation *invocation, const char *text, const char *const *arguments,
            size_t count, size_t *next)
{
    for (; *text != '\0'; text++) {
        const struct wp_option_info *option = find_letter(invocation->command, *text);
        if (option == NULL)
            return wp_misuse(invocation, "there is no option '-%c'", *text);
        if (option->argument != NULL && text[1] != '\0')
            return give(invocation, option, text + 1);
        if (option->argument != NULL && *next == count)
            return wp_misuse(invocation, "option '-%c' wants %s after it", *text, option->argument);
        const char *value = option->argument == NULL ? NULL : arguments[(*next)++];
        int status = give(invocation, option, value);
        if (status != WP_EXIT_DONE)
            return status;
    }
    return WP_EXIT_DONE;
}

/* Whether the operands are as many as the table says: "OLD NEW", "[FILE]",
 * "FILE LOG...". */
static int
check_operands(const struct wp_invocation *invocation)
{
    size_t seen = 0;
    const char *word = invocation->command->operands;
    while (*word != '\0') {
        size_t length = strcspn(word, " ");
        bool optional = word[0] == '[';
        bool repeated = memchr(word, '.', length) != NULL;
        if (seen == invocation->operand_count && !optional)
            return wp_misuse(invocation, "%.*s is missing", (int)length, word);
        if (is_choice_list(word) && !is_choice(word, invocation->operands[seen]))
            return wp_misuse(invocation, "wants %s, not '%s'", word, invocation->operands[seen]);
        if (seen < invocation->operand_count)
            seen++;
        if (repeated)
            seen = invocation->operand_count;
        word += length;
        word += strspn(word, " ");
    }
    if (seen < invocation->operand_count)
        return wp_misuse(invocation, "'%s' is one operand too many", invocation->operands[seen]);
    return WP_EXIT_DONE;
}

int
wp_parse_options(struct wp_invocation *invocation, const char *const *arguments, size_t count)
{
    bool only_operands = false;
    int status = WP_EXIT_DONE;
    for (size_t next = 0; next < count && status == WP_EXIT_DONE;) {
        const char *text = arguments[next++];
        if (only_operands || text[0] != '-' || text[1] == '\0')
            invocation->operands[invocation->operand_count++] = text;
        else if (strcmp(text, "--") == 0)
            only_operands = true;
        else if (text[1] == '-')
            status = parse_long(invocation, text + 2, arguments, count, &next);
        else
            status = parse_short(invocation, text + 1, arguments, count, &next);
        if (status == WP_EXIT_DONE && wp_has_option(invocation, "help"))
            return WP_EXIT_DONE;
    }
    return status == WP_EXIT_DONE ? check_operands(invocation) : status;
}
