/* textDocument/completion: the names and keywords that the grammar wants. */
#include "compiler/lsp/server.h"

#include <string.h>
#include <strings.h>

#include "compiler/check/attributes.h"
#include "compiler/lsp/place.h"

/* Numbers of the protocol's CompletionItemKind. */
enum {
    ITEM_METHOD = 2,
    ITEM_FUNCTION = 3,
    ITEM_MODULE = 9,
    ITEM_PROPERTY = 10,
    ITEM_VALUE = 12,
    ITEM_KEYWORD = 14,
    ITEM_CONSTANT = 21
};

/* The list that grows, and what has been typed of the word already. */
struct completion {
    json_t *items;
    bool is_cut;
    const char *typed;
    size_t typed_length;
};

static void
add(struct completion *list, const char *label, size_t length, int kind, const char *detail)
{
    if (length < list->typed_length || strncasecmp(label, list->typed, list->typed_length) != 0)
        return;
    if (json_array_size(list->items) >= WP_LSP_MOST_ITEMS) {
        list->is_cut = true;
        return;
    }
    json_t *item = json_pack("{s:o, s:i}", "label", wp_lsp_text(label, length), "kind", kind);
    if (detail != NULL)
        (void)json_object_set_new(item, "detail", wp_lsp_string(detail));
    (void)json_array_append_new(list->items, item);
}

static void
add_words(struct completion *list, const char *words, int kind)
{
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        add(list, words, length, kind, NULL);
        words += length + (words[length] == ' ');
    }
}

static void
add_symbols(struct completion *list, const struct wp_symbols *symbols, unsigned kinds)
{
    for (uint32_t i = 0; i < symbols->count; i++) {
        const struct wp_symbol *symbol = &symbols->all[i];
        if ((kinds >> symbol->kind & 1) != 0)
            add(list, symbol->name, strlen(symbol->name),
                symbol->kind == WP_SYMBOL_METHOD     ? ITEM_METHOD
                : symbol->kind == WP_SYMBOL_TEMPLATE ? ITEM_FUNCTION
                                                     : ITEM_CONSTANT,
                wp_symbol_kind_text(symbol->kind));
    }
}

static void
add_rules(struct completion *list, const struct wp_study *study)
{
    add(list, "otherwise", 9, ITEM_KEYWORD, NULL);
    for (uint32_t i = 0; i < study->file_count; i++)
        for (const struct wp_declaration *d = study->files[i]->declarations; d; d = d->next)
            for (const struct wp_rule *rule = d->rules; rule != NULL; rule = rule->next)
                if (rule->kind == WP_RULE && rule->name != NULL)
                    add(list, rule->name->text, strlen(rule->name->text), ITEM_VALUE,
                        d->name != NULL ? d->name->text : NULL);
}

/* `std/` may have been typed, of which an editor replaces what is behind the slash. */
static void
add_modules(struct completion *list, const struct wp_words *words)
{
    size_t prefix = words->count > 0 && wp_word_is(words, words->count - 1, "/") ? 4 : 0;
    for (const struct wp_stdlib_module *module = wp_stdlib_modules; module->name; module++)
        if (strcmp(module->name, "std/prelude") != 0)
            add(list, module->name + prefix, strlen(module->name + prefix), ITEM_MODULE, NULL);
}

/* The keys that the braces of a declaration can have. */
static void
add_keys(struct completion *list, enum wp_symbol_kind kind)
{
    static const int owners[WP_SYMBOL_KIND_COUNT] = {
        [WP_SYMBOL_TENANT] = WP_OWN_TENANT + 1,   [WP_SYMBOL_GROUP] = WP_OWN_GROUP + 1,
        [WP_SYMBOL_APP] = WP_OWN_APP + 1,         [WP_SYMBOL_METHOD] = WP_OWN_METHOD + 1,
        [WP_SYMBOL_DEVICE] = WP_OWN_DEVICE + 1,   [WP_SYMBOL_KIND] = WP_OWN_KIND + 1,
        [WP_SYMBOL_POSTURE] = WP_OWN_POSTURE + 1, [WP_SYMBOL_ISSUE] = WP_OWN_ISSUE + 1,
        [WP_SYMBOL_CLIENT] = WP_OWN_CLIENT + 1};
    if (kind == WP_SYMBOL_KIND_COUNT || owners[kind] == 0)
        return;
    for (size_t i = 0; i < wp_attribute_row_count; i++) {
        const struct wp_attribute_row *row = &wp_attribute_rows[i];
        if ((int)row->owner + 1 == owners[kind] && strcmp(row->key, "TENANT") != 0)
            add(list, row->key, strlen(row->key), ITEM_PROPERTY, row->help);
    }
}

static void
fill(struct completion *list, const struct wp_study *study, const struct wp_words *words)
{
    enum wp_want want = wp_want_after(words);
    add_symbols(list, study->symbols, wp_want_kinds(want));
    add_words(list, wp_want_keywords(want),
              want == WP_WANT_ENTRY || want == WP_WANT_RISK ? ITEM_VALUE : ITEM_KEYWORD);
    if (want == WP_WANT_MODULE)
        add_modules(list, words);
    if (want == WP_WANT_RULE_NAME)
        add_rules(list, study);
    if (want == WP_WANT_KEY)
        add_keys(list, wp_block_kind(words));
}

json_t *
wp_ask_completion(struct wp_server *server, const json_t *params)
{
    const struct wp_document *document = wp_document_of(server, params);
    if (document == NULL)
        return NULL;
    struct wp_study *study = document->study;
    const struct wp_lsp_text *text = wp_study_text(study, 0);
    uint32_t end = wp_lsp_offset(text, wp_lsp_position_of(params, "position")), start = end;
    while (start > 0 && wp_is_name_byte(text->text[start - 1]))
        start--;
    struct wp_arena *arena = wp_arena_inside(study->arena);
    struct wp_words words;
    wp_words_scan(&words, arena, text->text, start);
    struct completion list = {json_array(), false, text->text + start, end - start};
    if (!words.in_comment)
        fill(&list, study, &words);
    wp_arena_free(arena);
    return json_pack("{s:b, s:o}", "isIncomplete", list.is_cut, "items", list.items);
}
