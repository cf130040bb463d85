/* Writing a file so that it is whole or not there. */
#include "compiler/cli/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written == -1 && errno == EINTR)
            continue;
        if (written == -1)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

/* A device, a pipe: there is nothing to rename over. */
static bool
write_through(const char *path, const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd == -1)
        return false;
    bool done = write_all(fd, bytes, size);
    int why = errno;
    if (close(fd) != 0 && done)
        return false;
    errno = why;
    return done;
}

static bool
sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    memcpy(folder, slash == NULL ? "." : path, length);
    folder[length] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1)
        return true; /* a folder that may be written but not read */
    (void)fsync(fd);
    return close(fd) == 0;
}

/* ---- temporary files ------------------------------------------------------------- */

/* While somebody writes one it is locked. One that nobody has locked was left behind by
 * somebody who was killed: whoever writes the same file next removes it. */
#define RANDOM_LENGTH 6

static void
remove_if_left(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd == -1)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(folder, name, 0);
    (void)close(fd);
}

/* Those whose names begin as `temporary`, a path, does before its random part. */
static void
remove_left_ones(const char *temporary)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(temporary, '/'), *name = slash == NULL ? temporary : slash + 1;
    size_t length = slash == NULL ? 0 : (size_t)(slash - temporary + 1);
    size_t prefix = strlen(name) - RANDOM_LENGTH;
    const struct dirent *entry;
    memcpy(folder, temporary, length);
    strcpy(folder + length, ".");
    DIR *listed = opendir(folder);
    if (listed == NULL)
        return; /* a folder that may be written but not read */
    while ((entry = readdir(listed)) != NULL)
        if (strncmp(entry->d_name, name, prefix) == 0 &&
            strlen(entry->d_name) == prefix + RANDOM_LENGTH)
            remove_if_left(dirfd(listed), entry->d_name);
    (void)closedir(listed);
}

/* Makes a temporary file and locks it. Between the two somebody may take it for one that
 * was left; then there is another. Where there are no locks none is ever removed. */
static int
open_temporary(char *temporary)
{
    char *random = temporary + strlen(temporary) - RANDOM_LENGTH;
    struct stat status;
    for (unsigned tries = 0; tries < 100; tries++) {
        memset(random, 'X', RANDOM_LENGTH);
        int fd = mkostemp(temporary, O_CLOEXEC);
        if (fd == -1)
            return -1;
        bool is_taken = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (!is_taken && fstat(fd, &status) == 0 && status.st_nlink > 0)
            return fd;
        (void)close(fd);
    }
    errno = EAGAIN;
    return -1;
}

/* Writes `temporary` and moves it to `path`; leaves nothing behind on failure. It stays
 * locked until it has moved. */
static bool
replace(const char *path, char *temporary, const void *bytes, size_t size, unsigned mode)
{
    remove_left_ones(temporary);
    int fd = open_temporary(temporary);
    if (fd == -1)
        return false;
    bool done = write_all(fd, bytes, size) && fchmod(fd, mode) == 0 && fsync(fd) == 0 &&
                rename(temporary, path) == 0;
    int why = errno;
    if (!done)
        (void)unlink(temporary);
    if (close(fd) != 0 && done)
        return false;
    if (done)
        return sync_folder(path);
    errno = why;
    return false;
}

/* FNV-1a: temporary files of one target are told from those of another. */
static uint32_t
hash_of(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

/* As `replace`, with the signals that end a program held back, so that not even
 * they leave the temporary file behind. */
static bool
replace_undisturbed(const char *path, const void *bytes, size_t size, unsigned mode)
{
    char temporary[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int folder = slash == NULL ? 0 : (int)(slash - path + 1);
    int length = snprintf(temporary, sizeof temporary, "%.*s.woapol-%08x-XXXXXX", folder, path,
                          hash_of(path + folder));
    if (length < 0 || (size_t)length >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    sigset_t held, before;
    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGINT);
    (void)sigaddset(&held, SIGTERM);
    (void)sigaddset(&held, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    bool done = replace(path, temporary, bytes, size, mode);
    int why = errno;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return done;
}

static bool
put(const char *path, const void *bytes, size_t size, unsigned mode)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        if (errno != ENOENT)
            return false;
        mode_t mask = umask(0);
        (void)umask(mask);
        return replace_undisturbed(path, bytes, size, mode & ~(unsigned)mask);
    }
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (!S_ISREG(status.st_mode))
        return write_through(path, bytes, size);
    /* Renaming would replace a file that we may not write to. */
    if (access(path, W_OK) != 0)
        return false;
    char target[PATH_MAX];
    if (realpath(path, target) == NULL)
        return false;
    return replace_undisturbed(target, bytes, size, status.st_mode & 07777);
}

bool
wp_write_file(const struct wp_invocation *invocation, const char *path, const void *bytes,
              size_t size, unsigned mode)
{
    if (strcmp(path, "-") == 0)
        return fwrite(bytes, 1, size, stdout) == size; /* main() says what went wrong */
    if (put(path, bytes, size, mode))
        return true;
    (void)wp_fail(invocation, "cannot write %s: %s", path, strerror(errno));
    return false;
}
