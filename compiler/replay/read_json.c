/* JSON whose paths a mapping names. */
#include <stdlib.h>
#include <string.h>

#include "compiler/decide/json_fields.h"
#include "compiler/replay/readers.h"

#define PATH_MAX_LENGTH 512

struct wp_json_reader {
    struct wp_field_reader *fields;
    enum wp_log_fact facts[WP_FACT_COUNT + 1]; /* of the paths */
    struct wp_filling *filling;
};

static void
take(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text)
{
    struct wp_json_reader *reader = context;
    enum wp_log_fact fact = reader->facts[field];
    if (fact != WP_FACT_GROUPS) {
        wp_event_set(reader->filling, fact, text);
        return;
    }
    if (kind == WP_FIELD_NUMBER) {
        reader->filling->event->facts.groups_incomplete = !wp_same_word(text, "0");
        reader->filling->event->has_groups = wp_same_word(text, "0");
    } else {
        wp_event_set(reader->filling, fact, text);
    }
}

static bool
take_part(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text)
{
    struct wp_json_reader *reader = context;
    if (field == WP_FACT_COUNT)
        wp_event_add_group(reader->filling, text);
    else
        take(context, field, kind, text);
    return true;
}

static void
take_element(void *context, size_t field)
{
    struct wp_json_reader *reader = context;
    (void)field;
    reader->filling->event->has_groups = true;
}

struct wp_json_reader *
wp_json_reader_new(const struct wp_mapping *mapping)
{
    const char *paths[WP_FACT_COUNT + 1];
    char elements[PATH_MAX_LENGTH] = "groups[]";
    struct wp_json_reader *reader = calloc(1, sizeof *reader);
    const char *groups = mapping->from[WP_FACT_GROUPS];
    if (reader == NULL)
        return NULL;
    for (unsigned i = 0; i < WP_FACT_COUNT; i++) {
        /* What is not mapped gets a path that no text has: keys hold no NUL. */
        paths[i] = mapping->from[i] == NULL ? "\x02" : mapping->from[i];
        reader->facts[i] = (enum wp_log_fact)i;
    }
    if (groups != NULL && strlen(groups) + 3 <= sizeof elements) {
        strcpy(elements, groups);
        strcat(elements, "[]");
    }
    paths[WP_FACT_COUNT] = groups == NULL ? "\x02" : elements;
    reader->facts[WP_FACT_COUNT] = WP_FACT_GROUPS;
    reader->fields = wp_field_reader_new(paths, WP_FACT_COUNT + 1);
    if (reader->fields != NULL)
        return reader;
    free(reader);
    return NULL;
}

void
wp_json_reader_free(struct wp_json_reader *reader)
{
    if (reader == NULL)
        return;
    wp_field_reader_free(reader->fields);
    free(reader);
}

enum wp_skip
wp_log_read_json(struct wp_json_reader *reader, const char *record, size_t length,
                 struct wp_filling *filling)
{
    const struct wp_field_visitor visitor = {take_part, take_element, reader};
    reader->filling = filling;
    if (!wp_read_fields(reader->fields, record, length, &visitor))
        return WP_SKIP_SYNTAX;
    return filling->skip;
}
