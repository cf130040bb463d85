/*
 * Requirements of assurance: so many factors, of such sorts, which the person chooses,
 * and in which order. As chains of the methods that the org has and that meet them.
 *
 *   1FA   one method: of the sort that a constraint requires, else of either
 *   2FA   one that people know and one that they have, in either order; or one method that
 *         is both (a key that knows its owner), unless knowledge is required
 *
 * A constraint that lists what is excluded requires nothing unless it says so. Where the
 * global session policy asks for a password, that comes first.
 */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/okta/okta_ways.h"
#include "compiler/facts.h"

#include <stdlib.h>
#include <string.h>

const struct wp_object *
wp_okta_lift_authenticator(const struct wp_okta_lift *lift, const struct wp_thing *method)
{
    const struct wp_attribute *block =
        method->declaration ? wp_block_find(method->declaration->attributes, "okta", NULL) : NULL;
    const char *key = block ? wp_attribute_text(block->attributes, "key", "") : "";

    for (size_t i = 0; block && i < lift->state->count; i++) {
        const struct wp_object *object = lift->state->items[i];
        if (strcmp(object->kind, "authenticator") == 0 &&
            strcmp(wp_okta_text(object->body, "key"), key) == 0 &&
            strcmp(wp_okta_text(object->body, "status"), "ACTIVE") == 0)
            return object;
    }
    return NULL;
}

/* ---- constraints ---------------------------------------------------------------------- */

static bool
names(const json_t *list, const char *text)
{
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const char *word = json_string_value(item);
        if (word && strcasecmp(word, text) == 0)
            return true;
    }
    return false;
}

static bool
lists_use(const json_t *list, const json_t *use)
{
    const json_t *item, *id;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const char *method = wp_okta_text(item, "method");
        id = json_object_get(item, "id");
        if (strcmp(wp_okta_text(item, "key"), wp_okta_text(use, "key")) == 0 &&
            (!*method || strcmp(method, wp_okta_text(use, "method")) == 0) &&
            (!id || json_equal(id, json_object_get(use, "id"))))
            return true;
    }
    return false;
}

static bool
passes(const struct wp_object *authenticator, const json_t *constraint, const json_t *use)
{
    const json_t *types = json_object_get(constraint, "types");
    const json_t *methods = json_object_get(constraint, "methods");
    const json_t *only = json_object_get(constraint, "authenticationMethods");

    return (!types || names(types, wp_okta_text(authenticator->original, "type"))) &&
           (!methods || names(methods, wp_okta_text(use, "method"))) &&
           (!only || lists_use(only, use)) &&
           !lists_use(json_object_get(constraint, "excludedAuthenticationMethods"), use);
}

static bool
is_required(const json_t *constraint, const char *key)
{
    return strcmp(wp_okta_text(constraint, key), "REQUIRED") == 0;
}

/* Must there be a factor of the constraint's sort? */
static bool requires(const json_t *constraint)
{
    const json_t *said = json_object_get(constraint, "required");

    if (!constraint)
        return false;
    return said ? json_is_true(said)
                : json_object_get(constraint, "excludedAuthenticationMethods") == NULL;
}

/* Is there any method of which that is asked? */
static bool
is_ever_asked(struct wp_okta_lift *lift, const char *demand)
{
    bool found = false;

    for (uint32_t i = 0; i < lift->words->method_count && !found; i++) {
        json_t *uses = wp_okta_method_uses(lift, &lift->words->methods[i]), *use;
        size_t k;
        json_array_foreach(uses, k, use) found = found || is_required(use, demand);
        json_decref(uses);
    }
    return found;
}

static bool
is_sayable(struct wp_okta_lift *lift, const json_t *constraint, const json_t *whole)
{
    static const char known[] = " types methods authenticationMethods required deviceBound "
                                "excludedAuthenticationMethods phishingResistant userPresence ";
    const json_t *value;
    const char *key;

    json_object_foreach((json_t *)constraint, key, value)
    {
        const char *word = wp_format(lift->arena, " %s ", key);
        bool optional = json_is_string(value) && strcmp(json_string_value(value), "OPTIONAL") == 0;
        /* The time of the whole, once more. */
        bool again = strcmp(key, "reauthenticateIn") == 0 &&
                     strcmp(wp_okta_text(constraint, key), wp_okta_text(whole, key)) == 0;
        bool asked = is_required(constraint, key) && is_ever_asked(lift, key);
        if (!optional && !again && !asked && !strstr(known, word)) {
            wp_okta_lift_cannot(lift, "factors with %s", key);
            return false;
        }
    }
    return true;
}

