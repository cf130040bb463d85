#include "tests/unit/toy_tenant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/emit/meaning.h"

#define CATCH_ALL "Catch-all"

void
toy_init(struct toy *toy, struct wp_arena *arena)
{
    *toy = (struct toy){.arena = arena, .next_id = 1, .fault_at = SIZE_MAX};
    wp_state_init(&toy->objects, arena);
}

void
toy_end(struct toy *toy)
{
    json_decref(toy->lagging_body);
    wp_state_end(&toy->objects);
}

void
toy_mend(struct toy *toy)
{
    toy->is_cut = false;
    toy->fault = TOY_NO_FAULT;
}

/* ---- its habits ------------------------------------------------------------------ */

static bool
is_rule_of(const struct wp_object *object, const char *policy)
{
    size_t length = strlen(policy);
    return strcmp(object->kind, "rule") == 0 && strncmp(object->key + 5, policy, length) == 0 &&
           object->key[5 + length] == '/' && !object->system;
}

static json_int_t
rank_of(const json_t *body)
{
    return json_integer_value(json_object_get(body, "rank"));
}

/* Ranks become 0, 1, 2, ...; of two that want the same, `first` goes first. */
static void
close_ranks(struct wp_state *state, const char *policy, const char *first)
{
    json_int_t from = 0;

    for (;;) {
        struct wp_object *best = NULL;
        for (size_t i = 0; i < state->count; i++) {
            struct wp_object *object = state->items[i];
            if (!is_rule_of(object, policy) || rank_of(object->body) < from)
                continue;
            json_int_t rank = rank_of(object->body);
            if (best == NULL || rank < rank_of(best->body) ||
                (rank == rank_of(best->body) && first != NULL && strcmp(object->key, first) == 0))
                best = object;
        }
        if (best == NULL)
            return;
        /* Others that want this rank stand one further down. */
        for (size_t i = 0; i < state->count; i++) {
            struct wp_object *object = state->items[i];
            if (object != best && is_rule_of(object, policy) && rank_of(object->body) >= from &&
                rank_of(object->body) <= rank_of(best->body))
                (void)json_object_set_new(object->body, "rank",
                                          json_integer(rank_of(object->body) + 1));
        }
        (void)json_object_set_new(best->body, "rank", json_integer(from++));
    }
}

static const char *
policy_of(struct wp_arena *arena, const char *rule_key)
{
    return wp_copy_text(arena, rule_key + 5, strcspn(rule_key + 5, "/"));
}

static void
effect(const struct wp_session *session, struct wp_state *state, const struct wp_call *call)
{
    const char *name = call->key + strlen(call->kind) + 1;

    (void)session;
    if (strcmp(call->kind, "rule") == 0 && strstr(call->key, CATCH_ALL) == NULL)
        close_ranks(state, policy_of(state->arena, call->key), call->key);
    if (strcmp(call->kind, "policy") == 0 && call->before == NULL) {
        bool is_new;
        struct wp_object *rule = wp_state_add(state, "rule", name, CATCH_ALL, NULL,
                                              json_pack("{s:s}", "then", "allow"), &is_new);
        rule->system = true;
    }
    for (size_t i = state->count; strcmp(call->kind, "policy") == 0 && call->after == NULL && i > 0;
         i--) {
        const struct wp_object *object = state->items[i - 1];
        if (strcmp(object->kind, "rule") == 0 &&
            strcmp(policy_of(state->arena, object->key), name) == 0)
            wp_state_remove(state, object->key);
    }
}

/* ---- its interface ------------------------------------------------------------------ */

static void
name_new_ones(struct toy *toy)
{
    for (size_t i = 0; i < toy->objects.count; i++)
        if (toy->objects.items[i]->id == NULL)
            wp_state_set_id(&toy->objects, toy->objects.items[i],
                            wp_format(toy->arena, "id%u", toy->next_id++));
}

void
toy_put(struct toy *toy, const char *kind, const char *owner, const char *name, json_t *body)
{
    struct wp_object *object = wp_state_put(&toy->objects, kind, owner, name, NULL, body);
    object->system = strcmp(name, CATCH_ALL) == 0;
    name_new_ones(toy);
}

