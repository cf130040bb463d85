/* Names of a lifted source: the model's where it calls the same thing so, else ones
 * made from what the tenant's console shows. */
#include "compiler/emit/access/lift.h"
#include "compiler/emit/plain_text.h"

#include "compiler/facts.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
wp_lift_say(struct wp_lift *lift, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length > 0)
        wp_buffer_add(lift->out, text, (size_t)length);
    free(text);
}

const char *
wp_lift_quoted(struct wp_lift *lift, const char *text)
{
    const char *plain = wp_plain_text(lift->arena, text);

    if (strcmp(plain, text) != 0)
        lift->odd = plain;
    return wp_quoted_text(lift->arena, plain);
}

/* ---- identifiers ----------------------------------------------------------------- */

static bool
is_reserved(const char *name)
{
    static const char *const words[] = {
        "allow",  "and",   "authenticate", "deny",   "else",    "every",  "in",    "is",
        "not",    "or",    "otherwise",    "rule",   "then",    "when",   "by",    "message",
        "report", "given", "none",         "expect", "network", "device", "group", "app",
        "user",   "entry", "never",        "always", "yes",     "no"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], name) == 0)
            return true;
    }
    return false;
}

static const char *
sanitized(struct wp_lift *lift, const char *text)
{
    char *name = wp_alloc(lift->arena, strlen(text) + 3), *to = name;

    if (!isalpha((unsigned char)*text) && *text != '_')
        *to++ = '_';
    for (; *text; text++) {
        if (isalnum((unsigned char)*text) && (unsigned char)*text < 0x80)
            *to++ = *text;
        else if (to == name || to[-1] != '_')
            *to++ = '_';
    }
    while (to > name + 1 && to[-1] == '_')
        to--;
    *to = '\0';
    if (is_reserved(name))
        (void)strcpy(to, "_");
    return name;
}

static bool
is_taken(const struct wp_lift *lift, const char *kind, const char *name)
{
    size_t length = strlen(kind);

    for (const struct wp_lift_name *n = lift->names; n; n = n->next) {
        if (strncmp(n->key, kind, length) == 0 && n->key[length] == '/' &&
            strcmp(n->name, name) == 0)
            return true;
    }
    return false;
}

const char *
wp_lift_identifier(struct wp_lift *lift, const char *key, const char *kind, const char *text)
{
    const char *base = sanitized(lift, text), *name = base;
    struct wp_lift_name *entry = wp_alloc(lift->arena, sizeof *entry);

    for (unsigned i = 2; is_taken(lift, kind, name); i++)
        name = wp_format(lift->arena, "%s_%u", base, i);
    *entry = (struct wp_lift_name){key, name, lift->names};
    lift->names = entry;
    return name;
}

const char *
wp_lift_name(const struct wp_lift *lift, const char *key)
{
    for (const struct wp_lift_name *n = lift->names; n; n = n->next) {
        if (strcmp(n->key, key) == 0)
            return n->name;
    }
    return NULL;
}

/* ---- declarations ----------------------------------------------------------------- */

/* The model's thing that the tenant calls so. */
static const struct wp_thing *
thing_of(const struct wp_lift *lift, const struct wp_thing *things, uint32_t count,
         const char *name)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *its = things[i].directory ? things[i].directory : things[i].name;
        if (lift->session->tenant && things[i].declaration)
            its = wp_name_in_tenant(things[i].declaration, lift->session->tenant, its);
        if (strcmp(its, name) == 0)
            return &things[i];
    }
    return NULL;
}

static void
declare_thing(struct wp_lift *lift, const char *word, const struct wp_object *object,
              const struct wp_thing *thing)
{
    const char *called = thing ? (thing->directory ? thing->directory : thing->name) : object->name;
    const char *name =
        wp_lift_identifier(lift, object->key, word, thing ? thing->name : object->name);

    wp_lift_say(lift, "%s %s", word, name);
    if (strcmp(name, called) != 0)
        wp_lift_say(lift, " = %s", wp_lift_quoted(lift, called));
    if (strcmp(object->name, called) != 0)
        wp_lift_say(lift, " { access = %s }", wp_lift_quoted(lift, object->name));
    wp_lift_say(lift, "\n");
}

