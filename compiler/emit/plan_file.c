/* Plans to JSON and back. */
#include "compiler/emit/plan_file.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/emit/compare.h"
#include "compiler/emit/plan_make.h"
#include "woapol.h"

void
wp_digest_bytes(const void *bytes, size_t size, char digits[65])
{
    unsigned char digest[32] = {0};

    (void)EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(digits + 2 * i, 3, "%02x", digest[i]);
}

/* ---- writing ----------------------------------------------------------------------- */

static json_t *
optional(json_t *value)
{
    return value == NULL ? json_null() : json_incref(value);
}

static json_t *
place_json(struct wp_sources *sources, struct wp_span span)
{
    if (sources == NULL || span.file >= sources->count)
        return json_null();
    struct wp_position place = wp_locate(sources, span.file, span.start);
    return json_pack("{s:s, s:i, s:i}", "file", sources->files[span.file].name, "line",
                     (int)place.line, "column", (int)place.column);
}

static json_t *
changes_json(struct wp_arena *arena, const struct wp_call *call)
{
    struct wp_difference *differences;
    size_t count = wp_compare_bodies(arena, call->before, call->after, &differences);
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(
            array, json_pack("{s:s, s:s?, s:s?}", "what", differences[i].path, "before",
                             differences[i].before, "after", differences[i].after));
    return array;
}

/* One call for people and programs; `sources`, unless NULL, tells places. */
static json_t *
call_json(struct wp_arena *arena, const struct wp_call *call, struct wp_sources *sources)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:o, s:o, s:o, s:s?, s:s?, s:b, s:o, "
                     "s:o}",
                     "verb", wp_verb_text(call->verb), "kind", call->kind, "key", call->key, "name",
                     call->name, "method", call->method, "path", call->path, "media", call->media,
                     "send", optional(call->send), "before", optional(call->before), "after",
                     optional(call->after), "summary", call->summary, "stage", call->stage,
                     "checkpoint", call->checkpoint, "changes", changes_json(arena, call), "place",
                     place_json(sources, call->span));
}

json_t *
wp_calls_json(const struct wp_plan *plan, struct wp_sources *sources)
{
    json_t *array = json_array();

    for (size_t i = 0; i < plan->count; i++)
        (void)json_array_append_new(array, call_json(plan->arena, &plan->calls[i], sources));
    return array;
}

static json_t *
objects_json(const struct wp_state *state)
{
    json_t *array = json_array();

    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *object = state->items[i];
        (void)json_array_append_new(
            array, json_pack("{s:s, s:s, s:s, s:s?, s:o, s:b, s:b}", "key", object->key, "kind",
                             object->kind, "name", object->name, "id", object->id, "body",
                             optional(object->body), "system", object->system, "reference",
                             object->reference));
    }
    return array;
}

static json_t *
base64(const void *bytes, size_t size)
{
    if (bytes == NULL || size > INT32_MAX / 2)
        return json_null();
    unsigned char *text = malloc((size + 2) / 3 * 4 + 1);
    if (text == NULL)
        return json_null();
    int length = EVP_EncodeBlock(text, bytes, (int)size);
    json_t *value = json_stringn((const char *)text, (size_t)length);
    free(text);
    return value;
}

json_t *
wp_plan_file_json(const struct wp_plan_file *file, struct wp_sources *sources)
{
    const struct wp_plan *plan = &file->plan;
    json_t *foreign = json_array();

    for (size_t i = 0; i < plan->foreign_count; i++)
        (void)json_array_append_new(foreign, json_string(plan->foreign[i]));
    return json_pack("{s:i, s:s, s:s?, s:s, s:s, s:s?, s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o, "
                     "s:o}",
                     "plan", WP_PLAN_VERSION, "woapol", woapol_version(), "tenant", plan->tenant,
                     "kind", plan->tenant_kind, "url", plan->url, "source", file->source,
                     "source_digest", file->source_digest, "fingerprint", plan->fingerprint,
                     "desired", plan->desired, "prune", file->options.prune, "allow_narrowing",
                     file->options.allow_narrowing, "calls", wp_calls_json(plan, sources),
                     "foreign", foreign, "objects", objects_json(&file->read), "sources",
                     base64(file->bundle, file->bundle_size));
}

