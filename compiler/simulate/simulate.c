#include "compiler/simulate/simulate.h"

#include <string.h>

#include "compiler/emit/decides.h"
#include "compiler/emit/tenant.h"
#include "compiler/facts.h"
#include "compiler/simulate/parts.h"
#include "compiler/walk.h"

struct play {
    struct wp_arena *arena;
    const struct wp_scene_setting *setting;
    const struct wp_model *model;
    struct wp_scene *scene;
};

/* ---- words ----------------------------------------------------------------------- */

const char *
wp_scene_end_word(enum wp_scene_end end)
{
    static const char *const words[] = {
        [WP_SCENE_SIGNED_IN] = "signed in",
        [WP_SCENE_DENIED] = "denied",
        [WP_SCENE_NOT_PASSED] = "not passed",
    };
    return words[end];
}

const char *
wp_scene_step_word(enum wp_scene_step_kind kind)
{
    static const char *const words[] = {
        [WP_SCENE_OPENS] = "opens",           [WP_SCENE_SEES] = "sees",
        [WP_SCENE_DECIDES] = "decides",       [WP_SCENE_PASSES] = "passes",
        [WP_SCENE_FAILS] = "fails",           [WP_SCENE_NOT_USABLE] = "not usable",
        [WP_SCENE_FALLS_BACK] = "falls back", [WP_SCENE_ENROLLS] = "enrolls",
        [WP_SCENE_NOTES] = "notes",           [WP_SCENE_ENDS] = "ends",
    };
    return words[kind];
}

void
wp_scene_add(struct wp_arena *arena, struct wp_scene *scene, enum wp_scene_step_kind kind,
             const char *method, const char *cite, const char *text)
{
    if (scene->count == scene->capacity) {
        const size_t room = scene->capacity == 0 ? 16 : scene->capacity * 2;
        struct wp_scene_step *steps = wp_alloc_array(arena, room, sizeof *steps);
        if (scene->count > 0)
            memcpy(steps, scene->steps, scene->count * sizeof *steps);
        scene->steps = steps;
        scene->capacity = room;
    }
    scene->steps[scene->count++] =
        (struct wp_scene_step){.kind = kind, .text = text, .method = method, .cite = cite};
}

static void
say(const struct play *play, enum wp_scene_step_kind kind, const char *cite, const char *text)
{
    wp_scene_add(play->arena, play->scene, kind, NULL, cite, text);
}

static const char *
label_of(const struct wp_thing *thing)
{
    if (thing->declaration == NULL)
        return thing->name;
    return wp_attribute_text(thing->declaration->attributes, "label", thing->name);
}

const char *
wp_scene_duration(struct wp_arena *arena, uint64_t seconds)
{
    static const struct {
        uint64_t size;
        const char *unit;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t i = 0;
    while (seconds % units[i].size != 0)
        i++;
    const uint64_t count = seconds / units[i].size;
    return wp_format(arena, "%llu %s%s", (unsigned long long)count,
                     seconds == 0 ? "seconds" : units[i].unit,
                     count == 1 || seconds == 0 ? "" : "s");
}

/* ---- who decides ------------------------------------------------------------------- */

/* Only what can be written to holds policies. */
static bool
is_deciding_kind(const struct wp_declaration *tenant)
{
    return wp_tenant_kind_find(wp_tenant_kind(tenant)) != NULL;
}

/* The only tenant that decides the policy, of those that name what they decide or of
 * those that do not; NULL when there is none or several. */
static const struct wp_declaration *
only_tenant(const struct play *play, uint32_t policy, bool by_name)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant, *found = NULL;
    size_t count = 0;
    while ((tenant = wp_declaration_next(play->model, WP_DECL_TENANT, &walk)) != NULL) {
        if (!is_deciding_kind(tenant) ||
            (wp_attribute_find(tenant->attributes, "decides") != NULL) != by_name ||
            !wp_tenant_decides(tenant, &play->model->policies[policy]))
            continue;
        found = tenant;
        count++;
    }
    return count == 1 ? found : NULL;
}

/* The tenant that holds the policy: the one that is asked for, or that names it, or
 * that holds all. */
static const struct wp_declaration *
tenant_of(const struct play *play, uint32_t policy)
{
    if (play->setting->tenant != NULL || policy == WP_NONE)
        return play->setting->tenant;
    const struct wp_declaration *named = only_tenant(play, policy, true);
    return named != NULL ? named : only_tenant(play, policy, false);
}

static const char *
rule_name(const struct wp_model *model, const struct wp_verdict *verdict)
{
    if (verdict->rule == WP_NONE)
        return "otherwise";
    return model->policies[verdict->policy].rules[verdict->rule].name;
}

