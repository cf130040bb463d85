/* Objects as Okta keeps them, and what it makes of writes. */
#include "tests/unit/okta_org.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static bool
refuse(struct okta_org *org, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(org->fault, sizeof org->fault, format, arguments);
    va_end(arguments);
    return false;
}

static json_t *
keep(struct okta_org *org, json_t *table, const char *prefix, json_t *object)
{
    char id[32];

    (void)snprintf(id, sizeof id, "%s%u", prefix, ++org->next);
    (void)json_object_set_new(object, "id", json_string(id));
    (void)json_object_set_new(table, id, object);
    return object;
}

/* ---- a fresh org ------------------------------------------------------------------------ */

static json_t *
add_policy(struct okta_org *org, const char *type, const char *name, bool system)
{
    return keep(org, org->policies, "00p",
                json_pack("{s:s, s:s, s:s, s:n, s:b, s:n, s:i}", "type", type, "name", name,
                          "status", "ACTIVE", "description", "system", (int)system, "conditions",
                          "priority", 1));
}

static json_t *
add_rule(struct okta_org *org, const json_t *policy, const char *name, int priority,
         json_t *actions)
{
    return keep(org, org->rules, "rul",
                json_pack("{s:s, s:s, s:s, s:b, s:i, s:n, s:o}", "policy", text(policy, "id"),
                          "name", name, "status", "ACTIVE", "system", 1, "priority", priority,
                          "conditions", "actions", actions));
}

static json_t *
catch_all(void)
{
    return json_pack("{s:{s:s, s:{s:s, s:s, s:s}}}", "appSignOn", "access", "ALLOW",
                     "verificationMethod", "type", "ASSURANCE", "factorMode", "2FA",
                     "reauthenticateIn", "PT12H");
}

void
okta_org_init(struct okta_org *org)
{
    static const char *const keys[] = {"okta_password", "okta_email",    "phone_number",
                                       "okta_verify",   "google_otp",    "webauthn",
                                       "duo",           "smart_card_idp"};

    *org = (struct okta_org){0};
    json_t **tables[] = {&org->zones, &org->assurances, &org->policies, &org->rules,
                         &org->apps,  &org->groups,     &org->users,    &org->authenticators,
                         &org->keys,  &org->idps};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        *tables[i] = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        (void)keep(
            org, org->authenticators, "aut",
            json_pack("{s:s, s:s, s:s}", "key", keys[i], "name", keys[i], "status", "ACTIVE"));
    (void)keep(org, org->zones, "nzo",
               json_pack("{s:s, s:s, s:s, s:s, s:b, s:n, s:n}", "type", "IP", "name",
                         "LegacyIpZone", "usage", "POLICY", "status", "ACTIVE", "system", 1,
                         "gateways", "proxies"));
    json_t *usual = add_policy(org, "ACCESS_POLICY", "Any two factors", true);
    (void)add_rule(org, usual, "Catch-all Rule", 99, catch_all());
    json_t *session = add_policy(org, "OKTA_SIGN_ON", "Default Policy", true);
    (void)add_rule(org, session, "Default Rule", 1,
                   json_pack("{s:{s:s, s:s, s:b}}", "signon", "access", "ALLOW", "primaryFactor",
                             "PASSWORD_IDP_ANY_FACTOR", "requireFactor", 0));
    json_t *routing = add_policy(org, "IDP_DISCOVERY", "Idp Discovery Policy", true);
    (void)add_rule(org, routing, "Default Rule", 1,
                   json_pack("{s:{s:[{s:s}]}}", "idp", "providers", "type", "OKTA"));
}

void
okta_org_end(struct okta_org *org)
{
    json_decref(org->zones);
    json_decref(org->assurances);
    json_decref(org->policies);
    json_decref(org->rules);
    json_decref(org->apps);
    json_decref(org->groups);
    json_decref(org->users);
    json_decref(org->authenticators);
    json_decref(org->keys);
    json_decref(org->idps);
}

