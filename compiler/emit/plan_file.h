/*
 * A plan as a document: saved for a review, and the head of a push's journal.
 *
 * It holds the calls with what is there before and after each, everything that
 * was read, and the sources, so that the plan can be made again from them and
 * compared before anything is sent: what is sent is never what a file says.
 * It holds no secret: bodies have none, and a call's secret is a reference.
 */
#ifndef WP_EMIT_PLAN_FILE_H
#define WP_EMIT_PLAN_FILE_H

#include "compiler/emit/plan.h"

struct wp_plan_file {
    struct wp_plan plan;
    struct wp_plan_options options;
    struct wp_state read;   /* what the plan starts from */
    const char *source;     /* the file's name */
    char source_digest[65]; /* SHA-256 of the bundle */
    const void *bundle;     /* the sources (bundle.h); NULL: none */
    size_t bundle_size;
};

#define WP_PLAN_VERSION 1

/* SHA-256 of bytes, as 64 hex digits. */
void wp_digest_bytes(const void *bytes, size_t size, char digits[65]);

/* The calls as an array. */
json_t *wp_calls_json(const struct wp_plan *plan, struct wp_sources *sources);

/* The whole document; the caller owns it. */
json_t *wp_plan_file_json(const struct wp_plan_file *file, struct wp_sources *sources);

/* Reads a document, which may hold anything; all texts are copied to the arena.
 * To be ended with wp_plan_file_end in any case. */
bool wp_plan_file_read(struct wp_plan_file *file, struct wp_arena *arena, const json_t *document,
                       struct wp_problem *problem);
void wp_plan_file_end(struct wp_plan_file *file);

/* The calls of an array as wp_calls_json makes it, added to the plan. */
bool wp_calls_read(struct wp_plan *plan, const json_t *calls, struct wp_problem *problem);

/* Do both plans send the same, for the same ends? */
bool wp_plans_equal(const struct wp_plan *a, const struct wp_plan *b);

#endif
