#include "compiler/cli/replay_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>

#include "compiler/cli/output.h"

#define STATE_MAX (512u << 20)
#define EXPORT_MAX (1u << 30)

static bool
keep(void *context, const void *bytes, size_t size)
{
    const struct wp_state_file *file = context;
    return wp_write_file(file->invocation, file->path, bytes, size, 0600);
}

/* ---- digests -------------------------------------------------------------------- */

static void
add_text(EVP_MD_CTX *digest, const char *text)
{
    /* With the zero byte, so that no two lists of texts are alike. */
    (void)EVP_DigestUpdate(digest, text == NULL ? "" : text, text == NULL ? 1 : strlen(text) + 1);
}

static void
digest_policy(EVP_MD_CTX *digest, const struct wp_opened *policy)
{
    if (policy->invocation != NULL)
        (void)EVP_DigestUpdate(digest, policy->bytes, policy->size);
}

static int
digest_people(EVP_MD_CTX *digest, const struct wp_invocation *invocation)
{
    const char *path;
    for (size_t i = 0; (path = wp_option_number(invocation, "people", i)) != NULL; i++) {
        char bytes[16384];
        size_t length;
        FILE *export = strcmp(path, "-") == 0 ? NULL : fopen(path, "rbe");
        if (export == NULL)
            return wp_fail(invocation, "%s: an export must be a file, for --state reads it again",
                           path);
        while ((length = fread(bytes, 1, sizeof bytes, export)) > 0)
            (void)EVP_DigestUpdate(digest, bytes, length);
        (void)fclose(export);
        add_text(digest, "an export ends");
    }
    return WP_EXIT_DONE;
}

static void
digest_options(EVP_MD_CTX *digest, const struct wp_invocation *invocation,
               const struct wp_replay_options *options)
{
    add_text(digest, woapol_version());
    add_text(digest, wp_option(invocation, "format-in", NULL));
    for (unsigned i = 0; i < WP_LOG_FORMAT_COUNT; i++) {
        for (unsigned j = 0; j < WP_FACT_COUNT; j++)
            add_text(digest, options->mappings[i].from[j]);
        (void)EVP_DigestUpdate(digest, &options->mappings[i].group_separator, 1);
    }
    if (options->key != NULL)
        (void)EVP_DigestUpdate(digest, options->key, 32);
}

static int
digest_all(struct wp_state_file *file, const struct wp_opened policies[2],
           const struct wp_replay_options *options)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    int status = WP_EXIT_DONE;
    for (unsigned i = 0; digest != NULL && status == WP_EXIT_DONE && i < WP_STATE_ABOUT_COUNT;
         i++) {
        (void)EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
        if (i == WP_STATE_OLD || i == WP_STATE_NEW)
            digest_policy(digest, &policies[i == WP_STATE_NEW]);
        else if (i == WP_STATE_PEOPLE)
            status = digest_people(digest, file->invocation);
        else
            digest_options(digest, file->invocation, options);
        (void)EVP_DigestFinal_ex(digest, file->state.about[i], NULL);
    }
    EVP_MD_CTX_free(digest);
    return digest == NULL ? wp_fail(file->invocation, "out of memory") : status;
}

/* ---- opening and refusing --------------------------------------------------------- */

int
wp_state_file_open(struct wp_state_file *file, const struct wp_invocation *invocation,
                   struct wp_arena *arena, const struct wp_opened policies[2],
                   struct wp_replay_options *options)
{
    int64_t interval;
    struct stat found;
    file->invocation = invocation;
    file->path = wp_option(invocation, "state", NULL);
    if (!wp_option_integer(invocation, "state-every", 0, 86400, 30, &interval))
        return WP_EXIT_USAGE;
    if (file->path == NULL)
        return wp_has_option(invocation, "state-every")
                   ? wp_misuse(invocation, "--state-every goes with --state")
                   : WP_EXIT_DONE;
    if (strcmp(file->path, "-") == 0)
        return wp_misuse(invocation, "--state wants a file");
    if (wp_has_option(invocation, "hide-people") && !wp_has_option(invocation, "people-key"))
        return wp_misuse(invocation, "--state with --hide-people needs --people-key: the "
                                     "pseudonyms of the next run must be the same");
    file->state.interval = (unsigned)interval;
    file->state.save = keep;
    file->state.context = file;
    options->state = &file->state;
    int status = digest_all(file, policies, options);
    if (status != WP_EXIT_DONE || (stat(file->path, &found) != 0 && errno == ENOENT))
        return status;
    if (stat(file->path, &found) == 0 && !S_ISREG(found.st_mode))
        return wp_fail(invocation, "%s: it is no file that a state could be kept in", file->path);
    file->state.bytes = wp_read_input(invocation, arena, file->path, STATE_MAX, &file->state.size);
    return file->state.bytes == NULL ? WP_EXIT_FAILED : WP_EXIT_DONE;
}

int
wp_state_file_refuse(const struct wp_state_file *file, const struct wp_replay *replay)
{
    static const char *const others[] = {[WP_STATE_OLD] = "with another old policy",
                                         [WP_STATE_NEW] = "with another policy",
                                         [WP_STATE_PEOPLE] = "with other exports of people",
                                         [WP_STATE_OPTIONS] =
                                             "with other options, or by another version of woapol"};
    const char *path = file->path;
    switch (replay->refusal) {
    case WP_STATE_OTHER:
        (void)wp_fail(file->invocation,
                      "%s: it was made %s; go on as it was begun, or remove it to begin anew", path,
                      others[replay->other]);
        break;
    case WP_STATE_OTHER_LOGS:
        (void)wp_fail(file->invocation,
                      "%s: it was made of other logs; name those that it was begun with, in their "
                      "order, and new ones behind them, or remove it to begin anew",
                      path);
        break;
    case WP_STATE_LOG_CHANGED:
        (void)wp_fail(file->invocation,
                      "%s: what was read of it has changed since %s was saved; remove that to "
                      "begin anew",
                      replay->path, path);
        break;
    default:
        (void)wp_fail(file->invocation,
                      "%s: it is no state of such a replay, or damaged; remove it to begin anew",
                      path);
    }
    return WP_EXIT_REFUSED;
}
