#include "compiler/decide/request_model.h"

#include <string.h>

/* A text as the walk wants it; NULL also for one that no name can be. */
static const char *
name_of(struct wp_arena *arena, struct woapol_text text)
{
    if (text.text == NULL || memchr(text.text, '\0', text.length) != NULL)
        return NULL;
    return wp_copy_text(arena, text.text, text.length);
}

void
wp_request_from_facts(struct wp_arena *arena, const struct wp_model *model,
                      const struct wp_request_facts *facts, struct wp_request *request)
{
    const char *name;
    wp_request_init(request);
    if ((name = name_of(arena, facts->ip)) != NULL)
        (void)wp_request_set_address(request, name);
    if ((name = name_of(arena, facts->device)) != NULL)
        wp_request_set_device(model, request, name);
    if ((name = name_of(arena, facts->app)) != NULL)
        wp_request_set_app(model, request, name);
    if ((name = name_of(arena, facts->user)) != NULL)
        wp_request_set_user(model, request, name);
    if ((name = name_of(arena, facts->entry)) != NULL)
        wp_request_set_entry(request, name);
    for (size_t i = 0; i < facts->group_count; i++)
        if ((name = name_of(arena, facts->groups[i])) != NULL)
            wp_request_add_group(arena, model, request, name);
    request->risk = facts->risk;
    request->managed = facts->managed;
    request->compliant = facts->compliant;
    request->groups_complete = !facts->groups_incomplete;
}