/* ---- reading ------------------------------------------------------------------------ */

/* What is being read, and what was wrong first. */
struct reading {
    struct wp_arena *arena;
    struct wp_problem *problem;
};

static bool
wrong(const struct reading *reading, const char *what)
{
    return wp_problem_set(reading->problem, WP_PROBLEM_FAILED,
                          "it is no plan that this version of woapol can read: %s", what);
}

/* A text under a key; with `may_miss` null and a missing one give NULL. */
static bool
read_text(const struct reading *reading, const json_t *object, const char *key, bool may_miss,
          const char **text)
{
    const json_t *value = json_object_get(object, key);

    *text = NULL;
    if (json_is_string(value)) {
        if (strlen(json_string_value(value)) != json_string_length(value))
            return wrong(reading, key);
        *text = wp_copy_text(reading->arena, json_string_value(value), json_string_length(value));
        return true;
    }
    return (may_miss && (value == NULL || json_is_null(value))) || wrong(reading, key);
}

static bool
read_digest(const struct reading *reading, const json_t *object, const char *key, char digits[65])
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL || strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64)
        return wrong(reading, key);
    memcpy(digits, text, 65);
    return true;
}

/* Takes a copy of a body; null stands for none. */
static json_t *
take(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value == NULL || json_is_null(value) ? NULL : json_deep_copy(value);
}

static bool
read_verb(const struct reading *reading, const json_t *json, enum wp_verb *verb)
{
    const char *text = json_string_value(json_object_get(json, "verb"));

    for (int i = WP_CREATE; text != NULL && i <= WP_ASSIGN; i++) {
        *verb = (enum wp_verb)i;
        if (strcmp(wp_verb_text(*verb), text) == 0)
            return true;
    }
    return wrong(reading, "verb");
}

static bool
is_method(const char *text)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i], text) == 0)
            return true;
    return false;
}

static bool
read_call(const struct reading *reading, struct wp_plan *plan, const json_t *json)
{
    enum wp_verb verb;
    const char *key;

    if (!read_verb(reading, json, &verb) || !read_text(reading, json, "key", false, &key))
        return false;
    struct wp_call *call = wp_plan_add(plan, verb, key);
    call->send = take(json, "send");
    call->before = take(json, "before");
    call->after = take(json, "after");
    call->checkpoint = json_is_true(json_object_get(json, "checkpoint"));
    if (!read_text(reading, json, "kind", false, &call->kind) ||
        !read_text(reading, json, "name", false, &call->name) ||
        !read_text(reading, json, "method", false, &call->method) ||
        !read_text(reading, json, "path", false, &call->path) ||
        !read_text(reading, json, "media", true, &call->media) ||
        !read_text(reading, json, "summary", true, &call->summary) ||
        !read_text(reading, json, "stage", true, &call->stage))
        return false;
    return (call->path[0] == '/' && is_method(call->method)) || wrong(reading, "path");
}

bool
wp_calls_read(struct wp_plan *plan, const json_t *calls, struct wp_problem *problem)
{
    const struct reading reading = {plan->arena, problem};
    size_t i;
    json_t *call;

    if (!json_is_array(calls))
        return wrong(&reading, "calls");
    json_array_foreach((json_t *)(uintptr_t)calls, i,
                       call) if (!read_call(&reading, plan, call)) return false;
    return true;
}

static bool
read_object(const struct reading *reading, struct wp_state *state, const json_t *json)
{
    const char *key, *kind, *name, *id;
    json_t *body = take(json, "body");

    if (!read_text(reading, json, "key", false, &key) ||
        !read_text(reading, json, "kind", false, &kind) ||
        !read_text(reading, json, "name", false, &name) ||
        !read_text(reading, json, "id", true, &id)) {
        json_decref(body);
        return false;
    }
    struct wp_object *object = wp_state_add_key(state, key, kind, name, id, body);
    if (object == NULL)
        return wrong(reading, "an object stands there twice");
    object->system = json_is_true(json_object_get(json, "system"));
    object->reference = json_is_true(json_object_get(json, "reference"));
    return true;
}

