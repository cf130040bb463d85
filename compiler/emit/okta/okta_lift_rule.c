/* The conditions of a rule. */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/facts.h"

#include <string.h>

/* Texts joined by a word. */
struct joined {
    struct wp_arena *arena;
    const char *text, *word;
    unsigned count;
};

static void
join(struct joined *joined, const char *part)
{
    if (!part || !*part)
        return;
    joined->text = joined->count++
                       ? wp_format(joined->arena, "%s%s%s", joined->text, joined->word, part)
                       : part;
}

/* ---- what is not known ------------------------------------------------------------------ */

static bool
is_word_of(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = words; (at = strstr(at, word)) != NULL; at++) {
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return length > 0;
    }
    return false;
}

void
wp_okta_lift_only(struct wp_okta_lift *lift, const json_t *object, const char *place,
                  const char *known)
{
    const json_t *part;
    const char *key;

    json_object_foreach((json_t *)object, key, part)
    {
        if (!is_word_of(known, key))
            wp_okta_lift_cannot(lift, "%s.%.60s", place, key);
    }
}

/* ---- networks ------------------------------------------------------------------------ */

static const char *
zones(struct wp_okta_lift *lift, const json_t *list, bool *ok)
{
    struct joined all = {lift->arena, "", " + ", 0};
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const char *key = wp_reference_key(item);
        const struct wp_object *zone = key ? wp_state_find(lift->state, key) : NULL;
        const char *name = key ? json_string_value(json_object_get(lift->names, key)) : NULL;
        const char *whole = key ? json_string_value(json_object_get(lift->zones, key)) : NULL;
        if (!name && !whole) {
            wp_okta_lift_cannot(lift, "the zone %s, which is no set of addresses",
                                zone ? zone->name : json_string_value(item));
            *ok = false;
            continue;
        }
        if (zone && strcmp(wp_okta_text(zone->body, "status"), "INACTIVE") == 0) {
            wp_okta_lift_cannot(lift, "the zone %s, which is not active", zone->name);
            *ok = false;
        }
        if (!whole || strcmp(whole, key) == 0)
            join(&all, name);
    }
    return all.text;
}

static const char *
network(struct wp_okta_lift *lift, const json_t *condition)
{
    const json_t *include = json_object_get(condition, "include");
    const json_t *exclude = json_object_get(condition, "exclude");
    bool ok = true;

    wp_okta_lift_only(lift, condition, "network", "connection include exclude");
    if (strcmp(wp_okta_text(condition, "connection"), "ZONE") != 0 || (!include && !exclude)) {
        wp_okta_lift_cannot(lift, "a network condition of an unknown kind");
        return "";
    }
    if (include && exclude) {
        wp_okta_lift_cannot(lift, "zones that are included and others that are excluded");
        return "";
    }
    const char *names = zones(lift, include ? include : exclude, &ok);
    if (!ok || !*names)
        return "";
    return wp_format(lift->arena, "%snetwork in %s", include ? "" : "not ", names);
}

/* ---- people ---------------------------------------------------------------------------- */

/* Everybody is in the group Everyone, whether a request lists it or not. */
static bool
is_everyone(const struct wp_okta_lift *lift, const struct wp_object *group)
{
    return group && strcmp(wp_okta_text(group->original, "type"), "BUILT_IN") == 0 &&
           strcmp(group->name, "Everyone") == 0 &&
           !(lift->session->model &&
             wp_okta_lift_thing(lift, lift->session->model->groups,
                                lift->session->model->group_count, group->name));
}

static const char *
groups(struct wp_okta_lift *lift, const json_t *list, bool excluded)
{
    struct joined names = {lift->arena, "", ", ", 0};
    const json_t *item;
    bool everyone = false;
    size_t i;

    if (!list)
        return "";
    json_array_foreach(list, i, item)
    {
        const char *key = wp_reference_key(item);
        const struct wp_object *group = key ? wp_state_find(lift->state, key) : NULL;
        if (!group) {
            wp_okta_lift_cannot(lift, "the group %s, which is not there",
                                key ? key : json_string_value(item));
            return "";
        }
        everyone = everyone || is_everyone(lift, group);
        join(&names, json_string_value(json_object_get(lift->names, key)));
    }
    if (everyone)
        return excluded ? "network in 0.0.0.0/0 & ::/0" : ""; /* nobody; anybody */
    return wp_format(lift->arena, names.count == 1 ? "%sgroup in %s" : "%sgroup in {%s}",
                     excluded ? "not " : "", names.text);
}

