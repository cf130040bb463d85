/* People that differ, for a person and for programs. */
#include "compiler/cli/sync_text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compiler/emit/problem.h"
#include "compiler/serve/mask.h"

#define NAME_ROOM 512

static const char *const key_names[] = {"name", "mail", "id", "employee"};
static const char *const key_labels[] = {"name", "mail address", "identifier", "employee number"};

/* A name as it is shown: masked, or with what a terminal must not get escaped. */
static const char *
shown(const struct wp_sync_text *text, struct woapol_text value, char name[NAME_ROOM])
{
    if (text->hides)
        wp_mask_user(text->key, value, name);
    else
        wp_problem_escape(name, NAME_ROOM, value.text, value.length);
    return name;
}

static const char *
shown_name(const struct wp_sync_text *text, const struct wp_sync_person *person,
           char name[NAME_ROOM])
{
    return shown(text, person->name, name);
}

static bool
has_export(const struct wp_sync_text *text, int directory)
{
    return wp_sync_side(text->sync, (enum wp_directory)directory)->people != NULL;
}

/* "Access and UEM". */
static void
print_directories(const struct wp_sync_text *text, unsigned mask, const char *between)
{
    bool goes_on = false;

    for (int d = 0; d < WP_DIRECTORIES; d++) {
        if (!(mask >> d & 1) || !has_export(text, d))
            continue;
        (void)printf("%s%s", goes_on ? between : "", wp_directory_label((enum wp_directory)d));
        goes_on = true;
    }
}

/* ---- for a person ------------------------------------------------------------------ */

static void
print_effect(const struct wp_sync_text *text, const struct wp_sync_effect *effect)
{
    unsigned deciders = wp_sync_deciders(text->sync, effect->policy);

    (void)printf("  policy %s", text->model->policies[effect->policy].name);
    if (deciders != 0) {
        (void)printf(", which ");
        for (int d = 0, goes_on = 0; d < WP_DIRECTORIES; d++) {
            if (!(deciders >> d & 1))
                continue;
            (void)printf("%s%s", goes_on ? " and " : "", wp_directory_label((enum wp_directory)d));
            goes_on = 1;
        }
        (void)printf(" %s", (deciders & (deciders - 1)) != 0 ? "decide" : "decides");
    }
    (void)printf("\n");
    for (int i = 0; i < 2; i++)
        (void)printf("    with the groups of %-6s  %s by '%s'\n",
                     wp_directory_label(effect->sides[i]), effect->decisions[i],
                     effect->rules[i] == NULL ? "otherwise" : effect->rules[i]);
    (void)printf("    such as %s\n", effect->request);
}

static bool
is_same_name(struct woapol_text a, struct woapol_text b)
{
    return a.length == b.length && strncasecmp(a.text, b.text, a.length) == 0;
}

/* Who was taken for whom. */
static void
print_key(const struct wp_sync_text *text, const struct wp_sync_person *person)
{
    enum wp_person_key key = wp_sync_key(text->sync);
    char name[NAME_ROOM];

    if (key != WP_KEY_NAME)
        (void)printf("  %s %s\n", key_labels[key], shown(text, person->key, name));
    for (int d = 0; d < WP_DIRECTORIES; d++)
        if (person->names[d].text != NULL && !is_same_name(person->names[d], person->name))
            (void)printf("  is called %s in %s\n", shown(text, person->names[d], name),
                         wp_directory_label((enum wp_directory)d));
    for (int d = 0; d < WP_DIRECTORIES; d++)
        if (person->doubles >> d & 1)
            (void)printf("  shares the %s with somebody else in %s: nothing is sure\n",
                         key_labels[key], wp_directory_label((enum wp_directory)d));
}

