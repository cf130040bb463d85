#include "tests/unit/random_policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH 3
#define APPS 5
#define USERS 4

static const char *const devices[] = {"ios", "android", "macos", "ipados", "windows", "browser"};
static const char *const methods[] = {"password", "authenticator_app", "fido2", "okta_verify",
                                      "mobile_sso_ios"};
static const char *const entries[] = {"browser", "native_app", "hub", "okta_mobile"};

/* Prefixes that nest, touch and lie at the ends; requests are made of their ends. */
static const char *const prefixes[] = {
    "0.0.0.0/1",
    "10.0.0.0/8",
    "10.8.0.0/16",
    "10.8.3.0/28",
    "10.9.0.0/16",
    "10.8.255.255",
    "198.51.100.0/24",
    "198.51.100.128/31",
    "198.51.100.7/32",
    "255.255.255.255/32",
    "0.0.0.0/32",
    "128.0.0.0/1",
    "203.0.113.0/25",
    "203.0.113.128/25",
    "2001:db8::/32",
    "2001:db8:10::/48",
    "2001:db8:10::/64",
    "2001:db8:10::1/128",
    "2001:db8:10::2/127",
    "2001:db8:10:1::/64",
    "::/0",
    "::1/128",
    "ffff::/16",
    "::ffff:10.8.0.0/112",
    "8000::/1",
    "2001:db8:10::8:0/112",
    "10.8.0.0 .. 10.8.3.255",
    "2001:db8::5 .. 2001:db8:0:7::9",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
};
#define PREFIXES (sizeof prefixes / sizeof *prefixes)

static const char *const addresses[] = {
    "0.0.0.0",
    "0.0.0.1",
    "9.255.255.255",
    "10.0.0.0",
    "10.7.255.255",
    "10.8.0.0",
    "10.8.2.255",
    "10.8.3.0",
    "10.8.3.15",
    "10.8.3.16",
    "10.8.3.255",
    "10.8.4.0",
    "10.8.255.255",
    "10.9.0.0",
    "10.9.255.255",
    "10.10.0.0",
    "10.255.255.255",
    "11.0.0.0",
    "127.255.255.255",
    "128.0.0.0",
    "198.51.100.0",
    "198.51.100.6",
    "198.51.100.7",
    "198.51.100.8",
    "198.51.100.127",
    "198.51.100.128",
    "198.51.100.129",
    "198.51.100.130",
    "198.51.100.255",
    "203.0.113.127",
    "203.0.113.128",
    "255.255.255.254",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::ffff:10.8.0.1",
    "::ffff:0a08:0300",
    "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::",
    "2001:db8::4",
    "2001:db8::5",
    "2001:db8::6",
    "2001:db8:0:6::",
    "2001:db8:0:7::9",
    "2001:db8:0:7::a",
    "2001:db8:10::",
    "2001:db8:10::1",
    "2001:db8:10::2",
    "2001:db8:10::3",
    "2001:db8:10::4",
    "2001:db8:10::7:ffff",
    "2001:db8:10::8:0",
    "2001:db8:10::8:ffff",
    "2001:db8:10::9:0",
    "2001:db8:10:0:ffff:ffff:ffff:ffff",
    "2001:db8:10:1::",
    "2001:db8:10:1::7",
    "2001:db8:10:2::",
    "2001:db8:11::",
    "2001:db9::",
    "7fff:ffff::",
    "8000::",
    "ffff::",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};
#define ADDRESSES (sizeof addresses / sizeof *addresses)

uint32_t
random_below(uint64_t *state, uint32_t limit)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t value = *state;
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((value ^ value >> 31) >> 32) % limit;
}

struct writer {
    uint64_t state;
    FILE *file;
    const struct random_size *size;
};

static uint32_t
pick(struct writer *w, uint32_t limit)
{
    return random_below(&w->state, limit);
}

static void __attribute__((format(printf, 2, 3))) say(struct writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(w->file, format, arguments);
    va_end(arguments);
}

/* A few of `count` things, as a sum or as a list. */
static void
say_some(struct writer *w, const char *prefix, uint32_t count, const char *between)
{
    uint32_t some = 1 + pick(w, 3);
    for (uint32_t i = 0; i < some; i++)
        say(w, "%s%s%u", i == 0 ? "" : between, prefix, pick(w, count));
}

static void
say_devices(struct writer *w)
{
    uint32_t some = 1 + pick(w, 2);
    for (uint32_t i = 0; i < some; i++)
        say(w, "%s%s", i == 0 ? "" : " + ", devices[pick(w, 6)]);
}

