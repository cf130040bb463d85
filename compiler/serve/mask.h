/* People hidden by the type of what names them. */
#ifndef WP_SERVE_MASK_H
#define WP_SERVE_MASK_H

#include "woapol_host.h"

#define WP_MASKED_ADDRESS_MAX 64
#define WP_MASKED_USER_SIZE 19

/* "203.0.113.0/24", "2001:db8:10::/48"; whole when `is_shown`; empty for none. */
void wp_mask_address(const uint8_t *bytes, uint8_t family, bool is_shown,
                     char text[WP_MASKED_ADDRESS_MAX]);

/* "u:" and 16 hexadecimal digits, the same for the same user and key. */
void wp_mask_user(const unsigned char key[32], struct woapol_text user,
                  char text[WP_MASKED_USER_SIZE]);

#endif
