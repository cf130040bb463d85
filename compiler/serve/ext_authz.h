/* Envoy's question and answer: envoy.service.auth.v3 CheckRequest and CheckResponse. */
#ifndef WP_SERVE_EXT_AUTHZ_H
#define WP_SERVE_EXT_AUTHZ_H

#include "compiler/decide/json_text.h"
#include "compiler/serve/client.h"
#include "compiler/serve/outcome.h"

/*
 * Reads a CheckRequest into the set. The address is the source's, as Envoy says;
 * when that is a trusted proxy, the address field of the request's headers is
 * followed. Facts come from context_extensions by their own names, and from the
 * request's headers if `is_trusted` says that Envoy is. What Envoy does not
 * say is absent. A message that is none is an error in the set.
 */
void wp_check_request_read(const struct wp_serve_settings *settings, bool is_trusted,
                           const char *bytes, size_t length, struct wp_fact_set *set);

/* Adds a CheckResponse. An outcome that is NULL is a denial. */
void wp_check_response_write(const struct wp_outcome *outcome, struct wp_json_text *output);

#endif
