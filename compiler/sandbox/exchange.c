#include "compiler/sandbox/exchange.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- the target -------------------------------------------------------------- */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %41 and, within a query, + for a space; NULL when it is not well-formed. */
static const char *
decode(struct wp_arena *arena, const char *text, size_t length, bool is_query)
{
    char *decoded = wp_alloc(arena, length + 1);
    size_t out = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
            int low = i + 2 < length ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && is_query) {
            c = ' ';
        }
        decoded[out++] = c;
    }
    return decoded;
}

bool
wp_exchange_read_target(struct wp_exchange *x, const char *target)
{
    size_t path_length = strcspn(target, "?#");
    const char *query = target + path_length;
    if (target[0] != '/')
        return false;
    x->path = wp_copy_text(x->arena, target, path_length);
    if (*query != '?')
        return true;
    for (query++; *query != '\0' && *query != '#';) {
        size_t length = strcspn(query, "&#"), name = strcspn(query, "=&#");
        struct wp_box_pair *pair;
        if (length > 0) {
            if (x->argument_count == WP_EXCHANGE_ARGUMENTS)
                return false;
            pair = &x->arguments[x->argument_count++];
            pair->name = decode(x->arena, query, name, true);
            pair->value =
                name < length ? decode(x->arena, query + name + 1, length - name - 1, true) : "";
            if (pair->name == NULL || pair->value == NULL)
                return false;
        }
        query += length + (query[length] == '&');
    }
    return true;
}

bool
wp_exchange_read_form(const struct wp_exchange *x, struct wp_exchange *form)
{
    *form = (struct wp_exchange){.arena = x->arena};
    return strlen(x->body) == x->body_size &&
           wp_exchange_read_target(form, wp_format(x->arena, "/?%s", x->body));
}

const char *
wp_exchange_header(const struct wp_exchange *x, const char *name)
{
    for (size_t i = 0; i < x->header_count; i++)
        if (strcasecmp(x->headers[i].name, name) == 0)
            return x->headers[i].value;
    return NULL;
}

const char *
wp_exchange_argument(const struct wp_exchange *x, const char *name)
{
    for (size_t i = 0; i < x->argument_count; i++)
        if (strcmp(x->arguments[i].name, name) == 0)
            return x->arguments[i].value;
    return NULL;
}

long
wp_exchange_number(const struct wp_exchange *x, const char *name, long otherwise)
{
    const char *text = wp_exchange_argument(x, name);
    char *end;
    long number;
    if (text == NULL || !isdigit((unsigned char)text[*text == '-']))
        return otherwise;
    errno = 0;
    number = strtol(text, &end, 10);
    return *end == '\0' && errno == 0 ? number : otherwise;
}

json_t *
wp_exchange_json(const struct wp_exchange *x)
{
    return json_loadb(x->body, x->body_size, JSON_REJECT_DUPLICATES, NULL);
}

/* ---- answers ------------------------------------------------------------------ */

void
wp_exchange_answer(struct wp_exchange *x, unsigned status, json_t *body)
{
    char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    free(x->text);
    x->status = status;
    x->text = text;
    x->size = text != NULL ? strlen(text) : 0;
    if (x->type == NULL)
        x->type = "application/json";
    json_decref(body);
}

void
wp_exchange_text(struct wp_exchange *x, unsigned status, const char *type, const char *text,
                 size_t size)
{
    free(x->text);
    x->text = malloc(size + 1);
    x->size = x->text != NULL ? size : 0;
    if (x->text != NULL) {
        memcpy(x->text, text, size);
        x->text[size] = '\0';
    }
    x->status = status;
    x->type = type;
}

void
wp_exchange_add(struct wp_exchange *x, const char *name, const char *value)
{
    if (x->answer_count < sizeof x->answer / sizeof *x->answer)
        x->answer[x->answer_count++] = (struct wp_box_pair){name, value};
}

/* ---- routes -------------------------------------------------------------------- */

static bool
fits(struct wp_exchange *x, const char *pattern)
{
    const char *path = x->path;
    size_t capture = 0;
    while (*pattern != '\0') {
        if (pattern[0] == '{' && pattern[1] == '}') {
            size_t length = strcspn(path, "/");
            const char *text = length > 0 ? decode(x->arena, path, length, false) : NULL;
            if (text == NULL || capture == WP_EXCHANGE_CAPTURES)
                return false;
            x->captures[capture++] = text;
            path += length;
            pattern += 2;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

const struct wp_box_route *
wp_box_route_find(struct wp_exchange *x, const struct wp_box_route *routes, size_t count,
                  bool *has_path)
{
    *has_path = false;
    for (size_t i = 0; i < count; i++)
        if (fits(x, routes[i].pattern)) {
            *has_path = true;
            if (strcmp(routes[i].method, x->method) == 0)
                return &routes[i];
        }
    return NULL;
}

/* ---- JSON ----------------------------------------------------------------------- */

const char *
wp_box_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

bool
wp_box_yes(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

json_t *
wp_box_pick(const json_t *from, const char *keys)
{
    json_t *to = json_object();
    char key[64];
    while (*keys != '\0') {
        size_t length = strcspn(keys, " ");
        json_t *value;
        if (length < sizeof key) {
            memcpy(key, keys, length);
            key[length] = '\0';
            value = json_object_get(from, key);
            if (value != NULL)
                json_object_set_new(to, key, json_deep_copy(value));
        }
        keys += length + (keys[length] == ' ');
    }
    return to;
}

bool
wp_box_holds(const json_t *array, const char *text)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item) if (json_is_string(item) &&
                                           strcmp(json_string_value(item), text) == 0) return true;
    return false;
}
