/* Logs of every format: a record is decided or skipped for a reason, and nothing
 * else; so is each piece that any bytes are cut into. The first byte is the format. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/replay/record.h"
#include "compiler/replay/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_records(enum wp_log_format format, char *text, size_t length)
{
    struct wp_mapping mapping;
    struct wp_event event;
    const char head[] = "time,user,ip,agent,groups,managed,risk";
    wp_mapping_init(&mapping, format);
    struct wp_record_reader *reader =
        wp_record_reader_new(format, &mapping, (struct woapol_text){head, sizeof head - 1});
    for (size_t at = 0; reader != NULL && at < length;) {
        char *end = memchr(text + at, '\n', length - at);
        size_t record = end == NULL ? length - at : (size_t)(end - (text + at));
        enum wp_skip skip = wp_record_read(reader, text + at, record, &event);
        if ((unsigned)skip >= WP_SKIP_COUNT)
            abort();
        if (skip == WP_SKIP_NOT && event.facts.group_count > WP_RECORD_GROUPS_MAX &&
            format != WP_LOG_REQUESTS)
            abort();
        at += record + 1;
    }
    wp_record_reader_free(reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    enum wp_log_format format = (enum wp_log_format)(1 + data[0] % (WP_LOG_FORMAT_COUNT - 1));
    const char *bytes = (const char *)data + 1;
    size_t length = size - 1, taken;
    char *text = calloc(1, 2 * length + 2 + WP_REQUEST_PADDING);
    if (text == NULL)
        return 0;
    (void)wp_sniff_format(bytes, length);
    struct wp_splitter splitter = {.mode = wp_sniff_split(format, bytes, length)};
    size_t made = wp_split(&splitter, bytes, length, &taken, text, 2 * length + 2);
    if (taken != length)
        abort();
    read_records(format, text, made);
    free(text);
    return 0;
}
