/* A tally, saved and read. */
#include <stdlib.h>
#include <string.h>

#include "compiler/replay/tally.h"

#define TEXT_MAX (16u << 20) /* a witness: a record may hold a megabyte, written as \u00xx */
#define TIME_MAX INT64_C(7258118400000) /* of 2200, in milliseconds */

static void
visit_columns(uint64_t (*rows)[WP_COLUMN_COUNT], size_t count, struct wp_state_io *io)
{
    for (size_t i = 0; i < count; i++)
        for (unsigned j = 0; j < WP_COLUMN_COUNT; j++)
            rows[i][j] = wp_state_count(io, rows[i][j]);
}

static size_t
count_below(const struct wp_distinct *set)
{
    size_t count = 0;
    for (size_t i = 0; i < set->capacity; i++)
        count += set->slots[i] != 0 && (set->bound == 0 || set->slots[i] < set->bound);
    return count;
}

static void
read_hashes(struct wp_distinct *set, struct wp_state_io *io)
{
    struct wp_distinct read = {.limit = set->limit, .bound = wp_state_word(io, 0)};
    read.capacity = (size_t)wp_state_number(io, 0, 2 * set->limit);
    read.slots = calloc(read.capacity + 1, sizeof *read.slots);
    wp_state_doubt(io, read.slots == NULL);
    for (size_t i = 0; !io->failed && i < read.capacity; i++)
        read.slots[i] = wp_state_word(io, 0);
    if (!io->failed)
        wp_state_doubt(io, !wp_distinct_join(set, &read));
    /* An estimate is made from so many hashes at least. */
    wp_state_doubt(io, set->bound != 0 && count_below(set) < set->limit);
    free(read.slots);
}

static void
visit_distinct(struct wp_distinct *set, struct wp_state_io *io)
{
    if (io->is_reading) {
        read_hashes(set, io);
        return;
    }
    (void)wp_state_word(io, set->bound);
    (void)wp_state_number(io, count_below(set), SIZE_MAX);
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i] != 0 && (set->bound == 0 || set->slots[i] < set->bound))
            (void)wp_state_word(io, set->slots[i]);
}

static void
visit_samples(struct wp_tally *tally, struct wp_state_io *io, size_t file_count)
{
    for (unsigned i = 0; i < WP_SKIP_COUNT; i++) {
        tally->skipped[i] = wp_state_count(io, tally->skipped[i]);
        for (unsigned j = 0; j < WP_SAMPLES; j++) {
            struct wp_sample *sample = &tally->samples[i][j];
            sample->record = wp_state_count(io, sample->record);
            if (sample->record == 0)
                continue;
            sample->in_file = wp_state_count(io, sample->in_file);
            sample->file = (size_t)wp_state_number(io, sample->file, file_count - 1);
            sample->length = (size_t)wp_state_number(io, sample->length, WP_SAMPLE_LENGTH);
            wp_state_bytes(io, sample->text, sample->length);
        }
    }
}

/* ---- cells ------------------------------------------------------------------------ */

static void
visit_cell(struct wp_tally *tally, struct wp_cell *cell, struct wp_state_io *io)
{
    uint32_t olds = tally->sides[0].image == NULL ? 1 : wp_outcome_count(&tally->sides[0]);
    uint32_t news = wp_outcome_count(&tally->sides[1]);
    uint32_t before = (uint32_t)wp_state_number(io, cell == NULL ? 0 : cell->before, olds - 1);
    uint32_t after = (uint32_t)wp_state_number(io, cell == NULL ? 0 : cell->after, news - 1);
    if (io->failed)
        return;
    if (cell == NULL)
        cell = wp_tally_cell(tally, before, after);
    if (cell == NULL) {
        io->failed = true;
        return;
    }
    size_t length = cell->witness == NULL ? 0 : strlen(cell->witness);
    wp_state_doubt(io, cell->count != 0);
    if (io->failed)
        return;
    cell->count = wp_state_count(io, cell->count);
    cell->record = wp_state_count(io, cell->record);
    wp_state_text(io, &cell->witness, &length, TEXT_MAX);
    wp_state_doubt(io, cell->count == 0 || cell->record == 0 || cell->witness == NULL);
    visit_distinct(&cell->people, io);
}

static void
visit_cells(struct wp_tally *tally, struct wp_state_io *io)
{
    uint64_t sum = 0;
    size_t count = (size_t)wp_state_number(io, tally->cell_count, UINT32_MAX);
    for (size_t i = 0; io->is_reading && !io->failed && i < count; i++)
        visit_cell(tally, NULL, io);
    for (size_t i = 0; i < tally->cell_capacity; i++) {
        if (tally->cells[i] == NULL)
            continue;
        sum += tally->cells[i]->count;
        if (!io->is_reading)
            visit_cell(tally, tally->cells[i], io);
    }
    wp_state_doubt(io, sum != tally->decided);
}

/* ---- days, fidelity ------------------------------------------------------------------ */

