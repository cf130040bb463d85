/* Facts' values: from JSON, by the types that kinds of tenants declare. */
#include "compiler/facts_value.h"

#include <ctype.h>
#include <string.h>

#include "compiler/facts.h"
#include "lang/parse.h"

struct reading {
    struct wp_arena *arena;
    struct wp_names *names;
    const struct wp_attribute *fact;
    bool exported;
    struct wp_span span;
    const char *reason;
};

static struct wp_value *
make(struct reading *reading, enum wp_value_kind kind, const char *text)
{
    struct wp_value *value = wp_alloc(reading->arena, sizeof *value);

    value->kind = kind;
    value->span = reading->span;
    value->text = text == NULL ? NULL : wp_copy_text(reading->arena, text, strlen(text));
    return value;
}

static struct wp_value *
refuse(struct reading *reading, const char *takes)
{
    reading->reason = takes;
    return NULL;
}

/* ---- words ------------------------------------------------------------------------ */

static const struct wp_value *
items_of(const struct reading *reading, const char *key)
{
    const struct wp_attribute *list = wp_attribute_find(reading->fact->attributes, key);
    return list == NULL                         ? NULL
           : list->value->kind == WP_VALUE_LIST ? list->value->items
                                                : list->value;
}

/* Our word for a tenant's; NULL when it is none that we know. */
static const char *
translate(const struct reading *reading, const char *word)
{
    const struct wp_value *ours = items_of(reading, "values");
    const struct wp_value *theirs = items_of(reading, "exported");

    if (!reading->exported || theirs == NULL)
        return word;
    for (; ours && theirs; ours = ours->next, theirs = theirs->next)
        if (theirs->text && strcmp(theirs->text, word) == 0)
            return ours->text;
    return NULL;
}

static struct wp_value *
read_name(struct reading *reading, const json_t *json, const char *takes)
{
    const char *word = json_is_string(json) ? translate(reading, json_string_value(json)) : NULL;
    size_t length = word == NULL ? 0 : strlen(word);

    if (length == 0 || length > 64 || strspn(word, WP_FACT_WORD) != length)
        return refuse(reading, takes);
    struct wp_value *value = make(reading, WP_VALUE_NAME, NULL);
    value->text = wp_intern(reading->names, word, length);
    return value;
}

static struct wp_value *
read_choice(struct reading *reading, const json_t *json)
{
    const char *takes = "a text, with one of";
    const struct wp_value *word = items_of(
        reading, reading->exported && items_of(reading, "exported") ? "exported" : "values");

    for (const char *before = " "; word != NULL; word = word->next, before = ", ")
        takes = wp_format(reading->arena, "%s%s\"%s\"", takes, before, word->text);
    return read_name(reading, json, takes);
}

static struct wp_value *
read_list(struct reading *reading, const json_t *json)
{
    static const char takes[] = "an array of names";
    struct wp_value *list = make(reading, WP_VALUE_LIST, NULL), **end = &list->items;
    size_t i;
    json_t *item;

    if (!json_is_array(json))
        return refuse(reading, takes);
    json_array_foreach((json_t *)(uintptr_t)json, i, item)
    {
        *end = read_name(reading, item, takes);
        if (*end == NULL)
            return NULL;
        end = &(*end)->next;
    }
    return list;
}

static struct wp_value *
read_yes_no(struct reading *reading, const json_t *json)
{
    const char *text = json_is_boolean(json)  ? (json_is_true(json) ? "yes" : "no")
                       : json_is_string(json) ? json_string_value(json)
                                              : "";

    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return refuse(reading, "true or false");
    struct wp_value *value = make(reading, WP_VALUE_NAME, NULL);
    value->text = wp_intern(reading->names, text, strlen(text));
    return value;
}

/* ---- numbers and their like ---------------------------------------------------------- */

/* The number that the first `digits` signs are; they are few. */
static uint64_t
number_of(const char *text, size_t digits)
{
    uint64_t number = 0;

    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (uint64_t)(text[i] - '0');
    return number;
}

/* A JSON number would do for 2210, but 22.10 as one is 22.1. */
static struct wp_value *
read_version(struct reading *reading, const json_t *json)
{
    static const char takes[] = "a version in quotes, such as \"22.10\"";
    struct wp_version version;
    const char *text = json_is_string(json) ? json_string_value(json) : "";

    if (json_is_integer(json) && json_integer_value(json) >= 0)
        text = wp_format(reading->arena, "%lld", (long long)json_integer_value(json));
    if (!wp_version_read(text, false, &version))
        return refuse(reading, takes);
    struct wp_value *value =
        make(reading, strchr(text, '.') ? WP_VALUE_VERSION : WP_VALUE_INTEGER, text);
    value->number = version.parts[0];
    return value;
}

