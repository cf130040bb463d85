/* Reading a tenant's observation map, and seeing with it. */
#include "compiler/emit/observe.h"

#include <string.h>

#include "compiler/analysis/traits.h"
#include "compiler/check/predicate.h"
#include "compiler/facts.h"

/* ---- reading: what devices are taken for ------------------------------------------ */

/* The postures of the entries that an attribute names; all without it. */
static uint64_t
postures_of(const struct wp_attribute *attributes)
{
    static const char *const entries[WP_ENTRY_COUNT] = {"", "browser", "native_app", "hub",
                                                        "okta_mobile"};
    const struct wp_attribute *entry = wp_attribute_find(attributes, "entry");
    uint64_t postures = 0;

    if (entry == NULL)
        return WP_POSTURE_ALL;
    for (unsigned p = 0; p < WP_POSTURE_COUNT; p++) {
        unsigned e = wp_posture_entry(p);
        if (e != WP_ENTRY_NONE && wp_value_holds(entry->value, entries[e]))
            postures |= UINT64_C(1) << p;
    }
    return postures;
}

static void
read_mistake(struct wp_observer *observer, const struct wp_session *session, uint32_t device)
{
    const struct wp_declaration *declaration = session->model->devices[device].declaration;
    const struct wp_attribute *seen =
        declaration == NULL
            ? NULL
            : wp_seen_find(declaration->attributes, session->tenant, session->kind->name);
    const struct wp_attribute *as = seen == NULL ? NULL : wp_attribute_find(seen->attributes, "as");

    if (as == NULL)
        return;
    for (uint32_t i = 1; i < session->model->device_count; i++)
        if (wp_value_holds(as->value, session->model->devices[i].name))
            observer->mistakes[device] =
                (struct wp_mistake){.as = i,
                                    .postures = postures_of(seen->attributes),
                                    .cite = wp_attribute_text(seen->attributes, "cite", NULL),
                                    .steps = wp_attribute_text(seen->attributes, "steps", NULL)};
}

/* ---- reading: what issues take away -------------------------------------------------- */

static bool
app_meets(const struct wp_thing *app, const struct wp_attribute *line)
{
    struct wp_path path = wp_path_split(line->key->text);
    const struct wp_attribute *said =
        app == NULL || app->declaration == NULL
            ? NULL
            : wp_attribute_find(app->declaration->attributes, path.second);

    if (said == NULL)
        return false;
    bool holds = wp_value_meets(said->value, line->op, line->value, false) == WP_TRUE;
    return holds != line->negated;
}

static bool
is_about_app(const struct wp_attribute *line)
{
    struct wp_path path = wp_path_split(line->key->text);

    return path.second != NULL && strcmp(path.first, "app") == 0;
}

/* The lines of the pattern that say where the issue is, not which rules it bears on. */
static bool
applies(const struct wp_session *session, const struct wp_attribute *lines,
        const struct wp_thing *app)
{
    struct wp_fact_question question;
    const struct wp_value *value;

    for (const struct wp_attribute *line = lines; line != NULL; line = line->next) {
        if (line->kind != WP_WHERE)
            continue;
        if (is_about_app(line)) {
            if (!app_meets(app, line))
                return false;
        } else if (wp_fact_question_read(session->model, line, &question)) {
            if (session->tenant == NULL ||
                strcmp(question.kind, wp_tenant_kind(session->tenant)) != 0 ||
                wp_fact_meets(session->model, session->tenant, line, &question, &value) != WP_TRUE)
                return false;
        }
    }
    return true;
}

