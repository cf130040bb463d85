/* @owner "identity team", @ticket "ID-7", @expires 2027-03-01. */
#include "compiler/check/language.h"

#include <stdio.h>
#include <string.h>

struct checker {
    struct wp_diagnostics *list;
    long today;
};

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static long
days_of(long year, long month, long day)
{
    year -= month <= 2;
    long era = (year >= 0 ? year : year - 399) / 400;
    long year_of_era = year - era * 400;
    long day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    long day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Reads "2027-03-01"; false for a day that no calendar has. */
static bool
read_date(const char *text, long *days)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day, used = 0;

    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || text[used] != '\0')
        return false;
    if (month < 1 || month > 12 || day < 1 ||
        day > lengths[month - 1] + (month == 2 && is_leap(year)))
        return false;
    *days = days_of(year, month, day);
    return true;
}

static void
check_expiry(struct checker *checker, const struct wp_annotation *annotation)
{
    const struct wp_value *value = annotation->value;
    struct wp_diagnostic *finding;
    long days;

    if (!value || value->kind != WP_VALUE_DATE || !read_date(value->text, &days)) {
        finding =
            wp_report(checker->list, WP_E_BAD_ANNOTATION, value ? value->span : annotation->span,
                      value && value->kind == WP_VALUE_DATE ? "there is no such day"
                                                            : "'@expires' takes a date");
        wp_add_help(checker->list, finding, "write it like @expires 2027-03-01");
        return;
    }
    if (checker->today < 0 || checker->today < days)
        return;
    finding =
        wp_report(checker->list, WP_E_EXPIRED, annotation->span, "this expired on %s", value->text);
    wp_add_help(checker->list, finding, "remove what it stands on, or agree on a later date");
}

static void
check_annotation(struct checker *checker, const struct wp_annotation *annotation)
{
    static const char *const known[] = {"owner", "ticket", "expires"};
    const char *name = annotation->name->text;
    struct wp_diagnostic *finding;

    if (strcmp(name, "expires") == 0) {
        check_expiry(checker, annotation);
        return;
    }
    if (strcmp(name, "owner") == 0 || strcmp(name, "ticket") == 0) {
        if (annotation->value && annotation->value->kind == WP_VALUE_STRING)
            return;
        finding = wp_report(checker->list, WP_E_BAD_ANNOTATION, annotation->span,
                            "'@%s' takes a text", name);
        wp_add_help(checker->list, finding, "write it like @%s \"...\"", name);
        return;
    }
    finding = wp_report(checker->list, WP_E_BAD_ANNOTATION, annotation->name->span,
                        "there is no annotation '@%s'", name);
    const char *near = wp_suggest(name, known, sizeof known / sizeof *known);
    if (near)
        wp_add_fix(checker->list, finding, WP_FIX_SAFE, annotation->name->span, near, "write '@%s'",
                   near);
    else
        wp_add_help(checker->list, finding, "annotations are @owner, @ticket and @expires");
}

static void
check_list(struct checker *checker, const struct wp_annotation *annotations)
{
    for (const struct wp_annotation *at = annotations; at; at = at->next) {
        const struct wp_annotation *first = annotations;

        while (first != at && strcmp(first->name->text, at->name->text) != 0)
            first = first->next;
        if (first == at) {
            check_annotation(checker, at);
            continue;
        }
        struct wp_diagnostic *finding = wp_report(checker->list, WP_E_BAD_ANNOTATION, at->span,
                                                  "'@%s' stands twice", at->name->text);
        wp_add_label(checker->list, finding, first->span, "first here");
    }
}

void
wp_check_annotations(struct wp_diagnostics *list, const struct wp_loaded *loaded, long today)
{
    struct checker checker = {list, today};

    for (uint32_t i = 0; i < loaded->count; i++)
        for (const struct wp_declaration *at = loaded->files[i]->declarations; at; at = at->next) {
            check_list(&checker, at->annotations);
            for (const struct wp_rule *rule = at->rules; rule; rule = rule->next)
                check_list(&checker, rule->annotations);
        }
}
