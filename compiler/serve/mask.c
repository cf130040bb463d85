/* Masking: addresses lose their host, names become a keyed hash. */
#include "compiler/serve/mask.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

void
wp_mask_address(const uint8_t *bytes, uint8_t family, bool is_shown,
                char text[WP_MASKED_ADDRESS_MAX])
{
    uint8_t kept[16] = {0};
    char address[INET6_ADDRSTRLEN];
    text[0] = '\0';
    if (family != 4 && family != 6)
        return;
    size_t width = family == 4 ? 4 : 16;
    size_t length = is_shown ? width : family == 4 ? 3 : 6;
    memcpy(kept, bytes, length);
    if (inet_ntop(family == 4 ? AF_INET : AF_INET6, kept, address, sizeof address) == NULL)
        return;
    if (is_shown)
        (void)snprintf(text, WP_MASKED_ADDRESS_MAX, "%s", address);
    else
        (void)snprintf(text, WP_MASKED_ADDRESS_MAX, "%s/%zu", address, length * 8);
}

void
wp_mask_user(const unsigned char key[32], struct woapol_text user, char text[WP_MASKED_USER_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    text[0] = '\0';
    if (HMAC(EVP_sha256(), key, 32, (const unsigned char *)user.text, user.length, digest, &size) ==
            NULL ||
        size < 8)
        return;
    (void)snprintf(text, WP_MASKED_USER_SIZE, "u:%02x%02x%02x%02x%02x%02x%02x%02x", digest[0],
                   digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]);
}
