/* Tokens: what is sent to get one, and the dance when the org wants a DPoP proof
 * (RFC 9449): none, then one without a nonce, then one with. Each attempt has an
 * assertion and a proof of its own; both are good for one use. */
#include "compiler/emit/credentials_parts.h"
#include "compiler/emit/jwt.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASSERTION_SECONDS 300
#define WRONG_CLOCK 30       /* seconds that a clock may be off unnoticed */
#define MOST_ROUNDS 6        /* no proof, no nonce, new nonce, other clock, fewer scopes, done */
#define LARGEST_TOKEN 32768u /* characters */
#define USUAL_LIFE 3600

#define READ_SCOPES                                                                                \
    "okta.apps.read okta.authenticators.read okta.behaviors.read okta.deviceAssurance.read "       \
    "okta.features.read okta.groups.read okta.idps.read okta.networkZones.read okta.orgs.read "    \
    "okta.policies.read okta.userTypes.read okta.users.read"
#define WRITE_SCOPES                                                                               \
    "okta.apps.manage okta.authenticators.read okta.behaviors.read okta.deviceAssurance.manage "   \
    "okta.features.read okta.groups.read okta.idps.manage okta.networkZones.manage "               \
    "okta.orgs.read okta.policies.manage okta.userTypes.read okta.users.read"

/* Only to activate authenticators: a client that has not been granted it does the rest. */
#define ACTIVATING_SCOPE " okta.authenticators.manage"

/* What one round of asking for a token is made of. */
struct asking {
    struct wp_credentials *credentials;
    const struct wp_credentials_door *door;
    const char *url;
    char *body;     /* the form, wiped after each attempt */
    int64_t issued; /* the clock that the last assertion went by */
};

/* ---- proofs ---------------------------------------------------------------------- */

static bool
put(json_t *json, const char *key, const char *text)
{
    return json_object_set_new(json, key, json_string(text)) == 0;
}

static bool
put_token_hash(json_t *claims, const char *token)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)token, strlen(token), digest);
    char *text = wp_base64url(digest, sizeof digest);
    bool done = text != NULL && put(claims, "ath", text);
    free(text);
    return done;
}

char *
wp_proof_make(EVP_PKEY *key, const struct wp_proof *proof)
{
    char id[WP_JTI_SIZE];
    if (!wp_jwt_id(id))
        return NULL;
    json_t *header = json_pack("{s:s, s:o}", "typ", "dpop+jwt", "jwk", wp_jwk_public(key));
    json_t *claims = json_pack("{s:s, s:s%, s:I, s:s}", "htm", proof->method, "htu", proof->url,
                               strcspn(proof->url, "?#"), "iat", (json_int_t)proof->now, "jti", id);
    bool done = header != NULL && claims != NULL &&
                (proof->nonce == NULL || put(claims, "nonce", proof->nonce)) &&
                (proof->token == NULL || put_token_hash(claims, proof->token));
    char *text = done ? wp_jwt_sign(key, header, claims) : NULL;
    json_decref(header);
    json_decref(claims);
    return text;
}

/* ---- forms ----------------------------------------------------------------------- */

static char *
make_assertion(const struct asking *asking)
{
    const struct wp_credentials *credentials = asking->credentials;
    const char *client = credentials->settings.values[WP_OKTA_CLIENT_ID];
    const char *kid = credentials->settings.values[WP_OKTA_KEY_ID];
    char id[WP_JTI_SIZE];
    if (!wp_jwt_id(id))
        return NULL;
    json_t *header = json_pack("{s:s}", "typ", "JWT");
    json_t *claims = json_pack("{s:s, s:s, s:s, s:I, s:I, s:s}", "iss", client, "sub", client,
                               "aud", asking->url, "iat", (json_int_t)asking->issued, "exp",
                               (json_int_t)(asking->issued + ASSERTION_SECONDS), "jti", id);
    bool done = header != NULL && claims != NULL &&
                (kid == NULL || kid[0] == '\0' || put(header, "kid", kid));
    char *text = done ? wp_jwt_sign(credentials->key, header, claims) : NULL;
    json_decref(header);
    json_decref(claims);
    return text;
}

/* As application/x-www-form-urlencoded; the caller frees it. */
static char *
encode_form(const char *text)
{
    char *encoded = malloc(3 * strlen(text) + 1), *out = encoded;
    if (encoded == NULL)
        return NULL;
    for (const char *at = text; *at != '\0'; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                     (*at >= '0' && *at <= '9') || strchr("-._", *at) != NULL;
        out += plain ? (*out = *at, 1) : sprintf(out, "%%%02X", (unsigned)(unsigned char)*at);
    }
    *out = '\0';
    return encoded;
}

