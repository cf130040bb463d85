/*
 * The question behind every analysis: is there a request that meets certain
 * conditions and that none of certain rules takes?
 *
 * Asked lazily. A small SAT solver knows the wanted conditions only and proposes
 * a request; an index tells which rules take that request; the most general of
 * them is made known to the solver, and so on, until a proposal stands or the
 * solver knows enough rules to rule all out. Those rules are the cover.
 *
 * What the source assumes of the world holds in every answer. An answer costs at
 * most its budget of conflicts and proposals; past it, it is "undecided".
 */
#ifndef WP_ANALYSIS_QUESTION_H
#define WP_ANALYSIS_QUESTION_H

#include "compiler/analysis/index.h"
#include "compiler/analysis/sat.h"
#include "compiler/analysis/traits.h"

/* A condition that the request must meet, or must not. */
struct wp_wanted {
    const struct wp_test *test;
    bool negated;
};

/* Conditions of an index, from `from` to below `limit`, that must not take the
 * request; `only` as in wp_index_find. */
struct wp_avoided {
    const struct wp_index *index;
    uint32_t from, limit;
    const uint64_t *only;
};

struct wp_question {
    const struct wp_wanted *wanted;
    uint32_t wanted_count;
    const struct wp_avoided *avoided;
    uint32_t avoided_count;
    const struct wp_members *apps;  /* the apps it is about, or NULL: any, or none */
    const struct wp_traits *traits; /* what a witness should tell, or NULL: what the model tests */
};

enum wp_answer { WP_ANSWER_NO, WP_ANSWER_YES, WP_ANSWER_UNDECIDED };

/* A member of a cover: a condition of one of the avoided indexes, or a fact. Facts
 * are the assumptions, then pairs of groups that no request can tell apart. */
struct wp_culprit {
    uint32_t avoided; /* place in question.avoided, or WP_NONE: a fact */
    uint32_t number;  /* in its index, or of the assumption */
};

struct wp_asker;

/* What the asker has done so far. */
struct wp_ask_counts {
    uint64_t questions, proposals, conflicts, undecided;
};

/*
 * Asks about one model; lives in the arena and can be used again and again.
 * `each` is the budget of one question, `all` that of all together: what is left
 * of it bounds each.
 */
struct wp_asker *wp_asker_new(struct wp_arena *arena, const struct wp_model *model, uint64_t each,
                              uint64_t all);

/* YES: *witness is such a request, borrowed until the next question. NO: there
 * is none, and wp_ask_cover tells why. `witness` may be NULL. */
enum wp_answer wp_ask(struct wp_asker *asker, const struct wp_question *question,
                      const struct wp_point **witness);

/* After NO: culprits that together leave nothing, by list and number. */
const struct wp_culprit *wp_ask_cover(const struct wp_asker *asker, uint32_t *count);

/* After NO: takes members out of the cover until none can go without leaving a
 * request. Returns false when the budget ended before that was sure; the cover
 * is right even then. */
bool wp_ask_shrink_cover(struct wp_asker *asker);

/* After YES: takes groups and other traits from the witness as long as
 * `still_right` says so; it is asked only about requests that the assumptions
 * allow. */
typedef bool (*wp_still_right)(void *context, const struct wp_point *point);
const struct wp_point *wp_ask_simplify(struct wp_asker *asker, wp_still_right still_right,
                                       void *context);

struct wp_ask_counts wp_ask_counts(const struct wp_asker *asker);

/* From the next question on, logs the solver's proof; NULL to stop. The theory
 * clauses in it are checked with wp_ask_verify_lemma, right after the question. */
void wp_ask_set_log(struct wp_asker *asker, wp_proof_log log, void *context);
bool wp_ask_verify_lemma(void *asker, const uint32_t *literals, uint32_t count);
const uint32_t *wp_ask_guards(const struct wp_asker *asker, uint32_t *count);

#endif
