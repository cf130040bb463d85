/* What a lifted source declares: of what its rules turned out to use, in names. */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/okta/okta_zone.h"
#include "compiler/facts.h"
#include "compiler/network.h"

#include <string.h>

static void
put_network(struct wp_okta_lift *lift, const char *name, const struct wp_network *network)
{
    json_t *entries = wp_okta_addresses(network, 0, SIZE_MAX), *entry;
    size_t i;

    wp_okta_lift_put(lift, "network %s = ", name);
    json_array_foreach(entries, i, entry)
    {
        const char *value = wp_okta_text(entry, "value"), *dash = strchr(value, '-');
        wp_okta_lift_put(lift, "%s", i ? " + " : "");
        if (!dash)
            wp_okta_lift_put(lift, "%s", value);
        else if (strncmp(value, dash + 1, (size_t)(dash - value)) == 0 && !dash[1 + (dash - value)])
            wp_okta_lift_put(lift, "%s", dash + 1);
        else
            wp_okta_lift_put(lift, "%.*s .. %s", (int)(dash - value), value, dash + 1);
    }
    if (json_array_size(entries) == 0)
        wp_okta_lift_put(lift, "0.0.0.0 - 0.0.0.0");
    wp_okta_lift_put(lift, "\n");
    json_decref(entries);
}

/* The zone, with those that are parts of it. */
static void
put_zone(struct wp_okta_lift *lift, const struct wp_object *zone, const char *name)
{
    struct wp_network whole = {0};
    struct wp_okta_zone one;
    const char *reason;
    bool proxies = false;

    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *part = lift->state->items[i];
        const char *of = json_string_value(json_object_get(lift->zones, part->key));
        if (part != zone && (!of || strcmp(of, zone->key) != 0))
            continue;
        if (!wp_okta_zone_read(lift->arena, part->body, &one, &reason))
            continue;
        whole = wp_network_combine(lift->arena, WP_NETWORK_UNION, &whole, &one.gateways);
        proxies = proxies || !wp_network_is_empty(&one.proxies);
    }
    if (proxies)
        wp_okta_lift_put(lift, "// %s also holds who comes through its proxies.\n", name);
    put_network(lift, name, &whole);
}

static void
put_networks(struct wp_okta_lift *lift, const char *body)
{
    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *zone = lift->state->items[i];
        const char *name = json_string_value(json_object_get(lift->names, zone->key));
        const char *of = json_string_value(json_object_get(lift->zones, zone->key));
        if (strcmp(zone->kind, "zone") == 0 && name && (!of || strcmp(of, zone->key) == 0) &&
            strstr(body, name))
            put_zone(lift, zone, name);
    }
    wp_okta_lift_put(lift, "\n");
}

/* `group Staff = "All Staff@corp" { okta = "Staff" }`. */
static void
put_thing(struct wp_okta_lift *lift, const char *word, const struct wp_thing *thing,
          const char *name, const char *called)
{
    const char *own = thing && thing->directory ? thing->directory : thing ? name : called;

    wp_okta_lift_put(lift, "%s %s", word, name);
    if (strcmp(own, name) != 0)
        wp_okta_lift_put(lift, " = %s", wp_okta_lift_quote(lift, own));
    if (strcmp(own, called) != 0)
        wp_okta_lift_put(lift, " { okta = %s }", wp_okta_lift_quote(lift, called));
    wp_okta_lift_put(lift, "\n");
}

static void
put_things(struct wp_okta_lift *lift)
{
    const struct wp_model *model = lift->session->model;

    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *object = lift->state->items[i];
        if (strcmp(object->kind, "group") == 0)
            put_thing(lift, "group",
                      wp_okta_lift_thing(lift, model ? model->groups : NULL,
                                         model ? model->group_count : 0, object->name),
                      json_string_value(json_object_get(lift->names, object->key)), object->name);
    }
    wp_okta_lift_put(lift, "\n");
    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *object = lift->state->items[i];
        if (strcmp(object->kind, "binding") == 0 && wp_okta_lift_governs(lift, object))
            put_thing(lift, "app",
                      wp_okta_lift_thing(lift, model ? model->apps : NULL,
                                         model ? model->app_count : 0, object->name),
                      wp_okta_lift_app_name(lift, object), object->name);
    }
    wp_okta_lift_put(lift, "\n");
}

/* Device types and methods that the source declares itself are its words here, too. */
static void
put_own_words(struct wp_okta_lift *lift, const struct wp_thing *things, uint32_t first,
              uint32_t count)
{
    const struct wp_model *model = lift->session->model;

    for (uint32_t i = first; model && i < count; i++) {
        const struct wp_declaration *said = things[i].declaration;
        if (!said || said->span.file >= model->sources->count)
            continue;
        const struct wp_source *file = &model->sources->files[said->span.file];
        if (strcmp(file->name, "std/prelude") != 0)
            wp_okta_lift_put(lift, "%.*s\n", (int)(said->span.end - said->span.start),
                             file->text + said->span.start);
    }
}

static void
put_chains(struct wp_okta_lift *lift)
{
    json_t *entry;
    size_t i;

    json_array_foreach(lift->chains, i, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (name && json_is_true(json_object_get(entry, "used")))
            wp_okta_lift_put(lift, "chain %s = %s\n", name, wp_okta_text(entry, "text"));
    }
    wp_okta_lift_put(lift, "\n");
}

static void
put_head(struct wp_okta_lift *lift)
{
    wp_okta_lift_put(
        lift,
        "// What an Okta org decides. Taken for granted:\n"
        "//   - a request has the one address that Okta knows it by, and no proxy's\n"
        "//   - %s\n"
        "//   - a device that is managed or compliant is registered with Okta\n"
        "//   - only devices whose posture Okta can learn are managed or compliant\n"
        "//   - people pass a chain's steps in its order\n"
        "//   - no block list, exempt zone or ThreatInsight acts before the policies\n\n",
        lift->options.real_devices
            ? "devices are what they are, and Okta sees them as its known issues tell"
            : "devices are what Okta takes them for: an iPad's Safari is a Mac");
}

/* The tenant, so that what is lifted can be pushed, and proved to be the same. */
static void
put_tenant(struct wp_okta_lift *lift)
{
    const struct wp_declaration *tenant = lift->session->tenant;
    const char *url = tenant ? wp_attribute_text(tenant->attributes, "url", NULL) : NULL;

    wp_okta_lift_put(lift, "tenant %s {\n  kind = okta\n", tenant ? tenant->name->text : "Okta");
    if (url)
        wp_okta_lift_put(lift, "url = %s\n", wp_okta_lift_quote(lift, url));
    wp_okta_lift_put(lift, "engine = identity\n}\n\n");
}

void
wp_okta_lift_declare(struct wp_okta_lift *lift, const char *rules)
{
    put_head(lift);
    put_tenant(lift);
    put_own_words(lift, lift->words->devices, 1, lift->words->device_count);
    put_own_words(lift, lift->words->methods, 0, lift->words->method_count);
    put_networks(lift, rules);
    put_things(lift);
    put_chains(lift);
}
