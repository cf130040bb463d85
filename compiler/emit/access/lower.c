/*
 * From conditions to a list of rules of which the first that matches decides.
 *
 * A rule of Access has one range, one device type, any of some groups, and no
 * `not`. What a condition excludes is therefore decided first: before `not network
 * in Office` stand the rules that remain for the office, complete to their end;
 * then the rule itself, for all ranges, can reach only who is not there. Groups and
 * device types go the same way. A region is what such a detour is about.
 *
 * Safari on an iPhone matches rules for iOS and rules for browsers alike, whichever
 * stands first. So what remains for iOS is decided before a rule for browsers that
 * would wrongly take its sign-ins.
 */
#include "compiler/emit/access/lowering.h"

#include "compiler/analysis/strength.h"
#include "compiler/members.h"

#include <string.h>

/* ---- rules ------------------------------------------------------------------------ */

static void
add_rule(struct wp_lowering *lowering, const struct wp_access_rule *rule)
{
    struct wp_access_lowered *out = lowering->out;

    if (out->count == lowering->profile->most_rules) {
        if (!lowering->is_full)
            wp_report(lowering->diagnostics, WP_E_ACCESS_TOO_MANY, lowering->policy->span,
                      "policy '%s' comes to more than %zu rules in Access", lowering->policy->name,
                      lowering->profile->most_rules);
        lowering->is_full = true;
        return;
    }
    if (out->count == out->room) {
        uint32_t room = out->room ? out->room * 2 : 32;
        struct wp_access_rule *more = wp_alloc_array(lowering->arena, room, sizeof *more);
        if (out->count)
            memcpy(more, out->rules, out->count * sizeof *more);
        out->rules = more;
        out->room = room;
    }
    out->rules[out->count++] = *rule;
}

static void
put_rules(struct wp_lowering *lowering, const struct wp_piece *piece,
          const struct wp_region *region)
{
    struct wp_access_rule rule = {.source = piece->rule,
                                  .all_ranges = piece->all_ranges,
                                  .network = piece->network,
                                  .groups = piece->groups};

    if (piece->types == region->types && (piece->types & WP_REST)) {
        rule.device = WP_ACCESS_ANY_DEVICE;
        add_rule(lowering, &rule);
        return;
    }
    for (uint32_t i = 0; i < lowering->types.count; i++) {
        if (piece->types >> i & 1) {
            rule.device = lowering->types.items[i].label;
            add_rule(lowering, &rule);
        }
    }
}

/* ---- what is decided by now ---------------------------------------------------------- */

static void
note_done(struct wp_lowering *lowering, struct wp_region *region, const struct wp_piece *piece)
{
    bool everybody = piece->groups.count == 0 ||
                     (region->members.count > 0 && wp_ids_within(&region->members, &piece->groups));

    if (piece->covers_network && everybody)
        region->types &= ~piece->types;
    else if (piece->covers_network && piece->types == region->types)
        region->done_groups = wp_ids_union(lowering->arena, &region->done_groups, &piece->groups);
    else if (everybody && piece->types == region->types && !piece->all_ranges)
        region->done =
            wp_network_combine(lowering->arena, WP_NETWORK_UNION, &region->done, &piece->network);
}

/* ---- detours ------------------------------------------------------------------------------ */

/* The types whose rules its sign-ins match besides its own. */
static uint32_t
meets(const struct wp_lowering *lowering, uint32_t type)
{
    return lowering->types.items[type].also | lowering->types.items[type].before;
}

/* Types that share sign-ins with some of `types`, and these. */
static uint32_t
with_companions(const struct wp_lowering *lowering, const struct wp_region *region, uint32_t types)
{
    uint32_t before = 0;

    while (types != before) {
        before = types;
        for (uint32_t i = 0; i < lowering->types.count; i++) {
            if ((region->types >> i & 1) && (meets(lowering, i) & types))
                types |= UINT32_C(1) << i;
        }
    }
    return types;
}

/* All that remains for one type; first for those that its rules would take, too. */
static void
decide_type(struct wp_lowering *lowering, uint32_t at, struct wp_region *region,
            struct wp_piece *piece, uint32_t type)
{
    struct wp_region detour;

    for (uint32_t i = 0; i < lowering->types.count; i++) {
        if (i != type && (region->types >> i & 1) && (meets(lowering, i) >> type & 1))
            decide_type(lowering, at, region, piece, i);
    }
    detour = *region;
    detour.types = UINT32_C(1) << type;
    detour.is_one_type = true;
    wp_lower_from(lowering, at, detour);
    region->types &= ~detour.types;
    piece->types &= ~detour.types;
}

/* Is what the piece takes of that type decided by a rule that stands already? */
static bool
is_decided(const struct wp_lowering *lowering, const struct wp_piece *piece, uint32_t type)
{
    const char *label = lowering->types.items[type].label;

    for (uint32_t i = 0; i < lowering->out->count; i++) {
        const struct wp_access_rule *rule = &lowering->out->rules[i];
        if (strcmp(rule->device, label) != 0 && strcmp(rule->device, WP_ACCESS_ANY_DEVICE) != 0)
            continue;
        if (!rule->all_ranges && !wp_network_is_within(&piece->reach, &rule->network))
            continue;
        if (rule->groups.count == 0 ||
            (piece->groups.count > 0 && wp_ids_within(&piece->groups, &rule->groups)))
            return true;
    }
    return false;
}

