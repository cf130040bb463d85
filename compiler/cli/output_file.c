/* Writing a file so that it is whole or not there. */
#include "compiler/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
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

/* Writes `temporary` and moves it to `path`; leaves nothing behind on failure. */
static bool
replace(const char *path, char *temporary, const void *bytes, size_t size, unsigned mode)
{
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd == -1)
        return false;
    bool done = write_all(fd, bytes, size) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && done) {
        done = false;
        why = errno;
    }
    if (done && rename(temporary, path) != 0) {
        done = false;
        why = errno;
    }
    if (done)
        return sync_folder(path);
    (void)unlink(temporary);
    errno = why;
    return false;
}

/* As `replace`, with the signals that end a program held back, so that not even
 * they leave the temporary file behind. */
static bool
replace_undisturbed(const char *path, const void *bytes, size_t size, unsigned mode)
{
    char temporary[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int folder = slash == NULL ? 0 : (int)(slash - path + 1);
    int length = snprintf(temporary, sizeof temporary, "%.*s.woapol-XXXXXX", folder, path);
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
