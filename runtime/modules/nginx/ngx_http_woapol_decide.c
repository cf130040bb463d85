/*
 * From an nginx request to a decision.
 *
 * What cannot be understood denies: a risk that is none of the three, a flag that
 * is neither yes nor no, memory that cannot be had.
 */
#include "ngx_http_woapol.h"

/* ---- the client's address ---------------------------------------------------------- */

/* The address nginx holds now: realip may have changed it since the connection
 * was accepted, or since an earlier phase. */
static void
read_address(ngx_http_request_t *r, struct woapol_address *address)
{
    struct sockaddr *peer = r->connection->sockaddr;

    ngx_memzero(address, sizeof *address);
    if (peer->sa_family == AF_INET) {
        address->family = 4;
        ngx_memcpy(address->bytes, &((struct sockaddr_in *)peer)->sin_addr, 4);
        return;
    }
#if (NGX_HAVE_INET6)
    if (peer->sa_family == AF_INET6) {
        struct in6_addr *in6 = &((struct sockaddr_in6 *)peer)->sin6_addr;
        address->family = IN6_IS_ADDR_V4MAPPED(in6) ? 4 : 6;
        if (address->family == 4)
            ngx_memcpy(address->bytes, &in6->s6_addr[12], 4);
        else
            ngx_memcpy(address->bytes, in6->s6_addr, 16);
    }
#endif
}

/* ---- facts from configured values -------------------------------------------------------- */

/* A header that comes twice is an error: one of them may not be the proxy's. */
static ngx_int_t
read_header(ngx_http_request_t *r, ngx_http_woapol_fact_t *fact, ngx_str_t *value)
{
    ngx_flag_t found = 0;

    for (ngx_list_part_t *part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        ngx_table_elt_t *header = part->elts, *end = header + part->nelts;
        for (; header < end; header++) {
            if (header->hash != fact->header_hash || header->key.len != fact->header.len ||
                !ngx_http_woapol_same(header->lowcase_key, fact->header.data, fact->header.len))
                continue;
            if (found)
                return NGX_ERROR;
            found = 1;
            *value = header->value;
        }
    }
    return NGX_OK;
}

/* A fact's text; an absent one is empty. */
static ngx_int_t
read_fact(ngx_http_request_t *r, ngx_http_woapol_fact_t *fact, ngx_str_t *value)
{
    value->len = 0;
    if (fact->header.len > 0)
        return read_header(r, fact, value);
    if (fact->variable != NGX_ERROR) {
        ngx_http_variable_value_t *variable =
            ngx_http_get_flushed_variable(r, (ngx_uint_t)fact->variable);
        if (variable == NULL)
            return NGX_ERROR;
        value->len = variable->not_found ? 0 : variable->len;
        value->data = variable->data;
        return NGX_OK;
    }
    if (fact->text->lengths == NULL) {
        *value = fact->text->value;
        return NGX_OK;
    }
    return ngx_http_complex_value(r, fact->text, value);
}

/* What a request brings besides its address. */
struct facts {
    ngx_http_woapol_person_t person;
    ngx_flag_t bad; /* some value means nothing: deny */
};

static uint32_t
find(const struct woapol_image *open, enum woapol_kind kind, ngx_str_t *value)
{
    return woapol_find(open, kind, (const char *)value->data, value->len);
}

static bool
is_true(ngx_str_t *value, ngx_flag_t *bad)
{
    ngx_int_t flag = ngx_http_woapol_flag(value);

    if (flag == NGX_ERROR)
        *bad = 1;
    return flag == 1;
}

static void
apply_fact(const struct woapol_image *open, unsigned fact, ngx_str_t *value,
           struct woapol_request *request, struct facts *facts)
{
    ngx_int_t risk;

    switch (fact) {
    case NGX_HTTP_WOAPOL_DEVICE:
        request->device = find(open, WOAPOL_DEVICE, value);
        break;
    case NGX_HTTP_WOAPOL_APP:
        request->app = find(open, WOAPOL_APP, value);
        break;
    case NGX_HTTP_WOAPOL_ENTRY:
        request->entry = find(open, WOAPOL_ENTRY, value);
        break;
    case NGX_HTTP_WOAPOL_GROUPS:
        facts->person.groups = *value;
        break;
    case NGX_HTTP_WOAPOL_USER:
        facts->person.user = *value;
        break;
    case NGX_HTTP_WOAPOL_GROUPS_COMPLETE:
        facts->person.incomplete = !is_true(value, &facts->bad);
        break;
    case NGX_HTTP_WOAPOL_MANAGED:
        request->managed = is_true(value, &facts->bad);
        break;
    case NGX_HTTP_WOAPOL_COMPLIANT:
        request->compliant = is_true(value, &facts->bad);
        break;
    case NGX_HTTP_WOAPOL_RISK:
        risk = ngx_http_woapol_risk(value);
        facts->bad |= risk == NGX_ERROR;
        request->risk = (uint8_t)(risk == NGX_ERROR ? 2 : risk);
        break;
    default:
        break;
    }
}

