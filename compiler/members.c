#include "compiler/members.h"

#include <string.h>

bool
wp_ids_have(const struct wp_ids *ids, uint32_t id)
{
    uint32_t low = 0, high = ids->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (ids->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ids->count && ids->ids[low] == id;
}

bool
wp_members_have(const struct wp_members *members, uint32_t id)
{
    return id == WP_NONE ? members->others : wp_ids_have(&members->ids, id);
}

bool
wp_ids_within(const struct wp_ids *a, const struct wp_ids *b)
{
    uint32_t k = 0;

    if (a->count > b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        while (k < b->count && b->ids[k] < a->ids[i])
            k++;
        if (k == b->count || b->ids[k] != a->ids[i])
            return false;
    }
    return true;
}

bool
wp_members_within(const struct wp_members *a, const struct wp_members *b)
{
    return (!a->others || b->others) && wp_ids_within(&a->ids, &b->ids);
}

bool
wp_ids_equal(const struct wp_ids *a, const struct wp_ids *b)
{
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->ids, b->ids, a->count * sizeof *a->ids) == 0);
}

struct wp_ids
wp_ids_union(struct wp_arena *arena, const struct wp_ids *a, const struct wp_ids *b)
{
    uint32_t i = 0, k = 0, count = 0;

    if (a->count == 0 || b->count == 0)
        return a->count == 0 ? *b : *a;
    uint32_t *ids = wp_alloc_array(arena, (size_t)a->count + b->count, sizeof *ids);
    while (i < a->count || k < b->count) {
        bool from_a = k == b->count || (i < a->count && a->ids[i] <= b->ids[k]);
        uint32_t id = from_a ? a->ids[i] : b->ids[k];

        if (i < a->count && a->ids[i] == id)
            i++;
        if (k < b->count && b->ids[k] == id)
            k++;
        ids[count++] = id;
    }
    return (struct wp_ids){ids, count};
}

static struct wp_ids
intersection(struct wp_arena *arena, const struct wp_ids *a, const struct wp_ids *b)
{
    const struct wp_ids *few = a->count < b->count ? a : b, *many = few == a ? b : a;
    uint32_t *ids = wp_alloc_array(arena, (size_t)few->count + 1, sizeof *ids);
    uint32_t count = 0;

    for (uint32_t i = 0; i < few->count; i++)
        if (wp_ids_have(many, few->ids[i]))
            ids[count++] = few->ids[i];
    return (struct wp_ids){ids, count};
}

struct wp_members
wp_members_union(struct wp_arena *arena, const struct wp_members *a, const struct wp_members *b)
{
    return (struct wp_members){wp_ids_union(arena, &a->ids, &b->ids), a->others || b->others};
}

struct wp_members
wp_members_intersection(struct wp_arena *arena, const struct wp_members *a,
                        const struct wp_members *b)
{
    return (struct wp_members){intersection(arena, &a->ids, &b->ids), a->others && b->others};
}

struct wp_members
wp_members_complement(struct wp_arena *arena, const struct wp_members *members, uint32_t limit)
{
    uint32_t *ids = wp_alloc_array(arena, (size_t)limit - members->ids.count + 1, sizeof *ids);
    uint32_t count = 0, k = 0;

    for (uint32_t id = 0; id < limit; id++) {
        if (k < members->ids.count && members->ids.ids[k] == id)
            k++;
        else
            ids[count++] = id;
    }
    return (struct wp_members){{ids, count}, !members->others};
}
