/* Workspace ONE Access, as the engine sees it. */
#include "compiler/emit/access/access.h"

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
};
