/* The fields of a report, read back from its JSON for people. */
#ifndef WP_REPLAY_REPORT_FIELDS_H
#define WP_REPLAY_REPORT_FIELDS_H

#include <jansson.h>

/* A count; 0 when it is not there. */
static inline long long
wp_report_number(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

/* A text, borrowed from the report; `otherwise` when it is not there. */
static inline const char *
wp_report_string(const json_t *object, const char *key, const char *otherwise)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value == NULL ? otherwise : value;
}

/* What people go through, in "forecast" of "friction". */
struct wp_report_friction_row {
    const char *key, *text;
};
extern const struct wp_report_friction_row wp_report_friction_rows[];
#define WP_REPORT_FRICTION_ROWS 5

#endif
