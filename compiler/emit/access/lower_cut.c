/* What of a condition is left in a region, and what of it Access cannot hold. */
#include "compiler/emit/access/lowering.h"

#include "compiler/analysis/strength.h"
#include "compiler/facts.h"
#include "compiler/members.h"

#include <string.h>

/* ---- findings ------------------------------------------------------------------- */

static const char *
name_of(const struct wp_model_rule *rule)
{
    return rule->name ? rule->name : "otherwise";
}

/* The finding, or NULL when the rule has one already. */
static struct wp_diagnostic *
report(struct wp_lowering *lowering, const struct wp_lower_entry *entry,
       enum wp_diagnostic_kind kind, const char *message)
{
    struct wp_diagnostic *finding;

    unsigned bit = kind == WP_E_ACCESS_NARROWED ? 2 : 1;

    if (lowering->reported[entry->rule] & bit)
        return NULL;
    lowering->reported[entry->rule] |= (uint8_t)bit;
    finding = wp_report(lowering->diagnostics, kind, entry->source->span, "rule '%s' %s",
                        name_of(entry->source), message);
    finding->policy = lowering->policy->name;
    finding->rule = name_of(entry->source);
    return finding;
}

/* ---- device types ------------------------------------------------------------------ */

bool
wp_lower_is_for_default(const struct wp_lowering *lowering, uint32_t type)
{
    const json_t *list = wp_access_at(lowering->profile->root, "default_policy_only");
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        if (json_is_string(item) &&
            strcmp(json_string_value(item), lowering->types.items[type].label) == 0)
            return true;
    }
    return false;
}

static uint64_t
all_devices(const struct wp_model *model)
{
    return (UINT64_C(1) << (model->device_count - 1) << 1) - 1;
}

/* The names of the device types in a mask: "ios, ipados". */
static const char *
device_names(const struct wp_lowering *lowering, uint64_t mask)
{
    const char *text = "";

    for (uint32_t i = 1; i < lowering->model->device_count; i++) {
        if (mask >> i & 1)
            text = wp_format(lowering->arena, "%s%s%s", text, *text ? ", " : "",
                             lowering->model->devices[i].name);
    }
    return text;
}

static void
report_parted(struct wp_lowering *lowering, const struct wp_lower_entry *entry, uint64_t named,
              const struct wp_access_type *type)
{
    uint64_t mask = type ? type->mask : lowering->types.rest;
    struct wp_diagnostic *finding;

    if (type)
        finding = report(lowering, entry, WP_E_ACCESS_DEVICE,
                         wp_format(lowering->arena,
                                   "is about %s and not about %s, which are one device type in "
                                   "Access: %s",
                                   device_names(lowering, named & mask),
                                   device_names(lowering, mask & ~named), type->label));
    else
        finding = report(lowering, entry, WP_E_ACCESS_DEVICE,
                         wp_format(lowering->arena,
                                   "tells device types that Access does not know from others: %s",
                                   device_names(lowering, (named & 1 ? ~named : named) & mask)));
    if (finding)
        wp_add_help(lowering->diagnostics, finding,
                    "name all of a type or none of it: the device sets of std/access do");
}

static bool
cut_types(struct wp_lowering *lowering, const struct wp_lower_entry *entry,
          const struct wp_region *region, struct wp_piece *piece,
          const struct wp_access_type **parted)
{
    const uint64_t known = all_devices(lowering->model), devices = entry->term->devices & known;

    *parted = NULL;
    for (uint32_t i = 0; i < lowering->types.count; i++) {
        const struct wp_access_type *type = &lowering->types.items[i];
        if (!(region->types >> i & 1) || !(devices & type->mask))
            continue;
        piece->types |= UINT32_C(1) << i;
        if ((devices & type->mask) != type->mask)
            *parted = type;
    }
    if ((region->types & WP_REST) && (devices & lowering->types.rest))
        piece->types |= WP_REST;
    return piece->types != 0;
}

