#include "compiler/analysis/sets.h"
#include "compiler/address.h"

#include <string.h>

/* ---- addresses ---------------------------------------------------------------- */

static const uint32_t natural_v4[] = {0xcb007109, 0xc6336407, 0xc0000201, 0x0a010203, 0xc0a80107};
static const struct wp_address6 natural_v6[] = {{0x20010db800000000, 1}, {0xfd00000000000000, 1}};

/* Walks over one family's addresses; IPv4 lies in the lower 32 bits. */
static struct wp_range6
range_at(const struct wp_network *network, enum wp_family family, uint32_t index)
{
    if (family == WP_FAMILY_V6)
        return network->v6[index];
    struct wp_range4 range = network->v4[index];
    return (struct wp_range6){{0, range.low}, {0, range.high}};
}

static uint32_t
range_count(const struct wp_network *network, enum wp_family family)
{
    return family == WP_FAMILY_V6 ? network->v6_count : network->v4_count;
}

static bool
is_last(struct wp_address6 address, enum wp_family family)
{
    if (family == WP_FAMILY_V4)
        return address.low == UINT32_MAX;
    return address.high == UINT64_MAX && address.low == UINT64_MAX;
}

/* IPv4-mapped addresses are no IPv6 addresses: where an IPv6 address falls among
 * them, the first one after. */
static struct wp_address6
skip_mapped(struct wp_address6 address, enum wp_family family)
{
    if (family == WP_FAMILY_V6 && address.high == 0 && address.low >> 32 == 0xffff)
        address.low = UINT64_C(0x1000000000000);
    return address;
}

/* The first address from `from` on that lies in the signed set; false if none. */
static bool
next_in(const struct wp_signed_network *set, enum wp_family family, struct wp_address6 from,
        struct wp_address6 *next)
{
    uint32_t low = 0, count = range_count(set->network, family), high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (wp_compare6(range_at(set->network, family, middle).high, from) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *next = from;
    if (low == count)
        return set->negated;
    struct wp_range6 range = range_at(set->network, family, low);
    bool inside = wp_compare6(range.low, from) <= 0;
    if (inside && set->negated) {
        if (is_last(range.high, family))
            return false;
        *next = wp_next6(range.high);
    } else if (!inside && !set->negated) {
        *next = range.low;
    }
    return true;
}

/* The first address from *place on in all sets. Marks in `used` every set that
 * pushed the search on, so if there is none, these have none in common. */
static bool
search(const struct wp_signed_network *sets, uint32_t count, enum wp_family family,
       struct wp_address6 *place, uint8_t *used)
{
    uint32_t agreed = 0;

