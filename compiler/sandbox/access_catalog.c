/* The catalog: apps, the policy that each is bound to, who is entitled. */
#include "compiler/sandbox/access.h"

#include <string.h>
#include <strings.h>

static json_t *
show_app(const struct wp_exchange *x, const json_t *app)
{
    return wp_box_access_show(
        x, app,
        wp_format(x->arena, "%s/catalogitems/%s", WP_ACCESS_JERSEY, wp_box_text(app, "uuid")));
}

static bool
starts(const char *text, const char *part)
{
    return strncasecmp(text, part, strlen(part)) == 0;
}

/* Offsets count from 0 here. */
void
wp_box_access_app_search(struct wp_exchange *x)
{
    json_t *sent = wp_box_access_body(x), *items, *app;
    long from = wp_exchange_number(x, "startIndex", 0),
         size = wp_exchange_number(x, "pageSize", 50);
    const char *uuid, *filter = wp_box_text(sent, "nameFilter");
    const json_t *types = json_object_get(sent, "includeTypes");
    long at = 0;
    if (sent == NULL)
        return;
    if (from < 0 || size < 1 || size > 10000) {
        json_decref(sent);
        wp_box_access_error(x, 400, "invalid.page", "startIndex is 0 or more, pageSize 1 to 10000");
        return;
    }
    items = json_array();
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_APP), uuid, app)
    {
        if ((filter != NULL && !starts(wp_box_text(app, "name"), filter)) ||
            (json_array_size(types) > 0 &&
             !wp_box_holds(types, wp_box_text(app, "catalogItemType"))))
            continue;
        if (at >= from && at < from + size)
            json_array_append_new(items, show_app(x, app));
        at++;
    }
    json_decref(sent);
    wp_exchange_answer(
        x, 200,
        json_pack("{s:o, s:I, s:{}}", "items", items, "totalSize", (json_int_t)at, "_links"));
}

void
wp_box_access_app_get(struct wp_exchange *x)
{
    json_t *app = wp_box_access_find(x, WP_ACCESS_BOX_APP, "Catalog item");
    if (app != NULL)
        wp_exchange_answer(x, 200, show_app(x, app));
}

static json_t *
shape_app(struct wp_exchange *x, const json_t *sent)
{
    const char *name = wp_box_text(sent, "name");
    const char *policy = wp_box_text(sent, "accessPolicySetUuid");
    json_t *app;
    if (name == NULL || *name == '\0') {
        wp_box_access_error(x, 400, "invalid.name", "name is required");
        return NULL;
    }
    if (policy != NULL && *policy != '\0' &&
        wp_store_get(x->box->store, WP_ACCESS_BOX_POLICY, policy) == NULL) {
        wp_box_access_error(x, 400, "unknown.policy", "Unknown accessPolicySetUuid %.60s", policy);
        return NULL;
    }
    app = json_deep_copy(sent);
    json_object_del(app, "_links");
    if (x->box->settings.adds_unknown_keys)
        json_object_del(app, "podAffinity");
    if (json_object_get(app, "accessPolicySetUuid") == NULL)
        json_object_set_new(app, "accessPolicySetUuid", json_null());
    if (wp_box_text(app, "catalogItemType") == NULL)
        json_object_set_new(app, "catalogItemType", json_string("Saml20"));
    return app;
}

static void
keep_app(struct wp_exchange *x, const char *uuid, unsigned status)
{
    json_t *sent = wp_box_access_body(x), *app = sent != NULL ? shape_app(x, sent) : NULL;
    if (app != NULL) {
        json_object_set_new(app, "uuid", json_string(uuid));
        wp_store_put(x->box->store, WP_ACCESS_BOX_APP, uuid, app);
        wp_exchange_answer(x, status, show_app(x, app));
    }
    json_decref(sent);
}

void
wp_box_access_app_post(struct wp_exchange *x)
{
    keep_app(x, wp_box_uuid(x->box, x->arena), 201);
}

void
wp_box_access_app_put(struct wp_exchange *x)
{
    if (wp_box_access_find(x, WP_ACCESS_BOX_APP, "Catalog item") != NULL)
        keep_app(x, x->captures[0], 200);
}

void
wp_box_access_app_delete(struct wp_exchange *x)
{
    if (wp_box_access_find(x, WP_ACCESS_BOX_APP, "Catalog item") == NULL)
        return;
    wp_store_remove(x->box->store, WP_ACCESS_BOX_APP, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

/* ---- entitlements
 * ------------------------------------------------------------------------------------- */

static const char *
entitlement_key(struct wp_exchange *x)
{
    return wp_format(x->arena, "%s/%s/%s", x->captures[0], x->captures[1], x->captures[2]);
}

static bool
check_subject(struct wp_exchange *x)
{
    bool is_user = strcmp(x->captures[1], "USERS") == 0;
    if (!is_user && strcmp(x->captures[1], "GROUPS") != 0)
        return wp_box_access_error(x, 400, "invalid.subject",
                                   "The subject type is USERS or GROUPS");
    if (wp_box_access_find(x, WP_ACCESS_BOX_APP, "Catalog item") == NULL)
        return false;
    return wp_store_get(x->box->store, is_user ? WP_ACCESS_BOX_USER : WP_ACCESS_BOX_GROUP,
                        x->captures[2]) != NULL ||
           wp_box_access_error(x, 404, "not.found", "No such subject");
}

void
wp_box_access_entitlement_get(struct wp_exchange *x)
{
    json_t *held = wp_store_get(x->box->store, WP_ACCESS_BOX_ENTITLEMENT, entitlement_key(x));
    if (held != NULL)
        wp_exchange_answer(x, 200, json_deep_copy(held));
    else
        wp_box_access_error(x, 404, "not.found", "No such entitlement");
}

void
wp_box_access_entitlement_put(struct wp_exchange *x)
{
    json_t *sent = wp_box_access_body(x), *kept;
    if (sent == NULL)
        return;
    if (check_subject(x)) {
        kept = wp_box_pick(sent, "activationPolicy");
        json_object_set_new(kept, "catalogItemId", json_string(x->captures[0]));
        json_object_set_new(kept, "subjectType", json_string(x->captures[1]));
        json_object_set_new(kept, "subjectId", json_string(x->captures[2]));
        wp_store_put(x->box->store, WP_ACCESS_BOX_ENTITLEMENT, entitlement_key(x), kept);
        wp_exchange_answer(x, 200, json_deep_copy(kept));
    }
    json_decref(sent);
}

void
wp_box_access_entitlement_delete(struct wp_exchange *x)
{
    if (wp_store_get(x->box->store, WP_ACCESS_BOX_ENTITLEMENT, entitlement_key(x)) == NULL) {
        wp_box_access_error(x, 404, "not.found", "No such entitlement");
        return;
    }
    wp_store_remove(x->box->store, WP_ACCESS_BOX_ENTITLEMENT, entitlement_key(x));
    wp_exchange_answer(x, 204, NULL);
}
