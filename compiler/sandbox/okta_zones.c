/* Network zones: what Okta takes, what it makes of it, and what happens to rules
 * when a zone goes. */
#include "compiler/sandbox/okta.h"

#include <string.h>

#include "compiler/sandbox/address.h"

#define ENTRIES_MAX 150
#define BLOCKLIST_MAX 1000
#define SYSTEM_MAX 5000
#define PLACES_MAX 75

static json_t *
show_zone(const struct wp_exchange *x, const json_t *zone)
{
    const char *id = wp_box_text(zone, "id");
    bool is_active = strcmp(wp_box_text(zone, "status"), "ACTIVE") == 0;
    json_t *links = json_object();
    json_object_set_new(links, "self",
                        wp_box_okta_link(x,
                                         wp_box_yes(zone, "system") ? "GET PUT" : "GET PUT DELETE",
                                         "/api/v1/zones/%s", id));
    json_object_set_new(links, is_active ? "deactivate" : "activate",
                        wp_box_okta_link(x, "POST", "/api/v1/zones/%s/lifecycle/%s", id,
                                         is_active ? "deactivate" : "activate"));
    return wp_box_okta_show(zone, links);
}

/* ---- what is sent ---------------------------------------------------------------------- */

static bool
shape_entry(struct wp_exchange *x, const char *field, const json_t *sent, json_t *entries)
{
    const char *type = wp_box_text(sent, "type"), *value = wp_box_text(sent, "value");
    struct wp_box_address first, last;
    bool is_fine = false;
    if (type == NULL || value == NULL)
        return wp_box_okta_invalid(x, field, "type and value are required");
    if (strcmp(type, "CIDR") == 0)
        is_fine = wp_box_cidr_read(value, &first, &last);
    else if (strcmp(type, "RANGE") == 0)
        is_fine = wp_box_range_read(value, &first, &last);
    else
        return wp_box_okta_invalid(x, field, "The type %.60s is unknown", type);
    if (!is_fine)
        return wp_box_okta_invalid(x, field, "The IP: %.100s is invalid.", value);
    if (type[0] == 'R' && strchr(value, '-') == NULL)
        value = wp_format(x->arena, "%s-%s", value, value);
    json_array_append_new(entries, json_pack("{s:s, s:s}", "type", type, "value", value));
    return true;
}

/* Gateways or proxies; JSON null where none were sent. NULL after an answer. */
static json_t *
shape_entries(struct wp_exchange *x, const json_t *sent, const char *field, size_t most)
{
    json_t *list = json_object_get(sent, field), *entries, *entry;
    size_t i;
    if (list == NULL || json_is_null(list))
        return json_null();
    if (!json_is_array(list) || json_array_size(list) > most) {
        wp_box_okta_invalid(x, field, "The number of %s must not exceed %zu", field, most);
        return NULL;
    }
    entries = json_array();
    json_array_foreach(list, i, entry) if (!shape_entry(x, field, entry, entries))
    {
        json_decref(entries);
        return NULL;
    }
    return entries;
}

static int
compare_places(const json_t *a, const json_t *b)
{
    const char *left = wp_box_text(a, "region"), *right = wp_box_text(b, "region");
    int order = strcmp(wp_box_text(a, "country"), wp_box_text(b, "country"));
    return order != 0 ? order : strcmp(left != NULL ? left : "", right != NULL ? right : "");
}

/* Locations come back sorted and with a region, be it null. */
static json_t *
shape_locations(struct wp_exchange *x, const json_t *list)
{
    json_t *places = json_array(), *place;
    size_t i;
    json_array_foreach(list, i, place)
    {
        const char *country = wp_box_text(place, "country"), *region = wp_box_text(place, "region");
        json_t *made;
        size_t at = 0;
        if (country == NULL || strlen(country) != 2 ||
            (region != NULL && (strncmp(region, country, 2) != 0 || region[2] != '-'))) {
            json_decref(places);
            wp_box_okta_invalid(x, "locations", "Invalid country or region");
            return NULL;
        }
        made = json_pack("{s:s, s:s?}", "country", country, "region", region);
        while (at < json_array_size(places) && compare_places(json_array_get(places, at), made) < 0)
            at++;
        json_array_insert_new(places, at, made);
    }
    return places;
}

