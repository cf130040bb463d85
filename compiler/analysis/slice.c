#include "compiler/analysis/slice.h"
#include "compiler/analysis/pairs.h"
#include "compiler/analysis/sets.h"
#include "compiler/analysis/vector.h"

/* The sets of one dimension that have a variable. */
struct networks {
    uint32_t *variables, *numbers;
    struct wp_signed_network *sets;
    size_t count, variable_room, number_room, set_room;
};
struct masks {
    uint32_t *variables;
    struct wp_signed_mask *sets;
    size_t count, variable_room, set_room;
    uint64_t domain, common;
};
struct members {
    uint32_t *variables;
    struct wp_signed_members *sets;
    size_t count, variable_room, set_room;
    const struct wp_members *domain;
    uint32_t limit, common;
};

/* A number's variable, good only in the question that `stamp` counts. */
struct numbered {
    uint32_t stamp, variable;
};

struct wp_slice {
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_traits all_traits;
    const struct wp_traits *traits;
    struct wp_sat *sat;
    uint32_t stamp;
    uint32_t truth; /* a literal that is always true, or WP_NONE */

    struct numbered *groups, *network_variables;
    uint32_t *group_numbers, *group_variables; /* in order of first use */
    size_t group_count, number_room, variable_room;
    struct networks networks;
    struct wp_pairs pairs;
    struct masks devices, postures;
    struct members apps, users;

    uint32_t *literals; /* a stack: clauses under construction */
    size_t literal_count, literal_room;
    uint8_t *used;
    size_t used_room;
    struct wp_point point;
    size_t point_room;
};

static bool judge(void *context, const struct wp_sat *sat, uint32_t *lemma, uint32_t *count);

struct wp_slice *
wp_slice_new(struct wp_arena *arena, const struct wp_model *model)
{
    struct wp_slice *slice = wp_alloc(arena, sizeof *slice);
    slice->arena = arena;
    slice->model = model;
    slice->sat = wp_sat_new(arena, judge, slice);
    slice->groups = wp_alloc_array(arena, (size_t)model->group_count + 1, sizeof *slice->groups);
    slice->network_variables =
        wp_alloc_array(arena, (size_t)model->network_count + 1, sizeof *slice->network_variables);
    wp_pairs_init(&slice->pairs, arena);
    wp_traits_of(model, &slice->all_traits);
    slice->traits = &slice->all_traits;
    slice->devices.domain =
        model->device_count >= 64
            ? UINT64_MAX
            : (UINT64_C(1) << (model->device_count ? model->device_count : 1)) - 1;
    slice->postures.domain = WP_POSTURE_ALL;
    slice->apps.limit = model->app_count;
    slice->users.limit = model->user_count;
    return slice;
}

void
wp_slice_reset(struct wp_slice *slice, const struct wp_members *apps,
               const struct wp_traits *traits)
{
    wp_sat_reset(slice->sat);
    slice->stamp++;
    slice->truth = WP_NONE;
    slice->traits = traits ? traits : &slice->all_traits;
    slice->group_count = slice->networks.count = 0;
    slice->devices.count = slice->postures.count = 0;
    slice->apps.count = slice->users.count = 0;
    slice->apps.domain = apps;
    slice->literal_count = 0;
}

struct wp_sat *
wp_slice_sat(struct wp_slice *slice)
{
    return slice->sat;
}

/* ---- variables ------------------------------------------------------------------ */

#define RESERVE(field, room, wanted)                                                               \
    ((field) = wp_vector_reserve(slice->arena, (field), &(room), (wanted), sizeof *(field)))

static uint32_t
group_literal(struct wp_slice *slice, uint32_t group)
{
    struct numbered *known = &slice->groups[group];

    if (known->stamp != slice->stamp) {
        *known = (struct numbered){slice->stamp, wp_sat_new_variable(slice->sat)};
        RESERVE(slice->group_numbers, slice->number_room, slice->group_count + 1);
        RESERVE(slice->group_variables, slice->variable_room, slice->group_count + 1);
        slice->group_numbers[slice->group_count] = group;
        slice->group_variables[slice->group_count++] = known->variable;
    }
    return wp_literal(known->variable, false);
}

