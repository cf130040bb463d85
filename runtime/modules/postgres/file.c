/*
 * Images in files: NAME.wob, or NAME@VERSION.wob, in the one directory that the
 * administrator has set. Callers name no path: a name has neither a slash nor a dot
 * at its start, and the file must be a plain one.
 */
#include "woapol_pg.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/memutils.h"

/* The file as it was when it was read, which is what its digest was worked out for. */
struct known_file {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec written, changed;
    uint8 digest[WPG_DIGEST];
};
#define KNOWN 16
static struct known_file known[KNOWN];
static uint32 known_next;

/* Where the directory is, callers are not told. */
static void
tell_file(void *path)
{
    errcontext("woapol image \"%s\"", strrchr(path, '/') + 1);
}

static bool
is_file_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char c = name[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || (i > 0 && (c == '-' || c == '.'))))
            return false;
    }
    return length > 0 && length <= 100;
}

static char *
path_of(const struct wpg_reference *reference)
{
    const char *name = reference->bytes + 5;
    const size_t length = reference->length - 5;
    if (wpg_directory == NULL || *wpg_directory == '\0')
        ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                errmsg("this server reads no woapol images from files"),
                errhint("The administrator names their directory with woapol.directory."));
    if (!is_absolute_path(wpg_directory))
        ereport(ERROR, errcode(ERRCODE_CONFIG_FILE_ERROR),
                errmsg("woapol.directory must be an absolute path"));
    if (!is_file_name(name, length))
        ereport(
            ERROR, errcode(ERRCODE_INVALID_NAME),
            errmsg("a name after \"file:\" is made of letters, digits, \"_\", \"-\" and \".\""));
    if (reference->has_version)
        return psprintf("%s/%.*s@" INT64_FORMAT ".wob", wpg_directory, (int)length, name,
                        reference->version);
    return psprintf("%s/%.*s.wob", wpg_directory, (int)length, name);
}

static bool
is_as_known(const struct known_file *file, const struct stat *now)
{
    return file->device == now->st_dev && file->inode == now->st_ino &&
           file->size == now->st_size && file->written.tv_sec == now->st_mtim.tv_sec &&
           file->written.tv_nsec == now->st_mtim.tv_nsec &&
           file->changed.tv_sec == now->st_ctim.tv_sec &&
           file->changed.tv_nsec == now->st_ctim.tv_nsec;
}

static struct wpg_image *
find_known(const struct stat *now)
{
    for (uint32 i = 0; i < KNOWN; i++)
        if (known[i].inode != 0 && is_as_known(&known[i], now))
            return wpg_image_known(known[i].digest);
    return NULL;
}

static void
note_known(const struct stat *now, const uint8 digest[WPG_DIGEST])
{
    struct known_file *file = &known[known_next++ % KNOWN];
    *file = (struct known_file){.device = now->st_dev,
                                .inode = now->st_ino,
                                .size = now->st_size,
                                .written = now->st_mtim,
                                .changed = now->st_ctim};
    memcpy(file->digest, digest, WPG_DIGEST);
}

static char *
read_whole(MemoryContext context, int file, size_t size)
{
    char *bytes = MemoryContextAllocHuge(context, size + 8);
    size_t length = 0;
    while (length < size) {
        CHECK_FOR_INTERRUPTS();
        const ssize_t count = read(file, bytes + length, size - length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            ereport(ERROR, errcode_for_file_access(), errmsg("a woapol image cannot be read: %m"));
        if (count == 0)
            ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
                    errmsg("a woapol image got shorter while it was read"),
                    errhint("Put images in place by renaming them."));
        length += (size_t)count;
    }
    return bytes;
}

static struct wpg_image *
open_file(int file, const struct stat *now)
{
    uint8 digest[WPG_DIGEST];
    MemoryContext context = wpg_image_context();
    char *bytes = read_whole(context, file, (size_t)now->st_size);
    wpg_digest_of(bytes, (size_t)now->st_size, digest);
    struct wpg_image *image = wpg_image_known(digest);
    if (image != NULL)
        MemoryContextDelete(context);
    else
        image = wpg_image_open(context, bytes, (size_t)now->st_size, digest);
    note_known(now, digest);
    return image;
}

static struct wpg_image *
find_at(const char *path)
{
    struct stat now;
    /* Never waits for the other end of a pipe, never follows a link out of the directory. */
    const int file = OpenTransientFile(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        ereport(ERROR, errcode_for_file_access(), errmsg("a woapol image cannot be opened: %m"));
    if (fstat(file, &now) != 0)
        ereport(ERROR, errcode_for_file_access(), errmsg("a woapol image cannot be read: %m"));
    if (!S_ISREG(now.st_mode))
        ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("this is no plain file"));
    if (now.st_size > (off_t)wpg_cache_size * 1024)
        ereport(ERROR, errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                errmsg("this file is larger than woapol images may be together"),
                errhint("Raise woapol.cache_size, which is %d kB.", wpg_cache_size));
    struct wpg_image *image = find_known(&now);
    if (image == NULL)
        image = open_file(file, &now);
    CloseTransientFile(file);
    return image;
}

struct wpg_image *
wpg_file_find(const struct wpg_reference *reference)
{
    char *path = path_of(reference);
    ErrorContextCallback place = {
        .previous = error_context_stack, .callback = tell_file, .arg = path};
    error_context_stack = &place;
    struct wpg_image *image = find_at(path);
    error_context_stack = place.previous;
    pfree(path);
    return image;
}
