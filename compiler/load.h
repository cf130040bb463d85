/*
 * From a named file to all the files it uses, each read and parsed once.
 *
 * `use std/okta` is a module that lives in the compiler; `use "nets.woapol"` is a
 * file beside the one that uses it. What a file uses is loaded once, however
 * often and in whatever circle it is used. std/prelude is always loaded.
 */
#ifndef WP_COMPILER_LOAD_H
#define WP_COMPILER_LOAD_H

#include "compiler/compile.h"

#include "lang/parse.h"

/* The standard library, made from stdlib/ by the Makefile; a module without a
 * name ends it. */
struct wp_stdlib_module {
    const char *name; /* "std/access" */
    const char *text;
    size_t length;
};
extern const struct wp_stdlib_module wp_stdlib_modules[];

/* Data of the standard library that is no source: its JSON files, by name without
 * the suffix ("access_jersey"); ended in the same way. */
extern const struct wp_stdlib_module wp_stdlib_data[];

/* The module of that name, or NULL. */
const struct wp_stdlib_module *wp_stdlib_find(const char *name);

/* A source may not be longer (WOA1009). */
#define WP_MAX_SOURCE (UINT32_C(512) << 20)

/* What was loaded. files[0] is the named one. `is_module` tells, for each file,
 * whether it is one of the standard library. */
struct wp_loaded {
    struct wp_file **files;
    const char **names;
    bool *is_module;
    uint32_t count;
};

/*
 * Loads `path` and what it uses. Problems are reported; whatever could be read
 * is in *loaded all the same. When not even the named file could be read,
 * loaded->count is 0.
 */
void wp_load(struct wp_diagnostics *list, struct wp_names *names, const struct wp_reader *reader,
             const char *path, struct wp_loaded *loaded);

/* The path that `use "relative"` in the file `importer` means: beside that file,
 * with `.` and `..` worked out as far as they can be. */
const char *wp_import_path(struct wp_arena *arena, const char *importer, const char *relative);

/* Reads from the file system. */
extern const struct wp_reader wp_file_reader;

#endif
