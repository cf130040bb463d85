/* Parsing a text for a test. */
#ifndef TESTS_UNIT_PARSED_H
#define TESTS_UNIT_PARSED_H

#include "lang/arena.h"
#include "lang/parse.h"

struct parsed {
    struct wp_arena *arena;
    struct wp_sources sources;
    struct wp_diagnostics list;
    struct wp_file *file;
};

/* Borrows the text, which a NUL must follow; to be ended with end_parse. */
void begin_parse(struct parsed *parsed, const char *text, size_t length);
void end_parse(struct parsed *parsed);

/* "1:9 WOA1008, 3:11 WOA1003": where the errors are and what, in the order of
 * finding. In the arena. */
const char *errors_of(struct parsed *parsed);

#endif
