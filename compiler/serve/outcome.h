/*
 * What a rule's decision looks like to those who asked: words, the HTTP answer,
 * and how often it was given. Made once, then copied.
 */
#ifndef WP_SERVE_OUTCOME_H
#define WP_SERVE_OUTCOME_H

#include <stdatomic.h>

#include "woapol.h"

/* The answers there are to a proxy. */
enum wp_answer { WP_ANSWER_PASS = 200, WP_ANSWER_AUTHENTICATE = 401, WP_ANSWER_DENY = 403 };

struct wp_outcome {
    struct woapol_decision decision;
    enum wp_answer answer;
    _Atomic(uint64_t) count; /* decisions so far; added to by one thread */
    /* Names, empty where there is none. They live with the outcome. */
    struct woapol_text effect, chain, policy, rule, reason, message, generation;
    /* The forward-auth answer up to before the blank line; its date is all
     * blanks, at `date`. */
    const char *http;
    size_t http_length, date;
    size_t fields; /* where the lines of X-Woapol-... begin, up to the end */
};

/* Made for a decision of the image. With report_only everybody passes. NULL when
 * memory runs out. */
struct wp_outcome *wp_outcome_new(const struct woapol_image *image,
                                  const struct woapol_decision *decision, bool report_only);
void wp_outcome_free(struct wp_outcome *outcome);

/* Whether it is this decision's. */
bool wp_outcome_is(const struct wp_outcome *outcome, const struct woapol_decision *decision);

#endif
