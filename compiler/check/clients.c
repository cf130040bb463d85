/* OAuth clients, line by line of guide C, before they exist anywhere. */
#include "compiler/check/check.h"
#include "compiler/facts.h"

#include <string.h>

/* The API's limit for a client id. */
#define MAX_ID 256

struct client {
    struct wp_diagnostics *list;
    const struct wp_model *model;
    const struct wp_declaration *declaration;
    const struct wp_attribute *attributes;
    const char *name;
    bool is_service, is_users; /* neither: what it is was not said right */
};

static const struct wp_value *
value_of(const struct client *client, const char *key)
{
    const struct wp_attribute *found = wp_attribute_find(client->attributes, key);

    return found ? found->value : NULL;
}

/* ---- the client id (C3) --------------------------------------------------------- */

static bool
may_stand_in_id(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '@';
}

/* The bytes of one character of UTF-8 text. */
static uint32_t
character_length(const char *text)
{
    uint32_t length = 1;

    while (((unsigned char)text[length] & 0xc0) == 0x80)
        length++;
    return length;
}

/* Where byte `offset` of an unescaped string stands in the source. */
static uint32_t
place_in_string(const struct client *client, const struct wp_value *value, size_t offset)
{
    const char *text = client->list->sources->files[value->span.file].text;
    uint32_t place = value->span.start + 1;

    for (; offset > 0 && place + 1 < value->span.end; offset--)
        place += text[place] == '\\' ? 2u : 1u;
    return place;
}

static void
check_id_characters(const struct client *client, const struct wp_value *id)
{
    struct wp_span span = id->span;
    struct wp_diagnostic *finding;
    size_t offset = 0;
    uint32_t length;

    while (id->text[offset] && may_stand_in_id((unsigned char)id->text[offset]))
        offset++;
    if (!id->text[offset])
        return;
    length = character_length(id->text + offset);
    span.start = place_in_string(client, id, offset);
    span.end = span.start + (id->text[offset] == '"' || id->text[offset] == '\\' ? 2 : length);
    finding = wp_report(client->list, WP_E_CLIENT_ID_CHARACTER, span,
                        "'%.*s' cannot stand in a client id", (int)length, id->text + offset);
    wp_add_note(client->list, finding,
                "a client id is of letters, digits, '.', '_', '-' and '@' [C3]");
}

static void
check_id(const struct client *client)
{
    const struct wp_value *id = value_of(client, "id");

    if (!id || id->kind != WP_VALUE_STRING)
        return;
    if (!*id->text)
        wp_report(client->list, WP_E_CLIENT_ID_LENGTH, id->span, "the client id is empty");
    else if (strlen(id->text) > MAX_ID)
        wp_report(client->list, WP_E_CLIENT_ID_LENGTH, id->span,
                  "the client id has %zu characters, and the API takes %d", strlen(id->text),
                  MAX_ID);
    check_id_characters(client, id);
}

static const char *
tenant_of(const struct wp_declaration *client)
{
    return wp_attribute_text(client->attributes, "tenant", "");
}

static bool
same_but_for_case(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        int x = *a >= 'A' && *a <= 'Z' ? *a + 32 : *a;
        int y = *b >= 'A' && *b <= 'Z' ? *b + 32 : *b;
        if (x != y)
            return false;
    }
    return *a == *b;
}

static void
compare_ids(const struct client *client, const struct wp_value *id, const struct wp_value *other)
{
    bool same = strcmp(id->text, other->text) == 0;
    struct wp_diagnostic *finding;

    if (!same && !same_but_for_case(id->text, other->text))
        return;
    if (same)
        finding = wp_report(client->list, WP_E_CLIENT_ID_TWICE, id->span,
                            "two clients of tenant '%s' have the id \"%s\"",
                            tenant_of(client->declaration), id->text);
    else
        finding = wp_report(client->list, WP_E_CLIENT_ID_CASE, id->span,
                            "two clients' ids differ by case alone: \"%s\" and \"%s\"", other->text,
                            id->text);
    wp_add_label(client->list, finding, other->span, "the other one");
}