/* Does the rule name, or leave out, types that this policy is never asked about? */
static bool
names_enrollment(const struct wp_lowering *lowering, const struct wp_lower_entry *entry)
{
    const uint64_t devices = entry->term->devices & all_devices(lowering->model);

    for (uint32_t i = 0; i < lowering->types.count && !lowering->is_base; i++) {
        bool named = devices & lowering->types.items[i].mask;
        if (wp_lower_is_for_default(lowering, i) && named != (bool)(devices & 1))
            return true;
    }
    return false;
}

static bool
is_missing_edition(const struct wp_lowering *lowering, const struct wp_lower_entry *entry,
                   const struct wp_piece *piece, const char **label)
{
    const struct wp_declaration *tenant = lowering->session->tenant;

    if (!tenant || (entry->term->devices & 1) ||
        strcmp(wp_attribute_text(tenant->attributes, "edition", ""), "on_premises") != 0)
        return false;
    for (uint32_t i = 0; i < lowering->types.count; i++) {
        *label = lowering->types.items[i].label;
        if ((piece->types >> i & 1) && lowering->types.items[i].cloud_only)
            return true;
    }
    return false;
}

static bool
check_types(struct wp_lowering *lowering, const struct wp_lower_entry *entry,
            const struct wp_piece *piece, const struct wp_access_type *parted)
{
    const uint64_t rest = lowering->types.rest & all_devices(lowering->model);
    const uint64_t devices = entry->term->devices & all_devices(lowering->model);
    const char *label;

    if (names_enrollment(lowering, entry)) {
        (void)report(lowering, entry, WP_E_ACCESS_ENROLLMENT,
                     "tells enrollment from other sign-ins, and enrollment opens no app");
        return false;
    }
    if (parted) {
        report_parted(lowering, entry, devices, parted);
        return false;
    }
    if ((piece->types & WP_REST) && (devices & rest) != rest) {
        report_parted(lowering, entry, devices, NULL);
        return false;
    }
    if (is_missing_edition(lowering, entry, piece, &label)) {
        (void)report(lowering, entry, WP_E_ACCESS_DEVICE,
                     wp_format(lowering->arena,
                               "is about the device type %s, which only the cloud has", label));
        return false;
    }
    return true;
}

/* ---- groups --------------------------------------------------------------------------- */

/* What is in `a` and not in `b`. */
static struct wp_ids
without(struct wp_arena *arena, const struct wp_ids *a, const struct wp_ids *b)
{
    uint32_t *ids = wp_alloc_array(arena, (size_t)a->count + 1, sizeof *ids), count = 0;

    for (uint32_t i = 0; i < a->count; i++) {
        if (!wp_ids_have(b, a->ids[i]))
            ids[count++] = a->ids[i];
    }
    return (struct wp_ids){ids, count};
}

/* False when nobody is left. *fits: Access can ask for who is. */
static bool
cut_groups(struct wp_lowering *lowering, const struct wp_lower_entry *entry,
           const struct wp_region *region, struct wp_piece *piece, bool *fits)
{
    const struct wp_ids *members = &region->members;
    const struct wp_term *term = entry->term;
    uint32_t asked = 0;

    if (members->count > 0 && wp_ids_within(members, &term->none))
        return false;
    piece->groups = *members;
    for (uint32_t i = 0; i < term->any_count; i++) {
        if (wp_ids_within(&term->any[i], &region->done_groups))
            return false;
        if (members->count > 0 && wp_ids_within(members, &term->any[i]))
            continue;
        piece->groups = term->any[i];
        asked++;
    }
    piece->none = without(lowering->arena, &term->none, &region->done_groups);
    *fits = asked + (members->count > 0) + (piece->none.count > 0 && members->count > 0) <= 1;
    if (asked == 0 && piece->none.count == 0)
        *fits = true;
    return true;
}

