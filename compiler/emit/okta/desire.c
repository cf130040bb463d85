/*
 * From a model to the objects of an org.
 *
 * A policy of the source is an access policy, and each app is assigned the one that
 * decides it. Where a policy asks for the app, it becomes several: the apps of each
 * are decided alike. The source's default policy is the org's default access policy.
 * docs/okta.md says what becomes what.
 */
#include "compiler/emit/okta/desire.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compiler/emit/decides.h"
#include "compiler/facts.h"
#include "compiler/members.h"

/* ---- findings ---------------------------------------------------------------------- */

/* The places of findings, each with its kind. */
struct place_said {
    enum wp_diagnostic_kind kind;
    struct wp_span span;
};

struct wp_desire_said {
    struct place_said *items;
    uint32_t count, capacity;
    struct wp_map by_place;
};

static bool
is_said(const void *context, uint32_t number, const void *key)
{
    const struct wp_desire_said *said = context;
    const struct place_said *one = &said->items[number], *asked = key;
    return one->kind == asked->kind && one->span.file == asked->span.file &&
           one->span.start == asked->span.start && one->span.end == asked->span.end;
}

/* The same rule is looked at once for each of its terms and apps. */
static bool
was_said(struct wp_desire *desire, enum wp_diagnostic_kind kind, struct wp_span span)
{
    struct wp_desire_said *said = desire->said;
    const struct place_said asked = {kind, span};
    uint64_t hash = wp_hash_bytes((uint64_t)kind, &span, sizeof span);

    if (wp_map_find(&said->by_place, hash, is_said, said, &asked) != WP_NONE)
        return true;
    if (said->count == said->capacity) {
        uint32_t capacity = said->capacity == 0 ? 16 : said->capacity * 2;
        void *larger = wp_alloc_array(desire->arena, capacity, sizeof *said->items);
        if (said->count > 0)
            memcpy(larger, said->items, said->count * sizeof *said->items);
        said->items = larger;
        said->capacity = capacity;
    }
    said->items[said->count] = asked;
    wp_map_add(&said->by_place, hash, said->count++);
    return false;
}

static void
say(struct wp_desire *desire, enum wp_severity severity, enum wp_diagnostic_kind kind,
    const struct wp_desire_place *place, const char *cure, const char *text)
{
    if (was_said(desire, kind, place->span))
        return;
    struct wp_diagnostic *finding =
        wp_report_as(desire->diagnostics, severity, kind, place->span, "%s", text);
    if (place->policy != NULL)
        finding->policy = place->policy->name;
    if (place->rule != NULL)
        finding->rule = place->rule->name;
    wp_add_note(desire->diagnostics, finding, "this is for the tenant '%s'",
                desire->session->tenant->name->text);
    if (cure != NULL)
        wp_add_help(desire->diagnostics, finding, "%s", cure);
}

enum { TEXT = 512 };

void
wp_desire_refuse(struct wp_desire *desire, enum wp_diagnostic_kind kind,
                 const struct wp_desire_place *place, const char *cure, const char *format, ...)
{
    bool narrows = desire->options != NULL && desire->options->allow_narrowing;
    char text[TEXT];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    desire->failed = desire->failed || !narrows;
    say(desire, narrows ? WP_WARNING : WP_ERROR, kind, place, cure, text);
}

void
wp_desire_fail(struct wp_desire *desire, enum wp_diagnostic_kind kind,
               const struct wp_desire_place *place, const char *cure, const char *format, ...)
{
    char text[TEXT];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    desire->failed = true;
    say(desire, WP_ERROR, kind, place, cure, text);
}

void
wp_desire_note(struct wp_desire *desire, enum wp_diagnostic_kind kind,
               const struct wp_desire_place *place, const char *format, ...)
{
    char text[TEXT];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say(desire, WP_NOTE, kind, place, NULL, text);
}

/* ---- objects -------------------------------------------------------------------------- */

struct wp_object *
wp_desire_add(struct wp_desire *desire, const char *kind, const char *owner, const char *name,
              json_t *body, struct wp_span span)
{
    bool is_new;
    struct wp_object *object = wp_state_add(desire->state, kind, owner, name, NULL, body, &is_new);
    if (is_new)
        object->span = span;
    return object;
}

json_t *
wp_desire_need(struct wp_desire *desire, const char *kind, const char *name, struct wp_span span)
{
    struct wp_object *object = wp_desire_add(desire, kind, NULL, name, json_object(), span);
    object->reference = true;
    return wp_reference(object->key);
}

/* ---- one policy -------------------------------------------------------------------------- */

/* An access policy that a policy of the source becomes, for apps that it decides
 * alike; `app` is one of them. */
struct part {
    const struct wp_policy *policy;
    uint32_t app;
    unsigned number; /* from 1 */
};

static const char *
part_name(struct wp_desire *desire, const struct part *part)
{
    if (part->policy->is_default && part->number == 1)
        return WP_OKTA_DEFAULT_POLICY;
    return wp_okta_split_name(desire->arena, part->policy->name, part->number);
}

