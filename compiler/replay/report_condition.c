/* "looser > 0": what a run in CI fails on. */
#include <stdlib.h>
#include <string.h>

#include "compiler/replay/report.h"

/* A number of the report by the name that conditions use; -1: there is none. */
static double
value_of(const json_t *report, const char *name, size_t length)
{
    char key[32];
    if (length >= sizeof key)
        return -1;
    memcpy(key, name, length);
    key[length] = '\0';
    if (strcmp(key, "denied") == 0)
        strcpy(key, "deny");
    else if (strcmp(key, "allowed") == 0)
        strcpy(key, "allow");
    if (strcmp(key, "disagreed") == 0) {
        const json_t *rules = json_object_get(json_object_get(report, "fidelity"), "rules");
        return rules == NULL || json_is_null(rules)
                   ? 0
                   : json_number_value(json_object_get(rules, "compared")) -
                         json_number_value(json_object_get(rules, "agreed"));
    }
    const json_t *value = json_object_get(json_object_get(report, "summary"), key);
    if (value == NULL)
        value = json_object_get(report, key);
    return json_is_integer(value) ? json_number_value(value) : -1;
}

static bool
compare(double value, const char *operator, size_t length, double limit, bool *holds)
{
    if (length == 2 && operator[0] == '>' && operator[1] == '=')
        *holds = value >= limit;
    else if (length == 2 && operator[0] == '<' && operator[1] == '=')
        *holds = value <= limit;
    else if (length == 2 && operator[0] == '=' && operator[1] == '=')
        *holds = value >= limit && value <= limit;
    else if (length == 1 && *operator== '>')
        *holds = value > limit;
    else if (length == 1 && *operator== '<')
        *holds = value < limit;
    else
        return false;
    return true;
}

const char *
wp_report_condition(const json_t *report, const char *condition, bool *holds)
{
    static const char shape[] = "it must be like 'looser > 0' or 'changed >= 1%'";
    const char *name = condition + strspn(condition, " ");
    size_t name_length = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
    const char *operator= name + name_length + strspn(name + name_length, " ");
    size_t operator_length = strspn(operator, "<>=");
    const char *digits = operator+ operator_length;
    digits += strspn(digits, " ");
    if (name_length == 0 || *digits < '0' || *digits > '9')
        return shape;
    char *end;
    double limit = strtod(digits, &end), value = value_of(report, name, name_length);
    if (value < 0)
        return "its name is none of looser, stricter, mixed, other, unknown, changed, denied, "
               "allowed, authenticate, decided, read, skipped, people, disagreed";
    if (*end == '%') {
        limit *= json_number_value(json_object_get(report, "decided")) / 100;
        end++;
    }
    end += strspn(end, " ");
    return *end == '\0' && compare(value, operator, operator_length, limit, holds) ? NULL : shape;
}
