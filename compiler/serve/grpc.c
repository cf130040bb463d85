/* gRPC over HTTP/2 without TLS: nghttp2 has the framing, this file the calls. */
#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/serve/ext_authz.h"
#include "compiler/serve/worker.h"

#define IDLE_MS 3600000
/* A message, with the five bytes before it. */
#define MESSAGE_MAX (64u << 10)
#define PREFIX_SIZE 5
#define STREAMS_MAX 128

enum grpc_code { GRPC_OK = 0, GRPC_INVALID = 3, GRPC_EXHAUSTED = 8, GRPC_UNKNOWN_CALL = 12 };

enum call { CALL_UNKNOWN, CALL_CHECK, CALL_HEALTH };

struct stream {
    struct stream *previous, *next;
    enum call call;
    bool is_grpc, is_too_large;
    char *question;
    size_t question_length;
    struct wp_json_text answer;
    size_t answered;
};

/* A connection's session, and its streams: nghttp2 tells of none that ends with
 * its session. */
struct grpc {
    nghttp2_session *session;
    struct stream *first;
};

/* ---- streams --------------------------------------------------------------- */

static void
free_stream(struct grpc *grpc, struct stream *stream)
{
    if (stream->previous != NULL)
        stream->previous->next = stream->next;
    else
        grpc->first = stream->next;
    if (stream->next != NULL)
        stream->next->previous = stream->previous;
    free(stream->question);
    wp_json_text_free(&stream->answer);
    free(stream);
}

static int
begin_stream(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    struct grpc *grpc = ((struct wp_conn *)context)->session;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    struct stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    stream->next = grpc->first;
    if (grpc->first != NULL)
        grpc->first->previous = stream;
    grpc->first = stream;
    (void)nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, stream);
    return 0;
}

static int
end_stream(nghttp2_session *session, int32_t id, uint32_t error, void *context)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);
    (void)error;
    if (stream == NULL)
        return 0;
    (void)nghttp2_session_set_stream_user_data(session, id, NULL);
    free_stream(((struct wp_conn *)context)->session, stream);
    return 0;
}

static bool
is_text(const uint8_t *bytes, size_t length, const char *other)
{
    return length == strlen(other) && memcmp(bytes, other, length) == 0;
}

static int
take_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
            size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
            void *context)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    (void)flags;
    (void)context;
    if (stream == NULL)
        return 0;
    if (is_text(name, name_length, ":path")) {
        if (is_text(value, value_length, "/envoy.service.auth.v3.Authorization/Check"))
            stream->call = CALL_CHECK;
        else if (is_text(value, value_length, "/grpc.health.v1.Health/Check"))
            stream->call = CALL_HEALTH;
    } else if (is_text(name, name_length, "content-type")) {
        static const char type[] = "application/grpc";
        stream->is_grpc =
            value_length >= sizeof type - 1 && memcmp(value, type, sizeof type - 1) == 0;
    }
    return 0;
}

static int
take_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes, size_t length,
          void *context)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);
    (void)flags;
    (void)context;
    if (stream == NULL || stream->is_too_large)
        return 0;
    if (length > MESSAGE_MAX - stream->question_length) {
        stream->is_too_large = true;
        return 0;
    }
    char *question = realloc(stream->question, stream->question_length + length + 1);
    if (question == NULL)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    memcpy(question + stream->question_length, bytes, length);
    stream->question = question;
    stream->question_length += length;
    return 0;
}

/* ---- answers --------------------------------------------------------------- */

