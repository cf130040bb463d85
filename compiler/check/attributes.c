/*
 * What stands in the braces of declarations, held to attributes.def and to the
 * facts that kinds of tenants declare.
 */
#include "compiler/check/attributes.h"
#include "compiler/check/check.h"
#include "compiler/check/lines.h"
#include "compiler/facts.h"
#include "lang/parse.h"

#include <string.h>

const struct wp_attribute_row wp_attribute_rows[] = {
#define WP_ATTRIBUTE_ROW(owner, key, type, required, values, help)                                 \
    {WP_OWN_##owner, key, WP_TYPE_##type, required, values, help},
#include "compiler/attributes.def"
#undef WP_ATTRIBUTE_ROW
};
const size_t wp_attribute_row_count = sizeof wp_attribute_rows / sizeof *wp_attribute_rows;

static const char *const owner_texts[WP_OWNER_COUNT] = {
#define WP_OWNER(name, text) [WP_OWN_##name] = text,
    WP_OWNERS(WP_OWNER)
#undef WP_OWNER
};

static const char *const owner_names[WP_OWNER_COUNT] = {
#define WP_OWNER(name, text) [WP_OWN_##name] = #name,
    WP_OWNERS(WP_OWNER)
#undef WP_OWNER
};

/* What the check of one body needs to know. */
struct body {
    struct wp_diagnostics *list;
    const struct wp_model *files; /* only its files are set */
    enum wp_owner owner;
    const struct wp_attribute *first;
    const struct wp_declaration *declaration;
    struct wp_span span;
    const char *fact_kind; /* the kind whose facts are attributes, or NULL */
};

#define MAX_WORDS 64
struct words {
    const char *text[MAX_WORDS];
    size_t count;
};

static void
add_word(struct words *words, const char *text)
{
    if (words->count < MAX_WORDS)
        words->text[words->count++] = text;
}

static struct words
split_words(struct wp_arena *arena, const char *values)
{
    struct words words = {.count = 0};

    while (*values) {
        size_t length = strcspn(values, "|");
        add_word(&words, wp_copy_text(arena, values, length));
        values += length + (values[length] == '|');
    }
    return words;
}

/* ---- rows ------------------------------------------------------------------------ */

static bool
row_takes(const struct wp_attribute_row *row, enum wp_attribute_kind kind)
{
    switch (row->type) {
    case WP_TYPE_BLOCK:
    case WP_TYPE_BLOCKS:
        return kind == WP_BLOCK;
    case WP_TYPE_DEMANDS:
        return kind == WP_DEMAND;
    case WP_TYPE_WHERES:
        return kind == WP_WHERE;
    case WP_TYPE_ANY:
    case WP_TYPE_NAME:
    case WP_TYPE_TEXT:
    case WP_TYPE_INTEGER:
    case WP_TYPE_VERSION:
    case WP_TYPE_DURATION:
    case WP_TYPE_DATE:
    case WP_TYPE_LIFETIME:
    case WP_TYPE_YES_NO:
    case WP_TYPE_CHOICE:
    case WP_TYPE_CHOICES:
    case WP_TYPE_NAMES:
    case WP_TYPE_TEXTS:
        break;
    }
    return kind == WP_ATTRIBUTE;
}

static const char *
key_of(const struct wp_attribute *attribute)
{
    if (attribute->kind == WP_DEMAND)
        return "demands";
    return attribute->kind == WP_WHERE ? "where" : attribute->key->text;
}

static const struct wp_attribute_row *
find_row(enum wp_owner owner, const char *key, enum wp_attribute_kind kind)
{
    for (size_t i = 0; i < wp_attribute_row_count; i++) {
        const struct wp_attribute_row *row = &wp_attribute_rows[i];
        if (row->owner == owner && strcmp(row->key, key) == 0 && row_takes(row, kind))
            return row;
    }
    return NULL;
}

/* The row for a name in a tenant, when `key` is a tenant or a kind. */
static const struct wp_attribute_row *
find_tenant_row(const struct body *body, const char *key)
{
    if (!wp_declaration_find(body->files, WP_DECL_TENANT, key) &&
        !wp_declaration_find(body->files, WP_DECL_KIND, key))
        return NULL;
    return find_row(body->owner, "TENANT", WP_ATTRIBUTE);
}

static const struct wp_attribute *
find_fact(const struct body *body, const char *key)
{
    return body->fact_kind ? wp_fact_find(body->files, body->fact_kind, key) : NULL;
}

static struct words
known_keys(const struct body *body)
{
    struct words words = {.count = 0};
    const struct wp_declaration *kind =
        body->fact_kind ? wp_declaration_find(body->files, WP_DECL_KIND, body->fact_kind) : NULL;

    for (size_t i = 0; i < wp_attribute_row_count; i++)
        if (wp_attribute_rows[i].owner == body->owner)
            add_word(&words, wp_attribute_rows[i].key);
    for (const struct wp_attribute *a = kind ? kind->attributes : NULL; a; a = a->next)
        if (a->kind == WP_BLOCK && a->name)
            add_word(&words, a->name->text);
    return words;
}

static void
report_unknown(const struct body *body, const struct wp_attribute *attribute)
{
    const char *key = key_of(attribute);
    struct words known = known_keys(body);
    const char *meant = wp_suggest(key, known.text, known.count);
    struct wp_diagnostic *finding;

    finding = wp_report(body->list, WP_E_UNKNOWN_ATTRIBUTE, attribute->key->span,
                        "%s has no %s '%s'", owner_texts[body->owner],
                        attribute->kind == WP_BLOCK ? "block" : "attribute", key);
    if (body->fact_kind)
        wp_add_note(body->list, finding,
                    "the facts of a tenant of kind '%s' are listed by 'kind %s'", body->fact_kind,
                    body->fact_kind);
    if (meant)
        wp_add_fix(body->list, finding, WP_FIX_CHANGES_DECISIONS, attribute->key->span, meant,
                   "write '%s'", meant);
}

/* ---- facts as attributes of a tenant -------------------------------------------------- */

static enum wp_attribute_type
fact_type(const char *type)
{
    static const struct {
        const char *name;
        enum wp_attribute_type type;
    } types[] = {{"version", WP_TYPE_VERSION},   {"choice", WP_TYPE_CHOICE},
                 {"yes_no", WP_TYPE_YES_NO},     {"list", WP_TYPE_NAMES},
                 {"text", WP_TYPE_TEXT},         {"date", WP_TYPE_DATE},
                 {"duration", WP_TYPE_DURATION}, {"integer", WP_TYPE_INTEGER}};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0)
            return types[i].type;
    return WP_TYPE_ANY;
}

