/* textDocument/documentSymbol: what a document declares, policies with rules. */
#include "compiler/lsp/server.h"

/* Numbers of the protocol's SymbolKind. */
enum {
    KIND_MODULE = 2,
    KIND_NAMESPACE = 3,
    KIND_CLASS = 5,
    KIND_METHOD = 6,
    KIND_ENUM = 10,
    KIND_FUNCTION = 12,
    KIND_CONSTANT = 14,
    KIND_BOOLEAN = 17,
    KIND_ARRAY = 18,
    KIND_OBJECT = 19,
    KIND_EVENT = 24,
    KIND_OPERATOR = 25
};

static int
kind_of(enum wp_declaration_kind kind)
{
    switch (kind) {
    case WP_DECL_NETWORK:
        return KIND_CONSTANT;
    case WP_DECL_DEVICE:
        return KIND_ENUM;
    case WP_DECL_GROUP:
        return KIND_ARRAY;
    case WP_DECL_CHAIN:
        return KIND_OPERATOR;
    case WP_DECL_APP:
        return KIND_MODULE;
    case WP_DECL_CONDITION:
    case WP_DECL_ASSUME:
        return KIND_BOOLEAN;
    case WP_DECL_POLICY:
        return KIND_CLASS;
    case WP_DECL_TEMPLATE:
        return KIND_FUNCTION;
    case WP_DECL_TEST:
    case WP_DECL_PROVE:
        return KIND_EVENT;
    case WP_DECL_TENANT:
        return KIND_NAMESPACE;
    default:
        return KIND_OBJECT;
    }
}

static json_t *
symbol_json(struct wp_study *study, const char *name, const char *detail, int kind,
            struct wp_span whole, struct wp_span selected)
{
    /* Editors refuse a name that lies outside the whole. */
    whole = wp_span_join(whole, selected);
    return json_pack("{s:o, s:s, s:i, s:o, s:o}", "name",
                     wp_lsp_string(name[0] != '\0' ? name : "\"\""), "detail", detail, "kind", kind,
                     "range", wp_study_range(study, whole), "selectionRange",
                     wp_study_range(study, selected));
}

static json_t *
rules_json(struct wp_study *study, const struct wp_rule *rules)
{
    json_t *list = json_array();
    for (const struct wp_rule *rule = rules; rule != NULL; rule = rule->next) {
        const char *name = rule->name != NULL ? rule->name->text : "otherwise";
        struct wp_span selected = rule->name != NULL ? rule->name->span : rule->span;
        const char *detail = rule->kind == WP_INCLUDE ? "include" : rule->report ? "report" : "";
        (void)json_array_append_new(
            list,
            symbol_json(study, name, detail, rule->kind == WP_INCLUDE ? KIND_FUNCTION : KIND_METHOD,
                        rule->span, selected));
    }
    return list;
}

static const char *
detail_of(const struct wp_declaration *declaration)
{
    static const char *const details[] = {
        [WP_DECL_NETWORK] = "network", [WP_DECL_DEVICE] = "device",
        [WP_DECL_GROUP] = "group",     [WP_DECL_CHAIN] = "chain",
        [WP_DECL_APP] = "app",         [WP_DECL_CONDITION] = "condition",
        [WP_DECL_POLICY] = "policy",   [WP_DECL_TEMPLATE] = "template",
        [WP_DECL_TEST] = "test",       [WP_DECL_PROVE] = "prove",
        [WP_DECL_METHOD] = "method",   [WP_DECL_TENANT] = "tenant",
        [WP_DECL_CLIENT] = "client",   [WP_DECL_KIND] = "kind",
        [WP_DECL_POSTURE] = "posture", [WP_DECL_ISSUE] = "issue",
        [WP_DECL_ASSUME] = "assume",   [WP_DECL_USE] = "use"};
    return details[declaration->kind];
}

json_t *
wp_ask_symbols(struct wp_server *server, const json_t *params)
{
    const struct wp_document *document = wp_document_of(server, params);
    if (document == NULL)
        return NULL;
    struct wp_study *study = document->study;
    json_t *list = json_array();
    const struct wp_declaration *d = study->file_count > 0 ? study->files[0]->declarations : NULL;
    for (; d != NULL && json_array_size(list) < 10 * WP_LSP_MOST_ITEMS; d = d->next) {
        if (d->name == NULL)
            continue;
        json_t *symbol = symbol_json(study, d->name->text, detail_of(d), kind_of(d->kind), d->span,
                                     d->name->span);
        if (d->rules != NULL)
            (void)json_object_set_new(symbol, "children", rules_json(study, d->rules));
        (void)json_array_append_new(list, symbol);
    }
    return list;
}
