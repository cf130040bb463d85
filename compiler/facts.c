/* Reading attributes, versions and the facts of tenants from declarations. */
#include "compiler/facts.h"

#include <string.h>

/* ---- attributes --------------------------------------------------------------- */

const struct wp_attribute *
wp_attribute_find(const struct wp_attribute *list, const char *key)
{
    for (; list; list = list->next)
        if (list->kind == WP_ATTRIBUTE && list->key && list->value &&
            strcmp(list->key->text, key) == 0)
            return list;
    return NULL;
}

const struct wp_attribute *
wp_block_find(const struct wp_attribute *list, const char *key, const char *name)
{
    for (; list; list = list->next) {
        if (list->kind != WP_BLOCK || !list->key || strcmp(list->key->text, key) != 0)
            continue;
        if (!name || (list->name && strcmp(list->name->text, name) == 0))
            return list;
    }
    return NULL;
}

const char *
wp_attribute_text(const struct wp_attribute *list, const char *key, const char *absent)
{
    const struct wp_attribute *found = wp_attribute_find(list, key);

    return found && found->value->text ? found->value->text : absent;
}

uint64_t
wp_attribute_number(const struct wp_attribute *list, const char *key, uint64_t absent)
{
    const struct wp_attribute *found = wp_attribute_find(list, key);

    if (!found ||
        (found->value->kind != WP_VALUE_INTEGER && found->value->kind != WP_VALUE_DURATION))
        return absent;
    return found->value->number;
}

bool
wp_attribute_is_yes(const struct wp_attribute *list, const char *key)
{
    return strcmp(wp_attribute_text(list, key, "no"), "yes") == 0;
}

bool
wp_value_holds(const struct wp_value *value, const char *word)
{
    if (!value)
        return false;
    if (value->kind != WP_VALUE_LIST)
        return value->text && strcmp(value->text, word) == 0;
    for (const struct wp_value *item = value->items; item; item = item->next)
        if (item->text && strcmp(item->text, word) == 0)
            return true;
    return false;
}

/* ---- versions ------------------------------------------------------------------ */

/* Splits 2210 into 22 and 10, as the console of UEM writes its releases. */
static void
split_compact(struct wp_version *version)
{
    version->parts[1] = version->parts[0] % 100;
    version->parts[0] /= 100;
}

bool
wp_version_read(const char *text, bool compact, struct wp_version *version)
{
    struct wp_version read = {{0}};
    unsigned part = 0, digits = 0;

    for (; *text; text++) {
        if (*text == '.') {
            if (digits == 0 || ++part == WP_VERSION_PARTS)
                return false;
            digits = 0;
        } else if (*text >= '0' && *text <= '9' && digits < 9) {
            read.parts[part] = read.parts[part] * 10 + (uint32_t)(*text - '0');
            digits++;
        } else {
            return false;
        }
    }
    if (digits == 0)
        return false;
    if (compact && part == 0 && digits == 4)
        split_compact(&read);
    *version = read;
    return true;
}

int
wp_version_compare(const struct wp_version *a, const struct wp_version *b)
{
    for (unsigned i = 0; i < WP_VERSION_PARTS; i++)
        if (a->parts[i] != b->parts[i])
            return a->parts[i] < b->parts[i] ? -1 : 1;
    return 0;
}

/* ---- declarations and tenants ----------------------------------------------------- */

const struct wp_declaration *
wp_declaration_next(const struct wp_model *model, enum wp_declaration_kind kind,
                    struct wp_declaration_walk *walk)
{
    for (;;) {
        if (!walk->started) {
            if (walk->file >= model->file_count)
                return NULL;
            walk->next = model->files[walk->file]->declarations;
            walk->started = true;
        }
        for (const struct wp_declaration *d = walk->next; d; d = d->next) {
            if (d->kind == kind) {
                walk->next = d->next;
                return d;
            }
        }
        walk->file++;
        walk->started = false;
    }
}

const struct wp_declaration *
wp_declaration_find(const struct wp_model *model, enum wp_declaration_kind kind, const char *name)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *found;

    while ((found = wp_declaration_next(model, kind, &walk)))
        if (found->name && strcmp(found->name->text, name) == 0)
            return found;
    return NULL;
}

