/* Any bytes from an editor: after a greeting and a document that is open they are
 * taken as the stream, and once more as the text of a document that is asked about
 * everywhere. What is answered must be frames of JSON. */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/lsp/lsp.h"

struct editor {
    char *stream;
    size_t size, at;
};

static long
give(void *context, void *bytes, size_t size)
{
    struct editor *editor = context;
    size_t part = editor->size - editor->at < size ? editor->size - editor->at : size;
    memcpy(bytes, editor->stream + editor->at, part);
    editor->at += part;
    return (long)part;
}

/* Heads and bodies come one after the other. */
static bool
take(void *context, const char *bytes, size_t size)
{
    (void)context;
    if (size > 14 && memcmp(bytes, "Content-Length", 14) == 0)
        return true;
    json_t *json = json_loadb(bytes, size, JSON_ALLOW_NUL, NULL);
    if (!json_is_object(json))
        abort();
    json_decref(json);
    return true;
}

static const char *
no_file(void *context, struct wp_arena *arena, const char *path, size_t *length,
        const char **reason)
{
    (void)context;
    (void)arena;
    (void)path;
    (void)length;
    *reason = "there are no files";
    return NULL;
}

static void
run_out(void *context)
{
    (void)context;
    abort();
}

static void
put(FILE *stream, json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT);
    if (text == NULL)
        abort();
    (void)fprintf(stream, "Content-Length: %zu\r\n\r\n%s", strlen(text), text);
    free(text);
    json_decref(message);
}

static void
put_begin(FILE *stream, json_t *text)
{
    put(stream, json_pack("{s:i, s:s}", "id", 1, "method", "initialize"));
    put(stream, json_pack("{s:s, s:{s:{s:s, s:o}}}", "method", "textDocument/didOpen", "params",
                          "textDocument", "uri", "file:///a.woapol", "text", text));
}

static void
put_questions(FILE *stream, const uint8_t *data, size_t size)
{
    static const char *const asked[] = {"hover",          "definition", "completion",
                                        "documentSymbol", "formatting", "codeAction"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char method[64];
        json_int_t line = size > i ? data[i] % 8 : 0, character = size > 2 * i ? data[2 * i] : 0;
        (void)snprintf(method, sizeof method, "textDocument/%s", asked[i]);
        json_t *place = json_pack("{s:I, s:I}", "line", line, "character", character);
        put(stream,
            json_pack("{s:i, s:s, s:{s:{s:s}, s:O, s:{s:{s:i, s:i}, s:o}}}", "id", 2, "method",
                      method, "params", "textDocument", "uri", "file:///a.woapol", "position",
                      place, "range", "start", "line", 0, "character", 0, "end", place));
    }
}

static void
serve(char *stream, size_t size)
{
    static const struct wp_reader files = {.read = no_file};
    struct editor editor = {.stream = stream, .size = size};
    const struct wp_lsp_options options = {.read = give,
                                           .write = take,
                                           .context = &editor,
                                           .files = &files,
                                           .analysis = {.each = 100, .all = 1000},
                                           .out_of_memory = run_out,
                                           .version = "0"};
    const char *reason = NULL;
    if (wp_lsp_run(&options, &reason) == WP_LSP_BROKEN && reason == NULL)
        abort();
    free(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&bytes, &length);
    put_begin(stream,
              json_string("group A\npolicy P is default { rule a when group in A deny }\n"));
    (void)fwrite(data, 1, size, stream);
    (void)fclose(stream);
    serve(bytes, length);
    json_t *text = json_stringn((const char *)data, size);
    if (text == NULL)
        return 0;
    stream = open_memstream(&bytes, &length);
    put_begin(stream, text);
    put_questions(stream, data, size);
    (void)fclose(stream);
    serve(bytes, length);
    return 0;
}
