/* The steps: what of an org is set in its console alone. */
#include "compiler/emit/okta/runbook.h"

#include <string.h>

#include "compiler/facts.h"

struct steps {
    const struct wp_session *session;
    const struct wp_state *state; /* with app rules */
    json_t *array;
};

static json_t *
add_step(struct steps *steps, const char *title, const char *place, const char *after)
{
    json_t *step =
        json_pack("{s:s, s:s, s:[], s:s}", "title", title, "place", place, "do", "after", after);
    (void)json_array_append_new(steps->array, step);
    return step;
}

static void
add_line(json_t *step, json_t *line)
{
    (void)json_array_append_new(json_object_get(step, "do"), line);
}

/* ---- conditions, as an export has them ------------------------------------------------ */

static const char *
name_of(const struct steps *steps, const json_t *reference)
{
    const struct wp_object *object = wp_state_find(steps->state, wp_reference_key(reference));
    return object == NULL ? "" : object->name;
}

/* Puts the names of a list of references under `key`, unless there are none. */
static void
put_names(const struct steps *steps, json_t *expect, const char *key, const json_t *references)
{
    json_t *names = json_array();
    const json_t *reference;
    size_t i;

    json_array_foreach(references, i, reference)(void)
        json_array_append_new(names, json_string(name_of(steps, reference)));
    if (i > 0)
        (void)json_object_set(expect, key, names);
    json_decref(names);
}

static const char *
platform_name(const json_t *platform)
{
    static const struct {
        const char *type, *os, *name;
    } names[] = {{"MOBILE", "IOS", "iOS"},
                 {"MOBILE", "ANDROID", "Android"},
                 {"MOBILE", "OTHER", "Other mobile"},
                 {"DESKTOP", "WINDOWS", "Windows"},
                 {"DESKTOP", "MACOS", "macOS"},
                 {"DESKTOP", "OTHER", "Other desktop"}};
    const char *type = json_string_value(json_object_get(platform, "type"));
    const char *os = json_string_value(json_object_get(json_object_get(platform, "os"), "type"));

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(type, names[i].type) == 0 && strcmp(os, names[i].os) == 0)
            return names[i].name;
    return "Other desktop";
}

static void
put_platforms(json_t *expect, const json_t *platforms)
{
    json_t *names = json_array();
    const json_t *platform;
    size_t i;

    json_array_foreach(platforms, i, platform)(void)
        json_array_append_new(names, json_string(platform_name(platform)));
    if (i > 0)
        (void)json_object_set(expect, "platforms", names);
    json_decref(names);
}

/* A rule as an export has it. */
static json_t *
expected_rule(const struct steps *steps, const struct wp_object *rule)
{
    const json_t *conditions = json_object_get(rule->body, "conditions");
    const json_t *people = json_object_get(conditions, "people");
    const json_t *groups = json_object_get(people, "groups"),
                 *users = json_object_get(people, "users");
    const json_t *network = json_object_get(conditions, "network");
    json_t *expect = json_pack("{s:s}", "name", rule->name);
    bool allows = strcmp(json_string_value(json_object_get(rule->body, "access")), "ALLOW") == 0;

    put_names(steps, expect, "groups", json_object_get(groups, "include"));
    put_names(steps, expect, "except_groups", json_object_get(groups, "exclude"));
    put_names(steps, expect, "users", json_object_get(users, "include"));
    put_names(steps, expect, "except_users", json_object_get(users, "exclude"));
    put_names(steps, expect, "in_zones", json_object_get(network, "include"));
    put_names(steps, expect, "not_in_zones", json_object_get(network, "exclude"));
    put_platforms(expect, json_object_get(json_object_get(conditions, "platform"), "include"));
    if (json_object_get(conditions, "device") != NULL)
        (void)json_object_set_new(expect, "device_trust", json_string("TRUSTED"));
    (void)json_object_set_new(expect, "access", json_string(allows ? "ALLOW" : "DENY"));
    if (allows) {
        (void)json_object_set(expect, "factor", json_object_get(rule->body, "factor"));
        (void)json_object_set(expect, "reauthenticate_minutes",
                              json_object_get(rule->body, "reauthenticate_minutes"));
    }
    return expect;
}

