/* Asking for images: the thread, and the mailbox between it and the main thread.
 * The thread waits while what it brought is being looked at. */
#include "compiler/serve/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

#include <unistd.h>

#include "compiler/serve/keep.h"

#define LONGEST_PAUSE 900 /* seconds, however often it failed */

enum mail { EMPTY, IMAGE, FAILURE };

struct wp_remote {
    struct wp_image_source source;
    pthread_t thread;
    pthread_mutex_t mutex; /* for what follows */
    pthread_cond_t change;
    enum mail mail;
    struct wp_fetched fetched;
    char tag[WP_IMAGE_TAG_SIZE]; /* of the image in use */
    bool in_use;                 /* what became of the last image */
    bool is_well;                /* the server has said that there is nothing new */
    bool is_stopping, is_hurried, is_started;

    /* The main thread's. */
    int followed;   /* the file that the handle follows */
    bool is_active; /* and what lies in it is in use */
    char path[32];
    char said[WP_WHY_SIZE];

    _Atomic(uint64_t) questions, failures;
    _Atomic(int64_t) answered_at;
};

/* ---- the thread ------------------------------------------------------------ */

/* How long to wait after so many failures in a row, in milliseconds; by chance a
 * little more or less, so that many services do not ask at once. */
static uint64_t
pause_after(const struct wp_remote *remote, unsigned failures)
{
    uint64_t seconds = remote->source.seconds, longest = LONGEST_PAUSE;
    uint32_t chance = UINT32_MAX / 2;
    (void)getrandom(&chance, sizeof chance, GRND_NONBLOCK);
    if (longest < seconds)
        longest = seconds;
    seconds <<= failures < 16 ? failures : 16;
    if (seconds > longest)
        seconds = longest;
    if (seconds < remote->fetched.retry_seconds)
        seconds = remote->fetched.retry_seconds;
    return seconds * 750 + (seconds * 500 * (chance >> 16) >> 16);
}

/* Waits that long, or until something is asked of the thread; holds the mutex. */
static void
rest(struct wp_remote *remote, uint64_t milliseconds)
{
    struct timespec end;
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += (time_t)(milliseconds / 1000);
    end.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    while (!remote->is_stopping && !remote->is_hurried &&
           pthread_cond_timedwait(&remote->change, &remote->mutex, &end) != ETIMEDOUT)
        continue;
    remote->is_hurried = false;
}

/* Asks once, without the mutex: only this thread writes `fetched` while the mail
 * is empty, and `tag`. */
static enum wp_fetch
ask(struct wp_remote *remote)
{
    remote->fetched = (struct wp_fetched){.size = 0};
    enum wp_fetch result = remote->source.fetch(
        remote->source.context, remote->tag[0] == '\0' ? NULL : remote->tag, &remote->fetched);
    atomic_fetch_add(&remote->questions, 1);
    if (result == WP_FETCH_FAILED)
        atomic_fetch_add(&remote->failures, 1);
    else
        atomic_store(&remote->answered_at, (int64_t)time(NULL));
    return result;
}

/* Leaves word and waits until it is taken; true if all is well. Holds the mutex. */
static bool
deliver(struct wp_remote *remote, enum wp_fetch result)
{
    if (result == WP_FETCH_SAME) {
        remote->is_well = true;
        return true;
    }
    remote->mail = result == WP_FETCH_NEW ? IMAGE : FAILURE;
    remote->in_use = false;
    while (remote->mail != EMPTY && !remote->is_stopping)
        (void)pthread_cond_wait(&remote->change, &remote->mutex);
    if (result == WP_FETCH_FAILED)
        return false;
    if (remote->in_use)
        memcpy(remote->tag, remote->fetched.tag, sizeof remote->tag);
    remote->source.drop(remote->source.context);
    return remote->in_use;
}

static void *
run(void *context)
{
    struct wp_remote *remote = context;
    unsigned failures = 0;
    (void)pthread_mutex_lock(&remote->mutex);
    while (!remote->is_stopping) {
        (void)pthread_mutex_unlock(&remote->mutex);
        enum wp_fetch result = ask(remote);
        (void)pthread_mutex_lock(&remote->mutex);
        if (remote->is_stopping)
            break;
        failures = deliver(remote, result) ? 0 : failures + 1;
        rest(remote, pause_after(remote, failures));
    }
    (void)pthread_mutex_unlock(&remote->mutex);
    return NULL;
}

/* ---- life ------------------------------------------------------------------ */