static void
add_policy(struct wp_desire *desire, const struct part *part)
{
    const char *name = part_name(desire, part);
    bool is_system = part->policy->is_default && part->number == 1;
    json_t *body = is_system
                       ? json_object()
                       : json_pack("{s:s, s:s}", "description",
                                   "Kept as its source says " WP_OKTA_MARK, "status", "ACTIVE");
    const struct wp_desire_place place = {part->policy->span, part->policy, NULL};

    if (desire->policies++ == WP_OKTA_POLICIES)
        wp_desire_fail(desire, WP_E_OKTA_POLICIES, &place,
                       "let policies of apps that are decided alike be one",
                       "an org holds at most %d access policies", WP_OKTA_POLICIES);
    wp_desire_add(desire, "policy", NULL, name, body, part->policy->span)->system = is_system;
}

static void
add_rules(struct wp_desire *desire, const struct part *part)
{
    const struct wp_policy *policy = part->policy;
    const char *owner = part_name(desire, part);
    struct wp_okta_rules rules;

    wp_desire_lines(desire, policy, part->app, &rules);
    for (uint32_t i = 0; i < rules.count && i <= WP_OKTA_RULES; i++) {
        const struct wp_okta_rule *rule = &rules.items[i];
        const struct wp_okta_line *line = rule->line;
        json_t *body =
            json_pack("{s:i, s:s, s:o, s:o}", "priority", (int)i, "status", "ACTIVE", "conditions",
                      wp_desire_conditions(desire, policy, rule), "actions",
                      wp_desire_actions(desire, policy, line->rule, line->denies));
        (void)wp_desire_add(desire, "rule", owner, rule->name, body, line->rule->span);
    }
    json_t *body =
        json_pack("{s:o}", "actions", wp_desire_actions(desire, policy, &policy->otherwise, false));
    wp_desire_add(desire, "rule", owner, WP_OKTA_CATCH_ALL, body,
                  policy->has_otherwise ? policy->otherwise.span : policy->span)
        ->system = true;
}

/* The Classic Engine: the same rules for one app, the last for everybody. */
static void
add_app_rules(struct wp_desire *desire, const struct part *part, const char *app,
              struct wp_span span)
{
    const struct wp_policy *policy = part->policy;
    struct wp_okta_line *last = wp_alloc(desire->arena, sizeof *last);
    struct wp_okta_rules rules;

    wp_desire_lines(desire, policy, part->app, &rules);
    for (uint32_t i = 0; i < rules.count; i++)
        (void)wp_desire_add(desire, "app_rule", app, rules.items[i].name,
                            wp_desire_classic_rule(desire, policy, &rules.items[i], i + 1),
                            rules.items[i].line->rule->span);
    *last = (struct wp_okta_line){
        .term = {.network = WP_NONE, .devices = desire->devices.seen, .postures = WP_POSTURE_ALL},
        .rule = &policy->otherwise};
    const struct wp_okta_rule otherwise = {.name = "otherwise", .line = last, .risk = -1};
    (void)wp_desire_add(desire, "app_rule", app, otherwise.name,
                        wp_desire_classic_rule(desire, policy, &otherwise, rules.count + 1),
                        policy->has_otherwise ? policy->otherwise.span : span);
}

static const char *
app_name(const struct wp_desire *desire, uint32_t number)
{
    const struct wp_thing *app = &desire->model->apps[number];
    return wp_name_in_tenant(app->declaration, desire->session->tenant,
                             app->directory != NULL ? app->directory : app->name);
}

static void
bind_app(struct wp_desire *desire, const struct part *part, uint32_t number)
{
    const struct wp_thing *app = &desire->model->apps[number];
    const char *name = app_name(desire, number), *policy = part_name(desire, part);

    json_decref(wp_desire_need(desire, "app", name, app->span));
    json_t *body = json_pack("{s:o}", "policy",
                             wp_reference(wp_state_key(desire->arena, "policy", NULL, policy)));
    struct wp_object *object = wp_desire_add(desire, "binding", NULL, name, body, app->span);
    const struct wp_desire_place place = {app->span, part->policy, NULL};
    const char *bound = wp_reference_key(json_object_get(object->body, "policy"));
    if (strcmp(bound, wp_state_key(desire->arena, "policy", NULL, policy)) != 0)
        wp_desire_fail(desire, WP_E_OKTA_NAME, &place, "name one app twice in no two policies",
                       "two apps of the source are '%s' in Okta, and policies decide them "
                       "differently",
                       name);
}

/* ---- apps decided alike ---------------------------------------------------------------------- */

static bool
term_has_app(const struct wp_term *term, uint32_t app)
{
    return term->apps == NULL || wp_members_have(term->apps, app);
}

static bool
are_alike(const struct wp_policy *policy, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < policy->rule_count; i++)
        for (uint32_t k = 0; k < policy->rules[i].term_count; k++)
            if (!policy->rules[i].report && term_has_app(&policy->rules[i].terms[k], a) !=
                                                term_has_app(&policy->rules[i].terms[k], b))
                return false;
    return true;
}

