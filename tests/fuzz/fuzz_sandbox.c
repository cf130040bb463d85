/*
 * Requests to the sandbox's tenants: the first byte says to which and by whom, the
 * first line is "METHOD target", the rest the body. Whatever comes must be
 * answered, with JSON where there is a body; and what the tenants hold afterwards
 * must be fit to decide a sign-in by.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/dispatch.h"
#include "compiler/sandbox/jwt.h"
#include "compiler/sandbox/okta_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct wp_box *box;

static void
give_up(void *context)
{
    (void)context;
    abort();
}

static void
start(void)
{
    struct wp_box_settings settings = {.has_risk = true, .out_of_memory = give_up};
    char why[200];
    box = wp_box_new(&settings, why, sizeof why);
    if (box == NULL)
        abort();
    strcpy(box->secrets.okta_token, "t");
    strcpy(box->secrets.uem_key, "t");
    json_object_set_new(box->tokens, "t",
                        json_pack("{s:s, s:s, s:I, s:s}", "tenant", "access", "scope", "admin",
                                  "expires", (json_int_t)1 << 60, "client", "woapol"));
}

/* Everything that is read by hand gets the bytes as they are, too. */
static void
read_parts(struct wp_exchange *x, const char *text)
{
    struct wp_signin signin = {.box = box, .arena = x->arena, .platform = "ios"};
    struct wp_box_address first, last;
    struct wp_exchange form;
    struct wp_jwt jwt;
    if (wp_jwt_read(&jwt, text)) {
        EVP_PKEY *key = wp_jwk_read(json_object_get(jwt.header, "jwk"));
        if (key != NULL)
            (void)wp_jwt_is_signed(&jwt, key);
        EVP_PKEY_free(key);
        wp_jwt_end(&jwt);
    }
    (void)wp_box_okta_expression(&signin, text);
    (void)wp_box_okta_is_duration(text);
    (void)wp_exchange_read_form(x, &form);
    (void)wp_box_cidr_read(text, &first, &last);
    (void)wp_box_range_read(text, &first, &last);
}

static void
sign_in(struct wp_arena *arena)
{
    static const char *const tenants[] = {"okta", "access"};
    for (size_t i = 0; i < 2; i++) {
        const char *why;
        json_t *order =
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "tenant", tenants[i], "user", "ana@corp.example",
                      "device", "ana-ipad", "ip", "198.51.100.9", "app", "Salesforce");
        json_decref(wp_box_signin(box, arena, order, &why));
        json_decref(order);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned runs;
    struct wp_exchange x = {.base = "https://localhost:1"};
    const char *line_end, *space;
    char *text;
    if (size < 4 || size > 65536)
        return 0;
    if (box == NULL)
        start();
    x.box = box;
    x.port = data[0] % WP_BOX_PORT_COUNT;
    x.arena = wp_arena_new(give_up, NULL);
    text = wp_copy_text(x.arena, (const char *)data + 1, size - 1);
    line_end = strchr(text, '\n');
    space = strchr(text, ' ');
    x.body = line_end != NULL ? line_end + 1 : "";
    x.body_size = line_end != NULL ? size - 1 - (size_t)(x.body - text) : 0;
    read_parts(&x, x.body);
    if (line_end != NULL && space != NULL && space < line_end) {
        static const char *const grants[] = {"SSWS t", "Bearer t", "", "DPoP t"};
        x.method = wp_copy_text(x.arena, text, (size_t)(space - text));
        x.headers[x.header_count++] = (struct wp_box_pair){
            "Authorization", x.port == WP_BOX_ACCESS ? "Bearer t" : grants[data[0] / 16 % 4]};
        x.headers[x.header_count++] = (struct wp_box_pair){"Content-Length", "1"};
        x.headers[x.header_count++] = (struct wp_box_pair){"Content-Type", "application/json"};
        x.headers[x.header_count++] = (struct wp_box_pair){"aw-tenant-code", "t"};
        if (wp_exchange_read_target(
                &x, wp_copy_text(x.arena, space + 1, (size_t)(line_end - space - 1)))) {
            wp_box_dispatch(&x);
            if (!x.is_cut && (x.status < 200 || x.status > 599))
                abort();
            if (x.status < 300 && x.method[0] == 'P')
                sign_in(x.arena);
        }
    }
    free(x.text);
    wp_arena_free(x.arena);
    if (++runs % 2000 == 0)
        wp_box_reset(box);
    return 0;
}
