#include "compiler/replay/tally.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/network.h"

#define PEOPLE_EXACT 32768
#define CELL_PEOPLE_EXACT 1024

/* ---- beginning and end ------------------------------------------------------ */

static void *
table(size_t count)
{
    return calloc(count, sizeof(uint64_t[WP_COLUMN_COUNT]));
}

bool
wp_tally_init(struct wp_tally *tally, const struct wp_side *sides)
{
    const struct wp_side *side = &sides[1];
    uint32_t networks = side->model->named_network_count;
    *tally = (struct wp_tally){.sides = sides, .first = INT64_MAX, .last = INT64_MIN};
    tally->device_count = woapol_count(side->image, WOAPOL_DEVICE);
    tally->group_count = woapol_count(side->image, WOAPOL_GROUP);
    tally->network_count = networks < WP_NETWORKS_MAX ? networks : WP_NETWORKS_MAX;
    tally->devices = table(tally->device_count + 1);
    tally->groups = table(tally->group_count + 1);
    tally->networks = table(tally->network_count + 1);
    tally->used = calloc(tally->network_count + 1, sizeof *tally->used);
    for (size_t i = 0; tally->used != NULL && i < tally->network_count; i++)
        wp_used_init(&tally->used[i]);
    tally->hours = table(WP_HOURS);
    tally->days = calloc((size_t)2 * WP_DAYS_MAX, sizeof *tally->days);
    tally->cell_capacity = 64;
    tally->cells = calloc(tally->cell_capacity, sizeof(struct wp_cell *));
    wp_distinct_init(&tally->people, PEOPLE_EXACT);
    for (unsigned i = 0; i < WP_CHANGE_COUNT; i++)
        wp_distinct_init(&tally->touched[i], PEOPLE_EXACT);
    return tally->devices && tally->groups && tally->networks && tally->used && tally->hours &&
           tally->days && tally->cells;
}

static void
free_cell(struct wp_cell *cell)
{
    if (cell == NULL)
        return;
    wp_distinct_fini(&cell->people);
    free(cell->witness);
    free(cell);
}

void
wp_tally_fini(struct wp_tally *tally)
{
    for (size_t i = 0; tally->cells != NULL && i < tally->cell_capacity; i++)
        free_cell(tally->cells[i]);
    free(tally->cells);
    free(tally->devices);
    free(tally->groups);
    free(tally->networks);
    for (size_t i = 0; tally->used != NULL && i < tally->network_count; i++)
        wp_used_fini(&tally->used[i]);
    free(tally->used);
    free(tally->hours);
    free(tally->days);
    wp_distinct_fini(&tally->people);
    for (unsigned i = 0; i < WP_CHANGE_COUNT; i++)
        wp_distinct_fini(&tally->touched[i]);
    wp_fidelity_fini(&tally->fidelity);
    *tally = (struct wp_tally){0};
}

/* ---- cells -------------------------------------------------------------------- */

static enum wp_change
change_of(const struct wp_side *sides, uint32_t before, uint32_t after)
{
    static const enum wp_change changes[] = {[WP_ORDER_EQUAL] = WP_CHANGE_NONE,
                                             [WP_ORDER_STRICTER] = WP_CHANGE_STRICTER,
                                             [WP_ORDER_LOOSER] = WP_CHANGE_LOOSER,
                                             [WP_ORDER_MIXED] = WP_CHANGE_MIXED,
                                             [WP_ORDER_OTHER] = WP_CHANGE_OTHER};
    if (sides[0].image == NULL)
        return WP_CHANGE_NONE;
    bool old_unknown = before == wp_outcome_unknown(&sides[0]);
    bool new_unknown = after == wp_outcome_unknown(&sides[1]);
    if (old_unknown || new_unknown)
        return WP_CHANGE_UNKNOWN;
    return changes[wp_compare_decisions(sides[0].model, wp_outcome_decision(&sides[0], before),
                                        sides[1].model, wp_outcome_decision(&sides[1], after))];
}

static size_t
place_of(const struct wp_tally *tally, uint32_t before, uint32_t after)
{
    uint64_t key = ((uint64_t)before << 32 | after) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(key >> 32) & (tally->cell_capacity - 1);
    while (tally->cells[at] != NULL &&
           (tally->cells[at]->before != before || tally->cells[at]->after != after))
        at = (at + 1) & (tally->cell_capacity - 1);
    return at;
}

