/*
 * The nearest request that is decided otherwise.
 *
 * Tries one change of one fact, then two, each to a value that stands for all
 * that the policy cannot tell from it, and asks the evaluator what comes of it.
 */
#ifndef WP_CLI_NEAREST_H
#define WP_CLI_NEAREST_H

#include "compiler/decide/decide.h"
#include "compiler/model.h"

/* One fact changed: what it is called, and its values for a person, "ios" to "no
 * device"; of groups `from` is NULL for one that is added, `to` for one removed. */
struct wp_change {
    const char *fact;
    const char *from, *to;
};

#define WP_MAX_CHANGES 2
struct wp_variant {
    struct wp_change changes[WP_MAX_CHANGES];
    unsigned change_count;
    struct wp_request_facts facts;
    struct woapol_decision decision;
    const uint32_t *reports; /* rules that report */
    size_t report_count;
};

/*
 * Fills in up to `room` variants of `facts` with another outcome than `decision`,
 * those with another effect first, at most one a fact and outcome; returns how many there are.
 * Those with two changes are looked for only where one is not enough. Everything
 * is in the arena. The search is bounded: *cut says that not all was tried.
 */
size_t wp_nearest(const struct wp_model *model, struct wp_decider *decider,
                  const struct wp_request_facts *facts, const struct woapol_decision *decision,
                  struct wp_arena *arena, struct wp_variant *variants, size_t room, bool *cut);

#endif
