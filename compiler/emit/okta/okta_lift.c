/* The whole of a lifted source: declarations, then a policy for each that decides. */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/decides.h"
#include "compiler/emit/okta/okta_zone.h"
#include "compiler/emit/plain_text.h"
#include "compiler/network.h"
#include "lang/formatter.h"
#include "lang/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing ---------------------------------------------------------------------------- */

void
wp_okta_lift_put(struct wp_okta_lift *lift, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = wp_alloc(lift->arena, (size_t)length + 1);
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    wp_buffer_add(lift->out, text, (size_t)length);
}

void
wp_okta_lift_cannot(struct wp_okta_lift *lift, const char *format, ...)
{
    enum { LONGEST = 400 };
    char what[LONGEST];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    lift->doubts = wp_format(lift->arena, "%s// Okta goes by %s, which woapol cannot say.\n",
                             lift->doubts, wp_plain_text(lift->arena, what));
    (void)wp_problem_set(lift->problem, WP_PROBLEM_FAILED,
                         "%s goes by %s, which cannot be said in woapol: what it decides there is "
                         "not known",
                         lift->where ? lift->where : "the org", wp_plain_text(lift->arena, what));
}

/* ---- rules in order ------------------------------------------------------------------------ */

static int
compare_rules(const void *a, const void *b)
{
    const struct wp_object *const *x = a, *const *y = b;
    json_int_t first = json_integer_value(json_object_get((*x)->body, "priority"));
    json_int_t second = json_integer_value(json_object_get((*y)->body, "priority"));

    if ((*x)->system != (*y)->system)
        return (*x)->system ? 1 : -1;
    return first < second ? -1 : first > second;
}

size_t
wp_okta_rules_of(struct wp_arena *arena, const struct wp_state *state, const char *kind,
                 const char *policy, const struct wp_object ***rules)
{
    const char *prefix = wp_state_key(arena, kind, policy, "");
    size_t count = 0, length = strlen(prefix);

    *rules = wp_alloc_array(arena, state->count + 1, sizeof **rules);
    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *object = state->items[i];
        if (strcmp(object->kind, kind) == 0 && strncmp(object->key, prefix, length) == 0)
            (*rules)[count++] = object;
    }
    qsort(*rules, count, sizeof **rules, compare_rules);
    return count;
}

/* ---- one policy --------------------------------------------------------------------------------
 */

/* What the rule does to those of whom the session asks more, and to others. */
static const char *
action_for(struct wp_okta_lift *lift, const struct wp_object *rule, bool password, bool two)
{
    const json_t *actions = json_object_get(rule->body, "actions");

    lift->asks_password = password;
    lift->asks_two = two;
    const char *action = wp_okta_lift_action(lift, json_object_get(actions, "appSignOn"));
    lift->asks_password = lift->asks_two = false;
    return *lift->doubts ? "deny" : action;
}

/* "A and (session_asks_two_x)", "" for nobody. */
static const char *
asked_of(struct wp_okta_lift *lift, const char *when, bool password, bool two)
{
    const char *text = when;

    if ((password && !lift->password) || (two && !lift->two))
        return "";
    if (password)
        text = wp_format(lift->arena, "%s%s(%s)", text, *text ? " and " : "", lift->password);
    if (two)
        text = wp_format(lift->arena, "%s%s(%s)", text, *text ? " and " : "", lift->two);
    return text;
}

/* Ahead of a rule, the same for those of whom the global session policy asks more
 * than the rule does. */
static void
put_asked(struct wp_okta_lift *lift, const char *kind, const struct wp_object *rule,
          const char *when, const char *usual)
{
    for (int asked = 3; asked > 0; asked--) {
        const char *whom = asked_of(lift, when, asked & 1, asked & 2), *action;
        if (!*whom)
            continue;
        action = action_for(lift, rule, asked & 1, asked & 2);
        if (strcmp(action, usual) != 0)
            wp_okta_lift_put(
                lift, "%srule %s when %s %s\n", lift->doubts,
                wp_okta_lift_name(lift, kind, wp_format(lift->arena, "%d %s", asked, rule->key),
                                  wp_format(lift->arena, "%s_with_session", rule->name)),
                whom, action);
        lift->doubts = "";
    }
}

