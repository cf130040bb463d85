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
        ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                      "woapol would %s this request: policy \"%V\", rule \"%V\"",
                      effects[ctx->effect], &ctx->policy, &ctx->rule);
}

static void
log_bad(ngx_http_request_t *r, ngx_http_woapol_ctx_t *ctx)
{
    if (ctx->effect == WOAPOL_DENY && ctx->reason == WOAPOL_REASON_BAD_REQUEST)
        ngx_log_error(
            NGX_LOG_ERR, r->connection->log, 0,
            "woapol denies, since a configured value is no answer: managed, compliant and "
            "groups_complete take true or false, risk takes low, medium or high, a quote "
            "in groups must end, a header must not come twice");
}

static ngx_int_t
handle_access(ngx_http_request_t *r)
{
    ngx_http_woapol_loc_conf_t *conf = ngx_http_get_module_loc_conf(r, ngx_http_woapol_module);

    if (conf->mode == NGX_HTTP_WOAPOL_OFF)
        return NGX_DECLINED;
    ngx_http_woapol_main_conf_t *main = ngx_http_get_module_main_conf(r, ngx_http_woapol_module);
    ngx_http_woapol_ctx_t passing, *ctx = &passing;
    if (main->variables_used || conf->mode == NGX_HTTP_WOAPOL_REPORT)
        ctx = ngx_http_woapol_decision(r, 1);
    else if (!ngx_http_woapol_decide(r, conf, ctx))
        ctx = NULL;
    if (ctx != NULL)
        log_bad(r, ctx);
    if (conf->mode == NGX_HTTP_WOAPOL_REPORT) {
        if (ctx != NULL)
            log_report(r, ctx);
        return NGX_DECLINED;
    }
    if (ctx != NULL && ctx->effect == WOAPOL_ALLOW)
        return NGX_DECLINED;
    if (ctx != NULL && ctx->effect == WOAPOL_AUTHENTICATE)
        return NGX_HTTP_UNAUTHORIZED;
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
    conf->image = ngx_http_woapol_image_add(cf, main, &path);
    return conf->image ? NGX_CONF_OK : NGX_CONF_ERROR;
}

static char *
set_keys(ngx_conf_t *cf, ngx_command_t *command, void *data)
{
    ngx_str_t *paths = cf->args->elts;

    (void)command;
    for (ngx_uint_t i = 1; i < cf->args->nelts; i++)
        if (ngx_conf_full_name(cf->cycle, &paths[i], 1) != NGX_OK ||
            ngx_http_woapol_key_add(cf, data, &paths[i]) != NGX_OK)
            return NGX_CONF_ERROR;
    return NGX_CONF_OK;
}

static ngx_conf_enum_t modes[] = {{ngx_string("off"), NGX_HTTP_WOAPOL_OFF},
                                  {ngx_string("report"), NGX_HTTP_WOAPOL_REPORT},
                                  {ngx_string("on"), NGX_HTTP_WOAPOL_ON},
                                  {ngx_null_string, 0}};

#define EVERYWHERE NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1
/* A lone variable is remembered by its index: reading it copies nothing. */
static ngx_int_t
find_variable(ngx_conf_t *cf, ngx_str_t text)
{
    if (text.len < 2 || text.data[0] != '$')
        return NGX_ERROR;
    text.data++;
    text.len--;
    for (size_t i = 0; i < text.len; i++) {
        u_char c = text.data[i];
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_')
            return NGX_ERROR;
    }
    if (text.len == 1 && text.data[0] >= '0' && text.data[0] <= '9')
        return NGX_ERROR; /* what a regular expression has captured */
    return ngx_http_get_variable_index(cf, &text);
}

/* "$http_x_groups" is the header x-groups, which is then looked for without going
 * through a variable. */
static ngx_int_t
find_header(ngx_conf_t *cf, ngx_http_woapol_fact_t *fact, ngx_str_t text)
{
    static const u_char prefix[] = "$http_";
    size_t before = sizeof prefix - 1;

    if (fact->variable == NGX_ERROR || text.len <= before ||
        ngx_strncasecmp(text.data, (u_char *)prefix, before) != 0)
        return NGX_OK;
    fact->header.len = text.len - before;
    fact->header.data = ngx_pnalloc(cf->pool, fact->header.len);
    if (fact->header.data == NULL)
        return NGX_ERROR;
    for (size_t i = 0; i < fact->header.len; i++) {
        u_char c = text.data[before + i];
        fact->header.data[i] = c == '_' ? '-' : ngx_tolower(c);
    }
    fact->header_hash = ngx_hash_key(fact->header.data, fact->header.len);
    return NGX_OK;
}

