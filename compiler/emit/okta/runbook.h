/*
 * What people have to do in an Okta org because its interface has no call for it: the
 * steps, in order, each with its place in the console and what must be true after it.
 *
 * Steps are data, a JSON array of
 *   {"title": "...", "place": "Applications > Crm > Sign On", "do": ["..."],
 *    "after": "...", "at": ["apps", "Crm", "rules", 0], "expect": {...}}
 * `at` and `expect` say where a later export holds what the step leaves behind;
 * docs/okta.md describes the export.
 */
#ifndef WP_EMIT_OKTA_RUNBOOK_H
#define WP_EMIT_OKTA_RUNBOOK_H

#include "compiler/emit/okta/okta.h"

/* The steps for a tenant, the caller's to give back; NULL with a problem when the
 * source holds what no step can do. Pure. */
json_t *wp_okta_steps(const struct wp_session *session, struct wp_problem *problem);

/* tenant.h: wp_tenant_kind.runbook. Nothing is written when there are no steps. */
bool wp_okta_runbook(const struct wp_session *session, const struct wp_state *desired,
                     const struct wp_state *current, struct wp_buffer *markdown,
                     struct wp_problem *problem);

/*
 * tenant.h: wp_tenant_kind.verify_export. Holds an export against the steps: one line for each that
 * is not done, naming it and what is there instead. *missing is how many those are. False with a
 * problem when the export is none.
 */
bool wp_okta_verify_export(const struct wp_session *session, const json_t *export,
                           struct wp_buffer *lines, size_t *missing, struct wp_problem *problem);

#endif
