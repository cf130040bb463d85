#include "compiler/analysis/group_names.h"

#include <stdlib.h>
#include <string.h>

/* A name and a group that it means; sorted by name. */
struct meaning {
    const char *name;
    uint32_t group;
};

static int
compare_meanings(const void *a, const void *b)
{
    const struct meaning *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order ? order : (x->group > y->group) - (x->group < y->group);
}

static struct meaning *
sort_meanings(struct wp_arena *arena, const struct wp_model *model, uint32_t *count)
{
    struct meaning *all = wp_alloc_array(arena, (size_t)model->group_count * 2 + 1, sizeof *all);

    *count = 0;
    for (uint32_t i = 0; i < model->group_count; i++) {
        const struct wp_thing *group = &model->groups[i];
        all[(*count)++] = (struct meaning){group->name, i};
        if (group->directory && strcmp(group->directory, group->name) != 0)
            all[(*count)++] = (struct meaning){group->directory, i};
    }
    qsort(all, *count, sizeof *all, compare_meanings);
    return all;
}

/* The meanings of a name: from *first, as many as are returned. */
static uint32_t
find_meanings(const struct meaning *all, uint32_t count, const char *name, uint32_t *first)
{
    uint32_t low = 0, high = count, found = 0;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(all[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (low + found < count && strcmp(all[low + found].name, name) == 0)
        found++;
    return found;
}

/* Writes the pairs unless `pairs` is NULL; returns how many there are. */
static uint32_t
list_pairs(const struct wp_model *model, const struct meaning *all, uint32_t total,
           struct wp_group_pair *pairs)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < model->group_count; i++) {
        const struct wp_thing *group = &model->groups[i];
        uint32_t first, other = 0, found = find_meanings(all, total, group->name, &first);
        uint32_t fewer =
            group->directory ? find_meanings(all, total, group->directory, &other) : found;
        if (fewer < found) {
            found = fewer;
            first = other;
        }
        for (uint32_t k = 0; k < found; k++) {
            if (all[first + k].group == i)
                continue;
            if (pairs)
                pairs[count] = (struct wp_group_pair){i, all[first + k].group};
            count++;
        }
    }
    return count;
}

struct wp_group_pair *
wp_group_pairs(struct wp_arena *arena, const struct wp_model *model, uint32_t *count)
{
    uint32_t total;
    struct meaning *all = sort_meanings(arena, model, &total);

    *count = list_pairs(model, all, total, NULL);
    struct wp_group_pair *pairs = wp_alloc_array(arena, (size_t)*count + 1, sizeof *pairs);
    (void)list_pairs(model, all, total, pairs);
    return pairs;
}
