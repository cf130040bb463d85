/* The loop, the protocol's life cycle, and who answers what. */
#include "compiler/lsp/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* JSON-RPC's errors, and the protocol's. */
enum {
    PARSE_ERROR = -32700,
    INVALID_REQUEST = -32600,
    METHOD_NOT_FOUND = -32601,
    NOT_INITIALIZED = -32002
};

/* ---- sending ---------------------------------------------------------------------- */

/* Sends the message and takes it. */
static void
send_message(struct wp_server *server, json_t *message)
{
    const struct wp_lsp_options *options = server->options;
    char head[48];
    char *text = message == NULL ? NULL : json_dumps(message, JSON_COMPACT);
    if (text == NULL)
        options->out_of_memory(NULL);
    json_decref(message);
    size_t size = strlen(text);
    int length = snprintf(head, sizeof head, "Content-Length: %zu\r\n\r\n", size);
    if (!server->is_mute)
        server->is_mute = !options->write(options->context, head, (size_t)length) ||
                          !options->write(options->context, text, size);
    free(text);
}

void
wp_lsp_notify(struct wp_server *server, const char *method, json_t *params)
{
    send_message(
        server, json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params));
}

void
wp_lsp_log(struct wp_server *server, const char *message)
{
    wp_lsp_notify(server, "window/logMessage",
                  json_pack("{s:i, s:s+}", "type", 2, "message", "woapol: ", message));
}

static void
answer(struct wp_server *server, json_t *id, json_t *result)
{
    send_message(server, json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result",
                                   result != NULL ? result : json_null()));
}

static void
refuse(struct wp_server *server, json_t *id, int code, const char *message)
{
    send_message(server, json_pack("{s:s, s:O, s:{s:i, s:s}}", "jsonrpc", "2.0", "id",
                                   id != NULL ? id : json_null(), "error", "code", code, "message",
                                   message));
}

/* ---- the life cycle ------------------------------------------------------------------ */

static json_t *
initialize(struct wp_server *server, const json_t *params)
{
    (void)params;
    server->is_initialized = true;
    /* Full texts: 1. */
    return json_pack("{s:{s:s, s:{s:b, s:i, s:{s:b}}, s:b, s:b, s:b, s:b, s:{s:[s]}, s:{s:[s]}},"
                     " s:{s:s, s:s}}",
                     "capabilities", "positionEncoding", "utf-16", "textDocumentSync", "openClose",
                     1, "change", 1, "save", "includeText", 0, "hoverProvider", 1,
                     "definitionProvider", 1, "documentSymbolProvider", 1,
                     "documentFormattingProvider", 1, "codeActionProvider", "codeActionKinds",
                     "quickfix", "completionProvider", "triggerCharacters", "/", "serverInfo",
                     "name", "woapol", "version", server->options->version);
}

static json_t *
shut_down(struct wp_server *server, const json_t *params)
{
    (void)params;
    server->is_shut_down = true;
    return NULL;
}

static void
leave(struct wp_server *server, const json_t *params)
{
    (void)params;
    server->is_over = true;
}

/* ---- who answers what ------------------------------------------------------------------ */

static const struct {
    const char *method;
    json_t *(*ask)(struct wp_server *server, const json_t *params);
} requests[] = {{"initialize", initialize},
                {"shutdown", shut_down},
                {"textDocument/hover", wp_ask_hover},
                {"textDocument/definition", wp_ask_definition},
                {"textDocument/documentSymbol", wp_ask_symbols},
                {"textDocument/completion", wp_ask_completion},
                {"textDocument/codeAction", wp_ask_code_action},
                {"textDocument/formatting", wp_ask_formatting}};

static const struct {
    const char *method;
    void (*tell)(struct wp_server *server, const json_t *params);
} notifications[] = {{"exit", leave},
                     {"textDocument/didOpen", wp_did_open},
                     {"textDocument/didChange", wp_did_change},
                     {"textDocument/didClose", wp_did_close},
                     {"textDocument/didSave", wp_did_save},
                     {"workspace/didChangeWatchedFiles", wp_did_change_files}};

static void
take_request(struct wp_server *server, json_t *id, const char *method, const json_t *params)
{
    bool begins = strcmp(method, "initialize") == 0;
    if (!begins && !server->is_initialized) {
        refuse(server, id, NOT_INITIALIZED, "initialize comes first");
        return;
    }
    if (server->is_shut_down || (begins && server->is_initialized)) {
        refuse(server, id, INVALID_REQUEST,
               begins && !server->is_shut_down ? "initialize comes once" : "shutdown was the last");
        return;
    }
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (strcmp(requests[i].method, method) == 0) {
            answer(server, id, requests[i].ask(server, params));
            return;
        }
    refuse(server, id, METHOD_NOT_FOUND, "no such request here");
}

static void
take_notification(struct wp_server *server, const char *method, const json_t *params)
{
    bool is_exit = strcmp(method, "exit") == 0;
    if (!is_exit && (!server->is_initialized || server->is_shut_down))
        return;
    for (size_t i = 0; i < sizeof notifications / sizeof *notifications; i++)
        if (strcmp(notifications[i].method, method) == 0)
            notifications[i].tell(server, params);
}

static void
take_message(struct wp_server *server, const char *body, size_t size)
{
    json_error_t error;
    json_t *message = json_loadb(body, size, JSON_ALLOW_NUL, &error);
    if (message == NULL) {
        refuse(server, NULL, PARSE_ERROR, "the message is no JSON");
        return;
    }
    json_t *id = json_object_get(message, "id");
    const char *method = json_string_value(json_object_get(message, "method"));
    const json_t *params = json_object_get(message, "params");
    bool id_fits = id == NULL || json_is_integer(id) || json_is_string(id);
    if (!json_is_object(message) || !id_fits || (method == NULL && id == NULL))
        refuse(server, NULL, INVALID_REQUEST, "the message is no request");
    else if (method != NULL && id != NULL)
        take_request(server, id, method, params);
    else if (method != NULL)
        take_notification(server, method, params);
    /* Otherwise an answer, of which we asked for none. */
    json_decref(message);
}

enum wp_lsp_end
wp_lsp_run(const struct wp_lsp_options *options, const char **reason)
{
    struct wp_server *server = calloc(1, sizeof *server);
    struct wp_frame_reader *reader = malloc(sizeof *reader);
    enum wp_frame frame = WP_FRAME_MESSAGE;
    const char *body;
    size_t size;
    if (server == NULL || reader == NULL)
        options->out_of_memory(NULL);
    server->options = options;
    wp_documents_init(server);
    wp_frame_init(reader, options->read, options->context);
    while (!server->is_over && !server->is_mute &&
           (frame = wp_frame_next(reader, &body, &size, reason)) == WP_FRAME_MESSAGE)
        take_message(server, body, size);
    if (frame == WP_FRAME_NO_MEMORY)
        options->out_of_memory(NULL);
    enum wp_lsp_end end = server->is_mute                           ? WP_LSP_MUTE
                          : frame == WP_FRAME_BROKEN                ? WP_LSP_BROKEN
                          : server->is_over && server->is_shut_down ? WP_LSP_DONE
                                                                    : WP_LSP_DROPPED;
    wp_documents_free(server);
    wp_frame_fini(reader);
    free(reader);
    free(server);
    return end;
}
