/* Internet addresses as the sandbox's tenants understand them. */
#ifndef WP_SANDBOX_ADDRESS_H
#define WP_SANDBOX_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IPv4 addresses as ::ffff:a.b.c.d, so that one comparison serves for both. */
struct wp_box_address {
    uint8_t bytes[16];
    bool is_ipv4;
};

/* False when `text` is no address; an IPv4-mapped IPv6 address is the IPv4 one. */
bool wp_box_address_read(struct wp_box_address *address, const char *text);
/* As memcmp. */
int wp_box_address_compare(const struct wp_box_address *a, const struct wp_box_address *b);

/* "198.51.100.0/24", host bits and all, or "198.51.100.1-198.51.100.9", or an
 * address: first and last. False when it is none of these. */
bool wp_box_cidr_read(const char *text, struct wp_box_address *first, struct wp_box_address *last);
bool wp_box_range_read(const char *text, struct wp_box_address *first, struct wp_box_address *last);
bool wp_box_address_within(const struct wp_box_address *address, const struct wp_box_address *first,
                           const struct wp_box_address *last);

#endif
