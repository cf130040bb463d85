/* Groups and users: of the many that an org has, those that somebody speaks of. */
#include "compiler/emit/okta/okta_read.h"
#include "compiler/facts.h"

#include <string.h>

const char *
wp_okta_escape(struct wp_arena *arena, const char *text)
{
    static const char plain[] = "-._~", digits[] = "0123456789ABCDEF";
    char *escaped = wp_alloc(arena, strlen(text) * 3 + 1), *to = escaped;

    for (; *text; text++) {
        char c = *text;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr(plain, c)) {
            *to++ = c;
        } else {
            *to++ = '%';
            *to++ = digits[c >> 4 & 15];
            *to++ = digits[c & 15];
        }
    }
    return escaped;
}

/* ---- who is spoken of ------------------------------------------------------------------ */

static void
gather_list(const json_t *list, json_t *set)
{
    const json_t *id;
    size_t i;

    json_array_foreach(list, i, id)
    {
        if (json_is_string(id))
            (void)json_object_set_new_nocheck(set, json_string_value(id), json_true());
    }
}

void
wp_okta_gather_people(const json_t *answer, json_t *groups, json_t *users)
{
    const json_t *people = json_object_get(json_object_get(answer, "conditions"), "people");
    const json_t *in = json_object_get(people, "groups"), *who = json_object_get(people, "users");

    gather_list(json_object_get(in, "include"), groups);
    gather_list(json_object_get(in, "exclude"), groups);
    gather_list(json_object_get(who, "include"), users);
    gather_list(json_object_get(who, "exclude"), users);
}

/* The names that the model's groups have in the tenant, as keys of an object. */
static json_t *
groups_of_model(const struct wp_session *session)
{
    json_t *names = json_object();

    for (uint32_t i = 0; session->model && i < session->model->group_count; i++) {
        const struct wp_thing *group = &session->model->groups[i];
        const char *name = group->directory ? group->directory : group->name;
        if (group->declaration && session->tenant)
            name = wp_name_in_tenant(group->declaration, session->tenant, name);
        (void)json_object_set_new_nocheck(names, name, json_true());
    }
    return names;
}

/* ---- groups ------------------------------------------------------------------------------- */

/* Adds a group. Two may have one name (one of a directory, one of Okta): the second
 * is known by name and identifier, and a source that speaks of the name is refused,
 * since nobody can tell which one it means. */
static bool
add_group(struct wp_state *state, const json_t *answer, bool is_wanted, struct wp_problem *problem)
{
    const char *name = wp_okta_name(state->arena, "group", answer);
    const char *id = wp_okta_text(answer, "id");
    const struct wp_object *other;

    if (!name)
        return true;
    other = wp_state_find(state, wp_state_key(state->arena, "group", NULL, name));
    if (other && strcmp(other->id, id) != 0 && is_wanted)
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "the org has two groups called '%s' (%s and %s): rename one there, "
                              "since a policy can only name one of them",
                              name, other->id, id);
    return wp_okta_put_new(state, "group", NULL, answer, 0, problem) != NULL;
}

static bool
read_groups(struct wp_session *session, const struct wp_okta_door *door, struct wp_state *state,
            const json_t *ids, struct wp_problem *problem)
{
    json_t *names = groups_of_model(session), *groups = NULL, *group;
    bool ok = true;
    size_t i;

    if (json_object_size(ids) + json_object_size(names) > 0)
        ok = wp_okta_list(door, "group", "/api/v1/groups?limit=1000", &groups, problem);
    json_array_foreach(groups, i, group)
    {
        const char *name = wp_okta_text(json_object_get(group, "profile"), "name");
        bool is_wanted = json_object_get(names, name) != NULL;
        if (ok && (is_wanted || json_object_get(ids, wp_okta_text(group, "id"))))
            ok = add_group(state, group, is_wanted, problem);
    }
    json_decref(names);
    json_decref(groups);
    return ok;
}

/* ---- users --------------------------------------------------------------------------------- */

enum { USERS_AT_ONCE = 20 };

/* Reads the users that one filter names. */
static bool
read_users(const struct wp_okta_door *door, struct wp_state *state, const char *filter,
           struct wp_problem *problem)
{
    const char *path = wp_format(state->arena, "/api/v1/users?filter=%s&limit=200",
                                 wp_okta_escape(state->arena, filter));
    json_t *users = NULL, *user;
    bool ok = wp_okta_list(door, "user", path, &users, problem);
    size_t i;

    json_array_foreach(users, i, user) ok =
        ok && wp_okta_put_new(state, "user", NULL, user, 0, problem) != NULL;
    json_decref(users);
    return ok;
}

struct filter {
    const struct wp_okta_door *door;
    struct wp_state *state;
    struct wp_problem *problem;
    const char *text;
    unsigned count;
};

static bool
flush(struct filter *filter)
{
    bool ok = filter->count == 0 ||
              read_users(filter->door, filter->state, filter->text, filter->problem);

    filter->count = 0;
    filter->text = "";
    return ok;
}

/* A quote or a backslash would end the literal: no login has one. */
static bool
ask_for(struct filter *filter, const char *field, const char *value)
{
    if (strpbrk(value, "\"\\"))
        return true;
    filter->text = wp_format(filter->state->arena, "%s%s%s eq \"%s\"", filter->text,
                             filter->count ? " or " : "", field, value);
    return ++filter->count < USERS_AT_ONCE || flush(filter);
}

static bool
read_all_users(struct wp_session *session, const struct wp_okta_door *door, struct wp_state *state,
               const json_t *ids, struct wp_problem *problem)
{
    struct filter filter = {door, state, problem, "", 0};
    const json_t *value;
    const char *id;
    bool ok = true;

    json_object_foreach((json_t *)ids, id, value) ok = ok && ask_for(&filter, "id", id);
    ok = ok && flush(&filter);
    for (uint32_t i = 0; ok && session->model && i < session->model->user_count; i++)
        ok = ask_for(&filter, "profile.login", session->model->users[i]);
    return ok && flush(&filter);
}

bool
wp_okta_read_people(struct wp_session *session, const struct wp_okta_door *door,
                    struct wp_state *state, const json_t *groups, const json_t *users,
                    struct wp_problem *problem)
{
    return read_groups(session, door, state, groups, problem) &&
           read_all_users(session, door, state, users, problem);
}
