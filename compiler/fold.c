/*
 * Folding goes from the leaves up. What is joined by `and` (or, after pushing
 * negations down, by `or`) is gathered: one slot for each known dimension, the
 * groups, and the conditions of the other kind; then a node is made of what is
 * left.
 */
#include "compiler/fold.h"

#include "compiler/members.h"

#include <assert.h>
#include <string.h>

struct wp_folder {
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_network_pool *pool;
    uint64_t all_devices;
    struct wp_test **named[2]; /* named conditions and their opposites, once folded */
    struct wp_test *constants[2];
    uint64_t parts; /* in all nodes made */
};

/* More parts than this in all folded conditions are too many. */
#define MAX_PARTS UINT64_C(50000000)

struct wp_folder *
wp_folder_new(const struct wp_model *model, struct wp_network_pool *pool)
{
    struct wp_folder *folder = wp_alloc(model->arena, sizeof *folder);

    folder->arena = model->arena;
    folder->model = model;
    folder->pool = pool;
    folder->all_devices = model->device_count > WP_MAX_DEVICES
                              ? UINT64_MAX
                              : (UINT64_C(1) << model->device_count) - 1;
    for (int i = 0; i < 2; i++) {
        folder->named[i] = wp_alloc_array(model->arena, (size_t)model->condition_count + 1,
                                          sizeof *folder->named[i]);
        folder->constants[i] = wp_alloc(model->arena, sizeof *folder->constants[i]);
        folder->constants[i]->kind = i ? WP_TEST_TRUE : WP_TEST_FALSE;
        folder->constants[i]->span = (struct wp_span){WP_NO_FILE, 0, 0};
    }
    return folder;
}

bool
wp_fold_too_large(const struct wp_folder *folder)
{
    return folder->parts > MAX_PARTS;
}

/* ---- leaves ------------------------------------------------------------------------------ */

static struct wp_test *
new_test(struct wp_folder *folder, enum wp_test_kind kind, struct wp_span span)
{
    struct wp_test *test = wp_alloc(folder->arena, sizeof *test);

    test->kind = kind;
    test->span = span;
    return test;
}

static struct wp_test *
new_network(struct wp_folder *folder, uint32_t network, struct wp_span span)
{
    if (network == folder->pool->empty || network == folder->pool->everything)
        return folder->constants[network == folder->pool->everything];
    struct wp_test *test = new_test(folder, WP_TEST_NETWORK, span);
    test->network = network;
    return test;
}

static struct wp_test *
new_mask(struct wp_folder *folder, enum wp_test_kind kind, uint64_t mask, struct wp_span span)
{
    uint64_t all = kind == WP_TEST_DEVICE ? folder->all_devices : WP_POSTURE_ALL;

    mask &= all;
    if (mask == 0 || mask == all)
        return folder->constants[mask == all];
    struct wp_test *test = new_test(folder, kind, span);
    test->mask = mask;
    return test;
}

static uint32_t
named_count(const struct wp_folder *folder, enum wp_test_kind kind)
{
    return kind == WP_TEST_APP ? folder->model->app_count : folder->model->user_count;
}

static struct wp_test *
new_members(struct wp_folder *folder, enum wp_test_kind kind, const struct wp_members *members,
            struct wp_span span)
{
    if (members->ids.count == 0 && !members->others)
        return folder->constants[false];
    if (members->others && members->ids.count == named_count(folder, kind))
        return folder->constants[true];
    struct wp_test *test = new_test(folder, kind, span);
    test->ids = members->ids;
    test->others = members->others;
    return test;
}

static struct wp_test *
new_group(struct wp_folder *folder, const struct wp_ids *ids, bool negated, struct wp_span span)
{
    if (ids->count == 0)
        return folder->constants[negated];
    struct wp_test *group = new_test(folder, WP_TEST_GROUP, span);
    group->ids = *ids;
    if (!negated)
        return group;
    struct wp_test *not = new_test(folder, WP_TEST_NOT, span);
    not ->parts = wp_alloc(folder->arena, sizeof *not ->parts);
    not ->parts[0] = group;
    not ->part_count = 1;
    folder->parts++;
    return not ;
}

