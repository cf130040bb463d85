/* Verdicts on larger policies against z3, where it is installed. */
#include "compiler/analysis/analysis.h"
#include "tests/smtlib.h"
#include "tests/synthetic_model.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
out_of_memory(void *context)
{
    (void)context;
    abort();
}

static bool
is_dead(const struct wp_diagnostics *list, const char *rule)
{
    for (const struct wp_diagnostic *at = list->first; at; at = at->next) {
        if ((at->kind == WP_E_SHADOWED || at->kind == WP_E_EMPTY_CONDITION) &&
            strcmp(at->rule, rule) == 0)
            return true;
    }
    return false;
}

static void
compare(const struct wp_model *model, const struct wp_diagnostics *list, FILE *answers)
{
    const struct wp_policy *policy = &model->policies[0];
    char line[64];

    for (uint32_t i = 0; i < policy->rule_count; i++) {
        cr_assert_not_null(fgets(line, sizeof line, answers), "z3 stopped at rule %u", i);
        bool dead = strncmp(line, "unsat", 5) == 0;
        cr_assert(dead || strncmp(line, "sat", 3) == 0, "z3 says %s", line);
        cr_assert_eq(dead, is_dead(list, policy->rules[i].name), "rule %u", i);
    }
}

static void
check_seed(uint64_t seed, uint32_t rules, uint32_t groups)
{
    const struct synthetic_shape shape = {rules, groups, 4, seed};
    char path[] = "/tmp/woapol-z3-XXXXXX", command[64];
    struct wp_arena *arena = wp_arena_new(out_of_memory, NULL);
    struct wp_model *model = synthetic_model(arena, &shape);
    struct wp_diagnostics list;
    struct wp_sources sources;
    int file = mkstemp(path);

    cr_assert(file >= 0);
    FILE *script = fdopen(file, "w");
    smtlib_write(script, model);
    fclose(script);
    wp_sources_init(&sources, arena);
    wp_diagnostics_init(&list, arena, &sources);
    wp_analyse(&list, model, NULL);
    snprintf(command, sizeof command, "z3 -smt2 %s", path);
    FILE *answers = popen(command, "r");
    cr_assert_not_null(answers);
    compare(model, &list, answers);
    pclose(answers);
    unlink(path);
    wp_arena_free(arena);
}

Test(reach_z3, agrees_on_larger_policies)
{
    if (system("command -v z3 >/dev/null 2>&1") != 0)
        cr_skip_test("z3 is not installed");
    for (uint64_t seed = 1; seed <= 4; seed++) {
        check_seed(seed, 120, 10); /* few groups: many rules are dead */
        check_seed(seed, 120, 200);
    }
}
