/* Who calls the Okta org: an API token (SSWS), or a service app with a token that
 * it got for a signed assertion, bound to a key (DPoP) where the org wants that. */
#include "compiler/sandbox/okta.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/authority.h"
#include "compiler/sandbox/jwt.h"

#define TOKEN_SECONDS 3600
#define PROOF_SECONDS 300

/* ---- proofs of possession ---------------------------------------------------------------------
 */

/* Each identifier counts once; what is old is forgotten. */
static bool
use_once(struct wp_box *box, const char *jti, int64_t until)
{
    const char *key;
    void *next;
    json_t *when;
    json_object_foreach_safe(box->used, next, key,
                             when) if (json_integer_value(when) < wp_box_now())
        json_object_del(box->used, key);
    if (jti == NULL || strlen(jti) > 256 || json_object_get(box->used, jti) != NULL)
        return false;
    json_object_set_new(box->used, jti, json_integer(until));
    return true;
}

static bool
is_recent(const json_t *claims)
{
    int64_t iat = (int64_t)json_integer_value(json_object_get(claims, "iat"));
    int64_t now = wp_box_now();
    return iat > now - PROOF_SECONDS && iat < now + PROOF_SECONDS;
}

static bool
equals(const json_t *object, const char *key, const char *value)
{
    const char *text = wp_box_text(object, key);
    return text != NULL && strcmp(text, value) == 0;
}

/* Checks the proof in the DPoP header for this request; thumbprint of its key. The
 * reason why it is none otherwise. */
static const char *
check_proof(struct wp_exchange *x, const char *token, char print[64], const char **nonce)
{
    const char *text = wp_exchange_header(x, "DPoP"), *why = NULL;
    struct wp_jwt jwt;
    EVP_PKEY *key;
    const json_t *jwk;
    if (text == NULL || !wp_jwt_read(&jwt, text))
        return "no DPoP proof";
    jwk = json_object_get(jwt.header, "jwk");
    key = wp_jwk_read(jwk);
    *nonce = wp_box_text(jwt.claims, "nonce") != NULL
                 ? wp_copy_text(x->arena, wp_box_text(jwt.claims, "nonce"),
                                strlen(wp_box_text(jwt.claims, "nonce")))
                 : NULL;
    if (!equals(jwt.header, "typ", "dpop+jwt") || key == NULL || !wp_jwk_thumbprint(jwk, print) ||
        !wp_jwt_is_signed(&jwt, key))
        why = "the DPoP proof is not signed by its key";
    else if (!equals(jwt.claims, "htm", x->method) ||
             !equals(jwt.claims, "htu", wp_format(x->arena, "%s%s", x->base, x->path)))
        why = "the DPoP proof is for another request";
    else if (!is_recent(jwt.claims))
        why = "the DPoP proof is not of now";
    else if (!use_once(x->box, wp_box_text(jwt.claims, "jti"), wp_box_now() + PROOF_SECONDS))
        why = "the DPoP proof was used before";
    else if (token != NULL) {
        unsigned char digest[SHA256_DIGEST_LENGTH];
        char *hash;
        SHA256((const unsigned char *)token, strlen(token), digest);
        hash = wp_box_base64url(digest, sizeof digest);
        if (hash == NULL || !equals(jwt.claims, "ath", hash))
            why = "the DPoP proof is for another token";
        free(hash);
    }
    EVP_PKEY_free(key);
    wp_jwt_end(&jwt);
    return why;
}

/* ---- calls --------------------------------------------------------------------------------------
 */

static bool
refuse_token(struct wp_exchange *x)
{
    wp_box_okta_error(x, 401, "E0000011", "Invalid token provided", NULL);
    return false;
}