static uint32_t
network_literal(struct wp_slice *slice, uint32_t network)
{
    struct numbered *known = &slice->network_variables[network];
    struct networks *all = &slice->networks;

    if (known->stamp != slice->stamp) {
        *known = (struct numbered){slice->stamp, wp_sat_new_variable(slice->sat)};
        RESERVE(all->variables, all->variable_room, all->count + 1);
        RESERVE(all->numbers, all->number_room, all->count + 1);
        RESERVE(all->sets, all->set_room, all->count + 1);
        all->numbers[all->count] = network;
        all->variables[all->count++] = known->variable;
    }
    return wp_literal(known->variable, false);
}

/* A set and its complement share a variable: the one without bit 0 is kept. */
static uint32_t
mask_literal(struct wp_slice *slice, struct masks *all, uint64_t mask)
{
    bool negated = mask & 1;
    uint64_t kept = (negated ? ~mask : mask) & all->domain;

    for (size_t i = 0; i < all->count; i++) {
        if (all->sets[i].mask == kept)
            return wp_literal(all->variables[i], negated);
    }
    RESERVE(all->variables, all->variable_room, all->count + 1);
    RESERVE(all->sets, all->set_room, all->count + 1);
    all->sets[all->count].mask = kept;
    all->variables[all->count] = wp_sat_new_variable(slice->sat);
    return wp_literal(all->variables[all->count++], negated);
}

static uint32_t
members_literal(struct wp_slice *slice, struct members *all, const struct wp_test *test)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct wp_signed_members *set = &all->sets[i];
        if (set->others == test->others && set->ids.count == test->ids.count &&
            (set->ids.ids == test->ids.ids || test->ids.count == 0 ||
             memcmp(set->ids.ids, test->ids.ids, test->ids.count * sizeof *test->ids.ids) == 0))
            return wp_literal(all->variables[i], false);
    }
    RESERVE(all->variables, all->variable_room, all->count + 1);
    RESERVE(all->sets, all->set_room, all->count + 1);
    all->sets[all->count].ids = test->ids;
    all->sets[all->count].others = test->others;
    all->variables[all->count] = wp_sat_new_variable(slice->sat);
    return wp_literal(all->variables[all->count++], false);
}

static uint32_t
truth_literal(struct wp_slice *slice)
{
    if (slice->truth == WP_NONE) {
        slice->truth = wp_literal(wp_sat_new_variable(slice->sat), false);
        wp_sat_add(slice->sat, &slice->truth, 1);
    }
    return slice->truth;
}

/* ---- clauses ---------------------------------------------------------------------- */

static void
push(struct wp_slice *slice, uint32_t literal)
{
    RESERVE(slice->literals, slice->literal_room, slice->literal_count + 1);
    slice->literals[slice->literal_count++] = literal;
}

/* Adds what was pushed since `base` as a clause. */
static void
add_pushed(struct wp_slice *slice, size_t base)
{
    wp_sat_add(slice->sat, slice->literals + base, (uint32_t)(slice->literal_count - base));
    slice->literal_count = base;
}

/* Is the (negated) test a conjunction? Otherwise, if compound, a disjunction. */
static bool
is_conjunction(const struct wp_test *test, bool negated)
{
    if (test->kind == WP_TEST_GROUP)
        return negated;
    return (test->kind == WP_TEST_AND) != negated;
}

static bool
is_compound(const struct wp_test *test)
{
    return test->kind == WP_TEST_AND || test->kind == WP_TEST_OR ||
           (test->kind == WP_TEST_GROUP && test->ids.count != 1);
}

static uint32_t
part_count(const struct wp_test *test)
{
    return test->kind == WP_TEST_GROUP ? test->ids.count : test->part_count;
}

static uint32_t encode(struct wp_slice *slice, const struct wp_test *test, bool negated);

static uint32_t
encode_part(struct wp_slice *slice, const struct wp_test *test, uint32_t part, bool negated)
{
    if (test->kind == WP_TEST_GROUP)
        return group_literal(slice, test->ids.ids[part]) ^ negated;
    return encode(slice, test->parts[part], negated);
}

static uint32_t
encode_leaf(struct wp_slice *slice, const struct wp_test *test)
{
    switch (test->kind) {
    case WP_TEST_TRUE:
        return truth_literal(slice);
    case WP_TEST_FALSE:
        return wp_negate(truth_literal(slice));
    case WP_TEST_NETWORK:
        return network_literal(slice, test->network);
    case WP_TEST_DEVICE:
        return mask_literal(slice, &slice->devices, test->mask);
    case WP_TEST_POSTURE:
        return mask_literal(slice, &slice->postures, test->mask);
    case WP_TEST_APP:
        return members_literal(slice, &slice->apps, test);
    case WP_TEST_USER:
        return members_literal(slice, &slice->users, test);
    case WP_TEST_GROUP:
        return group_literal(slice, test->ids.ids[0]);
    case WP_TEST_AND:
    case WP_TEST_OR:
    case WP_TEST_NOT:
        break;
    }
    return truth_literal(slice);
}

