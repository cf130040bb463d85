#include "compiler/lsp/server.h"

#include "compiler/lsp/uri.h"
#include "lang/columns.h"

#include <stdlib.h>
#include <string.h>

/* The text with what is no UTF-8 replaced; NULL when memory runs out. */
static json_t *
mend(const char *text, size_t length)
{
    static const char replacement[] = "\xef\xbf\xbd";
    char *clean = malloc(length * 3 + 1);
    size_t used = 0;
    if (clean == NULL)
        return NULL;
    for (size_t at = 0; at < length;) {
        struct wp_glyph glyph = wp_glyph_at(text + at, length - at, 0);
        bool stray = glyph.bytes == 1 && (unsigned char)text[at] >= 0x80;
        memcpy(clean + used, stray ? replacement : text + at, stray ? 3 : glyph.bytes);
        used += stray ? 3 : glyph.bytes;
        at += glyph.bytes;
    }
    json_t *string = json_stringn(clean, used);
    free(clean);
    return string;
}

json_t *
wp_lsp_text(const char *text, size_t length)
{
    json_t *string = json_stringn(text, length);
    return string != NULL ? string : mend(text, length);
}

json_t *
wp_lsp_string(const char *text)
{
    return text == NULL ? json_null() : wp_lsp_text(text, strlen(text));
}

static uint32_t
number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number > UINT32_MAX)
        return UINT32_MAX;
    return number < 0 ? 0 : (uint32_t)number;
}

struct wp_lsp_position
wp_lsp_position_of(const json_t *params, const char *key)
{
    const json_t *place = json_object_get(params, key);
    return (struct wp_lsp_position){number_of(place, "line"), number_of(place, "character")};
}

json_t *
wp_lsp_range_json(const struct wp_lsp_text *text, uint32_t start, uint32_t end)
{
    struct wp_lsp_position from = wp_lsp_position(text, start), to = wp_lsp_position(text, end);
    return json_pack("{s:{s:I, s:I}, s:{s:I, s:I}}", "start", "line", (json_int_t)from.line,
                     "character", (json_int_t)from.character, "end", "line", (json_int_t)to.line,
                     "character", (json_int_t)to.character);
}

json_t *
wp_study_range(struct wp_study *study, struct wp_span span)
{
    if (span.file >= study->sources->count) {
        struct wp_lsp_text nothing = {.text = "", .starts = &(uint32_t){0}, .line_count = 1};
        return wp_lsp_range_json(&nothing, 0, 0);
    }
    return wp_lsp_range_json(wp_study_text(study, span.file), span.start, span.end);
}

const char *
wp_study_uri(const struct wp_document *document, uint32_t file)
{
    const struct wp_study *study = document->study;
    if (file >= study->sources->count)
        return NULL;
    const char *name = study->sources->files[file].name;
    if (strcmp(name, document->path) == 0)
        return document->uri;
    return name[0] == '/' ? wp_lsp_uri_of_path(study->arena, name) : NULL;
}

json_t *
wp_study_location(const struct wp_document *document, struct wp_span span)
{
    const char *uri = wp_study_uri(document, span.file);
    if (uri == NULL)
        return NULL;
    return json_pack("{s:o, s:o}", "uri", wp_lsp_string(uri), "range",
                     wp_study_range(document->study, span));
}
