/* Changes to the text: cures of findings, and formatting. */
#include "compiler/lsp/server.h"

#include "lang/formatter.h"
#include "lang/parse.h"

#include <string.h>

/* ---- cures ------------------------------------------------------------------------ */

static const char *
caution(enum wp_applicability applicability)
{
    switch (applicability) {
    case WP_FIX_SAFE:
        return "";
    case WP_FIX_CHANGES_DECISIONS:
        return " (decisions may change)";
    case WP_FIX_NEEDS_INPUT:
        return " (to be filled in)";
    }
    return "";
}

static json_t *
action_json(const struct wp_document *document, const struct wp_diagnostic *finding,
            const struct wp_fix *fix)
{
    struct wp_study *study = document->study;
    const char *uri = wp_study_uri(document, fix->span.file);
    if (uri == NULL)
        return NULL;
    json_t *edit = json_pack("{s:o, s:o}", "range", wp_study_range(study, fix->span), "newText",
                             wp_lsp_string(fix->replacement));
    json_t *changes = json_object();
    (void)json_object_set_new(changes, uri, json_pack("[o]", edit));
    const char *title = wp_format(study->arena, "%s%s", fix->title, caution(fix->applicability));
    json_t *action = json_pack("{s:o, s:s, s:{s:o}}", "title", wp_lsp_string(title), "kind",
                               "quickfix", "edit", "changes", changes);
    json_t *cured = wp_diagnostic_json(document, finding);
    if (cured != NULL)
        (void)json_object_set_new(action, "diagnostics", json_pack("[o]", cured));
    (void)json_object_set_new(action, "isPreferred",
                              json_boolean(fix->applicability == WP_FIX_SAFE));
    return action;
}

static bool
touches(struct wp_span span, uint32_t start, uint32_t end)
{
    return span.file == 0 && span.start <= end && span.end >= start;
}

static bool
wants_fixes(const json_t *params)
{
    const json_t *only = json_object_get(json_object_get(params, "context"), "only");
    if (!json_is_array(only))
        return true;
    for (size_t i = 0; i < json_array_size(only); i++) {
        const char *kind = json_string_value(json_array_get(only, i));
        if (kind != NULL && (kind[0] == '\0' || strcmp(kind, "quickfix") == 0))
            return true;
    }
    return false;
}

json_t *
wp_ask_code_action(struct wp_server *server, const json_t *params)
{
    const struct wp_document *document = wp_document_of(server, params);
    if (document == NULL || !wants_fixes(params))
        return json_array();
    const json_t *range = json_object_get(params, "range");
    const struct wp_lsp_text *text = wp_study_text(document->study, 0);
    uint32_t start = wp_lsp_offset(text, wp_lsp_position_of(range, "start"));
    uint32_t end = wp_lsp_offset(text, wp_lsp_position_of(range, "end"));
    json_t *actions = json_array();
    const struct wp_diagnostic *at = document->study->compilation.diagnostics.first;
    for (; at != NULL; at = at->next)
        for (const struct wp_fix *fix = at->fixes; fix != NULL; fix = fix->next) {
            if (!touches(at->span, start, end) && !touches(fix->span, start, end))
                continue;
            json_t *action = json_array_size(actions) < WP_LSP_MOST_ITEMS
                                 ? action_json(document, at, fix)
                                 : NULL;
            if (action != NULL)
                (void)json_array_append_new(actions, action);
        }
    return actions;
}

/* ---- formatting ---------------------------------------------------------------------- */

/* One edit, of the lines that differ: the cursor stays where it is elsewhere. */
static json_t *
edit_between(const struct wp_lsp_text *text, const char *new, size_t length)
{
    uint32_t from = 0, to = text->length;
    size_t end = length, same = 0;
    while (same < to && same < end && text->text[same] == new[same]) {
        same++;
        if (new[same - 1] == '\n')
            from = (uint32_t)same;
    }
    size_t tail = 0, kept = 0;
    while (to - tail > from && end - tail > from &&
           text->text[to - tail - 1] == new[end - tail - 1]) {
        if (new[end - tail - 1] == '\n')
            kept = tail;
        tail++;
    }
    to -= (uint32_t)kept;
    end -= kept;
    return json_pack("[{s:o, s:o}]", "range", wp_lsp_range_json(text, from, to), "newText",
                     wp_lsp_text(new + from, end - from));
}

json_t *
wp_ask_formatting(struct wp_server *server, const json_t *params)
{
    const struct wp_document *document = wp_document_of(server, params);
    if (document == NULL)
        return NULL;
    struct wp_arena *arena = wp_arena_inside(document->study->arena);
    struct wp_sources sources;
    struct wp_diagnostics findings;
    json_t *edits = json_array();
    wp_sources_init(&sources, arena);
    wp_diagnostics_init(&findings, arena, &sources);
    uint32_t number =
        wp_sources_add(&sources, document->path, document->text, (uint32_t)document->length);
    const struct wp_file *file = wp_parse(&findings, wp_names_new(arena), number);
    if (findings.errors == 0 && !file->has_errors) {
        size_t length = 0;
        const char *new = wp_format_file(arena, &sources, file, &length);
        struct wp_lsp_text text;
        wp_lsp_text_init(&text, arena, document->text, (uint32_t)document->length);
        if (length != document->length || memcmp(new, document->text, length) != 0) {
            json_decref(edits);
            edits = edit_between(&text, new, length);
        }
    }
    wp_arena_free(arena);
    return edits;
}
