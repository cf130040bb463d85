/* Loading: what is used is read once, wherever it is used from and in whatever
 * circle; what cannot be read is named where it is used. */
#include "compiler/load.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct file {
    const char *path, *text;
};

static const char *
read_listed(void *context, struct wp_arena *arena, const char *path, size_t *length,
            const char **reason)
{
    (void)arena;
    for (const struct file *file = context; file->path; file++)
        if (strcmp(file->path, path) == 0) {
            *length = strlen(file->text);
            return file->text;
        }
    *reason = "No such file or directory";
    return NULL;
}

/* Compiles files[0] and says what was found: "1014 main.woapol:1" and so on. */
static void
expect_findings(const struct file *files, const char *wanted)
{
    struct wp_reader reader = {.read = read_listed, .context = (void *)(uintptr_t)files};
    struct wp_compile_options options = {.reader = &reader, .today = 20000};
    struct wp_compilation compilation;
    char found[512] = "";

    (void)wp_compile(&compilation, files[0].path, &options);
    wp_diagnostics_sort(&compilation.diagnostics);
    for (const struct wp_diagnostic *d = compilation.diagnostics.first; d; d = d->next) {
        size_t used = strlen(found);

        if (d->span.file == WP_NO_FILE) {
            (void)snprintf(found + used, sizeof found - used, "%s%d", used ? "; " : "",
                           wp_diagnostic_infos[d->kind].code);
            continue;
        }
        (void)snprintf(found + used, sizeof found - used, "%s%d %s:%u", used ? "; " : "",
                       wp_diagnostic_infos[d->kind].code,
                       compilation.sources.files[d->span.file].name,
                       wp_locate(&compilation.sources, d->span.file, d->span.start).line);
    }
    cr_expect_str_eq(found, wanted, "%s: %s", files[0].text, found);
    wp_compilation_end(&compilation);
}

#define POLICY "policy P is default { rule r when network in N deny otherwise deny }\n"

Test(load, finds_what_is_used)
{
    static const struct file beside[] = {
        {"a/main.woapol", "use \"nets.woapol\"\n" POLICY},
        {"a/nets.woapol", "network N = 10.0.0.0/8\n"},
        {NULL, NULL},
    };
    static const struct file above[] = {
        {"a/b/main.woapol", "use \"../c/./nets.woapol\"\n" POLICY},
        {"a/c/nets.woapol", "use \"deep/more.woapol\"\nnetwork N = M\n"},
        {"a/c/deep/more.woapol", "network M = 10.0.0.0/8\n"},
        {NULL, NULL},
    };
    static const struct file outside[] = {
        {"main.woapol", "use \"../nets.woapol\"\n" POLICY},
        {"../nets.woapol", "network N = 10.0.0.0/8\n"},
        {NULL, NULL},
    };
    static const struct file absolute[] = {
        {"/etc/w/main.woapol", "use \"../../../nets.woapol\"\n" POLICY},
        {"/nets.woapol", "network N = 10.0.0.0/8\n"},
        {NULL, NULL},
    };
    expect_findings(beside, "");
    expect_findings(above, "");
    expect_findings(outside, "");
    expect_findings(absolute, "");
}

Test(load, reads_each_file_once)
{
    static const struct file diamond[] = {
        {"./main.woapol", "use \"a.woapol\"\nuse \"b.woapol\"\n" POLICY},
        {"a.woapol", "use \"n.woapol\"\nuse \"x/../b.woapol\"\n"},
        {"b.woapol", "use \"n.woapol\"\nuse \"a.woapol\"\nuse \"main.woapol\"\n"},
        {"n.woapol", "network N = 10.0.0.0/8\n"},
        {NULL, NULL},
    };
    static const struct file itself[] = {
        {"main.woapol", "use \"main.woapol\"\nnetwork N = ::/0\n" POLICY},
        {NULL, NULL},
    };
    static const struct file twice[] = {
        {"main.woapol", "use \"n.woapol\"\nuse \"./n.woapol\"\n" POLICY},
        {"n.woapol", "network N = 10.0.0.0/8\n"},
        {NULL, NULL},
    };
    static const struct file prelude[] = {
        {"main.woapol", "use std/prelude\nnetwork N = ::/0\n" POLICY},
        {NULL, NULL},
    };
    expect_findings(diamond, "");
    expect_findings(itself, "1015 main.woapol:1");
    expect_findings(twice, "1015 main.woapol:2");
    expect_findings(prelude, "1015 main.woapol:1");
}

