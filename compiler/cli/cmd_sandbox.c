/* woapol sandbox: tenants on this machine. What they do is in compiler/sandbox/;
 * here are the files that clients need, and when to start and stop. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/cli/output.h"
#include "compiler/sandbox/authority.h"
#include "compiler/sandbox/http.h"
#include "compiler/sandbox/sample.h"

#define SAMPLE_MAX (16u << 20)
#define FILES_MAX 8

struct running {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    struct wp_box_settings settings;
    json_t *sample;
    struct wp_box *box;
    const char *folder; /* absolute */
    bool has_made_folder;
    const char *written[FILES_MAX];
    size_t written_count;
};

/* ---- options -------------------------------------------------------------------- */

static int
read_sample(struct running *run, const char *path)
{
    size_t size;
    json_error_t error;
    const char *why, *text = wp_read_input(run->invocation, run->arena, path, SAMPLE_MAX, &size);
    if (text == NULL)
        return WP_EXIT_FAILED;
    run->sample = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (run->sample == NULL)
        return wp_fail(run->invocation, "%s:%d: %s", path, error.line, error.text);
    why = wp_box_sample_check(run->arena, run->sample);
    if (why != NULL)
        return wp_fail(run->invocation, "%s: %s", path, why);
    run->settings.sample = run->sample;
    return WP_EXIT_DONE;
}

static int
read_options(struct running *run)
{
    const struct wp_invocation *invocation = run->invocation;
    struct wp_box_settings *settings = &run->settings;
    const char *sample = wp_option(invocation, "sample", NULL);
    int64_t port, rate, delay;
    if (!wp_option_integer(invocation, "port", 0, 65535 - WP_BOX_PORT_COUNT, 0, &port) ||
        !wp_option_integer(invocation, "rate", 0, 100000, 0, &rate) ||
        !wp_option_integer(invocation, "zone-delay", 0, 3600, 0, &delay))
        return WP_EXIT_USAGE;
    settings->first_port = (uint16_t)port;
    settings->rate = (unsigned)rate;
    settings->zone_delay = (unsigned)delay;
    settings->keep = wp_option(invocation, "keep", NULL);
    settings->is_classic = wp_has_option(invocation, "classic");
    settings->has_risk = !wp_has_option(invocation, "no-risk");
    settings->wants_dpop = wp_has_option(invocation, "dpop");
    settings->adds_unknown_keys = wp_has_option(invocation, "unknown-keys");
    settings->media = wp_option_is(invocation, "media", "vendor") ? WP_BOX_MEDIA_VENDOR
                      : wp_option_is(invocation, "media", "json") ? WP_BOX_MEDIA_JSON
                                                                  : WP_BOX_MEDIA_ANY;
    settings->ipv6 = wp_option_is(invocation, "ipv6", "all-ranges") ? WP_BOX_IPV6_ALL_RANGES
                     : wp_option_is(invocation, "ipv6", "no-range") ? WP_BOX_IPV6_NO_RANGE
                                                                    : WP_BOX_IPV6_UNKNOWN;
    settings->out_of_memory = wp_exit_out_of_memory;
    return sample != NULL ? read_sample(run, sample) : WP_EXIT_DONE;
}

/* ---- files ------------------------------------------------------------------------ */

static int
make_folder(struct running *run)
{
    const char *folder = wp_option(run->invocation, "directory", "woapol-sandbox");
    char path[PATH_MAX];
    if (mkdir(folder, 0700) == 0)
        run->has_made_folder = true;
    else if (errno != EEXIST)
        return wp_fail(run->invocation, "%s: %s", folder, strerror(errno));
    if (realpath(folder, path) == NULL)
        return wp_fail(run->invocation, "%s: %s", folder, strerror(errno));
    run->folder = wp_copy_text(run->arena, path, strlen(path));
    return WP_EXIT_DONE;
}

static bool
write_file(struct running *run, const char *path, const char *text, unsigned mode)
{
    /* A file that is there keeps its permissions; ours must not be read by others. */
    if (unlink(path) != 0 && errno != ENOENT) {
        wp_fail(run->invocation, "%s: %s", path, strerror(errno));
        return false;
    }
    if (!wp_write_file(run->invocation, path, text, strlen(text), mode))
        return false;
    run->written[run->written_count++] = path;
    return true;
}

static const char *
in_folder(struct running *run, const char *name)
{
    return wp_format(run->arena, "%s/%s", run->folder, name);
}

/* For a shell to source; paths are quoted, since a folder can be called anything. */
static const char *
quote(struct running *run, const char *text)
{
    const char *quoted = "'";
    for (; *text != '\0'; text++)
        quoted = *text == '\'' ? wp_format(run->arena, "%s'\\''", quoted)
                               : wp_format(run->arena, "%s%c", quoted, *text);
    return wp_format(run->arena, "%s'", quoted);
}

