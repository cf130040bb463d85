/* The documents that are open in the editor. */
#include "compiler/lsp/server.h"

#include "compiler/load.h"
#include "compiler/lsp/uri.h"

#include <stdlib.h>
#include <string.h>

/* A copy: the document may change while what was read is still in use. */
static const char *
read_document(void *context, struct wp_arena *arena, const char *path, size_t *length,
              const char **reason)
{
    struct wp_server *server = context;
    const struct wp_reader *files = server->options->files;
    for (size_t i = 0; i < server->document_count; i++) {
        const struct wp_document *document = server->documents[i];
        if (strcmp(document->path, path) == 0) {
            *length = document->length;
            return wp_copy_text(arena, document->text, document->length);
        }
    }
    files = files != NULL ? files : &wp_file_reader;
    return files->read(files->context, arena, path, length, reason);
}

void
wp_documents_init(struct wp_server *server)
{
    server->reader = (struct wp_reader){.read = read_document, .context = server};
}

static struct wp_document *
find_document(struct wp_server *server, const char *uri)
{
    for (size_t i = 0; uri != NULL && i < server->document_count; i++)
        if (strcmp(server->documents[i]->uri, uri) == 0)
            return server->documents[i];
    return NULL;
}

static const char *
uri_of(const json_t *params)
{
    return json_string_value(json_object_get(json_object_get(params, "textDocument"), "uri"));
}

struct wp_document *
wp_document_of(struct wp_server *server, const json_t *params)
{
    return find_document(server, uri_of(params));
}

static void
free_document(struct wp_document *document)
{
    wp_study_free(document->study);
    free(document->text);
    wp_arena_free(document->arena);
    free(document);
}

void
wp_documents_free(struct wp_server *server)
{
    for (size_t i = 0; i < server->document_count; i++)
        free_document(server->documents[i]);
    server->document_count = 0;
}

/* Looks again at the documents that use what is at `path`, or at all (NULL). */
static void
look_again(struct wp_server *server, const char *path)
{
    for (size_t i = 0; i < server->document_count; i++) {
        struct wp_document *document = server->documents[i];
        if (path != NULL && document->study != NULL && strcmp(document->path, path) != 0 &&
            !wp_study_uses(document->study, path) &&
            document->study->compilation.diagnostics.errors == 0)
            continue;
        wp_study_free(document->study);
        document->study = wp_study_make(server, document->path);
        wp_publish(server, document);
    }
}

/* Gives the document another text. False when there would be too much of it. */
static bool
set_text(struct wp_server *server, struct wp_document *document, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    if (text == NULL || server->text_size - document->length + length > WP_LSP_MAX_TEXT) {
        wp_lsp_log(server,
                   text == NULL ? "a document without text" : "the documents are too large");
        return false;
    }
    char *copy = malloc(length + 1);
    if (copy == NULL)
        server->options->out_of_memory(NULL);
    memcpy(copy, text, length + 1);
    free(document->text);
    server->text_size += length - document->length;
    document->text = copy;
    document->length = length;
    return true;
}

static void
set_version(struct wp_document *document, const json_t *identifier)
{
    const json_t *version = json_object_get(identifier, "version");
    document->has_version = json_is_integer(version);
    document->version = json_integer_value(version);
}

static struct wp_document *
add_document(struct wp_server *server, const char *uri)
{
    if (server->document_count == WP_LSP_MAX_DOCUMENTS) {
        wp_lsp_log(server, "too many documents are open");
        return NULL;
    }
    struct wp_document *document = calloc(1, sizeof *document);
    if (document == NULL || (document->text = calloc(1, 1)) == NULL)
        server->options->out_of_memory(NULL);
    document->arena = wp_arena_new(server->options->out_of_memory, NULL);
    if (document->arena == NULL)
        server->options->out_of_memory(NULL);
    document->uri = wp_copy_text(document->arena, uri, strlen(uri));
    document->path = wp_lsp_path_of_uri(document->arena, uri);
    server->documents[server->document_count++] = document;
    return document;
}

static void
remove_document(struct wp_server *server, struct wp_document *document)
{
    for (size_t i = 0; i < server->document_count; i++)
        if (server->documents[i] == document)
            server->documents[i] = server->documents[--server->document_count];
    server->text_size -= document->length;
    free_document(document);
}

void
wp_did_open(struct wp_server *server, const json_t *params)
{
    const json_t *item = json_object_get(params, "textDocument");
    const char *uri = uri_of(params);
    struct wp_document *document = find_document(server, uri);
    bool is_new = document == NULL;
    if (uri == NULL || (is_new && (document = add_document(server, uri)) == NULL))
        return;
    set_version(document, item);
    if (set_text(server, document, json_object_get(item, "text")))
        look_again(server, document->path);
    else if (is_new)
        remove_document(server, document);
}

/* Each change is the whole text, as was agreed; the last one counts. */
void
wp_did_change(struct wp_server *server, const json_t *params)
{
    struct wp_document *document = wp_document_of(server, params);
    const json_t *changes = json_object_get(params, "contentChanges");
    size_t count = json_array_size(changes);
    if (document == NULL || count == 0)
        return;
    const json_t *change = json_array_get(changes, count - 1);
    if (json_object_get(change, "range") != NULL) {
        wp_lsp_log(server, "a change of a part of a document, which was not agreed upon");
        return;
    }
    set_version(document, json_object_get(params, "textDocument"));
    if (set_text(server, document, json_object_get(change, "text")))
        look_again(server, document->path);
}

void
wp_did_close(struct wp_server *server, const json_t *params)
{
    struct wp_document *document = wp_document_of(server, params);
    if (document == NULL)
        return;
    wp_publish_nothing(server, document->uri);
    char *path = strdup(document->path);
    if (path == NULL)
        server->options->out_of_memory(NULL);
    remove_document(server, document);
    look_again(server, path);
    free(path);
}

void
wp_did_save(struct wp_server *server, const json_t *params)
{
    struct wp_document *document = wp_document_of(server, params);
    if (document != NULL)
        look_again(server, document->path);
}

void
wp_did_change_files(struct wp_server *server, const json_t *params)
{
    (void)params;
    look_again(server, NULL);
}
