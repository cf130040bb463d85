/* Words for parts of bodies that are hard to read as trees. */
#include <string.h>

#include "compiler/emit/compare.h"

static const char *
text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

bool
wp_compare_is_chain(const json_t *value)
{
    return json_is_array(json_object_get(value, "authenticationMethods"));
}

static bool
ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), less = strlen(end);
    return length >= less && strcmp(text + length - less, end) == 0;
}

/* "okta_verify push", "okta_password"; the authenticator only where it is another one than
 * that of the method before. */
static const char *
method_text(struct wp_arena *arena, const json_t *method, const char *before)
{
    const char *key = text_at(method, "key"), *use = text_at(method, "method");
    const json_t *id = json_object_get(method, "id");
    const char *text = strcmp(key, before) == 0 && *use != '\0' ? use
                       : *use == '\0' || ends_with(key, use)    ? key
                                                             : wp_format(arena, "%s %s", key, use);
    const char *name, *sort = "";
    const json_t *value;

    if (wp_reference_key(id) != NULL)
        text = wp_format(arena, "%s of %s", text, wp_key_name(arena, wp_reference_key(id)));
    json_object_foreach((json_t *)(uintptr_t)method, name, value)
    {
        if (strcmp(name, "key") != 0 && strcmp(name, "method") != 0 && strcmp(name, "id") != 0)
            sort = wp_format(arena, "%s%s%s %s", sort, *sort == '\0' ? "" : ", ", name,
                             json_is_string(value) ? json_string_value(value) : "...");
    }
    return *sort == '\0' ? text : wp_format(arena, "%s (%s)", text, sort);
}

static const char *
step_text(struct wp_arena *arena, const json_t *step)
{
    const char *text = "", *before = "";
    const json_t *method;
    size_t i;

    json_array_foreach(json_object_get(step, "authenticationMethods"), i, method)
    {
        text = wp_format(arena, "%s%s%s", text, i > 0 ? " or " : "",
                         method_text(arena, method, before));
        before = text_at(method, "key");
    }
    if (json_object_get(step, "reauthenticateIn") != NULL)
        text = wp_format(arena, "%s again after %s", text, text_at(step, "reauthenticateIn"));
    return text;
}

const char *
wp_compare_chain(struct wp_arena *arena, const json_t *chain)
{
    const char *text = step_text(arena, chain);
    const json_t *next;
    size_t i;

    json_array_foreach(json_object_get(chain, "next"), i, next) text =
        wp_format(arena, "%s then %s", text, wp_compare_chain(arena, next));
    return text;
}