/* ---- conditions, for people ---------------------------------------------------------------- */

static void
say_list(json_t *step, const json_t *expect, const char *key, const char *text)
{
    const json_t *names = json_object_get(expect, key), *name;
    size_t i;

    if (names == NULL)
        return;
    json_t *line = json_string(text);
    json_array_foreach(names, i, name)
    {
        json_t *longer = json_sprintf("%s%s%s", json_string_value(line), i == 0 ? " " : ", ",
                                      json_string_value(name));
        json_decref(line);
        line = longer;
    }
    add_line(step, line);
}

static void
say_outcome(json_t *step, const json_t *expect)
{
    const json_t *minutes = json_object_get(expect, "reauthenticate_minutes");
    bool allows = strcmp(json_string_value(json_object_get(expect, "access")), "ALLOW") == 0;
    bool factor = json_is_true(json_object_get(expect, "factor"));

    add_line(step, json_sprintf("Access: sign-on is %s", allows ? "Allowed" : "Denied"));
    if (!allows)
        return;
    if (json_is_integer(minutes))
        add_line(step, json_sprintf("Prompt for re-authentication: on, every %lld minutes",
                                    (long long)json_integer_value(minutes)));
    else
        add_line(step, json_string("Prompt for re-authentication: off"));
    if (!factor)
        add_line(step, json_string("Prompt for factor: off"));
    else if (json_is_integer(minutes))
        add_line(step, json_sprintf("Prompt for factor: on, every %lld minutes",
                                    (long long)json_integer_value(minutes)));
    else
        add_line(step, json_string("Prompt for factor: on, once per session"));
}

static void
say_rule(json_t *step, const json_t *expect)
{
    bool trusted = json_object_get(expect, "device_trust") != NULL;

    if (json_object_get(expect, "groups") == NULL && json_object_get(expect, "users") == NULL)
        add_line(step, json_string("People: users assigned this app"));
    say_list(step, expect, "groups", "People: the following groups:");
    say_list(step, expect, "users", "People: the following users:");
    say_list(step, expect, "except_groups", "People: exclude the groups:");
    say_list(step, expect, "except_users", "People: exclude the users:");
    say_list(step, expect, "in_zones", "Location: in zone:");
    say_list(step, expect, "not_in_zones", "Location: not in zone:");
    if (json_object_get(expect, "in_zones") == NULL &&
        json_object_get(expect, "not_in_zones") == NULL)
        add_line(step, json_string("Location: anywhere"));
    add_line(step, json_string(trusted ? "Client: Web browser and Modern Authentication client only"
                                       : "Client: all"));
    say_list(step, expect, "platforms", "Client platform:");
    if (json_object_get(expect, "platforms") == NULL)
        add_line(step, json_string("Client platform: all"));
    add_line(step, json_string(trusted ? "Device Trust: Trusted" : "Device Trust: Any"));
    say_outcome(step, expect);
}

/* ---- app sign-on rules --------------------------------------------------------------------------
 */

/* The app of an object app_rule/<app>/<rule>, as its key has it. */
static size_t
owner_length(const struct wp_object *rule)
{
    return strcspn(rule->key + strlen("app_rule/"), "/");
}

static bool
same_owner(const struct wp_object *a, const struct wp_object *b)
{
    size_t length = owner_length(a);
    return length == owner_length(b) && strncmp(a->key, b->key, strlen("app_rule/") + length) == 0;
}

/* The app's name, its escapes undone. */
static const char *
owner_name(const struct steps *steps, const struct wp_object *rule)
{
    const char *key = rule->key + strlen("app_rule/");
    size_t length = owner_length(rule);

    for (size_t i = 0; i < steps->state->count; i++) {
        const struct wp_object *app = steps->state->items[i];
        if (strcmp(app->kind, "app") == 0 && strlen(app->key) == strlen("app/") + length &&
            strncmp(app->key + strlen("app/"), key, length) == 0)
            return app->name;
    }
    return WP_OKTA_OTHER_APPS;
}

