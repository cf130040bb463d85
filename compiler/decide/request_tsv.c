/* Lines of columns as requests. A line's fields are unescaped into one buffer, which
 * never needs more room than two lines; facts point into it. */
#include "compiler/decide/request_tsv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/decide/json_text.h"
#include "compiler/decide/json_token.h"

enum fact { ID, IP, DEVICE, GROUPS, APP, USER, ENTRY, MANAGED, COMPLIANT, RISK, COMPLETE, NONE };
static const char *const fact_names[NONE + 1] = {"id",        "ip",   "device",          "groups",
                                                 "app",       "user", "entry",           "managed",
                                                 "compliant", "risk", "groups_complete", "-"};
#define COLUMNS_MAX 64

struct wp_tsv_reader {
    enum fact columns[COLUMNS_MAX];
    size_t column_count;
    char *text; /* fields, unescaped */
    size_t text_length, text_room;
    struct woapol_text *groups;
    size_t group_count, group_room;
    struct wp_json_text id;
    struct woapol_text raw_id; /* as it stands in the line */
    char error[256];
};

/* ---- columns ------------------------------------------------------------------------ */

static const char *
add_column(struct wp_tsv_reader *reader, const char *name, size_t length)
{
    int fact = 0;
    while (fact <= NONE &&
           (strlen(fact_names[fact]) != length || memcmp(fact_names[fact], name, length) != 0))
        fact++;
    if (fact > NONE)
        return "a column is one of id, ip, device, groups, app, user, entry, managed, compliant, "
               "risk, groups_complete, or - to pass it over";
    for (size_t i = 0; i < reader->column_count; i++)
        if (fact != NONE && reader->columns[i] == (enum fact)fact)
            return "a column stands twice";
    if (reader->column_count == COLUMNS_MAX)
        return "there are more than 64 columns";
    reader->columns[reader->column_count++] = (enum fact)fact;
    return NULL;
}

struct wp_tsv_reader *
wp_tsv_reader_new(const char *columns, const char **reason)
{
    struct wp_tsv_reader *reader = calloc(1, sizeof *reader);
    *reason = reader == NULL ? "there is not enough memory" : NULL;
    while (*reason == NULL) {
        const size_t length = strcspn(columns, ",");
        *reason = add_column(reader, columns, length);
        columns += length;
        if (*columns++ == '\0')
            break;
    }
    if (*reason == NULL)
        return reader;
    wp_tsv_reader_free(reader);
    return NULL;
}

void
wp_tsv_reader_free(struct wp_tsv_reader *reader)
{
    if (reader == NULL)
        return;
    free(reader->text);
    free(reader->groups);
    wp_json_text_free(&reader->id);
    free(reader);
}

/* ---- texts ------------------------------------------------------------------------------ */

static bool
fail(struct wp_tsv_reader *reader, struct wp_request_facts *facts, const char *what,
     struct woapol_text text)
{
    const int shown = text.length < 60 ? (int)text.length : 60;
    if (text.text == NULL)
        (void)snprintf(reader->error, sizeof reader->error, "%s", what);
    else
        (void)snprintf(reader->error, sizeof reader->error, "%s: \"%.*s\"", what, shown, text.text);
    facts->error = reader->error;
    return false;
}

/* The character that a backslash and this one stand for. */
static char
unescape(char c)
{
    switch (c) {
    case 't':
        return '\t';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case '0':
        return '\0';
    default:
        return c;
    }
}

/* Puts a field into the buffer without its escapes; one that has none stays where it is. */
static struct woapol_text
plain(struct wp_tsv_reader *reader, struct woapol_text field)
{
    if (memchr(field.text, '\\', field.length) == NULL)
        return field;
    char *start = reader->text + reader->text_length;
    for (size_t i = 0; i < field.length; i++) {
        char c = field.text[i];
        if (c == '\\' && i + 1 < field.length)
            c = unescape(field.text[++i]);
        reader->text[reader->text_length++] = c;
    }
    return (struct woapol_text){start, (size_t)(reader->text + reader->text_length - start)};
}

/* ---- groups ------------------------------------------------------------------------------- */

