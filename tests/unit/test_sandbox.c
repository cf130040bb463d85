/* Sign-ins as the sandbox's tenants decide them. Their habits on the wire are in
 * tests/sandbox/. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/access.h"
#include "compiler/sandbox/dispatch.h"
#include "compiler/sandbox/okta_match.h"

static struct wp_box *
new_box(void)
{
    struct wp_box_settings settings = {.has_risk = true};
    char why[200];
    struct wp_box *box = wp_box_new(&settings, why, sizeof why);
    cr_assert_not_null(box, "%s", why);
    return box;
}

/* One call to a tenant with its administrator's token; the answer's body. */
static json_t *
call(struct wp_box *box, enum wp_box_port port, const char *method, const char *target,
     const char *body, unsigned *status)
{
    struct wp_exchange x = {.box = box, .port = port, .method = method, .body = "", .base = ""};
    char authorization[100];
    json_t *answer;
    x.arena = wp_arena_new(NULL, NULL);
    cr_assert(wp_exchange_read_target(&x, target));
    if (port == WP_BOX_OKTA) {
        snprintf(authorization, sizeof authorization, "SSWS %s", box->secrets.okta_token);
    } else {
        json_object_set_new(box->tokens, "t",
                            json_pack("{s:s, s:s, s:I}", "tenant", "access", "scope", "admin",
                                      "expires", (json_int_t)wp_box_now() + 100));
        snprintf(authorization, sizeof authorization, "Bearer t");
    }
    x.headers[x.header_count++] = (struct wp_box_pair){"Authorization", authorization};
    x.headers[x.header_count++] = (struct wp_box_pair){"Content-Length", "0"};
    x.headers[x.header_count++] = (struct wp_box_pair){"Content-Type", "application/json"};
    if (body != NULL) {
        x.body = body;
        x.body_size = strlen(body);
    }
    wp_box_dispatch(&x);
    *status = x.status;
    answer = x.text != NULL ? json_loads(x.text, 0, NULL) : NULL;
    free(x.text);
    wp_arena_free(x.arena);
    return answer;
}

/* ---- Okta decides -------------------------------------------------------------------------- */

static const char *
sign_in(struct wp_box *box, const char *order_text)
{
    static char told[300];
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    json_t *order = json_loads(order_text, 0, NULL), *decision;
    const char *why = NULL, *rule;
    cr_assert_not_null(order, "%s", order_text);
    decision = wp_box_signin(box, arena, order, &why);
    rule = wp_box_text(decision, "rule");
    if (decision != NULL)
        snprintf(told, sizeof told, "%s %s", wp_box_text(decision, "effect"),
                 rule != NULL ? rule : "-");
    else
        snprintf(told, sizeof told, "%s", why);
    json_decref(decision);
    json_decref(order);
    wp_arena_free(arena);
    return told;
}

static char *
make(struct wp_box *box, enum wp_box_port port, const char *path, const char *body)
{
    unsigned status;
    json_t *answer = call(box, port, "POST", path, body, &status);
    const char *id = wp_box_text(answer, "id");
    char *copy;
    cr_assert(status == 200 || status == 201, "%s: %u", body, status);
    copy = strdup(id != NULL ? id : wp_box_text(answer, "uuid"));
    json_decref(answer);
    return copy;
}

static const char *
group_id(struct wp_box *box, const char *name)
{
    const char *id;
    json_t *group;
    json_object_foreach(wp_store_all(box->store, WP_OKTA_GROUP), id,
                        group) if (strcmp(wp_box_text(json_object_get(group, "profile"), "name"),
                                          name) == 0) return id;
    cr_assert_fail("no group %s", name);
    return NULL;
}

static const char *
app_id(struct wp_box *box, const char *label)
{
    const char *id;
    json_t *app;
    json_object_foreach(wp_store_all(box->store, WP_OKTA_APP), id,
                        app) if (strcmp(wp_box_text(app, "label"), label) == 0) return id;
    cr_assert_fail("no app %s", label);
    return NULL;
}

