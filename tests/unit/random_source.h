/* Random sources that follow the grammar, with comments and blank lines strewn
 * in wherever a blank may stand. */
#ifndef TESTS_UNIT_RANDOM_SOURCE_H
#define TESTS_UNIT_RANDOM_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

/* The caller frees it; the same seed gives the same text. */
char *random_source(uint64_t seed, bool comments);

#endif
