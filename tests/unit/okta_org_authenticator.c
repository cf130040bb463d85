/* Authenticators of the org in memory: what is on, and who may ask for it. */
#include "tests/unit/okta_org.h"

#include <stdio.h>
#include <string.h>

static const char *
text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

/* Of those that have several. */
static const char *
methods_of(const json_t *authenticator)
{
    const char *key = text(authenticator, "key");

    return strcmp(key, "okta_verify") == 0    ? "push totp signed_nonce"
           : strcmp(key, "phone_number") == 0 ? "sms voice"
                                              : "";
}

static bool
is_off(const json_t *authenticator, const char *method)
{
    return json_object_get(json_object_get(authenticator, "off"), method) != NULL;
}

void
okta_org_methods(const struct okta_org *org, const char *path, json_t *array)
{
    char id[64];

    (void)snprintf(id, sizeof id, "%.*s", (int)strcspn(path, "/"), path);
    const json_t *authenticator = json_object_get(org->authenticators, id);
    for (const char *at = methods_of(authenticator); *at;) {
        char method[32];
        (void)snprintf(method, sizeof method, "%.*s", (int)strcspn(at, " "), at);
        at += strcspn(at, " ");
        at += *at == ' ';
        (void)json_array_append_new(
            array, json_pack("{s:s, s:s}", "type", method, "status",
                             is_off(authenticator, method) ? "INACTIVE" : "ACTIVE"));
    }
}

static void
set_method(json_t *authenticator, const char *method, bool on)
{
    if (!json_object_get(authenticator, "off"))
        (void)json_object_set_new(authenticator, "off", json_object());
    json_t *off = json_object_get(authenticator, "off");
    if (on)
        (void)json_object_del(off, method);
    else
        (void)json_object_set_new(off, method, json_true());
}

void
okta_org_switch_off(struct okta_org *org, const char *name)
{
    const char *slash = strchr(name, '/'), *id;
    json_t *authenticator;

    json_object_foreach(org->authenticators, id, authenticator)
    {
        const char *key = text(authenticator, "key");
        size_t length = slash ? (size_t)(slash - name) : strlen(name);
        if (strlen(key) != length || strncmp(key, name, length) != 0)
            continue;
        if (slash)
            set_method(authenticator, slash + 1, false);
        else
            (void)json_object_set_new(authenticator, "status", json_string("INACTIVE"));
    }
}

bool
okta_org_switch(struct okta_org *org, const char *id, const char *part, const char *word,
                const char *act)
{
    json_t *authenticator = json_object_get(org->authenticators, id);
    bool of_method = strcmp(part, "methods") == 0;
    bool on = strcmp(of_method ? act : word, "activate") == 0;

    if (!authenticator || (of_method && !strstr(methods_of(authenticator), word))) {
        (void)snprintf(org->fault, sizeof org->fault, "no authenticator %s or method %s", id, word);
        return false;
    }
    if (of_method)
        set_method(authenticator, word, on);
    else
        (void)json_object_set_new(authenticator, "status", json_string(on ? "ACTIVE" : "INACTIVE"));
    return true;
}

bool
okta_org_can_ask(const struct okta_org *org, const json_t *value)
{
    const char *name, *key = text(value, "key"), *id;
    json_t *part, *authenticator;
    size_t i;

    if (*key) {
        json_object_foreach(org->authenticators, id, authenticator)
        {
            if (strcmp(text(authenticator, "key"), key) == 0 &&
                strcmp(text(authenticator, "status"), "ACTIVE") == 0 &&
                !is_off(authenticator, text(value, "method")))
                return true;
        }
        return false;
    }
    json_object_foreach((json_t *)value, name, part)
    {
        if (!okta_org_can_ask(org, part))
            return false;
    }
    json_array_foreach(value, i, part)
    {
        if (!okta_org_can_ask(org, part))
            return false;
    }
    return true;
}
