/* What Access says when it refuses: three families, three shapes. */
#include "compiler/emit/access/access.h"

#include <stdio.h>
#include <string.h>

/* {"code": .., "message": ..} of the manager's interface, {"code", "description"} of
 * SCIM's. */
static bool
first_of(const json_t *list, const char *key, char *text, size_t size)
{
    const json_t *first = json_array_get(list, 0);
    const char *said = json_string_value(json_object_get(first, key));
    const char *code = json_string_value(json_object_get(first, "code"));

    if (!said && !code)
        return false;
    (void)snprintf(text, size, "%s%s%s%s", said ? said : "", said && code ? " (" : "",
                   code ? code : "", said && code ? ")" : "");
    return true;
}

bool
wp_access_explain_error(const json_t *answer, char *text, size_t size)
{
    const char *error = json_string_value(json_object_get(answer, "error"));
    const char *more = json_string_value(json_object_get(answer, "error_description"));

    if (error) {
        (void)snprintf(text, size, "%s%s%s", error, more ? ": " : "", more ? more : "");
        return true;
    }
    if (first_of(json_object_get(answer, "errors"), "message", text, size) ||
        first_of(json_object_get(answer, "Errors"), "description", text, size))
        return true;
    more = json_string_value(json_object_get(answer, "message"));
    if (more)
        (void)snprintf(text, size, "%s", more);
    return more != NULL;
}
