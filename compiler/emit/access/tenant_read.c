/* tenant.h's read and look for Access. */
#include "compiler/emit/access/read.h"

#include <string.h>

/* What the source demands, to know which groups, apps and clients to ask for. Its
 * findings are somebody else's matter. */
static void
wanted_of(const struct wp_session *session, struct wp_state *wanted)
{
    const struct wp_plan_options options = {.allow_narrowing = true};
    struct wp_diagnostics diagnostics;

    wp_state_init(wanted, session->arena);
    if (!session->model || !session->tenant)
        return;
    wp_diagnostics_init(&diagnostics, session->arena, session->model->sources);
    (void)wp_access_desire(session, &options, wanted, &diagnostics);
}

/* The older interface answers 404 where only the newer one is there. */
static bool
find_generation(struct wp_access_reader *reader)
{
    const json_t *list = wp_access_at(reader->profile.root, "policy.list");
    json_t *json;

    if (reader->memory->generation || strcmp(reader->profile.name, "jersey") != 0)
        return true;
    if (!wp_access_get(reader, wp_access_text_at(list, "path", ""),
                       wp_access_text_at(list, "media", NULL), &json))
        return false;
    reader->memory->generation = json ? "jersey" : "acs";
    json_decref(json);
    wp_access_reader_close(reader);
    return wp_access_profile_open(reader->session, &reader->profile, reader->problem);
}

static bool
read_wanted(struct wp_access_reader *reader, const struct wp_state *wanted, const char *kind,
            bool (*read)(struct wp_access_reader *reader, const char *name))
{
    for (size_t i = 0; i < wanted->count; i++) {
        if (strcmp(wanted->items[i]->kind, kind) == 0 && !read(reader, wanted->items[i]->name))
            return false;
    }
    return true;
}

/* Apps bound to a policy that woapol keeps are read whole, so that they can leave it. */
static bool
read_bound_apps(struct wp_access_reader *reader)
{
    for (size_t i = 0; i < reader->state->count; i++) {
        const struct wp_object *object = reader->state->items[i], *policy;
        const char *key;
        if (strcmp(object->kind, "binding") != 0 || object->original)
            continue;
        key = wp_reference_key(json_object_get(object->body, "policy"));
        policy = key ? wp_state_find(reader->state, key) : NULL;
        if (!policy || !policy->original ||
            !wp_access_is_ours(&reader->profile, "policy", policy->original))
            continue;
        if (!wp_access_read_app(reader, object->name))
            return false;
    }
    return true;
}

static bool
read_all(struct wp_access_reader *reader, const struct wp_state *wanted)
{
    bool without_source = reader->session->model == NULL;

    return find_generation(reader) && wp_access_read_ranges(reader, NULL) &&
           wp_access_read_methods(reader) && wp_access_read_idps(reader) &&
           read_wanted(reader, wanted, "group", wp_access_find_group) &&
           wp_access_read_policies(reader, NULL) && wp_access_read_apps(reader) &&
           read_wanted(reader, wanted, "app", wp_access_read_app) && read_bound_apps(reader) &&
           read_wanted(reader, wanted, "client", wp_access_read_client) &&
           (!without_source || wp_access_read_clients(reader));
}

bool
wp_access_read(struct wp_session *session, struct wp_state *state, struct wp_problem *problem)
{
    struct wp_access_reader reader;
    struct wp_state wanted;
    bool right;

    if (!wp_access_reader_open(&reader, session, state, problem))
        return false;
    wanted_of(session, &wanted);
    right = read_all(&reader, &wanted);
    wp_state_end(&wanted);
    wp_access_reader_close(&reader);
    return right;
}

static bool
look_at(struct wp_access_reader *reader, const char *kind, const char *name)
{
    if (strcmp(kind, "range") == 0)
        return wp_access_read_ranges(reader, strcmp(name, WP_ACCESS_ALL_RANGES) ? name : NULL);
    if (strcmp(kind, "policy") == 0)
        return wp_access_read_policies(reader, name);
    if (strcmp(kind, "binding") == 0)
        return wp_access_read_app(reader, name);
    if (strcmp(kind, "client") == 0)
        return wp_access_read_client(reader, name);
    return true;
}

/* The name within a key: state.h writes four characters of it otherwise. */
static const char *
name_in_key(struct wp_arena *arena, const char *key)
{
    const char *slash = strchr(key, '/'), *from = slash ? slash + 1 : key;
    char *name = wp_alloc(arena, strlen(from) + 1), *to = name;

    while (*from) {
        static const char *const codes[] = {"%2F", "%25", "%7B", "%7D"};
        size_t i = 0;
        while (i < 4 && strncmp(from, codes[i], 3) != 0)
            i++;
        *to++ = i < 4 ? "/%{}"[i] : *from;
        from += i < 4 ? 3 : 1;
    }
    return name;
}

bool
wp_access_look(struct wp_session *session, struct wp_state *state, const char *key,
               struct wp_object **found, struct wp_problem *problem)
{
    struct wp_access_reader reader;
    bool right;

    if (!wp_access_reader_open(&reader, session, state, problem))
        return false;
    right = look_at(&reader, wp_copy_text(session->arena, key, strcspn(key, "/")),
                    name_in_key(session->arena, key));
    if (right && reader.taken == 0 && strncmp(key, "client/", 7) != 0)
        wp_state_remove(state, key);
    *found = right ? wp_state_find(state, key) : NULL;
    wp_access_reader_close(&reader);
    return right;
}