/* ---- what methods are ------------------------------------------------------------------- */

/* What is known of one use of an authenticator. */
struct known {
    unsigned factors;
    bool device_bound, resistant; /* by itself */
    bool resists;                 /* where that is asked for */
};

static bool
is_use(const json_t *a, const json_t *b)
{
    return strcmp(wp_okta_text(a, "key"), wp_okta_text(b, "key")) == 0 &&
           strcmp(wp_okta_text(a, "method"), wp_okta_text(b, "method")) == 0;
}

/* What all methods of the vocabulary say that are this, alone or among others, whatever
 * the authenticator is called. */
static struct known
know(struct wp_okta_lift *lift, const json_t *wanted)
{
    struct known known = {0};

    for (uint32_t i = 0; i < lift->words->method_count; i++) {
        const struct wp_thing *method = &lift->words->methods[i];
        const struct wp_attribute *said =
            method->declaration ? method->declaration->attributes : NULL;
        json_t *uses = wp_okta_method_uses(lift, method), *use;
        size_t k;
        json_array_foreach(uses, k, use)
        {
            if (!is_use(use, wanted))
                continue;
            known.factors |= wp_method_factors(method->declaration);
            known.device_bound = known.device_bound || wp_attribute_is_yes(said, "device_bound");
            if (is_required(use, "phishingResistant"))
                known.resists = true;
            else if (wp_attribute_is_yes(said, "phishing_resistant"))
                known.resistant = true;
        }
        json_decref(uses);
    }
    return known;
}

/* The use as the constraint asks for it; NULL: it never is that. */
static json_t *
as_asked(const json_t *constraint, const json_t *use, const struct known *known)
{
    static const char *const demands[] = {"hardwareProtection", "userVerification"};
    json_t *asked = json_deep_copy(use);

    if ((is_required(constraint, "deviceBound") && !known->device_bound) ||
        (is_required(constraint, "phishingResistant") && !known->resistant && !known->resists)) {
        json_decref(asked);
        return NULL;
    }
    if (is_required(constraint, "phishingResistant") && !known->resistant)
        (void)json_object_set_new(asked, "phishingResistant", json_string("REQUIRED"));
    for (size_t i = 0; i < sizeof demands / sizeof *demands; i++) {
        if (is_required(constraint, demands[i]))
            (void)json_object_set_new(asked, demands[i], json_string("REQUIRED"));
    }
    return asked;
}

/* ---- what an org offers -------------------------------------------------------------------- */

/* The methods that meet each half of one object of constraints. */
struct offer {
    json_t *knowledge, *possession, *both; /* both: of possession, two factors by themselves */
    bool knows, has;                       /* which halves are required */
};

static void
offer_end(struct offer *offer)
{
    json_decref(offer->knowledge);
    json_decref(offer->possession);
    json_decref(offer->both);
}

/* Is the method on? One that the state does not tell of is what its authenticator is. */
static bool
is_on(const struct wp_okta_lift *lift, const struct wp_object *authenticator, const json_t *use)
{
    const struct wp_object *method =
        wp_state_find(lift->state, wp_state_key(lift->arena, "authenticator_method",
                                                authenticator->name, wp_okta_text(use, "method")));

    return !method || strcmp(wp_okta_text(method->body, "status"), "ACTIVE") == 0;
}

/* Is there a word for the use that stands for no use which is off, and demands nothing? */
static bool
has_word(struct wp_okta_lift *lift, const struct wp_object *authenticator, const json_t *use)
{
    bool found = false;

    for (uint32_t i = 0; i < lift->words->method_count && !found; i++) {
        json_t *uses = wp_okta_method_uses(lift, &lift->words->methods[i]), *other;
        bool fits = true;
        size_t k;
        json_array_foreach(uses, k, other)
        {
            bool is_it = strcmp(wp_okta_text(other, "method"), wp_okta_text(use, "method")) == 0;
            fits = fits && strcmp(wp_okta_text(other, "key"), wp_okta_text(use, "key")) == 0 &&
                   is_on(lift, authenticator, other) && json_object_size(other) == 2;
            found = found || is_it;
        }
        found = found && fits;
        json_decref(uses);
    }
    return found;
}

/* Takes out what is off; where what is left could not be said then, all of it stands for
 * what is on. */
