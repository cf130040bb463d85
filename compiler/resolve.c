/*
 * The order of things: first all names that are written where their kind is
 * known, then the order of definitions, then the includes, from the templates
 * that include nothing to those that include them, since what a parameter is
 * follows from what is done with it.
 */
#include "compiler/resolver.h"

#include <string.h>

static const char *const entry_names[WP_ENTRY_COUNT] = {
    [WP_ENTRY_NONE] = "",
    [WP_ENTRY_BROWSER] = "browser",
    [WP_ENTRY_NATIVE_APP] = "native_app",
    [WP_ENTRY_HUB] = "hub",
    [WP_ENTRY_OKTA_MOBILE] = "okta_mobile",
};
static const char *const risk_names[WP_RISK_COUNT] = {
    [WP_RISK_LOW] = "low",
    [WP_RISK_MEDIUM] = "medium",
    [WP_RISK_HIGH] = "high",
};

uint32_t
wp_entry_number(const char *name)
{
    for (uint32_t i = WP_ENTRY_BROWSER; i < WP_ENTRY_COUNT; i++)
        if (strcmp(entry_names[i], name) == 0)
            return i;
    return WP_NONE;
}

uint32_t
wp_risk_number(const char *name)
{
    for (uint32_t i = 0; i < WP_RISK_COUNT; i++)
        if (strcmp(risk_names[i], name) == 0)
            return i;
    return WP_NONE;
}

const char *
wp_entry_name(uint32_t entry)
{
    return entry_names[entry];
}

const char *
wp_risk_name(uint32_t risk)
{
    return risk_names[risk];
}

static void
report_same_parameter(struct wp_resolver *resolver, const struct wp_parameter *first,
                      const struct wp_name *again)
{
    struct wp_diagnostic *finding = wp_report(resolver->list, WP_E_DUPLICATE_NAME, again->span,
                                              "the parameter '%s' is declared twice", again->text);

    wp_add_label(resolver->list, finding, first->span, "first declared here");
}

static void
set_up_template(struct wp_resolver *resolver, struct wp_symbol *symbol,
                struct wp_template *template)
{
    const struct wp_name *names = symbol->declaration->parameters;
    uint32_t count = 0;

    for (const struct wp_name *at = names; at; at = at->next)
        count++;
    template->symbol = symbol;
    template->parameters =
        wp_alloc_array(resolver->arena, (size_t)count + 1, sizeof *template->parameters);
    for (const struct wp_name *at = names; at; at = at->next) {
        const struct wp_parameter *first = wp_find_parameter(template, at->text);

        if (first)
            report_same_parameter(resolver, first, at);
        template->parameters[template->parameter_count++] =
            (struct wp_parameter){.name = at->text, .span = at->span};
    }
}

static void
set_up_templates(struct wp_resolver *resolver)
{
    struct wp_symbols *symbols = resolver->symbols;
    struct wp_resolved *resolved = resolver->resolved;

    for (uint32_t i = 0; i < symbols->count; i++)
        if (symbols->all[i].kind == WP_SYMBOL_TEMPLATE)
            symbols->all[i].number = resolved->template_count++;
    resolved->templates = wp_alloc_array(resolver->arena, (size_t)resolved->template_count + 1,
                                         sizeof *resolved->templates);
    for (uint32_t i = 0; i < symbols->count; i++)
        if (symbols->all[i].kind == WP_SYMBOL_TEMPLATE)
            set_up_template(resolver, &symbols->all[i],
                            &resolved->templates[symbols->all[i].number]);
}

/* The symbol that this very declaration made; NULL for one without a name and
 * for the second of two with the same. */
static struct wp_symbol *
symbol_of(const struct wp_resolver *resolver, const struct wp_declaration *declaration,
          enum wp_symbol_kind kind)
{
    struct wp_symbol *symbol =
        declaration->name ? wp_symbols_find(resolver->symbols, kind, declaration->name->text)
                          : NULL;

    return symbol && symbol->declaration == declaration ? symbol : NULL;
}

static struct wp_symbol *
defined_symbol(const struct wp_resolver *resolver, const struct wp_declaration *declaration)
{
    static const struct {
        enum wp_declaration_kind declared;
        enum wp_symbol_kind kind;
    } kinds[] = {
        {WP_DECL_NETWORK, WP_SYMBOL_NETWORK},   {WP_DECL_DEVICE, WP_SYMBOL_DEVICE},
        {WP_DECL_CHAIN, WP_SYMBOL_CHAIN},       {WP_DECL_CONDITION, WP_SYMBOL_CONDITION},
        {WP_DECL_TEMPLATE, WP_SYMBOL_TEMPLATE},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].declared == declaration->kind)
            return symbol_of(resolver, declaration, kinds[i].kind);
    return NULL;
}

static void
resolve_file(struct wp_resolver *resolver, const struct wp_file *file)
{
    for (const struct wp_declaration *at = file->declarations; at; at = at->next) {
        struct wp_symbol *symbol = defined_symbol(resolver, at);

        resolver->current = symbol ? (uint32_t)(symbol - resolver->symbols->all) : WP_NONE;
        resolver->within = symbol && symbol->kind == WP_SYMBOL_TEMPLATE
                               ? &resolver->resolved->templates[symbol->number]
                               : NULL;
        if (at->kind != WP_DECL_TEMPLATE || resolver->within)
            wp_resolve_declaration(resolver, at);
    }
}

static void
resolve_includes(struct wp_resolver *resolver, const struct wp_loaded *loaded)
{
    struct wp_symbols *symbols = resolver->symbols;

    resolver->current = WP_NONE;
    for (uint32_t i = 0; i < symbols->count; i++) {
        const struct wp_symbol *symbol = &symbols->all[resolver->resolved->order[i]];

        if (symbol->kind != WP_SYMBOL_TEMPLATE || symbol->is_broken)
            continue;
        resolver->within = &resolver->resolved->templates[symbol->number];
        wp_resolve_includes(resolver, symbol->declaration->rules);
    }
    resolver->within = NULL;
    for (uint32_t i = 0; i < loaded->count; i++)
        for (const struct wp_declaration *at = loaded->files[i]->declarations; at; at = at->next)
            if (at->kind == WP_DECL_POLICY)
                wp_resolve_includes(resolver, at->rules);
}

void
wp_resolve(struct wp_diagnostics *list, struct wp_names *names, const struct wp_loaded *loaded,
           struct wp_resolved *resolved)
{
    struct wp_resolver resolver = {.arena = list->arena, .list = list, .resolved = resolved};

    *resolved = (struct wp_resolved){0};
    resolved->symbols = resolver.symbols = wp_alloc(list->arena, sizeof *resolved->symbols);
    wp_symbols_collect(resolved->symbols, list, names, loaded);
    set_up_templates(&resolver);
    for (uint32_t i = 0; i < loaded->count; i++)
        resolve_file(&resolver, loaded->files[i]);
    wp_resolve_order(&resolver);
    resolve_includes(&resolver, loaded);
}
