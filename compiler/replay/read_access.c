/* Access's audit. A report's rows hold each event as JSON text in a string. */
#include <stdlib.h>
#include <string.h>

#include "compiler/decide/json_fields.h"
#include "compiler/replay/readers.h"

enum field {
    TIME,
    USER,
    ADDRESS,
    KIND,
    BASE,
    NAME,
    AGENT,
    DEVICE,
    SUCCESS,
    RISK,
    UUID,
    COLUMN, /* of a row */
    FIELD_COUNT
};

static const char *const paths[FIELD_COUNT] = {
    [TIME] = "timestamp",
    [USER] = "actorUserName",
    [ADDRESS] = "sourceIp",
    [KIND] = "objectType",
    [BASE] = "baseType",
    [NAME] = "objectName",
    [AGENT] = "deviceId",
    [DEVICE] = "values.deviceType",
    [SUCCESS] = "values.success",
    [RISK] = "values.LoginRiskLevel",
    [UUID] = "uuid",
    [COLUMN] = "[]",
};

struct wp_access_reader {
    struct wp_field_reader *rows, *events;
    struct wp_filling *filling;
    bool is_sign_in, is_launch, is_error;
    struct woapol_text name;
    char *text; /* the event in a row */
    size_t length, room;
    bool failed;
};

static void
set_kind(struct wp_access_reader *reader, struct woapol_text kind)
{
    reader->is_launch = kind.length >= 6 && memcmp(kind.text, "LAUNCH", 6) == 0;
    reader->is_sign_in =
        reader->is_launch || (kind.length >= 5 && memcmp(kind.text, "LOGIN", 5) == 0);
    reader->is_error = wp_has_word(kind, "_ERROR");
}

/* The names that Access has for device types and ours for them, as far as they go in a
 * policy; what is not in the list, the User-Agent tells. */
static void
set_device(struct wp_filling *filling, struct woapol_text text)
{
    static const struct {
        const char *said, *device;
    } names[] = {{"iOS", "ios"},
                 {"iPad", "ipados"},
                 {"Android", "android"},
                 {"macOS", "macos"},
                 {"OS X", "macos"},
                 {"Windows", "windows"},
                 {"Windows 10", "windows"},
                 {"browser", "browser"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (wp_same_word(text, names[i].said))
            wp_event_set(filling, WP_FACT_DEVICE,
                         (struct woapol_text){names[i].device, strlen(names[i].device)});
}

static bool
take(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text)
{
    struct wp_access_reader *reader = context;
    struct wp_filling *filling = reader->filling;
    (void)kind;
    switch ((enum field)field) {
    case TIME:
        wp_event_set(filling, WP_FACT_TIME, text);
        break;
    case USER:
        wp_event_set(filling, WP_FACT_USER, text);
        break;
    case ADDRESS:
        wp_event_set(filling, WP_FACT_IP, text);
        break;
    case KIND:
        set_kind(reader, text);
        break;
    case NAME:
        reader->name = text;
        break;
    case AGENT:
        wp_event_set(filling, WP_FACT_AGENT, text);
        break;
    case DEVICE:
        set_device(filling, text);
        break;
    case SUCCESS:
        wp_event_set(filling, WP_FACT_OUTCOME,
                     wp_same_word(text, "true") ? (struct woapol_text){"allow", 5}
                                                : (struct woapol_text){"deny", 4});
        break;
    case RISK:
        wp_event_set(filling, WP_FACT_RISK, text);
        break;
    case UUID:
        wp_event_set(filling, WP_FACT_EVENT, text);
        break;
    case BASE:
    case COLUMN:
    case FIELD_COUNT:
        break;
    }
    return true;
}

/* Keeps the last string of a row that is an object: the event. */
static bool
keep_column(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text)
{
    struct wp_access_reader *reader = context;
    (void)field;
    if (kind != WP_FIELD_STRING || text.length == 0 || text.text[0] != '{')
        return true;
    if (text.length + WP_FIELDS_PADDING > reader->room) {
        char *grown = realloc(reader->text, (text.length + WP_FIELDS_PADDING) * 2);
        reader->failed = grown == NULL;
        if (grown == NULL)
            return false;
        reader->text = grown;
        reader->room = (text.length + WP_FIELDS_PADDING) * 2;
    }
    memcpy(reader->text, text.text, text.length);
    memset(reader->text + text.length, 0, WP_FIELDS_PADDING);
    reader->length = text.length;
    return true;
}

struct wp_access_reader *
wp_access_reader_new(void)
{
    struct wp_access_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->rows = wp_field_reader_new(paths + COLUMN, 1);
    reader->events = wp_field_reader_new(paths, COLUMN);
    if (reader->rows != NULL && reader->events != NULL)
        return reader;
    wp_access_reader_free(reader);
    return NULL;
}

void
wp_access_reader_free(struct wp_access_reader *reader)
{
    if (reader == NULL)
        return;
    wp_field_reader_free(reader->rows);
    wp_field_reader_free(reader->events);
    free(reader->text);
    free(reader);
}

static enum wp_skip
read_event(struct wp_access_reader *reader, const char *text, size_t length)
{
    const struct wp_field_visitor visitor = {.value = take, .context = reader};
    if (!wp_read_fields(reader->events, text, length, &visitor))
        return WP_SKIP_SYNTAX;
    if (!reader->is_sign_in)
        return WP_SKIP_OTHER;
    if (reader->is_launch && reader->name.text != NULL)
        wp_event_set(reader->filling, WP_FACT_APP, reader->name);
    if (reader->is_error)
        reader->filling->event->logged = WP_LOGGED_DENY;
    return reader->filling->skip;
}

enum wp_skip
wp_log_read_access(struct wp_access_reader *reader, const char *record, size_t length,
                   struct wp_filling *filling)
{
    const struct wp_field_visitor visitor = {.value = keep_column, .context = reader};
    reader->filling = filling;
    reader->is_sign_in = reader->is_launch = reader->is_error = reader->failed = false;
    reader->name = (struct woapol_text){NULL, 0};
    reader->length = 0;
    if (record[0] == '{')
        return read_event(reader, record, length);
    if (!wp_read_fields(reader->rows, record, length, &visitor) || reader->failed)
        return WP_SKIP_SYNTAX;
    return reader->length == 0 ? WP_SKIP_OTHER : read_event(reader, reader->text, reader->length);
}
