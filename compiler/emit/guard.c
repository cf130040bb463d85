/* Asking of every state on the way who can still get in. */
#include "compiler/emit/guard.h"

#include <string.h>

#include "compiler/analysis/prove.h"
#include "compiler/emit/compare.h"
#include "compiler/emit/plan_file.h"
#include "compiler/facts.h"

/* ---- whom to keep ------------------------------------------------------------------- */

static void
add(struct wp_guarded_list *list, struct wp_arena *arena, struct wp_guarded guarded)
{
    struct wp_guarded *larger = wp_alloc_array(arena, list->count + 1, sizeof *larger);

    if (list->count > 0)
        memcpy(larger, list->items, list->count * sizeof *larger);
    larger[list->count++] = guarded;
    list->items = larger;
}

static const char *const *
one_name(struct wp_arena *arena, const char *name)
{
    const char **names = wp_alloc_array(arena, 2, sizeof *names);
    names[0] = name;
    return names;
}

static bool
is_group(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->group_count; i++)
        if (strcmp(model->groups[i].name, name) == 0)
            return true;
    return false;
}

/* The items of a list, or the one value that stands in place of one. */
static const struct wp_value *
first_item(const struct wp_attribute *attribute)
{
    if (attribute == NULL)
        return NULL;
    return attribute->value->kind == WP_VALUE_LIST ? attribute->value->items : attribute->value;
}

static bool
list_declared(struct wp_guarded_list *list, struct wp_arena *arena,
              const struct wp_session *session, struct wp_problem *problem)
{
    static const char *const nobody[] = {NULL};
    const struct wp_attribute *attributes = session->tenant->attributes;

    for (const struct wp_value *item = first_item(wp_attribute_find(attributes, "breakglass"));
         item != NULL; item = item->next) {
        if (item->text == NULL || !is_group(session->model, item->text))
            return wp_problem_set(
                problem, WP_PROBLEM_USAGE, "tenant %s: 'breakglass' names '%s', which is no group",
                session->tenant->name->text, item->text == NULL ? "" : item->text);
        add(list, arena,
            (struct wp_guarded){.label = wp_format(arena, "break-glass group %s", item->text),
                                .groups = one_name(arena, item->text)});
    }
    for (const struct wp_value *item =
             first_item(wp_attribute_find(attributes, "breakglass_users"));
         item != NULL && item->text != NULL; item = item->next)
        add(list, arena,
            (struct wp_guarded){.label = wp_format(arena, "break-glass user %s", item->text),
                                .user = item->text,
                                .groups = nobody});
    return true;
}

bool
wp_guard_list(struct wp_guarded_list *list, struct wp_arena *arena, struct wp_session *session,
              struct wp_problem *problem)
{
    const char *user = NULL;
    const char *const *groups = NULL;

    *list = (struct wp_guarded_list){0};
    if (session->tenant != NULL && session->model != NULL &&
        !list_declared(list, arena, session, problem))
        return false;
    if (session->kind->identity == NULL)
        return true;
    if (!session->kind->identity(session, &user, &groups, problem))
        return false;
    if (user != NULL)
        add(list, arena,
            (struct wp_guarded){.label = wp_format(arena, "%s, who is at work here", user),
                                .user = user,
                                .groups = groups,
                                .is_at_work = true});
    return true;
}

/* ---- asking one state ------------------------------------------------------------------ */

/* One app of the state that the plan starts from; NULL: any that has no name. */
struct door {
    const char *app;
    bool *open; /* by person and mode: could get in at the start */
};

struct guard {
    const struct wp_guarded_list *list;
    const struct wp_session *session;
    struct wp_arena *arena;
    struct door *doors;
    size_t door_count;
};

enum mode { JUST_THESE, THESE_AND_OTHERS, MODES };

static struct wp_test *
test_of(struct wp_arena *arena, enum wp_test_kind kind, const uint32_t *ids, uint32_t count,
        bool others)
{
    struct wp_test *test = wp_alloc(arena, sizeof *test);
    *test = (struct wp_test){.kind = kind, .ids = {ids, count}, .others = others};
    return test;
}

static struct wp_test *
one_id(struct wp_arena *arena, enum wp_test_kind kind, uint32_t id)
{
    uint32_t *ids = wp_alloc(arena, sizeof *ids);
    *ids = id;
    return test_of(arena, kind, ids, 1, false);
}

