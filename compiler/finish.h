/* The last step to a model: every condition folded, with its terms. */
#ifndef WP_COMPILER_FINISH_H
#define WP_COMPILER_FINISH_H

#include "compiler/network_pool.h"

/* Fills in what depends on folding and hands the pool's networks to the model,
 * which is complete and constant afterwards. */
void wp_finish(struct wp_diagnostics *list, struct wp_model *model, struct wp_network_pool *pool);

#endif
