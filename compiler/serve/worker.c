/* The event loop. */
#include "compiler/serve/worker.h"

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

#define BUFFER_SIZE (64u << 10)
#define PIECE (16u << 10)
#define EVENTS 256
#define ACCEPTS 64
#define BATCHES_WHEN_STOPPING 16
#define TICK_MS 500
#define STOPPING_TICK_MS 20
/* A request must have arrived, and an answer been taken, within that. */
#define BUSY_MS 10000
/* Output that grew beyond is given back. */
#define OUTPUT_KEPT (256u << 10)

struct listener {
    int socket;
    enum wp_service service;
    bool is_unix, is_paused;
};

struct wp_worker {
    struct wp_server *server;
    struct wp_engine *engine;
    struct wp_request_reader *reader;
    pthread_t thread;
    bool is_started, is_stopping;
    int epoll, wakeup;
    int64_t now, stopping_since, date_at;
    char date[WP_DATE_SIZE];
    struct wp_json_text output;
    struct wp_conn_list idle[WP_SERVICE_COUNT], busy, closed;
    size_t listener_count;
    char buffer[BUFFER_SIZE + WP_INPUT_PADDING];
    struct listener listeners[];
};

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

/* ---- lists ----------------------------------------------------------------- */

static void
leave_list(struct wp_conn *conn)
{
    struct wp_conn_list *list = conn->list;
    if (list == NULL)
        return;
    if (conn->previous != NULL)
        conn->previous->next = conn->next;
    else
        list->first = conn->next;
    if (conn->next != NULL)
        conn->next->previous = conn->previous;
    else
        list->last = conn->previous;
    conn->list = NULL;
}

/* Puts it at the end of a list, as of now. */
static void
join_list(struct wp_conn *conn, struct wp_conn_list *list)
{
    leave_list(conn);
    conn->list = list;
    conn->since = conn->worker->now;
    conn->previous = list->last;
    conn->next = NULL;
    if (list->last != NULL)
        list->last->next = conn;
    else
        list->first = conn;
    list->last = conn;
}

/* ---- connections ----------------------------------------------------------- */

/* It is freed at the end of the batch: events of it may still be in there. */
static void
close_conn(struct wp_conn *conn)
{
    if (conn->socket < 0)
        return;
    close(conn->socket);
    conn->socket = -1;
    if (conn->protocol->close != NULL)
        conn->protocol->close(conn);
    conn->session = NULL;
    join_list(conn, &conn->worker->closed);
    wp_count(&wp_engine_tally(conn->worker->engine)->closed);
    atomic_fetch_sub_explicit(&conn->worker->server->connections, 1, memory_order_relaxed);
}

static void
free_closed(struct wp_worker *worker)
{
    struct wp_conn *conn = worker->closed.first;
    worker->closed = (struct wp_conn_list){0};
    while (conn != NULL) {
        struct wp_conn *next = conn->next;
        free(conn->input);
        free(conn->output);
        free(conn);
        conn = next;
    }
}

static void
wait_for(struct wp_conn *conn, bool to_write)
{
    if (conn->is_waiting == to_write)
        return;
    struct epoll_event event = {.events = to_write ? EPOLLOUT : EPOLLIN, .data.ptr = conn};
    conn->is_waiting = to_write;
    (void)epoll_ctl(conn->worker->epoll, EPOLL_CTL_MOD, conn->socket, &event);
}

static void
settle(struct wp_conn *conn, bool has_progressed)
{
    struct wp_worker *worker = conn->worker;
    if (conn->is_closing && !conn->is_waiting && !conn->lingers) {
        close_conn(conn);
        return;
    }
    if (conn->is_closing && !conn->is_waiting && !conn->is_lingering) {
        conn->is_lingering = true;
        (void)shutdown(conn->socket, SHUT_WR);
        join_list(conn, &worker->busy);
        return;
    }
    bool is_busy =
        conn->is_waiting || conn->is_lingering || conn->input_length > 0 || conn->skip > 0;
    struct wp_conn_list *list = is_busy ? &worker->busy : &worker->idle[conn->service];
    if (!is_busy || conn->list != list || has_progressed)
        join_list(conn, list);
}

/* Sends what could not be sent at once. */
static void
send_rest(struct wp_conn *conn)
{
    size_t length = conn->output_length - conn->output_at;
    ssize_t sent = send(conn->socket, conn->output + conn->output_at, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        close_conn(conn);
        return;
    }
    conn->output_at += sent < 0 ? 0 : (size_t)sent;
    if (conn->output_at < conn->output_length)
        return;
    free(conn->output);
    conn->output = NULL;
    wait_for(conn, false);
    settle(conn, true);
}

static bool
keep_output(struct wp_conn *conn, const char *bytes, size_t length)
{
    conn->output = malloc(length);
    if (conn->output == NULL)
        return false;
    memcpy(conn->output, bytes, length);
    conn->output_at = 0;
    conn->output_length = length;
    wait_for(conn, true);
    return true;
}

