/* Any bytes as the head of an HTTP request: the answer never depends on how they
 * arrive, and what was found lies within them. */
#include "compiler/serve/http_head.h"

#include <stdlib.h>
#include <string.h>

static void
check_text(struct woapol_text text, const char *bytes, size_t length)
{
    if (text.text < bytes || text.length > length ||
        (size_t)(text.text - bytes) > length - text.length)
        abort();
    if (memchr(text.text, '\n', text.length) != NULL ||
        memchr(text.text, '\0', text.length) != NULL)
        abort();
}

static void
check_head(const struct wp_http_head *head, const char *bytes, size_t length)
{
    if (head->size > length || memcmp(bytes + head->size - 4, "\r\n\r\n", 4) != 0)
        abort();
    check_text(head->method, bytes, head->size);
    check_text(head->target, bytes, head->size);
    for (size_t i = 0; i < head->field_count; i++) {
        check_text(head->fields[i].name, bytes, head->size);
        check_text(head->fields[i].value, bytes, head->size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wp_http_head head;
    char *bytes = malloc(size + 1);
    if (bytes == NULL)
        abort();
    memcpy(bytes, data, size);
    enum wp_http_state state = wp_http_head_read(&head, bytes, size);
    size_t decided = size;
    if (state == WP_HTTP_COMPLETE) {
        check_head(&head, bytes, size);
        decided = head.size;
    }
    /* Fewer bytes never say more, except that something is wrong. */
    for (size_t cut = 0; cut < decided; cut += 1 + decided / 16) {
        enum wp_http_state part = wp_http_head_read(&head, bytes, cut);
        if (part != WP_HTTP_INCOMPLETE && part != state)
            abort();
    }
    free(bytes);
    return 0;
}
