/* Terms of parts joined by `or` are lined up, of parts joined by `and` multiplied
 * out; lists that grow are thinned as they do. */
#include "compiler/terms.h"

#include "compiler/members.h"

#include <string.h>

/* Above this many, terms are only compared with equal ones, not with each other. */
enum { FEW_TERMS = 256 };

/* Parts with as many parts of their own are remembered, since only named
 * conditions, which rules share, tend to be as large. */
enum { WORTH_KEEPING = 8 };

struct list {
    struct wp_term *terms;
    uint32_t count, room;
    bool is_full; /* more than there may be */
};

struct kept {
    const struct wp_test *folded;
    struct list list;
};

struct wp_term_maker {
    struct wp_arena *arena;
    struct wp_network_pool *pool;
    uint64_t all_devices;
    struct kept *kept;
    uint32_t kept_count, kept_room;
    struct wp_map by_node;
};

static struct wp_term
anything(struct wp_term_maker *maker)
{
    return (struct wp_term){
        .network = WP_NONE, .devices = maker->all_devices, .postures = WP_POSTURE_ALL};
}

/* ---- lists ---------------------------------------------------------------------------- */

static void
append(struct wp_term_maker *maker, struct list *list, const struct wp_term *term)
{
    if (list->count == list->room || !list->terms) {
        uint32_t room = list->terms ? list->room * 2 : list->room + (list->room == 0);
        struct wp_term *terms = wp_alloc_array(maker->arena, room, sizeof *terms);

        if (list->count > 0)
            memcpy(terms, list->terms, list->count * sizeof *terms);
        list->terms = terms;
        list->room = room;
    }
    list->terms[list->count++] = *term;
}

static bool
members_within(const struct wp_members *a, const struct wp_members *b)
{
    return a == b || !b || (a && wp_members_within(a, b));
}

/* Does `term` ask for a group of `clause`, or of a smaller choice? */
static bool
implies_clause(const struct wp_term *term, const struct wp_ids *clause)
{
    for (uint32_t i = 0; i < term->any_count; i++)
        if (wp_ids_within(&term->any[i], clause))
            return true;
    return false;
}

static bool
network_within(struct wp_network_pool *pool, uint32_t a, uint32_t b)
{
    if (a == b || b == WP_NONE)
        return true;
    return a != WP_NONE && wp_network_is_within(&pool->networks[a], &pool->networks[b]);
}

bool
wp_term_within(struct wp_network_pool *pool, const struct wp_term *a, const struct wp_term *b)
{
    if ((a->devices & ~b->devices) != 0 || (a->postures & ~b->postures) != 0)
        return false;
    if (!members_within(a->apps, b->apps) || !members_within(a->users, b->users))
        return false;
    if (!wp_ids_within(&b->none, &a->none))
        return false;
    for (uint32_t i = 0; i < b->any_count; i++)
        if (!implies_clause(a, &b->any[i]))
            return false;
    return network_within(pool, a->network, b->network);
}

/* Takes out terms that another one covers; of equal ones the first stays. */
static void
thin(struct wp_term_maker *maker, struct list *list)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < list->count; i++) {
        bool is_covered = false;

        for (uint32_t k = 0; k < kept && !is_covered; k++)
            is_covered = wp_term_within(maker->pool, &list->terms[i], &list->terms[k]);
        for (uint32_t k = i + 1; k < list->count && !is_covered; k++)
            is_covered = wp_term_within(maker->pool, &list->terms[i], &list->terms[k]) &&
                         !wp_term_within(maker->pool, &list->terms[k], &list->terms[i]);
        if (!is_covered)
            list->terms[kept++] = list->terms[i];
    }
    list->count = kept;
}

static uint64_t
hash_members(uint64_t hash, const struct wp_members *members)
{
    return members ? wp_hash_bytes(hash + members->others, members->ids.ids,
                                   members->ids.count * sizeof(uint32_t))
                   : hash;
}

static uint64_t
hash_term(const struct wp_term *term)
{
    uint64_t hash = wp_hash_bytes(term->network, &term->devices, sizeof term->devices);

    hash = wp_hash_bytes(hash, &term->postures, sizeof term->postures);
    hash = hash_members(hash_members(hash, term->apps), term->users);
    for (uint32_t i = 0; i < term->any_count; i++)
        hash = wp_hash_bytes(hash, term->any[i].ids, term->any[i].count * sizeof(uint32_t));
    return wp_hash_bytes(hash, term->none.ids, term->none.count * sizeof(uint32_t));
}

struct equality {
    struct wp_network_pool *pool;
    const struct wp_term *terms;
};

static bool
is_term(const void *context, uint32_t number, const void *key)
{
    const struct equality *equality = context;
    const struct wp_term *term = &equality->terms[number];

    return wp_term_within(equality->pool, term, key) && wp_term_within(equality->pool, key, term);
}

