#include "tests/unit/access_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/emit/access/access.h"
#include "compiler/facts.h"
#include "compiler/walk.h"
#include "tests/unit/random_policy.h"

#define GROUPS 4
#define APPS 3
#define NETWORKS 4

static const char *const prefixes[] = {
    "10.0.0.0/8",      "10.8.0.0/16", "10.8.3.0/28", "198.51.100.0/24", "198.51.100.128/25",
    "0.0.0.0/1",       "203.0.113.7", "0.0.0.0",     "255.255.255.255", "10.8.0.0 .. 10.9.0.7",
    "198.51.100.7/32", "128.0.0.0/1",
};
#define PREFIXES (sizeof prefixes / sizeof *prefixes)
static const char *const addresses[] = {
    "0.0.0.0",      "0.0.0.1",      "9.255.255.255",   "10.0.0.0",        "10.7.255.255",
    "10.8.0.0",     "10.8.3.0",     "10.8.3.15",       "10.8.3.16",       "10.9.0.7",
    "10.9.0.8",     "11.0.0.0",     "127.255.255.255", "128.0.0.0",       "198.51.100.7",
    "198.51.100.8", "198.51.100.0", "198.51.100.127",  "198.51.100.128",  "198.51.101.0",
    "203.0.113.6",  "203.0.113.7",  "203.0.113.8",     "255.255.255.254", "255.255.255.255",
    "2001:db8::1",  NULL,
};
#define ADDRESSES (sizeof addresses / sizeof *addresses)
static const char *const device_sets[] = {
    "ios + ipados",
    "android",
    "macos",
    "windows",
    "browser",
    "hub_app",
    "ios + ipados + android",
    "macos + windows + browser",
    "browser + macos",
};
#define SETS (sizeof device_sets / sizeof *device_sets)
static const char *const chains[] = {
    "password",
    "password then authenticator_app",
    "mobile_sso_ios else password then (authenticator_app or fido2)",
    "(password or password_uem) then (duo or fido2 or authenticator_app)",
    "password_local",
    "at_gate else password",
};
#define CHAINS (sizeof chains / sizeof *chains)

