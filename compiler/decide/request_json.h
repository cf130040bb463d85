/*
 * Requests as JSON text: the reader that `eval` puts every line through.
 *
 * The door to simdjson (request_json.cpp is the only file that knows it). A
 * value that woapol does not look at is still held to JSON's grammar, so a line
 * is a request or an error, never half of one.
 */
#ifndef WP_DECIDE_REQUEST_JSON_H
#define WP_DECIDE_REQUEST_JSON_H

#include "woapol.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes after a text that must be readable (their values do not matter). */
#define WP_REQUEST_PADDING 64
/* A longer text is an error, so that memory stays bounded. */
#define WP_REQUEST_MAX (16u << 20)
/* Arrays and objects within one another, further than which is an error. */
#define WP_REQUEST_MAX_DEPTH 256

/* What one text said. Texts point into it, or into the reader; both stay good
 * until the next text is read. An absent fact has text == NULL. */
struct wp_request_facts {
    struct woapol_text id; /* JSON as written; "null" when absent */
    struct woapol_text ip, device, app, user, entry;
    const struct woapol_text *groups;
    size_t group_count;
    bool groups_incomplete;
    bool managed, compliant;
    uint8_t risk; /* 0 low, 1 medium, 2 high or absent */
    /* The address; all zero when there is none. */
    uint8_t address[16];
    uint8_t address_family;
    /* NULL, or why the text is no request: one sentence, no full stop. It lives
     * in the reader and may hold any text of the request. */
    const char *error;
};

struct wp_request_reader;

/* NULL when memory runs out. */
struct wp_request_reader *wp_request_reader_new(void);
void wp_request_reader_free(struct wp_request_reader *reader);

/* Reads one JSON text. On an error returns false with `error`, and with `id` if
 * it could be read. */
bool wp_request_read(struct wp_request_reader *reader, const char *text, size_t length,
                     struct wp_request_facts *facts);

#ifdef __cplusplus
}
#endif
#endif