static const char *
effect_text(const struct play *play, const struct wp_verdict *verdict)
{
    if (verdict->groups_incomplete)
        return "denies, since the groups are listed incompletely";
    if (verdict->effect == WP_AUTHENTICATE)
        return "asks to authenticate";
    if (verdict->effect == WP_ALLOW)
        return "allows";
    return verdict->message == NULL ? "denies"
                                    : wp_format(play->arena, "denies: \"%s\"", verdict->message);
}

static void
say_verdict(const struct play *play, const struct wp_declaration *tenant,
            const struct wp_verdict *verdict)
{
    if (verdict->policy == WP_NONE) {
        say(play, WP_SCENE_DECIDES, NULL, "No policy applies: it is denied");
        return;
    }
    const char *where =
        tenant == NULL ? "" : wp_format(play->arena, " in tenant '%s'", tenant->name->text);
    const char *what = verdict->rule == WP_NONE
                           ? "'otherwise'"
                           : wp_format(play->arena, "rule '%s'", rule_name(play->model, verdict));
    say(play, WP_SCENE_DECIDES, NULL,
        wp_format(play->arena, "Policy '%s'%s, %s %s", play->model->policies[verdict->policy].name,
                  where, what, effect_text(play, verdict)));
}

/* ---- chains --------------------------------------------------------------------------- */

static bool
pass_step(const struct play *play, const struct wp_step *step, const struct wp_request *request)
{
    for (uint32_t i = 0; i < step->count; i++)
        if (wp_scene_try(play->arena, play->setting, step->methods[i], request, play->scene))
            return true;
    return false;
}

static bool
pass_chain(const struct play *play, const struct wp_model_chain *chain,
           const struct wp_request *request)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        const struct wp_alternative *alternative = &chain->alternatives[i];
        uint32_t passed = 0;
        while (passed < alternative->count && pass_step(play, &alternative->steps[passed], request))
            passed++;
        if (passed == alternative->count)
            return true;
        if (i + 1 < chain->count)
            say(play, WP_SCENE_FALLS_BACK, NULL, "The next alternative of the chain is tried");
    }
    return false;
}

/* ---- one sign-in ------------------------------------------------------------------------ */

static const char *
opened_text(const struct play *play, const struct wp_request *request)
{
    const struct wp_scene_setting *setting = play->setting;
    const struct wp_model *model = play->model;
    const char *entry[WP_ENTRY_COUNT] = {"", " in a browser", " in its app", " in Intelligent Hub",
                                         " from Okta Mobile"};
    const char *app =
        request->app == WP_NONE
            ? "signs in"
            : wp_format(play->arena, "opens %s%s", label_of(&model->apps[request->app]),
                        setting->from_home ? " on the Okta home page" : "");
    const char *device =
        request->device == 0
            ? "a device that is not told"
            : wp_format(play->arena, "%s (%s)", label_of(&model->devices[request->device]),
                        request->managed ? "managed" : "not managed");
    return wp_format(play->arena, "%s %s%s on %s%s%s", setting->who ? setting->who : "Somebody",
                     app, entry[request->entry], device, setting->ip ? " from " : "",
                     setting->ip ? setting->ip : "");
}

static void
say_session(const struct play *play, const struct wp_verdict *verdict)
{
    say(play, WP_SCENE_ENDS, NULL,
        verdict->reauth_seconds == WP_NO_REAUTH || verdict->effect != WP_AUTHENTICATE
            ? "Signed in"
            : wp_format(play->arena, "Signed in; asked again after %s",
                        wp_scene_duration(play->arena, verdict->reauth_seconds)));
}

/* What guides tell of such a sign-in and no rule decides: the lock icon. */
static void
say_notes(const struct play *play, const struct wp_declaration *tenant,
          const struct wp_request *seen)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *issue;
    while (tenant != NULL &&
           (issue = wp_declaration_next(play->model, WP_DECL_ISSUE, &walk)) != NULL)
        if (wp_scene_is_told(play->setting, tenant, issue, seen))
            say(play, WP_SCENE_NOTES, wp_attribute_text(issue->attributes, "cite", NULL),
                issue->title == NULL ? issue->name->text : issue->title->text);
}

