/*
 * The control port: the page, what the tenants hold as the page shows it, sign-ins,
 * and faults on demand. Plain HTTP on the loopback interface: writes want
 * application/json, which no other page can send here without being asked first.
 */
#include <string.h>

#include "compiler/sandbox/access.h"
#include "compiler/sandbox/dispatch.h"
#include "compiler/sandbox/faults.h"
#include "compiler/sandbox/files.h"
#include "compiler/sandbox/okta.h"
#include "compiler/sandbox/sample.h"
#include "compiler/sandbox/signin.h"

static void
fail(struct wp_exchange *x, unsigned status, const char *why)
{
    wp_exchange_answer(x, status, json_pack("{s:s}", "error", why));
}

/* ---- the page
 * -------------------------------------------------------------------------------------- */

static void
send_file(struct wp_exchange *x)
{
    static const char *const types[][2] = {{".html", "text/html; charset=utf-8"},
                                           {".css", "text/css; charset=utf-8"},
                                           {".js", "text/javascript; charset=utf-8"},
                                           {".svg", "image/svg+xml"}};
    const char *name = strcmp(x->path, "/") == 0 ? "index.html" : x->captures[0];
    for (const struct wp_box_file *file = wp_box_files; file->name != NULL; file++) {
        const char *dot = strrchr(file->name, '.');
        if (strcmp(file->name, name) != 0)
            continue;
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            if (strcmp(dot, types[i][0]) == 0) {
                wp_exchange_add(x, "Content-Security-Policy",
                                "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
                                "'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                                "frame-ancestors 'none'");
                wp_exchange_add(x, "Referrer-Policy", "no-referrer");
                wp_exchange_text(x, 200, types[i][1], file->text, file->size);
                return;
            }
    }
    fail(x, 404, "there is no such file");
}

/* ---- what there is
 * ----------------------------------------------------------------------------------- */

static json_t *
values(struct wp_box *box, const char *kind)
{
    json_t *list = json_array(), *object;
    const char *id;
    json_object_foreach(wp_store_all(box->store, kind), id, object)
    {
        json_t *copy = json_deep_copy(object);
        json_object_del(copy, "_secret");
        json_array_append_new(list, copy);
    }
    return list;
}

static json_t *
okta_policies(struct wp_box *box)
{
    json_t *list = json_array(), *policy;
    const char *id;
    json_object_foreach(wp_store_all(box->store, WP_OKTA_POLICY), id, policy)
    {
        json_t *copy = json_deep_copy(policy), *rules = wp_box_okta_rules(box, id);
        json_object_set_new(copy, "rules", json_deep_copy(rules));
        json_decref(rules);
        json_array_append_new(list, copy);
    }
    return list;
}

static void
get_state(struct wp_exchange *x)
{
    struct wp_box *box = x->box;
    json_t *okta =
        json_pack("{s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "url", box->urls[WP_BOX_OKTA], "classic",
                  box->settings.is_classic, "policies", okta_policies(box), "zones",
                  values(box, WP_OKTA_ZONE), "groups", values(box, WP_OKTA_GROUP), "users",
                  values(box, WP_OKTA_USER), "apps", values(box, WP_OKTA_APP));
    json_t *access = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "url", box->urls[WP_BOX_ACCESS], "policies",
        values(box, WP_ACCESS_BOX_POLICY), "ranges", values(box, WP_ACCESS_BOX_RANGE), "groups",
        values(box, WP_ACCESS_BOX_GROUP), "users", values(box, WP_ACCESS_BOX_USER), "apps",
        values(box, WP_ACCESS_BOX_APP), "methods", values(box, WP_ACCESS_BOX_METHOD), "idps",
        values(box, WP_ACCESS_BOX_IDP));
    wp_exchange_answer(x, 200,
                       json_pack("{s:o, s:o, s:{s:s}, s:o, s:o, s:O}", "okta", okta, "access",
                                 access, "uem", "url", box->urls[WP_BOX_UEM], "devices",
                                 values(box, WP_BOX_DEVICE), "places", values(box, WP_BOX_PLACE),
                                 "log", box->log));
}

static void
get_log(struct wp_exchange *x)
{
    wp_exchange_answer(x, 200, json_deep_copy(x->box->log));
}

/* ---- what can be done
 * ----------------------------------------------------------------------------------- */

static json_t *
read_order(struct wp_exchange *x)
{
    const char *type = wp_exchange_header(x, "Content-Type");
    json_t *order;
    if (type == NULL || strncmp(type, "application/json", 16) != 0) {
        fail(x, 415, "send application/json");
        return NULL;
    }
    order = wp_exchange_json(x);
    if (!json_is_object(order)) {
        json_decref(order);
        fail(x, 400, "the body is no JSON object");
        return NULL;
    }
    return order;
}

static void
post_signin(struct wp_exchange *x)
{
    json_t *order = read_order(x);
    const char *why = NULL;
    json_t *decision = order != NULL ? wp_box_signin(x->box, x->arena, order, &why) : NULL;
    if (decision != NULL)
        wp_exchange_answer(x, 200, decision);
    else if (order != NULL)
        fail(x, 400, why);
    json_decref(order);
}

static void
post_fault(struct wp_exchange *x)
{
    json_t *order = read_order(x);
    const char *why = order != NULL ? wp_box_fault_add(x->box, order) : NULL;
    if (why != NULL)
        fail(x, 400, why);
    else if (order != NULL)
        wp_exchange_answer(x, 204, NULL);
    json_decref(order);
}

static void
delete_faults(struct wp_exchange *x)
{
    json_decref(x->box->faults);
    x->box->faults = NULL;
    wp_exchange_answer(x, 204, NULL);
}

static void
post_reset(struct wp_exchange *x)
{
    json_t *order = read_order(x);
    if (order == NULL)
        return;
    wp_box_reset(x->box);
    wp_exchange_answer(x, 204, NULL);
    json_decref(order);
}

static const struct wp_box_route routes[] = {
    {"GET", "/", send_file, NULL},
    {"GET", "/sandbox/state", get_state, NULL},
    {"GET", "/sandbox/log", get_log, NULL},
    {"POST", "/sandbox/signin", post_signin, NULL},
    {"POST", "/sandbox/faults", post_fault, NULL},
    {"DELETE", "/sandbox/faults", delete_faults, NULL},
    {"POST", "/sandbox/reset", post_reset, NULL},
    {"GET", "/{}", send_file, NULL},
};

void
wp_box_control_handle(struct wp_exchange *x)
{
    bool has_path;
    const char *origin = wp_exchange_header(x, "Origin");
    const struct wp_box_route *route =
        wp_box_route_find(x, routes, sizeof routes / sizeof *routes, &has_path);
    if (origin != NULL && strcmp(origin, x->base) != 0)
        fail(x, 403, "another page cannot use the sandbox");
    else if (route != NULL)
        route->handler(x);
    else
        fail(x, has_path ? 405 : 404,
             has_path ? "this method is not offered here" : "there is no such path");
}
