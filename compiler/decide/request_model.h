/* A request's facts with its names resolved against a model: for the plain walk. */
#ifndef WP_DECIDE_REQUEST_MODEL_H
#define WP_DECIDE_REQUEST_MODEL_H

#include "compiler/decide/request_json.h"
#include "compiler/request.h"

/* Memory comes from the arena. */
void wp_request_from_facts(struct wp_arena *arena, const struct wp_model *model,
                           const struct wp_request_facts *facts, struct wp_request *request);

#endif