static char *
set_fact(ngx_conf_t *cf, ngx_command_t *command, void *data)
{
    ngx_http_woapol_fact_t **place = (ngx_http_woapol_fact_t **)((u_char *)data + command->offset);
    ngx_http_woapol_fact_t *fact = ngx_pcalloc(cf->pool, sizeof *fact);
    ngx_str_t *text = &((ngx_str_t *)cf->args->elts)[1];
    ngx_command_t set_text = {.offset = offsetof(ngx_http_woapol_fact_t, text)};

    if (*place != NULL)
        return "is duplicate";
    if (fact == NULL)
        return NGX_CONF_ERROR;
    *place = fact;
    fact->variable = find_variable(cf, *text);
    if (find_header(cf, fact, *text) != NGX_OK)
        return NGX_CONF_ERROR;
    return ngx_http_set_complex_value_slot(cf, &set_text, fact);
}

#define FACT(directive, index)                                                                     \
    {                                                                                              \
        ngx_string(directive), EVERYWHERE, set_fact, NGX_HTTP_LOC_CONF_OFFSET,                     \
            offsetof(ngx_http_woapol_loc_conf_t, facts) +                                          \
                (index) * sizeof(ngx_http_woapol_fact_t *),                                        \
            NULL                                                                                   \
    }

