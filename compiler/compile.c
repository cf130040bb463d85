/* The list of passes. */
#include "compiler/compile.h"

#include "compiler/check/check.h"
#include "compiler/check/language.h"
#include "compiler/facts_import.h"
#include "compiler/finish.h"
#include "compiler/load.h"
#include "compiler/lower.h"
#include "compiler/resolve.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct wp_compile_options no_options;

static long
day_of(const struct wp_compile_options *options)
{
    return options->today != 0 ? options->today : (long)(time(NULL) / 86400);
}

/* Checks of the files alone; these run whatever else is wrong. */
static void
check_files(struct wp_diagnostics *list, const struct wp_loaded *loaded, long today)
{
    wp_check_attributes(list, list->arena, loaded->files, loaded->count);
    wp_check_clients(list, list->arena, loaded->files, loaded->count);
    wp_check_annotations(list, loaded, today);
}

static void
check_model(struct wp_diagnostics *list, const struct wp_model *model)
{
    wp_check_groups(list, model);
    wp_check_absent(list, model);
    wp_check_providers(list, model);
    wp_check_demands(list, model);
    wp_check_issues(list, model);
}

bool
wp_compile(struct wp_compilation *compilation, const char *path,
           const struct wp_compile_options *options)
{
    struct wp_diagnostics *list = &compilation->diagnostics;
    struct wp_network_pool pool;
    struct wp_resolved resolved;
    struct wp_loaded loaded;
    struct wp_names *names;

    options = options ? options : &no_options;
    memset(compilation, 0, sizeof *compilation);
    compilation->arena = wp_arena_new(options->out_of_memory, options->out_of_memory_context);
    if (!compilation->arena) {
        if (options->out_of_memory)
            options->out_of_memory(options->out_of_memory_context);
        abort();
    }
    wp_sources_init(&compilation->sources, compilation->arena);
    wp_diagnostics_init(list, compilation->arena, &compilation->sources);
    names = wp_names_new(compilation->arena);

    wp_load(list, names, options->reader ? options->reader : &wp_file_reader, path, &loaded);
    if (loaded.count == 0)
        return false;
    for (size_t i = 0; i < options->fact_count; i++)
        wp_facts_import(list, names, loaded.files, loaded.count, &options->facts[i]);
    check_files(list, &loaded, day_of(options));
    wp_resolve(list, names, &loaded, &resolved);
    wp_networks_init(&pool, compilation->arena);
    struct wp_model *model = wp_lower(list, &loaded, &resolved, &pool);
    wp_check_tests(list, model, resolved.symbols);
    if (list->errors > 0)
        return false;
    wp_finish(list, model, &pool);
    if (list->errors > 0)
        return false;
    check_model(list, model);
    compilation->model = list->errors > 0 ? NULL : model;
    return compilation->model != NULL;
}

void
wp_compilation_end(struct wp_compilation *compilation)
{
    wp_arena_free(compilation->arena);
    compilation->arena = NULL;
    compilation->model = NULL;
}
