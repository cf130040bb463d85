/* A box in the policy's own names. */
#include "compiler/analysis/box.h"

#include <stdlib.h>
#include <string.h>

static const char *const entries[WP_ENTRY_COUNT] = {"no entry", "browser", "native_app", "hub",
                                                    "okta_mobile"};
static const char *const risks[WP_RISK_COUNT] = {"low", "medium", "high"};

/* ---- device types ------------------------------------------------------------------ */

static const char **
device_words(struct wp_arena *arena, const struct wp_model *model, uint64_t devices)
{
    uint64_t all =
        model->device_count >= 64 ? UINT64_MAX : (UINT64_C(1) << model->device_count) - 1;
    const char **words;
    uint32_t count = 0;

    if ((devices & all) == all)
        return NULL;
    words = wp_alloc_array(arena, 66, sizeof *words);
    for (uint32_t i = 1; i < model->device_count; i++) {
        if (devices >> i & 1)
            words[count++] = model->devices[i].name;
    }
    if (devices & 1)
        words[count++] = "an unknown device";
    return words;
}

/* ---- addresses ----------------------------------------------------------------------- */

/* Of the named networks that lie in the set those that lie in no other of them. */
static const char **
networks_within(struct wp_arena *arena, const struct wp_model *model, const struct wp_network *set,
                struct wp_network *sum)
{
    uint32_t total = model->named_network_count, count = 0, kept = 0;
    uint32_t *inside = wp_alloc_array(arena, (size_t)total + 1, sizeof *inside);
    const char **words = wp_alloc_array(arena, (size_t)total + 1, sizeof *words);
    struct wp_ranges ranges;

    for (uint32_t i = 0; i < total; i++) {
        const struct wp_network *network = &model->networks[model->named_networks[i].network];
        if (!wp_network_is_empty(network) && wp_network_is_within(network, set))
            inside[count++] = i;
    }
    wp_ranges_init(&ranges, arena);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t mine = model->named_networks[inside[i]].network;
        bool covered = false;
        for (uint32_t k = 0; k < count && !covered; k++) {
            uint32_t other = model->named_networks[inside[k]].network;
            covered = other == mine
                          ? k < i
                          : wp_network_is_within(&model->networks[mine], &model->networks[other]);
        }
        if (covered)
            continue;
        wp_ranges_add_network(&ranges, &model->networks[mine]);
        words[kept++] = model->named_networks[inside[i]].name;
    }
    *sum = wp_ranges_finish(&ranges);
    sum->absent = set->absent;
    return words;
}

static const char *
address_words(struct wp_arena *arena, bool is_v6, uint32_t low4, uint32_t high4,
              struct wp_address6 low6, struct wp_address6 high6)
{
    struct wp_address first = {is_v6, low4, low6}, last = {is_v6, high4, high6};
    char low[WP_ADDRESS_TEXT], high[WP_ADDRESS_TEXT];

    wp_address_text(&first, low);
    wp_address_text(&last, high);
    return strcmp(low, high) == 0 ? wp_format(arena, "%s", low)
                                  : wp_format(arena, "%s .. %s", low, high);
}

#define FEW_RANGES 16

static const char **
range_words(struct wp_arena *arena, const struct wp_network *set)
{
    const char **words = wp_alloc_array(arena, FEW_RANGES * 2 + 2, sizeof *words);
    struct wp_address6 none = {0, 0};
    uint32_t count = 0;

    for (uint32_t i = 0; i < set->v4_count && i < FEW_RANGES; i++)
        words[count++] = address_words(arena, false, set->v4[i].low, set->v4[i].high, none, none);
    for (uint32_t i = 0; i < set->v6_count && i < FEW_RANGES; i++)
        words[count++] = address_words(arena, true, 0, 0, set->v6[i].low, set->v6[i].high);
    if (set->absent)
        words[count++] = "no address";
    return words;
}

static void
describe_addresses(struct wp_box_words *words, struct wp_arena *arena, const struct wp_model *model,
                   const struct wp_box *box)
{
    struct wp_network set = box->addresses, sum;

    if (!box->is_whole) {
        const struct wp_point *at = box->witness;
        words->networks = wp_alloc_array(arena, 1, sizeof *words->networks);
        words->ranges = wp_alloc_array(arena, 2, sizeof *words->ranges);
        words->ranges[0] =
            at->family == WP_FAMILY_ABSENT
                ? "no address"
                : address_words(arena, at->family == WP_FAMILY_V6, at->v4, at->v4, at->v6, at->v6);
        return;
    }
    if (wp_network_is_everything(&set)) {
        words->networks_exact = true;
        return;
    }
    words->networks = networks_within(arena, model, &set, &sum);
    words->networks_exact = wp_network_equal(&sum, &set);
    if (words->networks_exact)
        return;
    struct wp_network rest = wp_network_complement(arena, &set);
    const char **but = networks_within(arena, model, &rest, &sum);
    if (wp_network_equal(&sum, &rest)) {
        words->networks = NULL;
        words->but = but;
        words->networks_exact = true;
        return;
    }
    words->ranges = range_words(arena, &set);
}

