/*
 * Frames of HAProxy's agent protocol (SPOP 2.0), read and written.
 *
 * Bytes come from outside, so everything is bounded: a frame by its size, and
 * whatever lies in it by the frame.
 */
#ifndef WP_SERVE_SPOP_FRAME_H
#define WP_SERVE_SPOP_FRAME_H

#include "compiler/decide/json_text.h"
#include "compiler/serve/cursor.h"
#include "woapol.h"

/* The largest frame, without the four bytes of its length. */
#define WP_SPOP_FRAME_MAX 16380

enum wp_spop_type {
    WP_SPOP_HAPROXY_HELLO = 1,
    WP_SPOP_HAPROXY_DISCONNECT = 2,
    WP_SPOP_NOTIFY = 3,
    WP_SPOP_AGENT_HELLO = 101,
    WP_SPOP_AGENT_DISCONNECT = 102,
    WP_SPOP_ACK = 103
};

/* Why a connection ends. */
enum wp_spop_status {
    WP_SPOP_NORMAL = 0,
    WP_SPOP_TOO_BIG = 3,
    WP_SPOP_INVALID = 4,
    WP_SPOP_NO_VERSION = 5,
    WP_SPOP_NO_FRAME_SIZE = 6,
    WP_SPOP_BAD_VERSION = 8,
    WP_SPOP_BAD_FRAME_SIZE = 9,
    WP_SPOP_FRAGMENTED = 10
};

struct wp_spop_frame {
    unsigned type;
    bool is_final; /* not a piece of a larger one */
    uint64_t stream, frame;
    struct wp_cursor payload;
};

enum wp_spop_kind {
    WP_SPOP_NULL,
    WP_SPOP_BOOL,
    WP_SPOP_INT, /* all of the integers */
    WP_SPOP_IPV4,
    WP_SPOP_IPV6,
    WP_SPOP_TEXT /* strings and binaries */
};

struct wp_spop_value {
    enum wp_spop_kind kind;
    uint64_t number;         /* of an int, or 0 or 1; negative ones wrap */
    struct woapol_text text; /* addresses as 4 or 16 bytes, too */
};

/*
 * Reads the frame at the start of the bytes. Returns how many bytes it takes, 0
 * when it is not complete yet. When it is no frame, *status says why and the
 * connection is over; else it is WP_SPOP_NORMAL.
 */
size_t wp_spop_read_frame(const char *bytes, size_t length, struct wp_spop_frame *frame,
                          enum wp_spop_status *status);

/* What frames are made of. `failed` of the cursor tells whether it was there. */
uint64_t wp_spop_read_varint(struct wp_cursor *cursor);
struct woapol_text wp_spop_read_text(struct wp_cursor *cursor);
void wp_spop_read_value(struct wp_cursor *cursor, struct wp_spop_value *value);

/* A frame is begun, filled, and ended; `start` ties these together. */
size_t wp_spop_begin(struct wp_json_text *output, enum wp_spop_type type, uint64_t stream,
                     uint64_t frame);
void wp_spop_end(struct wp_json_text *output, size_t start);

void wp_spop_put_varint(struct wp_json_text *output, uint64_t number);
void wp_spop_put_text(struct wp_json_text *output, struct woapol_text text);
/* A typed value: a string, or a number of 32 or 64 bits without a sign. */
void wp_spop_put_string(struct wp_json_text *output, struct woapol_text text);
void wp_spop_put_uint32(struct wp_json_text *output, uint32_t number);
void wp_spop_put_uint64(struct wp_json_text *output, uint64_t number);

#endif