static void
add_rule_step(struct steps *steps, const struct wp_object *rule, const char *app, size_t position)
{
    struct wp_arena *arena = steps->session->arena;
    const char *place =
        wp_format(arena, "Applications > %s > Sign On > Sign On Policy > Add Rule", app);
    const char *title = wp_format(arena, "%s: rule %zu, '%s'", app, position, rule->name);
    const char *after =
        wp_format(arena, "'%s' stands at position %zu of the rules of %s and is active", rule->name,
                  position, app);
    json_t *step = add_step(steps, title, place, after), *expect = expected_rule(steps, rule);

    add_line(step, json_sprintf("Rule name: %s", rule->name));
    say_rule(step, expect);
    add_line(step,
             json_sprintf("Save, and drag it to position %zu if it stands elsewhere", position));
    (void)json_object_set_new(step, "at",
                              json_pack("[s, s, s, i]", "apps", app, "rules", (int)position - 1));
    (void)json_object_set_new(step, "expect", expect);
}

static void
add_app_steps(struct steps *steps, size_t first)
{
    const struct wp_object *rule = steps->state->items[first];
    struct wp_arena *arena = steps->session->arena;
    const char *app = owner_name(steps, rule);
    size_t position = 0;

    for (size_t i = first; i < steps->state->count; i++)
        if (strcmp(steps->state->items[i]->kind, "app_rule") == 0 &&
            same_owner(rule, steps->state->items[i]))
            add_rule_step(steps, steps->state->items[i], app, ++position);
    json_t *step =
        add_step(steps, wp_format(arena, "%s: no other rules", app),
                 wp_format(arena, "Applications > %s > Sign On > Sign On Policy", app),
                 wp_format(arena, "%s has %zu rules and the default rule, which never decides", app,
                           position));
    add_line(step,
             json_string("Remove every rule that is not among the steps above. The default "
                         "rule stays: it cannot be changed, and the last rule stands before it"));
    (void)json_object_set_new(step, "at", json_pack("[s, s, s]", "apps", app, "rule_count"));
    (void)json_object_set_new(step, "expect", json_integer((json_int_t)position));
}

static void
add_apps(struct steps *steps)
{
    const struct wp_object *last = NULL;

    for (size_t i = 0; i < steps->state->count; i++) {
        const struct wp_object *object = steps->state->items[i];
        if (strcmp(object->kind, "app_rule") != 0 || (last != NULL && same_owner(last, object)))
            continue;
        last = object;
        add_app_steps(steps, i);
    }
}

/* ---- device trust
 * ---------------------------------------------------------------------------------- */

static bool
any_rule_asks_for(const struct steps *steps, const char *platform)
{
    for (size_t i = 0; i < steps->state->count; i++) {
        const struct wp_object *object = steps->state->items[i];
        const json_t *conditions = json_object_get(object->body, "conditions"), *item;
        size_t k;
        if (strcmp(object->kind, "app_rule") != 0 || json_object_get(conditions, "device") == NULL)
            continue;
        json_array_foreach(json_object_get(json_object_get(conditions, "platform"), "include"), k,
                           item) if (strcmp(platform_name(item), platform) == 0) return true;
    }
    return false;
}