static const json_t *
usual_policy(const struct okta_org *org)
{
    const json_t *policy;
    const char *id;

    json_object_foreach(org->policies, id, policy)
    {
        if (strcmp(text(policy, "type"), "ACCESS_POLICY") == 0 &&
            json_is_true(json_object_get(policy, "system")))
            return policy;
    }
    return NULL;
}

static bool
has_named(const json_t *table, const char *part, const char *key, const char *name)
{
    const json_t *object;
    const char *id;

    json_object_foreach((json_t *)table, id, object)
    {
        if (strcmp(text(part ? json_object_get(object, part) : object, key), name) == 0)
            return true;
    }
    return false;
}

void
okta_org_add(struct okta_org *org, const char *kind, const char *name)
{
    if (strcmp(kind, "group") == 0 && !has_named(org->groups, "profile", "name", name))
        (void)keep(org, org->groups, "00g",
                   json_pack("{s:s, s:{s:s}}", "type", "OKTA_GROUP", "profile", "name", name));
    if (strcmp(kind, "user") == 0 && !has_named(org->users, "profile", "login", name))
        (void)keep(org, org->users, "00u",
                   json_pack("{s:s, s:{s:s}}", "status", "ACTIVE", "profile", "login", name));
    if (strcmp(kind, "app") == 0 && !has_named(org->apps, NULL, "label", name))
        (void)keep(org, org->apps, "0oa",
                   json_pack("{s:s, s:s, s:s}", "label", name, "status", "ACTIVE", "policy",
                             text(usual_policy(org), "id")));
}

void
okta_org_furnish(struct okta_org *org, const struct wp_state *state)
{
    for (size_t i = 0; i < state->count; i++) {
        if (state->items[i]->reference)
            okta_org_add(org, state->items[i]->kind, state->items[i]->name);
    }
}

/* ---- places: the two models ------------------------------------------------------------------ */

static json_int_t
priority_of(const json_t *rule)
{
    return json_integer_value(json_object_get(rule, "priority"));
}

static void
set_priority(json_t *rule, json_int_t priority)
{
    (void)json_object_set_new(rule, "priority", json_integer(priority));
}

/* The rules of a policy but the system's, by priority, into `list`. */
static size_t
rules_of(const struct okta_org *org, const char *policy, json_t **list)
{
    json_t *rule;
    const char *id;
    size_t count = 0;

    json_object_foreach(org->rules, id, rule)
    {
        size_t at = count;
        if (strcmp(text(rule, "policy"), policy) != 0 ||
            json_is_true(json_object_get(rule, "system")))
            continue;
        while (at > 0 && priority_of(list[at - 1]) > priority_of(rule)) {
            list[at] = list[at - 1];
            at--;
        }
        list[at] = rule;
        count++;
    }
    return count;
}

static json_t *
at_slot(json_t **list, size_t count, const json_t *but, json_int_t slot)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] != but && priority_of(list[i]) == slot)
            return list[i];
    }
    return NULL;
}

/* Access policies: whoever is at the slot moves on, then whoever is there, until
 * there is nobody; the slot that the writer leaves counts as somebody's. */
static void
place_sparse(json_t **list, size_t count, json_t *rule, bool is_new, json_int_t slot)
{
    json_int_t old = is_new ? -1 : priority_of(rule);
    json_t *moved[128];
    size_t moving = 0;

    for (json_int_t at = slot;; at++) {
        json_t *there = at_slot(list, count, rule, at);
        if (!there && at != old)
            break;
        if (there)
            moved[moving++] = there;
    }
    for (size_t i = 0; i < moving; i++)
        set_priority(moved[i], priority_of(moved[i]) + 1);
    set_priority(rule, slot);
}

/* All others: no gaps, from 1, and what is asked too high is taken down. */
static void
place_dense(json_t **list, size_t count, json_t *rule, json_int_t wanted)
{
    json_int_t last = 1;
    size_t place = 0;

    for (size_t i = 0; i < count; i++)
        last += list[i] != rule;
    wanted = wanted < 1 ? 1 : wanted > last ? last : wanted;
    for (size_t i = 0; i < count; i++) {
        if (list[i] == rule)
            continue;
        place++;
        if ((json_int_t)place == wanted)
            place++;
        set_priority(list[i], (json_int_t)place);
    }
    set_priority(rule, wanted);
}

