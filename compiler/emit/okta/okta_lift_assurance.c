/*
 * Requirements of assurance: so many factors, of such sorts, which the person
 * chooses. As chains of the methods that the org has and that meet them; the order
 * within one is the person's own in Okta, and knowledge comes first here.
 */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/facts.h"

#include <string.h>

/* The methods that meet something, by number of the vocabulary's. */
struct choice {
    struct wp_okta_lift *lift;
    bool *knowledge, *possession, *both; /* both: two factors by itself */
    uint32_t count;
};

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
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const char *method = wp_okta_text(item, "method");
        if (strcmp(wp_okta_text(item, "key"), wp_okta_text(use, "key")) == 0 &&
            (!*method || strcmp(method, wp_okta_text(use, "method")) == 0))
            return true;
    }
    return false;
}

static bool
use_fits(const struct wp_object *authenticator, const json_t *constraint, const json_t *use)
{
    const json_t *types = json_object_get(constraint, "types");
    const json_t *methods = json_object_get(constraint, "methods");
    const json_t *only = json_object_get(constraint, "authenticationMethods");
    const char *type = wp_okta_text(authenticator->original, "type");

    return (!types || names(types, type)) &&
           (!methods || names(methods, wp_okta_text(use, "method"))) &&
           (!only || lists_use(only, use)) &&
           !lists_use(json_object_get(constraint, "excludedAuthenticationMethods"), use);
}

static bool
is_required(const json_t *constraint, const char *key)
{
    return strcmp(wp_okta_text(constraint, key), "REQUIRED") == 0;
}

/* Does the method, in all its uses, meet the constraint? */
static bool
fits(struct wp_okta_lift *lift, const struct wp_thing *method, const json_t *constraint)
{
    const struct wp_object *authenticator = wp_okta_lift_authenticator(lift, method);
    const struct wp_attribute *said = method->declaration ? method->declaration->attributes : NULL;
    json_t *uses = wp_okta_method_uses(lift, method), *use;
    bool all = authenticator != NULL && json_array_size(uses) > 0;
    size_t i;

    json_array_foreach(uses, i, use) all = all && use_fits(authenticator, constraint, use);
    json_decref(uses);
    return all &&
           (!is_required(constraint, "deviceBound") || wp_attribute_is_yes(said, "device_bound")) &&
           (!is_required(constraint, "phishingResistant") ||
            wp_attribute_is_yes(said, "phishing_resistant"));
}

static bool
is_sayable(struct wp_okta_lift *lift, const json_t *constraint)
{
    static const char *const known[] = {"types",
                                        "methods",
                                        "authenticationMethods",
                                        "excludedAuthenticationMethods",
                                        "deviceBound",
                                        "phishingResistant",
                                        "userPresence",
                                        "required"};
    const json_t *value;
    const char *key;

    json_object_foreach((json_t *)constraint, key, value)
    {
        bool is_known =
            strcmp(json_is_string(value) ? json_string_value(value) : "", "OPTIONAL") == 0;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            is_known = is_known || strcmp(key, known[i]) == 0;
        if (!is_known) {
            wp_okta_lift_cannot(lift, "factors with %s", key);
            return false;
        }
    }
    return true;
}

/* ---- sets of methods ---------------------------------------------------------------------- */

static void
choose(struct choice *choice, const json_t *knowledge, const json_t *possession)
{
    const struct wp_model *words = choice->lift->words;

    choice->count = words->method_count;
    choice->knowledge = wp_alloc_array(choice->lift->arena, choice->count + 1, sizeof(bool));
    choice->possession = wp_alloc_array(choice->lift->arena, choice->count + 1, sizeof(bool));
    choice->both = wp_alloc_array(choice->lift->arena, choice->count + 1, sizeof(bool));
    for (uint32_t i = 0; i < choice->count; i++) {
        const struct wp_thing *method = &words->methods[i];
        unsigned factors = method->declaration ? wp_method_factors(method->declaration) : 0;
        choice->knowledge[i] =
            factors == WP_FACTOR_KNOWLEDGE && fits(choice->lift, method, knowledge);
        choice->possession[i] =
            (factors & WP_FACTOR_POSSESSION) && fits(choice->lift, method, possession);
        choice->both[i] = choice->possession[i] && factors != WP_FACTOR_POSSESSION;
    }
}