/* The same for long lists, where only equal terms are looked for. */
static void
take_out_equal(struct wp_term_maker *maker, struct list *list)
{
    struct equality equality = {maker->pool, list->terms};
    struct wp_map seen;
    uint32_t kept = 0;

    wp_map_init(&seen, maker->arena);
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t hash = hash_term(&list->terms[i]);

        if (wp_map_find(&seen, hash, is_term, &equality, &list->terms[i]) != WP_NONE)
            continue;
        list->terms[kept] = list->terms[i];
        wp_map_add(&seen, hash, kept++);
    }
    list->count = kept;
}

static void
reduce(struct wp_term_maker *maker, struct list *list)
{
    if (list->count > FEW_TERMS)
        take_out_equal(maker, list);
    if (list->count > 1 && list->count <= FEW_TERMS)
        thin(maker, list);
}

/* ---- products -------------------------------------------------------------------------- */

/* Both sets of apps or users; false when they have nobody in common. */
static bool
meet_members(struct wp_term_maker *maker, const struct wp_members *other,
             const struct wp_members **members)
{
    if (!other || *members == other)
        return true;
    if (!*members) {
        *members = other;
        return true;
    }
    struct wp_members *both = wp_alloc(maker->arena, sizeof *both);
    *both = wp_members_intersection(maker->arena, *members, other);
    *members = both;
    return both->others || both->ids.count > 0;
}

static bool
meet_network(struct wp_term_maker *maker, uint32_t other, uint32_t *network)
{
    if (other == WP_NONE || other == *network)
        return true;
    if (*network == WP_NONE)
        *network = other;
    else
        *network = wp_networks_combine(maker->pool, WP_NETWORK_INTERSECTION, *network, other);
    return *network != maker->pool->empty;
}

/* The clauses of both, without those that another implies. */
static void
join_clauses(struct wp_term_maker *maker, struct wp_term *term, const struct wp_term *other)
{
    struct wp_ids *any;
    uint32_t count = 0;

    if (other->any_count == 0)
        return;
    any = wp_alloc_array(maker->arena, (size_t)term->any_count + other->any_count, sizeof *any);
    for (uint32_t i = 0; i < term->any_count; i++)
        if (!implies_clause(other, &term->any[i]))
            any[count++] = term->any[i];
    const struct wp_term kept = {.any = any, .any_count = count};
    for (uint32_t i = 0; i < other->any_count; i++)
        if (!implies_clause(&kept, &other->any[i]))
            any[count++] = other->any[i];
    term->any = any;
    term->any_count = count;
}

/* Narrows `term` by `other`; false when nothing known is left of it. */
static bool
meet(struct wp_term_maker *maker, struct wp_term *term, const struct wp_term *other)
{
    term->devices &= other->devices;
    term->postures &= other->postures;
    if (term->devices == 0 || term->postures == 0)
        return false;
    if (!meet_members(maker, other->apps, &term->apps) ||
        !meet_members(maker, other->users, &term->users) ||
        !meet_network(maker, other->network, &term->network))
        return false;
    join_clauses(maker, term, other);
    term->none = wp_ids_union(maker->arena, &term->none, &other->none);
    return true;
}

static struct list
multiply(struct wp_term_maker *maker, const struct list *a, const struct list *b)
{
    uint64_t most = (uint64_t)a->count * b->count;
    struct list product = {.room = most < FEW_TERMS ? (uint32_t)most : FEW_TERMS};

    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++) {
            struct wp_term term = a->terms[i];

            if (!meet(maker, &term, &b->terms[k]))
                continue;
            append(maker, &product, &term);
            if (product.count <= 2 * WP_MAX_TERMS)
                continue;
            reduce(maker, &product);
            if (product.count > WP_MAX_TERMS) {
                product.is_full = true;
                return product;
            }
        }
    reduce(maker, &product);
    product.is_full = product.count > WP_MAX_TERMS;
    return product;
}

/* ---- the tree ------------------------------------------------------------------------------ */

/* Narrows `term` by a leaf or a negated group. */
static void
set_leaf(struct wp_term_maker *maker, const struct wp_test *leaf, struct wp_term *term)
{
    struct wp_members *members;

    switch (leaf->kind) {
    case WP_TEST_NETWORK:
        term->network = leaf->network;
        break;
    case WP_TEST_DEVICE:
        term->devices = leaf->mask;
        break;
    case WP_TEST_POSTURE:
        term->postures = leaf->mask;
        break;
    case WP_TEST_APP:
    case WP_TEST_USER:
        members = wp_alloc(maker->arena, sizeof *members);
        *members = (struct wp_members){leaf->ids, leaf->others};
        *(leaf->kind == WP_TEST_APP ? &term->apps : &term->users) = members;
        break;
    case WP_TEST_GROUP:
        term->any = &leaf->ids;
        term->any_count = 1;
        break;
    case WP_TEST_NOT:
        term->none = leaf->parts[0]->ids;
        break;
    case WP_TEST_TRUE:
    case WP_TEST_FALSE:
    case WP_TEST_AND:
    case WP_TEST_OR:
        break;
    }
}