static bool
make_okta_form(void *context, struct wp_form *form, struct wp_problem *problem)
{
    struct asking *asking = context;
    struct wp_credentials *credentials = asking->credentials;
    const char *asked = credentials->settings.values[WP_OKTA_SCOPES];
    const char *usual = !credentials->writes     ? READ_SCOPES
                        : credentials->is_modest ? WRITE_SCOPES
                                                 : WRITE_SCOPES ACTIVATING_SCOPE;
    struct wp_proof proof = {
        .method = "POST", .url = asking->url, .nonce = credentials->token_nonce};

    asking->issued = proof.now = asking->door->now(asking->door->context);
    wp_secret_free(asking->body);
    wp_secret_free(credentials->assertion);
    wp_secret_free(credentials->proof);
    asking->body = credentials->proof = NULL;
    credentials->assertion = make_assertion(asking);
    if (credentials->proof_key != NULL)
        credentials->proof = wp_proof_make(credentials->proof_key, &proof);

    char *scopes = encode_form(asked == NULL || asked[0] == '\0' ? usual : asked);
    bool made = credentials->assertion != NULL && scopes != NULL &&
                (credentials->proof_key == NULL || credentials->proof != NULL) &&
                asprintf(&asking->body,
                         "grant_type=client_credentials&scope=%s&client_assertion_type="
                         "urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer"
                         "&client_assertion=%s",
                         scopes, credentials->assertion) >= 0;
    free(scopes);
    if (!made)
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "the client's assertion cannot be signed");
    form->body = asking->body;
    form->dpop = credentials->proof;
    return true;
}

static bool
make_access_form(void *context, struct wp_form *form, struct wp_problem *problem)
{
    struct asking *asking = context;
    struct wp_credentials *credentials = asking->credentials;
    char *pair = NULL;
    if (credentials->basic == NULL &&
        asprintf(&pair, "%s:%s", credentials->settings.values[WP_ACCESS_CLIENT_ID],
                 credentials->settings.values[WP_ACCESS_CLIENT_SECRET]) >= 0) {
        size_t size = strlen(pair), room = sizeof "Basic " + (size + 2) / 3 * 4;
        credentials->basic = malloc(room);
        if (credentials->basic != NULL) {
            strcpy(credentials->basic, "Basic ");
            EVP_EncodeBlock((unsigned char *)credentials->basic + strlen("Basic "),
                            (const unsigned char *)pair, (int)size);
        }
        wp_secret_free(pair);
    }
    if (credentials->basic == NULL)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
    form->body = "grant_type=client_credentials";
    form->authorization = credentials->basic;
    return true;
}

/* ---- answers --------------------------------------------------------------------- */

static bool
is_token(const char *text)
{
    size_t size = text == NULL ? 0 : strnlen(text, LARGEST_TOKEN + 1);
    for (size_t i = 0; i < size; i++)
        if (text[i] <= 0x20 || text[i] >= 0x7f)
            return false;
    return size > 0 && size <= LARGEST_TOKEN;
}

/* Keeps the token; true if there was one. */
static bool
take_token(struct wp_credentials *credentials, const json_t *answer)
{
    const char *text = json_string_value(json_object_get(answer, "access_token"));
    const char *type = json_string_value(json_object_get(answer, "token_type"));
    json_int_t life = json_integer_value(json_object_get(answer, "expires_in"));
    if (!is_token(text))
        return false;
    bool is_dpop = type != NULL && strcasecmp(type, "DPoP") == 0;
    if (is_dpop && credentials->proof_key == NULL)
        return false;
    if (life <= 0 || life > 86400)
        life = USUAL_LIFE;
    struct wp_token *token = &credentials->token;
    wp_secret_free(token->text);
    token->text = strdup(text);
    token->is_dpop = is_dpop;
    token->made = wp_credentials_clock();
    token->until = token->made + (life > 120 ? life - 60 : life / 2);
    return token->text != NULL;
}

static bool
start_proofs(struct wp_credentials *credentials, struct wp_problem *problem)
{
    credentials->proof_key = EVP_EC_gen("P-256");
    return credentials->proof_key != NULL ||
           wp_problem_set(problem, WP_PROBLEM_FAILED, "a key for DPoP cannot be made");
}

