/* Decisions: what Okta asks for, as chains of methods. */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/okta/okta_ways.h"
#include "compiler/facts.h"

#include <string.h>

/* ---- what a method is in Okta ---------------------------------------------------------- */

static json_t *
use_of(struct wp_okta_lift *lift, const struct wp_thing *method, const struct wp_attribute *block,
       const char *use)
{
    static const char *const constraints[][2] = {{"phishing_resistant", "phishingResistant"},
                                                 {"hardware_protected", "hardwareProtection"},
                                                 {"user_verified", "userVerification"}};
    const char *key = wp_attribute_text(block->attributes, "key", "");
    const struct wp_declaration *declaration = method->declaration;
    json_t *made = json_pack("{s:s, s:s}", "key", key, "method", use);

    for (size_t i = 0; i < sizeof constraints / sizeof *constraints; i++) {
        if (wp_attribute_is_yes(block->attributes, constraints[i][0]))
            (void)json_object_set_new(made, constraints[i][1], json_string("REQUIRED"));
    }
    if (wp_okta_authenticator_is_named(key)) {
        const char *name = wp_attribute_text(declaration->attributes, "label", method->name);
        if (lift->session->tenant)
            name = wp_name_in_tenant(declaration, lift->session->tenant, name);
        (void)json_object_set_new(
            made, "id", wp_reference(wp_state_key(lift->arena, "authenticator", NULL, name)));
    }
    return made;
}

json_t *
wp_okta_method_uses(struct wp_okta_lift *lift, const struct wp_thing *method)
{
    const struct wp_attribute *block =
        method->declaration ? wp_block_find(method->declaration->attributes, "okta", NULL) : NULL;
    const struct wp_attribute *uses = block ? wp_attribute_find(block->attributes, "uses") : NULL;
    json_t *list = json_array();

    if (!block)
        return list;
    if (!uses || uses->value->kind != WP_VALUE_LIST) {
        const char *key = wp_attribute_text(block->attributes, "key", "");
        (void)json_array_append_new(
            list, use_of(lift, method, block, wp_attribute_text(block->attributes, "use", key)));
        return list;
    }
    for (const struct wp_value *use = uses->value->items; use; use = use->next)
        (void)json_array_append_new(list, use_of(lift, method, block, use->text));
    return list;
}

/* ---- a source's chains as Okta's ---------------------------------------------------------- */

static json_t *
alternative_of(struct wp_okta_lift *lift, const struct wp_alternative *alternative)
{
    const struct wp_model *model = lift->session->model;
    json_t *chain = NULL;

    for (uint32_t i = alternative->count; i-- > 0;) {
        json_t *methods = json_array();
        for (uint32_t k = 0; k < alternative->steps[i].count; k++) {
            json_t *uses =
                wp_okta_method_uses(lift, &model->methods[alternative->steps[i].methods[k]]);
            (void)json_array_extend(methods, uses);
            json_decref(uses);
        }
        wp_okta_sort_methods(methods);
        json_t *step = json_pack("{s:o}", "authenticationMethods", methods);
        if (chain)
            (void)json_object_set_new(step, "next", json_pack("[o]", chain));
        chain = step;
    }
    return chain;
}

static const char *
write_model_chain(struct wp_okta_lift *lift, const struct wp_model_chain *chain)
{
    const struct wp_model *model = lift->session->model;
    const char *text = "";

    for (uint32_t a = 0; a < chain->count; a++) {
        text = wp_format(lift->arena, "%s%s", text, a ? " else " : "");
        for (uint32_t i = 0; i < chain->alternatives[a].count; i++) {
            const struct wp_step *step = &chain->alternatives[a].steps[i];
            bool brackets = step->count > 1 && chain->alternatives[a].count > 1;
            text = wp_format(lift->arena, "%s%s%s", text, i ? " then " : "", brackets ? "(" : "");
            for (uint32_t k = 0; k < step->count; k++)
                text = wp_format(lift->arena, "%s%s%s", text, k ? " or " : "",
                                 model->methods[step->methods[k]].name);
            text = wp_format(lift->arena, "%s%s", text, brackets ? ")" : "");
        }
    }
    return text;
}

