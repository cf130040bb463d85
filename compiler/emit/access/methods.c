/* Methods by their fixed identifiers or their labels, and chains of them. */
#include "compiler/emit/access/access.h"
#include "compiler/facts.h"

#include <string.h>

static const struct wp_attribute *
block_of(const struct wp_declaration *method)
{
    const struct wp_attribute *block =
        method ? wp_block_find(method->attributes, "access", NULL) : NULL;

    return block ? block->attributes : NULL;
}

const char *
wp_access_method_uuid(const struct wp_declaration *method)
{
    return wp_attribute_text(block_of(method), "uuid", NULL);
}

const char *
wp_access_method_label(const struct wp_declaration *method, const struct wp_declaration *tenant)
{
    const struct wp_attribute *block = block_of(method);
    const char *label = wp_attribute_text(block, "label", NULL);
    const char *uuid = wp_attribute_text(block, "uuid", NULL);

    if (uuid)
        return label ? label : method->name->text;
    if (tenant && method)
        label = wp_name_in_tenant(method, tenant, label);
    return label;
}

const struct wp_declaration *
wp_access_method_find(const struct wp_model *model, const struct wp_declaration *tenant,
                      const char *uuid, const char *label)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *method, *found = NULL;

    while ((method = wp_declaration_next(model, WP_DECL_METHOD, &walk)) != NULL) {
        const char *its = wp_access_method_uuid(method);
        const char *called = wp_access_method_label(method, tenant);
        if (its && uuid && strcmp(its, uuid) == 0)
            return method;
        if (!its && !found && called && label && strcmp(called, label) == 0)
            found = method;
        if (its && !uuid && called && label && strcmp(called, label) == 0)
            return method;
    }
    return found;
}

size_t
wp_access_chain_count(const struct wp_model_chain *chain, size_t most)
{
    size_t count = 0;

    for (uint32_t i = 0; i < chain->count && count < most; i++) {
        size_t ways = 1;
        for (uint32_t k = 0; k < chain->alternatives[i].count && ways < most; k++)
            ways *= chain->alternatives[i].steps[k].count;
        count += ways;
    }
    return count < most ? count : most;
}

/* The `way`th choice of one method a step; the last step's choice changes first. */
static json_t *
make_chain(const struct wp_session *session, const struct wp_alternative *alternative, size_t way)
{
    json_t *chain = json_array();

    for (uint32_t k = alternative->count; k-- > 0;) {
        const struct wp_step *step = &alternative->steps[k];
        uint32_t method = step->methods[way % step->count];
        const char *label =
            wp_access_method_label(session->model->methods[method].declaration, session->tenant);
        way /= step->count;
        (void)json_array_insert_new(
            chain, 0, wp_reference(wp_state_key(session->arena, "method", NULL, label)));
    }
    return chain;
}

json_t *
wp_access_chains(const struct wp_session *session, const struct wp_model_chain *chain)
{
    json_t *chains = json_array();

    for (uint32_t i = 0; i < chain->count; i++) {
        size_t ways = 1;
        for (uint32_t k = 0; k < chain->alternatives[i].count; k++)
            ways *= chain->alternatives[i].steps[k].count;
        for (size_t way = 0; way < ways; way++)
            (void)json_array_append_new(chains, make_chain(session, &chain->alternatives[i], way));
    }
    return chains;
}

/* ---- who offers it --------------------------------------------------------------------- */

enum wp_access_offer
wp_access_method_offered(struct wp_arena *arena, const struct wp_state *held, const char *label)
{
    const char *key = wp_state_key(arena, "method", NULL, label);
    bool is_told = false;

    for (size_t i = 0; i < held->count; i++) {
        const struct wp_object *idp = held->items[i];
        size_t k;
        json_t *item;
        if (strcmp(idp->kind, "idp") != 0)
            continue;
        json_array_foreach(json_object_get(idp->body, "methods"), k, item)
        {
            const char *its = wp_reference_key(item);
            if (its && strcmp(its, key) == 0)
                return WP_ACCESS_OFFERED;
            is_told = is_told || (its && wp_state_find(held, wp_state_key(arena, "adapter", NULL,
                                                                          strchr(its, '/') + 1)));
        }
    }
    bool is_own = wp_state_find(held, wp_state_key(arena, "adapter", NULL, label)) != NULL;
    return is_told && is_own ? WP_ACCESS_NOT_OFFERED : WP_ACCESS_UNTOLD;
}