static bool
add_group(struct wp_tsv_reader *reader, const char *start)
{
    if (reader->group_count == reader->group_room) {
        const size_t room = reader->group_room * 2 + 16;
        struct woapol_text *groups = realloc(reader->groups, room * sizeof *groups);
        if (groups == NULL)
            return false;
        reader->groups = groups;
        reader->group_room = room;
    }
    reader->groups[reader->group_count++] =
        (struct woapol_text){start, (size_t)(reader->text + reader->text_length - start)};
    return true;
}

/* The place behind an array's element, which starts with its quote; NULL when it does
 * not end or memory runs out. */
static const char *
read_element(struct wp_tsv_reader *reader, const char *at, const char *end)
{
    const char quote = *at++, *start = reader->text + reader->text_length;
    for (; at < end && *at != quote; at++) {
        char c = *at;
        if (c == '\\') {
            if (++at == end)
                return NULL;
            c = unescape(*at);
        }
        reader->text[reader->text_length++] = c;
    }
    return at < end && add_group(reader, start) ? at + 1 : NULL;
}

/* ['a','b'], as it stands in the line. */
static bool
read_array(struct wp_tsv_reader *reader, struct woapol_text field)
{
    const char *at = field.text + 1, *end = field.text + field.length - 1;
    if (field.length < 2 || *end != ']')
        return false;
    while (at < end) {
        if (*at != '\'' && *at != '"')
            return false;
        at = read_element(reader, at, end);
        if (at == NULL || (at < end && *at++ != ',') || (at == end && at[-1] == ','))
            return false;
        while (at < end && *at == ' ')
            at++;
    }
    return true;
}

/* The place behind a quoted name of a list. */
static const char *
read_quoted(struct wp_tsv_reader *reader, const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"' && (at + 1 == end || at[1] != '"'))
            return at + 1;
        at += *at == '"';
        reader->text[reader->text_length++] = *at;
    }
    return NULL;
}

/* a,"b, c",d; spaces around names do not count. */
static bool
read_list(struct wp_tsv_reader *reader, struct woapol_text list)
{
    const char *at = list.text, *end = at + list.length;
    for (;;) {
        while (at < end && *at == ' ')
            at++;
        const char *start = reader->text + reader->text_length;
        if (at < end && *at == '"') {
            at = read_quoted(reader, at, end);
            if (at == NULL)
                return false;
            while (at < end && *at == ' ')
                at++;
        } else {
            while (at < end && *at != ',')
                reader->text[reader->text_length++] = *at++;
            while (reader->text + reader->text_length > start &&
                   reader->text[reader->text_length - 1] == ' ')
                reader->text_length--;
        }
        if (!add_group(reader, start))
            return false;
        if (at == end)
            return true;
        if (*at++ != ',')
            return false;
    }
}

static bool
read_groups(struct wp_tsv_reader *reader, struct woapol_text field, struct wp_request_facts *facts)
{
    const bool is_array = field.text[0] == '[';
    if (!(is_array ? read_array(reader, field) : read_list(reader, plain(reader, field))))
        return fail(reader, facts, "\"groups\" is no list of groups", field);
    facts->groups = reader->groups;
    facts->group_count = reader->group_count;
    return true;
}

/* ---- facts --------------------------------------------------------------------------------- */

static bool
is_word(struct woapol_text text, const char *word)
{
    return text.length == strlen(word) && memcmp(text.text, word, text.length) == 0;
}

static bool
read_flag(struct wp_tsv_reader *reader, struct woapol_text text, struct wp_request_facts *facts,
          bool *flag)
{
    *flag = is_word(text, "true") || is_word(text, "t") || is_word(text, "1");
    return *flag || is_word(text, "false") || is_word(text, "f") || is_word(text, "0") ||
           fail(reader, facts, "a flag must be true or false, t or f, 1 or 0", text);
}

static bool
read_risk(struct wp_tsv_reader *reader, struct woapol_text text, struct wp_request_facts *facts)
{
    static const char *const levels[] = {"low", "medium", "high"};
    for (uint8_t i = 0; i < 3; i++)
        if (is_word(text, levels[i])) {
            facts->risk = i;
            return true;
        }
    return fail(reader, facts, "\"risk\" must be low, medium or high", text);
}