void
wp_okta_lift_chains(struct wp_okta_lift *lift)
{
    const struct wp_model *model = lift->session->model;

    lift->chains = json_array();
    for (uint32_t i = 0; model && i < model->chain_count; i++) {
        const struct wp_model_chain *chain = &model->chains[i];
        json_t *chains = json_array();
        for (uint32_t a = 0; a < chain->count; a++)
            (void)json_array_append_new(chains, alternative_of(lift, &chain->alternatives[a]));
        json_t *ways = wp_okta_ways(chains);
        (void)json_array_append_new(lift->chains,
                                    json_pack("{s:s?, s:o, s:o, s:s, s:b}", "name", chain->name,
                                              "chains", chains, "ways", ways ? ways : json_null(),
                                              "text", write_model_chain(lift, chain), "used", 0));
    }
}

static const char *
use_chain(json_t *entry)
{
    const char *name = json_string_value(json_object_get(entry, "name"));

    (void)json_object_set_new(entry, "used", json_true());
    return name ? name : json_string_value(json_object_get(entry, "text"));
}

/* The source's chain that is this one, or asks for the same, by its name or written out;
 * NULL: none is. */
static const char *
recognise(struct wp_okta_lift *lift, const json_t *chains)
{
    json_t *entry, *ways;
    const char *found = NULL;
    size_t i;

    json_array_foreach(lift->chains, i, entry)
    {
        if (json_equal(json_object_get(entry, "chains"), chains))
            return use_chain(entry);
    }
    ways = json_array_size(lift->chains) > 0 ? wp_okta_ways(chains) : NULL;
    json_array_foreach(lift->chains, i, entry)
    {
        if (!found && ways && json_equal(json_object_get(entry, "ways"), ways))
            found = use_chain(entry);
    }
    json_decref(ways);
    return found;
}

/* ---- Okta's chains as text ------------------------------------------------------------------ */

static bool
holds_all(const json_t *methods, const json_t *uses)
{
    const json_t *use, *method;
    size_t i, k;

    json_array_foreach(uses, i, use)
    {
        bool found = false;
        json_array_foreach(methods, k, method) found = found || json_equal(method, use);
        if (!found)
            return false;
    }
    return json_array_size(uses) > 0;
}

static void
take_away(json_t *methods, const json_t *uses)
{
    const json_t *use;
    size_t i;

    json_array_foreach(uses, i, use)
    {
        for (size_t k = json_array_size(methods); k > 0; k--) {
            if (json_equal(json_array_get(methods, k - 1), use))
                (void)json_array_remove(methods, k - 1);
        }
    }
}

/* The method that stands for most of those; takes them away. NULL: there is none. */
static const struct wp_thing *
largest_method(struct wp_okta_lift *lift, json_t *methods)
{
    const struct wp_thing *best = NULL;
    size_t most = 0;

    for (uint32_t i = 0; i < lift->words->method_count; i++) {
        json_t *uses = wp_okta_method_uses(lift, &lift->words->methods[i]);
        if (json_array_size(uses) > most && holds_all(methods, uses)) {
            best = &lift->words->methods[i];
            most = json_array_size(uses);
        }
        json_decref(uses);
    }
    if (best) {
        json_t *uses = wp_okta_method_uses(lift, best);
        take_away(methods, uses);
        json_decref(uses);
    }
    return best;
}

/* One step, in brackets if `brackets` and it has several, in the order of the vocabulary;
 * NULL when woapol has no word for one of its methods. */