static bool
read_objects(const struct reading *reading, struct wp_state *state, const json_t *objects)
{
    size_t i;
    json_t *object;

    if (!json_is_array(objects))
        return wrong(reading, "objects");
    json_array_foreach((json_t *)(uintptr_t)objects, i,
                       object) if (!read_object(reading, state, object)) return false;
    return true;
}

static bool
read_foreign(const struct reading *reading, struct wp_plan *plan, const json_t *foreign)
{
    size_t i;
    json_t *key;

    plan->foreign = wp_alloc_array(reading->arena, json_array_size(foreign) + 1, sizeof(char *));
    json_array_foreach((json_t *)(uintptr_t)foreign, i, key)
    {
        if (!json_is_string(key))
            return wrong(reading, "foreign");
        plan->foreign[plan->foreign_count++] =
            wp_copy_text(reading->arena, json_string_value(key), json_string_length(key));
    }
    return true;
}

/* The sources, and whether they are those that the digest tells of. */
static bool
read_bundle(const struct reading *reading, struct wp_plan_file *file, const json_t *document)
{
    const json_t *value = json_object_get(document, "sources");
    size_t length = json_string_length(value);
    const char *text = json_string_value(value);
    char digits[65];

    if (value == NULL || json_is_null(value))
        return true;
    if (text == NULL || length % 4 != 0 || length > INT32_MAX)
        return wrong(reading, "sources");
    unsigned char *bytes = wp_alloc(reading->arena, length / 4 * 3 + 1);
    int size = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)length);
    if (size < 0)
        return wrong(reading, "sources");
    /* DecodeBlock counts what only fills up. */
    file->bundle = bytes;
    file->bundle_size = (size_t)size - (length > 0 && text[length - 1] == '=') -
                        (length > 1 && text[length - 2] == '=');
    wp_digest_bytes(file->bundle, file->bundle_size, digits);
    return strcmp(digits, file->source_digest) == 0 || wrong(reading, "source_digest");
}

bool
wp_plan_file_read(struct wp_plan_file *file, struct wp_arena *arena, const json_t *document,
                  struct wp_problem *problem)
{
    const struct reading reading = {arena, problem};
    struct wp_plan *plan = &file->plan;

    *file = (struct wp_plan_file){.plan.arena = arena};
    wp_state_init(&file->read, arena);
    if (json_integer_value(json_object_get(document, "plan")) != WP_PLAN_VERSION)
        return wrong(&reading, "plan");
    file->options.prune = json_is_true(json_object_get(document, "prune"));
    file->options.allow_narrowing = json_is_true(json_object_get(document, "allow_narrowing"));
    return read_text(&reading, document, "tenant", true, &plan->tenant) &&
           read_text(&reading, document, "kind", false, &plan->tenant_kind) &&
           read_text(&reading, document, "url", false, &plan->url) &&
           read_text(&reading, document, "source", true, &file->source) &&
           read_digest(&reading, document, "source_digest", file->source_digest) &&
           read_digest(&reading, document, "fingerprint", plan->fingerprint) &&
           read_digest(&reading, document, "desired", plan->desired) &&
           wp_calls_read(plan, json_object_get(document, "calls"), problem) &&
           read_foreign(&reading, plan, json_object_get(document, "foreign")) &&
           read_objects(&reading, &file->read, json_object_get(document, "objects")) &&
           read_bundle(&reading, file, document);
}

void
wp_plan_file_end(struct wp_plan_file *file)
{
    wp_plan_end(&file->plan);
    if (file->read.arena != NULL)
        wp_state_end(&file->read);
}

/* ---- comparing ------------------------------------------------------------------------ */

static bool
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_json(const json_t *a, const json_t *b)
{
    return a == NULL || b == NULL ? a == b : json_equal(a, b);
}

bool
wp_plans_equal(const struct wp_plan *a, const struct wp_plan *b)
{
    if (a->count != b->count || !same_text(a->tenant_kind, b->tenant_kind))
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct wp_call *x = &a->calls[i], *y = &b->calls[i];
        if (x->verb != y->verb || x->checkpoint != y->checkpoint || !same_text(x->key, y->key) ||
            !same_text(x->method, y->method) || !same_text(x->path, y->path) ||
            !same_text(x->media, y->media) || !same_json(x->send, y->send) ||
            !same_json(x->before, y->before) || !same_json(x->after, y->after))
            return false;
    }
    return true;
}
