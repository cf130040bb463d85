/* The tables of names, and what is said of a name that is in none. */
#include "compiler/symbols.h"

#include <string.h>

/* What the modules that are not used declare, parsed when it is first asked
 * for; and the names that were reported already. */
struct wp_hints {
    struct wp_names *names;
    const struct wp_loaded *loaded;
    bool are_known;
    struct wp_symbols modules;
    const char **module_of; /* by number in `modules` */
    struct reported *reported;
    uint32_t reported_count, reported_room;
    struct wp_map by_reported;
    uint64_t compared; /* candidates looked at for suggestions */
};

struct reported {
    const char *name;
    uint32_t space;
    struct wp_diagnostic *finding;
    uint32_t labels;
};

/* Suggestions stop after this much looking, so that a source in which nothing
 * is declared does not take quadratic time. */
enum { SUGGESTION_BUDGET = 20000000, MAX_LABELS = 4 };

const char *
wp_symbol_kind_text(enum wp_symbol_kind kind)
{
    static const char *const texts[WP_SYMBOL_KIND_COUNT] = {
        [WP_SYMBOL_NETWORK] = "network",   [WP_SYMBOL_DEVICE] = "device type",
        [WP_SYMBOL_GROUP] = "group",       [WP_SYMBOL_APP] = "app",
        [WP_SYMBOL_CHAIN] = "chain",       [WP_SYMBOL_METHOD] = "method",
        [WP_SYMBOL_POLICY] = "policy",     [WP_SYMBOL_CONDITION] = "condition",
        [WP_SYMBOL_TEMPLATE] = "template", [WP_SYMBOL_TENANT] = "tenant",
        [WP_SYMBOL_CLIENT] = "client",     [WP_SYMBOL_KIND] = "kind of tenant",
        [WP_SYMBOL_POSTURE] = "posture",   [WP_SYMBOL_ISSUE] = "issue",
        [WP_SYMBOL_TEST] = "test",         [WP_SYMBOL_PROOF] = "proof",
    };

    return texts[kind];
}

static const char *
article(enum wp_symbol_kind kind)
{
    return strchr("aeiou", wp_symbol_kind_text(kind)[0]) ? "an" : "a";
}

/* Methods and chains are one space of names. */
static enum wp_symbol_kind
space_of(enum wp_symbol_kind kind)
{
    return kind == WP_SYMBOL_METHOD ? WP_SYMBOL_CHAIN : kind;
}

/* ---- the table -------------------------------------------------------------------- */

struct symbol_key {
    enum wp_symbol_kind space;
    const char *name;
};

static uint64_t
hash_key(const struct symbol_key *key)
{
    return wp_hash_bytes(key->space, key->name, strlen(key->name));
}

static bool
is_symbol(const void *context, uint32_t number, const void *key)
{
    const struct wp_symbols *symbols = context;
    const struct wp_symbol *symbol = &symbols->all[number];
    const struct symbol_key *wanted = key;

    return space_of(symbol->kind) == wanted->space && strcmp(symbol->name, wanted->name) == 0;
}

struct wp_symbol *
wp_symbols_find(const struct wp_symbols *symbols, enum wp_symbol_kind kind, const char *name)
{
    struct symbol_key key = {space_of(kind), name};
    uint32_t found = wp_map_find(&symbols->by_name, hash_key(&key), is_symbol, symbols, &key);

    return found == WP_NONE ? NULL : &symbols->all[found];
}

static void
add_symbol(struct wp_symbols *symbols, const struct wp_symbol *symbol)
{
    struct symbol_key key = {space_of(symbol->kind), symbol->name};

    if (symbols->count == symbols->room) {
        uint32_t room = symbols->room == 0 ? 256 : symbols->room * 2;
        struct wp_symbol *all = wp_alloc_array(symbols->arena, room, sizeof *all);

        if (symbols->count > 0)
            memcpy(all, symbols->all, symbols->count * sizeof *all);
        symbols->all = all;
        symbols->room = room;
    }
    symbols->all[symbols->count] = *symbol;
    wp_map_add(&symbols->by_name, hash_key(&key), symbols->count++);
}