/* okta.zones.manage covers okta.zones.read. */
static bool
covers(const char *granted, const char *scope)
{
    size_t stem = (size_t)(strrchr(scope, '.') - scope);
    bool is_read = strcmp(scope + stem, ".read") == 0;
    for (const char *at = granted; *at != '\0';) {
        size_t length = strcspn(at, " ");
        if ((length == strlen(scope) && strncmp(at, scope, length) == 0) ||
            (is_read && length == stem + 7 && strncmp(at, scope, stem) == 0 &&
             strncmp(at + stem, ".manage", 7) == 0))
            return true;
        at += length + (at[length] == ' ');
    }
    return false;
}

static bool
check_grant(struct wp_exchange *x, const char *token, const char *scope, bool is_dpop)
{
    const json_t *grant = json_object_get(x->box->tokens, token);
    const char *bound, *nonce;
    char print[64];
    if (grant == NULL || wp_box_text(grant, "tenant") == NULL ||
        strcmp(wp_box_text(grant, "tenant"), "okta") != 0 ||
        json_integer_value(json_object_get(grant, "expires")) <= wp_box_now())
        return refuse_token(x);
    bound = wp_box_text(grant, "jkt");
    if (is_dpop != (bound != NULL))
        return refuse_token(x);
    if (is_dpop && (check_proof(x, token, print, &nonce) != NULL || strcmp(print, bound) != 0)) {
        wp_exchange_add(x, "WWW-Authenticate", "DPoP error=\"invalid_dpop_proof\"");
        return refuse_token(x);
    }
    x->grant = grant;
    if (covers(wp_box_text(grant, "scope"), scope))
        return true;
    wp_exchange_add(
        x, "WWW-Authenticate",
        wp_format(x->arena, "Bearer error=\"insufficient_scope\", scope=\"%s\"", scope));
    wp_box_okta_error(x, 403, "E0000006",
                      "You do not have permission to perform the requested action", NULL);
    return false;
}

bool
wp_box_okta_authorize(struct wp_exchange *x, const char *scope)
{
    const char *value = wp_exchange_header(x, "Authorization");
    const char *own = x->box->secrets.okta_token;
    if (value == NULL)
        return refuse_token(x);
    if (strncmp(value, "SSWS ", 5) == 0)
        return (strlen(value + 5) == strlen(own) &&
                CRYPTO_memcmp(value + 5, own, strlen(own)) == 0) ||
               refuse_token(x);
    if (strncmp(value, "Bearer ", 7) == 0)
        return check_grant(x, value + 7, scope, false);
    if (strncmp(value, "DPoP ", 5) == 0)
        return check_grant(x, value + 5, scope, true);
    return refuse_token(x);
}

/* ---- tokens
 * ---------------------------------------------------------------------------------------- */

static bool
refuse(struct wp_exchange *x, unsigned status, const char *error, const char *text)
{
    wp_exchange_answer(x, status,
                       json_pack("{s:s, s:s}", "error", error, "error_description", text));
    return false;
}

static bool
is_signed_by_client(const struct wp_box *box, const struct wp_jwt *jwt)
{
    const char *kid = wp_box_text(jwt->header, "kid");
    return ((kid == NULL || strcmp(kid, "woapol-rsa") == 0) &&
            wp_jwt_is_signed(jwt, box->authority->rsa)) ||
           ((kid == NULL || strcmp(kid, "woapol-ec") == 0) &&
            wp_jwt_is_signed(jwt, box->authority->ec));
}