/* Identifiers become references again. */
static void
refer(const struct toy *toy, json_t *value)
{
    const char *key;
    json_t *part;
    size_t i;
    const struct wp_object *zone =
        wp_state_find_id(&toy->objects, "zone",
                         json_string_value(json_object_get(value, "zone"))
                             ? json_string_value(json_object_get(value, "zone"))
                             : "");
    if (zone != NULL)
        (void)json_object_set_new(value, "zone", wp_reference(zone->key));
    json_object_foreach(value, key, part) refer(toy, part);
    json_array_foreach(value, i, part) refer(toy, part);
}

static bool
comes_to_be(struct toy *toy, const char *key, const char *kind, const char *name, json_t *body)
{
    struct wp_call call = {.key = key, .kind = kind, .name = name};
    struct wp_object *old = wp_state_find(&toy->objects, key);
    const struct wp_session session = {.arena = toy->arena, .kind = &toy_kind};
    const char *token = json_string_value(json_object_get(body, "token"));

    if (token != NULL)
        toy->secret = wp_copy_text(toy->arena, token, strlen(token));
    if (body != NULL) {
        (void)json_object_del(body, "token");
        if (toy->drops && json_object_get(body, "when") != NULL)
            (void)json_object_del(body, "then");
        refer(toy, body);
    }
    call.before = old == NULL ? NULL : json_deep_copy(old->body);
    call.after = body;
    wp_call_apply(&session, &toy->objects, &call);
    name_new_ones(toy);
    json_decref(call.before);
    json_decref(body);
    return true;
}

/* POST /zone, /policy, /rule/ID-of-policy with a name; PUT and DELETE /kind/ID. */
static unsigned
perform(struct toy *toy, const struct wp_http_request *request, const char **changed)
{
    const char *slash = strchr(request->path + 1, '/');
    size_t length = slash == NULL ? strlen(request->path + 1) : (size_t)(slash - request->path - 1);
    const char *kind = wp_copy_text(toy->arena, request->path + 1, length);
    json_t *body =
        request->body == NULL ? NULL : json_loadb(request->body, request->body_size, 0, NULL);
    const struct wp_object *object;

    if (strcmp(request->method, "POST") == 0) {
        const char *name = json_string_value(json_object_get(body, "name"));
        const struct wp_object *policy =
            slash == NULL ? NULL : wp_state_find_id(&toy->objects, "policy", slash + 1);
        name = wp_copy_text(toy->arena, name, strlen(name));
        (void)json_object_del(body, "name");
        const char *key =
            wp_state_key(toy->arena, kind, policy == NULL ? NULL : policy->name, name);
        *changed = key;
        if (wp_state_find(&toy->objects, key) != NULL) {
            json_decref(body);
            return 409;
        }
        (void)comes_to_be(toy, key, kind, name, body);
        return 201;
    }
    object = wp_state_find_id(&toy->objects, kind, slash + 1);
    if (object == NULL || (object->system && body == NULL)) {
        json_decref(body);
        return object == NULL ? 404 : 403;
    }
    *changed = object->key;
    (void)comes_to_be(toy, object->key, kind, object->name, body);
    return 200;
}

static bool
is_faulty(struct toy *toy, enum toy_fault *fault)
{
    *fault = toy->requests++ == toy->fault_at ? toy->fault : TOY_NO_FAULT;
    return toy->is_cut;
}

static bool
fail(struct wp_http_answer *answer, bool was_sent, struct wp_problem *problem)
{
    answer->was_sent = was_sent;
    return wp_problem_set(problem, WP_PROBLEM_FAILED, "the connection is cut");
}

static bool
send_request(void *context, const struct wp_http_request *request, struct wp_http_answer *answer,
             struct wp_problem *problem)
{
    struct toy *toy = context;
    enum toy_fault fault;
    const char *changed = NULL;
    struct wp_state before;

