/* The daemon's small parts: facts, places to listen, arrays, masks, rings. */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/serve/date.h"
#include "compiler/serve/facts.h"
#include "compiler/serve/json_items.h"
#include "compiler/serve/listen.h"
#include "compiler/serve/mask.h"
#include "compiler/serve/ring.h"

static struct woapol_text
text_of(const char *text)
{
    return (struct woapol_text){text, strlen(text)};
}

Test(serve_facts, words)
{
    static const struct {
        const char *fact, *value;
        bool is_good;
    } cases[] = {
        {"managed", "true", true},        {"managed", "0", true},
        {"managed", "True", false},       {"compliant", "yes", true},
        {"compliant", "2", false},        {"risk", "medium", true},
        {"risk", "MEDIUM", false},        {"risk", "", true},
        {"device", "anything", true},     {"groups", ",,a,", true},
        {"groups_complete", "off", true},
    };
    static struct wp_fact_set set;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum wp_fact fact;
        wp_facts_clear(&set);
        cr_assert(wp_fact_by_name(text_of(cases[i].fact), &fact));
        cr_expect_str_eq(wp_fact_name(fact), cases[i].fact);
        wp_facts_give(&set, fact, text_of(cases[i].value));
        cr_expect_eq(set.facts.error == NULL, cases[i].is_good, "%s %s", cases[i].fact,
                     cases[i].value);
    }
}

Test(serve_facts, once_and_many_groups)
{
    static struct wp_fact_set set;
    static char many[3 * WP_FACT_GROUPS_MAX];
    wp_facts_clear(&set);
    cr_expect(set.facts.risk == 2 && !set.facts.managed && set.facts.group_count == 0);
    wp_facts_give(&set, WP_FACT_USER, text_of("ana"));
    wp_facts_give(&set, WP_FACT_USER, text_of(""));
    cr_expect_null(set.facts.error);
    wp_facts_give(&set, WP_FACT_USER, text_of("bob"));
    cr_expect_not_null(set.facts.error);
    wp_facts_clear(&set);
    wp_facts_give(&set, WP_FACT_GROUPS, text_of(" a , b c "));
    wp_facts_give(&set, WP_FACT_GROUPS, text_of("d"));
    cr_assert_eq(set.facts.group_count, 3);
    cr_expect(set.groups[1].length == 3 && memcmp(set.groups[1].text, "b c", 3) == 0);
    for (size_t i = 0; i < sizeof many; i += 2)
        memcpy(many + i, "x,", 2);
    wp_facts_give(&set, WP_FACT_GROUPS, (struct woapol_text){many, sizeof many});
    cr_expect(set.facts.groups_incomplete && set.facts.group_count == WP_FACT_GROUPS_MAX);
}

