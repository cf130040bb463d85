/* Policies are written out as text, from small pieces that refer only to what is
 * written before them. */
#include "generate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct wp_generate_size wp_generate_usual = {
    .networks = 6,
    .groups = 5,
    .apps = 3,
    .users = 3,
    .conditions = 3,
    .chains = 3,
    .policies = 3,
    .rules = 6,
    .depth = 3,
};

static const char *const devices[] = {"ios",     "android", "ipados",   "macos",
                                      "windows", "browser", "chromeos", "linux"};
static const char *const methods[] = {"password",          "fido2",          "okta_verify",
                                      "authenticator_app", "mobile_sso_ios", "radius"};
static const char *const entries[] = {"browser", "native_app", "hub", "okta_mobile"};
static const char *const risks[] = {"low", "medium", "high"};

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

/* ---- numbers (splitmix64) --------------------------------------------------------------- */

void
wp_random_seed(struct wp_random *random, uint64_t seed)
{
    random->state = seed;
}

uint64_t
wp_random_next(struct wp_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t
wp_random_below(struct wp_random *random, uint32_t limit)
{
    return (uint32_t)((wp_random_next(random) >> 32) * limit >> 32);
}

bool
wp_random_once_in(struct wp_random *random, uint32_t n)
{
    return wp_random_below(random, n) == 0;
}

static uint32_t
below(struct wp_generated *g, uint32_t limit)
{
    return wp_random_below(&g->random, limit);
}

static bool
once_in(struct wp_generated *g, uint32_t n)
{
    return wp_random_once_in(&g->random, n);
}

/* ---- text --------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void
put(struct wp_generated *g, const char *format, ...)
{
    va_list arguments;
    int wanted;

    va_start(arguments, format);
    wanted = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (g->length + (size_t)wanted + 1 > g->room) {
        size_t room = (g->length + (size_t)wanted + 1) * 2;
        char *bigger = wp_alloc(g->arena, room);

        if (g->length > 0)
            memcpy(bigger, g->source, g->length);
        g->source = bigger;
        g->room = room;
    }
    va_start(arguments, format);
    vsnprintf(g->source + g->length, g->room - g->length, format, arguments);
    va_end(arguments);
    g->length += (size_t)wanted;
}

/* ---- addresses ------------------------------------------------------------------------------ */

static void
add_point(struct wp_generated *g, struct wp_address point)
{
    if (g->point_count == g->point_room) {
        uint32_t room = g->point_room == 0 ? 64 : g->point_room * 2;
        struct wp_address *points = wp_alloc_array(g->arena, room, sizeof *points);

        if (g->point_count > 0)
            memcpy(points, g->points, g->point_count * sizeof *points);
        g->points = points;
        g->point_room = room;
    }
    g->points[g->point_count++] = point;
}

static struct wp_address
moved(struct wp_address address, bool up)
{
    if (!address.is_v6)
        address.v4 += up ? 1u : UINT32_MAX;
    else
        address.v6 = up ? wp_next6(address.v6) : wp_previous6(address.v6);
    return address;
}

/* The ends of a range, and one beyond each. */
static void
add_points(struct wp_generated *g, const struct wp_address *first, const struct wp_address *last)
{
    add_point(g, *first);
    add_point(g, *last);
    add_point(g, moved(*first, false));
    add_point(g, moved(*last, true));
}

/* Few distinct bits, so that sets nest and touch. */
static struct wp_address
some_v4(struct wp_generated *g)
{
    return (struct wp_address){.v4 = 0x0a000000 + below(g, 1024)};
}

static struct wp_address
some_v6(struct wp_generated *g)
{
    struct wp_address address = {.is_v6 = true};

    address.v6.high = UINT64_C(0x20010db800000000) + below(g, 4);
    address.v6.low = once_in(g, 3) ? (uint64_t)below(g, 8) << 61 : below(g, 64);
    return address;
}

/* Clears the bits beyond the prefix. */
static struct wp_address
masked(struct wp_address address, unsigned length)
{
    if (!address.is_v6) {
        address.v4 &= length == 0 ? 0 : UINT32_MAX << (32 - length);
        return address;
    }
    if (length < 64)
        address.v6.high &= length == 0 ? 0 : UINT64_MAX << (64 - length);
    if (length <= 64)
        address.v6.low = 0;
    else if (length < 128)
        address.v6.low &= UINT64_MAX << (128 - length);
    return address;
}

static void
put_prefix(struct wp_generated *g, struct wp_address address, unsigned length)
{
    char text[WP_ADDRESS_TEXT];
    struct wp_address first, last;

    address = masked(address, length);
    wp_address_text(&address, text);
    /* Now and then in the mapped form, which means the same. */
    const char *whole = !address.is_v6 && once_in(g, 6)
                            ? wp_format(g->arena, "::ffff:%s/%u", text, length + 96)
                            : wp_format(g->arena, "%s/%u", text, length);
    if (wp_prefix_parse(whole, &first, &last, NULL) == WP_ADDRESS_OK)
        add_points(g, &first, &last);
    put(g, "%s", whole);
}

static void
put_range(struct wp_generated *g, struct wp_address low, struct wp_address high)
{
    char from[WP_ADDRESS_TEXT], to[WP_ADDRESS_TEXT];
    bool is_swapped = low.is_v6 ? wp_compare6(low.v6, high.v6) > 0 : low.v4 > high.v4;

    add_points(g, is_swapped ? &high : &low, is_swapped ? &low : &high);
    wp_address_text(is_swapped ? &high : &low, from);
    wp_address_text(is_swapped ? &low : &high, to);
    put(g, "%s .. %s", from, to);
}

static void
put_addresses(struct wp_generated *g)
{
    static const unsigned v4_lengths[] = {22, 24, 26, 28, 29, 30, 31, 32};
    static const unsigned v6_lengths[] = {32, 48, 62, 63, 64, 65, 96, 122, 126, 127, 128};
    static const char *const wide[] = {"0.0.0.0/0",       "::/0",          "128.0.0.0/1",
                                       "8000::/1",        "0.0.0.0/32",    "::/96",
                                       "255.255.255.255", "::ffff:0:0/96", "::fffe:0:0/95"};
    char text[WP_ADDRESS_TEXT];
    struct wp_address address = once_in(g, 3) ? some_v6(g) : some_v4(g);

    switch (below(g, 8)) {
    case 0:
        put(g, "%s", wide[below(g, COUNT(wide))]);
        break;
    case 1:
        add_points(g, &address, &address);
        wp_address_text(&address, text);
        put(g, "%s", text);
        break;
    case 2:
        put_range(g, address, address.is_v6 ? some_v6(g) : some_v4(g));
        break;
    default:
        put_prefix(g, address,
                   address.is_v6 ? v6_lengths[below(g, COUNT(v6_lengths))]
                                 : v4_lengths[below(g, COUNT(v4_lengths))]);
        break;
    }
}

static void
put_network(struct wp_generated *g, uint32_t depth)
{
    static const char *const operators[] = {" + ", " + ", " - ", " & "};

    if (depth == 0 || once_in(g, 3)) {
        if (g->networks > 0 && once_in(g, 2))
            put(g, "N%u", below(g, g->networks));
        else
            put_addresses(g);
        return;
    }
    put(g, "(");
    put_network(g, depth - 1);
    for (uint32_t i = below(g, 3) + 1; i > 0; i--) {
        put(g, "%s", operators[below(g, COUNT(operators))]);
        put_network(g, depth - 1);
    }
    put(g, ")");
}

/* ---- other sets --------------------------------------------------------------------------------
 */

static void
put_devices(struct wp_generated *g, uint32_t depth)
{
    static const char *const operators[] = {" + ", " - ", " & "};

    if (depth == 0 || once_in(g, 3)) {
        if (g->sets > 0 && once_in(g, 3))
            put(g, "D%u", below(g, g->sets));
        else
            put(g, "%s", devices[below(g, COUNT(devices))]);
        return;
    }
    put(g, "(");
    put_devices(g, depth - 1);
    put(g, "%s", operators[below(g, COUNT(operators))]);
    put_devices(g, depth - 1);
    put(g, ")");
}

/* `{ A, B }`, or one alone. */
static void
put_list(struct wp_generated *g, const char *format, uint32_t limit)
{
    uint32_t count = below(g, 3);

    put(g, count > 0 ? "{" : "");
    put(g, format, below(g, limit));
    for (uint32_t i = 0; i < count; i++) {
        put(g, ", ");
        put(g, format, below(g, limit));
    }
    put(g, count > 0 ? "}" : "");
}

static void
put_entries(struct wp_generated *g)
{
    put(g, "entry in {%s", entries[below(g, COUNT(entries))]);
    if (once_in(g, 2))
        put(g, ", %s", entries[below(g, COUNT(entries))]);
    put(g, "}");
}

static void
put_risk(struct wp_generated *g)
{
    static const char *const comparisons[] = {"is", "<", "<=", ">=", ">"};

    put(g, "risk %s %s", comparisons[below(g, COUNT(comparisons))], risks[below(g, COUNT(risks))]);
}

/* ---- conditions
 * ---------------------------------------------------------------------------------- */

static void
put_leaf(struct wp_generated *g)
{
    switch (below(g, 13)) {
    case 0:
    case 1:
        put(g, "network in ");
        put_network(g, 1);
        break;
    case 2:
        put(g, "device in ");
        put_devices(g, 1);
        break;
    case 3:
        put(g, "managed");
        break;
    case 4:
        put(g, "compliant");
        break;
    case 5:
        put_risk(g);
        break;
    case 6:
        put_entries(g);
        break;
    case 7:
        put(g, "app in ");
        put_list(g, "A%u", g->apps);
        break;
    case 8:
        put(g, "user in ");
        put_list(g, "\"u%u@corp.example\"", g->users);
        break;
    case 9:
        if (g->conditions > 0) {
            put(g, "C%u", below(g, g->conditions));
            break;
        }
        /* fall through */
    default:
        put(g, "group in ");
        put_list(g, "G%u", g->groups);
        break;
    }
}

static void
put_condition(struct wp_generated *g, uint32_t depth)
{
    if (depth == 0 || once_in(g, 4)) {
        put_leaf(g);
        return;
    }
    if (once_in(g, 4)) {
        put(g, "not (");
        put_condition(g, depth - 1);
        put(g, ")");
        return;
    }
    const char *operator= once_in(g, 2) ? " and " : " or ";
    put(g, "(");
    put_condition(g, depth - 1);
    for (uint32_t i = below(g, 2) + 1; i > 0; i--) {
        put(g, "%s", operator);
        put_condition(g, depth - 1);
    }
    put(g, ")");
}

/* ---- chains and rules
 * ------------------------------------------------------------------------------- */

static void
put_chain(struct wp_generated *g)
{
    if (g->chains > 0 && once_in(g, 3)) {
        put(g, "K%u", below(g, g->chains));
        return;
    }
    put(g, "%s", methods[below(g, COUNT(methods))]);
    if (once_in(g, 2))
        put(g, " or %s", methods[below(g, COUNT(methods))]);
    if (once_in(g, 2))
        put(g, " then %s", methods[below(g, COUNT(methods))]);
    if (g->chains > 0 && once_in(g, 4))
        put(g, " then (K%u)", below(g, g->chains));
    if (once_in(g, 2))
        put(g, " else %s", methods[below(g, COUNT(methods))]);
}

static void
put_action(struct wp_generated *g)
{
    static const char *const durations[] = {"30m", "8h", "90d"};

    switch (below(g, 4)) {
    case 0:
        put(g, "allow");
        break;
    case 1:
        put(g, "deny");
        if (once_in(g, 2))
            put(g, " \"no \\\"entry\\\" %u\"", below(g, 3));
        break;
    default:
        put(g, "authenticate ");
        put_chain(g);
        if (once_in(g, 2))
            put(g, " every %s", durations[below(g, COUNT(durations))]);
        break;
    }
}

static void
put_include(struct wp_generated *g, uint32_t number)
{
    put(g, "  include T%u(", below(g, g->templates));
    put_network(g, 1);
    put(g, ", {G%u, G%u}, ", below(g, g->groups), below(g, g->groups));
    put(g, once_in(g, 2) ? "K%u" : "password then fido2 else K%u", below(g, g->chains));
    put(g, ", C%u) as i%u\n", below(g, g->conditions), number);
}

static void
put_rule(struct wp_generated *g, uint32_t number, uint32_t depth)
{
    if (g->templates > 0 && once_in(g, 6)) {
        put_include(g, number);
        return;
    }
    put(g, "  rule %sr%u", once_in(g, 5) ? "report " : "", number);
    if (!once_in(g, 16)) {
        put(g, " when ");
        put_condition(g, depth);
    }
    put(g, " ");
    put_action(g);
    put(g, "\n");
}

static void
put_template(struct wp_generated *g)
{
    put(g, "template T%u(net, who, how, sure) {\n", g->templates);
    put(g, "  rule a when network in net%s group in who authenticate how\n",
        once_in(g, 2) ? " and" : " or");
    put(g, "  rule b when not (sure or network in net & ");
    put_network(g, 1);
    put(g, ") deny\n  rule report c when not group in who and managed allow\n}\n");
    g->templates++;
}

static void
put_policy(struct wp_generated *g, uint32_t number, const struct wp_generate_size *size)
{
    bool is_default = number == 0;

    put(g, "policy P%u %s", number, is_default ? "is default" : "");
    /* Each app has at most one policy: the policies share them out in turn. */
    if (!is_default)
        put(g, "for A%u", number - 1);
    put(g, " {\n");
    for (uint32_t i = below(g, size->rules) + 1; i > 0; i--)
        put_rule(g, i, size->depth);
    if (!once_in(g, 4)) {
        put(g, "  otherwise ");
        put_action(g);
        put(g, "\n");
    }
    put(g, "}\n");
}

/* ---- the whole
 * ------------------------------------------------------------------------------------------- */

static void
put_things(struct wp_generated *g, const struct wp_generate_size *size)
{
    for (uint32_t i = below(g, 4); i > 0; i--) {
        put(g, "device D%u = ", g->sets);
        put_devices(g, 2);
        put(g, "\n");
        g->sets++;
    }
    g->groups = below(g, size->groups) + 2;
    for (uint32_t i = 0; i < g->groups; i++) {
        put(g, "group G%u", i);
        /* Names shared between the source and the directory are meant, too. */
        if (once_in(g, 2))
            put(g, once_in(g, 4) ? " = \"G%u\"" : " = \"Group %u@corp\"", below(g, g->groups));
        put(g, "\n");
    }
    g->apps = size->apps;
    for (uint32_t i = 0; i < g->apps; i++)
        put(g, "app A%u\n", i);
    g->users = size->users;
}

void
wp_generate(struct wp_generated *g, struct wp_arena *arena, uint64_t seed,
            const struct wp_generate_size *size)
{
    *g = (struct wp_generated){.arena = arena};
    wp_random_seed(&g->random, seed);
    for (uint32_t i = below(g, size->networks + 1); i > 0; i--) {
        put(g, "network N%u = ", g->networks);
        put_network(g, 2);
        put(g, "\n");
        g->networks++;
    }
    put_things(g, size);
    for (uint32_t i = 0; i < size->chains; i++) {
        put(g, "chain K%u = ", g->chains);
        put_chain(g);
        put(g, "\n");
        g->chains++;
    }
    for (uint32_t i = 0; i < size->conditions; i++) {
        put(g, "condition C%u = ", g->conditions);
        put_condition(g, 2);
        put(g, "\n");
        g->conditions++;
    }
    if (g->chains > 0 && g->conditions > 0)
        put_template(g);
    g->policies = below(g, size->policies < size->apps ? size->policies : size->apps) + 1;
    /* Sometimes there is no default policy. */
    for (uint32_t i = once_in(g, 8) ? 1 : 0; i < g->policies; i++)
        put_policy(g, i, size);
}