struct wp_remote *
wp_remote_new(const struct wp_image_source *source)
{
    pthread_condattr_t attributes;
    struct wp_remote *remote = calloc(1, sizeof *remote);
    if (remote == NULL)
        return NULL;
    remote->source = *source;
    remote->followed = memfd_create("woapol-image", MFD_CLOEXEC);
    if (remote->followed < 0) {
        int error = errno;
        free(remote);
        errno = error;
        return NULL;
    }
    (void)snprintf(remote->path, sizeof remote->path, "/proc/self/fd/%d", remote->followed);
    (void)pthread_mutex_init(&remote->mutex, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&remote->change, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return remote;
}

bool
wp_remote_start(struct wp_remote *remote)
{
    errno = pthread_create(&remote->thread, NULL, run, remote);
    remote->is_started = errno == 0;
    return remote->is_started;
}

void
wp_remote_end(struct wp_remote *remote)
{
    if (remote == NULL)
        return;
    (void)pthread_mutex_lock(&remote->mutex);
    remote->is_stopping = true;
    (void)pthread_cond_broadcast(&remote->change);
    (void)pthread_mutex_unlock(&remote->mutex);
    remote->source.stop(remote->source.context);
    if (remote->is_started)
        (void)pthread_join(remote->thread, NULL);
    (void)pthread_cond_destroy(&remote->change);
    (void)pthread_mutex_destroy(&remote->mutex);
    (void)close(remote->followed);
    free(remote);
}

const char *
wp_remote_path(const struct wp_remote *remote)
{
    return remote->path;
}

void
wp_remote_hurry(struct wp_remote *remote)
{
    (void)pthread_mutex_lock(&remote->mutex);
    remote->is_hurried = true;
    (void)pthread_cond_broadcast(&remote->change);
    (void)pthread_mutex_unlock(&remote->mutex);
}

struct wp_remote_counts
wp_remote_counts(const struct wp_remote *remote)
{
    return (struct wp_remote_counts){.questions = atomic_load(&remote->questions),
                                     .failures = atomic_load(&remote->failures),
                                     .answered_at = atomic_load(&remote->answered_at)};
}

/* ---- the main thread -------------------------------------------------------- */

/* Makes `file` the one that is followed, under the number that it always has. */
static bool
follow(struct wp_remote *remote, int file)
{
    bool done = dup3(file, remote->followed, O_CLOEXEC) >= 0;
    int error = errno;
    (void)close(file);
    errno = error;
    remote->is_active = false;
    return done;
}

bool
wp_remote_recall(struct wp_remote *remote)
{
    int file = remote->source.keep == NULL ? -1 : open(remote->source.keep, O_RDONLY | O_CLOEXEC);
    if (remote->source.keep == NULL)
        errno = ENOENT;
    return file >= 0 && follow(remote, file);
}

void
wp_remote_recalled(struct wp_remote *remote)
{
    remote->is_active = true;
    wp_keep_recall_tag(remote->source.keep, remote->followed, remote->tag, sizeof remote->tag);
}

/* Empties the mailbox; holds the mutex. */
static void
take(struct wp_remote *remote)
{
    remote->mail = EMPTY;
    (void)pthread_cond_broadcast(&remote->change);
}

/* The same failure is said once. */
static enum wp_remote_news
tell(struct wp_remote *remote, char *why, const char *text)
{
    bool is_news = strcmp(remote->said, text) != 0;
    (void)snprintf(remote->said, sizeof remote->said, "%s", text);
    (void)snprintf(why, WP_WHY_SIZE, "%s", is_news ? text : "");
    return WP_REMOTE_FAILED;
}

/* Puts the bytes that came where they are followed. Holds the mutex; the thread
 * waits for it. */
static enum wp_remote_news
look_at_image(struct wp_remote *remote, char *why)
{
    const struct wp_fetched *fetched = &remote->fetched;
    if (remote->is_active && wp_keep_is(remote->followed, fetched->bytes, fetched->size)) {
        if (remote->source.keep != NULL && strcmp(remote->tag, fetched->tag) != 0)
            wp_keep_tag(remote->source.keep, fetched->tag, fetched->bytes, fetched->size);
        remote->in_use = true;
        take(remote);
        return WP_REMOTE_NOTHING;
    }
    int file = wp_keep_unnamed(remote->source.keep, fetched->bytes, fetched->size);
    if (file >= 0 && follow(remote, file))
        return WP_REMOTE_IMAGE;
    char text[WP_WHY_SIZE];
    (void)snprintf(text, sizeof text, "the image that came cannot be put down: %s",
                   strerror(errno));
    take(remote);
    return tell(remote, why, text);
}

enum wp_remote_news
wp_remote_look(struct wp_remote *remote, char *why)
{
    enum wp_remote_news news = WP_REMOTE_NOTHING;
    why[0] = '\0';
    (void)pthread_mutex_lock(&remote->mutex);
    if (remote->is_well)
        remote->said[0] = '\0';
    remote->is_well = false;
    if (remote->mail == FAILURE) {
        news = tell(remote, why, remote->fetched.why);
        take(remote);
    } else if (remote->mail == IMAGE) {
        news = look_at_image(remote, why);
    }
    (void)pthread_mutex_unlock(&remote->mutex);
    return news;
}

bool
wp_remote_settle(struct wp_remote *remote, bool in_use, char *why)
{
    bool is_kept = true;
    if (in_use) {
        remote->said[0] = '\0';
        remote->is_active = true;
    }
    (void)pthread_mutex_lock(&remote->mutex);
    if (in_use && remote->source.keep != NULL) {
        is_kept = wp_keep_file(remote->source.keep, remote->fetched.bytes, remote->fetched.size);
        if (is_kept)
            wp_keep_tag(remote->source.keep, remote->fetched.tag, remote->fetched.bytes,
                        remote->fetched.size);
        else
            (void)snprintf(why, WP_WHY_SIZE, "%s: %s", remote->source.keep, strerror(errno));
    }
    remote->in_use = in_use;
    take(remote);
    (void)pthread_mutex_unlock(&remote->mutex);
    return is_kept;
}
