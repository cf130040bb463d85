/* woapol serve: the decision service. Options become settings here; what they
 * mean is in compiler/serve/. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "compiler/cli/output.h"
#include "compiler/cli/policy.h"
#include "compiler/cli/serve_remote.h"
#include "compiler/cli/trust.h"
#include "compiler/serve/listen.h"
#include "compiler/serve/serve.h"

#define LISTENS_MAX 32
#define KEY_FILE_MAX 4096

struct serving {
    const struct wp_invocation *invocation;
    struct wp_arena *arena;
    struct wp_asked_trust trust;
    struct woapol_options open;
    struct woapol_handle_options handle;
    struct wp_listen listens[LISTENS_MAX];
    struct woapol_prefix trusted[WP_TRUSTED_MAX];
    struct wp_serve_settings settings;
    struct wp_serve_remote remote;
    int compiled; /* the file of an image made of a source, or -1 */
    char compiled_path[32];
};

/* ---- options --------------------------------------------------------------- */

static int
read_listens(struct serving *serving)
{
    static const char *const usual[] = {"http:127.0.0.1:8080", "api:127.0.0.1:8081", NULL};
    const struct wp_invocation *invocation = serving->invocation;
    bool is_asked = wp_has_option(invocation, "listen");
    const char *text, *why = NULL;
    size_t count = 0;
    for (; (text = is_asked ? wp_option_number(invocation, "listen", count) : usual[count]) != NULL;
         count++) {
        if (count == LISTENS_MAX)
            return wp_misuse(invocation, "--listen can be given %d times", LISTENS_MAX);
        if (!wp_listen_read(&serving->listens[count], text, &why))
            return wp_misuse(invocation, "--listen %.100s: %s", text, why);
    }
    serving->settings.listens = serving->listens;
    serving->settings.listen_count = count;
    return WP_EXIT_DONE;
}

static int
read_trusted(struct serving *serving)
{
    const struct wp_invocation *invocation = serving->invocation;
    struct wp_serve_settings *settings = &serving->settings;
    const char *text;
    for (size_t i = 0; (text = wp_option_number(invocation, "trusted-proxy", i)) != NULL; i++) {
        if (strcmp(text, "unix") == 0) {
            settings->trusts_unix = true;
            continue;
        }
        if (settings->trusted_count == WP_TRUSTED_MAX)
            return wp_misuse(invocation, "--trusted-proxy can be given %d times", WP_TRUSTED_MAX);
        if (!woapol_prefix_parse(&serving->trusted[settings->trusted_count], text, strlen(text)))
            return wp_misuse(invocation,
                             "--trusted-proxy %.60s: write an address, a network as 10.0.0.0/8 "
                             "without bits set beyond its length, or unix",
                             text);
        settings->trusted_count++;
    }
    settings->trusted = serving->trusted;
    return WP_EXIT_DONE;
}

static int
read_fields(struct serving *serving)
{
    const struct wp_invocation *invocation = serving->invocation;
    struct wp_serve_settings *settings = &serving->settings;
    const char *address = wp_option(invocation, "address-header", "X-Forwarded-For");
    const char *text;
    settings->address_field = (struct woapol_text){address, strlen(address)};
    settings->address_kind =
        strcasecmp(address, "Forwarded") == 0 ? WOAPOL_FORWARDED : WOAPOL_X_FORWARDED_FOR;
    for (size_t i = 0; (text = wp_option_number(invocation, "fact", i)) != NULL; i++) {
        const char *equals = strchr(text, '=');
        size_t length = equals == NULL ? 0 : (size_t)(equals - text);
        enum wp_fact fact;
        if (equals == NULL || equals[1] == '\0' ||
            !wp_fact_by_name((struct woapol_text){text, length}, &fact))
            return wp_misuse(invocation,
                             "--fact %.60s: write FACT=HEADER; a fact is device, app, user, entry, "
                             "groups, groups_complete, managed, compliant or risk",
                             text);
        settings->fact_fields[fact] = (struct woapol_text){equals + 1, strlen(equals + 1)};
    }
    const char *separator = wp_option(invocation, "group-separator", ",");
    if (strlen(separator) != 1)
        return wp_misuse(invocation, "--group-separator is one character");
    settings->separator = separator[0];
    return WP_EXIT_DONE;
}

