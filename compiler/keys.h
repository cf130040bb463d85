/* The inside of a private key, for keys.c and sign.c alone. */
#ifndef WP_COMPILER_KEYS_H
#define WP_COMPILER_KEYS_H

#include "compiler/sign.h"

#include <openssl/evp.h>

struct wp_private_key {
    EVP_PKEY *key;
    struct wp_public_key half;
};

#endif
