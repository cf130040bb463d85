/* A policy as a table: for a user in one group, on one device type, from one
 * network, every decision there can be. */
#ifndef WP_ANALYSIS_MATRIX_H
#define WP_ANALYSIS_MATRIX_H

#include "compiler/analysis/view.h"
#include "compiler/network.h"

/* A row: a group (WP_NONE: a user in none of them) and device types that are
 * decided alike everywhere. */
struct wp_matrix_row {
    uint32_t group;
    uint64_t devices;
    uint64_t *cells; /* by column: a bit for each entry of `decisions`, see below */
};

struct wp_matrix {
    const char **columns; /* named networks that tell anything apart, then "elsewhere" */
    uint32_t column_count;
    struct wp_matrix_row *rows;
    uint32_t row_count;
    const struct wp_decision **decisions; /* all that occur, at most 64 */
    uint32_t decision_count;
    bool too_many_decisions, too_many_networks;
    uint32_t groups_left_out;
};

/* The table of one policy for requests to `app` (WP_NONE: to none that has a name),
 * with at most `groups` groups. Postures are all that there are: a cell with two
 * decisions depends on posture, risk or entry. */
void wp_matrix_make(struct wp_matrix *matrix, struct wp_arena *arena, const struct wp_model *model,
                    uint32_t policy, uint32_t app, uint32_t groups);

#endif
