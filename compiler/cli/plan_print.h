/* Plans for people, for programs, and as a list of steps to tick off. */
#ifndef WP_CLI_PLAN_PRINT_H
#define WP_CLI_PLAN_PRINT_H

#include <jansson.h>

#include "compiler/cli/tenant_run.h"

#include "compiler/analysis/diff.h"

/* A plan with what it does to decisions. */
struct wp_plan_view {
    struct wp_tenant_run *run;
    const struct wp_deploy *deploy;
    struct wp_meaning before, after; /* what the tenant decides, and would */
    bool has_diff;
    struct wp_diff diff;
    const char *untold;  /* why there is no diff */
    const char *by_hand; /* Markdown: steps that people have to take; or NULL */
};

/* Works it out; to be ended with wp_plan_view_end. */
void wp_plan_view_make(struct wp_plan_view *view, struct wp_tenant_run *run,
                       const struct wp_deploy *deploy);
void wp_plan_view_end(struct wp_plan_view *view);

/* On standard output. */
void wp_plan_print(const struct wp_plan_view *view);
/* The document of `plan --format json`; the caller owns it. */
json_t *wp_plan_view_json(const struct wp_plan_view *view);
/* The steps as Markdown, or as one HTML page. */
const char *wp_plan_runbook(const struct wp_plan_view *view, bool html);

#endif
