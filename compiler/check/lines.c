/*
 * The paths that demands and issues can ask, with what each is compared with.
 * A line that means nothing would be passed over in silence, so it is an error.
 */
#include "compiler/check/lines.h"
#include "compiler/check/attributes.h"
#include "compiler/check/predicate.h"
#include "compiler/facts.h"

#include <string.h>

/* What a path's value names. */
enum names { OF_WORDS, OF_DEVICES, OF_METHODS, OF_KINDS, OF_SOURCES };

struct path_row {
    const char *path;
    bool demanded, asked; /* in `demands`, in `where` */
    enum names names;
    const char *words[4];
};

static const struct path_row paths[] = {
    {"device", true, true, OF_DEVICES, {NULL}},
    {"device.named", false, true, OF_DEVICES, {NULL}},
    {"group.source", true, false, OF_SOURCES, {NULL}},
    {"policy", true, true, OF_WORDS, {"default"}},
    {"policy.apps", false, true, OF_WORDS, {"yes", "no"}},
    {"chain.alone", true, false, OF_WORDS, {"yes", "no"}},
    {"chain.first", true, false, OF_WORDS, {"yes", "no"}},
    {"chain.with", true, false, OF_METHODS, {NULL}},
    {"tenant", false, true, OF_KINDS, {NULL}},
    {"entry", false, true, OF_WORDS, {"browser", "native_app", "hub", "okta_mobile"}},
    {"posture.asked", false, true, OF_WORDS, {"managed", "compliant", "risk"}},
    {"posture.required", false, true, OF_WORDS, {"managed", "compliant"}},
    {"method.covered", false, true, OF_WORDS, {"yes", "no"}},
    {"domain.signs_in", false, true, OF_WORDS, {"yes", "no"}},
    {"decision.denies", false, true, OF_WORDS, {"yes", "no"}},
};

struct words {
    const char **text;
    size_t count;
};

static bool
declares(const struct wp_declaration *declaration, enum wp_declaration_kind kind)
{
    return declaration->kind == kind && (kind != WP_DECL_DEVICE || !declaration->set);
}

/* The names that are declared of a kind. */
static struct words
declared_names(struct wp_arena *arena, const struct wp_model *view, enum wp_declaration_kind kind)
{
    struct words words = {NULL, 0};
    const struct wp_declaration *first = view->files[0]->declarations;
    size_t count = 0;

    for (const struct wp_declaration *d = first; d; d = d->next)
        count += declares(d, kind);
    words.text = wp_alloc_array(arena, count + 1, sizeof *words.text);
    for (const struct wp_declaration *d = first; d; d = d->next)
        if (declares(d, kind))
            words.text[words.count++] = d->name->text;
    return words;
}

static struct words
path_words(struct wp_arena *arena, const struct wp_model *view, const struct path_row *row)
{
    static const char *sources[] = {"active_directory", "ldap", "uem_local", "local", "mixed"};
    struct words words = {NULL, 0};

    switch (row->names) {
    case OF_DEVICES:
        return declared_names(arena, view, WP_DECL_DEVICE);
    case OF_METHODS:
        return declared_names(arena, view, WP_DECL_METHOD);
    case OF_KINDS:
        return declared_names(arena, view, WP_DECL_KIND);
    case OF_SOURCES:
        return (struct words){sources, sizeof sources / sizeof *sources};
    case OF_WORDS:
        words.text = wp_alloc_array(arena, 4, sizeof *words.text);
        while (words.count < 4 && row->words[words.count]) {
            words.text[words.count] = row->words[words.count];
            words.count++;
        }
        return words;
    }
    return words;
}

static const struct path_row *
find_path(const struct wp_attribute *line)
{
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (strcmp(paths[i].path, line->key->text) == 0 &&
            (line->kind == WP_DEMAND ? paths[i].demanded : paths[i].asked))
            return &paths[i];
    return NULL;
}

static void
report_path(struct wp_diagnostics *list, const struct wp_attribute *line)
{
    const char *candidates[sizeof paths / sizeof *paths];
    size_t count = 0;
    const char *meant;
    struct wp_diagnostic *finding;

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (line->kind == WP_DEMAND ? paths[i].demanded : paths[i].asked)
            candidates[count++] = paths[i].path;
    meant = wp_suggest(line->key->text, candidates, count);
    finding = wp_report(list, WP_E_UNKNOWN_ATTRIBUTE, line->key->span,
                        "'%s' is nothing that '%s' can ask", line->key->text,
                        line->kind == WP_DEMAND ? "demands" : "where");
    if (meant)
        wp_add_fix(list, finding, WP_FIX_CHANGES_DECISIONS, line->key->span, meant, "write '%s'",
                   meant);
    wp_add_note(list, finding, "what there is to ask is listed in docs/guides.md");
}

/* A fact of a kind of tenants, compared with words that it can be. */
static void
check_fact_line(struct wp_diagnostics *list, const struct wp_model *view,
                const struct wp_attribute *line, const struct wp_fact_question *question)
{
    const struct wp_attribute *fact = wp_fact_find(view, question->kind, question->fact);
    const struct wp_attribute *values;
    const char *words[64];
    size_t count = 0;

    if (!fact) {
        wp_report(list, WP_E_UNKNOWN_ATTRIBUTE, line->key->span,
                  "a tenant of kind '%s' has no fact '%s'", question->kind, question->fact);
        return;
    }
    values = wp_attribute_find(fact->attributes, "values");
    if (question->member || !values || values->value->kind != WP_VALUE_LIST)
        return;
    for (const struct wp_value *v = values->value->items; v && count < 64; v = v->next)
        if (v->text)
            words[count++] = v->text;
    (void)wp_check_value(list, line->key->text, line->value, WP_TYPE_CHOICES, words, count);
}

/* `app.protocol`: an attribute of apps. */
static bool
is_app_attribute(const char *path)
{
    if (strncmp(path, "app.", 4) != 0)
        return false;
    for (size_t i = 0; i < wp_attribute_row_count; i++)
        if (wp_attribute_rows[i].owner == WP_OWN_APP &&
            strcmp(wp_attribute_rows[i].key, path + 4) == 0)
            return true;
    return false;
}

/* `ipados in policy.devices`, `okta_mobile in policy.entries`. */
static bool
asks_policy_list(const struct wp_attribute *line)
{
    return line->kind == WP_WHERE && line->op == WP_DEMAND_IN &&
           line->value->kind == WP_VALUE_NAME &&
           (strcmp(line->value->text, "policy.devices") == 0 ||
            strcmp(line->value->text, "policy.entries") == 0);
}

void
wp_check_line(struct wp_diagnostics *list, const struct wp_model *view,
              const struct wp_attribute *line)
{
    struct wp_fact_question question;
    const struct path_row *row;
    struct words words;

    if (wp_fact_question_read(view, line, &question)) {
        check_fact_line(list, view, line, &question);
        return;
    }
    if (asks_policy_list(line) || is_app_attribute(line->key->text))
        return;
    row = find_path(line);
    if (!row) {
        report_path(list, line);
        return;
    }
    words = path_words(list->arena, view, row);
    (void)wp_check_value(list, line->key->text, line->value, WP_TYPE_CHOICES, words.text,
                         words.count);
}
