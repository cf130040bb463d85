/*
 * One thread of the service: an event loop with connections of all protocols.
 *
 * A protocol is handed the bytes that have arrived and says how many it has
 * used; what it has to say goes to wp_worker_output. The loop does the rest:
 * buffers that are there only while something is in them, deadlines, and not
 * reading from who does not read.
 */
#ifndef WP_SERVE_WORKER_H
#define WP_SERVE_WORKER_H

#include <pthread.h>

#include "compiler/serve/date.h"
#include "compiler/serve/engine.h"
#include "compiler/serve/settings.h"

/* What must be readable after the bytes handed to a protocol. */
#define WP_INPUT_PADDING 64

struct wp_worker;
struct wp_conn;

struct wp_protocol {
    size_t input_max; /* bytes that may wait for more of theirs */
    unsigned idle_ms; /* a connection that says nothing for so long is closed */
    /* Begins; false when memory runs out. May be NULL. */
    bool (*open)(struct wp_conn *conn);
    /* Handles bytes; how many were used. The rest comes again, with more. */
    size_t (*receive)(struct wp_conn *conn, const char *bytes, size_t length);
    /* The service is about to end: says so to the peer and sets `is_closing` as
     * soon as nothing is under way. May be NULL: then it is closed when idle. */
    void (*stop)(struct wp_conn *conn);
    /* Frees `session`. May be NULL. */
    void (*close)(struct wp_conn *conn);
};

/* Connections with the same time to live, the oldest first. */
struct wp_conn_list {
    struct wp_conn *first, *last;
};

struct wp_conn {
    int socket;
    enum wp_service service;
    const struct wp_protocol *protocol;
    struct wp_worker *worker;
    struct wp_conn_list *list;
    struct wp_conn *previous, *next;
    int64_t since; /* when it came into its list, milliseconds */
    char *input, *output;
    size_t input_length, input_room;
    size_t output_at, output_length;
    uint64_t skip; /* bytes that are passed over when they arrive */
    void *session; /* the protocol's */
    struct woapol_address peer;
    bool is_unix, is_trusted;
    bool is_closing; /* is closed as soon as all has been written */
    bool is_waiting; /* for the peer to read */
    bool lingers;    /* is closed only after the peer: it may be sending still, and
                      * would lose the answer */
    bool is_lingering;
    bool has_greeted; /* for the protocol's own use */
};

/* What the threads share. */
struct wp_server {
    const struct wp_serve_settings *settings;
    struct woapol_handle *handle;
    struct wp_remote *remote; /* NULL when the image is a file */
    struct wp_log *log;
    struct wp_engine **engines;
    struct wp_worker **workers;
    size_t thread_count;
    _Atomic(bool) is_stopping;
    _Atomic(int64_t) loaded_at; /* seconds since 1970 */
    _Atomic(size_t) connections;
};

/* A worker of the server, with the sockets it listens on, one for each of the
 * settings' places. NULL with errno when it cannot be made. */
struct wp_worker *wp_worker_new(struct wp_server *server, size_t thread, const int *sockets);

/* Starts its thread; 0 or an error number. */
int wp_worker_start(struct wp_worker *worker);

/* Wakes it, to see that the server is stopping. */
void wp_worker_wake(struct wp_worker *worker);

/* Waits for its thread, if it was started, and frees it. NULL is allowed. */
void wp_worker_end(struct wp_worker *worker);

/* ---- for protocols --------------------------------------------------------- */

struct wp_json_text *wp_worker_output(struct wp_worker *worker);
struct wp_engine *wp_worker_engine(struct wp_worker *worker);
const struct wp_server *wp_worker_server(const struct wp_worker *worker);
const struct wp_serve_settings *wp_worker_settings(const struct wp_worker *worker);
struct wp_request_reader *wp_worker_reader(struct wp_worker *worker); /* or NULL */
/* The date of now, WP_DATE_SIZE bytes. */
const char *wp_worker_date(const struct wp_worker *worker);
bool wp_worker_is_stopping(const struct wp_worker *worker);

extern const struct wp_protocol wp_protocol_http; /* forward-auth and the API */
extern const struct wp_protocol wp_protocol_grpc;
extern const struct wp_protocol wp_protocol_spop;

#endif
