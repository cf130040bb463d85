/* Authentication methods, the identity providers that offer them, the tenant's
 * health and metadata. */
#include "compiler/sandbox/access.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/authority.h"

const char *
wp_box_access_method_name(struct wp_box *box, const char *uuid)
{
    const char *id;
    json_t *idp, *method = wp_store_get(box->store, WP_ACCESS_BOX_METHOD, uuid);
    size_t i;
    if (method != NULL)
        return wp_box_text(method, "name");
    json_object_foreach(wp_store_all(box->store, WP_ACCESS_BOX_IDP), id, idp)
        json_array_foreach(json_object_get(idp, "authMethods"), i,
                           method) if (wp_box_text(method, "authMethodId") != NULL &&
                                       strcmp(wp_box_text(method, "authMethodId"), uuid) ==
                                           0) return wp_box_text(method, "authMethodName");
    return NULL;
}

/* Those of third parties, which the tenant lists beside its own. */
static void
add_foreign(struct wp_exchange *x, json_t *items, bool is_old)
{
    const char *id;
    json_t *idp, *method;
    size_t i;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_IDP), id, idp)
        json_array_foreach(json_object_get(idp, "authMethods"), i, method)
    {
        const char *uuid = wp_box_text(method, "authMethodId");
        if (uuid == NULL || wp_store_get(x->box->store, WP_ACCESS_BOX_METHOD, uuid) != NULL)
            continue;
        json_array_append_new(
            items, is_old ? json_pack("{s:O?, s:s}", "authMethodName",
                                      json_object_get(method, "authMethodName"), "uuid", uuid)
                          : json_pack("{s:O?, s:s, s:b, s:s}", "name",
                                      json_object_get(method, "authMethodName"), "uuid", uuid,
                                      "enabled", true, "ownership", "THIRD_PARTY"));
    }
}

void
wp_box_access_method_list(struct wp_exchange *x)
{
    json_t *items = json_array(), *method;
    const char *uuid;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_METHOD), uuid, method)
        json_array_append_new(items, json_deep_copy(method));
    add_foreign(x, items, false);
    wp_exchange_answer(x, 200, json_pack("{s:o, s:{}}", "items", items, "_links"));
}

void
wp_box_access_method_list_old(struct wp_exchange *x)
{
    json_t *items = json_array(), *method;
    const char *uuid;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_METHOD), uuid, method)
        json_array_append_new(items, json_pack("{s:O, s:s}", "authMethodName",
                                               json_object_get(method, "name"), "uuid", uuid));
    add_foreign(x, items, true);
    wp_exchange_answer(x, 200, json_pack("{s:o, s:{}}", "items", items, "_links"));
}

void
wp_box_access_method_put(struct wp_exchange *x)
{
    json_t *method = wp_box_access_find(x, WP_ACCESS_BOX_METHOD, "Authentication method"), *sent;
    if (method == NULL || (sent = wp_box_access_body(x)) == NULL)
        return;
    if (!json_is_boolean(json_object_get(sent, "enabled"))) {
        wp_box_access_error(x, 400, "missing.field", "enabled is required");
    } else if (wp_box_access_knows_keys(x, sent, "name uuid enabled ownership")) {
        json_object_set(method, "enabled", json_object_get(sent, "enabled"));
        wp_store_changed(x->box->store, WP_ACCESS_BOX_METHOD, x->captures[0]);
        wp_exchange_answer(x, 200, json_deep_copy(method));
    }
    json_decref(sent);
}

/* ---- identity providers
 * ------------------------------------------------------------------------------------ */

static json_t *
show_idp(const struct wp_exchange *x, const json_t *idp)
{
    return wp_box_access_show(
        x, idp,
        wp_format(x->arena, "%s/identityProviders/%s", WP_ACCESS_JERSEY, wp_box_text(idp, "id")));
}

void
wp_box_access_idp_list(struct wp_exchange *x)
{
    json_t *items = json_array(), *idp;
    const char *id;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_IDP), id, idp)
        json_array_append_new(items, show_idp(x, idp));
    wp_exchange_answer(x, 200, json_pack("{s:o, s:{}}", "items", items, "_links"));
}

void
wp_box_access_idp_get(struct wp_exchange *x)
{
    json_t *idp = wp_box_access_find(x, WP_ACCESS_BOX_IDP, "Identity provider");
    if (idp != NULL)
        wp_exchange_answer(x, 200, show_idp(x, idp));
}

/* A third party's methods get identifiers of their own; ours must be there. */
static bool
shape_methods(struct wp_exchange *x, json_t *idp, bool is_foreign)
{
    json_t *method, *network;
    size_t i;
    json_array_foreach(json_object_get(idp, "authMethods"), i, method)
    {
        const char *uuid = wp_box_text(method, "authMethodId");
        if (is_foreign && uuid == NULL && json_is_object(method))
            json_object_set_new(method, "authMethodId", json_string(wp_box_uuid(x->box, x->arena)));
        else if (!is_foreign &&
                 (uuid == NULL || wp_store_get(x->box->store, WP_ACCESS_BOX_METHOD, uuid) == NULL))
            return wp_box_access_error(x, 400, "unknown.auth.method", "Unknown method %.60s",
                                       uuid != NULL ? uuid : "(none)");
    }
    json_array_foreach(json_object_get(idp, "orgNetworks"), i, network)
    {
        const char *uuid = wp_box_text(network, "uuid");
        if (uuid == NULL || wp_store_get(x->box->store, WP_ACCESS_BOX_RANGE, uuid) == NULL)
            return wp_box_access_error(x, 400, "unknown.network", "Unknown range %.60s",
                                       uuid != NULL ? uuid : "(none)");
    }
    return true;
}