/* ---- networks -------------------------------------------------------------------- */

static void
say_prefix(struct writer *w)
{
    static const uint32_t lengths[] = {16, 20, 22, 24, 28, 30, 31, 32};
    const uint32_t length = lengths[pick(w, 8)];
    const uint32_t bits = (pick(w, UINT32_MAX) << (32 - length)) & UINT32_MAX;
    if (pick(w, 4) > 0)
        say(w, "%u.%u.%u.%u/%u", bits >> 24, bits >> 16 & 255, bits >> 8 & 255, bits & 255, length);
    else if (pick(w, 3) > 0)
        say(w, "2001:%x:%x::/48", pick(w, 65536), pick(w, 65536));
    else
        say(w, "2001:db8:%x:%x:%x::/80", pick(w, 16), pick(w, 4), pick(w, 65536));
}

static void
say_networks(struct writer *w)
{
    for (uint32_t i = 0; i < w->size->networks; i++) {
        say(w, "network N%u = %s", i, prefixes[pick(w, PREFIXES)]);
        for (uint32_t more = pick(w, 4); more > 0; more--) {
            static const char *const joins[] = {"+", "+", "-", "&"};
            const char *join = joins[pick(w, i > 0 ? 4 : 2)];
            if (i > 0 && pick(w, 3) == 0)
                say(w, " %s N%u", join, pick(w, i));
            else
                say(w, " %s %s", *join == '&' ? "+" : join, prefixes[pick(w, PREFIXES)]);
        }
        for (uint32_t more = w->size->prefixes / w->size->networks; more > 0; more--) {
            say(w, " + ");
            say_prefix(w);
        }
        say(w, "\n");
    }
}

/* ---- conditions -------------------------------------------------------------------- */

static void
say_leaf(struct writer *w)
{
    static const char *const risks[] = {"is low",    "is medium", "is high",
                                        ">= medium", "< high",    "<= medium"};
    switch (pick(w, 10)) {
    case 0:
    case 1:
        say(w, "network in ");
        say_some(w, "N", w->size->networks, " + ");
        break;
    case 2:
        say(w, "device in ");
        say_devices(w);
        break;
    case 3:
    case 4:
    case 5:
        say(w, "group in {");
        say_some(w, "G", w->size->groups, ", ");
        say(w, "}");
        break;
    case 6:
        say(w, "app in {");
        say_some(w, "A", APPS, ", ");
        say(w, "}");
        break;
    case 7:
        say(w, "user in {\"u%u@corp.example\", \"u%u@corp.example\"}", pick(w, USERS),
            pick(w, USERS));
        break;
    case 8:
        say(w, "risk %s", risks[pick(w, 6)]);
        break;
    default:
        if (pick(w, 2) == 0)
            say(w, "entry in {%s}", entries[pick(w, 4)]);
        else
            say(w, pick(w, 2) == 0 ? "managed" : "compliant");
    }
}

static void
say_condition(struct writer *w, uint32_t depth)
{
    if (pick(w, 4) == 0)
        say(w, "not ");
    if (depth == 0 || pick(w, 3) == 0) {
        say_leaf(w);
        return;
    }
    const char *join = pick(w, 3) > 0 ? " and " : " or ";
    const uint32_t parts = 2 + pick(w, 2);
    say(w, "(");
    for (uint32_t i = 0; i < parts; i++) {
        say(w, "%s", i == 0 ? "" : join);
        say_condition(w, depth - 1);
    }
    say(w, ")");
}

/* ---- policies -------------------------------------------------------------------------- */

static void
say_chain(struct writer *w)
{
    static const char *const joins[] = {" then ", " else ", " or "};
    const uint32_t first = pick(w, 5);
    say(w, "%s", methods[first]);
    for (uint32_t i = 1; i < 1 + pick(w, 4); i++)
        say(w, "%s%s", joins[pick(w, 3)], methods[(first + i) % 5]);
}

static void
say_action(struct writer *w)
{
    switch (pick(w, 5)) {
    case 0:
        say(w, "deny");
        break;
    case 1:
        say(w, "deny \"message %u\"", pick(w, 5));
        break;
    case 2:
        say(w, "allow");
        break;
    default:
        say(w, "authenticate ");
        if (pick(w, 2) == 0)
            say(w, "C%u", pick(w, 3));
        else
            say_chain(w);
        if (pick(w, 2) == 0)
            say(w, " every %uh", 1 + pick(w, 3));
    }
}

