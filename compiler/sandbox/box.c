#include "compiler/sandbox/box.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compiler/sandbox/authority.h"
#include "compiler/sandbox/dispatch.h"
#include "compiler/sandbox/faults.h"
#include "compiler/sandbox/sample.h"

const char *const wp_box_port_names[WP_BOX_PORT_COUNT] = {"okta", "access", "uem", "control"};

/* ---- small things that all tenants need -------------------------------------------- */

int64_t
wp_box_now(void)
{
    return (int64_t)time(NULL);
}

const char *
wp_box_time(struct wp_arena *arena, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    char text[40];
    gmtime_r(&when, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
    return wp_copy_text(arena, text, strlen(text));
}

const char *
wp_box_okta_id(struct wp_box *box, struct wp_arena *arena, const char *prefix)
{
    return wp_format(arena, "%s%013llxW1a5", prefix,
                     (unsigned long long)wp_store_number(box->store));
}

const char *
wp_box_uuid(struct wp_box *box, struct wp_arena *arena)
{
    return wp_format(arena, "5a4db0c5-7f1e-4b1d-9a00-%012llx",
                     (unsigned long long)wp_store_number(box->store));
}

bool
wp_box_random(char *text, size_t count)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[64];
    if (count > sizeof bytes || RAND_bytes(bytes, (int)count) != 1)
        return false;
    for (size_t i = 0; i < count; i++)
        text[i] = letters[bytes[i] & 63];
    text[count] = '\0';
    return true;
}

/* ---- the whole ------------------------------------------------------------------------ */

static bool
make_secrets(struct wp_box_secrets *secrets)
{
    snprintf(secrets->okta_client, sizeof secrets->okta_client, "0oasandboxwoapol0000");
    memcpy(secrets->okta_token, "00", 2);
    return wp_box_random(secrets->okta_token + 2, 40) &&
           wp_box_random(secrets->access_secret, 40) && wp_box_random(secrets->uem_key, 32) &&
           wp_box_random(secrets->dpop_nonce, 24);
}

static bool
seed(struct wp_box *box)
{
    const json_t *sample = box->settings.sample;
    json_t *built_in = NULL;
    struct wp_arena *arena = wp_arena_new(box->settings.out_of_memory, NULL);
    bool is_done;
    if (arena == NULL)
        return false;
    if (sample == NULL)
        sample = built_in = wp_box_sample();
    if (sample != NULL) {
        wp_box_sample_seed(box, arena, sample);
        wp_box_okta_seed(box, arena, sample);
        wp_box_access_seed(box, arena, sample);
        wp_box_uem_seed(box, arena, sample);
    }
    is_done = sample != NULL && wp_store_commit(box->store);
    json_decref(built_in);
    wp_arena_free(arena);
    return is_done;
}

struct wp_box *
wp_box_new(const struct wp_box_settings *settings, char *why, size_t size)
{
    struct wp_box *box = calloc(1, sizeof *box);
    snprintf(why, size, "out of memory");
    if (box == NULL)
        return NULL;
    box->settings = *settings;
    pthread_mutex_init(&box->lock, NULL);
    for (unsigned port = 0; port < WP_BOX_PORT_COUNT; port++)
        snprintf(box->urls[port], sizeof box->urls[port], "%s://127.0.0.1:1",
                 port == WP_BOX_CONTROL ? "http" : "https");
    box->tokens = json_object();
    box->used = json_object();
    box->log = json_array();
    box->authority = wp_box_authority_new();
    if (box->authority == NULL || !make_secrets(&box->secrets)) {
        snprintf(why, size, "OpenSSL could not make keys");
        wp_box_free(box);
        return NULL;
    }
    box->store = wp_store_new(settings->keep, why, size);
    if (box->store == NULL) {
        wp_box_free(box);
        return NULL;
    }
    if (wp_store_is_empty(box->store) && !seed(box)) {
        snprintf(why, size, "the samples could not be stored");
        wp_box_free(box);
        return NULL;
    }
    return box;
}

void
wp_box_free(struct wp_box *box)
{
    if (box == NULL)
        return;
    wp_box_authority_free(box->authority);
    wp_store_free(box->store);
    json_decref(box->tokens);
    json_decref(box->used);
    json_decref(box->faults);
    json_decref(box->log);
    pthread_mutex_destroy(&box->lock);
    OPENSSL_cleanse(&box->secrets, sizeof box->secrets);
    free(box);
}

void
wp_box_reset(struct wp_box *box)
{
    wp_store_clear(box->store);
    json_decref(box->faults);
    box->faults = NULL;
    json_array_clear(box->log);
    seed(box);
}

/* ---- a request ------------------------------------------------------------------------- */

/* What came in, for the page: never a body or a header, since those hold secrets. */
static void
note_request(struct wp_exchange *x)
{
    static const size_t most = 200;
    if (x->port == WP_BOX_CONTROL)
        return;
    json_array_append_new(x->box->log, json_pack("{s:I, s:s, s:s, s:s, s:s, s:i}", "number",
                                                 (json_int_t)x->box->request_count, "time",
                                                 wp_box_time(x->arena, wp_box_now()), "tenant",
                                                 wp_box_port_names[x->port], "method", x->method,
                                                 "path", x->path, "status", (int)x->status));
    if (json_array_size(x->box->log) > most)
        json_array_remove(x->box->log, 0);
}

static void
handle(struct wp_exchange *x)
{
    switch (x->port) {
    case WP_BOX_OKTA:
        wp_box_okta_handle(x);
        break;
    case WP_BOX_ACCESS:
        wp_box_access_handle(x);
        break;
    case WP_BOX_UEM:
        wp_box_uem_handle(x);
        break;
    case WP_BOX_CONTROL:
        wp_box_control_handle(x);
        break;
    case WP_BOX_PORT_COUNT:
        break;
    }
}

void
wp_box_dispatch(struct wp_exchange *x)
{
    pthread_mutex_lock(&x->box->lock);
    x->box->request_count++;
    if (!wp_box_fault_before(x)) {
        handle(x);
        if (!wp_store_commit(x->box->store))
            wp_exchange_answer(x, 500,
                               json_pack("{s:s}", "error", "the --keep file cannot be written"));
        wp_box_fault_after(x);
    }
    note_request(x);
    pthread_mutex_unlock(&x->box->lock);
}
