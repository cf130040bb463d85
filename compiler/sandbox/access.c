/* The Access tenant's calls: who may make them, in which media types, and what
 * their errors look like. */
#include "compiler/sandbox/access.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "compiler/sandbox/dispatch.h"

#define J WP_ACCESS_JERSEY
#define CALL(method, path, handler, media)                                                         \
    {                                                                                              \
#method, path, wp_box_access_##handler, media                                              \
    }

/* `need`: media type of what comes in and, if it is another, of what goes out;
 * h, a and m stand for the three vendor prefixes. "-": everybody may call. */
static const struct wp_box_route routes[] = {
    CALL(POST, "/SAAS/auth/oauthtoken", token, "-"),
    CALL(POST, "/SAAS/API/1.0/oauth2/token", token, "-"),
    CALL(GET, J "/health", health, "-"),
    CALL(GET, J "/system/health", health, "-"),
    CALL(GET, "/SAAS/API/1.0/REST/system/health/heartbeat", heartbeat, "-"),
    CALL(GET, "/SAAS/API/1.0/GET/metadata/idp.xml", idp_metadata, "-"),
    CALL(GET, "/SAAS/API/1.0/GET/metadata/sp.xml", sp_metadata, "-"),
    CALL(GET, J "/accessPolicies", policy_list, "h.accesspolicyset.list"),
    CALL(POST, J "/accessPolicies", policy_post, "h.accesspolicyset"),
    CALL(GET, J "/accessPolicies/{}", policy_get, "h.accesspolicyset"),
    CALL(PUT, J "/accessPolicies/{}", policy_put, "h.accesspolicyset"),
    CALL(DELETE, J "/accessPolicies/{}", policy_delete, NULL),
    CALL(GET, "/acs/rulesets", ruleset_list, "a.ruleset.list"),
    CALL(POST, "/acs/rulesets", ruleset_post, "a.ruleset"),
    CALL(GET, "/acs/rulesets/{}", ruleset_get, "a.ruleset"),
    CALL(PUT, "/acs/rulesets/{}", ruleset_put, "a.ruleset"),
    CALL(DELETE, "/acs/rulesets/{}", ruleset_delete, NULL),
    CALL(GET, J "/orgnetworks", range_list, "h.orgnetwork.list"),
    CALL(POST, J "/orgnetworks", range_post, "h.orgnetwork"),
    CALL(GET, J "/orgnetworks/{}", range_get, "h.orgnetwork"),
    CALL(PUT, J "/orgnetworks/{}", range_put, "h.orgnetwork"),
    CALL(DELETE, J "/orgnetworks/{}", range_delete, NULL),
    CALL(GET, J "/amms/authmethods", method_list, "m.auth.methods.summary.list"),
    CALL(PUT, J "/amms/authmethods/{}", method_put, NULL),
    CALL(GET, J "/authmethods", method_list_old, NULL),
    CALL(GET, J "/identityProviders", idp_list, "h.identityprovider.summary.list"),
    CALL(POST, J "/identityProviders", idp_post, "h.external.identityprovider"),
    CALL(GET, J "/identityProviders/{}", idp_get, "h.identityprovider"),
    CALL(PUT, J "/identityProviders/{}", idp_put, "h.identityprovider"),
    CALL(DELETE, J "/identityProviders/{}", idp_delete, NULL),
    CALL(POST, J "/catalogitems/search", app_search, "h.catalog.search h.catalog.item.list"),
    CALL(POST, J "/catalogitems/search/itemlist", app_search, NULL),
    CALL(POST, J "/catalogitems", app_post, "h.catalog.saml20"),
    CALL(GET, J "/catalogitems/{}", app_get, "h.catalog.saml20"),
    CALL(PUT, J "/catalogitems/{}", app_put, "h.catalog.saml20"),
    CALL(DELETE, J "/catalogitems/{}", app_delete, NULL),
    CALL(GET, J "/oauth2clients", client_list, "h.oauth2clientsummarylist"),
    CALL(POST, J "/oauth2clients", client_post, "h.oauth2client"),
    CALL(GET, J "/oauth2clients/{}", client_get, "h.oauth2client"),
    CALL(PUT, J "/oauth2clients/{}", client_put, "h.oauth2client"),
    CALL(DELETE, J "/oauth2clients/{}", client_delete, NULL),
    CALL(GET, J "/scim/Groups", group_list, NULL),
    CALL(POST, J "/scim/Groups", group_post, NULL),
    CALL(GET, J "/scim/Groups/{}", group_get, NULL),
    CALL(PATCH, J "/scim/Groups/{}", group_patch, NULL),
    CALL(POST, J "/scim/Groups/{}", group_patch, NULL),
    CALL(DELETE, J "/scim/Groups/{}", group_delete, NULL),
    CALL(GET, J "/scim/Users", user_list, NULL),
    CALL(POST, J "/scim/Users", user_post, NULL),
    CALL(GET, J "/scim/Users/{}", user_get, NULL),
    CALL(DELETE, J "/scim/Users/{}", user_delete, NULL),
    CALL(GET, J "/entitlements/definitions/catalogitems/{}/{}/{}", entitlement_get, NULL),
    CALL(PUT, J "/entitlements/definitions/catalogitems/{}/{}/{}", entitlement_put, NULL),
    CALL(DELETE, J "/entitlements/definitions/catalogitems/{}/{}/{}", entitlement_delete, NULL),
    CALL(GET, "/analytics/reports/audit", audit, NULL),
};

