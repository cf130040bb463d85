#include "compiler/analysis/sat.h"
#include "compiler/analysis/sat_heap.h"
#include "compiler/analysis/vector.h"

#include <assert.h>

#define NO_CLAUSE UINT32_MAX
#define RESTART_UNIT 64

/* A clause is a place in `pool`: its size, then its literals. The first two
 * literals are watched. */
struct watch {
    uint32_t clause;
    uint32_t blocker; /* some other literal of it: if true, no need to look */
};
struct watches {
    struct watch *items;
    size_t count, capacity;
};

struct wp_sat {
    struct wp_arena *arena;
    wp_sat_theory theory;
    void *theory_context;
    wp_proof_log log;
    void *log_context;

    uint32_t variable_count;
    size_t variable_room, literal_room, watch_room;
    int8_t *values; /* by literal: 1 true, -1 false, 0 open */
    uint32_t *levels, *reasons;
    uint8_t *seen;
    size_t level_room, reason_room, seen_room;
    struct watches *watches; /* by literal: clauses that watch it */
    struct wp_sat_heap heap;

    uint32_t *pool;
    size_t pool_count, pool_room;
    uint32_t *trail, *limits;
    size_t trail_room, limit_room;
    uint32_t trail_count, head, level;
    uint32_t *learnt, *core;
    size_t learnt_room, core_room;
    uint32_t learnt_count, core_count;
    bool contradiction;
};

struct wp_sat *
wp_sat_new(struct wp_arena *arena, wp_sat_theory theory, void *context)
{
    struct wp_sat *sat = wp_alloc(arena, sizeof *sat);
    sat->arena = arena;
    sat->theory = theory;
    sat->theory_context = context;
    wp_sat_heap_init(&sat->heap, arena);
    return sat;
}

void
wp_sat_reset(struct wp_sat *sat)
{
    for (size_t i = 0; i < (size_t)sat->variable_count * 2; i++)
        sat->watches[i].count = 0;
    sat->variable_count = 0;
    sat->pool_count = 0;
    sat->trail_count = sat->head = sat->level = 0;
    sat->core_count = 0;
    sat->contradiction = false;
    sat->log = NULL;
    wp_sat_heap_clear(&sat->heap);
}

void
wp_sat_set_log(struct wp_sat *sat, wp_proof_log log, void *context)
{
    sat->log = log;
    sat->log_context = context;
}

static void
log_step(const struct wp_sat *sat, enum wp_proof_step step, const uint32_t *literals,
         uint32_t count)
{
    if (sat->log)
        sat->log(sat->log_context, step, literals, count);
}

#define RESERVE(field, room, wanted)                                                               \
    (sat->field =                                                                                  \
         wp_vector_reserve(sat->arena, sat->field, &sat->room, (wanted), sizeof *sat->field))

uint32_t
wp_sat_new_variable(struct wp_sat *sat)
{
    uint32_t variable = sat->variable_count++;
    size_t count = sat->variable_count;

    RESERVE(values, literal_room, count * 2);
    RESERVE(watches, watch_room, count * 2);
    RESERVE(levels, level_room, count);
    RESERVE(reasons, reason_room, count);
    RESERVE(seen, seen_room, count);
    RESERVE(trail, trail_room, count);
    RESERVE(limits, limit_room, count + 1);
    RESERVE(learnt, learnt_room, count + 1);
    RESERVE(core, core_room, count + 1);
    sat->values[variable * 2] = sat->values[variable * 2 + 1] = 0;
    sat->seen[variable] = 0;
    wp_sat_heap_add(&sat->heap, variable);
    return variable;
}

uint32_t
wp_sat_variable_count(const struct wp_sat *sat)
{
    return sat->variable_count;
}

static void
assign(struct wp_sat *sat, uint32_t literal, uint32_t reason)
{
    sat->values[literal] = 1;
    sat->values[literal ^ 1] = -1;
    sat->levels[literal >> 1] = sat->level;
    sat->reasons[literal >> 1] = reason;
    sat->trail[sat->trail_count++] = literal;
}

static void
backtrack(struct wp_sat *sat, uint32_t level)
{
    if (sat->level <= level)
        return;
    uint32_t keep = sat->limits[level];
    while (sat->trail_count > keep) {
        uint32_t literal = sat->trail[--sat->trail_count];
        sat->values[literal] = sat->values[literal ^ 1] = 0;
        wp_sat_heap_add(&sat->heap, literal >> 1);
    }
    sat->head = keep;
    sat->level = level;
}

