/* Addresses as text. Nothing here looks at the locale or accepts what strtoul
 * would: every byte of the text is accounted for. */
#include "compiler/address.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

int
wp_compare6(struct wp_address6 a, struct wp_address6 b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    if (a.low != b.low)
        return a.low < b.low ? -1 : 1;
    return 0;
}

struct wp_address6
wp_next6(struct wp_address6 address)
{
    address.low++;
    if (address.low == 0)
        address.high++;
    return address;
}

struct wp_address6
wp_previous6(struct wp_address6 address)
{
    if (address.low == 0)
        address.high--;
    address.low--;
    return address;
}

static bool
fail(const char **reason, const char *text)
{
    if (reason)
        *reason = text;
    return false;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads a decimal number of at most three digits without leading zeros. */
static bool
parse_decimal(const char **at, const char *end, unsigned limit, unsigned *number,
              const char **reason)
{
    const char *start = *at;
    unsigned value = 0;

    while (*at < end && is_digit(**at) && *at - start < 4)
        value = value * 10 + (unsigned)(*(*at)++ - '0');
    if (*at == start)
        return fail(reason, "a number is missing");
    if (*start == '0' && *at - start > 1)
        return fail(reason, "a number has a leading zero");
    if (*at - start > 3 || value > limit)
        return fail(reason, limit == 255 ? "a number is above 255" : "the prefix is too long");
    *number = value;
    return true;
}

static bool
parse_v4(const char *at, const char *end, uint32_t *address, const char **reason)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        unsigned part;

        if (i > 0 && (at == end || *at++ != '.'))
            return fail(reason, "an IPv4 address has four numbers");
        if (!parse_decimal(&at, end, 255, &part, reason))
            return false;
        value = value << 8 | part;
    }
    if (at != end)
        return fail(reason, "something follows the address");
    *address = value;
    return true;
}

static int
hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The groups of 16 bits read so far, and where `::` stood. */
struct groups {
    uint16_t words[8];
    int count;
    int gap; /* -1: none */
};

static bool
parse_group(const char **at, const char *end, struct groups *groups, const char **reason)
{
    unsigned value = 0;
    int digits = 0;

    while (*at < end && hex_value(**at) >= 0) {
        value = value << 4 | (unsigned)hex_value(*(*at)++);
        if (++digits > 4)
            return fail(reason, "a group has more than four digits");
    }
    if (digits == 0)
        return fail(reason, "a group of hexadecimal digits is missing");
    groups->words[groups->count++] = (uint16_t)value;
    return true;
}

/* True when what follows is dotted IPv4 rather than a hexadecimal group. */
static bool
is_dotted(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at < end && *at == '.';
}

static bool
parse_groups(const char *at, const char *end, struct groups *groups, const char **reason)
{
    if (end - at >= 2 && at[0] == ':' && at[1] == ':') {
        groups->gap = 0;
        at += 2;
    }
    while (at < end) {
        uint32_t tail;

        if (groups->count == 8)
            return fail(reason, "an IPv6 address has eight groups");
        if (groups->count <= 6 && is_dotted(at, end)) {
            if (!parse_v4(at, end, &tail, reason))
                return false;
            groups->words[groups->count++] = (uint16_t)(tail >> 16);
            groups->words[groups->count++] = (uint16_t)tail;
            return true;
        }
        if (!parse_group(&at, end, groups, reason))
            return false;
        if (at == end)
            return true;
        if (*at++ != ':')
            return fail(reason, "a character that addresses do not have");
        if (at < end && *at == ':') {
            if (groups->gap >= 0)
                return fail(reason, "'::' stands twice");
            groups->gap = groups->count;
            at++;
        } else if (at == end) {
            return fail(reason, "a group of hexadecimal digits is missing");
        }
    }
    return true;
}

static bool
parse_v6(const char *at, const char *end, struct wp_address6 *address, const char **reason)
{
    struct groups groups = {.gap = -1};
    uint16_t words[8] = {0};

    if (!parse_groups(at, end, &groups, reason))
        return false;
    if (groups.gap < 0 && groups.count != 8)
        return fail(reason, "an IPv6 address has eight groups, or '::' for those that are zero");
    if (groups.gap >= 0 && groups.count == 8)
        return fail(reason, "'::' stands for no group");
    int head = groups.gap < 0 ? groups.count : groups.gap;
    int tail = groups.count - head;
    memcpy(words, groups.words, (size_t)head * sizeof *words);
    memcpy(words + 8 - tail, groups.words + head, (size_t)tail * sizeof *words);
    address->high = address->low = 0;
    for (int i = 0; i < 4; i++) {
        address->high = address->high << 16 | words[i];
        address->low = address->low << 16 | words[i + 4];
    }
    return true;
}

static bool
is_mapped(struct wp_address6 address)
{
    return address.high == 0 && address.low >> 32 == 0xffff;
}

