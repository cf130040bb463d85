/*
 * Enrollment: whether people can have what chains ask for. Policies of the sort MFA_ENROLL
 * list all authenticators of the org, with NOT_ALLOWED where those whom the policy is for
 * cannot enroll. Which policy is for whom is not asked: what all of them keep people out
 * of, nobody can get.
 */
#include "compiler/emit/okta/okta_order.h"
#include "compiler/emit/okta/okta_read.h"

#include <string.h>

/* ---- reading ------------------------------------------------------------------------------ */

static bool
closes(const json_t *policy, const char *key)
{
    const json_t *list = json_object_get(json_object_get(policy, "settings"), "authenticators");
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        if (strcmp(wp_okta_text(item, "key"), key) == 0)
            return strcmp(wp_okta_text(json_object_get(item, "enroll"), "self"), "NOT_ALLOWED") ==
                   0;
    }
    return false;
}

static bool
is_active(const json_t *policy)
{
    return strcmp(wp_okta_text(policy, "status"), "ACTIVE") == 0;
}

static bool
all_close(const json_t *policies, const char *key)
{
    const json_t *policy;
    size_t i;

    json_array_foreach(policies, i, policy)
    {
        if (is_active(policy) && !closes(policy, key))
            return false;
    }
    return true;
}

static const json_t *
first_active(const json_t *policies)
{
    const json_t *policy;
    size_t i;

    json_array_foreach(policies, i, policy)
    {
        if (is_active(policy))
            return policy;
    }
    return NULL;
}

bool
wp_okta_read_enrollment(struct wp_session *session, const struct wp_okta_door *door,
                        struct wp_problem *problem)
{
    struct wp_okta_memory *memory = session->memory;
    json_t *policies = NULL, *item;
    size_t i, count = 0;

    if (!wp_okta_list(door, "enrollment_policy", "/api/v1/policies?type=MFA_ENROLL", &policies,
                      problem))
        return false;
    const json_t *list =
        json_object_get(json_object_get(first_active(policies), "settings"), "authenticators");
    const char **closed = wp_alloc_array(session->arena, json_array_size(list) + 1, sizeof *closed);
    json_array_foreach(list, i, item)
    {
        const char *key = wp_okta_text(item, "key");
        if (*key && all_close(policies, key))
            closed[count++] = wp_copy_text(session->arena, key, strlen(key));
    }
    memory->closed = closed;
    json_decref(policies);
    return true;
}

/* ---- telling ------------------------------------------------------------------------------ */

static bool
is_closed(const struct wp_okta_memory *memory, const char *key)
{
    for (size_t i = 0; memory->closed[i]; i++) {
        if (strcmp(memory->closed[i], key) == 0)
            return true;
    }
    return false;
}

/* The authenticator for which nobody gets past a step, when it leaves no other; or NULL. */
static const char *
closed_step(const struct wp_okta_memory *memory, const json_t *methods)
{
    const json_t *method;
    size_t i;

    json_array_foreach(methods, i, method)
    {
        if (!is_closed(memory, wp_okta_text(method, "key")))
            return NULL;
    }
    return json_array_size(methods) > 0 ? wp_okta_text(json_array_get(methods, 0), "key") : NULL;
}

static const char *
closed_chain(const struct wp_okta_memory *memory, const json_t *chain)
{
    for (; chain; chain = json_array_get(json_object_get(chain, "next"), 0)) {
        const char *key = closed_step(memory, json_object_get(chain, "authenticationMethods"));
        if (key)
            return key;
    }
    return NULL;
}

static const char *
closed_constraint(const struct wp_okta_memory *memory, const json_t *constraint)
{
    const char *name;
    json_t *half;

    json_object_foreach((json_t *)(uintptr_t)constraint, name, half)
    {
        const char *key = closed_step(memory, json_object_get(half, "authenticationMethods"));
        if (key)
            return key;
    }
    return NULL;
}

/* The same for a rule: none of its alternatives is left. */
static const char *
closed_rule(const struct wp_okta_memory *memory, const struct wp_object *rule)
{
    const json_t *sign_on = json_object_get(json_object_get(rule->body, "actions"), "appSignOn");
    const json_t *asked = json_object_get(sign_on, "verificationMethod"), *one;
    bool is_chain = strcmp(wp_okta_text(asked, "type"), "AUTH_METHOD_CHAIN") == 0;
    const char *key = NULL;
    size_t i;

    if (strcmp(rule->kind, "rule") != 0)
        return NULL;
    json_array_foreach(json_object_get(asked, is_chain ? "chains" : "constraints"), i, one)
    {
        key = is_chain ? closed_chain(memory, one) : closed_constraint(memory, one);
        if (!key)
            return NULL;
    }
    return key;
}

/* The first rule that nobody can satisfy for want of that authenticator, and how many more. */
static void
tell(const struct wp_okta_memory *memory, const struct wp_state *desired, const char *closed,
     struct wp_buffer *lines)
{
    const struct wp_object *first = NULL;
    size_t more = 0;

    for (size_t i = 0; i < desired->count; i++) {
        const char *key = closed_rule(memory, desired->items[i]);
        if (!key || strcmp(key, closed) != 0)
            continue;
        more += first != NULL;
        first = first ? first : desired->items[i];
    }
    if (!first)
        return;
    struct wp_okta_key rule = wp_okta_key_read(lines->arena, first->key);
    const char *others = more == 0 ? "" : wp_format(lines->arena, ", as %zu more do,", more);
    const char *text = wp_format(
        lines->arena,
        "rule '%s' of %s%s asks everybody for %s, which no enrollment policy (MFA_ENROLL) of the "
        "org lets anybody enroll in: who has not enrolled before cannot sign in\n",
        rule.name, rule.owner, others, closed);
    wp_buffer_add(lines, text, strlen(text));
}

/* The calls that let more people's factors count than the source speaks of. */
static void
tell_choices(const struct wp_plan *plan, struct wp_buffer *lines)
{
    for (size_t i = 0; i < plan->count; i++) {
        const char *text = plan->calls[i].summary;
        if (plan->calls[i].verb != WP_ACTIVATE || !strstr(text, WP_OKTA_CHOICE))
            continue;
        wp_buffer_add(lines, text, strlen(text));
        wp_buffer_add(lines, "\n", 1);
    }
}

void
wp_okta_remarks(const struct wp_session *session, const struct wp_state *desired,
                const struct wp_plan *plan, struct wp_buffer *lines)
{
    const struct wp_okta_memory *memory = session->memory;

    tell_choices(plan, lines);

    for (size_t i = 0; memory && memory->closed && memory->closed[i]; i++)
        tell(memory, desired, memory->closed[i], lines);
}
