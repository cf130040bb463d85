/*
 * Decisions as what Okta asks for: chains of authentication methods.
 *
 * An alternative of the source is a chain of Okta's, a step a step, and the methods of
 * a step are alternatives in both. Without `every` people are asked once a session.
 * Where there are too many of them, those that differ in one step are joined. What still
 * does not fit, and all of it in an org that has no chains, is asked for as an assurance,
 * where that lets in by exactly the same methods in the same orders.
 */
#include "compiler/emit/okta/desire.h"
#include "compiler/emit/okta/okta_ways.h"

#include <string.h>

#include "compiler/facts.h"

struct choice {
    struct wp_desire *desire;
    const struct wp_policy *policy;
    const struct wp_model_rule *rule;
};

static struct wp_desire_place
place_of(const struct choice *choice)
{
    return (struct wp_desire_place){choice->rule->decision.span, choice->policy, choice->rule};
}

/* ---- methods ------------------------------------------------------------------------ */

/* What must hold of a method so that it is what the source means by it. */
static void
add_constraints(json_t *method, const struct wp_attribute *block)
{
    static const struct {
        const char *attribute, *key;
    } constraints[] = {{"phishing_resistant", "phishingResistant"},
                       {"hardware_protected", "hardwareProtection"},
                       {"user_verified", "userVerification"}};

    for (size_t i = 0; i < sizeof constraints / sizeof *constraints; i++)
        if (wp_attribute_is_yes(block->attributes, constraints[i].attribute))
            (void)json_object_set_new(method, constraints[i].key, json_string("REQUIRED"));
}

/* The authenticator of a method, that must be there and is to be active. */
static json_t *
authenticator(const struct choice *choice, const struct wp_thing *method, const char *key)
{
    struct wp_desire *desire = choice->desire;
    const char *name = key;

    if (wp_okta_authenticator_is_named(key))
        name = wp_name_in_tenant(
            method->declaration, desire->session->tenant,
            wp_attribute_text(method->declaration->attributes, "label", method->name));
    json_t *reference = wp_desire_need(desire, "authenticator", name, choice->rule->decision.span);
    json_t *body = wp_state_find(desire->state, wp_reference_key(reference))->body;
    (void)json_object_set_new(body, "key", json_string(key));
    (void)json_object_set_new(body, "status", json_string("ACTIVE"));
    return reference;
}

static void
add_use(const struct choice *choice, json_t *methods, const struct wp_thing *thing,
        const struct wp_attribute *block, const char *use)
{
    const char *key = wp_attribute_text(block->attributes, "key", "");
    json_t *method = json_pack("{s:s, s:s}", "key", key, "method", use);
    json_t *reference = authenticator(choice, thing, key);

    if (wp_okta_authenticator_has_methods(key)) {
        struct wp_object *object =
            wp_desire_add(choice->desire, "authenticator_method", key, use,
                          json_pack("{s:s}", "status", "ACTIVE"), choice->rule->decision.span);
        object->reference = true;
    }
    add_constraints(method, block);
    if (wp_okta_authenticator_is_named(key))
        (void)json_object_set(method, "id", reference);
    json_decref(reference);
    (void)json_array_append_new(methods, method);
}

static void
add_method(const struct choice *choice, json_t *methods, uint32_t number)
{
    const struct wp_thing *thing = &choice->desire->model->methods[number];
    const struct wp_attribute *block = wp_block_find(thing->declaration->attributes, "okta", NULL);
    const struct wp_desire_place place = place_of(choice);

    if (block == NULL) {
        wp_desire_refuse(choice->desire, WP_E_OKTA_METHOD, &place,
                         "take a method that Okta has, or name the policies that this tenant is to "
                         "decide: decides = { ... }",
                         "Okta has no method '%s'", thing->name);
        return;
    }
    const struct wp_attribute *uses = wp_attribute_find(block->attributes, "uses");
    if (uses == NULL || uses->value->kind != WP_VALUE_LIST) {
        const char *key = wp_attribute_text(block->attributes, "key", "");
        add_use(choice, methods, thing, block, wp_attribute_text(block->attributes, "use", key));
        return;
    }
    for (const struct wp_value *use = uses->value->items; use != NULL; use = use->next)
        add_use(choice, methods, thing, block, use->text);
}

/* ---- chains ---------------------------------------------------------------------------- */

/* One alternative; NULL when none of a step's methods is there, or there are too many
 * steps. */
static json_t *
alternative(const struct choice *choice, const struct wp_alternative *source)
{
    const struct wp_desire_place place = place_of(choice);
    json_t *chain = NULL;

    if (source->count > WP_OKTA_STEPS) {
        wp_desire_refuse(choice->desire, WP_E_OKTA_STEPS, &place,
                         "leave a step out, or join two of them by 'or'",
                         "a chain has %u steps, and Okta's have at most %d", source->count,
                         WP_OKTA_STEPS);
        return NULL;
    }
    for (uint32_t i = source->count; i-- > 0;) {
        json_t *methods = json_array();
        for (uint32_t k = 0; k < source->steps[i].count; k++)
            add_method(choice, methods, source->steps[i].methods[k]);
        wp_okta_sort_methods(methods);
        bool is_empty = json_array_size(methods) == 0;
        json_t *step = json_pack("{s:o}", "authenticationMethods", methods);
        if (chain != NULL)
            (void)json_object_set_new(step, "next", json_pack("[o]", chain));
        chain = step;
        if (is_empty) {
            json_decref(chain);
            return NULL;
        }
    }
    return chain;
}

