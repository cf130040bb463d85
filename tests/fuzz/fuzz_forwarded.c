/*
 * X-Forwarded-For and Forwarded as a stranger may send them. The first byte says
 * which and who is trusted; a line end parts header lines. Whatever is found must
 * be an address that is not trusted, or all of them are.
 */
#include "woapol_host.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINES 8

static size_t
split_lines(const char *text, size_t size, struct woapol_text *lines)
{
    size_t count = 0;

    while (count < MAX_LINES) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) : size;
        lines[count++] = (struct woapol_text){text, length};
        if (end == NULL)
            break;
        text += length + 1;
        size -= length + 1;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const networks[] = {"10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"};
    struct woapol_prefix trusted[3], parsed;
    struct woapol_text lines[MAX_LINES];
    struct woapol_address peer, client;

    if (size == 0)
        return 0;
    size_t trusted_count = (data[0] >> 1) % 4;
    enum woapol_forwarded kind = data[0] & 1 ? WOAPOL_FORWARDED : WOAPOL_X_FORWARDED_FOR;
    for (size_t i = 0; i < trusted_count; i++)
        if (!woapol_prefix_parse(&trusted[i], networks[i], strlen(networks[i])))
            abort();
    if (!woapol_address_parse(&peer, "10.0.0.1", 8))
        abort();
    const char *text = (const char *)data + 1;
    size_t count = split_lines(text, size - 1, lines);
    bool found = woapol_client_address(trusted, trusted_count, &peer, kind, lines, count, &client);
    if (found != (client.family != 0))
        abort();
    if (trusted_count == 0 && memcmp(&client, &peer, sizeof peer) != 0)
        abort();
    if (woapol_prefix_parse(&parsed, text, size - 1) &&
        !woapol_prefix_holds(&parsed, &parsed.address))
        abort();
    return 0;
}