static void
read_loss(struct wp_observer *observer, const struct wp_session *session,
          const struct wp_declaration *issue)
{
    const struct wp_attribute *observe =
        wp_block_find(issue->attributes, "observe", session->kind->name);
    uint32_t apps = session->model->app_count;
    struct wp_loss *loss = &observer->losses[observer->loss_count];
    bool any = false;

    if (observe == NULL)
        return;
    const struct wp_attribute *devices = wp_attribute_find(observe->attributes, "devices");
    const struct wp_attribute *loses = wp_attribute_find(observe->attributes, "loses");
    if (loses == NULL)
        return;
    loss->devices = devices == NULL ? UINT64_MAX : wp_device_mask(session->model, devices->value);
    loss->postures = postures_of(observe->attributes);
    loss->managed = wp_value_holds(loses->value, "managed");
    loss->compliant = wp_value_holds(loses->value, "compliant");
    loss->cite = wp_attribute_text(issue->attributes, "cite", NULL);
    loss->apps = wp_alloc_array(session->arena, (size_t)apps + 1, sizeof *loss->apps);
    for (uint32_t i = 0; i <= apps; i++) {
        loss->apps[i] =
            applies(session, issue->attributes, i < apps ? &session->model->apps[i] : NULL);
        any = any || loss->apps[i];
    }
    observer->loss_count += any;
}

static void
read_losses(struct wp_observer *observer, const struct wp_session *session)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *issue;
    size_t count = 0;

    while (wp_declaration_next(session->model, WP_DECL_ISSUE, &walk) != NULL)
        count++;
    observer->losses = wp_alloc_array(session->arena, count + 1, sizeof *observer->losses);
    walk = (struct wp_declaration_walk){0};
    while ((issue = wp_declaration_next(session->model, WP_DECL_ISSUE, &walk)) != NULL)
        read_loss(observer, session, issue);
}

void
wp_observer_init(struct wp_observer *observer, const struct wp_session *session)
{
    *observer = (struct wp_observer){.model = session->model,
                                     .sight = {UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    if (session->kind->sight != NULL)
        session->kind->sight(session, &observer->sight);
    for (uint32_t i = 1; i < session->model->device_count; i++)
        read_mistake(observer, session, i);
    read_losses(observer, session);
}

/* ---- seeing ------------------------------------------------------------------------------ */

static uint32_t
without(uint32_t posture, bool managed, bool compliant)
{
    return wp_posture(wp_posture_entry(posture), wp_posture_risk(posture),
                      wp_posture_compliant(posture) && !compliant,
                      wp_posture_managed(posture) && !managed);
}

static bool
holds(const struct wp_loss *loss, const struct wp_model *model, uint32_t app)
{
    return loss->apps[app < model->app_count ? app : model->app_count];
}

struct wp_observed
wp_observe(const struct wp_observer *observer, uint32_t device, uint32_t posture, uint32_t app)
{
    struct wp_observed seen = {.device = device, .posture = posture};

    for (uint32_t i = 0; i < observer->loss_count; i++) {
        const struct wp_loss *loss = &observer->losses[i];
        uint32_t left = without(seen.posture, loss->managed, loss->compliant);
        if (!(loss->devices >> device & 1) || !(loss->postures >> posture & 1) ||
            !holds(loss, observer->model, app) || left == seen.posture)
            continue;
        seen.posture = left;
        seen.loss = loss;
    }
    if (device >= observer->model->device_count)
        return seen;
    if (observer->mistakes[device].as != 0 &&
        (observer->mistakes[device].postures >> posture & 1)) {
        seen.device = observer->mistakes[device].as;
        seen.mistake = &observer->mistakes[device];
    }
    if (!(observer->sight.devices >> seen.device & 1))
        seen.device = 0;
    seen.posture = without(seen.posture, !(observer->sight.managed >> seen.device & 1),
                           !(observer->sight.compliant >> seen.device & 1));
    return seen;
}

bool
wp_observe_alike(const struct wp_observer *observer, uint32_t app, uint32_t other)
{
    for (uint32_t i = 0; i < observer->loss_count; i++)
        if (holds(&observer->losses[i], observer->model, app) !=
            holds(&observer->losses[i], observer->model, other))
            return false;
    return true;
}