/* Against the clients declared before this one. */
static void
check_id_unique(const struct client *client)
{
    const struct wp_value *id = value_of(client, "id");
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *other;

    if (!id || id->kind != WP_VALUE_STRING)
        return;
    while ((other = wp_declaration_next(client->model, WP_DECL_CLIENT, &walk)) &&
           other != client->declaration) {
        const struct wp_attribute *its = wp_attribute_find(other->attributes, "id");
        if (its && its->value->kind == WP_VALUE_STRING &&
            strcmp(tenant_of(other), tenant_of(client->declaration)) == 0)
            compare_ids(client, id, its->value);
    }
}

/* ---- tenant, scope, redirect (C1, C4, C5) ---------------------------------------------- */

static void
check_tenant(const struct client *client)
{
    const struct wp_value *said = value_of(client, "tenant");
    const struct wp_declaration *tenant;
    struct wp_diagnostic *finding;

    if (!said || said->kind != WP_VALUE_NAME)
        return;
    tenant = wp_declaration_find(client->model, WP_DECL_TENANT, said->text);
    if (tenant && strcmp(wp_tenant_kind(tenant), "access") == 0)
        return;
    finding = wp_report(
        client->list, WP_E_CLIENT_TENANT, said->span,
        tenant ? "tenant '%s' is not of kind 'access'" : "no tenant '%s' is declared", said->text);
    if (tenant)
        wp_add_label(client->list, finding, tenant->name->span, "declared here");
    wp_add_help(client->list, finding, "OAuth clients are registered in Workspace ONE Access");
}

static void
check_scope(const struct client *client)
{
    const struct wp_value *scope = value_of(client, "scope");
    struct wp_diagnostic *finding;

    if (!scope || !wp_value_holds(scope, "naaps") || wp_value_holds(scope, "openid"))
        return;
    finding = wp_report(client->list, WP_E_SCOPE_IMPLIED, scope->span,
                        "scope 'naaps' also selects 'openid' [C4]");
    wp_add_help(client->list, finding, "write openid too, so that it stands where people look");
}

/* A loopback address and maybe a port, and no name that only begins so. */
static bool
is_loopback(const char *text)
{
    static const char *const hosts[] = {"http://127.0.0.1", "http://[::1]"};

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t length = strlen(hosts[i]);

        if (strncmp(text, hosts[i], length) != 0)
            continue;
        if (text[length] == ':')
            length += 1 + strspn(text + length + 1, "0123456789");
        return text[length] == '\0' || text[length] == '/' || text[length] == '?';
    }
    return false;
}

/* `com.example.app:/back`: a scheme that is not the web's. */
static bool
is_own_scheme(const char *text)
{
    size_t length = 0;

    while (may_stand_in_id((unsigned char)text[length]) && text[length] != '@')
        length++;
    return length > 0 && strncmp(text + length, ":/", 2) == 0 && strncmp(text, "http:", 5) != 0 &&
           strncmp(text, "https:", 6) != 0;
}

/* What is wrong with a redirect, or NULL. A loopback address needs no TLS, an app's
 * own scheme cannot have it (RFC 8252, section 7). */
static const char *
redirect_fault(const char *text)
{
    if (strchr(text, '*'))
        return "has a wildcard: whoever gets hold of a matching address gets the codes";
    if (strchr(text, '#'))
        return "has a fragment, and a code cannot be added to one";
    if (strncmp(text, "https://", 8) == 0 || is_loopback(text) || is_own_scheme(text))
        return NULL;
    return "is not https";
}

static void
check_redirect_text(const struct client *client, const struct wp_value *redirect)
{
    const char *fault;

    if (!redirect->text || redirect->kind != WP_VALUE_STRING)
        return;
    fault = redirect_fault(redirect->text);
    if (fault)
        wp_report(client->list, WP_E_REDIRECT_UNSAFE, redirect->span, "the redirect \"%s\" %s",
                  redirect->text, fault);
}

static void
check_redirect(const struct client *client)
{
    const struct wp_value *redirect = value_of(client, "redirect");

    if (!redirect && client->is_users) {
        struct wp_diagnostic *finding =
            wp_report(client->list, WP_E_REDIRECT_MISSING, client->declaration->name->span,
                      "client '%s' acts for users and has no redirect", client->name);
        wp_add_help(client->list, finding,
                    "give the address that is registered [C5]: redirect = \"https://...\"");
    }
    if (!redirect)
        return;
    if (redirect->kind == WP_VALUE_LIST)
        for (const struct wp_value *item = redirect->items; item; item = item->next)
            check_redirect_text(client, item);
    else
        check_redirect_text(client, redirect);
}

