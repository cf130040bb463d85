/*
 * A chain serves a device when some alternative has, in every step, a method
 * that the device can use. Which it can use is what methods demand of `device`.
 */
#include "compiler/check/devices.h"
#include "compiler/check/collect.h"
#include "compiler/facts.h"

#include <string.h>

static bool
is_about_device(const struct wp_attribute *line)
{
    return line->kind == WP_DEMAND && strcmp(line->key->text, "device") == 0;
}

/* The devices that can use a method. Bit 0, an unknown device, can use any: it
 * is nothing that an administrator could name. */
static uint64_t
method_devices(const struct wp_model *model, const struct wp_declaration *method)
{
    uint64_t mask = UINT64_MAX;

    for (const struct wp_attribute *a = method ? method->attributes : NULL; a; a = a->next) {
        if (!is_about_device(a))
            continue;
        uint64_t named = wp_device_mask(model, a->value);
        mask &= a->negated ? ~named : named;
    }
    return mask | 1;
}

static uint64_t
alternative_devices(const struct wp_model *model, const struct wp_alternative *alternative)
{
    uint64_t mask = UINT64_MAX;

    for (uint32_t s = 0; s < alternative->count; s++) {
        uint64_t step = 0;
        for (uint32_t i = 0; i < alternative->steps[s].count; i++)
            step |=
                method_devices(model, model->methods[alternative->steps[s].methods[i]].declaration);
        mask &= step;
    }
    return mask;
}

/* "'ios', 'android' and 7 more". */
static const char *
device_names(struct wp_arena *arena, const struct wp_model *model, uint64_t mask)
{
    const char *text = "";
    unsigned count = 0;

    for (uint32_t i = 1; i < model->device_count; i++) {
        if (!(mask >> i & 1))
            continue;
        if (count < 4)
            text = wp_format(arena, "%s%s'%s'", text, count ? ", " : "", model->devices[i].name);
        count++;
    }
    return count > 4 ? wp_format(arena, "%s and %u more", text, count - 4) : text;
}

static const struct wp_attribute *
device_demand(const struct wp_declaration *method)
{
    const struct wp_attribute *a = method->attributes;

    while (a && !is_about_device(a))
        a = a->next;
    return a;
}

struct check {
    struct wp_diagnostics *list;
    const struct wp_model *model;
    const struct wp_site *site;
    uint64_t matched;  /* the rule's devices, without the unknown one */
    uint64_t unserved; /* those of them that no alternative serves */
    bool useless;      /* some method was reported */
};

static void
report_useless(struct check *check, const struct wp_declaration *method)
{
    struct wp_arena *arena = check->list->arena;
    struct wp_use use = {WP_USE_METHOD, method, check->site, device_demand(method)};
    struct wp_diagnostic *finding = wp_report(
        check->list, WP_E_WRONG_DEVICE, wp_use_span(check->model, &use),
        "no device that %s matches can use %s",
        wp_rule_text(arena, check->site->policy, check->site->rule), wp_use_text(arena, &use));

    wp_add_label(check->list, finding, check->site->rule->span, "this matches %s",
                 device_names(arena, check->model, check->matched));
    wp_add_note(check->list, finding, "it demands %s", wp_line_text_of(arena, use.demand));
    wp_add_cure(check->list, finding, use.demand->attributes, NULL);
    finding->policy = check->site->policy->name;
    finding->rule = check->site->rule->name;
    check->useless = true;
}

/* Calls `visit` for each method of the chain, each once. */
static void
each_method(struct check *check, void (*visit)(struct check *, const struct wp_declaration *))
{
    const struct wp_model_chain *chain = &check->model->chains[check->site->rule->decision.chain];
    const struct wp_declaration *seen[64];
    size_t count = 0;

    for (uint32_t a = 0; a < chain->count; a++)
        for (uint32_t s = 0; s < chain->alternatives[a].count; s++)
            for (uint32_t i = 0; i < chain->alternatives[a].steps[s].count; i++) {
                const struct wp_declaration *method =
                    check->model->methods[chain->alternatives[a].steps[s].methods[i]].declaration;
                size_t k = 0;
                while (k < count && seen[k] != method)
                    k++;
                if (k < count || !method)
                    continue;
                if (count < sizeof seen / sizeof *seen)
                    seen[count++] = method;
                visit(check, method);
            }
}

static void
visit_useless(struct check *check, const struct wp_declaration *method)
{
    if (device_demand(method) && !(check->matched & method_devices(check->model, method)))
        report_useless(check, method);
}

/* Why a device is not served: the methods that it cannot use. */
static void
visit_unserving(struct check *check, const struct wp_declaration *method)
{
    struct wp_use use = {WP_USE_METHOD, method, check->site, device_demand(method)};

    if (!use.demand || !(check->unserved & ~method_devices(check->model, method)))
        return;
    wp_add_label(check->list, check->list->last, wp_use_span(check->model, &use), "this demands %s",
                 wp_line_text_of(check->list->arena, use.demand));
}

static void
report_unserved(struct check *check)
{
    struct wp_arena *arena = check->list->arena;
    struct wp_diagnostic *finding =
        wp_report(check->list, WP_E_DEVICE_UNSERVED, check->site->rule->decision.span,
                  "%s matches %s, which cannot pass its chain",
                  wp_rule_text(arena, check->site->policy, check->site->rule),
                  device_names(arena, check->model, check->unserved));

    each_method(check, visit_unserving);
    wp_add_help(check->list, finding,
                "limit the rule to the devices that can (when device in ...), or give the chain "
                "an alternative for the others (else ...)");
    finding->policy = check->site->policy->name;
    finding->rule = check->site->rule->name;
}

void
wp_check_devices(struct wp_diagnostics *list, const struct wp_model *model,
                 const struct wp_site *site)
{
    const struct wp_model_chain *chain = &model->chains[site->rule->decision.chain];
    uint64_t known = model->device_count > 63
                         ? ~UINT64_C(1)
                         : ((UINT64_C(1) << model->device_count) - 1) & ~UINT64_C(1);
    struct check check = {.list = list, .model = model, .site = site};
    uint64_t served = 0;

    check.matched = site->devices & known;
    if (!check.matched)
        return;
    each_method(&check, visit_useless);
    for (uint32_t a = 0; a < chain->count; a++)
        served |= alternative_devices(model, &chain->alternatives[a]);
    check.unserved = check.matched & ~served;
    /* Where no device is served at all, a useless method is the whole cause. */
    if (check.unserved != 0 && !(check.unserved == check.matched && check.useless))
        report_unserved(&check);
}
