/* Cutting an array at its commas. */
#include "compiler/serve/json_items.h"

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
pass_blanks(struct wp_json_items *items)
{
    while (items->at < items->length && is_blank(items->text[items->at]))
        items->at++;
}

/* Over a string, from its quote; false when it does not end. */
static bool
pass_string(struct wp_json_items *items)
{
    for (items->at++; items->at < items->length; items->at++) {
        char c = items->text[items->at];
        if (c == '"') {
            items->at++;
            return true;
        }
        if (c == '\\')
            items->at++;
    }
    return false;
}

bool
wp_json_items_begin(struct wp_json_items *items, const char *text, size_t length)
{
    *items = (struct wp_json_items){.text = text, .length = length};
    pass_blanks(items);
    if (items->at == length || text[items->at] != '[')
        return false;
    items->at++;
    return true;
}

/* Up to a comma or a closing bracket of the array itself. */
static bool
pass_item(struct wp_json_items *items)
{
    size_t depth = 0;
    while (items->at < items->length) {
        char c = items->text[items->at];
        if (c == '"') {
            if (!pass_string(items))
                return false;
            continue;
        }
        if (depth == 0 && (c == ',' || c == ']'))
            return true;
        if (c == '[' || c == '{')
            depth++;
        else if ((c == ']' || c == '}') && depth-- == 0)
            return false;
        items->at++;
    }
    return false;
}

static enum wp_json_step
end(struct wp_json_items *items)
{
    items->at++;
    pass_blanks(items);
    return items->at == items->length ? WP_JSON_END : WP_JSON_WRONG;
}

enum wp_json_step
wp_json_items_next(struct wp_json_items *items, struct woapol_text *item)
{
    pass_blanks(items);
    if (items->at == items->length)
        return WP_JSON_WRONG;
    bool is_end = items->text[items->at] == ']';
    if (is_end)
        return end(items);
    if (items->has_items) {
        if (items->text[items->at] != ',')
            return WP_JSON_WRONG;
        items->at++;
        pass_blanks(items);
    }
    size_t start = items->at;
    if (!pass_item(items) || items->at == start)
        return WP_JSON_WRONG;
    size_t stop = items->at;
    while (is_blank(items->text[stop - 1]))
        stop--;
    *item = (struct woapol_text){items->text + start, stop - start};
    items->has_items = true;
    return WP_JSON_ITEM;
}
