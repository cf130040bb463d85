#include "unit/random_source.h"

#include <stdio.h>
#include <stdlib.h>

struct maker {
    FILE *out;
    uint64_t state;
    bool comments;
    unsigned comment; /* numbers them, so that their order can be told */
};

static unsigned
pick(struct maker *m, unsigned below)
{
    m->state = m->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(m->state >> 33) % below;
}

/* What may stand between two tokens. */
static void
space(struct maker *m)
{
    static const char *const blanks[] = {" ",    " ",       " ",  " ",    "\n",
                                         "\n\n", "\n \n\n", "\t", " \r\n"};

    fputs(blanks[pick(m, sizeof blanks / sizeof *blanks)], m->out);
    while (m->comments && pick(m, 12) == 0) {
        static const char *const comments[] = {
            "// %u \n",  "//%u\n\n",   "/* %u */",     "\n// %u\n",   "/* %u\n     more */",
            "/* %u */ ", "\n/*%u*/\n", "/* \"%u */\n", "// /* %u\r\n"};

        fprintf(m->out, comments[pick(m, sizeof comments / sizeof *comments)], m->comment++);
        fputs(blanks[pick(m, sizeof blanks / sizeof *blanks)], m->out);
    }
}

static void
put(struct maker *m, const char *token)
{
    fputs(token, m->out);
    space(m);
}