static void
add_rule(struct wp_box *box, const char *policy, const char *name, const char *conditions,
         const char *access)
{
    char path[100], body[1200];
    snprintf(path, sizeof path, "/api/v1/policies/%s/rules", policy);
    snprintf(
        body, sizeof body,
        "{\"name\":\"%s\",\"type\":\"ACCESS_POLICY\",\"conditions\":%s,\"actions\":{\"appSignOn\":{"
        "\"access\":\"%s\",\"verificationMethod\":{\"type\":\"AUTH_METHOD_CHAIN\","
        "\"reauthenticateIn\":\"PT2H\",\"chains\":[{\"authenticationMethods\":[{\"key\":"
        "\"okta_password\",\"method\":\"password\"}],\"next\":[{\"authenticationMethods\":[{"
        "\"key\":\"okta_verify\",\"method\":\"push\"},{\"key\":\"webauthn\",\"method\":"
        "\"webauthn\"}]}]}]}}}}",
        name, conditions, access);
    free(make(box, WP_BOX_OKTA, path, body));
}

/* A policy for Salesforce with a rule for each kind of condition. */
static char *
fill_okta(struct wp_box *box)
{
    char text[400];
    unsigned status;
    char *zone = make(box, WP_BOX_OKTA, "/api/v1/zones",
                      "{\"type\":\"IP\",\"name\":\"Office\",\"gateways\":[{\"type\":\"CIDR\","
                      "\"value\":\"198.51.100.0/24\"}]}");
    char *policy =
        make(box, WP_BOX_OKTA, "/api/v1/policies", "{\"type\":\"ACCESS_POLICY\",\"name\":\"Crm\"}");
    snprintf(text, sizeof text, "{\"people\":{\"groups\":{\"include\":[\"%s\"]}}}",
             group_id(box, "Leavers@corp.example"));
    add_rule(box, policy, "leavers", text, "DENY");
    add_rule(box, policy, "risky", "{\"riskScore\":{\"level\":\"HIGH\"}}", "DENY");
    add_rule(box, policy, "phones",
             "{\"platform\":{\"include\":[{\"type\":\"MOBILE\",\"os\":{\"type\":\"IOS\"}}]},"
             "\"device\":{\"registered\":true,\"managed\":true}}",
             "ALLOW");
    add_rule(box, policy, "macs",
             "{\"platform\":{\"include\":[{\"type\":\"DESKTOP\",\"os\":{\"type\":\"MACOS\"}}]}}",
             "DENY");
    snprintf(text, sizeof text, "{\"network\":{\"connection\":\"ZONE\",\"include\":[\"%s\"]}}",
             zone);
    add_rule(box, policy, "office", text, "ALLOW");
    snprintf(text, sizeof text, "/api/v1/apps/%s/policies/%s", app_id(box, "Salesforce"), policy);
    json_decref(call(box, WP_BOX_OKTA, "PUT", text, NULL, &status));
    cr_assert_eq(status, 204);
    free(zone);
    return policy;
}