struct writer {
    uint64_t state;
    FILE *file;
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

static void
say_leaf(struct writer *w, bool is_default)
{
    switch (pick(w, 8)) {
    case 0:
    case 1:
        say(w, "network in N%u", pick(w, NETWORKS));
        break;
    case 2:
        say(w, "not network in N%u", pick(w, NETWORKS));
        break;
    case 3:
    case 4:
        if (is_default && pick(w, 5) == 0)
            say(w, "device in enrollment");
        else if (pick(w, 6) == 0)
            say(w, "not device in %s", device_sets[pick(w, 4)]);
        else if (pick(w, 5) == 0)
            say(w, "(device in browser or entry in browser and device in ios + ipados + android + "
                   "macos + windows)");
        else
            say(w, "device in %s", device_sets[pick(w, SETS)]);
        break;
    case 5:
        if (pick(w, 4) == 0)
            say(w, "not group in G%u", pick(w, GROUPS));
        else if (is_default && pick(w, 4) == 0)
            say(w, "app in A%u", pick(w, APPS));
        else
            say(w, "group in {G%u, G%u}", pick(w, GROUPS), pick(w, GROUPS));
        break;
    default:
        say(w, "group in G%u", pick(w, GROUPS));
        break;
    }
}

static void
say_action(struct writer *w)
{
    static const char *const messages[] = {"", "", " \"Come & see <us>\""};

    if (pick(w, 3) == 0)
        say(w, " deny%s\n", messages[pick(w, 3)]);
    else if (pick(w, 6) == 0)
        say(w, " allow\n");
    else if (pick(w, 2) == 0)
        say(w, " authenticate %s every %uh%s\n", chains[pick(w, CHAINS)], 1 + pick(w, 90),
            messages[pick(w, 3)]);
    else
        say(w, " authenticate %s\n", chains[pick(w, CHAINS)]);
}

static void
say_policy(struct writer *w, const char *head, bool is_default)
{
    uint32_t rules = pick(w, 5);

    say(w, "policy %s {\n", head);
    for (uint32_t i = 0; i < rules; i++) {
        uint32_t parts = pick(w, 4);
        say(w, "  rule %sr%u", pick(w, 12) == 0 ? "report " : "", i);
        for (uint32_t k = 0; k < parts; k++) {
            say(w, k == 0 ? " when " : pick(w, 6) == 0 ? " or " : " and ");
            say_leaf(w, is_default);
        }
        say_action(w);
    }
    if (pick(w, 4) > 0) {
        say(w, "  otherwise");
        say_action(w);
    }
    say(w, "}\n");
}

char *
access_random_source(uint64_t seed)
{
    char *text = NULL;
    size_t size = 0;
    struct writer w = {.state = seed, .file = open_memstream(&text, &size)};

    say(&w, "tenant Portal { kind = access }\n"
            "method at_gate {\n  label = \"Badge\"\n  factors = {possession}\n"
            "  access {\n    label = \"Badge at the gate\"\n    resolved = by_label\n  }\n}\n");
    for (uint32_t i = 0; i < NETWORKS; i++)
        say(&w, "network N%u = %s %c %s\n", i, prefixes[pick(&w, PREFIXES)],
            pick(&w, 3) ? '+' : '-', prefixes[pick(&w, PREFIXES)]);
    say(&w, "group G0 = \"All Staff@corp.example\"\ngroup G1\n"
            "group G2 = \"Field@corp.example\" { access = \"Field Service@corp.example\" }\n"
            "group G3\napp A0 = \"Sales Force\"\napp A1 { access = \"Pay/Roll\" }\napp A2\n");
    say_policy(&w, "Main is default", true);
    if (pick(&w, 2))
        say_policy(&w, "Other for A0, A1", false);
    (void)fclose(w.file);
    return text;
}

/* ---- sign-ins ------------------------------------------------------------------------ */

void
access_random_sign_in(uint64_t *state, struct access_sign_in *sign_in)
{
    static const char *const devices[] = {"ios",     "ipados",  "android",           "macos",
                                          "windows", "browser", "hub_app",           "enrollment",
                                          "linux",   NULL,      "windows_enrollment"};
    static const char *const names[] = {"All Staff@corp.example", "G1",
                                        "Field Service@corp.example", "G3"};
    static const char *const apps[] = {"Sales Force", "Pay/Roll", "A2", NULL};

    *sign_in = (struct access_sign_in){.address = addresses[random_below(state, ADDRESSES)],
                                       .device = devices[random_below(state, 11)],
                                       .app = apps[random_below(state, 4)]};
    for (uint32_t i = 0; i < 4; i++) {
        if (random_below(state, 3) == 0)
            sign_in->groups[sign_in->group_count++] = names[i];
    }
    sign_in->in_browser = random_below(state, 2) == 0;
    sign_in->platform = devices[random_below(state, 5)];
    /* Enrollment opens no app, and happens in no browser. */
    if (sign_in->device && strstr(sign_in->device, "enrollment")) {
        sign_in->app = NULL;
        sign_in->in_browser = false;
    }
}

void
access_request(struct wp_arena *arena, const struct wp_model *model,
               const struct access_sign_in *sign_in, struct wp_request *request)
{
    wp_request_init(request);
    if (sign_in->address)
        (void)wp_request_set_address(request, sign_in->address);
    if (sign_in->device)
        wp_request_set_device(model, request, sign_in->device);
    if (sign_in->app)
        wp_request_set_app(model, request,
                           strcmp(sign_in->app, "Pay/Roll") == 0      ? "A1"
                           : strcmp(sign_in->app, "Sales Force") == 0 ? "A0"
                                                                      : sign_in->app);
    if (sign_in->in_browser)
        wp_request_set_entry(request, "browser");
    for (size_t i = 0; i < sign_in->group_count; i++)
        wp_request_add_group(arena, model, request,
                             strcmp(sign_in->groups[i], "Field Service@corp.example") == 0
                                 ? "G2"
                                 : sign_in->groups[i]);
}

/* ---- what the tenant decides ------------------------------------------------------------ */

/* The device types of the console that a sign-in is. */
static bool
is_type(const struct access_sign_in *sign_in, const char *label)
{
    static const char *const table[][2] = {
        {"ios", "iOS"},
        {"ipados", "iOS"},
        {"android", "Android"},
        {"macos", "macOS"},
        {"windows", "Windows 10"},
        {"browser", "Web Browser"},
        {"hub_app", "Apps on Workspace ONE Intelligent Hub"},
        {"enrollment", "Device Enrollment"},
        {"windows_enrollment", "Windows 10 Enrollment"},
    };

    if (strcmp(label, "All Device Types") == 0)
        return true;
    for (size_t i = 0; sign_in->device && i < sizeof table / sizeof *table; i++) {
        if (strcmp(sign_in->device, "hub_app") == 0 &&
            strcmp(table[i][0], sign_in->platform) == 0 && strcmp(table[i][1], label) == 0)
            return true;
        if (strcmp(table[i][0], sign_in->device) != 0)
            continue;
        if (strcmp(table[i][1], label) == 0)
            return true;
        if (i < 5 && sign_in->in_browser && strcmp(label, "Web Browser") == 0)
            return true;
    }
    return false;
}

static bool
is_in_range(const struct wp_state *state, const char *key, const char *text)
{
    const struct wp_object *range = wp_state_find(state, key);
    struct wp_address address, low, high;
    size_t i;
    json_t *pair;

    if (strcmp(key, "range/ALL RANGES") == 0)
        return true;
    if (!range || !text || !wp_address_parse(text, &address, NULL) || address.is_v6)
        return false;
    json_array_foreach(json_object_get(range->body, "pairs"), i, pair)
    {
        (void)wp_address_parse(json_string_value(json_array_get(pair, 0)), &low, NULL);
        (void)wp_address_parse(json_string_value(json_array_get(pair, 1)), &high, NULL);
        if (low.v4 <= address.v4 && address.v4 <= high.v4)
            return true;
    }
    return false;
}

static bool
is_member(const struct wp_state *state, const json_t *groups, const struct access_sign_in *sign_in)
{
    size_t i;
    json_t *group;

    if (!groups)
        return true;
    json_array_foreach(groups, i, group)
    {
        const struct wp_object *object = wp_state_find(state, wp_reference_key(group));
        for (size_t k = 0; object && k < sign_in->group_count; k++) {
            if (strcmp(object->name, sign_in->groups[k]) == 0)
                return true;
        }
    }
    return false;
}

const json_t *
access_decide(const struct wp_state *state, const struct access_sign_in *sign_in)
{
    const char *key = "policy/default_access_policy_set";
    const struct wp_object *policy;
    size_t i;
    json_t *rule;

    for (size_t k = 0; k < state->count && sign_in->app; k++) {
        const struct wp_object *object = state->items[k];
        if (strcmp(object->kind, "binding") == 0 && strcmp(object->name, sign_in->app) == 0)
            key = wp_reference_key(json_object_get(object->body, "policy"));
    }
    policy = wp_state_find(state, key);
    if (!policy)
        return NULL;
    json_array_foreach(json_object_get(policy->body, "rules"), i, rule)
    {
        if (is_in_range(state, wp_reference_key(json_object_get(rule, "range")),
                        sign_in->address) &&
            is_type(sign_in, json_string_value(json_object_get(rule, "device"))) &&
            is_member(state, json_object_get(rule, "groups"), sign_in))
            return rule;
    }
    return NULL;
}

/* ---- both as texts ------------------------------------------------------------------------ */

static const char *
chains_text(struct wp_arena *arena, const json_t *list)
{
    const char *text = "";
    size_t i, k;
    json_t *chain, *method;

    json_array_foreach(list, i, chain)
    {
        json_array_foreach(chain, k, method) text =
            wp_format(arena, "%s%s%s", text,
                      k   ? ">"
                      : i ? "|"
                          : "",
                      strchr(wp_reference_key(method), '/') + 1);
    }
    return text;
}

const char *
access_rule_text(struct wp_arena *arena, const json_t *rule)
{
    const json_t *reauth = json_object_get(rule, "reauth_s");
    const char *message = json_string_value(json_object_get(rule, "message"));

    if (!rule)
        return "deny  -1 ";
    return wp_format(arena, "%s %s %lld %s", json_string_value(json_object_get(rule, "action")),
                     chains_text(arena, json_object_get(rule, "chains")),
                     reauth ? (long long)json_integer_value(reauth) : -1, message ? message : "");
}

const char *
access_walk_text(struct wp_arena *arena, const struct wp_session *session,
                 const struct wp_request *request)
{
    static const char *const words[] = {
        [WP_DENY] = "deny", [WP_ALLOW] = "allow", [WP_AUTHENTICATE] = "authenticate"};
    struct wp_verdict verdict;
    const char *text = "";

    wp_walk(session->model, request, &verdict);
    if (verdict.chain != WP_NONE) {
        json_t *list = wp_access_chains(session, &session->model->chains[verdict.chain]);
        text = chains_text(arena, list);
        json_decref(list);
    }
    return wp_format(arena, "%s %s %lld %s", words[verdict.effect], text,
                     verdict.reauth_seconds == WP_NO_REAUTH ? -1
                                                            : (long long)verdict.reauth_seconds,
                     verdict.message ? verdict.message : "");
}

struct wp_session
access_session(struct wp_arena *arena, const struct wp_model *model)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;

    while ((tenant = wp_declaration_next(model, WP_DECL_TENANT, &walk)) != NULL) {
        if (strcmp(wp_tenant_kind(tenant), "access") == 0)
            break;
    }
    return (struct wp_session){
        .arena = arena, .model = model, .tenant = tenant, .kind = &wp_tenant_access};
}
