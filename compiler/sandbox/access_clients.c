/* OAuth: tokens for clients, and the clients themselves, with the published
 * interface's habits: PUT answers 201, a duplicate 500, a secret comes back masked,
 * and a masked secret that is sent back wipes it. */
#include "compiler/sandbox/access.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static const char bootstrap[] = "woapol"; /* the client of env, always there */

/* ---- tokens
 * ----------------------------------------------------------------------------------------- */

static void
refuse(struct wp_exchange *x, unsigned status, const char *error, const char *text)
{
    wp_exchange_answer(x, status,
                       json_pack("{s:s, s:s}", "error", error, "error_description", text));
}

/* Client and secret of Authorization: Basic. */
static bool
read_basic(struct wp_exchange *x, const char **client, const char **secret)
{
    const char *value = wp_exchange_header(x, "Authorization");
    unsigned char *bytes;
    size_t length;
    char *colon;
    int size;
    if (value == NULL || strncmp(value, "Basic ", 6) != 0)
        return false;
    value += 6;
    length = strlen(value);
    if (length == 0 || length % 4 != 0 || length > 4096)
        return false;
    bytes = wp_alloc(x->arena, length + 1);
    size = EVP_DecodeBlock(bytes, (const unsigned char *)value, (int)length);
    if (size <= 0)
        return false;
    size -= (value[length - 1] == '=') + (value[length - 2] == '=');
    bytes[size] = '\0';
    colon = strchr((char *)bytes, ':');
    if (colon == NULL || strlen((char *)bytes) != (size_t)size)
        return false;
    *colon = '\0';
    *client = (char *)bytes;
    *secret = colon + 1;
    return true;
}

static bool
is_same(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && CRYPTO_memcmp(a, b, strlen(a)) == 0;
}

/* The client that these credentials are of, or NULL. */
static const json_t *
find_client(struct wp_exchange *x, const char *id, const char *secret)
{
    const json_t *client = wp_store_get(x->box->store, WP_ACCESS_BOX_CLIENT, id);
    const char *own =
        strcmp(id, bootstrap) == 0 ? x->box->secrets.access_secret : wp_box_text(client, "_secret");
    return client != NULL && own != NULL && *own != '\0' && is_same(own, secret) ? client : NULL;
}

static bool
has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    while (words != NULL && *words != '\0') {
        size_t item = strcspn(words, " ,");
        if (item == length && strncmp(words, word, length) == 0)
            return true;
        words += item + strspn(words + item, " ,");
    }
    return false;
}

static const char *
add_token(struct wp_exchange *x, const json_t *client, const char *kind, int64_t seconds)
{
    char token[48];
    if (!wp_box_random(token, 44))
        return NULL;
    json_object_set_new(x->box->tokens, token,
                        json_pack("{s:s, s:O, s:I, s:O}", "tenant", kind, "scope",
                                  json_object_get(client, "scope"), "expires",
                                  (json_int_t)(wp_box_now() + seconds), "client",
                                  json_object_get(client, "clientId")));
    return wp_copy_text(x->arena, token, strlen(token));
}

static void
give_token(struct wp_exchange *x, const json_t *client)
{
    int64_t seconds = (int64_t)json_integer_value(json_object_get(client, "accessTokenTTL")) * 60;
    int64_t refresh = (int64_t)json_integer_value(json_object_get(client, "refreshTokenTTL")) * 60;
    const char *token = add_token(x, client, "access", seconds), *second = NULL;
    json_t *answer;
    if (has_word(wp_box_text(client, "authGrantTypes"), "refresh_token"))
        second = add_token(x, client, "access-refresh", refresh);
    answer =
        json_pack("{s:s?, s:s, s:I, s:O}", "access_token", token, "token_type", "Bearer",
                  "expires_in", (json_int_t)seconds - 1, "scope", json_object_get(client, "scope"));
    if (second != NULL)
        json_object_set_new(answer, "refresh_token", json_string(second));
    wp_exchange_answer(x, 200, answer);
}

