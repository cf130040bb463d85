/* libmicrohttpd's one door. What comes in is bounded here: heads by the memory of
 * a connection, bodies by BODY_MAX, connections by number and time. */
#include "compiler/sandbox/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/authority.h"
#include "compiler/sandbox/dispatch.h"
#include "compiler/sandbox/exchange.h"
#include "compiler/sandbox/microhttpd.h"

#define BODY_MAX (4u << 20)
#define CONNECTIONS_MAX 256
#define IDLE_SECONDS 30
#define HEAD_MAX (64u << 10)

struct door {
    struct wp_box *box;
    enum wp_box_port port;
    struct MHD_Daemon *daemon;
};

struct wp_box_server {
    struct door doors[WP_BOX_PORT_COUNT];
};

/* A request that is coming in. */
struct call {
    struct wp_exchange x;
    char *body;
    size_t size, capacity;
    bool is_begun, is_well_formed, is_too_large;
};

/* ---- coming in ----------------------------------------------------------------- */

static void *
begin_call(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct door *door = cls;
    struct call *call = calloc(1, sizeof *call);
    (void)connection;
    if (call == NULL)
        return NULL;
    call->x.box = door->box;
    call->x.port = door->port;
    call->x.arena = wp_arena_new(door->box->settings.out_of_memory, NULL);
    if (call->x.arena == NULL) {
        free(call);
        return NULL;
    }
    call->is_well_formed = wp_exchange_read_target(&call->x, target);
    return call;
}

static void
end_call(void *cls, struct MHD_Connection *connection, void **state,
         enum MHD_RequestTerminationCode why)
{
    struct call *call = *state;
    (void)cls, (void)connection, (void)why;
    if (call == NULL)
        return;
    free(call->x.text);
    free(call->body);
    wp_arena_free(call->x.arena);
    free(call);
    *state = NULL;
}

static enum MHD_Result
add_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct wp_exchange *x = cls;
    (void)kind;
    if (x->header_count == WP_EXCHANGE_HEADERS)
        return MHD_NO;
    x->headers[x->header_count++] =
        (struct wp_box_pair){wp_copy_text(x->arena, name, strlen(name)),
                             value != NULL ? wp_copy_text(x->arena, value, strlen(value)) : ""};
    return MHD_YES;
}

static bool
add_body(struct call *call, const char *bytes, size_t size)
{
    if (call->is_too_large || size > BODY_MAX - call->size) {
        call->is_too_large = true;
        return true;
    }
    if (call->size + size + 1 > call->capacity) {
        size_t capacity = call->capacity * 2 + size + 1;
        char *larger = realloc(call->body, capacity);
        if (larger == NULL)
            return false;
        call->body = larger;
        call->capacity = capacity;
    }
    memcpy(call->body + call->size, bytes, size);
    call->size += size;
    call->body[call->size] = '\0';
    return true;
}

/*
 * Only by the names that the tenants go by: a page somewhere on the web whose name
 * is made to lead to 127.0.0.1 must not reach them with this machine's browser.
 */
static bool
knows_host(struct wp_exchange *x)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    const char *own = x->box->urls[x->port], *host = wp_exchange_header(x, "Host");
    const char *port = strrchr(own, ':');
    for (size_t i = 0; host != NULL && i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(host, names[i], length) == 0 && strcmp(host + length, port) == 0) {
            x->base = wp_format(x->arena, "%s%s",
                                x->port == WP_BOX_CONTROL ? "http://" : "https://", host);
            return true;
        }
    }
    return false;
}

/* ---- going out ------------------------------------------------------------------ */

