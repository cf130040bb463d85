/*
 * The exact analyses of a model, each a reader that adds findings.
 *
 * They hold for every request whose groups are listed completely and that the
 * source's assumptions allow. Questions have a budget; one that ends it is
 * reported as undecided (WOA2009), never passed over.
 */
#ifndef WP_ANALYSIS_H
#define WP_ANALYSIS_H

#include "compiler/model.h"

/* Called now and then: what is being done, how far of how much. */
typedef void (*wp_progress)(void *context, const char *what, size_t done, size_t total);

struct wp_analysis_options {
    uint64_t each;        /* the budget of a question, in conflicts and proposals; 0: the usual */
    uint64_t all;         /* of all questions together; 0: the usual */
    bool all_notes;       /* all notes instead of the first few of each kind */
    wp_progress progress; /* or NULL */
    void *progress_context;
};

#define WP_USUAL_EACH 20000
#define WP_USUAL_ALL 4000000

/* All of the below; `options` may be NULL. */
void wp_analyse(struct wp_diagnostics *list, const struct wp_model *model,
                const struct wp_analysis_options *options);

/* Only what makes a source wrong, as far as it cannot be told without analysis
 * (WOA4002): quick, and all that stands between wp_compile and an image. */
void wp_analyse_errors(struct wp_diagnostics *list, const struct wp_model *model);

#endif