static const char *
write_step(struct wp_okta_lift *lift, const json_t *step, bool brackets)
{
    json_t *left = json_deep_copy(json_object_get(step, "authenticationMethods"));
    bool *chosen = wp_alloc_array(lift->arena, lift->words->method_count + 1, sizeof *chosen);
    const struct wp_thing *method;
    const char *text = "";
    unsigned count = 0;

    while (json_array_size(left) > 0 && (method = largest_method(lift, left)) != NULL)
        chosen[method - lift->words->methods] = true;
    for (uint32_t i = 0; i < lift->words->method_count; i++) {
        if (chosen[i])
            text = wp_format(lift->arena, "%s%s%s", text, count++ ? " or " : "",
                             lift->words->methods[i].name);
    }
    if (json_array_size(left) > 0 || count == 0) {
        const json_t *unknown = json_array_get(left, 0);
        wp_okta_lift_cannot(lift, "the method %s of authenticator %s, as it is asked for here",
                            wp_okta_text(unknown, "method"), wp_okta_text(unknown, "key"));
        text = NULL;
    } else if (count > 1 && brackets) {
        text = wp_format(lift->arena, "(%s)", text);
    }
    json_decref(left);
    return text;
}

static const char *
write_alternative(struct wp_okta_lift *lift, const json_t *first)
{
    bool several = json_array_size(json_object_get(first, "next")) > 0;
    const char *text = "";

    for (const json_t *step = first; step;
         step = json_array_get(json_object_get(step, "next"), 0)) {
        const char *part = write_step(lift, step, several);
        if (!part)
            return NULL;
        wp_okta_lift_only(lift, step, "chains", "authenticationMethods next reauthenticateIn");
        if (json_object_get(step, "reauthenticateIn"))
            wp_okta_lift_cannot(lift, "a step that is asked for again after a time of its own");
        if (json_array_size(json_object_get(step, "next")) > 1)
            wp_okta_lift_cannot(lift, "a step with several next ones");
        text = wp_format(lift->arena, "%s%s%s", text, step == first ? "" : " then ", part);
    }
    return text;
}

static const char *
write_chains(struct wp_okta_lift *lift, const json_t *chains)
{
    const char *text = "";
    const json_t *chain;
    size_t i;

    json_array_foreach(chains, i, chain)
    {
        const char *part = write_alternative(lift, chain);
        if (!part)
            return NULL;
        text = wp_format(lift->arena, "%s%s%s", text, i ? " else " : "", part);
    }
    if (i == 0)
        wp_okta_lift_cannot(lift, "a chain without alternatives");
    return i ? text : NULL;
}

/* ---- what the global session policy asks for besides -------------------------------------------
 */

/* Does every way through the step prove a password? */
static bool
is_password(const json_t *step)
{
    const json_t *method;
    bool all = true;
    size_t i;

    json_array_foreach(json_object_get(step, "authenticationMethods"), i, method)
    {
        const char *key = wp_okta_text(method, "key");
        all = all && (strcmp(key, "okta_password") == 0 || strcmp(key, "external_idp") == 0);
    }
    return all;
}

static bool
has_password(const json_t *chain)
{
    for (; chain; chain = json_array_get(json_object_get(chain, "next"), 0)) {
        if (is_password(chain))
            return true;
    }
    return false;
}

/* Whatever the org has for a second factor. */
static json_t *
second_factors(struct wp_okta_lift *lift)
{
    json_t *all = json_array();

    for (uint32_t i = 0; i < lift->words->method_count; i++) {
        const struct wp_thing *method = &lift->words->methods[i];
        if (!method->declaration ||
            !(wp_method_factors(method->declaration) & WP_FACTOR_POSSESSION) ||
            !wp_okta_lift_authenticator(lift, method))
            continue;
        json_t *uses = wp_okta_method_uses(lift, method);
        (void)json_array_extend(all, uses);
        json_decref(uses);
    }
    wp_okta_sort_methods(all);
    return all;
}