    toy->writes++;
    if (is_faulty(toy, &fault) || fault == TOY_CUT_BEFORE) {
        toy->is_cut = true;
        return fail(answer, fault == TOY_CUT_BEFORE, problem);
    }
    answer->request_id = "req";
    answer->was_sent = true;
    answer->status = 503;
    if (fault == TOY_ERROR_BEFORE)
        return true;
    wp_state_copy(&before, toy->arena, &toy->objects);
    answer->status = perform(toy, request, &changed);
    if (fault == TOY_CUT_AFTER) {
        wp_state_end(&before);
        toy->is_cut = true;
        return fail(answer, true, problem);
    }
    if (fault == TOY_ERROR_AFTER)
        answer->status = 500;
    if (fault == TOY_LAG && changed != NULL) {
        const struct wp_object *old = wp_state_find(&before, changed);
        toy->lags = true;
        toy->lagging = changed;
        json_decref(toy->lagging_body);
        toy->lagging_body = old == NULL ? NULL : json_deep_copy(old->body);
        if (old != NULL)
            toy->lagging_object = *old;
    }
    wp_state_end(&before);
    return true;
}

static void
complain(void *context, const struct wp_http_request *request, const struct wp_http_answer *answer,
         struct wp_problem *problem)
{
    (void)context;
    (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "%s %s: %u", request->method, request->path,
                         answer->status);
}

struct wp_writer
toy_writer(struct toy *toy)
{
    return (struct wp_writer){.send = send_request, .complain = complain, .context = toy};
}

/* ---- the kind ---------------------------------------------------------------------------- */

static bool
desire(const struct wp_session *session, const struct wp_plan_options *options,
       struct wp_state *state, struct wp_diagnostics *diagnostics)
{
    const struct toy *toy = session->memory;

    (void)options, (void)diagnostics;
    for (size_t i = 0; i < toy->desired->count; i++) {
        const struct wp_object *object = toy->desired->items[i];
        (void)wp_state_add_key(state, object->key, object->kind, object->name, NULL,
                               json_deep_copy(object->body));
    }
    return true;
}

static struct wp_object *
take_over(struct wp_state *state, const struct wp_object *object)
{
    struct wp_object *there = wp_state_find(state, object->key);

    if (there == NULL)
        there = wp_state_add_key(state, object->key, object->kind, object->name, object->id,
                                 json_deep_copy(object->body));
    else {
        json_decref(there->body);
        there->body = json_deep_copy(object->body);
        wp_state_set_id(state, there, object->id);
    }
    there->system = object->system;
    return there;
}

static bool
read_all(struct wp_session *session, struct wp_state *state, struct wp_problem *problem)
{
    struct toy *toy = session->memory;
    enum toy_fault fault;

    if (is_faulty(toy, &fault) || fault == TOY_CUT_BEFORE || fault == TOY_CUT_AFTER) {
        toy->is_cut = true;
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "the connection is cut");
    }
    for (size_t i = 0; i < toy->objects.count; i++)
        (void)take_over(state, toy->objects.items[i]);
    return true;
}

static bool
look(struct wp_session *session, struct wp_state *state, const char *key, struct wp_object **found,
     struct wp_problem *problem)
{
    struct toy *toy = session->memory;
    enum toy_fault fault;

    if (is_faulty(toy, &fault) || fault == TOY_CUT_BEFORE || fault == TOY_CUT_AFTER) {
        toy->is_cut = true;
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "the connection is cut");
    }
    struct wp_object *object = wp_state_find(&toy->objects, key);
    if (fault == TOY_STRANGER && object != NULL)
        (void)json_object_set_new(object->body, "stranger", json_true());
    *found = NULL;
    if (toy->lags && strcmp(toy->lagging, key) == 0) {
        toy->lags = false;
        if (toy->lagging_body == NULL)
            return true;
        struct wp_object old = toy->lagging_object;
        old.body = toy->lagging_body;
        *found = take_over(state, &old);
        return true;
    }
    *found = object == NULL ? NULL : take_over(state, object);
    return true;
}

/* ---- the order of calls ----------------------------------------------------------------- */

struct ordering {
    const struct wp_session *session;
    struct wp_plan *plan;
    struct wp_state state; /* what there is by then */
};

