/* Workspace ONE Access, as the engine sees it. */
#include "compiler/emit/access/access.h"

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
    .capture = wp_access_capture,
};
