/* OAuth clients as the published interface has them: lists of words with blanks
 * between them, minutes, a secret that is never shown again. */
#include "compiler/emit/access/shape.h"

#include <stdlib.h>
#include <string.h>

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(json_string_value(*(json_t *const *)a), json_string_value(*(json_t *const *)b));
}

/* The words of a text with blanks or commas between them, sorted. */
static json_t *
words_of(const json_t *text)
{
    const char *at = json_is_string(text) ? json_string_value(text) : "";
    json_t *sorted = json_array(), *all[256];
    size_t count = 0;

    while (*at && count < sizeof all / sizeof *all) {
        size_t blanks = strspn(at, " ,\t\r\n"), length = strcspn(at + blanks, " ,\t\r\n");
        at += blanks;
        if (length)
            all[count++] = json_stringn(at, length);
        at += length;
    }
    if (count)
        qsort(all, count, sizeof *all, compare_texts);
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(sorted, all[i]);
    return sorted;
}

static json_t *
joined(const json_t *words)
{
    json_t *text = json_string(""), *word;
    size_t i;

    json_array_foreach(words, i, word)
    {
        json_t *longer =
            json_sprintf("%s%s%s", json_string_value(text), i ? " " : "", json_string_value(word));
        json_decref(text);
        text = longer;
    }
    return text;
}

static void
read_minutes(json_t *body, const char *key, const json_t *wire, const char *from)
{
    const json_t *value = json_object_get(wire, from);

    if (json_is_integer(value) && json_integer_value(value) > 0)
        (void)json_object_set_new(body, key, json_integer(json_integer_value(value)));
}

static bool
holds(const json_t *words, const char *word)
{
    size_t i;
    json_t *item;

    json_array_foreach(words, i, item)
    {
        if (strcmp(json_string_value(item), word) == 0)
            return true;
    }
    return false;
}

json_t *
wp_access_client_read(const json_t *wire)
{
    json_t *grants = words_of(json_object_get(wire, "authGrantTypes"));
    json_t *body =
        json_pack("{s:o, s:o, s:o, s:b}", "scope", words_of(json_object_get(wire, "scope")),
                  "grants", grants, "redirects", words_of(json_object_get(wire, "redirectUri")),
                  "prompt", (int)json_is_true(json_object_get(wire, "displayUserGrant")));

    read_minutes(body, "access_m", wire, "accessTokenTTL");
    if (holds(grants, "refresh_token")) {
        read_minutes(body, "refresh_m", wire, "refreshTokenTTL");
        read_minutes(body, "idle_m", wire, "refreshTokenIdleTTL");
    }
    return body;
}

static void
put_minutes(json_t *wire, const char *key, const json_t *body, const char *from)
{
    json_t *value = json_object_get(body, from);

    if (value)
        (void)json_object_set(wire, key, value);
}

json_t *
wp_access_client_write(const char *id, const json_t *body, const json_t *original, const char *key)
{
    json_t *wire = original
                       ? json_deep_copy(original)
                       : json_pack("{s:s, s:s, s:i, s:b, s:b, s:s}", "clientId", id, "tokenType",
                                   "Bearer", "tokenLength", 32, "internalSystemClient", 0,
                                   "inheritanceAllowed", 0, "rememberAs", WP_ACCESS_MARK);

    /* An empty secret that is sent back wipes the real one. */
    (void)json_object_del(wire, "secret");
    (void)json_object_del(wire, "_links");
    (void)json_object_set_new(wire, "scope", joined(json_object_get(body, "scope")));
    (void)json_object_set_new(wire, "authGrantTypes", joined(json_object_get(body, "grants")));
    if (json_array_size(json_object_get(body, "redirects")))
        (void)json_object_set_new(wire, "redirectUri", joined(json_object_get(body, "redirects")));
    else
        (void)json_object_del(wire, "redirectUri");
    (void)json_object_set(wire, "displayUserGrant", json_object_get(body, "prompt"));
    put_minutes(wire, "accessTokenTTL", body, "access_m");
    put_minutes(wire, "refreshTokenTTL", body, "refresh_m");
    put_minutes(wire, "refreshTokenIdleTTL", body, "idle_m");
    if (key)
        (void)json_object_set_new(wire, "secret", json_pack("{s:s}", "$secret", key));
    return wire;
}