Test(sandbox, okta_decides)
{
    static const char *const rows[][2] = {
        {"{\"user\":\"eve@corp.example\",\"risk\":\"low\",\"ip\":\"198.51.100.9\"}",
         "deny leavers"},
        {"{\"user\":\"ana@corp.example\",\"risk\":\"high\"}", "deny risky"},
        {"{\"user\":\"ana@corp.example\",\"device\":\"ana-iphone\",\"entry\":\"browser\"}",
         "authenticate phones"},
        /* An iPad is iOS to native apps and a Mac to Safari. */
        {"{\"user\":\"ana@corp.example\",\"device\":\"ana-ipad\",\"entry\":\"native_app\"}",
         "authenticate phones"},
        {"{\"user\":\"ana@corp.example\",\"device\":\"ana-ipad\",\"entry\":\"browser\"}",
         "deny macs"},
        {"{\"user\":\"ana@corp.example\",\"device\":{\"user_agent\":\"Mozilla/5.0 (Macintosh; "
         "Intel Mac "
         "OS X 10_15_7)\",\"managed\":true}}",
         "deny macs"},
        {"{\"user\":\"ana@corp.example\",\"device\":{\"platform\":\"ios\"},\"ip\":\"198.51.100."
         "9\"}",
         "authenticate office"},
        {"{\"groups\":[],\"ip\":\"198.51.100.9\"}", "authenticate office"},
        {"{\"groups\":[\"Leavers@corp.example\"],\"ip\":\"198.51.100.9\"}", "deny leavers"},
        {"{\"groups\":[\"Nobody\"],\"ip\":[\"198.51.100.9\",\"203.0.113.1\"]}",
         "authenticate Catch-all Rule"},
        {"{\"groups\":[],\"ip\":\"2001:db8::1\"}", "authenticate Catch-all Rule"},
        {"{\"user\":\"nobody@corp.example\"}", "there is no such user in this tenant"},
        {"{\"user\":\"ana@corp.example\",\"ip\":\"198.51.100\"}",
         "\"ip\" is an address, or up to 8 of them, the client's first"},
        {"{\"user\":\"ana@corp.example\",\"device\":\"toaster\"}", "there is no such device"},
    };
    struct wp_box *box = new_box();
    char *policy = fill_okta(box), order[400];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got;
        snprintf(order, sizeof order, "{\"tenant\":\"okta\",\"app\":\"Salesforce\",%s",
                 rows[i][0] + 1);
        got = sign_in(box, order);
        cr_expect_str_eq(got, rows[i][1], "%s: %s", order, got);
    }
    cr_expect_str_eq(sign_in(box, "{\"tenant\":\"okta\",\"app\":\"Wiki\",\"groups\":[]}"),
                     "authenticate Catch-all Rule", "other apps have the default policy");
    free(policy);
    wp_box_free(box);
}

/* The session's policy is chosen by groups, and its denial is the last word. */
Test(sandbox, okta_sessions)
{
    struct wp_box *box = new_box();
    char text[400], *policy, *crm = fill_okta(box);
    snprintf(
        text, sizeof text,
        "{\"type\":\"OKTA_SIGN_ON\",\"name\":\"Shops\",\"priority\":1,\"conditions\":{\"people\":{"
        "\"groups\":{\"include\":[\"%s\"]}}}}",
        group_id(box, "Shop Staff@corp.example"));
    policy = make(box, WP_BOX_OKTA, "/api/v1/policies", text);
    snprintf(text, sizeof text, "/api/v1/policies/%s/rules", policy);
    free(make(box, WP_BOX_OKTA, text,
              "{\"type\":\"SIGN_ON\",\"name\":\"no\",\"conditions\":{\"network\":{\"connection\":"
              "\"ANYWHERE\"}},\"actions\":{\"signon\":{\"access\":\"DENY\"}}}"));
    cr_expect_str_eq(sign_in(box, "{\"tenant\":\"okta\",\"app\":\"Salesforce\",\"user\":"
                                  "\"ines@corp.example\",\"ip\":\"198.51.100.9\"}"),
                     "deny no");
    cr_expect_str_eq(sign_in(box, "{\"tenant\":\"okta\",\"app\":\"Salesforce\",\"user\":"
                                  "\"hana@corp.example\",\"ip\":\"198.51.100.9\"}"),
                     "authenticate office");
    free(policy);
    free(crm);
    wp_box_free(box);
}

