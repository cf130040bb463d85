/*
 * From a named file to a model: the list of passes, in order.
 *
 *   load      files and modules     -> trees               load.h
 *   resolve   names, one per kind    -> symbols             resolve.h
 *   lower     trees and symbols      -> model               lower.h
 *   fold      conditions             -> folded conditions   fold.h
 *   check     model                  -> findings            check/
 *
 * A compilation owns an arena and everything made in it.
 */
#ifndef WP_COMPILER_COMPILE_H
#define WP_COMPILER_COMPILE_H

#include "compiler/model.h"

struct wp_compilation {
    struct wp_arena *arena;
    struct wp_sources sources;
    struct wp_diagnostics diagnostics;
    struct wp_model *model; /* NULL when there were errors */
};

/* How a compilation gets at files. `read` returns the text of a file in the
 * arena, or NULL with a reason ("No such file or directory") in *reason; the
 * loader resolves relative paths itself. Sources in an image are read through
 * the same door. */
struct wp_reader {
    const char *(*read)(void *context, struct wp_arena *arena, const char *path, size_t *length,
                        const char **reason);
    void *context;
    bool has_modules; /* it also reads "std/access", before the modules in here */
};

/* Facts of tenants in JSON: see facts_import.h. `name` is how messages call the file. */
struct wp_facts_file {
    const char *name;
    const char *text; /* `length` bytes and a NUL, borrowed as long as the compilation */
    size_t length;
};

/* Days since 1970-01-01 that count as today for @expires. */
struct wp_compile_options {
    const struct wp_reader *reader; /* NULL: the file system */
    long today; /* 0: the clock's; below 0: nothing has expired (a source from an image) */
    wp_out_of_memory out_of_memory; /* NULL: abort */
    void *out_of_memory_context;
    const struct wp_facts_file *facts; /* imported before anything is checked */
    size_t fact_count;
};

/*
 * Compiles the file at `path` as far as it goes. Always fills in *compilation,
 * to be ended with wp_compilation_end. Returns true when there is a model, that
 * is, when no error was found; warnings are in the diagnostics either way.
 */
bool wp_compile(struct wp_compilation *compilation, const char *path,
                const struct wp_compile_options *options);
void wp_compilation_end(struct wp_compilation *compilation);

#endif
