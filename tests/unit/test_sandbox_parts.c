/* What the sandbox's tenants consist of: zones, priorities, expressions, and what is
 * read by hand. */
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/authority.h"
#include "compiler/sandbox/jwt.h"
#include "compiler/sandbox/okta_match.h"
#include "compiler/sandbox/sample.h"

static struct wp_box *
new_box(void)
{
    struct wp_box_settings settings = {.has_risk = true};
    char why[200];
    struct wp_box *box = wp_box_new(&settings, why, sizeof why);
    cr_assert_not_null(box, "%s", why);
    return box;
}

/* ---- zones ------------------------------------------------------------------------- */

static json_t *
entries(const char *address)
{
    return address == NULL ? json_array()
                           : json_pack("[{s:s, s:o}]", "type", "RANGE", "value",
                                       json_sprintf("%s-%s", address, address));
}

/* Okta's help, "About IP zones": eleven rows. */
Test(sandbox_parts, zones_with_gateways_and_proxies)
{
    static const struct {
        const char *chain[2], *gateway, *proxy;
        bool is_inside;
    } rows[] = {
        {{"1.1.1.1"}, "1.1.1.1", NULL, true},
        {{"1.1.1.1"}, "1.1.1.1", "2.2.2.2", true},
        {{"1.1.1.1"}, NULL, NULL, false},
        {{"1.1.1.1"}, NULL, "1.1.1.1", false},
        {{"1.1.1.1", "2.2.2.2"}, "2.2.2.2", NULL, true},
        {{"1.1.1.1", "2.2.2.2"}, "2.2.2.2", "3.3.3.3", true},
        {{"1.1.1.1", "2.2.2.2"}, "1.1.1.1", "2.2.2.2", true},
        {{"1.1.1.1", "2.2.2.2"}, NULL, NULL, false},
        {{"1.1.1.1", "2.2.2.2"}, NULL, "1.1.1.1", false},
        {{"1.1.1.1", "2.2.2.2"}, NULL, "2.2.2.2", false},
        {{"1.1.1.1", "2.2.2.2"}, "2.2.2.2", "1.1.1.1", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_box_address hops[2];
        size_t count = rows[i].chain[1] != NULL ? 2 : 1;
        json_t *gateways = entries(rows[i].gateway), *proxies = entries(rows[i].proxy);
        for (size_t hop = 0; hop < count; hop++)
            cr_assert(wp_box_address_read(&hops[hop], rows[i].chain[hop]));
        cr_expect_eq(wp_box_okta_in_ip_zone(gateways, proxies, hops, count), rows[i].is_inside,
                     "row %zu", i + 1);
        json_decref(gateways);
        json_decref(proxies);
    }
}

Test(sandbox_parts, zones_look_at_five_addresses)
{
    struct wp_box_address hops[7];
    json_t *gateways = entries("9.9.9.9"), *proxies = entries("1.1.1.1");
    for (size_t i = 0; i < 7; i++)
        cr_assert(wp_box_address_read(&hops[i], i == 0 ? "9.9.9.9" : "1.1.1.1"));
    cr_expect(wp_box_okta_in_ip_zone(gateways, proxies, hops, 5));
    cr_expect_not(wp_box_okta_in_ip_zone(gateways, proxies, hops, 6));
    json_decref(gateways);
    json_decref(proxies);
}

Test(sandbox_parts, addresses)
{
    static const struct {
        const char *text, *first, *last; /* NULL: none */
    } rows[] = {
        {"198.51.100.77/24", "198.51.100.0", "198.51.100.255"},
        {"0.0.0.0/0", "0.0.0.0", "255.255.255.255"},
        {"1.2.3.4/32", "1.2.3.4", "1.2.3.4"},
        {"2001:db8::/126", "2001:db8::", "2001:db8::3"},
        {"1.2.3.4/33", NULL, NULL},
        {"1.2.3.4/", NULL, NULL},
        {"1.2.3.4/ 8", NULL, NULL},
        {"1.2.3/8", NULL, NULL},
        {"1.2.3.4", NULL, NULL},
        {"::1/129", NULL, NULL},
    };
    struct wp_box_address first, last, wanted;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_read = wp_box_cidr_read(rows[i].text, &first, &last);
        cr_expect_eq(is_read, rows[i].first != NULL, "%s", rows[i].text);
        if (!is_read)
            continue;
        cr_assert(wp_box_address_read(&wanted, rows[i].first));
        cr_expect_eq(wp_box_address_compare(&first, &wanted), 0, "%s", rows[i].text);
        cr_assert(wp_box_address_read(&wanted, rows[i].last));
        cr_expect_eq(wp_box_address_compare(&last, &wanted), 0, "%s", rows[i].text);
    }
    cr_expect(wp_box_range_read("1.1.1.1-1.1.1.9", &first, &last));
    cr_expect(wp_box_range_read("1.1.1.1", &first, &last));
    cr_expect_not(wp_box_range_read("1.1.1.9-1.1.1.1", &first, &last));
    cr_expect_not(wp_box_range_read("1.1.1.1-::2", &first, &last));
    cr_assert(wp_box_address_read(&first, "::ffff:1.2.3.4"));
    cr_expect(first.is_ipv4, "a mapped address is the IPv4 one");
}