static enum MHD_Result
send_answer(struct MHD_Connection *connection, struct wp_exchange *x)
{
    struct MHD_Response *response;
    enum MHD_Result result;
    if (x->is_cut)
        return MHD_NO;
    response = MHD_create_response_from_buffer(x->size, x->text, MHD_RESPMEM_MUST_FREE);
    if (response == NULL)
        return MHD_NO;
    x->text = NULL;
    if (x->size > 0 && x->type != NULL)
        MHD_add_response_header(response, "Content-Type", x->type);
    for (size_t i = 0; i < x->answer_count; i++)
        MHD_add_response_header(response, x->answer[i].name, x->answer[i].value);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    result = MHD_queue_response(connection, x->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
refuse(struct MHD_Connection *connection, struct wp_exchange *x, unsigned status, const char *why)
{
    wp_exchange_answer(x, status, json_pack("{s:s}", "error", why));
    return send_answer(connection, x);
}

static enum MHD_Result
answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *bytes, size_t *size, void **state)
{
    struct call *call = *state;
    struct wp_exchange *x;
    (void)cls, (void)url, (void)version;
    if (call == NULL)
        return MHD_NO;
    x = &call->x;
    if (!call->is_begun) {
        const char *length;
        call->is_begun = true;
        x->method = wp_copy_text(x->arena, method, strlen(method));
        MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, x);
        length = wp_exchange_header(x, "Content-Length");
        if (length != NULL && strtoull(length, NULL, 10) > BODY_MAX)
            return refuse(connection, x, 413, "the body has more than 4 MiB");
        return MHD_YES;
    }
    if (*size > 0) {
        bool is_taken = add_body(call, bytes, *size);
        *size = 0;
        return is_taken ? MHD_YES : MHD_NO;
    }
    if (call->is_too_large)
        return refuse(connection, x, 413, "the body has more than 4 MiB");
    if (!call->is_well_formed)
        return refuse(connection, x, 400, "the path or query is malformed");
    if (!knows_host(x))
        return refuse(connection, x, 421,
                      "the sandbox goes by 127.0.0.1, localhost and [::1] alone");
    x->body = call->body != NULL ? call->body : "";
    x->body_size = call->size;
    wp_box_dispatch(x);
    return send_answer(connection, x);
}

/* ---- listening ------------------------------------------------------------------ */

static void
say_nothing(void *cls, const char *format, va_list arguments)
{
    (void)cls, (void)format, (void)arguments;
}

static bool
open_door(struct wp_box_server *server, struct wp_box *box, enum wp_box_port port)
{
    struct door *door = &server->doors[port];
    bool is_tls = port != WP_BOX_CONTROL;
    unsigned first = box->settings.first_port;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(first != 0 ? (uint16_t)(first + port) : 0),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, box->authority->key},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, box->authority->certificate},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
        {MHD_OPTION_END, 0, NULL}};
    const union MHD_DaemonInfo *info;
    door->box = box;
    door->port = port;
    door->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG |
            (is_tls ? (unsigned)MHD_USE_TLS : 0u),
        0, NULL, NULL, answer, door, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEAD_MAX, MHD_OPTION_URI_LOG_CALLBACK, begin_call, door,
        MHD_OPTION_NOTIFY_COMPLETED, end_call, NULL, MHD_OPTION_ARRAY, is_tls ? tls : &tls[3],
        MHD_OPTION_END);
    if (door->daemon == NULL)
        return false;
    info = MHD_get_daemon_info(door->daemon, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(box->urls[port], sizeof box->urls[port], "%s://127.0.0.1:%u",
             is_tls ? "https" : "http", info != NULL ? (unsigned)info->port : 0u);
    return info != NULL;
}

struct wp_box_server *
wp_box_serve(struct wp_box *box, char *why, size_t size)
{
    if (wp_mhd() == NULL) {
        snprintf(why, size,
                 "libmicrohttpd.so.12 cannot be loaded; Debian has it as libmicrohttpd12");
        return NULL;
    }
    struct wp_box_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        snprintf(why, size, "out of memory");
        return NULL;
    }
    for (unsigned port = 0; port < WP_BOX_PORT_COUNT; port++)
        if (!open_door(server, box, (enum wp_box_port)port)) {
            unsigned first = box->settings.first_port;
            snprintf(why, size, "the %s tenant cannot listen on 127.0.0.1 port %u: is it in use?",
                     wp_box_port_names[port], first != 0 ? first + port : 0);
            wp_box_stop(server);
            return NULL;
        }
    return server;
}

void
wp_box_stop(struct wp_box_server *server)
{
    if (server == NULL)
        return;
    for (unsigned port = 0; port < WP_BOX_PORT_COUNT; port++)
        if (server->doors[port].daemon != NULL)
            MHD_stop_daemon(server->doors[port].daemon);
    free(server);
}