/* Looks only at facts that the location has. */
static void
read_facts(ngx_http_request_t *r, ngx_http_woapol_loc_conf_t *conf, const struct woapol_image *open,
           struct woapol_request *request, struct facts *facts)
{
    for (uint32_t left = conf->used; left != 0; left &= left - 1) {
        unsigned fact = (unsigned)__builtin_ctz(left);
        ngx_str_t value;
        if (read_fact(r, conf->facts[fact], &value) != NGX_OK)
            facts->bad = 1;
        else if (value.len > 0)
            apply_fact(open, fact, &value, request, facts);
    }
}

/* ---- names, copied out of the image -----------------------------------------------------------
 */

static void
copy_name(ngx_pool_t *pool, const char *name, size_t length, ngx_str_t *copy)
{
    ngx_str_null(copy);
    if (name == NULL)
        return;
    copy->data = ngx_pnalloc(pool, length);
    if (copy->data == NULL)
        return;
    ngx_memcpy(copy->data, name, length);
    copy->len = length;
}

static void
copy_kind(ngx_pool_t *pool, const struct woapol_image *open, enum woapol_kind kind, uint32_t number,
          ngx_str_t *copy)
{
    size_t length = 0;
    const char *name = number == WOAPOL_NONE ? NULL : woapol_name(open, kind, number, &length);

    copy_name(pool, name, length, copy);
}

/* A chain in the words of the language: "a then b or c else d". */
struct chain_writer {
    const struct woapol_image *open;
    u_char *at; /* NULL while measuring */
    size_t length;
    uint32_t alternative, step;
    bool started;
};

static void
put(struct chain_writer *writer, const char *text, size_t length)
{
    if (writer->at != NULL)
        writer->at = ngx_cpymem(writer->at, text, length);
    writer->length += length;
}

static bool
put_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    struct chain_writer *writer = context;
    size_t length = 0;
    const char *name = woapol_name(writer->open, WOAPOL_METHOD, method, &length);

    if (writer->started && alternative != writer->alternative)
        put(writer, " else ", 6);
    else if (writer->started && step != writer->step)
        put(writer, " then ", 6);
    else if (writer->started)
        put(writer, " or ", 4);
    put(writer, name ? name : "", length);
    writer->started = true;
    writer->alternative = alternative;
    writer->step = step;
    return true;
}

static void
copy_chain(ngx_pool_t *pool, const struct woapol_image *open, uint32_t chain, ngx_str_t *copy)
{
    struct chain_writer measure = {.open = open}, writer = {.open = open};

    ngx_str_null(copy);
    if (chain == WOAPOL_NONE)
        return;
    woapol_chain_walk(open, chain, put_method, &measure);
    copy->data = writer.at = ngx_pnalloc(pool, measure.length + 1);
    if (copy->data == NULL)
        return;
    woapol_chain_walk(open, chain, put_method, &writer);
    copy->len = writer.length;
}

/* The report rules that are true, comma-separated. */
static NGX_HTTP_WOAPOL_APART void
copy_reports(ngx_pool_t *pool, const struct woapol_image *open, struct woapol_principal *principal,
             const struct woapol_request *request, ngx_str_t *copy)
{
    uint32_t rules[32];
    size_t count = woapol_reports(open, principal, request, rules, 32), length = 0, size = 0;

    ngx_str_null(copy);
    count = ngx_min(count, 32);
    for (size_t i = 0; i < count; i++)
        if (woapol_name(open, WOAPOL_RULE, rules[i], &length) != NULL)
            size += length + 1;
    if (size == 0 || (copy->data = ngx_pnalloc(pool, size)) == NULL)
        return;
    u_char *at = copy->data;
    for (size_t i = 0; i < count; i++) {
        const char *name = woapol_name(open, WOAPOL_RULE, rules[i], &length);
        if (name == NULL)
            continue;
        if (at != copy->data)
            *at++ = ',';
        at = ngx_cpymem(at, name, length);
    }
    copy->len = (size_t)(at - copy->data);
}