    for (uint32_t i = 0; agreed < count; i = i + 1 < count ? i + 1 : 0) {
        struct wp_address6 next;
        if (!next_in(&sets[i], family, *place, &next)) {
            used[i] = 1;
            return false;
        }
        if (wp_compare6(next, *place) == 0) {
            agreed++;
            continue;
        }
        used[i] = 1;
        *place = skip_mapped(next, family);
        agreed = wp_compare6(next, *place) == 0;
    }
    return true;
}

static void
place_point(struct wp_point *point, enum wp_family family, struct wp_address6 address)
{
    point->family = family;
    point->v4 = family == WP_FAMILY_V4 ? (uint32_t)address.low : 0;
    point->v6 = family == WP_FAMILY_V6 ? address : (struct wp_address6){0, 0};
}

static bool
all_have(const struct wp_signed_network *sets, uint32_t count, const struct wp_point *point)
{
    for (uint32_t i = 0; i < count; i++) {
        if (wp_point_is_in(sets[i].network, point) == sets[i].negated)
            return false;
    }
    return true;
}

static bool
try_natural(const struct wp_signed_network *sets, uint32_t count, struct wp_point *point)
{
    for (size_t i = 0; i < sizeof natural_v4 / sizeof *natural_v4; i++) {
        place_point(point, WP_FAMILY_V4, (struct wp_address6){0, natural_v4[i]});
        if (all_have(sets, count, point))
            return true;
    }
    return false;
}

/* A found address is often a prefix's first, which looks like the prefix itself:
 * takes the next one if that lies in the same sets. */
static void
settle(const struct wp_signed_network *sets, uint32_t count, enum wp_family family,
       struct wp_address6 address, struct wp_point *point)
{
    for (size_t i = 0; family == WP_FAMILY_V6 && i < 2; i++) {
        place_point(point, family, natural_v6[i]);
        if (all_have(sets, count, point))
            return;
    }
    if (!is_last(address, family) && (address.low & 0xff) == 0) {
        place_point(point, family, wp_next6(address));
        if (all_have(sets, count, point))
            return;
    }
    place_point(point, family, address);
}

bool
wp_networks_meet(const struct wp_signed_network *sets, uint32_t count, struct wp_point *point,
                 uint8_t *used)
{
    static const enum wp_family families[] = {WP_FAMILY_V4, WP_FAMILY_V6};
    uint32_t blamed = count;

    memset(used, 0, count);
    if (try_natural(sets, count, point))
        return true;
    for (size_t i = 0; i < 2; i++) {
        struct wp_address6 place = {0, 0};
        if (search(sets, count, families[i], &place, used)) {
            settle(sets, count, families[i], place, point);
            return true;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        bool shuts_out = sets[i].network->absent == sets[i].negated;
        if (shuts_out && (blamed == count || (used[i] && !used[blamed])))
            blamed = i;
    }
    if (blamed < count) {
        used[blamed] = 1;
        return false;
    }
    place_point(point, WP_FAMILY_ABSENT, (struct wp_address6){0, 0});
    return true;
}

/* ---- small dimensions ------------------------------------------------------------ */

bool
wp_masks_meet(const struct wp_signed_mask *sets, uint32_t count, uint64_t domain, uint64_t *common,
              uint8_t *used)
{
    uint64_t left = domain;

    for (uint32_t i = 0; i < count; i++)
        left &= sets[i].negated ? ~sets[i].mask : sets[i].mask;
    *common = left;
    if (left)
        return true;
    /* Greedily: always the set that leaves the fewest. */
    memset(used, 0, count);
    for (left = domain; left;) {
        uint32_t best = 0;
        int fewest = 65;
        for (uint32_t i = 0; i < count; i++) {
            uint64_t with = left & (sets[i].negated ? ~sets[i].mask : sets[i].mask);
            if (__builtin_popcountll(with) < fewest) {
                fewest = __builtin_popcountll(with);
                best = i;
            }
        }
        used[best] = 1;
        left &= sets[best].negated ? ~sets[best].mask : sets[best].mask;
    }
    return false;
}

static bool
has_member(const struct wp_ids *ids, bool others, uint32_t id)
{
    return id == WP_NONE ? others : wp_ids_have(ids, id);
}

static bool
all_have_member(const struct wp_signed_members *sets, uint32_t count,
                const struct wp_members *domain, uint32_t id)
{
    if (domain && !has_member(&domain->ids, domain->others, id))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (has_member(&sets[i].ids, sets[i].others, id) == sets[i].negated)
            return false;
    }
    return true;
}

bool
wp_members_meet(const struct wp_signed_members *sets, uint32_t count,
                const struct wp_members *domain, uint32_t limit, uint32_t *member, uint8_t *used)
{
    const struct wp_ids *fewest = domain ? &domain->ids : NULL;

    *member = WP_NONE;
    if (all_have_member(sets, count, domain, WP_NONE))
        return true;
    for (uint32_t i = 0; i < count; i++) {
        if (!sets[i].negated && (!fewest || sets[i].ids.count < fewest->count))
            fewest = &sets[i].ids;
    }
    uint32_t candidates = fewest ? fewest->count : limit;
    for (uint32_t i = 0; i < candidates; i++) {
        *member = fewest ? fewest->ids[i] : i;
        if (all_have_member(sets, count, domain, *member))
            return true;
    }
    memset(used, 1, count);
    return false;
}
