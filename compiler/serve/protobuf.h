/* Protocol buffers, as far as a few nested fields need them. */
#ifndef WP_SERVE_PROTOBUF_H
#define WP_SERVE_PROTOBUF_H

#include "compiler/decide/json_text.h"
#include "compiler/serve/cursor.h"
#include "woapol.h"

/* A field of a message. */
struct wp_pb_field {
    uint32_t number;
    bool has_text;  /* it is length-delimited: a string, bytes, a message */
    uint64_t value; /* of the others */
    struct woapol_text text;
};

/* Takes the next field. False at the end, and when the bytes are no message: then
 * `failed` is set. */
bool wp_pb_next(struct wp_cursor *cursor, struct wp_pb_field *field);

/* The message in a field. */
struct wp_cursor wp_pb_message(struct woapol_text text);

/* An entry of a map<string, string>, or a message with a string 1 and a string 2. */
bool wp_pb_pair(struct woapol_text entry, struct woapol_text *key, struct woapol_text *value);

/* A number; a text; a message, whose content is put between begin and end. */
void wp_pb_put_number(struct wp_json_text *output, uint32_t field, uint64_t value);
void wp_pb_put_text(struct wp_json_text *output, uint32_t field, struct woapol_text text);
size_t wp_pb_begin(struct wp_json_text *output, uint32_t field);
void wp_pb_end(struct wp_json_text *output, size_t start);

#endif
