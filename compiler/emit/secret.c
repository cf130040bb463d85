/* Files that hold a secret, and the memory that it comes to lie in. */
#include "compiler/emit/credentials_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
wp_secret_free(char *text)
{
    if (text != NULL)
        OPENSSL_cleanse(text, strlen(text));
    free(text);
}

/* Where `path` really is: it may be a link, as mounted secrets are, but not to
 * outside the folder that it is in, where somebody else may have put its target. */
static bool
find_target(const char *path, char target[PATH_MAX], struct wp_problem *problem)
{
    char copy[PATH_MAX], folder[PATH_MAX];
    if (strlen(path) >= sizeof copy)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%.200s…: the name is too long", path);
    strcpy(copy, path);
    if (realpath(path, target) == NULL || realpath(dirname(copy), folder) == NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s: %s", path, strerror(errno));
    size_t length = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
    if (strncmp(target, folder, length) != 0 || target[length] != '/')
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "%s is a link to a file in another folder, which is not followed; "
                              "name that file: %s",
                              path, target);
    return true;
}

static bool
is_safe(const char *path, int file, size_t most, struct wp_problem *problem)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s is no regular file", path);
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "%s belongs to another user, who could change it", path);
    if ((status.st_mode & 077) != 0)
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "%s can be reached by others than its owner (mode %03o); run "
                              "“chmod 600 %s”",
                              path, (unsigned)status.st_mode & 0777, path);
    if (status.st_size > (off_t)most)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s is larger than %zu bytes", path, most);
    return true;
}

/* All of the file, which ends before `most` + 1 bytes. */
static ssize_t
read_all(int file, char *text, size_t most)
{
    size_t size = 0;
    ssize_t count;
    while (size <= most && (count = read(file, text + size, most + 1 - size)) != 0) {
        if (count < 0 && errno != EINTR)
            return -1;
        size += count < 0 ? 0 : (size_t)count;
    }
    return (ssize_t)size;
}

bool
wp_secret_file(const char *path, size_t most, char **text, struct wp_problem *problem)
{
    char target[PATH_MAX];
    if (!find_target(path, target, problem))
        return false;
    /* Not to wait for a writer, should it be a pipe. */
    int file = open(target, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s: %s", path, strerror(errno));
    char *read_text = NULL;
    bool done = false;
    if (is_safe(path, file, most, problem)) {
        read_text = calloc(1, most + 2);
        ssize_t size = read_text == NULL ? -1 : read_all(file, read_text, most);
        if (size < 0)
            (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "%s cannot be read", path);
        else if ((size_t)size > most || memchr(read_text, '\0', (size_t)size) != NULL)
            (void)wp_problem_set(problem, WP_PROBLEM_USAGE, "%s is no text of at most %zu bytes",
                                 path, most);
        else
            done = true;
    }
    (void)close(file);
    if (!done) {
        if (read_text != NULL)
            OPENSSL_cleanse(read_text, most + 2);
        free(read_text);
        return false;
    }
    *text = read_text;
    return true;
}

/* How much of a secret does not stand in a text by chance. */
#define TELLING 10

void
wp_secret_hide(char *text, const char *secret)
{
    size_t size = strlen(text), length = secret == NULL ? 0 : strlen(secret);
    size_t window = length < TELLING ? length : TELLING;
    if (window < 4)
        return;
    for (size_t at = 0; at + window <= size; at++) {
        size_t same = 0;
        for (const char *from = secret; from + window <= secret + length; from++) {
            size_t run = 0;
            while (from[run] != '\0' && from[run] == text[at + run])
                run++;
            same = run > same ? run : same;
        }
        if (same >= window) {
            memset(text + at, '*', same);
            at += same - 1;
        }
    }
}
