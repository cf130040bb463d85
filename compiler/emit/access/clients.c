/* `client` declarations as OAuth clients of the published interface. */
#include "compiler/emit/access/access.h"
#include "compiler/facts.h"

#include <stdlib.h>
#include <string.h>

/* Minutes: three hours, ninety days, four days. */
#define USUAL_ACCESS 180
#define USUAL_REFRESH 129600
#define USUAL_IDLE 5760

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The texts of a value, sorted, each once; `more` unless it is NULL. */
static json_t *
sorted_texts(struct wp_arena *arena, const struct wp_value *value, const char *more)
{
    const struct wp_value *item = value && value->kind == WP_VALUE_LIST ? value->items : value;
    const char **texts;
    size_t count = 0, i = 0;
    json_t *array = json_array();

    for (const struct wp_value *each = item; each; each = each->next)
        count++;
    texts = wp_alloc_array(arena, count + 2, sizeof *texts);
    for (; item; item = value->kind == WP_VALUE_LIST ? item->next : NULL) {
        if (item->text)
            texts[i++] = item->text;
    }
    if (more)
        texts[i++] = more;
    count = i;
    if (count)
        qsort(texts, count, sizeof *texts, compare_texts);
    for (i = 0; i < count; i++) {
        if (i == 0 || strcmp(texts[i], texts[i - 1]) != 0)
            (void)json_array_append_new(array, json_string(texts[i]));
    }
    return array;
}

static const struct wp_value *
value_of(const struct wp_declaration *client, const char *key)
{
    const struct wp_attribute *found = wp_attribute_find(client->attributes, key);

    return found ? found->value : NULL;
}

static bool
is_service(const struct wp_declaration *client)
{
    return strcmp(wp_attribute_text(client->attributes, "access_type", ""), "service") == 0;
}

/* A service proves itself with a secret; what runs in a browser can keep none. */
static bool
has_secret(const struct wp_declaration *client)
{
    const char *said = wp_attribute_text(client->attributes, "secret", "generated");

    return strcmp(said, "none") != 0 && !wp_attribute_is_yes(client->attributes, "browser_app");
}

static json_int_t
minutes_of(const struct wp_declaration *client, const char *attribute)
{
    return (json_int_t)(wp_attribute_number(client->attributes, attribute, 0) / 60);
}

/* Lifetimes that the source does not say are what the console proposes, as far as
 * their order allows: access <= idle < refresh. */
static void
put_lifetimes(json_t *body, const struct wp_declaration *client, bool refreshes)
{
    json_int_t access = minutes_of(client, "access_ttl");
    json_int_t idle = minutes_of(client, "idle_ttl"), refresh = minutes_of(client, "refresh_ttl");

    if (!access)
        access = idle && idle < USUAL_ACCESS ? idle : USUAL_ACCESS;
    (void)json_object_set_new(body, "access_m", json_integer(access));
    if (!refreshes)
        return;
    if (!refresh)
        refresh = idle < USUAL_REFRESH && access < USUAL_REFRESH
                      ? USUAL_REFRESH
                      : (idle > access ? idle : access) + 1;
    if (!idle)
        idle = refresh > USUAL_IDLE ? USUAL_IDLE : refresh - 1;
    if (idle < access && !minutes_of(client, "idle_ttl"))
        idle = access;
    (void)json_object_set_new(body, "refresh_m", json_integer(refresh));
    (void)json_object_set_new(body, "idle_m", json_integer(idle));
}

static json_t *
client_body(struct wp_arena *arena, const struct wp_declaration *client)
{
    const struct wp_value *scope = value_of(client, "scope");
    bool refreshes = wp_attribute_is_yes(client->attributes, "refresh_token");
    json_t *grants = json_array(), *body;

    (void)json_array_append_new(
        grants, json_string(is_service(client) ? "client_credentials" : "authorization_code"));
    if (refreshes)
        (void)json_array_append_new(grants, json_string("refresh_token"));
    body = json_pack("{s:o, s:o, s:o, s:b}", "scope",
                     sorted_texts(arena, scope, wp_value_holds(scope, "naaps") ? "openid" : NULL),
                     "grants", grants, "redirects",
                     sorted_texts(arena, value_of(client, "redirect"), NULL), "prompt",
                     (int)wp_attribute_is_yes(client->attributes, "prompt_user"));
    put_lifetimes(body, client, refreshes);
    return body;
}

bool
wp_access_client_has_secret(const struct wp_session *session, const char *id)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *client;

    while (session->model &&
           (client = wp_declaration_next(session->model, WP_DECL_CLIENT, &walk)) != NULL) {
        if (strcmp(wp_attribute_text(client->attributes, "id", ""), id) == 0)
            return has_secret(client);
    }
    return true;
}

void
wp_access_desire_clients(const struct wp_session *session, struct wp_state *state)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *client;

    if (!session->tenant)
        return;
    while ((client = wp_declaration_next(session->model, WP_DECL_CLIENT, &walk)) != NULL) {
        const char *tenant = wp_attribute_text(client->attributes, "tenant", "");
        const char *id = wp_attribute_text(client->attributes, "id", NULL);
        struct wp_object *object;
        bool is_new;
        if (!id || strcmp(tenant, session->tenant->name->text) != 0)
            continue;
        object = wp_state_add(state, "client", NULL, id, NULL, client_body(session->arena, client),
                              &is_new);
        object->span = client->name->span;
    }
}
