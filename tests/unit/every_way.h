/* Whoever can decide, asked the same: all evaluators of this machine, one by one and in a batch,
 * for somebody bound; the call for those who ask once; the small runtime. */
#ifndef TESTS_UNIT_EVERY_WAY_H
#define TESTS_UNIT_EVERY_WAY_H

#include "tests/unit/built_image.h"

/* Fails the test when a question is not decided as it should be; `by` says who decided. */
typedef void every_way_expect(const void *context, const struct woapol_decision *decision,
                              uint32_t question, const char *by);

enum { EVERY_WAY_MOST = 8 }; /* questions */

/* Asks all questions for somebody in the groups of two numbers: "G7" is that of number 7. */
void every_way_ask(const struct built *built, const uint32_t groups[2],
                   const struct woapol_request *questions, uint32_t count, every_way_expect *expect,
                   const void *context);

#endif
