/* woapol explain FILE --request JSON */
#include "compiler/cli/explain_request.h"

#include <stdio.h>
#include <string.h>

#include "compiler/decide/decision_json.h"
#include "compiler/cli/explanation.h"
#include "compiler/cli/output.h"

static int
print(const struct wp_invocation *invocation, const struct wp_explanation *explanation)
{
    if (!wp_option_is(invocation, "format", "json")) {
        wp_explanation_print(explanation, wp_use_colour(invocation, stdout));
        return WP_EXIT_DONE;
    }
    struct wp_json_text text = {0};
    wp_explanation_json(&text, explanation);
    bool done = !text.failed;
    if (done)
        (void)fwrite(text.bytes, 1, text.length, stdout);
    wp_json_text_free(&text);
    return done ? WP_EXIT_DONE : wp_fail(invocation, "out of memory");
}

static int
explain(struct wp_opened *policy, struct wp_request_reader *reader, const char *request)
{
    struct wp_request_facts facts;
    struct wp_decider decider;
    struct wp_explanation explanation;
    size_t length = strlen(request);
    char *padded = wp_alloc(policy->arena, length + WP_REQUEST_PADDING);
    memcpy(padded, request, length);
    if (!wp_request_read(reader, padded, length, &facts))
        return wp_fail(policy->invocation, "the request: %s", facts.error);
    if (!wp_decider_init(&decider, &policy->image))
        return wp_fail(policy->invocation, "out of memory");
    int status = WP_EXIT_FAILED;
    switch (wp_explain(&explanation, policy, &decider, &facts)) {
    case WP_EXPLAIN_DONE:
        status = print(policy->invocation, &explanation);
        break;
    case WP_EXPLAIN_NO_MEMORY:
        status = wp_fail(policy->invocation, "out of memory");
        break;
    case WP_EXPLAIN_DISAGREES:
        status = wp_fail(policy->invocation, "%s: it decides otherwise than its sources say",
                         policy->path);
        break;
    }
    wp_decider_fini(&decider);
    return status;
}

int
wp_explain_request(const struct wp_invocation *invocation, const char *path, const char *request)
{
    struct wp_opened policy;
    int status = wp_policy_open(&policy, invocation, path, WP_NEED_IMAGE | WP_NEED_MODEL);
    struct wp_request_reader *reader = wp_request_reader_new();
    if (reader == NULL)
        status = wp_fail(invocation, "out of memory");
    if (status == WP_EXIT_DONE)
        status = explain(&policy, reader, request);
    wp_request_reader_free(reader);
    wp_policy_close(&policy);
    return status;
}
