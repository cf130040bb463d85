#include "compiler/replay/forecast.h"

#include <string.h>

#include "compiler/facts.h"
#include "compiler/simulate/parts.h"

enum { LOCKS = 1, TIMES_OUT = 2 };

/* ---- signing in twice ------------------------------------------------------------- */

/* A method that another tenant asks for: it demands that this one is its customer. */
static bool
is_elsewhere(const struct wp_thing *method)
{
    for (const struct wp_attribute *line = method->declaration->attributes; line != NULL;
         line = line->next)
        if (line->kind == WP_DEMAND && line->key != NULL &&
            strcmp(line->key->text, "access.okta_idp") == 0)
            return true;
    return false;
}

/* Whether every way through the step asks for something: signals ask for nothing. */
static bool
asks(const struct wp_model *model, const struct wp_step *step)
{
    for (uint32_t i = 0; i < step->count; i++)
        if (wp_method_factors(model->methods[step->methods[i]].declaration) == 0)
            return false;
    return true;
}

static bool
signs_in_elsewhere(const struct wp_model *model, const struct wp_step *step)
{
    for (uint32_t i = 0; i < step->count; i++)
        if (!is_elsewhere(&model->methods[step->methods[i]]))
            return false;
    return step->count > 0;
}

/* The first alternative is the one that most take. */
static bool
is_twice(const struct wp_model *model, const struct wp_model_chain *chain)
{
    bool elsewhere = false;
    uint32_t asked = 0;
    if (chain->count == 0)
        return false;
    const struct wp_alternative *first = &chain->alternatives[0];
    for (uint32_t i = 0; i < first->count; i++) {
        elsewhere = elsewhere || signs_in_elsewhere(model, &first->steps[i]);
        asked += asks(model, &first->steps[i]);
    }
    return elsewhere && asked > 1;
}

static const bool *
find_twice(struct wp_arena *arena, const struct wp_model *model)
{
    bool *twice = wp_alloc_array(arena, (size_t)model->chain_count + 1, sizeof *twice);
    for (uint32_t i = 0; i < model->chain_count; i++)
        twice[i] = is_twice(model, &model->chains[i]);
    return twice;
}

/* ---- apps ---------------------------------------------------------------------------- */

struct run {
    struct wp_forecast *forecast;
    const struct woapol_image *image;
    const struct wp_model *model;
    struct wp_model facts; /* only what lookups need */
    uint32_t *devices;     /* of the model, by number of the image */
};

static uint8_t *
bits_of(const struct wp_forecast *forecast, uint32_t app, uint32_t device, bool managed)
{
    return &forecast->apps[((size_t)app * forecast->device_count + device) * 2 + managed];
}

static bool
is_locked(const struct run *run, const struct wp_declaration *tenant,
          const struct wp_request *request)
{
    const struct wp_scene_setting setting = {.model = &run->facts, .from_home = true};
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *issue;
    while ((issue = wp_declaration_next(&run->facts, WP_DECL_ISSUE, &walk)) != NULL) {
        const struct wp_attribute *tell = wp_block_find(issue->attributes, "tell", NULL);
        if (tell != NULL && wp_attribute_find(tell->attributes, "opened") != NULL &&
            wp_scene_is_told(&setting, tenant, issue, request))
            return true;
    }
    return false;
}

static void
look_at_app(const struct run *run, const struct wp_declaration *tenant, uint32_t app,
            uint32_t model_app)
{
    struct wp_request request;
    const struct wp_declaration *issue;
    wp_request_init(&request);
    request.app = model_app;
    bool times_out = wp_scene_limit(&run->facts, tenant, &request, &issue) > 0;
    for (uint32_t i = 0; i < run->forecast->device_count * 2; i++) {
        request.device = run->devices[i / 2];
        request.managed = i % 2 != 0;
        uint8_t *bits = bits_of(run->forecast, app, i / 2, i % 2 != 0);
        *bits |= times_out ? TIMES_OUT : 0;
        *bits |= is_locked(run, tenant, &request) ? LOCKS : 0;
    }
}

/* Of apps of which nothing is declared nothing is known. */
static void
look_at_apps(const struct run *run)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;
    while ((tenant = wp_declaration_next(&run->facts, WP_DECL_TENANT, &walk)) != NULL)
        for (uint32_t i = 0; i < run->model->app_count; i++) {
            const struct wp_thing *app = &run->model->apps[i];
            uint32_t number = woapol_find(run->image, WOAPOL_APP, app->name, strlen(app->name));
            if (number > 0 && number < run->forecast->app_count && app->declaration != NULL &&
                app->declaration->attributes != NULL)
                look_at_app(run, tenant, number, i);
        }
}

static void
number_devices(struct run *run)
{
    for (uint32_t i = 1; i < run->model->device_count; i++) {
        const char *name = run->model->devices[i].name;
        uint32_t number = woapol_find(run->image, WOAPOL_DEVICE, name, strlen(name));
        if (number < run->forecast->device_count)
            run->devices[number] = number == 0 ? 0 : i;
    }
}

const struct wp_forecast *
wp_forecast_new(struct wp_arena *arena, const struct woapol_image *image,
                const struct wp_model *model)
{
    struct wp_forecast *forecast = wp_alloc(arena, sizeof *forecast);
    *forecast = (struct wp_forecast){.app_count = (size_t)woapol_count(image, WOAPOL_APP) + 1,
                                     .device_count = (size_t)woapol_count(image, WOAPOL_DEVICE) + 1,
                                     .twice = find_twice(arena, model)};
    forecast->apps = wp_alloc_array(arena, forecast->app_count * forecast->device_count, 2);
    struct run run = {.forecast = forecast, .image = image, .model = model};
    run.devices = wp_alloc_array(arena, forecast->device_count, sizeof *run.devices);
    wp_facts_view(arena, model, &run.facts);
    number_devices(&run);
    look_at_apps(&run);
    return forecast;
}

bool
wp_forecast_locks(const struct wp_forecast *forecast, uint32_t app, uint32_t device, bool managed)
{
    return app < forecast->app_count && device < forecast->device_count &&
           (*bits_of(forecast, app, device, managed) & LOCKS) != 0;
}

bool
wp_forecast_times_out(const struct wp_forecast *forecast, uint32_t app)
{
    return app < forecast->app_count && (*bits_of(forecast, app, 0, false) & TIMES_OUT) != 0;
}
