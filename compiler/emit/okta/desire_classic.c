/*
 * The Classic Engine: app sign-on rules, for which Okta has no interface.
 *
 * Each app has rules of its own and a default rule that lets everybody in and cannot
 * be changed, so the policy's otherwise is a rule, too, and the last. A rule asks for
 * no particular factor: it lets people in with their session, or asks for one of the
 * factors that they have enrolled. So a chain can be held if it is a password, or a
 * password and then whichever of the org's other authenticators.
 */
#include "compiler/emit/okta/desire.h"

#include <string.h>

#include "compiler/facts.h"

enum { MINUTE = 60 };

struct ask {
    struct wp_desire *desire;
    const struct wp_policy *policy;
    const struct wp_model_rule *rule;
};

static void
refuse(const struct ask *ask, const char *cure, const char *text)
{
    const struct wp_desire_place place = {ask->rule->decision.span, ask->policy, ask->rule};
    wp_desire_refuse(ask->desire, WP_E_OKTA_CLASSIC, &place, cure, "%s", text);
}

/* ---- factors ------------------------------------------------------------------------- */

static const char *
key_of(const struct wp_declaration *method)
{
    const struct wp_attribute *block = wp_block_find(method->attributes, "okta", NULL);
    return block == NULL ? "" : wp_attribute_text(block->attributes, "key", "");
}

static bool
is_password(const struct wp_desire *desire, const struct wp_step *step)
{
    return step->count == 1 && strcmp(key_of(desire->model->methods[step->methods[0]].declaration),
                                      "okta_password") == 0;
}

static bool
step_has(const struct wp_desire *desire, const struct wp_step *step, const char *key)
{
    for (uint32_t i = 0; i < step->count; i++)
        if (strcmp(key_of(desire->model->methods[step->methods[i]].declaration), key) == 0)
            return true;
    return false;
}

static const struct wp_attribute *
authenticators(const struct wp_desire *desire)
{
    const struct wp_attribute *fact =
        wp_attribute_find(desire->session->tenant->attributes, "authenticators");
    return fact != NULL && fact->value->kind == WP_VALUE_LIST ? fact : NULL;
}

/* Is the authenticator of that key active, as the tenant declares? */
static bool
is_active(const struct wp_desire *desire, const struct wp_attribute *fact, const char *key)
{
    for (const struct wp_value *name = fact->value->items; name != NULL; name = name->next) {
        const struct wp_declaration *method =
            wp_declaration_find(desire->model, WP_DECL_METHOD, name->text);
        if (method != NULL && strcmp(key_of(method), key) == 0)
            return true;
    }
    return false;
}

/* Are the methods of the step all authenticators that are active, but the password? */
static bool
is_any_factor(const struct wp_desire *desire, const struct wp_attribute *fact,
              const struct wp_step *step)
{
    for (const struct wp_value *name = fact->value->items; name != NULL; name = name->next) {
        const struct wp_declaration *method =
            wp_declaration_find(desire->model, WP_DECL_METHOD, name->text);
        const char *key = method == NULL ? "" : key_of(method);
        if (*key != '\0' && strcmp(key, "okta_password") != 0 && !step_has(desire, step, key))
            return false;
    }
    for (uint32_t i = 0; i < step->count; i++)
        if (!is_active(desire, fact, key_of(desire->model->methods[step->methods[i]].declaration)))
            return false;
    return true;
}

/* Whether a further factor is asked for, in *factor; false when it cannot be held. */
static bool
take_chain(const struct ask *ask, bool *factor)
{
    const struct wp_desire *desire = ask->desire;
    const struct wp_model_chain *chain = &desire->model->chains[ask->rule->decision.chain];
    const struct wp_alternative *only = &chain->alternatives[0];
    const struct wp_attribute *fact = authenticators(desire);

    if (chain->count != 1 || only->count > 2 || !is_password(desire, &only->steps[0])) {
        refuse(ask, "write okta_password, or okta_password then all of the other authenticators",
               "an app sign-on rule asks for the password, and maybe for a further factor");
        return false;
    }
    *factor = only->count == 2;
    if (!*factor || (fact != NULL && is_any_factor(desire, fact, &only->steps[1])))
        return true;
    refuse(ask,
           fact == NULL
               ? "declare which authenticators are active: authenticators = { ... }"
               : "let the second step hold every authenticator that the tenant declares, but the "
                 "password",
           "an app sign-on rule takes any factor that people have enrolled");
    return false;
}

/* ---- rules -------------------------------------------------------------------------------- */

static json_t *
minutes(const struct ask *ask)
{
    uint64_t seconds = ask->rule->decision.reauth_seconds;

    if (seconds == WP_NO_REAUTH)
        return json_null();
    if (seconds % MINUTE != 0)
        refuse(ask, "write a time of whole minutes",
               "an app sign-on rule counts the time to the next sign-in in minutes");
    return json_integer((json_int_t)(seconds / MINUTE));
}

json_t *
wp_desire_classic_rule(struct wp_desire *desire, const struct wp_policy *policy,
                       const struct wp_okta_rule *rule, uint32_t position)
{
    const struct ask ask = {desire, policy, rule->line->rule};
    const struct wp_decision *decision = &ask.rule->decision;
    bool allows = !rule->line->denies && decision->effect == WP_AUTHENTICATE, factor = false;
    json_t *every = NULL;

    if (!rule->line->denies && decision->effect == WP_ALLOW)
        refuse(&ask, "say which chain people pass: authenticate okta_password",
               "Okta lets nobody in without at least one factor");
    if (decision->effect == WP_DENY)
        wp_desire_note_message(desire, policy, ask.rule);
    allows = allows && take_chain(&ask, &factor);
    if (allows)
        every = minutes(&ask);
    return json_pack("{s:i, s:o, s:s, s:b, s:o}", "priority", (int)position, "conditions",
                     wp_desire_conditions(desire, policy, rule), "access",
                     allows ? "ALLOW" : "DENY", "factor", factor, "reauthenticate_minutes",
                     every == NULL ? json_null() : every);
}