static const char *
users(struct wp_okta_lift *lift, const json_t *list, bool excluded)
{
    struct joined names = {lift->arena, "", ", ", 0};
    const json_t *item;
    size_t i;

    if (!list)
        return "";
    json_array_foreach(list, i, item)
    {
        const char *key = wp_reference_key(item);
        const struct wp_object *user = key ? wp_state_find(lift->state, key) : NULL;
        if (!user) {
            wp_okta_lift_cannot(lift, "the user %s, who is not there",
                                key ? key : json_string_value(item));
            return "";
        }
        join(&names, wp_okta_lift_quote(lift, user->name));
    }
    return wp_format(lift->arena, "%suser in {%s}", excluded ? "not " : "", names.text);
}

static void
people(struct wp_okta_lift *lift, const json_t *condition, struct joined *all)
{
    const json_t *in = json_object_get(condition, "groups");
    const json_t *who = json_object_get(condition, "users");

    wp_okta_lift_only(lift, condition, "people", "groups users");
    wp_okta_lift_only(lift, in, "people.groups", "include exclude");
    wp_okta_lift_only(lift, who, "people.users", "include exclude");
    const json_t *named = json_object_get(in, "include"), *listed = json_object_get(who, "include");
    /* Whether both lists must hold, or either, is not documented. */
    if (json_array_size(named) > 0 && json_array_size(listed) > 0) {
        const char *of = groups(lift, named, false), * or = users(lift, listed, false);
        wp_okta_lift_cannot(lift, "people by groups and by name, of which no document says "
                                  "whether either must fit or both");
        if (*of && * or)
            join(all, wp_format(lift->arena, "(%s or %s)", of, or));
    } else {
        join(all, groups(lift, named, false));
        join(all, users(lift, listed, false));
    }
    join(all, groups(lift, json_object_get(in, "exclude"), true));
    join(all, users(lift, json_object_get(who, "exclude"), true));
}

/* ---- devices ------------------------------------------------------------------------------ */

static const struct wp_attribute *
okta_block(const struct wp_thing *device)
{
    return device->declaration ? wp_block_find(device->declaration->attributes, "okta", NULL)
                               : NULL;
}

/* Bit 0 stands for devices that Okta has no word of its own for: its OTHER. */
static uint64_t
known_devices(const struct wp_okta_lift *lift)
{
    uint64_t mask = 0;

    for (uint32_t i = 1; i < lift->words->device_count; i++)
        mask |= (uint64_t)(okta_block(&lift->words->devices[i]) != NULL) << i;
    return mask;
}

static bool
is_any(const char *word)
{
    return !*word || strcmp(word, "ANY") == 0;
}

/* The device types that a platform stands for. */
static uint64_t
devices_of(const struct wp_okta_lift *lift, const char *type, const char *os)
{
    uint64_t mask = strcmp(type, "OTHER") == 0 && (is_any(os) || strcmp(os, "OTHER") == 0);

    for (uint32_t i = 1; i < lift->words->device_count; i++) {
        const struct wp_attribute *block = okta_block(&lift->words->devices[i]);
        if (block &&
            (is_any(type) || strcmp(wp_attribute_text(block->attributes, "type", ""), type) == 0) &&
            (is_any(os) || strcmp(wp_attribute_text(block->attributes, "os", ""), os) == 0))
            mask |= UINT64_C(1) << i;
    }
    return mask;
}

static uint64_t
platforms(struct wp_okta_lift *lift, const json_t *list)
{
    const json_t *item;
    uint64_t mask = 0;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const json_t *os = json_object_get(item, "os");
        const char *type = wp_okta_text(item, "type");
        uint64_t found = devices_of(lift, type, wp_okta_text(os, "type"));
        if (json_object_get(os, "expression") || json_object_get(os, "version") || !found)
            wp_okta_lift_cannot(lift, "the platform %s %s%s", type, wp_okta_text(os, "type"),
                                found ? " by an expression or version" : "");
        wp_okta_lift_only(lift, item, "platform", "type os");
        wp_okta_lift_only(lift, os, "platform.os", "type expression version");
        mask |= found;
    }
    return mask;
}

