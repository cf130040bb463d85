/* Where credentials come from: the environment, a file, what a command prints. */
#include "compiler/emit/credentials_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LARGEST (64u << 10)
#define COMMAND_SECONDS 120 /* somebody may have to touch a key */

const char *const wp_setting_names[WP_SETTING_COUNT] = {
    [WP_OKTA_TOKEN] = "WOAPOL_OKTA_TOKEN",
    [WP_OKTA_CLIENT_ID] = "WOAPOL_OKTA_CLIENT_ID",
    [WP_OKTA_KEY] = "WOAPOL_OKTA_KEY",
    [WP_OKTA_KEY_ID] = "WOAPOL_OKTA_KEY_ID",
    [WP_OKTA_SCOPES] = "WOAPOL_OKTA_SCOPES",
    [WP_ACCESS_CLIENT_ID] = "WOAPOL_ACCESS_CLIENT_ID",
    [WP_ACCESS_CLIENT_SECRET] = "WOAPOL_ACCESS_CLIENT_SECRET",
};

void
wp_settings_free(struct wp_settings *settings)
{
    for (size_t i = 0; i < WP_SETTING_COUNT; i++)
        wp_secret_free(settings->values[i]);
    wp_secret_free(settings->pem);
    free(settings->folder);
    free(settings->from);
    *settings = (struct wp_settings){0};
}

static bool
out_of_memory(struct wp_problem *problem)
{
    return wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
}

/* ---- the text of a file or a command ------------------------------------------- */

static bool
starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The PEM block at *at, and *at behind it. */
static bool
take_pem(struct wp_settings *settings, const char **at, unsigned line, struct wp_problem *problem)
{
    const char *end = strstr(*at, "\n-----END ");
    if (end == NULL || settings->pem != NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s, line %u: %s", settings->from, line,
                              end == NULL ? "the key has no end" : "there is a second key");
    end += 1 + strcspn(end + 1, "\n");
    settings->pem = strndup(*at, (size_t)(end - *at));
    *at = end;
    return settings->pem != NULL || out_of_memory(problem);
}

static size_t
find_setting(const char *name, size_t size)
{
    for (size_t i = 0; i < WP_SETTING_COUNT; i++)
        if (strlen(wp_setting_names[i]) == size && memcmp(wp_setting_names[i], name, size) == 0)
            return i;
    return WP_SETTING_COUNT;
}

/* "NAME=VALUE". What is not understood is not shown: it may be a secret. */
static bool
take_line(struct wp_settings *settings, const char *text, size_t size, unsigned line,
          struct wp_problem *problem)
{
    const char *equals = memchr(text, '=', size);
    size_t index = equals == NULL ? WP_SETTING_COUNT : find_setting(text, (size_t)(equals - text));
    if (index == WP_SETTING_COUNT)
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "%s, line %u: this is no NAME=VALUE with a name as "
                              "WOAPOL_OKTA_TOKEN, nor a comment",
                              settings->from, line);
    if (settings->values[index] != NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s, line %u: a second %s", settings->from,
                              line, wp_setting_names[index]);
    const char *value = equals + 1;
    settings->values[index] = strndup(value, size - (size_t)(value - text));
    return settings->values[index] != NULL || out_of_memory(problem);
}

static bool
take_text(struct wp_settings *settings, const char *at, struct wp_problem *problem)
{
    for (unsigned line = 1; *at != '\0'; line++) {
        size_t size = strcspn(at, "\n"), kept = size;
        if (starts(at, "-----BEGIN ")) {
            const char *start = at;
            if (!take_pem(settings, &at, line, problem))
                return false;
            for (; start < at; start++)
                line += *start == '\n';
            size = strcspn(at, "\n");
        } else {
            while (kept > 0 && (at[kept - 1] == '\r' || at[kept - 1] == ' '))
                kept--;
            if (kept > 0 && *at != '#' && !take_line(settings, at, kept, line, problem))
                return false;
        }
        at += size;
        at += *at == '\n';
    }
    return true;
}

static bool
read_file(struct wp_settings *settings, const char *path, struct wp_problem *problem)
{
    char *text = NULL, *copy = strdup(path);
    settings->from = strdup(path);
    if (settings->from == NULL || copy == NULL) {
        free(copy);
        return out_of_memory(problem);
    }
    settings->folder = strdup(dirname(copy));
    free(copy);
    bool done = wp_secret_file(path, LARGEST, &text, problem) && take_text(settings, text, problem);
    wp_secret_free(text);
    return done;
}

/* ---- a command ------------------------------------------------------------------ */

extern char **environ;

/* /bin/sh -c COMMAND with its output in the pipe. It stays in our group, so that it
 * can ask for a password on the terminal, and is interrupted when we are. */
