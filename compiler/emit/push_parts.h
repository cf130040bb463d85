/* The parts of pushing, for push*.c alone. */
#ifndef WP_EMIT_PUSH_PARTS_H
#define WP_EMIT_PUSH_PARTS_H

#include "compiler/emit/push.h"

enum wp_step_end {
    WP_STEP_DONE,
    WP_STEP_AGAIN,   /* it had no effect, and may have one the next time */
    WP_STEP_BROKEN,  /* it cannot be told, or not be written down, what became of it */
    WP_STEP_WRONG,   /* it was refused, or did something else */
    WP_STEP_FOREIGN, /* somebody else has changed the object */
};

struct wp_pushing {
    const struct wp_plan *plan;
    struct wp_session *session;
    struct wp_arena *arena;
    const struct wp_state *start;
    struct wp_state *held;
    const struct wp_push_options *options;
    struct wp_problem *problem;
    uint64_t started; /* when `held` was read */
    bool as_sent;     /* all that was sent was kept as it was */
};

/* One call, sent once or more. */
struct wp_attempt {
    json_t *known; /* the object's body before it */
    bool answered;
    unsigned status;
    json_t *answer; /* what came with it, as JSON; NULL: nothing */
    char request_id[80];
};

/* Milliseconds of a clock that only goes forward. */
uint64_t wp_push_now(void);

/* Reads the object anew into `held`, which it leaves when it is not there. */
bool wp_push_look(struct wp_pushing *push, const char *key, const struct wp_object **found);

/* Writes the call to the journal and sends it. DONE: what it did is to be found
 * out, and *why is what there is to complain of. AGAIN: it never left. */
enum wp_step_end wp_push_send(struct wp_pushing *push, size_t number, struct wp_attempt *attempt,
                              struct wp_problem *why);

/* Writes to the journal what became of the call. */
bool wp_push_record(struct wp_pushing *push, size_t number, bool happened, bool as_sent,
                    const struct wp_attempt *attempt);

/* {"state": word, "why": why}. */
bool wp_push_state(struct wp_journal *journal, const char *word, const char *why,
                   struct wp_problem *problem);

#endif
