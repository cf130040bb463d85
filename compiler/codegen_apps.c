/* App classes: the sets of apps that entries test, and which apps they tell apart. */
#include "compiler/codegen.h"

struct apps {
    struct wp_codegen *g;
    struct wp_map set_map, class_map;
    struct wp_buffer sets; /* const struct wp_members * */
    uint32_t *set_of;
    /* Of each app of the model the sets that treat it unlike an absent one. */
    uint32_t *first, *unlike;
    struct wp_buffer first_member, members;
};

/* ---- the sets ------------------------------------------------------------------- */

static const struct wp_members *
app_set(const struct apps *a, uint32_t set)
{
    return ((const struct wp_members **)(void *)a->sets.bytes)[set];
}

static bool
is_set(const void *context, uint32_t number, const void *key)
{
    const struct wp_members *x = app_set(context, number), *y = key;
    return x->others == y->others && x->ids.count == y->ids.count &&
           (x->ids.count == 0 ||
            memcmp(x->ids.ids, y->ids.ids, x->ids.count * sizeof *x->ids.ids) == 0);
}

static uint32_t
set_number(struct apps *a, const struct wp_members *set)
{
    const uint64_t hash =
        wp_hash_bytes(set->others, set->ids.ids, set->ids.count * sizeof *set->ids.ids);
    uint32_t number = wp_map_find(&a->set_map, hash, is_set, a, set);
    if (number != UINT32_MAX)
        return number;
    number = a->set_map.count;
    wp_buffer_add(&a->sets, &set, sizeof set);
    wp_map_add(&a->set_map, hash, number);
    return number;
}

static void
collect_sets(struct apps *a)
{
    const struct wp_codegen *g = a->g;
    for (uint32_t i = 0; i < g->entry_count; i++) {
        const struct wp_term *term = g->entries[i].term;
        a->set_of[i] = term == NULL || term->apps == NULL ? WP_NONE : set_number(a, term->apps);
    }
}

/* ---- which sets treat an app unlike an absent one -------------------------------------- */

/* Apps below, sets above: pairs of an app and a set that tells it from an absent
 * one; in the order of the sets. */
static void
collect_pairs(const struct apps *a, struct wp_buffer *pairs)
{
    for (uint32_t set = 0; set < a->set_map.count; set++) {
        const struct wp_members *members = app_set(a, set);
        uint32_t app = 0;
        for (uint32_t i = 0; i < members->ids.count; i++) {
            const uint32_t id = members->ids.ids[i];
            if (!members->others)
                wp_buffer_add64(pairs, (uint64_t)set << 32 | id);
            for (; members->others && app < id; app++)
                wp_buffer_add64(pairs, (uint64_t)set << 32 | app);
            app = id + 1;
        }
        for (; members->others && app < a->g->model->app_count; app++)
            wp_buffer_add64(pairs, (uint64_t)set << 32 | app);
    }
}

static void
sort_pairs(struct apps *a)
{
    const uint32_t apps = a->g->model->app_count;
    struct wp_buffer buffer = {.arena = a->g->scratch};
    collect_pairs(a, &buffer);
    const uint64_t *pairs = (const uint64_t *)(const void *)buffer.bytes;
    const size_t count = buffer.size / sizeof *pairs;
    a->first = wp_alloc_array(a->g->scratch, (size_t)apps + 2, sizeof *a->first);
    a->unlike = wp_alloc_array(a->g->scratch, count + 1, sizeof *a->unlike);
    for (size_t i = 0; i < count; i++)
        a->first[(uint32_t)pairs[i] + 2]++;
    for (uint32_t i = 2; i < apps + 2; i++)
        a->first[i] += a->first[i - 1];
    for (size_t i = 0; i < count; i++)
        a->unlike[a->first[(uint32_t)pairs[i] + 1]++] = (uint32_t)(pairs[i] >> 32);
}

/* ---- classes ----------------------------------------------------------------------------- */

struct run {
    const uint32_t *sets;
    uint32_t count;
};

static bool
is_class(const void *context, uint32_t class, const void *key)
{
    const struct apps *a = context;
    const struct run *run = key;
    const uint32_t *first = wp_buffer_words(&a->first_member) + class;
    return first[1] - first[0] == run->count &&
           (run->count == 0 || memcmp(wp_buffer_words(&a->members) + first[0], run->sets,
                                      run->count * sizeof *run->sets) == 0);
}

static uint32_t
class_number(struct apps *a, struct run run)
{
    const uint64_t hash = wp_hash_bytes(0, run.sets, run.count * sizeof *run.sets);
    uint32_t class = wp_map_find(&a->class_map, hash, is_class, a, &run);
    if (class != UINT32_MAX)
        return class;
    class = a->class_map.count;
    wp_buffer_add(&a->members, run.sets, run.count * sizeof *run.sets);
    wp_buffer_add32(&a->first_member, (uint32_t)(a->members.size / sizeof(uint32_t)));
    wp_map_add(&a->class_map, hash, class);
    return class;
}

/* Row 1 is the absent app's, so that of class 1 is row 2. */
static uint32_t
app_row(uint32_t class)
{
    return class == 0 ? WP_ROW_NOTHING : class + WP_ROW_ABSENT;
}

void
wp_classify_apps(struct wp_app_classes *classes, struct wp_codegen *g)
{
    struct apps a = {
        .g = g,
        .sets = {.arena = g->scratch},
        .set_of = wp_alloc_array(g->scratch, g->entry_count, sizeof *a.set_of),
        .first_member = {.arena = g->scratch},
        .members = {.arena = g->scratch},
    };
    wp_map_init(&a.set_map, g->scratch);
    wp_map_init(&a.class_map, g->scratch);
    collect_sets(&a);
    sort_pairs(&a);
    wp_buffer_add32(&a.first_member, 0);
    (void)class_number(&a, (struct run){NULL, 0});
    struct wp_app *apps = (struct wp_app *)(void *)g->sections[WP_SECTION_APPS].bytes;
    for (uint32_t i = 0; i < g->model->app_count; i++)
        apps[i + 1].row = app_row(
            class_number(&a, (struct run){a.unlike + a.first[i], a.first[i + 1] - a.first[i]}));
    *classes = (struct wp_app_classes){
        .set_count = a.set_map.count,
        .set_of = a.set_of,
        .class_count = a.class_map.count,
        .first_member = wp_buffer_words(&a.first_member),
        .members = wp_buffer_words(&a.members),
    };
}
