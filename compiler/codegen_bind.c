/*
 * What binding reads: atoms, the entries that each fulfils or forbids, and the
 * clauses that remain to be checked.
 *
 * Groups and users are holders; a holder's occurrences are the sets it is in.
 * Holders with the same occurrences are one atom, so that a set of a thousand
 * groups that are always named together costs one posting.
 */
#include "compiler/codegen.h"

/* Sets of holders: groups by number, users behind them. */
struct sets {
    struct wp_map map;
    struct wp_buffer first;   /* places in holders, one more than sets */
    struct wp_buffer holders; /* rising in each set; later their atoms */
    uint32_t *scratch;
};

/* What one entry wants of a principal, as set numbers. */
struct wanted {
    uint32_t any_first, any_count; /* clauses in `clauses`; a user's is the first */
    uint32_t none, not_users;      /* or WP_NONE */
    bool by_user;
};

struct binding {
    struct wp_codegen *g;
    uint32_t group_count, holder_count;
    struct sets sets;
    struct wanted *wanted;    /* by entry */
    struct wp_buffer clauses; /* set numbers */
    uint32_t *atom_of;        /* by holder, or WP_NONE */
    uint32_t atom_count;
};

/* ---- sets ----------------------------------------------------------------------- */

struct run {
    const uint32_t *numbers;
    uint32_t count;
};

static struct run
set_of(const struct sets *sets, uint32_t set)
{
    const uint32_t *first = wp_buffer_words(&sets->first) + set;
    return (struct run){wp_buffer_words(&sets->holders) + first[0], first[1] - first[0]};
}

static bool
is_set(const void *context, uint32_t number, const void *key)
{
    const struct run set = set_of(context, number), *wanted = key;
    return set.count == wanted->count &&
           (set.count == 0 ||
            memcmp(set.numbers, wanted->numbers, set.count * sizeof *set.numbers) == 0);
}

static uint32_t
add_set(struct binding *b, struct run run)
{
    struct sets *sets = &b->sets;
    const uint64_t hash = wp_hash_bytes(0, run.numbers, run.count * sizeof *run.numbers);
    uint32_t number = wp_map_find(&sets->map, hash, is_set, sets, &run);
    if (number != UINT32_MAX)
        return number;
    number = sets->map.count;
    wp_buffer_add(&sets->holders, run.numbers, run.count * sizeof *run.numbers);
    wp_buffer_add32(&sets->first, (uint32_t)(sets->holders.size / sizeof(uint32_t)));
    wp_map_add(&sets->map, hash, number);
    return number;
}

static uint32_t
add_users(struct binding *b, const uint32_t *users, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        b->sets.scratch[i] = b->group_count + users[i];
    return add_set(b, (struct run){b->sets.scratch, count});
}

/* The named users that a set with `others` leaves out, or WP_NONE: none. */
static uint32_t
add_left_out(struct binding *b, const struct wp_ids *ids)
{
    uint32_t count = 0, next = 0;
    for (uint32_t user = 0; user < b->g->model->user_count; user++) {
        if (next < ids->count && ids->ids[next] == user)
            next++;
        else
            b->sets.scratch[count++] = b->group_count + user;
    }
    return count == 0 ? WP_NONE : add_set(b, (struct run){b->sets.scratch, count});
}

/* ---- entries ----------------------------------------------------------------------- */

static void
want(struct binding *b, struct wanted *w, const struct wp_term *term)
{
    w->any_first = (uint32_t)(b->clauses.size / sizeof(uint32_t));
    w->none = w->not_users = WP_NONE;
    w->by_user = term->users != NULL && !term->users->others;
    if (w->by_user)
        wp_buffer_add32(&b->clauses, add_users(b, term->users->ids.ids, term->users->ids.count));
    else if (term->users != NULL)
        w->not_users = add_left_out(b, &term->users->ids);
    for (uint32_t i = 0; i < term->any_count; i++)
        wp_buffer_add32(&b->clauses,
                        add_set(b, (struct run){term->any[i].ids, term->any[i].count}));
    if (term->none.count > 0)
        w->none = add_set(b, (struct run){term->none.ids, term->none.count});
    w->any_count = (uint32_t)(b->clauses.size / sizeof(uint32_t)) - w->any_first;
}

