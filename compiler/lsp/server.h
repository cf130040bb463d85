/* What the parts of the language server share. Only compiler/lsp includes this. */
#ifndef WP_LSP_SERVER_H
#define WP_LSP_SERVER_H

#include <jansson.h>

#include "compiler/lsp/lsp.h"
#include "compiler/lsp/position.h"
#include "compiler/symbols.h"

#define WP_LSP_MAX_DOCUMENTS 512
#define WP_LSP_MAX_TEXT ((size_t)256 << 20) /* of all documents */
#define WP_LSP_MOST_ITEMS 1000              /* of one list in an answer */

/* What was found out about a document. `sources`, `files` and `symbols` are there
 * whether or not it compiles; document 0 of the sources is the document itself. */
struct wp_study {
    struct wp_compilation compilation;
    struct wp_arena *arena; /* of the rest */
    struct wp_sources *sources;
    struct wp_file **files;
    uint32_t file_count;
    const struct wp_symbols *symbols;
    struct wp_lsp_text *texts; /* by file; text NULL: not made yet */
};

struct wp_document {
    struct wp_arena *arena; /* of its names */
    const char *uri;        /* as the editor writes it */
    const char *path;
    char *text; /* with a NUL */
    size_t length;
    json_int_t version;
    bool has_version;
    struct wp_study *study;
};

struct wp_server {
    const struct wp_lsp_options *options;
    struct wp_reader reader; /* open documents before files */
    struct wp_document *documents[WP_LSP_MAX_DOCUMENTS];
    size_t document_count;
    size_t text_size;
    bool is_initialized, is_shut_down, is_over, is_mute;
};

/* ---- lsp.c ---------------------------------------------------------------------- */

/* Sends {"jsonrpc": "2.0", "method": method, "params": params}; takes `params`. */
void wp_lsp_notify(struct wp_server *server, const char *method, json_t *params);
/* Tells the person at the editor's log. */
void wp_lsp_log(struct wp_server *server, const char *message);

/* ---- documents.c ---------------------------------------------------------------- */

/* The one that textDocument.uri of the parameters names, or NULL. */
struct wp_document *wp_document_of(struct wp_server *server, const json_t *params);
void wp_documents_init(struct wp_server *server);
void wp_documents_free(struct wp_server *server);
void wp_did_open(struct wp_server *server, const json_t *params);
void wp_did_change(struct wp_server *server, const json_t *params);
void wp_did_close(struct wp_server *server, const json_t *params);
void wp_did_save(struct wp_server *server, const json_t *params);
void wp_did_change_files(struct wp_server *server, const json_t *params);

/* ---- study.c -------------------------------------------------------------------- */

struct wp_study *wp_study_make(struct wp_server *server, const char *path);
void wp_study_free(struct wp_study *study);
/* Whether the file at `path` is among what was read. */
bool wp_study_uses(const struct wp_study *study, const char *path);
/* The lines of a file of the study. */
const struct wp_lsp_text *wp_study_text(struct wp_study *study, uint32_t file);

/* ---- json.c --------------------------------------------------------------------- */

/* A JSON string; bytes that are not UTF-8 become U+FFFD. */
json_t *wp_lsp_text(const char *text, size_t length);
json_t *wp_lsp_string(const char *text);
/* A place from the parameters' `key`; beyond everything when it is no place. */
struct wp_lsp_position wp_lsp_position_of(const json_t *params, const char *key);
json_t *wp_lsp_range_json(const struct wp_lsp_text *text, uint32_t start, uint32_t end);
json_t *wp_study_range(struct wp_study *study, struct wp_span span);
/* {"uri", "range"}, or NULL where there is no file (a module of the library). */
json_t *wp_study_location(const struct wp_document *document, struct wp_span span);
/* How the editor calls a file of the document's study; NULL for a module. */
const char *wp_study_uri(const struct wp_document *document, uint32_t file);

/* ---- publish.c ------------------------------------------------------------------ */

void wp_publish(struct wp_server *server, const struct wp_document *document);
void wp_publish_nothing(struct wp_server *server, const char *uri);
/* A finding as the protocol's Diagnostic; NULL when it is not the document's. */
json_t *wp_diagnostic_json(const struct wp_document *document, const struct wp_diagnostic *finding);

/* ---- what is asked: each returns the result, or NULL for JSON null ----------------- */

json_t *wp_ask_code_action(struct wp_server *server, const json_t *params);
json_t *wp_ask_formatting(struct wp_server *server, const json_t *params);
json_t *wp_ask_hover(struct wp_server *server, const json_t *params);
json_t *wp_ask_definition(struct wp_server *server, const json_t *params);
json_t *wp_ask_symbols(struct wp_server *server, const json_t *params);
json_t *wp_ask_completion(struct wp_server *server, const json_t *params);

#endif
