/* The inside of credentials, for credentials*.c alone. */
#ifndef WP_EMIT_CREDENTIALS_PARTS_H
#define WP_EMIT_CREDENTIALS_PARTS_H

#include <openssl/evp.h>

#include "compiler/emit/credentials.h"

enum wp_setting {
    WP_OKTA_TOKEN,
    WP_OKTA_CLIENT_ID,
    WP_OKTA_KEY,
    WP_OKTA_KEY_ID,
    WP_OKTA_SCOPES,
    WP_ACCESS_CLIENT_ID,
    WP_ACCESS_CLIENT_SECRET,
    WP_SETTING_COUNT
};

extern const char *const wp_setting_names[WP_SETTING_COUNT];

/* What was found, each NULL or a text of its own that is wiped at the end. */
struct wp_settings {
    char *values[WP_SETTING_COUNT];
    char *pem;    /* the key's text, where it stands with the settings */
    char *folder; /* what the key's path is relative to; NULL: where we are */
    char *from;   /* "the environment", "acme.cred", for people */
};

/* Reads the settings from where `source` says. */
bool wp_settings_read(struct wp_settings *settings, const struct wp_credentials_source *source,
                      struct wp_problem *problem);
void wp_settings_free(struct wp_settings *settings);

/* A file that holds a secret: regular, its owner's alone, no way round by links.
 * *text ends in a NUL and is freed with wp_secret_free. */
bool wp_secret_file(const char *path, size_t most, char **text, struct wp_problem *problem);
void wp_secret_free(char *text);

/* Puts "*" in place of each part of the text that is a part of the secret (NULL:
 * none), and long enough not to be so by chance. */
void wp_secret_hide(char *text, const char *secret);

/* The private key that the settings name. NULL with a problem. */
EVP_PKEY *wp_settings_key(const struct wp_settings *settings, struct wp_problem *problem);

/* A token that is sent with requests until it runs out. */
struct wp_token {
    char *text; /* NULL: none */
    bool is_dpop;
    int64_t made, until; /* monotonic seconds */
};

struct wp_credentials {
    bool is_okta, writes;
    bool is_modest; /* the tenant has refused scopes that few pushes need */
    struct wp_settings settings;
    EVP_PKEY *key; /* private_key_jwt; NULL: none */
    char label[200];
    struct wp_token token;
    EVP_PKEY *proof_key;             /* DPoP; NULL as long as nobody asked for it */
    char *token_nonce, *api_nonce;   /* DPoP nonces; NULL: none yet */
    char *assertion, *proof, *basic; /* what was sent last, to be wiped and never shown */
};

/* Gets a new token into credentials->token. */
bool wp_credentials_fetch(struct wp_credentials *credentials,
                          const struct wp_credentials_door *door, struct wp_problem *problem);

/* One DPoP proof: for which request, and with what nonce and token (NULL: none). */
struct wp_proof {
    const char *method, *url;
    int64_t now;
    const char *nonce, *token;
};

/* Freed with wp_secret_free; NULL on failure. */
char *wp_proof_make(EVP_PKEY *key, const struct wp_proof *proof);

/* Seconds that only ever go forward. */
int64_t wp_credentials_clock(void);

#endif