/* From deciding on; `request` is the truth. Sets how it ends. */
static void
sign_in(const struct play *play, const struct wp_request *request, struct wp_verdict *verdict)
{
    struct wp_request seen = *request;
    const struct wp_declaration *tenant = tenant_of(play, wp_walk_policy(play->model, request));
    wp_scene_see(play->arena, play->setting, tenant, &seen, play->scene);
    wp_walk(play->model, &seen, verdict);
    play->scene->policy = verdict->policy;
    play->scene->rule = verdict->rule;
    say_verdict(play, tenant, verdict);
    say_notes(play, tenant, &seen);
    if (verdict->effect == WP_DENY) {
        play->scene->end = WP_SCENE_DENIED;
        say(play, WP_SCENE_ENDS, NULL, "Denied");
        return;
    }
    if (verdict->effect == WP_AUTHENTICATE &&
        !pass_chain(play, &play->model->chains[verdict->chain], request)) {
        play->scene->end = WP_SCENE_NOT_PASSED;
        say(play, WP_SCENE_ENDS, NULL, "No alternative of the chain is left: not signed in");
        return;
    }
    play->scene->end = WP_SCENE_SIGNED_IN;
    say_session(play, verdict);
}

/* ---- enrollment ----------------------------------------------------------------------------- */

/* The device type as which it enrolls, 0 when it does not. */
static uint32_t
enrolling_device(const struct wp_model *model, uint32_t device)
{
    const struct wp_declaration *declaration = model->devices[device].declaration;
    const char *name = device == 0 || declaration == NULL
                           ? NULL
                           : wp_attribute_text(declaration->attributes, "enrolls_as", NULL);
    for (uint32_t i = 1; name != NULL && i < model->device_count; i++)
        if (strcmp(model->devices[i].name, name) == 0)
            return i;
    return 0;
}

/* Enrolls the device of *request: afterwards it is managed. */
static bool
enroll(const struct play *play, struct wp_request *request)
{
    struct wp_request asked = *request;
    struct wp_verdict verdict;
    const uint32_t device = enrolling_device(play->model, request->device);
    if (device == 0) {
        say(play, WP_SCENE_ENROLLS, NULL,
            "The device is none that enrolls through Intelligent Hub");
        return false;
    }
    asked.device = device;
    asked.app = WP_NONE;
    asked.entry = WP_ENTRY_HUB;
    asked.managed = asked.compliant = false;
    say(play, WP_SCENE_ENROLLS, NULL,
        wp_format(play->arena, "%s enrolls the device through Intelligent Hub",
                  play->setting->who ? play->setting->who : "The person"));
    sign_in(play, &asked, &verdict);
    if (play->scene->end != WP_SCENE_SIGNED_IN)
        return false;
    request->managed = true;
    play->scene->enrolled = true;
    say(play, WP_SCENE_ENROLLS, NULL,
        wp_format(play->arena, "The device is enrolled after %s",
                  wp_scene_duration(play->arena, play->setting->enrollment_time)));
    return true;
}

/* Whether the same on a managed device would not be denied: whom a denial sends to
 * enroll. */
static bool
would_help(const struct play *play, const struct wp_request *request)
{
    struct wp_request managed = *request;
    struct wp_verdict verdict;
    if (request->managed || enrolling_device(play->model, request->device) == 0)
        return false;
    managed.managed = true;
    wp_walk(play->model, &managed, &verdict);
    return verdict.effect != WP_DENY;
}

/* A native app that was waiting for the enrollment. */
static bool
has_waited_too_long(const struct play *play, const struct wp_request *request)
{
    const struct wp_declaration *issue;
    const struct wp_declaration *tenant = tenant_of(play, wp_walk_policy(play->model, request));
    const uint64_t limit = wp_scene_limit(play->model, tenant, request, &issue);
    if (limit == 0 || play->setting->enrollment_time <= limit)
        return false;
    say(play, WP_SCENE_NOTES, wp_attribute_text(issue->attributes, "cite", NULL),
        wp_format(play->arena,
                  "The app waited for %s and no longer: single sign-on fails with an "
                  "error, and the person opens the app again",
                  wp_scene_duration(play->arena, limit)));
    return true;
}

void
wp_simulate(struct wp_arena *arena, const struct wp_scene_setting *setting,
            const struct wp_request *request, struct wp_scene *scene)
{
    const struct play play = {arena, setting, setting->model, scene};
    struct wp_request at_hand = *request;
    struct wp_verdict verdict;
    *scene = (struct wp_scene){.policy = WP_NONE, .rule = WP_NONE};
    if (setting->enrolls_first && (!enroll(&play, &at_hand) || request->app == WP_NONE))
        return;
    say(&play, WP_SCENE_OPENS, NULL, opened_text(&play, &at_hand));
    sign_in(&play, &at_hand, &verdict);
    if (scene->end != WP_SCENE_DENIED || setting->enrolls_first || !would_help(&play, &at_hand))
        return;
    say(&play, WP_SCENE_NOTES, "D10", "On an enrolled device it would be let in");
    if (!enroll(&play, &at_hand))
        return;
    scene->timed_out = has_waited_too_long(&play, &at_hand);
    say(&play, WP_SCENE_OPENS, NULL, opened_text(&play, &at_hand));
    sign_in(&play, &at_hand, &verdict);
}