static pid_t
start(const char *command, int output)
{
    char *const arguments[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
    posix_spawn_file_actions_t files;
    pid_t child = -1;

    if (posix_spawn_file_actions_init(&files) != 0)
        return -1;
    if (posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_adddup2(&files, output, 1) != 0 ||
        posix_spawn(&child, "/bin/sh", &files, NULL, arguments, environ) != 0)
        child = -1;
    (void)posix_spawn_file_actions_destroy(&files);
    return child;
}

/* What comes through the pipe until it ends; -1: too late or too much. */
static ssize_t
collect(int pipe, char *text, size_t room)
{
    int64_t end = wp_credentials_clock() + COMMAND_SECONDS;
    size_t size = 0;
    for (;;) {
        int64_t left = end - wp_credentials_clock();
        struct pollfd ready = {.fd = pipe, .events = POLLIN};
        if (left <= 0 || size == room)
            return -1;
        if (poll(&ready, 1, (int)left * 1000) <= 0)
            continue;
        ssize_t count = read(pipe, text + size, room - size);
        if (count == 0)
            return (ssize_t)size;
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            return -1;
        size += count < 0 ? 0 : (size_t)count;
    }
}

/* The child's status; it is killed first when its output was not `fine`. */
static bool
finish(pid_t child, bool fine, struct wp_problem *problem)
{
    int status = 0;
    if (!fine)
        (void)kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!fine)
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "the credentials command printed more than %u bytes, or did not end "
                              "within %d seconds",
                              LARGEST, COMMAND_SECONDS);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    return wp_problem_set(problem, WP_PROBLEM_FAILED, "the credentials command failed (%s %d)",
                          WIFEXITED(status) ? "exit status" : "signal",
                          WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static bool
read_command(struct wp_settings *settings, const char *command, struct wp_problem *problem)
{
    int ends[2];
    char *text = calloc(1, LARGEST + 1);
    settings->from = strdup("the credentials command");
    if (text == NULL || settings->from == NULL || pipe2(ends, O_CLOEXEC) != 0) {
        free(text);
        return out_of_memory(problem);
    }
    pid_t child = start(command, ends[1]);
    (void)close(ends[1]);
    ssize_t size = child < 0 ? -1 : collect(ends[0], text, LARGEST);
    (void)close(ends[0]);
    bool done = child < 0 ? wp_problem_set(problem, WP_PROBLEM_FAILED, "/bin/sh cannot be started")
                          : finish(child, size >= 0, problem);
    if (done && memchr(text, '\0', (size_t)size) != NULL)
        done = wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "the credentials command printed something that is no text");
    done = done && take_text(settings, text, problem);
    OPENSSL_cleanse(text, LARGEST + 1);
    free(text);
    return done;
}

static bool
read_environment(struct wp_settings *settings, struct wp_problem *problem)
{
    settings->from = strdup("the environment");
    if (settings->from == NULL)
        return out_of_memory(problem);
    for (size_t i = 0; i < WP_SETTING_COUNT; i++) {
        const char *value = getenv(wp_setting_names[i]);
        if (value == NULL || *value == '\0')
            continue;
        settings->values[i] = strdup(value);
        if (settings->values[i] == NULL)
            return out_of_memory(problem);
    }
    return true;
}

bool
wp_settings_read(struct wp_settings *settings, const struct wp_credentials_source *source,
                 struct wp_problem *problem)
{
    *settings = (struct wp_settings){0};
    if (source->file != NULL && source->command != NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "credentials come from a file or from a command, not from both");
    if (source->file != NULL)
        return read_file(settings, source->file, problem);
    if (source->command != NULL)
        return read_command(settings, source->command, problem);
    return read_environment(settings, problem);
}

/* ---- the key -------------------------------------------------------------------- */

/* Keys with a password would have OpenSSL ask for it on the terminal. */
static int
no_password(char *buffer, int size, int writing, void *asked)
{
    (void)buffer;
    (void)size;
    (void)writing;
    *(bool *)asked = true;
    return 0;
}

static EVP_PKEY *
parse_key(const char *pem, const char *where, struct wp_problem *problem)
{
    bool is_locked = false;
    BIO *memory = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key =
        memory == NULL ? NULL : PEM_read_bio_PrivateKey(memory, NULL, no_password, &is_locked);
    BIO_free(memory);
    ERR_clear_error();
    if (key == NULL)
        (void)wp_problem_set(problem, WP_PROBLEM_USAGE,
                             is_locked ? "%s: the key is locked with a password; hand it over by "
                                         "--credentials-command instead"
                                       : "%s: there is no private key in PEM form",
                             where);
    return key;
}

EVP_PKEY *
wp_settings_key(const struct wp_settings *settings, struct wp_problem *problem)
{
    const char *path = settings->values[WP_OKTA_KEY];
    if (settings->pem != NULL)
        return parse_key(settings->pem, settings->from, problem);
    char *joined = NULL, *text = NULL;
    if (settings->folder != NULL && path[0] != '/') {
        if (asprintf(&joined, "%s/%s", settings->folder, path) < 0) {
            (void)out_of_memory(problem);
            return NULL;
        }
        path = joined;
    }
    EVP_PKEY *key =
        wp_secret_file(path, LARGEST, &text, problem) ? parse_key(text, path, problem) : NULL;
    wp_secret_free(text);
    free(joined);
    return key;
}
