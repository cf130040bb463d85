/*
 * Who signs in where: Workspace ONE as identity provider with its key and routing
 * rule, and global session policies.
 *
 * Okta's interface has no word for an identity provider's Request Authentication
 * Context, nor for its use as device posture provider: the runbook has those.
 */
#include "compiler/emit/okta/provider.h"

#include <string.h>

#include "compiler/emit/decides.h"
#include "compiler/emit/okta/okta_api.h"
#include "compiler/facts.h"
#include "compiler/symbols.h"

/* ---- names in blocks ------------------------------------------------------------------- */

/* The symbol of a name that a block lists; reports one that is not there. */
static const struct wp_symbol *
find_name(struct wp_desire *desire, enum wp_symbol_kind kind, const struct wp_value *name)
{
    const struct wp_desire_place place = {name->span, NULL, NULL};
    const struct wp_symbol *symbol =
        name->text == NULL ? NULL : wp_symbols_find(desire->model->symbols, kind, name->text);

    if (symbol == NULL || symbol->number == WP_NONE) {
        wp_desire_fail(desire, WP_E_OKTA_PROVIDER, &place, "name one that the source declares",
                       "there is no %s '%s'", wp_symbol_kind_text(kind),
                       name->text == NULL ? "" : name->text);
        return NULL;
    }
    return symbol;
}

static const struct wp_value *
first_name(const struct wp_attribute *block, const char *key)
{
    const struct wp_attribute *attribute = wp_attribute_find(block->attributes, key);

    if (attribute == NULL)
        return NULL;
    return attribute->value->kind == WP_VALUE_LIST ? attribute->value->items : attribute->value;
}

static const char *
name_in_okta(const struct wp_desire *desire, const struct wp_thing *thing)
{
    return wp_name_in_tenant(thing->declaration, desire->session->tenant,
                             thing->directory != NULL ? thing->directory : thing->name);
}

/* ---- the routing rule --------------------------------------------------------------------- */

static json_t *
route_platforms(struct wp_desire *desire, const struct wp_attribute *block)
{
    static const char *const usual[] = {"ios", "ipados", "android", NULL};
    json_t *include = json_array();
    uint64_t mask = 0;

    for (const struct wp_value *name = first_name(block, "devices"); name != NULL;
         name = name->next) {
        const struct wp_symbol *symbol = find_name(desire, WP_SYMBOL_DEVICE, name);
        if (symbol != NULL && symbol->declaration->set != NULL)
            mask |= desire->model->device_sets[symbol->number].mask;
        else if (symbol != NULL)
            mask |= UINT64_C(1) << symbol->number;
    }
    for (size_t i = 0; wp_attribute_find(block->attributes, "devices") == NULL && usual[i]; i++)
        mask |= UINT64_C(1)
                << wp_symbols_find(desire->model->symbols, WP_SYMBOL_DEVICE, usual[i])->number;
    for (uint64_t left = mask & desire->devices.seen & ~UINT64_C(1); left != 0; left &= left - 1) {
        const struct wp_okta_platform *one = &desire->devices.platforms[__builtin_ctzll(left)];
        (void)json_array_append_new(
            include, json_pack("{s:s, s:{s:s}}", "type", one->type, "os", "type", one->routing));
    }
    wp_okta_sort_platforms(include);
    return include;
}

static void
add_route_app(struct wp_desire *desire, json_t *apps, uint32_t number)
{
    const struct wp_thing *app = &desire->model->apps[number];
    (void)json_array_append_new(
        apps, wp_desire_need(desire, "app", name_in_okta(desire, app), app->span));
}

/* Those named, else those that Device Trust secures. Empty: all apps. */
static json_t *
route_apps(struct wp_desire *desire, const struct wp_attribute *block)
{
    json_t *references = json_array(), *include = json_array(), *reference;
    const struct wp_value *name = first_name(block, "apps");
    const struct wp_model *model = desire->model;
    size_t i;

    for (; name != NULL; name = name->next) {
        const struct wp_symbol *symbol = find_name(desire, WP_SYMBOL_APP, name);
        if (symbol != NULL)
            add_route_app(desire, references, symbol->number);
    }
    for (uint32_t k = 0;
         wp_attribute_find(block->attributes, "apps") == NULL && k < model->app_count; k++)
        if (wp_attribute_is_yes(model->apps[k].declaration->attributes, "device_trust") &&
            model->app_policy[k] != WP_NONE &&
            wp_tenant_decides(desire->session->tenant, &model->policies[model->app_policy[k]]))
            add_route_app(desire, references, k);
    wp_okta_sort_references(references);
    json_array_foreach(references, i, reference)(void)
        json_array_append_new(include, json_pack("{s:s, s:O}", "type", "APP", "id", reference));
    json_decref(references);
    return include;
}

