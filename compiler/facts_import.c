/* Facts from JSON. jansson checks and reads the file; a cursor goes along over its
 * bytes, since findings have to say where something stands. */
#include "compiler/facts_import.h"

#include <string.h>

#include <jansson.h>

#include "compiler/facts.h"
#include "compiler/facts_value.h"
#include "lang/parse.h"

/* Answers lie no deeper. */
#define DEEPEST 32

struct import {
    struct wp_diagnostics *list;
    struct wp_names *names;
    struct wp_file *const *files;
    uint32_t file_count;
    struct wp_model view; /* kinds and tenants alone */
    const char *text;
    uint32_t file, length, at;
    size_t taken;
};

/* What an object is about. */
struct scope {
    const char *kind;              /* NULL: not said */
    struct wp_declaration *tenant; /* NULL: the one of its kind */
    bool is_named;                 /* its members are facts, if it is no answer */
    unsigned depth;
};

/* ---- places ------------------------------------------------------------------------- */

static void
skip_space(struct import *import)
{
    while (import->at < import->length && strchr(" \t\r\n", import->text[import->at]) != NULL &&
           import->text[import->at] != '\0')
        import->at++;
}

static void
skip_string(struct import *import)
{
    for (import->at++; import->at < import->length && import->text[import->at] != '"'; import->at++)
        import->at += import->text[import->at] == '\\';
    import->at++;
}

/* Behind the next sign of the file, which is one of `signs`. */
static void
skip_sign(struct import *import, const char *signs)
{
    skip_space(import);
    if (import->at < import->length && import->text[import->at] != '\0' &&
        strchr(signs, import->text[import->at]) != NULL)
        import->at++;
}

/* The place of the value at the cursor, which goes behind it. A text's is what stands
 * between its quotes. */
static struct wp_span
pass_value(struct import *import)
{
    struct wp_span span = {.file = import->file};
    unsigned open = 0;

    skip_space(import);
    span.start = import->at;
    do {
        char c = import->at < import->length ? import->text[import->at] : '\0';
        if (c == '\0') {
            break;
        } else if (c == '"') {
            skip_string(import);
        } else if (c == '{' || c == '[') {
            open++;
            import->at++;
        } else if (c == '}' || c == ']') {
            open--;
            import->at++;
        } else if (open > 0) {
            import->at++;
        } else {
            import->at += (uint32_t)strcspn(import->text + import->at, ",]} \t\r\n");
        }
    } while (open > 0);
    import->at = import->at > import->length ? import->length : import->at;
    span.end = import->at;
    if (import->text[span.start] == '"' && span.end - span.start >= 2) {
        span.start++;
        span.end--;
    }
    return span;
}

/* ---- findings ------------------------------------------------------------------------- */

static bool
is_word(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= 64 && strspn(text, WP_FACT_WORD) == length;
}

static const char *
tenant_text(const struct import *import, const struct wp_declaration *tenant)
{
    return wp_format(import->list->arena, "tenant '%s'", tenant->name->text);
}

static void
report_contradiction(struct import *import, const struct wp_declaration *tenant,
                     const struct wp_attribute *said, const struct wp_value *value)
{
    struct wp_diagnostic *finding =
        wp_report(import->list, WP_E_FACTS_DIFFER, said->value->span,
                  "%s says another '%s' than the facts in '%s'", tenant_text(import, tenant),
                  said->key->text, import->list->sources->files[import->file].name);

    wp_add_label(import->list, finding, value->span, "the facts say so");
    wp_add_help(import->list, finding,
                "declare what is true, or take it out of the block, so that the facts fill it in");
}

static void
report_unknown(struct import *import, const char *kind, const char *key, struct wp_span span)
{
    const struct wp_declaration *declared = wp_declaration_find(&import->view, WP_DECL_KIND, kind);
    const char *known[64];
    size_t count = 0;

    for (const struct wp_attribute *a = declared->attributes; a; a = a->next)
        if (a->kind == WP_BLOCK && a->name && count < sizeof known / sizeof *known)
            known[count++] = a->name->text;
    const char *meant = is_word(key) ? wp_suggest(key, known, count) : NULL;
    struct wp_diagnostic *finding =
        wp_report(import->list, WP_E_BAD_FACTS, span, "a tenant of kind '%s' has no fact '%s'",
                  kind, is_word(key) ? key : "...");
    if (meant)
        wp_add_fix(import->list, finding, WP_FIX_CHANGES_DECISIONS, span, meant, "write '%s'",
                   meant);
}

/* ---- tenants ---------------------------------------------------------------------------- */

static struct wp_declaration *
next_tenant(const struct import *import, struct wp_declaration *after)
{
    bool passed = after == NULL;

    for (uint32_t i = 0; i < import->file_count; i++)
        for (struct wp_declaration *d = import->files[i]->declarations; d; d = d->next) {
            if (d->kind == WP_DECL_TENANT && d->name && passed)
                return d;
            passed = passed || d == after;
        }
    return NULL;
}