static void
close_dense(json_t **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        set_priority(list[i], (json_int_t)i + 1);
}

static bool
is_sparse(const struct okta_org *org, const char *policy)
{
    return strcmp(text(json_object_get(org->policies, policy), "type"), "ACCESS_POLICY") == 0;
}

/* ---- rules
 * --------------------------------------------------------------------------------------- */

/* Okta fills in what was left out. */
static void
fill_in(json_t *rule)
{
    json_t *conditions = json_object_get(rule, "conditions");

    if (!json_is_object(conditions)) {
        conditions = json_object();
        (void)json_object_set_new(rule, "conditions", conditions);
    }
    if (!json_object_get(conditions, "people"))
        (void)json_object_set_new(conditions, "people", json_object());
    json_t *people = json_object_get(conditions, "people");
    if (!json_object_get(people, "users"))
        (void)json_object_set_new(people, "users", json_pack("{s:[]}", "exclude"));
    (void)json_object_set_new(conditions, "userType",
                              json_pack("{s:[], s:[]}", "include", "exclude"));
    if (!json_object_get(conditions, "riskScore"))
        (void)json_object_set_new(conditions, "riskScore", json_pack("{s:s}", "level", "ANY"));
    if (json_object_get(conditions, "platform"))
        (void)json_object_set_new(json_object_get(conditions, "platform"), "exclude", json_array());
    json_t *sign_on = json_object_get(json_object_get(rule, "actions"), "appSignOn");
    if (sign_on)
        (void)json_object_set_new(sign_on, "keepMeSignedIn",
                                  json_pack("{s:s}", "postAuth", "NOT_ALLOWED"));
}

static bool
is_id(const json_t *table, const json_t *list)
{
    const json_t *id;
    size_t i;

    json_array_foreach(list, i, id)
    {
        if (!json_object_get(table, json_string_value(id) ? json_string_value(id) : ""))
            return false;
    }
    return true;
}

static bool
check_rule(struct okta_org *org, const json_t *body)
{
    const json_t *conditions = json_object_get(body, "conditions");
    const json_t *network = json_object_get(conditions, "network");
    const json_t *people = json_object_get(conditions, "people");
    const json_t *assurance = json_object_get(json_object_get(conditions, "device"), "assurance");

    if (!*text(body, "name") || !*text(body, "type") || !json_object_get(body, "actions"))
        return refuse(org, "a rule without a name, a type or actions");
    if (json_object_get(network, "include") && json_object_get(network, "exclude"))
        return refuse(org, "include and exclude");
    if (!okta_org_can_ask(org, json_object_get(body, "actions")))
        return refuse(org, "a method that is not active");
    if (!is_id(org->zones, json_object_get(network, "include")) ||
        !is_id(org->zones, json_object_get(network, "exclude")) ||
        !is_id(org->assurances, json_object_get(assurance, "include")))
        return refuse(org, "a rule names what is not there");
    if (!is_id(org->groups, json_object_get(json_object_get(people, "groups"), "include")) ||
        !is_id(org->users, json_object_get(json_object_get(people, "users"), "include")))
        return refuse(org, "a rule names nobody");
    return true;
}

static bool
has_rule_named(struct okta_org *org, const char *policy, const char *name, const json_t *but)
{
    const json_t *rule;
    const char *id;

    json_object_foreach(org->rules, id, rule)
    {
        if (rule != but && strcmp(text(rule, "policy"), policy) == 0 &&
            strcmp(text(rule, "name"), name) == 0)
            return true;
    }
    return false;
}