void
wp_box_access_token(struct wp_exchange *x)
{
    struct wp_exchange form;
    const char *grant, *id = NULL, *secret = NULL;
    const json_t *client, *held;
    if (!wp_exchange_read_form(x, &form)) {
        refuse(x, 400, "invalid_request", "The body is malformed");
        return;
    }
    grant = wp_exchange_argument(&form, "grant_type");
    if (grant == NULL)
        grant = wp_exchange_argument(x, "grant_type");
    if (grant == NULL ||
        (strcmp(grant, "client_credentials") != 0 && strcmp(grant, "refresh_token") != 0)) {
        /* As the product does, not as the standard has it. */
        refuse(x, 500, "server_error", "grant_type is missing or unknown");
        return;
    }
    if (!read_basic(x, &id, &secret)) {
        id = wp_exchange_argument(&form, "client_id");
        secret = wp_exchange_argument(&form, "client_secret");
    }
    client = id != NULL && secret != NULL ? find_client(x, id, secret) : NULL;
    if (client == NULL) {
        refuse(x, 401, "invalid_client", "Client authentication failed");
        return;
    }
    if (!has_word(wp_box_text(client, "authGrantTypes"), grant)) {
        refuse(x, 400, "unauthorized_client", "The client may not use this grant type");
        return;
    }
    if (grant[0] == 'r') {
        const char *token = wp_exchange_argument(&form, "refresh_token");
        held = token != NULL ? json_object_get(x->box->tokens, token) : NULL;
        if (held == NULL || strcmp(wp_box_text(held, "tenant"), "access-refresh") != 0 ||
            strcmp(wp_box_text(held, "client"), id) != 0 ||
            json_integer_value(json_object_get(held, "expires")) <= wp_box_now()) {
            refuse(x, 400, "invalid_grant", "The refresh token is not valid");
            return;
        }
    }
    give_token(x, client);
}

/* ---- clients
 * -------------------------------------------------------------------------------------------- */

static const char client_keys[] =
    "clientId secret scope authGrantTypes redirectUri resourceUuid tokenType tokenLength "
    "accessTokenTTL refreshTokenTTL refreshTokenIdleTTL displayUserGrant internalSystemClient "
    "inheritanceAllowed activationToken strData rememberAs returnFailureResponse";

static json_t *
show_client(const struct wp_exchange *x, const json_t *client)
{
    json_t *shown = wp_box_access_show(x, client,
                                       wp_format(x->arena, "%s/oauth2clients/%s", WP_ACCESS_JERSEY,
                                                 wp_box_text(client, "clientId")));
    json_object_set_new(shown, "secret", json_string(""));
    return shown;
}

static bool
check_words(struct wp_exchange *x, const json_t *sent, const char *key, const char *known)
{
    const char *words = wp_box_text(sent, key);
    char word[64];
    if (words == NULL || *words == '\0')
        return wp_box_access_error(x, 400, "missing.field", "%s is required", key);
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        if (length > 0 && length < sizeof word) {
            memcpy(word, words, length);
            word[length] = '\0';
        }
        if (length >= sizeof word || (length > 0 && !has_word(known, word)))
            return wp_box_access_error(x, 400, "invalid.field", "%s has the unknown value %.60s",
                                       key, words);
        words += length + (words[length] == ' ');
    }
    return true;
}

static bool
check_id(struct wp_exchange *x, const char *id)
{
    size_t length = id != NULL ? strlen(id) : 0;
    if (length == 0 || length > 256)
        return wp_box_access_error(x, 400, "invalid.client.id", "clientId has 1 to 256 characters");
    for (const char *at = id; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("._-@", *at) == NULL)
            return wp_box_access_error(x, 400, "invalid.client.id",
                                       "clientId has letters, digits and . _ - @ alone");
    return true;
}