/* Parses [at, end) without turning mapped addresses into IPv4. */
static bool
parse_plain(const char *at, const char *end, struct wp_address *address, const char **reason)
{
    struct wp_address parsed = {0};

    if (at == end)
        return fail(reason, "the address is missing");
    parsed.is_v6 = memchr(at, ':', (size_t)(end - at)) != NULL;
    if (parsed.is_v6 ? !parse_v6(at, end, &parsed.v6, reason)
                     : !parse_v4(at, end, &parsed.v4, reason))
        return false;
    *address = parsed;
    return true;
}

static void
unmap(struct wp_address *address)
{
    if (address->is_v6 && is_mapped(address->v6))
        *address = (struct wp_address){.v4 = (uint32_t)address->v6.low};
}

bool
wp_address_parse(const char *text, struct wp_address *address, const char **reason)
{
    if (!parse_plain(text, text + strlen(text), address, reason))
        return false;
    unmap(address);
    return true;
}

/* The bits of a 128-bit address that a prefix of that length leaves free. */
static struct wp_address6
host_mask(unsigned length)
{
    struct wp_address6 mask = {UINT64_MAX, UINT64_MAX};

    assert(length <= 128);
    if (length >= 64) {
        mask.high = 0;
        mask.low = length == 128 ? 0 : UINT64_MAX >> (length - 64);
    } else if (length > 0) {
        mask.high = UINT64_MAX >> length;
    }
    return mask;
}

/* Clears the host bits of *first and sets them in *last; true if some were set. */
static bool
spread(struct wp_address *first, struct wp_address *last, unsigned length)
{
    bool had_host_bits;

    if (!first->is_v6) {
        uint32_t mask = length == 0 ? UINT32_MAX : (uint32_t)((UINT64_C(1) << (32 - length)) - 1);

        had_host_bits = (first->v4 & mask) != 0;
        first->v4 &= ~mask;
        last->v4 = first->v4 | mask;
        return had_host_bits;
    }
    struct wp_address6 mask = host_mask(length);
    had_host_bits = (first->v6.high & mask.high) != 0 || (first->v6.low & mask.low) != 0;
    first->v6.high &= ~mask.high;
    first->v6.low &= ~mask.low;
    last->v6.high = first->v6.high | mask.high;
    last->v6.low = first->v6.low | mask.low;
    return had_host_bits;
}

enum wp_address_fault
wp_prefix_parse(const char *text, struct wp_address *first, struct wp_address *last,
                const char **reason)
{
    const char *end = text + strlen(text), *slash = strchr(text, '/');
    struct wp_address address;
    unsigned length;

    if (!parse_plain(text, slash ? slash : end, &address, reason))
        return WP_ADDRESS_MALFORMED;
    length = address.is_v6 ? 128 : 32;
    if (slash) {
        const char *at = slash + 1;

        if (!parse_decimal(&at, end, length, &length, reason))
            return WP_ADDRESS_MALFORMED;
        if (at != end) {
            fail(reason, "something follows the prefix length");
            return WP_ADDRESS_MALFORMED;
        }
    }
    if (address.is_v6 && is_mapped(address.v6) && length >= 96) {
        unmap(&address);
        length -= 96;
    }
    *first = *last = address;
    return spread(first, last, length) ? WP_ADDRESS_HOST_BITS : WP_ADDRESS_OK;
}

/* Where RFC 5952 puts `::`: the longest run of two or more zero groups, the
 * first of equals. Returns its length, 0 if there is none. */
static int
find_gap(const unsigned words[8], int *start)
{
    int best = 1, run = 0;

    for (int i = 0; i < 8; i++) {
        run = words[i] == 0 ? run + 1 : 0;
        if (run > best) {
            best = run;
            *start = i - run + 1;
        }
    }
    return best > 1 ? best : 0;
}

void
wp_address_text(const struct wp_address *address, char text[WP_ADDRESS_TEXT])
{
    unsigned words[8];
    int start = -1;
    char *at = text;

    if (!address->is_v6) {
        snprintf(text, WP_ADDRESS_TEXT, "%u.%u.%u.%u", address->v4 >> 24, address->v4 >> 16 & 255,
                 address->v4 >> 8 & 255, address->v4 & 255);
        return;
    }
    for (int i = 0; i < 4; i++) {
        words[i] = address->v6.high >> (48 - 16 * i) & 0xffff;
        words[i + 4] = address->v6.low >> (48 - 16 * i) & 0xffff;
    }
    int gap = find_gap(words, &start);
    for (int i = 0; i < 8; i++) {
        if (gap > 0 && i == start) {
            *at++ = ':';
            if (i + gap == 8)
                *at++ = ':';
            i += gap - 1;
            continue;
        }
        size_t room = (size_t)(text + WP_ADDRESS_TEXT - at);
        at += snprintf(at, room, i == 0 ? "%x" : ":%x", words[i]);
    }
    *at = '\0';
}