/* Blocked zones come before any policy; the exempt zone before them. */
Test(sandbox, okta_blocks)
{
    struct wp_box *box = new_box();
    unsigned status;
    const char *id;
    json_t *zone;
    char path[100];
    free(make(box, WP_BOX_OKTA, "/api/v1/zones",
              "{\"type\":\"IP\",\"name\":\"Bad\",\"usage\":\"BLOCKLIST\",\"gateways\":[{\"type\":"
              "\"CIDR\",\"value\":\"203.0.113.0/24\"}]}"));
    cr_expect_str_eq(sign_in(box, "{\"tenant\":\"okta\",\"groups\":[],\"ip\":\"203.0.113.9\"}"),
                     "deny -");
    json_object_foreach(wp_store_all(box->store, WP_OKTA_ZONE), id,
                        zone) if (strcmp(wp_box_text(zone, "name"), "DefaultExemptIpZone") == 0)
        snprintf(path, sizeof path, "/api/v1/zones/%s", id);
    json_decref(call(box, WP_BOX_OKTA, "PUT", path,
                     "{\"type\":\"IP\",\"name\":\"DefaultExemptIpZone\",\"useAsExemptList\":true,"
                     "\"gateways\":[{\"type\":\"CIDR\",\"value\":\"203.0.113.9/32\"}]}",
                     &status));
    cr_assert_eq(status, 200);
    cr_expect_str_eq(sign_in(box, "{\"tenant\":\"okta\",\"groups\":[],\"ip\":\"203.0.113.9\"}"),
                     "authenticate Catch-all Rule");
    cr_expect_str_eq(sign_in(box, "{\"tenant\":\"okta\",\"groups\":[],\"ip\":\"203.0.113.8\"}"),
                     "deny -");
    wp_box_free(box);
}

/* ---- Access decides ------------------------------------------------------------------------- */

/* A rule for the default policy; `rest` ends the object. */
static json_t *
access_rule(const char *name, const char *range, const char *type, const char *group,
            const char *action)
{
    bool is_asked = strcmp(action, "AUTHENTICATE") == 0;
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o}", "name", name, "networkRange", range,
                     "deviceType", type, "groups",
                     group != NULL ? json_pack("[s]", group) : json_array(), "action", action,
                     "authMethods",
                     is_asked ? json_pack("[[s, s], [s]]", "00000000-0000-0000-0000-000000000002",
                                          "00000000-0000-0000-0000-000000000028",
                                          "00000000-0000-0000-0000-000000000008")
                              : json_array());
}

static void
set_base(struct wp_box *box, json_t *rules)
{
    const json_t *base = wp_box_access_base(box);
    char path[200], *body;
    unsigned status;
    json_t *policy =
        json_pack("{s:s, s:o}", "name", "default_access_policy_set", "accessPolicyRules", rules);
    json_t *answer;
    snprintf(path, sizeof path, WP_ACCESS_JERSEY "/accessPolicies/%s", wp_box_text(base, "uuid"));
    body = json_dumps(policy, 0);
    answer = call(box, WP_BOX_ACCESS, "PUT", path, body, &status);
    cr_assert_eq(status, 200, "%s", body);
    json_decref(answer);
    json_decref(policy);
    free(body);
}

static const char *
access_group(struct wp_box *box, const char *name)
{
    const char *id;
    json_t *group;
    json_object_foreach(wp_store_all(box->store, WP_ACCESS_BOX_GROUP), id,
                        group) if (strcmp(wp_box_text(group, "displayName"), name) == 0) return id;
    cr_assert_fail("no group %s", name);
    return NULL;
}

