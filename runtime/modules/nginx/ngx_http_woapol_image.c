/* Images of the nginx module: opening, following, cached principals. */
#include "ngx_http_woapol.h"

/* ---- opening -------------------------------------------------------------------- */

static void
forget_principals(ngx_http_woapol_image_t *image)
{
    free(image->memory);
    image->memory = NULL;
    ngx_memzero(image->slots, sizeof image->slots);
}

static void
close_image(void *data)
{
    ngx_http_woapol_image_t *image = data;

    forget_principals(image);
    woapol_reader_free(image->reader);
    woapol_handle_close(image->handle);
}

ngx_http_woapol_image_t *
ngx_http_woapol_image_add(ngx_conf_t *cf, ngx_http_woapol_main_conf_t *main, ngx_str_t *path)
{
    ngx_http_woapol_image_t **images = main->images.elts;

    for (ngx_uint_t i = 0; i < main->images.nelts; i++)
        if (images[i]->path.len == path->len &&
            ngx_strncmp(images[i]->path.data, path->data, path->len) == 0)
            return images[i];
    ngx_http_woapol_image_t *image = ngx_pcalloc(cf->pool, sizeof *image);
    ngx_http_woapol_image_t **place = ngx_array_push(&main->images);
    if (image == NULL || place == NULL)
        return NULL;
    image->path = *path;
    *place = image;
    return image;
}

ngx_int_t
ngx_http_woapol_image_open(ngx_conf_t *cf, ngx_http_woapol_main_conf_t *main,
                           ngx_http_woapol_image_t *image)
{
    struct woapol_handle_options options = {.size = sizeof options};
    struct woapol_refusal refusal;
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);

    if (cleanup == NULL)
        return NGX_ERROR;
    if (main->keys.nelts > 0)
        options.open = &main->trust;
    if (woapol_handle_open((const char *)image->path.data, &options, &image->handle, &refusal) !=
        WOAPOL_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "woapol image \"%V\" is refused: %s (at byte %uL)",
                           &image->path, refusal.reason, refusal.offset);
        return NGX_ERROR;
    }
    cleanup->handler = close_image;
    cleanup->data = image;
    return NGX_OK;
}

/* ---- following ---------------------------------------------------------------------- */

static void
follow(ngx_http_woapol_image_t *image, ngx_log_t *log)
{
    struct woapol_refusal refusal;

    woapol_reader_quiescent(image->reader);
    switch (woapol_handle_poll(image->handle, &refusal)) {
    case WOAPOL_POLL_LOADED:
        forget_principals(image);
        woapol_reader_quiescent(image->reader);
        ngx_log_error(NGX_LOG_NOTICE, log, 0, "woapol image \"%V\": generation %uL is in use",
                      &image->path, woapol_generation(woapol_reader_image(image->reader)));
        break;
    case WOAPOL_POLL_REFUSED:
        ngx_log_error(
            NGX_LOG_ERR, log, 0,
            "woapol image \"%V\" is refused, the one before stays in use: %s (at byte %uL)",
            &image->path, refusal.reason, refusal.offset);
        break;
    case WOAPOL_POLL_UNCHANGED:
        break;
    }
}

static void
poll_image(ngx_event_t *event)
{
    ngx_http_woapol_image_t *image = event->data;

    follow(image, event->log);
    if (!ngx_exiting && !ngx_quit && !ngx_terminate)
        ngx_add_timer(event, image->poll);
}

ngx_int_t
ngx_http_woapol_image_follow(ngx_http_woapol_image_t *image, ngx_msec_t poll, ngx_cycle_t *cycle)
{
    image->reader = woapol_reader_new(image->handle);
    if (image->reader == NULL)
        return NGX_ERROR;
    /* A worker that is started late has the master's image, which may be an old one. */
    follow(image, cycle->log);
    image->poll = poll;
    image->timer.handler = poll_image;
    image->timer.data = image;
    image->timer.log = cycle->log;
    image->timer.cancelable = 1; /* does not hold up a graceful shutdown */
    ngx_add_timer(&image->timer, image->poll);
    return NGX_OK;
}

/* ---- principals -------------------------------------------------------------------------- */

static ngx_flag_t
is_blank(u_char c)
{
    return c == ' ' || c == '\t';
}

/* Reads a quoted name at *at, which stands on the quote, and goes behind it; two
 * quotes in it mean one. False when it does not end. */
static ngx_flag_t
read_quoted(ngx_pool_t *pool, u_char **at, u_char *end, struct woapol_text *piece)
{
    u_char *copy = ngx_pnalloc(pool, (size_t)(end - *at)), *to = copy;

    if (copy == NULL)
        return 0;
    for (u_char *from = *at + 1; from < end; from++) {
        if (*from == '"' && (from + 1 == end || from[1] != '"')) {
            *piece = (struct woapol_text){(char *)copy, (size_t)(to - copy)};
            *at = from + 1;
            return 1;
        }
        if (*from == '"')
            from++;
        *to++ = *from;
    }
    return 0;
}

/* Reads a name up to the next comma, without the blanks around it. */
static void
read_plain(u_char **at, u_char *end, struct woapol_text *piece)
{
    u_char *comma = memchr(*at, ',', (size_t)(end - *at));
    u_char *stop = comma ? comma : end, *last = stop;

    while (last > *at && is_blank(last[-1]))
        last--;
    *piece = (struct woapol_text){(char *)*at, (size_t)(last - *at)};
    *at = stop;
}