static void
add_route(struct wp_desire *desire, const struct wp_attribute *block, const char *name,
          const char *provider)
{
    json_t *conditions = json_object(), *platforms = route_platforms(desire, block);
    json_t *apps = route_apps(desire, block);

    if (json_array_size(platforms) > 0)
        (void)json_object_set_new(conditions, "platform", json_pack("{s:O}", "include", platforms));
    if (json_array_size(apps) > 0)
        (void)json_object_set_new(conditions, "app", json_pack("{s:O}", "include", apps));
    json_decref(platforms);
    json_decref(apps);
    json_t *body =
        json_pack("{s:i, s:s, s:o, s:{s:{s:[{s:s, s:o}], s:s}}}", "priority", 1, "status", "ACTIVE",
                  "conditions", conditions, "actions", "idp", "providers", "type", "SAML2", "id",
                  wp_reference(provider), "idpSelectionType", "SPECIFIC");
    (void)wp_desire_add(desire, "routing_rule", NULL, name, body, block->key->span);
}

/* ---- the identity provider ------------------------------------------------------------------ */

/* A certificate as Okta keeps it; NULL when it cannot be read. */
static const char *
add_key(struct wp_desire *desire, const char *certificate, struct wp_span span)
{
    char digest[65];

    if (!wp_okta_certificate_digest(certificate, digest))
        return NULL;
    return wp_desire_add(desire, "idp_key", NULL, wp_copy_text(desire->arena, digest, 64),
                         json_pack("{s:[s]}", "x5c", certificate), span)
        ->key;
}

static json_t *
trust(const struct wp_okta_provider *provider, const char *key, const char *next)
{
    json_t *trust = json_pack("{s:s, s:o}", "issuer", provider->issuer, "kid", wp_reference(key));

    if (next != NULL)
        (void)json_object_set_new(trust, "additionalKids", json_pack("[o]", wp_reference(next)));
    return trust;
}

static json_t *
protocol(const struct wp_okta_provider *provider, json_t *trust)
{
    json_t *signature =
        json_pack("{s:{s:s, s:s}}", "signature", "algorithm", "SHA-256", "scope", "REQUEST");
    json_t *answer =
        json_pack("{s:{s:s, s:s}}", "signature", "algorithm", "SHA-256", "scope", "ANY");

    return json_pack(
        "{s:s, s:{s:{s:s, s:s, s:s}, s:{s:s, s:s}}, s:{s:o, s:o}, s:{s:s, s:b}, s:{s:o}}", "type",
        "SAML2", "endpoints", "sso", "url", provider->sso, "binding", "HTTP-POST", "destination",
        provider->sso, "acs", "binding", "HTTP-POST", "type", "INSTANCE", "algorithms", "request",
        signature, "response", answer, "settings", "nameFormat",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "honorPersistentNameId", 0,
        "credentials", "trust", trust);
}

static json_t *
account_policy(void)
{
    return json_pack("{s:{s:s}, s:{s:s}, s:{s:{s:s}, s:s}, s:i}", "provisioning", "action",
                     "DISABLED", "accountLink", "action", "AUTO", "subject", "userNameTemplate",
                     "template", "idpuser.subjectNameId", "matchType", "USERNAME", "maxClockSkew",
                     0);
}

static void
add_provider(struct wp_desire *desire, const struct wp_attribute *block)
{
    const char *name = wp_attribute_text(block->attributes, "label", "Workspace ONE");
    const struct wp_desire_place place = {block->key->span, NULL, NULL};
    struct wp_okta_provider provider;

    if (strlen(name) > WP_OKTA_IDP_NAME)
        wp_desire_fail(desire, WP_E_OKTA_NAME, &place, "give it a shorter label",
                       "the name of an identity provider has at most %d characters",
                       WP_OKTA_IDP_NAME);
    if (!wp_okta_provider_read(desire, block, &provider))
        return;
    const char *key = add_key(desire, provider.certificate, place.span);
    const char *next = provider.next == NULL ? NULL : add_key(desire, provider.next, place.span);
    if (key == NULL)
        return;
    json_t *body = json_pack(
        "{s:s, s:s, s:s, s:o, s:o}", "type", "SAML2", "status", "ACTIVE", "issuerMode", "ORG_URL",
        "protocol", protocol(&provider, trust(&provider, key, next)), "policy", account_policy());
    const struct wp_object *idp = wp_desire_add(desire, "idp", NULL, name, body, block->key->span);
    add_route(desire, block, name, idp->key);
}

