/* The event loop. */
#include "compiler/serve/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "compiler/decide/request_json.h"
#include "compiler/serve/client.h"
#include "compiler/serve/listen.h"
#include "compiler/serve/pages.h"

#define EVENTS 256
#define ACCEPTS 64
#define BATCHES_WHEN_STOPPING 16
#define TICK_MS 500
#define STOPPING_TICK_MS 20
/* A request must have arrived, and an answer been taken, within that. */
#define BUSY_MS 10000

static const struct wp_protocol *const protocols[WP_SERVICE_COUNT] = {
    [WP_SERVICE_HTTP] = &wp_protocol_http,
    [WP_SERVICE_API] = &wp_protocol_http,
    [WP_SERVICE_GRPC] = &wp_protocol_grpc,
    [WP_SERVICE_SPOP] = &wp_protocol_spop,
};

/* ---- for protocols --------------------------------------------------------- */

struct wp_json_text *
wp_worker_output(struct wp_worker *worker)
{
    return &worker->output;
}

struct wp_engine *
wp_worker_engine(struct wp_worker *worker)
{
    return worker->engine;
}

const struct wp_server *
wp_worker_server(const struct wp_worker *worker)
{
    return worker->server;
}

const struct wp_serve_settings *
wp_worker_settings(const struct wp_worker *worker)
{
    return worker->server->settings;
}

struct wp_request_reader *
wp_worker_reader(struct wp_worker *worker)
{
    if (worker->reader == NULL)
        worker->reader = wp_request_reader_new();
    return worker->reader;
}

const char *
wp_worker_date(const struct wp_worker *worker)
{
    return worker->date;
}

bool
wp_worker_is_stopping(const struct wp_worker *worker)
{
    return worker->is_stopping;
}

/* ---- accepting ------------------------------------------------------------- */

/* Closes the connection that has been idle for longest. */
static bool
evict(struct wp_worker *worker)
{
    struct wp_conn *oldest = NULL;
    for (unsigned i = 0; i < WP_SERVICE_COUNT; i++) {
        struct wp_conn *conn = worker->idle[i].first;
        if (conn != NULL && (oldest == NULL || conn->since < oldest->since))
            oldest = conn;
    }
    if (oldest == NULL)
        return false;
    wp_conn_close(oldest);
    return true;
}

static void
begin_conn(struct wp_worker *worker, const struct wp_listener *listener, int socket,
           const struct sockaddr_storage *from)
{
    const struct wp_serve_settings *settings = worker->server->settings;
    struct wp_conn *conn = calloc(1, sizeof *conn);
    struct epoll_event event = {.events = WP_CONN_EVENTS, .data.ptr = conn};
    if (conn == NULL || epoll_ctl(worker->epoll, EPOLL_CTL_ADD, socket, &event) != 0) {
        close(socket);
        free(conn);
        return;
    }
    conn->socket = socket;
    conn->service = listener->service;
    conn->protocol = protocols[listener->service];
    conn->worker = worker;
    conn->is_unix = listener->is_unix;
    wp_peer_address(&conn->peer, from);
    conn->is_trusted = conn->is_unix ? settings->trusts_unix : wp_is_trusted(settings, &conn->peer);
    wp_count(&wp_engine_tally(worker->engine)->accepted);
    atomic_fetch_add_explicit(&worker->server->connections, 1, memory_order_relaxed);
    wp_conn_join(conn, &worker->idle[conn->service]);
    if (conn->protocol->open != NULL && (!conn->protocol->open(conn) || !wp_conn_send_output(conn)))
        wp_conn_close(conn);
}

/* When there are too many connections, one that is idle goes for one that comes;
 * when none is, nobody is let in for a while. */
