/* Any bytes as frames of HAProxy's agent protocol. */
#include "compiler/serve/spop_frame.h"

#include <stdlib.h>
#include <string.h>

/* Reads the payload as messages are read, to its end. */
static void
read_payload(struct wp_cursor *payload)
{
    struct wp_spop_value value;
    while (wp_cursor_rest(payload) > 0) {
        struct woapol_text name = wp_spop_read_text(payload);
        if (payload->failed && name.text != NULL)
            abort();
        wp_spop_read_value(payload, &value);
        if (value.text.text != NULL && value.text.length > WP_SPOP_FRAME_MAX)
            abort();
        volatile char last = value.text.length > 0 ? value.text.text[value.text.length - 1] : 0;
        (void)last;
    }
}

/* What is written is read back the same. */
static void
check_number(uint64_t number)
{
    struct wp_json_text text = {0};
    wp_spop_put_varint(&text, number);
    struct wp_cursor cursor = {.at = (const uint8_t *)text.bytes,
                               .end = (const uint8_t *)text.bytes + text.length};
    if (wp_spop_read_varint(&cursor) != number || cursor.failed)
        abort();
    wp_json_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size + 1);
    size_t used = 0;
    if (bytes == NULL)
        abort();
    memcpy(bytes, data, size);
    for (;;) {
        struct wp_spop_frame frame;
        enum wp_spop_status status;
        size_t length = wp_spop_read_frame(bytes + used, size - used, &frame, &status);
        if (length > size - used)
            abort();
        if (status != WP_SPOP_NORMAL || length == 0)
            break;
        check_number(frame.stream);
        read_payload(&frame.payload);
        used += length;
    }
    free(bytes);
    return 0;
}