static json_t *
chains(const struct choice *choice, const struct wp_model_chain *source)
{
    json_t *array = json_array();

    for (uint32_t i = 0; i < source->count; i++) {
        json_t *chain = alternative(choice, &source->alternatives[i]);
        if (chain != NULL)
            (void)json_array_append_new(array, chain);
    }
    return array;
}

/* ---- verification ------------------------------------------------------------------------ */

static bool
has_chains(const struct choice *choice)
{
    const char *said = wp_attribute_text(choice->desire->session->tenant->attributes,
                                         "authentication_chains", "yes");
    return strcmp(said, "no") != 0;
}

/* Too many alternatives, or an org that has no chains; false: deny instead. */
static bool
refuse_chains(const struct choice *choice, json_t *array)
{
    const struct wp_desire_place place = place_of(choice);

    if (!has_chains(choice)) {
        wp_desire_refuse(choice->desire, WP_E_OKTA_NO_CHAINS, &place,
                         "ask for one method, or for one that people know and one that they have "
                         "in either order: okta_password then okta_verify else okta_verify then "
                         "okta_password",
                         "without authentication chains Okta cannot ask for these methods in this "
                         "order and no other");
        return false;
    }
    wp_desire_refuse(choice->desire, WP_E_OKTA_CHAINS, &place,
                     "leave alternatives out, or join those that differ in one step by 'or'",
                     "a chain has %zu alternatives, and Okta holds at most %d",
                     json_array_size(array), WP_OKTA_CHAINS);
    while (json_array_size(array) > WP_OKTA_CHAINS)
        (void)json_array_remove(array, json_array_size(array) - 1);
    return true;
}

/* Okta's verification method, but for its time; takes the chains. NULL: deny. */
static json_t *
verification(const struct choice *choice, json_t *array)
{
    json_t *made = NULL;

    if (has_chains(choice))
        wp_okta_join_chains(array, WP_OKTA_CHAINS);
    if (!has_chains(choice) || json_array_size(array) > WP_OKTA_CHAINS)
        made = wp_okta_assurance_of(choice->desire->model, array);
    if (made == NULL && json_array_size(array) > 0 &&
        ((has_chains(choice) && json_array_size(array) <= WP_OKTA_CHAINS) ||
         refuse_chains(choice, array)))
        made = json_pack("{s:s, s:O}", "type", "AUTH_METHOD_CHAIN", "chains", array);
    json_decref(array);
    return made;
}

static const char *
reauthentication(const struct choice *choice)
{
    uint64_t seconds = choice->rule->decision.reauth_seconds;
    const struct wp_desire_place place = place_of(choice);

    if (seconds == WP_NO_REAUTH)
        return WP_OKTA_ONCE_A_SESSION;
    if (seconds == WP_OKTA_ONCE_A_SESSION_SECONDS)
        wp_desire_fail(choice->desire, WP_E_OKTA_REAUTH, &place,
                       "write another time, or leave 'every' out",
                       "Okta takes 43800 hours for once a session");
    return wp_okta_duration(choice->desire->arena, seconds);
}

static json_t *
deny(void)
{
    return json_pack("{s:{s:s}}", "appSignOn", "access", "DENY");
}

void
wp_desire_note_message(struct wp_desire *desire, const struct wp_policy *policy,
                       const struct wp_model_rule *rule)
{
    const struct wp_desire_place place = {rule->decision.span, policy, rule};

    if (rule->decision.message == NULL || desire->noted_message)
        return;
    desire->noted_message = true;
    wp_desire_note(desire, WP_E_OKTA_MESSAGE, &place,
                   "Okta shows no message of its own to people whom a rule denies");
}

json_t *
wp_desire_actions(struct wp_desire *desire, const struct wp_policy *policy,
                  const struct wp_model_rule *rule, bool denies)
{
    const struct choice choice = {desire, policy, rule};
    const struct wp_desire_place place = place_of(&choice);
    const struct wp_decision *decision = &rule->decision;

    if (denies || decision->effect == WP_DENY) {
        wp_desire_note_message(desire, policy, rule);
        return deny();
    }
    if (decision->effect == WP_ALLOW) {
        wp_desire_refuse(desire, WP_E_OKTA_ALLOW, &place,
                         "say which chain people pass: authenticate okta_password",
                         "Okta lets nobody in without at least one factor");
        return deny();
    }
    json_t *method =
        verification(&choice, chains(&choice, &desire->model->chains[decision->chain]));
    if (method == NULL)
        return deny();
    (void)json_object_set_new(method, "reauthenticateIn", json_string(reauthentication(&choice)));
    return json_pack("{s:{s:s, s:o}}", "appSignOn", "access", "ALLOW", "verificationMethod",
                     method);
}