/* ---- collecting ---------------------------------------------------------------------- */

/* The kind of name that a declaration declares; KIND_COUNT when it has none. */
static enum wp_symbol_kind
declared_kind(enum wp_declaration_kind kind)
{
    static const unsigned char kinds[] = {
        [WP_DECL_USE] = WP_SYMBOL_KIND_COUNT,      [WP_DECL_NETWORK] = WP_SYMBOL_NETWORK,
        [WP_DECL_DEVICE] = WP_SYMBOL_DEVICE,       [WP_DECL_GROUP] = WP_SYMBOL_GROUP,
        [WP_DECL_CHAIN] = WP_SYMBOL_CHAIN,         [WP_DECL_APP] = WP_SYMBOL_APP,
        [WP_DECL_CONDITION] = WP_SYMBOL_CONDITION, [WP_DECL_POLICY] = WP_SYMBOL_POLICY,
        [WP_DECL_TEMPLATE] = WP_SYMBOL_TEMPLATE,   [WP_DECL_TEST] = WP_SYMBOL_TEST,
        [WP_DECL_PROVE] = WP_SYMBOL_PROOF,         [WP_DECL_METHOD] = WP_SYMBOL_METHOD,
        [WP_DECL_TENANT] = WP_SYMBOL_TENANT,       [WP_DECL_CLIENT] = WP_SYMBOL_CLIENT,
        [WP_DECL_KIND] = WP_SYMBOL_KIND,           [WP_DECL_POSTURE] = WP_SYMBOL_POSTURE,
        [WP_DECL_ISSUE] = WP_SYMBOL_ISSUE,         [WP_DECL_ASSUME] = WP_SYMBOL_KIND_COUNT,
    };

    return kinds[kind];
}

/* A test may share its title with another: confusing, but it decides nothing. */
static void
report_duplicate(struct wp_diagnostics *list, const struct wp_symbol *first,
                 const struct wp_symbol *again)
{
    bool is_title = again->kind == WP_SYMBOL_TEST || again->kind == WP_SYMBOL_PROOF;
    struct wp_diagnostic *finding = wp_report_as(
        list, is_title ? WP_WARNING : WP_ERROR, WP_E_DUPLICATE_NAME, again->span,
        "the %s '%s' is declared twice", wp_symbol_kind_text(again->kind), again->name);

    if (first->kind == again->kind)
        wp_add_label(list, finding, first->span, "first declared here");
    else
        wp_add_label(list, finding, first->span, "this %s has the name already",
                     wp_symbol_kind_text(first->kind));
    wp_add_help(list, finding, "give one of them another name");
}

static void
collect_file(struct wp_symbols *symbols, struct wp_diagnostics *list, const struct wp_file *file)
{
    for (const struct wp_declaration *at = file->declarations; at; at = at->next) {
        enum wp_symbol_kind kind = declared_kind(at->kind);

        if (kind == WP_SYMBOL_KIND_COUNT || !at->name)
            continue;
        struct wp_symbol symbol = {at->name->text, kind, at->name->span, at, WP_NONE, false};
        const struct wp_symbol *first = wp_symbols_find(symbols, kind, symbol.name);
        if (!first)
            add_symbol(symbols, &symbol);
        else if (list)
            report_duplicate(list, first, &symbol);
    }
}

static bool
is_prelude(const struct wp_loaded *loaded, uint32_t file)
{
    return loaded->is_module[file] && strcmp(loaded->names[file], "std/prelude") == 0;
}

void
wp_symbols_collect(struct wp_symbols *symbols, struct wp_diagnostics *list, struct wp_names *names,
                   const struct wp_loaded *loaded)
{
    *symbols = (struct wp_symbols){.arena = list->arena};
    wp_map_init(&symbols->by_name, list->arena);
    symbols->hints = wp_alloc(list->arena, sizeof *symbols->hints);
    symbols->hints->names = names;
    symbols->hints->loaded = loaded;
    wp_map_init(&symbols->hints->by_reported, list->arena);
    for (uint32_t i = 0; i < loaded->count; i++)
        if (is_prelude(loaded, i))
            collect_file(symbols, list, loaded->files[i]);
    /* What is used comes before what uses it: a clash is the user's. */
    for (uint32_t i = loaded->count; i-- > 0;)
        if (!is_prelude(loaded, i))
            collect_file(symbols, list, loaded->files[i]);
}

