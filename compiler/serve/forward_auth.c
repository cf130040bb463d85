/* Forward-auth: a proxy asks by sending the head of its client's request, and
 * reads no more of the answer than its head. */
#include "compiler/decide/decision_json.h"
#include "compiler/serve/client.h"
#include "compiler/serve/http.h"

#include <string.h>

static void
collect(struct wp_conn *conn, const struct wp_http_head *head, struct wp_fact_set *set)
{
    const struct wp_serve_settings *settings = wp_worker_settings(conn->worker);
    struct wp_forwarded forwarded = {.count = 0};
    for (size_t i = 0; conn->is_trusted && i < head->field_count; i++)
        wp_client_field(settings, set, &forwarded, true, &head->fields[i]);
    wp_client_address(settings, set, &forwarded, &conn->peer, conn->is_unix, conn->is_trusted);
}

static bool
wants_explanation(const struct wp_http_head *head)
{
    static const char wanted[] = "explain=1";
    const char *query = memchr(head->target.text, '?', head->target.length);
    if (query == NULL)
        return false;
    size_t length = head->target.length - (size_t)(query - head->target.text) - 1;
    return length == sizeof wanted - 1 && memcmp(query + 1, wanted, length) == 0;
}

/* The decision, and of each rule how it stood: {...,"rules":[...],"left_out":0}. */
static void
write_why(struct wp_engine *engine, const struct wp_request_facts *facts,
          const struct wp_outcome *outcome, struct wp_json_text *text)
{
    if (!wp_engine_write(engine, facts, outcome, text) || text->length == 0) {
        text->failed = true;
        return;
    }
    text->length--; /* its closing brace */
    if (wp_engine_explain(engine, text))
        wp_json_puts(text, "}");
}

/* With the lines that every answer has: none of the client's may stay in their place. */
static void
explain(struct wp_conn *conn, const struct wp_http_head *head, const struct wp_request_facts *facts,
        const struct wp_outcome *outcome)
{
    struct wp_json_text text = {0}, fields = {0};
    if (facts->error != NULL)
        wp_decision_write_error(&text, facts->id, facts->error);
    else
        write_why(wp_worker_engine(conn->worker), facts, outcome, &text);
    wp_json_puts(&text, "\n");
    wp_json_puts(&fields, "Content-Type: application/json\r\n");
    wp_json_put(&fields, outcome->http + outcome->fields, outcome->http_length - outcome->fields);
    wp_json_put(&fields, "", 1);
    if (text.failed || fields.failed)
        wp_http_answer(conn, head, 503, "", "", 0);
    else
        wp_http_answer(conn, head, outcome->answer, fields.bytes, text.bytes, text.length);
    wp_json_text_free(&text);
    wp_json_text_free(&fields);
}

void
wp_forward_auth_answer(struct wp_conn *conn, const struct wp_http_head *head)
{
    struct wp_engine *engine = wp_worker_engine(conn->worker);
    struct wp_json_text *output = wp_worker_output(conn->worker);
    struct wp_fact_set *set = wp_engine_facts(engine);
    collect(conn, head, set);
    const struct wp_outcome *outcome = wp_engine_decide(engine, conn->service, &set->facts);
    if (outcome == NULL) {
        wp_http_answer(conn, head, 503, "", "", 0);
        return;
    }
    if (wp_worker_settings(conn->worker)->explains && wants_explanation(head)) {
        explain(conn, head, &set->facts, outcome);
        return;
    }
    size_t start = output->length;
    wp_json_put(output, outcome->http, outcome->http_length);
    if (!output->failed)
        memcpy(output->bytes + start + outcome->date, wp_worker_date(conn->worker), WP_DATE_SIZE);
    wp_http_end_head(conn, head);
}