/* The words of a fact's `values`. */
static struct words
fact_words(const struct wp_attribute *fact)
{
    struct words words = {.count = 0};
    const struct wp_attribute *values = wp_attribute_find(fact->attributes, "values");
    const struct wp_value *value = values ? values->value : NULL;

    if (value && value->kind == WP_VALUE_LIST)
        value = value->items;
    for (; value; value = value->next)
        if (value->text)
            add_word(&words, value->text);
    return words;
}

/* The methods that a list of them may name. */
static void
check_methods(const struct body *body, const struct wp_value *value)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *method;
    const struct wp_value *item = value->kind == WP_VALUE_LIST ? value->items : value;
    size_t count = 0, filled = 0;
    const char **names;

    while (wp_declaration_next(body->files, WP_DECL_METHOD, &walk))
        count++;
    names = wp_alloc_array(body->list->arena, count + 1, sizeof *names);
    walk = (struct wp_declaration_walk){0};
    while ((method = wp_declaration_next(body->files, WP_DECL_METHOD, &walk)))
        names[filled++] = method->name->text;
    for (; item; item = value->kind == WP_VALUE_LIST ? item->next : NULL) {
        if (!item->text || wp_declaration_find(body->files, WP_DECL_METHOD, item->text))
            continue;
        const char *meant = wp_suggest(item->text, names, count);
        struct wp_diagnostic *finding = wp_report(body->list, WP_E_BAD_ATTRIBUTE, item->span,
                                                  "there is no method '%s'", item->text);
        if (meant)
            wp_add_fix(body->list, finding, WP_FIX_CHANGES_DECISIONS, item->span, meant,
                       "write '%s'", meant);
    }
}

static void
check_fact(const struct body *body, const struct wp_attribute *attribute,
           const struct wp_attribute *fact)
{
    enum wp_attribute_type type = fact_type(wp_attribute_text(fact->attributes, "type", ""));
    struct words words = fact_words(fact);
    const char *of = wp_attribute_text(fact->attributes, "of", "");
    struct wp_version version;

    if (!wp_check_value(body->list, attribute->key->text, attribute->value, type, words.text,
                        words.count))
        return;
    if (strcmp(of, "methods") == 0)
        check_methods(body, attribute->value);
    if (type == WP_TYPE_VERSION &&
        !wp_version_read(attribute->value->text, wp_attribute_is_yes(fact->attributes, "compact"),
                         &version))
        wp_report(body->list, WP_E_BAD_ATTRIBUTE, attribute->value->span,
                  "'%s' takes a version such as 22.10", attribute->key->text);
}

