/*
 * Loading is a work list: files are parsed in the order in which they are first
 * used, so the depth of imports costs no stack and circles end by themselves.
 */
#include "compiler/load.h"

#include "compiler/map.h"

#include <string.h>

struct entry {
    const char *name;
    bool is_module;
    struct wp_file *file;
    uint32_t last_importer; /* and where that file used it */
    struct wp_span last_use;
};

struct loader {
    struct wp_arena *arena;
    struct wp_diagnostics *list;
    struct wp_names *names;
    const struct wp_reader *reader;
    struct entry *entries;
    uint32_t count, room;
    struct wp_map by_name;
};

const struct wp_stdlib_module *
wp_stdlib_find(const char *name)
{
    for (const struct wp_stdlib_module *module = wp_stdlib_modules; module->name; module++)
        if (strcmp(module->name, name) == 0)
            return module;
    return NULL;
}

/* ---- paths ---------------------------------------------------------------------- */

/* Drops the last part of the path in text[0, used), if it is one that `..` may
 * take back. Returns whether it did. */
static bool
drop_part(const char *text, size_t *used)
{
    size_t at = *used;

    if (at == 0)
        return false;
    while (at > 0 && text[at - 1] != '/')
        at--;
    if (*used - at == 2 && memcmp(text + at, "..", 2) == 0)
        return false;
    *used = at > 1 ? at - 1 : at;
    return true;
}

/* Appends one part of a path to text[0, used), working out `.` and `..`. */
static void
append_part(char *text, size_t *used, const char *part, size_t length)
{
    if (length == 0 || (length == 1 && part[0] == '.'))
        return;
    if (length == 2 && memcmp(part, "..", 2) == 0) {
        if (drop_part(text, used) || (*used == 1 && text[0] == '/'))
            return;
    }
    if (*used > 0 && text[*used - 1] != '/')
        text[(*used)++] = '/';
    memcpy(text + *used, part, length);
    *used += length;
}

static const char *
normalise(struct wp_arena *arena, const char *path)
{
    char *text = wp_alloc(arena, strlen(path) + 2);
    size_t used = 0;

    if (path[0] == '/')
        text[used++] = '/';
    while (*path) {
        size_t length = strcspn(path, "/");

        append_part(text, &used, path, length);
        path += length;
        path += *path == '/';
    }
    text[used] = '\0';
    return text;
}

const char *
wp_import_path(struct wp_arena *arena, const char *importer, const char *relative)
{
    const char *slash = strrchr(importer, '/');
    int folder = slash ? (int)(slash - importer) + 1 : 0;

    return normalise(arena, wp_format(arena, "%.*s%s", folder, importer, relative));
}

/* ---- the entries ------------------------------------------------------------------ */

struct key {
    const char *name;
    bool is_module;
};

static uint64_t
hash_key(const struct key *key)
{
    return wp_hash_bytes(key->is_module, key->name, strlen(key->name));
}

static bool
is_entry(const void *context, uint32_t number, const void *key)
{
    const struct loader *loader = context;
    const struct entry *entry = &loader->entries[number];
    const struct key *wanted = key;

    return entry->is_module == wanted->is_module && strcmp(entry->name, wanted->name) == 0;
}

static uint32_t
find_entry(const struct loader *loader, const struct key *key)
{
    return wp_map_find(&loader->by_name, hash_key(key), is_entry, loader, key);
}

static uint32_t
add_entry(struct loader *loader, const struct key *key, struct wp_file *file)
{
    if (loader->count == loader->room) {
        uint32_t room = loader->room == 0 ? 16 : loader->room * 2;
        struct entry *entries = wp_alloc_array(loader->arena, room, sizeof *entries);

        if (loader->count > 0)
            memcpy(entries, loader->entries, loader->count * sizeof *entries);
        loader->entries = entries;
        loader->room = room;
    }
    loader->entries[loader->count] =
        (struct entry){key->name, key->is_module, file, WP_NONE, {WP_NO_FILE, 0, 0}};
    wp_map_add(&loader->by_name, hash_key(key), loader->count);
    return loader->count++;
}

/* Parses a text and makes it an entry; WP_NONE when it is too long to be one.
 * `shown` is how messages call it. */
static uint32_t
add_text(struct loader *loader, const struct key *key, const char *shown, const char *text,
         size_t length, struct wp_span use)
{
    if (length > WP_MAX_SOURCE) {
        struct wp_diagnostic *finding =
            wp_report(loader->list, WP_E_FILE_TOO_LARGE, use, "'%s' is larger than %u MiB", shown,
                      WP_MAX_SOURCE >> 20);
        wp_add_help(loader->list, finding, "split it into files and join them with 'use'");
        return WP_NONE;
    }
    uint32_t source = wp_sources_add(loader->list->sources, shown, text, (uint32_t)length);
    return add_entry(loader, key, wp_parse(loader->list, loader->names, source));
}

/* ---- reading ------------------------------------------------------------------------- */

static const char *
read_module(struct loader *loader, const char *name, size_t *length)
{
    const struct wp_stdlib_module *module = wp_stdlib_find(name);
    const char *reason, *text = NULL;

    if (loader->reader->has_modules)
        text = loader->reader->read(loader->reader->context, loader->arena, name, length, &reason);
    if (text || !module)
        return text;
    *length = module->length;
    return module->text;
}