static struct wp_value *
read_integer(struct reading *reading, const json_t *json)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0)
        return refuse(reading, "a whole number");
    struct wp_value *value =
        make(reading, WP_VALUE_INTEGER,
             wp_format(reading->arena, "%lld", (long long)json_integer_value(json)));
    value->number = (uint64_t)json_integer_value(json);
    return value;
}

static struct wp_value *
read_duration(struct reading *reading, const json_t *json)
{
    static const char units[] = "smhd";
    static const unsigned seconds[] = {1, 60, 3600, 86400};
    const char *text = json_is_string(json) ? json_string_value(json) : "";
    size_t digits = strspn(text, "0123456789");
    const char *unit = text[digits] == '\0' ? NULL : strchr(units, text[digits]);

    if (digits == 0 || digits > 9 || unit == NULL || text[digits + 1] != '\0')
        return refuse(reading, "a duration in quotes, such as \"8h\"");
    struct wp_value *value = make(reading, WP_VALUE_DURATION, text);
    value->number = number_of(text, digits) * seconds[unit - units];
    return value;
}

static struct wp_value *
read_date(struct reading *reading, const json_t *json)
{
    static const char shape[] = "dddd-dd-dd";
    const char *text = json_is_string(json) ? json_string_value(json) : "";
    bool right = strlen(text) == sizeof shape - 1;

    for (size_t i = 0; right && shape[i] != '\0'; i++)
        right = shape[i] == 'd' ? isdigit((unsigned char)text[i]) != 0 : text[i] == '-';
    if (!right)
        return refuse(reading, "a date in quotes, such as \"2027-03-01\"");
    return make(reading, WP_VALUE_DATE, text);
}

static struct wp_value *
read_text(struct reading *reading, const json_t *json)
{
    const char *text = json_is_string(json) ? json_string_value(json) : NULL;

    for (const char *c = text; c != NULL && *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            text = NULL;
    return text == NULL ? refuse(reading, "a text on one line")
                        : make(reading, WP_VALUE_STRING, text);
}

struct wp_value *
wp_fact_value(struct wp_arena *arena, struct wp_names *names, const struct wp_attribute *fact,
              bool exported, const json_t *json, struct wp_span span, const char **reason)
{
    static const struct {
        const char *type;
        struct wp_value *(*read)(struct reading *, const json_t *);
    } readers[] = {{"version", read_version},   {"choice", read_choice},  {"yes_no", read_yes_no},
                   {"list", read_list},         {"date", read_date},      {"text", read_text},
                   {"duration", read_duration}, {"integer", read_integer}};
    struct reading reading = {.arena = arena,
                              .names = names,
                              .fact = fact,
                              .exported = exported,
                              .span = span,
                              .reason = "a value that woapol cannot read"};
    const char *type = wp_attribute_text(fact->attributes, "type", "");
    struct wp_value *value = NULL;

    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (strcmp(readers[i].type, type) == 0)
            value = readers[i].read(&reading, json);
    *reason = value == NULL ? reading.reason : NULL;
    return value;
}

/* ---- comparing ----------------------------------------------------------------------- */

static size_t
count_items(const struct wp_value *list)
{
    size_t count = 0;
    for (const struct wp_value *item = list->items; item; item = item->next)
        count++;
    return count;
}

static bool
same_lists(const struct wp_value *a, const struct wp_value *b, bool ordered)
{
    if (count_items(a) != count_items(b))
        return false;
    const struct wp_value *other = b->items;
    for (const struct wp_value *item = a->items; item; item = item->next, other = other->next) {
        if (item->text == NULL || other->text == NULL)
            return false;
        if (ordered ? strcmp(item->text, other->text) != 0
                    : !wp_value_holds(b, item->text) || !wp_value_holds(a, other->text))
            return false;
    }
    return true;
}

bool
wp_fact_same(const struct wp_attribute *fact, const struct wp_value *a, const struct wp_value *b)
{
    bool compact = wp_attribute_is_yes(fact->attributes, "compact");
    struct wp_version one, other;

    if (a->kind == WP_VALUE_LIST && b->kind == WP_VALUE_LIST)
        return same_lists(a, b, wp_attribute_find(fact->attributes, "of") == NULL);
    if (a->kind == WP_VALUE_LIST || b->kind == WP_VALUE_LIST) {
        const struct wp_value *list = a->kind == WP_VALUE_LIST ? a : b;
        const struct wp_value *single = list == a ? b : a;
        return count_items(list) == 1 && single->text != NULL && wp_value_holds(list, single->text);
    }
    if (a->kind == WP_VALUE_DURATION && b->kind == WP_VALUE_DURATION)
        return a->number == b->number;
    if (a->text == NULL || b->text == NULL)
        return false;
    if (strcmp(wp_attribute_text(fact->attributes, "type", ""), "version") == 0 &&
        wp_version_read(a->text, compact, &one) && wp_version_read(b->text, compact, &other))
        return wp_version_compare(&one, &other) == 0;
    return strcmp(a->text, b->text) == 0;
}
