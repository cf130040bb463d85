/* Workspace ONE Access, as the engine sees it. */
#include <string.h>

#include "compiler/emit/access/access.h"
#include "compiler/emit/readings.h"
#include "compiler/facts.h"

static const char *
caution(const struct wp_session *session)
{
    struct wp_access_profile profile;
    struct wp_problem problem = {0};
    const char *text = NULL;

    if (!wp_access_profile_open(session, &profile, &problem))
        return NULL;
    if (!wp_access_profile_is_verified(&profile))
        text = wp_format(session->arena,
                         "the wire profile '%s' is not verified for writing: Access' interface for "
                         "policies is not published, and this is how it probably looks",
                         profile.name);
    wp_access_profile_close(&profile);
    return text;
}

/* Access is told no posture. */
static void
sight(const struct wp_session *session, struct wp_sight *seen)
{
    struct wp_access_types types;

    wp_access_types_init(&types, session->arena, session->model);
    *seen = (struct wp_sight){.devices = 1};
    for (uint32_t i = 0; i < types.count; i++)
        seen->devices |= types.items[i].mask;
}

/* Ranges are IPv4. Whether ALL RANGES takes a client that comes by IPv6 is not
 * documented; where it does not, no rule matches, and access is denied. */
static void
readings(const struct wp_session *session, struct wp_arena *arena, struct wp_readings *readings)
{
    const char *said = session->tenant == NULL
                           ? ""
                           : wp_attribute_text(session->tenant->attributes, "ipv6_clients", "");

    if (strcmp(said, "all_ranges") == 0)
        return;
    const struct wp_model *denied = wp_reading_without_v6(arena, readings->model);
    if (strcmp(said, "no_range") == 0) {
        readings->model = denied;
        return;
    }
    readings->other = denied;
    readings->open =
        "clients that come by IPv6 are denied by Workspace ONE Access if its ALL RANGES does not "
        "take them, which no document says; its fact ipv6_clients settles it";
}

const struct wp_tenant_kind wp_tenant_access = {
    .name = "access",
    .label = "Workspace ONE Access",
    .desire = wp_access_desire,
    .read = wp_access_read,
    .look = wp_access_look,
    .order = wp_access_order,
    .lift = wp_access_lift,
    .explain_error = wp_access_explain_error,
    .secret = wp_access_secret,
    .runbook = wp_access_runbook,
    .caution = caution,
    .sight = sight,
    .readings = readings,
    .capture = wp_access_capture,
};
