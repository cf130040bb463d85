/*
 * The secret of a new OAuth client: 256 random bits that are written once, where the
 * person at work said, and are then known to the tenant and to nobody else.
 */
#include "compiler/emit/access/access.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET_BYTES 32

extern char **environ;

/* Base64 for URLs, without padding: no quoting anywhere. */
static char *
make_secret(void)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[SECRET_BYTES];
    char *text = malloc(SECRET_BYTES * 8 / 6 + 2);
    size_t bits = 0, length = 0;

    if (!text || RAND_priv_bytes(bytes, sizeof bytes) != 1) {
        free(text);
        return NULL;
    }
    for (; bits < sizeof bytes * 8; bits += 6) {
        unsigned word = (unsigned)bytes[bits / 8] << 8;
        if (bits / 8 + 1 < sizeof bytes)
            word |= bytes[bits / 8 + 1];
        text[length++] = letters[word >> (10 - bits % 8) & 63];
    }
    text[length] = '\0';
    OPENSSL_cleanse(bytes, sizeof bytes);
    return text;
}

static bool
write_all(int file, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        length -= (size_t)written;
    }
    return true;
}

/* Two lines as a credentials file has them, in memory that is wiped. */
static bool
write_lines(int file, const char *client, const char *secret)
{
    size_t room = strlen(client) + strlen(secret) + 80;
    char *lines = malloc(room);
    bool done;

    if (!lines)
        return false;
    (void)snprintf(lines, room, "WOAPOL_ACCESS_CLIENT_ID=%s\nWOAPOL_ACCESS_CLIENT_SECRET=%s\n",
                   client, secret);
    done = write_all(file, lines, strlen(lines));
    OPENSSL_cleanse(lines, room);
    free(lines);
    return done;
}

/* ---- a file ------------------------------------------------------------------------ */

static bool
is_private(int file, const char *path, struct wp_problem *problem)
{
    struct stat status;

    if (fstat(file, &status) != 0)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077) != 0)
        return wp_problem_set(problem, WP_PROBLEM_REFUSED,
                              "%s can be reached by others than its owner: secrets go into a "
                              "regular file of yours with mode 0600",
                              path);
    return true;
}

static bool
to_file(const char *path, const char *client, const char *secret, struct wp_problem *problem)
{
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool done;

    if (file < 0)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: %s", path, strerror(errno));
    done = is_private(file, path, problem);
    if (done && (!write_lines(file, client, secret) || fsync(file) != 0))
        done = wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: %s", path, strerror(errno));
    if (close(file) != 0 && done)
        done = wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: %s", path, strerror(errno));
    return done;
}

/* ---- a command ---------------------------------------------------------------------- */

static bool
start(const char *command, int ends[2], pid_t *child)
{
    char *const arguments[] = {"sh", "-c", (char *)(uintptr_t)command, NULL};
    posix_spawn_file_actions_t files;
    bool started;

    if (posix_spawn_file_actions_init(&files) != 0)
        return false;
    started = posix_spawn_file_actions_adddup2(&files, ends[0], 0) == 0 &&
              posix_spawn_file_actions_addclose(&files, ends[1]) == 0 &&
              posix_spawn(child, "/bin/sh", &files, NULL, arguments, environ) == 0;
    (void)posix_spawn_file_actions_destroy(&files);
    return started;
}

static bool
wait_for(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return false;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The lines on the command's standard input; never among its arguments. */
static bool
to_command(const char *command, const char *client, const char *secret, struct wp_problem *problem)
{
    struct sigaction ignored = {.sa_handler = SIG_IGN}, before;
    pid_t child = 0;
    int ends[2];
    bool started, done;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "a pipe: %s", strerror(errno));
    (void)sigaction(SIGPIPE, &ignored, &before);
    started = start(command, ends, &child);
    (void)close(ends[0]);
    done = started && write_lines(ends[1], client, secret);
    (void)close(ends[1]);
    done = started && wait_for(child) && done;
    (void)sigaction(SIGPIPE, &before, NULL);
    return done || wp_problem_set(problem, WP_PROBLEM_FAILED,
                                  "the command that is to keep the secret of client '%s' did not "
                                  "end well: the client is not made",
                                  client);
}

/* ---- the hook ------------------------------------------------------------------------- */

char *
wp_access_secret(struct wp_session *session, const char *key, struct wp_problem *problem)
{
    const char *client = strchr(key, '/') ? strchr(key, '/') + 1 : key;
    char *secret;
    bool kept;

    if (!session->secrets_file && !session->secrets_command) {
        (void)wp_problem_set(problem, WP_PROBLEM_USAGE,
                             "client '%s' gets a secret, which is shown to nobody: say where it "
                             "goes with --secrets-to FILE or --secrets-command COMMAND",
                             client);
        return NULL;
    }
    secret = make_secret();
    if (!secret) {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "there is no randomness to be had");
        return NULL;
    }
    kept = session->secrets_file ? to_file(session->secrets_file, client, secret, problem)
                                 : to_command(session->secrets_command, client, secret, problem);
    if (kept)
        return secret;
    OPENSSL_cleanse(secret, strlen(secret));
    free(secret);
    return NULL;
}