static struct wp_test *
fold_leaf(struct wp_folder *folder, const struct wp_test *test, bool negated)
{
    struct wp_members members = {test->ids, test->others};

    switch (test->kind) {
    case WP_TEST_NETWORK:
        return new_network(
            folder, negated ? wp_networks_complement(folder->pool, test->network) : test->network,
            test->span);
    case WP_TEST_DEVICE:
    case WP_TEST_POSTURE:
        return new_mask(folder, test->kind, negated ? ~test->mask : test->mask, test->span);
    case WP_TEST_APP:
    case WP_TEST_USER:
        if (negated) {
            folder->parts += named_count(folder, test->kind);
            members =
                wp_members_complement(folder->arena, &members, named_count(folder, test->kind));
        }
        return new_members(folder, test->kind, &members, test->span);
    case WP_TEST_GROUP:
        return new_group(folder, &test->ids, negated, test->span);
    case WP_TEST_TRUE:
    case WP_TEST_FALSE:
    case WP_TEST_AND:
    case WP_TEST_OR:
    case WP_TEST_NOT:
        break;
    }
    return folder->constants[(test->kind == WP_TEST_TRUE) != negated];
}

/* ---- joining ------------------------------------------------------------------------------- */

/* What is joined by one kind of node: at most one leaf a known dimension, then
 * groups, then the rest. */
struct joint {
    struct wp_folder *folder;
    enum wp_test_kind kind; /* AND or OR */
    struct wp_span span;
    bool is_settled;                      /* a FALSE under AND, a TRUE under OR */
    struct wp_test *known[WP_TEST_GROUP]; /* by kind */
    struct wp_test *merged;               /* groups under OR, none-of groups under AND: one leaf */
    struct wp_test **others;
    uint32_t other_count, other_room;
};

static void
join_known(struct joint *joint, struct wp_test *leaf)
{
    struct wp_folder *folder = joint->folder;
    struct wp_test **slot = &joint->known[leaf->kind], *held = *slot;
    bool is_and = joint->kind == WP_TEST_AND;

    if (!held) {
        *slot = leaf;
        return;
    }
    struct wp_members a = {held->ids, held->others}, b = {leaf->ids, leaf->others};
    if (leaf->kind == WP_TEST_NETWORK) {
        enum wp_network_operation operation = is_and ? WP_NETWORK_INTERSECTION : WP_NETWORK_UNION;
        *slot = new_network(
            folder, wp_networks_combine(folder->pool, operation, held->network, leaf->network),
            held->span);
    } else if (leaf->kind == WP_TEST_DEVICE || leaf->kind == WP_TEST_POSTURE) {
        uint64_t mask = is_and ? held->mask & leaf->mask : held->mask | leaf->mask;
        *slot = new_mask(folder, leaf->kind, mask, held->span);
    } else {
        folder->parts += a.ids.count + b.ids.count;
        a = is_and ? wp_members_intersection(folder->arena, &a, &b)
                   : wp_members_union(folder->arena, &a, &b);
        *slot = new_members(folder, leaf->kind, &a, held->span);
    }
    if ((*slot)->kind == WP_TEST_TRUE || (*slot)->kind == WP_TEST_FALSE) {
        joint->is_settled |= ((*slot)->kind == WP_TEST_FALSE) == is_and;
        *slot = NULL;
    }
}

static const struct wp_ids *
group_ids(const struct wp_test *literal)
{
    return literal->kind == WP_TEST_NOT ? &literal->parts[0]->ids : &literal->ids;
}

/* `in G or in H` is `in any of G, H`; `not in G and not in H` is `in none`. */
static void
merge_group(struct joint *joint, struct wp_test *literal)
{
    struct wp_folder *folder = joint->folder;

    if (!joint->merged) {
        joint->merged = literal;
        return;
    }
    struct wp_ids ids = wp_ids_union(folder->arena, group_ids(joint->merged), group_ids(literal));
    folder->parts += ids.count;
    joint->merged = new_group(folder, &ids, literal->kind == WP_TEST_NOT, joint->merged->span);
}

static bool
same_literal(const struct wp_test *a, const struct wp_test *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || (a->kind != WP_TEST_GROUP && a->kind != WP_TEST_NOT))
        return false;
    return wp_ids_equal(group_ids(a), group_ids(b));
}

