/*
 * The few fields of Envoy's messages that matter here, by their numbers:
 *
 *   CheckRequest      1 attributes: AttributeContext
 *   AttributeContext  1 source: Peer, 4 request: Request,
 *                     10 context_extensions: map<string, string>
 *   Peer              1 address: Address; Address 1 socket_address: SocketAddress;
 *                     SocketAddress 2 address: string
 *   Request           2 http: HttpRequest
 *   HttpRequest       3 headers: map<string, string>, 13 header_map: HeaderMap
 *   HeaderMap         1 headers: HeaderValue 1 key, 2 value, 3 raw_value
 *
 *   CheckResponse     1 status: google.rpc.Status 1 code
 *                     2 denied_response: 1 status: HttpStatus 1 code,
 *                       2 headers: HeaderValueOption
 *                     3 ok_response: 2 headers: HeaderValueOption
 *   HeaderValueOption 1 header: HeaderValue 1 key, 2 value; 2 append: BoolValue
 */
#include "compiler/serve/ext_authz.h"

#include <string.h>

#include "compiler/serve/protobuf.h"

#define TEXT(literal) ((struct woapol_text){literal, sizeof literal - 1})

/* ---- the question ---------------------------------------------------------- */

struct reading {
    const struct wp_serve_settings *settings;
    struct wp_fact_set *set;
    struct wp_forwarded forwarded;
    struct woapol_address peer;
    bool is_trusted;
};

static const char malformed[] = "the message is no CheckRequest";

/* The text of the message's only field of that number that matters; empty when
 * there is none. */
static struct woapol_text
find_field(struct reading *reading, struct woapol_text message, uint32_t number)
{
    struct wp_cursor cursor = wp_pb_message(message);
    struct wp_pb_field field;
    struct woapol_text found = {NULL, 0};
    while (wp_pb_next(&cursor, &field))
        if (field.number == number && field.has_text)
            found = field.text;
    if (cursor.failed)
        reading->set->facts.error = malformed;
    return found;
}

static void
read_source(struct reading *reading, struct woapol_text peer)
{
    struct woapol_text address = find_field(reading, find_field(reading, peer, 1), 1);
    struct woapol_text text = find_field(reading, address, 2);
    if (text.length > 0 && !woapol_address_parse(&reading->peer, text.text, text.length))
        reading->set->facts.error = "the address of the source cannot be read";
}

static void
read_header(struct reading *reading, struct woapol_text name, struct woapol_text value)
{
    const struct wp_http_field field = {name, value};
    wp_client_field(reading->settings, reading->set, &reading->forwarded, reading->is_trusted,
                    &field);
}

static void
read_map_entry(struct reading *reading, struct woapol_text entry)
{
    struct woapol_text name, value;
    if (wp_pb_pair(entry, &name, &value))
        read_header(reading, name, value);
    else
        reading->set->facts.error = malformed;
}

/* A HeaderValue has its value as a string or as bytes. */
static void
read_raw_headers(struct reading *reading, struct woapol_text map)
{
    struct wp_cursor cursor = wp_pb_message(map);
    struct wp_pb_field field;
    while (wp_pb_next(&cursor, &field)) {
        if (field.number != 1 || !field.has_text)
            continue;
        struct woapol_text name = find_field(reading, field.text, 1);
        struct woapol_text value = find_field(reading, field.text, 3);
        read_header(reading, name, value.length > 0 ? value : find_field(reading, field.text, 2));
    }
    if (cursor.failed)
        reading->set->facts.error = malformed;
}

static void
read_http(struct reading *reading, struct woapol_text http)
{
    struct wp_cursor cursor = wp_pb_message(http);
    struct wp_pb_field field;
    while (wp_pb_next(&cursor, &field)) {
        if (field.number == 3 && field.has_text)
            read_map_entry(reading, field.text);
        else if (field.number == 13 && field.has_text)
            read_raw_headers(reading, field.text);
    }
    if (cursor.failed)
        reading->set->facts.error = malformed;
}

