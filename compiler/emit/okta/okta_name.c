/* What objects are called: names of answers, parts of keys. */
#include "compiler/emit/okta/okta_body.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

const char *
wp_okta_policy_kind(const char *rule_kind)
{
    static const char *const kinds[][2] = {
        {"rule", "policy"}, {"session_rule", "session_policy"}, {"routing_rule", "routing_policy"}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(rule_kind, kinds[i][0]) == 0)
            return kinds[i][1];
    }
    return NULL;
}

bool
wp_okta_certificate_digest(const char *base64, char digits[65])
{
    size_t length = strlen(base64), padding = 0;
    unsigned char *der = malloc(length + 4), hash[SHA256_DIGEST_LENGTH];
    char *line = malloc(length + 1);
    int size = -1;

    if (der && line) {
        size_t kept = 0;
        for (size_t i = 0; i < length; i++) {
            if (!strchr("\r\n \t", base64[i]))
                line[kept++] = base64[i];
        }
        while (padding < 2 && kept > padding && line[kept - 1 - padding] == '=')
            padding++;
        size = kept && kept < INT32_MAX
                   ? EVP_DecodeBlock(der, (const unsigned char *)line, (int)kept)
                   : -1;
    }
    if (size > (int)padding) {
        SHA256(der, (size_t)size - padding, hash);
        for (size_t i = 0; i < sizeof hash; i++)
            (void)snprintf(digits + 2 * i, 3, "%02x", hash[i]);
    }
    free(der);
    free(line);
    return size > (int)padding;
}

static const char *
key_name(struct wp_arena *arena, const json_t *answer)
{
    const char *x5c = json_string_value(json_array_get(json_object_get(answer, "x5c"), 0));
    char digits[65];

    if (!x5c || !wp_okta_certificate_digest(x5c, digits))
        return NULL;
    return wp_copy_text(arena, digits, strlen(digits));
}

static const char *
plain_name(const char *kind, const json_t *answer)
{
    const json_t *profile = json_object_get(answer, "profile");

    if (strcmp(kind, "app") == 0 || strcmp(kind, "binding") == 0)
        return wp_okta_text(answer, "label");
    if (strcmp(kind, "group") == 0)
        return wp_okta_text(profile, "name");
    if (strcmp(kind, "user") == 0)
        return wp_okta_text(profile, "login");
    if (strcmp(kind, "authenticator") == 0 &&
        !wp_okta_authenticator_is_named(wp_okta_text(answer, "key")))
        return wp_okta_text(answer, "key");
    if (strcmp(kind, "authenticator_method") == 0)
        return wp_okta_text(answer, "type");
    if (wp_okta_is_system(answer)) {
        if (strcmp(kind, "policy") == 0 || strcmp(kind, "session_policy") == 0)
            return WP_OKTA_DEFAULT_POLICY;
        if (strcmp(kind, "rule") == 0)
            return WP_OKTA_CATCH_ALL;
        if (wp_okta_policy_kind(kind))
            return WP_OKTA_DEFAULT_RULE;
    }
    return wp_okta_text(answer, "name");
}

const char *
wp_okta_name(struct wp_arena *arena, const char *kind, const json_t *answer)
{
    if (strcmp(kind, "idp_key") == 0)
        return key_name(arena, answer);
    const char *name = plain_name(kind, answer);
    return *name ? wp_copy_text(arena, name, strlen(name)) : NULL;
}

/* ---- keys ---------------------------------------------------------------------------- */

static unsigned
digit(char c)
{
    return c >= 'A' ? (unsigned)(c - 'A') + 10 : (unsigned)(c - '0');
}

/* The part up to `end`, with %2F and its like taken back. */
static const char *
unescape(struct wp_arena *arena, const char *from, const char *end)
{
    char *text = wp_alloc(arena, (size_t)(end - from) + 1), *to = text;

    for (; from < end; from++) {
        if (*from == '%' && end - from > 2) {
            *to++ = (char)(digit(from[1]) * 16 + digit(from[2]));
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    return text;
}

struct wp_okta_key
wp_okta_key_read(struct wp_arena *arena, const char *key)
{
    const char *end = key + strlen(key), *first = strchr(key, '/');
    const char *last = strrchr(key, '/');

    if (!first)
        return (struct wp_okta_key){.kind = wp_copy_text(arena, key, strlen(key)), .name = ""};
    return (struct wp_okta_key){unescape(arena, key, first),
                                first == last ? NULL : unescape(arena, first + 1, last),
                                unescape(arena, last + 1, end)};
}
