/* Lines are made where it is decided, and written where it may take time. */
#include "compiler/serve/decision_log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compiler/serve/mask.h"
#include "compiler/serve/ring.h"

/* A pipe that is ready takes so much without blocking (POSIX's PIPE_BUF on Linux). */
#define CHUNK 4096
#define PAUSE_MS 50
#define LAST_TRIES 20
/* Texts of a request are cut here. */
#define TEXT_MAX 128

struct wp_log {
    const struct wp_log_settings *settings;
    int file;
    pthread_t thread;
    _Atomic(bool) is_stopping, is_to_reopen;
    _Atomic(uint64_t) lost; /* lines that could not be written */
    size_t ring_count;
    struct wp_ring rings[];
};

/* ---- writing out ----------------------------------------------------------- */

static int
open_file(const char *path)
{
    if (strcmp(path, "-") == 0)
        return STDOUT_FILENO;
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

static void
close_file(int file)
{
    if (file > STDERR_FILENO)
        close(file);
}

static void
reopen(struct wp_log *log)
{
    int file = open_file(log->settings->path);
    if (file < 0)
        return; /* what was open goes on */
    close_file(log->file);
    log->file = file;
}

/* Writes all, waiting for it as long as nobody wants to stop. */
static bool
write_out(struct wp_log *log, const char *bytes, size_t length)
{
    for (unsigned tries = 0; length > 0;) {
        struct pollfd ready = {.fd = log->file, .events = POLLOUT};
        if (poll(&ready, 1, PAUSE_MS) == 0) {
            if (atomic_load(&log->is_stopping) && ++tries > LAST_TRIES)
                return false;
            continue;
        }
        ssize_t count = write(log->file, bytes, length < CHUNK ? length : CHUNK);
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
        }
    }
    return true;
}

static uint64_t
count_lines(const char *bytes, size_t length)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    return lines;
}

static bool
write_rings(struct wp_log *log, char *bytes, size_t room)
{
    bool wrote = false;
    for (size_t i = 0; i < log->ring_count; i++) {
        size_t length = wp_ring_take(&log->rings[i], bytes, room);
        if (length > 0 && !write_out(log, bytes, length))
            atomic_fetch_add(&log->lost, count_lines(bytes, length));
        wrote |= length > 0;
    }
    return wrote;
}

static void *
run(void *context)
{
    struct wp_log *log = context;
    static const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    char *bytes = malloc(WP_RING_SIZE);
    while (bytes != NULL) {
        bool is_last = atomic_load(&log->is_stopping);
        if (atomic_exchange(&log->is_to_reopen, false))
            reopen(log);
        bool wrote = write_rings(log, bytes, WP_RING_SIZE);
        if (is_last)
            break;
        if (!wrote)
            (void)nanosleep(&pause, NULL);
    }
    free(bytes);
    return NULL;
}

struct wp_log *
wp_log_start(const struct wp_log_settings *settings, size_t threads)
{
    struct wp_log *log = calloc(1, sizeof *log + threads * sizeof *log->rings);
    if (log == NULL)
        return NULL;
    log->settings = settings;
    log->ring_count = threads;
    log->file = open_file(settings->path);
    int error = log->file < 0 ? errno : pthread_create(&log->thread, NULL, run, log);
    if (error == 0)
        return log;
    if (log->file >= 0)
        close_file(log->file);
    free(log);
    errno = error;
    return NULL;
}

void
wp_log_stop(struct wp_log *log)
{
    if (log == NULL)
        return;
    atomic_store(&log->is_stopping, true);
    (void)pthread_join(log->thread, NULL);
    close_file(log->file);
    free(log);
}

void
wp_log_reopen(struct wp_log *log)
{
    if (log != NULL && strcmp(log->settings->path, "-") != 0)
        atomic_store(&log->is_to_reopen, true);
}

uint64_t
wp_log_dropped(const struct wp_log *log)
{
    if (log == NULL)
        return 0;
    uint64_t dropped = atomic_load_explicit(&log->lost, memory_order_relaxed);
    for (size_t i = 0; i < log->ring_count; i++)
        dropped += atomic_load_explicit(&log->rings[i].dropped, memory_order_relaxed);
    return dropped;
}

/* ---- lines ----------------------------------------------------------------- */

