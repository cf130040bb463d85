/*
 * An image file kept open and followed, for many readers without locks.
 *
 * Reclamation is by quiescent states: the handle's clock is moved on at each
 * swap, every reader writes the clock down at its quiescent points, and a retired
 * image is freed once no reader's note is older than its retirement. A reader
 * pays one acquire load for the image and one store a batch.
 */
#include "woapol_host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_SIZE_LIMIT (UINT64_C(1) << 30)

/* One loaded image with its bytes. */
struct snapshot {
    struct woapol_image image;
    void *bytes;
    uint64_t generation;
    uint64_t load;       /* which load of the handle made it, from 1 */
    uint64_t retired_at; /* the clock when it went out of use */
    struct snapshot *next;
};

/* What tells one file from another. */
struct file_mark {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified, changed;
};

struct woapol_reader {
    _Atomic(uint64_t) seen;
    struct woapol_handle *handle;
    struct woapol_reader *next;
};

struct woapol_handle {
    _Atomic(struct snapshot *) current;
    _Atomic(uint64_t) clock;
    _Atomic(uint64_t) loads, refusals;
    atomic_flag reader_lock; /* the list of readers; never taken while deciding */
    struct woapol_reader *readers;
    struct snapshot *retired;
    struct file_mark mark;
    struct woapol_handle_options options;
    char path[];
};

/* ---- refusals ------------------------------------------------------------------- */

static enum woapol_status
refuse(struct woapol_refusal *refusal, enum woapol_status status, uint64_t offset,
       const char *reason)
{
    refusal->status = status;
    refusal->offset = offset;
    snprintf(refusal->reason, sizeof refusal->reason, "%s", reason);
    return status == WOAPOL_OK ? WOAPOL_E_ARGUMENT : status;
}

/* ---- reading ---------------------------------------------------------------------- */

static void
mark_file(struct file_mark *mark, const struct stat *status)
{
    mark->device = status->st_dev;
    mark->inode = status->st_ino;
    mark->size = status->st_size;
    mark->modified = status->st_mtim;
    mark->changed = status->st_ctim;
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
same_file(const struct file_mark *a, const struct file_mark *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}

static bool
read_all(int file, char *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = read(file, bytes + done, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            errno = count == 0 ? EIO : errno;
            return false;
        }
        done += (size_t)count;
    }
    return true;
}

/* The file's bytes in private memory, or NULL with a reason. *mark is of the
 * file that was opened, so a rename in between is noticed at the next poll. */
static void *
read_file(const char *path, uint64_t limit, struct file_mark *mark, size_t *size,
          const char **reason)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    char *bytes = NULL;

    if (file < 0 || fstat(file, &status) != 0) {
        *reason = strerror(errno);
        goto out;
    }
    mark_file(mark, &status);
    if (!S_ISREG(status.st_mode)) {
        *reason = "not a regular file";
        goto out;
    }
    if ((uint64_t)status.st_size > limit) {
        *reason = "larger than the limit on images";
        goto out;
    }
    *size = (size_t)status.st_size;
    bytes = aligned_alloc(64, (*size + 64) & ~(size_t)63);
    if (!bytes || !read_all(file, bytes, *size)) {
        *reason = bytes ? strerror(errno) : "out of memory";
        free(bytes);
        bytes = NULL;
    }
out:
    if (file >= 0)
        close(file);
    return bytes;
}

/* ---- loading ------------------------------------------------------------------------ */

static void
free_snapshot(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    free(snapshot->bytes);
    free(snapshot);
}

static bool
passes_self_test(const struct woapol_handle *handle, const struct woapol_image *image)
{
    return !handle->options.self_test || handle->options.self_test(handle->options.context, image);
}

/* Reads and checks the file. NULL with *refusal filled in when it is not to be
 * used; *mark is set as soon as the file could be looked at. */