Test(sandbox, access_decides)
{
    static const char *const rows[][2] = {
        {"{\"user\":\"finn@corp.example\",\"device\":\"finn-new-iphone\",\"entry\":\"enrollment\"}",
         "authenticate enroll"},
        {"{\"user\":\"eve@corp.example\",\"entry\":\"browser\"}", "deny leavers"},
        {"{\"user\":\"ana@corp.example\",\"device\":\"ana-iphone\",\"entry\":\"native_app\"}",
         "authenticate phones"},
        /* Of several types at once: the first rule of any of them decides. */
        {"{\"user\":\"ana@corp.example\",\"device\":\"ana-ipad\",\"entry\":\"browser\"}",
         "authenticate phones"},
        {"{\"user\":\"ana@corp.example\",\"device\":\"ana-laptop\",\"entry\":\"browser\","
         "\"ip\":\"198.51.100.9\"}",
         "allow office"},
        {"{\"user\":\"ana@corp.example\",\"device\":\"ana-laptop\",\"entry\":\"browser\","
         "\"ip\":\"203.0.113.9\"}",
         "deny -"},
        {"{\"user\":\"ana@corp.example\",\"entry\":\"browser\",\"ip\":\"2001:db8::1\"}", "deny -"},
        {"{\"groups\":[\"Leavers@corp.example\"],\"types\":[\"WEB_BROWSER\"]}", "deny leavers"},
        {"{\"groups\":[],\"types\":[\"MACOS\"]}", "deny -"},
        {"{\"groups\":[],\"entry\":\"hub\",\"device\":{\"platform\":\"ios\"}}",
         "authenticate phones"},
    };
    struct wp_box *box = new_box();
    const char *all = wp_box_access_all_ranges(box);
    char order[400], *office = make(box, WP_BOX_ACCESS, WP_ACCESS_JERSEY "/orgnetworks",
                                    "{\"name\":\"Office\",\"ipAddressRanges\":[{\"from\":"
                                    "\"198.51.100.0\",\"to\":\"198.51.100.255\"}]}");
    json_t *rules = json_array();
    json_array_append_new(rules,
                          access_rule("enroll", all, "DEVICE_ENROLLMENT", NULL, "AUTHENTICATE"));
    json_array_append_new(rules, access_rule("leavers", all, "ALL",
                                             access_group(box, "Leavers@corp.example"), "DENY"));
    json_array_append_new(rules, access_rule("phones", all, "IOS", NULL, "AUTHENTICATE"));
    json_array_append_new(rules, access_rule("office", office, "WEB_BROWSER", NULL, "ALLOW"));
    set_base(box, rules);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got;
        snprintf(order, sizeof order, "{\"tenant\":\"access\",%s", rows[i][0] + 1);
        got = sign_in(box, order);
        cr_expect_str_eq(got, rows[i][1], "%s: %s", order, got);
    }
    free(office);
    wp_box_free(box);
}

/* Who gets through: the chain, then its fallbacks. */
Test(sandbox, access_chains)
{
    static const char *const rows[][3] = {
        {"\"user\":\"ana@corp.example\",\"device\":\"ana-iphone\"", "signed in",
         "Mobile SSO (for iOS)"},
        {"\"user\":\"ana@corp.example\",\"device\":\"ana-laptop\"", "signed in",
         "Password (cloud deployment)"},
        {"\"user\":\"ana@corp.example\",\"device\":\"ana-iphone\",\"outcomes\":{\"Authenticator "
         "App\":\"fail\"}",
         "signed in", "Password (cloud deployment)"},
        {"\"user\":\"ana@corp.example\",\"outcomes\":{\"Password (cloud deployment)\":\"fail\"}",
         "cannot", NULL},
    };
    struct wp_box *box = new_box();
    json_t *rules = json_pack(
        "[o]", access_rule("all", wp_box_access_all_ranges(box), "ALL", NULL, "AUTHENTICATE"));
    set_base(box, rules);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wp_arena *arena = wp_arena_new(NULL, NULL);
        char text[400];
        const char *why, *by;
        json_t *order, *decision;
        snprintf(text, sizeof text, "{\"tenant\":\"access\",%s}", rows[i][0]);
        order = json_loads(text, 0, NULL);
        decision = wp_box_signin(box, arena, order, &why);
        by = json_string_value(
            json_array_get(json_array_get(json_object_get(decision, "by"), 0), 0));
        cr_expect_str_eq(wp_box_text(decision, "outcome"), rows[i][1], "%s", text);
        cr_expect_str_eq(by != NULL ? by : "-", rows[i][2] != NULL ? rows[i][2] : "-", "%s", text);
        json_decref(decision);
        json_decref(order);
        wp_arena_free(arena);
    }
    wp_box_free(box);
}