static bool
check_lifetimes(struct wp_exchange *x, const json_t *sent)
{
    static const char *const keys[] = {"accessTokenTTL", "refreshTokenTTL", "refreshTokenIdleTTL"};
    const json_t *refresh = json_object_get(sent, keys[1]), *idle = json_object_get(sent, keys[2]);
    for (size_t i = 0; i < 3; i++) {
        const json_t *value = json_object_get(sent, keys[i]);
        if (value != NULL && !json_is_null(value) &&
            (!json_is_integer(value) || json_integer_value(value) < 0 ||
             json_integer_value(value) > INT32_MAX))
            return wp_box_access_error(x, 400, "invalid.ttl", "%s is a number of minutes", keys[i]);
    }
    if (json_is_integer(refresh) && json_is_integer(idle) &&
        json_integer_value(idle) >= json_integer_value(refresh) && json_integer_value(refresh) > 0)
        return wp_box_access_error(x, 400, "invalid.ttl",
                                   "refreshTokenIdleTTL must be below refreshTokenTTL");
    return true;
}

/* Defaults where nothing was sent; NULL after an answer. */
static json_t *
shape_client(struct wp_exchange *x, const json_t *sent, const json_t *old)
{
    json_t *client =
        json_pack("{s:n, s:s, s:i, s:i, s:i, s:i, s:b, s:b, s:b, s:b}", "redirectUri", "tokenType",
                  "Bearer", "tokenLength", 32, "accessTokenTTL", 180, "refreshTokenTTL", 129600,
                  "refreshTokenIdleTTL", 5760, "displayUserGrant", true, "internalSystemClient",
                  false, "inheritanceAllowed", false, "returnFailureResponse", false);
    const char *secret = wp_box_text(sent, "secret"), *scope,
               *type = wp_box_text(sent, "tokenType");
    char made[44];
    if (!wp_box_access_knows_keys(x, sent, client_keys) ||
        !check_id(x, wp_box_text(sent, "clientId")) ||
        !check_words(x, sent, "scope", "admin user openid profile email group naaps") ||
        !check_words(x, sent, "authGrantTypes",
                     "authorization_code client_credentials password refresh_token "
                     "urn:ietf:params:oauth:grant-type:jwt-bearer") ||
        !check_lifetimes(x, sent))
        goto failed;
    if (type != NULL && strcmp(type, "Bearer") != 0) {
        wp_box_access_error(x, 400, "invalid.token.type", "tokenType is Bearer");
        goto failed;
    }
    json_object_update(client, (json_t *)(uintptr_t)sent);
    json_object_del(client, "_links");
    json_object_del(client, "secret");
    /* Choosing NAAPS selects OpenID as well. */
    scope = wp_box_text(sent, "scope");
    if (has_word(scope, "naaps") && !has_word(scope, "openid"))
        json_object_set_new(client, "scope", json_sprintf("%s openid", scope));
    if (secret == NULL && old != NULL)
        secret = wp_box_text(old, "_secret");
    else if (secret == NULL && wp_box_random(made, 40))
        secret = made;
    json_object_set_new(client, "_secret", json_string(secret != NULL ? secret : ""));
    return client;
failed:
    json_decref(client);
    return NULL;
}

void
wp_box_access_client_post(struct wp_exchange *x)
{
    json_t *sent = wp_box_access_body(x);
    json_t *client = sent != NULL ? shape_client(x, sent, NULL) : NULL, *shown;
    const char *id = wp_box_text(client, "clientId");
    if (client == NULL) {
        json_decref(sent);
        return;
    }
    if (wp_store_get(x->box->store, WP_ACCESS_BOX_CLIENT, id) != NULL) {
        wp_box_access_error(x, 500, "internal.error", "The client %.256s exists already", id);
        json_decref(client);
    } else {
        wp_store_put(x->box->store, WP_ACCESS_BOX_CLIENT, id, client);
        /* The secret is told this once. */
        shown = show_client(x, client);
        json_object_set(shown, "secret", json_object_get(client, "_secret"));
        wp_exchange_answer(x, 201, shown);
    }
    json_decref(sent);
}

