/* What people do by hand, and that an export proves it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/compile.h"
#include "compiler/emit/okta/runbook.h"
#include "compiler/facts.h"

struct run {
    struct wp_compilation compilation;
    struct wp_session session;
    struct wp_problem problem;
};

static void
start(struct run *run, const char *path)
{
    const struct wp_compile_options options = {.today = 20000};
    struct wp_declaration_walk walk = {0};

    *run = (struct run){0};
    cr_assert(wp_compile(&run->compilation, path, &options), "%s", path);
    run->session = (struct wp_session){
        .arena = run->compilation.arena,
        .model = run->compilation.model,
        .tenant = wp_declaration_next(run->compilation.model, WP_DECL_TENANT, &walk)};
}

static const char *
text_of(struct wp_buffer *buffer)
{
    wp_buffer_add(buffer, "", 1);
    return (const char *)buffer->bytes;
}

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
hold(const char *path, const char *is)
{
    char *wanted = read_file(path);

    if (getenv("WOAPOL_UPDATE") != NULL) {
        FILE *out = fopen(path, "wb");
        (void)fputs(is, out);
        (void)fclose(out);
    } else {
        cr_assert(wanted != NULL, "%s is missing", path);
        cr_expect_str_eq(is, wanted, "%s is another; WOAPOL_UPDATE=1 rewrites it:\n%s", path, is);
    }
    free(wanted);
}

Test(okta_runbook, steps_as_text)
{
    struct run run;
    start(&run, "tests/golden/okta/classic.woapol");
    struct wp_buffer markdown = {.arena = run.compilation.arena};

    cr_assert(wp_okta_runbook(&run.session, NULL, NULL, &markdown, &run.problem), "%s",
              run.problem.text);
    hold("tests/golden/okta/classic.runbook.md", text_of(&markdown));
    wp_compilation_end(&run.compilation);
}

/* ---- exports -------------------------------------------------------------------------- */

/* Puts a value where a step says; makes what is on the way. */
static void
put_at(json_t *value, const json_t *at, size_t from, json_t *leaf)
{
    const json_t *part = json_array_get(at, from);
    bool is_last = from + 1 == json_array_size(at);

    if (json_is_integer(part)) {
        cr_assert_eq((size_t)json_integer_value(part), json_array_size(value));
        (void)json_array_append(value, leaf);
        return;
    }
    const char *key = json_string_value(part);
    if (strcmp(key, "rule_count") == 0)
        return;
    if (is_last) {
        (void)json_object_set(value, key, leaf);
        return;
    }
    json_t *next = json_object_get(value, key);
    if (next == NULL) {
        next = json_is_integer(json_array_get(at, from + 1)) ? json_array() : json_object();
        (void)json_object_set_new(value, key, next);
    }
    put_at(next, at, from + 1, leaf);
}

/* The export of an org where every step was taken. */
static json_t *
done_export(struct run *run)
{
    json_t *export = json_object(), *steps = wp_okta_steps(&run->session, &run->problem), *step;
    size_t i;

    cr_assert(steps != NULL, "%s", run->problem.text);
    json_array_foreach(steps, i, step)
    {
        json_t *leaf = json_deep_copy(json_object_get(step, "expect"));
        put_at(export, json_object_get(step, "at"), 0, leaf);
        json_decref(leaf);
    }
    json_decref(steps);
    return export;
}

static size_t
missing(struct run *run, const json_t *export, const char **lines)
{
    struct wp_buffer buffer = {.arena = run->compilation.arena};
    size_t count = 0;

    cr_assert(wp_okta_verify_export(&run->session, export, &buffer, &count, &run->problem), "%s",
              run->problem.text);
    *lines = text_of(&buffer);
    return count;
}

static json_t *
rule_of(json_t *export, const char *app, size_t number)
{
    return json_array_get(
        json_object_get(json_object_get(json_object_get(export, "apps"), app), "rules"), number);
}

Test(okta_runbook, a_changed_export_names_the_step)
{
    struct run run;
    const char *lines;
    start(&run, "tests/golden/okta/classic.woapol");
    json_t *export = done_export(&run);

    cr_expect_eq(missing(&run, export, &lines), 0, "%s", lines);

    json_t *changed = json_deep_copy(export);
    (void)json_object_set_new(rule_of(changed, "Salesforce", 1), "access", json_string("ALLOW"));
    cr_expect_eq(missing(&run, changed, &lines), 1);
    cr_expect(strstr(lines, "Salesforce: rule 2, 'untrusted_phones': 'access' is \"ALLOW\", not "
                            "\"DENY\"") != NULL,
              "%s", lines);
    json_decref(changed);

    changed = json_deep_copy(export);
    (void)json_object_del(rule_of(changed, "Salesforce", 0), "device_trust");
    cr_expect_eq(missing(&run, changed, &lines), 1);
    cr_expect(strstr(lines, "'device_trust' is nothing, not \"TRUSTED\"") != NULL, "%s", lines);
    json_decref(changed);

    changed = json_deep_copy(export);
    (void)json_object_set_new(rule_of(changed, "Salesforce", 0), "except_groups",
                              json_pack("[s]", "Interns"));
    cr_expect_eq(missing(&run, changed, &lines), 1);
    json_decref(changed);

    changed = json_deep_copy(export);
    (void)json_array_append_new(
        json_object_get(json_object_get(json_object_get(changed, "apps"), "Salesforce"), "rules"),
        json_pack("{s:s, s:s}", "name", "vip", "access", "ALLOW"));
    cr_expect_eq(missing(&run, changed, &lines), 1);
    cr_expect(strstr(lines, "Salesforce: no other rules: 6 is there, not 5") != NULL, "%s", lines);
    json_decref(changed);

    changed = json_object();
    size_t all = missing(&run, changed, &lines);
    json_t *steps = wp_okta_steps(&run.session, &run.problem);
    cr_expect_eq(all, json_array_size(steps), "%zu", all);
    json_decref(steps);
    json_decref(changed);
    json_decref(export);
    wp_compilation_end(&run.compilation);
}

Test(okta_runbook, order_of_names_and_what_says_nothing_do_not_count)
{
    struct run run;
    const char *lines;
    start(&run, "tests/golden/okta/classic.woapol");
    json_t *export = done_export(&run), *rule = rule_of(export, "Salesforce", 0);
    json_t *platforms = json_array();
    const json_t *old = json_object_get(rule, "platforms");

    for (size_t i = json_array_size(old); i-- > 0;)
        (void)json_array_append(platforms, json_array_get(old, i));
    (void)json_object_set_new(rule, "platforms", platforms);
    (void)json_object_set_new(rule, "users", json_array());
    (void)json_object_set_new(rule_of(export, "Salesforce", 1), "device_trust", json_string("ANY"));
    cr_expect_eq(missing(&run, export, &lines), 0, "%s", lines);
    json_decref(export);
    wp_compilation_end(&run.compilation);
}

Test(okta_runbook, an_export_of_another_kind)
{
    struct run run;
    struct wp_buffer buffer = {0};
    size_t count;
    start(&run, "tests/golden/okta/classic.woapol");
    buffer.arena = run.compilation.arena;
    json_t *export = json_array();

    cr_expect_not(wp_okta_verify_export(&run.session, export, &buffer, &count, &run.problem));
    cr_expect_str_eq(run.problem.text, "the export is no JSON object");
    json_decref(export);
    wp_compilation_end(&run.compilation);
}
