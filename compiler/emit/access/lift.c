/*
 * What an Access tenant decides, as a woapol source.
 *
 * The app's policy alone decides, else the default one. Rules are tried from the
 * top; the first whose range, device type and groups match decides; where none
 * matches, access is denied. A range holds IPv4 addresses; ALL RANGES holds
 * everything. A rule for browsers matches the browser sign-ins of iPhones, iPads,
 * Android devices and computers as well, whichever rule stands first. The chains of
 * a rule are tried in order: when one fails or cannot be used, the next.
 */
#include "compiler/emit/access/lift.h"
#include "compiler/emit/plain_text.h"

#include "compiler/facts.h"

#include <string.h>

/* ---- conditions -------------------------------------------------------------------- */

/* "ios + ipados" */
static const char *
devices_of(struct wp_lift *lift, uint64_t mask)
{
    const char *text = "";

    for (uint32_t i = 1; i < lift->model->device_count; i++) {
        if (mask >> i & 1)
            text = wp_format(lift->arena, "%s%s%s", text, *text ? " + " : "",
                             lift->model->devices[i].name);
    }
    return text;
}

static const char *
device_condition(struct wp_lift *lift, const char *label)
{
    const struct wp_access_types *types = &lift->types;
    uint64_t also = 0;
    uint32_t at = 0;

    while (at < types->count && strcmp(types->items[at].label, label) != 0)
        at++;
    if (at == types->count) {
        lift->fault = wp_format(lift->arena, "its device type %s is not known", label);
        return NULL;
    }
    for (uint32_t i = 0; i < types->count; i++) {
        if (types->items[i].also >> at & 1)
            also |= types->items[i].mask;
    }
    if (!also)
        return wp_format(lift->arena, "device in %s", devices_of(lift, types->items[at].mask));
    return wp_format(lift->arena, "(device in %s or entry in browser and device in %s)",
                     devices_of(lift, types->items[at].mask), devices_of(lift, also));
}

static const char *
group_condition(struct wp_lift *lift, const json_t *groups)
{
    const char *text = "";
    size_t i;
    json_t *group;

    json_array_foreach(groups, i, group)
    {
        const char *key = wp_reference_key(group);
        const char *name = key ? wp_lift_name(lift, key) : NULL;
        if (!name) {
            lift->fault = "it names a group that the tenant does not have";
            return NULL;
        }
        text = wp_format(lift->arena, "%s%s%s", text, i ? ", " : "", name);
    }
    return wp_format(lift->arena, "group in {%s}", text);
}

static bool
is_all_ranges(const json_t *rule)
{
    const char *key = wp_reference_key(json_object_get(rule, "range"));

    return key && strcmp(strchr(key, '/') + 1, WP_ACCESS_ALL_RANGES) == 0;
}

/* The parts of a rule's condition that restrict, joined; "" for none. *never: no
 * address is in its range. */
static const char *
condition_of(struct wp_lift *lift, const json_t *rule, bool *never)
{
    const char *device = json_string_value(json_object_get(rule, "device"));
    const char *range = wp_reference_key(json_object_get(rule, "range"));
    const json_t *groups = json_object_get(rule, "groups");
    const char *parts[3] = {NULL}, *text = "";

    *never = false;
    if (!range || !wp_state_find(lift->state, range))
        lift->fault = "its network range is not known";
    else if (!is_all_ranges(rule)) {
        const char *name = wp_lift_name(lift, range);
        *never = name == NULL;
        if (name)
            parts[0] = wp_format(lift->arena, "network in %s", name);
    }
    if (device && strcmp(device, WP_ACCESS_ANY_DEVICE) != 0)
        parts[1] = device_condition(lift, device);
    if (groups)
        parts[2] = group_condition(lift, groups);
    for (size_t i = 0; i < 3; i++) {
        if (parts[i])
            text = wp_format(lift->arena, "%s%s%s", text, *text ? " and " : "", parts[i]);
    }
    return text;
}

/* ---- rules ----------------------------------------------------------------------------- */

