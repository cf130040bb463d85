/*
 * Carrying a plan out: the only part of woapol that writes to a tenant.
 *
 * Calls go out one by one. Each is in the journal before it is sent; afterwards its
 * object is read back and held against what the plan says, since tenants drop what
 * they do not know without a word. What is stricter than it should be is noted and
 * the push goes on; what is looser, or cannot be judged, makes it go back to the
 * last checkpoint. An answer that was lost is no answer: the tenant is asked what
 * became of the call.
 */
#ifndef WP_EMIT_PUSH_H
#define WP_EMIT_PUSH_H

#include "compiler/emit/journal.h"
#include "compiler/emit/plan_make.h"

/* The door through which calls leave: wp_transport_send, or a test's. */
struct wp_writer {
    bool (*send)(void *context, const struct wp_http_request *request,
                 struct wp_http_answer *answer, struct wp_problem *problem);
    /* Says what the tenant said to a request that it did not do. */
    void (*complain)(void *context, const struct wp_http_request *request,
                     const struct wp_http_answer *answer, struct wp_problem *problem);
    void *context;
};

struct wp_writer wp_transport_writer(struct wp_transport *transport);

struct wp_push_options {
    struct wp_writer writer;
    struct wp_journal *journal;
    /* An object that was read longer ago than this is looked at again before it is
     * changed or removed, in case somebody else changed it meanwhile. */
    unsigned fresh_milliseconds;
    void (*progress)(void *context, const struct wp_call *call, size_t done, size_t total);
    void (*note)(void *context, const char *text); /* what is odd, but no reason to stop */
    bool (*stopped)(void *context);                /* asked between calls */
    void (*pause)(void *context, uint64_t milliseconds);
    void *context;
};

enum wp_push_end {
    WP_PUSH_DONE,           /* each object is as the plan says */
    WP_PUSH_DONE_OTHERWISE, /* all was sent, but some of it is kept otherwise */
    WP_PUSH_STOPPED,        /* in the middle; can be resumed */
    WP_PUSH_REFUSED,        /* in the middle; somebody else has changed the tenant */
    WP_PUSH_RETURNED,       /* went back to the last checkpoint, or to the beginning */
    WP_PUSH_STUCK           /* had to go back, and could not */
};

/* Sends the plan's calls from number `from` on. `held` is what the tenant holds now,
 * as it was just read, `start` what it held before the first call; `held` follows
 * what is done. The problem says why it did not end with WP_PUSH_DONE. */
enum wp_push_end wp_push(const struct wp_plan *plan, struct wp_session *session,
                         const struct wp_state *start, struct wp_state *held, size_t from,
                         const struct wp_push_options *options, struct wp_problem *problem);

/*
 * What to do about a journal's push that did not end. `current` is what was just
 * read. When it is what the journal leads to expect, *next is the call to go on
 * with in the last episode; a call whose answer was lost counts as done if it is,
 * and the journal says so from then on. Otherwise somebody else has written:
 * WP_PROBLEM_REFUSED.
 */
bool wp_resume(const struct wp_story *story, struct wp_journal *journal,
               const struct wp_session *session, const struct wp_state *current, size_t *next,
               struct wp_problem *problem);

/*
 * The way back to where the story began: what to make of `current`. Objects that
 * the push made are gone in *target, those that it changed or removed are as they
 * were. With `force` whoever else has written since is passed over: only what the
 * push touched is taken back. *target is to be ended in any case.
 */
bool wp_way_back(const struct wp_story *story, const struct wp_session *session,
                 const struct wp_state *current, bool force, struct wp_state *target,
                 struct wp_problem *problem);

/* The same to the state after `count` calls of a plan that began at `start`, as seen
 * from what the tenant is expected to hold now. */
void wp_target_state(const struct wp_state *wanted, const struct wp_state *expected,
                     const struct wp_state *current, struct wp_arena *arena,
                     struct wp_state *target);

/* Writes the episode's head to the journal: these calls follow, to go back. */
bool wp_begin_return(struct wp_journal *journal, const struct wp_plan *back, const char *why,
                     struct wp_problem *problem);

#endif
