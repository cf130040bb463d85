/* HTTP/1.1 with a proxy or a program on the other end. */
#ifndef WP_SERVE_HTTP_H
#define WP_SERVE_HTTP_H

#include "compiler/serve/http_head.h"
#include "compiler/serve/worker.h"

/* A request that has arrived. */
struct wp_http_request {
    const struct wp_http_head *head;
    const char *body; /* of head->body_size bytes, for the API; WP_INPUT_PADDING follow */
};

/* Puts an answer into the output; `fields` are lines for its head, with their ends. */
void wp_http_answer(struct wp_conn *conn, const struct wp_http_head *head, unsigned status,
                    const char *fields, const char *body, size_t length);

/* Ends an answer's head: how the connection goes on, and the blank line. */
void wp_http_end_head(struct wp_conn *conn, const struct wp_http_head *head);

/* The two services. */
void wp_forward_auth_answer(struct wp_conn *conn, const struct wp_http_head *head);
void wp_api_answer(struct wp_conn *conn, const struct wp_http_request *request);

#endif