/* ---- unknown names ---------------------------------------------------------------------- */

static bool
is_loaded(const struct wp_loaded *loaded, const char *module)
{
    for (uint32_t i = 0; i < loaded->count; i++)
        if (loaded->is_module[i] && strcmp(loaded->names[i], module) == 0)
            return true;
    return false;
}

/* Parses the modules that are not used, to know their names. Their own sources
 * and findings are kept apart from the compilation's. */
static void
learn_modules(struct wp_hints *hints, struct wp_arena *arena)
{
    struct wp_sources *sources = wp_alloc(arena, sizeof *sources);
    struct wp_diagnostics ignored;

    hints->are_known = true;
    hints->modules = (struct wp_symbols){.arena = arena};
    wp_map_init(&hints->modules.by_name, arena);
    wp_sources_init(sources, arena);
    wp_diagnostics_init(&ignored, arena, sources);
    for (const struct wp_stdlib_module *module = wp_stdlib_modules; module->name; module++) {
        if (is_loaded(hints->loaded, module->name))
            continue;
        uint32_t file =
            wp_sources_add(sources, module->name, module->text, (uint32_t)module->length);
        collect_file(&hints->modules, NULL, wp_parse(&ignored, hints->names, file));
    }
    hints->module_of = wp_alloc_array(arena, hints->modules.count + 1, sizeof *hints->module_of);
    for (uint32_t i = 0; i < hints->modules.count; i++)
        hints->module_of[i] = sources->files[hints->modules.all[i].span.file].name;
}

/* The module that declares the name and is not used, or NULL. */
static const char *
module_declaring(struct wp_symbols *symbols, enum wp_symbol_kind kind, const char *name)
{
    struct wp_hints *hints = symbols->hints;

    if (!hints->are_known)
        learn_modules(hints, symbols->arena);
    const struct wp_symbol *found = wp_symbols_find(&hints->modules, kind, name);
    return found ? hints->module_of[found - hints->modules.all] : NULL;
}

/* The name of that kind nearest to a misspelt one, or NULL. */
static const char *
nearest(struct wp_symbols *symbols, enum wp_symbol_kind kind, const char *name)
{
    const char **candidates;
    size_t count = 0;

    if (symbols->hints->compared > SUGGESTION_BUDGET)
        return NULL;
    candidates = wp_alloc_array(symbols->arena, (size_t)symbols->count + 1, sizeof *candidates);
    for (uint32_t i = 0; i < symbols->count; i++)
        if (space_of(symbols->all[i].kind) == space_of(kind))
            candidates[count++] = symbols->all[i].name;
    symbols->hints->compared += symbols->count;
    return wp_suggest(name, candidates, count);
}

static const struct wp_symbol *
find_other_kind(const struct wp_symbols *symbols, enum wp_symbol_kind kind, const char *name)
{
    for (int other = 0; other < WP_SYMBOL_TEST; other++) {
        const struct wp_symbol *found = wp_symbols_find(symbols, (enum wp_symbol_kind)other, name);

        if (found && space_of(found->kind) != space_of(kind))
            return found;
    }
    return NULL;
}

/* A group or an app whose name in the directory is `name`. */
static const struct wp_symbol *
find_directory_name(const struct wp_symbols *symbols, enum wp_symbol_kind kind, const char *name)
{
    for (uint32_t i = 0; i < symbols->count; i++) {
        const struct wp_symbol *symbol = &symbols->all[i];

        if (symbol->kind == kind && symbol->declaration->title &&
            strcmp(symbol->declaration->title->text, name) == 0)
            return symbol;
    }
    return NULL;
}

