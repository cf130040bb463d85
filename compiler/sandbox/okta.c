/* The Okta org's calls, and what all of them have in common. */
#include "compiler/sandbox/okta.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/dispatch.h"

#define V1 "/api/v1"
#define CALL(method, path, handler, scope)                                                         \
    {                                                                                              \
#method, V1 path, wp_box_okta_##handler, "okta." scope                                     \
    }

static const struct wp_box_route routes[] = {
    {"GET", "/.well-known/okta-organization", wp_box_okta_well_known, NULL},
    {"POST", "/oauth2/v1/token", wp_box_okta_token, NULL},
    {"GET", V1 "/idps/{}/metadata.xml", wp_box_okta_idp_metadata, "okta.idps.read"},
    CALL(GET, "/org", org_get, "orgs.read"),
    CALL(GET, "/features", feature_list, "features.read"),
    CALL(GET, "/meta/types/user", user_type_list, "userTypes.read"),
    CALL(GET, "/zones", zone_list, "networkZones.read"),
    CALL(POST, "/zones", zone_post, "networkZones.manage"),
    CALL(GET, "/zones/{}", zone_get, "networkZones.read"),
    CALL(PUT, "/zones/{}", zone_put, "networkZones.manage"),
    CALL(DELETE, "/zones/{}", zone_delete, "networkZones.manage"),
    CALL(POST, "/zones/{}/lifecycle/activate", zone_activate, "networkZones.manage"),
    CALL(POST, "/zones/{}/lifecycle/deactivate", zone_deactivate, "networkZones.manage"),
    CALL(POST, "/policies/simulate", simulate, "policies.read"),
    CALL(GET, "/policies", policy_list, "policies.read"),
    CALL(POST, "/policies", policy_post, "policies.manage"),
    CALL(GET, "/policies/{}", policy_get, "policies.read"),
    CALL(PUT, "/policies/{}", policy_put, "policies.manage"),
    CALL(DELETE, "/policies/{}", policy_delete, "policies.manage"),
    CALL(POST, "/policies/{}/lifecycle/activate", policy_activate, "policies.manage"),
    CALL(POST, "/policies/{}/lifecycle/deactivate", policy_deactivate, "policies.manage"),
    CALL(POST, "/policies/{}/clone", policy_clone, "policies.manage"),
    CALL(GET, "/policies/{}/mappings", mapping_list, "policies.read"),
    CALL(POST, "/policies/{}/mappings", mapping_post, "policies.manage"),
    CALL(GET, "/policies/{}/rules", rule_list, "policies.read"),
    CALL(POST, "/policies/{}/rules", rule_post, "policies.manage"),
    CALL(GET, "/policies/{}/rules/{}", rule_get, "policies.read"),
    CALL(PUT, "/policies/{}/rules/{}", rule_put, "policies.manage"),
    CALL(DELETE, "/policies/{}/rules/{}", rule_delete, "policies.manage"),
    CALL(POST, "/policies/{}/rules/{}/lifecycle/activate", rule_activate, "policies.manage"),
    CALL(POST, "/policies/{}/rules/{}/lifecycle/deactivate", rule_deactivate, "policies.manage"),
    CALL(GET, "/groups", group_list, "groups.read"),
    CALL(POST, "/groups", group_post, "groups.manage"),
    CALL(GET, "/groups/{}", group_get, "groups.read"),
    CALL(DELETE, "/groups/{}", group_delete, "groups.manage"),
    CALL(GET, "/groups/{}/users", group_users, "groups.read"),
    CALL(PUT, "/groups/{}/users/{}", member_put, "groups.manage"),
    CALL(DELETE, "/groups/{}/users/{}", member_delete, "groups.manage"),
    CALL(GET, "/users", user_list, "users.read"),
    CALL(POST, "/users", user_post, "users.manage"),
    CALL(GET, "/users/{}", user_get, "users.read"),
    CALL(GET, "/users/{}/groups", user_groups, "users.read"),
    CALL(GET, "/apps", app_list, "apps.read"),
    CALL(POST, "/apps", app_post, "apps.manage"),
    CALL(GET, "/apps/{}", app_get, "apps.read"),
    CALL(DELETE, "/apps/{}", app_delete, "apps.manage"),
    CALL(PUT, "/apps/{}/policies/{}", app_assign, "apps.manage"),
    CALL(GET, "/idps", idp_list, "idps.read"),
    CALL(POST, "/idps", idp_post, "idps.manage"),
    CALL(GET, "/idps/credentials/keys", key_list, "idps.read"),
    CALL(POST, "/idps/credentials/keys", key_post, "idps.manage"),
    CALL(GET, "/idps/credentials/keys/{}", key_get, "idps.read"),
    CALL(DELETE, "/idps/credentials/keys/{}", key_delete, "idps.manage"),
    CALL(GET, "/idps/{}", idp_get, "idps.read"),
    CALL(PUT, "/idps/{}", idp_put, "idps.manage"),
    CALL(DELETE, "/idps/{}", idp_delete, "idps.manage"),
    CALL(POST, "/idps/{}/lifecycle/activate", idp_activate, "idps.manage"),
    CALL(POST, "/idps/{}/lifecycle/deactivate", idp_deactivate, "idps.manage"),
    CALL(GET, "/authenticators", authenticator_list, "authenticators.read"),
    CALL(GET, "/authenticators/{}", authenticator_get, "authenticators.read"),
    CALL(GET, "/authenticators/{}/methods", authenticator_methods, "authenticators.read"),
    CALL(POST, "/authenticators/{}/lifecycle/activate", authenticator_activate,
         "authenticators.manage"),
    CALL(POST, "/authenticators/{}/lifecycle/deactivate", authenticator_deactivate,
         "authenticators.manage"),
    CALL(POST, "/authenticators/{}/methods/{}/lifecycle/activate", method_activate,
         "authenticators.manage"),
    CALL(POST, "/authenticators/{}/methods/{}/lifecycle/deactivate", method_deactivate,
         "authenticators.manage"),
    CALL(GET, "/device-assurances", assurance_list, "deviceAssurance.read"),
    CALL(POST, "/device-assurances", assurance_post, "deviceAssurance.manage"),
    CALL(GET, "/device-assurances/{}", assurance_get, "deviceAssurance.read"),
    CALL(PUT, "/device-assurances/{}", assurance_put, "deviceAssurance.manage"),
    CALL(DELETE, "/device-assurances/{}", assurance_delete, "deviceAssurance.manage"),
    CALL(GET, "/behaviors", behavior_list, "behaviors.read"),
    CALL(GET, "/device-integrations", integration_list, "deviceIntegrations.read"),
    CALL(GET, "/device-integrations/{}", integration_get, "deviceIntegrations.read"),
    CALL(POST, "/device-integrations/{}/lifecycle/activate", integration_activate,
         "deviceIntegrations.manage"),
    CALL(POST, "/device-integrations/{}/lifecycle/deactivate", integration_deactivate,
         "deviceIntegrations.manage"),
    CALL(GET, "/logs", log_list, "logs.read"),
};