static bool
shape_dynamic(struct wp_exchange *x, const json_t *sent, json_t *zone)
{
    const json_t *asns = json_object_get(sent, "asns"), *list = json_object_get(sent, "locations");
    const char *proxy = wp_box_text(sent, "proxyType");
    json_t *locations;
    if (json_array_size(asns) > PLACES_MAX || json_array_size(list) > PLACES_MAX)
        return wp_box_okta_invalid(x, "locations", "at most %d are allowed", PLACES_MAX);
    if (json_array_size(asns) == 0 && json_array_size(list) == 0 && proxy == NULL)
        return wp_box_okta_invalid(x, "locations",
                                   "A dynamic zone needs asns, locations or proxyType");
    locations = shape_locations(x, list);
    if (locations == NULL)
        return false;
    json_object_set_new(zone, "locations", locations);
    json_object_set_new(zone, "asns", json_is_array(asns) ? json_deep_copy(asns) : json_array());
    json_object_set_new(zone, "proxyType", proxy != NULL ? json_string(proxy) : json_null());
    return true;
}

static bool
shape_enhanced(struct wp_exchange *x, const json_t *sent, json_t *zone)
{
    static const char *const parts[] = {"locations", "asns", "ipServiceCategories"};
    size_t given = 0;
    for (size_t i = 0; i < 3; i++) {
        const json_t *part = json_object_get(sent, parts[i]);
        json_t *kept = json_object();
        static const char *const sides[] = {"include", "exclude"};
        for (size_t side = 0; side < 2; side++) {
            const json_t *list = json_object_get(part, sides[side]);
            json_t *items = i == 0 ? shape_locations(x, list)
                                   : (json_is_array(list) ? json_deep_copy(list) : json_array());
            if (items == NULL || json_array_size(items) > PLACES_MAX) {
                json_decref(items);
                json_decref(kept);
                return items == NULL ? false
                                     : wp_box_okta_invalid(x, parts[i], "at most %d", PLACES_MAX);
            }
            given += json_array_size(items);
            json_object_set_new(kept, sides[side], items);
        }
        json_object_set_new(zone, parts[i], kept);
    }
    return given > 0 ||
           wp_box_okta_invalid(x, "locations", "Select asns, locations or ipServiceCategories");
}

static bool
shape_ip(struct wp_exchange *x, const json_t *sent, const json_t *old, json_t *zone)
{
    const char *usage = wp_box_text(zone, "usage");
    size_t most = wp_box_yes(old, "system")         ? SYSTEM_MAX
                  : strcmp(usage, "BLOCKLIST") == 0 ? BLOCKLIST_MAX
                                                    : ENTRIES_MAX;
    json_t *gateways = shape_entries(x, sent, "gateways", most), *proxies;
    if (gateways == NULL)
        return false;
    json_object_set_new(zone, "gateways", gateways);
    proxies = shape_entries(x, sent, "proxies", most);
    if (proxies == NULL)
        return false;
    json_object_set_new(zone, "proxies", proxies);
    if (json_object_get(old, "useAsExemptList") != NULL) {
        if (json_array_size(proxies) > 0)
            return wp_box_okta_invalid(x, "proxies", "The exempt zone takes no proxies");
        json_object_set_new(zone, "useAsExemptList", json_true());
    }
    if (!wp_box_yes(old, "system") && json_array_size(gateways) + json_array_size(proxies) == 0)
        return wp_box_okta_invalid(x, "gateways", "An IP zone needs gateways or proxies");
    return true;
}