static json_t *
add_second(struct wp_okta_lift *lift, const json_t *chain)
{
    json_t *copy = json_deep_copy(chain), *more;

    if (json_object_get(chain, "next"))
        return copy;
    more = second_factors(lift);
    if (json_array_size(more) == 0)
        wp_okta_lift_cannot(lift, "a second factor of the person's choice");
    (void)json_object_set_new(copy, "next", json_pack("[{s:o}]", "authenticationMethods", more));
    return copy;
}

/* Both policies must be satisfied: a chain that leaves out what the session asks for
 * gets it in addition. */
static json_t *
add_session(struct wp_okta_lift *lift, const json_t *chains)
{
    json_t *all = json_array(), *chain;
    size_t i;

    json_array_foreach(chains, i, chain)
    {
        json_t *whole = lift->asks_two ? add_second(lift, chain) : json_incref(chain);
        if (lift->asks_password && !has_password(chain))
            whole = json_pack("{s:[{s:s, s:s}], s:[o]}", "authenticationMethods", "key",
                              "okta_password", "method", "password", "next", whole);
        (void)json_array_append_new(all, whole);
    }
    return all;
}

/* ---- together
 * ------------------------------------------------------------------------------------- */

static const char *
write_every(struct wp_okta_lift *lift, const json_t *method)
{
    static const struct {
        uint64_t seconds;
        char unit;
    } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    const char *text = wp_okta_text(method, "reauthenticateIn");
    uint64_t seconds;

    if (strcmp(text, WP_OKTA_ONCE_A_SESSION) == 0)
        return "";
    if (!wp_okta_duration_read(text, &seconds)) {
        wp_okta_lift_cannot(lift, "the time %s", text);
        return "";
    }
    /* Hours as sources usually have them, unless there are whole days, many of them. */
    for (size_t i = seconds % 86400 == 0 && seconds > 2 * 86400 ? 0 : 1;
         i < sizeof units / sizeof *units; i++) {
        if (seconds % units[i].seconds == 0)
            return wp_format(lift->arena, " every %llu%c",
                             (unsigned long long)(seconds / units[i].seconds), units[i].unit);
    }
    return "";
}

static const char *
write_method(struct wp_okta_lift *lift, const json_t *method)
{
    const char *type = wp_okta_text(method, "type"), *text;

    if (json_object_get(method, "inactivityPeriod"))
        wp_okta_lift_cannot(lift, "a time without activity");
    wp_okta_lift_only(lift, method, "verificationMethod",
                      "type factorMode constraints chains reauthenticateIn inactivityPeriod id");
    json_t *chains = NULL;
    if (strcmp(type, "ASSURANCE") == 0)
        chains = wp_okta_lift_assurance(lift, method);
    else if (strcmp(type, "AUTH_METHOD_CHAIN") == 0)
        chains = add_session(lift, json_object_get(method, "chains"));
    else
        wp_okta_lift_cannot(lift, "the verification %s", type);
    if (!chains)
        return NULL;
    text = recognise(lift, chains);
    if (!text)
        text = write_chains(lift, chains);
    json_decref(chains);
    return text;
}

const char *
wp_okta_lift_action(struct wp_okta_lift *lift, const json_t *sign_on)
{
    const json_t *method = json_object_get(sign_on, "verificationMethod");
    const char *access = wp_okta_text(sign_on, "access"), *chain;

    if (strcmp(access, "ALLOW") != 0) {
        if (strcmp(access, "DENY") != 0)
            wp_okta_lift_cannot(lift, "the access %s", access);
        return "deny";
    }
    wp_okta_lift_only(lift, sign_on, "appSignOn", "access verificationMethod keepMeSignedIn");
    if (json_object_get(sign_on, "keepMeSignedIn"))
        wp_okta_lift_cannot(lift, "people who stay signed in");
    chain = write_method(lift, method);
    if (!chain)
        return "deny";
    return wp_format(lift->arena, "authenticate %s%s", chain, write_every(lift, method));
}
