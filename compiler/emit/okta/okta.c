/* Okta as a kind of tenant. */
#include "compiler/emit/okta/okta_api.h"
#include "compiler/emit/okta/runbook.h"
#include "compiler/emit/okta/okta_seen.h"

const struct wp_tenant_kind wp_tenant_okta = {
    .name = "okta",
    .label = "Okta",
    .desire = wp_okta_desire,
    .read = wp_okta_read,
    .look = wp_okta_look,
    .order = wp_okta_order,
    .lift = wp_okta_lift,
    .explain_error = wp_okta_explain_error,
    .effect = wp_okta_effect,
    .remarks = wp_okta_remarks,
    .take = wp_okta_take,
    .identity = wp_okta_identity,
    .runbook = wp_okta_runbook,
    .verify_export = wp_okta_verify_export,
    .as_seen = wp_okta_as_seen,
    .as_told = wp_okta_as_told,
    .sight = wp_okta_sight,
};
