/* Apps that Okta publishes to the catalog of Access [D6]: steps for people, with what the
 * tenant says of each. */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/emit/access/access.h"
#include "tests/unit/access_world.h"
#include "tests/unit/compile_text.h"

static const char source[] = "tenant Portal { kind = access }\napp Plain\n"
                             "app Wiki { federated = okta  access = \"Team Wiki\" }\n"
                             "app Own { federated = access }\n"
                             "policy P is default { otherwise authenticate password_local }\n";

struct row {
    const char *app, *policy; /* that it is bound to in the tenant; NULL: there is no app */
    const char *box, *says;   /* the step begins with it, and says this */
};

static void
check_row(const struct row *row)
{
    struct wp_compilation compilation;
    struct wp_state desired, current;
    struct wp_problem problem = {0};
    bool is_new;

    cr_assert(compile_text(&compilation, source));
    struct wp_session session = access_session(compilation.arena, compilation.model);
    struct wp_buffer markdown = {.arena = compilation.arena};
    wp_state_init(&desired, compilation.arena);
    wp_state_init(&current, compilation.arena);
    if (row->app != NULL) {
        (void)wp_state_add(&current, "app", NULL, row->app, "a1", json_object(), &is_new);
        (void)wp_state_add(&current, "binding", NULL, row->app, "a1",
                           json_pack("{s:o}", "policy", wp_reference(row->policy)), &is_new);
    }
    cr_assert(wp_tenant_access.runbook(&session, &desired, &current, &markdown, &problem));
    wp_buffer_add(&markdown, "", 1);
    const char *text = (const char *)markdown.bytes;
    cr_assert_not_null(strstr(text, row->box), "%s", text);
    cr_assert_not_null(strstr(text, row->says), "%s", text);
    cr_assert_null(strstr(text, "Plain"), "%s", text);
    cr_assert_null(strstr(text, "Own"), "%s", text);
    wp_state_end(&desired);
    wp_state_end(&current);
    wp_compilation_end(&compilation);
}

Test(access_source_apps, steps)
{
    static const struct row rows[] = {
        {NULL, NULL, "- [ ] Team Wiki stands in the catalog",
         "add it with this application source"},
        {"Team Wiki", "policy/" WP_ACCESS_BASE, "- [x] Team Wiki stands in the catalog",
         "Done: the tenant says so itself."},
        {"Team Wiki", "policy/Mine", "- [ ] Team Wiki stands in the catalog",
         "take the access policy that is its own away"},
        {"Wiki", "policy/" WP_ACCESS_BASE, "- [ ] Team Wiki stands in the catalog",
         "Application Sources > OKTA"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}
