/* Rules of access policies: what Okta takes, refuses, adds and silently drops. */
#include "compiler/sandbox/okta.h"

#include <string.h>

#define CHAINS_MAX 5
#define STEPS_MAX 3

/* ---- conditions -------------------------------------------------------------------------- */

static bool
shape_device(struct wp_exchange *x, const json_t *sent, json_t *conditions)
{
    const json_t *device = json_object_get(sent, "device"), *assurance;
    json_t *kept;
    if (!json_is_object(device))
        return true;
    if (wp_box_yes(device, "managed") && !wp_box_yes(device, "registered"))
        return wp_box_okta_invalid(x, "device", "managed requires registered to be true");
    assurance = json_object_get(json_object_get(device, "assurance"), "include");
    if (!wp_box_okta_knows(x, assurance, WP_OKTA_ASSURANCE, "device.assurance"))
        return false;
    kept = wp_box_pick(device, "registered managed");
    if (json_array_size(assurance) > 0)
        json_object_set_new(kept, "assurance",
                            json_pack("{s:o}", "include", json_deep_copy(assurance)));
    json_object_set_new(conditions, "device", kept);
    return true;
}

static bool
shape_risk(struct wp_exchange *x, const json_t *sent, json_t *conditions)
{
    const json_t *risk = json_object_get(sent, "riskScore");
    const char *level = wp_box_text(risk, "level");
    static const char *const levels[] = {"ANY", "LOW", "MEDIUM", "HIGH"};
    if (!x->box->settings.has_risk) {
        if (risk == NULL)
            return true;
        return wp_box_okta_invalid(x, "conditions", "Invalid condition type specified: riskScore.");
    }
    if (risk == NULL)
        level = "ANY";
    for (size_t i = 0; level != NULL && i < 4; i++)
        if (strcmp(level, levels[i]) == 0) {
            json_object_set_new(conditions, "riskScore", json_pack("{s:s}", "level", level));
            return true;
        }
    return wp_box_okta_invalid(x, "riskScore", "level must be ANY, LOW, MEDIUM or HIGH");
}

static bool
shape_rest(struct wp_exchange *x, const json_t *sent, json_t *conditions)
{
    const json_t *type = json_object_get(sent, "userType");
    const json_t *el = json_object_get(sent, "elCondition");
    if (type != NULL && (!json_is_array(json_object_get(type, "include")) ||
                         !json_is_array(json_object_get(type, "exclude"))))
        return wp_box_okta_invalid(x, "userType", "include and exclude are required");
    json_object_set_new(conditions, "userType",
                        type != NULL ? wp_box_pick(type, "include exclude")
                                     : json_pack("{s:[], s:[]}", "include", "exclude"));
    if (el == NULL || json_is_null(el))
        return true;
    if (wp_box_text(el, "condition") == NULL)
        return wp_box_okta_invalid(x, "elCondition", "condition is required");
    json_object_set_new(conditions, "elCondition", wp_box_pick(el, "condition"));
    return true;
}

static json_t *
shape_conditions(struct wp_exchange *x, const json_t *sent)
{
    json_t *conditions = json_object(), *part;
    const json_t *network = json_object_get(sent, "network");
    const json_t *platform = json_object_get(sent, "platform");
    part = wp_box_okta_shape_people(x, json_object_get(sent, "people"), true);
    if (part == NULL)
        goto failed;
    json_object_set_new(conditions, "people", part);
    part = network != NULL ? wp_box_okta_shape_network(x, network)
                           : json_pack("{s:s}", "connection", "ANYWHERE");
    if (part == NULL)
        goto failed;
    json_object_set_new(conditions, "network", part);
    if (json_object_size(platform) > 0) {
        part = wp_box_okta_shape_platform(x, platform, "MACOS");
        if (part == NULL)
            goto failed;
        json_object_set_new(conditions, "platform", part);
    }
    if (shape_device(x, sent, conditions) && shape_risk(x, sent, conditions) &&
        shape_rest(x, sent, conditions))
        return conditions;
failed:
    json_decref(conditions);
    return NULL;
}

/* ---- what the rule asks for ----------------------------------------------------------------- */

