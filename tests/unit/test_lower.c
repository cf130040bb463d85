/* Trees to the model: addresses, device sets, chains, policies, templates, and
 * the limits of each. */
#include "compiler/network.h"
#include "compiler/symbols.h"
#include "unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define END "policy P is default { otherwise deny }\n"

static void
expect_findings(const char *text, const char *wanted)
{
    char *found = findings_of(text, 1000, 1049);

    cr_expect_str_eq(found, wanted, "%.300s-> %s", text, found);
    free(found);
}

Test(lower, reads_addresses_strictly)
{
    static const struct {
        const char *set, *findings;
    } rows[] = {
        {"10.0.0.0/8 + 2001:db8::/32 + 192.0.2.1 + 10.0.0.1 .. 10.0.0.9", ""},
        {"0.0.0.0/0 + ::/0", ""},
        {"10.0.0.256", "1020 error 1:13"},
        {"10.0.0", "1020 error 1:13"},
        {"10.0.0.01", "1020 error 1:13"},
        {"10.0.0.0/33", "1020 error 1:13"},
        {"2001:db8::g", "1001 error 1:23"},
        {"2001:db8:::1", "1020 error 1:13"},
        {"10.0.0.1/8", "1021 error 1:13"},
        {"2001:db8::1/32", "1021 error 1:13"},
        {"::ffff:10.0.0.1/104", "1021 error 1:13"},
        {"10.0.0.9 .. 10.0.0.1", "1022 error 1:13"},
        {"10.0.0.0/8 .. 10.0.0.1", "1022 error 1:13"},
        {"10.0.0.1 .. 2001:db8::1", "1022 error 1:13"},
        {"10.0.0.1 .. 10.0.0.256", "1020 error 1:13"},
        {"10.0.0.256 + 10.0.0.1/8", "1020 error 1:13; 1021 error 1:26"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "network N = %s\n" END, rows[i].set);
        expect_findings(text, rows[i].findings);
    }
}

