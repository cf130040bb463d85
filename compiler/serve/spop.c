/*
 * An agent for HAProxy's stream processing offload engine.
 *
 * It pipelines, and offers neither fragmentation nor the asynchronous mode, which
 * newer versions of HAProxy have dropped. Every NOTIFY is answered: an agent that
 * keeps silent makes its clients wait for a timeout.
 */
#include "compiler/serve/client.h"
#include "compiler/serve/spop_frame.h"
#include "compiler/serve/worker.h"

#include <string.h>

#define IDLE_MS 3600000
#define SCOPE_TRANSACTION 2
#define ACTION_SET 1

#define TEXT(literal) ((struct woapol_text){literal, sizeof literal - 1})

static bool
is_text(struct woapol_text text, const char *other)
{
    return text.length == strlen(other) && memcmp(text.text, other, text.length) == 0;
}

/* ---- the ends of a connection ---------------------------------------------- */

static void
disconnect(struct wp_conn *conn, enum wp_spop_status status)
{
    struct wp_json_text *output = wp_worker_output(conn->worker);
    if (status != WP_SPOP_NORMAL)
        wp_count(&wp_engine_tally(wp_worker_engine(conn->worker))->refused[conn->service]);
    size_t start = wp_spop_begin(output, WP_SPOP_AGENT_DISCONNECT, 0, 0);
    wp_spop_put_text(output, TEXT("status-code"));
    wp_spop_put_uint32(output, (uint32_t)status);
    wp_spop_put_text(output, TEXT("message"));
    wp_spop_put_string(output, status == WP_SPOP_NORMAL ? TEXT("goodbye") : TEXT("refused"));
    wp_spop_end(output, start);
    conn->is_closing = true;
}

/* What HAProxy says of itself. */
struct hello {
    struct woapol_text versions, capabilities;
    uint64_t frame_size;
    bool is_health_check;
};

static bool
read_hello(struct wp_cursor *payload, struct hello *hello)
{
    struct wp_spop_value value;
    *hello = (struct hello){.frame_size = 0};
    while (wp_cursor_rest(payload) > 0) {
        struct woapol_text name = wp_spop_read_text(payload);
        wp_spop_read_value(payload, &value);
        if (payload->failed)
            break;
        if (is_text(name, "supported-versions") && value.kind == WP_SPOP_TEXT)
            hello->versions = value.text;
        else if (is_text(name, "capabilities") && value.kind == WP_SPOP_TEXT)
            hello->capabilities = value.text;
        else if (is_text(name, "max-frame-size") && value.kind == WP_SPOP_INT)
            hello->frame_size = value.number;
        else if (is_text(name, "healthcheck") && value.kind == WP_SPOP_BOOL)
            hello->is_health_check = value.number != 0;
    }
    return !payload->failed;
}

/* Whether a list of words holds one that starts like that. */
static bool
has_word(struct woapol_text list, const char *start)
{
    size_t length = strlen(start);
    for (size_t i = 0; i + length <= list.length; i++) {
        bool begins = i == 0 || list.text[i - 1] == ',' || list.text[i - 1] == ' ';
        if (begins && memcmp(list.text + i, start, length) == 0)
            return true;
    }
    return false;
}