static void
accept_some(struct wp_worker *worker, struct wp_listener *listener)
{
    size_t most = worker->server->settings->connections;
    for (unsigned i = 0; i < ACCEPTS; i++) {
        struct sockaddr_storage from = {0};
        socklen_t length = sizeof from;
        bool is_full =
            atomic_load_explicit(&worker->server->connections, memory_order_relaxed) >= most;
        int socket = -1;
        if (!is_full)
            socket = accept4(listener->socket, (struct sockaddr *)&from, &length,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            begin_conn(worker, listener, socket, &from);
            continue;
        }
        is_full |= errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (is_full && evict(worker))
            continue;
        if (is_full) {
            (void)epoll_ctl(worker->epoll, EPOLL_CTL_DEL, listener->socket, NULL);
            listener->is_paused = true;
        }
        return;
    }
}

static bool
watch(struct wp_worker *worker, struct wp_listener *listener)
{
    /* A socket that all threads have wakes one of them. */
    struct epoll_event event = {.events = EPOLLIN | (listener->is_unix ? EPOLLEXCLUSIVE : 0u),
                                .data.ptr = listener};
    listener->is_paused = false;
    return epoll_ctl(worker->epoll, EPOLL_CTL_ADD, listener->socket, &event) == 0;
}

/* ---- the loop -------------------------------------------------------------- */

static int64_t
milliseconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void
look_at_clock(struct wp_worker *worker)
{
    int64_t second = milliseconds(CLOCK_REALTIME_COARSE) / 1000;
    worker->now = milliseconds(CLOCK_MONOTONIC_COARSE);
    if (second == worker->date_at)
        return;
    worker->date_at = second;
    wp_date_write(worker->date, second);
}

static void
expire(struct wp_worker *worker)
{
    for (unsigned i = 0; i < WP_SERVICE_COUNT; i++)
        while (worker->idle[i].first != NULL &&
               worker->now - worker->idle[i].first->since > protocols[i]->idle_ms)
            wp_conn_close(worker->idle[i].first);
    while (worker->busy.first != NULL && worker->now - worker->busy.first->since > BUSY_MS)
        wp_conn_close(worker->busy.first);
    for (size_t i = 0; i < worker->listener_count && !worker->is_stopping; i++)
        if (worker->listeners[i].is_paused)
            (void)watch(worker, &worker->listeners[i]);
}

static void
handle_event(struct wp_worker *worker, const struct epoll_event *event)
{
    void *about = event->data.ptr;
    if (about == worker) {
        uint64_t count;
        (void)!read(worker->wakeup, &count, sizeof count);
        return;
    }
    for (size_t i = 0; i < worker->listener_count; i++) {
        if (about == &worker->listeners[i]) {
            if (!worker->is_stopping)
                accept_some(worker, about);
            return;
        }
    }
    struct wp_conn *conn = about;
    if (conn->socket < 0)
        return;
    if (conn->is_waiting)
        wp_conn_send_rest(conn);
    else
        wp_conn_receive(conn, (event->events & ~(uint32_t)EPOLLIN) != 0);
}

/* Who has come so far is let in, nobody after; who is idle is sent away after what has arrived has
 * been answered. */
static void
stop(struct wp_worker *worker)
{
    worker->is_stopping = true;
    worker->stopping_since = worker->now;
    for (size_t i = 0; i < worker->listener_count; i++) {
        struct wp_listener *listener = &worker->listeners[i];
        for (size_t k = 0; k < BATCHES_WHEN_STOPPING && !listener->is_paused; k++)
            accept_some(worker, listener);
        (void)epoll_ctl(worker->epoll, EPOLL_CTL_DEL, listener->socket, NULL);
        /* From here on connections go to whoever else listens there. */
        (void)shutdown(listener->socket, SHUT_RD);
    }
}

static void
send_away_idle(struct wp_worker *worker)
{
    for (unsigned i = 0; i < WP_SERVICE_COUNT; i++) {
        struct wp_conn *conn = worker->idle[i].first;
        while (conn != NULL) {
            struct wp_conn *next = conn->next;
            if (conn->protocol->stop != NULL)
                conn->protocol->stop(conn);
            else
                conn->is_closing = true;
            if (!wp_conn_send_output(conn))
                wp_conn_close(conn);
            else if (conn->is_closing)
                wp_conn_settle(conn, false);
            conn = next;
        }
    }
}