static void
open_level(struct wp_sat *sat)
{
    RESERVE(limits, limit_room, (size_t)sat->level + 2);
    sat->limits[sat->level++] = sat->trail_count;
}

static void
watch(struct wp_sat *sat, uint32_t literal, uint32_t clause, uint32_t blocker)
{
    struct watches *list = &sat->watches[literal];
    list->items = wp_vector_reserve(sat->arena, list->items, &list->capacity, list->count + 1,
                                    sizeof *list->items);
    list->items[list->count++] = (struct watch){clause, blocker};
}

/* Stores a clause of two or more literals and watches the first two. */
static uint32_t
store(struct wp_sat *sat, const uint32_t *literals, uint32_t count)
{
    uint32_t clause = (uint32_t)sat->pool_count;
    RESERVE(pool, pool_room, sat->pool_count + count + 1);
    sat->pool[clause] = count;
    memcpy(&sat->pool[clause + 1], literals, count * sizeof *literals);
    sat->pool_count += count + 1;
    watch(sat, literals[0], clause, literals[1]);
    watch(sat, literals[1], clause, literals[0]);
    return clause;
}

void
wp_sat_add(struct wp_sat *sat, const uint32_t *literals, uint32_t count)
{
    uint32_t kept = 0;

    backtrack(sat, 0);
    log_step(sat, WP_PROOF_GIVEN, literals, count);
    RESERVE(learnt, learnt_room, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++) {
        if (sat->values[literals[i]] > 0)
            return;
        bool twice = false;
        for (uint32_t j = 0; j < kept && count <= 32; j++) {
            if (sat->learnt[j] == (literals[i] ^ 1))
                return;
            twice = twice || sat->learnt[j] == literals[i];
        }
        if (sat->values[literals[i]] == 0 && !twice)
            sat->learnt[kept++] = literals[i];
    }
    if (kept == 0)
        sat->contradiction = true;
    else if (kept == 1)
        assign(sat, sat->learnt[0], NO_CLAUSE);
    else
        store(sat, sat->learnt, kept);
}

/* Looks for a literal that can be watched instead of `literals[1]`. */
static bool
move_watch(struct wp_sat *sat, uint32_t clause)
{
    uint32_t *literals = &sat->pool[clause + 1];
    uint32_t count = sat->pool[clause];

    for (uint32_t i = 2; i < count; i++) {
        if (sat->values[literals[i]] < 0)
            continue;
        uint32_t found = literals[i];
        literals[i] = literals[1];
        literals[1] = found;
        watch(sat, found, clause, literals[0]);
        return true;
    }
    return false;
}

/* Visits the clauses that watch `falsified`, which has just become false.
 * Returns a clause all of whose literals are false, or NO_CLAUSE. */
static uint32_t
visit_watches(struct wp_sat *sat, uint32_t falsified)
{
    struct watches *list = &sat->watches[falsified];
    uint32_t conflict = NO_CLAUSE;
    size_t kept = 0, i = 0;

    for (; i < list->count && conflict == NO_CLAUSE; i++) {
        struct watch w = list->items[i];
        if (sat->values[w.blocker] > 0) {
            list->items[kept++] = w;
            continue;
        }
        uint32_t *literals = &sat->pool[w.clause + 1];
        if (literals[0] == falsified) {
            literals[0] = literals[1];
            literals[1] = falsified;
        }
        if (sat->values[literals[0]] <= 0 && move_watch(sat, w.clause))
            continue;
        list->items[kept++] = (struct watch){w.clause, literals[0]};
        if (sat->values[literals[0]] < 0)
            conflict = w.clause;
        else if (sat->values[literals[0]] == 0)
            assign(sat, literals[0], w.clause);
    }
    while (i < list->count)
        list->items[kept++] = list->items[i++];
    list->count = kept;
    return conflict;
}

static uint32_t
propagate(struct wp_sat *sat)
{
    while (sat->head < sat->trail_count) {
        uint32_t conflict = visit_watches(sat, sat->trail[sat->head++] ^ 1);
        if (conflict != NO_CLAUSE)
            return conflict;
    }
    return NO_CLAUSE;
}

/* Marks a literal of a clause that explains the conflict. Returns 1 if it was
 * assigned at the present level, and so has to be resolved away or kept last. */
