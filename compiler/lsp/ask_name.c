/* What is under the cursor: hovering, and going to where it is declared. */
#include "compiler/lsp/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/lsp/describe.h"
#include "compiler/lsp/place.h"
#include "compiler/lsp/uri.h"

/* The word at a place: what it says, and what the grammar wants there. */
struct pointed {
    const struct wp_document *document;
    uint32_t offset;
    struct wp_word word; /* end 0: none */
    char *text;          /* without quotes */
    enum wp_want want;
    enum wp_symbol_kind declares;
};

static bool
point_at(struct wp_server *server, const json_t *params, struct pointed *at)
{
    *at = (struct pointed){.document = wp_document_of(server, params)};
    if (at->document == NULL)
        return false;
    struct wp_study *study = at->document->study;
    const struct wp_lsp_text *text = wp_study_text(study, 0);
    at->offset = wp_lsp_offset(text, wp_lsp_position_of(params, "position"));
    struct wp_arena *arena = wp_arena_inside(study->arena);
    struct wp_words words;
    wp_words_scan(&words, arena, text->text, text->length);
    uint32_t i = 0;
    while (i < words.count && words.words[i].end < at->offset)
        i++;
    /* Between two that touch, the name is meant. */
    if (i + 1 < words.count && words.words[i].end == at->offset &&
        words.words[i + 1].start == at->offset && words.words[i].kind == WP_WORD_SIGN)
        i++;
    if (i < words.count && words.words[i].start <= at->offset) {
        at->word = words.words[i];
        bool quoted = at->word.kind == WP_WORD_STRING;
        uint32_t length = at->word.end - at->word.start, cut = quoted && length >= 2;
        at->text = wp_copy_text(study->arena, text->text + at->word.start + cut, length - 2 * cut);
        words.count = i;
        words.in_comment = false;
        at->want = wp_want_after(&words);
        at->declares = wp_declared_after(&words);
    }
    wp_arena_free(arena);
    return true;
}

static const struct wp_symbol *
find_symbol(const struct pointed *at)
{
    const struct wp_symbols *symbols = at->document->study->symbols;
    if (at->word.end == 0 || at->word.kind == WP_WORD_SIGN || at->word.kind == WP_WORD_NUMBER)
        return NULL;
    if (at->declares != WP_SYMBOL_KIND_COUNT)
        return wp_symbols_find(symbols, at->declares, at->text);
    unsigned kinds = wp_want_kinds(at->want);
    for (unsigned kind = 0; kind < WP_SYMBOL_KIND_COUNT; kind++) {
        const struct wp_symbol *found =
            (kinds >> kind & 1) != 0 ? wp_symbols_find(symbols, kind, at->text) : NULL;
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* The rule that `by NAME` means, in the first policy that has it. */
static const struct wp_rule *
find_rule(const struct pointed *at)
{
    const struct wp_study *study = at->document->study;
    if (at->word.end == 0 || at->want != WP_WANT_RULE_NAME)
        return NULL;
    for (uint32_t i = 0; i < study->file_count; i++)
        for (const struct wp_declaration *d = study->files[i]->declarations; d; d = d->next)
            for (const struct wp_rule *rule = d->rules; rule != NULL; rule = rule->next)
                if (rule->kind == WP_RULE && rule->name != NULL &&
                    strcmp(rule->name->text, at->text) == 0)
                    return rule;
    return NULL;
}

static json_t *
hover_json(const struct pointed *at, const char *text, size_t size)
{
    json_t *hover = json_pack("{s:{s:s, s:o}}", "contents", "kind", "markdown", "value",
                              wp_lsp_text(text, size));
    if (at->word.end != 0)
        (void)json_object_set_new(
            hover, "range",
            wp_lsp_range_json(wp_study_text(at->document->study, 0), at->word.start, at->word.end));
    return hover;
}

static void
put_findings(FILE *stream, const struct pointed *at)
{
    const struct wp_diagnostic *finding = at->document->study->compilation.diagnostics.first;
    unsigned most = 3;
    for (; finding != NULL && most > 0; finding = finding->next)
        if (finding->span.file == 0 && finding->span.start <= at->offset &&
            finding->span.end >= at->offset) {
            (void)fputs(ftell(stream) > 0 ? "\n---\n\n" : "", stream);
            wp_describe_finding(stream, finding);
            most--;
        }
}

json_t *
wp_ask_hover(struct wp_server *server, const json_t *params)
{
    struct pointed at;
    if (!point_at(server, params, &at))
        return NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        server->options->out_of_memory(NULL);
    const struct wp_symbol *symbol = find_symbol(&at);
    const struct wp_rule *rule = find_rule(&at);
    if (symbol != NULL)
        wp_describe_symbol(stream, at.document->study, symbol);
    else if (rule != NULL)
        wp_describe_source(stream, at.document->study, rule->span);
    put_findings(stream, &at);
    (void)fclose(stream);
    json_t *hover = size > 0 ? hover_json(&at, text, size) : NULL;
    free(text);
    return hover;
}

/* `use "networks.woapol"` leads to the file. */
static json_t *
used_file(const struct pointed *at)
{
    const struct wp_study *study = at->document->study;
    const struct wp_declaration *d = study->file_count > 0 ? study->files[0]->declarations : NULL;
    for (; d != NULL; d = d->next) {
        if (d->kind != WP_DECL_USE || d->title == NULL || !d->title->quoted ||
            d->title->span.start > at->offset || d->title->span.end < at->offset)
            continue;
        const char *path = wp_import_path(study->arena, at->document->path, d->title->text);
        for (uint32_t i = 0; i < study->sources->count; i++)
            if (strcmp(study->sources->files[i].name, path) == 0)
                return wp_study_location(at->document, (struct wp_span){i, 0, 0});
    }
    return NULL;
}

json_t *
wp_ask_definition(struct wp_server *server, const json_t *params)
{
    struct pointed at;
    if (!point_at(server, params, &at))
        return NULL;
    const struct wp_symbol *symbol = find_symbol(&at);
    if (symbol != NULL)
        return wp_study_location(at.document, symbol->span);
    const struct wp_rule *rule = find_rule(&at);
    return rule != NULL ? wp_study_location(at.document, rule->name->span) : used_file(&at);
}
