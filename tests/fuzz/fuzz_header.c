/* Any bytes as header fields of a tenant's answer: numbers, dates, links, and what
 * is shown of them. */
#include "compiler/emit/wire.h"

#include <stdlib.h>
#include <string.h>

static void
check_shown(const char *text, size_t size)
{
    char shown[64];
    size_t room = 4 + size % (sizeof shown - 3);
    wp_problem_escape(shown, room, text, size);
    if (strlen(shown) >= room)
        abort();
    for (const char *at = shown; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            abort();
}

static void
check_link(const char *text)
{
    const char *target;
    size_t size;
    if (!wp_header_link(text, "next", &target, &size))
        return;
    if (target <= text || target[-1] != '<' || target[size] != '>' ||
        memchr(target, '>', size) != NULL)
        abort();
    char *link = strndup(target, size);
    struct wp_problem problem = {.kind = WP_PROBLEM_NONE};
    struct wp_origin origin;
    if (link == NULL || !wp_origin_read(&origin, "https://acme.okta.com", &problem))
        abort();
    char *url = wp_origin_resolve(&origin, "https://acme.okta.com/a?b", link);
    if (url != NULL && strncasecmp(url, "https://acme.okta.com", 21) != 0)
        abort();
    if (url != NULL && strchr("/?:", url[21]) == NULL)
        abort();
    curl_free(url);
    wp_origin_free(&origin);
    free(link);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    check_shown(text, size);
    if (wp_header_number(text) < -1 || wp_header_date(text) < -1)
        abort();
    check_link(text);
    free(text);
    return 0;
}