/* The one tenant of a kind; NULL after a finding. */
static struct wp_declaration *
tenant_of_kind(struct import *import, const char *kind, struct wp_span span)
{
    struct wp_declaration *tenant = NULL, *found = NULL;
    struct wp_diagnostic *finding;
    size_t count = 0;

    while ((tenant = next_tenant(import, tenant)) != NULL)
        if (strcmp(wp_tenant_kind(tenant), kind) == 0) {
            found = count == 0 ? tenant : found;
            count++;
        }
    if (count == 1)
        return found;
    if (count == 0) {
        finding =
            wp_report_as(import->list, WP_WARNING, WP_E_BAD_FACTS, span,
                         "facts of a tenant of kind '%s', and the source declares none", kind);
        wp_add_help(import->list, finding, "declare it: tenant Name { kind = %s }", kind);
        return NULL;
    }
    finding = wp_report(import->list, WP_E_BAD_FACTS, span,
                        "facts of a tenant of kind '%s', and the source declares %zu", kind, count);
    wp_add_help(import->list, finding, "put them under the tenant's name: {\"%s\": ...}",
                found->name->text);
    return NULL;
}

static struct wp_declaration *
tenant_named(const struct import *import, const char *name)
{
    struct wp_declaration *tenant = NULL;

    while ((tenant = next_tenant(import, tenant)) != NULL)
        if (strcmp(tenant->name->text, name) == 0)
            break;
    return tenant;
}

/* ---- facts ----------------------------------------------------------------------------------- */

static void
add_fact(struct import *import, struct wp_declaration *tenant, const char *name,
         struct wp_span span, struct wp_value *value)
{
    struct wp_attribute **end = &tenant->attributes, *attribute;

    while (*end)
        end = &(*end)->next;
    attribute = wp_alloc(import->list->arena, sizeof *attribute);
    attribute->kind = WP_ATTRIBUTE;
    attribute->span = wp_span_join(span, value->span);
    attribute->key = wp_alloc(import->list->arena, sizeof *attribute->key);
    attribute->key->text = wp_intern(import->names, name, strlen(name));
    attribute->key->span = span;
    attribute->value = value;
    *end = attribute;
}

static void
take_fact(struct import *import, const struct scope *scope, const char *kind,
          const struct wp_attribute *fact, bool exported, struct wp_span key, const json_t *json,
          struct wp_span span)
{
    struct wp_declaration *tenant =
        scope->tenant != NULL ? scope->tenant : tenant_of_kind(import, kind, key);
    const char *reason = NULL;
    struct wp_value *value;

    import->taken++;
    if (tenant == NULL)
        return;
    value = wp_fact_value(import->list->arena, import->names, fact, exported, json, span, &reason);
    if (value == NULL) {
        wp_report(import->list, WP_E_BAD_FACTS, span, "'%s' takes %s", fact->name->text, reason);
        return;
    }
    const struct wp_attribute *said = wp_attribute_find(tenant->attributes, fact->name->text);
    if (said == NULL)
        add_fact(import, tenant, fact->name->text, key, value);
    else if (!wp_fact_same(fact, said->value, value))
        report_contradiction(import, tenant, said, value);
}

/* The fact that answers of a tenant give under this key. */
static const struct wp_attribute *
find_exported(const struct import *import, const char **kind, const char *key)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *declared;

    while ((declared = wp_declaration_next(&import->view, WP_DECL_KIND, &walk)) != NULL) {
        if (*kind != NULL && strcmp(*kind, declared->name->text) != 0)
            continue;
        for (const struct wp_attribute *a = declared->attributes; a; a = a->next) {
            if (a->kind != WP_BLOCK || !a->name ||
                strcmp(wp_attribute_text(a->attributes, "export", ""), key) != 0)
                continue;
            *kind = declared->name->text;
            return a;
        }
    }
    return NULL;
}

/* ---- the file
 * ------------------------------------------------------------------------------------ */

static void read_value(struct import *import, const struct scope *scope, const json_t *json);

/* Does the object hold a tenant's answer? Then what else it holds is none of ours. */
static bool
is_answer(const struct import *import, const char *kind, const json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        const char *of = kind;
        if (find_exported(import, &of, key) != NULL)
            return true;
    }
    return false;
}

