/* Findings as a SARIF 2.1.0 log with one run. Columns count code points; files
 * are named by the path they were given by, as a relative reference. */
#include <stdlib.h>
#include <string.h>

#include "compiler/cli/findings_json.h"
#include "runtime/include/woapol.h"

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* A path as a URI reference: all but what a path may hold is escaped. */
static json_t *
uri_json(const char *path)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "-._~/!$&'()*+,;=@";
    static const char digits[] = "0123456789ABCDEF";
    char *text = malloc(strlen(path) * 3 + 1);
    if (text == NULL)
        return NULL;
    size_t used = 0;
    for (; *path != '\0'; path++) {
        unsigned char c = (unsigned char)*path;
        if (strchr(kept, c) != NULL) {
            text[used++] = *path;
            continue;
        }
        text[used++] = '%';
        text[used++] = digits[c >> 4];
        text[used++] = digits[c & 15];
    }
    text[used] = '\0';
    json_t *string = json_string(text);
    free(text);
    return string;
}

static json_t *
artifact_json(struct wp_sources *sources, uint32_t file)
{
    return json_pack("{s:o}", "uri", uri_json(sources->files[file].name));
}

static json_t *
region_json(struct wp_sources *sources, struct wp_span span)
{
    struct wp_position start = wp_locate(sources, span.file, span.start);
    struct wp_position end = wp_locate(sources, span.file, span.end);
    return json_pack("{s:i, s:i, s:i, s:i}", "startLine", (int)start.line, "startColumn",
                     (int)start.column, "endLine", (int)end.line, "endColumn", (int)end.column);
}

static json_t *
location_json(struct wp_sources *sources, struct wp_span span)
{
    return json_pack("{s:{s:o, s:o}}", "physicalLocation", "artifactLocation",
                     artifact_json(sources, span.file), "region", region_json(sources, span));
}

static json_t *
message_json(const char *text)
{
    return json_pack("{s:o}", "text", wp_json_text(text));
}

/* ---- rules -------------------------------------------------------------------- */

static json_t *
rule_json(const struct wp_diagnostic_info *info)
{
    json_t *help =
        json_sprintf("%s\n\nExample:\n\n%s\n\nCure: %s", info->meaning, info->example, info->cure);
    return json_pack("{s:o, s:s, s:o, s:o, s:{s:o}, s:{s:s}}", "id", wp_json_code(info), "name",
                     info->name, "shortDescription", message_json(info->title), "fullDescription",
                     message_json(info->meaning), "help", "text", help, "defaultConfiguration",
                     "level", wp_severity_text(info->severity));
}

/* The rules that the findings use, in the table's order; index[kind] is set to
 * where each stands. */
static json_t *
rules_json(const struct wp_diagnostics *list, int index[WP_DIAGNOSTIC_COUNT])
{
    json_t *rules = json_array();
    for (size_t kind = 0; kind < WP_DIAGNOSTIC_COUNT; kind++)
        index[kind] = -1;
    for (const struct wp_diagnostic *f = list->first; f != NULL; f = f->next)
        index[f->kind] = 0;
    int next = 0;
    for (size_t kind = 0; kind < WP_DIAGNOSTIC_COUNT; kind++) {
        if (index[kind] == -1)
            continue;
        index[kind] = next++;
        (void)json_array_append_new(rules, rule_json(&wp_diagnostic_infos[kind]));
    }
    return rules;
}

/* ---- results ------------------------------------------------------------------ */

static json_t *
related_json(const struct wp_diagnostics *list, const struct wp_diagnostic *finding)
{
    json_t *array = json_array();
    for (const struct wp_label *label = finding->labels; label != NULL; label = label->next) {
        if (label->span.file >= list->sources->count)
            continue;
        json_t *location = location_json(list->sources, label->span);
        (void)json_object_set_new(location, "id", json_integer((json_int_t)json_array_size(array)));
        (void)json_object_set_new(location, "message", message_json(label->text));
        (void)json_array_append_new(array, location);
    }
    return array;
}

