/* Whether one value is of the type that its attribute takes. */
#include "compiler/check/attributes.h"
#include "compiler/facts.h"

#include <string.h>

/* What a type is called, with an example, as the end of "takes ...". */
static const char *
type_text(enum wp_attribute_type type)
{
    switch (type) {
    case WP_TYPE_NAME:
        return "a name";
    case WP_TYPE_TEXT:
        return "a text in quotes";
    case WP_TYPE_INTEGER:
        return "a whole number";
    case WP_TYPE_VERSION:
        return "a version such as 22.10";
    case WP_TYPE_DURATION:
    case WP_TYPE_LIFETIME:
        return "a duration such as 30m, 8h or 90d";
    case WP_TYPE_DATE:
        return "a date such as 2027-03-01";
    case WP_TYPE_YES_NO:
        return "yes or no";
    case WP_TYPE_CHOICE:
        return "one word";
    case WP_TYPE_CHOICES:
        return "words in braces";
    case WP_TYPE_NAMES:
        return "names in braces";
    case WP_TYPE_TEXTS:
        return "texts in quotes";
    case WP_TYPE_ANY:
    case WP_TYPE_BLOCK:
    case WP_TYPE_BLOCKS:
    case WP_TYPE_DEMANDS:
    case WP_TYPE_WHERES:
        break;
    }
    return "a value";
}

static const char *
value_text(enum wp_value_kind kind)
{
    switch (kind) {
    case WP_VALUE_NAME:
        return "a name";
    case WP_VALUE_STRING:
        return "a text in quotes";
    case WP_VALUE_INTEGER:
        return "a number";
    case WP_VALUE_VERSION:
        return "a version";
    case WP_VALUE_DURATION:
        return "a duration";
    case WP_VALUE_DATE:
        return "a date";
    case WP_VALUE_LIST:
        return "a list";
    }
    return "something else";
}

static bool
is_word_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], text) == 0)
            return true;
    return false;
}

/* Whether a value's kind is that of the type; words are looked at later. */
static bool
kind_fits(const struct wp_value *value, enum wp_attribute_type type)
{
    switch (type) {
    case WP_TYPE_NAME:
    case WP_TYPE_CHOICE:
    case WP_TYPE_YES_NO:
    case WP_TYPE_CHOICES:
    case WP_TYPE_NAMES:
        return value->kind == WP_VALUE_NAME;
    case WP_TYPE_TEXT:
    case WP_TYPE_TEXTS:
        return value->kind == WP_VALUE_STRING;
    case WP_TYPE_INTEGER:
        return value->kind == WP_VALUE_INTEGER;
    case WP_TYPE_VERSION:
        return value->kind == WP_VALUE_VERSION || value->kind == WP_VALUE_INTEGER;
    case WP_TYPE_DURATION:
        return value->kind == WP_VALUE_DURATION;
    case WP_TYPE_LIFETIME:
        return value->kind == WP_VALUE_DURATION || value->kind == WP_VALUE_INTEGER;
    case WP_TYPE_DATE:
        return value->kind == WP_VALUE_DATE;
    case WP_TYPE_ANY:
        return true;
    case WP_TYPE_BLOCK:
    case WP_TYPE_BLOCKS:
    case WP_TYPE_DEMANDS:
    case WP_TYPE_WHERES:
        break;
    }
    return false;
}

/* Offers the text without its quotes where that would have been right. */
static void
offer_unquoted(struct wp_diagnostics *list, struct wp_diagnostic *finding,
               const struct wp_value *value, enum wp_attribute_type type, const char *const *words,
               size_t count)
{
    struct wp_version version;
    bool fits = type == WP_TYPE_VERSION ? wp_version_read(value->text, false, &version)
                                        : is_word_of(value->text, words, count);

    if (fits)
        wp_add_fix(list, finding, WP_FIX_SAFE, value->span, value->text, "write %s without quotes",
                   value->text);
}

static void
report_kind(struct wp_diagnostics *list, const char *key, const struct wp_value *value,
            enum wp_attribute_type type, const char *const *words, size_t count)
{
    struct wp_diagnostic *finding =
        wp_report(list, WP_E_BAD_ATTRIBUTE, value->span, "'%s' takes %s, not %s", key,
                  type_text(type), value_text(value->kind));

    if (value->kind == WP_VALUE_STRING)
        offer_unquoted(list, finding, value, type, words, count);
}

static void
report_word(struct wp_diagnostics *list, const char *key, const struct wp_value *value,
            const char *const *words, size_t count)
{
    const char *meant = wp_suggest(value->text, words, count);
    const char *all = "";
    struct wp_diagnostic *finding =
        wp_report(list, WP_E_BAD_ATTRIBUTE, value->span, "'%s' cannot be '%s'", key, value->text);

    for (size_t i = 0; i < count; i++)
        all = wp_format(list->arena, "%s%s%s", all,
                        i == 0           ? ""
                        : i + 1 == count ? " or "
                                         : ", ",
                        words[i]);
    wp_add_note(list, finding, "it is %s", all);
    if (meant)
        wp_add_fix(list, finding, WP_FIX_CHANGES_DECISIONS, value->span, meant, "write '%s'",
                   meant);
}

static bool
check_one(struct wp_diagnostics *list, const char *key, const struct wp_value *value,
          enum wp_attribute_type type, const char *const *words, size_t count)
{
    if (!kind_fits(value, type)) {
        report_kind(list, key, value, type, words, count);
        return false;
    }
    if (count > 0 && value->kind == WP_VALUE_NAME && !is_word_of(value->text, words, count)) {
        report_word(list, key, value, words, count);
        return false;
    }
    return true;
}

bool
wp_check_value(struct wp_diagnostics *list, const char *key, const struct wp_value *value,
               enum wp_attribute_type type, const char *const *words, size_t count)
{
    static const char *const yes_no[] = {"yes", "no"};
    bool takes_list = type == WP_TYPE_CHOICES || type == WP_TYPE_NAMES || type == WP_TYPE_TEXTS;
    bool right = true;

    if (type == WP_TYPE_YES_NO)
        return check_one(list, key, value, type, yes_no, 2);
    if (value->kind != WP_VALUE_LIST || !takes_list)
        return check_one(list, key, value, type, words, count);
    for (const struct wp_value *item = value->items; item; item = item->next)
        right = check_one(list, key, item, type, words, count) && right;
    return right;
}
