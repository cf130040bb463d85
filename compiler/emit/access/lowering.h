/* The inside of lowering: lower.c orders the rules, lower_cut.c says what of a
 * condition is left in a region and what of it Access cannot hold. */
#ifndef WP_EMIT_ACCESS_LOWERING_H
#define WP_EMIT_ACCESS_LOWERING_H

#include "compiler/emit/access/access.h"
#include "compiler/network.h"

/* The bit of a set of types that stands for device types without one. */
#define WP_REST (UINT32_C(1) << WP_ACCESS_MAX_TYPES)

/* One disjunctive term of a rule's condition. */
struct wp_lower_entry {
    uint32_t rule; /* in the policy; rule_count: otherwise */
    const struct wp_model_rule *source;
    const struct wp_term *term;
    /* `device in browser or entry in browser and device in ios + ...`, in two terms:
     * what a rule for browsers matches. The first then takes all that, the second
     * rides along. */
    bool takes_all, rides;
};

/* Requests that are being decided, and which of them are already. */
struct wp_region {
    uint32_t types;   /* not decided yet */
    bool is_one_type; /* the detour of one type, whose rules stand before those for browsers */
    bool everywhere;
    struct wp_network within; /* IPv4, unless everywhere */
    struct wp_ids members;    /* of any of these; none: anybody */
    struct wp_network done;   /* addresses, IPv4, and groups that are decided */
    struct wp_ids done_groups;
};

/* What an entry takes of a region. */
struct wp_piece {
    uint32_t rule, types;
    bool all_ranges;
    struct wp_network network; /* unless all_ranges: IPv4 */
    struct wp_network reach;   /* the addresses that it is about, IPv6 ones among them */
    struct wp_network away;    /* IPv4 addresses to be decided before */
    struct wp_ids groups;      /* any of these; none: everybody in the region */
    struct wp_ids none;        /* groups whose members are to be decided before */
    bool covers_network;       /* all addresses of the region, detours included */
};

struct wp_lowering {
    struct wp_arena *arena;
    const struct wp_session *session;
    const struct wp_model *model;
    const struct wp_policy *policy;
    const struct wp_access_profile *profile;
    const struct wp_plan_options *options;
    struct wp_access_types types;
    struct wp_lower_entry *entries;
    uint32_t entry_count;
    struct wp_access_lowered *out;
    struct wp_diagnostics *diagnostics;
    uint8_t *reported; /* by rule: 1 it has an error already, 2 a narrowing */
    bool is_base, is_full;
};

/* Decides the region by the entries from number `at` on. */
void wp_lower_from(struct wp_lowering *lowering, uint32_t at, struct wp_region region);

/* What the entry takes of the region. False when that is nothing, or when Access
 * cannot hold it, which is reported once a rule. */
bool wp_lower_cut(struct wp_lowering *lowering, uint32_t at, const struct wp_region *region,
                  struct wp_piece *piece);

/* Finds the entries that take all or ride (lower_ride.c). */
void wp_lower_find_riders(struct wp_lowering *lowering);

/* Is the type one that only the default policy is asked about? */
bool wp_lower_is_for_default(const struct wp_lowering *lowering, uint32_t type);

#endif