/* Fixes with a blank to be filled in are left out: tools apply what they get. */
static json_t *
fixes_json(const struct wp_diagnostics *list, const struct wp_diagnostic *finding)
{
    json_t *array = json_array();
    for (const struct wp_fix *fix = finding->fixes; fix != NULL; fix = fix->next) {
        if (fix->applicability == WP_FIX_NEEDS_INPUT || fix->span.file >= list->sources->count)
            continue;
        json_t *replacement =
            json_pack("{s:o, s:o}", "deletedRegion", region_json(list->sources, fix->span),
                      "insertedContent", message_json(fix->replacement));
        json_t *change =
            json_pack("{s:o, s:[o]}", "artifactLocation",
                      artifact_json(list->sources, fix->span.file), "replacements", replacement);
        json_t *object = json_pack("{s:o, s:[o]}", "description", message_json(fix->title),
                                   "artifactChanges", change);
        (void)json_array_append_new(array, object);
    }
    return array;
}

/* The message with its notes and helps: SARIF has no other place for them. */
static json_t *
result_message(const struct wp_diagnostic *finding)
{
    json_t *text = wp_json_text(finding->message);
    for (const struct wp_remark *remark = finding->remarks; remark != NULL && text != NULL;
         remark = remark->next) {
        json_t *more = wp_json_text(remark->text);
        json_t *joined = json_sprintf("%s\n%s: %s", json_string_value(text),
                                      remark->is_help ? "help" : "note", json_string_value(more));
        json_decref(more);
        json_decref(text);
        text = joined;
    }
    return json_pack("{s:o}", "text", text);
}

static json_t *
locations_json(const struct wp_diagnostics *list, const struct wp_diagnostic *finding)
{
    json_t *array = json_array();
    if (finding->span.file >= list->sources->count)
        return array;
    json_t *location = location_json(list->sources, finding->span);
    if (finding->policy != NULL && finding->rule != NULL) {
        json_t *policy = wp_json_text(finding->policy), *rule = wp_json_text(finding->rule);
        json_t *name = json_sprintf("%s.%s", json_string_value(policy), json_string_value(rule));
        (void)json_object_set_new(
            location, "logicalLocations",
            json_pack("[{s:o, s:o}]", "name", rule, "fullyQualifiedName", name));
        json_decref(policy);
    }
    (void)json_array_append_new(array, location);
    return array;
}

static json_t *
properties_json(const struct wp_diagnostic *finding)
{
    json_t *by = json_array();
    for (size_t i = 0; i < finding->by_count; i++)
        (void)json_array_append_new(by, wp_json_text(finding->by[i]));
    return json_pack("{s:o, s:o, s:o, s:o}", "policy", wp_json_text(finding->policy), "rule",
                     wp_json_text(finding->rule), "by", by, "witness",
                     wp_json_witness(finding->witness));
}

static json_t *
result_json(const struct wp_diagnostics *list, const struct wp_diagnostic *finding, int rule)
{
    json_t *result = json_pack("{s:o, s:i, s:s, s:o, s:o}", "ruleId",
                               wp_json_code(&wp_diagnostic_infos[finding->kind]), "ruleIndex", rule,
                               "level", wp_severity_text(finding->severity), "message",
                               result_message(finding), "locations", locations_json(list, finding));
    json_t *related = related_json(list, finding), *fixes = fixes_json(list, finding);
    if (json_array_size(related) > 0)
        (void)json_object_set(result, "relatedLocations", related);
    if (json_array_size(fixes) > 0)
        (void)json_object_set(result, "fixes", fixes);
    json_decref(related);
    json_decref(fixes);
    (void)json_object_set_new(result, "properties", properties_json(finding));
    return result;
}

json_t *
wp_findings_sarif(const struct wp_diagnostics *list)
{
    int index[WP_DIAGNOSTIC_COUNT];
    json_t *rules = rules_json(list, index);
    json_t *results = json_array();
    for (const struct wp_diagnostic *finding = list->first; finding != NULL;
         finding = finding->next)
        (void)json_array_append_new(results, result_json(list, finding, index[finding->kind]));
    json_t *driver =
        json_pack("{s:s, s:s, s:o}", "name", "woapol", "version", woapol_version(), "rules", rules);
    json_t *run =
        json_pack("{s:{s:o}, s:s, s:[{s:b}], s:o}", "tool", "driver", driver, "columnKind",
                  "unicodeCodePoints", "invocations", "executionSuccessful", 1, "results", results);
    return json_pack("{s:s, s:s, s:[o]}", "$schema", SCHEMA, "version", "2.1.0", "runs", run);
}