static uint32_t
mark(struct wp_sat *sat, uint32_t literal)
{
    uint32_t variable = literal >> 1;

    if (sat->seen[variable] || sat->levels[variable] == 0)
        return 0;
    sat->seen[variable] = 1;
    wp_sat_heap_bump(&sat->heap, variable);
    if (sat->levels[variable] == sat->level)
        return 1;
    sat->learnt[sat->learnt_count++] = literal;
    return 0;
}

/* Puts the literal with the highest level second and returns that level. */
static uint32_t
order_learnt(struct wp_sat *sat)
{
    uint32_t best = 1;

    if (sat->learnt_count == 1)
        return 0;
    for (uint32_t i = 2; i < sat->learnt_count; i++) {
        if (sat->levels[sat->learnt[i] >> 1] > sat->levels[sat->learnt[best] >> 1])
            best = i;
    }
    uint32_t literal = sat->learnt[best];
    sat->learnt[best] = sat->learnt[1];
    sat->learnt[1] = literal;
    return sat->levels[literal >> 1];
}

/* Derives the clause of the first unique implication point into `learnt`, and
 * returns the level at which it becomes unit. */
static uint32_t
analyse(struct wp_sat *sat, uint32_t conflict)
{
    uint32_t clause = conflict, position = sat->trail_count, open = 0;
    uint32_t literal = UINT32_MAX; /* whose reason `clause` is */

    sat->learnt_count = 1;
    for (;;) {
        for (uint32_t i = 1; i <= sat->pool[clause]; i++) {
            if (sat->pool[clause + i] != literal)
                open += mark(sat, sat->pool[clause + i]);
        }
        do
            literal = sat->trail[--position];
        while (!sat->seen[literal >> 1] || sat->levels[literal >> 1] != sat->level);
        sat->seen[literal >> 1] = 0;
        if (--open == 0)
            break;
        clause = sat->reasons[literal >> 1];
    }
    sat->learnt[0] = literal ^ 1;
    for (uint32_t i = 1; i < sat->learnt_count; i++)
        sat->seen[sat->learnt[i] >> 1] = 0;
    return order_learnt(sat);
}

/* Which assumptions force `literal` to be false? Fills `core` with them and
 * `literal`, and logs that they contradict each other. */
static void
explain_failure(struct wp_sat *sat, uint32_t literal)
{
    sat->core_count = 0;
    sat->core[sat->core_count++] = literal;
    if (sat->levels[literal >> 1] > 0)
        sat->seen[literal >> 1] = 1;
    for (uint32_t i = sat->trail_count; sat->level > 0 && i-- > sat->limits[0];) {
        uint32_t variable = sat->trail[i] >> 1, reason = sat->reasons[variable];
        if (!sat->seen[variable])
            continue;
        sat->seen[variable] = 0;
        if (reason == NO_CLAUSE)
            sat->core[sat->core_count++] = sat->trail[i];
        for (uint32_t k = 1; reason != NO_CLAUSE && k <= sat->pool[reason]; k++) {
            uint32_t other = sat->pool[reason + k];
            if (other != sat->trail[i] && sat->levels[other >> 1] > 0)
                sat->seen[other >> 1] = 1;
        }
    }
    for (uint32_t i = 0; i < sat->core_count; i++)
        sat->learnt[i] = sat->core[i] ^ 1;
    log_step(sat, WP_PROOF_DERIVED, sat->learnt, sat->core_count);
}

static void
learn(struct wp_sat *sat, uint32_t conflict)
{
    uint32_t level = analyse(sat, conflict);

    log_step(sat, WP_PROOF_DERIVED, sat->learnt, sat->learnt_count);
    backtrack(sat, level);
    uint32_t reason =
        sat->learnt_count > 1 ? store(sat, sat->learnt, sat->learnt_count) : NO_CLAUSE;
    assign(sat, sat->learnt[0], reason);
    wp_sat_heap_decay(&sat->heap);
}

/* The clauses alone contradict each other. */
static enum wp_sat_result
give_up_for_good(struct wp_sat *sat)
{
    sat->contradiction = true;
    sat->core_count = 0;
    log_step(sat, WP_PROOF_DERIVED, NULL, 0);
    return WP_SAT_NO;
}

/* Takes in the theory's lemma, in `learnt`: all its literals are false now.
 * Returns it as a conflicting clause at the level it belongs to, or NO_CLAUSE
 * when it is a single literal, which then holds for good. */
