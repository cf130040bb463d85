/* Logs in pieces: times, records cut from anything, CSV, counting people, devices. */
#include "compiler/replay/seen.h"
#include "compiler/replay/clock.h"
#include "compiler/replay/csv.h"
#include "compiler/replay/distinct.h"
#include "compiler/replay/record.h"
#include "compiler/replay/sniff.h"
#include "compiler/replay/split.h"
#include "compiler/replay/user_agent.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *text;
    int64_t time;
} times[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2026-03-01T08:00:00.5+01:00", 1772348400500},
    {"2026-03-01 08:00:00", 1772352000000},
    {"2026-03-01T08:00", 1772352000000},
    {"2026-03-01", 1772323200000},
    {"2024-02-29T23:59:60Z", 1709251200000},
    {"01/Mar/2026:08:00:00 +0100", 1772348400000},
    {"1772352000", 1772352000000},
    {"1772352000000", 1772352000000},
    {"1772352000.25", 1772352000250},
    {"", WP_NO_TIME},
    {"2026-13-01T08:00:00Z", WP_NO_TIME},
    {"2026-03-01T25:00:00Z", WP_NO_TIME},
    {"2026-03-01T08:00:00Zx", WP_NO_TIME},
    {"01/Mrz/2026:08:00:00 +0100", WP_NO_TIME},
    {"99999999999999999999", WP_NO_TIME},
    {"-5", WP_NO_TIME},
    {"yesterday", WP_NO_TIME},
};

Test(replay, reads_times)
{
    for (size_t i = 0; i < COUNT(times); i++)
        cr_expect_eq(wp_read_time(times[i].text, strlen(times[i].text)), times[i].time, "%s: %lld",
                     times[i].text, (long long)wp_read_time(times[i].text, strlen(times[i].text)));
}

static const struct {
    enum wp_split_mode mode;
    const char *text, *lines;
} splits[] = {
    {WP_SPLIT_LINES, "a\nb", "a\nb"},
    {WP_SPLIT_ARRAY, "[{\"a\":1},\n {\"b\":\"]}\\\"\"} , 5, \"x\", []]", /* strings hold brackets */
     "{\"a\":1}\n{\"b\":\"]}\\\"\"}\n5\n\"x\"\n[]\n"},
    {WP_SPLIT_ARRAY, "[{\"a\":\n1}]", "{\"a\": 1}\n"},
    {WP_SPLIT_OBJECTS, "{\"a\":\n[1]}{}\n{\"b\":2", "{\"a\": [1]}\n{}\n{\"b\":2"},
    {WP_SPLIT_OBJECTS, "{\"a\":\"x\ny\"}", "{\"a\":\"x\x01y\"}\n"},
    {WP_SPLIT_ROWS, "{\"header\":[\"a\"],\"data\":[[1,\"]\"],[2]],\"_links\":{\"s\":{}}}",
     "[1,\"]\"]\n[2]\n"},
    {WP_SPLIT_QUOTED, "a,\"b\nc\"\nd,e\n", "a,\"b c\"\nd,e\n"},
};

Test(replay, cuts_records_alike_in_whatever_pieces_they_come)
{
    for (size_t i = 0; i < COUNT(splits); i++)
        for (size_t piece = 1; piece < 12; piece++) {
            struct wp_splitter splitter = {.mode = splits[i].mode};
            const char *at = splits[i].text, *end = at + strlen(at);
            char out[256];
            size_t made = 0;
            while (at < end) {
                size_t taken, length = (size_t)(end - at) < piece ? (size_t)(end - at) : piece;
                made += wp_split(&splitter, at, length, &taken, out + made, sizeof out - 1 - made);
                at += taken;
            }
            out[made] = '\0';
            cr_expect_str_eq(out, splits[i].lines, "%s in pieces of %zu", splits[i].text, piece);
        }
}

Test(replay, splits_csv)
{
    struct woapol_text columns[WP_CSV_COLUMNS_MAX];
    char line[] = "a,\"b,\"\"c\"\"\",,\"\"";
    cr_assert_eq(wp_csv_split(line, strlen(line), ',', columns), 4);
    cr_expect_eq(columns[1].length, 5);
    cr_expect_arr_eq(columns[1].text, "b,\"c\"", 5);
    cr_expect_eq(columns[2].length, 0);
    cr_expect_eq(columns[3].length, 0);
    char open[] = "a,\"b", more[] = "\"a\"b,c", many[600];
    cr_expect_eq(wp_csv_split(open, strlen(open), ',', columns), SIZE_MAX);
    cr_expect_eq(wp_csv_split(more, strlen(more), ',', columns), SIZE_MAX);
    memset(many, ',', sizeof many);
    cr_expect_eq(wp_csv_split(many, sizeof many, ',', columns), SIZE_MAX);
}

