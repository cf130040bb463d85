#include "tests/unit/okta_wanted.h"

#include "compiler/facts.h"
#include "tests/unit/compile_text.h"

#include <criterion/criterion.h>

void
okta_want(struct okta_wanted *wanted, const char *source)
{
    const struct wp_plan_options options = {0};
    struct wp_declaration_walk walk = {0};

    *wanted = (struct okta_wanted){0};
    cr_assert(compile_text(&wanted->compilation, source), "%s", source);
    wanted->session = (struct wp_session){.arena = wanted->compilation.arena,
                                          .model = wanted->compilation.model,
                                          .kind = &wp_tenant_okta};
    wanted->session.tenant = wp_declaration_next(wanted->compilation.model, WP_DECL_TENANT, &walk);
    wp_state_init(&wanted->state, wanted->compilation.arena);
    wanted->is_held = wp_okta_desire(&wanted->session, &options, &wanted->state,
                                     &wanted->compilation.diagnostics);
}

void
okta_wanted_end(struct okta_wanted *wanted)
{
    wp_state_end(&wanted->state);
    wp_compilation_end(&wanted->compilation);
}

void
okta_read(struct okta_wanted *wanted, struct okta_org *org, struct wp_state *state)
{
    struct wp_okta_door door = okta_org_door(org);
    struct wp_problem problem = {0};

    wp_state_init(state, wanted->session.arena);
    cr_assert(wp_okta_read_through(&wanted->session, &door, state, &problem), "%s", problem.text);
}
