/* Addresses and prefixes as text: what is read, what is refused, what is written. */
#include "compiler/address.h"

#include <criterion/criterion.h>

Test(address, parses_and_writes_canonically)
{
    static const struct {
        const char *text, *canonical;
    } rows[] = {
        {"0.0.0.0", "0.0.0.0"},
        {"198.51.100.7", "198.51.100.7"},
        {"255.255.255.255", "255.255.255.255"},
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"0:0:0:1:0:0:0:0", "0:0:0:1::"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
        {"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"::FFFF:c000:0201", "192.0.2.1"},
        {"0:0:0:0:0:ffff:1.2.3.4", "1.2.3.4"},
        {"::fffe:1.2.3.4", "::fffe:102:304"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_address address;
        char text[WP_ADDRESS_TEXT];
        cr_assert(wp_address_parse(rows[i].text, &address, NULL), "%s", rows[i].text);
        wp_address_text(&address, text);
        cr_expect_str_eq(text, rows[i].canonical, "%s", rows[i].text);
    }
}

Test(address, refuses_what_is_not_one)
{
    static const char *const rows[] = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.04",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.4 ",
        " 1.2.3.4",
        "+1.2.3.4",
        "1.2.3.0x4",
        "0001.2.3.4",
        "1.2.3.4/24",
        ":",
        ":::",
        "1",
        "1:2",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "12345::",
        "g::",
        "::1%eth0",
        "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7",
        "::1.2.3",
        "::1.2.3.256",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1.2.3.4::",
        "::1.2.3.4:5",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_address address = {.v4 = 42};
        const char *reason = NULL;
        cr_expect_not(wp_address_parse(rows[i], &address, &reason), "'%s'", rows[i]);
        cr_expect_eq(address.v4, 42, "'%s' changed the address", rows[i]);
        cr_expect_not_null(reason, "'%s'", rows[i]);
    }
}

Test(address, spreads_prefixes)
{
    static const struct {
        const char *text;
        enum wp_address_fault fault;
        const char *first, *last;
    } rows[] = {
        {"10.0.0.0/8", WP_ADDRESS_OK, "10.0.0.0", "10.255.255.255"},
        {"10.0.0.1", WP_ADDRESS_OK, "10.0.0.1", "10.0.0.1"},
        {"10.0.0.1/32", WP_ADDRESS_OK, "10.0.0.1", "10.0.0.1"},
        {"10.0.0.2/31", WP_ADDRESS_OK, "10.0.0.2", "10.0.0.3"},
        {"0.0.0.0/0", WP_ADDRESS_OK, "0.0.0.0", "255.255.255.255"},
        {"128.0.0.0/1", WP_ADDRESS_OK, "128.0.0.0", "255.255.255.255"},
        {"10.0.0.1/8", WP_ADDRESS_HOST_BITS, "10.0.0.0", "10.255.255.255"},
        {"1.0.0.0/0", WP_ADDRESS_HOST_BITS, "0.0.0.0", "255.255.255.255"},
        {"2001:db8::/32", WP_ADDRESS_OK, "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"2001:db8::/64", WP_ADDRESS_OK, "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"},
        {"2001:db8::/65", WP_ADDRESS_OK, "2001:db8::", "2001:db8::7fff:ffff:ffff:ffff"},
        {"2001:db8::2/127", WP_ADDRESS_OK, "2001:db8::2", "2001:db8::3"},
        {"2001:db8::3/127", WP_ADDRESS_HOST_BITS, "2001:db8::2", "2001:db8::3"},
        {"::/0", WP_ADDRESS_OK, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"::ffff:0:0/96", WP_ADDRESS_OK, "0.0.0.0", "255.255.255.255"},
        {"::ffff:10.0.0.0/104", WP_ADDRESS_OK, "10.0.0.0", "10.255.255.255"},
        {"::ffff:10.0.0.1/104", WP_ADDRESS_HOST_BITS, "10.0.0.0", "10.255.255.255"},
        {"::fffe:0:0/95", WP_ADDRESS_OK, "::fffe:0:0", "::ffff:ffff:ffff"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_address first, last;
        char text[WP_ADDRESS_TEXT];
        cr_assert_eq(wp_prefix_parse(rows[i].text, &first, &last, NULL), rows[i].fault, "%s",
                     rows[i].text);
        /* The mapped addresses within a wider prefix are left to the network. */
        wp_address_text(&first, text);
        cr_expect_str_eq(text, rows[i].first, "%s begins at %s", rows[i].text, text);
        wp_address_text(&last, text);
        cr_expect_str_eq(text, rows[i].last, "%s ends at %s", rows[i].text, text);
    }
}

Test(address, refuses_prefixes_that_are_none)
{
    static const char *const rows[] = {
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "/8",
        "10.0.0.0/8 ",
        "::/129",
        "::/0x1",
        "::/",
        "10.0.0/8",
        "10.0.0.0/1000",
        "10.0.0.0/4294967304",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_address first, last;
        cr_expect_eq(wp_prefix_parse(rows[i], &first, &last, NULL), WP_ADDRESS_MALFORMED, "'%s'",
                     rows[i]);
    }
}

Test(address, steps_across_halves)
{
    struct wp_address6 top = {UINT64_MAX, UINT64_MAX}, zero = {0, 0}, half = {1, 0};
    struct wp_address6 below = wp_previous6(half);

    cr_expect_eq(wp_compare6(wp_next6(top), zero), 0);
    cr_expect_eq(wp_compare6(wp_previous6(zero), top), 0);
    cr_expect(below.high == 0 && below.low == UINT64_MAX);
    cr_expect_eq(wp_compare6(wp_next6(below), half), 0);
    cr_expect_lt(wp_compare6(below, half), 0);
    cr_expect_gt(wp_compare6(half, below), 0);
}
