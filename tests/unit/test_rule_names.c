#include "compiler/rule_names.h"
#include "unit/compile_text.h"

#include <criterion/criterion.h>

Test(rule_names, finds_rules_in_a_policy_or_anywhere)
{
    static const struct {
        const char *name;
        uint32_t policy;
        int sort; /* 0 any, 1 reports, 2 decides */
        int found;
    } rows[] = {
        {"a", WP_NONE, 0, 1}, {"a", WP_NONE, 1, 1},   {"a", WP_NONE, 2, 1}, {"a", 0, 0, 1},
        {"a", 0, 1, 0},       {"a", 0, 2, 1},         {"a", 1, 1, 1},       {"a", 1, 2, 0},
        {"b", 0, 0, 1},       {"b", 1, 0, 0},         {"b", WP_NONE, 1, 0}, {"b", WP_NONE, 2, 1},
        {"c", WP_NONE, 0, 0}, {"otherwise", 0, 0, 0},
    };
    struct wp_compilation compilation;
    struct wp_rule_names names;

    cr_assert(compile_text(&compilation,
                           "app A\npolicy P is default { rule a when managed deny rule b deny }\n"
                           "policy Q for A { rule report a deny otherwise deny }\n"));
    wp_rule_names_init(&names, compilation.arena, compilation.model);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct wp_named_rule *found =
            rows[i].sort == 0
                ? wp_rule_names_find(&names, rows[i].policy, rows[i].name)
                : wp_rule_names_find_sort(&names, rows[i].policy, rows[i].name, rows[i].sort == 1);
        cr_expect_eq(found != NULL, rows[i].found, "row %zu", i);
        if (found && rows[i].policy != WP_NONE)
            cr_expect_eq(found->policy, rows[i].policy, "row %zu", i);
    }
    wp_compilation_end(&compilation);
}