static void
greet(struct wp_conn *conn, struct wp_spop_frame *frame)
{
    struct wp_json_text *output = wp_worker_output(conn->worker);
    struct hello hello;
    enum wp_spop_status status = WP_SPOP_NORMAL;
    if (!read_hello(&frame->payload, &hello))
        status = WP_SPOP_INVALID;
    else if (hello.versions.length == 0)
        status = WP_SPOP_NO_VERSION;
    else if (!has_word(hello.versions, "2."))
        status = WP_SPOP_BAD_VERSION;
    else if (hello.frame_size == 0)
        status = WP_SPOP_NO_FRAME_SIZE;
    else if (hello.frame_size < 256)
        status = WP_SPOP_BAD_FRAME_SIZE;
    if (status != WP_SPOP_NORMAL) {
        disconnect(conn, status);
        return;
    }
    uint64_t size =
        hello.frame_size < WP_SPOP_FRAME_MAX ? hello.frame_size : (uint64_t)WP_SPOP_FRAME_MAX;
    bool pipelines = has_word(hello.capabilities, "pipelining");
    size_t start = wp_spop_begin(output, WP_SPOP_AGENT_HELLO, 0, 0);
    wp_spop_put_text(output, TEXT("version"));
    wp_spop_put_string(output, TEXT("2.0"));
    wp_spop_put_text(output, TEXT("max-frame-size"));
    wp_spop_put_uint32(output, (uint32_t)size);
    wp_spop_put_text(output, TEXT("capabilities"));
    wp_spop_put_string(output, pipelines ? TEXT("pipelining") : TEXT(""));
    wp_spop_end(output, start);
    conn->has_greeted = true;
    conn->is_closing = hello.is_health_check;
}

/* ---- questions ------------------------------------------------------------- */

/* What the arguments of a message have said. */
struct question {
    const struct wp_serve_settings *settings;
    struct wp_fact_set *set;
    struct wp_forwarded forwarded;
    struct woapol_address peer;
    bool has_address;
};

static void
take_address(struct question *question, const struct wp_spop_value *value)
{
    struct woapol_address *peer = &question->peer;
    if (value->kind == WP_SPOP_NULL)
        return;
    if (question->has_address)
        question->set->facts.error = "a fact is given twice";
    question->has_address = true;
    if (value->kind == WP_SPOP_IPV4 || value->kind == WP_SPOP_IPV6) {
        peer->family = value->kind == WP_SPOP_IPV4 ? 4 : 6;
        memcpy(peer->bytes, value->text.text, value->text.length);
        wp_normalise_address(peer);
        return;
    }
    if (value->kind != WP_SPOP_TEXT ||
        !woapol_address_parse(peer, value->text.text, value->text.length))
        question->set->facts.error = "the address cannot be read";
}

static void
take_fact(struct question *question, enum wp_fact fact, const struct wp_spop_value *value)
{
    bool is_yes_or_no =
        value->kind == WP_SPOP_BOOL || (value->kind == WP_SPOP_INT && value->number <= 1);
    if (value->kind == WP_SPOP_TEXT)
        wp_facts_give(question->set, fact, value->text);
    else if (is_yes_or_no)
        wp_facts_give_bool(question->set, fact, value->number != 0);
    else if (value->kind != WP_SPOP_NULL)
        question->set->facts.error = "a fact is given as a value of another type";
}

static void
take_argument(struct question *question, struct woapol_text name, const struct wp_spop_value *value)
{
    enum wp_fact fact;
    if (is_text(name, "ip")) {
        take_address(question, value);
    } else if (is_text(name, "forwarded")) {
        if (value->kind == WP_SPOP_TEXT && value->text.length > 0)
            wp_client_forwarded(&question->forwarded, value->text);
        else if (value->kind != WP_SPOP_NULL && value->kind != WP_SPOP_TEXT)
            question->set->facts.error = "a fact is given as a value of another type";
    } else if (wp_fact_by_name(name, &fact)) {
        take_fact(question, fact, value);
    } else {
        question->set->facts.error = "an argument has a name that is no fact's";
    }
}

/* One message, and nothing after it: the answer is about one request. */
static bool
read_question(struct wp_cursor *payload, struct question *question)
{
    struct wp_spop_value value;
    (void)wp_spop_read_text(payload);
    for (unsigned left = wp_cursor_byte(payload); left > 0; left--) {
        struct woapol_text name = wp_spop_read_text(payload);
        wp_spop_read_value(payload, &value);
        if (payload->failed)
            return false;
        take_argument(question, name, &value);
    }
    if (wp_cursor_rest(payload) > 0)
        question->set->facts.error = "there is more than one message";
    return !payload->failed;
}

/* ---- answers --------------------------------------------------------------- */

