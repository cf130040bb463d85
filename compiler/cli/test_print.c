/* The results of tests for a person. */
#include <inttypes.h>
#include <stdio.h>

#include "compiler/cli/test_report.h"

static void
print_failure(const struct wp_tested_case *one)
{
    printf("        at       %s\n", one->place);
    printf("        given    %s\n", one->given);
    printf("        expected %s\n", one->expected);
    printf("        got      %s", one->got);
    if (one->by_place != NULL)
        printf(" (%s)", one->by_place);
    printf("\n");
    if (one->because != NULL)
        printf("        because  %s\n", one->because);
}

static void
print_test(const struct wp_tested *test, bool colour)
{
    const char *mark = test->has_passed ? "ok   " : "FAIL ";
    const char *paint = test->has_passed ? "\033[32m" : "\033[31m";
    printf("%s%s%s %s\n", colour ? paint : "", mark, colour ? "\033[0m" : "", test->name);
    for (uint32_t i = 0; i < test->case_count; i++)
        if (!test->cases[i].has_passed)
            print_failure(&test->cases[i]);
}

void
wp_test_print(const struct wp_test_results *results, bool colour)
{
    for (uint32_t i = 0; i < results->test_count; i++)
        print_test(&results->tests[i], colour);
    bool shows_unreached = results->test_count > 0 && results->skipped == 0;
    if (shows_unreached && results->unreached_count > 0)
        printf("\nno test reaches\n");
    for (uint32_t i = 0; shows_unreached && i < results->unreached_count; i++) {
        const struct wp_unreached *rule = &results->unreached[i];
        printf("  %s in %s (%s)\n", rule->rule == NULL ? "otherwise" : rule->rule, rule->policy,
               rule->place);
    }
    if (results->test_count == 0) {
        printf("there are no tests\n");
        return;
    }
    printf("\n%" PRIu32 " passed, %" PRIu32 " failed", results->passed,
           results->test_count - results->passed);
    if (results->skipped > 0)
        printf(", %" PRIu32 " left out", results->skipped);
    printf("\n");
}