static const char *
device_names(const struct wp_okta_lift *lift, uint64_t mask)
{
    struct joined names = {lift->arena, "", " + ", 0};

    for (uint32_t i = 1; i < lift->words->device_count; i++) {
        if (mask >> i & 1)
            join(&names, lift->words->devices[i].name);
    }
    return names.text;
}

/* As what Okta takes a device on some entries: bit number, 0 for what it is. */
static uint32_t
seen_as(const struct wp_okta_lift *lift, uint32_t device, const struct wp_value **entries)
{
    const struct wp_declaration *declaration = lift->words->devices[device].declaration;
    const struct wp_attribute *seen =
        declaration ? wp_block_find(declaration->attributes, "seen", "okta") : NULL;
    const struct wp_attribute *entry = seen ? wp_attribute_find(seen->attributes, "entry") : NULL;
    const char *as = seen ? wp_attribute_text(seen->attributes, "as", "") : "";

    for (uint32_t i = 1; entry && i < lift->words->device_count; i++) {
        if (strcmp(lift->words->devices[i].name, as) == 0) {
            *entries = entry->value;
            return i;
        }
    }
    return 0;
}

static const char *
entry_names(const struct wp_okta_lift *lift, const struct wp_value *entries)
{
    struct joined names = {lift->arena, "", ", ", 0};

    if (entries->kind != WP_VALUE_LIST)
        return entries->text;
    for (const struct wp_value *item = entries->items; item; item = item->next)
        join(&names, item->text);
    return names.text;
}

static bool
has_device(uint64_t mask, uint32_t device)
{
    return (mask & UINT64_C(1) << device) != 0;
}

/* The real devices behind those that Okta sees. */
static const char *
real_devices(const struct wp_okta_lift *lift, uint64_t mask)
{
    struct joined all = {lift->arena, "", " or ", 0};
    uint64_t plain = mask;
    const struct wp_value *entries;

    for (uint32_t i = 1; i < lift->words->device_count; i++) {
        uint32_t as = seen_as(lift, i, &entries);
        bool is_in = has_device(mask, i);
        if (!as || is_in == has_device(mask, as))
            continue;
        plain &= ~(UINT64_C(1) << i);
        join(&all, wp_format(lift->arena, "(device in %s and %sentry in {%s})",
                             lift->words->devices[i].name, is_in ? "not " : "",
                             entry_names(lift, entries)));
    }
    if (plain)
        join(&all, wp_format(lift->arena, "device in %s", device_names(lift, plain)));
    return all.count > 1 ? wp_format(lift->arena, "(%s)", all.text) : all.text;
}

/* "" for all devices. */
static const char *
device_in(const struct wp_okta_lift *lift, uint64_t mask)
{
    uint64_t others = known_devices(lift) & ~mask;

    if (mask & 1)
        return others ? wp_format(lift->arena, "not %s", device_in(lift, others)) : "";
    if (lift->options.real_devices)
        return real_devices(lift, mask);
    return wp_format(lift->arena, "device in %s", device_names(lift, mask));
}

static const char *
device_not_in(const struct wp_okta_lift *lift, uint64_t mask)
{
    return device_in(lift, (known_devices(lift) | 1) & ~mask);
}

/* Okta's platforms; a set of none holds nobody, and was complained of. */
static uint64_t
platform(struct wp_okta_lift *lift, const json_t *condition, struct joined *all)
{
    const json_t *include = json_object_get(condition, "include");
    uint64_t excluded = platforms(lift, json_object_get(condition, "exclude"));
    uint64_t mask = include ? platforms(lift, include) : UINT64_MAX;

    wp_okta_lift_only(lift, condition, "platform", "include exclude");
    if (include && mask)
        join(all, device_in(lift, mask));
    if (excluded)
        join(all, device_not_in(lift, excluded));
    return mask & ~excluded;
}

/* ---- posture --------------------------------------------------------------------------------- */

struct assured {
    uint64_t devices[4]; /* by managed * 2 + compliant */
};

/* What device assurance asks for. Only what Workspace ONE vouches for can be said. */
static bool
read_assurance(struct wp_okta_lift *lift, const struct wp_object *object, struct assured *assured)
{
    const json_t *providers = json_object_get(object->body, "thirdPartySignalProviders");
    const json_t *posture = json_object_get(providers, "devicePostureIdP");
    const json_t *managed = json_object_get(posture, "managed");
    const json_t *compliant = json_object_get(posture, "compliant");

    if (json_object_size(object->body) != 2 || json_object_size(providers) != 1 || !posture ||
        json_is_false(managed) || json_is_false(compliant) || (!managed && !compliant) ||
        json_object_size(posture) != (size_t)(managed != NULL) + (compliant != NULL))
        return false;
    assured->devices[(managed != NULL) * 2 + (compliant != NULL)] |=
        devices_of(lift, "", wp_okta_text(object->body, "platform"));
    return true;
}

