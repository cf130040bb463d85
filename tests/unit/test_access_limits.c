/* What Access holds, at and beyond each border; IPv6 parts that may be left out. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/access_world.h"
#include "tests/unit/compile_text.h"

#define HEAD                                                                                       \
    "tenant Portal { kind = access }\ngroup G\ngroup H\napp A\n"                                   \
    "network V4 = 198.51.100.0/24\nnetwork Both = 198.51.100.0/24 + 2001:db8::/48\n"
#define POLICY(rules) HEAD "policy P is default {\n" rules "}\n"

struct row {
    const char *source;
    bool narrowing;
    unsigned codes[3]; /* of warnings and errors, in order; 0 ends */
};

static void
check_row(const char *source, bool narrowing, const unsigned *codes)
{
    const struct wp_plan_options options = {.allow_narrowing = narrowing};
    struct wp_compilation compilation;
    struct wp_session session;
    struct wp_diagnostics findings;
    struct wp_state state;
    bool held, wanted = true;

    cr_assert(compile_text(&compilation, source), "%s", source);
    session = access_session(compilation.arena, compilation.model);
    wp_state_init(&state, compilation.arena);
    wp_diagnostics_init(&findings, compilation.arena, &compilation.sources);
    held = wp_tenant_access.desire(&session, &options, &state, &findings);
    for (const struct wp_diagnostic *d = findings.first; d; d = d->next) {
        unsigned code = (unsigned)wp_diagnostic_infos[d->kind].code;
        if (d->severity == WP_NOTE)
            continue;
        cr_expect_eq(code, *codes, "WOA%u, not WOA%u: %s\n%.600s", code, *codes, d->message,
                     source);
        wanted = wanted && d->severity != WP_ERROR;
        codes += *codes != 0;
    }
    cr_expect_eq(*codes, 0, "no WOA%u\n%.600s", *codes, source);
    cr_expect_eq(held, wanted, "%.600s", source);
    wp_state_end(&state);
    wp_compilation_end(&compilation);
}