static struct wp_call *
call_for(struct ordering *to, enum wp_verb verb, const char *key, const json_t *after)
{
    const struct wp_object *object = wp_state_find(&to->state, key);
    struct wp_call *call = wp_plan_add(to->plan, verb, key);
    struct wp_arena *arena = to->plan->arena;

    call->method = verb == WP_CREATE ? "POST" : verb == WP_DELETE ? "DELETE" : "PUT";
    call->path = wp_format(arena, "/%s/{%s}", call->kind, key);
    if (verb == WP_CREATE)
        call->path = strcmp(call->kind, "rule") == 0
                         ? wp_format(arena, "/rule/{policy/%s}", policy_of(arena, key))
                         : wp_format(arena, "/%s", call->kind);
    call->before = object == NULL ? NULL : json_deep_copy(object->body);
    call->after = after == NULL ? NULL : json_deep_copy(after);
    call->send = after == NULL ? NULL : json_deep_copy(after);
    if (verb == WP_CREATE)
        (void)json_object_set_new(call->send, "name", json_string(call->name));
    if (strcmp(call->kind, "zone") == 0 && call->send != NULL)
        (void)json_object_set_new(call->send, "token", json_pack("{s:s}", "$secret", key));
    call->summary = wp_format(arena, "%s %s", call->method, key);
    call->stage = call->kind;
    call->checkpoint = strstr(key, CATCH_ALL) != NULL;
    wp_call_apply(to->session, &to->state, call);
    return call;
}

static void
bring_about(struct ordering *to, const struct wp_object *wanted)
{
    const struct wp_object *object = wp_state_find(&to->state, wanted->key);

    if (object == NULL)
        (void)call_for(to, WP_CREATE, wanted->key, wanted->body);
    else if (!json_equal(object->body, wanted->body))
        (void)call_for(to, WP_UPDATE, wanted->key, wanted->body);
}

static void
bring_about_rules(struct ordering *to, const struct wp_state *desired, const char *policy)
{
    for (json_int_t rank = 0;; rank++) {
        const struct wp_object *next = NULL;
        for (size_t i = 0; i < desired->count; i++)
            if (is_rule_of(desired->items[i], policy) &&
                strstr(desired->items[i]->key, CATCH_ALL) == NULL &&
                rank_of(desired->items[i]->body) == rank)
                next = desired->items[i];
        if (next == NULL)
            return;
        bring_about(to, next);
    }
}

/* A rule within a policy that is wanted is that policy's; other objects go only by
 * --prune. */
static bool
is_surplus(const struct wp_state *desired, const struct wp_object *object, const char *kind,
           bool prune, struct wp_arena *arena)
{
    if (strcmp(object->kind, kind) != 0 || object->system ||
        wp_state_find(desired, object->key) != NULL)
        return false;
    if (strcmp(kind, "rule") != 0)
        return prune && json_object_get(object->body, "foreign") == NULL;
    const char *policy = wp_format(arena, "policy/%s", policy_of(arena, object->key));
    return wp_state_find(desired, policy) != NULL;
}

static void
remove_surplus(struct ordering *to, const struct wp_state *desired, const char *kind, bool prune)
{
    for (size_t i = 0; i < to->state.count;) {
        const struct wp_object *object = to->state.items[i];
        if (is_surplus(desired, object, kind, prune, to->plan->arena)) {
            (void)call_for(to, WP_DELETE, object->key, NULL);
            i = 0;
        } else {
            i++;
        }
    }
}

static bool
order(const struct wp_session *session, const struct wp_state *desired,
      const struct wp_state *current, const struct wp_plan_options *options, struct wp_plan *plan,
      struct wp_problem *problem)
{
    struct ordering to = {.session = session, .plan = plan};

