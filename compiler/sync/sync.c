/* Exports joined by people's names or another key, groups by what each directory calls them. */
#include "compiler/sync/sync.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compiler/emit/decides.h"
#include "compiler/facts.h"
#include "compiler/sync/effect.h"

struct wp_sync {
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_effects *effects;
    struct wp_sync_side sides[WP_DIRECTORIES];
    const struct wp_declaration *tenants[WP_DIRECTORIES];
    struct wp_sync_totals totals;
    unsigned *deciders; /* by policy */
    enum wp_person_key key;
    enum wp_directory at;
    size_t next; /* of that export */
    /* the person at hand */
    struct wp_sync_person person;
    bool *has[WP_DIRECTORIES]; /* by group */
    uint32_t *groups;
    unsigned *in;
    struct wp_sync_effect *found;
};

const char *
wp_directory_kind(enum wp_directory directory)
{
    static const char *const kinds[] = {"access", "okta", "uem"};
    return kinds[directory];
}

const char *
wp_directory_label(enum wp_directory directory)
{
    static const char *const labels[] = {"Access", "Okta", "UEM"};
    return labels[directory];
}

/* ---- the source ------------------------------------------------------------------------- */

/* The first tenant of each kind says what groups are called there. */
static void
find_tenants(struct wp_sync *sync)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;

    while ((tenant = wp_declaration_next(sync->model, WP_DECL_TENANT, &walk)) != NULL)
        for (int d = 0; d < WP_DIRECTORIES; d++) {
            if (strcmp(wp_tenant_kind(tenant), wp_directory_kind((enum wp_directory)d)) != 0)
                continue;
            if (sync->tenants[d] == NULL)
                sync->tenants[d] = tenant;
            for (uint32_t p = 0; d != WP_DIRECTORY_UEM && p < sync->model->policy_count; p++)
                if (wp_tenant_decides(tenant, &sync->model->policies[p]))
                    sync->deciders[p] |= 1u << d;
        }
}

static const char *
name_in(const struct wp_sync *sync, enum wp_directory directory, const struct wp_thing *group)
{
    const char *name = group->directory != NULL ? group->directory : group->name;

    if (group->declaration == NULL)
        return name;
    if (sync->tenants[directory] != NULL)
        return wp_name_in_tenant(group->declaration, sync->tenants[directory], name);
    return wp_attribute_text(group->declaration->attributes, wp_directory_kind(directory), name);
}

static int
compare_names(const void *a, const void *b)
{
    const struct wp_group_name *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->group > y->group) - (x->group < y->group);
}

static void
name_groups(struct wp_sync *sync, enum wp_directory directory)
{
    const struct wp_model *model = sync->model;
    struct wp_sync_side *side = &sync->sides[directory];
    struct wp_group_name *names =
        wp_alloc_array(sync->arena, (size_t)model->group_count + 1, sizeof *names);

    side->called = wp_alloc_array(sync->arena, (size_t)model->group_count + 1, sizeof(char *));
    side->members =
        wp_alloc_array(sync->arena, (size_t)model->group_count + 1, sizeof *side->members);
    for (uint32_t i = 0; i < model->group_count; i++) {
        side->called[i] = name_in(sync, directory, &model->groups[i]);
        names[i] = (struct wp_group_name){side->called[i], i};
    }
    if (model->group_count > 1)
        qsort(names, model->group_count, sizeof *names, compare_names);
    side->names = names;
}

struct wp_sync *
wp_sync_new(struct wp_arena *arena, const struct wp_model *model,
            const struct wp_analysis_options *options)
{
    struct wp_sync *sync = wp_alloc(arena, sizeof *sync);
    size_t groups = (size_t)model->group_count + 1, policies = (size_t)model->policy_count + 1;

    *sync = (struct wp_sync){.arena = arena, .model = model};
    sync->effects = wp_effects_new(arena, model, options);
    sync->deciders = wp_alloc_array(arena, policies, sizeof *sync->deciders);
    sync->groups = wp_alloc_array(arena, groups, sizeof *sync->groups);
    sync->in = wp_alloc_array(arena, groups, sizeof *sync->in);
    sync->found = wp_alloc_array(arena, policies, sizeof *sync->found);
    find_tenants(sync);
    for (int d = 0; d < WP_DIRECTORIES; d++) {
        sync->has[d] = wp_alloc_array(arena, groups, sizeof(bool));
        name_groups(sync, (enum wp_directory)d);
    }
    return sync;
}

