/* Groups have two names, the source's and the directory's; a request may use
 * either, so one name should not mean two groups. */
#include "compiler/check/language.h"

#include "compiler/map.h"

#include <string.h>

static bool
is_directory_name(const void *context, uint32_t number, const void *key)
{
    const struct wp_model *model = context;

    return strcmp(model->groups[number].directory, key) == 0;
}

static void
report_same_directory(struct wp_diagnostics *list, const struct wp_thing *first,
                      const struct wp_thing *again)
{
    struct wp_diagnostic *finding =
        wp_report(list, WP_E_AMBIGUOUS_GROUP, again->span,
                  "'%s' is the directory's group of '%s', too", again->directory, first->name);

    wp_add_label(list, finding, first->span, "declared here");
    wp_add_note(list, finding, "a request that names '%s' is in both", again->directory);
}

/* One group's name in the source is the other's in the directory. */
static void
report_other_name(struct wp_diagnostics *list, const struct wp_thing *named,
                  const struct wp_thing *titled)
{
    struct wp_diagnostic *finding =
        wp_report(list, WP_E_AMBIGUOUS_GROUP, named->span,
                  "'%s' is also what the directory calls '%s'", named->name, titled->name);

    wp_add_label(list, finding, titled->span, "declared here");
    wp_add_note(list, finding, "a request that names '%s' is in both", named->name);
    wp_add_help(list, finding, "give one of them another name in the source");
}

void
wp_check_groups(struct wp_diagnostics *list, const struct wp_model *model)
{
    struct wp_map titles;

    wp_map_init(&titles, model->arena);
    for (uint32_t i = 0; i < model->group_count; i++) {
        const char *title = model->groups[i].directory;

        if (!title)
            continue;
        uint64_t hash = wp_hash_text(title);
        uint32_t first = wp_map_find(&titles, hash, is_directory_name, model, title);
        if (first == WP_NONE)
            wp_map_add(&titles, hash, i);
        else
            report_same_directory(list, &model->groups[first], &model->groups[i]);
    }
    for (uint32_t i = 0; i < model->group_count; i++) {
        const char *name = model->groups[i].name;
        uint32_t titled = wp_map_find(&titles, wp_hash_text(name), is_directory_name, model, name);

        if (titled != WP_NONE && titled != i)
            report_other_name(list, &model->groups[i], &model->groups[titled]);
    }
}