static bool
write_rule(struct okta_org *org, const char *policy, json_t *rule, const json_t *body)
{
    json_t *list[256];
    size_t count = rules_of(org, policy, list);
    bool is_new = rule == NULL;
    json_int_t wanted = priority_of(body);

    if (!check_rule(org, body))
        return false;
    if (has_rule_named(org, policy, text(body, "name"), rule))
        return refuse(org, "name: Policy rule name already in use");
    if (!json_object_get(body, "priority"))
        return refuse(org, "a rule without a priority");
    if (is_sparse(org, policy) && (wanted > 98 || (is_new && count >= 99)))
        return refuse(org, "priority %d, %zu rules", (int)wanted, count);
    if (is_new)
        rule =
            keep(org, org->rules, "rul",
                 json_pack("{s:s, s:b, s:s}", "policy", policy, "system", 0, "status", "ACTIVE"));
    if (is_sparse(org, policy))
        place_sparse(list, count, rule, is_new, wanted);
    else
        place_dense(list, count, rule, wanted);
    for (size_t i = 0; i < count; i++) {
        if (is_sparse(org, policy) && priority_of(list[i]) > 98)
            return refuse(org, "a rule is pushed to %d", (int)priority_of(list[i]));
    }
    json_t *copy = json_deep_copy(body);
    (void)json_object_del(copy, "priority");
    (void)json_object_del(rule, "conditions");
    (void)json_object_update(rule, copy);
    json_decref(copy);
    fill_in(rule);
    return true;
}

static bool
change_system_rule(struct okta_org *org, json_t *rule, const json_t *body)
{
    if (!*text(body, "name") || !json_object_get(body, "actions"))
        return refuse(org, "a rule without a name or actions");
    (void)json_object_set_new(rule, "actions", json_deep_copy(json_object_get(body, "actions")));
    return true;
}

static bool
on_rules(struct okta_org *org, const char *method, const char *policy, const char *id,
         const json_t *body)
{
    json_t *rule = json_object_get(org->rules, id), *list[256];

    if (!json_object_get(org->policies, policy))
        return refuse(org, "no policy %s", policy);
    if (strcmp(method, "POST") == 0)
        return write_rule(org, policy, NULL, body);
    if (!rule || strcmp(text(rule, "policy"), policy) != 0)
        return refuse(org, "no rule %s", id);
    if (strcmp(method, "PUT") == 0)
        return json_is_true(json_object_get(rule, "system")) ? change_system_rule(org, rule, body)
                                                             : write_rule(org, policy, rule, body);
    if (json_is_true(json_object_get(rule, "system")))
        return refuse(org, "a system rule cannot be deleted");
    (void)json_object_del(org->rules, id);
    if (!is_sparse(org, policy))
        close_dense(list, rules_of(org, policy, list));
    return true;
}

/* ---- policies and apps
 * --------------------------------------------------------------------------------- */

static bool
on_policies(struct okta_org *org, const char *method, const char *id, const json_t *body)
{
    json_t *policy = json_object_get(org->policies, id), *rule, *app;
    const char *key;
    void *next;

    if (strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0) {
        json_t *other;
        json_object_foreach(org->policies, key, other)
        {
            if (other != policy && strcmp(text(other, "name"), text(body, "name")) == 0 &&
                strcmp(text(other, "type"), text(body, "type")) == 0)
                return refuse(org, "a policy of this name exists: %s", text(body, "name"));
        }
    }
    if (strcmp(method, "POST") == 0) {
        policy = add_policy(org, text(body, "type"), text(body, "name"), false);
        if (strcmp(text(body, "type"), "ACCESS_POLICY") == 0)
            (void)add_rule(org, policy, "Catch-all Rule", 99, catch_all());
    }
    if (!policy)
        return refuse(org, "no policy %s", id);
    if (strcmp(method, "DELETE") != 0) {
        (void)json_object_set(policy, "name", json_object_get(body, "name"));
        (void)json_object_set(policy, "description", json_object_get(body, "description"));
        return true;
    }
    json_object_foreach(org->apps, key, app)
    {
        if (strcmp(text(app, "policy"), id) == 0)
            return refuse(org, "the policy %s is used by app %s", id, text(app, "label"));
    }
    json_object_foreach_safe(org->rules, next, key, rule)
    {
        if (strcmp(text(rule, "policy"), id) == 0)
            (void)json_object_del(org->rules, key);
    }
    return json_object_del(org->policies, id) == 0;
}

