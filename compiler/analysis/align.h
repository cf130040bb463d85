/* Which rules of two policies are the same, in the same order. */
#ifndef WP_ANALYSIS_ALIGN_H
#define WP_ANALYSIS_ALIGN_H

#include "compiler/analysis/view.h"

/*
 * For each rule of either policy its partner in the other, or WP_NONE: partners
 * have equal conditions and decisions, and partners of later rules stand later.
 * Report rules have none. `kinds` number the decisions of both policies alike:
 * those of the old one's rules and its otherwise, then the new one's.
 */
struct wp_alignment {
    uint32_t *old_partners, *new_partners;
    uint32_t *old_kinds, *new_kinds;
    uint32_t kind_count;
};

void wp_align(struct wp_alignment *alignment, struct wp_arena *arena,
              const struct wp_view *old_view, const struct wp_view *new_view);

#endif