static uint32_t
find_app(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 0; name != NULL && i < model->app_count; i++)
        if (strcmp(model->apps[i].name, name) == 0)
            return i;
    return WP_NONE;
}

static bool
is_named(const struct wp_thing *group, const char *name)
{
    return strcmp(group->name, name) == 0 ||
           (group->directory != NULL && strcmp(group->directory, name) == 0);
}

static bool
is_member(const struct wp_guarded *guarded, const struct wp_thing *group)
{
    for (const char *const *name = guarded->groups; *name != NULL; name++)
        if (is_named(group, *name))
            return true;
    return false;
}

/* The requests of the person at the app: groups and user and app, all else open. */
static const struct wp_test *
situation(struct wp_arena *arena, const struct wp_model *model, const struct wp_guarded *guarded,
          const char *app, enum mode mode)
{
    struct wp_test *all = wp_alloc(arena, sizeof *all);
    struct wp_test **parts = wp_alloc_array(arena, (size_t)model->group_count + 3, sizeof *parts);
    uint32_t *others = wp_alloc_array(arena, (size_t)model->group_count + 1, sizeof *others);
    uint32_t count = 0, other_count = 0, number = find_app(model, app);

    parts[count++] = number == WP_NONE ? test_of(arena, WP_TEST_APP, NULL, 0, true)
                                       : one_id(arena, WP_TEST_APP, number);
    for (number = 0; guarded->user != NULL && number < model->user_count; number++)
        if (strcmp(model->users[number], guarded->user) == 0)
            break;
    if (guarded->user != NULL)
        parts[count++] = number == model->user_count ? test_of(arena, WP_TEST_USER, NULL, 0, true)
                                                     : one_id(arena, WP_TEST_USER, number);
    for (uint32_t i = 0; i < model->group_count; i++) {
        if (is_member(guarded, &model->groups[i]))
            parts[count++] = one_id(arena, WP_TEST_GROUP, i);
        else
            others[other_count++] = i;
    }
    if (mode == JUST_THESE && other_count > 0) {
        struct wp_test *not = wp_alloc(arena, sizeof *not );
        *not = (struct wp_test){.kind = WP_TEST_NOT,
                                .parts = wp_alloc(arena, sizeof(struct wp_test *)),
                                .part_count = 1};
        not ->parts[0] = test_of(arena, WP_TEST_GROUP, others, other_count, false);
        parts[count++] = not ;
    }
    *all = (struct wp_test){.kind = WP_TEST_AND, .parts = parts, .part_count = count};
    return count == 1 ? parts[0] : all;
}

static enum wp_answer
may_enter(struct wp_prover *prover, const char *app, const struct wp_test *situation)
{
    const struct wp_model *model = prover->model;
    uint32_t number = find_app(model, app), policy = model->default_policy;
    enum wp_answer worst = WP_ANSWER_NO;

    if (number != WP_NONE && model->app_policy[number] != WP_NONE)
        policy = model->app_policy[number];
    if (policy == WP_NONE)
        return WP_ANSWER_NO;
    const struct wp_view *view = wp_prover_view(prover, policy);
    for (uint32_t i = 0; i <= view->policy->rule_count; i++) {
        struct wp_wanted wanted[2] = {{situation, false}};
        struct wp_avoided avoided = {view->index, 0, i, NULL};
        struct wp_question question = {wanted, 1, &avoided, 1, &view->apps, &view->traits};
        if ((i < view->policy->rule_count && view->policy->rules[i].report) ||
            wp_policy_decision(view->policy, i)->effect == WP_DENY)
            continue;
        if (i < view->policy->rule_count)
            wanted[question.wanted_count++] = wp_view_wanted(view, i);
        enum wp_answer answer = wp_ask(prover->asker, &question, NULL);
        if (answer == WP_ANSWER_YES)
            return answer;
        worst = answer == WP_ANSWER_UNDECIDED ? answer : worst;
    }
    return worst;
}

/* ---- walking --------------------------------------------------------------------------- */

static bool *
open_at(const struct door *door, size_t person, enum mode mode)
{
    return &door->open[person * MODES + mode];
}