static bool
assign(struct okta_org *org, const char *app, const char *policy)
{
    json_t *there = json_object_get(org->apps, app);

    if (!there || !json_object_get(org->policies, policy))
        return refuse(org, "no app %s or no policy %s", app, policy);
    return json_object_set_new(there, "policy", json_string(policy)) == 0;
}

/* ---- zones and device assurance
 * -------------------------------------------------------------------------- */

static bool
is_used(const struct okta_org *org, const char *id)
{
    const json_t *rule;
    const char *key, *part = NULL;
    bool used = false;

    json_object_foreach((json_t *)org->rules, key, rule)
    {
        char *all = json_dumps(json_object_get(rule, "conditions"), JSON_ENCODE_ANY);
        char quoted[40];
        (void)snprintf(quoted, sizeof quoted, "\"%s\"", id);
        part = strstr(all, quoted);
        used = used || part != NULL;
        free(all);
    }
    return used;
}

/* A lone address comes back as a range, and no proxies as null. */
static void
normalise_zone(json_t *zone)
{
    static const char *const lists[] = {"gateways", "proxies"};

    for (size_t i = 0; i < 2; i++) {
        if (json_array_size(json_object_get(zone, lists[i])) == 0)
            (void)json_object_set_new(zone, lists[i], json_null());
    }
}

static bool
on_shared(struct okta_org *org, json_t *table, const char *method, const char *id,
          const char *action, const json_t *body)
{
    json_t *object = json_object_get(table, id), *other;
    const char *key;

    if (!object && strcmp(method, "POST") != 0)
        return refuse(org, "no %s", id);
    if (*action) {
        (void)json_object_set_new(
            object, "status", json_string(strcmp(action, "activate") == 0 ? "ACTIVE" : "INACTIVE"));
        return table == org->zones;
    }
    if (strcmp(method, "DELETE") == 0) {
        if (table == org->zones && strcmp(text(object, "status"), "ACTIVE") == 0)
            return refuse(org, "%s is an active zone", text(object, "name"));
        if (is_used(org, id))
            return refuse(org, "%s is used", text(object, "name"));
        return json_object_del(table, id) == 0;
    }
    json_object_foreach(table, key, other)
    {
        if (other != object && strcmp(text(other, "name"), text(body, "name")) == 0)
            return refuse(org, "the name %s is taken", text(body, "name"));
    }
    if (strlen(text(body, "name")) > 128)
        return refuse(org, "a name of more than 128");
    json_t *made = json_deep_copy(body);
    if (table == org->zones)
        normalise_zone(made);
    if (!object) {
        (void)keep(org, table, table == org->zones ? "nzo" : "dae", made);
        return true;
    }
    (void)json_object_set(made, "id", json_object_get(object, "id"));
    return json_object_set_new(table, id, made) == 0;
}

/* ---- the interface
 * -------------------------------------------------------------------------------------------- */

bool
okta_org_write(struct okta_org *org, const char *method, const char *path, const json_t *body)
{
    char parts[8][64] = {""};
    int count = 0;
    char *copy = strdup(path), *rest = NULL;
    bool ok;

    for (char *part = strtok_r(copy, "/", &rest); part && count < 8;
         part = strtok_r(NULL, "/", &rest))
        (void)snprintf(parts[count++], sizeof parts[0], "%s", part);
    free(copy);
    const char *table = parts[2], *id = parts[3];
    if (strcmp(table, "zones") == 0)
        ok = on_shared(org, org->zones, method, id, count > 5 ? parts[5] : "", body);
    else if (strcmp(table, "device-assurances") == 0)
        ok = on_shared(org, org->assurances, method, id, "", body);
    else if (strcmp(table, "authenticators") == 0)
        ok = okta_org_switch(org, id, parts[4], parts[5], parts[7]);
    else if (strcmp(table, "policies") == 0 && strcmp(parts[4], "rules") == 0)
        ok = on_rules(org, method, id, parts[5], body);
    else if (strcmp(table, "policies") == 0)
        ok = on_policies(org, method, id, body);
    else if (strcmp(table, "apps") == 0 && strcmp(method, "PUT") == 0)
        ok = assign(org, id, parts[5]);
    else
        ok = refuse(org, "%s %s", method, path);
    return ok;
}