/* Extensions are of Envoy's configuration; others than ours may be among them. */
static void
read_extension(struct reading *reading, struct woapol_text entry)
{
    struct woapol_text name, value;
    enum wp_fact fact;
    if (!wp_pb_pair(entry, &name, &value))
        reading->set->facts.error = malformed;
    else if (wp_fact_by_name(name, &fact))
        wp_facts_give(reading->set, fact, value);
}

static void
read_attributes(struct reading *reading, struct woapol_text attributes)
{
    struct wp_cursor cursor = wp_pb_message(attributes);
    struct wp_pb_field field;
    while (wp_pb_next(&cursor, &field)) {
        if (!field.has_text)
            continue;
        if (field.number == 1)
            read_source(reading, field.text);
        else if (field.number == 4)
            read_http(reading, find_field(reading, field.text, 2));
        else if (field.number == 10)
            read_extension(reading, field.text);
    }
    if (cursor.failed)
        reading->set->facts.error = malformed;
}

void
wp_check_request_read(const struct wp_serve_settings *settings, bool is_trusted, const char *bytes,
                      size_t length, struct wp_fact_set *set)
{
    struct reading reading = {.settings = settings, .set = set, .is_trusted = is_trusted};
    const struct woapol_text message = {bytes, length};
    read_attributes(&reading, find_field(&reading, message, 1));
    wp_client_address(settings, set, &reading.forwarded, &reading.peer, false,
                      wp_is_trusted(settings, &reading.peer));
}

/* ---- the answer ------------------------------------------------------------ */

/* `append` is an empty BoolValue, which is false: what the client sent under that
 * name does not stay. */
static void
put_header(struct wp_json_text *output, struct woapol_text name, struct woapol_text value)
{
    size_t option = wp_pb_begin(output, 2);
    size_t header = wp_pb_begin(output, 1);
    wp_pb_put_text(output, 1, name);
    wp_pb_put_text(output, 2, value);
    wp_pb_end(output, header);
    wp_pb_put_text(output, 2, (struct woapol_text){"", 0});
    wp_pb_end(output, option);
}

static void
put_headers(struct wp_json_text *output, const struct wp_outcome *outcome)
{
    put_header(output, TEXT("x-woapol-effect"), outcome->effect);
    put_header(output, TEXT("x-woapol-chain"), outcome->chain);
    put_header(output, TEXT("x-woapol-policy"), outcome->policy);
    put_header(output, TEXT("x-woapol-rule"), outcome->rule);
    put_header(output, TEXT("x-woapol-reason"), outcome->reason);
    put_header(output, TEXT("x-woapol-generation"), outcome->generation);
}

static uint64_t
rpc_code(enum wp_answer answer)
{
    switch (answer) {
    case WP_ANSWER_PASS:
        return 0; /* OK */
    case WP_ANSWER_AUTHENTICATE:
        return 16; /* UNAUTHENTICATED */
    case WP_ANSWER_DENY:
        break;
    }
    return 7; /* PERMISSION_DENIED */
}

void
wp_check_response_write(const struct wp_outcome *outcome, struct wp_json_text *output)
{
    enum wp_answer answer = outcome == NULL ? WP_ANSWER_DENY : outcome->answer;
    size_t status = wp_pb_begin(output, 1);
    wp_pb_put_number(output, 1, rpc_code(answer));
    wp_pb_end(output, status);
    size_t response = wp_pb_begin(output, answer == WP_ANSWER_PASS ? 3 : 2);
    if (answer != WP_ANSWER_PASS) {
        size_t code = wp_pb_begin(output, 1);
        wp_pb_put_number(output, 1, (uint64_t)answer);
        wp_pb_end(output, code);
    }
    if (outcome != NULL)
        put_headers(output, outcome);
    wp_pb_end(output, response);
}