static void
begin_set(struct wp_json_text *output, struct woapol_text name)
{
    wp_json_put(output, (const char[]){ACTION_SET, 3, SCOPE_TRANSACTION}, 3);
    wp_spop_put_text(output, name);
}

static void
set_text(struct wp_json_text *output, struct woapol_text name, struct woapol_text value)
{
    begin_set(output, name);
    wp_spop_put_string(output, value);
}

static void
acknowledge(struct wp_conn *conn, const struct wp_spop_frame *frame,
            const struct wp_outcome *outcome)
{
    struct wp_json_text *output = wp_worker_output(conn->worker);
    size_t start = wp_spop_begin(output, WP_SPOP_ACK, frame->stream, frame->frame);
    begin_set(output, TEXT("status"));
    wp_spop_put_uint32(output, (uint32_t)(outcome == NULL ? WP_ANSWER_DENY : outcome->answer));
    if (outcome == NULL) {
        set_text(output, TEXT("effect"), TEXT("deny"));
        set_text(output, TEXT("reason"), TEXT("out of memory"));
    } else {
        set_text(output, TEXT("effect"), outcome->effect);
        set_text(output, TEXT("chain"), outcome->chain);
        set_text(output, TEXT("policy"), outcome->policy);
        set_text(output, TEXT("rule"), outcome->rule);
        set_text(output, TEXT("reason"), outcome->reason);
        begin_set(output, TEXT("generation"));
        wp_spop_put_uint64(output, wp_engine_generation(wp_worker_engine(conn->worker)));
    }
    wp_spop_end(output, start);
}

static void
answer(struct wp_conn *conn, struct wp_spop_frame *frame)
{
    struct wp_engine *engine = wp_worker_engine(conn->worker);
    const struct wp_serve_settings *settings = wp_worker_settings(conn->worker);
    struct question question = {.settings = settings, .set = wp_engine_facts(engine)};
    if (!read_question(&frame->payload, &question)) {
        disconnect(conn, WP_SPOP_INVALID);
        return;
    }
    wp_client_address(settings, question.set, &question.forwarded, &question.peer, false,
                      wp_is_trusted(settings, &question.peer));
    acknowledge(conn, frame, wp_engine_decide(engine, conn->service, &question.set->facts));
}

/* ---- frames ---------------------------------------------------------------- */

static void
handle(struct wp_conn *conn, struct wp_spop_frame *frame)
{
    if (!frame->is_final) {
        disconnect(conn, WP_SPOP_FRAGMENTED);
        return;
    }
    switch (frame->type) {
    case WP_SPOP_HAPROXY_HELLO:
        if (conn->has_greeted)
            disconnect(conn, WP_SPOP_INVALID);
        else
            greet(conn, frame);
        return;
    case WP_SPOP_NOTIFY:
        if (conn->has_greeted)
            answer(conn, frame);
        else
            disconnect(conn, WP_SPOP_INVALID);
        return;
    case WP_SPOP_HAPROXY_DISCONNECT:
        disconnect(conn, WP_SPOP_NORMAL);
        return;
    default:
        /* Frames of unknown types are to be passed over. */
        return;
    }
}

static size_t
receive(struct wp_conn *conn, const char *bytes, size_t length)
{
    size_t used = 0;
    while (!conn->is_closing) {
        struct wp_spop_frame frame;
        enum wp_spop_status status;
        size_t size = wp_spop_read_frame(bytes + used, length - used, &frame, &status);
        if (status != WP_SPOP_NORMAL) {
            disconnect(conn, status);
            break;
        }
        if (size == 0)
            break;
        handle(conn, &frame);
        used += size;
    }
    return used;
}

static void
stop(struct wp_conn *conn)
{
    disconnect(conn, WP_SPOP_NORMAL);
}

const struct wp_protocol wp_protocol_spop = {
    .input_max = WP_SPOP_FRAME_MAX + 4,
    .idle_ms = IDLE_MS,
    .receive = receive,
    .stop = stop,
};