static bool
is_over(struct wp_worker *worker, bool was_quiet)
{
    bool is_empty = worker->busy.first == NULL;
    for (unsigned i = 0; i < WP_SERVICE_COUNT; i++)
        is_empty &= worker->idle[i].first == NULL;
    if (is_empty)
        return true;
    if (was_quiet)
        send_away_idle(worker);
    return worker->now - worker->stopping_since >
           (int64_t)worker->server->settings->drain_seconds * 1000;
}

static void
close_all(struct wp_worker *worker)
{
    for (unsigned i = 0; i < WP_SERVICE_COUNT; i++)
        while (worker->idle[i].first != NULL)
            wp_conn_close(worker->idle[i].first);
    while (worker->busy.first != NULL)
        wp_conn_close(worker->busy.first);
    wp_conn_free_closed(worker);
}

static void *
run(void *context)
{
    struct wp_worker *worker = context;
    struct epoll_event events[EVENTS];
    for (bool is_done = false; !is_done;) {
        int count = epoll_wait(worker->epoll, events, EVENTS,
                               worker->is_stopping ? STOPPING_TICK_MS : TICK_MS);
        look_at_clock(worker);
        wp_engine_begin(worker->engine);
        for (int i = 0; i < count; i++)
            handle_event(worker, &events[i]);
        expire(worker);
        if (!worker->is_stopping &&
            atomic_load_explicit(&worker->server->is_stopping, memory_order_relaxed))
            stop(worker);
        else if (worker->is_stopping)
            is_done = is_over(worker, count == 0);
        wp_conn_free_closed(worker);
        wp_engine_end(worker->engine);
    }
    close_all(worker);
    return NULL;
}

/* ---- life ------------------------------------------------------------------ */

static bool
prepare(struct wp_worker *worker, const int *sockets)
{
    const struct wp_serve_settings *settings = worker->server->settings;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = worker};
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    worker->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (worker->epoll < 0 || worker->wakeup < 0 ||
        epoll_ctl(worker->epoll, EPOLL_CTL_ADD, worker->wakeup, &event) != 0)
        return false;
    for (size_t i = 0; i < settings->listen_count; i++) {
        struct wp_listener *listener = &worker->listeners[i];
        *listener =
            (struct wp_listener){.socket = sockets[i],
                                 .service = settings->listens[i].service,
                                 .is_unix = settings->listens[i].address.ss_family == AF_UNIX};
        worker->listener_count++;
        if (!watch(worker, listener))
            return false;
    }
    return true;
}

static size_t
size_of(const struct wp_server *server)
{
    return sizeof(struct wp_worker) + server->settings->listen_count * sizeof(struct wp_listener);
}

struct wp_worker *
wp_worker_new(struct wp_server *server, size_t thread, const int *sockets)
{
    /* The buffer is made for the most that ever arrives at once. */
    struct wp_worker *worker = wp_pages_new(size_of(server));
    if (worker == NULL)
        return NULL;
    worker->server = server;
    worker->engine = server->engines[thread];
    worker->epoll = worker->wakeup = -1;
    if (prepare(worker, sockets))
        return worker;
    int error = errno;
    wp_worker_end(worker);
    errno = error;
    return NULL;
}

int
wp_worker_start(struct wp_worker *worker)
{
    int error = pthread_create(&worker->thread, NULL, run, worker);
    worker->is_started = error == 0;
    return error;
}

void
wp_worker_wake(struct wp_worker *worker)
{
    const uint64_t one = 1;
    (void)!write(worker->wakeup, &one, sizeof one);
}

void
wp_worker_end(struct wp_worker *worker)
{
    if (worker == NULL)
        return;
    if (worker->is_started)
        (void)pthread_join(worker->thread, NULL);
    if (worker->epoll >= 0)
        close(worker->epoll);
    if (worker->wakeup >= 0)
        close(worker->wakeup);
    wp_request_reader_free(worker->reader);
    wp_json_text_free(&worker->output);
    wp_pages_free(worker, size_of(worker->server));
}
