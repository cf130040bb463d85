#include "compiler/analysis/witness.h"
#include "compiler/address.h"
#include "compiler/analysis/text.h"

#include <string.h>

static const char *const entries[WP_ENTRY_COUNT] = {NULL, "browser", "native_app", "hub",
                                                    "okta_mobile"};
static const char *const risks[WP_RISK_COUNT] = {"low", "medium", "high"};

static bool
means(const struct wp_thing *group, const char *name)
{
    return strcmp(group->name, name) == 0 ||
           (group->directory && strcmp(group->directory, name) == 0);
}

/* How many groups a request means by the name. */
static uint32_t
meanings(const struct wp_model *model, const char *name)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < model->group_count; i++)
        count += means(&model->groups[i], name);
    return count;
}

/* Of a group's names the one that means the fewest groups; the source's if both
 * do. */
static const char *
group_name(const struct wp_model *model, uint32_t group)
{
    const struct wp_thing *thing = &model->groups[group];

    if (thing->directory && meanings(model, thing->directory) < meanings(model, thing->name))
        return thing->directory;
    return thing->name;
}

static const char *
address_text(const struct wp_point *point, char text[WP_ADDRESS_TEXT])
{
    struct wp_address address = {point->family == WP_FAMILY_V6, point->v4, point->v6};
    wp_address_text(&address, text);
    return text;
}

static void
begin_key(struct wp_text *text, const char *key)
{
    wp_text_add(text, text->length > 1 ? "," : "");
    wp_text_json(text, key);
    wp_text_add(text, ":");
}

static void
add_string(struct wp_text *text, const char *key, const char *value)
{
    begin_key(text, key);
    wp_text_json(text, value);
}

static void
add_posture(struct wp_text *text, const struct wp_traits *traits, uint32_t posture)
{
    if (wp_posture_entry(posture) != WP_ENTRY_NONE)
        add_string(text, "entry", entries[wp_posture_entry(posture)]);
    if (wp_posture_managed(posture) || traits->managed) {
        begin_key(text, "managed");
        wp_text_add(text, wp_posture_managed(posture) ? "true" : "false");
    }
    if (wp_posture_compliant(posture) || traits->compliant) {
        begin_key(text, "compliant");
        wp_text_add(text, wp_posture_compliant(posture) ? "true" : "false");
    }
    if (traits->risk || wp_posture_risk(posture) != WP_RISK_HIGH)
        add_string(text, "risk", risks[wp_posture_risk(posture)]);
}

const char *
wp_witness_json(struct wp_arena *arena, const struct wp_model *model,
                const struct wp_traits *traits, const struct wp_point *point)
{
    struct wp_text text = {.arena = arena};
    char address[WP_ADDRESS_TEXT];

    wp_text_add(&text, "{");
    if (point->family != WP_FAMILY_ABSENT)
        add_string(&text, "ip", address_text(point, address));
    if (point->device)
        add_string(&text, "device", model->devices[point->device].name);
    if (point->group_count)
        begin_key(&text, "groups");
    for (uint32_t i = 0; i < point->group_count; i++) {
        wp_text_add(&text, i ? "," : "[");
        wp_text_json(&text, group_name(model, point->groups[i]));
    }
    wp_text_add(&text, point->group_count ? "]" : "");
    if (point->app != WP_NONE)
        add_string(&text, "app", model->apps[point->app].name);
    if (point->user != WP_NONE)
        add_string(&text, "user", model->users[point->user]);
    add_posture(&text, traits, point->posture);
    wp_text_add(&text, "}");
    return text.bytes;
}

/* ---- as a test ------------------------------------------------------------------ */

/* "ip 203.0.113.9 device ios groups Staff managed", as after `given` in a test. */
static const char *
witness_given(struct wp_arena *arena, const struct wp_model *model, const struct wp_traits *traits,
              const struct wp_point *point)
{
    struct wp_text text = {.arena = arena};
    char address[WP_ADDRESS_TEXT];

    wp_text_add(&text, "");
    if (point->family != WP_FAMILY_ABSENT)
        wp_text_printf(&text, " ip %s", address_text(point, address));
    if (point->device)
        wp_text_printf(&text, " device %s", model->devices[point->device].name);
    for (uint32_t i = 0; i < point->group_count; i++) {
        wp_text_add(&text, i ? ", " : " groups ");
        wp_text_name(&text, group_name(model, point->groups[i]));
    }
    if (point->app != WP_NONE)
        wp_text_printf(&text, " app %s", model->apps[point->app].name);
    if (point->user != WP_NONE) {
        wp_text_add(&text, " user ");
        wp_text_json(&text, model->users[point->user]);
    }
    if (wp_posture_entry(point->posture) != WP_ENTRY_NONE)
        wp_text_printf(&text, " entry %s", entries[wp_posture_entry(point->posture)]);
    if (wp_posture_managed(point->posture))
        wp_text_add(&text, " managed");
    if (wp_posture_compliant(point->posture))
        wp_text_add(&text, " compliant");
    if (traits->risk || wp_posture_risk(point->posture) != WP_RISK_HIGH)
        wp_text_printf(&text, " risk %s", risks[wp_posture_risk(point->posture)]);
    return text.bytes + (text.length > 0);
}

/* ---- as a sentence ----------------------------------------------------------------- */