/* ---- errors and answers ------------------------------------------------------------------------
 */

bool
wp_box_access_error(struct wp_exchange *x, unsigned status, const char *code, const char *format,
                    ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    x->type = "application/json";
    if (strncmp(x->path, J "/scim/", sizeof J "/scim/" - 1) == 0)
        wp_exchange_answer(
            x, status, json_pack("{s:[{s:s, s:s}]}", "Errors", "code", code, "description", text));
    else
        wp_exchange_answer(x, status,
                           json_pack("{s:[{s:s, s:s, s:{}}]}", "errors", "code", code, "message",
                                     text, "parameters"));
    return false;
}

json_t *
wp_box_access_find(struct wp_exchange *x, const char *kind, const char *what)
{
    json_t *object = wp_store_get(x->box->store, kind, x->captures[0]);
    if (object == NULL)
        wp_box_access_error(x, 404, "not.found", "%s %.100s not found", what, x->captures[0]);
    return object;
}

json_t *
wp_box_access_body(struct wp_exchange *x)
{
    json_t *body = wp_exchange_json(x);
    if (json_is_object(body))
        return body;
    json_decref(body);
    wp_box_access_error(x, 400, "malformed.json", "The request body is no JSON object");
    return NULL;
}

static bool
is_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

bool
wp_box_access_knows_keys(struct wp_exchange *x, const json_t *object, const char *keys)
{
    const char *key;
    json_t *value;
    json_object_foreach(
        (json_t *)(uintptr_t)object, key,
        value) if (strcmp(key, "_links") != 0 && !is_word(keys, key) &&
                   !(x->box->settings.adds_unknown_keys &&
                     strcmp(key, "podAffinity") ==
                         0)) return wp_box_access_error(x, 400, "unrecognized.field",
                                                        "Unrecognized field \"%.100s\"", key);
    return true;
}

json_t *
wp_box_access_show(const struct wp_exchange *x, const json_t *object, const char *path)
{
    json_t *shown = json_object(), *value;
    const char *key;
    json_object_foreach((json_t *)(uintptr_t)object, key, value) if (key[0] != '_')
        json_object_set_new(shown, key, json_deep_copy(value));
    if (x->box->settings.adds_unknown_keys)
        json_object_set_new(shown, "podAffinity", json_pack("{s:[]}", "pods"));
    json_object_set_new(shown, "_links", json_pack("{s:{s:s}}", "self", "href", path));
    return shown;
}

void
wp_box_access_note(struct wp_box *box, struct wp_arena *arena, const char *type, const char *action,
                   const json_t *object)
{
    static const size_t most = 1000;
    json_t *events = wp_store_all(box->store, WP_ACCESS_BOX_EVENT);
    const char *id = wp_box_uuid(box, arena);
    if (json_object_size(events) >= most) {
        const char *oldest = json_object_iter_key(json_object_iter(events));
        wp_store_remove(box->store, WP_ACCESS_BOX_EVENT,
                        wp_copy_text(arena, oldest, strlen(oldest)));
    }
    wp_store_put(box->store, WP_ACCESS_BOX_EVENT, id,
                 json_pack("{s:s, s:s, s:I, s:s, s:s, s:s?}", "baseType",
                           strcmp(type, "LOGIN") == 0 ? "Action" : "Audit", "uuid", id, "timestamp",
                           (json_int_t)wp_box_now() * 1000, "objectType", type, "objectAction",
                           action, "objectName", wp_box_text(object, "name")));
}