static void
report_groups(struct wp_lowering *lowering, const struct wp_lower_entry *entry,
              const struct wp_region *region)
{
    const struct wp_ids *members = &region->members;
    struct wp_diagnostic *finding =
        report(lowering, entry, WP_E_ACCESS_GROUPS,
               members->count > 0 ? "depends on two groups at once, since a rule before it "
                                    "excludes a group"
                                  : "asks for members of several groups at once");

    if (!finding)
        return;
    for (uint32_t i = 0; i < members->count && i < 3; i++)
        wp_add_label(lowering->diagnostics, finding, lowering->model->groups[members->ids[i]].span,
                     "the excluded group");
    wp_add_help(lowering->diagnostics, finding,
                "a rule of Access matches members of any of its groups: make a group of those who "
                "are in both");
}

/* ---- networks --------------------------------------------------------------------------- */

static const struct wp_network *
network_of(const struct wp_lowering *lowering, const struct wp_lower_entry *entry,
           const struct wp_network *everything)
{
    uint32_t network = entry->term->network;

    return network == WP_NONE ? everything : &lowering->model->networks[network];
}

/* How much of what is not IPv4 a set holds. */
enum share { SHARE_NONE, SHARE_SOME, SHARE_ALL };

static enum share
share_of_others(struct wp_arena *arena, const struct wp_network *network)
{
    struct wp_network rest;

    if (network->v6_count == 0 && !network->absent)
        return SHARE_NONE;
    rest = wp_network_complement(arena, network);
    return rest.v6_count == 0 && !rest.absent ? SHARE_ALL : SHARE_SOME;
}

static struct wp_network
only_v4(const struct wp_network *network)
{
    return (struct wp_network){.v4 = network->v4, .v4_count = network->v4_count};
}

/* A deny for all but a few networks may as well deny the IPv6 part of those. */
static bool
may_widen(const struct wp_lower_entry *entry, const struct wp_network *network)
{
    return entry->source->decision.effect == WP_DENY && network->absent;
}

/*
 * The entry behind number `at` that would let in more easily who comes from the
 * IPv6 part of entry `at`, if that is left out; NULL when there is none.
 */
static const struct wp_lower_entry *
find_looser(struct wp_lowering *lowering, uint32_t at)
{
    const struct wp_network everything = wp_network_everything();
    const struct wp_lower_entry *entry = &lowering->entries[at];

    for (uint32_t i = at + 1; i < lowering->entry_count; i++) {
        const struct wp_lower_entry *later = &lowering->entries[i];
        const struct wp_network *network = network_of(lowering, later, &everything);
        enum share share = share_of_others(lowering->arena, network);
        enum wp_order order = wp_compare_decisions(lowering->model, &entry->source->decision,
                                                   lowering->model, &later->source->decision);
        if (!(later->term->devices & entry->term->devices) || share == SHARE_NONE ||
            (share == SHARE_SOME && !may_widen(later, network)))
            continue;
        if (order != WP_ORDER_EQUAL && order != WP_ORDER_STRICTER &&
            later->source->decision.effect != WP_DENY)
            return later;
        if (later->term->any_count == 0 && later->term->none.count == 0 &&
            (entry->term->devices & ~later->term->devices) == 0)
            return NULL;
    }
    return NULL;
}

static const char *
example_of(const struct wp_lowering *lowering, const struct wp_network *network)
{
    struct wp_address address = {.is_v6 = true};
    char text[WP_ADDRESS_TEXT];

    if (network->v6_count == 0)
        return "an unknown address";
    address.v6 = network->v6[0].low;
    wp_address_text(&address, text);
    return wp_format(lowering->arena, "%s, for instance", text);
}