/* ---- postures -------------------------------------------------------------------------- */

/* Which values of one part occur: bit v for value v. */
static unsigned
values_of(uint64_t postures, unsigned (*part)(uint32_t posture))
{
    unsigned values = 0;

    for (uint64_t left = postures; left; left &= left - 1)
        values |= 1u << part((uint32_t)__builtin_ctzll(left));
    return values;
}

static unsigned
managed_of(uint32_t posture)
{
    return wp_posture_managed(posture);
}

static unsigned
compliant_of(uint32_t posture)
{
    return wp_posture_compliant(posture);
}

static const char *
join_words(struct wp_arena *arena, const char *before, const char *const *names, unsigned values,
           unsigned count)
{
    struct wp_text text = {.arena = arena};
    bool first = true;

    wp_text_add(&text, before);
    for (unsigned i = 0; i < count; i++) {
        if (!(values >> i & 1))
            continue;
        wp_text_printf(&text, "%s%s", first ? " " : " or ", names[i]);
        first = false;
    }
    return text.bytes;
}

/* Parts of postures one by one: exact when the set is their product, as the sets
 * of boxes nearly always are; else it is said that not all combinations count. */
static const char **
posture_words(struct wp_arena *arena, uint64_t postures)
{
    const char **words;
    unsigned managed = values_of(postures, managed_of);
    unsigned compliant = values_of(postures, compliant_of);
    unsigned risk = values_of(postures, wp_posture_risk);
    unsigned entry = values_of(postures, wp_posture_entry);
    uint64_t product = 0;
    uint32_t count = 0;

    if (postures == WP_POSTURE_ALL)
        return NULL;
    words = wp_alloc_array(arena, 6, sizeof *words);
    if (managed != 3)
        words[count++] = managed == 2 ? "managed" : "not managed";
    if (compliant != 3)
        words[count++] = compliant == 2 ? "compliant" : "not compliant";
    if (risk != 7)
        words[count++] = join_words(arena, "risk", risks, risk, WP_RISK_COUNT);
    if (entry != 31)
        words[count++] = join_words(arena, "entry", entries, entry, WP_ENTRY_COUNT);
    for (uint32_t p = 0; p < WP_POSTURE_COUNT; p++) {
        if ((managed >> wp_posture_managed(p) & 1) && (compliant >> wp_posture_compliant(p) & 1) &&
            (risk >> wp_posture_risk(p) & 1) && (entry >> wp_posture_entry(p) & 1))
            product |= UINT64_C(1) << p;
    }
    if (product != postures)
        words[count++] = "in some combinations of posture, risk and entry";
    return words;
}

/* ---- all together ------------------------------------------------------------------------ */

void
wp_box_describe(struct wp_box_words *words, struct wp_arena *arena, const struct wp_model *model,
                const struct wp_traits *traits, const struct wp_box *box)
{
    const struct wp_point *witness = box->witness;

    *words = (struct wp_box_words){0};
    if (traits->device) {
        words->devices = device_words(arena, model, box->devices);
        if (words->devices && (box->devices & 1))
            words->devices_but = device_words(arena, model, ~box->devices);
    }
    if (traits->network)
        describe_addresses(words, arena, model, box);
    else
        words->networks_exact = true;
    words->postures = posture_words(arena, box->postures);
    words->groups = wp_alloc_array(arena, (size_t)witness->group_count + 1, sizeof *words->groups);
    for (uint32_t i = 0; i < witness->group_count; i++)
        words->groups[i] = model->groups[witness->groups[i]].name;
    words->app = witness->app == WP_NONE ? NULL : model->apps[witness->app].name;
    words->user = witness->user == WP_NONE ? NULL : model->users[witness->user];
}

/* At most this many names of a list stand in a sentence. */
#define FEW 6

static void
say_list(struct wp_text *text, const char *before, const char *const *list, const char *between)
{
    uint32_t count = 0;

    for (; list[count]; count++) {
        if (count < FEW)
            wp_text_printf(text, "%s%s", count ? between : before, list[count]);
    }
    if (count > FEW)
        wp_text_printf(text, " and %u more", count - FEW);
}

const char *
wp_box_sentence(struct wp_arena *arena, const struct wp_box_words *words)
{
    struct wp_text text = {.arena = arena};

    wp_text_add(&text, words->user ? words->user : "a user");
    if (words->groups[0])
        say_list(&text, " in ", words->groups, " and ");
    else if (!words->user)
        wp_text_add(&text, " in none of the groups");
    if (words->app)
        wp_text_printf(&text, ", to %s", words->app);
    if (words->devices_but)
        say_list(&text, ", on anything but ", words->devices_but, " and ");
    else if (words->devices)
        say_list(&text, ", on ", words->devices, " or ");
    if (words->but)
        say_list(&text, ", from anywhere but ", words->but, " and ");
    else if (words->networks && words->networks[0])
        say_list(&text, words->networks_exact ? ", from " : ", among others from ", words->networks,
                 " or ");
    else if (words->ranges)
        say_list(&text, ", from ", words->ranges, " or ");
    if (words->postures)
        say_list(&text, ", ", words->postures, ", ");
    return text.bytes;
}
