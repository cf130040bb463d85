/* The runtime's small parts: the checksum, addresses from text, statuses. */
#include "runtime/format.h"
#include "runtime/hash.h"
#include "woapol.h"

#include <criterion/criterion.h>
#include <string.h>

/* What xxhsum -H3 says of the same bytes. */
Test(runtime_hash, is_xxh3)
{
    static const struct {
        size_t size;
        uint64_t hash;
    } rows[] = {
        {241, UINT64_C(0x541b19226f0052e8)},  {256, UINT64_C(0xff5a1cefade75bb9)},
        {1000, UINT64_C(0xd1db6a0afea2cc82)}, {1024, UINT64_C(0x71bee625238addb4)},
        {1025, UINT64_C(0xd9b414f4e1bbf7ad)}, {1088, UINT64_C(0xb74e423e955e509d)},
        {5000, UINT64_C(0xed0146266d138bd8)},
    };
    static uint8_t bytes[5000 + 1];
    for (size_t i = 0; i < 5000; i++)
        bytes[1 + i] = (uint8_t)(i * 7 + i / 256); /* at no multiple of anything */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(wp_checksum(bytes + 1, rows[i].size), rows[i].hash, "%zu", rows[i].size);
    cr_expect_eq(wp_checksum(bytes, WP_CHECKSUM_MIN - 1), 0);
}

/* As docs/image.md says it, worked out elsewhere. */
Test(runtime_hash, names)
{
    static const struct {
        const char *text;
        uint32_t hash;
    } rows[] = {
        {"", 0x00000000},
        {"a", 0x2d63de1d},
        {"ab", 0xbe10b854},
        {"abc", 0x2b869f20},
        {"Staff", 0x7544d8e4},
        {"chromeos", 0xe983f9e7},
        {"All Staff", 0x81377bb1},
        {"mobile_sso_ios_1", 0xcb8fa112},
        {"All Staff@corp.example", 0x004b72d7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(wp_hash_name(rows[i].text, strlen(rows[i].text)), rows[i].hash, "%s",
                     rows[i].text);
}

Test(runtime_address, parses_strictly)
{
    static const struct {
        const char *text;
        int family; /* 0: not an address */
        const char *bytes;
    } rows[] = {
        {"198.51.100.7", 4, "\xc6\x33\x64\x07"},
        {"0.0.0.0", 4, "\0\0\0\0"},
        {"255.255.255.255", 4, "\xff\xff\xff\xff"},
        {"::ffff:10.8.0.1", 4, "\x0a\x08\x00\x01"},
        {"::FFFF:0a08:0001", 4, "\x0a\x08\x00\x01"},
        {"::", 6, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"},
        {"::1", 6, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"},
        {"1::", 6, "\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0"},
        {"2001:db8::1:2", 6, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\1\0\2"},
        {"1:2:3:4:5:6:7:8", 6, "\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\x08"},
        {"1:2:3:4:5:6:7::", 6, "\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\0"},
        {"::2:3:4:5:6:7:8", 6, "\0\0\0\2\0\3\0\4\0\5\0\6\0\7\0\x08"},
        {"64:ff9b::1.2.3.4", 6, "\0\x64\xff\x9b\0\0\0\0\0\0\0\0\1\2\3\4"},
        {"1:2:3:4:5:6:1.2.3.4", 6, "\0\1\0\2\0\3\0\4\0\5\0\6\1\2\3\4"},
        {"", 0, ""},
        {"1.2.3", 0, ""},
        {"1.2.3.4.5", 0, ""},
        {"1.2.3.4 ", 0, ""},
        {" 1.2.3.4", 0, ""},
        {"1.2.3.256", 0, ""},
        {"1.2.3.04", 0, ""},
        {"1.2.3.1000", 0, ""},
        {"1..2.3", 0, ""},
        {"1.2.3.4/32", 0, ""},
        {":", 0, ""},
        {":::", 0, ""},
        {"1:", 0, ""},
        {":1", 0, ""},
        {"1::2::3", 0, ""},
        {"1:2:3:4:5:6:7", 0, ""},
        {"1:2:3:4:5:6:7:8:9", 0, ""},
        {"1:2:3:4:5:6:7:8::", 0, ""},
        {"::1:2:3:4:5:6:7:8", 0, ""},
        {"1:2:3:4:5:6:7:1.2.3.4", 0, ""},
        {"::1.2.3.4:5", 0, ""},
        {"12345::", 0, ""},
        {"g::", 0, ""},
        {"fe80::1%eth0", 0, ""},
        {"[::1]", 0, ""},
        {"::ffff:1.2.3", 0, ""},
        {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", 0, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct woapol_request request, before;
        woapol_request_init(&request);
        memset(request.address, 0x5a, sizeof request.address);
        before = request;
        bool good = woapol_set_address(&request, rows[i].text, strlen(rows[i].text));
        cr_expect_eq(good, rows[i].family != 0, "'%s'", rows[i].text);
        if (!good) {
            cr_expect_eq(memcmp(&request, &before, sizeof before), 0, "'%s'", rows[i].text);
            continue;
        }
        cr_expect_eq(request.address_family, rows[i].family, "'%s'", rows[i].text);
        cr_expect_eq(memcmp(request.address, rows[i].bytes, rows[i].family == 4 ? 4 : 16), 0,
                     "'%s'", rows[i].text);
    }
    struct woapol_request request;
    cr_expect(!woapol_set_address(&request, "1.2.3.4\0", 8), "a NUL behind it");
    cr_expect(!woapol_set_address(&request, NULL, 0), "no text");
}

Test(runtime_status, has_a_text_each)
{
    for (int i = WOAPOL_OK; i <= WOAPOL_E_ARGUMENT; i++)
        for (int k = WOAPOL_OK; k < i; k++)
            cr_expect_str_neq(woapol_status_text((enum woapol_status)i),
                              woapol_status_text((enum woapol_status)k));
    cr_expect_str_eq(woapol_version(), "0.1");
}

/* What docs/image.md promises of sizes. */
Test(runtime_format, has_the_sizes_it_is_described_with)
{
    cr_expect_eq(sizeof(struct wp_header), 64);
    cr_expect_eq(sizeof(struct wp_section), 24);
    cr_expect_eq(sizeof(struct wp_row), 8);
    cr_expect_eq(sizeof(struct wp_line), 64);
    cr_expect_eq(sizeof(struct wp_app), 8);
    cr_expect_eq(sizeof(struct wp_policy_record), 32);
    cr_expect_eq(sizeof(struct wp_entry_record), 8);
    cr_expect_eq(sizeof(struct wp_rule_record), 16);
    cr_expect_eq(sizeof(struct wp_residual), 16);
    cr_expect_eq(sizeof(struct wp_name_kind), 24);
    cr_expect_eq(sizeof(struct wp_name_record), 8);
}