void
wp_sync_print_person(const struct wp_sync_text *text, const struct wp_sync_person *person)
{
    char name[NAME_ROOM];

    (void)printf("%s\n", shown_name(text, person, name));
    print_key(text, person);
    for (int d = 0; d < WP_DIRECTORIES; d++)
        if (has_export(text, d) && !(person->present >> d & 1))
            (void)printf("  is not in %s\n", wp_directory_label((enum wp_directory)d));
    for (uint32_t i = 0; i < person->group_count; i++) {
        (void)printf("  group %s: in ", text->model->groups[person->groups[i]].name);
        print_directories(text, person->in[i], " and ");
        (void)printf(", not in ");
        print_directories(text, person->present & ~person->in[i], " or ");
        (void)printf("\n");
    }
    if (person->is_cut)
        (void)printf("  is in more groups than are compared: nothing is sure\n");
    for (uint32_t i = 0; i < person->effect_count; i++)
        print_effect(text, &person->effects[i]);
    if (person->is_undecided)
        (void)printf("  undecided within the budget: there may be more policies\n");
    (void)printf("\n");
}

static void
print_lacking(const struct wp_sync_text *text)
{
    for (int d = 0; d < WP_DIRECTORIES; d++)
        for (uint32_t g = 0; g < text->model->group_count; g++)
            if (wp_sync_lacks(text->sync, (enum wp_directory)d, g))
                (void)printf("group %s: nobody has it in %s, where it is called \"%s\"\n",
                             text->model->groups[g].name, wp_directory_label((enum wp_directory)d),
                             wp_sync_side(text->sync, (enum wp_directory)d)->called[g]);
}

void
wp_sync_print_end(const struct wp_sync_text *text, size_t limit)
{
    const struct wp_sync_totals *totals = wp_sync_totals(text->sync);

    if (limit > 0 && totals->differing > limit)
        (void)printf("and %zu more people: --all shows them\n\n", totals->differing - limit);
    print_lacking(text);
    for (int d = 0; d < WP_DIRECTORIES; d++) {
        size_t keyless = wp_sync_side(text->sync, (enum wp_directory)d)->keyless;
        if (keyless > 0)
            (void)printf("%zu in %s without %s %s: held against nobody\n", keyless,
                         wp_directory_label((enum wp_directory)d),
                         wp_sync_key(text->sync) == WP_KEY_MAIL ? "a" : "an",
                         key_labels[wp_sync_key(text->sync)]);
    }
    for (int d = 0; d < WP_DIRECTORIES; d++)
        if (has_export(text, d))
            (void)printf("%zu in %s, ", wp_sync_side(text->sync, (enum wp_directory)d)->users,
                         wp_directory_label((enum wp_directory)d));
    (void)printf("%zu %s in all: %zu differ%s, %zu decided otherwise for it\n", totals->people,
                 totals->people == 1 ? "person" : "people", totals->differing,
                 totals->differing == 1 ? "s" : "", totals->decided_otherwise);
    if (wp_sync_key(text->sync) != WP_KEY_NAME)
        (void)printf("joined by %s\n", key_labels[wp_sync_key(text->sync)]);
}

/* ---- for programs ----------------------------------------------------------------------- */

static json_t *
list_directories(const struct wp_sync_text *text, unsigned mask, bool exported)
{
    json_t *list = json_array();

    for (int d = 0; d < WP_DIRECTORIES; d++)
        if ((mask >> d & 1) && (!exported || has_export(text, d)))
            (void)json_array_append_new(list, json_string(wp_directory_kind((enum wp_directory)d)));
    return list;
}

static void
write_json(json_t *value)
{
    char *line = json_dumps(value, JSON_COMPACT);

    (void)fputs(line == NULL ? "null" : line, stdout);
    free(line);
    json_decref(value);
}

static json_t *
side_json(const struct wp_sync_effect *effect, int side)
{
    return json_pack("{s:s, s:s?, s:s}", "directory", wp_directory_kind(effect->sides[side]),
                     "rule", effect->rules[side], "decision", effect->decisions[side]);
}

