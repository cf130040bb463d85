/*
 * What can go wrong between a client and a tenant, on demand: the body of
 * POST /sandbox/faults is
 *
 *   {"tenant":"okta","do":"cut","after":3,"times":1,"method":"PUT","path":"/api/v1/zones"}
 *
 * "cut": the connection ends without an answer and nothing is done; "lose": it is
 * done, and the connection ends without an answer; "500", "503", "423", "429":
 * that status and nothing is done; "500-late": it is done, and the answer is 500.
 * `after` requests that fit pass first; then it happens `times` times (1 unless
 * said). `method` and the beginning of a `path` say which requests fit.
 */
#ifndef WP_SANDBOX_FAULTS_H
#define WP_SANDBOX_FAULTS_H

#include "compiler/sandbox/exchange.h"

/* Whether the request ends here. */
bool wp_box_fault_before(struct wp_exchange *x);
/* What is done to an answer. */
void wp_box_fault_after(struct wp_exchange *x);

/* Adds a fault; NULL, or what is wrong with it. */
const char *wp_box_fault_add(struct wp_box *box, const json_t *fault);

#endif
