/* nginx's combined format: ADDRESS - USER [TIME] "REQUEST" STATUS BYTES "REFERER" "AGENT". */
#include <string.h>

#include "compiler/replay/readers.h"

struct scan {
    const char *at, *end;
    bool failed;
};

/* The text up to a byte, which is passed, too. */
static struct woapol_text
until(struct scan *scan, char stop)
{
    const char *start = scan->at;
    const char *end =
        scan->at < scan->end ? memchr(start, stop, (size_t)(scan->end - start)) : NULL;
    if (end == NULL) {
        scan->failed = true;
        return (struct woapol_text){"", 0};
    }
    scan->at = end + 1;
    return (struct woapol_text){start, (size_t)(end - start)};
}

static struct woapol_text
quoted(struct scan *scan)
{
    (void)until(scan, '"');
    return until(scan, '"'); /* nginx writes a quote in it as \x22 */
}

static void
set(struct wp_filling *filling, enum wp_log_fact fact, struct woapol_text text)
{
    if (!wp_same_word(text, "-"))
        wp_event_set(filling, fact, text);
}

enum wp_skip
wp_log_read_nginx(char *record, size_t length, struct wp_filling *filling)
{
    struct scan scan = {record, record + length, false};
    struct woapol_text address = until(&scan, ' ');
    (void)until(&scan, ' ');
    struct woapol_text user = until(&scan, '[');
    struct woapol_text time = until(&scan, ']');
    (void)quoted(&scan);
    (void)until(&scan, ' ');
    struct woapol_text status = until(&scan, ' ');
    (void)quoted(&scan);
    struct woapol_text agent = quoted(&scan);
    if (scan.failed || status.length != 3)
        return WP_SKIP_SYNTAX;
    while (user.length > 0 && user.text[user.length - 1] == ' ')
        user.length--;
    set(filling, WP_FACT_IP, address);
    set(filling, WP_FACT_USER, user);
    set(filling, WP_FACT_TIME, time);
    set(filling, WP_FACT_AGENT, agent);
    set(filling, WP_FACT_OUTCOME, status);
    return filling->skip;
}
