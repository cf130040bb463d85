#include "compiler/analysis/index.h"

#include <stdlib.h>
#include <string.h>

/* Stretches of the address space, cut so that each holds about as many ends of
 * ranges as the others: IPv4 first, then IPv6, then the absent address. */
struct stretches {
    uint32_t *v4; /* lowest address of each, ascending, the first 0 */
    struct wp_address6 *v6;
    uint32_t v4_count, v6_count;
};

struct wp_index {
    const struct wp_model *model;
    const struct wp_test *const *tests;
    struct wp_bounds *bounds;
    uint32_t count;
    size_t words;
    uint64_t *devices, *postures, *places; /* rows of `words` words */
    uint64_t *without_group;               /* conditions that need no group */
    struct stretches stretches;
    uint32_t *starts;  /* by group: where its list in `members` begins */
    uint32_t *members; /* conditions that need one of the groups, ascending */
    /* By network, while the index is built: the stretches that it touches, behind
     * their number. Rules that share a network ask for them again and again. */
    uint32_t **touched;
    uint32_t *scratch;
};

/* ---- stretches ---------------------------------------------------------------- */

static int
compare_v4(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int
compare_v6(const void *a, const void *b)
{
    const struct wp_address6 *x = a, *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    return (x->low > y->low) - (x->low < y->low);
}

/* At most 64 ranges of a network have a say in where the cuts are. */
#define SAY 64

static void
cut_v4(struct wp_arena *arena, const struct wp_model *model, uint32_t wanted,
       struct stretches *stretches)
{
    size_t count = 0, total = (size_t)model->network_count * SAY;
    uint32_t *ends = wp_alloc_array(arena, total + 1, sizeof *ends);

    for (uint32_t i = 0; i < model->network_count; i++) {
        const struct wp_network *network = &model->networks[i];
        for (uint32_t k = 0; k < network->v4_count && k < SAY; k++)
            ends[count++] = network->v4[k].low;
    }
    qsort(ends, count, sizeof *ends, compare_v4);
    stretches->v4 = wp_alloc_array(arena, wanted + 1, sizeof *stretches->v4);
    stretches->v4_count = 1;
    for (uint32_t i = 1; i < wanted && count > 0; i++) {
        uint32_t low = ends[count * i / wanted];
        if (low > stretches->v4[stretches->v4_count - 1])
            stretches->v4[stretches->v4_count++] = low;
    }
}

static void
cut_v6(struct wp_arena *arena, const struct wp_model *model, uint32_t wanted,
       struct stretches *stretches)
{
    size_t count = 0, total = (size_t)model->network_count * SAY;
    struct wp_address6 *ends = wp_alloc_array(arena, total + 1, sizeof *ends);

    for (uint32_t i = 0; i < model->network_count; i++) {
        const struct wp_network *network = &model->networks[i];
        for (uint32_t k = 0; k < network->v6_count && k < SAY; k++)
            ends[count++] = network->v6[k].low;
    }
    qsort(ends, count, sizeof *ends, compare_v6);
    stretches->v6 = wp_alloc_array(arena, wanted + 1, sizeof *stretches->v6);
    stretches->v6_count = 1;
    for (uint32_t i = 1; i < wanted && count > 0; i++) {
        struct wp_address6 low = ends[count * i / wanted];
        if (compare_v6(&low, &stretches->v6[stretches->v6_count - 1]) > 0)
            stretches->v6[stretches->v6_count++] = low;
    }
}

static uint32_t
place_v4(const struct stretches *stretches, uint32_t address)
{
    uint32_t low = 0, high = stretches->v4_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (stretches->v4[middle] <= address)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t
place_v6(const struct stretches *stretches, struct wp_address6 address)
{
    uint32_t low = 0, high = stretches->v6_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_v6(&stretches->v6[middle], &address) <= 0)
            low = middle;
        else
            high = middle;
    }
    return stretches->v4_count + low;
}

static uint32_t
place_of(const struct stretches *stretches, const struct wp_point *point)
{
    if (point->family == WP_FAMILY_V4)
        return place_v4(stretches, point->v4);
    if (point->family == WP_FAMILY_V6)
        return place_v6(stretches, point->v6);
    return stretches->v4_count + stretches->v6_count;
}

/* ---- building ------------------------------------------------------------------- */

static void
set_bit(uint64_t *row, uint32_t bit)
{
    row[bit / 64] |= UINT64_C(1) << bit % 64;
}

static uint32_t
list_places(const struct stretches *s, const struct wp_network *network, uint32_t *places)
{
    uint32_t next = 0, count = 0;

    for (uint32_t i = 0; i < network->v4_count; i++) {
        uint32_t first = place_v4(s, network->v4[i].low), last = place_v4(s, network->v4[i].high);
        for (uint32_t p = first < next ? next : first; p <= last; p++)
            places[count++] = p;
        next = last + 1;
    }
    next = 0;
    for (uint32_t i = 0; i < network->v6_count; i++) {
        uint32_t first = place_v6(s, network->v6[i].low), last = place_v6(s, network->v6[i].high);
        for (uint32_t p = first < next ? next : first; p <= last; p++)
            places[count++] = p;
        next = last + 1;
    }
    if (network->absent)
        places[count++] = s->v4_count + s->v6_count;
    return count;
}

