/*
 * The evaluator as it was compiled for processors of one kind each: evaluate.h is all
 * of it. An image is decided by the one that was chosen when it was opened.
 */
#ifndef WP_RUNTIME_EVALUATOR_H
#define WP_RUNTIME_EVALUATOR_H

#include "view.h"

/* What is known of an image when it is opened, so that nobody need ask it again: nothing; or
 * that it is usual, with IPv4 in a list or in a table, of 16 bits a class, and for each app a
 * policy, none of which tests apps. Where there is but one policy, its entries being the first,
 * that is known, too. */
enum wp_manner { WP_ANY, WP_LISTED, WP_LISTED_ALONE, WP_TABLED, WP_TABLED_ALONE, WP_MANNERS };

/* What woapol.h declares under these names, of an image that is open. */
struct wp_evaluator {
    struct {
        wp_decide *one[WP_MANNERS];
        void (*batch)(const struct wp_view *view, struct woapol_principal *principal,
                      const struct woapol_request *requests, size_t count,
                      struct woapol_decision *decisions);
    } decide[WP_KINDS];
    size_t (*reports)(const struct wp_view *view, struct woapol_principal *principal,
                      const struct woapol_request *request, uint32_t *rules, size_t room);
};

/* Has decisions by an image that is open made by an evaluator. */
void wp_evaluate_with(struct wp_view *view, const struct wp_evaluator *evaluator);

/* Number `number` of those that this processor can run, the widest vectors first and the
 * one for every processor last; or NULL. */
const struct wp_evaluator *wp_evaluator_for_processor(uint32_t number);

#endif
