/* Who the client is behind proxies. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "woapol_host.h"

#define MAX_TRUSTED 4

static const struct row {
    const char *name;
    const char *trusted; /* blank-separated prefixes */
    const char *peer;
    enum woapol_forwarded kind;
    const char *first, *second; /* header lines, or NULL */
    const char *client;         /* NULL: refused */
} rows[] = {
    {"no trusted proxy: headers are not looked at", "", "192.0.2.1", WOAPOL_X_FORWARDED_FOR,
     "203.0.113.9", NULL, "192.0.2.1"},
    {"garbage of a stranger is not looked at", "", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, "garbage",
     NULL, "192.0.2.1"},
    {"one trusted hop", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, "203.0.113.9", NULL,
     "203.0.113.9"},
    {"a spoofed entry to the left is not reached", "192.0.2.0/24", "192.0.2.1",
     WOAPOL_X_FORWARDED_FOR, "10.0.0.1, 203.0.113.9", NULL, "203.0.113.9"},
    {"garbage to the left of the client is not reached", "192.0.2.0/24", "192.0.2.1",
     WOAPOL_X_FORWARDED_FOR, "<script>, 203.0.113.9", NULL, "203.0.113.9"},
    {"two trusted hops", "192.0.2.0/24 10.0.0.0/8", "192.0.2.1", WOAPOL_X_FORWARDED_FOR,
     "203.0.113.9, 10.1.2.3", NULL, "203.0.113.9"},
    {"two header lines are one list", "192.0.2.0/24 10.0.0.0/8", "192.0.2.1",
     WOAPOL_X_FORWARDED_FOR, "203.0.113.9", "10.1.2.3", "203.0.113.9"},
    {"all trusted: the leftmost", "0.0.0.0/0", "192.0.2.1", WOAPOL_X_FORWARDED_FOR,
     "203.0.113.9, 198.51.100.1", NULL, "203.0.113.9"},
    {"no header: the proxy itself", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, NULL, NULL,
     "192.0.2.1"},
    {"an empty header says nothing", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, "  ",
     NULL, "192.0.2.1"},
    {"a port is cut off", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, "203.0.113.9:4711",
     NULL, "203.0.113.9"},
    {"brackets and a port", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR,
     "[2001:db8::7]:443", NULL, "2001:db8::7"},
    {"a bare IPv6 address", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, "2001:db8::7",
     NULL, "2001:db8::7"},
    {"a mapped address is the IPv4 one", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR,
     "::ffff:203.0.113.9", NULL, "203.0.113.9"},
    {"a mapped hop is trusted like the IPv4 one", "192.0.2.0/24", "192.0.2.1",
     WOAPOL_X_FORWARDED_FOR, "203.0.113.9, ::ffff:192.0.2.9", NULL, "203.0.113.9"},
    {"an IPv6 proxy", "2001:db8:1::/48", "2001:db8:1::5", WOAPOL_X_FORWARDED_FOR, "203.0.113.9",
     NULL, "203.0.113.9"},
    {"garbage from a trusted hop", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, "unknown",
     NULL, NULL},
    {"an empty entry from a trusted hop", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR,
     "203.0.113.9,", NULL, NULL},
    {"a port that is none", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, "203.0.113.9:http",
     NULL, NULL},
    {"IPv4 in brackets", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, "[203.0.113.9]", NULL,
     NULL},
    {"an open bracket", "192.0.2.0/24", "192.0.2.1", WOAPOL_X_FORWARDED_FOR, "[2001:db8::7", NULL,
     NULL},
    {"for=", "192.0.2.0/24", "192.0.2.1", WOAPOL_FORWARDED, "for=203.0.113.9;proto=https", NULL,
     "203.0.113.9"},
    {"For in another case, after other parameters", "192.0.2.0/24", "192.0.2.1", WOAPOL_FORWARDED,
     "proto=http; FOR=\"203.0.113.9:80\"; by=192.0.2.1", NULL, "203.0.113.9"},
    {"IPv6 is quoted", "192.0.2.0/24", "192.0.2.1", WOAPOL_FORWARDED,
     "for=\"[2001:db8:cafe::17]:4711\"", NULL, "2001:db8:cafe::17"},
    {"the last element counts", "192.0.2.0/24", "192.0.2.1", WOAPOL_FORWARDED,
     "for=10.0.0.1, for=203.0.113.9", NULL, "203.0.113.9"},
    {"a comma in quotes parts nothing", "192.0.2.0/24", "192.0.2.1", WOAPOL_FORWARDED,
     "for=203.0.113.9;host=\"a, for=10.0.0.1\"", NULL, "203.0.113.9"},
    {"an obfuscated name", "192.0.2.0/24", "192.0.2.1", WOAPOL_FORWARDED, "for=_hidden", NULL,
     NULL},
    {"for twice", "192.0.2.0/24", "192.0.2.1", WOAPOL_FORWARDED, "for=203.0.113.9;for=10.0.0.1",
     NULL, NULL},
    {"no for at all", "192.0.2.0/24", "192.0.2.1", WOAPOL_FORWARDED, "proto=https", NULL, NULL},
    {"a quote left open", "192.0.2.0/24", "192.0.2.1", WOAPOL_FORWARDED, "for=\"203.0.113.9", NULL,
     NULL},
};