static int
read_log_key(struct serving *serving)
{
    const char *path = wp_option(serving->invocation, "log-key", NULL);
    unsigned char *key = serving->settings.log.key;
    size_t size = sizeof serving->settings.log.key, length;
    if (path == NULL) {
        if (getrandom(key, size, 0) != (ssize_t)size)
            return wp_fail(serving->invocation, "no random numbers: %s", strerror(errno));
        return WP_EXIT_DONE;
    }
    const char *bytes =
        wp_read_input(serving->invocation, serving->arena, path, KEY_FILE_MAX, &length);
    if (bytes == NULL)
        return WP_EXIT_FAILED;
    if (length < size)
        return wp_fail(serving->invocation, "%s: a key for the log has %zu bytes or more", path,
                       size);
    memcpy(key, bytes, size);
    return WP_EXIT_DONE;
}

static int
read_log(struct serving *serving)
{
    const struct wp_invocation *invocation = serving->invocation;
    struct wp_log_settings *log = &serving->settings.log;
    const char *share = wp_option(invocation, "log-allowed", "1");
    char *end;
    log->path = wp_option(invocation, "log", NULL);
    log->shows_people = wp_has_option(invocation, "log-people");
    double percent = strtod(share, &end);
    if (end == share || *end != '\0' || !(percent >= 0 && percent <= 100))
        return wp_misuse(invocation, "--log-allowed %.30s: it is a percentage, 0 to 100", share);
    log->allowed_share = percent / 100;
    return log->path == NULL ? WP_EXIT_DONE : read_log_key(serving);
}

static int
read_numbers(struct serving *serving)
{
    const struct wp_invocation *invocation = serving->invocation;
    struct wp_serve_settings *settings = &serving->settings;
    int64_t threads, connections, drain;
    const char *mode = wp_option(invocation, "socket-mode", "660");
    char *end;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    cores = cores < 1 ? 1 : cores > 256 ? 256 : cores;
    if (!wp_option_integer(invocation, "threads", 1, 256, cores, &threads) ||
        !wp_option_integer(invocation, "connections", 16, 1000000, 65536, &connections) ||
        !wp_option_integer(invocation, "drain", 0, 3600, 10, &drain))
        return WP_EXIT_USAGE;
    settings->threads = (size_t)threads;
    settings->connections = (size_t)connections;
    settings->drain_seconds = (unsigned)drain;
    unsigned long bits = strtoul(mode, &end, 8);
    if (mode[0] < '0' || mode[0] > '7' || *end != '\0' || bits > 0777)
        return wp_misuse(invocation, "--socket-mode %.30s: it is octal, as 660", mode);
    settings->socket_mode = (unsigned)bits;
    settings->report_only = wp_has_option(invocation, "report-only");
    settings->explains = wp_has_option(invocation, "allow-explain");
    return WP_EXIT_DONE;
}

static int
read_options(struct serving *serving)
{
    int status = read_listens(serving);
    if (status == WP_EXIT_DONE)
        status = read_trusted(serving);
    if (status == WP_EXIT_DONE)
        status = read_fields(serving);
    if (status == WP_EXIT_DONE)
        status = read_numbers(serving);
    return status == WP_EXIT_DONE ? read_log(serving) : status;
}

/* ---- the image ------------------------------------------------------------- */

/* Signatures can expire while the service runs: it is now that counts. */
static bool
check_signatures(void *context, const void *signed_bytes, size_t signed_size,
                 const void *signatures, size_t signature_size)
{
    struct wp_trust *trust = context;
    time_t now = time(NULL);
    trust->now = now < 0 ? UINT64_MAX : (uint64_t)now;
    return wp_trust_check(trust, signed_bytes, signed_size, signatures, signature_size);
}

static bool
write_all(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = write(file, bytes, size);
        if (count < 0 && errno != EINTR)
            return false;
        bytes += count < 0 ? 0 : count;
        size -= count < 0 ? 0 : (size_t)count;
    }
    return true;
}

