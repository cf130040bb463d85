/* The inside of a worker, for the files that are one: worker.c has the loop,
 * conn.c what goes on on a connection. */
#ifndef WP_SERVE_LOOP_H
#define WP_SERVE_LOOP_H

#include <sys/epoll.h>

#include "compiler/serve/worker.h"

#define WP_BUFFER_SIZE (64u << 10)

/* What a connection that is read from waits for: told once each time something comes. */
#define WP_CONN_EVENTS (EPOLLIN | EPOLLRDHUP | EPOLLET)

struct wp_listener {
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
    char buffer[WP_BUFFER_SIZE + WP_INPUT_PADDING];
    struct wp_listener listeners[];
};

/* Puts a connection at the end of a list, as of now. */
void wp_conn_join(struct wp_conn *conn, struct wp_conn_list *list);

/* Closes it. It is freed at the end of the batch: events of it may be in there. */
void wp_conn_close(struct wp_conn *conn);
void wp_conn_free_closed(struct wp_worker *worker);

/* After something has happened: closes it if it is to be, or puts it into the list
 * with its deadline. Who is busy without progress keeps the deadline there was. */
void wp_conn_settle(struct wp_conn *conn, bool has_progressed);

/* Sends what a protocol has put into the output; false when the connection is
 * over. */
bool wp_conn_send_output(struct wp_conn *conn);

/* Sends what could not be sent at once. */
void wp_conn_send_rest(struct wp_conn *conn);

/* Reads once and lets the protocol have it. `is_ending`: the peer sends no more. */
void wp_conn_receive(struct wp_conn *conn, bool is_ending);

#endif