/* ---- one attribute -------------------------------------------------------------------- */

static void check_body(const struct body *body);

static enum wp_owner
owner_by_name(const char *name)
{
    for (unsigned i = 0; i < WP_OWNER_COUNT; i++)
        if (strcmp(owner_names[i], name) == 0)
            return (enum wp_owner)i;
    return WP_OWNER_COUNT;
}

static void
check_inner(const struct body *body, const struct wp_attribute *attribute, const char *owner)
{
    struct body inner = *body;

    inner.owner = owner_by_name(owner);
    inner.first = attribute->attributes;
    inner.span = attribute->key->span;
    inner.fact_kind = NULL;
    if (inner.owner < WP_OWNER_COUNT)
        check_body(&inner);
}

/* A demand's or issue's `code` has to be a diagnostic of its block. */
static void
check_code(const struct body *body, const struct wp_attribute *attribute)
{
    uint64_t number = attribute->value->number;

    if (strcmp(attribute->key->text, "code") != 0 ||
        (body->owner != WP_OWN_DEMAND && body->owner != WP_OWN_ISSUE))
        return;
    if (number < 3001 || number > 3999 || !wp_diagnostic_by_code((int)number))
        wp_report(body->list, WP_E_BAD_ATTRIBUTE, attribute->value->span,
                  "there is no diagnostic WOA%llu for demands and issues",
                  (unsigned long long)number);
}

static void
check_attribute(const struct body *body, const struct wp_attribute *attribute)
{
    const char *key = key_of(attribute);
    const struct wp_attribute_row *row = find_row(body->owner, key, attribute->kind);
    const struct wp_attribute *fact = attribute->kind == WP_ATTRIBUTE ? find_fact(body, key) : NULL;

    if (!row && fact) {
        check_fact(body, attribute, fact);
        return;
    }
    if (!row && attribute->kind == WP_ATTRIBUTE)
        row = find_tenant_row(body, key);
    if (!row) {
        report_unknown(body, attribute);
        return;
    }
    if (attribute->kind == WP_DEMAND || attribute->kind == WP_WHERE)
        wp_check_line(body->list, body->files, attribute);
    if (attribute->kind == WP_DEMAND || attribute->kind == WP_BLOCK) {
        check_inner(body, attribute, row->values);
        return;
    }
    if (attribute->kind == WP_ATTRIBUTE) {
        struct words words = split_words(body->list->arena, row->values);
        if (wp_check_value(body->list, key, attribute->value, row->type, words.text, words.count))
            check_code(body, attribute);
    }
}

/* ---- a body --------------------------------------------------------------------------- */

/* The same thing earlier in the list: an attribute, an unnamed block, or a block
 * of the same name where names tell them apart. */
static const struct wp_attribute *
find_earlier(const struct body *body, const struct wp_attribute *attribute)
{
    const struct wp_attribute_row *row;

    if (attribute->kind != WP_ATTRIBUTE && attribute->kind != WP_BLOCK)
        return NULL;
    row = find_row(body->owner, attribute->key->text, attribute->kind);
    for (const struct wp_attribute *a = body->first; a != attribute; a = a->next) {
        if (a->kind != attribute->kind || strcmp(a->key->text, attribute->key->text) != 0)
            continue;
        if (a->kind == WP_ATTRIBUTE || (row && row->type == WP_TYPE_BLOCK))
            return a;
        if (body->owner == WP_OWN_KIND && a->name && attribute->name &&
            strcmp(a->name->text, attribute->name->text) == 0)
            return a;
    }
    return NULL;
}

static void
check_duplicate(const struct body *body, const struct wp_attribute *attribute)
{
    const struct wp_attribute *earlier = find_earlier(body, attribute);
    struct wp_diagnostic *finding;

    if (!earlier)
        return;
    finding = wp_report(body->list, WP_E_DUPLICATE_ATTRIBUTE, attribute->key->span,
                        "'%s' is given twice", attribute->key->text);
    wp_add_label(body->list, finding, earlier->key->span, "first given here");
}