static void
put_rule(struct wp_okta_lift *lift, const struct wp_object *policy, const struct wp_object *rule)
{
    const char *kind = wp_format(lift->arena, "rule of %s", policy->key);
    const char *status = wp_okta_text(rule->body, "status"), *action, *when, *doubts;

    if (*status && strcmp(status, "ACTIVE") != 0) {
        wp_okta_lift_put(lift, "// rule %s is not active\n",
                         wp_plain_text(lift->arena, rule->name));
        return;
    }
    lift->where = wp_format(lift->arena, "rule %s of policy %s", rule->name, policy->name);
    lift->doubts = "";
    when = wp_okta_lift_conditions(lift, json_object_get(rule->body, "conditions"));
    action = action_for(lift, rule, false, false);
    doubts = lift->doubts;
    if (!*doubts)
        put_asked(lift, kind, rule, when, action);
    if (rule->system)
        wp_okta_lift_put(lift, "%sotherwise %s\n", doubts, action);
    else
        wp_okta_lift_put(lift, "%srule %s%s%s %s\n", doubts,
                         wp_okta_lift_name(lift, kind, rule->key, rule->name),
                         *when ? " when " : "", when, action);
    lift->where = NULL;
    lift->doubts = "";
}

static void
put_policy(struct wp_okta_lift *lift, const struct wp_object *policy, const char *head)
{
    const struct wp_object **rules;
    size_t count = wp_okta_rules_of(lift->arena, lift->state, "rule", policy->name, &rules);

    wp_okta_lift_put(lift, "policy %s {\n", head);
    if (lift->denied)
        wp_okta_lift_put(lift, "rule %s when %s deny\n",
                         wp_okta_lift_name(lift, wp_format(lift->arena, "rule of %s", policy->key),
                                           wp_format(lift->arena, "denied %s", policy->key),
                                           "session_denied"),
                         lift->denied);
    for (size_t i = 0; i < count; i++)
        put_rule(lift, policy, rules[i]);
    if (count == 0 || !rules[count - 1]->system) {
        lift->where = wp_format(lift->arena, "policy %s", policy->name);
        wp_okta_lift_cannot(lift, "a catch-all rule that is not there");
        wp_okta_lift_put(lift, "%sotherwise deny\n", lift->doubts);
        lift->doubts = "";
        lift->where = NULL;
    }
    wp_okta_lift_put(lift, "}\n\n");
}

/* ---- which policies decide which apps -----------------------------------------------------------
 */

static bool
is_decided(const struct wp_okta_lift *lift, uint32_t policy)
{
    const struct wp_model *model = lift->session->model;

    return policy != WP_NONE &&
           (!lift->session->tenant ||
            wp_tenant_decides(lift->session->tenant, &model->policies[policy]));
}

/* Is the app one that the source speaks of, and this tenant decides? Without a
 * source all are. */
bool
wp_okta_lift_governs(const struct wp_okta_lift *lift, const struct wp_object *binding)
{
    const struct wp_model *model = lift->session->model;

    if (!model)
        return true;
    const struct wp_thing *app =
        wp_okta_lift_thing(lift, model->apps, model->app_count, binding->name);
    if (!app)
        return false;
    uint32_t policy = model->app_policy[app - model->apps];
    return is_decided(lift, policy == WP_NONE ? model->default_policy : policy);
}

static bool
is_default_governed(const struct wp_okta_lift *lift)
{
    return !lift->session->model || is_decided(lift, lift->session->model->default_policy);
}

const char *
wp_okta_lift_app_name(struct wp_okta_lift *lift, const struct wp_object *binding)
{
    const struct wp_model *model = lift->session->model;
    const struct wp_thing *app =
        model ? wp_okta_lift_thing(lift, model->apps, model->app_count, binding->name) : NULL;

    return app ? app->name : wp_okta_lift_name(lift, "app", binding->key, binding->name);
}

static const char *
policy_name(struct wp_okta_lift *lift, const struct wp_object *policy)
{
    const struct wp_model *model = lift->session->model;

    if (policy->system && model && is_default_governed(lift))
        return wp_okta_lift_name(lift, "policy", policy->key,
                                 model->policies[model->default_policy].name);
    return wp_okta_lift_name(lift, "policy", policy->key, policy->name);
}

/* The apps of one policy, joined by commas. */
static const char *
apps_of(struct wp_okta_lift *lift, const struct wp_object *policy)
{
    const char *apps = "";

    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *binding = lift->state->items[i];
        const char *bound = strcmp(binding->kind, "binding") == 0
                                ? wp_reference_key(json_object_get(binding->body, "policy"))
                                : NULL;
        if (bound && strcmp(bound, policy->key) == 0 && wp_okta_lift_governs(lift, binding))
            apps = wp_format(lift->arena, "%s%s%s", apps, *apps ? ", " : "",
                             wp_okta_lift_app_name(lift, binding));
    }
    return apps;
}