static bool
shape_duration(struct wp_exchange *x, const json_t *sent, const char *key, json_t *kept)
{
    const char *text = wp_box_text(sent, key);
    if (json_object_get(sent, key) == NULL)
        return true;
    if (!wp_box_okta_is_duration(text))
        return wp_box_okta_invalid(x, key, "%.60s is no ISO 8601 duration",
                                   text != NULL ? text : "(no text)");
    json_object_set_new(kept, key, json_string(text));
    return true;
}

/* A method of a chain's step: an active authenticator that has it. */
static bool
shape_method(struct wp_exchange *x, const json_t *sent, json_t *methods)
{
    const char *key = wp_box_text(sent, "key"), *method = wp_box_text(sent, "method"), *id;
    json_t *authenticator, *kept;
    bool is_known = false;
    if (key == NULL || method == NULL)
        return wp_box_okta_invalid(x, "authenticationMethods", "key and method are required");
    json_object_foreach(
        wp_store_all(x->box->store, WP_OKTA_AUTHENTICATOR), id,
        authenticator) if (strcmp(wp_box_text(authenticator, "key"), key) == 0 &&
                           strcmp(wp_box_text(authenticator, "status"), "ACTIVE") == 0 &&
                           wp_box_holds(json_object_get(authenticator, "_methods"), method) &&
                           json_object_get(json_object_get(authenticator, "_off"), method) == NULL)
        is_known = true;
    if (!is_known)
        return wp_box_okta_invalid(x, "authenticationMethods",
                                   "The authenticator %.60s with the method %.60s is not active",
                                   key, method);
    kept = wp_box_pick(sent, "key id method hardwareProtection phishingResistant userVerification "
                             "userVerificationMethods");
    json_array_append_new(methods, kept);
    return shape_duration(x, sent, "reauthenticateIn", kept);
}

static json_t *
shape_step(struct wp_exchange *x, const json_t *sent, unsigned depth)
{
    const json_t *methods = json_object_get(sent, "authenticationMethods");
    const json_t *next = json_object_get(sent, "next");
    json_t *step, *kept, *method;
    bool has_own = false;
    size_t i;
    if (depth > STEPS_MAX || json_array_size(methods) == 0 || json_array_size(next) > 1) {
        wp_box_okta_invalid(x, "chains",
                            "A chain has 1 to %d steps of at least one method, each with one next",
                            STEPS_MAX);
        return NULL;
    }
    kept = json_array();
    step = json_pack("{s:o}", "authenticationMethods", kept);
    json_array_foreach(methods, i, method)
    {
        if (!shape_method(x, method, kept))
            goto failed;
        has_own = has_own || json_object_get(method, "reauthenticateIn") != NULL;
    }
    if (has_own && json_object_get(sent, "reauthenticateIn") != NULL) {
        wp_box_okta_invalid(x, "reauthenticateIn", "It stands on a step or on its methods");
        goto failed;
    }
    if (!shape_duration(x, sent, "reauthenticateIn", step))
        goto failed;
    if (json_array_size(next) == 1) {
        json_t *inner = shape_step(x, json_array_get(next, 0), depth + 1);
        if (inner == NULL)
            goto failed;
        json_object_set_new(step, "next", json_pack("[o]", inner));
    }
    return step;
failed:
    json_decref(step);
    return NULL;
}

static bool
shape_chains(struct wp_exchange *x, const json_t *sent, json_t *kept)
{
    const json_t *chains = json_object_get(sent, "chains");
    json_t *list, *chain;
    size_t i;
    if (json_array_size(chains) == 0 || json_array_size(chains) > CHAINS_MAX)
        return wp_box_okta_invalid(x, "chains", "There must be 1 to %d chains", CHAINS_MAX);
    list = json_array();
    json_object_set_new(kept, "chains", list);
    json_array_foreach(chains, i, chain)
    {
        json_t *step = shape_step(x, chain, 1);
        if (step == NULL)
            return false;
        json_array_append_new(list, step);
    }
    return true;
}

/* One of knowledge, possession, inherence; unknown keys vanish, even if nothing is
 * left and the constraint then asks for any factor. */