static void
say_rules(struct writer *w, uint32_t rules)
{
    const uint32_t depth = rules > 1000 ? 1 : DEPTH;
    for (uint32_t i = 0; i < rules; i++) {
        say(w, "  rule %sr%u ", pick(w, 6) == 0 ? "report " : "", i);
        if (pick(w, 40) > 0 || rules > 100) {
            say(w, "when ");
            /* Large policies decide late: most of their rules want several groups. */
            for (uint32_t more = rules > 100 ? 3 : 0; more > 0; more--)
                say(w, "group in G%u and ", pick(w, w->size->groups));
            say_condition(w, pick(w, depth + 1));
            say(w, " ");
        }
        say_action(w);
        say(w, "\n");
    }
    if (pick(w, 3) > 0) {
        say(w, "  otherwise ");
        say_action(w);
        say(w, "\n");
    }
}

static void
say_declarations(struct writer *w)
{
    for (uint32_t i = 0; i < w->size->groups; i++) {
        if (pick(w, 3) == 0)
            say(w, "group G%u\n", i);
        else if (pick(w, 6) == 0)
            say(w, "group G%u = \"G%u\"\n", i, pick(w, w->size->groups));
        else
            say(w, "group G%u = \"D%u\"\n", i, pick(w, w->size->groups));
    }
    for (uint32_t i = 0; i < APPS; i++)
        say(w, "app A%u\n", i);
    for (uint32_t i = 0; i < 3; i++) {
        say(w, "chain C%u = ", i);
        say_chain(w);
        say(w, "\n");
    }
}

char *
random_policy(uint64_t seed, const struct random_size *size)
{
    char *text = NULL;
    size_t length = 0;
    struct writer w = {.state = seed, .size = size, .file = open_memstream(&text, &length)};
    if (w.file == NULL)
        abort();
    say_networks(&w);
    say_declarations(&w);
    if (pick(&w, 8) > 0) {
        say(&w, "policy P is default {\n");
        say_rules(&w, size->rules);
        say(&w, "}\n");
    }
    for (uint32_t i = 0; i < 2; i++) {
        say(&w, "policy Q%u for A%u {\n", i, 2 * i);
        say_rules(&w, 1 + pick(&w, 5));
        say(&w, "}\n");
    }
    (void)fclose(w.file);
    return text;
}

/* ---- requests ---------------------------------------------------------------------------- */

static void
random_address(uint64_t *state, char *text, size_t size)
{
    const uint32_t choice = random_below(state, 10);
    const uint32_t bits = random_below(state, UINT32_MAX);
    if (choice == 0)
        *text = '\0';
    else if (choice < 7)
        (void)snprintf(text, size, "%s", addresses[random_below(state, ADDRESSES)]);
    else if (choice < 9)
        (void)snprintf(text, size, "%u.%u.%u.%u", bits >> 24, bits >> 16 & 255, bits >> 8 & 255,
                       bits & 255);
    else
        (void)snprintf(text, size, "2001:%x:%x::1", bits & 0xffff, bits >> 16);
}

void
random_request(uint64_t *state, const struct random_size *size, struct random_request *r)
{
    static const char *const names[] = {"G", "G", "D", "unknown"};
    *r = (struct random_request){.risk = random_below(state, 3),
                                 .managed = (int)random_below(state, 2),
                                 .compliant = (int)random_below(state, 2),
                                 .incomplete = random_below(state, 3) == 0};
    random_address(state, r->address, sizeof r->address);
    if (random_below(state, 6) > 0)
        (void)snprintf(r->device, sizeof r->device, "%s", devices[random_below(state, 6)]);
    else if (random_below(state, 2) > 0)
        (void)snprintf(r->device, sizeof r->device, "toaster");
    if (random_below(state, 4) > 0)
        (void)snprintf(r->app, sizeof r->app, "A%u", random_below(state, APPS + 1));
    if (random_below(state, 3) > 0)
        (void)snprintf(r->user, sizeof r->user, "u%u@corp.example", random_below(state, USERS + 1));
    if (random_below(state, 3) > 0)
        (void)snprintf(r->entry, sizeof r->entry, "%s", entries[random_below(state, 4)]);
    r->group_count = random_below(state, RANDOM_GROUPS);
    for (uint32_t i = 0; i < r->group_count; i++)
        (void)snprintf(r->groups[i], sizeof r->groups[i], "%s%u", names[random_below(state, 4)],
                       random_below(state, size->groups));
}
