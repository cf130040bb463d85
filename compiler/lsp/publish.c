/* Findings as the editor's diagnostics. */
#include "compiler/lsp/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
severity_number(enum wp_severity severity)
{
    return severity == WP_ERROR ? 1 : severity == WP_WARNING ? 2 : 3;
}

/* What may as well go: shown faded. */
static bool
is_unnecessary(enum wp_diagnostic_kind kind)
{
    return kind == WP_E_SHADOWED || kind == WP_E_EMPTY_CONDITION || kind == WP_E_REDUNDANT ||
           kind == WP_E_IMPORT_TWICE || kind == WP_E_REPEATED_METHOD || kind == WP_E_IDLE_OPERATION;
}

/* The `use` that brought another file in, or the text's beginning. */
static struct wp_span
find_use(const struct wp_study *study, uint32_t file)
{
    struct wp_span first = {0, 0, 0};
    const char *name = study->sources->files[file].name;
    const struct wp_declaration *at = study->file_count > 0 ? study->files[0]->declarations : NULL;
    for (; at != NULL; at = at->next) {
        if (at->kind != WP_DECL_USE || at->title == NULL)
            continue;
        size_t length = strlen(at->title->text), all = strlen(name);
        bool ends = length <= all && strcmp(name + all - length, at->title->text) == 0;
        if (ends || (first.end == 0 && at->title->quoted))
            first = at->title->span;
        if (ends)
            break;
    }
    return first;
}

static json_t *
message_of(const struct wp_diagnostic *finding, const char *where)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    if (where != NULL)
        (void)fprintf(stream, "in %s: ", where);
    (void)fputs(finding->message, stream);
    if (finding->label != NULL)
        (void)fprintf(stream, "\n%s", finding->label);
    for (const struct wp_remark *at = finding->remarks; at != NULL; at = at->next)
        (void)fprintf(stream, "\n%s: %s", at->is_help ? "help" : "note", at->text);
    (void)fclose(stream);
    json_t *message = text == NULL ? NULL : wp_lsp_text(text, size);
    free(text);
    return message;
}

static void
add_related(json_t *list, const struct wp_document *document, struct wp_span span, const char *text)
{
    json_t *location = wp_study_location(document, span);
    if (location != NULL && json_array_size(list) < WP_LSP_MOST_ITEMS)
        (void)json_array_append_new(
            list, json_pack("{s:o, s:o}", "location", location, "message", wp_lsp_string(text)));
    else
        json_decref(location);
}

json_t *
wp_diagnostic_json(const struct wp_document *document, const struct wp_diagnostic *finding)
{
    struct wp_study *study = document->study;
    struct wp_span span = finding->span;
    const char *where = NULL;
    json_t *related = json_array();
    /* What is wrong in another file shows where it is used, errors alone: the rest
     * shows when that file is opened. */
    if (span.file != 0 && span.file < study->sources->count) {
        if (finding->severity != WP_ERROR) {
            json_decref(related);
            return NULL;
        }
        where = study->sources->files[span.file].name;
        add_related(related, document, span, finding->message);
        span = find_use(study, span.file);
    }
    for (const struct wp_label *at = finding->labels; at != NULL; at = at->next)
        add_related(related, document, at->span, at->text);
    json_t *json =
        json_pack("{s:o, s:i, s:o, s:s, s:o, s:o}", "range", wp_study_range(study, span),
                  "severity", severity_number(finding->severity), "code",
                  json_sprintf("WOA%04d", wp_diagnostic_infos[finding->kind].code), "source",
                  "woapol", "message", message_of(finding, where), "relatedInformation", related);
    if (is_unnecessary(finding->kind))
        (void)json_object_set_new(json, "tags", json_pack("[i]", 1));
    return json;
}

static void
publish(struct wp_server *server, const char *uri, json_t *diagnostics,
        const struct wp_document *document)
{
    json_t *params = json_pack("{s:o, s:o}", "uri", wp_lsp_string(uri), "diagnostics", diagnostics);
    if (document != NULL && document->has_version)
        (void)json_object_set_new(params, "version", json_integer(document->version));
    wp_lsp_notify(server, "textDocument/publishDiagnostics", params);
}

void
wp_publish(struct wp_server *server, const struct wp_document *document)
{
    const struct wp_diagnostic *at = document->study->compilation.diagnostics.first;
    json_t *diagnostics = json_array();
    for (; at != NULL && json_array_size(diagnostics) < WP_LSP_MOST_ITEMS; at = at->next) {
        json_t *one = wp_diagnostic_json(document, at);
        if (one != NULL)
            (void)json_array_append_new(diagnostics, one);
    }
    publish(server, document->uri, diagnostics, document);
}

void
wp_publish_nothing(struct wp_server *server, const char *uri)
{
    publish(server, uri, json_array(), NULL);
}