/* An app whose access policy is not among those that the org shows is decided by
 * nobody knows what. */
static void
put_unknown(struct wp_okta_lift *lift, const struct wp_object *binding)
{
    const json_t *policy = json_object_get(binding->body, "policy");

    if (wp_reference_key(policy) || !wp_okta_lift_governs(lift, binding))
        return;
    lift->where = wp_format(lift->arena, "app %s", binding->name);
    wp_okta_lift_cannot(lift, "the access policy %s, which the org does not show",
                        json_is_string(policy) ? json_string_value(policy) : "");
    wp_okta_lift_put(lift, "policy %s for %s {\n%sotherwise deny\n}\n\n",
                     wp_okta_lift_name(lift, "policy", binding->key,
                                       wp_format(lift->arena, "%s_unknown", binding->name)),
                     wp_okta_lift_app_name(lift, binding), lift->doubts);
    lift->where = NULL;
    lift->doubts = "";
}

static void
put_policies(struct wp_okta_lift *lift)
{
    const char *apps;

    for (size_t i = 0; i < lift->state->count; i++) {
        if (strcmp(lift->state->items[i]->kind, "binding") == 0)
            put_unknown(lift, lift->state->items[i]);
    }

    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *policy = lift->state->items[i];
        if (strcmp(policy->kind, "policy") != 0)
            continue;
        bool is_default = strcmp(policy->key, "policy/" WP_OKTA_DEFAULT_POLICY) == 0;
        if (is_default && is_default_governed(lift))
            put_policy(lift, policy,
                       wp_format(lift->arena, "%s is default", policy_name(lift, policy)));
        else if (*(apps = apps_of(lift, policy)) != '\0')
            put_policy(lift, policy,
                       wp_format(lift->arena, "%s for %s", policy_name(lift, policy), apps));
    }
}

/* ---- names that are given first
 * ------------------------------------------------------------------------ */

static void
name_groups(struct wp_okta_lift *lift)
{
    const struct wp_model *model = lift->session->model;

    for (uint32_t i = 0; model && i < model->group_count; i++)
        (void)json_object_set_new_nocheck(
            lift->taken, wp_format(lift->arena, "group %s", model->groups[i].name), json_true());
    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *group = lift->state->items[i];
        const struct wp_thing *thing;
        if (strcmp(group->kind, "group") != 0)
            continue;
        thing =
            model ? wp_okta_lift_thing(lift, model->groups, model->group_count, group->name) : NULL;
        if (thing)
            (void)json_object_set_new_nocheck(lift->names, group->key, json_string(thing->name));
        else
            (void)wp_okta_lift_name(lift, "group", group->key, group->name);
    }
}

static bool
is_in(const json_t *list, const char *key)
{
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const char *named = wp_reference_key(item);
        if (named && strcmp(named, key) == 0)
            return true;
    }
    return false;
}

/* Does each list of a rule that has the one have the other? */
static bool
go_together(const struct wp_okta_lift *lift, const char *a, const char *b)
{
    for (size_t i = 0; i < lift->state->count; i++) {
        const json_t *conditions = json_object_get(lift->state->items[i]->body, "conditions");
        const json_t *network = json_object_get(conditions, "network");
        const json_t *include = json_object_get(network, "include");
        const json_t *exclude = json_object_get(network, "exclude");
        if (is_in(include, a) != is_in(include, b) || is_in(exclude, a) != is_in(exclude, b))
            return false;
    }
    return true;
}

/* Zones that a network was split into are one network again. */
static void
join_parts(struct wp_okta_lift *lift, const struct wp_object *zone)
{
    for (unsigned part = 2;; part++) {
        const char *name = wp_okta_split_name(lift->arena, zone->name, part);
        const char *key = wp_state_key(lift->arena, "zone", NULL, name);
        const struct wp_object *other = wp_state_find(lift->state, key);
        struct wp_okta_zone read;
        const char *reason;
        if (!other || !wp_okta_zone_read(lift->arena, other->body, &read, &reason) ||
            !go_together(lift, zone->key, key))
            return;
        (void)json_object_set_new_nocheck(lift->zones, zone->key, json_string(zone->key));
        (void)json_object_set_new_nocheck(lift->zones, key, json_string(zone->key));
    }
}