/* Splits `A, B ,"C, D"` into pieces, of which there must be room for one more than
 * there are commas. False when a quoted name does not end where it must. */
static ngx_flag_t
split_groups(ngx_pool_t *pool, ngx_str_t *groups, struct woapol_text *pieces, size_t *count)
{
    u_char *at = groups->data, *end = at + groups->len;

    for (*count = 0; at < end; at++) {
        while (at < end && is_blank(*at))
            at++;
        if (at < end && *at == '"') {
            if (!read_quoted(pool, &at, end, &pieces[*count]))
                return 0;
            while (at < end && is_blank(*at))
                at++;
            if (at < end && *at != ',')
                return 0;
        } else {
            read_plain(&at, end, &pieces[*count]);
        }
        *count += pieces[*count].length > 0;
    }
    return 1;
}

static NGX_HTTP_WOAPOL_APART struct woapol_principal *
bind_in(void *memory, const struct woapol_image *open, ngx_pool_t *pool,
        ngx_http_woapol_person_t *person)
{
    struct woapol_identity identity = {.groups_incomplete = person->incomplete};
    ngx_str_t *groups = &person->groups, *user = &person->user;
    struct woapol_text few[16], *pieces = few;
    size_t most = 1;

    for (size_t i = 0; i < groups->len; i++)
        most += groups->data[i] == ',';
    if (most > sizeof few / sizeof *few) {
        pieces = ngx_palloc(pool, most * sizeof *pieces);
        if (pieces == NULL)
            return NULL;
    }
    if (!split_groups(pool, groups, pieces, &identity.group_count))
        return NULL;
    identity.groups = pieces;
    if (user->len > 0)
        identity.user = (struct woapol_text){(char *)user->data, user->len};
    return woapol_bind(open, &identity, memory, woapol_principal_size(open));
}

/* ---- people bound lately ------------------------------------------------------------------ */

static uint64_t
mix(uint64_t hash, uint64_t piece)
{
    hash = (hash ^ piece) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t
hash_text(uint64_t hash, ngx_str_t *text)
{
    uint64_t piece = 0;
    size_t at = 0;

    for (; at + 8 <= text->len; at += 8) {
        ngx_memcpy(&piece, text->data + at, 8);
        hash = mix(hash, piece);
    }
    if (text->len >= 8)
        ngx_memcpy(&piece, text->data + text->len - 8, 8);
    else
        for (piece = 0; at < text->len; at++)
            piece = piece << 8 | text->data[at];
    return mix(hash, piece ^ text->len);
}

static ngx_inline ngx_flag_t
same_text(const u_char *text, ngx_str_t *other)
{
    return other->len == 0 || ngx_http_woapol_same(text, other->data, other->len);
}

static ngx_flag_t
is_of(ngx_http_woapol_slot_t *slot, const u_char *key, ngx_http_woapol_person_t *person)
{
    return slot->taken && slot->incomplete == person->incomplete &&
           slot->group_size == person->groups.len && slot->user_size == person->user.len &&
           same_text(key, &person->groups) && same_text(key + person->groups.len, &person->user);
}

static NGX_HTTP_WOAPOL_APART void
note_person(ngx_http_woapol_slot_t *slot, u_char *key, ngx_http_woapol_person_t *person)
{
    ngx_str_t *groups = &person->groups, *user = &person->user;

    if (groups->len > 0)
        key = ngx_cpymem(key, groups->data, groups->len);
    if (user->len > 0)
        ngx_memcpy(key, user->data, user->len);
    slot->group_size = (uint16_t)groups->len;
    slot->user_size = (uint16_t)user->len;
    slot->incomplete = person->incomplete;
}

/* One piece of memory for all slots: what is not used is never resident, and the
 * heap that nginx's own pools come from is left as it is. */
static NGX_HTTP_WOAPOL_APART ngx_flag_t
make_room(ngx_http_woapol_image_t *image, const struct woapol_image *open)
{
    image->stride = (woapol_principal_size(open) + NGX_HTTP_WOAPOL_KEY_MAX + 63) & ~(size_t)63;
    image->memory = aligned_alloc(64, image->stride * NGX_HTTP_WOAPOL_PRINCIPALS);
    return image->memory != NULL;
}

struct woapol_principal *
ngx_http_woapol_bind(ngx_http_woapol_image_t *image, const struct woapol_image *open,
                     ngx_pool_t *pool, ngx_http_woapol_person_t *person)
{
    if (person->groups.len + person->user.len > NGX_HTTP_WOAPOL_KEY_MAX ||
        (image->memory == NULL && !make_room(image, open))) {
        void *memory = ngx_pmemalign(pool, woapol_principal_size(open), 64);
        return memory ? bind_in(memory, open, pool, person) : NULL;
    }
    uint64_t hash = hash_text((uint64_t)person->incomplete, &person->groups);
    if (person->user.len > 0)
        hash = hash_text(hash, &person->user);
    size_t place = hash % NGX_HTTP_WOAPOL_PRINCIPALS;
    ngx_http_woapol_slot_t *slot = &image->slots[place];
    u_char *key = image->memory + place * image->stride;
    void *memory = key + NGX_HTTP_WOAPOL_KEY_MAX;
    if (is_of(slot, key, person))
        return memory;
    note_person(slot, key, person);
    struct woapol_principal *principal = bind_in(memory, open, pool, person);
    slot->taken = principal != NULL;
    return principal;
}
