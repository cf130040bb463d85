/* The main thread: it starts the others, follows the image and waits for signals. */
#include "compiler/serve/serve.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "compiler/serve/listen.h"
#include "compiler/serve/notify.h"
#include "compiler/serve/trim.h"
#include "compiler/serve/worker.h"

struct service {
    const struct wp_serve_settings *settings;
    struct wp_server server;
    struct wp_listen *listens;
    size_t open_count; /* of the places, how many are open */
    int *sockets;      /* place by place, one for each thread */
};

static void say(const struct service *service, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
say(const struct service *service, const char *format, ...)
{
    char text[WP_WHY_SIZE + 256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    service->settings->say(service->settings->context, text);
}

/* ---- the image ------------------------------------------------------------- */

static void
say_refusal(const struct service *service, const char *what, const struct woapol_refusal *refusal)
{
    const char *name = service->settings->name;
    if (refusal->status == WOAPOL_OK)
        say(service, "%s%s: %s", what, name, refusal->reason);
    else
        say(service, "%s%s: %s at byte %" PRIu64 ": %s", what, name,
            woapol_status_text(refusal->status), refusal->offset, refusal->reason);
}

static enum wp_serve_result
open_file(struct service *service, const char *path, const char *what)
{
    struct woapol_refusal refusal = {.status = WOAPOL_OK};
    enum woapol_status status =
        woapol_handle_open(path, service->settings->handle, &service->server.handle, &refusal);
    atomic_store(&service->server.loaded_at, (int64_t)time(NULL));
    if (status == WOAPOL_OK)
        return WP_SERVE_DONE;
    service->server.handle = NULL;
    say_refusal(service, what, &refusal);
    return refusal.status == WOAPOL_E_SIGNATURE ? WP_SERVE_SIGNATURE : WP_SERVE_FAILED;
}

static void
settle(struct service *service, bool in_use)
{
    char why[WP_WHY_SIZE];
    if (!wp_remote_settle(service->server.remote, in_use, why))
        say(service, "the image in use cannot be kept: %s", why);
}

/* Waits for the server's first answer, unless a signal comes before it. */
static enum wp_serve_result
await_image(struct service *service, const sigset_t *signals)
{
    static const struct timespec moment = {.tv_nsec = 50000000};
    char why[WP_WHY_SIZE];
    for (;;) {
        switch (wp_remote_look(service->server.remote, why)) {
        case WP_REMOTE_IMAGE: {
            enum wp_serve_result result =
                open_file(service, wp_remote_path(service->server.remote), "");
            settle(service, result == WP_SERVE_DONE);
            return result;
        }
        case WP_REMOTE_FAILED:
            say(service, "%s", why);
            return WP_SERVE_FAILED;
        case WP_REMOTE_NOTHING:
            break;
        }
        int signal = sigtimedwait(signals, NULL, &moment);
        if (signal == SIGTERM || signal == SIGINT)
            return WP_SERVE_FAILED;
    }
}

/* The image that was kept is there at once, however the server is. */
static bool
recall(struct service *service, const struct wp_image_source *source)
{
    if (wp_remote_recall(service->server.remote)) {
        const char *path = wp_remote_path(service->server.remote);
        if (open_file(service, path, "the image that was kept is of no use: ") != WP_SERVE_DONE)
            return false;
        wp_remote_recalled(service->server.remote);
        say(service, "the image that was kept is in use: %s", source->keep);
        return true;
    }
    if (source->keep != NULL && errno != ENOENT)
        say(service, "%s: %s", source->keep, strerror(errno));
    return false;
}

static bool
start_asking(struct service *service)
{
    bool is_started = wp_remote_start(service->server.remote);
    if (!is_started)
        say(service, "cannot start: %s", strerror(errno));
    return is_started;
}

static enum wp_serve_result
open_remote(struct service *service, const sigset_t *signals)
{
    const struct wp_image_source *source = service->settings->source;
    service->server.remote = wp_remote_new(source);
    if (service->server.remote == NULL) {
        say(service, "cannot start: %s", strerror(errno));
        return WP_SERVE_FAILED;
    }
    if (recall(service, source))
        return start_asking(service) ? WP_SERVE_DONE : WP_SERVE_FAILED;
    return start_asking(service) ? await_image(service, signals) : WP_SERVE_FAILED;
}

static enum wp_serve_result
open_image(struct service *service, const sigset_t *signals)
{
    if (service->settings->source != NULL)
        return open_remote(service, signals);
    return open_file(service, service->settings->image, "");
}

/* What the server has sent since is put where follow_image finds it. */
static bool
look_for_image(struct service *service)
{
    char why[WP_WHY_SIZE];
    if (service->server.remote == NULL)
        return false;
    enum wp_remote_news news = wp_remote_look(service->server.remote, why);
    if (news == WP_REMOTE_FAILED && why[0] != '\0')
        say(service, "the image in use stays: %s", why);
    return news == WP_REMOTE_IMAGE;
}

static void
follow_image(struct service *service)
{
    struct woapol_refusal refusal;
    bool has_come = look_for_image(service);
    enum woapol_poll result = woapol_handle_poll(service->server.handle, &refusal);
    switch (result) {
    case WOAPOL_POLL_LOADED:
        atomic_store(&service->server.loaded_at, (int64_t)time(NULL));
        say(service, "a new image is in use: %s", service->settings->name);
        break;
    case WOAPOL_POLL_REFUSED:
        say_refusal(service, "the image in use stays: ", &refusal);
        break;
    case WOAPOL_POLL_UNCHANGED:
        break;
    }
    if (has_come)
        settle(service, result == WOAPOL_POLL_LOADED);
}

/* ---- starting -------------------------------------------------------------- */

static bool
open_places(struct service *service)
{
    const struct wp_serve_settings *settings = service->settings;
    char text[WP_LISTEN_TEXT_MAX];
    for (size_t i = 0; i < settings->listen_count; i++) {
        struct wp_listen *place = &service->listens[i];
        *place = settings->listens[i];
        bool is_open = wp_listen_open(place, settings->socket_mode,
                                      service->sockets + i * settings->threads, settings->threads);
        int error = errno;
        wp_listen_write(place, text);
        if (!is_open) {
            say(service, "cannot listen on %s: %s", text, strerror(error));
            return false;
        }
        service->open_count++;
        say(service, "listening on %s", text);
    }
    return true;
}

static bool
start_workers(struct service *service)
{
    struct wp_server *server = &service->server;
    const struct wp_serve_settings *settings = service->settings;
    int *own = calloc(settings->listen_count, sizeof *own);
    for (size_t i = 0; own != NULL && i < settings->threads; i++) {
        for (size_t k = 0; k < settings->listen_count; k++)
            own[k] = service->sockets[k * settings->threads + i];
        server->workers[i] = wp_worker_new(server, i, own);
        if (server->workers[i] == NULL)
            break;
    }
    free(own);
    int error = server->workers[settings->threads - 1] == NULL ? errno : 0;
    for (size_t i = 0; error == 0 && i < settings->threads; i++)
        error = wp_worker_start(server->workers[i]);
    if (error != 0)
        say(service, "cannot start: %s", strerror(error));
    return error == 0;
}

static bool
prepare(struct service *service)
{
    const struct wp_serve_settings *settings = service->settings;
    struct wp_server *server = &service->server;
    server->settings = settings;
    server->engines = calloc(settings->threads, sizeof *server->engines);
    server->workers = calloc(settings->threads, sizeof *server->workers);
    service->listens = calloc(settings->listen_count, sizeof *service->listens);
    service->sockets = calloc(settings->listen_count * settings->threads, sizeof(int));
    if (server->engines == NULL || server->workers == NULL || service->listens == NULL ||
        service->sockets == NULL) {
        say(service, "out of memory");
        return false;
    }
    server->thread_count = settings->threads;
    if (settings->log.path != NULL) {
        server->log = wp_log_start(&settings->log, settings->threads);
        if (server->log == NULL) {
            say(service, "%s: %s", settings->log.path, strerror(errno));
            return false;
        }
    }
    for (size_t i = 0; i < settings->threads; i++) {
        server->engines[i] = wp_engine_new(settings, server->handle, server->log, i);
        if (server->engines[i] == NULL) {
            say(service, "out of memory");
            return false;
        }
    }
    return true;
}

/* As many files as may be: each connection is one. */
static void
raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* ---- running --------------------------------------------------------------- */

static void
wait_for_end(struct service *service, const sigset_t *signals)
{
    static const struct timespec second = {.tv_sec = 1};
    for (;;) {
        int signal = sigtimedwait(signals, NULL, &second);
        if (signal == SIGTERM || signal == SIGINT)
            return;
        if (signal == SIGHUP) {
            wp_log_reopen(service->server.log);
            if (service->settings->refresh != NULL)
                service->settings->refresh(service->settings->context);
            if (service->server.remote != NULL)
                wp_remote_hurry(service->server.remote);
        }
        follow_image(service);
    }
}

static void
end(struct service *service)
{
    struct wp_server *server = &service->server;
    size_t threads = service->settings->threads;
    atomic_store(&server->is_stopping, true);
    for (size_t i = 0; server->workers != NULL && i < threads; i++)
        if (server->workers[i] != NULL)
            wp_worker_wake(server->workers[i]);
    for (size_t i = 0; server->workers != NULL && i < threads; i++)
        wp_worker_end(server->workers[i]);
    for (size_t i = 0; i < service->open_count; i++)
        wp_listen_close(&service->listens[i], service->sockets + i * threads, threads);
    wp_log_stop(server->log);
    for (size_t i = 0; server->engines != NULL && i < threads; i++)
        wp_engine_free(server->engines[i]);
    wp_remote_end(server->remote);
    woapol_handle_close(server->handle);
    free(server->engines);
    free(server->workers);
    free(service->listens);
    free(service->sockets);
}

enum wp_serve_result
wp_serve(const struct wp_serve_settings *settings)
{
    struct service service = {.settings = settings};
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    enum wp_serve_result result = open_image(&service, &signals);
    if (result == WP_SERVE_DONE) {
        result = WP_SERVE_FAILED;
        if (prepare(&service) && open_places(&service) && start_workers(&service)) {
            wp_trim_memory();
            wp_notify("READY=1");
            wait_for_end(&service, &signals);
            wp_notify("STOPPING=1");
            result = WP_SERVE_DONE;
        }
    }
    end(&service);
    return result;
}
