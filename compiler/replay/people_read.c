/* Exports of people: CSV with a head, or SCIM. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/decide/json_fields.h"
#include "compiler/replay/csv.h"
#include "compiler/replay/event.h"
#include "compiler/replay/logs.h"
#include "compiler/replay/people_parts.h"

#define SCIM_MAX (256u << 20)

/* ---- CSV -------------------------------------------------------------------------- */

enum column { USER, GROUPS, MANAGED, COMPLIANT, MAIL, ID, EMPLOYEE, OTHER };

static enum column
column_of(struct woapol_text name)
{
    static const struct {
        const char *name;
        enum column column;
    } names[] = {{"user", USER},
                 {"username", USER},
                 {"login", USER},
                 {"email", MAIL},
                 {"group", GROUPS},
                 {"groups", GROUPS},
                 {"managed", MANAGED},
                 {"compliant", COMPLIANT},
                 {"mail", MAIL},
                 {"externalid", ID},
                 {"external_id", ID},
                 {"objectguid", ID},
                 {"employeenumber", EMPLOYEE},
                 {"employee_number", EMPLOYEE},
                 {"employeeid", EMPLOYEE},
                 {"employee_id", EMPLOYEE}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (wp_same_word(name, names[i].name))
            return names[i].column;
    return OTHER;
}

/* Whoever has no other name goes by the mail address. */
static bool
is_name(enum column column)
{
    return column == USER || column == MAIL;
}

struct layout {
    char separator, group_separator;
    size_t count;
    enum column columns[WP_CSV_COLUMNS_MAX];
    bool has_user;
};

static void
read_head(struct layout *layout, char *line, size_t length)
{
    struct woapol_text columns[WP_CSV_COLUMNS_MAX];
    layout->separator = wp_csv_separator((struct woapol_text){line, length});
    layout->count = wp_csv_split(line, length, layout->separator, columns);
    for (size_t i = 0; layout->count != SIZE_MAX && i < layout->count; i++) {
        layout->columns[i] = column_of(columns[i]);
        layout->has_user = layout->has_user || is_name(layout->columns[i]);
    }
}

static void
add_groups(struct wp_people *people, struct wp_known *known, struct woapol_text list,
           char separator)
{
    known->person.has_groups = true;
    while (list.length > 0) {
        const char *end = memchr(list.text, separator, list.length);
        size_t length = end == NULL ? list.length : (size_t)(end - list.text);
        wp_people_add_group(people, known, (struct woapol_text){list.text, length});
        length += end != NULL;
        list.text += length;
        list.length -= length;
    }
}

static void
read_row(struct wp_people *people, const struct layout *layout, char *line, size_t length)
{
    struct woapol_text columns[WP_CSV_COLUMNS_MAX];
    struct wp_known *known = NULL;
    bool is_text = wp_is_utf8(line, length);
    size_t count = wp_csv_split(line, length, layout->separator, columns);
    if (count != layout->count || !is_text) {
        people->unreadable += length > 0;
        return;
    }
    for (size_t i = 0; i < count && known == NULL; i++)
        if (layout->columns[i] == USER && columns[i].length > 0)
            known = wp_people_make(people, columns[i]);
    for (size_t i = 0; i < count && known == NULL; i++)
        if (is_name(layout->columns[i]) && columns[i].length > 0)
            known = wp_people_make(people, columns[i]);
    people->unreadable += known == NULL;
    for (size_t i = 0; known != NULL && i < count; i++) {
        struct wp_person *person = &known->person;
        bool truth;
        if (layout->columns[i] == GROUPS) {
            add_groups(people, known, columns[i], layout->group_separator);
        } else if (layout->columns[i] == MANAGED && wp_read_truth(columns[i], &truth)) {
            person->has_managed = true;
            person->managed = truth;
        } else if (layout->columns[i] == COMPLIANT && wp_read_truth(columns[i], &truth)) {
            person->has_compliant = true;
            person->compliant = truth;
        } else if (layout->columns[i] == MAIL) {
            wp_people_add_key(people, known, WP_KEY_MAIL, columns[i]);
        } else if (layout->columns[i] == ID) {
            wp_people_add_key(people, known, WP_KEY_ID, columns[i]);
        } else if (layout->columns[i] == EMPLOYEE) {
            wp_people_add_key(people, known, WP_KEY_EMPLOYEE, columns[i]);
        }
    }
}

static void
read_block(struct wp_people *people, struct layout *layout, struct wp_block *block)
{
    char *at = block->bytes, *end = block->bytes + block->length;
    bool is_head = block->in_file == 1;
    for (; at < end; is_head = false) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        size_t length = (size_t)(stop - at);
        length -= length > 0 && at[length - 1] == '\r';
        if (is_head)
            read_head(layout, at, length);
        else
            read_row(people, layout, at, length);
        at = stop + 1;
    }
}

static const char *
read_csv(struct wp_people *people, const char *path, char separator)
{
    struct layout layout = {.group_separator = separator};
    struct wp_logs source;
    struct wp_block *block = malloc(sizeof *block);
    const char *error = NULL;
    if (!wp_logs_init(&source, &path, 1, WP_LOG_CSV) || block == NULL)
        error = "out of memory";
    while (error == NULL && wp_logs_next(&source, block)) {
        read_block(people, &layout, block);
        if (!layout.has_user)
            error = "the first line names no column 'user'";
    }
    if (error == NULL && source.failed)
        error = strerror(source.error);
    wp_logs_fini(&source);
    free(block);
    return error;
}

/* ---- SCIM --------------------------------------------------------------------------- */