static struct snapshot *
load(struct woapol_handle *handle, struct file_mark *mark, struct woapol_refusal *refusal)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    struct snapshot *before = atomic_load_explicit(&handle->current, memory_order_relaxed);
    struct woapol_fault fault = {0, ""};
    const char *reason = "out of memory";
    enum woapol_status status;
    size_t size = 0;

    if (!snapshot) {
        refuse(refusal, WOAPOL_OK, 0, reason);
        return NULL;
    }
    snapshot->bytes = read_file(handle->path, handle->options.size_limit, mark, &size, &reason);
    if (!snapshot->bytes) {
        refuse(refusal, WOAPOL_OK, 0, reason);
        goto refused;
    }
    status = woapol_open(&snapshot->image, snapshot->bytes, size, handle->options.open, &fault);
    if (status != WOAPOL_OK) {
        refuse(refusal, status, fault.offset, fault.reason);
        goto refused;
    }
    snapshot->generation = woapol_generation(&snapshot->image);
    if (before && snapshot->generation < before->generation && !handle->options.allow_older) {
        refuse(refusal, WOAPOL_OK, 0, "an older generation than the one in use");
        goto refused;
    }
    if (!passes_self_test(handle, &snapshot->image)) {
        refuse(refusal, WOAPOL_OK, 0, "the host's self-test failed");
        goto refused;
    }
    return snapshot;
refused:
    free_snapshot(snapshot);
    return NULL;
}

/* ---- reclamation ---------------------------------------------------------------------- */

static void
lock_readers(struct woapol_handle *handle)
{
    while (atomic_flag_test_and_set_explicit(&handle->reader_lock, memory_order_acquire))
        ;
}

static void
unlock_readers(struct woapol_handle *handle)
{
    atomic_flag_clear_explicit(&handle->reader_lock, memory_order_release);
}

/* The oldest moment that any reader may still be in. */
static uint64_t
oldest_reader(struct woapol_handle *handle)
{
    uint64_t oldest = UINT64_MAX;

    lock_readers(handle);
    for (struct woapol_reader *r = handle->readers; r; r = r->next) {
        uint64_t seen = atomic_load_explicit(&r->seen, memory_order_acquire);
        if (seen < oldest)
            oldest = seen;
    }
    unlock_readers(handle);
    return oldest;
}

static void
reclaim(struct woapol_handle *handle)
{
    if (!handle->retired)
        return;
    uint64_t oldest = oldest_reader(handle);
    struct snapshot **link = &handle->retired;
    while (*link) {
        struct snapshot *snapshot = *link;
        if (snapshot->retired_at > oldest) {
            link = &snapshot->next;
            continue;
        }
        *link = snapshot->next;
        free_snapshot(snapshot);
    }
}

/* Publishes first and moves the clock after: a reader that notes the new time
 * has therefore seen the new image. */
static void
publish(struct woapol_handle *handle, struct snapshot *snapshot)
{
    snapshot->load = atomic_load_explicit(&handle->loads, memory_order_relaxed) + 1;
    struct snapshot *before =
        atomic_exchange_explicit(&handle->current, snapshot, memory_order_acq_rel);

    uint64_t now = atomic_fetch_add_explicit(&handle->clock, 1, memory_order_acq_rel) + 1;
    atomic_fetch_add_explicit(&handle->loads, 1, memory_order_relaxed);
    if (!before)
        return;
    before->retired_at = now;
    before->next = handle->retired;
    handle->retired = before;
}

/* ---- the handle -------------------------------------------------------------------------- */

static struct woapol_handle *
new_handle(const char *path, const struct woapol_handle_options *options)
{
    size_t length = strlen(path);
    struct woapol_handle *handle = calloc(1, sizeof *handle + length + 1);

    if (!handle)
        return NULL;
    memcpy(handle->path, path, length + 1);
    atomic_flag_clear(&handle->reader_lock);
    if (options)
        memcpy(&handle->options, options,
               options->size < sizeof *options ? options->size : sizeof *options);
    if (handle->options.size_limit == 0)
        handle->options.size_limit = DEFAULT_SIZE_LIMIT;
    return handle;
}