static void
keep_idp(struct wp_exchange *x, const json_t *old)
{
    json_t *sent = wp_box_access_body(x), *idp;
    const char *id = old != NULL ? x->captures[0] : wp_box_uuid(x->box, x->arena);
    const char *type;
    bool is_new = old == NULL;
    if (sent == NULL)
        return;
    idp = wp_box_pick(sent, "name friendlyName identityProviderType nameIdFormatType metaData "
                            "preferredBinding jitEnabled nIDPStatus directoryConfigurations "
                            "orgNetworks saml2IdPSLOConfiguration authMethods");
    type = wp_box_text(idp, "identityProviderType");
    if (old != NULL)
        json_object_set(idp, "identityProviderType", json_object_get(old, "identityProviderType"));
    if (wp_box_text(idp, "name") == NULL)
        wp_box_access_error(x, 400, "missing.field", "name is required");
    else if (is_new && (type == NULL || strcmp(type, "MANUAL") != 0))
        wp_box_access_error(x, 400, "invalid.field", "identityProviderType is MANUAL");
    else if (shape_methods(x, idp,
                           strcmp(wp_box_text(idp, "identityProviderType"), "MANUAL") == 0)) {
        json_object_set_new(idp, "id", json_string(id));
        wp_store_put(x->box->store, WP_ACCESS_BOX_IDP, id, json_incref(idp));
        wp_exchange_answer(x, is_new ? 201 : 200, show_idp(x, idp));
    }
    json_decref(idp);
    json_decref(sent);
}

void
wp_box_access_idp_post(struct wp_exchange *x)
{
    keep_idp(x, NULL);
}

void
wp_box_access_idp_put(struct wp_exchange *x)
{
    json_t *old = wp_box_access_find(x, WP_ACCESS_BOX_IDP, "Identity provider");
    if (old != NULL)
        keep_idp(x, old);
}

void
wp_box_access_idp_delete(struct wp_exchange *x)
{
    json_t *idp = wp_box_access_find(x, WP_ACCESS_BOX_IDP, "Identity provider");
    if (idp == NULL)
        return;
    if (strcmp(wp_box_text(idp, "identityProviderType"), "MANUAL") != 0) {
        wp_box_access_error(x, 403, "builtin.idp", "This identity provider cannot be deleted");
        return;
    }
    wp_store_remove(x->box->store, WP_ACCESS_BOX_IDP, x->captures[0]);
    wp_exchange_answer(x, 200, json_object());
}

/* ---- health, metadata, audit
 * ----------------------------------------------------------------------------------- */

void
wp_box_access_health(struct wp_exchange *x)
{
    wp_exchange_answer(x, 200,
                       json_pack("{s:s, s:s}", "allOk", "true", "ServiceVersion", "sandbox"));
}

void
wp_box_access_heartbeat(struct wp_exchange *x)
{
    wp_exchange_text(x, 200, "text/plain", "ok", 2);
}

void
wp_box_access_idp_metadata(struct wp_exchange *x)
{
    const char *text = wp_format(
        x->arena,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" "
        "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" "
        "entityID=\"%s/SAAS/API/1.0/GET/metadata/idp.xml\" validUntil=\"%s\">"
        "<md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">"
        "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>%s"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        "<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>"
        "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" "
        "Location=\"%s/SAAS/auth/federation/sso\"/>"
        "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" "
        "Location=\"%s/SAAS/auth/federation/sso\"/>"
        "</md:IDPSSODescriptor></md:EntityDescriptor>\n",
        x->base, wp_box_time(x->arena, wp_box_now() + 365L * 86400), x->box->authority->saml,
        x->base, x->base);
    wp_exchange_text(x, 200, "application/xml", text, strlen(text));
}

void
wp_box_access_sp_metadata(struct wp_exchange *x)
{
    const char *text = wp_format(
        x->arena,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" "
        "entityID=\"%s/SAAS/API/1.0/GET/metadata/sp.xml\">"
        "<md:SPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">"
        "<md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" "
        "Location=\"%s/SAAS/auth/saml/response\" index=\"0\" isDefault=\"true\"/>"
        "</md:SPSSODescriptor></md:EntityDescriptor>\n",
        x->base, x->base);
    wp_exchange_text(x, 200, "application/xml", text, strlen(text));
}

/* Rows of five columns, the fifth a text of JSON; offsets count from 0. */
void
wp_box_access_audit(struct wp_exchange *x)
{
    const char *type = wp_exchange_argument(x, "objectType"), *id;
    long from = wp_exchange_number(x, "startIndex", 0);
    long size = wp_exchange_number(x, "pageSize", 5000), at = 0;
    json_t *rows = json_array(), *event;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_EVENT), id, event)
    {
        char *text;
        if (type != NULL && strcmp(wp_box_text(event, "objectType"), type) != 0)
            continue;
        if (at++ < from || at > from + size)
            continue;
        text = json_dumps(event, JSON_COMPACT);
        json_array_append_new(rows,
                              json_pack("[O, s?, s, n, s?]", json_object_get(event, "timestamp"),
                                        wp_box_text(event, "actorUserName"),
                                        wp_box_text(event, "objectType"), text));
        free(text);
    }
    wp_exchange_answer(x, 200,
                       json_pack("{s:[s, s, s, s, s], s:[], s:o, s:{}}", "header", "Timestamp",
                                 "Actor", "Event", "Object", "Details", "headerArg", "data", rows,
                                 "_links"));
}