/* What lies under a tenant's name or kind. */
static bool
read_scope(struct import *import, const char *key, struct wp_span place, const json_t *value,
           unsigned depth)
{
    struct scope scope = {.is_named = true, .depth = depth};

    if (!json_is_object(value))
        return false;
    scope.tenant = tenant_named(import, key);
    if (scope.tenant != NULL) {
        scope.kind = wp_tenant_kind(scope.tenant);
    } else {
        const struct wp_declaration *kind = wp_declaration_find(&import->view, WP_DECL_KIND, key);
        if (kind == NULL)
            return false;
        scope.kind = kind->name->text;
        scope.tenant = tenant_of_kind(import, scope.kind, place);
        import->taken += scope.tenant == NULL;
    }
    if (scope.tenant == NULL ||
        wp_declaration_find(&import->view, WP_DECL_KIND, scope.kind) == NULL)
        (void)pass_value(import);
    else
        read_value(import, &scope, value);
    return true;
}

static void
read_member(struct import *import, const struct scope *scope, const char *key, struct wp_span place,
            const json_t *value, bool answers)
{
    const char *kind = scope->kind;
    const struct wp_attribute *fact =
        scope->is_named ? wp_fact_find(&import->view, kind, key) : NULL;
    bool exported = fact == NULL;
    struct scope inner = *scope;

    if (kind == NULL && read_scope(import, key, place, value, scope->depth + 1))
        return;
    if (fact == NULL)
        fact = find_exported(import, &kind, key);
    if (fact != NULL) {
        take_fact(import, scope, kind, fact, exported, place, value, pass_value(import));
        return;
    }
    if (scope->is_named && !answers && !json_is_object(value) && !json_is_array(value))
        report_unknown(import, kind, key, place);
    inner.is_named = false;
    inner.depth++;
    read_value(import, &inner, value);
}

static void
read_object(struct import *import, const struct scope *scope, const json_t *object)
{
    bool answers = is_answer(import, scope->kind, object);
    const char *key;
    json_t *value;

    skip_sign(import, "{");
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        struct wp_span place = pass_value(import);
        skip_sign(import, ":");
        read_member(import, scope, key, place, value, answers);
        skip_sign(import, ",");
    }
    skip_sign(import, "}");
}

/* The value at the cursor, which goes behind it. */
static void
read_value(struct import *import, const struct scope *scope, const json_t *json)
{
    size_t i;
    json_t *item;

    if (scope->depth > DEEPEST || !(json_is_object(json) || json_is_array(json))) {
        (void)pass_value(import);
        return;
    }
    if (json_is_object(json)) {
        read_object(import, scope, json);
        return;
    }
    struct scope inner = *scope;
    inner.depth++;
    skip_sign(import, "[");
    json_array_foreach((json_t *)(uintptr_t)json, i, item)
    {
        read_value(import, &inner, item);
        skip_sign(import, ",");
    }
    skip_sign(import, "]");
}

/* ---- the door
 * ------------------------------------------------------------------------------------- */

/* Spreadsheets and shells of Windows begin their files with a mark of their own. */
static uint32_t
mark_length(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

bool
wp_facts_are_in(const char *text, size_t length)
{
    size_t at = mark_length(text, length);

    while (at < length && text[at] != '\0' && strchr(" \t\r\n", text[at]) != NULL)
        at++;
    return at < length && (text[at] == '{' || text[at] == '[');
}

static struct wp_span
span_at(const struct import *import, long long offset)
{
    uint32_t at = offset < 0 ? 0 : offset >= import->length ? import->length : (uint32_t)offset;
    return (struct wp_span){import->file, at, at};
}

static void
read_file(struct import *import)
{
    uint32_t mark = mark_length(import->text, import->length);
    const struct scope whole = {0};
    struct wp_diagnostic *finding;
    json_error_t error;
    json_t *root = json_loadb(import->text + mark, import->length - mark,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

    if (root == NULL) {
        finding =
            wp_report(import->list, WP_E_BAD_FACTS,
                      span_at(import, (long long)error.position + mark - 1), "this is not JSON");
        wp_add_note(import->list, finding, "facts are a JSON text in UTF-8, no name twice");
        return;
    }
    import->at = mark;
    read_value(import, &whole, root);
    json_decref(root);
    if (import->taken > 0)
        return;
    finding = wp_report(import->list, WP_E_BAD_FACTS, span_at(import, mark),
                        "no fact of a tenant is in here");
    wp_add_help(import->list, finding,
                "facts stand under a tenant's name or kind, {\"uem\": {\"version\": \"23.6\"}}, or "
                "as the tenant answered");
}

void
wp_facts_import(struct wp_diagnostics *list, struct wp_names *names, struct wp_file *const *files,
                uint32_t file_count, const struct wp_facts_file *facts)
{
    struct import import = {.list = list,
                            .names = names,
                            .files = files,
                            .file_count = file_count,
                            .text = facts->text,
                            .length = (uint32_t)facts->length};

    import.file = wp_sources_add(list->sources, facts->name, facts->text, (uint32_t)facts->length);
    wp_facts_view_of_files(list->arena, files, file_count, &import.view);
    read_file(&import);
}