static uint32_t
take_lemma(struct wp_sat *sat, uint32_t count)
{
    uint32_t highest = 0;

    log_step(sat, WP_PROOF_THEORY, sat->learnt, count);
    if (count == 0) {
        sat->contradiction = true;
        return NO_CLAUSE;
    }
    /* The two literals assigned last come first, so that the watches are right
     * after going back. */
    for (uint32_t place = 0; place < count && place < 2; place++) {
        for (uint32_t i = place + 1; i < count; i++) {
            if (sat->levels[sat->learnt[i] >> 1] <= sat->levels[sat->learnt[place] >> 1])
                continue;
            uint32_t literal = sat->learnt[i];
            sat->learnt[i] = sat->learnt[place];
            sat->learnt[place] = literal;
        }
    }
    highest = sat->levels[sat->learnt[0] >> 1];
    if (count > 1) {
        backtrack(sat, highest);
        return store(sat, sat->learnt, count);
    }
    if (highest == 0) {
        sat->contradiction = true;
        return NO_CLAUSE;
    }
    backtrack(sat, 0);
    assign(sat, sat->learnt[0], NO_CLAUSE);
    return NO_CLAUSE;
}

/* 1, 1, 2, 1, 1, 2, 4, ...: Luby's sequence from 0. */
static uint32_t
luby(uint32_t index)
{
    uint32_t size = 1, power = 0;

    while (size < index + 1) {
        size = 2 * size + 1;
        power++;
    }
    while (size - 1 != index) {
        size = (size - 1) >> 1;
        power--;
        index %= size;
    }
    return UINT32_C(1) << power;
}

/* The next thing to try: an assumption not yet made, or an open variable set to
 * false. Returns false when nothing is open. */
static bool
decide(struct wp_sat *sat, const uint32_t *assumptions, uint32_t count, bool *failed)
{
    while (sat->level < count) {
        uint32_t literal = assumptions[sat->level];
        if (sat->values[literal] < 0) {
            explain_failure(sat, literal);
            *failed = true;
            return true;
        }
        bool made = sat->values[literal] > 0;
        open_level(sat);
        if (!made) {
            assign(sat, literal, NO_CLAUSE);
            return true;
        }
    }
    uint32_t variable;
    while (wp_sat_heap_take(&sat->heap, &variable)) {
        if (sat->values[variable * 2])
            continue;
        open_level(sat);
        assign(sat, variable * 2 + 1, NO_CLAUSE);
        return true;
    }
    return false;
}

/* Shows a complete assignment to the theory. Returns true if it stands; else
 * *conflict is the clause that it breaks, or NO_CLAUSE. */
static bool
consult_theory(struct wp_sat *sat, uint32_t *conflict)
{
    uint32_t count = 0;

    if (!sat->theory || sat->theory(sat->theory_context, sat, sat->learnt, &count))
        return true;
    *conflict = take_lemma(sat, count);
    return false;
}

enum wp_sat_result
wp_sat_solve(struct wp_sat *sat, const uint32_t *assumptions, uint32_t count, uint64_t *budget)
{
    uint32_t restarts = 0, conflict;
    uint64_t until_restart = RESTART_UNIT;
    bool failed = false;

    backtrack(sat, 0);
    sat->core_count = 0;
    for (;;) {
        if (sat->contradiction)
            return give_up_for_good(sat);
        conflict = propagate(sat);
        if (conflict == NO_CLAUSE && until_restart == 0) {
            until_restart = (uint64_t)RESTART_UNIT * luby(++restarts);
            backtrack(sat, 0);
        }
        if (conflict == NO_CLAUSE) {
            if (decide(sat, assumptions, count, &failed)) {
                if (failed)
                    return WP_SAT_NO;
                continue;
            }
            if (consult_theory(sat, &conflict))
                return WP_SAT_YES;
        }
        if (*budget == 0)
            return WP_SAT_UNDECIDED;
        --*budget;
        if (conflict == NO_CLAUSE)
            continue;
        if (sat->level == 0)
            return give_up_for_good(sat);
        learn(sat, conflict);
        until_restart -= until_restart > 0;
    }
}

bool
wp_sat_is_true(const struct wp_sat *sat, uint32_t literal)
{
    return sat->values[literal] > 0;
}

const uint32_t *
wp_sat_core(const struct wp_sat *sat, uint32_t *count)
{
    *count = sat->core_count;
    return sat->core;
}
