/* Which apps of a policy need an Access policy of their own: those that its rules
 * tell from the others by `app in`. */
#include "compiler/emit/access/desire.h"

#include "compiler/members.h"

#include <string.h>

static bool
is_asked(const struct wp_term *term, uint32_t app)
{
    return !term->apps || wp_members_have(term->apps, app);
}

/* Do the same terms apply to both? WP_NONE is all other apps. */
static bool
are_alike(const struct wp_policy *policy, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];
        for (uint32_t k = 0; k < rule->term_count && !rule->report; k++) {
            if (is_asked(&rule->terms[k], a) != is_asked(&rule->terms[k], b))
                return false;
        }
    }
    return true;
}

bool
wp_desire_names_app(const struct wp_policy *policy, uint32_t app)
{
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];
        for (uint32_t k = 0; k < rule->term_count; k++) {
            if (rule->terms[k].apps && wp_ids_have(&rule->terms[k].apps->ids, app))
                return true;
        }
    }
    return false;
}

static void
put_in_class(struct wp_desire *desire, const struct wp_policy *policy, struct wp_app_class *classes,
             uint32_t *count, uint32_t app)
{
    uint32_t at = 0;

    while (at < *count &&
           !are_alike(policy, app, classes[at].others ? WP_NONE : classes[at].apps[0]))
        at++;
    if (at == *count)
        classes[(*count)++] = (struct wp_app_class){0};
    if (!classes[at].apps)
        classes[at].apps = wp_alloc_array(desire->session->arena,
                                          (size_t)desire->model->app_count + 1, sizeof(uint32_t));
    classes[at].apps[classes[at].count++] = app;
}

struct wp_app_class *
wp_desire_app_classes(struct wp_desire *desire, uint32_t number, uint32_t *count)
{
    const struct wp_model *model = desire->model;
    const struct wp_policy *policy = &model->policies[number];
    struct wp_app_class *classes =
        wp_alloc_array(desire->session->arena, (size_t)model->app_count + 2, sizeof *classes);

    *count = 0;
    if (policy->is_default)
        classes[(*count)++] = (struct wp_app_class){.others = true};
    for (uint32_t i = 0; i < policy->apps.count; i++)
        put_in_class(desire, policy, classes, count, policy->apps.ids[i]);
    for (uint32_t i = 0; i < model->app_count && policy->is_default; i++) {
        if (model->app_policy[i] == WP_NONE && wp_desire_names_app(policy, i))
            put_in_class(desire, policy, classes, count, i);
    }
    return classes;
}