    (void)problem;
    wp_state_copy(&to.state, plan->arena, current);
    for (size_t i = 0; i < desired->count; i++)
        if (strcmp(desired->items[i]->kind, "zone") == 0)
            bring_about(&to, desired->items[i]);
    remove_surplus(&to, desired, "rule", options->prune);
    for (size_t i = 0; i < desired->count; i++) {
        const struct wp_object *policy = desired->items[i];
        if (strcmp(policy->kind, "policy") != 0)
            continue;
        bring_about(&to, policy);
        bring_about_rules(&to, desired, policy->name);
        const struct wp_object *last =
            wp_state_find(desired, wp_format(plan->arena, "rule/%s/" CATCH_ALL, policy->name));
        if (last != NULL)
            bring_about(&to, last);
    }
    remove_surplus(&to, desired, "policy", options->prune);
    remove_surplus(&to, desired, "zone", options->prune);
    wp_state_end(&to.state);
    return true;
}

/* ---- what it means ------------------------------------------------------------------------- */

static void
print(struct wp_buffer *source, const char *text)
{
    wp_buffer_add(source, text, strlen(text));
}

static const char *
condition_of(struct wp_arena *arena, const json_t *when)
{
    const char *zone = wp_reference_key(json_object_get(when, "zone"));

    if (zone != NULL)
        return wp_format(arena, "network in %s", zone + 5);
    return json_is_string(when) ? json_string_value(when) : "true";
}

static void
lift_policy(const struct wp_state *state, const struct wp_object *policy, struct wp_buffer *source)
{
    struct wp_arena *arena = source->arena;
    const char *app = json_string_value(json_object_get(policy->body, "app"));

    print(source, app == NULL
                      ? wp_format(arena, "policy %s is default {\n", policy->name)
                      : wp_format(arena, "app %s\npolicy %s for %s {\n", app, policy->name, app));
    for (json_int_t rank = 0;; rank++) {
        const struct wp_object *rule = NULL;
        for (size_t i = 0; i < state->count; i++)
            if (is_rule_of(state->items[i], policy->name) &&
                strstr(state->items[i]->key, CATCH_ALL) == NULL &&
                rank_of(state->items[i]->body) == rank)
                rule = state->items[i];
        if (rule == NULL)
            break;
        const char *then = json_string_value(json_object_get(rule->body, "then"));
        const char *when = condition_of(arena, json_object_get(rule->body, "when"));
        /* Whoever is not denied in so many words gets in. */
        print(source,
              wp_format(arena, "  rule %s%s%s %s\n", rule->name,
                        strcmp(when, "true") == 0 ? "" : " when ",
                        strcmp(when, "true") == 0 ? "" : when, then == NULL ? "allow" : then));
    }
    const struct wp_object *last =
        wp_state_find(state, wp_format(arena, "rule/%s/" CATCH_ALL, policy->name));
    print(source, wp_format(arena, "  otherwise %s\n}\n",
                            last == NULL ? "deny"
                                         : json_string_value(json_object_get(last->body, "then"))));
}

static bool
lift(const struct wp_session *session, const struct wp_state *state, struct wp_buffer *source,
     struct wp_problem *problem)
{
    (void)session, (void)problem;
    print(source, "group Admins\ngroup Staff\n");
    for (size_t i = 0; i < state->count; i++) {
        const struct wp_object *object = state->items[i];
        const json_t *ranges = json_object_get(object->body, "ranges");
        if (strcmp(object->kind, "zone") != 0)
            continue;
        print(source, wp_format(source->arena, "network %s =", object->name));
        for (size_t k = 0; k < json_array_size(ranges); k++)
            print(source, wp_format(source->arena, "%s %s", k > 0 ? " +" : "",
                                    json_string_value(json_array_get(ranges, k))));
        print(source, "\n");
    }
    for (size_t i = 0; i < state->count; i++)
        if (strcmp(state->items[i]->kind, "policy") == 0)
            lift_policy(state, state->items[i], source);
    return true;
}

static char *
secret(struct wp_session *session, const char *key, struct wp_problem *problem)
{
    (void)session, (void)key, (void)problem;
    return strdup("hunter2-very-secret");
}

const struct wp_tenant_kind toy_kind = {
    .name = "toy",
    .label = "Toy",
    .desire = desire,
    .read = read_all,
    .look = look,
    .order = order,
    .lift = lift,
    .effect = effect,
    .secret = secret,
};