static bool
grow(struct wp_tally *tally)
{
    struct wp_cell **old = tally->cells;
    size_t capacity = tally->cell_capacity;
    struct wp_cell **cells = calloc(capacity * 2, sizeof(struct wp_cell *));
    if (cells == NULL)
        return false;
    tally->cells = cells;
    tally->cell_capacity = capacity * 2;
    for (size_t i = 0; i < capacity; i++)
        if (old[i] != NULL)
            cells[place_of(tally, old[i]->before, old[i]->after)] = old[i];
    free(old);
    return true;
}

struct wp_cell *
wp_tally_cell(struct wp_tally *tally, uint32_t before, uint32_t after)
{
    size_t at = place_of(tally, before, after);
    if (tally->cells[at] != NULL)
        return tally->cells[at];
    if (tally->cell_count * 2 >= tally->cell_capacity) {
        if (!grow(tally))
            return NULL;
        at = place_of(tally, before, after);
    }
    struct wp_cell *cell = calloc(1, sizeof *cell);
    if (cell == NULL)
        return NULL;
    *cell = (struct wp_cell){
        .before = before, .after = after, .change = change_of(tally->sides, before, after)};
    wp_distinct_init(&cell->people, CELL_PEOPLE_EXACT);
    tally->cells[at] = cell;
    tally->cell_count++;
    return cell;
}

/* ---- one sign-in ------------------------------------------------------------------ */

static enum wp_column
column_of(const struct wp_tally *tally, uint32_t outcome)
{
    const struct wp_side *side = &tally->sides[1];
    if (outcome == wp_outcome_unknown(side))
        return WP_COLUMN_UNKNOWN;
    switch (wp_outcome_decision(side, outcome)->effect) {
    case WP_ALLOW:
        return WP_COLUMN_ALLOW;
    case WP_AUTHENTICATE:
        return WP_COLUMN_AUTHENTICATE;
    default:
        return WP_COLUMN_DENY;
    }
}

static void
count(uint64_t columns[WP_COLUMN_COUNT], enum wp_column column, enum wp_change change)
{
    columns[column]++;
    columns[(unsigned)WP_COLUMN_CHANGES + change]++;
}