/* Puts the image of the source into a file without a name, which keeps its number
 * from one version to the next. */
static int
keep_compiled(struct serving *serving, const struct wp_opened *policy)
{
    int file = memfd_create("woapol-image", MFD_CLOEXEC);
    bool is_kept = file >= 0 && write_all(file, policy->bytes, policy->size);
    if (is_kept && serving->compiled < 0) {
        serving->compiled = file;
        return WP_EXIT_DONE;
    }
    if (is_kept)
        is_kept = dup3(file, serving->compiled, O_CLOEXEC) >= 0;
    int error = errno;
    if (file >= 0)
        close(file);
    return is_kept ? WP_EXIT_DONE
                   : wp_fail(serving->invocation, "%s: %s", policy->path, strerror(error));
}

/* An image is only looked at, for a good message when it is not sound. */
static int
open_policy(struct serving *serving)
{
    struct wp_opened policy;
    const char *path = serving->settings.name;
    int status = wp_policy_open(&policy, serving->invocation, path, WP_NEED_IMAGE);
    if (status == WP_EXIT_DONE && !policy.is_image)
        status = keep_compiled(serving, &policy);
    wp_policy_close(&policy);
    (void)malloc_trim(0);
    return status;
}

static int
find_image(struct serving *serving)
{
    const char *path = wp_serve_subject(serving->invocation);
    if (path == NULL)
        return WP_EXIT_USAGE;
    serving->settings.name = serving->settings.image = path;
    if (wp_image_is_url(path)) {
        serving->settings.source = &serving->remote.source;
        return wp_serve_remote_open(serving->invocation, path, &serving->remote);
    }
    if (strcmp(path, "-") == 0)
        return wp_misuse(serving->invocation, "a service follows a file; name one");
    int status = open_policy(serving);
    if (status != WP_EXIT_DONE || serving->compiled < 0)
        return status;
    (void)snprintf(serving->compiled_path, sizeof serving->compiled_path, "/proc/self/fd/%d",
                   serving->compiled);
    serving->settings.image = serving->compiled_path;
    return WP_EXIT_DONE;
}

static void
say(void *context, const char *text)
{
    const struct serving *serving = context;
    (void)wp_fail(serving->invocation, "%s", text);
}

static void
refresh(void *context)
{
    struct serving *serving = context;
    if (serving->compiled >= 0)
        (void)open_policy(serving);
}

static int
serve(struct serving *serving)
{
    int status = wp_read_trust(serving->invocation, serving->arena, &serving->trust);
    if (status == WP_EXIT_DONE)
        status = read_options(serving);
    if (status == WP_EXIT_DONE)
        status = find_image(serving);
    if (status != WP_EXIT_DONE)
        return status;
    serving->open = (struct woapol_options){
        .size = sizeof serving->open, .check = check_signatures, .context = &serving->trust.trust};
    serving->handle = (struct woapol_handle_options){
        .size = sizeof serving->handle,
        .open = serving->trust.is_asked ? &serving->open : NULL,
        .allow_older = wp_has_option(serving->invocation, "allow-older")};
    serving->settings.handle = &serving->handle;
    serving->settings.say = say;
    serving->settings.refresh = refresh;
    serving->settings.context = serving;
    switch (wp_serve(&serving->settings)) {
    case WP_SERVE_DONE:
        return WP_EXIT_DONE;
    case WP_SERVE_SIGNATURE:
        return WP_EXIT_SIGNATURE;
    case WP_SERVE_FAILED:
        break;
    }
    return WP_EXIT_FAILED;
}

int
wp_cmd_serve(struct wp_invocation *invocation)
{
    struct serving *serving = calloc(1, sizeof *serving);
    if (serving == NULL)
        return wp_fail(invocation, "out of memory");
    serving->invocation = invocation;
    serving->compiled = -1;
    serving->arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    int status = serving->arena == NULL ? wp_fail(invocation, "out of memory") : serve(serving);
    if (serving->compiled >= 0)
        close(serving->compiled);
    wp_serve_remote_close(&serving->remote);
    wp_arena_free(serving->arena);
    free(serving);
    return status;
}