/* A literal that implies the (negated) test. Only that direction is ever needed,
 * since conditions are asserted, never asked for. */
static uint32_t
encode(struct wp_slice *slice, const struct wp_test *test, bool negated)
{
    if (test->kind == WP_TEST_NOT)
        return encode(slice, test->parts[0], !negated);
    if (!is_compound(test))
        return encode_leaf(slice, test) ^ negated;
    uint32_t literal = wp_literal(wp_sat_new_variable(slice->sat), false);
    size_t base = slice->literal_count;
    bool conjunction = is_conjunction(test, negated);

    if (!conjunction)
        push(slice, wp_negate(literal));
    for (uint32_t i = 0; i < part_count(test); i++) {
        uint32_t part = encode_part(slice, test, i, negated);
        if (conjunction)
            push(slice, wp_negate(literal));
        push(slice, part);
        if (conjunction)
            add_pushed(slice, base);
    }
    if (!conjunction)
        add_pushed(slice, base);
    return literal;
}

/* Asserts one part of a conjunction. */
static void
assert_part(struct wp_slice *slice, const struct wp_test *test, uint32_t part, bool negated,
            uint32_t guard)
{
    if (test->kind != WP_TEST_GROUP) {
        wp_slice_assert(slice, test->parts[part], negated, guard);
        return;
    }
    size_t base = slice->literal_count;
    if (guard != WP_NONE)
        push(slice, wp_negate(guard));
    push(slice, encode_part(slice, test, part, negated));
    add_pushed(slice, base);
}

void
wp_slice_assert(struct wp_slice *slice, const struct wp_test *test, bool negated, uint32_t guard)
{
    if (test->kind == WP_TEST_NOT) {
        wp_slice_assert(slice, test->parts[0], !negated, guard);
        return;
    }
    if (is_compound(test) && is_conjunction(test, negated)) {
        for (uint32_t i = 0; i < part_count(test); i++)
            assert_part(slice, test, i, negated, guard);
        return;
    }
    size_t base = slice->literal_count;
    if (guard != WP_NONE)
        push(slice, wp_negate(guard));
    if (!is_compound(test)) {
        uint32_t leaf = encode_leaf(slice, test) ^ negated;
        push(slice, leaf);
    }
    for (uint32_t i = 0; is_compound(test) && i < part_count(test); i++) {
        uint32_t part = encode_part(slice, test, i, negated);
        push(slice, part);
    }
    add_pushed(slice, base);
}

/* ---- the theory --------------------------------------------------------------------- */

/* The literals of the used sets, turned around: one of them must be true. */
static uint32_t
blame(const struct wp_slice *slice, const uint32_t *variables, size_t count, uint32_t *lemma)
{
    uint32_t length = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t literal = wp_literal(variables[i], false);
        if (slice->used[i])
            lemma[length++] = wp_sat_is_true(slice->sat, literal) ? wp_negate(literal) : literal;
    }
    return length;
}

/* Leaves out what is not needed for the contradiction, if it is short enough to
 * try one by one. */
#define SHORT 24

static bool
contradicts(struct wp_slice *slice, const uint8_t *used)
{
    const struct networks *all = &slice->networks;
    struct wp_signed_network chosen[SHORT];
    uint8_t ignored[SHORT];
    struct wp_point point;
    uint32_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        if (used[i])
            chosen[count++] = all->sets[i];
    }
    return !wp_networks_meet(chosen, count, &point, ignored);
}

static void
shrink_networks(struct wp_slice *slice)
{
    size_t used = 0;

    for (size_t i = 0; i < slice->networks.count; i++)
        used += slice->used[i];
    for (size_t i = 0; used > 2 && used <= SHORT && i < slice->networks.count; i++) {
        if (!slice->used[i])
            continue;
        slice->used[i] = 0;
        if (!contradicts(slice, slice->used))
            slice->used[i] = 1;
    }
}

