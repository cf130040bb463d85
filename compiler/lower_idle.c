/*
 * Operations of sets that do nothing (WOA2012). `10.8.0.0-10.8.3.255`, written
 * for a range, is one address from which another is taken away.
 */
#include "compiler/lowering.h"

#include <string.h>

/* What a part holds: of networks the addresses, of devices the types. */
struct extent {
    struct wp_network network;
    uint64_t devices;
};

static struct extent
extent_of(struct wp_lowering *lowering, enum wp_place place, const struct wp_set *set)
{
    if (place == WP_PLACE_DEVICE)
        return (struct extent){.devices = wp_lower_devices(lowering, NULL, set)};
    return (struct extent){.network = wp_lower_addresses(lowering, NULL, set)};
}

static bool
is_apart(const struct extent *a, const struct extent *b)
{
    return (a->devices & b->devices) == 0 && wp_network_is_apart(&a->network, &b->network);
}

static bool
is_one_address(const struct wp_set *set)
{
    return set->kind == WP_SET_ADDRESS && !strchr(set->text, '/');
}

static void
report_difference(struct wp_lowering *lowering, const struct wp_set *before,
                  const struct wp_set *part)
{
    struct wp_diagnostic *finding =
        wp_report(lowering->list, WP_E_IDLE_OPERATION, part->span, "'-' takes nothing away here");

    finding->label = "nothing of it lies in what stands before it";
    if (is_one_address(before) && is_one_address(part)) {
        struct wp_span both = {before->span.file, before->span.start, part->span.end};
        const char *range = wp_format(lowering->arena, "%s .. %s", before->text, part->text);

        wp_add_fix(lowering->list, finding, WP_FIX_CHANGES_DECISIONS, both, range,
                   "for a range write '%s'", range);
    } else {
        wp_add_help(lowering->list, finding, "leave it out, or name what it was to be taken from");
    }
}

static bool
is_joined(const struct wp_set *sum, const struct wp_set *part)
{
    return part == sum->parts || part->join == WP_JOIN_UNION;
}

/* All that a sum joins, whatever it subtracts. */
static struct extent
joined_extent(struct wp_lowering *lowering, enum wp_place place, const struct wp_set *sum)
{
    struct wp_ranges ranges;
    uint64_t devices = 0;

    wp_ranges_init(&ranges, lowering->arena);
    for (const struct wp_set *at = sum->parts; at; at = at->next) {
        if (!is_joined(sum, at))
            continue;
        struct extent part = extent_of(lowering, place, at);
        wp_ranges_add_network(&ranges, &part.network);
        devices |= part.devices;
    }
    return (struct extent){wp_ranges_finish(&ranges), devices};
}

/* Each part that is subtracted against all that the sum joins: what an earlier
 * subtraction took already is no mistake. */
static void
check_sum(struct wp_lowering *lowering, enum wp_place place, const struct wp_set *sum)
{
    const struct wp_set *before = sum->parts;
    bool subtracts = false;

    for (const struct wp_set *at = sum->parts; at; at = at->next)
        subtracts |= !is_joined(sum, at);
    if (!subtracts)
        return;
    struct extent whole = joined_extent(lowering, place, sum);
    for (const struct wp_set *at = sum->parts; at; before = at, at = at->next) {
        if (is_joined(sum, at))
            continue;
        struct extent part = extent_of(lowering, place, at);
        if (is_apart(&part, &whole))
            report_difference(lowering, before, at);
    }
}

static void
check_product(struct wp_lowering *lowering, enum wp_place place, const struct wp_set *product)
{
    struct extent shared = extent_of(lowering, place, product->parts);

    for (const struct wp_set *at = product->parts->next; at; at = at->next) {
        struct extent part = extent_of(lowering, place, at);

        if (is_apart(&shared, &part)) {
            struct wp_diagnostic *finding =
                wp_report(lowering->list, WP_E_IDLE_OPERATION, product->span, "'&' leaves nothing");
            finding->label = place == WP_PLACE_DEVICE ? "no device type lies in all of these"
                                                      : "no address lies in all of these";
            wp_add_help(lowering->list, finding, "'+' joins sets; '&' keeps what they share");
            return;
        }
        shared.devices &= part.devices;
        shared.network = wp_network_combine(lowering->arena, WP_NETWORK_INTERSECTION,
                                            &shared.network, &part.network);
    }
}

void
wp_check_idle(struct wp_lowering *lowering, enum wp_place place, const struct wp_set *set)
{
    if (lowering->list->errors > 0)
        return; /* parts that were wrong are empty */
    for (const struct wp_set *at = set->parts; at; at = at->next)
        wp_check_idle(lowering, place, at);
    if (set->kind == WP_SET_SUM)
        check_sum(lowering, place, set);
    else if (set->kind == WP_SET_PRODUCT)
        check_product(lowering, place, set);
}