Test(load, names_what_cannot_be_read)
{
    static const struct file missing[] = {
        {"main.woapol", "network N = ::/0\nuse \"none.woapol\"\n" POLICY},
        {NULL, NULL},
    };
    static const struct file module[] = {
        {"main.woapol", "network N = ::/0\nuse std/acess\nuse std/nothing_like_it\n" POLICY},
        {NULL, NULL},
    };
    static const struct file absolute[] = {
        {"main.woapol", "network N = ::/0\nuse \"/etc/passwd\"\nuse \"\"\n" POLICY},
        {NULL, NULL},
    };
    static const struct file deep[] = {
        {"main.woapol", "use \"a.woapol\"\n" POLICY},
        {"a.woapol", "network N = ::/0\n\nuse \"none.woapol\"\n"},
        {NULL, NULL},
    };
    static const struct file nothing[] = {{"other.woapol", ""}, {NULL, NULL}};
    static const struct file named[] = {{"main.woapol", ""}, {NULL, NULL}};
    struct wp_reader reader = {.read = read_listed, .context = (void *)(uintptr_t)nothing};
    struct wp_compile_options options = {.reader = &reader};
    struct wp_compilation compilation;

    (void)named;
    expect_findings(missing, "1014 main.woapol:2");
    expect_findings(module, "1014 main.woapol:2; 1014 main.woapol:3");
    expect_findings(absolute, "1014 main.woapol:2; 1014 main.woapol:3");
    expect_findings(deep, "1014 a.woapol:3");
    cr_expect_not(wp_compile(&compilation, "main.woapol", &options));
    cr_expect_eq(compilation.sources.count, 0, "nothing was read");
    cr_expect_eq(compilation.diagnostics.errors, 1);
    wp_compilation_end(&compilation);
}

Test(load, reports_clashes_across_files)
{
    static const struct file clash[] = {
        {"main.woapol", "use \"n.woapol\"\nnetwork N = ::/0\n" POLICY},
        {"n.woapol", "network N = 10.0.0.0/8\n"},
        {NULL, NULL},
    };
    static const struct file device[] = {
        {"main.woapol", "network N = ::/0\ndevice ios = android\n" POLICY},
        {NULL, NULL},
    };
    expect_findings(clash, "1011 main.woapol:2");
    expect_findings(device, "1011 main.woapol:2");
}

Test(load, asks_the_reader_for_modules_only_when_it_has_them)
{
    static const struct file files[] = {
        {"main.woapol", "use std/mine\n" POLICY},
        {"std/mine", "network N = ::/0\n"},
        {NULL, NULL},
    };
    struct wp_reader reader = {
        .read = read_listed, .context = (void *)(uintptr_t)files, .has_modules = true};
    struct wp_compile_options options = {.reader = &reader, .today = 20000};
    struct wp_compilation compilation;

    cr_expect(wp_compile(&compilation, "main.woapol", &options));
    wp_compilation_end(&compilation);
    reader.has_modules = false;
    cr_expect_not(wp_compile(&compilation, "main.woapol", &options));
    wp_compilation_end(&compilation);
}

Test(load, a_module_checked_by_its_file_does_not_meet_itself)
{
    for (const struct wp_stdlib_module *module = wp_stdlib_modules; module->name; module++) {
        const struct file files[] = {{"stdlib/some.woapol", module->text}, {NULL, NULL}};
        expect_findings(files, "");
    }
}

Test(load, works_out_paths)
{
    static const struct {
        const char *importer, *relative, *path;
    } rows[] = {
        {"main.woapol", "a.woapol", "a.woapol"},
        {"main.woapol", "./a.woapol", "a.woapol"},
        {"x/main.woapol", "a.woapol", "x/a.woapol"},
        {"x/main.woapol", "../a.woapol", "a.woapol"},
        {"x/main.woapol", "../../a.woapol", "../a.woapol"},
        {"../x/main.woapol", "../../a.woapol", "../../a.woapol"},
        {"/x/main.woapol", "../a.woapol", "/a.woapol"},
        {"/main.woapol", "../a.woapol", "/a.woapol"},
        {"x//y/main.woapol", "b/.././a.woapol", "x/y/a.woapol"},
        {"-", "a.woapol", "a.woapol"},
    };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *path = wp_import_path(arena, rows[i].importer, rows[i].relative);
        cr_expect_str_eq(path, rows[i].path, "%s from %s: %s", rows[i].relative, rows[i].importer,
                         path);
    }
    wp_arena_free(arena);
}
