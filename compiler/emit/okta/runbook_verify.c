/* Whether an export shows that the steps were taken. */
#include "compiler/emit/okta/runbook.h"

#include <stdlib.h>
#include <string.h>

static void
put(struct wp_buffer *buffer, const char *text)
{
    wp_buffer_add(buffer, text, strlen(text));
}

/* What the export holds at a place, or NULL. Rules are counted. */
static json_t *
find(const json_t *export, const json_t *at)
{
    const json_t *part;
    const json_t *value = export;
    size_t i;

    json_array_foreach(at, i, part)
    {
        if (json_is_integer(part))
            value = json_array_get(value, (size_t)json_integer_value(part));
        else if (strcmp(json_string_value(part), "rule_count") == 0)
            return json_integer((json_int_t)json_array_size(json_object_get(value, "rules")));
        else
            value = json_object_get(value, json_string_value(part));
    }
    return json_incref((json_t *)(uintptr_t)value);
}

/* ---- equal, whatever the order of names ------------------------------------------------ */

static bool
list_has(const json_t *list, const json_t *value)
{
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item) if (json_equal(item, value)) return true;
    return false;
}

static bool
same_set(const json_t *a, const json_t *b)
{
    const json_t *item;
    size_t i;

    json_array_foreach(a, i, item) if (!list_has(b, item)) return false;
    json_array_foreach(b, i, item) if (!list_has(a, item)) return false;
    return true;
}

/* An empty list is like none, and so is a value that says nothing. */
static bool
says_nothing(const json_t *value)
{
    static const char *const words[] = {"ANY", NULL};

    if (value == NULL || json_is_null(value) || json_is_false(value))
        return true;
    if (json_is_array(value))
        return json_array_size(value) == 0;
    return json_is_string(value) && strcmp(json_string_value(value), words[0]) == 0;
}

static bool
same_value(const json_t *a, const json_t *b)
{
    if (says_nothing(a) || says_nothing(b))
        return says_nothing(a) && says_nothing(b);
    return json_is_array(a) && json_is_array(b) ? same_set(a, b) : json_equal(a, b);
}

/* The first key in which two objects differ, or NULL. A key that is not known differs. */
static const char *
difference(const json_t *is, const json_t *should)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)should, key,
                        value) if (!same_value(json_object_get(is, key), value)) return key;
    json_object_foreach((json_t *)(uintptr_t)is, key,
                        value) if (!same_value(value, json_object_get(should, key))) return key;
    return NULL;
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void
put_value(struct wp_buffer *lines, const json_t *value)
{
    char *text = value == NULL ? NULL
                               : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS |
                                                       JSON_ENSURE_ASCII);
    put(lines, text == NULL ? "nothing" : text);
    free(text);
}

static void
put_missing(const struct wp_session *session, struct wp_buffer *lines, size_t number,
            const json_t *step, const json_t *is)
{
    const json_t *should = json_object_get(step, "expect");
    const char *key = json_is_object(is) && json_is_object(should) ? difference(is, should) : NULL;

    put(lines, wp_format(session->arena, "step %zu by hand is not done: %s: ", number,
                         json_string_value(json_object_get(step, "title"))));
    if (key != NULL) {
        put(lines, wp_format(session->arena, "'%s' is ", key));
        is = json_object_get(is, key);
        should = json_object_get(should, key);
    }
    put_value(lines, is);
    put(lines, key != NULL ? ", not " : " is there, not ");
    put_value(lines, should);
    put(lines, "\n");
}

bool
wp_okta_verify_export(const struct wp_session *session, const json_t *export,
                      struct wp_buffer *lines, size_t *missing, struct wp_problem *problem)
{
    json_t *steps = wp_okta_steps(session, problem), *step;
    size_t i;

    *missing = 0;
    if (steps == NULL)
        return false;
    if (!json_is_object(export)) {
        json_decref(steps);
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "the export is no JSON object");
    }
    json_array_foreach(steps, i, step)
    {
        const json_t *should = json_object_get(step, "expect");
        json_t *is = find(export, json_object_get(step, "at"));
        bool same = json_is_object(is) && json_is_object(should)
                        ? difference(is, should) == NULL
                        : is != NULL && json_equal(is, should);
        if (!same) {
            ++*missing;
            put_missing(session, lines, i + 1, step, is);
        }
        json_decref(is);
    }
    json_decref(steps);
    return true;
}