static void
drop_what_is_off(struct wp_okta_lift *lift, const struct wp_object *authenticator, json_t *uses)
{
    json_t *on = json_array(), *use;
    bool sayable = true;
    size_t i;

    json_array_foreach(uses, i, use)
    {
        if (!is_on(lift, authenticator, use))
            continue;
        (void)json_array_append(on, use);
        sayable = sayable && has_word(lift, authenticator, use);
    }
    if (json_array_size(on) < json_array_size(uses) && sayable) {
        (void)json_array_clear(uses);
        (void)json_array_extend(uses, on);
    }
    json_decref(on);
}

static void
offer_use(struct wp_okta_lift *lift, struct offer *offer, const struct wp_object *authenticator,
          const json_t *constraints, const json_t *use)
{
    const struct known known = know(lift, use);
    bool knowledge = known.factors == WP_FACTOR_KNOWLEDGE;
    const json_t *constraint = json_object_get(constraints, knowledge ? "knowledge" : "possession");
    json_t *asked = NULL;

    if ((knowledge || (known.factors & WP_FACTOR_POSSESSION)) &&
        passes(authenticator, constraint, use))
        asked = as_asked(constraint, use, &known);
    if (!asked)
        return;
    (void)json_array_append(knowledge ? offer->knowledge : offer->possession, asked);
    if (!knowledge && known.factors != WP_FACTOR_POSSESSION)
        (void)json_array_append(offer->both, asked);
    json_decref(asked);
}

/* All uses of an authenticator that the vocabulary has. Of those of which an org can have
 * several, one that no method names is what the method of that sort stands for. */
static json_t *
uses_of(struct wp_okta_lift *lift, const struct wp_object *authenticator)
{
    const char *key = wp_okta_text(authenticator->body, "key");
    json_t *named = json_array(), *all = json_array();

    for (uint32_t i = 0; i < lift->words->method_count; i++) {
        json_t *uses = wp_okta_method_uses(lift, &lift->words->methods[i]), *use;
        size_t k;
        json_array_foreach(uses, k, use)
        {
            const json_t *id = json_object_get(use, "id");
            if (strcmp(wp_okta_text(use, "key"), key) != 0)
                continue;
            json_t *mine =
                json_pack("{s:s, s:s}", "key", key, "method", wp_okta_text(use, "method"));
            if (id)
                (void)json_object_set_new(mine, "id", json_deep_copy(id));
            if (id && strcmp(wp_reference_key(id), authenticator->key) == 0)
                (void)json_array_append(named, mine);
            (void)json_array_append_new(all, mine);
        }
        json_decref(uses);
    }
    bool has_name = json_array_size(named) > 0;
    json_t *chosen = json_incref(has_name ? named : all);
    json_decref(named);
    json_decref(all);
    wp_okta_sort_methods(chosen);
    return chosen;
}

/* May an authenticator that there is no word for meet the constraint? */
static bool
may_meet(const struct wp_object *authenticator, const json_t *constraints, const char *half)
{
    const json_t *constraint = json_object_get(constraints, half);
    const json_t *only = json_object_get(constraint, "authenticationMethods"), *item;
    const json_t *types = json_object_get(constraint, "types");
    bool listed = only == NULL;
    size_t i;

    json_array_foreach(only, i, item) listed =
        listed || strcmp(wp_okta_text(item, "key"), wp_okta_text(authenticator->body, "key")) == 0;
    return listed && (!types || names(types, wp_okta_text(authenticator->original, "type")));
}

static bool
make_offer(struct wp_okta_lift *lift, const json_t *constraints, struct offer *offer)
{
    *offer = (struct offer){json_array(), json_array(), json_array(),
                            requires(json_object_get(constraints, "knowledge")),
                            requires(json_object_get(constraints, "possession"))};
    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *object = lift->state->items[i];
        if (strcmp(object->kind, "authenticator") != 0 ||
            strcmp(wp_okta_text(object->body, "status"), "ACTIVE") != 0)
            continue;
        json_t *uses = uses_of(lift, object), *use;
        size_t k;
        bool unknown = json_array_size(uses) == 0;
        drop_what_is_off(lift, object, uses);
        json_array_foreach(uses, k, use) offer_use(lift, offer, object, constraints, use);
        json_decref(uses);
        if (unknown && (may_meet(object, constraints, "knowledge") ||
                        may_meet(object, constraints, "possession"))) {
            wp_okta_lift_cannot(lift, "the authenticator %s, of which people may choose",
                                object->name);
            return false;
        }
    }
    wp_okta_sort_methods(offer->knowledge);
    wp_okta_sort_methods(offer->possession);
    wp_okta_sort_methods(offer->both);
    return true;
}