static void
say_every(struct wp_lift *lift, json_int_t seconds)
{
    static const struct {
        json_int_t seconds;
        char letter;
    } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    size_t i = 0;

    while (seconds % units[i].seconds != 0)
        i++;
    wp_lift_say(lift, " every %lld%c", (long long)(seconds / units[i].seconds), units[i].letter);
}

/* What HTML takes for one: a line break in a message is a space. */
static const char *
in_one_line(struct wp_lift *lift, const char *message)
{
    char *line = wp_copy_text(lift->arena, message, strlen(message));

    for (char *c = line; *c; c++) {
        if (*c == '\t' || *c == '\n' || *c == '\r')
            *c = ' ';
    }
    return line;
}

static void
say_action(struct wp_lift *lift, const char *policy, const char *called, const json_t *rule)
{
    const char *action = json_string_value(json_object_get(rule, "action"));
    const char *message = json_string_value(json_object_get(rule, "message"));
    const json_t *reauth = json_object_get(rule, "reauth_s");

    if (!message)
        message = json_string_value(json_object_get(rule, "message_html"));
    if (!action || *action == '?')
        lift->fault = "its action is not known";
    wp_lift_say(lift, " %s", action ? action : "?");
    if (action && strcmp(action, "authenticate") == 0)
        wp_lift_chains(lift, policy, called, json_object_get(rule, "chains"));
    if (json_is_integer(reauth))
        say_every(lift, json_integer_value(reauth));
    if (message)
        wp_lift_say(lift, " %s", wp_lift_quoted(lift, in_one_line(lift, message)));
    wp_lift_say(lift, "\n");
}

static void
say_rule(struct wp_lift *lift, const struct wp_object *policy, const json_t *rule, size_t number,
         bool is_last)
{
    const char *called = json_string_value(json_object_get(rule, "name")), *name;
    const char *when;
    bool never;

    if (!called || !*called)
        called = wp_format(lift->arena, "rule_%zu", number);
    if (json_is_true(json_object_get(rule, "disabled"))) {
        wp_lift_say(lift, "  // disabled: '%s'\n", wp_plain_text(lift->arena, called));
        return;
    }
    if (json_is_true(json_object_get(rule, "next")))
        lift->fault = "it leads on to the next rule when authentication fails";
    when = condition_of(lift, rule, &never);
    if (never) {
        wp_lift_say(lift, "  // no address is in its range: '%s'\n",
                    wp_plain_text(lift->arena, called));
        return;
    }
    if (is_last && !*when && strncmp(called, "otherwise", 9) == 0) {
        wp_lift_say(lift, "  otherwise");
    } else {
        name = wp_lift_identifier(lift, wp_format(lift->arena, "rule %s/%s", policy->name, called),
                                  wp_format(lift->arena, "rule %s", policy->name), called);
        wp_lift_say(lift, "  rule %s%s%s", name, *when ? " when " : "", when);
    }
    say_action(lift, policy->name, called, rule);
}

/* ---- policies ---------------------------------------------------------------------------- */

/* The apps that are bound to the policy, as names; "" for none. */
static const char *
apps_of(struct wp_lift *lift, const struct wp_object *policy)
{
    const char *text = "";

    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *binding = lift->state->items[i];
        const char *key, *name;
        if (strcmp(binding->kind, "binding") != 0)
            continue;
        key = wp_reference_key(json_object_get(binding->body, "policy"));
        name = wp_lift_name(lift, wp_state_key(lift->arena, "app", NULL, binding->name));
        if (key && name && strcmp(key, policy->key) == 0)
            text = wp_format(lift->arena, "%s%s%s", text, *text ? ", " : "", name);
    }
    return text;
}

static const char *
default_name(const struct wp_lift *lift)
{
    const struct wp_model *model = lift->session->model;

    return model && model->default_policy != WP_NONE ? model->policies[model->default_policy].name
                                                     : "Default";
}