enum woapol_status
woapol_handle_open(const char *path, const struct woapol_handle_options *options,
                   struct woapol_handle **handle, struct woapol_refusal *refusal)
{
    struct woapol_refusal unwanted;
    struct woapol_handle *made = new_handle(path, options);

    refusal = refusal ? refusal : &unwanted;
    if (!made)
        return refuse(refusal, WOAPOL_E_MEMORY, 0, "out of memory");
    struct snapshot *snapshot = load(made, &made->mark, refusal);
    if (!snapshot) {
        free(made);
        return refusal->status == WOAPOL_OK ? WOAPOL_E_ARGUMENT : refusal->status;
    }
    publish(made, snapshot);
    *handle = made;
    return WOAPOL_OK;
}

enum woapol_poll
woapol_handle_poll(struct woapol_handle *handle, struct woapol_refusal *refusal)
{
    struct woapol_refusal unwanted;
    struct file_mark mark = {0};
    struct stat status;

    refusal = refusal ? refusal : &unwanted;
    reclaim(handle);
    if (stat(handle->path, &status) == 0)
        mark_file(&mark, &status);
    if (same_file(&mark, &handle->mark))
        return WOAPOL_POLL_UNCHANGED;
    struct snapshot *snapshot = load(handle, &mark, refusal);
    handle->mark = mark;
    if (!snapshot) {
        atomic_fetch_add_explicit(&handle->refusals, 1, memory_order_relaxed);
        return WOAPOL_POLL_REFUSED;
    }
    publish(handle, snapshot);
    reclaim(handle);
    return WOAPOL_POLL_LOADED;
}

uint64_t
woapol_handle_loads(const struct woapol_handle *handle)
{
    return atomic_load_explicit(&handle->loads, memory_order_relaxed);
}

uint64_t
woapol_handle_refusals(const struct woapol_handle *handle)
{
    return atomic_load_explicit(&handle->refusals, memory_order_relaxed);
}

void
woapol_handle_close(struct woapol_handle *handle)
{
    if (!handle)
        return;
    while (handle->retired) {
        struct snapshot *next = handle->retired->next;
        free_snapshot(handle->retired);
        handle->retired = next;
    }
    free_snapshot(atomic_load(&handle->current));
    free(handle);
}

/* ---- readers --------------------------------------------------------------------------------- */

struct woapol_reader *
woapol_reader_new(struct woapol_handle *handle)
{
    struct woapol_reader *reader = calloc(1, sizeof *reader);

    if (!reader)
        return NULL;
    reader->handle = handle;
    lock_readers(handle);
    atomic_store_explicit(&reader->seen, atomic_load_explicit(&handle->clock, memory_order_acquire),
                          memory_order_release);
    reader->next = handle->readers;
    handle->readers = reader;
    unlock_readers(handle);
    return reader;
}

void
woapol_reader_free(struct woapol_reader *reader)
{
    if (!reader)
        return;
    lock_readers(reader->handle);
    struct woapol_reader **link = &reader->handle->readers;
    while (*link != reader)
        link = &(*link)->next;
    *link = reader->next;
    unlock_readers(reader->handle);
    free(reader);
}

const struct woapol_image *
woapol_reader_image(struct woapol_reader *reader)
{
    return &atomic_load_explicit(&reader->handle->current, memory_order_acquire)->image;
}

const struct woapol_image *
woapol_reader_look(struct woapol_reader *reader, uint64_t *load)
{
    struct snapshot *snapshot =
        atomic_load_explicit(&reader->handle->current, memory_order_acquire);

    *load = snapshot->load;
    return &snapshot->image;
}

void
woapol_reader_quiescent(struct woapol_reader *reader)
{
    uint64_t now = atomic_load_explicit(&reader->handle->clock, memory_order_acquire);

    atomic_store_explicit(&reader->seen, now, memory_order_release);
}