/* Would the piece's rules take sign-ins of the type that are not theirs? */
static bool
is_taken(const struct wp_lowering *lowering, const struct wp_lower_entry *entry,
         const struct wp_piece *piece, uint32_t type)
{
    uint32_t others = entry->takes_all ? lowering->types.items[type].before : meets(lowering, type);

    return !(piece->types >> type & 1) && (others & piece->types) &&
           ((piece->types & WP_REST) || !is_decided(lowering, piece, type));
}

/* Device types that must not come to the piece's rules. */
static void
clear_types(struct wp_lowering *lowering, uint32_t at, struct wp_region *region,
            struct wp_piece *piece)
{
    uint32_t away = piece->types & WP_REST ? region->types & ~piece->types : 0;

    for (uint32_t i = 0; i < lowering->types.count; i++) {
        if ((region->types >> i & 1) &&
            ((away >> i & 1) || is_taken(lowering, &lowering->entries[at], piece, i)))
            decide_type(lowering, at, region, piece, i);
    }
}

static void
clear_groups(struct wp_lowering *lowering, uint32_t at, struct wp_region *region,
             struct wp_piece *piece)
{
    struct wp_region detour = *region;

    if (piece->none.count == 0)
        return;
    detour.types = with_companions(lowering, region, piece->types);
    detour.members = piece->none;
    wp_lower_from(lowering, at + 1, detour);
    if (detour.types == region->types)
        region->done_groups = wp_ids_union(lowering->arena, &region->done_groups, &piece->none);
}

static void
clear_network(struct wp_lowering *lowering, uint32_t at, struct wp_region *region,
              struct wp_piece *piece)
{
    struct wp_region detour = *region;

    if (wp_network_is_empty(&piece->away))
        return;
    detour.types = with_companions(lowering, region, piece->types);
    detour.everywhere = false;
    detour.within = piece->away;
    wp_lower_from(lowering, at + 1, detour);
    if (detour.types == region->types)
        region->done =
            wp_network_combine(lowering->arena, WP_NETWORK_UNION, &region->done, &piece->away);
}

/* ---- the list -----------------------------------------------------------------------------------
 */

void
wp_lower_from(struct wp_lowering *lowering, uint32_t at, struct wp_region region)
{
    for (; at < lowering->entry_count && region.types && !lowering->is_full; at++) {
        struct wp_piece piece;
        if (!wp_lower_cut(lowering, at, &region, &piece))
            continue;
        clear_types(lowering, at, &region, &piece);
        if (!piece.types)
            continue;
        clear_groups(lowering, at, &region, &piece);
        clear_network(lowering, at, &region, &piece);
        put_rules(lowering, &piece, &region);
        note_done(lowering, &region, &piece);
    }
}

static bool
has_apps(const struct wp_term *term, const struct wp_access_apps *apps)
{
    if (!term->apps)
        return true;
    return apps->count == 0 ? term->apps->others : wp_ids_have(&term->apps->ids, apps->apps[0]);
}

/* Which terms there are for these apps, in order; `otherwise` last. */
static void
collect_entries(struct wp_lowering *lowering, const struct wp_access_apps *apps)
{
    static const struct wp_term anything = {
        .network = WP_NONE, .devices = UINT64_MAX, .postures = WP_POSTURE_ALL};
    const struct wp_policy *policy = lowering->policy;
    size_t room = 1;

    for (uint32_t i = 0; i < policy->rule_count; i++)
        room += policy->rules[i].term_count;
    lowering->entries = wp_alloc_array(lowering->arena, room, sizeof *lowering->entries);
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];
        if (rule->report)
            continue;
        for (uint32_t k = 0; k < rule->term_count; k++) {
            if (has_apps(&rule->terms[k], apps))
                lowering->entries[lowering->entry_count++] =
                    (struct wp_lower_entry){.rule = i, .source = rule, .term = &rule->terms[k]};
        }
    }
    lowering->entries[lowering->entry_count++] = (struct wp_lower_entry){
        .rule = policy->rule_count, .source = &policy->otherwise, .term = &anything};
}

bool
wp_access_lower(const struct wp_session *session, const struct wp_plan_options *options,
                const struct wp_access_profile *profile, uint32_t policy,
                const struct wp_access_apps *apps, struct wp_access_lowered *lowered,
                struct wp_diagnostics *diagnostics)
{
    size_t errors = diagnostics->errors;
    struct wp_lowering lowering = {.arena = session->arena,
                                   .session = session,
                                   .model = session->model,
                                   .policy = &session->model->policies[policy],
                                   .profile = profile,
                                   .options = options,
                                   .out = lowered,
                                   .diagnostics = diagnostics,
                                   .is_base = apps->count == 0};
    struct wp_region region = {.everywhere = true};

    wp_access_types_init(&lowering.types, session->arena, session->model);
    lowering.reported = wp_alloc_array(session->arena, (size_t)lowering.policy->rule_count + 1,
                                       sizeof *lowering.reported);
    collect_entries(&lowering, apps);
    wp_lower_find_riders(&lowering);
    region.types = WP_REST;
    for (uint32_t i = 0; i < lowering.types.count; i++) {
        if (lowering.is_base || !wp_lower_is_for_default(&lowering, i))
            region.types |= UINT32_C(1) << i;
    }
    *lowered = (struct wp_access_lowered){0};
    wp_lower_from(&lowering, 0, region);
    return diagnostics->errors == errors;
}