/* private_key_jwt: is it our service app? */
static bool
check_assertion(struct wp_exchange *x, const char *text)
{
    struct wp_jwt jwt;
    const char *why = NULL, *client = x->box->secrets.okta_client;
    int64_t exp;
    if (text == NULL || !wp_jwt_read(&jwt, text))
        return refuse(x, 400, "invalid_request", "The client_assertion is no JWT.");
    exp = (int64_t)json_integer_value(json_object_get(jwt.claims, "exp"));
    if (!equals(jwt.claims, "iss", client) || !equals(jwt.claims, "sub", client))
        why = "The issuer or subject of the client_assertion is not this client.";
    else if (!equals(jwt.claims, "aud", wp_format(x->arena, "%s%s", x->base, x->path)))
        why = "The audience claim for client_assertion must be the endpoint invoked for the "
              "request.";
    else if (exp <= wp_box_now())
        why = "The client_assertion token is expired.";
    else if (exp > wp_box_now() + TOKEN_SECONDS)
        why = "The client_assertion token has an expiration too far into the future.";
    else if (!is_signed_by_client(x->box, &jwt))
        why = "The client_assertion signature is invalid.";
    else if (wp_box_text(jwt.claims, "jti") != NULL &&
             !use_once(x->box, wp_box_text(jwt.claims, "jti"), exp))
        why = "The client_assertion token was already used.";
    wp_jwt_end(&jwt);
    return why == NULL || refuse(x, 401, "invalid_client", why);
}

/* Three calls until a token is bound to a key: no proof, no nonce, both. */
static bool
check_binding(struct wp_exchange *x, char print[64], bool *is_bound)
{
    const char *nonce = NULL, *why;
    *is_bound = wp_exchange_header(x, "DPoP") != NULL;
    if (!*is_bound)
        return !x->box->settings.wants_dpop ||
               refuse(x, 400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.");
    why = check_proof(x, NULL, print, &nonce);
    if (why != NULL)
        return refuse(x, 400, "invalid_dpop_proof", why);
    if (nonce != NULL && strcmp(nonce, x->box->secrets.dpop_nonce) == 0)
        return true;
    wp_exchange_add(x, "dpop-nonce", x->box->secrets.dpop_nonce);
    return refuse(x, 400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.");
}

static bool
check_scope(struct wp_exchange *x, const char *scope)
{
    if (scope == NULL || *scope == '\0')
        return refuse(x, 400, "invalid_scope", "The scope is missing.");
    while (*scope != '\0') {
        size_t length = strcspn(scope, " ");
        if (length > 0 && strncmp(scope, "okta.", 5) != 0)
            return refuse(x, 400, "invalid_scope",
                          "One or more scopes are not configured for the authorization server.");
        scope += length + (scope[length] == ' ');
    }
    return true;
}

void
wp_box_okta_token(struct wp_exchange *x)
{
    struct wp_exchange form;
    const char *scope, *type;
    char print[64], token[44];
    bool is_bound;
    json_t *grant;
    if (!wp_exchange_read_form(x, &form)) {
        refuse(x, 400, "invalid_request", "The body is malformed.");
        return;
    }
    type = wp_exchange_argument(&form, "grant_type");
    if (type == NULL || strcmp(type, "client_credentials") != 0) {
        refuse(x, 400, "unsupported_grant_type", "The grant type is not supported by this server.");
        return;
    }
    type = wp_exchange_argument(&form, "client_assertion_type");
    scope = wp_exchange_argument(&form, "scope");
    if (type == NULL ||
        strcmp(type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") != 0) {
        refuse(x, 401, "invalid_client",
               "Client Credentials requests to the Org Authorization Server must use the "
               "private_key_jwt token_endpoint_auth_method.");
        return;
    }
    if (!check_assertion(x, wp_exchange_argument(&form, "client_assertion")) ||
        !check_scope(x, scope) || !check_binding(x, print, &is_bound) || !wp_box_random(token, 40))
        return;
    grant = json_pack("{s:s, s:s, s:I}", "tenant", "okta", "scope", scope, "expires",
                      (json_int_t)wp_box_now() + TOKEN_SECONDS);
    if (is_bound)
        json_object_set_new(grant, "jkt", json_string(print));
    json_object_set_new(x->box->tokens, token, grant);
    wp_exchange_answer(x, 200,
                       json_pack("{s:s, s:i, s:s, s:s}", "token_type", is_bound ? "DPoP" : "Bearer",
                                 "expires_in", TOKEN_SECONDS, "access_token", token, "scope",
                                 scope));
}
