/* Random requests and people in an image's own numbers, now and then out of range. */
#ifndef TESTS_UNIT_RANDOM_QUESTION_H
#define TESTS_UNIT_RANDOM_QUESTION_H

#include "runtime/view.h"

void random_question(uint64_t *state, const struct wp_view *view, struct woapol_request *request);

/* Binds somebody in up to eight groups, whose list may be incomplete. */
struct woapol_principal *random_person(uint64_t *state, const struct woapol_image *image,
                                       void *memory, size_t size);

#endif
