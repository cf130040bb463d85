/* Finding out about a document: compiling it as far as it goes, and what it
 * declares even where it does not compile. */
#include "compiler/lsp/server.h"

#include "compiler/load.h"

#include <string.h>

static struct wp_arena *
new_arena(struct wp_server *server)
{
    struct wp_arena *arena = wp_arena_new(server->options->out_of_memory, NULL);
    if (arena == NULL)
        server->options->out_of_memory(NULL);
    return arena;
}

static void
use_model(struct wp_study *study)
{
    struct wp_model *model = study->compilation.model;
    study->sources = &study->compilation.sources;
    study->files = model->files;
    study->file_count = model->file_count;
    study->symbols = model->symbols;
}

/* What is declared where there is no model: loaded once more, and no further. */
static void
use_trees(struct wp_server *server, struct wp_study *study, const char *path)
{
    struct wp_diagnostics *list = wp_alloc(study->arena, sizeof *list);
    struct wp_symbols *symbols = wp_alloc(study->arena, sizeof *symbols);
    struct wp_names *names = wp_names_new(study->arena);
    struct wp_loaded loaded;
    study->sources = wp_alloc(study->arena, sizeof *study->sources);
    wp_sources_init(study->sources, study->arena);
    wp_diagnostics_init(list, study->arena, study->sources);
    wp_load(list, names, &server->reader, path, &loaded);
    wp_symbols_collect(symbols, list, names, &loaded);
    study->files = loaded.files;
    study->file_count = loaded.count;
    study->symbols = symbols;
}

struct wp_study *
wp_study_make(struct wp_server *server, const char *path)
{
    const struct wp_lsp_options *options = server->options;
    const struct wp_compile_options how = {.reader = &server->reader,
                                           .out_of_memory = options->out_of_memory};
    struct wp_arena *arena = new_arena(server);
    struct wp_study *study = wp_alloc(arena, sizeof *study);
    study->arena = arena;
    (void)wp_compile(&study->compilation, path, &how);
    struct wp_diagnostics *list = &study->compilation.diagnostics;
    const struct wp_model *model = study->compilation.model;
    if (model != NULL) {
        wp_analyse(list, model, &options->analysis);
        if (options->check != NULL)
            options->check(list, model);
        use_model(study);
    } else {
        use_trees(server, study, path);
    }
    wp_diagnostics_sort(list);
    study->texts = wp_alloc_array(arena, study->sources->count + 1, sizeof *study->texts);
    return study;
}

void
wp_study_free(struct wp_study *study)
{
    if (study == NULL)
        return;
    wp_compilation_end(&study->compilation);
    wp_arena_free(study->arena);
}

bool
wp_study_uses(const struct wp_study *study, const char *path)
{
    for (uint32_t i = 0; i < study->sources->count; i++)
        if (strcmp(study->sources->files[i].name, path) == 0)
            return true;
    return false;
}

const struct wp_lsp_text *
wp_study_text(struct wp_study *study, uint32_t file)
{
    struct wp_lsp_text *text = &study->texts[file];
    if (text->text == NULL)
        wp_lsp_text_init(text, study->arena, study->sources->files[file].text,
                         study->sources->files[file].length);
    return text;
}
