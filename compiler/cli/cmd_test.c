/* woapol test: runs the tests that a policy declares. */
#include <stdio.h>

#include "compiler/cli/output.h"
#include "compiler/cli/test_quality.h"
#include "compiler/cli/test_report.h"

static int
print(const struct wp_invocation *invocation, const struct wp_test_results *results,
      const char *path)
{
    bool is_json = wp_option_is(invocation, "format", "json");
    if (!is_json && !wp_option_is(invocation, "format", "junit")) {
        wp_test_print(results, wp_use_colour(invocation, stdout));
        return WP_EXIT_DONE;
    }
    struct wp_json_text text = {0};
    if (is_json)
        wp_test_json(&text, results);
    else
        wp_test_junit(&text, results, path);
    bool done = !text.failed;
    if (done)
        (void)fwrite(text.bytes, 1, text.length, stdout);
    wp_json_text_free(&text);
    return done ? WP_EXIT_DONE : wp_fail(invocation, "out of memory");
}

static int
run(const struct wp_invocation *invocation, struct wp_opened *policy)
{
    struct wp_test_results results;
    const char *filter = wp_option(invocation, "filter", NULL);
    if (wp_asks_test_quality(invocation))
        return wp_test_quality(invocation, policy);
    if (!wp_run_tests(policy, filter, &results))
        return wp_fail(invocation, "out of memory");
    if (filter != NULL && results.test_count == 0)
        return wp_fail(invocation, "%s: no test's name holds '%s'", policy->path, filter);
    int status = print(invocation, &results, policy->path);
    if (status == WP_EXIT_DONE && results.passed < results.test_count)
        status = WP_EXIT_TEST_FAILED;
    return status;
}

int
wp_cmd_test(struct wp_invocation *invocation)
{
    struct wp_opened policy;
    int status =
        wp_policy_open(&policy, invocation, invocation->operands[0], WP_NEED_IMAGE | WP_NEED_MODEL);
    if (status == WP_EXIT_DONE)
        status = run(invocation, &policy);
    wp_policy_close(&policy);
    return status;
}