/* ---- errors ----------------------------------------------------------------------- */

void
wp_box_okta_error(struct wp_exchange *x, unsigned status, const char *code, const char *summary,
                  const char *cause)
{
    json_t *causes = json_array();
    if (cause != NULL)
        json_array_append_new(causes, json_pack("{s:s}", "errorSummary", cause));
    wp_exchange_answer(
        x, status,
        json_pack("{s:s, s:s, s:s, s:s, s:o}", "errorCode", code, "errorSummary", summary,
                  "errorLink", code, "errorId",
                  wp_format(x->arena, "oae%012llx", (unsigned long long)x->box->request_count),
                  "errorCauses", causes));
}

bool
wp_box_okta_invalid(struct wp_exchange *x, const char *field, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    wp_box_okta_error(x, 400, "E0000001", wp_format(x->arena, "Api validation failed: %s", field),
                      wp_format(x->arena, "%s: %s", field, text));
    return false;
}

void
wp_box_okta_missing(struct wp_exchange *x, const char *id, const char *what)
{
    wp_box_okta_error(x, 404, "E0000007",
                      wp_format(x->arena, "Not found: Resource not found: %.100s (%s)", id, what),
                      NULL);
}

json_t *
wp_box_okta_find(struct wp_exchange *x, const char *kind, const char *what)
{
    json_t *object = wp_store_get(x->box->store, kind, x->captures[0]);
    if (object == NULL)
        wp_box_okta_missing(x, x->captures[0], what);
    return object;
}

json_t *
wp_box_okta_body(struct wp_exchange *x)
{
    json_t *body = wp_exchange_json(x);
    if (json_is_object(body))
        return body;
    json_decref(body);
    wp_box_okta_error(x, 400, "E0000003", "The request body was not well-formed.", NULL);
    return NULL;
}

/* ---- showing ----------------------------------------------------------------------- */

json_t *
wp_box_okta_show(const json_t *object, json_t *links)
{
    json_t *shown = json_object(), *value;
    const char *key;
    json_object_foreach((json_t *)(uintptr_t)object, key,
                        value) if (key[0] != '_' || strcmp(key, "_embedded") == 0)
        json_object_set_new(shown, key, json_deep_copy(value));
    if (links != NULL)
        json_object_set_new(shown, "_links", links);
    return shown;
}

