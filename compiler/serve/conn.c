/* One connection: its bytes in and out, its deadlines. */
#include "compiler/serve/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE (16u << 10)
/* Output that grew beyond is given back. */
#define OUTPUT_KEPT (256u << 10)

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
void
wp_conn_join(struct wp_conn *conn, struct wp_conn_list *list)
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

/* ---- ends ------------------------------------------------------------------ */

/* It is freed at the end of the batch: events of it may still be in there. */
void
wp_conn_close(struct wp_conn *conn)
{
    if (conn->socket < 0)
        return;
    close(conn->socket);
    conn->socket = -1;
    if (conn->protocol->close != NULL)
        conn->protocol->close(conn);
    conn->session = NULL;
    wp_conn_join(conn, &conn->worker->closed);
    wp_count(&wp_engine_tally(conn->worker->engine)->closed);
    atomic_fetch_sub_explicit(&conn->worker->server->connections, 1, memory_order_relaxed);
}

void
wp_conn_free_closed(struct wp_worker *worker)
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

/* An event comes when something changes, and once more when it is asked for like this. */
static void
ask_for_events(struct wp_conn *conn)
{
    struct epoll_event event = {.events = conn->is_waiting ? EPOLLOUT : WP_CONN_EVENTS,
                                .data.ptr = conn};
    (void)epoll_ctl(conn->worker->epoll, EPOLL_CTL_MOD, conn->socket, &event);
}

static void
wait_for(struct wp_conn *conn, bool to_write)
{
    if (conn->is_waiting == to_write)
        return;
    conn->is_waiting = to_write;
    ask_for_events(conn);
}

void
wp_conn_settle(struct wp_conn *conn, bool has_progressed)
{
    struct wp_worker *worker = conn->worker;
    if (conn->is_closing && !conn->is_waiting && !conn->lingers) {
        wp_conn_close(conn);
        return;
    }
    if (conn->is_closing && !conn->is_waiting && !conn->is_lingering) {
        conn->is_lingering = true;
        (void)shutdown(conn->socket, SHUT_WR);
        wp_conn_join(conn, &worker->busy);
        return;
    }
    bool is_busy =
        conn->is_waiting || conn->is_lingering || conn->input_length > 0 || conn->skip > 0;
    struct wp_conn_list *list = is_busy ? &worker->busy : &worker->idle[conn->service];
    if (!is_busy || conn->list != list || has_progressed)
        wp_conn_join(conn, list);
}

/* Sends what could not be sent at once. */
void
wp_conn_send_rest(struct wp_conn *conn)
{
    size_t length = conn->output_length - conn->output_at;
    ssize_t sent = send(conn->socket, conn->output + conn->output_at, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        wp_conn_close(conn);
        return;
    }
    conn->output_at += sent < 0 ? 0 : (size_t)sent;
    if (conn->output_at < conn->output_length)
        return;
    free(conn->output);
    conn->output = NULL;
    wait_for(conn, false);
    wp_conn_settle(conn, true);
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
bool
wp_conn_send_output(struct wp_conn *conn)
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

/* One read; the bytes behind what was kept before. A read that is cut short has
 * taken all there was. False when the connection is over. */
static bool
read_some(struct wp_conn *conn, char **bytes, size_t *length, bool *is_full)
{
    struct wp_worker *worker = conn->worker;
    char *to = worker->buffer;
    size_t room = WP_BUFFER_SIZE;
    *bytes = to;
    if (conn->input_length > 0) {
        if (!make_input_room(conn))
            return false;
        *bytes = conn->input;
        to = conn->input + conn->input_length;
        room = conn->input_room - conn->input_length;
    }
    ssize_t count = recv(conn->socket, to, room, 0);
    *length = 0;
    *is_full = count == (ssize_t)room || (count < 0 && errno == EINTR);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    *length = conn->input_length + (size_t)count;
    return count > 0;
}

/* Lets the protocol have what has arrived; false when the connection is over. */
static bool
hand_over(struct wp_conn *conn, char *bytes, size_t length)
{
    size_t used = conn->protocol->receive(conn, bytes, length);
    if (conn->is_closing)
        used = length;
    if (!keep_input(conn, bytes + used, length - used) || !wp_conn_send_output(conn)) {
        conn->worker->output.length = 0;
        return false;
    }
    wp_conn_settle(conn, used > 0);
    return true;
}

void
wp_conn_receive(struct wp_conn *conn, bool is_ending)
{
    char *bytes;
    size_t length;
    bool is_full;
    if (!read_some(conn, &bytes, &length, &is_full)) {
        wp_conn_close(conn);
        return;
    }
    if (length > 0 && !conn->is_lingering && !hand_over(conn, bytes, length)) {
        wp_conn_close(conn);
        return;
    }
    /* Others come first. Who cannot be written to is asked about later in any case. */
    if ((is_full || is_ending) && conn->socket >= 0 && !conn->is_waiting)
        ask_for_events(conn);
}