static void
allow_places(struct wp_index *index, struct wp_arena *arena, uint32_t network, uint32_t number)
{
    uint32_t *touched = index->touched[network];

    if (!touched) {
        uint32_t count =
            list_places(&index->stretches, &index->model->networks[network], index->scratch);
        touched = wp_alloc_array(arena, (size_t)count + 1, sizeof *touched);
        touched[0] = count;
        memcpy(touched + 1, index->scratch, count * sizeof *touched);
        index->touched[network] = touched;
    }
    for (uint32_t i = 1; i <= touched[0]; i++)
        set_bit(index->places + touched[i] * index->words, number);
}

static void
add_condition(struct wp_index *index, struct wp_arena *arena, uint32_t number)
{
    const struct wp_bounds *bounds = &index->bounds[number];
    uint32_t places = index->stretches.v4_count + index->stretches.v6_count + 1;

    for (uint64_t left = bounds->devices; left; left &= left - 1)
        set_bit(index->devices + (size_t)__builtin_ctzll(left) * index->words, number);
    for (uint64_t left = bounds->postures; left; left &= left - 1)
        set_bit(index->postures + (size_t)__builtin_ctzll(left) * index->words, number);
    if (bounds->network != WP_NONE)
        allow_places(index, arena, bounds->network, number);
    else
        for (uint32_t p = 0; p < places; p++)
            set_bit(index->places + p * index->words, number);
    if (!bounds->has_groups)
        set_bit(index->without_group, number);
}

static void
list_groups(struct wp_index *index, struct wp_arena *arena)
{
    uint32_t groups = index->model->group_count;
    uint32_t *starts = wp_alloc_array(arena, (size_t)groups + 2, sizeof *starts);

    for (uint32_t i = 0; i < index->count; i++) {
        for (uint32_t k = 0; index->tests[i] && k < index->bounds[i].groups.count; k++)
            starts[index->bounds[i].groups.ids[k] + 2]++;
    }
    for (uint32_t g = 2; g < groups + 2; g++)
        starts[g] += starts[g - 1];
    index->members = wp_alloc_array(arena, (size_t)starts[groups + 1] + 1, sizeof *index->members);
    for (uint32_t i = 0; i < index->count; i++) {
        for (uint32_t k = 0; index->tests[i] && k < index->bounds[i].groups.count; k++)
            index->members[starts[index->bounds[i].groups.ids[k] + 1]++] = i;
    }
    index->starts = starts;
}

struct wp_index *
wp_index_new(struct wp_arena *arena, const struct wp_model *model,
             const struct wp_test *const *tests, uint32_t count)
{
    struct wp_index *index = wp_alloc(arena, sizeof *index);
    uint32_t cuts = count / 16 < 2 ? 2 : count / 16 > 2048 ? 2048 : count / 16;

    index->model = model;
    index->tests = tests;
    index->count = count;
    index->words = count / 64 + 1;
    index->bounds = wp_alloc_array(arena, (size_t)count + 1, sizeof *index->bounds);
    cut_v4(arena, model, cuts, &index->stretches);
    cut_v6(arena, model, cuts / 4 + 1, &index->stretches);
    uint32_t places = index->stretches.v4_count + index->stretches.v6_count + 1;
    index->devices = wp_alloc_array(arena, index->words * 64, sizeof *index->devices);
    index->postures = wp_alloc_array(arena, index->words * 64, sizeof *index->postures);
    index->places = wp_alloc_array(arena, index->words * places, sizeof *index->places);
    index->scratch = wp_alloc_array(arena, (size_t)places + 1, sizeof *index->scratch);
    index->touched =
        wp_alloc_array(arena, (size_t)model->network_count + 1, sizeof *index->touched);
    index->without_group = wp_alloc_array(arena, index->words, sizeof *index->without_group);
    for (uint32_t i = 0; i < count; i++) {
        if (!tests[i])
            continue;
        wp_bounds_of(arena, model, tests[i], &index->bounds[i]);
        add_condition(index, arena, i);
    }
    list_groups(index, arena);
    return index;
}

/* ---- asking ------------------------------------------------------------------------ */

const struct wp_test *
wp_index_test(const struct wp_index *index, uint32_t number)
{
    return index->tests[number];
}

uint32_t
wp_index_weight(const struct wp_index *index, uint32_t number)
{
    return index->bounds[number].weight;
}

/* One search: what is looked for and what has been found. */
struct search {
    const struct wp_index *index;
    const struct wp_point *point;
    const uint64_t *only, *device, *posture, *place;
    uint32_t from, limit, room, count;
    uint32_t *found;
};

static bool
allows(const struct search *s, uint32_t number)
{
    size_t word = number / 64;
    uint64_t bits = s->device[word] & s->posture[word] & s->place[word];
    if (s->only)
        bits &= s->only[word];
    return bits >> number % 64 & 1;
}

