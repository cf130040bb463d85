/*
 * Networks as zones. A set that has a name is a zone of that name; one that is a few
 * named ones together is those zones; any other is a zone of its own, called as the
 * rule writes it. A zone holds 150 entries, so a larger set takes several.
 */
#include "compiler/emit/okta/desire.h"

#include <string.h>

#include "compiler/map.h"
#include "compiler/network.h"

/* More named zones than this in one condition are harder to read than one of the
 * exact set. */
enum { MOST_TOGETHER = 8 };

/* What was found of a set of the pool: the zones that it became, and whether a
 * condition on it excludes the others. */
struct made {
    uint32_t network;
    const char **names; /* NULL: no zones yet */
    uint32_t count;
    bool is_judged, excludes;
};

struct wp_okta_zone_set {
    struct made **items;
    uint32_t count, capacity;
    struct wp_map by_network;
    const struct wp_named_network **named; /* by the pool's number */
    uint32_t named_count;
};

struct zoning {
    struct wp_desire *desire;
    const struct wp_policy *policy;
    const struct wp_okta_line *line;
};

static const struct wp_network *
set_of(const struct wp_desire *desire, uint32_t network)
{
    return &desire->pool.networks[network];
}

/* ---- remembered sets ------------------------------------------------------------------- */

static bool
is_network(const void *context, uint32_t number, const void *key)
{
    const struct wp_okta_zone_set *zones = context;
    return zones->items[number]->network == *(const uint32_t *)key;
}

/* What is known of a set; the pool's numbers are at most that many. */
static struct made *
made_of(struct wp_desire *desire, uint32_t network)
{
    struct wp_okta_zone_set *zones = desire->zones;
    uint64_t hash = wp_hash_bytes(0, &network, sizeof network);
    uint32_t found = wp_map_find(&zones->by_network, hash, is_network, zones, &network);

    if (found != WP_NONE)
        return zones->items[found];
    if (zones->count == zones->capacity) {
        uint32_t capacity = zones->capacity == 0 ? 32 : zones->capacity * 2;
        struct made **larger = wp_alloc_array(desire->arena, capacity, sizeof *larger);
        if (zones->count > 0)
            memcpy(larger, zones->items, zones->count * sizeof *larger);
        zones->items = larger;
        zones->capacity = capacity;
    }
    struct made *made = zones->items[zones->count] = wp_alloc(desire->arena, sizeof *made);
    made->network = network;
    wp_map_add(&zones->by_network, hash, zones->count++);
    return made;
}

/* ---- names --------------------------------------------------------------------------------- */

void
wp_desire_zones_init(struct wp_desire *desire)
{
    struct wp_okta_zone_set *zones = desire->zones = wp_alloc(desire->arena, sizeof *zones);
    const struct wp_model *model = desire->model;

    wp_map_init(&zones->by_network, desire->arena);
    zones->named_count = desire->pool.count;
    zones->named = wp_alloc_array(desire->arena, zones->named_count + 1, sizeof *zones->named);
    for (uint32_t i = model->named_network_count; i-- > 0;)
        zones->named[desire->pooled[model->named_networks[i].network]] = &model->named_networks[i];
}

static const struct wp_named_network *
named(const struct wp_desire *desire, uint32_t network)
{
    return network < desire->zones->named_count ? desire->zones->named[network] : NULL;
}