json_t *
wp_box_okta_link(const struct wp_exchange *x, const char *allow, const char *format, ...)
{
    char path[512];
    va_list arguments;
    json_t *methods = json_array();
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    while (*allow != '\0') {
        size_t length = strcspn(allow, " ");
        json_array_append_new(methods, json_stringn(allow, length));
        allow += length + (allow[length] == ' ');
    }
    return json_pack("{s:s, s:{s:o}}", "href", wp_format(x->arena, "%s%s", x->base, path), "hints",
                     "allow", methods);
}

void
wp_box_okta_stamp(struct wp_exchange *x, json_t *object, const json_t *old)
{
    const char *now = wp_box_time(x->arena, wp_box_now());
    const char *created = wp_box_text(old, "created");
    json_object_set_new(object, "created", json_string(created != NULL ? created : now));
    json_object_set_new(object, "lastUpdated", json_string(now));
}

/* The query without `after`, for the next page's link. */
static const char *
repeat_query(struct wp_exchange *x)
{
    const char *text = "";
    for (size_t i = 0; i < x->argument_count; i++) {
        const char *value = x->arguments[i].value;
        if (strcmp(x->arguments[i].name, "after") == 0)
            continue;
        text = wp_format(x->arena, "%s&%s=", text, x->arguments[i].name);
        for (; *value != '\0'; value++)
            text = isalnum((unsigned char)*value)
                       ? wp_format(x->arena, "%s%c", text, *value)
                       : wp_format(x->arena, "%s%%%02X", text, (unsigned char)*value);
    }
    return text;
}

void
wp_box_okta_page(struct wp_exchange *x, json_t *all, long limit, long most)
{
    const char *after = wp_exchange_argument(x, "after");
    long asked = wp_exchange_number(x, "limit", limit);
    size_t from = 0, total = json_array_size(all);
    json_t *page = json_array();
    if (asked < 1 || asked > most)
        asked = asked > most ? most : limit;
    while (after != NULL && from < total) {
        const char *id = wp_box_text(json_array_get(all, from), "id");
        from++;
        if (id != NULL && strcmp(id, after) == 0)
            break;
    }
    for (size_t i = from; i < total && i < from + (size_t)asked; i++)
        json_array_append(page, json_array_get(all, i));
    wp_exchange_add(x, "Link", wp_format(x->arena, "<%s%s>; rel=\"self\"", x->base, x->path));
    if (from + (size_t)asked < total) {
        const char *last = wp_box_text(json_array_get(page, (size_t)asked - 1), "id");
        wp_exchange_add(x, "Link",
                        wp_format(x->arena, "<%s%s?after=%s%s>; rel=\"next\"", x->base, x->path,
                                  last, repeat_query(x)));
    }
    json_decref(all);
    wp_exchange_answer(x, 200, page);
}

/* `a.b eq "value"` or `a eq true`; NULL when it is something else. */
static const char *
read_term(const char *text, char *path, size_t path_size, char *value, size_t value_size)
{
    size_t length = strcspn(text, " "), end;
    if (length == 0 || length >= path_size || strncmp(text + length, " eq ", 4) != 0)
        return NULL;
    memcpy(path, text, length);
    path[length] = '\0';
    text += length + 4;
    if (*text == '"') {
        end = strcspn(++text, "\"");
        if (text[end] != '"')
            return NULL;
    } else {
        end = strcspn(text, " ");
    }
    if (end >= value_size)
        return NULL;
    memcpy(value, text, end);
    value[end] = '\0';
    return text + end + (text[end] == '"');
}

static bool
has_value(const json_t *object, char *path, const char *value)
{
    char *rest = NULL;
    for (char *part = strtok_r(path, ".", &rest); part != NULL; part = strtok_r(NULL, ".", &rest))
        object = json_object_get(object, part);
    if (json_is_boolean(object))
        return strcmp(value, json_is_true(object) ? "true" : "false") == 0;
    return json_is_string(object) && strcmp(json_string_value(object), value) == 0;
}

bool
wp_box_okta_passes(const struct wp_exchange *x, const json_t *object)
{
    const char *text = wp_exchange_argument(x, "filter");
    char path[100], value[300];
    if (text == NULL)
        text = wp_exchange_argument(x, "search");
    if (text == NULL || *text == '\0')
        return true;
    while (text != NULL && *text != '\0') {
        text = read_term(text, path, sizeof path, value, sizeof value);
        if (text != NULL && has_value(object, path, value))
            return true;
        if (text != NULL && strncmp(text, " or ", 4) == 0)
            text += 4;
        else
            return false;
    }
    return false;
}

