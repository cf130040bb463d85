/* The API: decisions as JSON, health, metrics. */
#include "compiler/decide/decision_json.h"
#include "compiler/serve/http.h"
#include "compiler/serve/json_items.h"
#include "compiler/serve/metrics.h"

#include <string.h>

/* More requests in one batch would keep others waiting. */
#define BATCH_MAX 10000

#define JSON "Content-Type: application/json\r\n"
#define PLAIN "Content-Type: text/plain\r\n"
#define METRICS "Content-Type: text/plain; version=0.0.4\r\n"

/* ---- decisions ------------------------------------------------------------- */

/* Decides one text. False when memory runs out; *is_request tells whether it was
 * one. */
static bool
decide_text(struct wp_conn *conn, struct woapol_text item, struct wp_json_text *text,
            bool *is_request)
{
    struct wp_engine *engine = wp_worker_engine(conn->worker);
    struct wp_request_reader *reader = wp_worker_reader(conn->worker);
    struct wp_request_facts facts;
    if (reader == NULL)
        return false;
    *is_request = wp_request_read(reader, item.text, item.length, &facts);
    if (!*is_request) {
        wp_count(&wp_engine_tally(engine)->refused[conn->service]);
        wp_decision_write_error(text, facts.id, facts.error);
        return !text->failed;
    }
    const struct wp_outcome *outcome = wp_engine_decide(engine, conn->service, &facts);
    return outcome != NULL && wp_engine_write(engine, &facts, outcome, text);
}

static void
send_text(struct wp_conn *conn, const struct wp_http_head *head, unsigned status,
          struct wp_json_text *text)
{
    wp_json_puts(text, "\n");
    if (text->failed)
        wp_http_answer(conn, head, 503, "", "", 0);
    else
        wp_http_answer(conn, head, status, JSON, text->bytes, text->length);
}

/* The whole batch, or why there is none. NULL: all is well. */
static const char *
decide_items(struct wp_conn *conn, struct wp_json_items *items, struct wp_json_text *text)
{
    struct woapol_text item;
    enum wp_json_step step;
    size_t count = 0;
    bool is_request;
    wp_json_puts(text, "[");
    while ((step = wp_json_items_next(items, &item)) == WP_JSON_ITEM) {
        if (count == BATCH_MAX)
            return "a batch has at most 10000 requests";
        if (count++ > 0)
            wp_json_puts(text, ",\n");
        if (!decide_text(conn, item, text, &is_request)) {
            text->failed = true;
            return NULL;
        }
    }
    wp_json_puts(text, "]");
    return step == WP_JSON_END ? NULL : "the batch is no JSON array";
}

static void
decide(struct wp_conn *conn, const struct wp_http_request *request)
{
    const struct wp_http_head *head = request->head;
    const struct woapol_text body = {request->body, (size_t)head->body_size};
    struct wp_json_text text = {0};
    struct wp_json_items items;
    unsigned status = 200;
    if (wp_json_items_begin(&items, body.text, body.length)) {
        const char *why = decide_items(conn, &items, &text);
        if (why != NULL) {
            text.length = 0;
            status = 400;
            wp_decision_write_error(&text, (struct woapol_text){"null", 4}, why);
        }
    } else {
        bool is_request = false;
        text.failed = !decide_text(conn, body, &text, &is_request) || text.failed;
        status = is_request ? 200 : 400;
    }
    send_text(conn, head, status, &text);
    wp_json_text_free(&text);
}

/* ---- the rest -------------------------------------------------------------- */

static void
live(struct wp_conn *conn, const struct wp_http_request *request)
{
    wp_http_answer(conn, request->head, 200, PLAIN, "ok\n", 3);
}

/* Ready is who has an image and is not about to leave. */
static void
ready(struct wp_conn *conn, const struct wp_http_request *request)
{
    bool is_ready =
        wp_engine_load(wp_worker_engine(conn->worker)) != 0 && !wp_worker_is_stopping(conn->worker);
    const char *text = is_ready ? "ready\n" : "not ready\n";
    wp_http_answer(conn, request->head, is_ready ? 200 : 503, PLAIN, text, strlen(text));
}

static void
measure(struct wp_conn *conn, const struct wp_http_request *request)
{
    const struct wp_server *server = wp_worker_server(conn->worker);
    struct wp_json_text text = {0};
    const struct wp_metrics_source source = {
        .engines = server->engines,
        .engine_count = server->thread_count,
        .own = wp_worker_engine(conn->worker),
        .handle = server->handle,
        .log = server->log,
        .remote = server->remote,
        .loaded_at = atomic_load_explicit(&server->loaded_at, memory_order_relaxed)};
    if (wp_metrics_write(&source, &text))
        wp_http_answer(conn, request->head, 200, METRICS, text.bytes, text.length);
    else
        wp_http_answer(conn, request->head, 503, "", "", 0);
    wp_json_text_free(&text);
}

static const struct route {
    const char *path, *method;
    void (*answer)(struct wp_conn *conn, const struct wp_http_request *request);
} routes[] = {
    {"/v1/decide", "POST", decide},
    {"/healthz", "GET", live},
    {"/readyz", "GET", ready},
    {"/metrics", "GET", measure},
};

static bool
is_text(struct woapol_text text, const char *other)
{
    return text.length == strlen(other) && memcmp(text.text, other, text.length) == 0;
}

void
wp_api_answer(struct wp_conn *conn, const struct wp_http_request *request)
{
    const struct wp_http_head *head = request->head;
    struct woapol_text path = head->target;
    const char *query = memchr(path.text, '?', path.length);
    if (query != NULL)
        path.length = (size_t)(query - path.text);
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (!is_text(path, routes[i].path))
            continue;
        bool is_get = strcmp(routes[i].method, "GET") == 0;
        if (is_text(head->method, routes[i].method) || (is_get && is_text(head->method, "HEAD")))
            routes[i].answer(conn, request);
        else
            wp_http_answer(conn, head, 405, is_get ? "Allow: GET, HEAD\r\n" : "Allow: POST\r\n", "",
                           0);
        return;
    }
    wp_http_answer(conn, head, 404, "", "", 0);
}