void
wp_sync_set(struct wp_sync *sync, enum wp_directory directory, struct wp_people *people)
{
    sync->sides[directory].people = people;
    sync->sides[directory].users = wp_people_count(people);
}

void
wp_sync_join(struct wp_sync *sync, enum wp_person_key key)
{
    sync->key = key;
}

enum wp_person_key
wp_sync_key(const struct wp_sync *sync)
{
    return sync->key;
}

const struct wp_sync_side *
wp_sync_side(const struct wp_sync *sync, enum wp_directory directory)
{
    return &sync->sides[directory];
}

const struct wp_sync_totals *
wp_sync_totals(const struct wp_sync *sync)
{
    return &sync->totals;
}

unsigned
wp_sync_deciders(const struct wp_sync *sync, uint32_t policy)
{
    return sync->deciders[policy];
}

bool
wp_sync_lacks(const struct wp_sync *sync, enum wp_directory directory, uint32_t group)
{
    if (sync->sides[directory].people == NULL || sync->sides[directory].members[group] > 0)
        return false;
    for (int d = 0; d < WP_DIRECTORIES; d++)
        if (sync->sides[d].people != NULL && sync->sides[d].members[group] > 0)
            return true;
    return false;
}

/* ---- one person ------------------------------------------------------------------------------ */

static int
compare_text(const struct woapol_text *text, const char *name)
{
    size_t length = strlen(name), shorter = text->length < length ? text->length : length;
    int order = memcmp(text->text, name, shorter);

    return order != 0 ? order : (text->length > length) - (text->length < length);
}

/* Marks every group of the source that is called so there. */
static void
mark_group(struct wp_sync *sync, enum wp_directory directory, const struct woapol_text *name)
{
    const struct wp_sync_side *side = &sync->sides[directory];
    uint32_t low = 0, high = sync->model->group_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_text(name, side->names[middle].name) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < sync->model->group_count && compare_text(name, side->names[low].name) == 0; low++)
        sync->has[directory][side->names[low].group] = true;
}

static void
read_person(struct wp_sync *sync)
{
    struct wp_sync_person *person = &sync->person;

    person->present = person->doubles = 0;
    person->is_cut = false;
    for (int d = 0; d < WP_DIRECTORIES; d++) {
        const struct wp_sync_side *side = &sync->sides[d];
        bool is_double = false;
        const struct wp_person *known =
            side->people == NULL
                ? NULL
                : wp_people_find_by(side->people, sync->key, person->key, &is_double);
        person->doubles |= (unsigned)is_double << d;
        person->names[d] =
            known == NULL ? (struct woapol_text){NULL, 0} : wp_person_key(known, WP_KEY_NAME);
        memset(sync->has[d], 0, sync->model->group_count);
        if (known == NULL)
            continue;
        person->present |= 1u << d;
        person->is_cut = person->is_cut || known->is_cut;
        for (size_t i = 0; i < known->group_count; i++) {
            struct woapol_text group = wp_people_group(side->people, known, i);
            mark_group(sync, (enum wp_directory)d, &group);
        }
        for (uint32_t g = 0; g < sync->model->group_count; g++)
            side->members[g] += sync->has[d][g];
    }
}

/* The groups that are not alike in the directories that know the person. */
static void
compare_groups(struct wp_sync *sync)
{
    struct wp_sync_person *person = &sync->person;

    person->groups = sync->groups;
    person->in = sync->in;
    person->group_count = 0;
    for (uint32_t g = 0; g < sync->model->group_count; g++) {
        unsigned in = 0;
        for (int d = 0; d < WP_DIRECTORIES; d++)
            in |= (unsigned)sync->has[d][g] << d;
        if (in == 0 || in == person->present)
            continue;
        sync->groups[person->group_count] = g;
        sync->in[person->group_count++] = in;
    }
}

/* The user of conditions that is called as the person is in some directory. */
static uint32_t
user_number(const struct wp_sync *sync)
{
    for (uint32_t i = 0; i < sync->model->user_count; i++)
        for (int d = 0; d < WP_DIRECTORIES; d++)
            if (sync->person.names[d].text != NULL &&
                compare_text(&sync->person.names[d], sync->model->users[i]) == 0)
                return i;
    return WP_NONE;
}

/* ---- decisions ----------------------------------------------------------------------------------
 */