static void
collect_wanted(struct binding *b)
{
    for (uint32_t i = 0; i < b->g->entry_count; i++)
        if (b->g->entries[i].term != NULL)
            want(b, &b->wanted[i], b->g->entries[i].term);
}

/* ---- atoms ------------------------------------------------------------------------------ */

/* Of each holder the sets it is in. */
struct occurrences {
    uint32_t *first, *sets;
};

static void
collect_occurrences(const struct binding *b, struct occurrences *o)
{
    const struct sets *sets = &b->sets;
    const size_t total = sets->holders.size / sizeof(uint32_t);
    const uint32_t *holders = wp_buffer_words(&sets->holders);
    o->first = wp_alloc_array(b->g->scratch, (size_t)b->holder_count + 2, sizeof *o->first);
    o->sets = wp_alloc_array(b->g->scratch, total + 1, sizeof *o->sets);
    for (size_t i = 0; i < total; i++)
        o->first[holders[i] + 2]++;
    for (uint32_t i = 2; i < b->holder_count + 2; i++)
        o->first[i] += o->first[i - 1];
    for (uint32_t set = 0; set < sets->map.count; set++) {
        const struct run run = set_of(sets, set);
        for (uint32_t i = 0; i < run.count; i++)
            o->sets[o->first[run.numbers[i] + 1]++] = set;
    }
}

struct atom_key {
    const struct occurrences *occurrences;
    const uint32_t *first_holder; /* of each atom */
    uint32_t holder;
};

static bool
is_atom(const void *context, uint32_t atom, const void *key)
{
    (void)context;
    const struct atom_key *k = key;
    const struct occurrences *o = k->occurrences;
    const uint32_t x = k->holder, y = k->first_holder[atom];
    const uint32_t count = o->first[x + 1] - o->first[x];
    return count == o->first[y + 1] - o->first[y] &&
           memcmp(o->sets + o->first[x], o->sets + o->first[y], count * sizeof *o->sets) == 0;
}

static void
make_atoms(struct binding *b)
{
    struct occurrences o;
    collect_occurrences(b, &o);
    uint32_t *first_holder =
        wp_alloc_array(b->g->scratch, (size_t)b->holder_count + 1, sizeof *first_holder);
    struct wp_map map;
    wp_map_init(&map, b->g->scratch);
    for (uint32_t holder = 0; holder < b->holder_count; holder++) {
        const uint32_t count = o.first[holder + 1] - o.first[holder];
        b->atom_of[holder] = WP_NONE;
        if (count == 0)
            continue;
        const struct atom_key key = {&o, first_holder, holder};
        const uint64_t hash = wp_hash_bytes(0, o.sets + o.first[holder], count * sizeof *o.sets);
        if (b->g->options->optimise)
            b->atom_of[holder] = wp_map_find(&map, hash, is_atom, NULL, &key);
        if (b->atom_of[holder] != WP_NONE)
            continue;
        first_holder[b->atom_count] = holder;
        b->atom_of[holder] = b->atom_count;
        wp_map_add(&map, hash, b->atom_count++);
    }
}

/* Sets of holders become sets of atoms. Atoms are numbered by their first holder
 * and no set holds some of an atom only, so that a set's first holders rise. */
static void
turn_into_atoms(struct binding *b)
{
    uint32_t *seen = wp_alloc_array(b->g->scratch, (size_t)b->atom_count + 1, sizeof *seen);
    uint32_t *holders = wp_buffer_words(&b->sets.holders), *first = wp_buffer_words(&b->sets.first);
    uint32_t to = 0, from = 0;
    for (uint32_t set = 0; set < b->sets.map.count; set++) {
        for (; from < first[set + 1]; from++) {
            const uint32_t atom = b->atom_of[holders[from]];
            if (seen[atom] == set + 1)
                continue;
            seen[atom] = set + 1;
            holders[to++] = atom;
        }
        first[set + 1] = to;
    }
}