static size_t
parse_trusted(const char *text, struct woapol_prefix *prefixes)
{
    size_t count = 0;

    while (*text) {
        size_t length = strcspn(text, " ");
        cr_assert(woapol_prefix_parse(&prefixes[count++], text, length), "%s", text);
        text += length + (text[length] == ' ');
    }
    return count;
}

static bool
equal(const struct woapol_address *address, const char *text)
{
    struct woapol_address wanted = {.family = 0};

    cr_assert(woapol_address_parse(&wanted, text, strlen(text)));
    return wanted.family == address->family &&
           memcmp(wanted.bytes, address->bytes, wanted.family == 4 ? 4 : 16) == 0;
}

Test(forwarded, finds_the_client)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct woapol_prefix trusted[MAX_TRUSTED];
        struct woapol_address peer, client;
        struct woapol_text values[2];
        size_t count = 0, trusted_count = parse_trusted(row->trusted, trusted);

        if (row->first)
            values[count++] = (struct woapol_text){row->first, strlen(row->first)};
        if (row->second)
            values[count++] = (struct woapol_text){row->second, strlen(row->second)};
        cr_assert(woapol_address_parse(&peer, row->peer, strlen(row->peer)));
        bool found =
            woapol_client_address(trusted, trusted_count, &peer, row->kind, values, count, &client);
        cr_expect_eq(found, row->client != NULL, "%s", row->name);
        if (found && row->client)
            cr_expect(equal(&client, row->client), "%s", row->name);
        if (!found)
            cr_expect_eq(client.family, 0, "%s", row->name);
    }
}

Test(forwarded, parses_prefixes)
{
    static const struct {
        const char *text;
        bool good;
    } prefixes[] = {
        {"10.0.0.0/8", true},
        {"10.0.0.1", true},
        {"0.0.0.0/0", true},
        {"2001:db8::/32", true},
        {"::/0", true},
        {"::ffff:10.0.0.0/104", true},
        {"10.0.0.1/8", false},
        {"10.0.0.0/33", false},
        {"10.0.0.0/", false},
        {"10.0.0.0/08", false},
        {"2001:db8::1/64", false},
        {"::/129", false},
        {"::ffff:10.0.0.0/8", false},
        {"/8", false},
        {"10.0.0/8", false},
    };

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        struct woapol_prefix prefix;
        cr_expect_eq(woapol_prefix_parse(&prefix, prefixes[i].text, strlen(prefixes[i].text)),
                     prefixes[i].good, "%s", prefixes[i].text);
    }
}

/* `count` trusted addresses behind each other. */
static bool
walk_hops(enum woapol_forwarded kind, size_t count, struct woapol_address *client)
{
    static char header[64 * 40];
    struct woapol_prefix trusted;
    struct woapol_address peer;
    size_t length = 0;

    for (size_t i = 0; i < count; i++)
        length +=
            (size_t)snprintf(header + length, sizeof header - length, "%s%s10.0.0.%u",
                             i ? ", " : "", kind == WOAPOL_FORWARDED ? "for=" : "", (unsigned)i);
    const struct woapol_text value = {header, length};
    cr_assert(woapol_prefix_parse(&trusted, "10.0.0.0/8", 10));
    cr_assert(woapol_address_parse(&peer, "10.1.1.1", 8));
    return woapol_client_address(&trusted, 1, &peer, kind, &value, 1, client);
}

Test(forwarded, bounds_the_hops)
{
    static const enum woapol_forwarded kinds[] = {WOAPOL_X_FORWARDED_FOR, WOAPOL_FORWARDED};

    for (size_t i = 0; i < 2; i++) {
        struct woapol_address client;
        cr_expect(walk_hops(kinds[i], 32, &client) && equal(&client, "10.0.0.0"));
        cr_expect(!walk_hops(kinds[i], 33, &client));
        cr_expect_eq(client.family, 0);
    }
}
