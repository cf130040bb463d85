/* From the facts of a request to a decision of an image: the one evaluator that
 * every command uses. */
#ifndef WP_DECIDE_DECIDE_H
#define WP_DECIDE_DECIDE_H

#include "compiler/decide/request_json.h"
#include "woapol.h"

/* What deciding needs besides the image; for one thread. */
struct wp_decider {
    const struct woapol_image *image;
    void *memory; /* a principal's */
    size_t size;
    uint32_t *reports; /* rules that report, of the last decision */
    size_t report_count, report_room;
};

/* The image is borrowed. False when memory runs out. */
bool wp_decider_init(struct wp_decider *decider, const struct woapol_image *image);
void wp_decider_fini(struct wp_decider *decider);

/* All of a request but who asks, in numbers of the image. */
void wp_fill_request(const struct woapol_image *image, const struct wp_request_facts *facts,
                     struct woapol_request *request);

/* Decides, and leaves the rules that report in the decider. False when memory
 * runs out. */
bool wp_decide(struct wp_decider *decider, const struct wp_request_facts *facts,
               struct woapol_decision *decision);

#endif