static struct list
terms_of_leaf(struct wp_term_maker *maker, const struct wp_test *leaf)
{
    struct wp_term term = anything(maker);
    struct list list = {0};

    if (leaf->kind == WP_TEST_FALSE)
        return list;
    set_leaf(maker, leaf, &term);
    append(maker, &list, &term);
    return list;
}

static struct list terms_of(struct wp_term_maker *maker, const struct wp_test *folded);
static struct list kept_terms(struct wp_term_maker *maker, const struct wp_test *folded);

static struct list
terms_of_or(struct wp_term_maker *maker, const struct wp_test *folded)
{
    struct list list = {.room = folded->part_count};

    for (uint32_t i = 0; i < folded->part_count && !list.is_full; i++) {
        struct list part = kept_terms(maker, folded->parts[i]);

        list.is_full = part.is_full;
        for (uint32_t k = 0; k < part.count; k++)
            append(maker, &list, &part.terms[k]);
        if (list.count > 2 * WP_MAX_TERMS) {
            reduce(maker, &list);
            list.is_full |= list.count > WP_MAX_TERMS;
        }
    }
    reduce(maker, &list);
    list.is_full |= list.count > WP_MAX_TERMS;
    return list;
}

static bool
is_composite(const struct wp_test *test)
{
    return test->kind == WP_TEST_AND || test->kind == WP_TEST_OR;
}

/* All leaves of an `and` make one term; what is composite multiplies it. */
static struct list
terms_of_and(struct wp_term_maker *maker, const struct wp_test *folded)
{
    struct wp_term term = anything(maker);
    struct list list = {0};

    for (uint32_t i = 0; i < folded->part_count; i++) {
        struct wp_term leaf = anything(maker);

        if (is_composite(folded->parts[i]))
            continue;
        set_leaf(maker, folded->parts[i], &leaf);
        if (!meet(maker, &term, &leaf))
            return list;
    }
    append(maker, &list, &term);
    for (uint32_t i = 0; i < folded->part_count && !list.is_full; i++) {
        if (!is_composite(folded->parts[i]))
            continue;
        struct list part = kept_terms(maker, folded->parts[i]);
        if (part.is_full)
            return part;
        list = multiply(maker, &list, &part);
    }
    return list;
}

static struct list
terms_of(struct wp_term_maker *maker, const struct wp_test *folded)
{
    if (folded->kind == WP_TEST_AND)
        return terms_of_and(maker, folded);
    if (folded->kind == WP_TEST_OR)
        return terms_of_or(maker, folded);
    return terms_of_leaf(maker, folded);
}

static bool
is_node(const void *context, uint32_t number, const void *key)
{
    const struct wp_term_maker *maker = context;

    return maker->kept[number].folded == key;
}

static void
keep(struct wp_term_maker *maker, uint64_t hash, const struct wp_test *folded,
     const struct list *list)
{
    if (maker->kept_count == maker->kept_room) {
        uint32_t room = maker->kept_room * 2 + 16;
        struct kept *kept = wp_alloc_array(maker->arena, room, sizeof *kept);

        if (maker->kept_count > 0)
            memcpy(kept, maker->kept, maker->kept_count * sizeof *kept);
        maker->kept = kept;
        maker->kept_room = room;
    }
    maker->kept[maker->kept_count] = (struct kept){folded, *list};
    wp_map_add(&maker->by_node, hash, maker->kept_count++);
}

/* The terms of a part, made once; lists are not changed after they are made. */
static struct list
kept_terms(struct wp_term_maker *maker, const struct wp_test *folded)
{
    if (folded->part_count < WORTH_KEEPING)
        return terms_of(maker, folded);
    uint64_t hash = wp_hash_bytes(0, &folded, sizeof folded);
    uint32_t found = wp_map_find(&maker->by_node, hash, is_node, maker, folded);
    if (found != WP_NONE)
        return maker->kept[found].list;
    struct list list = terms_of(maker, folded);
    keep(maker, hash, folded, &list);
    return list;
}

struct wp_term_maker *
wp_term_maker_new(const struct wp_model *model, struct wp_network_pool *pool)
{
    struct wp_term_maker *maker = wp_alloc(model->arena, sizeof *maker);

    maker->arena = model->arena;
    maker->pool = pool;
    maker->all_devices = model->device_count > WP_MAX_DEVICES
                             ? UINT64_MAX
                             : (UINT64_C(1) << model->device_count) - 1;
    wp_map_init(&maker->by_node, model->arena);
    return maker;
}

bool
wp_terms_of(struct wp_term_maker *maker, const struct wp_test *folded, const struct wp_term **terms,
            uint32_t *count)
{
    struct list list = kept_terms(maker, folded);

    *terms = list.terms;
    *count = list.is_full ? 0 : list.count;
    return !list.is_full;
}
