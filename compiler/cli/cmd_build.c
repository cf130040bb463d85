/* woapol build: a source to an image, signed if asked; or one more signature for
 * an image that is there already. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "compiler/analysis/analysis.h"
#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"

/* Where the image goes: what -o says, else beside the source. */
static const char *
output_path(const struct wp_invocation *invocation, struct wp_arena *arena, const char *path)
{
    const char *given = wp_option(invocation, "output", NULL);
    if (given != NULL)
        return given;
    size_t length = strlen(path);
    static const char suffix[] = ".woapol";
    size_t cut = sizeof suffix - 1;
    if (length <= cut || strcmp(path + length - cut, suffix) != 0)
        return NULL;
    return wp_format(arena, "%.*s.wob", (int)(length - cut), path);
}

static bool
is_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return strcmp(a, "-") != 0 && strcmp(b, "-") != 0 && stat(a, &first) == 0 &&
           stat(b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* Reads 2027-03-01 or 2027-03-01T12:00:00, in UTC. */
static bool
read_date(const char *text, uint64_t *seconds)
{
    struct tm date = {0};
    const char *end = strptime(text, "%Y-%m-%d", &date);
    if (end != NULL && *end == 'T')
        end = strptime(end, "T%H:%M:%S", &date);
    if (end != NULL && *end == 'Z')
        end++;
    if (end == NULL || *end != '\0')
        return false;
    struct tm back = date;
    time_t moment = timegm(&back);
    if (moment <= 0 || back.tm_mday != date.tm_mday || back.tm_mon != date.tm_mon)
        return false;
    *seconds = (uint64_t)moment;
    return true;
}

static bool
read_validity(const struct wp_invocation *invocation, struct wp_validity *validity)
{
    const char *before = wp_option(invocation, "not-before", NULL);
    const char *after = wp_option(invocation, "not-after", NULL);
    *validity = (struct wp_validity){0};
    if ((before != NULL || after != NULL) && !wp_has_option(invocation, "sign"))
        (void)wp_misuse(invocation, "--not-before and --not-after go with --sign");
    else if (before != NULL && !read_date(before, &validity->not_before))
        (void)wp_misuse(invocation, "--not-before: '%s' is not a date like 2027-03-01", before);
    else if (after != NULL && !read_date(after, &validity->not_after))
        (void)wp_misuse(invocation, "--not-after: '%s' is not a date like 2027-03-01", after);
    else if (before != NULL && after != NULL && validity->not_before > validity->not_after)
        (void)wp_misuse(invocation, "the signature would end before it begins");
    else
        return true;
    return false;
}

/* Findings that do not keep a source from compiling are shown, too. With --deny it
 * is asked all that check asks: what check refuses then is not built. */
static int
judge_findings(const struct wp_invocation *invocation, struct wp_compilation *compilation)
{
    struct wp_diagnostics *findings = &compilation->diagnostics;
    if (wp_has_option(invocation, "deny")) {
        wp_analyse(findings, compilation->model, NULL);
        wp_diagnostics_raise(findings);
    }
    if (findings->first != NULL)
        wp_print_findings(invocation, stderr, findings);
    return findings->errors > 0 ? WP_EXIT_WRONG : WP_EXIT_DONE;
}

static int
make_image(const struct wp_invocation *invocation, struct wp_opened *policy, int64_t generation)
{
    int status = judge_findings(invocation, &policy->compilation);
    if (status != WP_EXIT_DONE)
        return status;
    struct wp_bytes image;
    status = wp_policy_build(policy, (uint64_t)generation, true, &image);
    if (status != WP_EXIT_DONE)
        return status;
    policy->bytes = (const char *)image.data;
    policy->size = image.size;
    return WP_EXIT_DONE;
}

static bool
sign(const struct wp_invocation *invocation, struct wp_opened *policy, const char *key_path,
     struct wp_validity validity)
{
    struct wp_sign_error error = {0};
    const void *bytes = NULL;
    struct wp_private_key *key = wp_private_key_read(key_path, &error);
    if (key != NULL)
        bytes = wp_image_sign(policy->arena, policy->bytes, policy->size, key, validity,
                              &policy->size, &error);
    wp_private_key_free(key);
    if (bytes == NULL)
        (void)wp_fail(invocation, "%s", error.text);
    else
        policy->bytes = bytes;
    return bytes != NULL;
}

static int
sign_and_write(const struct wp_invocation *invocation, struct wp_opened *policy, const char *path,
               struct wp_validity validity)
{
    const char *key;
    for (size_t i = 0; (key = wp_option_number(invocation, "sign", i)) != NULL; i++)
        if (!sign(invocation, policy, key, validity))
            return WP_EXIT_FAILED;
    bool done = wp_write_file(invocation, path, policy->bytes, policy->size, 0666);
    return done ? WP_EXIT_DONE : WP_EXIT_FAILED;
}

static int
build(const struct wp_invocation *invocation, struct wp_opened *policy, int64_t generation,
      struct wp_validity validity)
{
    int status = wp_policy_open(policy, invocation, invocation->operands[0], WP_NEED_MODEL);
    if (status != WP_EXIT_DONE)
        return status;
    const char *path = policy->is_image ? wp_option(invocation, "output", policy->path)
                                        : output_path(invocation, policy->arena, policy->path);
    if (path == NULL)
        return wp_misuse(invocation, "name the image to write with -o");
    if (policy->is_image && !wp_has_option(invocation, "sign"))
        return wp_misuse(invocation, "%s is an image already; --sign adds a signature to it",
                         policy->path);
    if (policy->is_image && wp_has_option(invocation, "generation"))
        return wp_misuse(invocation, "the generation of an image cannot be changed");
    if (!policy->is_image && is_same_file(policy->path, path)) {
        (void)wp_fail(invocation, "%s would replace the source that it is built from", path);
        return WP_EXIT_REFUSED;
    }
    if (!policy->is_image)
        status = make_image(invocation, policy, generation);
    return status != WP_EXIT_DONE ? status : sign_and_write(invocation, policy, path, validity);
}

int
wp_cmd_build(struct wp_invocation *invocation)
{
    int64_t generation;
    struct wp_validity validity;
    if (!wp_option_integer(invocation, "generation", 0, INT64_MAX, 0, &generation) ||
        !read_validity(invocation, &validity))
        return WP_EXIT_USAGE;
    struct wp_opened policy;
    int status = build(invocation, &policy, generation, validity);
    wp_policy_close(&policy);
    return status;
}
