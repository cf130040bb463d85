/* Whose signatures a command line trusts, and telling why an image has not got them. */
#include "compiler/cli/trust.h"

#include <string.h>
#include <time.h>

#include "compiler/cli/options.h"

static bool
has_option(const struct wp_invocation *invocation, const char *name)
{
    return wp_find_option(invocation->command, name) != NULL && wp_has_option(invocation, name);
}

static size_t
count_keys(const struct wp_invocation *invocation)
{
    size_t count = 0;
    while (wp_option_number(invocation, "key", count) != NULL)
        count++;
    return count;
}

int
wp_read_trust(const struct wp_invocation *invocation, struct wp_arena *arena,
              struct wp_asked_trust *asked)
{
    *asked = (struct wp_asked_trust){.trust = {.threshold = 1}};
    bool is_required = has_option(invocation, "require-signature");
    bool has_threshold = has_option(invocation, "threshold");
    if (!has_option(invocation, "key")) {
        if (is_required || has_threshold)
            return wp_misuse(invocation, "--%s needs --key: whose signature is good?",
                             is_required ? "require-signature" : "threshold");
        return WP_EXIT_DONE;
    }
    size_t count = count_keys(invocation);
    int64_t threshold;
    if (!wp_option_integer(invocation, "threshold", 1, (int64_t)count, 1, &threshold))
        return WP_EXIT_USAGE;
    time_t now = time(NULL);
    if (now < 0)
        return wp_fail(invocation, "the clock cannot be read");
    struct wp_public_key *keys = wp_alloc_array(arena, count, sizeof *keys);
    asked->names = wp_alloc_array(arena, count, sizeof *asked->names);
    for (size_t i = 0; i < count; i++) {
        struct wp_sign_error error;
        asked->names[i] = wp_option_number(invocation, "key", i);
        if (!wp_public_key_read(asked->names[i], &keys[i], &error))
            return wp_fail(invocation, "%s", error.text);
    }
    asked->is_asked = true;
    asked->trust = (struct wp_trust){
        .keys = keys, .key_count = count, .threshold = (size_t)threshold, .now = (uint64_t)now};
    return WP_EXIT_DONE;
}

int
wp_refuse_signatures(const struct wp_invocation *invocation, const char *path,
                     const struct wp_asked_trust *asked)
{
    const struct wp_signature_findings *findings = &asked->trust.findings;
    if (!asked->trust.well_formed && findings->count == 0) {
        (void)wp_fail(invocation, "%s: its signatures cannot be read", path);
        return WP_EXIT_SIGNATURE;
    }
    if (findings->count == 0) {
        (void)wp_fail(invocation, "%s: it is not signed", path);
        return WP_EXIT_SIGNATURE;
    }
    for (size_t i = 0; i < findings->count; i++) {
        char id[2 * WP_KEY_ID_SIZE + 1];
        wp_key_id_text(findings->findings[i].id, id);
        if (findings->findings[i].state != WP_SIGNATURE_GOOD)
            wp_warn(invocation, "%s: signature by key %s: %s", path, id,
                    wp_signature_state_text(findings->findings[i].state));
    }
    (void)wp_fail(invocation, "%s: good signatures by %zu of the given keys, %zu needed", path,
                  findings->good, asked->trust.threshold);
    return WP_EXIT_SIGNATURE;
}