void
wp_box_okta_note(struct wp_box *box, struct wp_arena *arena, const char *type, const json_t *target,
                 const char *target_type, json_t *detail)
{
    static const size_t most = 1000;
    json_t *events = wp_store_all(box->store, WP_OKTA_LOG), *event;
    const char *id = wp_format(arena, "%08llx-0000-11f0-8000-0000000000aa",
                               (unsigned long long)wp_store_number(box->store));
    const char *name = wp_box_text(target, "name");
    event = json_pack("{s:s, s:s, s:s, s:s, s:{s:s}, s:[], s:{s:o}}", "uuid", id, "published",
                      wp_box_time(arena, wp_box_now()), "eventType", type, "severity", "INFO",
                      "outcome", "result", "SUCCESS", "target", "debugContext", "debugData",
                      detail != NULL ? detail : json_object());
    if (target != NULL)
        json_array_append_new(json_object_get(event, "target"),
                              json_pack("{s:s?, s:s, s:s?}", "id", wp_box_text(target, "id"),
                                        "type", target_type, "displayName", name));
    if (json_object_size(events) >= most) {
        const char *oldest = json_object_iter_key(json_object_iter(events));
        wp_store_remove(box->store, WP_OKTA_LOG, wp_copy_text(arena, oldest, strlen(oldest)));
    }
    wp_store_put(box->store, WP_OKTA_LOG, id, event);
}

/* ---- a request ----------------------------------------------------------------------- */

/* One bucket a kind of object, as far as they matter for pacing. */
static bool
spend(struct wp_exchange *x)
{
    static const char *const names[] = {
        "/zones", "/policies",          "/apps",          "/groups", "/users", "/idps",
        "/logs",  "/device-assurances", "/authenticators"};
    unsigned limit = x->box->settings.rate != 0 ? x->box->settings.rate : 600;
    int64_t minute = wp_box_now() / 60;
    struct wp_box_bucket *bucket = &x->box->buckets[15];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(x->path, V1, 7) == 0 && strncmp(x->path + 7, names[i], strlen(names[i])) == 0)
            bucket = &x->box->buckets[i];
    if (bucket->minute != minute)
        *bucket = (struct wp_box_bucket){.minute = minute};
    bool is_over = x->box->settings.rate != 0 && bucket->used >= limit;
    if (bucket->used < limit)
        bucket->used++;
    wp_exchange_add(x, "X-Rate-Limit-Limit", wp_format(x->arena, "%u", limit));
    wp_exchange_add(x, "X-Rate-Limit-Remaining", wp_format(x->arena, "%u", limit - bucket->used));
    wp_exchange_add(x, "X-Rate-Limit-Reset",
                    wp_format(x->arena, "%lld", (long long)(minute + 1) * 60));
    if (is_over)
        wp_box_okta_error(x, 429, "E0000047",
                          "API call exceeded rate limit due to too many requests.", NULL);
    return !is_over;
}

static bool
has_length(struct wp_exchange *x)
{
    if ((strcmp(x->method, "POST") != 0 && strcmp(x->method, "PUT") != 0) ||
        wp_exchange_header(x, "Content-Length") != NULL ||
        wp_exchange_header(x, "Transfer-Encoding") != NULL)
        return true;
    wp_exchange_text(x, 411, "text/html", "Length Required", 15);
    return false;
}

/* What the Classic Engine has not. */
static bool
is_identity_only(const char *path)
{
    static const char *const parts[] = {"/authenticators", "/device-assurances",
                                        "/device-integrations", "/policies/simulate"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strncmp(path, V1, 7) == 0 && strncmp(path + 7, parts[i], strlen(parts[i])) == 0)
            return true;
    return strstr(path, "/clone") != NULL || strstr(path, "/mappings") != NULL ||
           (strncmp(path, V1 "/apps/", 13) == 0 && strstr(path, "/policies/") != NULL);
}

void
wp_box_okta_handle(struct wp_exchange *x)
{
    bool has_path;
    const struct wp_box_route *route;
    wp_exchange_add(
        x, "X-Okta-Request-Id",
        wp_format(x->arena, "sandbox%016llx", (unsigned long long)x->box->request_count));
    if (!spend(x) || !has_length(x))
        return;
    route = wp_box_route_find(x, routes, sizeof routes / sizeof *routes, &has_path);
    if (route != NULL && route->need != NULL && !wp_box_okta_authorize(x, route->need))
        return;
    if (route != NULL && !(x->box->settings.is_classic && is_identity_only(x->path)))
        route->handler(x);
    else if (has_path)
        wp_box_okta_error(x, 405, "E0000022",
                          "The endpoint does not support the provided HTTP method", NULL);
    else
        wp_box_okta_error(x, 404, "E0000007",
                          wp_format(x->arena, "Not found: Resource not found: %.200s", x->path),
                          NULL);
}