static bool
say_policy(struct wp_lift *lift, const struct wp_object *policy)
{
    const json_t *rules = json_object_get(policy->body, "rules");
    const char *apps = policy->system ? "" : apps_of(lift, policy), *name;
    size_t i, count = json_array_size(rules);
    json_t *rule;

    if (!policy->system && !*apps) {
        wp_lift_say(lift, "\n// No app is bound to policy '%s'.\n",
                    wp_plain_text(lift->arena, policy->name));
        return true;
    }
    name = wp_lift_identifier(lift, policy->key, "policy",
                              policy->system ? default_name(lift) : policy->name);
    wp_lift_say(lift, "\npolicy %s %s%s {\n", name, policy->system ? "is default" : "for ", apps);
    json_array_foreach(rules, i, rule)
    {
        const char *called = json_string_value(json_object_get(rule, "name"));
        lift->fault = NULL;
        say_rule(lift, policy, rule, i + 1, i + 1 == count);
        if (lift->fault)
            return wp_problem_set(lift->problem, WP_PROBLEM_FAILED,
                                  "what rule '%s' of policy '%s' does cannot be told: %s",
                                  wp_plain_text(lift->arena, called ? called : ""),
                                  wp_plain_text(lift->arena, policy->name), lift->fault);
    }
    wp_lift_say(lift, "}\n");
    return true;
}

static bool
check_bindings(struct wp_lift *lift)
{
    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *binding = lift->state->items[i];
        const char *key;
        if (strcmp(binding->kind, "binding") != 0)
            continue;
        key = wp_reference_key(json_object_get(binding->body, "policy"));
        if (!key)
            return wp_problem_set(lift->problem, WP_PROBLEM_FAILED,
                                  "app '%s' is bound to a policy that the tenant does not list",
                                  binding->name);
    }
    return true;
}

/* The tenant, so that what was lifted can be planned against it. */
static void
say_tenant(struct wp_lift *lift)
{
    static const char *const keys[] = {"url", "profile"};
    const struct wp_declaration *tenant = lift->session->tenant;

    wp_lift_say(lift, "tenant %s {\n  kind = access\n", tenant ? tenant->name->text : "Portal");
    for (size_t i = 0; tenant && i < 2; i++) {
        const char *text = wp_attribute_text(tenant->attributes, keys[i], NULL);
        if (text)
            wp_lift_say(lift, "  %s = %s\n", keys[i], wp_lift_quoted(lift, text));
    }
    wp_lift_say(lift, "}\n");
}

static bool
say_all(struct wp_lift *lift)
{
    wp_access_types_init(&lift->types, lift->arena, lift->model);
    say_tenant(lift);
    wp_lift_declare(lift);
    if (!check_bindings(lift))
        return false;
    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *object = lift->state->items[i];
        if (strcmp(object->kind, "policy") == 0 && !say_policy(lift, object))
            return false;
    }
    return !lift->odd || wp_problem_set(lift->problem, WP_PROBLEM_FAILED,
                                        "'%s' cannot be said: control characters stand where the "
                                        "question marks are; rename it in the tenant",
                                        lift->odd);
}

/* ---- the standard library, where there is no source ------------------------------------------ */

static const char *
read_nothing(void *context, struct wp_arena *arena, const char *path, size_t *length,
             const char **reason)
{
    static const char text[] = "policy P is default { otherwise deny }\n";

    (void)context, (void)arena, (void)path, (void)reason;
    *length = sizeof text - 1;
    return text;
}

bool
wp_access_lift(const struct wp_session *session, const struct wp_state *state,
               struct wp_buffer *source, struct wp_problem *problem)
{
    const struct wp_reader reader = {.read = read_nothing};
    const struct wp_compile_options options = {.reader = &reader, .today = -1};
    struct wp_lift lift = {.arena = session->arena,
                           .session = session,
                           .model = session->model,
                           .state = state,
                           .out = source,
                           .problem = problem};
    struct wp_compilation library;
    bool right;

    if (lift.model)
        return say_all(&lift);
    if (wp_compile(&library, "library.woapol", &options))
        lift.model = library.model;
    right = lift.model ? say_all(&lift)
                       : wp_problem_set(problem, WP_PROBLEM_FAILED,
                                        "the standard library does not compile");
    wp_compilation_end(&library);
    return right;
}
