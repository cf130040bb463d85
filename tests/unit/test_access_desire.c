/* What an Access tenant is to hold of the sources in tests/golden/access, object by
 * object; WOAPOL_UPDATE=1 rewrites what is expected. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/compile.h"
#include "compiler/emit/access/access.h"
#include "compiler/facts.h"
#include "tests/unit/compile_text.h"

struct desired {
    struct wp_compilation compilation;
    struct wp_state state;
    bool held;
};

static char *
read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;

    if (file == NULL)
        return NULL;
    FILE *out = open_memstream(&text, &size);
    for (int c; (c = fgetc(file)) != EOF;)
        (void)fputc(c, out);
    (void)fclose(out);
    (void)fclose(file);
    return text;
}

static void
desire(struct desired *desired, const char *text, bool narrows)
{
    const struct wp_plan_options options = {.allow_narrowing = narrows};
    struct wp_declaration_walk walk = {0};

    *desired = (struct desired){0};
    cr_assert(compile_text(&desired->compilation, text), "%s", text);
    const struct wp_session session = {
        .arena = desired->compilation.arena,
        .model = desired->compilation.model,
        .tenant = wp_declaration_next(desired->compilation.model, WP_DECL_TENANT, &walk),
        .kind = wp_tenant_kind_find("access")};
    wp_state_init(&desired->state, desired->compilation.arena);
    desired->held =
        wp_access_desire(&session, &options, &desired->state, &desired->compilation.diagnostics);
}

static unsigned
line_of(struct desired *desired, struct wp_span span)
{
    return span.file == WP_NO_FILE
               ? 0
               : wp_locate(&desired->compilation.sources, span.file, span.start).line;
}

static json_t *
findings(struct desired *desired)
{
    json_t *array = json_array();

    wp_diagnostics_sort(&desired->compilation.diagnostics);
    for (struct wp_diagnostic *f = desired->compilation.diagnostics.first; f != NULL; f = f->next)
        if (wp_diagnostic_infos[f->kind].code >= 6000)
            (void)json_array_append_new(array, json_sprintf("WOA%d %s %u: %s",
                                                            wp_diagnostic_infos[f->kind].code,
                                                            wp_severity_text(f->severity),
                                                            line_of(desired, f->span), f->message));
    return array;
}

static char *
dump(struct desired *desired)
{
    json_t *objects = json_array();

    for (size_t i = 0; i < desired->state.count; i++) {
        const struct wp_object *object = desired->state.items[i];
        json_t *entry = json_pack("{s:s, s:i, s:O?}", "key", object->key, "line",
                                  (int)line_of(desired, object->span), "body", object->body);
        if (object->system)
            (void)json_object_set_new(entry, "system", json_true());
        if (object->reference)
            (void)json_object_set_new(entry, "reference", json_true());
        (void)json_array_append_new(objects, entry);
    }
    json_t *all = json_pack("{s:b, s:o, s:o}", "held", desired->held, "findings", findings(desired),
                            "objects", objects);
    char *text = json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(all);
    return text;
}

static void
check_golden(const char *name, bool held)
{
    char source[128], expected[128];
    (void)snprintf(source, sizeof source, "tests/golden/access/%s.woapol", name);
    (void)snprintf(expected, sizeof expected, "tests/golden/access/%s.objects", name);
    char *text = read_file(source), *wanted = read_file(expected);
    struct desired desired;

    cr_assert(text != NULL, "%s", source);
    desire(&desired, text, strcmp(name, "ranges") == 0);
    cr_expect_eq(desired.held, held, "%s", name);
    char *is = dump(&desired);
    if (getenv("WOAPOL_UPDATE") != NULL) {
        FILE *out = fopen(expected, "wb");
        (void)fprintf(out, "%s\n", is);
        (void)fclose(out);
    } else {
        cr_assert(wanted != NULL && *wanted != '\0', "%s is missing", expected);
        wanted[strlen(wanted) - 1] = '\0';
        cr_expect_str_eq(is, wanted, "%s is another; WOAPOL_UPDATE=1 rewrites it:\n%s", expected,
                         is);
    }
    free(is);
    free(text);
    free(wanted);
    wp_state_end(&desired.state);
    wp_compilation_end(&desired.compilation);
}

Test(access_desire, objects_of_sources)
{
    static const char *const names[] = {"ranges", "devices", "chains", "people", "apps", "clients"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_golden(names[i], true);
    check_golden("refused", false);
}