static void
add_other(struct joint *joint, struct wp_test *part)
{
    enum { LOOK_BACK = 32 };
    uint32_t from = joint->other_count > LOOK_BACK ? joint->other_count - LOOK_BACK : 0;

    for (uint32_t i = from; i < joint->other_count; i++)
        if (same_literal(joint->others[i], part))
            return;
    if (joint->other_count == joint->other_room) {
        uint32_t room = joint->other_room == 0 ? 4 : joint->other_room * 2;
        struct wp_test **others = wp_alloc_array(joint->folder->arena, room, sizeof *others);

        if (joint->other_count > 0)
            memcpy(others, joint->others, joint->other_count * sizeof *others);
        joint->others = others;
        joint->other_room = room;
    }
    joint->others[joint->other_count++] = part;
}

static void
join_part(struct joint *joint, struct wp_test *part)
{
    bool is_and = joint->kind == WP_TEST_AND;

    joint->folder->parts++;
    switch (part->kind) {
    case WP_TEST_TRUE:
    case WP_TEST_FALSE:
        joint->is_settled |= (part->kind == WP_TEST_FALSE) == is_and;
        break;
    case WP_TEST_AND:
    case WP_TEST_OR:
        if (part->kind != joint->kind) {
            add_other(joint, part);
            break;
        }
        for (uint32_t i = 0; i < part->part_count; i++)
            join_part(joint, part->parts[i]);
        break;
    case WP_TEST_NETWORK:
    case WP_TEST_DEVICE:
    case WP_TEST_POSTURE:
    case WP_TEST_APP:
    case WP_TEST_USER:
        join_known(joint, part);
        break;
    case WP_TEST_GROUP:
    case WP_TEST_NOT:
        if ((part->kind == WP_TEST_NOT) == is_and)
            merge_group(joint, part);
        else
            add_other(joint, part);
        break;
    }
}

static bool
is_literal(const struct wp_test *test)
{
    return test->kind == WP_TEST_GROUP || test->kind == WP_TEST_NOT;
}

/* The node: known dimensions in the order of their kinds, groups, the rest. */
static struct wp_test *
finish_joint(struct joint *joint)
{
    struct wp_folder *folder = joint->folder;
    bool is_and = joint->kind == WP_TEST_AND;
    struct wp_test **parts;
    uint32_t count = 0;

    if (joint->is_settled)
        return folder->constants[!is_and];
    parts = wp_alloc_array(folder->arena, (size_t)joint->other_count + WP_TEST_GROUP + 1,
                           sizeof *parts);
    for (int kind = WP_TEST_NETWORK; kind < WP_TEST_GROUP; kind++)
        if (joint->known[kind])
            parts[count++] = joint->known[kind];
    for (uint32_t i = 0; i < joint->other_count; i++)
        if (is_literal(joint->others[i]))
            parts[count++] = joint->others[i];
    if (joint->merged)
        parts[count++] = joint->merged;
    for (uint32_t i = 0; i < joint->other_count; i++)
        if (!is_literal(joint->others[i]))
            parts[count++] = joint->others[i];
    if (count == 0)
        return folder->constants[is_and];
    if (count == 1)
        return parts[0];
    struct wp_test *test = new_test(folder, joint->kind, joint->span);
    test->parts = parts;
    test->part_count = count;
    return test;
}

static struct wp_test *
fold_parts(struct wp_folder *folder, const struct wp_test *test, bool negated)
{
    struct joint joint = {
        .folder = folder,
        .kind = (test->kind == WP_TEST_AND) != negated ? WP_TEST_AND : WP_TEST_OR,
        .span = test->span,
    };

    for (uint32_t i = 0; i < test->part_count && !joint.is_settled; i++)
        join_part(&joint, wp_fold(folder, test->parts[i], negated));
    return finish_joint(&joint);
}

static struct wp_test *
fold_any(struct wp_folder *folder, const struct wp_test *test, bool negated)
{
    if (wp_fold_too_large(folder))
        return folder->constants[false];
    if (test->kind == WP_TEST_NOT)
        return wp_fold(folder, test->parts[0], !negated);
    if (test->kind == WP_TEST_AND || test->kind == WP_TEST_OR)
        return fold_parts(folder, test, negated);
    return fold_leaf(folder, test, negated);
}

struct wp_test *
wp_fold(struct wp_folder *folder, const struct wp_test *test, bool negated)
{
    if (test->named == 0)
        return fold_any(folder, test, negated);
    struct wp_test **known = &folder->named[negated][test->named - 1];
    if (!*known)
        *known = fold_any(folder, test, negated);
    return *known;
}
