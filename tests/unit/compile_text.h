/* Sources given as texts, compiled for their findings. */
#ifndef TESTS_UNIT_COMPILE_TEXT_H
#define TESTS_UNIT_COMPILE_TEXT_H

#include "compiler/compile.h"

/* Compiles `text` as the file "test.woapol"; the standard library is at hand.
 * To be ended with wp_compilation_end. */
bool compile_text(struct wp_compilation *compilation, const char *text);

/*
 * The findings of a source in the order of their places, each as
 * "3001 error 4:12", joined by "; ". Only codes from `low` to `high` are
 * listed. The caller frees it.
 */
char *findings_of(const char *text, int low, int high);

#endif