/* ---- secret (C6) ----------------------------------------------------------------------- */

static void
report_literal_secret(const struct client *client, const struct wp_value *secret)
{
    struct wp_diagnostic *finding =
        wp_report(client->list, WP_E_SECRET_LITERAL, secret->span,
                  "the secret of client '%s' stands in the source", client->name);

    /* Messages end up in logs: none may show it. */
    wp_sources_hide(client->list->sources, secret->span);
    finding->label = "readable to everybody who can read the source";
    wp_add_help(client->list, finding,
                "write secret = generated: it is shown once, when the client is made [C6]; "
                "and change this one, for it is no longer secret");
    wp_add_fix(client->list, finding, WP_FIX_SAFE, secret->span, "generated", "write 'generated'");
}

static void
check_secret(const struct client *client)
{
    const struct wp_value *secret = value_of(client, "secret");
    bool in_browser = wp_attribute_is_yes(client->attributes, "browser_app");
    bool has_secret = secret && !wp_value_holds(secret, "none");

    if (secret && secret->kind != WP_VALUE_NAME) {
        report_literal_secret(client, secret);
    } else if (secret && !wp_value_holds(secret, "generated") && !wp_value_holds(secret, "none")) {
        wp_report(client->list, WP_E_BAD_ATTRIBUTE, secret->span,
                  "'secret' cannot be '%s': it is generated or none", secret->text);
        return;
    }
    if (in_browser && has_secret) {
        struct wp_diagnostic *finding =
            wp_report(client->list, WP_E_SECRET_IN_BROWSER, secret->span,
                      "client '%s' runs in a browser and has a secret", client->name);
        wp_add_label(client->list, finding, value_of(client, "browser_app")->span,
                     "what runs in a browser keeps nothing confidential");
        wp_add_help(client->list, finding, "write secret = none [C6]");
    }
    if (client->is_service && secret && !has_secret)
        wp_report(client->list, WP_E_SECRET_MISSING, secret->span,
                  "client '%s' acts on its own behalf and has no secret to prove itself with",
                  client->name);
}

/* ---- tokens (C7, C8) ---------------------------------------------------------------------- */

static void
report_bare_number(const struct client *client, const char *key, const struct wp_value *value)
{
    struct wp_diagnostic *finding =
        wp_report(client->list, WP_E_BARE_LIFETIME, value->span,
                  "'%s' takes a duration, and %s has no unit", key, value->text);

    wp_add_note(client->list, finding,
                "the API counts minutes, while the console's text says seconds [C8]");
    wp_add_fix(client->list, finding, WP_FIX_NEEDS_INPUT, value->span,
               wp_format(client->list->arena, "%sm", value->text), "write %sm if minutes are meant",
               value->text);
    wp_add_fix(client->list, finding, WP_FIX_NEEDS_INPUT, value->span,
               wp_format(client->list->arena, "%ss", value->text), "write %ss if seconds are meant",
               value->text);
}

/* A lifetime with a unit, or NULL. */
static const struct wp_value *
lifetime_of(const struct client *client, const char *key)
{
    const struct wp_value *value = value_of(client, key);

    return value && value->kind == WP_VALUE_DURATION ? value : NULL;
}

static void
check_lifetime(const struct client *client, const char *key)
{
    const struct wp_value *value = value_of(client, key);

    if (!value)
        return;
    if (value->kind == WP_VALUE_INTEGER)
        report_bare_number(client, key, value);
    else if (value->kind == WP_VALUE_DURATION && (value->number == 0 || value->number % 60 != 0))
        wp_report(client->list, WP_E_LIFETIME_GRAIN, value->span,
                  "'%s' is %s, and the API counts whole minutes, one at the least", key,
                  value->text);
}

