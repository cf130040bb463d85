/* JUnit XML: what CI services read about tests and proofs. */
#ifndef WP_CLI_JUNIT_H
#define WP_CLI_JUNIT_H

#include <stdio.h>

/* One test case. `failure` NULL: it passed. Otherwise its first line is the
 * message. `file` and `line` say where it stands. */
struct wp_junit_case {
    const char *suite, *name, *file;
    unsigned line;
    const char *failure;
};

/* Writes a document with one suite. */
void wp_junit_write(FILE *stream, const char *suite, const struct wp_junit_case *cases,
                    size_t count);

#endif