static void
put_any(struct maker *m, const char *const *tokens, unsigned count)
{
    put(m, tokens[pick(m, count)]);
}
#define PUT_ANY(m, ...)                                                                            \
    put_any(m, (const char *const[]){__VA_ARGS__},                                                 \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* Names, some of which are keywords too; none that any place refuses. */
static void
put_name(struct maker *m)
{
    PUT_ANY(m, "Staff", "a", "B2", "_x", "Contractors", "policy", "template", "method", "default",
            "for", "kind", "yes", "implies", "assume", "a_rather_long_name_for_a_thing",
            "another_name_that_is_long_enough_to_make_lines_break");
}

static void
put_string(struct maker *m)
{
    PUT_ANY(m, "\"\"", "\"a b\"", "\"say \\\"no\\\"\"", "\"back\\\\slash\"",
            "\"gr\xc3\xbc\xc3\x9f\"",
            "\"a long message that takes quite some room on the line it stands in\"");
}

static void
put_address(struct maker *m)
{
    PUT_ANY(m, "198.51.100.0/24", "10.8.0.0/16", "2001:db8::/32", "203.0.113.9", "::1",
            "::ffff:10.0.0.1", "10.0.0.0..10.0.0.9", "2001:db8::1 .. 2001:db8::ff");
}

static void
put_set(struct maker *m, unsigned depth)
{
    unsigned parts = pick(m, depth ? 7 : 1), kind = pick(m, 6);

    if (kind == 0 && depth) {
        put(m, "(");
        put_set(m, depth - 1);
        put(m, ")");
    } else if (kind == 1) {
        put(m, "{");
        put_name(m);
        while (pick(m, 3)) {
            put(m, ",");
            pick(m, 2) ? put_name(m) : put_string(m);
        }
        put(m, "}");
    } else if (kind < 4) {
        put_address(m);
    } else {
        put_name(m);
    }
    for (; parts > 3; parts--) {
        PUT_ANY(m, "+", "-", "&");
        put_set(m, depth - 1);
    }
}

static void
put_condition(struct maker *m, unsigned depth)
{
    unsigned kind = pick(m, depth ? 10 : 7), more;

    if (kind < 4) {
        PUT_ANY(m, "network", "device", "group", "app", "user", "entry");
        put(m, "in");
        put_set(m, pick(m, 3));
    } else if (kind == 4) {
        PUT_ANY(m, "managed", "compliant");
    } else if (kind == 5) {
        put(m, "risk");
        PUT_ANY(m, "is", "<", "<=", ">=", ">");
        PUT_ANY(m, "low", "medium", "high");
    } else if (kind == 6) {
        put_name(m);
    } else if (kind == 7) {
        put(m, "not");
        put_condition(m, depth - 1);
        return;
    } else {
        put(m, "(");
        put_condition(m, depth - 1);
        put(m, ")");
    }
    for (more = pick(m, depth ? 5 : 1); more > 2; more--) {
        PUT_ANY(m, "and", "or");
        put_condition(m, depth - 1);
    }
}

static void
put_chain(struct maker *m, unsigned depth)
{
    unsigned more;

    if (depth && pick(m, 4) == 0) {
        put(m, "(");
        put_chain(m, depth - 1);
        put(m, ")");
    } else {
        PUT_ANY(m, "password", "fido2", "okta_verify", "mobile_sso_ios", "method", "a", "use");
    }
    for (more = pick(m, depth ? 5 : 1); more > 2; more--) {
        PUT_ANY(m, "then", "or", "else");
        put_chain(m, depth - 1);
    }
}

static void
put_value(struct maker *m, unsigned depth)
{
    switch (pick(m, depth ? 7 : 6)) {
    case 0:
        put_name(m);
        if (pick(m, 3) == 0) {
            put(m, ".");
            put_name(m);
        }
        return;
    case 1:
        put_string(m);
        return;
    case 6:
        put(m, "{");
        if (pick(m, 4)) {
            put_value(m, depth - 1);
            while (pick(m, 3)) {
                put(m, ",");
                put_value(m, depth - 1);
            }
        }
        put(m, "}");
        return;
    default:
        PUT_ANY(m, "7", "22.10", "8h", "90d", "2027-03-01", "007", "1.2.3.4");
    }
}

static void
put_block(struct maker *m, unsigned depth)
{
    unsigned count;

    put(m, "{");
    for (count = pick(m, 5); count; count--)
        switch (pick(m, depth ? 5 : 2)) {
        case 0:
        case 1:
            put_name(m);
            put(m, "=");
            put_value(m, 2);
            break;
        case 2:
            put_name(m);
            if (pick(m, 2))
                pick(m, 2) ? put_name(m) : put_string(m);
            put_block(m, depth - 1);
            break;
        default:
            PUT_ANY(m, "demands", "where");
            put_name(m);
            PUT_ANY(m, "is", "is not", "in", "not in", "<", "<=", ">=", ">");
            put_value(m, 1);
        }
    put(m, "}");
}

static void
put_annotations(struct maker *m)
{
    while (pick(m, 6) == 0) {
        put(m, "@");
        put_name(m);
        if (pick(m, 2))
            PUT_ANY(m, "\"identity team\"", "2027-03-01", "yes", "Ana", "{a, b}", "8h");
    }
}

static void
put_action(struct maker *m)
{
    switch (pick(m, 4)) {
    case 0:
        put(m, "deny");
        break;
    case 1:
        put(m, "allow");
        break;
    default:
        put(m, "authenticate");
        put_chain(m, 2);
        if (pick(m, 2)) {
            put(m, "every");
            PUT_ANY(m, "8h", "480m", "90d");
        }
    }
    if (pick(m, 3) == 0)
        put_string(m);
}

static void
put_rules(struct maker *m)
{
    unsigned count;

    put(m, "{");
    for (count = pick(m, 6); count; count--) {
        put_annotations(m);
        switch (pick(m, 8)) {
        case 0:
            put(m, "otherwise");
            put_action(m);
            break;
        case 1:
            put(m, "include");
            put_name(m);
            put(m, "(");
            put_set(m, 2);
            put(m, ",");
            put(m, "a");
            put(m, "then");
            put_chain(m, 2);
            put(m, ")");
            if (pick(m, 2)) {
                put(m, "as");
                put_name(m);
            }
            break;
        default:
            put(m, "rule");
            if (pick(m, 4) == 0)
                put(m, "report");
            PUT_ANY(m, "report", "guests", "x", "a_rule_with_a_long_name", "by", "in_the_office");
            if (pick(m, 5)) {
                put(m, "when");
                put_condition(m, 3);
            }
            put_action(m);
        }
    }
    put(m, "}");
}

static void
put_test(struct maker *m)
{
    unsigned count;

    put(m, "{");
    for (count = 1 + pick(m, 3); count; count--) {
        do {
            put(m, "given");
            do {
                PUT_ANY(m, "ip 203.0.113.9", "device browser", "groups A, B,",
                        "group {device, \"x y\"}", "app device", "user \"ana\"", "entry app",
                        "managed no", "not compliant", "managed", "risk low", "groups incomplete",
                        "groups none", "compliant yes,");
                PUT_ANY(m, "ip ::1", "device \"x\"", "managed", "app Payroll");
            } while (pick(m, 2));
        } while (pick(m, 3) == 0);
        do {
            put(m, "expect");
            PUT_ANY(m, "deny", "allow", "authenticate", "authenticate Strong", "factors >= 2",
                    "method password", "rule P.x");
            if (pick(m, 3) == 0)
                PUT_ANY(m, "by guests", "by otherwise");
            if (pick(m, 3) == 0)
                PUT_ANY(m, "report none", "report a, by, report");
            if (pick(m, 3) == 0)
                put(m, "in P");
            if (pick(m, 3) == 0)
                put(m, "message \"no\"");
            if (pick(m, 3) == 0)
                put(m, "every 60m");
        } while (pick(m, 3) == 0);
    }
    put(m, "}");
}

static void
put_proof(struct maker *m)
{
    unsigned count;

    put(m, "{");
    for (count = 1 + pick(m, 3); count; count--) {
        PUT_ANY(m, "never", "always");
        PUT_ANY(m, "allow", "deny, authenticate", "factors >= 2, method password", "authenticate",
                "rule P.x, rule y", "authenticate a then b");
        if (pick(m, 4)) {
            put(m, "when");
            put_condition(m, 2);
        }
    }
    put(m, "}");
}

static void
put_definition(struct maker *m)
{
    switch (pick(m, 5)) {
    case 0:
        put(m, "chain");
        put_name(m);
        put(m, "=");
        put_chain(m, 3);
        break;
    case 1:
        put(m, "condition");
        put_name(m);
        put(m, "=");
        put_condition(m, 3);
        break;
    case 2:
        PUT_ANY(m, "group", "app");
        put_name(m);
        if (pick(m, 2)) {
            put(m, "=");
            put_string(m);
        }
        if (pick(m, 4) == 0)
            put_block(m, 1);
        break;
    default:
        PUT_ANY(m, "network", "device");
        put_name(m);
        put(m, "=");
        put_set(m, 3);
    }
}

static void
put_policy(struct maker *m)
{
    if (pick(m, 4) == 0) {
        put(m, "template");
        put_name(m);
        PUT_ANY(m, "( )", "(a)", "(a, b, c)");
    } else {
        put(m, "policy");
        put_name(m);
        PUT_ANY(m, "is default", "for A", "for A, B, C", "for A is default");
    }
    put_rules(m);
}

static void
put_declaration(struct maker *m)
{
    switch (pick(m, 10)) {
    case 0:
        PUT_ANY(m, "use std/access", "use \"a/b.woapol\"", "use x / y / z");
        return;
    case 1:
    case 2:
        put_policy(m);
        return;
    case 3:
        put(m, "test");
        put_string(m);
        put_test(m);
        return;
    case 4:
        put(m, "prove");
        put_string(m);
        put_proof(m);
        return;
    case 5:
        PUT_ANY(m, "method", "tenant", "client", "kind", "posture", "device");
        put_name(m);
        put_block(m, 2);
        return;
    case 6:
        put(m, "assume");
        put_condition(m, 1);
        if (pick(m, 2)) {
            put(m, "implies");
            put_condition(m, 1);
        }
        return;
    default:
        put_definition(m);
    }
}

char *
random_source(uint64_t seed, bool comments)
{
    struct maker m = {NULL, seed * 2654435761u + 1, comments, 0};
    char *text = NULL;
    size_t length;
    unsigned count;

    m.out = open_memstream(&text, &length);
    if (m.out == NULL)
        abort();
    space(&m);
    for (count = pick(&m, 8); count; count--) {
        put_annotations(&m);
        put_declaration(&m);
    }
    fclose(m.out);
    return text;
}