/* ---- global session policies -------------------------------------------------------------------
 */

enum { MINUTE = 60, USUAL_IDLE = 2 * 60 * MINUTE };

static json_t *
session_groups(struct wp_desire *desire, const struct wp_attribute *block)
{
    json_t *groups = json_array();

    if (wp_attribute_find(block->attributes, "groups") == NULL)
        (void)json_array_append_new(groups,
                                    wp_desire_need(desire, "group", "Everyone", block->key->span));
    for (const struct wp_value *name = first_name(block, "groups"); name != NULL;
         name = name->next) {
        const struct wp_symbol *symbol = find_name(desire, WP_SYMBOL_GROUP, name);
        if (symbol == NULL)
            continue;
        const struct wp_thing *group = &desire->model->groups[symbol->number];
        (void)json_array_append_new(
            groups, wp_desire_need(desire, "group", name_in_okta(desire, group), group->span));
    }
    wp_okta_sort_references(groups);
    return groups;
}

/* A time of a session in minutes. */
static json_int_t
minutes(struct wp_desire *desire, const struct wp_attribute *block, const char *key, uint64_t usual)
{
    const struct wp_attribute *attribute = wp_attribute_find(block->attributes, key);
    uint64_t seconds = wp_attribute_number(block->attributes, key, usual);

    if (attribute != NULL && (seconds == 0 || seconds % MINUTE != 0)) {
        const struct wp_desire_place place = {attribute->value->span, NULL, NULL};
        wp_desire_fail(desire, WP_E_OKTA_SESSION, &place, "write a time of whole minutes: 90m, 12h",
                       "Okta counts the times of a session in minutes");
    }
    return (json_int_t)(seconds / MINUTE);
}

static json_t *
sign_on(struct wp_desire *desire, const struct wp_attribute *block)
{
    bool second = wp_attribute_is_yes(block->attributes, "second_factor");
    json_t *session = json_pack(
        "{s:I, s:I, s:b}", "maxSessionIdleMinutes", minutes(desire, block, "idle", USUAL_IDLE),
        "maxSessionLifetimeMinutes", minutes(desire, block, "lifetime", 0), "usePersistentCookie",
        wp_attribute_is_yes(block->attributes, "persistent"));
    json_t *body = json_pack("{s:s, s:b, s:b, s:o}", "access", "ALLOW", "requireFactor", second,
                             "rememberDeviceByDefault", 0, "session", session);

    if (second)
        (void)json_object_set_new(body, "factorPromptMode", json_string("ALWAYS"));
    if (!desire->classic)
        (void)json_object_set_new(body, "primaryFactor", json_string("PASSWORD_IDP_ANY_FACTOR"));
    return body;
}

static void
add_session(struct wp_desire *desire, const struct wp_attribute *block, int number)
{
    const char *name =
        block->name != NULL ? block->name->text : desire->session->tenant->name->text;
    json_t *people =
        json_pack("{s:{s:{s:o}}}", "people", "groups", "include", session_groups(desire, block));

    (void)wp_desire_add(desire, "session_policy", NULL, name,
                        json_pack("{s:s, s:s, s:i, s:o}", "description",
                                  "Kept as its source says " WP_OKTA_MARK, "status", "ACTIVE",
                                  "priority", number, "conditions", people),
                        block->key->span);
    (void)wp_desire_add(desire, "session_rule", name, "sign_in",
                        json_pack("{s:i, s:s, s:{}, s:{s:o}}", "priority", 1, "status", "ACTIVE",
                                  "conditions", "actions", "signon", sign_on(desire, block)),
                        block->key->span);
}

void
wp_desire_identity(struct wp_desire *desire)
{
    const struct wp_attribute *attributes = desire->session->tenant->attributes;
    const struct wp_attribute *provider = wp_block_find(attributes, "workspace_one", NULL);
    int number = 1;

    if (provider != NULL)
        add_provider(desire, provider);
    for (const struct wp_attribute *block = attributes; block != NULL; block = block->next)
        if (block->kind == WP_BLOCK && strcmp(block->key->text, "session") == 0)
            add_session(desire, block, number++);
}