static void
visit_days(struct wp_tally *tally, struct wp_state_io *io)
{
    uint32_t kinds = wp_outcome_count(&tally->sides[1]) + WP_COLUMN_COUNT;
    size_t count = (size_t)wp_state_number(io, tally->day_count, WP_DAYS_MAX);
    tally->days_overflowed = wp_state_flag(io, tally->days_overflowed);
    for (size_t i = 0; io->is_reading && !io->failed && i < count; i++) {
        uint32_t what = (uint32_t)wp_state_number(io, 0, kinds - 1);
        uint32_t day = (uint32_t)wp_state_number(io, 0, UINT16_MAX * 2);
        uint64_t times = wp_state_count(io, 0);
        wp_state_doubt(io, times == 0);
        if (!io->failed)
            wp_tally_add_day(tally, what, day, times);
    }
    for (size_t i = 0; !io->is_reading && i < (size_t)2 * WP_DAYS_MAX; i++) {
        if (tally->days[i].count == 0)
            continue;
        (void)wp_state_number(io, tally->days[i].what, kinds);
        (void)wp_state_number(io, tally->days[i].day, UINT32_MAX);
        (void)wp_state_count(io, tally->days[i].count);
    }
}

static void
visit_mismatch(struct wp_mismatch *mismatch, uint32_t outcomes, struct wp_state_io *io)
{
    size_t length = mismatch->witness == NULL ? 0 : strlen(mismatch->witness);
    mismatch->outcome = (uint32_t)wp_state_number(io, mismatch->outcome, outcomes - 1);
    mismatch->count = wp_state_count(io, mismatch->count);
    mismatch->record = wp_state_count(io, mismatch->record);
    wp_state_text(io, &mismatch->logged, &mismatch->length, WP_RECORD_MAX);
    wp_state_text(io, &mismatch->witness, &length, TEXT_MAX);
    wp_state_doubt(io, mismatch->logged == NULL);
}

static void
visit_fidelity(struct wp_tally *tally, struct wp_state_io *io)
{
    struct wp_fidelity *fidelity = &tally->fidelity;
    uint32_t outcomes = wp_outcome_count(&tally->sides[tally->sides[0].image == NULL]);
    fidelity->rules = wp_state_count(io, fidelity->rules);
    fidelity->rules_agreed = wp_state_number(io, fidelity->rules_agreed, fidelity->rules);
    fidelity->effects = wp_state_count(io, fidelity->effects);
    fidelity->effects_agreed = wp_state_number(io, fidelity->effects_agreed, fidelity->effects);
    fidelity->overflowed = wp_state_flag(io, fidelity->overflowed);
    size_t count = (size_t)wp_state_number(io, fidelity->count, WP_MISMATCHES_MAX);
    if (io->is_reading && !io->failed && count > 0)
        fidelity->mismatches = calloc(WP_MISMATCHES_MAX, sizeof *fidelity->mismatches);
    wp_state_doubt(io, count > 0 && fidelity->mismatches == NULL);
    for (size_t i = 0; !io->failed && i < count; i++) {
        fidelity->count = io->is_reading ? i + 1 : fidelity->count;
        visit_mismatch(&fidelity->mismatches[i], outcomes, io);
    }
}

/* ---- the whole ------------------------------------------------------------------------- */

static void
visit_tables(struct wp_tally *tally, struct wp_state_io *io)
{
    visit_columns(&tally->columns, 1, io);
    visit_columns(tally->devices, tally->device_count + 1, io);
    visit_columns(tally->groups, tally->group_count + 1, io);
    visit_columns(tally->networks, tally->network_count + 1, io);
    visit_columns(tally->hours, WP_HOURS, io);
    for (size_t i = 0; i < tally->network_count; i++)
        wp_used_visit(&tally->used[i], io);
}

void
wp_tally_visit(struct wp_tally *tally, struct wp_state_io *io, size_t file_count)
{
    tally->read = wp_state_count(io, tally->read);
    tally->decided = wp_state_number(io, tally->decided, tally->read);
    visit_samples(tally, io, file_count);
    uint64_t sum = tally->decided;
    for (unsigned i = 0; i < WP_SKIP_COUNT; i++)
        sum += tally->skipped[i];
    wp_state_doubt(io, sum != tally->read);
    visit_cells(tally, io);
    visit_tables(tally, io);
    visit_days(tally, io);
    visit_distinct(&tally->people, io);
    for (unsigned i = 0; i < WP_CHANGE_COUNT; i++)
        visit_distinct(&tally->touched[i], io);
    visit_fidelity(tally, io);
    for (unsigned i = 0; i < 2 * WP_FRICTION_COUNT; i++) {
        uint64_t *count = &tally->friction[i / WP_FRICTION_COUNT][i % WP_FRICTION_COUNT];
        *count = wp_state_number(io, *count, tally->decided);
    }
    tally->untimed = wp_state_number(io, tally->untimed, tally->read);
    tally->ungrouped = wp_state_number(io, tally->ungrouped, tally->read);
    tally->first = (int64_t)wp_state_word(io, (uint64_t)tally->first);
    tally->last = (int64_t)wp_state_word(io, (uint64_t)tally->last);
    bool has_none = tally->first == INT64_MAX && tally->last == INT64_MIN;
    wp_state_doubt(io, !has_none && (tally->first < 0 || tally->first > tally->last ||
                                     tally->last > TIME_MAX));
}