void
wp_box_access_client_put(struct wp_exchange *x)
{
    json_t *old = wp_box_access_find(x, WP_ACCESS_BOX_CLIENT, "OAuth2 client"), *sent, *client;
    const char *id;
    if (old == NULL || (sent = wp_box_access_body(x)) == NULL)
        return;
    id = wp_box_text(sent, "clientId");
    if (id != NULL && strcmp(id, x->captures[0]) != 0) {
        wp_box_access_error(x, 500, "internal.error", "The clientId cannot be changed");
        json_decref(sent);
        return;
    }
    client = shape_client(x, sent, old);
    if (client != NULL) {
        wp_store_put(x->box->store, WP_ACCESS_BOX_CLIENT, x->captures[0], client);
        wp_exchange_answer(x, 201, show_client(x, client));
    }
    json_decref(sent);
}

void
wp_box_access_client_get(struct wp_exchange *x)
{
    json_t *client = wp_box_access_find(x, WP_ACCESS_BOX_CLIENT, "OAuth2 client");
    if (client != NULL)
        wp_exchange_answer(x, 200, show_client(x, client));
}

void
wp_box_access_client_delete(struct wp_exchange *x)
{
    const char *token;
    void *next;
    json_t *grant;
    if (wp_box_access_find(x, WP_ACCESS_BOX_CLIENT, "OAuth2 client") == NULL)
        return;
    wp_store_remove(x->box->store, WP_ACCESS_BOX_CLIENT, x->captures[0]);
    json_object_foreach_safe(x->box->tokens, next, token,
                             grant) if (wp_box_text(grant, "client") != NULL &&
                                        strcmp(wp_box_text(grant, "client"), x->captures[0]) == 0)
        json_object_del(x->box->tokens, token);
    wp_exchange_answer(x, 204, NULL);
}

static json_t *
summarize(const struct wp_exchange *x, const char *id, const json_t *client)
{
    json_t *item = wp_box_pick(client, "clientId scope accessTokenTTL refreshTokenTTL "
                                       "refreshTokenIdleTTL displayUserGrant rememberAs");
    const char *secret = wp_box_text(client, "_secret"), *uri = wp_box_text(client, "redirectUri");
    json_object_set(item, "grantTypes", json_object_get(client, "authGrantTypes"));
    if (uri != NULL)
        json_object_set_new(item, "redirectUri", json_string(uri));
    json_object_set_new(item, "isActivated", json_true());
    json_object_set_new(item, "pkceEnforced", json_false());
    json_object_set_new(item, "publicClient", json_boolean(secret == NULL || *secret == '\0'));
    json_object_set_new(item, "internal", json_boolean(wp_box_yes(client, "internalSystemClient")));
    json_object_set_new(
        item, "_links",
        json_pack("{s:{s:s}}", "self", "href",
                  wp_format(x->arena, "%s/oauth2clients/%s", WP_ACCESS_JERSEY, id)));
    return item;
}

/* `startIndex` is a page, and the first one is 1. */
void
wp_box_access_client_list(struct wp_exchange *x)
{
    long page = wp_exchange_number(x, "startIndex", 1),
         size = wp_exchange_number(x, "pageSize", 50);
    json_t *items = json_array(), *client;
    const char *id;
    long at = 0;
    if (page < 1)
        page = 1;
    if (size < 1 || size > 1000)
        size = 50;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_CLIENT), id, client)
    {
        if (at >= (page - 1) * size && at < page * size)
            json_array_append_new(items, summarize(x, id, client));
        at++;
    }
    wp_exchange_answer(x, 200,
                       json_pack("{s:o, s:I, s:I, s:I, s:I, s:{}}", "items", items, "totalCount",
                                 (json_int_t)at, "pageNumber", (json_int_t)page, "totalPages",
                                 (json_int_t)((at + size - 1) / size), "pageSize", (json_int_t)size,
                                 "_links"));
}