void
wp_log_source_init(struct wp_log_source *source, struct wp_log *log, size_t thread)
{
    *source = (struct wp_log_source){.random = UINT64_C(0x9e3779b97f4a7c15) * (thread + 1)};
    if (log == NULL)
        return;
    source->settings = log->settings;
    source->ring = &log->rings[thread];
}

void
wp_log_source_fini(struct wp_log_source *source)
{
    wp_json_text_free(&source->line);
}

static bool
is_sampled(struct wp_log_source *source, const struct wp_outcome *outcome)
{
    if (outcome->decision.effect == WOAPOL_DENY)
        return true;
    source->random ^= source->random << 13;
    source->random ^= source->random >> 7;
    source->random ^= source->random << 17;
    return (double)(source->random >> 11) < source->settings->allowed_share * 0x1p53;
}

static void
put_text(struct wp_json_text *line, const char *key, struct woapol_text text)
{
    if (text.text == NULL || text.length == 0)
        return;
    wp_json_puts(line, key);
    wp_json_string(line, text.text, text.length < TEXT_MAX ? text.length : TEXT_MAX);
}

static void
put_time(struct wp_json_text *line)
{
    struct timespec now;
    struct tm parts;
    char text[64];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    size_t length = strftime(text, sizeof text, "{\"time\":\"%Y-%m-%dT%H:%M:%S", &parts);
    wp_json_put(line, text, length);
    (void)snprintf(text, sizeof text, ".%03ldZ\"", now.tv_nsec / 1000000);
    wp_json_puts(line, text);
}

static void
put_facts(struct wp_json_text *line, const struct wp_log_settings *settings,
          const struct wp_request_facts *facts)
{
    static const char *const risks[] = {"low", "medium", "high"};
    char address[WP_MASKED_ADDRESS_MAX], user[WP_MASKED_USER_SIZE];
    wp_mask_address(facts->address, facts->address_family, settings->shows_people, address);
    put_text(line, ",\"ip\":", (struct woapol_text){address, strlen(address)});
    put_text(line, ",\"device\":", facts->device);
    put_text(line, ",\"app\":", facts->app);
    put_text(line, ",\"entry\":", facts->entry);
    if (facts->user.text != NULL && settings->shows_people)
        put_text(line, ",\"user\":", facts->user);
    else if (facts->user.text != NULL) {
        wp_mask_user(settings->key, facts->user, user);
        put_text(line, ",\"user\":", (struct woapol_text){user, strlen(user)});
    }
    wp_json_puts(line, ",\"groups\":");
    wp_json_number(line, facts->group_count);
    if (facts->groups_incomplete)
        wp_json_puts(line, ",\"groups_complete\":false");
    wp_json_puts(line, facts->managed ? ",\"managed\":true" : ",\"managed\":false");
    wp_json_puts(line, facts->compliant ? ",\"compliant\":true" : ",\"compliant\":false");
    wp_json_puts(line, ",\"risk\":\"");
    wp_json_puts(line, risks[facts->risk < 3 ? facts->risk : 2]);
    wp_json_puts(line, "\"");
}

void
wp_log_decision(struct wp_log_source *source, const struct wp_log_entry *entry)
{
    const struct wp_outcome *outcome = entry->outcome;
    if (source->ring == NULL || !is_sampled(source, outcome))
        return;
    struct wp_json_text *line = &source->line;
    line->length = 0;
    put_time(line);
    wp_json_puts(line, ",\"by\":\"");
    wp_json_puts(line, wp_service_name(entry->service));
    wp_json_puts(line, "\"");
    put_text(line, ",\"effect\":", outcome->effect);
    put_text(line, ",\"policy\":", outcome->policy);
    put_text(line, ",\"rule\":", outcome->rule);
    put_text(line, ",\"chain\":", outcome->chain);
    put_text(line, ",\"reason\":", outcome->reason);
    if (entry->facts->error != NULL)
        put_text(line, ",\"error\":",
                 (struct woapol_text){entry->facts->error, strlen(entry->facts->error)});
    wp_json_puts(line, ",\"generation\":");
    wp_json_put(line, outcome->generation.text, outcome->generation.length);
    wp_json_puts(line, entry->is_enforced ? ",\"enforced\":true" : ",\"enforced\":false");
    put_facts(line, source->settings, entry->facts);
    wp_json_puts(line, "}\n");
    if (!line->failed)
        (void)wp_ring_put(source->ring, line->bytes, line->length);
}
