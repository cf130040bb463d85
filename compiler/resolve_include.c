/* The arguments of includes, against what templates do with their parameters. */
#include "compiler/resolver.h"

/* The first part of an argument that cannot stand in a place, or NULL. A name
 * that is not known at all is left to the search for names. */
static const struct wp_set *
find_misfit(const struct wp_resolver *resolver, const struct wp_set *set, enum wp_place place)
{
    enum wp_symbol_kind kind = wp_place_symbol(place);

    switch (set->kind) {
    case WP_SET_NAME:
        if (wp_find_parameter(resolver->within, set->text))
            return NULL;
        if (kind == WP_SYMBOL_KIND_COUNT)
            return place == WP_PLACE_ENTRY ? NULL : set;
        if (wp_symbols_find(resolver->symbols, kind, set->text))
            return NULL;
        for (int other = 0; other < WP_SYMBOL_TEST; other++)
            if (wp_symbols_find(resolver->symbols, (enum wp_symbol_kind)other, set->text))
                return set;
        return NULL;
    case WP_SET_STRING:
        return place == WP_PLACE_USER ? NULL : set;
    case WP_SET_ADDRESS:
    case WP_SET_RANGE:
        return place == WP_PLACE_NETWORK ? NULL : set;
    case WP_SET_SUM:
    case WP_SET_PRODUCT:
    case WP_SET_LIST:
        if (place == WP_PLACE_CHAIN || place == WP_PLACE_CONDITION)
            return set;
        for (const struct wp_set *at = set->parts; at; at = at->next) {
            const struct wp_set *misfit = find_misfit(resolver, at, place);
            if (misfit)
                return misfit;
        }
        return NULL;
    }
    return NULL;
}

static void
report_misfit(struct wp_resolver *resolver, const struct wp_template *template,
              const struct wp_parameter *parameter, struct wp_span span)
{
    struct wp_diagnostic *finding =
        wp_report(resolver->list, WP_E_BAD_ARGUMENT, span, "'%s' of the template '%s' is %s",
                  parameter->name, template->symbol->name, wp_place_text(parameter->place));

    wp_add_label(resolver->list, finding, parameter->used, "it is used as that here");
}

static void
resolve_argument(struct wp_resolver *resolver, const struct wp_template *template,
                 const struct wp_parameter *parameter, const struct wp_argument *argument)
{
    if (parameter->place == WP_PLACE_UNKNOWN)
        return;
    if (argument->chain) {
        if (parameter->place == WP_PLACE_CHAIN)
            wp_resolve_chain(resolver, argument->chain);
        else
            report_misfit(resolver, template, parameter, argument->span);
        return;
    }
    const struct wp_set *misfit = find_misfit(resolver, argument->set, parameter->place);
    if (misfit)
        report_misfit(resolver, template, parameter, misfit->span);
    else
        wp_resolve_set(resolver, argument->set, parameter->place);
}

static void
report_count(struct wp_resolver *resolver, const struct wp_rule *include,
             const struct wp_template *template, uint32_t count)
{
    struct wp_diagnostic *finding =
        wp_report(resolver->list, WP_E_BAD_ARGUMENT, include->span,
                  "the template '%s' takes %u argument%s, not %u", template->symbol->name,
                  template->parameter_count, template->parameter_count == 1 ? "" : "s", count);

    wp_add_label(resolver->list, finding, template->symbol->span, "declared here");
}

static void
resolve_include(struct wp_resolver *resolver, const struct wp_rule *include)
{
    const struct wp_symbol *symbol =
        wp_symbols_find(resolver->symbols, WP_SYMBOL_TEMPLATE, include->name->text);
    uint32_t count = 0;

    if (!symbol || symbol->is_broken)
        return;
    const struct wp_template *template = &resolver->resolved->templates[symbol->number];
    for (const struct wp_argument *at = include->arguments; at; at = at->next)
        count++;
    if (count != template->parameter_count) {
        report_count(resolver, include, template, count);
        return;
    }
    count = 0;
    for (const struct wp_argument *at = include->arguments; at; at = at->next)
        resolve_argument(resolver, template, &template->parameters[count++], at);
}

void
wp_resolve_includes(struct wp_resolver *resolver, const struct wp_rule *rules)
{
    for (const struct wp_rule *rule = rules; rule; rule = rule->next)
        if (rule->kind == WP_INCLUDE)
            resolve_include(resolver, rule);
}