/* ---- who calls, and how
 * --------------------------------------------------------------------------- */

static bool
authorize(struct wp_exchange *x)
{
    const char *value = wp_exchange_header(x, "Authorization"), *token = NULL;
    const json_t *grant;
    if (value != NULL && strncmp(value, "Bearer ", 7) == 0)
        token = value + 7;
    else if (value != NULL && strncmp(value, "HZN ", 4) == 0)
        token = value + 4;
    grant = token != NULL ? json_object_get(x->box->tokens, token) : NULL;
    if (grant == NULL || strcmp(wp_box_text(grant, "tenant"), "access") != 0 ||
        json_integer_value(json_object_get(grant, "expires")) <= wp_box_now())
        return wp_box_access_error(x, 401, "unauthorized", "The access token is not valid");
    if (!is_word(wp_box_text(grant, "scope"), "admin"))
        return wp_box_access_error(x, 403, "forbidden", "The token lacks the scope admin");
    x->grant = grant;
    return true;
}

/* The vendor's type for "h.orgnetwork". */
static const char *
media_type(struct wp_arena *arena, const char *code, size_t length)
{
    const char *family = code[0] == 'h'   ? "horizon.manager"
                         : code[0] == 'a' ? "vidm.accesscontrol"
                                          : "vidm.amms";
    return wp_format(arena, "application/vnd.vmware.%s.%.*s+json", family, (int)length - 2,
                     code + 2);
}

/* Does the list of an Accept header, or a Content-Type, name the type? */
static bool
names_type(const char *header, const char *type)
{
    size_t length = strlen(type);
    while (*header != '\0') {
        size_t item;
        header += strspn(header, " ,");
        item = strcspn(header, ",");
        if (strncasecmp(header, type, length) == 0 &&
            (header[length] == '\0' || strchr(",; ", header[length]) != NULL))
            return true;
        header += item;
    }
    return false;
}

/* Vendor types alone, JSON alone, or either, as the tenant is set up. */
static bool
check_media(struct wp_exchange *x, const char *need)
{
    const char *in, *out, *space, *sent = wp_exchange_header(x, "Content-Type");
    const char *accept = wp_exchange_header(x, "Accept");
    enum wp_box_media mode = x->box->settings.media;
    bool takes_any = accept == NULL || strstr(accept, "*/*") != NULL;
    if (need == NULL || need[0] == '-')
        return true;
    space = strchr(need, ' ');
    in = media_type(x->arena, need, space != NULL ? (size_t)(space - need) : strlen(need));
    out = space != NULL ? media_type(x->arena, space + 1, strlen(space + 1)) : in;
    if (x->body_size > 0 && sent != NULL &&
        ((mode == WP_BOX_MEDIA_VENDOR && !names_type(sent, in)) ||
         (mode == WP_BOX_MEDIA_JSON && !names_type(sent, "application/json"))))
        return wp_box_access_error(x, 415, "unsupported.media.type", "Send %s",
                                   mode == WP_BOX_MEDIA_VENDOR ? in : "application/json");
    if (!takes_any && ((mode == WP_BOX_MEDIA_VENDOR && !names_type(accept, out)) ||
                       (mode == WP_BOX_MEDIA_JSON && !names_type(accept, "application/json"))))
        return wp_box_access_error(x, 406, "not.acceptable", "Accept %s",
                                   mode == WP_BOX_MEDIA_VENDOR ? out : "application/json");
    if (mode != WP_BOX_MEDIA_JSON && accept != NULL && names_type(accept, out))
        x->type = out;
    return true;
}

void
wp_box_access_handle(struct wp_exchange *x)
{
    bool has_path;
    const struct wp_box_route *route =
        wp_box_route_find(x, routes, sizeof routes / sizeof *routes, &has_path);
    if (route == NULL && !has_path) {
        wp_box_access_error(x, 404, "not.found", "No such resource: %.200s", x->path);
        return;
    }
    if (route == NULL) {
        wp_box_access_error(x, 405, "method.not.allowed", "%.20s is not offered here", x->method);
        return;
    }
    if (route->need != NULL && route->need[0] == '-') {
        route->handler(x);
        return;
    }
    if (authorize(x) && check_media(x, route->need))
        route->handler(x);
}