/* The leaf of a rule's condition that asks for the set, or for all but it. */
static const struct wp_test *
find_leaf(const struct wp_desire *desire, const struct wp_test *test, uint32_t network)
{
    if (test->kind == WP_TEST_NETWORK && test->source != NULL && test->source->set != NULL &&
        desire->pooled[test->network] == network)
        return test;
    for (uint32_t i = 0; i < test->part_count; i++) {
        const struct wp_test *found = find_leaf(desire, test->parts[i], network);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static bool
is_free(const struct wp_desire *desire, const char *name)
{
    return wp_state_find(desire->state, wp_state_key(desire->arena, "zone", NULL, name)) == NULL;
}

/* What the rule writes, when that is one short line. */
static const char *
written(const struct zoning *zoning, uint32_t network)
{
    enum { SHORT = 100 };
    const struct wp_desire *desire = zoning->desire;
    const struct wp_test *leaf = find_leaf(desire, zoning->line->rule->when, network);

    if (leaf == NULL)
        return NULL;
    struct wp_span span = leaf->source->set->span;
    const char *text = desire->model->sources->files[span.file].text + span.start;
    size_t length = span.end - span.start;
    if (length > SHORT || memchr(text, '\n', length) != NULL || memchr(text, '"', length) != NULL)
        return NULL;
    return wp_copy_text(desire->arena, text, length);
}

static const char *
invent(const struct zoning *zoning, uint32_t network)
{
    struct wp_desire *desire = zoning->desire;
    const struct wp_model_rule *rule = zoning->line->rule;
    const char *name = written(zoning, network), *base;

    if (name != NULL && is_free(desire, name))
        return name;
    base = wp_format(desire->arena, "%s %s network", zoning->policy->name,
                     rule->name == NULL ? "otherwise" : rule->name);
    name = base;
    for (unsigned number = 2; !is_free(desire, name); number++)
        name = wp_format(desire->arena, "%s %u", base, number);
    return name;
}

/* ---- zones ------------------------------------------------------------------------------------
 */

/* Code points of a text. */
static size_t
length_of(const char *text)
{
    size_t length = 0;
    for (; *text != '\0'; text++)
        length += ((unsigned char)*text & 0xc0) != 0x80;
    return length;
}

static void
check_name(const struct zoning *zoning, const char *name, struct wp_span span)
{
    static const char *const kept[] = {"LegacyIpZone", "BlockedIpZone",
                                       "DefaultEnhancedDynamicZone", "DefaultExemptIpZone", NULL};
    const struct wp_desire_place place = {span, NULL, NULL};

    for (size_t i = 0; kept[i] != NULL; i++)
        if (strcmp(kept[i], name) == 0)
            wp_desire_fail(zoning->desire, WP_E_OKTA_NAME, &place, "give the network another name",
                           "'%s' is the name of a zone of Okta's own", name);
    if (length_of(name) > WP_OKTA_ZONE_NAME)
        wp_desire_fail(zoning->desire, WP_E_OKTA_NAME, &place, "give the network a shorter name",
                       "the name of a zone has at most %d characters, and '%.24s...' has more",
                       WP_OKTA_ZONE_NAME, name);
}

static void
count_entries(const struct zoning *zoning, size_t entries, struct wp_span span)
{
    struct wp_desire *desire = zoning->desire;
    const struct wp_desire_place place = {span, NULL, NULL};
    size_t before = desire->zone_entries;

    desire->zone_entries += entries;
    if (before <= WP_OKTA_ALL_ENTRIES && desire->zone_entries > WP_OKTA_ALL_ENTRIES)
        wp_desire_fail(desire, WP_E_OKTA_ENTRIES, &place,
                       "ask for fewer or larger networks in the rules of this tenant",
                       "with this network the zones have more than %d addresses and ranges, which "
                       "is all that an org holds",
                       WP_OKTA_ALL_ENTRIES);
}

static void
make_zones(const struct zoning *zoning, uint32_t network, const char *name, struct wp_span span)
{
    struct wp_desire *desire = zoning->desire;
    size_t entries = wp_okta_address_count(set_of(desire, network));
    struct made *made = made_of(desire, network);

    made->names =
        wp_alloc_array(desire->arena, entries / WP_OKTA_ZONE_ENTRIES + 1, sizeof *made->names);
    count_entries(zoning, entries, span);
    for (size_t from = 0; from < entries; from += WP_OKTA_ZONE_ENTRIES) {
        const char *part = wp_okta_split_name(desire->arena, name, made->count + 1);
        check_name(zoning, part, span);
        json_t *body = json_pack(
            "{s:s, s:s, s:s, s:o, s:[]}", "type", "IP", "usage", "POLICY", "status", "ACTIVE",
            "gateways", wp_okta_addresses(set_of(desire, network), from, WP_OKTA_ZONE_ENTRIES),
            "proxies");
        (void)wp_desire_add(desire, "zone", NULL, part, body, span);
        made->names[made->count++] = part;
    }
}

/* ---- a few named sets together
 * -------------------------------------------------------------------- */

struct cover {
    const struct wp_named_network *parts[MOST_TOGETHER];
    uint32_t count;
};

static uint32_t
pooled(const struct wp_desire *desire, const struct wp_named_network *part)
{
    return desire->pooled[part->network];
}

/* Adds a part, unless another holds it; takes out those that it holds. False when
 * there are too many. */
static bool
add_part(const struct wp_desire *desire, struct cover *cover, const struct wp_named_network *part)
{
    const struct wp_network *network = set_of(desire, pooled(desire, part));
    uint32_t kept = 0;

    for (uint32_t i = 0; i < cover->count; i++)
        if (wp_network_is_within(network, set_of(desire, pooled(desire, cover->parts[i]))))
            return true;
    for (uint32_t i = 0; i < cover->count; i++)
        if (!wp_network_is_within(set_of(desire, pooled(desire, cover->parts[i])), network))
            cover->parts[kept++] = cover->parts[i];
    cover->count = kept;
    if (cover->count == MOST_TOGETHER)
        return false;
    cover->parts[cover->count++] = part;
    return true;
}

/* All of the parts but number `without`. */
static uint32_t
join_parts(struct wp_desire *desire, const struct cover *cover, uint32_t without)
{
    uint32_t sum = desire->pool.empty;

    for (uint32_t i = 0; i < cover->count; i++)
        if (i != without)
            sum = wp_networks_combine(&desire->pool, WP_NETWORK_UNION, sum,
                                      pooled(desire, cover->parts[i]));
    return sum;
}

/* Finds named sets that together are the set. */
static bool
find_cover(struct wp_desire *desire, uint32_t network, struct cover *cover)
{
    *cover = (struct cover){.count = 0};
    for (uint32_t i = 0; i < desire->model->named_network_count; i++) {
        const struct wp_named_network *part = &desire->model->named_networks[i];
        const struct wp_network *set = set_of(desire, pooled(desire, part));
        if (set->absent || wp_okta_address_count(set) == 0 ||
            !wp_network_is_within(set, set_of(desire, network)))
            continue;
        if (!add_part(desire, cover, part))
            return false;
    }
    if (cover->count == 0 || join_parts(desire, cover, WP_NONE) != network)
        return false;
    for (uint32_t i = cover->count; i-- > 0;)
        if (cover->count > 1 && join_parts(desire, cover, i) == network) {
            memmove(&cover->parts[i], &cover->parts[i + 1],
                    (--cover->count - i) * sizeof cover->parts[0]);
        }
    return true;
}

/* ---- conditions
 * ---------------------------------------------------------------------------------------- */

/* The zones of a few named sets are those of their sum. */
static void
join_zones(const struct zoning *zoning, const struct cover *cover, struct made *sum)
{
    struct wp_desire *desire = zoning->desire;
    struct made *parts[MOST_TOGETHER];
    uint32_t count = 0;

    for (uint32_t i = 0; i < cover->count; i++) {
        parts[i] = made_of(desire, pooled(desire, cover->parts[i]));
        if (parts[i]->names == NULL)
            make_zones(zoning, parts[i]->network, cover->parts[i]->name, cover->parts[i]->span);
        count += parts[i]->count;
    }
    sum->names = wp_alloc_array(desire->arena, count + 1, sizeof *sum->names);
    for (uint32_t i = 0; i < cover->count; i++) {
        memcpy(&sum->names[sum->count], parts[i]->names, parts[i]->count * sizeof *sum->names);
        sum->count += parts[i]->count;
    }
}

/* The zones of a set of addresses. */
static json_t *
zones_of(const struct zoning *zoning, uint32_t network)
{
    struct wp_desire *desire = zoning->desire;
    const struct wp_named_network *name = named(desire, network);
    struct made *made = made_of(desire, network);
    json_t *array = json_array();
    struct cover cover;

    if (made->names == NULL && name != NULL)
        make_zones(zoning, network, name->name, name->span);
    else if (made->names == NULL && find_cover(desire, network, &cover))
        join_zones(zoning, &cover, made);
    else if (made->names == NULL)
        make_zones(zoning, network, invent(zoning, network), zoning->line->rule->span);
    for (uint32_t i = 0; i < made->count; i++)
        (void)json_array_append_new(
            array, wp_reference(wp_state_key(desire->arena, "zone", NULL, made->names[i])));
    wp_okta_sort_references(array);
    return array;
}

/* A set with the absent address in it is all but another set. Okta sees no request
 * without an address, so the addresses of either will do: the one that has a name, else
 * the one that is written with fewer entries. */
static bool
judge(struct wp_desire *desire, uint32_t network, uint32_t addresses, uint32_t others)
{
    struct cover cover;
    bool is_rest = set_of(desire, network)->absent;

    if (named(desire, is_rest ? others : addresses) != NULL)
        return is_rest;
    if (named(desire, is_rest ? addresses : others) != NULL)
        return !is_rest;
    if (find_cover(desire, addresses, &cover))
        return false;
    if (find_cover(desire, others, &cover))
        return true;
    size_t held = wp_okta_address_count(set_of(desire, addresses));
    size_t left = wp_okta_address_count(set_of(desire, others));
    return left < held || (left == held && is_rest);
}

static bool
excludes(struct wp_desire *desire, uint32_t network, uint32_t addresses, uint32_t others)
{
    struct made *made = made_of(desire, network);

    if (!made->is_judged)
        made->excludes = judge(desire, network, addresses, others);
    made->is_judged = true;
    return made->excludes;
}

json_t *
wp_desire_network(struct wp_desire *desire, const struct wp_policy *policy,
                  const struct wp_okta_line *line)
{
    const struct zoning zoning = {desire, policy, line};
    uint32_t network = line->term.network;

    if (network == WP_NONE)
        return NULL;
    struct wp_network set = *set_of(desire, network), rest;
    set.absent = false;
    uint32_t addresses = wp_networks_intern(&desire->pool, &set);
    rest = *set_of(desire, wp_networks_complement(&desire->pool, addresses));
    rest.absent = false;
    uint32_t others = wp_networks_intern(&desire->pool, &rest);
    bool exclude = excludes(desire, network, addresses, others);
    return json_pack("{s:s, s:o}", "connection", "ZONE", exclude ? "exclude" : "include",
                     zones_of(&zoning, exclude ? others : addresses));
}