static void
say_posture(struct wp_text *text, const struct wp_traits *traits, uint32_t posture)
{
    if (wp_posture_entry(posture) != WP_ENTRY_NONE)
        wp_text_printf(text, ", through %s", entries[wp_posture_entry(posture)]);
    if (traits->managed)
        wp_text_add(text, wp_posture_managed(posture) ? ", managed" : ", not managed");
    if (traits->compliant)
        wp_text_add(text, wp_posture_compliant(posture) ? ", compliant" : ", not compliant");
    if (traits->risk)
        wp_text_printf(text, ", risk %s", risks[wp_posture_risk(posture)]);
}

const char *
wp_witness_sentence(struct wp_arena *arena, const struct wp_model *model,
                    const struct wp_traits *traits, const struct wp_point *point)
{
    struct wp_text text = {.arena = arena};
    char address[WP_ADDRESS_TEXT];

    if (point->user != WP_NONE)
        wp_text_add(&text, model->users[point->user]);
    else
        wp_text_add(&text, point->group_count ? "a user" : "a user in no group");
    for (uint32_t i = 0; i < point->group_count; i++)
        wp_text_printf(&text, "%s%s", i ? " and " : " in ", model->groups[point->groups[i]].name);
    if (point->device)
        wp_text_printf(&text, ", on %s", model->devices[point->device].name);
    if (point->family != WP_FAMILY_ABSENT)
        wp_text_printf(&text, ", from %s", address_text(point, address));
    if (point->app != WP_NONE)
        wp_text_printf(&text, ", to %s", model->apps[point->app].name);
    say_posture(&text, traits, point->posture);
    return text.bytes;
}

/* ---- decisions ------------------------------------------------------------------------ */

static void
say_chain(struct wp_text *text, const struct wp_model *model, const struct wp_model_chain *chain)
{
    if (chain->name) {
        wp_text_add(text, chain->name);
        return;
    }
    for (uint32_t a = 0; a < chain->count; a++) {
        const struct wp_alternative *alternative = &chain->alternatives[a];
        wp_text_add(text, a ? " else " : "");
        for (uint32_t s = 0; s < alternative->count; s++) {
            const struct wp_step *step = &alternative->steps[s];
            wp_text_add(text, s ? " then " : "");
            for (uint32_t m = 0; m < step->count; m++)
                wp_text_printf(text, "%s%s", m ? " or " : "",
                               model->methods[step->methods[m]].name);
        }
    }
}

static void
say_duration(struct wp_text *text, uint64_t seconds)
{
    if (seconds % 86400 == 0)
        wp_text_printf(text, " every %llud", (unsigned long long)seconds / 86400);
    else if (seconds % 3600 == 0)
        wp_text_printf(text, " every %lluh", (unsigned long long)seconds / 3600);
    else if (seconds % 60 == 0)
        wp_text_printf(text, " every %llum", (unsigned long long)seconds / 60);
    else
        wp_text_printf(text, " every %llus", (unsigned long long)seconds);
}

static void
say_outcome(struct wp_text *text, const struct wp_model *model, const struct wp_decision *decision)
{
    switch (decision->effect) {
    case WP_DENY:
        wp_text_add(text, "deny");
        break;
    case WP_ALLOW:
        wp_text_add(text, "allow");
        break;
    case WP_AUTHENTICATE:
        wp_text_add(text, "authenticate ");
        if (decision->chain != WP_NONE)
            say_chain(text, model, &model->chains[decision->chain]);
        break;
    }
}

const char *
wp_decision_sentence(struct wp_arena *arena, const struct wp_model *model,
                     const struct wp_decision *decision)
{
    struct wp_text text = {.arena = arena};

    say_outcome(&text, model, decision);
    if (decision->reauth_seconds != WP_NO_REAUTH)
        say_duration(&text, decision->reauth_seconds);
    if (decision->message) {
        wp_text_add(&text, " ");
        wp_text_json(&text, decision->message);
    }
    return text.bytes;
}

/* What a test expects of a request that this rule decides (NULL: otherwise):
 * "authenticate Strong by trusted in Workforce every 8h". */
static const char *
decision_expectation(struct wp_arena *arena, const struct wp_model *model,
                     const struct wp_policy *policy, const char *rule,
                     const struct wp_decision *decision)
{
    struct wp_text text = {.arena = arena};

    say_outcome(&text, model, decision);
    if (policy && policy->name)
        wp_text_printf(&text, " by %s in %s", rule ? rule : "otherwise", policy->name);
    if (decision->reauth_seconds != WP_NO_REAUTH)
        say_duration(&text, decision->reauth_seconds);
    if (decision->message) {
        wp_text_add(&text, " message ");
        wp_text_json(&text, decision->message);
    }
    return text.bytes;
}

const char *
wp_witness_test(struct wp_arena *arena, const struct wp_model *model,
                const struct wp_traits *traits, const char *name, const struct wp_point *point,
                const struct wp_policy *policy, uint32_t rule)
{
    static const struct wp_decision none = {
        .effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
    const struct wp_decision *decision = policy ? wp_policy_decision(policy, rule) : &none;
    bool is_rule = policy && rule < policy->rule_count;
    const char *given = witness_given(arena, model, traits, point);
    struct wp_text text = {.arena = arena};

    wp_text_add(&text, "test ");
    wp_text_json(&text, name);
    wp_text_printf(&text, " {\n  given %s\n  expect %s\n}", *given ? given : "not managed",
                   decision_expectation(arena, model, policy,
                                        is_rule ? policy->rules[rule].name : NULL, decision));
    return text.bytes;
}