static bool
is_within(const struct wp_network *network, const struct wp_request_facts *facts)
{
    const uint8_t *bytes = facts->address;
    struct wp_address6 address = {0, 0};
    if (facts->address_family == 4)
        return wp_network_has4(network, (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                                            (uint32_t)bytes[2] << 8 | bytes[3]);
    for (unsigned i = 0; i < 8; i++) {
        address.high = address.high << 8 | bytes[i];
        address.low = address.low << 8 | bytes[i + 8];
    }
    return wp_network_has6(network, address);
}

static void
count_networks(struct wp_tally *tally, const struct wp_request_facts *facts, enum wp_column column,
               enum wp_change change)
{
    const struct wp_model *model = tally->sides[1].model;
    bool found = false;
    for (size_t i = 0; facts->address_family != 0 && i < tally->network_count; i++)
        if (is_within(&model->networks[model->named_networks[i].network], facts)) {
            count(tally->networks[i], column, change);
            tally->failed |= !wp_used_add(&tally->used[i], facts->address_family, facts->address);
            found = true;
        }
    if (!found)
        count(tally->networks[tally->network_count], column, change);
}

static void
count_facts(struct wp_tally *tally, const struct wp_decided *decided, enum wp_column column,
            enum wp_change change)
{
    const struct woapol_image *image = tally->sides[1].image;
    const struct wp_request_facts *facts = &decided->event->facts;
    uint32_t device = decided->requests[1].device;
    count(tally->columns, column, change);
    count(tally->devices[device < tally->device_count ? device : 0], column, change);
    for (size_t i = 0; i < facts->group_count; i++) {
        uint32_t group =
            woapol_find(image, WOAPOL_GROUP, facts->groups[i].text, facts->groups[i].length);
        if (group > 0 && group < tally->group_count)
            count(tally->groups[group], column, change);
    }
    count_networks(tally, facts, column, change);
    tally->ungrouped += facts->groups_incomplete;
}

void
wp_tally_decided(struct wp_tally *tally, const struct wp_decided *decided)
{
    struct wp_cell *cell = wp_tally_cell(tally, decided->before, decided->after);
    if (cell == NULL) {
        tally->failed = true;
        return;
    }
    enum wp_column column = column_of(tally, decided->after);
    tally->read++;
    tally->decided++;
    cell->count++;
    if (cell->record == 0) {
        cell->record = decided->record;
        cell->witness = decided->witness(decided->context, decided->event);
        tally->failed = tally->failed || cell->witness == NULL;
    }
    if (decided->person != 0)
        tally->failed = tally->failed || !wp_distinct_add(&tally->people, decided->person) ||
                        !wp_distinct_add(&cell->people, decided->person) ||
                        !wp_distinct_add(&tally->touched[cell->change], decided->person);
    count_facts(tally, decided, column, cell->change);
    wp_tally_time(tally, decided, cell->change, column);
    wp_tally_friction(tally, decided);
    wp_fidelity_add(tally, decided);
}

void
wp_tally_skipped(struct wp_tally *tally, enum wp_skip skip, const struct wp_sample *where,
                 const char *text, size_t length)
{
    struct wp_sample *samples = tally->samples[skip];
    tally->read++;
    tally->skipped[skip]++;
    for (unsigned i = 0; i < WP_SAMPLES; i++) {
        if (samples[i].record != 0)
            continue;
        samples[i] = *where;
        samples[i].length = length < WP_SAMPLE_LENGTH ? length : WP_SAMPLE_LENGTH;
        memcpy(samples[i].text, text, samples[i].length);
        return;
    }
}

/* ---- joining --------------------------------------------------------------------------- */

static void
add_columns(uint64_t (*to)[WP_COLUMN_COUNT], uint64_t (*from)[WP_COLUMN_COUNT], size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        for (unsigned j = 0; j < WP_COLUMN_COUNT; j++)
            to[i][j] += from[i][j];
}

static void
join_samples(struct wp_sample *to, const struct wp_sample *from)
{
    struct wp_sample joined[WP_SAMPLES] = {0};
    unsigned a = 0, b = 0;
    for (unsigned i = 0; i < WP_SAMPLES; i++) {
        bool use_a = b == WP_SAMPLES || from[b].record == 0 ||
                     (a < WP_SAMPLES && to[a].record != 0 && to[a].record < from[b].record);
        if (use_a && (a == WP_SAMPLES || to[a].record == 0))
            break;
        joined[i] = use_a ? to[a++] : from[b++];
    }
    memcpy(to, joined, sizeof joined);
}

static bool
join_cell(struct wp_tally *tally, struct wp_cell *from)
{
    struct wp_cell *to = wp_tally_cell(tally, from->before, from->after);
    if (to == NULL)
        return false;
    to->count += from->count;
    if (to->record == 0 || from->record < to->record) {
        char *witness = to->witness;
        to->record = from->record;
        to->witness = from->witness;
        from->witness = witness;
    }
    return wp_distinct_join(&to->people, &from->people);
}

void
wp_tally_join(struct wp_tally *tally, struct wp_tally *other)
{
    bool done = !other->failed;
    tally->read += other->read;
    tally->decided += other->decided;
    for (unsigned i = 0; i < WP_SKIP_COUNT; i++) {
        tally->skipped[i] += other->skipped[i];
        join_samples(tally->samples[i], other->samples[i]);
    }
    for (size_t i = 0; i < other->cell_capacity; i++)
        if (other->cells[i] != NULL)
            done = join_cell(tally, other->cells[i]) && done;
    add_columns(&tally->columns, &other->columns, 1);
    add_columns(tally->devices, other->devices, tally->device_count + 1);
    add_columns(tally->groups, other->groups, tally->group_count + 1);
    add_columns(tally->networks, other->networks, tally->network_count + 1);
    add_columns(tally->hours, other->hours, WP_HOURS);
    for (size_t i = 0; i < tally->network_count; i++)
        done = wp_used_join(&tally->used[i], &other->used[i]) && done;
    wp_tally_join_days(tally, other);
    done = wp_distinct_join(&tally->people, &other->people) && done;
    for (unsigned i = 0; i < WP_CHANGE_COUNT; i++)
        done = wp_distinct_join(&tally->touched[i], &other->touched[i]) && done;
    wp_fidelity_join(&tally->fidelity, &other->fidelity);
    for (unsigned i = 0; i < WP_FRICTION_COUNT; i++) {
        tally->friction[0][i] += other->friction[0][i];
        tally->friction[1][i] += other->friction[1][i];
    }
    tally->untimed += other->untimed;
    tally->ungrouped += other->ungrouped;
    tally->first = other->first < tally->first ? other->first : tally->first;
    tally->last = other->last > tally->last ? other->last : tally->last;
    tally->failed = tally->failed || !done;
}
