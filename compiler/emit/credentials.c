/* Which credentials there are, and what of them goes with a request. */
#include "compiler/emit/credentials_parts.h"
#include "compiler/emit/jwt.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t
wp_credentials_clock(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* ---- choosing ------------------------------------------------------------------- */

/* What stands in a line of a request must not end it. */
static bool
is_plain(const struct wp_settings *settings, enum wp_setting setting, struct wp_problem *problem)
{
    const char *value = settings->values[setting];
    for (const char *at = value; value != NULL && *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s in %s holds a control character",
                                  wp_setting_names[setting], settings->from);
    return true;
}

static bool
has(const struct wp_settings *settings, enum wp_setting setting)
{
    return settings->values[setting] != NULL && settings->values[setting][0] != '\0';
}

static bool
lacks(const struct wp_settings *settings, enum wp_setting setting, const char *beside,
      struct wp_problem *problem)
{
    return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s holds no %s%s", settings->from,
                          wp_setting_names[setting], beside);
}

static bool
choose_key(struct wp_credentials *credentials, struct wp_problem *problem)
{
    const struct wp_settings *settings = &credentials->settings;
    if (!has(settings, WP_OKTA_KEY) && settings->pem == NULL)
        return lacks(settings, WP_OKTA_KEY, ", the private key of the client", problem);
    if (has(settings, WP_OKTA_KEY) && settings->pem != NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s holds a key and names another file",
                              settings->from);
    credentials->key = wp_settings_key(settings, problem);
    if (credentials->key == NULL)
        return false;
    if (wp_jwt_algorithm(credentials->key) == NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "the private key must be RSA of at least 2048 bits, or on the curve "
                              "P-256");
    (void)snprintf(credentials->label, sizeof credentials->label, "client %.150s",
                   settings->values[WP_OKTA_CLIENT_ID]);
    return true;
}

static bool
choose_okta(struct wp_credentials *credentials, struct wp_problem *problem)
{
    const struct wp_settings *settings = &credentials->settings;
    bool token = has(settings, WP_OKTA_TOKEN), client = has(settings, WP_OKTA_CLIENT_ID);
    if (token && client)
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "%s holds WOAPOL_OKTA_TOKEN and WOAPOL_OKTA_CLIENT_ID; which of the "
                              "two is meant? Leave one out",
                              settings->from);
    if (!token && !client)
        return lacks(settings, WP_OKTA_TOKEN,
                     ", nor a WOAPOL_OKTA_CLIENT_ID with a WOAPOL_OKTA_KEY", problem);
    if (client)
        return choose_key(credentials, problem);
    (void)snprintf(credentials->label, sizeof credentials->label, "API token");
    return true;
}

static bool
choose_access(struct wp_credentials *credentials, struct wp_problem *problem)
{
    const struct wp_settings *settings = &credentials->settings;
    if (!has(settings, WP_ACCESS_CLIENT_ID))
        return lacks(settings, WP_ACCESS_CLIENT_ID, "", problem);
    if (!has(settings, WP_ACCESS_CLIENT_SECRET))
        return lacks(settings, WP_ACCESS_CLIENT_SECRET, "", problem);
    if (strchr(settings->values[WP_ACCESS_CLIENT_ID], ':') != NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%s in %s holds a “:”, as no client has",
                              wp_setting_names[WP_ACCESS_CLIENT_ID], settings->from);
    (void)snprintf(credentials->label, sizeof credentials->label, "client %.150s",
                   settings->values[WP_ACCESS_CLIENT_ID]);
    return true;
}