static ngx_command_t directives[] = {
    {ngx_string("woapol_image"), EVERYWHERE, set_image, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("woapol_key"), NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE, set_keys,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("woapol_threshold"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_num_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, offsetof(ngx_http_woapol_main_conf_t, threshold), NULL},
    {ngx_string("woapol_poll"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, offsetof(ngx_http_woapol_main_conf_t, poll), NULL},
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

/* ---- values ------------------------------------------------------------------------------------
 */

static ngx_flag_t
equals(ngx_str_t *value, const char *word)
{
    size_t length = ngx_strlen(word);

    return value->len == length && ngx_strncasecmp(value->data, (u_char *)word, length) == 0;
}

ngx_int_t
ngx_http_woapol_flag(ngx_str_t *value)
{
    if (value->len == 0 || equals(value, "false") || equals(value, "0") || equals(value, "no") ||
        equals(value, "off"))
        return 0;
    if (equals(value, "true") || equals(value, "1") || equals(value, "yes") || equals(value, "on"))
        return 1;
    return NGX_ERROR;
}

ngx_int_t
ngx_http_woapol_risk(ngx_str_t *value)
{
    if (value->len == 0 || equals(value, "high"))
        return 2;
    if (equals(value, "medium"))
        return 1;
    return equals(value, "low") ? 0 : NGX_ERROR;
}

/* ---- configuration -------------------------------------------------------------------------- */

static void *
create_main(ngx_conf_t *cf)
{
    ngx_http_woapol_main_conf_t *main = ngx_pcalloc(cf->pool, sizeof *main);

    if (main == NULL ||
        ngx_array_init(&main->images, cf->pool, 2, sizeof(ngx_http_woapol_image_t *)) != NGX_OK ||
        ngx_array_init(&main->keys, cf->pool, 2, sizeof(ngx_http_woapol_key_t)) != NGX_OK)
        return NULL;
    main->threshold = NGX_CONF_UNSET_UINT;
    main->poll = NGX_CONF_UNSET_MSEC;
    main->trust = (struct woapol_options){sizeof main->trust, ngx_http_woapol_signed, main};
    return main;
}

static char *
init_main(ngx_conf_t *cf, void *data)
{
    ngx_http_woapol_main_conf_t *main = data;

    if (main->threshold != NGX_CONF_UNSET_UINT &&
        (main->threshold == 0 || main->threshold > main->keys.nelts)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"woapol_threshold\" is between 1 and the number of keys given by "
                           "\"woapol_key\", which is %ui",
                           main->keys.nelts);
        return NGX_CONF_ERROR;
    }
    ngx_conf_init_uint_value(main->threshold, 1);
    ngx_conf_init_msec_value(main->poll, 1000);
    if (main->poll == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"woapol_poll\" must be above 0");
        return NGX_CONF_ERROR;
    }
    return NGX_CONF_OK;
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

/* A constant that no request could mean anything by is a mistake of the
 * configuration; one with variables is looked at with each request. */
static ngx_flag_t
is_sensible(ngx_http_woapol_fact_t *fact, ngx_int_t (*meaning)(ngx_str_t *))
{
    return fact == NULL || fact->text->lengths != NULL || meaning(&fact->text->value) != NGX_ERROR;
}

static char *
check_location(ngx_conf_t *cf, ngx_http_woapol_loc_conf_t *conf)
{
    ngx_http_core_loc_conf_t *core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (conf->image == NULL)
        return "\"woapol on\" and \"woapol report\" need a \"woapol_image\"";
    if (!is_sensible(conf->facts[NGX_HTTP_WOAPOL_MANAGED], ngx_http_woapol_flag) ||
        !is_sensible(conf->facts[NGX_HTTP_WOAPOL_COMPLIANT], ngx_http_woapol_flag) ||
        !is_sensible(conf->facts[NGX_HTTP_WOAPOL_GROUPS_COMPLETE], ngx_http_woapol_flag))
        return "\"woapol_managed\", \"woapol_compliant\" and \"woapol_groups_complete\" take true "
               "or "
               "false";
    if (!is_sensible(conf->facts[NGX_HTTP_WOAPOL_RISK], ngx_http_woapol_risk))
        return "\"woapol_risk\" takes low, medium or high";
    if (conf->mode == NGX_HTTP_WOAPOL_ON && core->satisfy == NGX_HTTP_SATISFY_ANY)
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"woapol on\" under \"satisfy any\": what the policy denies, another "
                           "access check may let in");
    return NULL;
}

static char *
merge_location(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_woapol_loc_conf_t *above = parent, *conf = child;

    ngx_conf_merge_ptr_value(conf->image, above->image, NULL);
    ngx_conf_merge_uint_value(conf->mode, above->mode, NGX_HTTP_WOAPOL_OFF);
    for (ngx_uint_t i = 0; i < NGX_HTTP_WOAPOL_FACTS; i++) {
        if (conf->facts[i] == NULL)
            conf->facts[i] = above->facts[i];
        conf->used |= (uint32_t)(conf->facts[i] != NULL) << i;
    }
    if (conf->mode == NGX_HTTP_WOAPOL_REPORT) {
        ngx_http_woapol_main_conf_t *main =
            ngx_http_conf_get_module_main_conf(cf, ngx_http_woapol_module);
        main->names_used = 1; /* for the log */
    }
    char *mistake = conf->mode == NGX_HTTP_WOAPOL_OFF ? NULL : check_location(cf, conf);
    if (mistake == NULL)
        return NGX_CONF_OK;
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s", mistake);
    return NGX_CONF_ERROR;
}

static ngx_int_t
finish_configuration(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_woapol_main_conf_t *main =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_woapol_module);
    ngx_http_handler_pt *handler = ngx_array_push(&core->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    ngx_http_woapol_image_t **images = main->images.elts;

    if (handler == NULL)
        return NGX_ERROR;
    *handler = handle_access;
    for (ngx_uint_t i = 0; i < main->images.nelts; i++)
        if (ngx_http_woapol_image_open(cf, main, images[i]) != NGX_OK)
            return NGX_ERROR;
    ngx_http_woapol_note_variables(cf, main);
    return NGX_OK;
}

/* Where the access handler stands among the handlers of all phases. */
static ngx_int_t
find_access_handler(ngx_cycle_t *cycle)
{
    ngx_http_core_main_conf_t *core =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module);
    ngx_http_phase_handler_t *handlers = core->phase_engine.handlers;
    ngx_int_t place = 0;

    while (handlers[place].checker != NULL && handlers[place].handler != handle_access)
        place++;
    return place;
}

static ngx_int_t
start_worker(ngx_cycle_t *cycle)
{
    ngx_http_woapol_main_conf_t *main =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_woapol_module);

    if (main == NULL || (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE))
        return NGX_OK;
    main->access_handler = find_access_handler(cycle);
    ngx_http_woapol_image_t **images = main->images.elts;
    for (ngx_uint_t i = 0; i < main->images.nelts; i++)
        if (ngx_http_woapol_image_follow(images[i], main->poll, cycle) != NGX_OK)
            return NGX_ERROR;
    return NGX_OK;
}

static ngx_http_module_t context = {
    ngx_http_woapol_add_variables, /* preconfiguration */
    finish_configuration,          /* postconfiguration */
    create_main,
    init_main,
    NULL,
    NULL,
    create_location,
    merge_location,
};

ngx_module_t ngx_http_woapol_module = {
    NGX_MODULE_V1, &context, directives, NGX_HTTP_MODULE,      NULL, NULL, start_worker, NULL,
    NULL,          NULL,     NULL,       NGX_MODULE_V1_PADDING};