static bool
shape_class(struct wp_exchange *x, const json_t *sent, const char *name, json_t *constraint)
{
    const json_t *class = json_object_get(sent, name);
    json_t *kept;
    if (!json_is_object(class))
        return true;
    kept = wp_box_pick(class, strcmp(name, "possession") == 0
                                  ? "types methods authenticationMethods "
                                    "excludedAuthenticationMethods required deviceBound "
                                    "hardwareProtection phishingResistant userPresence "
                                    "userVerification"
                                  : "types methods authenticationMethods "
                                    "excludedAuthenticationMethods required");
    json_object_set_new(constraint, name, kept);
    return shape_duration(x, class, "reauthenticateIn", kept);
}

static bool
shape_assurance(struct wp_exchange *x, const json_t *sent, json_t *kept)
{
    const char *mode = wp_box_text(sent, "factorMode");
    const json_t *constraints = json_object_get(sent, "constraints");
    json_t *list = json_array(), *item;
    size_t i;
    json_object_set_new(kept, "constraints", list);
    if (mode != NULL && strcmp(mode, "1FA") != 0 && strcmp(mode, "2FA") != 0)
        return wp_box_okta_invalid(x, "factorMode", "It must be 1FA or 2FA");
    json_object_set_new(kept, "factorMode", json_string(mode != NULL ? mode : "2FA"));
    json_array_foreach(constraints, i, item)
    {
        json_t *constraint = json_object();
        json_array_append_new(list, constraint);
        if (!shape_class(x, item, "knowledge", constraint) ||
            !shape_class(x, item, "possession", constraint) ||
            !shape_class(x, item, "inherence", constraint))
            return false;
        if (json_object_size(constraint) > (mode != NULL && mode[0] == '1' ? 1u : 2u))
            return wp_box_okta_invalid(x, "constraints",
                                       "A constraint names more classes than there are factors");
    }
    return shape_duration(x, sent, "inactivityPeriod", kept);
}

static bool
shape_verification(struct wp_exchange *x, const json_t *sent, json_t *app)
{
    const char *type = wp_box_text(sent, "type");
    json_t *kept = json_object();
    json_object_set_new(app, "verificationMethod", kept);
    json_object_set_new(kept, "type", json_string(type != NULL ? type : ""));
    json_object_set_new(kept, "reauthenticateIn", json_string("PT12H"));
    if (type != NULL && strcmp(type, "AUTH_METHOD_CHAIN") == 0)
        return shape_chains(x, sent, kept) && shape_duration(x, sent, "reauthenticateIn", kept);
    if (type != NULL && strcmp(type, "ASSURANCE") == 0)
        return shape_assurance(x, sent, kept) && shape_duration(x, sent, "reauthenticateIn", kept);
    if (type != NULL && strcmp(type, "ID_PROOFING") == 0) {
        json_object_set_new(app, "verificationMethod", wp_box_pick(sent, "type id"));
        return true;
    }
    return wp_box_okta_invalid(x, "verificationMethod", "Invalid type");
}

bool
wp_box_okta_shape_access(struct wp_exchange *x, const json_t *sent, json_t *rule)
{
    const json_t *app = json_object_get(json_object_get(sent, "actions"), "appSignOn");
    const json_t *method = json_object_get(app, "verificationMethod");
    const char *access = wp_box_text(app, "access");
    json_t *kept = json_object(), *conditions;
    json_object_set_new(rule, "actions", json_pack("{s:o}", "appSignOn", kept));
    if (access == NULL || (strcmp(access, "ALLOW") != 0 && strcmp(access, "DENY") != 0))
        return wp_box_okta_invalid(x, "actions.appSignOn.access", "It must be ALLOW or DENY");
    json_object_set_new(kept, "access", json_string(access));
    if (method != NULL && !json_is_null(method)) {
        if (!shape_verification(x, method, kept))
            return false;
    } else if (access[0] == 'A') {
        return wp_box_okta_invalid(x, "verificationMethod", "It is required");
    }
    json_object_set_new(kept, "keepMeSignedIn", json_pack("{s:s}", "postAuth", "NOT_ALLOWED"));
    if (json_is_object(json_object_get(app, "keepMeSignedIn")))
        json_object_set_new(kept, "keepMeSignedIn",
                            wp_box_pick(json_object_get(app, "keepMeSignedIn"),
                                        "postAuth postAuthPromptFrequency"));
    conditions = shape_conditions(x, json_object_get(sent, "conditions"));
    if (conditions == NULL)
        return false;
    json_object_set_new(rule, "conditions", conditions);
    return true;
}