/* However it is spread and joined, the number is the same, and near the truth. */
Test(replay, counts_different_ones)
{
    static const size_t counts[] = {0, 1, 63, 64, 65, 200, 5000, 100000};
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct wp_distinct one, parts[3];
        bool exact, exact_joined;
        wp_distinct_init(&one, 64);
        for (size_t j = 0; j < 3; j++)
            wp_distinct_init(&parts[j], 64);
        for (size_t j = 0; j < counts[i]; j++) {
            cr_assert(wp_distinct_add(&one, j + 1));
            cr_assert(wp_distinct_add(&one, j / 2 + 1));
            cr_assert(wp_distinct_add(&parts[(j * 7) % 3], counts[i] - j));
        }
        cr_assert(wp_distinct_join(&parts[0], &parts[2]));
        cr_assert(wp_distinct_join(&parts[0], &parts[1]));
        uint64_t count = wp_distinct_count(&one, &exact);
        cr_expect_eq(wp_distinct_count(&parts[0], &exact_joined), count, "%zu", counts[i]);
        cr_expect_eq(exact, counts[i] <= 64);
        cr_expect_eq(exact_joined, exact);
        if (exact)
            cr_expect_eq(count, counts[i]);
        else
            cr_expect(count > counts[i] / 2 && count < counts[i] * 2, "%zu of %zu", (size_t)count,
                      counts[i]);
        wp_distinct_fini(&one);
        for (size_t j = 0; j < 3; j++)
            wp_distinct_fini(&parts[j]);
    }
}

static const struct {
    const char *agent, *device, *entry;
} agents[] = {
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", "ios", "browser"},
    {"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)", "ipados", "browser"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "macos", "browser"},
    {"Mozilla/5.0 (Linux; Android 14; Pixel 8)", "android", "browser"},
    {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", "chromeos", "browser"},
    {"Mozilla/5.0 (X11; Linux x86_64)", "linux", "browser"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "windows", "browser"},
    {"Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) KAIOS/2.5", "other_mobile", "browser"},
    {"IntelligentHub/23.02 (iPhone)", "hub_app", "hub"},
    {"OktaMobile/7 iOS/17", "ios", "okta_mobile"},
    {"curl/8", NULL, "native_app"},
    {"", NULL, NULL},
};

static bool
is_text(struct woapol_text text, const char *expected)
{
    if (text.text == NULL || expected == NULL)
        return text.text == NULL && expected == NULL;
    return text.length == strlen(expected) && memcmp(text.text, expected, text.length) == 0;
}

Test(replay, knows_devices_by_their_agents)
{
    for (size_t i = 0; i < COUNT(agents); i++) {
        struct woapol_text agent = {agents[i].agent, strlen(agents[i].agent)};
        cr_expect(is_text(wp_device_of_agent(agent), agents[i].device), "%s", agents[i].agent);
        cr_expect(is_text(wp_entry_of_agent(agent), agents[i].entry), "%s", agents[i].agent);
    }
}

/* ---- events met before -------------------------------------------------------------- */

static uint64_t
scattered(uint64_t number)
{
    return (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

Test(replay_seen, remembers_the_last_million_of_two_each_and_not_for_ever)
{
    const uint64_t count = 3500000, window = 2000000;
    struct wp_seen *seen = wp_seen_new();
    for (uint64_t i = 0; i < count; i++) {
        cr_assert_not(wp_seen_add(seen, scattered(i)), "%llu is new", (unsigned long long)i);
        if (i >= window && i % 1000 == 0)
            cr_assert(wp_seen_add(seen, scattered(i - window)), "%llu", (unsigned long long)i);
    }
    cr_expect_not(wp_seen_add(seen, scattered(1)), "the first ones are forgotten");
    cr_expect_not(wp_seen_add(seen, 0));
    cr_expect(wp_seen_add(seen, 0), "0 is a hash as any other");
    wp_seen_free(seen);
}
