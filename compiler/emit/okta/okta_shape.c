/* The forms that bodies share: names, durations, the order of sets. */
#include "compiler/emit/okta/okta.h"
#include "compiler/facts.h"

#include <stdlib.h>
#include <string.h>

const char *
wp_okta_split_name(struct wp_arena *arena, const char *name, unsigned part)
{
    return part <= 1 ? name : wp_format(arena, "%s (%u)", name, part);
}

/* ---- durations --------------------------------------------------------------------- */

const char *
wp_okta_duration(struct wp_arena *arena, uint64_t seconds)
{
    if (seconds > 0 && seconds % 3600 == 0)
        return wp_format(arena, "PT%lluH", (unsigned long long)(seconds / 3600));
    if (seconds > 0 && seconds % 60 == 0)
        return wp_format(arena, "PT%lluM", (unsigned long long)(seconds / 60));
    return wp_format(arena, "PT%lluS", (unsigned long long)seconds);
}

/* The seconds of a unit of ISO 8601, or 0: a year and a month have no fixed length. */
static uint64_t
unit_seconds(char unit, bool is_time)
{
    if (is_time)
        return unit == 'H' ? 3600 : unit == 'M' ? 60 : unit == 'S' ? 1 : 0;
    return unit == 'W' ? 604800 : unit == 'D' ? 86400 : 0;
}

bool
wp_okta_duration_read(const char *text, uint64_t *seconds)
{
    uint64_t sum = 0, last = UINT64_MAX;
    bool is_time = false, any = false;

    if (*text++ != 'P')
        return false;
    while (*text != '\0') {
        if (*text == 'T' && !is_time) {
            is_time = true;
            any = false;
            text++;
            continue;
        }
        uint64_t number = 0, unit;
        const char *digits = text;
        for (; *text >= '0' && *text <= '9' && text - digits < 10; text++)
            number = number * 10 + (uint64_t)(*text - '0');
        unit = text == digits ? 0 : unit_seconds(*text, is_time);
        if (unit == 0 || unit >= last)
            return false;
        sum += number * unit;
        last = unit;
        any = true;
        text++;
    }
    if (any)
        *seconds = sum;
    return any;
}

/* ---- sets ---------------------------------------------------------------------------- */

typedef int (*compare)(const json_t *a, const json_t *b);

struct item {
    json_t *json;
    compare compare;
};

static int
compare_items(const void *a, const void *b)
{
    const struct item *left = a, *right = b;
    return left->compare(left->json, right->json);
}

/* Sorts, and leaves one of equal ones. */
static void
sort_set(json_t *array, compare order)
{
    size_t count = json_array_size(array), i;
    struct item *items = count < 2 ? NULL : calloc(count, sizeof *items);

    if (items == NULL)
        return;
    for (i = 0; i < count; i++)
        items[i] = (struct item){json_incref(json_array_get(array, i)), order};
    qsort(items, count, sizeof *items, compare_items);
    (void)json_array_clear(array);
    for (i = 0; i < count; i++) {
        if (i == 0 || order(items[i - 1].json, items[i].json) != 0)
            (void)json_array_append(array, items[i].json);
        if (i > 0)
            json_decref(items[i - 1].json);
    }
    json_decref(items[count - 1].json);
    free(items);
}

static int
compare_texts(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

/* A reference's key, or a text as it is: an identifier that nothing is known of. */
static const char *
reference_text(const json_t *value)
{
    const char *key = wp_reference_key(value);
    return key != NULL ? key : json_string_value(value);
}

static int
compare_references(const json_t *a, const json_t *b)
{
    return compare_texts(reference_text(a), reference_text(b));
}

static int
compare_keys(const json_t *a, const json_t *b, const char *key)
{
    return compare_texts(reference_text(json_object_get(a, key)),
                         reference_text(json_object_get(b, key)));
}

/* Those that the named keys do not tell apart, by all that they hold. */
static int
compare_rest(const json_t *a, const json_t *b)
{
    char *left = json_dumps(a, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
    char *right = json_dumps(b, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
    int order = compare_texts(left, right);

    free(left);
    free(right);
    return order;
}

static int
compare_platforms(const json_t *a, const json_t *b)
{
    int order = compare_keys(a, b, "type");
    if (order == 0)
        order = compare_keys(json_object_get(a, "os"), json_object_get(b, "os"), "type");
    return order != 0 ? order : compare_rest(a, b);
}

static int
compare_methods(const json_t *a, const json_t *b)
{
    int order = compare_keys(a, b, "key");
    if (order == 0)
        order = compare_keys(a, b, "method");
    if (order == 0)
        order = compare_keys(a, b, "id");
    return order != 0 ? order : compare_rest(a, b);
}

void
wp_okta_sort_references(json_t *array)
{
    sort_set(array, compare_references);
}

void
wp_okta_sort_platforms(json_t *array)
{
    sort_set(array, compare_platforms);
}

void
wp_okta_sort_methods(json_t *array)
{
    sort_set(array, compare_methods);
}

/* ---- what an org is --------------------------------------------------------------------- */

bool
wp_okta_authenticator_is_named(const char *key)
{
    static const char *const named[] = {"custom_app", "custom_otp", "external_idp", NULL};
    for (size_t i = 0; named[i] != NULL; i++)
        if (strcmp(named[i], key) == 0)
            return true;
    return false;
}

bool
wp_okta_authenticator_has_methods(const char *key)
{
    return strcmp(key, "okta_verify") == 0 || strcmp(key, "phone_number") == 0;
}

bool
wp_okta_is_classic(const struct wp_session *session)
{
    return session->tenant != NULL &&
           strcmp(wp_attribute_text(session->tenant->attributes, "engine", ""), "classic") == 0;
}