static void
write_holders(struct binding *b)
{
    struct wp_codegen *g = b->g;
    g->groups = wp_alloc_array(g->arena, (size_t)b->group_count + 1, sizeof *g->groups);
    g->users = wp_alloc_array(g->arena, (size_t)g->model->user_count + 1, sizeof *g->users);
    for (uint32_t holder = 0; holder < b->holder_count; holder++) {
        if (b->atom_of[holder] == WP_NONE)
            continue;
        wp_buffer_add32(wp_section_of(g, WP_SECTION_ATOMS), b->atom_of[holder]);
        if (holder < b->group_count)
            g->groups[g->shape.groups++] = holder;
        else
            g->users[g->shape.users++] = holder - b->group_count;
    }
    g->shape.atoms = b->atom_count;
}

/* ---- postings -------------------------------------------------------------------------------- */

/* The clause by which an entry is found: a user's, else the one of fewest atoms. */
static uint32_t
primary_clause(const struct binding *b, const struct wanted *w)
{
    const uint32_t *clauses = wp_buffer_words(&b->clauses) + w->any_first;
    uint32_t best = 0;
    for (uint32_t i = 1; i < w->any_count && !w->by_user; i++)
        if (set_of(&b->sets, clauses[i]).count < set_of(&b->sets, clauses[best]).count)
            best = i;
    return best;
}

/* Calls `add` with each posting: its place is 2 * atom, and one more when the atom
 * forbids the entry. */
static void
each_posting(struct binding *b, const uint32_t *residuals,
             void (*add)(struct wp_codegen *g, uint32_t *places, uint32_t place, uint32_t posting),
             uint32_t *places)
{
    for (uint32_t entry = 0; entry < b->g->entry_count; entry++) {
        const struct wanted *w = &b->wanted[entry];
        if (b->g->entries[entry].term == NULL)
            continue;
        const uint32_t posting =
            residuals[entry] == WP_NONE ? entry : residuals[entry] | WP_POSTING_RESIDUAL;
        if (w->any_count > 0) {
            const uint32_t clause = w->any_first + primary_clause(b, w);
            const struct run run = set_of(&b->sets, wp_buffer_words(&b->clauses)[clause]);
            for (uint32_t i = 0; i < run.count; i++)
                add(b->g, places, 2 * run.numbers[i], posting);
        }
        const uint32_t forbidding[] = {w->none, w->not_users};
        for (size_t k = 0; k < 2; k++) {
            const struct run run =
                forbidding[k] == WP_NONE ? (struct run){NULL, 0} : set_of(&b->sets, forbidding[k]);
            for (uint32_t i = 0; i < run.count; i++)
                add(b->g, places, 2 * run.numbers[i] + 1, entry);
        }
    }
}

static void
count_posting(struct wp_codegen *g, uint32_t *places, uint32_t place, uint32_t posting)
{
    (void)g;
    (void)posting;
    places[place + 1]++;
}

static void
write_posting(struct wp_codegen *g, uint32_t *places, uint32_t place, uint32_t posting)
{
    wp_buffer_words(wp_section_of(g, WP_SECTION_POSTINGS))[places[place]++] = posting;
}

static bool
write_postings(struct binding *b, const uint32_t *residuals)
{
    struct wp_codegen *g = b->g;
    const struct wp_span nowhere = {.file = WP_NO_FILE};
    const size_t count = 2 * (size_t)b->atom_count + 1;
    uint32_t *places = wp_alloc_array(g->scratch, count, sizeof *places);
    each_posting(b, residuals, count_posting, places);
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += places[i];
        places[i] = (uint32_t)total;
    }
    if (total > UINT32_MAX)
        return wp_too_many(g, nowhere, "the places where conditions name groups");
    wp_buffer_add(wp_section_of(g, WP_SECTION_POSTINGS_INDEX), places, count * sizeof *places);
    (void)wp_buffer_extend(wp_section_of(g, WP_SECTION_POSTINGS), total * sizeof(uint32_t));
    each_posting(b, residuals, write_posting, places);
    g->shape.postings = (uint32_t)total;
    return true;
}

/* ---- residuals and clauses
 * ----------------------------------------------------------------------- */