static void
note_doors(struct guard *guard, const struct wp_model *model)
{
    struct wp_prover prover;

    wp_prover_init(&prover, guard->arena, model, NULL);
    guard->door_count = (size_t)model->app_count + 1;
    guard->doors = wp_alloc_array(guard->arena, guard->door_count, sizeof *guard->doors);
    for (size_t d = 0; d < guard->door_count; d++) {
        struct door *door = &guard->doors[d];
        door->app = d < model->app_count ? wp_copy_text(guard->arena, model->apps[d].name,
                                                        strlen(model->apps[d].name))
                                         : NULL;
        door->open = wp_alloc_array(guard->arena, guard->list->count * MODES + 1, sizeof(bool));
        for (size_t p = 0; p < guard->list->count; p++)
            for (int m = 0; m < MODES; m++)
                *open_at(door, p, (enum mode)m) =
                    may_enter(&prover, door->app,
                              situation(guard->arena, model, &guard->list->items[p], door->app,
                                        (enum mode)m)) == WP_ANSWER_YES;
    }
}

static bool
refuse(const struct guard *guard, const struct door *door, size_t person, enum mode mode,
       enum wp_answer answer, const char *step, struct wp_problem *problem)
{
    const char *where = door->app == NULL ? "apps that no policy names" : door->app;

    return wp_problem_set(
        problem, WP_PROBLEM_REFUSED,
        "%s%s can get into %s now, and %s after %s; change the policy, or say --allow-lockout if "
        "that is meant",
        guard->list->items[person].label,
        mode == JUST_THESE                      ? ", in no other group,"
        : guard->list->items[person].is_at_work ? ","
                                                : "",
        where,
        answer == WP_ANSWER_NO ? "would be denied from everywhere"
                               : "it cannot be told whether that holds",
        step);
}

static bool
check_state(struct guard *guard, const struct wp_model *model, const char *step,
            struct wp_problem *problem)
{
    struct wp_prover prover;
    struct wp_arena *arena = model->arena;

    wp_prover_init(&prover, arena, model, NULL);
    for (size_t d = 0; d < guard->door_count; d++) {
        const struct door *door = &guard->doors[d];
        for (size_t p = 0; p < guard->list->count; p++)
            for (int m = 0; m < MODES; m++) {
                enum mode mode = (enum mode)m;
                if (!*open_at(door, p, mode))
                    continue;
                enum wp_answer answer =
                    may_enter(&prover, door->app,
                              situation(arena, model, &guard->list->items[p], door->app, mode));
                if (answer != WP_ANSWER_YES)
                    return refuse(guard, door, p, mode, answer, step, problem);
            }
    }
    return true;
}

/* What a state decides, in an arena of its own: there are many. `last` is the digest
 * of what the state before decided, which is not looked at twice. */
static bool
check_step(struct guard *guard, const struct wp_state *state, char last[65], const char *step,
           struct wp_problem *problem)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_meaning meaning = {0};
    char digits[65];

    if (arena == NULL)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
    bool right = wp_meaning_lift(&meaning, arena, guard->session, state, problem);
    if (right)
        wp_digest_bytes(meaning.source, meaning.length, digits);
    if (right && strcmp(digits, last) != 0) {
        bool first = last[0] == '\0';
        memcpy(last, digits, sizeof digits);
        right = wp_meaning_compile(&meaning, problem);
        if (right && first)
            note_doors(guard, meaning.compilation.model);
        else if (right)
            right = check_state(guard, meaning.compilation.model, step, problem);
    }
    wp_meaning_end(&meaning);
    wp_arena_free(arena);
    return right;
}

bool
wp_guard_check(const struct wp_guarded_list *list, const struct wp_plan *plan,
               const struct wp_session *session, const struct wp_state *current,
               struct wp_problem *problem)
{
    struct guard guard = {.list = list, .session = session};
    struct wp_state state;
    char last[65] = "";

    if (list->count == 0 || plan->count == 0)
        return true;
    guard.arena = wp_arena_new(NULL, NULL);
    if (guard.arena == NULL)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
    wp_state_copy(&state, guard.arena, current);
    bool right = check_step(&guard, &state, last, "the start", problem);
    for (size_t i = 0; i < plan->count && right; i++) {
        wp_call_apply(session, &state, &plan->calls[i]);
        right = check_step(&guard, &state, last,
                           wp_format(guard.arena, "step %zu of %zu (%s)", i + 1, plan->count,
                                     wp_key_label(guard.arena, plan->calls[i].key)),
                           problem);
    }
    wp_state_end(&state);
    wp_arena_free(guard.arena);
    return right;
}