static void
declare_network(struct wp_lift *lift, const struct wp_object *object)
{
    const json_t *pairs = json_object_get(object->body, "pairs");
    size_t i;
    json_t *pair;

    if (json_array_size(pairs) == 0)
        return;
    wp_lift_say(lift, "network %s =", wp_lift_identifier(lift, object->key, "range", object->name));
    json_array_foreach(pairs, i, pair)
    {
        const char *low = json_string_value(json_array_get(pair, 0));
        const char *high = json_string_value(json_array_get(pair, 1));
        wp_lift_say(lift, "%s%s", i ? " + " : " ", low);
        if (strcmp(low, high) != 0)
            wp_lift_say(lift, " .. %s", high);
    }
    wp_lift_say(lift, "\n");
}

/* The text of a declaration, as it stands in its file. */
static void
copy_declaration(struct wp_lift *lift, const struct wp_declaration *declaration)
{
    const struct wp_source *file = &lift->model->sources->files[declaration->span.file];

    wp_lift_say(lift, "%.*s\n", (int)(declaration->span.end - declaration->span.start),
                file->text + declaration->span.start);
}

static bool
is_of_library(const struct wp_lift *lift, const struct wp_declaration *declaration)
{
    return strcmp(lift->model->sources->files[declaration->span.file].name, "std/prelude") == 0;
}

static void
declare_method(struct wp_lift *lift, const struct wp_object *object)
{
    const struct wp_declaration *known =
        wp_access_method_find(lift->model, lift->session->tenant, object->id, object->name);
    struct wp_lift_name *entry;

    if (!known) {
        const char *name = wp_lift_identifier(lift, object->key, "method", object->name);
        const char *label = wp_lift_quoted(lift, object->name);
        wp_lift_say(lift,
                    "// What it proves is not known here.\n"
                    "method %s {\n  label   = %s\n  factors = {}\n"
                    "  access {\n    label    = %s\n    resolved = by_label\n  }\n}\n",
                    name, label, label);
        return;
    }
    if (!is_of_library(lift, known))
        copy_declaration(lift, known);
    entry = wp_alloc(lift->arena, sizeof *entry);
    *entry = (struct wp_lift_name){object->key, known->name->text, lift->names};
    lift->names = entry;
}

/* ---- what policies name -------------------------------------------------------------- */

static bool
names_key(const json_t *value, const char *key)
{
    const char *its = wp_reference_key(value), *name;
    json_t *part;
    size_t i;

    if (its)
        return strcmp(its, key) == 0;
    json_array_foreach(value, i, part)
    {
        if (names_key(part, key))
            return true;
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, part)
    {
        if (names_key(part, key))
            return true;
    }
    return false;
}

/* Is the object named by a policy, or bound to one that is not the default? */
static bool
is_needed(const struct wp_lift *lift, const struct wp_object *object)
{
    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *other = lift->state->items[i];
        const char *policy;
        if (strcmp(other->kind, "policy") == 0 && names_key(other->body, object->key))
            return true;
        if (strcmp(object->kind, "app") != 0 || strcmp(other->kind, "binding") != 0 ||
            strcmp(other->name, object->name) != 0)
            continue;
        policy = wp_reference_key(json_object_get(other->body, "policy"));
        if (!policy || strcmp(strchr(policy, '/') + 1, WP_ACCESS_BASE) != 0)
            return true;
    }
    return false;
}

void
wp_lift_declare(struct wp_lift *lift)
{
    const struct wp_model *model = lift->session->model;

    for (size_t i = 0; i < lift->state->count; i++) {
        const struct wp_object *object = lift->state->items[i];
        bool is_range = strcmp(object->kind, "range") == 0;
        bool is_group = strcmp(object->kind, "group") == 0,
             is_app = strcmp(object->kind, "app") == 0;
        bool is_method = strcmp(object->kind, "method") == 0;
        if ((!is_range && !is_group && !is_app && !is_method) || !is_needed(lift, object))
            continue;
        if (is_range)
            declare_network(lift, object);
        else if (is_group)
            declare_thing(lift, "group", object,
                          model ? thing_of(lift, model->groups, model->group_count, object->name)
                                : NULL);
        else if (is_app)
            declare_thing(lift, "app", object,
                          model ? thing_of(lift, model->apps, model->app_count, object->name)
                                : NULL);
        else
            declare_method(lift, object);
    }
}
