/* The UEM tenant: what of it bears on sign-ins. Version and devices are read as
 * its published interface has them; the enrollment settings' path is chosen. */
#include <string.h>

#include "compiler/sandbox/dispatch.h"
#include "compiler/sandbox/sample.h"

#define WP_UEM_SETTINGS "uem/settings"
#define SETTINGS "/api/system/groups/{}/enrollment/authentication"

static bool
fail(struct wp_exchange *x, unsigned status, const char *message)
{
    wp_exchange_answer(x, status,
                       json_pack("{s:i, s:s, s:s}", "errorCode", (int)status, "message", message,
                                 "activityId", wp_box_uuid(x->box, x->arena)));
    return false;
}

static json_t *
settings(struct wp_box *box)
{
    return wp_store_get(box->store, WP_UEM_SETTINGS, "7");
}

static void
get_info(struct wp_exchange *x)
{
    wp_exchange_answer(x, 200,
                       json_pack("{s:s, s:O}", "ProductName", "AirWatch Platform Service",
                                 "ProductVersion", json_object_get(settings(x->box), "version")));
}

static json_t *
show_device(const json_t *device)
{
    const char *platform = wp_box_text(device, "platform");
    bool is_apple = platform[0] == 'i';
    return json_pack("{s:O, s:O, s:s, s:s?, s:s, s:s}", "DeviceFriendlyName",
                     json_object_get(device, "label"), "SerialNumber",
                     json_object_get(device, "name"), "Platform",
                     is_apple                           ? "Apple"
                     : strcmp(platform, "macos") == 0   ? "AppleOsX"
                     : strcmp(platform, "windows") == 0 ? "WinRT"
                                                        : "Android",
                     "UserName", wp_box_text(device, "owner"), "EnrollmentStatus",
                     wp_box_yes(device, "enrolled") ? "Enrolled" : "Unenrolled", "ComplianceStatus",
                     wp_box_yes(device, "compliant") ? "Compliant" : "NonCompliant");
}

static void
search_devices(struct wp_exchange *x)
{
    json_t *list = json_array(), *device;
    const char *name, *user = wp_exchange_argument(x, "user");
    long page = wp_exchange_number(x, "page", 0), size = wp_exchange_number(x, "pagesize", 500);
    long at = 0;
    json_object_foreach(wp_store_all(x->box->store, WP_BOX_DEVICE), name, device)
    {
        const char *owner = wp_box_text(device, "owner");
        if (!wp_box_yes(device, "enrolled") ||
            (user != NULL && (owner == NULL || strcmp(owner, user) != 0)))
            continue;
        if (at >= page * size && at < (page + 1) * size)
            json_array_append_new(list, show_device(device));
        at++;
    }
    wp_exchange_answer(x, 200,
                       json_pack("{s:o, s:I, s:I, s:I}", "Devices", list, "Page", (json_int_t)page,
                                 "PageSize", (json_int_t)size, "Total", (json_int_t)at));
}

static void
get_settings(struct wp_exchange *x)
{
    json_t *shown = json_deep_copy(settings(x->box));
    json_object_del(shown, "version");
    wp_exchange_answer(x, 200, shown);
}

static void
put_settings(struct wp_exchange *x)
{
    json_t *sent = wp_exchange_json(x), *own = settings(x->box);
    const char *source = wp_box_text(sent, "sourceOfAuthentication");
    const char *mode = wp_box_text(sent, "devicesEnrollmentMode");
    if (source == NULL || mode == NULL ||
        !json_is_boolean(json_object_get(sent, "requireRegistrationToken")) ||
        (strcmp(source, "WORKSPACE_ONE_ACCESS") != 0 && strcmp(source, "WORKSPACE_ONE_UEM") != 0) ||
        (strcmp(mode, "REGISTERED_DEVICES_ONLY") != 0 && strcmp(mode, "OPEN_ENROLLMENT") != 0)) {
        fail(x, 400,
             "sourceOfAuthentication, devicesEnrollmentMode and requireRegistrationToken "
             "are required");
    } else {
        json_object_set_new(own, "sourceOfAuthentication", json_string(source));
        json_object_set_new(own, "devicesEnrollmentMode", json_string(mode));
        json_object_set(own, "requireRegistrationToken",
                        json_object_get(sent, "requireRegistrationToken"));
        wp_store_changed(x->box->store, WP_UEM_SETTINGS, "7");
        get_settings(x);
    }
    json_decref(sent);
}

static const struct wp_box_route routes[] = {
    {"GET", "/api/system/info", get_info, NULL},
    {"GET", "/api/mdm/devices/search", search_devices, NULL},
    {"GET", SETTINGS, get_settings, NULL},
    {"PUT", SETTINGS, put_settings, NULL},
};

void
wp_box_uem_handle(struct wp_exchange *x)
{
    bool has_path;
    const struct wp_box_route *route =
        wp_box_route_find(x, routes, sizeof routes / sizeof *routes, &has_path);
    const char *key = wp_exchange_header(x, "aw-tenant-code");
    if (key == NULL || strcmp(key, x->box->secrets.uem_key) != 0)
        fail(x, 401, "The aw-tenant-code header is missing or wrong");
    else if (route != NULL && x->captures[0] != NULL && strcmp(x->captures[0], "7") != 0)
        fail(x, 404, "The only organization group is 7");
    else if (route != NULL)
        route->handler(x);
    else
        fail(x, has_path ? 405 : 404, has_path ? "Method not allowed" : "No such resource");
}

void
wp_box_uem_seed(struct wp_box *box, struct wp_arena *arena, const json_t *sample)
{
    const json_t *uem = json_object_get(sample, "uem");
    const char *version = wp_box_text(uem, "version"), *mode = wp_box_text(uem, "enrollment_mode");
    const char *hub = wp_box_text(uem, "hub_authentication");
    (void)arena;
    wp_store_put(box->store, WP_UEM_SETTINGS, "7",
                 json_pack("{s:s, s:s, s:s, s:b}", "version",
                           version != NULL ? version : "22.10.0.0", "sourceOfAuthentication",
                           hub == NULL || strcmp(hub, "access") == 0 ? "WORKSPACE_ONE_ACCESS"
                                                                     : "WORKSPACE_ONE_UEM",
                           "devicesEnrollmentMode",
                           mode == NULL || strcmp(mode, "registered_only") == 0
                               ? "REGISTERED_DEVICES_ONLY"
                               : "OPEN_ENROLLMENT",
                           "requireRegistrationToken",
                           json_object_get(uem, "registration_token") == NULL ||
                               wp_box_yes(uem, "registration_token")));
}
