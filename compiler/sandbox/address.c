#include "compiler/sandbox/address.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool
wp_box_address_read(struct wp_box_address *address, const char *text)
{
    struct in_addr four;
    if (inet_pton(AF_INET, text, &four) == 1) {
        memcpy(address->bytes, mapped, sizeof mapped);
        memcpy(address->bytes + 12, &four, 4);
        address->is_ipv4 = true;
        return true;
    }
    if (inet_pton(AF_INET6, text, address->bytes) != 1)
        return false;
    address->is_ipv4 = memcmp(address->bytes, mapped, sizeof mapped) == 0;
    return true;
}

int
wp_box_address_compare(const struct wp_box_address *a, const struct wp_box_address *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool
wp_box_address_within(const struct wp_box_address *address, const struct wp_box_address *first,
                      const struct wp_box_address *last)
{
    return address->is_ipv4 == first->is_ipv4 && wp_box_address_compare(first, address) <= 0 &&
           wp_box_address_compare(address, last) <= 0;
}

/* The part of a text before `end` as a text of its own. */
static bool
copy_part(char *part, size_t size, const char *text, const char *end)
{
    size_t length = (size_t)(end - text);
    if (length >= size)
        return false;
    memcpy(part, text, length);
    part[length] = '\0';
    return true;
}

bool
wp_box_cidr_read(const char *text, struct wp_box_address *first, struct wp_box_address *last)
{
    const char *slash = strchr(text, '/');
    char part[64];
    unsigned length = 0, most, bit;
    if (slash == NULL || !copy_part(part, sizeof part, text, slash) ||
        !wp_box_address_read(first, part))
        return false;
    for (text = slash + 1; *text >= '0' && *text <= '9' && length < 1000; text++)
        length = length * 10 + (unsigned)(*text - '0');
    most = strchr(part, ':') == NULL ? 32 : 128;
    if (*text != '\0' || text == slash + 1 || length > most)
        return false;
    *last = *first;
    for (bit = most == 32 ? length + 96 : length; bit < 128; bit++) {
        uint8_t mask = (uint8_t)(0x80 >> bit % 8);
        first->bytes[bit / 8] &= (uint8_t)~mask;
        last->bytes[bit / 8] |= mask;
    }
    return true;
}

bool
wp_box_range_read(const char *text, struct wp_box_address *first, struct wp_box_address *last)
{
    const char *dash = strchr(text, '-');
    char part[64];
    if (dash == NULL) {
        if (!wp_box_address_read(first, text))
            return false;
        *last = *first;
        return true;
    }
    return copy_part(part, sizeof part, text, dash) && wp_box_address_read(first, part) &&
           wp_box_address_read(last, dash + 1) && first->is_ipv4 == last->is_ipv4 &&
           wp_box_address_compare(first, last) <= 0;
}