static bool
is_name_free(struct wp_exchange *x, const char *name, const json_t *old)
{
    const char *id;
    json_t *zone;
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_ZONE), id, zone) if (
        zone != old &&
        strcmp(wp_box_text(zone, "name"), name) ==
            0) return wp_box_okta_invalid(x, "name",
                                          "There is already a network zone with the name %.128s",
                                          name);
    return true;
}

/* A zone as Okta keeps it, or NULL after an answer. */
static json_t *
shape_zone(struct wp_exchange *x, const json_t *sent, const json_t *old)
{
    const char *name = wp_box_text(sent, "name"), *type = wp_box_text(sent, "type");
    const char *usage = wp_box_text(sent, "usage"), *status = wp_box_text(sent, "status");
    json_t *zone;
    bool is_fine;
    if (name == NULL || *name == '\0' || strlen(name) > 128) {
        wp_box_okta_invalid(x, "name", "The field must have 1 to 128 characters");
        return NULL;
    }
    if (type == NULL || (strcmp(type, "IP") != 0 && strcmp(type, "DYNAMIC") != 0 &&
                         strcmp(type, "DYNAMIC_V2") != 0)) {
        wp_box_okta_invalid(x, "type", "The field must be IP, DYNAMIC or DYNAMIC_V2");
        return NULL;
    }
    if (old != NULL && strcmp(wp_box_text(old, "type"), type) != 0) {
        wp_box_okta_invalid(x, "type", "The type of a zone cannot be changed");
        return NULL;
    }
    if (usage != NULL && strcmp(usage, "POLICY") != 0 && strcmp(usage, "BLOCKLIST") != 0) {
        wp_box_okta_invalid(x, "usage", "The field must be POLICY or BLOCKLIST");
        return NULL;
    }
    if (!is_name_free(x, name, old))
        return NULL;
    /* A new zone comes up active whatever is asked; only PUT heeds the status. */
    if (old == NULL || status == NULL || strcmp(status, "INACTIVE") != 0)
        status = "ACTIVE";
    zone = json_pack("{s:s, s:s, s:s, s:s, s:b}", "type", type, "name", name, "usage",
                     usage != NULL ? usage : "POLICY", "status", status, "system",
                     wp_box_yes(old, "system"));
    is_fine = strcmp(type, "IP") == 0        ? shape_ip(x, sent, old, zone)
              : strcmp(type, "DYNAMIC") == 0 ? shape_dynamic(x, sent, zone)
                                             : shape_enhanced(x, sent, zone);
    if (is_fine)
        return zone;
    json_decref(zone);
    return NULL;
}

/* ---- calls ------------------------------------------------------------------------------ */

void
wp_box_okta_zone_list(struct wp_exchange *x)
{
    json_t *list = json_array(), *zone;
    const char *id;
    long limit = wp_exchange_number(x, "limit", -1);
    json_object_foreach(wp_store_all(x->box->store, WP_OKTA_ZONE), id,
                        zone) if (wp_box_okta_passes(x, zone))
        json_array_append_new(list, show_zone(x, zone));
    if (limit > 0)
        wp_box_okta_page(x, list, limit, 10000);
    else
        wp_exchange_answer(x, 200, list);
}

void
wp_box_okta_zone_get(struct wp_exchange *x)
{
    json_t *zone = wp_box_okta_find(x, WP_OKTA_ZONE, "NetworkZone");
    if (zone != NULL)
        wp_exchange_answer(x, 200, show_zone(x, zone));
}

void
wp_box_okta_zone_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_okta_body(x), *zone = sent != NULL ? shape_zone(x, sent, NULL) : NULL;
    if (zone != NULL) {
        const char *id = wp_box_okta_id(x->box, x->arena, "nzo");
        json_object_set_new(zone, "id", json_string(id));
        wp_box_okta_stamp(x, zone, NULL);
        wp_store_put(x->box->store, WP_OKTA_ZONE, id, zone);
        wp_box_okta_note(x->box, x->arena, "zone.create", zone, "NetworkZone", NULL);
        wp_exchange_answer(x, 200, show_zone(x, zone));
    }
    json_decref(sent);
}

