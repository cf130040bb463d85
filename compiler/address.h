/*
 * Addresses as text: parsed strictly, written canonically.
 *
 * IPv4 is four decimal numbers without leading zeros; IPv6 is RFC 4291's text
 * without a zone. An IPv4-mapped IPv6 address is the IPv4 address, always.
 */
#ifndef WP_COMPILER_ADDRESS_H
#define WP_COMPILER_ADDRESS_H

#include "compiler/model.h"

struct wp_address {
    bool is_v6;
    uint32_t v4;
    struct wp_address6 v6;
};

enum wp_address_fault {
    WP_ADDRESS_OK,
    WP_ADDRESS_MALFORMED,
    WP_ADDRESS_HOST_BITS /* a prefix of which more bits are set than its length covers */
};

/* Parses one address. On failure *address is unchanged and *reason, unless
 * `reason` is NULL, says what is wrong ("a number is above 255"). */
bool wp_address_parse(const char *text, struct wp_address *address, const char **reason);

/*
 * Parses an address or a prefix into its first and last address. On
 * WP_ADDRESS_HOST_BITS both are filled in as if the host bits were zero, so that
 * a message can name the prefix that may have been meant.
 */
enum wp_address_fault wp_prefix_parse(const char *text, struct wp_address *first,
                                      struct wp_address *last, const char **reason);

/* Writes an address: RFC 5952 for IPv6. The buffer is always long enough. */
#define WP_ADDRESS_TEXT 46
void wp_address_text(const struct wp_address *address, char text[WP_ADDRESS_TEXT]);

/* -1, 0 or 1 as `a` is below, equal to or above `b`. */
int wp_compare6(struct wp_address6 a, struct wp_address6 b);

/* The address after and the one before; both wrap around. */
struct wp_address6 wp_next6(struct wp_address6 address);
struct wp_address6 wp_previous6(struct wp_address6 address);

#endif