/* Do some of the groups differ that rules ask for? */
static bool
may_differ(const struct wp_sync *sync, int a, int b)
{
    for (uint32_t g = 0; g < sync->model->group_count; g++)
        if (sync->has[a][g] != sync->has[b][g] && wp_effects_matter(sync->effects, g))
            return true;
    return false;
}

/* The first pair that shows a policy is kept, one with who decides before others. */
static void
keep(struct wp_sync *sync, const struct wp_group_effect *effect, int a, int b)
{
    struct wp_sync_person *person = &sync->person;
    unsigned pair = 1u << a | 1u << b, deciders = sync->deciders[effect->policy];
    uint32_t at = 0;

    while (at < person->effect_count && sync->found[at].policy != effect->policy)
        at++;
    if (at < person->effect_count) {
        unsigned kept = 1u << sync->found[at].sides[0] | 1u << sync->found[at].sides[1];
        if ((kept & deciders) != 0 || (pair & deciders) == 0)
            return;
    } else {
        person->effect_count++;
    }
    sync->found[at] =
        (struct wp_sync_effect){.policy = effect->policy,
                                .sides = {(enum wp_directory)a, (enum wp_directory)b},
                                .decisions = {effect->decisions[0], effect->decisions[1]},
                                .rules = {effect->rules[0], effect->rules[1]},
                                .request = effect->request};
}

static void
compare_decisions(struct wp_sync *sync)
{
    struct wp_sync_person *person = &sync->person;
    uint32_t user = user_number(sync);

    person->effects = sync->found;
    person->effect_count = 0;
    person->is_undecided = false;
    for (int a = 0; a < WP_DIRECTORIES; a++)
        for (int b = a + 1; b < WP_DIRECTORIES; b++) {
            if (sync->sides[a].people == NULL || sync->sides[b].people == NULL ||
                !may_differ(sync, a, b))
                continue;
            const struct wp_group_effects *effects =
                wp_effects_of(sync->effects, sync->has[a], sync->has[b], user);
            person->is_undecided = person->is_undecided || effects->is_undecided;
            for (uint32_t i = 0; i < effects->count; i++)
                keep(sync, &effects->items[i], a, b);
        }
}

/* ---- all
 * ----------------------------------------------------------------------------------------- */

static unsigned
all_directories(const struct wp_sync *sync)
{
    unsigned all = 0;

    for (int d = 0; d < WP_DIRECTORIES; d++)
        all |= (unsigned)(sync->sides[d].people != NULL) << d;
    return all;
}

/* Has an earlier export somebody with that key, or this one somebody before? */
static bool
is_known(const struct wp_sync *sync, const struct wp_person *person)
{
    const struct woapol_text key = wp_person_key(person, sync->key);
    bool is_double;

    for (int d = 0; d < (int)sync->at; d++)
        if (sync->sides[d].people != NULL &&
            wp_people_find_by(sync->sides[d].people, sync->key, key, &is_double) != NULL)
            return true;
    return wp_people_find_by(sync->sides[sync->at].people, sync->key, key, &is_double) != person;
}

/* The next person that no earlier export has; false at the end. */
static bool
next_person(struct wp_sync *sync)
{
    while (sync->at < WP_DIRECTORIES) {
        struct wp_sync_side *side = &sync->sides[sync->at];
        const struct wp_person *person;
        if (side->people == NULL || sync->next == wp_people_count(side->people)) {
            sync->at++;
            sync->next = 0;
            continue;
        }
        person = wp_people_at(side->people, sync->next++, &sync->person.name);
        sync->person.key = wp_person_key(person, sync->key);
        if (sync->person.key.text == NULL) {
            side->keyless++;
            sync->totals.keyless++;
        } else if (!is_known(sync, person)) {
            return true;
        }
    }
    return false;
}

const struct wp_sync_person *
wp_sync_next(struct wp_sync *sync)
{
    struct wp_sync_person *person = &sync->person;
    unsigned all = all_directories(sync);

    while (next_person(sync)) {
        sync->totals.people++;
        read_person(sync);
        compare_groups(sync);
        if (person->present == all && person->group_count == 0 && !person->is_cut &&
            person->doubles == 0)
            continue;
        compare_decisions(sync);
        sync->totals.differing++;
        sync->totals.decided_otherwise += person->effect_count > 0;
        sync->totals.undecided += person->is_undecided;
        return person;
    }
    return NULL;
}
