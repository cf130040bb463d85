/* Versions, attributes, and what is demanded of tenants, groups and rules. */
#include "compiler/check/attributes.h"
#include "compiler/facts.h"
#include "unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const char *name, *text, *found;
};

static void
check_rows(const struct row *rows, size_t count, int low, int high)
{
    for (size_t i = 0; i < count; i++) {
        char *found = findings_of(rows[i].text, low, high);
        cr_expect_str_eq(found, rows[i].found, "%s: found '%s', not '%s'", rows[i].name, found,
                         rows[i].found);
        free(found);
    }
}
#define CHECK_ROWS(rows, low, high) check_rows(rows, sizeof(rows) / sizeof *(rows), low, high)

Test(facts, versions_are_read)
{
    static const struct {
        const char *text;
        bool compact, right;
        struct wp_version version;
    } rows[] = {
        {"22.10", false, true, {{22, 10}}}, {"22.06", false, true, {{22, 6}}},
        {"22", false, true, {{22}}},        {"2210", true, true, {{22, 10}}},
        {"2206", true, true, {{22, 6}}},    {"2210", false, true, {{2210}}},
        {"22.10", true, true, {{22, 10}}},  {"22.10.0.3", false, true, {{22, 10, 0, 3}}},
        {"221", true, true, {{221}}},       {"1.2.3.4.5", false, false, {{0}}},
        {"", false, false, {{0}}},          {".1", false, false, {{0}}},
        {"1.", false, false, {{0}}},        {"1..2", false, false, {{0}}},
        {"22x", false, false, {{0}}},       {"9999999999", false, false, {{0}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_version version = {{0}};
        bool right = wp_version_read(rows[i].text, rows[i].compact, &version);
        cr_expect_eq(right, rows[i].right, "%s", rows[i].text);
        cr_expect(memcmp(&version, &rows[i].version, sizeof version) == 0, "%s", rows[i].text);
    }
}

Test(facts, versions_compare_as_versions)
{
    static const char *const rising[] = {"2.8",   "20.10",   "22.6", "22.06.1",
                                         "22.10", "22.10.1", "23",   "23.1"};
    struct wp_version a, b;

    for (size_t i = 0; i < sizeof rising / sizeof *rising; i++)
        for (size_t j = 0; j < sizeof rising / sizeof *rising; j++) {
            cr_assert(wp_version_read(rising[i], false, &a));
            cr_assert(wp_version_read(rising[j], false, &b));
            int order = wp_version_compare(&a, &b);
            cr_expect((order < 0) == (i < j) && (order > 0) == (i > j), "%s and %s", rising[i],
                      rising[j]);
        }
    cr_assert(wp_version_read("22.06", false, &a) && wp_version_read("22.6", false, &b));
    cr_expect_eq(wp_version_compare(&a, &b), 0);
}

#define REST "\npolicy P is default { otherwise deny }\n"

static const struct row attribute_rows[] = {
    {"right", "tenant A { kind = okta engine = classic }" REST, ""},
    {"unknown", "tenant A { kind = okta engin = classic }" REST, "1040 error 1:24"},
    {"a fact of another kind", "tenant A { kind = okta hub_ios = 22.6 }" REST, "1040 error 1:24"},
    {"an unknown kind", "tenant A { kind = octa engine = classic }" REST, "1041 error 1:19"},
    {"no kind", "tenant A { url = \"https://a\" }" REST, "1042 error 1:8"},
    {"twice", "tenant A { kind = okta engine = classic engine = classic }" REST, "1043 error 1:41"},
    {"an unknown word", "tenant A { kind = okta engine = clasic }" REST, "1041 error 1:33"},
    {"in quotes", "tenant A { kind = okta engine = \"classic\" }" REST, "1041 error 1:33"},
    {"not yes or no", "tenant A { kind = okta risk_scoring = maybe }" REST, "1041 error 1:39"},
    {"a version", "tenant A { kind = uem version = 22.10 }" REST, ""},
    {"a compact version", "tenant A { kind = uem version = 2210 }" REST, ""},
    {"no version", "tenant A { kind = uem version = new }" REST, "1041 error 1:33"},
    {"too many parts", "tenant A { kind = uem version = 1.2.3.4.5 }" REST, "1041 error 1:33"},
    {"an unknown method", "tenant A { kind = okta authenticators = { okta_verify, x } }" REST,
     "1041 error 1:56"},
    {"a block where none is", "tenant A { kind = okta engine { } }" REST, "1040 error 1:24"},
    {"a name in a kind", "group G { okta = \"x\" uem = \"y\" }" REST, ""},
    {"a name in a tenant", "tenant A { kind = okta }\ngroup G { A = \"x\" }" REST, ""},
    {"a name in nothing", "group G { B = \"x\" }" REST, "1040 error 1:11"},
    {"a source", "group G { source = ldap }" REST, ""},
    {"no source", "group G { source = moon }" REST, "1041 error 1:20"},
    {"a method", "method m { label = \"M\" factors = { inherence } }" REST, ""},
    {"a method without factors", "method m { label = \"M\" }" REST, "1042 error 1:8"},
    {"a factor that is none", "method m { label = \"M\" factors = { luck } }" REST,
     "1041 error 1:36"},
    {"a demand without cure",
     "method m { label = \"M\" factors = { } demands okta.engine is classic { cite = \"x\" } "
     "}" REST,
     "1042 error 1:46"},
    {"a demand on an unknown fact",
     "method m { label = \"M\" factors = { } demands okta.motor is classic { cite = \"x\" cure "
     "= \"y\" } }" REST,
     "1040 error 1:46"},
    {"a demand for an unknown word",
     "method m { label = \"M\" factors = { } demands okta.engine is steam { cite = \"x\" cure "
     "= \"y\" } }" REST,
     "1041 error 1:61"},
    {"a demand that means nothing",
     "method m { label = \"M\" factors = { } demands colour is red { cite = \"x\" cure = \"y\" "
     "} }" REST,
     "1040 error 1:46"},
    {"a demand that only issues can make",
     "method m { label = \"M\" factors = { } demands entry is hub { cite = \"x\" cure = \"y\" "
     "} }" REST,
     "1040 error 1:46"},
    {"a demand for an unknown device",
     "method m { label = \"M\" factors = { } demands device in { io, ios } { cite = \"x\" cure "
     "= \"y\" } }" REST,
     "1041 error 1:58"},
    {"a demand for an unknown method",
     "method m { label = \"M\" factors = { } demands chain.with in { n, m } { cite = \"x\" "
     "cure = \"y\" } }" REST,
     "1041 error 1:62"},
    {"a demand for an app's attribute",
     "method m { label = \"M\" factors = { } demands app.protocol is saml { cite = \"x\" cure "
     "= \"y\" } }" REST,
     ""},
    {"a demand for none of an app's",
     "method m { label = \"M\" factors = { } demands app.colour is red { cite = \"x\" cure = "
     "\"y\" } }" REST,
     "1040 error 1:46"},
    {"a code that is none",
     "issue i \"I\" { where tenant is okta per = policy code = 1001 cite = \"x\" cure = \"y\" "
     "}" REST,
     "1041 error 1:56"},
    {"an issue without a pattern", "issue i \"I\" { per = policy cite = \"x\" cure = \"y\" }" REST,
     "1042 error 1:7"},
    {"a kind of one's own",
     "kind vpn { label = \"VPN\" fact version { type = version label = \"v\" console = \"c\" } "
     "}\n"
     "tenant V { kind = vpn version = 3.1 }" REST,
     ""},
    {"a fact twice",
     "kind vpn { label = \"VPN\" fact v { type = text label = \"v\" console = \"c\" }\n"
     "fact v { type = text label = \"v\" console = \"c\" } }" REST,
     "1043 error 2:1"},
};

Test(facts, attributes_are_held_to_their_list)
{
    CHECK_ROWS(attribute_rows, 1040, 1043);
}

#define RULE(chain)                                                                                \
    "group G\npolicy P is default {\n  rule r when group in G authenticate " chain                 \
    "\n  otherwise deny\n}\n"

static const struct row tenant_rows[] = {
    {"declared", RULE("okta_fastpass") "tenant A { kind = okta engine = identity }\n", ""},
    {"otherwise", RULE("okta_fastpass") "tenant A { kind = okta engine = classic }\n",
     "3001 error 3:39"},
    {"unknown", RULE("okta_fastpass") "tenant A { kind = okta }\n", "3002 warning 6:8"},
    {"no tenant", RULE("okta_fastpass"), "3003 warning 3:39"},
    {"one of two tenants",
     RULE("okta_fastpass") "tenant A { kind = okta engine = identity }\n"
                           "tenant B { kind = okta engine = classic }\n",
     "3001 error 3:39"},
    {"both of two tenants",
     RULE("okta_fastpass") "tenant A { kind = okta engine = classic }\n"
                           "tenant B { kind = okta engine = classic }\n",
     "3001 error 3:39; 3001 error 3:39"},
    {"each unknown", RULE("okta_fastpass") "tenant A { kind = okta }\ntenant B { kind = okta }\n",
     "3002 warning 6:8; 3002 warning 7:8"},
    {"in a named chain",
     RULE("C") "chain C = okta_password then D\nchain D = okta_fastpass or okta_verify\n"
               "tenant A { kind = okta engine = classic }\n",
     "3001 error 7:11"},
    {"in otherwise",
     "policy P is default { otherwise authenticate okta_fastpass }\n"
     "tenant A { kind = okta engine = classic }\n",
     "3001 error 1:46"},
    {"in a report rule",
     "group G\npolicy P is default {\n  rule report r when group in G authenticate "
     "okta_fastpass\n"
     "  otherwise deny\n}\ntenant A { kind = okta engine = classic }\n",
     "3001 error 3:46"},
    {"in a template",
     "group G\ntemplate T(g) { rule r when group in g authenticate okta_fastpass }\n"
     "policy P is default {\n  include T(G)\n  otherwise deny\n}\n"
     "tenant A { kind = okta engine = classic }\n",
     "3001 error 2:53"},
    {"not used",
     "chain C = okta_fastpass\n" RULE("okta_verify") "tenant A { kind = okta engine = classic }\n",
     ""},
    {"many rules, one cause",
     "group G\ngroup H\npolicy P is default {\n  rule r when group in G authenticate "
     "okta_fastpass\n"
     "  rule s when group in H authenticate okta_fastpass\n  otherwise deny\n}\n"
     "tenant A { kind = okta engine = classic }\n",
     "3001 error 4:39"},
    {"not listed", RULE("okta_email") "tenant A { kind = okta authenticators = { okta_verify } }\n",
     "3016 error 3:39"},
    {"listed in one of two",
     RULE("okta_email") "tenant A { kind = okta authenticators = { okta_verify } }\n"
                        "tenant B { kind = okta authenticators = { okta_email } }\n",
     ""},
    {"perhaps listed in one of two",
     RULE("okta_email") "tenant A { kind = okta authenticators = { okta_verify } }\n"
                        "tenant B { kind = okta }\n",
     ""},
    {"in the other vendor's list",
     RULE("duo") "tenant A { kind = okta authenticators = { okta_verify } }\n"
                 "tenant B { kind = access adapters = { duo } }\n",
     ""},
};

Test(facts, facts_of_tenants)
{
    CHECK_ROWS(tenant_rows, 1000, 3999);
}

#define HUB "tenant U { kind = uem hub_ios = 23.1 hub_android = 23.1 "

Test(facts, sources_of_users)
{
    static const struct row rows[] = {
        {"of the tenant", RULE("verify_hub") HUB "directory = ldap }\n", ""},
        {"of no use", RULE("verify_hub") HUB "directory = uem_local }\n", "3014 error 3:39"},
        {"unknown", RULE("verify_hub") HUB "}\n", "3002 warning 6:8"},
        {"mixed", RULE("verify_hub") HUB "directory = mixed }\n", "3004 warning 3:39"},
        {"the group says more than the tenant",
         "group G { source = ldap }\npolicy P is default {\n  rule r when group in G authenticate "
         "verify_hub\n"
         "  otherwise deny\n}\n" HUB "directory = mixed }\n",
         ""},
        {"the group knows better",
         "group G { source = uem_local }\npolicy P is default {\n  rule r when group in G "
         "authenticate verify_hub\n"
         "  otherwise deny\n}\n" HUB "directory = ldap }\n",
         "3014 error 3:39"},
        {"a group that is kept out does not count",
         "group G { source = uem_local }\ngroup H { source = ldap }\npolicy P is default {\n"
         "  rule r when group in H and not group in G authenticate verify_hub\n"
         "  otherwise deny\n}\n" HUB "directory = mixed }\n",
         ""},
        {"one of two ways in names no group",
         "group H { source = ldap }\nnetwork N = 10.0.0.0/8\npolicy P is default {\n"
         "  rule r when group in H or network in N authenticate verify_hub\n"
         "  otherwise deny\n}\n" HUB "directory = mixed }\n",
         "3004 warning 4:55"},
    };
    CHECK_ROWS(rows, 3000, 3999);
}

#define DEVICES(when, chain)                                                                       \
    "group G\npolicy P is default {\n  rule r when " when " authenticate " chain                   \
    "\n  otherwise deny\n}\n"

static const struct row device_rows[] = {
    {"served", DEVICES("device in ios", "mobile_sso_ios"), ""},
    {"none", DEVICES("device in android", "mobile_sso_ios"), "3010 warning 3:46"},
    {"none, and a fallback", DEVICES("device in android", "mobile_sso_ios else password"),
     "3010 warning 3:46"},
    {"some", DEVICES("device in ios + android", "mobile_sso_ios"), "3011 warning 3:39"},
    {"some, and a fallback", DEVICES("device in ios + android", "mobile_sso_ios else password"),
     ""},
    {"some, in one step",
     DEVICES("device in ios + android", "mobile_sso_ios or mobile_sso_android"), ""},
    {"some, in each alternative",
     DEVICES("device in ios + android", "password then mobile_sso_ios else mobile_sso_ios"),
     "3011 warning 3:39"},
    {"all", DEVICES("group in G", "mobile_sso_ios"), "3011 warning 3:26"},
    {"what earlier rules settled does not count",
     "group G\npolicy P is default {\n  rule e when device in enrollment + windows_enrollment "
     "deny\n"
     "  rule r when group in G authenticate certificate\n  otherwise deny\n}\n",
     ""},
    {"what a report rule says does",
     "group G\npolicy P is default {\n  rule report e when device in enrollment + "
     "windows_enrollment deny\n"
     "  rule r when group in G authenticate certificate\n  otherwise deny\n}\n",
     "3011 warning 4:26"},
    {"alone", DEVICES("device in windows", "device_compliance"), "3013 warning 3:46"},
    {"first", DEVICES("device in windows", "device_compliance then certificate"),
     "3013 warning 3:46"},
    {"second", DEVICES("device in windows", "certificate then device_compliance"), ""},
    {"after a password", DEVICES("device in windows", "password then device_compliance"),
     "3013 warning 3:60"},
    {"in another alternative a password is well",
     DEVICES("device in windows", "certificate then device_compliance else password"), ""},
};

Test(facts, devices_and_chains)
{
    CHECK_ROWS(device_rows, 3000, 3999);
}

#define ISSUE(lines)                                                                               \
    "app A\npolicy P for A {\n  rule one when device in linux deny\n"                              \
    "  rule two when managed and entry in {browser} and device in windows allow\n  otherwise "     \
    "deny\n}\n"                                                                                    \
    "issue i \"I\" {\n  cite = \"x\" cure = \"y\"\n" lines "\n}\n"

static const struct row issue_rows[] = {
    {"each rule", ISSUE("per = each_rule where policy.apps is yes"),
     "3030 warning 3:8; 3030 warning 4:8"},
    {"once", ISSUE("per = policy where policy.apps is yes"), "3030 warning 3:8"},
    {"as a note", ISSUE("per = policy severity = note where policy.apps is yes"), "3030 note 3:8"},
    {"by its own code", ISSUE("per = policy code = 3035 where policy.apps is yes"),
     "3035 warning 3:8"},
    {"of the default policy", ISSUE("per = policy where policy is default"), ""},
    {"that lets in", ISSUE("per = policy where decision.denies is no"), "3030 warning 4:8"},
    {"that asks", ISSUE("per = policy where posture.asked is managed"), "3030 warning 4:8"},
    {"that does not ask", ISSUE("per = policy where posture.asked is risk"), ""},
    {"that requires", ISSUE("per = policy where posture.required in { managed }"),
     "3030 warning 4:8"},
    {"of one device", ISSUE("per = policy where device is windows"), "3030 warning 4:8"},
    {"of some devices", ISSUE("per = policy where device in { windows, ios }"), "3030 warning 4:8"},
    {"not of them", ISSUE("per = policy where device not in { linux }"), "3030 warning 4:8"},
    {"of named devices", ISSUE("per = policy where linux in policy.devices"), "3030 warning 3:8"},
    {"of devices that are not", ISSUE("per = policy where ipados in policy.devices"), ""},
    {"of an entry that nobody named", ISSUE("per = policy where hub not in policy.entries"),
     "3030 warning 3:8"},
    {"without a tenant", ISSUE("per = policy where tenant is okta"), ""},
    {"with one", ISSUE("per = policy where tenant is okta") "tenant T { kind = okta }\n",
     "3030 warning 3:8"},
    {"with a fact",
     ISSUE("per = policy where okta.engine is classic") "tenant T { kind = okta engine = "
                                                        "classic }\n",
     "3030 warning 3:8"},
    {"with an unknown fact",
     ISSUE("per = policy where okta.engine is classic") "tenant T { kind = okta }\n", ""},
    {"of a tenant",
     ISSUE("per = tenant where okta.engine is not classic") "tenant T { kind = okta engine = "
                                                            "identity }\n",
     "3030 warning 11:33"},
    {"all lines", ISSUE("per = policy where policy.apps is yes where device is ios"), ""},
};

Test(facts, patterns_of_issues)
{
    CHECK_ROWS(issue_rows, 3030, 3999);
}

/* Strings of the prelude that only runs of emitters would find missing. */
Test(facts, the_prelude_names_everything)
{
    struct wp_compilation compilation;

    cr_assert(compile_text(&compilation, "policy P is default { otherwise deny }\n"));
    const struct wp_model *model = compilation.model;
    for (uint32_t i = 0; i < model->method_count; i++) {
        const struct wp_attribute *said = model->methods[i].declaration->attributes;
        const struct wp_attribute *access = wp_block_find(said, "access", NULL);
        cr_expect(access || wp_block_find(said, "okta", NULL), "%s is nowhere",
                  model->methods[i].name);
        if (access && strcmp(wp_attribute_text(access->attributes, "resolved", ""), "") == 0)
            cr_expect_eq(strlen(wp_attribute_text(access->attributes, "uuid", "")), 36u, "%s",
                         model->methods[i].name);
    }
    for (uint32_t i = 1; i < model->device_count; i++)
        cr_expect(*wp_attribute_text(model->devices[i].declaration->attributes, "label", ""));
    const struct wp_declaration *fido2 = wp_declaration_find(model, WP_DECL_METHOD, "fido2");
    cr_expect_eq(wp_method_factors(fido2), WP_FACTOR_POSSESSION | WP_FACTOR_INHERENCE);
    wp_compilation_end(&compilation);
}

/* docs/attributes.md lists every row of attributes.def, and nothing else. */
Test(facts, the_attributes_are_documented)
{
    FILE *file = fopen("docs/attributes.md", "r");
    char line[512];
    size_t rows = 0;

    cr_assert(file, "tests run at the root of the project");
    while (fgets(line, sizeof line, file))
        rows += strncmp(line, "| `", 3) == 0;
    cr_expect_eq(rows, wp_attribute_row_count, "%zu rows, not %zu", rows, wp_attribute_row_count);
    rewind(file);
    for (size_t i = 0; i < wp_attribute_row_count; i++) {
        char key[80];
        (void)snprintf(key, sizeof key, "| `%s` |", wp_attribute_rows[i].key);
        do
            cr_assert(fgets(line, sizeof line, file), "'%s' is missing, or in another order",
                      wp_attribute_rows[i].key);
        while (strncmp(line, "| `", 3) != 0);
        cr_expect(strncmp(line, key, strlen(key)) == 0 && strstr(line, wp_attribute_rows[i].help),
                  "%s: %s", wp_attribute_rows[i].key, line);
    }
    (void)fclose(file);
}