/* What the zone was before counts for a while: changes take time to arrive. */
static void
keep_former(struct wp_exchange *x, json_t *zone, const json_t *old)
{
    json_t *former;
    if (x->box->settings.zone_delay == 0)
        return;
    former = json_deep_copy(old);
    json_object_del(former, "_former");
    json_object_set_new(zone, "_former", former);
    json_object_set_new(zone, "_from", json_integer(wp_box_now() + x->box->settings.zone_delay));
}

void
wp_box_okta_zone_put(struct wp_exchange *x)
{
    json_t *old = wp_box_okta_find(x, WP_OKTA_ZONE, "NetworkZone"), *sent, *zone;
    if (old == NULL || (sent = wp_box_okta_body(x)) == NULL)
        return;
    zone = shape_zone(x, sent, old);
    if (zone != NULL) {
        const char *id = x->captures[0];
        bool is_left = strcmp(wp_box_text(old, "status"), "ACTIVE") == 0 &&
                       strcmp(wp_box_text(zone, "status"), "ACTIVE") != 0;
        json_object_set_new(zone, "id", json_string(id));
        wp_box_okta_stamp(x, zone, old);
        keep_former(x, zone, old);
        wp_store_put(x->box->store, WP_OKTA_ZONE, id, zone);
        if (is_left)
            wp_box_okta_zone_is_gone(x, id, false);
        wp_box_okta_note(x->box, x->arena, "zone.update", zone, "NetworkZone", NULL);
        wp_exchange_answer(x, 200, show_zone(x, zone));
    }
    json_decref(sent);
}

void
wp_box_okta_zone_delete(struct wp_exchange *x)
{
    json_t *zone = wp_box_okta_find(x, WP_OKTA_ZONE, "NetworkZone");
    const char *user;
    if (zone == NULL)
        return;
    if (wp_box_yes(zone, "system")) {
        wp_box_okta_error(x, 403, "E0000006",
                          "You do not have permission to perform the requested action",
                          "System zones cannot be deleted");
        return;
    }
    if (strcmp(wp_box_text(zone, "status"), "ACTIVE") == 0) {
        wp_box_okta_invalid(x, "networkZone",
                            "%s is an active zone. Active zones cannot be deleted",
                            wp_box_text(zone, "name"));
        return;
    }
    user = wp_box_okta_zone_user(x, x->captures[0]);
    if (user != NULL) {
        wp_box_okta_invalid(x, "networkZone", "It is the only zone of the rule %.200s", user);
        return;
    }
    wp_box_okta_zone_is_gone(x, x->captures[0], true);
    wp_box_okta_note(x->box, x->arena, "zone.delete", zone, "NetworkZone", NULL);
    wp_store_remove(x->box->store, WP_OKTA_ZONE, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}

static void
set_status(struct wp_exchange *x, const char *status)
{
    json_t *zone = wp_box_okta_find(x, WP_OKTA_ZONE, "NetworkZone");
    bool is_change;
    if (zone == NULL)
        return;
    is_change = strcmp(wp_box_text(zone, "status"), status) != 0;
    json_object_set_new(zone, "status", json_string(status));
    wp_box_okta_stamp(x, zone, zone);
    wp_store_changed(x->box->store, WP_OKTA_ZONE, x->captures[0]);
    if (is_change && strcmp(status, "INACTIVE") == 0)
        wp_box_okta_zone_is_gone(x, x->captures[0], false);
    wp_exchange_answer(x, 200, show_zone(x, zone));
}

void
wp_box_okta_zone_activate(struct wp_exchange *x)
{
    set_status(x, "ACTIVE");
}

void
wp_box_okta_zone_deactivate(struct wp_exchange *x)
{
    set_status(x, "INACTIVE");
}