static void
name_zones(struct wp_okta_lift *lift)
{
    struct wp_okta_zone read;
    const char *reason;

    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *zone = lift->state->items[i];
        if (strcmp(zone->kind, "zone") != 0 ||
            !wp_okta_zone_read(lift->arena, zone->body, &read, &reason))
            continue;
        (void)wp_okta_lift_name(lift, "network", zone->key, zone->name);
        join_parts(lift, zone);
    }
}

/* ---- the whole
 * --------------------------------------------------------------------------------------------- */

/* Compiles nothing but the prelude, for its words. */
static const char *
read_nothing(void *context, struct wp_arena *arena, const char *path, size_t *length,
             const char **reason)
{
    static const char text[] = "policy Nothing is default { otherwise deny }\n";

    (void)context;
    (void)arena;
    if (strcmp(path, "words.woapol") != 0) {
        *reason = "No such file or directory";
        return NULL;
    }
    *length = sizeof text - 1;
    return text;
}

static bool
format_source(struct wp_okta_lift *lift, const struct wp_buffer *text, struct wp_buffer *source)
{
    struct wp_arena *arena = lift->arena;
    struct wp_sources sources;
    struct wp_diagnostics list;
    size_t length;

    wp_sources_init(&sources, arena);
    wp_diagnostics_init(&list, arena, &sources);
    uint32_t number =
        wp_sources_add(&sources, "tenant.woapol", (const char *)text->bytes, (uint32_t)text->size);
    struct wp_file *file = wp_parse(&list, wp_names_new(arena), number);
    if (file->has_errors) {
        wp_buffer_add(source, text->bytes, text->size);
        return wp_problem_set(lift->problem, WP_PROBLEM_FAILED,
                              "what the org decides cannot be written down: this is a mistake in "
                              "woapol");
    }
    const char *formatted = wp_format_file(arena, &sources, file, &length);
    wp_buffer_add(source, formatted, length);
    return true;
}

/* Rules come before the declarations of what they turn out to use. */
static bool
write_source(struct wp_okta_lift *lift, struct wp_buffer *source)
{
    struct wp_buffer body = {.arena = lift->arena}, text = {.arena = lift->arena};

    wp_okta_lift_chains(lift);
    lift->assured = json_object();
    name_groups(lift);
    name_zones(lift);
    lift->out = &body;
    wp_okta_lift_session(lift);
    put_policies(lift);
    wp_buffer_add(&body, "", 1);
    lift->out = &text;
    wp_okta_lift_declare(lift, (const char *)body.bytes);
    wp_buffer_add(&text, body.bytes, body.size - 1);
    *(char *)wp_buffer_extend(&text, 1) = '\0';
    text.size--;
    return format_source(lift, &text, source);
}

bool
wp_okta_lift_as(const struct wp_session *session, const struct wp_state *state,
                const struct wp_okta_lift_options *options, struct wp_buffer *source,
                struct wp_problem *problem)
{
    const struct wp_reader reader = {.read = read_nothing};
    const struct wp_compile_options compile = {.reader = &reader, .today = -1};
    struct wp_problem found = {0};
    struct wp_compilation words;
    struct wp_okta_lift lift = {.session = session,
                                .state = state,
                                .words = session->model,
                                .options = *options,
                                .arena = source->arena,
                                .problem = &found,
                                .names = json_object(),
                                .taken = json_object(),
                                .zones = json_object(),
                                .doubts = ""};
    bool ok = true;

    if (!session->model) {
        ok = wp_compile(&words, "words.woapol", &compile);
        lift.words = words.model;
    }
    ok = ok && write_source(&lift, source) && found.kind == WP_PROBLEM_NONE;
    json_decref(lift.names);
    json_decref(lift.taken);
    json_decref(lift.zones);
    json_decref(lift.chains);
    json_decref(lift.assured);
    if (!session->model)
        wp_compilation_end(&words);
    return ok || wp_problem_set(problem, WP_PROBLEM_FAILED, "%s", found.text);
}

bool
wp_okta_lift(const struct wp_session *session, const struct wp_state *state,
             struct wp_buffer *source, struct wp_problem *problem)
{
    const struct wp_okta_lift_options options = {.real_devices = false};

    return wp_okta_lift_as(session, state, &options, source, problem);
}