static void
report_no_module(struct loader *loader, const struct wp_name *title)
{
    struct wp_diagnostic *finding = wp_report(loader->list, WP_E_IMPORT_MISSING, title->span,
                                              "there is no module '%s'", title->text);
    const char *names[64];
    size_t count = 0;

    for (const struct wp_stdlib_module *module = wp_stdlib_modules; module->name; module++)
        if (count < sizeof names / sizeof *names)
            names[count++] = module->name;
    const char *near = wp_suggest(title->text, names, count);
    if (near)
        wp_add_fix(loader->list, finding, WP_FIX_CHANGES_DECISIONS, title->span, near, "write '%s'",
                   near);
    else
        wp_add_help(loader->list, finding,
                    "modules are called std/...; a file is used by its path in quotes");
}

static uint32_t
load_module(struct loader *loader, const struct wp_name *title)
{
    struct key key = {title->text, true};
    uint32_t found = find_entry(loader, &key);
    size_t length;

    if (found != WP_NONE)
        return found;
    const char *text = read_module(loader, key.name, &length);
    if (!text) {
        report_no_module(loader, title);
        return WP_NONE;
    }
    return add_text(loader, &key, key.name, text, length, title->span);
}

/* The module whose text this is: so the standard library's own files can be
 * checked like any other, without meeting themselves. */
static const struct wp_stdlib_module *
same_module(const char *text, size_t length)
{
    for (const struct wp_stdlib_module *module = wp_stdlib_modules; module->name; module++)
        if (length > 0 && module->length == length && memcmp(module->text, text, length) == 0)
            return module;
    return NULL;
}

static uint32_t
load_path(struct loader *loader, const char *path, struct wp_span use)
{
    struct key key = {normalise(loader->arena, path), false};
    uint32_t found = find_entry(loader, &key);
    const char *reason = "it cannot be read";
    size_t length;

    if (found != WP_NONE)
        return found;
    const char *text =
        loader->reader->read(loader->reader->context, loader->arena, path, &length, &reason);
    if (!text) {
        wp_report(loader->list, WP_E_IMPORT_MISSING, use, "cannot read '%s': %s", path, reason);
        return WP_NONE;
    }
    const struct wp_stdlib_module *module = same_module(text, length);
    if (module) {
        key = (struct key){module->name, true};
        found = find_entry(loader, &key);
    }
    return found != WP_NONE ? found : add_text(loader, &key, path, text, length, use);
}

static uint32_t
load_import(struct loader *loader, uint32_t importer, const struct wp_name *title)
{
    const struct entry *from = &loader->entries[importer];

    if (!title->quoted)
        return load_module(loader, title);
    if (from->is_module || title->text[0] == '/' || title->text[0] == '\0') {
        struct wp_diagnostic *finding =
            wp_report(loader->list, WP_E_IMPORT_MISSING, title->span,
                      "'%s' is not a path relative to this file", title->text);
        wp_add_help(loader->list, finding, "%s",
                    from->is_module ? "a module uses only modules"
                                    : "write the path from the folder that this file is in");
        return WP_NONE;
    }
    return load_path(loader, wp_import_path(loader->arena, from->name, title->text), title->span);
}

/* ---- use ------------------------------------------------------------------------------- */

/* An import that adds nothing: the file itself, the prelude, or a second time. */
static void
check_import(struct loader *loader, uint32_t importer, uint32_t target,
             const struct wp_declaration *use)
{
    struct entry *entry = &loader->entries[target];
    struct wp_diagnostic *finding = NULL;

    if (importer == target) {
        finding = wp_report(loader->list, WP_E_IMPORT_TWICE, use->span, "the file uses itself");
    } else if (entry->is_module && strcmp(entry->name, "std/prelude") == 0) {
        finding = wp_report(loader->list, WP_E_IMPORT_TWICE, use->span,
                            "std/prelude is in scope everywhere");
    } else if (entry->last_importer == importer) {
        finding = wp_report(loader->list, WP_E_IMPORT_TWICE, use->span,
                            "'%s' is used twice in this file", use->title->text);
        wp_add_label(loader->list, finding, entry->last_use, "used here already");
    }
    if (finding)
        wp_add_fix(loader->list, finding, WP_FIX_SAFE, use->span, "", "remove it");
    entry->last_importer = importer;
    entry->last_use = use->span;
}

static void
load_imports(struct loader *loader, uint32_t importer)
{
    const struct wp_declaration *at = loader->entries[importer].file->declarations;

    for (; at; at = at->next) {
        if (at->kind != WP_DECL_USE || !at->title)
            continue;
        uint32_t target = load_import(loader, importer, at->title);
        if (target != WP_NONE)
            check_import(loader, importer, target, at);
    }
}

void
wp_load(struct wp_diagnostics *list, struct wp_names *names, const struct wp_reader *reader,
        const char *path, struct wp_loaded *loaded)
{
    struct loader loader = {.arena = list->arena, .list = list, .names = names, .reader = reader};
    struct wp_name prelude = {.text = "std/prelude", .span = {WP_NO_FILE, 0, 0}};

    wp_map_init(&loader.by_name, list->arena);
    *loaded = (struct wp_loaded){0};
    if (load_path(&loader, path, prelude.span) == WP_NONE)
        return;
    load_module(&loader, &prelude);
    for (uint32_t i = 0; i < loader.count; i++)
        load_imports(&loader, i);
    loaded->count = loader.count;
    loaded->files = wp_alloc_array(list->arena, loader.count, sizeof *loaded->files);
    loaded->names = wp_alloc_array(list->arena, loader.count, sizeof *loaded->names);
    loaded->is_module = wp_alloc_array(list->arena, loader.count, sizeof *loaded->is_module);
    for (uint32_t i = 0; i < loader.count; i++) {
        loaded->files[i] = loader.entries[i].file;
        loaded->names[i] = loader.entries[i].name;
        loaded->is_module[i] = loader.entries[i].is_module;
    }
}