#define HEADER(name, value)                                                                        \
    {                                                                                              \
        (uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, sizeof(value) - 1,                \
            NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE                           \
    }

static ssize_t
give_answer(nghttp2_session *session, int32_t id, uint8_t *bytes, size_t room, uint32_t *flags,
            nghttp2_data_source *source, void *context)
{
    static const nghttp2_nv trailers[] = {HEADER("grpc-status", "0")};
    struct stream *stream = source->ptr;
    size_t rest = stream->answer.length - stream->answered;
    size_t length = rest < room ? rest : room;
    (void)context;
    memcpy(bytes, stream->answer.bytes + stream->answered, length);
    stream->answered += length;
    if (length < rest)
        return (ssize_t)length;
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    if (nghttp2_submit_trailer(session, id, trailers, 1) != 0)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    return (ssize_t)length;
}

static int
refuse(struct wp_conn *conn, nghttp2_session *session, int32_t id, enum grpc_code code)
{
    static const char digits[] = "0\0003\0008\00012";
    const char *text = code == GRPC_INVALID     ? digits + 2
                       : code == GRPC_EXHAUSTED ? digits + 4
                                                : digits + 6;
    nghttp2_nv headers[] = {
        HEADER(":status", "200"),
        HEADER("content-type", "application/grpc"),
        HEADER("grpc-status", ""),
    };
    headers[2].value = (uint8_t *)(uintptr_t)text;
    headers[2].valuelen = strlen(text);
    wp_count(&wp_engine_tally(wp_worker_engine(conn->worker))->refused[conn->service]);
    return nghttp2_submit_response(session, id, headers, 3, NULL);
}

/* The message behind its prefix; false when there is not exactly one, plain. */
static bool
find_message(const struct stream *stream, struct woapol_text *message)
{
    const uint8_t *bytes = (const uint8_t *)stream->question;
    if (stream->question_length < PREFIX_SIZE || bytes[0] != 0)
        return false;
    uint32_t length =
        (uint32_t)bytes[1] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 8 | bytes[4];
    *message = (struct woapol_text){stream->question + PREFIX_SIZE, length};
    return length == stream->question_length - PREFIX_SIZE;
}

static void
decide(struct wp_conn *conn, struct woapol_text message, struct wp_json_text *answer)
{
    struct wp_engine *engine = wp_worker_engine(conn->worker);
    struct wp_fact_set *set = wp_engine_facts(engine);
    wp_check_request_read(wp_worker_settings(conn->worker), conn->is_trusted, message.text,
                          message.length, set);
    wp_check_response_write(wp_engine_decide(engine, conn->service, &set->facts), answer);
}

/* SERVING is 1, NOT_SERVING 2. */
static void
tell_health(struct wp_conn *conn, struct wp_json_text *answer)
{
    bool serves =
        wp_engine_load(wp_worker_engine(conn->worker)) != 0 && !wp_worker_is_stopping(conn->worker);
    wp_json_put(answer, serves ? "\x08\x01" : "\x08\x02", 2);
}

static int
answer(struct wp_conn *conn, nghttp2_session *session, int32_t id, struct stream *stream)
{
    static const nghttp2_nv headers[] = {
        HEADER(":status", "200"),
        HEADER("content-type", "application/grpc"),
    };
    nghttp2_data_provider provider = {.source.ptr = stream, .read_callback = give_answer};
    struct woapol_text message;
    if (stream->is_too_large)
        return refuse(conn, session, id, GRPC_EXHAUSTED);
    if (stream->call == CALL_UNKNOWN || !stream->is_grpc)
        return refuse(conn, session, id, GRPC_UNKNOWN_CALL);
    if (!find_message(stream, &message))
        return refuse(conn, session, id, GRPC_INVALID);
    wp_json_put(&stream->answer, (const char[PREFIX_SIZE]){0}, PREFIX_SIZE);
    if (stream->call == CALL_CHECK)
        decide(conn, message, &stream->answer);
    else
        tell_health(conn, &stream->answer);
    if (stream->answer.failed)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    size_t length = stream->answer.length - PREFIX_SIZE;
    for (unsigned i = 0; i < 4; i++)
        stream->answer.bytes[1 + i] = (char)(length >> (24 - 8 * i));
    return nghttp2_submit_response(session, id, headers, 2, &provider);
}

static int
take_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    bool may_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!may_end || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
        return 0;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    return stream == NULL ? 0 : answer(context, session, frame->hd.stream_id, stream);
}

/* ---- connections ----------------------------------------------------------- */

static nghttp2_session *
session_of(const struct wp_conn *conn)
{
    return ((const struct grpc *)conn->session)->session;
}

static void
send_frames(struct wp_conn *conn)
{
    nghttp2_session *session = session_of(conn);
    const uint8_t *bytes;
    ssize_t length;
    while ((length = nghttp2_session_mem_send(session, &bytes)) > 0)
        wp_json_put(wp_worker_output(conn->worker), (const char *)bytes, (size_t)length);
    bool is_over =
        nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0;
    if (length < 0 || is_over)
        conn->is_closing = true;
}

static bool
new_session(struct wp_conn *conn)
{
    nghttp2_session_callbacks *callbacks;
    struct grpc *grpc = calloc(1, sizeof *grpc);
    conn->session = grpc;
    if (grpc == NULL || nghttp2_session_callbacks_new(&callbacks) != 0)
        return false;
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_stream);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, take_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, take_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, take_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, end_stream);
    int status = nghttp2_session_server_new(&grpc->session, callbacks, conn);
    nghttp2_session_callbacks_del(callbacks);
    return status == 0;
}

static bool
begin(struct wp_conn *conn)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MAX},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, 16384},
    };
    if (!new_session(conn))
        return false;
    if (nghttp2_submit_settings(session_of(conn), NGHTTP2_FLAG_NONE, settings, 2) != 0)
        return false;
    send_frames(conn);
    return true;
}

static size_t
receive(struct wp_conn *conn, const char *bytes, size_t length)
{
    ssize_t used = nghttp2_session_mem_recv(session_of(conn), (const uint8_t *)bytes, length);
    if (used < 0) {
        wp_count(&wp_engine_tally(wp_worker_engine(conn->worker))->refused[conn->service]);
        (void)nghttp2_session_terminate_session(session_of(conn), NGHTTP2_PROTOCOL_ERROR);
        send_frames(conn);
        conn->is_closing = true;
        return length;
    }
    send_frames(conn);
    return (size_t)used;
}

static void
stop(struct wp_conn *conn)
{
    (void)nghttp2_session_terminate_session(session_of(conn), NGHTTP2_NO_ERROR);
    send_frames(conn);
    conn->is_closing = true;
}

static void
end(struct wp_conn *conn)
{
    struct grpc *grpc = conn->session;
    if (grpc == NULL)
        return;
    while (grpc->first != NULL)
        free_stream(grpc, grpc->first);
    if (grpc->session != NULL)
        nghttp2_session_del(grpc->session);
    free(grpc);
}

const struct wp_protocol wp_protocol_grpc = {
    .input_max = MESSAGE_MAX,
    .idle_ms = IDLE_MS,
    .open = begin,
    .receive = receive,
    .stop = stop,
    .close = end,
};