static bool
read_address(struct wp_tsv_reader *reader, struct woapol_text text, struct wp_request_facts *facts)
{
    struct woapol_request request;
    woapol_request_init(&request);
    facts->ip = text;
    if (!woapol_set_address(&request, text.text, text.length))
        return fail(reader, facts, "\"ip\" is not an IPv4 or IPv6 address", text);
    memcpy(facts->address, request.address, sizeof facts->address);
    facts->address_family = request.address_family;
    return true;
}

static bool
read_id(struct wp_tsv_reader *reader, struct woapol_text text, struct wp_request_facts *facts)
{
    facts->id = text;
    if (wp_json_is_number(text.text, text.length))
        return true;
    reader->id.length = 0;
    wp_json_string(&reader->id, text.text, text.length);
    if (reader->id.failed)
        return fail(reader, facts, "there is not enough memory for this line",
                    (struct woapol_text){NULL, 0});
    facts->id = (struct woapol_text){reader->id.bytes, reader->id.length};
    return true;
}

static bool
read_fact(struct wp_tsv_reader *reader, enum fact fact, struct woapol_text field,
          struct wp_request_facts *facts)
{
    bool complete = true, done;
    if (fact == GROUPS)
        return read_groups(reader, field, facts);
    if (fact == ID)
        reader->raw_id = field;
    const struct woapol_text text = plain(reader, field);
    switch (fact) {
    case ID:
        return read_id(reader, text, facts);
    case IP:
        return read_address(reader, text, facts);
    case DEVICE:
        facts->device = text;
        return true;
    case APP:
        facts->app = text;
        return true;
    case USER:
        facts->user = text;
        return true;
    case ENTRY:
        facts->entry = text;
        return true;
    case MANAGED:
        return read_flag(reader, text, facts, &facts->managed);
    case COMPLIANT:
        return read_flag(reader, text, facts, &facts->compliant);
    case RISK:
        return read_risk(reader, text, facts);
    case COMPLETE:
        done = read_flag(reader, text, facts, &complete);
        facts->groups_incomplete = !complete;
        return done;
    case GROUPS:
    case NONE:
        break;
    }
    return true;
}

static bool
make_room(struct wp_tsv_reader *reader, size_t length)
{
    if (length <= reader->text_room)
        return true;
    const size_t room = length < 2048 ? 4096 : length * 2;
    free(reader->text);
    reader->text = malloc(room);
    reader->text_room = reader->text == NULL ? 0 : room;
    return reader->text != NULL;
}

/* All fields, though one of them is bad: the id may stand behind it. */
static bool
read_fields(struct wp_tsv_reader *reader, const char *line, size_t length,
            struct wp_request_facts *facts)
{
    const char *at = line, *end = line + length;
    const struct woapol_text none = {NULL, 0};
    bool done = true;
    for (size_t i = 0;; i++) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        const struct woapol_text field = {at, (size_t)((tab == NULL ? end : tab) - at)};
        const bool is_absent = field.length == 0 || is_word(field, "\\N");
        if (i == reader->column_count)
            return fail(reader, facts, "the line has more fields than there are columns", none);
        if (!is_absent && (done || reader->columns[i] == ID))
            done = read_fact(reader, reader->columns[i], field, facts) && done;
        if (tab == NULL && i + 1 < reader->column_count)
            return fail(reader, facts, "the line has fewer fields than there are columns", none);
        if (tab == NULL)
            return done;
        at = tab + 1;
    }
}

bool
wp_tsv_read(struct wp_tsv_reader *reader, const char *line, size_t length,
            struct wp_request_facts *facts)
{
    *facts = (struct wp_request_facts){.id = {"null", 4}, .risk = 2};
    reader->text_length = reader->group_count = 0;
    reader->raw_id = (struct woapol_text){"\\N", 2};
    if (length > 0 && line[length - 1] == '\r')
        length--;
    /* A list is unescaped first and then taken apart: twice its length. */
    if (!make_room(reader, 2 * length + 1))
        return fail(reader, facts, "there is not enough memory for this line",
                    (struct woapol_text){NULL, 0});
    return read_fields(reader, line, length, facts);
}

struct woapol_text
wp_tsv_raw_id(const struct wp_tsv_reader *reader)
{
    return reader->raw_id;
}