static const char *
environment(struct running *run)
{
    const struct wp_box *box = run->box;
    return wp_format(
        run->arena,
        "export WOAPOL_SANDBOX_OKTA=%s\nexport WOAPOL_SANDBOX_ACCESS=%s\n"
        "export WOAPOL_SANDBOX_UEM=%s\nexport WOAPOL_SANDBOX_CONTROL=%s\n"
        "export WOAPOL_SANDBOX_CA=%s\nexport WOAPOL_OKTA_TOKEN=%s\n"
        "export WOAPOL_ACCESS_CLIENT_ID=woapol\nexport WOAPOL_ACCESS_CLIENT_SECRET=%s\n"
        "export WOAPOL_SANDBOX_UEM_KEY=%s\n"
        "# A service app of the Okta org, in place of the token: unset WOAPOL_OKTA_TOKEN and set\n"
        "# WOAPOL_OKTA_CLIENT_ID and WOAPOL_OKTA_KEY to these.\n"
        "export WOAPOL_SANDBOX_OKTA_CLIENT_ID=%s\nexport WOAPOL_SANDBOX_OKTA_KEY=%s\n"
        "export WOAPOL_SANDBOX_OKTA_EC_KEY=%s\n",
        box->urls[WP_BOX_OKTA], box->urls[WP_BOX_ACCESS], box->urls[WP_BOX_UEM],
        box->urls[WP_BOX_CONTROL], quote(run, in_folder(run, "ca.pem")), box->secrets.okta_token,
        box->secrets.access_secret, box->secrets.uem_key, box->secrets.okta_client,
        quote(run, in_folder(run, "okta-rsa.key")), quote(run, in_folder(run, "okta-ec.key")));
}

static bool
write_files(struct running *run)
{
    const struct wp_box_authority *authority = run->box->authority;
    return write_file(run, in_folder(run, "ca.pem"), authority->ca, 0644) &&
           write_file(run, in_folder(run, "okta-rsa.key"), authority->rsa_key, 0600) &&
           write_file(run, in_folder(run, "okta-ec.key"), authority->ec_key, 0600) &&
           write_file(run, in_folder(run, "env"), environment(run), 0600);
}

/* What was written is of no use any more, and most of it secret. */
static void
remove_files(struct running *run)
{
    for (size_t i = 0; i < run->written_count; i++)
        unlink(run->written[i]);
    if (run->has_made_folder)
        rmdir(run->folder);
}

/* ---- running ------------------------------------------------------------------------- */

static void
announce(struct running *run)
{
    for (unsigned port = 0; port < WP_BOX_PORT_COUNT; port++)
        printf("%-8s %s\n", wp_box_port_names[port], run->box->urls[port]);
    printf("\nOpen %s/ for the page; in a shell: . %s\n", run->box->urls[WP_BOX_CONTROL],
           quote(run, in_folder(run, "env")));
    (void)fflush(stdout);
}

static int
run_sandbox(struct running *run, const sigset_t *signals)
{
    char why[300];
    const char *ready = wp_option(run->invocation, "ready-file", NULL);
    struct wp_box_server *server;
    int status = WP_EXIT_FAILED, received;
    run->box = wp_box_new(&run->settings, why, sizeof why);
    if (run->box == NULL)
        return run->settings.keep != NULL
                   ? wp_fail(run->invocation, "%s: %s", run->settings.keep, why)
                   : wp_fail(run->invocation, "%s", why);
    server = wp_box_serve(run->box, why, sizeof why);
    if (server == NULL) {
        wp_fail(run->invocation, "%s", why);
    } else if (write_files(run) &&
               (ready == NULL || write_file(run, ready, in_folder(run, "env\n"), 0600))) {
        announce(run);
        while (sigwait(signals, &received) != 0)
            continue;
        status = WP_EXIT_DONE;
    }
    wp_box_stop(server);
    remove_files(run);
    wp_box_free(run->box);
    return status;
}

int
wp_cmd_sandbox(struct wp_invocation *invocation)
{
    struct running run = {.invocation = invocation};
    sigset_t signals;
    int status;
    /* Before any thread starts, so that all of them leave these to us. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    run.arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    if (run.arena == NULL)
        return wp_fail(invocation, "out of memory");
    status = read_options(&run);
    if (status == WP_EXIT_DONE)
        status = make_folder(&run);
    if (status == WP_EXIT_DONE)
        status = run_sandbox(&run, &signals);
    json_decref(run.sample);
    wp_arena_free(run.arena);
    return status;
}