Test(lower, offers_the_prefix_without_host_bits)
{
    static const struct {
        const char *written, *meant;
    } rows[] = {
        {"10.1.2.3/8", "10.0.0.0/8"},
        {"2001:db8:1::/32", "2001:db8::/32"},
        {"::ffff:10.1.2.3/104", "10.0.0.0/8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_compilation compilation;
        char text[256];
        (void)snprintf(text, sizeof text, "network N = %s\n" END, rows[i].written);
        (void)compile_text(&compilation, text);
        const struct wp_diagnostic *finding = compilation.diagnostics.first;
        cr_assert(finding && finding->fixes);
        cr_expect_str_eq(finding->fixes->replacement, rows[i].meant);
        wp_compilation_end(&compilation);
    }
}

/* What a named network holds, as text. */
static void
network_text(const struct wp_model *model, const char *name, char *text, size_t room)
{
    const struct wp_symbol *symbol = wp_symbols_find(model->symbols, WP_SYMBOL_NETWORK, name);
    const struct wp_network *network =
        &model->networks[model->named_networks[symbol->number].network];

    text[0] = '\0';
    for (uint32_t i = 0; i < network->v4_count + network->v6_count; i++) {
        bool is_v6 = i >= network->v4_count;
        struct wp_address low = {.is_v6 = is_v6}, high = {.is_v6 = is_v6};
        char from[WP_ADDRESS_TEXT], to[WP_ADDRESS_TEXT];
        size_t used = strlen(text);

        if (is_v6) {
            low.v6 = network->v6[i - network->v4_count].low;
            high.v6 = network->v6[i - network->v4_count].high;
        } else {
            low.v4 = network->v4[i].low;
            high.v4 = network->v4[i].high;
        }
        wp_address_text(&low, from);
        wp_address_text(&high, to);
        (void)snprintf(text + used, room - used, "%s%s-%s", used ? " " : "", from, to);
    }
}

Test(lower, works_networks_out)
{
    static const struct {
        const char *set, *ranges;
    } rows[] = {
        {"10.0.0.0/30", "10.0.0.0-10.0.0.3"},
        {"10.0.0.0/31 + 10.0.0.2/31", "10.0.0.0-10.0.0.3"},
        {"10.0.0.0/30 - 10.0.0.1", "10.0.0.0-10.0.0.0 10.0.0.2-10.0.0.3"},
        {"10.0.0.0/30 - 10.0.0.1 + 10.0.0.1", "10.0.0.0-10.0.0.3"},
        {"10.0.0.0/30 - (10.0.0.1 + 10.0.0.1)", "10.0.0.0-10.0.0.0 10.0.0.2-10.0.0.3"},
        {"10.0.0.0/30 & 10.0.0.2 .. 10.0.0.9", "10.0.0.2-10.0.0.3"},
        /* & binds tighter than + and -. */
        {"10.0.0.9 + 10.0.0.0/30 & 10.0.0.3", "10.0.0.3-10.0.0.3 10.0.0.9-10.0.0.9"},
        {"{10.0.0.1, 10.0.0.2}", "10.0.0.1-10.0.0.2"},
        {"Base - 10.0.0.0/31", "10.0.0.2-10.0.0.3"},
        {"Base + Other", "10.0.0.0-10.0.0.3 2001:db8::1-2001:db8::1"},
        {"Base & Other", ""},
        {"::ffff:10.0.0.0/126", "10.0.0.0-10.0.0.3"},
        {"::ffff:10.0.0.1 .. ::ffff:10.0.0.2", "10.0.0.1-10.0.0.2"},
        {"::fffe:0:0/95", "::fffe:0:0-::fffe:ffff:ffff"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_compilation compilation;
        char text[512], ranges[512];
        (void)snprintf(text, sizeof text,
                       "network N = %s\nnetwork Base = 10.0.0.0/30\n"
                       "network Other = 2001:db8::1\n" END,
                       rows[i].set);
        cr_assert(compile_text(&compilation, text), "%s", rows[i].set);
        network_text(compilation.model, "N", ranges, sizeof ranges);
        cr_expect_str_eq(ranges, rows[i].ranges, "%s: %s", rows[i].set, ranges);
        wp_compilation_end(&compilation);
    }
}

Test(lower, works_device_sets_out)
{
    static const struct {
        const char *set, *types;
    } rows[] = {
        {"ios", "ios"},
        {"ios + android", "ios android"},
        {"ios + android - ios", "android"},
        {"(ios + android) & (android + macos)", "android"},
        {"ios - (ios + android)", ""},
        {"{macos, ios}", "ios macos"},
        {"Other - android", "ios"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_compilation compilation;
        char text[256], types[256] = "";
        (void)snprintf(text, sizeof text, "device D = %s\ndevice Other = ios + android\n" END,
                       rows[i].set);
        cr_assert(compile_text(&compilation, text), "%s", rows[i].set);
        const struct wp_model *model = compilation.model;
        uint64_t mask = 0;
        for (uint32_t k = 0; k < model->device_set_count; k++)
            if (strcmp(model->device_sets[k].name, "D") == 0)
                mask = model->device_sets[k].mask;
        for (uint32_t k = 0; k < model->device_count; k++)
            if (mask >> k & 1)
                (void)snprintf(types + strlen(types), sizeof types - strlen(types), "%s%s",
                               *types ? " " : "", model->devices[k].name);
        cr_expect_str_eq(types, rows[i].types, "%s: %s", rows[i].set, types);
        wp_compilation_end(&compilation);
    }
}

static void
chain_text(const struct wp_model *model, const struct wp_model_chain *chain, char *text,
           size_t room)
{
    text[0] = '\0';
    for (uint32_t a = 0; a < chain->count; a++)
        for (uint32_t s = 0; s < chain->alternatives[a].count; s++)
            for (uint32_t m = 0; m < chain->alternatives[a].steps[s].count; m++) {
                const char *joint = m > 0 ? " or " : (s > 0 ? " then " : (a > 0 ? " else " : ""));
                size_t used = strlen(text);
                (void)snprintf(text + used, room - used, "%s%s", joint,
                               model->methods[chain->alternatives[a].steps[s].methods[m]].name);
            }
}

Test(lower, chains_become_alternatives_of_steps)
{
    static const struct {
        const char *chain, *normal;
    } rows[] = {
        {"password", "password"},
        {"password then fido2 or okta_verify else duo",
         "password then fido2 or okta_verify else duo"},
        {"Two", "password then fido2 else duo"},
        {"Two then radius", "password then fido2 then radius else duo then radius"},
        {"radius then Two", "radius then password then fido2 else radius then duo"},
        {"(radius else sms) then (duo else password)",
         "radius then duo else radius then password else sms then duo else sms then password"},
        {"radius else Two", "radius else password then fido2 else duo"},
        {"One or sms", "radius or sms"},
        {"(radius or sms) or duo", "radius or sms or duo"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_compilation compilation;
        char text[512], normal[512];
        (void)snprintf(text, sizeof text,
                       "chain C = %s\nchain One = radius\n"
                       "chain Two = password then fido2 else duo\n" END,
                       rows[i].chain);
        cr_assert(compile_text(&compilation, text), "%s", rows[i].chain);
        chain_text(compilation.model, &compilation.model->chains[0], normal, sizeof normal);
        cr_expect_str_eq(normal, rows[i].normal, "%s: %s", rows[i].chain, normal);
        wp_compilation_end(&compilation);
    }
}

Test(lower, refuses_chains_that_mean_nothing)
{
    expect_findings("chain C = Two or sms\nchain Two = password then fido2\n" END,
                    "1033 error 1:11");
    expect_findings("chain C = sms or (password else fido2)\n" END, "1033 error 1:19");
    expect_findings("chain A = password else sms else duo else radius else fido2 else kerberos\n"
                    "chain B = A then A then A\nchain C = B then B\n" END,
                    "1034 error 3:11");
}

Test(lower, points_at_methods_that_stand_twice)
{
    static const struct {
        const char *text, *findings;
    } rows[] = {
        {"chain C = password or password\n" END, "2011 warning 1:23"},
        {"chain C = password then password\n" END, "2011 warning 1:11"},
        {"chain C = password then (password or fido2)\n" END, "2011 warning 1:11"},
        {"chain C = password else fido2 else password\n" END, "2011 warning 1:11"},
        {"chain C = password then fido2 else password\n" END, ""},
        /* Said of A, not again of those that use it. */
        {"chain A = sms then sms\nchain B = A then fido2\nchain C = B else duo\n" END,
         "2011 warning 1:11"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *found = findings_of(rows[i].text, 2011, 2011);
        cr_expect_str_eq(found, rows[i].findings, "%s-> %s", rows[i].text, found);
        free(found);
    }
}

Test(lower, checks_policies_against_each_other)
{
    expect_findings(
        "policy A is default { otherwise deny }\npolicy B is default { otherwise deny }\n",
        "1030 error 2:8");
    expect_findings("app X\napp Y\npolicy A for X, Y { otherwise deny }\n"
                    "policy B for Y { otherwise deny }\n",
                    "1031 error 4:14");
    expect_findings("app X\npolicy A for X, X { otherwise deny }\n", "1031 error 2:17");
    expect_findings("policy A is default { otherwise deny\nrule r deny\nrule s deny }\n",
                    "1032 error 2:1");
    expect_findings("policy A is default { otherwise deny\notherwise allow }\n", "1032 error 2:1");
    expect_findings("template T() { otherwise deny }\n"
                    "policy A is default { include T()\nrule r deny }\n",
                    "1032 error 3:1");
}

static const struct wp_policy *
only_policy(struct wp_compilation *compilation, const char *text)
{
    cr_assert(compile_text(compilation, text), "%s", text);
    cr_assert_eq(compilation->model->policy_count, 1);
    return &compilation->model->policies[0];
}

Test(lower, expands_templates_in_place)
{
    static const char text[] = "group G\ngroup H\n"
                               "template Inner(who) { rule x when group in who deny }\n"
                               "template Outer(who) { include Inner(who) as inner\nrule y allow }\n"
                               "policy P is default {\n"
                               "rule first deny\n"
                               "include Outer(G)\n"
                               "include Outer(H) as second\n"
                               "otherwise deny }\n";
    static const char *const names[] = {"first", "inner_x", "y", "second_inner_x", "second_y"};
    static const uint32_t groups[] = {WP_NONE, 0, WP_NONE, 1, WP_NONE};
    struct wp_compilation compilation;
    const struct wp_policy *policy = only_policy(&compilation, text);

    cr_assert_eq(policy->rule_count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];

        cr_expect_str_eq(rule->name, names[i]);
        cr_expect_eq(rule->included_from.file == WP_NO_FILE, i == 0);
        if (groups[i] == WP_NONE)
            continue;
        cr_assert_eq(rule->when->kind, WP_TEST_GROUP);
        cr_assert_eq(rule->when->ids.count, 1);
        cr_expect_eq(rule->when->ids.ids[0], groups[i]);
        cr_expect_eq(wp_locate(&compilation.sources, 0, rule->span.start).line, 3,
                     "the rule stands in the template");
        cr_expect_eq(wp_locate(&compilation.sources, 0, rule->included_from.start).line,
                     i == 1 ? 8 : 9, "and comes from the policy's include");
    }
    wp_compilation_end(&compilation);
}

Test(lower, rules_of_two_includes_need_two_names)
{
    expect_findings("template T() { rule x deny }\n"
                    "policy A is default {\ninclude T()\ninclude T() }\n",
                    "1011 error 4:1");
}

Test(lower, parameters_stand_for_what_the_include_says)
{
    static const char text[] =
        "device ios2 = ios\nnetwork net = 10.0.0.0/8\ncondition sure = managed\n"
        /* The parameters have the names of other things: they hide them. */
        "template T(net, sure, how) {\n"
        "rule r when network in net - 192.0.2.1 and sure authenticate how then duo }\n"
        "policy P is default { include T(net + 192.0.2.0/31, sure, password else sms)\n"
        "otherwise deny }\n";
    struct wp_compilation compilation;
    const struct wp_policy *policy = only_policy(&compilation, text);
    const struct wp_model *model = compilation.model;
    const struct wp_model_rule *rule = &policy->rules[0];
    char chain[128];

    cr_assert_eq(rule->when->kind, WP_TEST_AND);
    const struct wp_network *network = &model->networks[rule->when->parts[0]->network];
    cr_expect(wp_network_has4(network, 0x0a000001));
    cr_expect(wp_network_has4(network, 0xc0000200));
    cr_expect_not(wp_network_has4(network, 0xc0000201));
    cr_expect_eq(rule->when->parts[1]->kind, WP_TEST_POSTURE);
    cr_expect_eq(rule->when->parts[1]->named, 1);
    chain_text(model, &model->chains[rule->decision.chain], chain, sizeof chain);
    cr_expect_str_eq(chain, "password then duo else sms then duo");
    wp_compilation_end(&compilation);
}

Test(lower, shares_what_is_equal)
{
    static const char text[] =
        "network A = 10.0.0.0/8\nnetwork B = 10.0.0.0/9 + 10.128.0.0/9\n"
        "policy P is default {\n"
        "rule a when network in A authenticate password then sms\n"
        "rule b when network in B authenticate password then sms\n"
        "rule c when network in 10.0.0.0/8 and user in {\"zoe\", \"ana\"} deny\n"
        "rule d when user in \"bob\" deny\notherwise deny }\n";
    struct wp_compilation compilation;
    const struct wp_policy *policy = only_policy(&compilation, text);
    const struct wp_model *model = compilation.model;

    cr_expect_eq(policy->rules[0].when->network, policy->rules[1].when->network);
    cr_expect_eq(policy->rules[0].when->network, policy->rules[2].when->parts[0]->network);
    cr_expect_eq(policy->rules[0].decision.chain, policy->rules[1].decision.chain);
    cr_assert_eq(model->user_count, 3);
    cr_expect_str_eq(model->users[0], "ana");
    cr_expect_str_eq(model->users[1], "bob");
    cr_expect_str_eq(model->users[2], "zoe");
    const struct wp_ids *ids = &policy->rules[2].when->parts[1]->ids;
    cr_assert_eq(ids->count, 2);
    cr_expect(ids->ids[0] == 0 && ids->ids[1] == 2);
    wp_compilation_end(&compilation);
}

/* `format` with the numbers from 1 on, `count` times, then `end`. */
static char *
repeat(const char *start, const char *format, unsigned count, const char *end)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)fputs(start, out);
    for (unsigned i = 1; i <= count; i++)
        for (const char *at = format; *at; at++)
            if (*at == '#')
                (void)fprintf(out, "%u", i);
            else if (*at == '@')
                (void)fprintf(out, "%u", i - 1);
            else
                (void)fputc(*at, out);
    (void)fputs(end, out);
    (void)fclose(out);
    return text;
}

Test(lower, holds_to_its_limits)
{
    static const struct {
        const char *start, *format;
        unsigned count;
        const char *end, *findings;
    } rows[] = {
        {"", "device d# { }\n", 70, END, "1034 error 51:8"},
        /* Doubled forty times: what it would be written out is never made. */
        {"condition C0 = managed\n", "condition C# = C@ or C@\n", 40,
         "policy P is default { rule r when C40 deny otherwise deny }\n", "1035 error 42:35"},
        {"condition C0 = managed\n", "condition C# = not C@\n", 2000,
         "policy P is default { rule r when C2000 deny otherwise deny }\n", "1035 error 2002:35"},
        {"template T0() { }\n", "template T#() { include T@() include T@() }\n", 30,
         "policy P is default { include T30() otherwise deny }\n", "1034 error 3:30"},
        {"template T0() { rule r deny }\n", "template T#() { include T@() }\n", 70,
         "policy P is default { include T70() otherwise deny }\n", "1034 error 8:17"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = repeat(rows[i].start, rows[i].format, rows[i].count, rows[i].end);
        char *found = findings_of(text, 1030, 1039);
        cr_expect_str_eq(found, rows[i].findings, "%s: %s", rows[i].format, found);
        free(found);
        free(text);
    }
}