static bool
is_given(const struct body *body, const struct wp_attribute_row *row)
{
    for (const struct wp_attribute *a = body->first; a; a = a->next)
        if (row_takes(row, a->kind) && strcmp(key_of(a), row->key) == 0)
            return true;
    return false;
}

static void
check_required(const struct body *body)
{
    for (size_t i = 0; i < wp_attribute_row_count; i++) {
        const struct wp_attribute_row *row = &wp_attribute_rows[i];
        struct wp_diagnostic *finding;

        if (row->owner != body->owner || !row->required || is_given(body, row) ||
            wp_was_lost(body->list, row->key))
            continue;
        finding = wp_report(body->list, WP_E_MISSING_ATTRIBUTE, body->span, "%s needs '%s'",
                            owner_texts[body->owner], row->key);
        wp_add_note(body->list, finding, "'%s': %s", row->key, row->help);
    }
}

static void
check_body(const struct body *body)
{
    for (const struct wp_attribute *a = body->first; a; a = a->next) {
        if (!a->key || (a->kind != WP_BLOCK && !a->value))
            continue;
        check_attribute(body, a);
        check_duplicate(body, a);
    }
    check_required(body);
}

/* ---- declarations ----------------------------------------------------------------------- */

/* A tenant's kind has to be declared; then its facts are attributes. */
static void
check_tenant_kind(struct body *body)
{
    const char *kind = wp_tenant_kind(body->declaration);
    const struct wp_attribute *said = wp_attribute_find(body->first, "kind");
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *other;
    struct words kinds = {.count = 0};
    struct wp_diagnostic *finding;
    const char *meant;

    if (!said || said->value->kind != WP_VALUE_NAME)
        return;
    if (wp_declaration_find(body->files, WP_DECL_KIND, kind)) {
        body->fact_kind = kind;
        return;
    }
    while ((other = wp_declaration_next(body->files, WP_DECL_KIND, &walk)))
        add_word(&kinds, other->name->text);
    meant = wp_suggest(kind, kinds.text, kinds.count);
    finding = wp_report(body->list, WP_E_BAD_ATTRIBUTE, said->value->span,
                        "there is no kind of tenant '%s'", kind);
    if (meant)
        wp_add_fix(body->list, finding, WP_FIX_CHANGES_DECISIONS, said->value->span, meant,
                   "write '%s'", meant);
}

static enum wp_owner
declaration_owner(const struct wp_declaration *declaration)
{
    static const struct {
        enum wp_declaration_kind kind;
        enum wp_owner owner;
    } owners[] = {{WP_DECL_TENANT, WP_OWN_TENANT}, {WP_DECL_GROUP, WP_OWN_GROUP},
                  {WP_DECL_APP, WP_OWN_APP},       {WP_DECL_METHOD, WP_OWN_METHOD},
                  {WP_DECL_DEVICE, WP_OWN_DEVICE}, {WP_DECL_CLIENT, WP_OWN_CLIENT},
                  {WP_DECL_KIND, WP_OWN_KIND},     {WP_DECL_POSTURE, WP_OWN_POSTURE},
                  {WP_DECL_ISSUE, WP_OWN_ISSUE}};

    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
        if (owners[i].kind == declaration->kind)
            return owners[i].owner;
    return WP_OWNER_COUNT;
}

static void
check_declaration(struct wp_diagnostics *list, const struct wp_model *files,
                  const struct wp_declaration *declaration)
{
    struct body body = {.list = list, .files = files, .declaration = declaration};

    body.owner = declaration_owner(declaration);
    if (body.owner == WP_OWNER_COUNT || !declaration->has_attributes || !declaration->name)
        return;
    body.first = declaration->attributes;
    body.span = declaration->name->span;
    if (body.owner == WP_OWN_TENANT) {
        check_tenant_kind(&body);
        /* Of what kind it is decides what else there can be. */
        if (!body.fact_kind && wp_attribute_find(body.first, "kind"))
            return;
    }
    check_body(&body);
}

void
wp_check_attributes(struct wp_diagnostics *list, struct wp_arena *arena,
                    struct wp_file *const *files, uint32_t file_count)
{
    struct wp_model view = {.arena = arena};

    wp_facts_view_of_files(arena, files, file_count, &view);
    for (uint32_t i = 0; i < file_count; i++)
        for (const struct wp_declaration *d = files[i]->declarations; d; d = d->next)
            check_declaration(list, &view, d);
}
