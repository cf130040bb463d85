/* $woapol_effect and its kin: the decision for map, log_format and headers. */
#include "ngx_http_woapol.h"

/* ---- one getter a variable --------------------------------------------------------- */

static void
set_value(ngx_http_variable_value_t *value, ngx_str_t *text)
{
    value->data = text->data;
    value->len = (unsigned)text->len & 0xfffffff;
    value->valid = 1;
    value->no_cacheable = 1; /* a decision may be made anew after realip */
    value->not_found = 0;
}

static void
get_effect(ngx_http_request_t *r, ngx_http_woapol_ctx_t *ctx, ngx_str_t *text)
{
    static ngx_str_t names[] = {ngx_string("deny"), ngx_string("allow"),
                                ngx_string("authenticate")};

    (void)r;
    *text = names[ctx->effect];
}

static void
get_reason(ngx_http_request_t *r, ngx_http_woapol_ctx_t *ctx, ngx_str_t *text)
{
    static ngx_str_t names[] = {ngx_string(""), ngx_string("groups incomplete"),
                                ngx_string("bad request")};

    (void)r;
    *text = names[ctx->reason];
}

static void
get_generation(ngx_http_request_t *r, ngx_http_woapol_ctx_t *ctx, ngx_str_t *text)
{
    text->data = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    text->len =
        text->data ? (size_t)(ngx_sprintf(text->data, "%uL", ctx->generation) - text->data) : 0;
}

#define NAME_GETTER(name, field)                                                                   \
    static void get_##name(ngx_http_request_t *r, ngx_http_woapol_ctx_t *ctx, ngx_str_t *text)     \
    {                                                                                              \
        (void)r;                                                                                   \
        *text = ctx->field;                                                                        \
    }
NAME_GETTER(policy, policy)
NAME_GETTER(rule, rule)
NAME_GETTER(chain, chain)
NAME_GETTER(message, message)
NAME_GETTER(report, reports)

/* ---- the list --------------------------------------------------------------------------- */

typedef void (*getter)(ngx_http_request_t *r, ngx_http_woapol_ctx_t *ctx, ngx_str_t *text);

/* Every variable, once, and what it needs of a decision besides numbers. */
enum need { NOTHING, NAMES, REPORTS };
static const struct {
    ngx_str_t name;
    getter get;
    enum need need;
} variables[] = {
    {ngx_string("woapol_effect"), get_effect, NOTHING},
    {ngx_string("woapol_reason"), get_reason, NOTHING},
    {ngx_string("woapol_generation"), get_generation, NOTHING},
    {ngx_string("woapol_policy"), get_policy, NAMES},
    {ngx_string("woapol_rule"), get_rule, NAMES},
    {ngx_string("woapol_chain"), get_chain, NAMES},
    {ngx_string("woapol_message"), get_message, NAMES},
    {ngx_string("woapol_report"), get_report, REPORTS},
};
#define VARIABLE_COUNT (sizeof variables / sizeof *variables)

static ngx_int_t
get_variable(ngx_http_request_t *r, ngx_http_variable_value_t *value, uintptr_t index)
{
    ngx_http_woapol_ctx_t *ctx = ngx_http_woapol_decision(r, 0);
    ngx_str_t text;

    if (ctx == NULL) {
        ngx_http_woapol_loc_conf_t *conf = ngx_http_get_module_loc_conf(r, ngx_http_woapol_module);
        if (conf->image == NULL) {
            value->not_found = 1;
            return NGX_OK;
        }
        ngx_http_woapol_ctx_t denied = {.effect = WOAPOL_DENY, .reason = WOAPOL_REASON_BAD_REQUEST};
        variables[index].get(r, &denied, &text);
        set_value(value, &text);
        return NGX_OK;
    }
    variables[index].get(r, ctx, &text);
    set_value(value, &text);
    return NGX_OK;
}

ngx_int_t
ngx_http_woapol_add_variables(ngx_conf_t *cf)
{
    for (ngx_uint_t i = 0; i < VARIABLE_COUNT; i++) {
        ngx_str_t name = variables[i].name;
        ngx_http_variable_t *variable = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
        if (variable == NULL)
            return NGX_ERROR;
        variable->get_handler = get_variable;
        variable->data = i;
    }
    return NGX_OK;
}

void
ngx_http_woapol_note_variables(ngx_conf_t *cf, ngx_http_woapol_main_conf_t *main)
{
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_variable_t *used = core->variables.elts;

    for (ngx_uint_t i = 0; i < core->variables.nelts; i++)
        for (ngx_uint_t k = 0; k < VARIABLE_COUNT; k++) {
            if (used[i].name.len != variables[k].name.len ||
                ngx_strncmp(used[i].name.data, variables[k].name.data, used[i].name.len) != 0)
                continue;
            main->variables_used = 1;
            main->names_used |= variables[k].need == NAMES;
            main->reports_used |= variables[k].need == REPORTS;
        }
}