Test(serve_listen, places)
{
    static const struct {
        const char *text, *written; /* NULL: it is no place */
    } cases[] = {
        {"http:127.0.0.1:8080", "http:127.0.0.1:8080"},
        {"127.0.0.1:80", "http:127.0.0.1:80"},
        {"spop:[::1]:0", "spop:[::1]:0"},
        {"unix:/run/x.sock", "http:unix:/run/x.sock"},
        {"grpc:unix:x", "grpc:unix:x"},
        {"api:localhost:1", "api:127.0.0.1:1"},
        {"api:0.0.0.0:65535", "api:0.0.0.0:65535"},
        {"http:127.0.0.1:65536", NULL},
        {"http:127.0.0.1:", NULL},
        {"http:127.0.0.1:+1", NULL},
        {"http:127.0.0.1", NULL},
        {"http:::1:80", NULL},
        {"http:[127.0.0.1]:80", NULL},
        {"http:example.com:80", NULL},
        {"ftp:127.0.0.1:80", NULL},
        {"unix:", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wp_listen listen;
        char text[WP_LISTEN_TEXT_MAX];
        const char *why = NULL;
        bool is_read = wp_listen_read(&listen, cases[i].text, &why);
        cr_expect_eq(is_read, cases[i].written != NULL, "%s", cases[i].text);
        if (!is_read) {
            cr_expect_not_null(why, "%s", cases[i].text);
            continue;
        }
        wp_listen_write(&listen, text);
        cr_expect_str_eq(text, cases[i].written);
    }
}

Test(serve_json_items, arrays)
{
    static const struct {
        const char *text, *items; /* joined by |; NULL: no array */
    } cases[] = {
        {"[]", ""},
        {" [ ] ", ""},
        {"[1]", "1"},
        {"[{\"a\":[1,2]}, \"],[\" ,null]", "{\"a\":[1,2]}|\"],[\"|null"},
        {"[\"\\\"]\",2]", "\"\\\"]\"|2"},
        {"[[],[[]]]", "[]|[[]]"},
        {"{}", NULL},
        {"", NULL},
        {"[", NULL},
        {"[1,]", NULL},
        {"[,1]", NULL},
        {"[1]]", NULL},
        {"[1] 2", NULL},
        {"[}", NULL},
        {"[\"]", NULL},
        {"[\"\\", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wp_json_items items;
        struct woapol_text item;
        enum wp_json_step step = WP_JSON_WRONG;
        char joined[128] = "";
        if (wp_json_items_begin(&items, cases[i].text, strlen(cases[i].text)))
            while ((step = wp_json_items_next(&items, &item)) == WP_JSON_ITEM) {
                strcat(joined, joined[0] == '\0' ? "" : "|");
                strncat(joined, item.text, item.length);
            }
        cr_expect_eq(step == WP_JSON_END, cases[i].items != NULL, "%s", cases[i].text);
        if (cases[i].items != NULL)
            cr_expect_str_eq(joined, cases[i].items);
    }
}

Test(serve_mask, people)
{
    static const uint8_t four[16] = {203, 0, 113, 9}, six[16] = {0x20, 1, 0xd, 0xb8, 0, 7, 0, 6};
    static const unsigned char key[32] = {1}, other[32] = {2};
    char text[WP_MASKED_ADDRESS_MAX], first[WP_MASKED_USER_SIZE], second[WP_MASKED_USER_SIZE];
    wp_mask_address(four, 4, false, text);
    cr_expect_str_eq(text, "203.0.113.0/24");
    wp_mask_address(four, 4, true, text);
    cr_expect_str_eq(text, "203.0.113.9");
    wp_mask_address(six, 6, false, text);
    cr_expect_str_eq(text, "2001:db8:7::/48");
    wp_mask_address(four, 0, true, text);
    cr_expect_str_eq(text, "");
    wp_mask_user(key, text_of("ana"), first);
    wp_mask_user(key, text_of("ana"), second);
    cr_expect_str_eq(first, second);
    cr_expect_eq(strlen(first), WP_MASKED_USER_SIZE - 1);
    wp_mask_user(key, text_of("anb"), second);
    cr_expect_str_neq(first, second);
    wp_mask_user(other, text_of("ana"), second);
    cr_expect_str_neq(first, second);
}

Test(serve_ring, lines)
{
    static struct wp_ring ring;
    static char line[1000], taken[WP_RING_SIZE];
    size_t total = 0;
    memset(line, 'x', sizeof line);
    for (size_t round = 0; round < 300; round++) {
        bool is_put = wp_ring_put(&ring, line, sizeof line - round);
        cr_expect(is_put);
        total += wp_ring_take(&ring, taken, round % 2 == 0 ? sizeof taken : 100);
        if (round % 8 == 7)
            total += wp_ring_take(&ring, taken, sizeof taken);
    }
    cr_expect_eq(total + wp_ring_take(&ring, taken, sizeof taken), 300 * 1000 - 299 * 150);
    size_t fit = 0;
    while (wp_ring_put(&ring, line, sizeof line))
        fit++;
    cr_expect_eq(fit, WP_RING_SIZE / sizeof line);
    cr_expect_eq(atomic_load(&ring.dropped), 1);
    cr_expect_eq(wp_ring_take(&ring, taken, sizeof taken), fit * sizeof line);
    for (size_t i = 0; i < fit * sizeof line; i++)
        cr_assert_eq(taken[i], 'x');
}

Test(serve_date, dates)
{
    char text[WP_DATE_SIZE + 1] = "";
    wp_date_write(text, 784111777);
    cr_expect_str_eq(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    wp_date_write(text, 0);
    cr_expect_str_eq(text, "Thu, 01 Jan 1970 00:00:00 GMT");
}
