/* What Okta can see of a term, and what two terms share. */
#include "compiler/emit/okta/desire.h"

#include <string.h>

#include "compiler/facts.h"
#include "compiler/members.h"

/* ---- devices -------------------------------------------------------------------- */

static struct wp_okta_platform
read_platform(const struct wp_attribute *block)
{
    return (struct wp_okta_platform){
        .type = wp_attribute_text(block->attributes, "type", "OTHER"),
        .os = wp_attribute_text(block->attributes, "os", "OTHER"),
        .routing = wp_attribute_text(block->attributes, "routing", "OTHER"),
        .assurance = wp_attribute_text(block->attributes, "assurance", NULL)};
}

/* The Classic Engine tells Windows from Macs, and no other computers. */
static bool
is_other_desktop(const struct wp_okta_platform *platform)
{
    return strcmp(platform->type, "DESKTOP") == 0 && strcmp(platform->os, "WINDOWS") != 0 &&
           strcmp(platform->os, "MACOS") != 0;
}

/* Its Device Trust with Workspace ONE is for phones and tablets of two kinds. */
static bool
has_device_trust(const struct wp_okta_platform *platform)
{
    return strcmp(platform->os, "IOS") == 0 || strcmp(platform->os, "ANDROID") == 0;
}

void
wp_okta_devices_read(const struct wp_model *model, bool classic, struct wp_okta_devices *devices)
{
    *devices = (struct wp_okta_devices){.seen = classic ? 0 : 1, .trusted = classic ? 0 : 1};
    /* A sign-in of none of the kinds: the console has no word for it, the Identity
     * Engine's interface has. */
    devices->platforms[0] = (struct wp_okta_platform){"OTHER", "OTHER", "OTHER", NULL};
    for (uint32_t i = 1; i < model->device_count; i++) {
        const struct wp_attribute *block =
            wp_block_find(model->devices[i].declaration->attributes, "okta", NULL);
        struct wp_okta_platform *platform = &devices->platforms[i];
        if (block == NULL)
            continue;
        *platform = read_platform(block);
        if (classic && is_other_desktop(platform))
            platform->os = "OTHER";
        devices->seen |= UINT64_C(1) << i;
        if (platform->assurance != NULL && !classic)
            devices->assured |= UINT64_C(1) << i;
        if (!classic || has_device_trust(platform))
            devices->trusted |= UINT64_C(1) << i;
    }
}

/* ---- postures --------------------------------------------------------------------- */

bool
wp_okta_ignores_entry(uint64_t postures)
{
    const unsigned width = WP_RISK_COUNT * 4;
    const uint64_t mask = (UINT64_C(1) << width) - 1, first = postures & mask;

    for (unsigned entry = 1; entry < WP_ENTRY_COUNT; entry++)
        if ((postures >> (entry * width) & mask) != first)
            return false;
    return true;
}

unsigned
wp_okta_states(uint64_t postures, unsigned risk)
{
    return (unsigned)(postures >> wp_posture(WP_ENTRY_NONE, risk, false, false)) & 15;
}

uint64_t
wp_okta_postures(const unsigned states[WP_RISK_COUNT])
{
    uint64_t postures = 0;

    for (unsigned entry = 0; entry < WP_ENTRY_COUNT; entry++)
        for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++)
            postures |= (uint64_t)states[risk] << wp_posture(entry, risk, false, false);
    return postures;
}

static unsigned
states_upwards(unsigned states)
{
    if ((states & 1) != 0)
        return 15;
    return (states & 6) != 0 ? states | 8 : states;
}

uint64_t
wp_okta_upwards(uint64_t postures)
{
    unsigned states[WP_RISK_COUNT];

    for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++)
        states[risk] = states_upwards(wp_okta_states(postures, risk));
    return wp_okta_postures(states);
}

/* Where Okta learns of no device whether it is compliant, none is: the states of
 * compliant devices are never met, and count like those of the others. */
static uint64_t
forget_compliance(uint64_t postures)
{
    unsigned states[WP_RISK_COUNT];

    for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++) {
        states[risk] = wp_okta_states(postures, risk) & 3;
        states[risk] |= states[risk] << 2;
    }
    return wp_okta_postures(states);
}