/* ---- chains of it --------------------------------------------------------------------------- */

static void
add_chain(json_t *chains, const json_t *first, const json_t *second)
{
    if (json_array_size(first) == 0 || (second && json_array_size(second) == 0))
        return;
    json_t *chain = json_pack("{s:o}", "authenticationMethods", json_deep_copy(first));
    if (second)
        (void)json_object_set_new(
            chain, "next", json_pack("[{s:o}]", "authenticationMethods", json_deep_copy(second)));
    (void)json_array_append_new(chains, chain);
}

static void
add_factors(json_t *chains, const struct offer *offer, bool two)
{
    if (two || (offer->knows && offer->has)) {
        add_chain(chains, offer->knowledge, offer->possession);
        add_chain(chains, offer->possession, offer->knowledge);
        if (!offer->knows)
            add_chain(chains, offer->both, NULL);
        return;
    }
    json_t *any = json_array();
    if (!offer->has)
        (void)json_array_extend(any, offer->knowledge);
    if (!offer->knows)
        (void)json_array_extend(any, offer->possession);
    wp_okta_sort_methods(any);
    add_chain(chains, any, NULL);
    json_decref(any);
}

/* The same after the password of the global session policy, which counts. */
static bool
add_after_password(struct wp_okta_lift *lift, json_t *chains, const struct offer *offer, bool two)
{
    json_t *password = json_pack("[{s:s, s:s}]", "key", "okta_password", "method", "password");
    bool counts = lists_use(offer->knowledge, json_array_get(password, 0));
    bool can = counts || (!offer->knows && !two);

    if (!can)
        wp_okta_lift_cannot(lift, "something that people know, beside the password that the "
                                  "global session policy asks for");
    else
        add_chain(chains, password, two || offer->has || !counts ? offer->possession : NULL);
    json_decref(password);
    return can;
}

static bool
add_object(struct wp_okta_lift *lift, json_t *chains, const json_t *constraints,
           const json_t *method)
{
    const json_t *knowledge = json_object_get(constraints, "knowledge");
    const json_t *possession = json_object_get(constraints, "possession");
    bool two = strcmp(wp_okta_text(method, "factorMode"), "2FA") == 0 || lift->asks_two;
    struct offer offer;

    if (!is_sayable(lift, knowledge, method) || !is_sayable(lift, possession, method))
        return false;
    if (json_object_size(constraints) != (size_t)(knowledge != NULL) + (possession != NULL)) {
        wp_okta_lift_cannot(lift, "factors of a kind that is neither knowledge nor possession");
        return false;
    }
    bool can = make_offer(lift, constraints, &offer);
    if (can && lift->asks_password)
        can = add_after_password(lift, chains, &offer, two);
    else if (can)
        add_factors(chains, &offer, two);
    offer_end(&offer);
    return can;
}

static json_t *
chains_of(struct wp_okta_lift *lift, const json_t *method)
{
    const json_t *constraints = json_object_get(method, "constraints"), *constraint;
    json_t *chains = json_array();
    bool can = json_array_size(constraints) > 0 || add_object(lift, chains, NULL, method);
    size_t i;

    json_array_foreach(constraints, i, constraint) can =
        can && add_object(lift, chains, constraint, method);
    wp_okta_join_chains(chains, 1);
    if (can && json_array_size(chains) == 0) {
        wp_okta_lift_cannot(lift, "factors that no active authenticator gives");
        can = false;
    }
    if (!can) {
        json_decref(chains);
        return NULL;
    }
    return chains;
}

/* Many rules ask for the same: what it comes to is kept. */
json_t *
wp_okta_lift_assurance(struct wp_okta_lift *lift, const json_t *method)
{
    json_t *asked = json_pack("{s:O, s:b, s:b}", "method", method, "password", lift->asks_password,
                              "two", lift->asks_two);
    char *key = json_dumps(asked, JSON_COMPACT | JSON_SORT_KEYS);
    json_t *chains = json_incref(key ? json_object_get(lift->assured, key) : NULL);

    json_decref(asked);
    if (!chains) {
        chains = chains_of(lift, method);
        if (chains && key)
            (void)json_object_set(lift->assured, key, chains);
    }
    free(key);
    return chains;
}