/* The image's number of a clause, which is added the first time. */
static uint32_t
write_clause(struct binding *b, uint32_t set)
{
    struct wp_codegen *g = b->g;
    struct wp_buffer *atoms = wp_section_of(g, WP_SECTION_CLAUSE_ATOMS);
    const struct run run = set_of(&b->sets, set);
    wp_buffer_add(atoms, run.numbers, run.count * sizeof *run.numbers);
    wp_buffer_add32(wp_section_of(g, WP_SECTION_CLAUSES),
                    (uint32_t)(atoms->size / sizeof(uint32_t)));
    return g->shape.clauses++;
}

/* An entry with more clauses than its primary one has a residual; returns the
 * number of each entry's, or WP_NONE. */
static uint32_t *
write_residuals(struct binding *b)
{
    struct wp_codegen *g = b->g;
    uint32_t *residuals = wp_alloc_array(g->scratch, g->entry_count, sizeof *residuals);
    wp_buffer_add32(wp_section_of(g, WP_SECTION_CLAUSES), 0);
    for (uint32_t entry = 0; entry < g->entry_count; entry++) {
        const struct wanted *w = &b->wanted[entry];
        residuals[entry] = WP_NONE;
        if (w->any_count < 2)
            continue;
        const uint32_t primary = primary_clause(b, w);
        struct wp_residual record = {.entry = entry, .first = g->shape.clauses};
        for (uint32_t i = 0; i < w->any_count; i++)
            if (i != primary)
                (void)write_clause(b, wp_buffer_words(&b->clauses)[w->any_first + i]);
        record.last = g->shape.clauses;
        wp_buffer_add(wp_section_of(g, WP_SECTION_RESIDUALS), &record, sizeof record);
        residuals[entry] = g->shape.residuals++;
    }
    g->shape.clause_atoms =
        (uint32_t)(wp_section_of(g, WP_SECTION_CLAUSE_ATOMS)->size / sizeof(uint32_t));
    return residuals;
}

/* ---- plain rows
 * ---------------------------------------------------------------------------------- */

static void
write_plain(struct binding *b)
{
    struct wp_codegen *g = b->g;
    const size_t words = (size_t)g->shape.blocks * WP_LINE_WORDS;
    uint64_t *rows =
        wp_buffer_extend(wp_section_of(g, WP_SECTION_PLAIN), WP_PLAIN_COUNT * words * sizeof *rows);
    memset(rows, 0, WP_PLAIN_COUNT * words * sizeof *rows);
    for (uint32_t entry = 0; entry < g->entry_count; entry++) {
        const struct wanted *w = &b->wanted[entry];
        const uint64_t bit = UINT64_C(1) << entry % 64;
        if (g->entries[entry].term == NULL)
            continue;
        if (w->any_count == 0)
            rows[WP_PLAIN_ANYBODY * words + entry / 64] |= bit;
        if (!w->by_user)
            rows[WP_PLAIN_POSSIBLE * words + entry / 64] |= bit;
        if (w->none != WP_NONE)
            rows[WP_PLAIN_GUARDED * words + entry / 64] |= bit;
    }
}

bool
wp_generate_binding(struct wp_codegen *g)
{
    struct wp_arena *arena = g->scratch;
    const uint32_t groups = g->model->group_count, holders = groups + g->model->user_count;
    struct binding b = {
        .g = g,
        .group_count = groups,
        .holder_count = holders,
        .sets = {.first = {.arena = arena},
                 .holders = {.arena = arena},
                 .scratch = wp_alloc_array(arena, (size_t)holders + 1, sizeof(uint32_t))},
        .wanted = wp_alloc_array(arena, g->entry_count, sizeof *b.wanted),
        .clauses = {.arena = arena},
        .atom_of = wp_alloc_array(arena, (size_t)holders + 1, sizeof *b.atom_of),
    };
    wp_map_init(&b.sets.map, arena);
    wp_buffer_add32(&b.sets.first, 0);
    collect_wanted(&b);
    make_atoms(&b);
    turn_into_atoms(&b);
    write_holders(&b);
    write_plain(&b);
    return write_postings(&b, write_residuals(&b));
}
