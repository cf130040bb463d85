/* Regions of a difference for people and programs: what diff, plan, push and drift
 * say of decisions that change. */
#ifndef WP_CLI_DIFF_TEXT_H
#define WP_CLI_DIFF_TEXT_H

#include <jansson.h>

#include "compiler/analysis/diff.h"
#include "compiler/cli/cli.h"

/* "looser", "stricter". */
const char *wp_order_word(enum wp_order change);

/* The traits that a region's witness should tell. */
void wp_region_traits(const struct wp_diff *diff, const struct wp_region *region,
                      struct wp_traits *traits);

/* A region with its decisions before and after and a witness, on standard output. */
void wp_print_region(const struct wp_invocation *invocation, struct wp_arena *arena,
                     const struct wp_diff *diff, const struct wp_region *region);

/* {"regions": [...], "edits", "looser", "stricter", "mixed", "other", "undecided",
 * "equal"}. */
json_t *wp_diff_json(struct wp_arena *arena, const struct wp_diff *diff);

/* "3 edits, 1 region of requests decided otherwise: ..." on standard output. */
void wp_print_diff_sum(const struct wp_diff *diff);

#endif
