/* Wording of steps; what they say comes from declarations. */
#include "compiler/cli/device_steps.h"

#include <string.h>

#include "compiler/address.h"
#include "compiler/analysis/point.h"
#include "compiler/analysis/text.h"
#include "compiler/facts.h"
#include "compiler/network.h"

#define MOST_STEPS 12

struct steps {
    const struct wp_real_sign_in *sign_in;
    const char **list;
    size_t count;
};

static void
add(struct steps *steps, const char *text)
{
    steps->list[steps->count++] = text;
}

static const char *
said(const struct wp_thing *thing, const char *key)
{
    return thing->declaration == NULL
               ? NULL
               : wp_attribute_text(thing->declaration->attributes, key, NULL);
}

const char *
wp_device_label(const struct wp_model *model, uint32_t device)
{
    if (device == 0 || device >= model->device_count)
        return NULL;
    const char *label = said(&model->devices[device], "label");
    return label == NULL ? model->devices[device].name : label;
}

/* ---- who, and what with ---------------------------------------------------------------- */

static void
add_user(struct steps *steps)
{
    const struct wp_real_sign_in *s = steps->sign_in;
    struct wp_text text = {.arena = s->arena};
    size_t count = 0;

    if (s->point->user != WP_NONE)
        wp_text_printf(&text, "Take the user %s", s->model->users[s->point->user]);
    else
        wp_text_add(&text, "Take a test user");
    for (; s->groups[count] != NULL; count++)
        wp_text_printf(&text, "%s%s", count == 0 ? " who is in " : " and in ", s->groups[count]);
    wp_text_add(&text, count == 0 ? " who is in no group that the policies name."
                                  : ", and in no other group that the policies name.");
    add(steps, text.bytes);
}

const char *
wp_indefinite_article(const char *noun)
{
    return strchr("AEIOUaeiou", *noun) == NULL || *noun == '\0' ? "a" : "an";
}

static void
add_device(struct steps *steps)
{
    const struct wp_real_sign_in *s = steps->sign_in;
    const char *label = wp_device_label(s->model, s->point->device);
    struct wp_text text = {.arena = s->arena};
    bool managed = wp_posture_managed(s->point->posture);

    if (label == NULL)
        wp_text_add(&text, "Take a device of none of the types that the policies name");
    else
        wp_text_printf(&text, "Take %s %s", wp_indefinite_article(label), label);
    if (s->traits->managed || managed)
        wp_text_printf(&text, " that UEM %s", managed ? "manages" : "does not manage");
    if (s->traits->compliant || wp_posture_compliant(s->point->posture))
        wp_text_printf(&text, "%s it %s compliant", s->traits->managed || managed ? ", and" : ";",
                       wp_posture_compliant(s->point->posture) ? "must be" : "must not be");
    wp_text_add(&text, ".");
    add(steps, text.bytes);
}

/* What makes a tenant take it for another. */
static void
add_disguise(struct steps *steps)
{
    const struct wp_real_sign_in *s = steps->sign_in;

    for (int i = 0; i < 2; i++) {
        struct wp_observed seen =
            wp_observe(s->eyes[i], s->point->device, s->point->posture, s->point->app);
        if (seen.mistake == NULL || seen.mistake->steps == NULL)
            continue;
        add(steps, wp_format(s->arena, "%s.", seen.mistake->steps));
        return;
    }
}

/* ---- from where ---------------------------------------------------------------------------- */

static void
add_network(struct steps *steps)
{
    const struct wp_real_sign_in *s = steps->sign_in;
    char text[WP_ADDRESS_TEXT];
    struct wp_address address = {s->point->family == WP_FAMILY_V6, s->point->v4, s->point->v6};
    struct wp_text names = {.arena = s->arena};

    if (s->point->family == WP_FAMILY_ABSENT || !s->traits->network)
        return;
    wp_address_text(&address, text);
    for (uint32_t i = 0; i < s->model->named_network_count; i++) {
        const struct wp_named_network *named = &s->model->named_networks[i];
        if (names.length < 80 && wp_point_is_in(&s->model->networks[named->network], s->point))
            wp_text_printf(&names, "%s%s", names.length > 0 ? ", " : "", named->name);
    }
    add(steps, names.length > 0
                   ? wp_format(s->arena, "Connect it so that its address is %s, which is in %s.",
                               text, names.bytes)
                   : wp_format(s->arena,
                               "Connect it so that its address is %s, which is in no network that "
                               "the policy names.",
                               text));
}

static void
add_risk(struct steps *steps)
{
    static const char *const risks[WP_RISK_COUNT] = {"low", "medium", "high"};
    const struct wp_real_sign_in *s = steps->sign_in;

    if (s->traits->risk)
        add(steps, wp_format(s->arena, "The sign-in must be one whose risk is rated %s.",
                             risks[wp_posture_risk(s->point->posture)]));
}

/* ---- how it begins ----------------------------------------------------------------------------
 */

static const char *
app_text(const struct wp_real_sign_in *s)
{
    const struct wp_thing *app = s->point->app == WP_NONE ? NULL : &s->model->apps[s->point->app];

    if (app == NULL)
        return "an app that the policies do not name";
    const char *label = said(app, "label");
    return label == NULL ? app->name : label;
}

static void
add_entry(struct steps *steps)
{
    const struct wp_real_sign_in *s = steps->sign_in;
    const struct wp_thing *device = &s->model->devices[s->point->device];
    const char *app = app_text(s), *browser = NULL;

    if (s->point->device != 0)
        browser = said(device, "browser");
    if (browser == NULL)
        browser = "a browser";
    switch (wp_posture_entry(s->point->posture)) {
    case WP_ENTRY_NATIVE_APP:
        add(steps, wp_format(s->arena, "Open the native app of %s and sign in.", app));
        break;
    case WP_ENTRY_HUB:
        add(steps, wp_format(s->arena, "Open Intelligent Hub, and in it %s.", app));
        break;
    case WP_ENTRY_OKTA_MOBILE:
        add(steps, wp_format(s->arena, "Open Okta Mobile, and in it %s.", app));
        break;
    default:
        add(steps, wp_format(s->arena, "Open %s, go to %s and sign in.", browser, app));
        break;
    }
}

const char *const *
wp_device_steps(const struct wp_real_sign_in *sign_in)
{
    struct steps steps = {.sign_in = sign_in};

    steps.list = wp_alloc_array(sign_in->arena, MOST_STEPS, sizeof *steps.list);
    add_user(&steps);
    add_device(&steps);
    add_disguise(&steps);
    add_network(&steps);
    add_risk(&steps);
    add_entry(&steps);
    return (const char *const *)steps.list;
}
