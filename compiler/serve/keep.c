/* Writing images down. */
#include "compiler/serve/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/hash.h"

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

/* Closes, and leaves errno as it is. */
static void
drop(int file)
{
    int error = errno;
    (void)close(file);
    errno = error;
}

/* The folder of a path, "." without one. */
static bool
folder_of(const char *path, char folder[PATH_MAX])
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(copy, path);
    strcpy(folder, dirname(copy));
    return true;
}

int
wp_keep_unnamed(const char *beside, const void *bytes, size_t size)
{
    char folder[PATH_MAX];
    int file = -1;
    if (beside != NULL && folder_of(beside, folder)) {
        file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (file >= 0 && write_all(file, bytes, size))
            return file;
        if (file >= 0)
            drop(file); /* a full disk is no reason to do without the image */
    }
    file = memfd_create("woapol-image", MFD_CLOEXEC);
    if (file >= 0 && !write_all(file, bytes, size)) {
        drop(file);
        return -1;
    }
    return file;
}

bool
wp_keep_is(int file, const void *bytes, size_t size)
{
    struct stat status;
    char part[65536];
    if (fstat(file, &status) != 0 || (size_t)status.st_size != size)
        return false;
    for (size_t at = 0; at < size;) {
        ssize_t count = pread(file, part, sizeof part, (off_t)at);
        if (count <= 0 || (size_t)count > size - at ||
            memcmp(part, (const char *)bytes + at, (size_t)count) != 0)
            return false;
        at += (size_t)count;
    }
    return true;
}

/* A rename is on the disk when its folder is. */
static void
sync_folder(const char *path)
{
    char folder[PATH_MAX];
    int file = folder_of(path, folder) ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    (void)fsync(file);
    (void)close(file);
}

bool
wp_keep_file(const char *path, const void *bytes, size_t size)
{
    char beside[PATH_MAX];
    int length = snprintf(beside, sizeof beside, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof beside) {
        errno = ENAMETOOLONG;
        return false;
    }
    (void)unlink(beside); /* of a service that was killed */
    int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool done = write_all(file, bytes, size) && fsync(file) == 0;
    drop(file);
    if (done && rename(beside, path) == 0) {
        sync_folder(path);
        return true;
    }
    int error = errno;
    (void)unlink(beside);
    errno = error;
    return false;
}

/* ---- the tag ---------------------------------------------------------------- */

/* What a line says of an image: its tag's line is of these bytes and no others. */
#define LINE_SIZE 32

static bool
name_of_tag(const char *path, char name[PATH_MAX])
{
    int length = snprintf(name, PATH_MAX, "%s.tag", path);
    return length > 0 && length < PATH_MAX;
}

static void
write_line(char line[LINE_SIZE], const void *bytes, size_t size)
{
    (void)snprintf(line, LINE_SIZE, "\n%016" PRIx64 "\n", wp_checksum(bytes, size));
}

void
wp_keep_tag(const char *path, const char *tag, const void *bytes, size_t size)
{
    char name[PATH_MAX], text[1024], line[LINE_SIZE];
    write_line(line, bytes, size);
    int length = snprintf(text, sizeof text, "%s%s", tag, line);
    if (!name_of_tag(path, name))
        return;
    /* Without it the image is fetched whole after a restart, and that is all. */
    if (tag[0] == '\0' || length < 0 || (size_t)length >= sizeof text ||
        !wp_keep_file(name, text, (size_t)length))
        (void)unlink(name);
}

/* The file's text, which ends in a NUL; false when there is none, or too much. */
static bool
read_text(const char *name, char *text, size_t room)
{
    int file = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t size = file < 0 ? -1 : read(file, text, room);
    if (file >= 0)
        (void)close(file);
    if (size < 0 || (size_t)size == room)
        return false;
    text[size] = '\0';
    return true;
}

void
wp_keep_recall_tag(const char *path, int file, char *tag, size_t room)
{
    char name[PATH_MAX], text[1024], line[LINE_SIZE];
    struct stat status;
    tag[0] = '\0';
    if (!name_of_tag(path, name) || !read_text(name, text, sizeof text) ||
        fstat(file, &status) != 0 || status.st_size <= 0)
        return;
    /* Read, not mapped: whoever cuts the file meanwhile does us no harm. */
    char *bytes = malloc((size_t)status.st_size);
    ssize_t count = bytes == NULL ? -1 : pread(file, bytes, (size_t)status.st_size, 0);
    if (count == status.st_size)
        write_line(line, bytes, (size_t)count);
    free(bytes);
    if (count != status.st_size)
        return;
    size_t length = strcspn(text, "\n");
    if (length == 0 || length >= room || strcmp(text + length, line) != 0)
        return;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] > '~')
            return;
    memcpy(tag, text, length);
    tag[length] = '\0';
}