Test(access_limits, addresses_beyond_ipv4)
{
    static const struct row rows[] = {
        {POLICY("rule r when network in V4 allow\notherwise deny\n"), false, {0}},
        {POLICY("rule r when not network in V4 deny\notherwise allow\n"), false, {0}},
        {POLICY("rule r when network in Both allow\notherwise deny\n"), false, {6050}},
        {POLICY("rule r when network in Both allow\notherwise deny\n"), true, {6051}},
        {POLICY("rule r when network in Both authenticate password\n"
                "otherwise authenticate password then authenticator_app\n"),
         true,
         {6051}},
        /* Left out, these addresses would fall to a rule that asks for less. */
        {POLICY("rule r when network in Both authenticate password then authenticator_app\n"
                "otherwise authenticate password\n"),
         true,
         {6050}},
        {POLICY("rule r when network in Both deny\notherwise allow\n"), true, {6050}},
        {POLICY("rule r when network in Both deny\nrule s when group in G allow\notherwise deny\n"),
         true,
         {6050}},
        {POLICY("rule r when network in Both deny\notherwise deny \"no\"\n"), true, {6051}},
        /* A deny for all but some denies those of them that Access cannot name, too. */
        {POLICY("rule r when not network in Both deny\notherwise allow\n"), true, {6051}},
        {POLICY("rule r when not network in Both allow\notherwise deny\n"), true, {6051}},
        {POLICY("rule r when not network in Both authenticate password\notherwise allow\n"),
         true,
         {6050}},
        /* What stands between decides for them first. */
        {POLICY("rule r when network in Both authenticate password\n"
                "rule stop when device in ios + ipados + android + macos + windows + browser deny\n"
                "otherwise deny\n"),
         true,
         {6051}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(rows[i].source, rows[i].narrowing, rows[i].codes);
}

Test(access_limits, conditions_devices_and_times)
{
    static const struct row rows[] = {
        {POLICY("rule r when managed allow\notherwise deny\n"), false, {6052}},
        {POLICY("rule r when user in {\"a\"} allow\notherwise deny\n"), false, {6052}},
        {POLICY("rule r when entry in browser allow\notherwise deny\n"), false, {6052}},
        {POLICY("rule r when device in ios allow\notherwise deny\n"), false, {6053}},
        {POLICY("rule r when device in ios + ipados allow\notherwise deny\n"), false, {0}},
        {POLICY("rule r when not device in linux allow\notherwise deny\n"), false, {6053}},
        {POLICY("rule r when not device in macos allow\notherwise deny\n"), false, {0}},
        {POLICY("rule r when group in G and group in H allow\notherwise deny\n"), false, {6054}},
        {POLICY("rule r when group in G and not group in H allow\notherwise deny\n"), false, {0}},
        {POLICY(
             "rule r when group in G and not group in H allow\nrule s when group in G deny \"s\"\n"
             "otherwise deny\n"),
         false,
         {6054}},
        {POLICY("rule h when group in H deny\nrule r when group in G and not group in H allow\n"
                "rule s when group in G deny \"s\"\notherwise deny\n"),
         false,
         {0}},
        {POLICY("otherwise authenticate okta_verify\n"), false, {6055}},
        {POLICY("otherwise allow every 8h\n"), false, {6058}},
        {POLICY("otherwise authenticate password every 1s\n"), false, {0}},
        {POLICY("otherwise authenticate password every 24855d\n"), false, {0}},
        {POLICY("otherwise authenticate password every 24856d\n"), false, {6058}},
        {HEAD "policy P for A { otherwise deny }\n", false, {6061}},
        {POLICY(
             "otherwise deny\n") "app B { federated = okta }\npolicy Q for B { otherwise deny }\n",
         false,
         {6062}},
        {"tenant Portal { kind = access }\napp B { federated = okta }\n"
         "policy P is default {\nrule b when app in B deny\notherwise authenticate "
         "password_local\n}\n",
         false,
         {6062}},
        {"tenant Portal { kind = access }\napp B { federated = access }\n"
         "policy P is default {\nrule b when app in B deny\notherwise authenticate "
         "password_local\n}\n",
         false,
         {0}},
        {POLICY("otherwise deny\n") "policy Q for A { rule r when device in enrollment deny \"q\"\n"
                                    "otherwise deny }\n",
         false,
         {6057}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(rows[i].source, rows[i].narrowing, rows[i].codes);
}

/* `count` characters in a message: letters, one that HTML writes longer, one of two bytes. */
static char *
with_message(unsigned letters, const char *more)
{
    char *source = NULL;
    size_t size;
    FILE *out = open_memstream(&source, &size);

    (void)fprintf(out, HEAD "policy P is default { otherwise deny \"%s", more);
    for (unsigned i = 0; i < letters; i++)
        (void)fputc('x', out);
    (void)fprintf(out, "\" }\n");
    (void)fclose(out);
    return source;
}

Test(access_limits, messages_of_4000_characters)
{
    static const struct {
        unsigned letters;
        const char *more;
        unsigned codes[2];
    } rows[] = {{4000, "", {0}},  {4001, "", {6059}},  {3996, "<", {0}}, {3997, "<", {6059}},
                {3995, "&", {0}}, {3996, "&", {6059}}, {3999, "ü", {0}}, {4000, "ü", {6059}}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *source = with_message(rows[i].letters, rows[i].more);
        check_row(source, false, rows[i].codes);
        free(source);
    }
}

Test(access_limits, chains_of_32_ways)
{
    static const unsigned fine[] = {0}, wrong[] = {6056, 0};
    static const char wide[] =
        "password or password_uem or password_local or password_connector or kerberos or radius or "
        "duo or magic_link";

    for (unsigned last = 4; last <= 5; last++) {
        char source[1024];
        (void)snprintf(source, sizeof source,
                       HEAD "policy P is default { otherwise authenticate (%s) then (fido2 or "
                            "authenticator_app or rsa_securid or external_token%s) }\n",
                       wide, last == 5 ? " or verify_vmware" : "");
        check_row(source, false, last == 4 ? fine : wrong);
    }
}