/* The rule's set without what is not IPv4, if that is wanted and lets nobody in. */
static bool
narrow(struct wp_lowering *lowering, uint32_t at, struct wp_network *network)
{
    const struct wp_lower_entry *entry = &lowering->entries[at], *looser = NULL;
    const char *example = example_of(lowering, network);
    struct wp_diagnostic *finding;

    if (lowering->options && lowering->options->allow_narrowing) {
        bool widens = may_widen(entry, network);
        looser = widens ? NULL : find_looser(lowering, at);
        if (!looser) {
            (void)report(lowering, entry, WP_E_ACCESS_NARROWED,
                         wp_format(lowering->arena,
                                   widens ? "denies all IPv6 addresses in Access, not only those "
                                            "that it says (%s)"
                                          : "goes without its IPv6 part in Access (%s)",
                                   example));
            if (widens) {
                const struct wp_network v4 = only_v4(network);
                const struct wp_network every = wp_network_everything();
                const struct wp_network v6 = {
                    .v6 = every.v6, .v6_count = every.v6_count, .absent = true};
                *network = wp_network_combine(lowering->arena, WP_NETWORK_UNION, &v4, &v6);
            } else {
                *network = only_v4(network);
            }
            return true;
        }
    }
    finding = report(lowering, entry, WP_E_ACCESS_IPV6,
                     wp_format(lowering->arena, "is about some IPv6 addresses (%s)", example));
    if (finding && looser)
        wp_add_label(lowering->diagnostics, finding, looser->source->span,
                     "would let them in more easily if they were left out");
    else if (finding)
        wp_add_help(lowering->diagnostics, finding,
                    "--allow-narrowing leaves them out, if that lets nobody in more easily");
    return false;
}

static void
cut_within(struct wp_lowering *lowering, const struct wp_region *region,
           const struct wp_network *network, struct wp_piece *piece)
{
    struct wp_arena *arena = lowering->arena;
    struct wp_network settled;

    piece->network = wp_network_combine(arena, WP_NETWORK_INTERSECTION, &region->within, network);
    piece->reach = piece->network;
    settled = wp_network_combine(arena, WP_NETWORK_UNION, &piece->network, &region->done);
    piece->covers_network = wp_network_is_within(&region->within, &settled);
}

static void
cut_anywhere(struct wp_lowering *lowering, const struct wp_region *region,
             const struct wp_network *network, struct wp_piece *piece)
{
    struct wp_arena *arena = lowering->arena;
    struct wp_network away;

    piece->reach = *network;
    if (share_of_others(arena, network) != SHARE_ALL) {
        piece->network = only_v4(network);
        return;
    }
    away = wp_network_complement(arena, network);
    away = only_v4(&away);
    piece->away = wp_network_combine(arena, WP_NETWORK_DIFFERENCE, &away, &region->done);
    piece->all_ranges = piece->covers_network = true;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static bool
check_known(struct wp_lowering *lowering, const struct wp_lower_entry *entry)
{
    const struct wp_term *term = entry->term;

    if (term->users == NULL && term->postures == WP_POSTURE_ALL)
        return true;
    (void)report(lowering, entry, WP_E_ACCESS_CONDITION,
                 term->users
                     ? "asks who the user is, and Access knows groups alone"
                     : "asks for what Access has no condition for: managed, compliant, risk "
                       "or entry");
    return false;
}

bool
wp_lower_cut(struct wp_lowering *lowering, uint32_t at, const struct wp_region *region,
             struct wp_piece *piece)
{
    const struct wp_network everything = wp_network_everything();
    const struct wp_lower_entry *entry = &lowering->entries[at];
    struct wp_network network = *network_of(lowering, entry, &everything);
    const struct wp_access_type *parted;
    bool fits;

    *piece = (struct wp_piece){.rule = entry->rule};
    if (entry->rides && !region->is_one_type)
        return false;
    if (!cut_types(lowering, entry, region, piece, &parted))
        return names_enrollment(lowering, entry) && check_types(lowering, entry, piece, parted);
    if (!cut_groups(lowering, entry, region, piece, &fits))
        return false;
    if (!region->everywhere)
        cut_within(lowering, region, &network, piece);
    if (!region->everywhere && wp_network_is_within(&piece->network, &region->done))
        return false;
    if (!check_known(lowering, entry) || !check_types(lowering, entry, piece, parted))
        return false;
    if (region->everywhere) {
        if (share_of_others(lowering->arena, &network) == SHARE_SOME &&
            !narrow(lowering, at, &network))
            return false;
        cut_anywhere(lowering, region, &network, piece);
        if (!piece->all_ranges && wp_network_is_within(&piece->network, &region->done))
            return false;
    }
    if (!fits)
        report_groups(lowering, entry, region);
    return fits;
}
