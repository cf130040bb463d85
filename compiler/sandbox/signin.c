#include "compiler/sandbox/signin.h"

#include <string.h>
#include <strings.h>

#include "compiler/sandbox/access.h"
#include "compiler/sandbox/okta.h"
#include "compiler/sandbox/sample.h"

/* ---- the order
 * ------------------------------------------------------------------------------------- */

static bool
read_addresses(struct wp_signin *signin, const json_t *ip)
{
    size_t count = json_is_array(ip)                 ? json_array_size(ip)
                   : ip != NULL && !json_is_null(ip) ? 1
                                                     : 0;
    if (count > WP_SIGNIN_HOPS)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_is_array(ip) ? json_array_get(ip, i) : ip);
        if (text == NULL || !wp_box_address_read(&signin->hops[i], text))
            return false;
        if (i == 0)
            signin->ip = text;
    }
    signin->hop_count = count;
    return true;
}

static const char *
agent_platform(const char *agent)
{
    static const char *const marks[][2] = {{"iPad", "ipados"},     {"iPhone", "ios"},
                                           {"Android", "android"}, {"CrOS", "chromeos"},
                                           {"Macintosh", "macos"}, {"Windows", "windows"},
                                           {"Linux", "linux"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strstr(agent, marks[i][0]) != NULL)
            return marks[i][1];
    return NULL;
}

static const char *
read_device(struct wp_signin *signin, const json_t *device)
{
    const char *agent;
    if (device == NULL || json_is_null(device))
        return NULL;
    if (json_is_string(device)) {
        device = wp_store_get(signin->box->store, WP_BOX_DEVICE, json_string_value(device));
        if (device == NULL)
            return "there is no such device";
    } else if (!json_is_object(device)) {
        return "\"device\" is a name or an object";
    }
    signin->device = device;
    signin->platform = wp_box_text(device, "platform");
    agent = wp_box_text(device, "user_agent");
    /* What a browser says of itself is what the tenants see. */
    if (agent != NULL)
        signin->platform = agent_platform(agent);
    return NULL;
}

static const char *
read_words(struct wp_signin *signin, const json_t *order)
{
    static const char *const entries[] = {"browser", "native_app", "hub", "okta_mobile",
                                          "enrollment"};
    static const char *const risks[] = {"low", "medium", "high"};
    bool is_known = false;
    signin->entry = wp_box_text(order, "entry");
    signin->risk = wp_box_text(order, "risk");
    for (size_t i = 0; signin->entry != NULL && i < sizeof entries / sizeof *entries; i++)
        is_known = is_known || strcmp(signin->entry, entries[i]) == 0;
    if (signin->entry != NULL && !is_known)
        return "\"entry\" is browser, native_app, hub, okta_mobile or enrollment";
    is_known = false;
    for (size_t i = 0; signin->risk != NULL && i < 3; i++)
        is_known = is_known || strcmp(signin->risk, risks[i]) == 0;
    if (signin->risk != NULL && !is_known)
        return "\"risk\" is low, medium or high";
    signin->country = wp_box_text(order, "country");
    signin->region = wp_box_text(order, "region");
    signin->asn = wp_box_text(order, "asn");
    signin->anonymizer = wp_box_text(order, "anonymizer");
    signin->app = wp_box_text(order, "app");
    signin->login = wp_box_text(order, "user");
    signin->types = json_object_get(order, "types");
    signin->outcomes = json_object_get(order, "outcomes");
    return NULL;
}

/* ---- who and what, as the tenant knows them
 * ------------------------------------------------------------ */

static const char *
okta_name(const json_t *object, const char *key)
{
    const char *text = wp_box_text(json_object_get(object, "profile"), key);
    return text != NULL ? text : "";
}

static void
find_in_okta(struct wp_signin *signin, const json_t *names, json_t *ids)
{
    struct wp_store *store = signin->box->store;
    const char *id;
    json_t *object;
    json_object_foreach(wp_store_all(store, WP_OKTA_USER), id,
                        object) if (signin->login != NULL &&
                                    strcasecmp(okta_name(object, "login"), signin->login) == 0)
        signin->user = object;
    json_object_foreach(wp_store_all(store, WP_OKTA_APP), id,
                        object) if (signin->app != NULL &&
                                    (strcmp(wp_box_text(object, "label"), signin->app) == 0 ||
                                     strcmp(id, signin->app) == 0)) signin->target = object;
    json_object_foreach(wp_store_all(store, WP_OKTA_GROUP), id,
                        object) if (wp_box_holds(names, okta_name(object, "name")))
        json_array_append_new(ids, json_string(id));
}

static bool
is_access_user(const json_t *user, const char *login)
{
    const json_t *extension = json_object_get(user, "urn:scim:schemas:extension:workspace:1.0");
    const char *principal = wp_box_text(extension, "userPrincipalName");
    const char *name = wp_box_text(user, "userName");
    return (principal != NULL && strcasecmp(principal, login) == 0) || strcasecmp(name, login) == 0;
}

static void
find_in_access(struct wp_signin *signin, const json_t *names, json_t *ids)
{
    struct wp_store *store = signin->box->store;
    const char *id;
    json_t *object;
    json_object_foreach(wp_store_all(store, WP_ACCESS_BOX_USER), id,
                        object) if (signin->login != NULL && is_access_user(object, signin->login))
        signin->user = object;
    json_object_foreach(wp_store_all(store, WP_ACCESS_BOX_APP), id,
                        object) if (signin->app != NULL &&
                                    strcmp(wp_box_text(object, "name"), signin->app) == 0)
        signin->target = object;
    json_object_foreach(wp_store_all(store, WP_ACCESS_BOX_GROUP), id,
                        object) if (wp_box_holds(names, wp_box_text(object, "displayName")))
        json_array_append_new(ids, json_string(id));
}

/* ---- what deciders share
 * -------------------------------------------------------------------------------- */

void
wp_box_signin_trace(struct wp_signin *signin, const char *policy, const char *rule, bool fits,
                    const char *because)
{
    json_array_append_new(signin->trace, json_pack("{s:s?, s:s?, s:b, s:s}", "policy", policy,
                                                   "rule", rule, "fits", fits, "because", because));
}

bool
wp_box_signin_can(const struct wp_signin *signin, const char *method, const char *ability)
{
    const char *said = wp_box_text(signin->outcomes, method);
    const json_t *has = json_object_get(signin->user, "_has");
    if (said != NULL)
        return strcmp(said, "ok") == 0;
    if (ability == NULL)
        return false;
    return signin->user == NULL || has == NULL || wp_box_holds(has, ability);
}

static void
note(struct wp_signin *signin, bool is_okta, const json_t *decision)
{
    const char *effect = wp_box_text(decision, "effect");
    json_t *detail =
        json_pack("{s:s?, s:O?, s:O?, s:s?, s:s}", "user", signin->login, "policy",
                  json_object_get(decision, "policy"), "rule", json_object_get(decision, "rule"),
                  "ip", signin->ip, "effect", effect != NULL ? effect : "");
    if (is_okta) {
        wp_box_okta_note(signin->box, signin->arena, "policy.evaluate_sign_on", signin->target,
                         "AppInstance", detail);
    } else {
        wp_box_access_note(signin->box, signin->arena, "LOGIN", effect, signin->target);
        json_decref(detail);
    }
    wp_store_commit(signin->box->store);
}

json_t *
wp_box_signin(struct wp_box *box, struct wp_arena *arena, const json_t *order, const char **why)
{
    struct wp_signin signin = {.box = box, .arena = arena};
    const char *tenant = wp_box_text(order, "tenant");
    const json_t *names = json_object_get(order, "groups");
    bool is_okta = tenant != NULL && strcmp(tenant, "okta") == 0;
    json_t *decision = NULL, *ids;
    *why = read_words(&signin, order);
    if (*why == NULL && !is_okta && (tenant == NULL || strcmp(tenant, "access") != 0))
        *why = "\"tenant\" is okta or access";
    if (*why == NULL && !read_addresses(&signin, json_object_get(order, "ip")))
        *why = "\"ip\" is an address, or up to 8 of them, the client's first";
    if (*why == NULL)
        *why = read_device(&signin, json_object_get(order, "device"));
    if (*why == NULL && names != NULL && !json_is_array(names))
        *why = "\"groups\" is an array of names";
    if (*why != NULL)
        return NULL;
    ids = json_array();
    if (is_okta)
        find_in_okta(&signin, names, ids);
    else
        find_in_access(&signin, names, ids);
    signin.groups =
        names == NULL && signin.user != NULL ? json_object_get(signin.user, "_groups") : ids;
    if (signin.login != NULL && names == NULL && signin.user == NULL) {
        *why = "there is no such user in this tenant";
    } else {
        signin.trace = json_array();
        decision = is_okta ? wp_box_okta_decide(&signin) : wp_box_access_decide(&signin);
        json_object_set_new(decision, "tenant", json_string(tenant));
        json_object_set_new(decision, "trace", signin.trace);
        note(&signin, is_okta, decision);
    }
    json_decref(ids);
    return decision;
}
