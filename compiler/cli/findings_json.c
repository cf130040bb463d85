/* Findings as JSON. Every key is always there; what a finding does not have is
 * null or empty. */
#include "compiler/cli/findings_json.h"

#include <stdlib.h>
#include <string.h>

#include "lang/columns.h"

static bool
is_stray_byte(const char *text, const struct wp_glyph *glyph)
{
    return glyph->bytes == 1 && (unsigned char)text[0] >= 0x80;
}

json_t *
wp_json_text(const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    if (text == NULL)
        return json_null();
    size_t length = strlen(text), used = 0;
    json_t *string = json_stringn(text, length);
    if (string != NULL)
        return string;
    char *clean = malloc(length * 3 + 1);
    if (clean == NULL)
        return NULL;
    for (size_t at = 0; at < length;) {
        struct wp_glyph glyph = wp_glyph_at(text + at, length - at, 0);
        bool stray = is_stray_byte(text + at, &glyph);
        memcpy(clean + used, stray ? replacement : text + at, stray ? 3 : glyph.bytes);
        used += stray ? 3 : glyph.bytes;
        at += glyph.bytes;
    }
    string = json_stringn(clean, used);
    free(clean);
    return string;
}

json_t *
wp_json_code(const struct wp_diagnostic_info *info)
{
    return json_sprintf("WOA%04d", info->code);
}

json_t *
wp_json_witness(const char *witness)
{
    if (witness == NULL)
        return json_null();
    json_t *value = json_loads(witness, JSON_DECODE_ANY, NULL);
    return value != NULL ? value : wp_json_text(witness);
}

static const char *
applicability_text(enum wp_applicability applicability)
{
    switch (applicability) {
    case WP_FIX_SAFE:
        return "safe";
    case WP_FIX_CHANGES_DECISIONS:
        return "changes-decisions";
    case WP_FIX_NEEDS_INPUT:
        return "needs-input";
    }
    return "needs-input";
}

/* Sets file, line, column, end_line and end_column. */
static int
set_place(json_t *object, struct wp_sources *sources, struct wp_span span)
{
    if (span.file >= sources->count)
        return json_object_update_new(object, json_pack("{s:n, s:n, s:n, s:n, s:n}", "file", "line",
                                                        "column", "end_line", "end_column"));
    struct wp_position start = wp_locate(sources, span.file, span.start);
    struct wp_position end = wp_locate(sources, span.file, span.end);
    return json_object_update_new(object, json_pack("{s:o, s:i, s:i, s:i, s:i}", "file",
                                                    wp_json_text(sources->files[span.file].name),
                                                    "line", (int)start.line, "column",
                                                    (int)start.column, "end_line", (int)end.line,
                                                    "end_column", (int)end.column));
}

static json_t *
labels_json(const struct wp_diagnostics *list, const struct wp_diagnostic *finding)
{
    json_t *array = json_array();
    for (const struct wp_label *label = finding->labels; label != NULL; label = label->next) {
        json_t *object = json_object();
        (void)set_place(object, list->sources, label->span);
        (void)json_object_set_new(object, "message", wp_json_text(label->text));
        (void)json_array_append_new(array, object);
    }
    return array;
}

static json_t *
remarks_json(const struct wp_diagnostic *finding, bool is_help)
{
    json_t *array = json_array();
    for (const struct wp_remark *remark = finding->remarks; remark != NULL; remark = remark->next)
        if (remark->is_help == is_help)
            (void)json_array_append_new(array, wp_json_text(remark->text));
    return array;
}

static json_t *
fixes_json(const struct wp_diagnostics *list, const struct wp_diagnostic *finding)
{
    json_t *array = json_array();
    for (const struct wp_fix *fix = finding->fixes; fix != NULL; fix = fix->next) {
        json_t *object = json_object();
        (void)json_object_set_new(object, "title", wp_json_text(fix->title));
        (void)json_object_set_new(object, "applicability",
                                  json_string(applicability_text(fix->applicability)));
        (void)set_place(object, list->sources, fix->span);
        (void)json_object_set_new(object, "replacement", wp_json_text(fix->replacement));
        (void)json_array_append_new(array, object);
    }
    return array;
}

static json_t *
names_json(const char **names, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(array, wp_json_text(names[i]));
    return array;
}

static json_t *
finding_json(const struct wp_diagnostics *list, const struct wp_diagnostic *finding)
{
    json_t *object = json_object();
    (void)json_object_set_new(object, "code", wp_json_code(&wp_diagnostic_infos[finding->kind]));
    (void)json_object_set_new(object, "severity", json_string(wp_severity_text(finding->severity)));
    (void)json_object_set_new(object, "message", wp_json_text(finding->message));
    (void)set_place(object, list->sources, finding->span);
    (void)json_object_set_new(object, "policy", wp_json_text(finding->policy));
    (void)json_object_set_new(object, "rule", wp_json_text(finding->rule));
    (void)json_object_set_new(object, "by", names_json(finding->by, finding->by_count));
    (void)json_object_set_new(object, "witness", wp_json_witness(finding->witness));
    (void)json_object_set_new(object, "label", wp_json_text(finding->label));
    (void)json_object_set_new(object, "labels", labels_json(list, finding));
    (void)json_object_set_new(object, "notes", remarks_json(finding, false));
    (void)json_object_set_new(object, "helps", remarks_json(finding, true));
    (void)json_object_set_new(object, "fixes", fixes_json(list, finding));
    return object;
}

json_t *
wp_findings_json(const struct wp_diagnostics *list)
{
    json_t *array = json_array();
    for (const struct wp_diagnostic *finding = list->first; finding != NULL;
         finding = finding->next)
        (void)json_array_append_new(array, finding_json(list, finding));
    return json_pack("{s:o}", "findings", array);
}