static json_t *
effect_json(const struct wp_sync_text *text, const struct wp_sync_effect *effect)
{
    return json_pack("{s:s, s:o, s:o, s:[o, o]}", "policy",
                     text->model->policies[effect->policy].name, "decided_by",
                     list_directories(text, wp_sync_deciders(text->sync, effect->policy), false),
                     "request", json_loads(effect->request, 0, NULL), "sides", side_json(effect, 0),
                     side_json(effect, 1));
}

static json_t *
names_json(const struct wp_sync_text *text, const struct wp_sync_person *person)
{
    json_t *names = json_object();
    char name[NAME_ROOM];

    for (int d = 0; d < WP_DIRECTORIES; d++)
        if (person->names[d].text != NULL)
            (void)json_object_set_new(names, wp_directory_kind((enum wp_directory)d),
                                      json_string(shown(text, person->names[d], name)));
    return names;
}

void
wp_sync_json_begin(const struct wp_sync_text *text)
{
    json_t *directories = json_array();

    for (int d = 0; d < WP_DIRECTORIES; d++)
        if (has_export(text, d))
            (void)json_array_append_new(
                directories,
                json_pack("{s:s, s:I}", "directory", wp_directory_kind((enum wp_directory)d),
                          "users",
                          (json_int_t)wp_sync_side(text->sync, (enum wp_directory)d)->users));
    (void)printf("{\"joined_by\":\"%s\",\n \"directories\":", key_names[wp_sync_key(text->sync)]);
    write_json(directories);
    (void)printf(",\n \"people\":[");
}

void
wp_sync_json_person(struct wp_sync_text *text, const struct wp_sync_person *person)
{
    char name[NAME_ROOM];
    json_t *groups = json_array(), *decisions = json_array();
    unsigned absent = ~person->present;

    for (uint32_t i = 0; i < person->group_count; i++)
        (void)json_array_append_new(
            groups,
            json_pack("{s:s, s:o, s:o}", "group", text->model->groups[person->groups[i]].name, "in",
                      list_directories(text, person->in[i], true), "not_in",
                      list_directories(text, person->present & ~person->in[i], true)));
    for (uint32_t i = 0; i < person->effect_count; i++)
        (void)json_array_append_new(decisions, effect_json(text, &person->effects[i]));
    (void)printf("%s\n  ", text->goes_on ? "," : "");
    text->goes_on = true;
    write_json(json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "user", shown_name(text, person, name), "names",
        names_json(text, person), "shared_key", list_directories(text, person->doubles, true),
        "missing", list_directories(text, absent, true), "groups", groups, "decisions", decisions,
        "undecided", (int)person->is_undecided, "cut", (int)person->is_cut));
}

void
wp_sync_json_end(const struct wp_sync_text *text)
{
    const struct wp_sync_totals *totals = wp_sync_totals(text->sync);
    json_t *lacking = json_array();

    for (int d = 0; d < WP_DIRECTORIES; d++)
        for (uint32_t g = 0; g < text->model->group_count; g++)
            if (wp_sync_lacks(text->sync, (enum wp_directory)d, g))
                (void)json_array_append_new(
                    lacking,
                    json_pack("{s:s, s:s, s:s}", "group", text->model->groups[g].name, "directory",
                              wp_directory_kind((enum wp_directory)d), "called",
                              wp_sync_side(text->sync, (enum wp_directory)d)->called[g]));
    (void)printf("%s],\n \"groups\":", text->goes_on ? "\n " : "");
    write_json(lacking);
    (void)printf(",\n \"people_in_all\":%zu,\"differing\":%zu,\"decided_otherwise\":%zu,"
                 "\"undecided\":%zu,\"without_key\":%zu}\n",
                 totals->people, totals->differing, totals->decided_otherwise, totals->undecided,
                 totals->keyless);
}

bool
wp_sync_differs(const struct wp_sync_text *text)
{
    return wp_sync_totals(text->sync)->differing > 0 || wp_sync_totals(text->sync)->keyless > 0;
}
