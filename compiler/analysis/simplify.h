/*
 * The smallest equal policy: rules are taken out as long as no decision changes,
 * until none can go. What is left is compared with what was there, exactly.
 */
#ifndef WP_ANALYSIS_SIMPLIFY_H
#define WP_ANALYSIS_SIMPLIFY_H

#include "compiler/analysis/analysis.h"

enum wp_removal { WP_KEPT, WP_REMOVED_DEAD, WP_REMOVED_EMPTY, WP_REMOVED_IDLE };

struct wp_simplified {
    uint8_t **removals;    /* by policy and rule: enum wp_removal */
    uint32_t count;        /* of rules removed */
    struct wp_model model; /* without them */
    bool is_proved;        /* that it decides every request as before */
    uint32_t undecided;
};

void wp_simplify(struct wp_simplified *simplified, struct wp_arena *arena,
                 const struct wp_model *model, const struct wp_analysis_options *options);

/*
 * The text of file `file` without the rules that were removed and stand in it as
 * rules of their own; *left is how many do not (they come from a template).
 * Allocated in `arena`.
 */
const char *wp_simplified_text(struct wp_arena *arena, const struct wp_simplified *simplified,
                               const struct wp_model *model, uint32_t file, uint32_t *left);

#endif