static const char *
assurance(struct wp_okta_lift *lift, const json_t *list, uint64_t platform)
{
    static const char *const words[] = {NULL, "compliant", "managed", "managed and compliant"};
    struct joined all = {lift->arena, "", " or ", 0};
    struct assured assured = {{0}};
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const char *key = wp_reference_key(item);
        const struct wp_object *object = key ? wp_state_find(lift->state, key) : NULL;
        if (!object || !read_assurance(lift, object, &assured)) {
            wp_okta_lift_cannot(lift, "device assurance %s, which asks for more than posture",
                                object ? object->name : json_string_value(item));
            return "";
        }
    }
    for (unsigned p = 1; p < 4; p++) {
        if (!assured.devices[p])
            continue;
        bool all_of_them = platform != UINT64_MAX && (platform & ~assured.devices[p]) == 0;
        join(&all, all_of_them ? words[p]
                               : wp_format(lift->arena, "%s and %s", words[p],
                                           device_in(lift, assured.devices[p])));
    }
    return all.count > 1 ? wp_format(lift->arena, "(%s)", all.text) : all.text;
}

static void
device(struct wp_okta_lift *lift, const json_t *condition, uint64_t platform, struct joined *all)
{
    const json_t *managed = json_object_get(condition, "managed");
    const json_t *registered = json_object_get(condition, "registered");
    const json_t *assured = json_object_get(condition, "assurance");
    const json_t *list = json_object_get(assured, "include");

    wp_okta_lift_only(lift, condition, "device", "registered managed assurance");
    wp_okta_lift_only(lift, assured, "device.assurance", "include");
    if (json_is_true(managed))
        join(all, "managed");
    if (json_is_false(managed))
        wp_okta_lift_cannot(lift, "devices that are registered and not managed");
    if (json_is_false(registered))
        wp_okta_lift_cannot(lift, "devices that are not registered");
    if (json_is_true(registered) && !managed && !list)
        wp_okta_lift_cannot(lift, "devices that are registered, managed or not");
    if (list)
        join(all, assurance(lift, list, platform));
}

static const char *
risk(struct wp_okta_lift *lift, const json_t *condition)
{
    static const char *const levels[][2] = {
        {"LOW", "risk is low"}, {"MEDIUM", "risk is medium"}, {"HIGH", "risk is high"}};

    wp_okta_lift_only(lift, condition, "riskScore", "level");
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(levels[i][0], wp_okta_text(condition, "level")) == 0)
            return levels[i][1];
    }
    wp_okta_lift_cannot(lift, "the risk %s", wp_okta_text(condition, "level"));
    return "";
}

/* ---- together -----------------------------------------------------------------------------------
 */

static void
complain_of_others(struct wp_okta_lift *lift, const json_t *conditions)
{
    const json_t *condition;
    const char *key;

    json_object_foreach((json_t *)conditions, key, condition)
    {
        if (strcmp(key, "elCondition") == 0)
            wp_okta_lift_cannot(lift, "the expression %s", wp_okta_text(condition, "condition"));
        else if (!is_word_of("people network platform device riskScore", key))
            wp_okta_lift_cannot(lift, "the condition %s", key);
    }
}

const char *
wp_okta_lift_conditions(struct wp_okta_lift *lift, const json_t *conditions)
{
    struct joined all = {lift->arena, "", " and ", 0};
    const json_t *condition;
    uint64_t seen = UINT64_MAX;

    if ((condition = json_object_get(conditions, "people")) != NULL)
        people(lift, condition, &all);
    if ((condition = json_object_get(conditions, "network")) != NULL)
        join(&all, network(lift, condition));
    if ((condition = json_object_get(conditions, "platform")) != NULL)
        seen = platform(lift, condition, &all);
    if ((condition = json_object_get(conditions, "device")) != NULL)
        device(lift, condition, seen, &all);
    if ((condition = json_object_get(conditions, "riskScore")) != NULL)
        join(&all, risk(lift, condition));
    complain_of_others(lift, conditions);
    return all.text;
}