enum scim {
    RESOURCE,
    USER_NAME,
    DISPLAY_NAME,
    GROUP,
    MEMBER,
    EMAIL,
    EXTERNAL_ID,
    EMPLOYEE_NUMBER,
    EMPLOYEE_NUMBER_1,
    EMPLOYEE_NUMBER_2,
    SCIM_COUNT
};
static const char *const scim_paths[SCIM_COUNT] = {
    [RESOURCE] = "Resources[]",
    [USER_NAME] = "Resources[].userName",
    [DISPLAY_NAME] = "Resources[].displayName",
    [GROUP] = "Resources[].groups[].display",
    [MEMBER] = "Resources[].members[].display",
    [EMAIL] = "Resources[].emails[].value",
    [EXTERNAL_ID] = "Resources[].externalId",
    [EMPLOYEE_NUMBER] = "Resources[].employeeNumber",
    [EMPLOYEE_NUMBER_1] =
        "Resources[].urn:scim:schemas:extension:enterprise:1" WP_FIELDS_DOT "0.employeeNumber",
    [EMPLOYEE_NUMBER_2] =
        "Resources[].urn:ietf:params:scim:schemas:extension:enterprise:2" WP_FIELDS_DOT
        "0:User.employeeNumber",
};

/* One resource; its names come in any order, so they are kept to its end. */
struct scim_reading {
    struct wp_people *people;
    struct woapol_text user, name, keys[WP_KEY_COUNT];
    struct woapol_text *list; /* groups, or members */
    size_t count, room;
    bool has_members;
};

static void
end_resource(struct scim_reading *reading)
{
    struct wp_people *people = reading->people;
    if (reading->user.text != NULL) {
        struct wp_known *known = wp_people_make(people, reading->user);
        known->person.has_groups = true;
        for (size_t i = 0; i < reading->count; i++)
            wp_people_add_group(people, known, reading->list[i]);
        for (int key = WP_KEY_MAIL; key < WP_KEY_COUNT; key++)
            wp_people_add_key(people, known, (enum wp_person_key)key, reading->keys[key]);
    } else if (reading->name.text != NULL && reading->has_members) {
        for (size_t i = 0; i < reading->count; i++)
            wp_people_add_group(people, wp_people_make(people, reading->list[i]), reading->name);
    }
    reading->user = reading->name = (struct woapol_text){NULL, 0};
    memset(reading->keys, 0, sizeof reading->keys);
    reading->count = 0;
    reading->has_members = false;
}

static void
take_key(struct scim_reading *reading, enum wp_person_key key, struct woapol_text text)
{
    if (reading->keys[key].length == 0)
        reading->keys[key] = text;
}

static bool
take_scim(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text)
{
    struct scim_reading *reading = context;
    (void)kind;
    if (field == USER_NAME) {
        reading->user = text;
    } else if (field == DISPLAY_NAME) {
        reading->name = text;
    } else if (field == GROUP || field == MEMBER) {
        reading->list = wp_people_grown(reading->people->arena, reading->list, reading->count,
                                        &reading->room, sizeof *reading->list);
        reading->list[reading->count++] = text;
        reading->has_members = reading->has_members || field == MEMBER;
    } else if (field == EMAIL) {
        take_key(reading, WP_KEY_MAIL, text);
    } else if (field == EXTERNAL_ID) {
        take_key(reading, WP_KEY_ID, text);
    } else if (field != RESOURCE) {
        take_key(reading, WP_KEY_EMPLOYEE, text);
    }
    return true;
}

static void
begin_element(void *context, size_t field)
{
    if (field == RESOURCE)
        end_resource(context);
}

static const char *
read_scim(struct wp_people *people, struct wp_input *input)
{
    struct scim_reading reading = {.people = people};
    const struct wp_field_visitor visitor = {take_scim, begin_element, &reading};
    struct wp_field_reader *reader = wp_field_reader_new(scim_paths, SCIM_COUNT);
    size_t length = 0, room = 1u << 20;
    char *text = malloc(room + WP_FIELDS_PADDING);
    const char *error = NULL;
    while (text != NULL && length <= SCIM_MAX) {
        length += wp_input_read(input, text + length, room - length);
        if (length < room)
            break;
        char *larger = realloc(text, room * 2 + WP_FIELDS_PADDING);
        if (larger == NULL)
            free(text);
        text = larger;
        room *= 2;
    }
    if (text == NULL || reader == NULL)
        error = "out of memory";
    else if (length > SCIM_MAX)
        error = "it is longer than 256 MiB";
    else if (!wp_read_fields(reader, text, length, &visitor))
        error = "it is no JSON object with SCIM resources";
    else
        end_resource(&reading);
    wp_field_reader_free(reader);
    free(text);
    return error;
}

const char *
wp_people_read(struct wp_people *people, const char *path, char separator)
{
    struct wp_input *input = wp_input_open(path, NULL);
    char first[64];
    if (input == NULL)
        return strerror(errno);
    size_t length = wp_input_read(input, first, sizeof first);
    wp_input_close(input);
    bool is_json = false;
    for (size_t i = 0; i < length; i++)
        if (strchr(" \t\r\n\xef\xbb\xbf", first[i]) == NULL || first[i] == '\0') {
            is_json = first[i] == '{';
            break;
        }
    if (!is_json)
        return read_csv(people, path, separator);
    input = wp_input_open(path, NULL);
    if (input == NULL)
        return strerror(errno);
    const char *error = read_scim(people, input);
    wp_input_close(input);
    return error;
}