static bool
keep_nonce(struct wp_credentials *credentials, const char *nonce)
{
    if (nonce == NULL)
        return false;
    wp_secret_free(credentials->token_nonce);
    credentials->token_nonce = strdup(nonce);
    return credentials->token_nonce != NULL;
}

/* Whether a refusal can be mended, and mends it. */
static bool
mend(struct asking *asking, const char *error, const struct wp_form_answer *answer,
     struct wp_problem *problem)
{
    struct wp_credentials *credentials = asking->credentials;
    if (credentials->key == NULL)
        return false;
    if (error != NULL && strcmp(error, "invalid_scope") == 0 && credentials->is_okta &&
        credentials->writes && !credentials->is_modest) {
        credentials->is_modest = true;
        return true;
    }
    if (error != NULL && strcmp(error, "invalid_dpop_proof") == 0 &&
        credentials->proof_key == NULL) {
        (void)keep_nonce(credentials, answer->nonce);
        return start_proofs(credentials, problem);
    }
    if (error != NULL && strcmp(error, "use_dpop_nonce") == 0)
        return keep_nonce(credentials, answer->nonce) &&
               (credentials->proof_key != NULL || start_proofs(credentials, problem));
    int64_t off = asking->door->now(asking->door->context) - asking->issued;
    return off > WRONG_CLOCK || off < -WRONG_CLOCK;
}

static bool
complain(const struct asking *asking, const json_t *json, const struct wp_form_answer *answer,
         struct wp_problem *problem)
{
    const char *error = json_string_value(json_object_get(json, "error"));
    const char *says = json_string_value(json_object_get(json, "error_description"));
    if (error == NULL)
        error = json_string_value(json_object_get(json, "errorCode"));
    if (says == NULL)
        says = json_string_value(json_object_get(json, "errorSummary"));
    if (answer->status == 200)
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "POST %s: the answer holds no token that can be used", asking->url);
    const char *cure = error != NULL && strcmp(error, "invalid_scope") == 0
                           ? "; grant the client these scopes, or name others with "
                             "WOAPOL_OKTA_SCOPES"
                           : "";
    return wp_problem_set(
        problem, WP_PROBLEM_FAILED, "POST %s: %u, no token for %s%s%.100s%s%.400s%s", asking->url,
        answer->status, asking->credentials->label, error == NULL ? "" : ": ",
        error == NULL ? "" : error, says == NULL ? "" : ": ", says == NULL ? "" : says, cure);
}

/* Asks once. True when *again says whether to ask once more. */
static bool
ask(struct asking *asking, bool *again, struct wp_problem *problem)
{
    const struct wp_credentials_door *door = asking->door;
    struct wp_form_answer answer;
    if (!door->post(door->context, asking->url,
                    asking->credentials->is_okta ? make_okta_form : make_access_form, asking,
                    &answer, problem))
        return false;
    json_t *json =
        answer.size > 4 * LARGEST_TOKEN ? NULL : json_loadb(answer.body, answer.size, 0, NULL);
    const char *error = json_string_value(json_object_get(json, "error"));
    bool done = answer.status == 200 && take_token(asking->credentials, json);
    *again = !done && answer.status != 200 && mend(asking, error, &answer, problem);
    bool good = done || *again || complain(asking, json, &answer, problem);
    const char *token = json_string_value(json_object_get(json, "access_token"));
    if (token != NULL)
        OPENSSL_cleanse((char *)(uintptr_t)token, strlen(token));
    json_decref(json);
    return good;
}

bool
wp_credentials_fetch(struct wp_credentials *credentials, const struct wp_credentials_door *door,
                     struct wp_problem *problem)
{
    char *url = NULL;
    if (asprintf(&url, "%s%s", door->base,
                 credentials->is_okta ? "/oauth2/v1/token"
                                      : "/SAAS/auth/oauthtoken?grant_type=client_credentials") < 0)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
    struct asking asking = {.credentials = credentials, .door = door, .url = url};
    bool again = true, good = true;
    for (unsigned round = 0; good && again; round++) {
        if (round == MOST_ROUNDS)
            good = wp_problem_set(problem, WP_PROBLEM_FAILED,
                                  "POST %s: asks for another DPoP proof time and again", url);
        else
            good = ask(&asking, &again, problem);
    }
    wp_secret_free(asking.body);
    free(url);
    return good;
}