static void
suggest_name(struct wp_symbols *symbols, struct wp_diagnostics *list, struct wp_diagnostic *finding,
             enum wp_symbol_kind kind, const char *name, struct wp_span span)
{
    const char *module = module_declaring(symbols, kind, name);
    const struct wp_symbol *titled = find_directory_name(symbols, kind, name);
    const char *near = titled ? titled->name : nearest(symbols, kind, name);

    if (module) {
        struct wp_span top = {span.file, 0, 0};

        wp_add_fix(list, finding, WP_FIX_CHANGES_DECISIONS, top,
                   wp_format(symbols->arena, "use %s\n", module), "add `use %s`", module);
    } else if (near) {
        wp_add_fix(list, finding, WP_FIX_CHANGES_DECISIONS, span, near, "write '%s'", near);
    } else {
        wp_add_help(list, finding, "declare it, or 'use' the file that does");
    }
}

static struct wp_diagnostic *
report_unknown(struct wp_symbols *symbols, struct wp_diagnostics *list, enum wp_symbol_kind kind,
               const char *name, struct wp_span span)
{
    const char *wanted = kind == WP_SYMBOL_CHAIN ? "method or chain" : wp_symbol_kind_text(kind);
    const struct wp_symbol *other = find_other_kind(symbols, kind, name);
    struct wp_diagnostic *finding;

    if (!other) {
        finding = wp_report(list, WP_E_UNKNOWN_NAME, span, "there is no %s '%s'", wanted, name);
        suggest_name(symbols, list, finding, kind, name, span);
        return finding;
    }
    finding =
        wp_report(list, WP_E_WRONG_KIND, span, "'%s' is %s %s, not %s %s", name,
                  article(other->kind), wp_symbol_kind_text(other->kind), article(kind), wanted);
    wp_add_label(list, finding, other->span, "declared here");
    const char *near = nearest(symbols, kind, name);
    if (near)
        wp_add_fix(list, finding, WP_FIX_CHANGES_DECISIONS, span, near, "write '%s'", near);
    return finding;
}

static bool
is_reported(const void *context, uint32_t number, const void *key)
{
    const struct wp_hints *hints = context;
    const struct symbol_key *wanted = key;
    const struct reported *reported = &hints->reported[number];

    return reported->space == wanted->space && strcmp(reported->name, wanted->name) == 0;
}

static void
remember_reported(struct wp_symbols *symbols, const struct symbol_key *key,
                  struct wp_diagnostic *finding)
{
    struct wp_hints *hints = symbols->hints;

    if (hints->reported_count == hints->reported_room) {
        uint32_t room = hints->reported_room == 0 ? 16 : hints->reported_room * 2;
        struct reported *reported = wp_alloc_array(symbols->arena, room, sizeof *reported);

        if (hints->reported_count > 0)
            memcpy(reported, hints->reported, hints->reported_count * sizeof *reported);
        hints->reported = reported;
        hints->reported_room = room;
    }
    hints->reported[hints->reported_count] = (struct reported){key->name, key->space, finding, 0};
    wp_map_add(&hints->by_reported, hash_key(key), hints->reported_count++);
}

struct wp_symbol *
wp_symbols_require(struct wp_symbols *symbols, struct wp_diagnostics *list,
                   enum wp_symbol_kind kind, const char *name, struct wp_span span)
{
    struct wp_symbol *found = wp_symbols_find(symbols, kind, name);
    struct wp_hints *hints = symbols->hints;
    struct symbol_key key = {space_of(kind), name};

    if (found)
        return found;
    if (wp_was_lost(list, name))
        return NULL;
    uint32_t known = wp_map_find(&hints->by_reported, hash_key(&key), is_reported, hints, &key);
    if (known == WP_NONE) {
        remember_reported(symbols, &key, report_unknown(symbols, list, kind, name, span));
    } else if (hints->reported[known].labels < MAX_LABELS) {
        hints->reported[known].labels++;
        wp_add_label(list, hints->reported[known].finding, span, "and here");
    }
    return NULL;
}
