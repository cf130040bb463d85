/* Requests one after the other, pipelined or not. */
#include "compiler/serve/http.h"

#include <string.h>

/* A body that the API takes, and one that forward-auth passes over. */
#define BODY_MAX (1u << 20)
#define IDLE_MS 120000

static const char *
phrase(unsigned status)
{
    switch (status) {
    case 200:
        return "200 OK";
    case 400:
        return "400 Bad Request";
    case 401:
        return "401 Unauthorized";
    case 403:
        return "403 Forbidden";
    case 404:
        return "404 Not Found";
    case 405:
        return "405 Method Not Allowed";
    case 413:
        return "413 Content Too Large";
    case 431:
        return "431 Request Header Fields Too Large";
    case 501:
        return "501 Not Implemented";
    case 505:
        return "505 HTTP Version Not Supported";
    default:
        return "503 Service Unavailable";
    }
}

void
wp_http_end_head(struct wp_conn *conn, const struct wp_http_head *head)
{
    struct wp_json_text *output = wp_worker_output(conn->worker);
    bool stays = head != NULL && head->keeps_alive && !wp_worker_is_stopping(conn->worker);
    if (!stays)
        conn->is_closing = true;
    if (conn->is_closing)
        wp_json_puts(output, "Connection: close\r\n\r\n");
    else if (head->minor == 0)
        wp_json_puts(output, "Connection: keep-alive\r\n\r\n");
    else
        wp_json_puts(output, "\r\n");
}

void
wp_http_answer(struct wp_conn *conn, const struct wp_http_head *head, unsigned status,
               const char *fields, const char *body, size_t length)
{
    struct wp_json_text *output = wp_worker_output(conn->worker);
    wp_json_puts(output, "HTTP/1.1 ");
    wp_json_puts(output, phrase(status));
    wp_json_puts(output, "\r\nDate: ");
    wp_json_put(output, wp_worker_date(conn->worker), WP_DATE_SIZE);
    wp_json_puts(output, "\r\nContent-Length: ");
    wp_json_number(output, length);
    wp_json_puts(output, "\r\n");
    wp_json_puts(output, fields);
    if (status == 401)
        wp_json_puts(output, "WWW-Authenticate: woapol\r\n");
    wp_http_end_head(conn, head);
    bool is_head =
        head != NULL && head->method.length == 4 && memcmp(head->method.text, "HEAD", 4) == 0;
    if (!is_head)
        wp_json_put(output, body, length);
}

static void
refuse(struct wp_conn *conn, enum wp_http_state state)
{
    unsigned status = state == WP_HTTP_TOO_LARGE ? 431
                      : state == WP_HTTP_CODING  ? 501
                      : state == WP_HTTP_VERSION ? 505
                                                 : 400;
    wp_count(&wp_engine_tally(wp_worker_engine(conn->worker))->refused[conn->service]);
    conn->lingers = true;
    wp_http_answer(conn, NULL, status, "", "", 0);
}

/* The body of a question is none of our business. */
static size_t
ask(struct wp_conn *conn, const struct wp_http_head *head)
{
    if (head->body_size > BODY_MAX || (head->expects_continue && head->body_size > 0))
        conn->is_closing = conn->lingers = true;
    wp_forward_auth_answer(conn, head);
    conn->skip = head->body_size;
    return head->size;
}

/* 0 when the body has not arrived. */
static size_t
call(struct wp_conn *conn, const struct wp_http_head *head, const char *bytes, size_t length)
{
    const struct wp_http_request request = {.head = head, .body = bytes + head->size};
    if (head->body_size > BODY_MAX) {
        wp_count(&wp_engine_tally(wp_worker_engine(conn->worker))->refused[conn->service]);
        conn->lingers = true;
        wp_http_answer(conn, NULL, 413, "", "", 0);
        return length;
    }
    if (length - head->size < head->body_size) {
        if (head->expects_continue && !conn->has_greeted)
            wp_json_puts(wp_worker_output(conn->worker), "HTTP/1.1 100 Continue\r\n\r\n");
        conn->has_greeted = true;
        return 0;
    }
    conn->has_greeted = false;
    wp_api_answer(conn, &request);
    return head->size + (size_t)head->body_size;
}

static size_t
receive(struct wp_conn *conn, const char *bytes, size_t length)
{
    size_t used = 0;
    while (used < length && !conn->is_closing) {
        struct wp_http_head head;
        if (conn->skip > 0) {
            size_t skipped = length - used < conn->skip ? length - used : (size_t)conn->skip;
            conn->skip -= skipped;
            used += skipped;
            continue;
        }
        enum wp_http_state state = wp_http_head_read(&head, bytes + used, length - used);
        if (state == WP_HTTP_INCOMPLETE)
            break;
        if (state != WP_HTTP_COMPLETE) {
            refuse(conn, state);
            break;
        }
        size_t taken = conn->service == WP_SERVICE_HTTP
                           ? ask(conn, &head)
                           : call(conn, &head, bytes + used, length - used);
        if (taken == 0)
            break;
        used += taken;
    }
    return used;
}

const struct wp_protocol wp_protocol_http = {
    .input_max = WP_HTTP_HEAD_MAX + BODY_MAX,
    .idle_ms = IDLE_MS,
    .receive = receive,
};