/* Is all that the method can be in Okta in another one that is chosen? */
static bool
is_covered(const struct choice *choice, const bool *set, uint32_t number)
{
    struct wp_okta_lift *lift = choice->lift;
    json_t *mine = wp_okta_method_uses(lift, &lift->words->methods[number]);
    bool covered = false;

    for (uint32_t i = 0; i < choice->count && !covered; i++) {
        if (i == number || !set[i])
            continue;
        json_t *others = wp_okta_method_uses(lift, &lift->words->methods[i]);
        bool larger = json_array_size(others) > json_array_size(mine) ||
                      (json_array_size(others) == json_array_size(mine) && i < number);
        size_t k, found = 0;
        json_t *use;
        json_array_foreach(mine, k, use) found += lists_use(others, use);
        covered = larger && found == json_array_size(mine);
        json_decref(others);
    }
    json_decref(mine);
    return covered;
}

/* "(okta_verify or fido2)", "" when the set is empty. */
static const char *
write_set(const struct choice *choice, const bool *set)
{
    struct wp_arena *arena = choice->lift->arena;
    const char *text = "";
    unsigned count = 0;

    for (uint32_t i = 0; i < choice->count; i++) {
        if (set[i] && !is_covered(choice, set, i))
            text = wp_format(arena, "%s%s%s", text, count++ ? " or " : "",
                             choice->lift->words->methods[i].name);
    }
    return count > 1 ? wp_format(arena, "(%s)", text) : text;
}

static const char *
join(struct wp_okta_lift *lift, const char *a, const char *word, const char *b)
{
    if (!*a || !*b)
        return *a ? a : b;
    return wp_format(lift->arena, "%s%s%s", a, word, b);
}

/* ---- one object of constraints --------------------------------------------------------------- */

static const char *
write_one(struct wp_okta_lift *lift, const json_t *constraint, bool two)
{
    const json_t *knowledge = json_object_get(constraint, "knowledge");
    const json_t *possession = json_object_get(constraint, "possession");
    struct choice choice = {.lift = lift};

    if (!is_sayable(lift, knowledge) || !is_sayable(lift, possession))
        return NULL;
    if (json_object_size(constraint) != (size_t)(knowledge != NULL) + (possession != NULL)) {
        wp_okta_lift_cannot(lift, "factors of a kind that is neither knowledge nor possession");
        return NULL;
    }
    choose(&choice, knowledge, possession);
    const char *known = write_set(&choice, choice.knowledge);
    const char *had = write_set(&choice, choice.possession);
    if (!two)
        return knowledge && possession ? join(lift, known, " then ", had)
               : knowledge             ? known
               : possession            ? had
                                       : join(lift, known, " or ", had);
    const char *pair = *known && *had ? wp_format(lift->arena, "%s then %s", known, had) : "";
    return join(lift, pair, " else ", knowledge ? "" : write_set(&choice, choice.both));
}

/* With what the global session policy asks for in addition. */
static const char *
write_whole(struct wp_okta_lift *lift, const json_t *constraint, bool two)
{
    json_t *whole = constraint ? json_deep_copy(constraint) : json_object();
    const char *text;

    if (lift->asks_password) {
        (void)json_object_set_new(whole, "knowledge", json_pack("{s:[s]}", "methods", "password"));
        two = two || json_object_get(whole, "possession");
    }
    text = write_one(lift, whole, two || lift->asks_two);
    json_decref(whole);
    return text;
}

const char *
wp_okta_lift_assurance(struct wp_okta_lift *lift, const json_t *method)
{
    const json_t *constraints = json_object_get(method, "constraints"), *constraint;
    bool two = strcmp(wp_okta_text(method, "factorMode"), "2FA") == 0;
    const char *text = "";
    size_t i;

    if (json_array_size(constraints) == 0)
        text = write_whole(lift, NULL, two);
    json_array_foreach(constraints, i, constraint)
    {
        const char *part = write_whole(lift, constraint, two);
        if (!part)
            return NULL;
        text = join(lift, text, " else ", part);
    }
    if (text && !*text) {
        wp_okta_lift_cannot(lift, "factors that no active authenticator gives");
        return NULL;
    }
    return text;
}
