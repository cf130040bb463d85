/*
 * What every command of `woapol` shares.
 *
 * To add a command, say `frob`:
 *   1. a WP_COMMAND(frob, ...) line in commands.def, with its operands, its help
 *      and its options: parsing, `--help`, the manual and shell completion all
 *      follow from that line;
 *   2. a file cmd_frob.c with the one entry point
 *      `int wp_cmd_frob(struct wp_invocation *invocation)`, which returns a status
 *      of enum wp_exit. Its declaration comes from the table.
 * By the time it is called the command line has been checked against the table:
 * operands are as many as it says, options exist and have arguments where they
 * want one, and an argument that is a choice ("human|json") is one of those.
 *
 * Results go to stdout through stdio; main() flushes it and turns a write error
 * into a message and status 1, so commands that print little need not look.
 * Commands that print without end ask wp_output_failed() now and then. What is
 * said about the run goes to stderr through wp_fail and its kin. Files are
 * written by wp_write_file (output.h) alone.
 */
#ifndef WP_CLI_CLI_H
#define WP_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The exit status of every command. */
enum wp_exit {
    WP_EXIT_DONE = 0,
    WP_EXIT_FAILED = 1,      /* could not: a file, the network, memory, a bad request */
    WP_EXIT_DIFFERENT = 2,   /* diff, plan, drift, fmt --check: a difference exists */
    WP_EXIT_WRONG = 3,       /* the policy is wrong */
    WP_EXIT_TEST_FAILED = 4, /* a test or proof failed */
    WP_EXIT_DENIED = 5,      /* the decision is deny, with --exit-code */
    WP_EXIT_REFUSED = 7,     /* refused for safety */
    WP_EXIT_SIGNATURE = 8,   /* a signature is not acceptable */
    WP_EXIT_USAGE = 64       /* wrong usage */
};

struct wp_command;

/* An option as it was given; `value` is NULL for a flag. */
struct wp_given_option {
    const char *name;
    const char *value;
};

/* One run of one command. */
struct wp_invocation {
    const struct wp_command *command;
    const char **operands;
    size_t operand_count;
    struct wp_given_option *options;
    size_t option_count;
};

/* Each command's entry point, from the table. */
#define WP_COMMAND(name, ...) int wp_cmd_##name(struct wp_invocation *invocation);
#include "compiler/cli/commands.def"
#undef WP_COMMAND

/* Whether the option was given. Its name stands without dashes; asking for one
 * that the command's table line does not have is a mistake in the program. */
bool wp_has_option(const struct wp_invocation *invocation, const char *name);

/* The argument of an option, or `otherwise` when it was not given. */
const char *wp_option(const struct wp_invocation *invocation, const char *name,
                      const char *otherwise);

/* The argument number `index` (from 0) of an option that may be repeated, or
 * NULL when it was not given that often. */
const char *wp_option_number(const struct wp_invocation *invocation, const char *name,
                             size_t index);

/* Whether the option was given with that argument ("format", "json"). */
bool wp_option_is(const struct wp_invocation *invocation, const char *name, const char *value);

/* The argument as a whole number from `low` to `high`, or `otherwise` when it
 * was not given. False after wp_misuse when it is something else: return
 * WP_EXIT_USAGE then. */
bool wp_option_integer(const struct wp_invocation *invocation, const char *name, int64_t low,
                       int64_t high, int64_t otherwise, int64_t *number);

/* Prints "woapol check: <message>" on stderr and returns WP_EXIT_FAILED. */
int wp_fail(const struct wp_invocation *invocation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for wrong usage, pointing at the help; returns WP_EXIT_USAGE. */
int wp_misuse(const struct wp_invocation *invocation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same as a warning, for what does not end the command. */
void wp_warn(const struct wp_invocation *invocation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For wp_arena_new: says that memory ran out and exits with WP_EXIT_FAILED. */
void wp_exit_out_of_memory(void *context);

#endif