/* ---- priorities ------------------------------------------------------------------------ */

struct placed {
    enum wp_okta_family family;
    const char *before; /* the others, "A1 B2"; sorted */
    int own, asked;
    int place;
    const char *after;
};

static size_t
read_slots(const char *text, struct wp_okta_slot *slots, char names[][2])
{
    size_t count = 0;
    for (; *text != '\0'; count++) {
        names[count][0] = *text++;
        names[count][1] = '\0';
        slots[count] = (struct wp_okta_slot){names[count], strtol(text, (char **)&text, 10)};
        text += *text == ' ';
    }
    return count;
}

Test(sandbox_parts, priorities)
{
    static const struct placed rows[] = {
        /* Without gaps, from 1, and silently no further than the end. */
        {WP_OKTA_FAMILY_1, "", -1, -1, 1, ""},
        {WP_OKTA_FAMILY_1, "", -1, 999, 1, ""},
        {WP_OKTA_FAMILY_1, "A1 B2", -1, -1, 3, "A1 B2"},
        {WP_OKTA_FAMILY_1, "A1 B2", -1, 1, 1, "A2 B3"},
        {WP_OKTA_FAMILY_1, "A1 B2", -1, 2, 2, "A1 B3"},
        {WP_OKTA_FAMILY_1, "A1 B2", -1, 0, 1, "A2 B3"},
        {WP_OKTA_FAMILY_1, "A1 B2 C3", 4, 2, 2, "A1 B3 C4"},
        {WP_OKTA_FAMILY_1, "B2 C3 D4", 1, 3, 3, "B1 C2 D4"},
        {WP_OKTA_FAMILY_1, "B2 C3", 1, 999, 3, "B1 C2"},
        {WP_OKTA_FAMILY_1, "B2 C3", 1, 1, 1, "B2 C3"},
        /* From 0, with gaps; what is in the way moves down to the first of them. */
        {WP_OKTA_FAMILY_2, "", -1, -1, 0, ""},
        {WP_OKTA_FAMILY_2, "", -1, 7, 7, ""},
        {WP_OKTA_FAMILY_2, "A0 B1", -1, -1, 2, "A0 B1"},
        {WP_OKTA_FAMILY_2, "A0 B1", -1, 0, 0, "A1 B2"},
        {WP_OKTA_FAMILY_2, "A0 B1 C5", -1, 0, 0, "A1 B2 C5"},
        {WP_OKTA_FAMILY_2, "A0 B3", -1, 1, 1, "A0 B3"},
        /* Writing a rule where it stands pushes those right behind it. */
        {WP_OKTA_FAMILY_2, "B1 C2", 0, 0, 0, "B2 C3"},
        {WP_OKTA_FAMILY_2, "B1 C5", 0, 0, 0, "B2 C5"},
        {WP_OKTA_FAMILY_2, "A0 C5", 1, 1, 1, "A0 C5"},
        {WP_OKTA_FAMILY_2, "A0 B1 D3", 2, 1, 1, "A0 B2 D4"},
        {WP_OKTA_FAMILY_2, "B1 C2", 0, 2, 2, "B1 C3"},
        /* PUT without a priority goes behind all, its own place counted. */
        {WP_OKTA_FAMILY_2, "", 8, -1, 9, ""},
        {WP_OKTA_FAMILY_2, "A0", 8, -1, 9, "A0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_okta_slot slots[8];
        char names[8][2], after[64] = "";
        size_t count = read_slots(rows[i].before, slots, names);
        int64_t place = wp_okta_place(rows[i].family, slots, count, rows[i].own, rows[i].asked);
        for (size_t s = 0; s < count; s++)
            snprintf(after + strlen(after), sizeof after - strlen(after), "%s%s%lld",
                     s > 0 ? " " : "", slots[s].id, (long long)slots[s].priority);
        cr_expect_eq(place, rows[i].place, "row %zu: at %lld", i, (long long)place);
        cr_expect_str_eq(after, rows[i].after, "row %zu: %s", i, after);
    }
}

/* ---- expressions ------------------------------------------------------------------------- */

Test(sandbox_parts, okta_expressions)
{
    static const struct {
        const char *text;
        int holds;
    } rows[] = {
        {"device.profile.platform == 'IOS'", 1},
        {"device.profile.platform == \"ANDROID\"", 0},
        {"device.profile.platform != 'ANDROID'", 1},
        {"device.profile.managed", 1},
        {"!device.profile.managed", 0},
        {"device.profile.managed && device.profile.platform == 'IOS'", 1},
        {"device.profile.managed == false || device.profile.registered", 1},
        {"(device.profile.managed == false || true) && !(false)", 1},
        {"false && false || true", 1},
        {"user.profile.login == null", 1},
        {"device.profile.unheard == 'x'", -1},
        {"user.isMemberOf({'group.id': {'00g'}})", -1},
        {"device.profile.platform == 'IOS", -1},
        {"true true", -1},
        {"(true", -1},
        {"", -1},
    };
    struct wp_box *box = new_box();
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    json_t *device = json_pack("{s:b, s:b}", "managed", true, "registered", true);
    struct wp_signin signin = {.box = box, .arena = arena, .device = device, .platform = "ios"};
    char deep[300];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(wp_box_okta_expression(&signin, rows[i].text), rows[i].holds, "%s",
                     rows[i].text);
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    cr_expect_eq(wp_box_okta_expression(&signin, deep), -1);
    json_decref(device);
    wp_arena_free(arena);
    wp_box_free(box);
}

/* ---- what is read by hand -------------------------------------------------------------------- */

Test(sandbox_parts, targets)
{
    static const struct {
        const char *text, *value; /* of the argument a; NULL: malformed */
    } rows[] = {
        {"/x?a=1", "1"},
        {"/x?b=2&a=3%20%2f4", "3 /4"},
        {"/x?a=one+two", "one two"},
        {"/x?a", ""},
        {"/x?&&a=5&", "5"},
        {"/x?a=%4", NULL},
        {"/x?a=%", NULL},
        {"/x?a=%zz", NULL},
        {"/x?a=%00", NULL},
        {"x?a=1", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_exchange x = {.arena = wp_arena_new(NULL, NULL)};
        bool is_read = wp_exchange_read_target(&x, rows[i].text);
        cr_expect_eq(is_read, rows[i].value != NULL, "%s", rows[i].text);
        if (is_read)
            cr_expect_str_eq(wp_exchange_argument(&x, "a"), rows[i].value, "%s", rows[i].text);
        wp_arena_free(x.arena);
    }
}

Test(sandbox_parts, base64url)
{
    for (size_t size = 0; size < 70; size++) {
        unsigned char bytes[70], back[70];
        char *text;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (unsigned char)(i * 37 + size * 11);
        text = wp_box_base64url(bytes, size);
        cr_expect_eq(wp_box_base64url_read(text, strlen(text), back, sizeof back), (long)size);
        cr_expect_eq(memcmp(bytes, back, size), 0);
        free(text);
    }
    unsigned char room[4];
    cr_expect_eq(wp_box_base64url_read("A", 1, room, 4), -1);
    cr_expect_eq(wp_box_base64url_read("AB", 2, room, 4), -1, "bits are left over");
    cr_expect_eq(wp_box_base64url_read("AA=", 3, room, 4), -1);
    cr_expect_eq(wp_box_base64url_read("AAAAAAAA", 8, room, 4), -1, "no room");
}

static char *
sign_token(EVP_PKEY *key, const char *header, const char *claims)
{
    char *first = wp_box_base64url(header, strlen(header));
    char *second = wp_box_base64url(claims, strlen(claims)), *third, *token;
    unsigned char signature[512];
    size_t size = sizeof signature, length = strlen(first) + strlen(second) + 1;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    token = malloc(length + 800);
    sprintf(token, "%s.%s", first, second);
    cr_assert_eq(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    cr_assert_eq(EVP_DigestSign(context, signature, &size, (unsigned char *)token, length), 1);
    third = wp_box_base64url(signature, size);
    sprintf(token + length, ".%s", third);
    EVP_MD_CTX_free(context);
    free(first);
    free(second);
    free(third);
    return token;
}

Test(sandbox_parts, tokens)
{
    struct wp_box *box = new_box();
    EVP_PKEY *key = box->authority->rsa;
    char *token = sign_token(key, "{\"alg\":\"RS256\"}", "{\"iss\":\"x\"}");
    char *none = sign_token(key, "{\"alg\":\"none\"}", "{\"iss\":\"x\"}");
    struct wp_jwt jwt;
    cr_assert(wp_jwt_read(&jwt, token));
    cr_expect(wp_jwt_is_signed(&jwt, key));
    cr_expect_not(wp_jwt_is_signed(&jwt, box->authority->ec), "another key");
    wp_jwt_end(&jwt);
    cr_assert(wp_jwt_read(&jwt, none));
    cr_expect_not(wp_jwt_is_signed(&jwt, key), "alg none");
    wp_jwt_end(&jwt);
    token[2] ^= 1;
    if (wp_jwt_read(&jwt, token)) {
        cr_expect_not(wp_jwt_is_signed(&jwt, key), "changed");
        wp_jwt_end(&jwt);
    }
    cr_expect_not(wp_jwt_read(&jwt, "a.b"));
    cr_expect_not(wp_jwt_read(&jwt, "e30.e30."));
    cr_expect_not(wp_jwt_read(&jwt, "e30.e30.AA.AA"));
    free(token);
    free(none);
    wp_box_free(box);
}

Test(sandbox_parts, samples)
{
    static const char *const rows[][2] = {
        {"[]", "it is no JSON object"},
        {"{\"users\":{}}", "\"users\" is no array"},
        {"{\"users\":[{}]}", "users[0] has no \"login\""},
        {"{\"users\":[{\"login\":\"a\",\"name\":\"A\"},{\"login\":\"a\",\"name\":\"A\"}]}",
         "users[1]: there are two \"a\""},
        {"{\"users\":[{\"login\":\"a\",\"name\":\"A\",\"has\":[\"luck\"]}]}",
         "users[0]: nobody can have \"luck\""},
        {"{\"users\":[{\"login\":\"a\",\"name\":\"A\",\"groups\":[\"G\"]}]}",
         "users[0]: there is no group \"G\""},
        {"{\"devices\":[{\"name\":\"d\",\"platform\":\"abacus\"}]}",
         "devices[0]: unknown \"platform\""},
        {"{\"addresses\":[{\"name\":\"d\",\"ip\":\"here\"}]}",
         "addresses[0]: \"ip\" is no address"},
        {"{\"groups\":[{\"name\":\"G\",\"okta\":[]}]}", "groups[0]: \"okta\" is a name or several"},
        {"{}", NULL},
    };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    json_t *sample = wp_box_sample();
    cr_expect_null(wp_box_sample_check(arena, sample), "the built-in samples are sound");
    json_decref(sample);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *why;
        sample = json_loads(rows[i][0], 0, NULL);
        why = wp_box_sample_check(arena, sample);
        cr_expect_str_eq(why != NULL ? why : "-", rows[i][1] != NULL ? rows[i][1] : "-", "%s",
                         rows[i][0]);
        json_decref(sample);
    }
    wp_arena_free(arena);
}
