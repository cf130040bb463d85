/* CSV as RFC 4180 has it; the separator is a comma, semicolon or tab. */
#include <stdlib.h>
#include <string.h>

#include "compiler/replay/csv.h"
#include "compiler/replay/readers.h"

struct wp_csv_reader {
    char separator;
    size_t count;
    enum wp_log_fact facts[WP_CSV_COLUMNS_MAX]; /* of the columns */
};

static enum wp_log_fact
fact_of(const struct wp_mapping *mapping, struct woapol_text column)
{
    for (unsigned i = 0; i < WP_FACT_COUNT; i++)
        if (mapping->from[i] != NULL && wp_same_word(column, mapping->from[i]))
            return (enum wp_log_fact)i;
    return WP_FACT_NONE;
}

struct wp_csv_reader *
wp_csv_reader_new(const struct wp_mapping *mapping, struct woapol_text head)
{
    struct wp_csv_reader *reader = calloc(1, sizeof *reader);
    char *text = malloc(head.length + 1);
    if (reader != NULL && text != NULL) {
        struct woapol_text columns[WP_CSV_COLUMNS_MAX];
        memcpy(text, head.text, head.length);
        reader->separator = wp_csv_separator(head);
        size_t count = wp_csv_split(text, head.length, reader->separator, columns);
        reader->count = count == SIZE_MAX ? 0 : count;
        for (size_t i = 0; i < reader->count; i++)
            reader->facts[i] = fact_of(mapping, columns[i]);
    } else {
        free(reader);
        reader = NULL;
    }
    free(text);
    return reader;
}

void
wp_csv_reader_free(struct wp_csv_reader *reader)
{
    free(reader);
}

enum wp_skip
wp_log_read_csv(struct wp_csv_reader *reader, char *record, size_t length,
                struct wp_filling *filling)
{
    struct woapol_text columns[WP_CSV_COLUMNS_MAX];
    size_t count = wp_csv_split(record, length, reader->separator, columns);
    if (count != reader->count)
        return WP_SKIP_SYNTAX;
    for (size_t i = 0; i < count; i++)
        wp_event_set(filling, reader->facts[i], columns[i]);
    return filling->skip;
}