/* ---- the decision
 * -------------------------------------------------------------------------------- */

static NGX_HTTP_WOAPOL_APART void
copy_names(ngx_http_request_t *r, ngx_http_woapol_ctx_t *ctx, const struct woapol_image *open,
           const struct woapol_decision *decision)
{
    size_t length = 0;
    const char *message = woapol_message(open, decision->message, &length);

    copy_kind(r->pool, open, WOAPOL_POLICY, decision->policy, &ctx->policy);
    copy_kind(r->pool, open, WOAPOL_RULE, decision->rule, &ctx->rule);
    copy_chain(r->pool, open, decision->chain, &ctx->chain);
    copy_name(r->pool, message, length, &ctx->message);
}

ngx_flag_t
ngx_http_woapol_decide(ngx_http_request_t *r, ngx_http_woapol_loc_conf_t *conf,
                       ngx_http_woapol_ctx_t *ctx)
{
    ngx_http_woapol_main_conf_t *main = ngx_http_get_module_main_conf(r, ngx_http_woapol_module);
    struct facts facts = {0};
    struct woapol_request request;
    struct woapol_decision decision;

    if (conf->image == NULL || conf->image->reader == NULL)
        return 0;
    const struct woapol_image *open = woapol_reader_image(conf->image->reader);
    ctx->generation = woapol_generation(open);
    ctx->effect = WOAPOL_DENY;
    ctx->reason = WOAPOL_REASON_BAD_REQUEST;
    woapol_request_init(&request);
    read_address(r, &ctx->address);
    ngx_memcpy(request.address, ctx->address.bytes, sizeof request.address);
    request.address_family = ctx->address.family;
    read_facts(r, conf, open, &request, &facts);
    struct woapol_principal *principal =
        facts.bad ? NULL : ngx_http_woapol_bind(conf->image, open, r->pool, &facts.person);
    if (principal == NULL)
        return 1;
    woapol_decide(open, principal, &request, &decision);
    ctx->effect = decision.effect;
    ctx->reason = decision.reason;
    if (main->names_used)
        copy_names(r, ctx, open, &decision);
    if (main->reports_used)
        copy_reports(r->pool, open, principal, &request, &ctx->reports);
    return 1;
}

static ngx_flag_t
same_address(struct woapol_address *a, struct woapol_address *b)
{
    return a->family == b->family && ngx_memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* Whether what has been decided before still counts. Until the access phase is
 * over, realip, `set` and auth_request_set may yet change what a decision rests
 * on, so one made earlier is good for nothing but the variable it was made for. */
static ngx_flag_t
still_holds(ngx_http_woapol_ctx_t *ctx, ngx_http_woapol_loc_conf_t *conf,
            struct woapol_address *address)
{
    return ctx->settled && ctx->conf == conf && same_address(&ctx->address, address);
}

/* The request is in the access phase or past it. */
static ngx_flag_t
is_settled(ngx_http_request_t *r)
{
    ngx_http_woapol_main_conf_t *main = ngx_http_get_module_main_conf(r, ngx_http_woapol_module);

    return r->phase_handler >= main->access_handler;
}

ngx_http_woapol_ctx_t *
ngx_http_woapol_decision(ngx_http_request_t *r, ngx_flag_t anew)
{
    ngx_http_woapol_loc_conf_t *conf = ngx_http_get_module_loc_conf(r, ngx_http_woapol_module);
    ngx_http_woapol_ctx_t *ctx = ngx_http_get_module_ctx(r, ngx_http_woapol_module);
    struct woapol_address address;

    read_address(r, &address);
    if (!anew && ctx != NULL && still_holds(ctx, conf, &address))
        return ctx;
    if (ctx == NULL) {
        ctx = ngx_palloc(r->pool, sizeof *ctx);
        if (ctx == NULL)
            return NULL;
        ngx_http_set_ctx(r, ctx, ngx_http_woapol_module);
    }
    ngx_memzero(ctx, sizeof *ctx);
    ctx->conf = conf;
    ctx->settled = is_settled(r) ? 1 : 0;
    if (ngx_http_woapol_decide(r, conf, ctx))
        return ctx;
    ngx_http_set_ctx(r, NULL, ngx_http_woapol_module);
    return NULL;
}