static void
add_trust(struct steps *steps, const char *platform, const char *provider)
{
    struct wp_arena *arena = steps->session->arena;

    if (!any_rule_asks_for(steps, platform))
        return;
    json_t *step =
        add_step(steps, wp_format(arena, "Device Trust for %s", platform),
                 wp_format(arena, "Security > Device Trust > %s Device Trust > Edit", platform),
                 wp_format(arena, "%s Device Trust is enabled with vendor VMware", platform));
    add_line(step, json_sprintf("Have the Early Access feature turned on: Settings > Features > %s "
                                "Device Trust",
                                platform));
    add_line(step, json_string("Enable, trust is established by: SAML, vendor: VMware"));
    add_line(step, json_sprintf("Identity provider: %s", provider));
    add_line(step, json_string("Enrollment link: where people get Intelligent Hub"));
    (void)json_object_set_new(step, "at", json_pack("[s, s]", "device_trust", platform));
    (void)json_object_set_new(step, "expect",
                              json_pack("{s:b, s:s, s:s}", "enabled", 1, "vendor", "VMware",
                                        "identity_provider", provider));
}

static const char *
provider_name(const struct steps *steps)
{
    const struct wp_attribute *block =
        wp_block_find(steps->session->tenant->attributes, "workspace_one", NULL);
    return block == NULL ? "Workspace ONE"
                         : wp_attribute_text(block->attributes, "label", "Workspace ONE");
}

static void
add_classic_settings(struct steps *steps)
{
    const char *provider = provider_name(steps);

    if (!any_rule_asks_for(steps, "iOS") && !any_rule_asks_for(steps, "Android"))
        return;
    json_t *step =
        add_step(steps, "Workspace ONE tells about devices", "Security > Identity Providers",
                 "Okta asks Workspace ONE for the device with each sign-in that it sends there");
    add_line(step, json_sprintf("Configure Identity Provider '%s'", provider));
    add_line(step, json_string("Request Authentication Context: Device Trust"));
    (void)json_object_set_new(
        step, "at",
        json_pack("[s, s, s]", "identity_providers", provider, "request_authentication_context"));
    (void)json_object_set_new(step, "expect", json_string("Device Trust"));
    add_trust(steps, "iOS", provider);
    add_trust(steps, "Android", provider);
}

static void
add_posture_provider(struct steps *steps)
{
    const char *provider = provider_name(steps);
    bool needed = false;

    for (size_t i = 0; i < steps->state->count; i++)
        needed = needed || strcmp(steps->state->items[i]->kind, "assurance") == 0;
    if (!needed)
        return;
    json_t *step =
        add_step(steps, "Workspace ONE tells about devices", "Security > Identity Providers",
                 "the identity provider is one for device posture");
    add_line(step, json_sprintf("Configure Identity Provider '%s'", provider));
    add_line(step, json_string("IdP usage: Device posture provider"));
    (void)json_object_set_new(step, "at",
                              json_pack("[s, s, s]", "identity_providers", provider, "usage"));
    (void)json_object_set_new(step, "expect", json_string("Device posture provider"));
    step = add_step(steps, "The device posture provider is active",
                    "Security > Device integrations > Device posture provider",
                    "the integration is active");
    add_line(step, json_string("Activate"));
    (void)json_object_set_new(step, "at",
                              json_pack("[s, s]", "device_integrations", "com.okta.deviceidp"));
    (void)json_object_set_new(step, "expect", json_string("ACTIVE"));
}

/* ---- all
 * -------------------------------------------------------------------------------------------- */

static const char *
first_error(const struct wp_diagnostics *found)
{
    for (const struct wp_diagnostic *f = found->first; f != NULL; f = f->next)
        if (f->severity == WP_ERROR)
            return f->message;
    return "the source cannot be held";
}

json_t *
wp_okta_steps(const struct wp_session *session, struct wp_problem *problem)
{
    const struct wp_plan_options options = {0};
    struct wp_diagnostics found;
    struct wp_state state;
    struct steps steps = {session, &state, NULL};

    wp_state_init(&state, session->arena);
    wp_diagnostics_init(&found, session->arena, session->model->sources);
    if (wp_okta_desire_manual(session, &options, &state, &found)) {
        steps.array = json_array();
        if (wp_okta_is_classic(session))
            add_classic_settings(&steps);
        else
            add_posture_provider(&steps);
        add_apps(&steps);
    } else {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "there are no steps to this policy: %s",
                             first_error(&found));
    }
    wp_state_end(&state);
    return steps.array;
}