static bool
judge_networks(struct wp_slice *slice)
{
    struct networks *all = &slice->networks;

    slice->point.family = WP_FAMILY_ABSENT;
    if (all->count == 0 && !slice->traits->network)
        return true;
    for (size_t i = 0; i < all->count; i++) {
        all->sets[i].network = &slice->model->networks[all->numbers[i]];
        all->sets[i].negated = !wp_sat_is_true(slice->sat, wp_literal(all->variables[i], false));
    }
    if (wp_pairs_find_apart(&slice->pairs, all->sets, all->numbers, (uint32_t)all->count,
                            slice->used))
        return false;
    if (wp_networks_meet(all->sets, (uint32_t)all->count, &slice->point, slice->used))
        return true;
    shrink_networks(slice);
    return false;
}

static bool
judge_masks(struct wp_slice *slice, struct masks *all)
{
    for (size_t i = 0; i < all->count; i++)
        all->sets[i].negated = !wp_sat_is_true(slice->sat, wp_literal(all->variables[i], false));
    return wp_masks_meet(all->sets, (uint32_t)all->count, all->domain, &all->common, slice->used);
}

static bool
judge_members(struct wp_slice *slice, struct members *all)
{
    for (size_t i = 0; i < all->count; i++)
        all->sets[i].negated = !wp_sat_is_true(slice->sat, wp_literal(all->variables[i], false));
    return wp_members_meet(all->sets, (uint32_t)all->count, all->domain, all->limit, &all->common,
                           slice->used);
}

static bool
judge(void *context, const struct wp_sat *sat, uint32_t *lemma, uint32_t *count)
{
    struct wp_slice *slice = context;

    RESERVE(slice->used, slice->used_room, (size_t)wp_sat_variable_count(sat) + 1);
    if (!judge_masks(slice, &slice->devices))
        *count = blame(slice, slice->devices.variables, slice->devices.count, lemma);
    else if (!judge_masks(slice, &slice->postures))
        *count = blame(slice, slice->postures.variables, slice->postures.count, lemma);
    else if (!judge_members(slice, &slice->apps))
        *count = blame(slice, slice->apps.variables, slice->apps.count, lemma);
    else if (!judge_members(slice, &slice->users))
        *count = blame(slice, slice->users.variables, slice->users.count, lemma);
    else if (!judge_networks(slice))
        *count = blame(slice, slice->networks.variables, slice->networks.count, lemma);
    else
        return true;
    return false;
}

struct wp_point *
wp_slice_point(struct wp_slice *slice)
{
    struct wp_point *point = &slice->point;

    point->device = wp_natural_device(slice->traits, slice->devices.common);
    point->posture = wp_natural_posture(slice->traits, slice->postures.common);
    point->app = slice->apps.common;
    point->user = slice->users.common;
    point->group_count = 0;
    RESERVE(point->groups, slice->point_room, slice->group_count + 1);
    for (size_t i = 0; i < slice->group_count; i++) {
        if (!wp_sat_is_true(slice->sat, wp_literal(slice->group_variables[i], false)))
            continue;
        uint32_t place = point->group_count++;
        for (; place > 0 && point->groups[place - 1] > slice->group_numbers[i]; place--)
            point->groups[place] = point->groups[place - 1];
        point->groups[place] = slice->group_numbers[i];
    }
    return point;
}

/* ---- meanings ------------------------------------------------------------------------- */

static bool
mask_meaning(const struct masks *all, uint32_t variable, enum wp_test_kind kind,
             struct wp_test *test)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->variables[i] != variable)
            continue;
        *test = (struct wp_test){.kind = kind, .mask = all->sets[i].mask};
        return true;
    }
    return false;
}

static bool
members_meaning(const struct members *all, uint32_t variable, enum wp_test_kind kind,
                struct wp_test *test)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->variables[i] != variable)
            continue;
        *test =
            (struct wp_test){.kind = kind, .ids = all->sets[i].ids, .others = all->sets[i].others};
        return true;
    }
    return false;
}

bool
wp_slice_meaning(const struct wp_slice *slice, uint32_t variable, struct wp_test *test)
{
    for (size_t i = 0; i < slice->networks.count; i++) {
        if (slice->networks.variables[i] != variable)
            continue;
        *test = (struct wp_test){.kind = WP_TEST_NETWORK, .network = slice->networks.numbers[i]};
        return true;
    }
    return mask_meaning(&slice->devices, variable, WP_TEST_DEVICE, test) ||
           mask_meaning(&slice->postures, variable, WP_TEST_POSTURE, test) ||
           members_meaning(&slice->apps, variable, WP_TEST_APP, test) ||
           members_meaning(&slice->users, variable, WP_TEST_USER, test);
}