static bool
is_about_facts(const struct wp_declaration *declaration)
{
    return declaration->name &&
           ((declaration->kind == WP_DECL_DEVICE && !declaration->set) ||
            declaration->kind == WP_DECL_TENANT || declaration->kind == WP_DECL_KIND ||
            declaration->kind == WP_DECL_METHOD || declaration->kind == WP_DECL_POSTURE ||
            declaration->kind == WP_DECL_ISSUE || declaration->kind == WP_DECL_CLIENT);
}

void
wp_facts_view_of_files(struct wp_arena *arena, struct wp_file *const *files, uint32_t file_count,
                       struct wp_model *view)
{
    struct wp_file *file = wp_alloc(arena, sizeof *file);
    struct wp_declaration **end = &file->declarations;

    for (uint32_t i = 0; i < file_count; i++) {
        for (const struct wp_declaration *d = files[i]->declarations; d; d = d->next) {
            if (!is_about_facts(d))
                continue;
            *end = wp_alloc(arena, sizeof **end);
            **end = *d;
            (*end)->next = NULL;
            end = &(*end)->next;
        }
    }
    view->files = wp_alloc(arena, sizeof *view->files);
    view->files[0] = file;
    view->file_count = 1;
}

void
wp_facts_view(struct wp_arena *arena, const struct wp_model *model, struct wp_model *view)
{
    *view = *model;
    wp_facts_view_of_files(arena, model->files, model->file_count, view);
}

const char *
wp_tenant_kind(const struct wp_declaration *tenant)
{
    return wp_attribute_text(tenant->attributes, "kind", "");
}

const struct wp_attribute *
wp_fact_find(const struct wp_model *model, const char *kind, const char *fact)
{
    const struct wp_declaration *declared = wp_declaration_find(model, WP_DECL_KIND, kind);

    return declared ? wp_block_find(declared->attributes, "fact", fact) : NULL;
}

/* Is it of that release or a later one? `absent` when one of them is not said. */
static bool
is_from(const char *release, const char *from, bool absent)
{
    struct wp_version have, first;

    if (release == NULL || from == NULL || !wp_version_read(release, true, &have) ||
        !wp_version_read(from, false, &first))
        return absent;
    return wp_version_compare(&have, &first) >= 0;
}

const struct wp_attribute *
wp_seen_find(const struct wp_attribute *list, const struct wp_declaration *tenant, const char *kind)
{
    const char *release =
        tenant == NULL ? NULL : wp_attribute_text(tenant->attributes, "version", NULL);

    for (; list; list = list->next) {
        if (list->kind != WP_BLOCK || !list->key || strcmp(list->key->text, "seen") != 0 ||
            !list->name || strcmp(list->name->text, kind) != 0)
            continue;
        const char *until = wp_attribute_text(list->attributes, "until", NULL);
        if (is_from(release, wp_attribute_text(list->attributes, "since", NULL), true) &&
            (until == NULL || !is_from(release, until, true)))
            return list;
    }
    return NULL;
}

const char *
wp_name_in_tenant(const struct wp_declaration *thing, const struct wp_declaration *tenant,
                  const char *absent)
{
    const char *own = wp_attribute_text(thing->attributes, tenant->name->text, NULL);

    return own ? own : wp_attribute_text(thing->attributes, wp_tenant_kind(tenant), absent);
}

/* ---- methods ------------------------------------------------------------------------ */

unsigned
wp_method_factors(const struct wp_declaration *method)
{
    const struct wp_attribute *found = wp_attribute_find(method->attributes, "factors");
    const struct wp_value *factors = found ? found->value : NULL;

    return (wp_value_holds(factors, "knowledge") ? WP_FACTOR_KNOWLEDGE : 0u) |
           (wp_value_holds(factors, "possession") ? WP_FACTOR_POSSESSION : 0u) |
           (wp_value_holds(factors, "inherence") ? WP_FACTOR_INHERENCE : 0u);
}
