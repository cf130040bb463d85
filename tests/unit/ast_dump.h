/* A tree as text without its places: two trees are equal when their texts are. */
#ifndef TESTS_UNIT_AST_DUMP_H
#define TESTS_UNIT_AST_DUMP_H

#include "lang/ast.h"

/* The caller frees it. */
char *dump_file(const struct wp_file *file);

/* The comments in their order, without what formatting may change in them:
 * carriage returns, and blanks behind those of one line. */
char *dump_comments(const char *source, const struct wp_file *file);

#endif