static void
check_order(const struct client *client, const char *low_key, const char *high_key, bool may_equal)
{
    const struct wp_value *low = lifetime_of(client, low_key);
    const struct wp_value *high = lifetime_of(client, high_key);
    struct wp_diagnostic *finding;

    if (!low || !high || low->number < high->number || (may_equal && low->number == high->number))
        return;
    finding =
        wp_report(client->list, WP_E_LIFETIME_ORDER, low->span, "%s (%s) has to be %s %s (%s)",
                  low_key, low->text, may_equal ? "at most" : "less than", high_key, high->text);
    wp_add_label(client->list, finding, high->span, "%s is set here", high_key);
    wp_add_note(client->list, finding,
                "access_ttl <= idle_ttl < refresh_ttl: a refresh token has to outlive the access "
                "token it renews [C8]");
}

static void
check_refresh_off(const struct client *client)
{
    static const char *const keys[] = {"refresh_ttl", "idle_ttl"};
    struct wp_diagnostic *finding = NULL;

    if (wp_attribute_is_yes(client->attributes, "refresh_token"))
        return;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct wp_value *value = value_of(client, keys[i]);
        if (!value)
            continue;
        if (finding)
            wp_add_label(client->list, finding, value->span, "and here");
        else
            finding = wp_report(client->list, WP_E_REFRESH_OFF, value->span,
                                "client '%s' gets no refresh tokens, so '%s' says nothing",
                                client->name, keys[i]);
    }
    if (finding)
        wp_add_help(client->list, finding, "write refresh_token = yes [C7], or leave it out");
}

static void
check_lifetimes(const struct client *client)
{
    check_lifetime(client, "access_ttl");
    check_lifetime(client, "refresh_ttl");
    check_lifetime(client, "idle_ttl");
    check_refresh_off(client);
    if (!wp_attribute_is_yes(client->attributes, "refresh_token"))
        return;
    check_order(client, "access_ttl", "idle_ttl", true);
    check_order(client, "idle_ttl", "refresh_ttl", false);
    if (!lifetime_of(client, "idle_ttl"))
        check_order(client, "access_ttl", "refresh_ttl", false);
}

static void
check_token_type(const struct client *client)
{
    const struct wp_value *type = value_of(client, "token_type");

    if (type && !wp_value_holds(type, "bearer"))
        wp_report(client->list, WP_E_TOKEN_TYPE, type->span,
                  "the token type is bearer, and there is no other [C7]");
}

/* ---- grant (C9) ------------------------------------------------------------------------------ */

static void
check_prompt(const struct client *client)
{
    const struct wp_value *prompt = value_of(client, "prompt_user");
    struct wp_diagnostic *finding;

    if (!wp_attribute_is_yes(client->attributes, "prompt_user"))
        return;
    if (client->is_service) {
        finding = wp_report(client->list, WP_E_PROMPT_SERVICE, prompt->span,
                            "client '%s' acts on its own behalf: there is no user to prompt",
                            client->name);
        wp_add_label(client->list, finding, value_of(client, "access_type")->span, "said here");
    } else {
        finding = wp_report(client->list, WP_E_PROMPT_USERS, prompt->span,
                            "client '%s' asks users to grant access", client->name);
    }
    wp_add_help(client->list, finding, "write prompt_user = no [C9]");
}

static void
check_client(struct wp_diagnostics *list, const struct wp_model *model,
             const struct wp_declaration *declaration)
{
    struct client client = {.list = list, .model = model, .declaration = declaration};
    const char *access_type;

    client.attributes = declaration->attributes;
    client.name = declaration->name->text;
    access_type = wp_attribute_text(client.attributes, "access_type", "");
    client.is_service = strcmp(access_type, "service") == 0;
    client.is_users = strcmp(access_type, "user") == 0;
    check_id(&client);
    check_id_unique(&client);
    check_tenant(&client);
    check_scope(&client);
    check_redirect(&client);
    check_secret(&client);
    check_lifetimes(&client);
    check_token_type(&client);
    check_prompt(&client);
}

void
wp_check_clients(struct wp_diagnostics *list, struct wp_arena *arena, struct wp_file *const *files,
                 uint32_t file_count)
{
    struct wp_model view = {.arena = arena};
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *client;

    wp_facts_view_of_files(arena, files, file_count, &view);
    while ((client = wp_declaration_next(&view, WP_DECL_CLIENT, &walk)))
        check_client(list, &view, client);
}