/* Keeps the `room` lowest, in order. */
static void
keep(struct search *s, uint32_t number)
{
    uint32_t place = s->count < s->room ? s->count++ : s->room;

    while (place > 0 && s->found[place - 1] > number) {
        if (place < s->room)
            s->found[place] = s->found[place - 1];
        place--;
    }
    if (place < s->room)
        s->found[place] = number;
    if (s->count == s->room)
        s->limit = s->found[s->room - 1];
}

static void
search_group(struct search *s, uint32_t group)
{
    const struct wp_index *index = s->index;
    uint32_t low = index->starts[group], end = index->starts[group + 1], high = end;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index->members[middle] < s->from)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < end && index->members[low] < s->limit; low++) {
        uint32_t number = index->members[low];
        bool known = false;
        if (!allows(s, number))
            continue;
        for (uint32_t i = 0; i < s->count; i++)
            known = known || s->found[i] == number;
        if (!known && wp_point_meets(index->model, index->tests[number], s->point))
            keep(s, number);
    }
}

static void
search_rows(struct search *s)
{
    const struct wp_index *index = s->index;

    for (size_t word = s->from / 64; word * 64 < s->limit; word++) {
        uint64_t bits =
            index->without_group[word] & s->device[word] & s->posture[word] & s->place[word];
        if (s->only)
            bits &= s->only[word];
        for (; bits; bits &= bits - 1) {
            uint32_t number = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
            if (number >= s->from && number < s->limit &&
                wp_point_meets(index->model, index->tests[number], s->point))
                keep(s, number);
        }
    }
}

uint32_t
wp_index_find(const struct wp_index *index, const struct wp_point *point, uint32_t from,
              uint32_t limit, const uint64_t *only, uint32_t *found, uint32_t room)
{
    uint32_t place = place_of(&index->stretches, point);
    struct search s = {
        .index = index,
        .point = point,
        .only = only,
        .device = index->devices + point->device * index->words,
        .posture = index->postures + point->posture * index->words,
        .place = index->places + place * index->words,
        .from = from,
        .limit = limit < index->count ? limit : index->count,
        .room = room,
        .found = found,
    };

    for (uint32_t i = 0; i < point->group_count; i++)
        search_group(&s, point->groups[i]);
    search_rows(&s);
    return s.count;
}

/* ---- overlaps ------------------------------------------------------------------------ */

static void
or_rows(const struct wp_index *index, const uint64_t *rows, uint64_t mask, uint64_t *bits)
{
    memset(bits, 0, index->words * sizeof *bits);
    for (; mask; mask &= mask - 1) {
        const uint64_t *row = rows + (size_t)__builtin_ctzll(mask) * index->words;
        for (size_t w = 0; w < index->words; w++)
            bits[w] |= row[w];
    }
}

#define FEW_PLACES 64

/* The stretches that a network touches, ascending; their number, or more than
 * FEW_PLACES when there are that many. */
static uint32_t
touched_places(const struct stretches *s, const struct wp_network *network, uint32_t *touched)
{
    uint32_t count = 0, next = 0;

    for (uint32_t i = 0; i < network->v4_count && count <= FEW_PLACES; i++) {
        uint32_t first = place_v4(s, network->v4[i].low), last = place_v4(s, network->v4[i].high);
        for (uint32_t p = first < next ? next : first; p <= last && count <= FEW_PLACES; p++)
            touched[count++] = p;
        next = last + 1;
    }
    next = 0;
    for (uint32_t i = 0; i < network->v6_count && count <= FEW_PLACES; i++) {
        uint32_t first = place_v6(s, network->v6[i].low), last = place_v6(s, network->v6[i].high);
        for (uint32_t p = first < next ? next : first; p <= last && count <= FEW_PLACES; p++)
            touched[count++] = p;
        next = last + 1;
    }
    if (network->absent && count <= FEW_PLACES)
        touched[count++] = s->v4_count + s->v6_count;
    return count;
}

const struct wp_bounds *
wp_index_bounds(const struct wp_index *index, uint32_t number)
{
    return &index->bounds[number];
}

void
wp_index_overlaps(const struct wp_index *index, const struct wp_bounds *bounds, uint64_t *bits)
{
    uint32_t touched[FEW_PLACES + 1], count = FEW_PLACES + 1;

    if (bounds->network != WP_NONE)
        count =
            touched_places(&index->stretches, &index->model->networks[bounds->network], touched);
    or_rows(index, index->devices, bounds->devices, bits);
    for (size_t w = 0; w < index->words; w++) {
        uint64_t near = 0;
        for (uint64_t mask = bounds->postures; bits[w] && mask; mask &= mask - 1)
            near |= index->postures[(size_t)__builtin_ctzll(mask) * index->words + w];
        bits[w] &= near;
        near = count > FEW_PLACES ? UINT64_MAX : 0;
        for (uint32_t i = 0; bits[w] && i < count && count <= FEW_PLACES; i++)
            near |= index->places[touched[i] * index->words + w];
        bits[w] &= near;
    }
}