/* Sends what a protocol has put into the output. */
static bool
send_output(struct wp_conn *conn)
{
    struct wp_json_text *output = &conn->worker->output;
    ssize_t sent = 0;
    bool done = !output->failed;
    if (done && output->length > 0)
        sent = send(conn->socket, output->bytes, output->length, MSG_NOSIGNAL);
    if (sent < 0) {
        done = errno == EAGAIN || errno == EINTR;
        sent = 0;
    }
    if (done && (size_t)sent < output->length)
        done = keep_output(conn, output->bytes + sent, output->length - (size_t)sent);
    output->length = 0;
    if (output->capacity > OUTPUT_KEPT || output->failed)
        wp_json_text_free(output);
    return done;
}

/* Keeps what was not used for when there is more. */
static bool
keep_input(struct wp_conn *conn, const char *bytes, size_t length)
{
    conn->input_length = length;
    if (length == 0) {
        free(conn->input);
        conn->input = NULL;
        conn->input_room = 0;
        return true;
    }
    if (length > conn->protocol->input_max)
        return false;
    if (conn->input == NULL) {
        conn->input = malloc(length + WP_INPUT_PADDING);
        if (conn->input == NULL)
            return false;
        conn->input_room = length;
    }
    memmove(conn->input, bytes, length);
    return true;
}

static bool
make_input_room(struct wp_conn *conn)
{
    size_t room = conn->input_length + PIECE;
    if (room <= conn->input_room)
        return true;
    if (room < 2 * conn->input_room)
        room = 2 * conn->input_room;
    char *input = realloc(conn->input, room + WP_INPUT_PADDING);
    if (input == NULL)
        return false;
    conn->input = input;
    conn->input_room = room;
    return true;
}

/* One read; the bytes behind what was kept before. False when the connection is
 * over. */
static bool
read_some(struct wp_conn *conn, char **bytes, size_t *length)
{
    struct wp_worker *worker = conn->worker;
    char *to = worker->buffer;
    size_t room = BUFFER_SIZE;
    *bytes = to;
    if (conn->input_length > 0) {
        if (!make_input_room(conn))
            return false;
        *bytes = conn->input;
        to = conn->input + conn->input_length;
        room = conn->input_room - conn->input_length;
    }
    ssize_t count = read(conn->socket, to, room);
    *length = 0;
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    *length = conn->input_length + (size_t)count;
    return count > 0;
}

static void
receive(struct wp_conn *conn)
{
    char *bytes;
    size_t length;
    if (!read_some(conn, &bytes, &length)) {
        close_conn(conn);
        return;
    }
    if (length == 0 || conn->is_lingering)
        return;
    size_t used = conn->protocol->receive(conn, bytes, length);
    if (conn->is_closing)
        used = length;
    if (!keep_input(conn, bytes + used, length - used) || !send_output(conn)) {
        conn->worker->output.length = 0;
        close_conn(conn);
        return;
    }
    settle(conn, used > 0);
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
    close_conn(oldest);
    return true;
}

static void
begin_conn(struct wp_worker *worker, const struct listener *listener, int socket,
           const struct sockaddr_storage *from)
{
    const struct wp_serve_settings *settings = worker->server->settings;
    struct wp_conn *conn = calloc(1, sizeof *conn);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};
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
    join_list(conn, &worker->idle[conn->service]);
    if (conn->protocol->open != NULL && (!conn->protocol->open(conn) || !send_output(conn)))
        close_conn(conn);
}

/* When there are too many connections, one that is idle goes for one that comes;
 * when none is, nobody is let in for a while. */
static void
accept_some(struct wp_worker *worker, struct listener *listener)
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
watch(struct wp_worker *worker, struct listener *listener)
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
            close_conn(worker->idle[i].first);
    while (worker->busy.first != NULL && worker->now - worker->busy.first->since > BUSY_MS)
        close_conn(worker->busy.first);
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
        send_rest(conn);
    else
        receive(conn);
}

/* Who has come so far is let in, nobody after; who is idle is sent away after what has arrived has
 * been answered. */
static void
stop(struct wp_worker *worker)
{
    worker->is_stopping = true;
    worker->stopping_since = worker->now;
    for (size_t i = 0; i < worker->listener_count; i++) {
        struct listener *listener = &worker->listeners[i];
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
            if (!send_output(conn))
                close_conn(conn);
            else if (conn->is_closing)
                settle(conn, false);
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
            close_conn(worker->idle[i].first);
    while (worker->busy.first != NULL)
        close_conn(worker->busy.first);
    free_closed(worker);
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
        free_closed(worker);
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
        struct listener *listener = &worker->listeners[i];
        *listener = (struct listener){.socket = sockets[i],
                                      .service = settings->listens[i].service,
                                      .is_unix = settings->listens[i].address.ss_family == AF_UNIX};
        worker->listener_count++;
        if (!watch(worker, listener))
            return false;
    }
    return true;
}

struct wp_worker *
wp_worker_new(struct wp_server *server, size_t thread, const int *sockets)
{
    size_t count = server->settings->listen_count;
    struct wp_worker *worker = calloc(1, sizeof *worker + count * sizeof *worker->listeners);
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
    free(worker);
}