/* The same where Okta learns of no device whether it is managed. */
static uint64_t
forget_management(uint64_t postures)
{
    unsigned states[WP_RISK_COUNT];

    for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++) {
        states[risk] = wp_okta_states(postures, risk) & 5;
        states[risk] |= states[risk] << 1;
    }
    return wp_okta_postures(states);
}

/* ---- networks and groups ------------------------------------------------------------- */

/* Does it hold an address at all? */
static bool
has_address(const struct wp_network *network)
{
    return network->v4_count > 0 || network->v6_count > 0;
}

/* Takes those that are in `none` out of each clause; false when a clause has nobody
 * left. */
static bool
see_groups(struct wp_arena *arena, struct wp_term *term)
{
    struct wp_ids *any;

    if (term->any_count == 0 || term->none.count == 0)
        return true;
    any = wp_alloc_array(arena, term->any_count, sizeof *any);
    for (uint32_t i = 0; i < term->any_count; i++) {
        uint32_t *ids = wp_alloc_array(arena, term->any[i].count, sizeof *ids), count = 0;
        for (uint32_t k = 0; k < term->any[i].count; k++)
            if (!wp_ids_have(&term->none, term->any[i].ids[k]))
                ids[count++] = term->any[i].ids[k];
        if (count == 0)
            return false;
        any[i] = (struct wp_ids){ids, count};
    }
    term->any = any;
    return true;
}

bool
wp_okta_term_see(struct wp_desire *desire, struct wp_term *term)
{
    struct wp_network_pool *pool = &desire->pool;

    if (term->network != WP_NONE) {
        if (!has_address(&pool->networks[term->network]))
            return false;
        const struct wp_network every = wp_network_everything();
        struct wp_network network = pool->networks[term->network];
        network.absent = true;
        if (wp_network_equal(&network, &every))
            term->network = WP_NONE;
    }
    term->devices &= desire->devices.seen;
    if ((term->devices & desire->devices.assured) == 0)
        term->postures = forget_compliance(term->postures);
    if ((term->devices & desire->devices.trusted) == 0)
        term->postures = forget_management(term->postures);
    if (term->devices == 0 || term->postures == 0)
        return false;
    if (term->users != NULL && !term->users->others && term->users->ids.count == 0)
        return false;
    return see_groups(desire->arena, term);
}

static bool
implies_clause(const struct wp_ids *clauses, uint32_t count, const struct wp_ids *clause)
{
    for (uint32_t i = 0; i < count; i++)
        if (wp_ids_within(&clauses[i], clause))
            return true;
    return false;
}

static void
join_clauses(struct wp_arena *arena, struct wp_term *term, const struct wp_term *other)
{
    struct wp_ids *any;
    uint32_t count = 0;

    if (other->any_count == 0)
        return;
    any = wp_alloc_array(arena, (size_t)term->any_count + other->any_count, sizeof *any);
    for (uint32_t i = 0; i < term->any_count; i++)
        if (!implies_clause(other->any, other->any_count, &term->any[i]))
            any[count++] = term->any[i];
    for (uint32_t i = 0; i < other->any_count; i++)
        if (!implies_clause(any, count, &other->any[i]))
            any[count++] = other->any[i];
    term->any = any;
    term->any_count = count;
}

bool
wp_okta_term_meet(struct wp_desire *desire, const struct wp_term *a, const struct wp_term *b,
                  struct wp_term *both)
{
    *both = *a;
    both->devices &= b->devices;
    both->postures &= b->postures;
    if (both->devices == 0 || both->postures == 0)
        return false;
    if (both->network == WP_NONE)
        both->network = b->network;
    else if (b->network != WP_NONE)
        both->network =
            wp_networks_combine(&desire->pool, WP_NETWORK_INTERSECTION, a->network, b->network);
    if (both->users == NULL) {
        both->users = b->users;
    } else if (b->users != NULL) {
        struct wp_members *users = wp_alloc(desire->arena, sizeof *users);
        *users = wp_members_intersection(desire->arena, a->users, b->users);
        both->users = users;
    }
    join_clauses(desire->arena, both, b);
    both->none = wp_ids_union(desire->arena, &a->none, &b->none);
    return wp_okta_term_see(desire, both);
}