struct wp_credentials *
wp_credentials_new(const struct wp_credentials_source *source, struct wp_problem *problem)
{
    struct wp_credentials *credentials = calloc(1, sizeof *credentials);
    if (credentials == NULL) {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
        return NULL;
    }
    credentials->is_okta = strcmp(source->kind, "okta") == 0;
    credentials->writes = source->writes;
    bool good = wp_settings_read(&credentials->settings, source, problem);
    for (unsigned i = 0; good && i < WP_SETTING_COUNT; i++)
        good = is_plain(&credentials->settings, (enum wp_setting)i, problem);
    good = good && (credentials->is_okta ? choose_okta(credentials, problem)
                                         : choose_access(credentials, problem));
    if (good)
        return credentials;
    wp_credentials_free(credentials);
    return NULL;
}

void
wp_credentials_free(struct wp_credentials *credentials)
{
    if (credentials == NULL)
        return;
    wp_settings_free(&credentials->settings);
    EVP_PKEY_free(credentials->key);
    EVP_PKEY_free(credentials->proof_key);
    wp_secret_free(credentials->token.text);
    wp_secret_free(credentials->token_nonce);
    wp_secret_free(credentials->api_nonce);
    wp_secret_free(credentials->assertion);
    wp_secret_free(credentials->proof);
    wp_secret_free(credentials->basic);
    free(credentials);
}

/* ---- with a request --------------------------------------------------------------- */

/* "Authorization: SCHEME TEXT" */
static bool
add_authorization(const struct wp_credentials_door *door, const char *scheme, const char *text,
                  struct wp_problem *problem)
{
    char *value = NULL;
    bool added = asprintf(&value, "%s %s", scheme, text) >= 0 &&
                 door->add_line(door->context, "Authorization", value);
    wp_secret_free(value);
    return added || wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
}

bool
wp_credentials_authorize(struct wp_credentials *credentials, const struct wp_credentials_door *door,
                         const char *method, const char *url, struct wp_problem *problem)
{
    const char *api_token = credentials->settings.values[WP_OKTA_TOKEN];
    if (credentials->is_okta && credentials->key == NULL)
        return add_authorization(door, "SSWS", api_token, problem);

    struct wp_token *token = &credentials->token;
    if ((token->text == NULL || wp_credentials_clock() >= token->until) &&
        !wp_credentials_fetch(credentials, door, problem))
        return false;
    if (!token->is_dpop)
        return add_authorization(door, "Bearer", token->text, problem);

    struct wp_proof proof = {.method = method,
                             .url = url,
                             .now = door->now(door->context),
                             .nonce = credentials->api_nonce,
                             .token = token->text};
    char *text = wp_proof_make(credentials->proof_key, &proof);
    wp_secret_free(credentials->proof);
    credentials->proof = text;
    if (text == NULL || !door->add_line(door->context, "DPoP", text))
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "the DPoP proof cannot be made");
    return add_authorization(door, "DPoP", token->text, problem);
}

bool
wp_credentials_refused(struct wp_credentials *credentials, unsigned status,
                       const char *authenticate, const char *nonce)
{
    struct wp_token *token = &credentials->token;
    if (status != 401 || token->text == NULL)
        return false;
    if (token->is_dpop && authenticate != NULL && nonce != NULL &&
        strstr(authenticate, "use_dpop_nonce") != NULL) {
        wp_secret_free(credentials->api_nonce);
        credentials->api_nonce = strdup(nonce);
        return credentials->api_nonce != NULL;
    }
    /* One that was made just now and is refused: another would be, too. */
    if (wp_credentials_clock() - token->made < 5)
        return false;
    wp_secret_free(token->text);
    token->text = NULL;
    return true;
}

/* ---- never to be shown ------------------------------------------------------------- */

void
wp_credentials_hide(const struct wp_credentials *credentials, char *text)
{
    wp_secret_hide(text, credentials->settings.values[WP_OKTA_TOKEN]);
    wp_secret_hide(text, credentials->settings.values[WP_ACCESS_CLIENT_SECRET]);
    wp_secret_hide(text, credentials->token.text);
    wp_secret_hide(text, credentials->assertion);
    wp_secret_hide(text, credentials->proof);
    wp_secret_hide(text, credentials->basic);
}
