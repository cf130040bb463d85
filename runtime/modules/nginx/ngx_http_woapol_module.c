/*
 * The nginx module: directives, merging and the access handler.
 *
 * deny is 403, authenticate is 401, allow lets the later access checks have
 * their say (NGX_DECLINED), so that `satisfy any` never opens what they shut.
 */
#include "ngx_http_woapol.h"

/* ---- the access phase ------------------------------------------------------------------ */

static void
log_report(ngx_http_request_t *r, ngx_http_woapol_ctx_t *ctx)
{
    static const char *const effects[] = {"deny", "allow", "authenticate"};

    if (ctx->effect != WOAPOL_ALLOW)
        ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0, "woapol would %s this request",
                      effects[ctx->effect]);
}

static ngx_int_t
handle_access(ngx_http_request_t *r)
{
    ngx_http_woapol_loc_conf_t *conf = ngx_http_get_module_loc_conf(r, ngx_http_woapol_module);

    if (conf->mode == NGX_HTTP_WOAPOL_OFF)
        return NGX_DECLINED;
    ngx_http_woapol_ctx_t *ctx = ngx_http_woapol_decision(r);
    if (conf->mode == NGX_HTTP_WOAPOL_REPORT) {
        if (ctx != NULL)
            log_report(r, ctx);
        return NGX_DECLINED;
    }
    if (ctx == NULL)
        return NGX_HTTP_FORBIDDEN;
    switch (ctx->effect) {
    case WOAPOL_ALLOW:
        return NGX_DECLINED;
    case WOAPOL_AUTHENTICATE:
        return NGX_HTTP_UNAUTHORIZED;
    case WOAPOL_DENY:
        break;
    }
    if (ctx->bad_request)
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "woapol: a configured value is no answer (managed, compliant and "
                      "groups_complete take true or false, risk takes low, medium or high): denied");
    return NGX_HTTP_FORBIDDEN;
}

/* ---- directives ---------------------------------------------------------------------------- */

static char *
set_image(ngx_conf_t *cf, ngx_command_t *command, void *data)
{
    ngx_http_woapol_main_conf_t *main =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_woapol_module);
    ngx_http_woapol_loc_conf_t *conf = data;
    ngx_str_t path = ((ngx_str_t *)cf->args->elts)[1];

    (void)command;
    if (conf->image != NGX_CONF_UNSET_PTR)
        return "is duplicate";
    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK)
        return NGX_CONF_ERROR;
    conf->image = ngx_http_woapol_image_open(cf, main, &path);
    return conf->image ? NGX_CONF_OK : NGX_CONF_ERROR;
}

static ngx_conf_enum_t modes[] = {{ngx_string("off"), NGX_HTTP_WOAPOL_OFF},
                                  {ngx_string("report"), NGX_HTTP_WOAPOL_REPORT},
                                  {ngx_string("on"), NGX_HTTP_WOAPOL_ON},
                                  {ngx_null_string, 0}};

#define EVERYWHERE NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1
#define FACT(directive, index)                                                                     \
    {ngx_string(directive), EVERYWHERE, ngx_http_set_complex_value_slot, NGX_HTTP_LOC_CONF_OFFSET, \
     offsetof(ngx_http_woapol_loc_conf_t, facts) + (index) * sizeof(ngx_http_complex_value_t *),   \
     NULL}

static ngx_command_t directives[] = {
    {ngx_string("woapol_image"), EVERYWHERE, set_image, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("woapol"), EVERYWHERE, ngx_conf_set_enum_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_woapol_loc_conf_t, mode), modes},
    FACT("woapol_device", NGX_HTTP_WOAPOL_DEVICE),
    FACT("woapol_groups", NGX_HTTP_WOAPOL_GROUPS),
    FACT("woapol_groups_complete", NGX_HTTP_WOAPOL_GROUPS_COMPLETE),
    FACT("woapol_user", NGX_HTTP_WOAPOL_USER),
    FACT("woapol_app", NGX_HTTP_WOAPOL_APP),
    FACT("woapol_entry", NGX_HTTP_WOAPOL_ENTRY),
    FACT("woapol_managed", NGX_HTTP_WOAPOL_MANAGED),
    FACT("woapol_compliant", NGX_HTTP_WOAPOL_COMPLIANT),
    FACT("woapol_risk", NGX_HTTP_WOAPOL_RISK),
    ngx_null_command};

/* ---- configuration -------------------------------------------------------------------------- */

static void *
create_main(ngx_conf_t *cf)
{
    ngx_http_woapol_main_conf_t *main = ngx_pcalloc(cf->pool, sizeof *main);

    if (main == NULL ||
        ngx_array_init(&main->images, cf->pool, 2, sizeof(ngx_http_woapol_image_t *)) != NGX_OK)
        return NULL;
    return main;
}

static void *
create_location(ngx_conf_t *cf)
{
    ngx_http_woapol_loc_conf_t *conf = ngx_pcalloc(cf->pool, sizeof *conf);

    if (conf == NULL)
        return NULL;
    conf->image = NGX_CONF_UNSET_PTR;
    conf->mode = NGX_CONF_UNSET_UINT;
    return conf;
}

static char *
merge_location(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_woapol_loc_conf_t *above = parent, *conf = child;

    ngx_conf_merge_ptr_value(conf->image, above->image, NULL);
    ngx_conf_merge_uint_value(conf->mode, above->mode, NGX_HTTP_WOAPOL_OFF);
    for (ngx_uint_t i = 0; i < NGX_HTTP_WOAPOL_FACTS; i++)
        if (conf->facts[i] == NULL)
            conf->facts[i] = above->facts[i];
    if (conf->mode != NGX_HTTP_WOAPOL_OFF && conf->image == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"woapol on\" and \"woapol report\" need a \"woapol_image\"");
        return NGX_CONF_ERROR;
    }
    return NGX_CONF_OK;
}

static ngx_int_t
finish_configuration(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_woapol_main_conf_t *main =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_woapol_module);
    ngx_http_handler_pt *handler =
        ngx_array_push(&core->phases[NGX_HTTP_ACCESS_PHASE].handlers);

    if (handler == NULL)
        return NGX_ERROR;
    *handler = handle_access;
    main->names_used = ngx_http_woapol_names_used(cf);
    return NGX_OK;
}

static ngx_int_t
start_worker(ngx_cycle_t *cycle)
{
    ngx_http_woapol_main_conf_t *main =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_woapol_module);

    if (main == NULL || (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE))
        return NGX_OK;
    ngx_http_woapol_image_t **images = main->images.elts;
    for (ngx_uint_t i = 0; i < main->images.nelts; i++)
        if (ngx_http_woapol_image_follow(images[i], cycle) != NGX_OK)
            return NGX_ERROR;
    return NGX_OK;
}

static ngx_http_module_t context = {
    ngx_http_woapol_add_variables, /* preconfiguration */
    finish_configuration,          /* postconfiguration */
    create_main,
    NULL,
    NULL,
    NULL,
    create_location,
    merge_location,
};

ngx_module_t ngx_http_woapol_module = {
    NGX_MODULE_V1, &context, directives,   NGX_HTTP_MODULE, NULL, NULL, start_worker, NULL,
    NULL,          NULL,     NULL,         NGX_MODULE_V1_PADDING};