/* The apps that select a policy; for the default one first WP_NONE, which stands for
 * all that the source does not name. */
static uint32_t
apps_of(struct wp_desire *desire, const struct wp_policy *policy, uint32_t **apps)
{
    const struct wp_model *model = desire->model;
    uint32_t count = 0;

    *apps = wp_alloc_array(desire->arena, model->app_count + 1, sizeof **apps);
    if (policy->is_default)
        (*apps)[count++] = WP_NONE;
    for (uint32_t i = 0; i < model->app_count; i++) {
        uint32_t selected = model->app_policy[i];
        if (selected == WP_NONE ? policy->is_default : &model->policies[selected] == policy)
            (*apps)[count++] = i;
    }
    return count;
}

static void
add_parts(struct wp_desire *desire, const struct wp_policy *policy)
{
    uint32_t *apps, count = apps_of(desire, policy, &apps), part_count = 0;
    struct part *parts = wp_alloc_array(desire->arena, count + 1, sizeof *parts);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = 0;
        while (number < part_count && !are_alike(policy, parts[number].app, apps[i]))
            number++;
        if (number == part_count) {
            parts[part_count] = (struct part){policy, apps[i], part_count + 1};
            add_policy(desire, &parts[part_count]);
            add_rules(desire, &parts[part_count++]);
        }
        if (apps[i] != WP_NONE)
            bind_app(desire, &parts[number], apps[i]);
    }
}

/* An app that the source does not name has the rules of the default policy. */
static void
add_apps(struct wp_desire *desire, const struct wp_policy *policy)
{
    uint32_t *apps, count = apps_of(desire, policy, &apps);

    for (uint32_t i = 0; i < count; i++) {
        const struct part part = {policy, apps[i], 1};
        struct wp_span span = policy->span;
        const char *name = WP_OKTA_OTHER_APPS;
        if (apps[i] != WP_NONE) {
            name = app_name(desire, apps[i]);
            span = desire->model->apps[apps[i]].span;
            json_decref(wp_desire_need(desire, "app", name, span));
        }
        add_app_rules(desire, &part, name, span);
    }
}

static void
note_reports(struct wp_desire *desire, const struct wp_policy *policy)
{
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_desire_place place = {policy->rules[i].span, policy, &policy->rules[i]};
        if (policy->rules[i].report)
            wp_desire_note(desire, WP_E_OKTA_REPORT, &place,
                           "Okta has no rules that only report: '%s' is left out",
                           policy->rules[i].name);
    }
}

/* ---- all of them --------------------------------------------------------------------------------
 */

static void
pool_networks(struct wp_desire *desire)
{
    const struct wp_model *model = desire->model;

    wp_networks_init(&desire->pool, desire->arena);
    desire->pooled = wp_alloc_array(desire->arena, model->network_count + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < model->network_count; i++)
        desire->pooled[i] = wp_networks_intern(&desire->pool, &model->networks[i]);
}

static void
add_policies(struct wp_desire *desire)
{
    const struct wp_declaration *tenant = desire->session->tenant;

    for (uint32_t i = 0; i < desire->model->policy_count; i++) {
        const struct wp_policy *policy = &desire->model->policies[i];
        if (!wp_tenant_decides(tenant, policy))
            continue;
        note_reports(desire, policy);
        if (desire->classic)
            add_apps(desire, policy);
        else
            add_parts(desire, policy);
    }
}

/* What people have to do is no part of what is sent. */
static void
remove_manual(struct wp_state *state)
{
    for (size_t i = state->count; i-- > 0;)
        if (strcmp(state->items[i]->kind, "app_rule") == 0)
            wp_state_remove(state, state->items[i]->key);
}

static bool
desire_all(const struct wp_session *session, const struct wp_plan_options *options,
           struct wp_state *state, struct wp_diagnostics *diagnostics)
{
    struct wp_desire desire = {.session = session,
                               .options = options,
                               .model = session->model,
                               .arena = session->arena,
                               .state = state,
                               .diagnostics = diagnostics,
                               .classic = wp_okta_is_classic(session)};

    if (!wp_decides_check(session->model, session->tenant, diagnostics))
        return false;
    desire.said = wp_alloc(session->arena, sizeof *desire.said);
    wp_map_init(&desire.said->by_place, session->arena);
    pool_networks(&desire);
    wp_desire_zones_init(&desire);
    wp_okta_devices_read(session->model, desire.classic, &desire.devices);
    add_policies(&desire);
    wp_desire_identity(&desire);
    return !desire.failed;
}

bool
wp_okta_desire(const struct wp_session *session, const struct wp_plan_options *options,
               struct wp_state *state, struct wp_diagnostics *diagnostics)
{
    bool done = desire_all(session, options, state, diagnostics);

    remove_manual(state);
    return done;
}

bool
wp_okta_desire_manual(const struct wp_session *session, const struct wp_plan_options *options,
                      struct wp_state *state, struct wp_diagnostics *diagnostics)
{
    return desire_all(session, options, state, diagnostics);
}
