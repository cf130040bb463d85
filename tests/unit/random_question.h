/* Random requests and people in an image's own numbers, now and then out of range. */
#ifndef TESTS_UNIT_RANDOM_QUESTION_H
#define TESTS_UNIT_RANDOM_QUESTION_H

#include "runtime/view.h"

void random_question(uint64_t *state, const struct wp_view *view, struct woapol_request *request);

/* Somebody in less than eight groups, whose list may be incomplete. */
#define RANDOM_NUMBERS 8u
struct random_identity {
    struct woapol_identity who;
    uint32_t numbers[RANDOM_NUMBERS];
};
void random_identity(uint64_t *state, const struct wp_view *view, struct random_identity *identity);

#endif
