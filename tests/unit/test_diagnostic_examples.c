/* Every example in diagnostics.def triggers its code and no other, notes aside. What stands
 * for what in an example is said at the head of that file. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/analysis/analysis.h"
#include "compiler/compile.h"
#include "compiler/emit/targets.h"
#include "compiler/emit/tenant.h"
#include "compiler/facts.h"

#define MOST_FILES 4

/* An example taken apart. */
struct example {
    const char *names[MOST_FILES];
    char *texts[MOST_FILES];
    size_t count;
    long today;  /* 0: not said */
    size_t size; /* 0: not said */
};

/* Appends the text, "#" as the number. */
static void
put_numbered(FILE *out, const char *text, size_t length, unsigned long number)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '#')
            (void)fprintf(out, "%lu", number);
        else
            (void)fputc(text[i], out);
}

/* What tenants cannot hold. An example that says "// narrowing" is for --allow-narrowing. */
static void
check_targets(struct wp_compilation *compilation, const char *example)
{
    const struct wp_plan_options options = {.allow_narrowing = true};
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;
    struct wp_state state;

    if (strstr(example, "// narrowing") == NULL) {
        wp_targets_check(&compilation->diagnostics, compilation->model, true);
        return;
    }
    while ((tenant = wp_declaration_next(compilation->model, WP_DECL_TENANT, &walk)) != NULL) {
        const struct wp_session session = {.arena = compilation->arena,
                                           .model = compilation->model,
                                           .tenant = tenant,
                                           .kind = wp_tenant_kind_find(wp_tenant_kind(tenant))};
        wp_state_init(&state, compilation->arena);
        (void)session.kind->desire(&session, &options, &state, &compilation->diagnostics);
        wp_state_end(&state);
    }
}

/* {{3:text#}} three times. */
static char *
expand(const char *text)
{
    char *result = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&result, &size);
    for (const char *open = text; (open = strstr(open, "{{")) != NULL;) {
        if (open[2] < '0' || open[2] > '9') {
            open++;
            continue;
        }
        (void)fwrite(text, 1, (size_t)(open - text), out);
        char *body;
        unsigned long times = strtoul(open + 2, &body, 10);
        const char *end = strstr(body, "}}");
        cr_assert(*body == ':' && end != NULL, "%s", open);
        for (unsigned long i = 1; i <= times; i++)
            put_numbered(out, body + 1, (size_t)(end - body - 1), i);
        open = text = end + 2;
    }
    (void)fputs(text, out);
    (void)fclose(out);
    return result;
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
static long
days(long year, long month, long day)
{
    if (month <= 2)
        year--, month += 12;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month - 457) / 5 + day - 306 -
           719163;
}

static struct example
take_apart(char *text)
{
    struct example example = {.names = {"example.woapol"}, .texts = {text}, .count = 1};
    for (char *line = text; line != NULL && *line != '\0';) {
        char name[64], *next = strchr(line, '\n');
        long year, month, day;
        next = next == NULL ? NULL : next + 1;
        if (sscanf(line, "// today %ld-%ld-%ld", &year, &month, &day) == 3)
            example.today = days(year, month, day);
        (void)sscanf(line, "// size %zu", &example.size);
        if (sscanf(line, "// file %63s", name) == 1) {
            cr_assert_lt(example.count, MOST_FILES);
            *line = '\0';
            example.names[example.count] = strdup(name);
            example.texts[example.count++] = next;
        }
        line = next;
    }
    return example;
}

static const char *
read_example(void *context, struct wp_arena *arena, const char *path, size_t *length,
             const char **reason)
{
    const struct example *example = context;
    (void)arena;
    for (size_t i = 0; i < example->count; i++)
        if (strcmp(example->names[i], path) == 0) {
            *length = example->size > 0 ? example->size : strlen(example->texts[i]);
            return example->texts[i];
        }
    *reason = "No such file or directory";
    return NULL;
}

static void
check_example(const struct wp_diagnostic_info *info)
{
    char *text = expand(info->example);
    struct example example = take_apart(text);
    const struct wp_reader reader = {.read = read_example, .context = &example};
    struct wp_facts_file facts[MOST_FILES];
    struct wp_compile_options options = {.reader = &reader, .today = example.today, .facts = facts};
    struct wp_compilation compilation;
    for (size_t i = 1; i < example.count; i++)
        if (strstr(example.names[i], ".json") != NULL)
            facts[options.fact_count++] = (struct wp_facts_file){example.names[i], example.texts[i],
                                                                 strlen(example.texts[i])};
    (void)wp_compile(&compilation, example.names[0], &options);
    if (compilation.model != NULL)
        wp_analyse(&compilation.diagnostics, compilation.model, NULL);
    if (compilation.model != NULL && info->code >= 6000)
        check_targets(&compilation, info->example);
    bool triggered = false;
    const struct wp_diagnostic *other = NULL;
    for (struct wp_diagnostic *f = compilation.diagnostics.first; f != NULL; f = f->next) {
        bool same = &wp_diagnostic_infos[f->kind] == info;
        triggered |= same;
        if (!same && f->severity != WP_NOTE)
            other = f;
    }
    cr_expect(triggered, "the example of WOA%d does not trigger it", info->code);
    if (other != NULL)
        cr_expect(false, "the example of WOA%d triggers WOA%d: %s", info->code,
                  wp_diagnostic_infos[other->kind].code, other->message);
    wp_compilation_end(&compilation);
    for (size_t i = 1; i < example.count; i++)
        free((char *)example.names[i]);
    free(text);
}

Test(diagnostic_examples, trigger_their_code_alone)
{
    for (size_t i = 0; i < WP_DIAGNOSTIC_COUNT; i++)
        check_example(&wp_diagnostic_infos[i]);
}

Test(diagnostic_examples, convention_is_read_right)
{
    char *text = expand("a{{3:x#,}}b\n// today 2027-03-02\nc\n// file d.woapol\ne\n");
    cr_assert_str_eq(text, "ax1,x2,x3,b\n// today 2027-03-02\nc\n// file d.woapol\ne\n");
    struct example example = take_apart(text);
    cr_expect_eq(example.count, 2);
    cr_expect_str_eq(example.texts[0], "ax1,x2,x3,b\n// today 2027-03-02\nc\n");
    cr_expect_str_eq(example.texts[1], "e\n");
    cr_expect_str_eq(example.names[1], "d.woapol");
    cr_expect_eq(example.today, 20879);
    cr_expect_eq(days(1970, 1, 1), 0);
    free((char *)example.names[1]);
    free(text);
}
