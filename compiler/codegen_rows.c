/*
 * Rows: for each value of a dimension the entries that it allows.
 *
 * Only lines that are not all zero are stored, equal lines of a block and equal
 * runs of line numbers once. Rows of addresses and apps say what differs from the
 * absent one's, which is little however many rules there are.
 */
#include "compiler/codegen_rows.h"

#include <stdlib.h>

#define LINES_MAX 65536u /* of a block, a family */

struct stored_line {
    uint32_t block, number;
    struct wp_line line;
};
struct run {
    uint32_t place, count;
};

/* ---- lines --------------------------------------------------------------------- */

static struct stored_line *
lines_of(const struct wp_row_family *f)
{
    return (struct stored_line *)(void *)f->lines.bytes;
}

static bool
is_line(const void *context, uint32_t number, const void *key)
{
    const struct stored_line *a = &lines_of(context)[number];
    const struct wp_block_line *b = key;
    return a->block == b->block && memcmp(&a->line, &b->line, sizeof a->line) == 0;
}

/* The number of a line in its block. Without optimising, lines are not shared as
 * long as there are numbers. */
static uint16_t
store_line(struct wp_row_family *f, const struct wp_block_line *line)
{
    uint32_t *count = &f->line_counts[line->block];
    const uint64_t hash = wp_hash_bytes(line->block, &line->line, sizeof line->line);
    if (f->g->options->optimise || *count >= LINES_MAX) {
        const uint32_t place = wp_map_find(&f->line_map, hash, is_line, f, line);
        if (place != UINT32_MAX)
            return (uint16_t)lines_of(f)[place].number;
    }
    if (*count >= LINES_MAX) {
        f->overflow = true;
        return 0;
    }
    const struct stored_line stored = {line->block, (*count)++, line->line};
    wp_buffer_add(&f->lines, &stored, sizeof stored);
    wp_map_add(&f->line_map, hash, f->line_map.count);
    return (uint16_t)stored.number;
}

static bool
is_empty(const struct wp_line *line)
{
    uint64_t any = 0;
    for (size_t i = 0; i < WP_LINE_WORDS; i++)
        any |= line->words[i];
    return any == 0;
}

/* ---- runs of line numbers ---------------------------------------------------------- */

struct run_key {
    const uint16_t *numbers;
    uint32_t count;
};

static bool
is_run(const void *context, uint32_t number, const void *key)
{
    const struct wp_row_family *f = context;
    const struct run *run = (const struct run *)(const void *)f->runs->places.bytes + number;
    const struct run_key *wanted = key;
    const uint8_t *all = f->g->sections[WP_SECTION_LINE_NUMBERS].bytes;
    return run->count == wanted->count &&
           memcmp(all + run->place * sizeof(uint16_t), wanted->numbers,
                  wanted->count * sizeof *wanted->numbers) == 0;
}

/* Where the numbers stand. Behind each other they start at a whole column, so that
 * a place less the number of a block in its column is never negative. */
static uint32_t
store_run(struct wp_row_family *f, const uint16_t *numbers, uint32_t count)
{
    struct wp_buffer *all = wp_section_of(f->g, WP_SECTION_LINE_NUMBERS);
    const struct run_key wanted = {numbers, count};
    const uint64_t hash = wp_hash_bytes(count, numbers, count * sizeof *numbers);
    uint32_t number = UINT32_MAX;
    if (f->g->options->optimise)
        number = wp_map_find(&f->runs->map, hash, is_run, f, &wanted);
    if (number != UINT32_MAX)
        return ((struct run *)(void *)f->runs->places.bytes)[number].place;
    const struct run run = {(uint32_t)(all->size / sizeof *numbers), count};
    wp_buffer_add(all, numbers, count * sizeof *numbers);
    wp_buffer_add(&f->runs->places, &run, sizeof run);
    wp_map_add(&f->runs->map, hash, f->runs->map.count);
    return run.place;
}

/* ---- rows ------------------------------------------------------------------------------ */

static void
add_column(struct wp_row_family *f, uint32_t summary, const uint16_t numbers[WP_COLUMN_BLOCKS])
{
    struct wp_row row = {.summary = summary, .numbers = 0};
    if (summary != 0) {
        const uint32_t first = (uint32_t)__builtin_ctz(summary);
        const uint32_t last = 31 - (uint32_t)__builtin_clz(summary);
        row.numbers = store_run(f, numbers + first, last - first + 1) - first;
    }
    wp_buffer_add(&f->rows, &row, sizeof row);
}

static struct wp_row *
rows_of(const struct wp_row_family *f)
{
    return (struct wp_row *)(void *)f->rows.bytes;
}

void
wp_family_make_whole(struct wp_row_family *f, uint32_t row)
{
    wp_narrow_cross(f->narrow, rows_of(f) + row, rows_of(f) + WP_ROW_ABSENT);
}

void
wp_family_finish_whole(struct wp_row_family *f)
{
    wp_family_make_whole(f, WP_ROW_NOTHING);
    wp_family_make_whole(f, WP_ROW_ABSENT);
}

static void
add_narrow_row(struct wp_row_family *f, const struct wp_block_line *lines, uint32_t count)
{
    struct wp_line all[WP_NARROW_BLOCKS] = {{{0}}};
    for (uint32_t i = 0; i < count; i++)
        all[lines[i].block] = lines[i].line;
    const bool is_shared = f->g->options->optimise && !f->is_whole;
    const struct wp_row row = wp_narrow_add(f->narrow, all, is_shared);
    wp_buffer_add(&f->rows, &row, sizeof row);
}

uint32_t
wp_family_add_row(struct wp_row_family *f, const struct wp_block_line *lines, uint32_t count)
{
    uint32_t next = 0;
    if (f->narrow != NULL) {
        add_narrow_row(f, lines, count);
        return f->row_count++;
    }
    for (uint32_t column = 0; column < f->g->shape.columns; column++) {
        uint16_t numbers[WP_COLUMN_BLOCKS] = {0};
        uint32_t summary = 0;
        for (; next < count && lines[next].block / WP_COLUMN_BLOCKS == column; next++) {
            if (is_empty(&lines[next].line))
                continue;
            const uint32_t place = lines[next].block % WP_COLUMN_BLOCKS;
            numbers[place] = store_line(f, &lines[next]);
            summary |= UINT32_C(1) << place;
        }
        add_column(f, summary, numbers);
    }
    return f->row_count++;
}

static int
compare_blocks(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void
touch(struct wp_row_family *f, const struct wp_block_line *line)
{
    if (!f->is_touched[line->block])
        f->touched[f->touched_count++] = line->block;
    f->is_touched[line->block] = true;
    for (size_t word = 0; word < WP_LINE_WORDS; word++)
        f->sum[line->block].words[word] ^= line->line.words[word];
}

uint32_t
wp_family_add_sum(struct wp_row_family *f, const struct wp_literals *l, const uint32_t *numbers,
                  uint32_t count)
{
    f->touched_count = 0;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = l->first[numbers[i]]; k < l->first[numbers[i] + 1]; k++)
            touch(f, &l->lines[k]);
    qsort(f->touched, f->touched_count, sizeof *f->touched, compare_blocks);
    for (uint32_t i = 0; i < f->touched_count; i++) {
        const uint32_t block = f->touched[i];
        f->scratch[i] = (struct wp_block_line){block, f->sum[block]};
        f->sum[block] = (struct wp_line){{0}};
        f->is_touched[block] = false;
    }
    return wp_family_add_row(f, f->scratch, f->touched_count);
}

static void
begin_family(struct wp_row_family *f, struct wp_codegen *g, struct wp_runs *runs,
             struct wp_narrow_rows *narrow)
{
    struct wp_arena *arena = g->scratch;
    const uint32_t blocks = g->shape.blocks;
    *f = (struct wp_row_family){
        .g = g,
        .runs = runs,
        .narrow = narrow,
        .lines = {.arena = arena},
        .line_counts = wp_alloc_array(arena, blocks, sizeof *f->line_counts),
        .rows = {.arena = arena},
        .sum = wp_alloc_array(arena, blocks, sizeof *f->sum),
        .is_touched = wp_alloc(arena, blocks),
        .touched = wp_alloc_array(arena, blocks, sizeof *f->touched),
        .scratch = wp_alloc_array(arena, blocks, sizeof *f->scratch),
    };
    wp_map_init(&f->line_map, arena);
}

/* ---- literals ------------------------------------------------------------------------- */

/* Entries sorted by literal, in order; `of` gives each entry's, or WP_NONE. */
static uint32_t *
sort_by_literal(struct wp_codegen *g, const uint32_t *of, uint32_t count, uint32_t *first)
{
    uint32_t *sorted = wp_alloc_array(g->scratch, (size_t)g->entry_count + 1, sizeof *sorted);
    for (uint32_t i = 0; i < g->entry_count; i++)
        if (of[i] != WP_NONE)
            first[of[i] + 1]++;
    for (uint32_t i = 0; i < count; i++)
        first[i + 1] += first[i];
    uint32_t *next = wp_alloc_array(g->scratch, (size_t)count + 1, sizeof *next);
    memcpy(next, first, count * sizeof *next);
    for (uint32_t i = 0; i < g->entry_count; i++)
        if (of[i] != WP_NONE)
            sorted[next[of[i]]++] = i;
    return sorted;
}

/* The lines of rising entries, by block, added to `lines`. */
static void
add_lines(struct wp_buffer *lines, const uint32_t *entries, uint32_t count)
{
    struct wp_block_line line = {.block = UINT32_MAX};
    for (uint32_t i = 0; i < count; i++) {
        if (entries[i] / WP_BLOCK_BITS != line.block) {
            if (line.block != UINT32_MAX)
                wp_buffer_add(lines, &line, sizeof line);
            line = (struct wp_block_line){.block = entries[i] / WP_BLOCK_BITS};
        }
        wp_set_bit(&line.line, entries[i]);
    }
    if (line.block != UINT32_MAX)
        wp_buffer_add(lines, &line, sizeof line);
}

void
wp_literals_make(struct wp_literals *l, struct wp_codegen *g, const uint32_t *of, uint32_t count)
{
    uint32_t *first_entry = wp_alloc_array(g->scratch, (size_t)count + 2, sizeof *first_entry);
    const uint32_t *sorted = sort_by_literal(g, of, count, first_entry);
    struct wp_buffer lines = {.arena = g->scratch};
    l->count = count;
    l->first = wp_alloc_array(g->scratch, (size_t)count + 1, sizeof *l->first);
    for (uint32_t i = 0; i < count; i++) {
        add_lines(&lines, sorted + first_entry[i], first_entry[i + 1] - first_entry[i]);
        l->first[i + 1] = (uint32_t)(lines.size / sizeof(struct wp_block_line));
    }
    l->lines = (struct wp_block_line *)(void *)lines.bytes;
}

/* ---- devices, postures, apps ------------------------------------------------------------ */

static void
make_mask_family(struct wp_row_family *f, bool of_devices, uint32_t values)
{
    const struct wp_codegen *g = f->g;
    for (uint32_t value = 0; value < values; value++) {
        for (uint32_t block = 0; block < g->shape.blocks; block++)
            f->scratch[block] = (struct wp_block_line){.block = block};
        for (uint32_t i = 0; i < g->entry_count; i++) {
            const struct wp_term *term = g->entries[i].term;
            const uint64_t mask = term == NULL ? 0 : of_devices ? term->devices : term->postures;
            if (mask >> value & 1)
                wp_set_bit(&f->scratch[i / WP_BLOCK_BITS].line, i);
        }
        (void)wp_family_add_row(f, f->scratch, g->shape.blocks);
    }
}

static void
make_app_family(struct wp_row_family *f)
{
    struct wp_codegen *g = f->g;
    struct wp_app_classes apps;
    wp_classify_apps(&apps, g);
    (void)wp_family_add_row(f, NULL, 0);
    for (uint32_t block = 0; block < g->shape.blocks; block++)
        f->scratch[block] = (struct wp_block_line){.block = block};
    for (uint32_t i = 0; i < g->entry_count; i++)
        if (g->entries[i].term != NULL &&
            (apps.set_of[i] == WP_NONE || g->entries[i].term->apps->others))
            wp_set_bit(&f->scratch[i / WP_BLOCK_BITS].line, i);
    (void)wp_family_add_row(f, f->scratch, g->shape.blocks);
    struct wp_literals literals;
    wp_literals_make(&literals, g, apps.set_of, apps.set_count);
    for (uint32_t class = 1; class < apps.class_count; class ++)
        (void)wp_family_add_sum(f, &literals, apps.members + apps.first_member[class],
                                apps.first_member[class + 1] - apps.first_member[class]);
}

/* ---- the sections ---------------------------------------------------------------------------- */

/* Where each block's lines of each family begin, and the lines. */
static void
write_lines(struct wp_codegen *g, struct wp_row_family *families)
{
    struct wp_buffer *bases = wp_section_of(g, WP_SECTION_BASES);
    uint32_t line = 1; /* behind the line of zeros */
    for (uint32_t block = 0; block < g->shape.blocks; block++)
        for (int f = 0; f < WP_FAMILY_COUNT; f++) {
            if (families[f].line_counts[block] == 0) /* a block has at least one */
                (void)store_line(&families[f], &(struct wp_block_line){.block = block});
            wp_buffer_add32(bases, line);
            line += families[f].line_counts[block];
        }
    wp_buffer_add32(bases, line);
    g->shape.lines = line;
    struct wp_line *lines =
        wp_buffer_extend(wp_section_of(g, WP_SECTION_LINES), line * sizeof *lines);
    memset(lines, 0, sizeof *lines);
    for (uint32_t f = 0; f < WP_FAMILY_COUNT; f++) {
        struct wp_buffer *all = &families[f].lines;
        const struct stored_line *stored = lines_of(&families[f]);
        for (uint32_t i = 0; i < families[f].line_map.count; i++)
            lines[wp_buffer_words(bases)[stored[i].block * WP_FAMILY_COUNT + f] +
                  stored[i].number] = stored[i].line;
        wp_release(all->arena, all->bytes, all->capacity);
    }
}

/* Of each policy the deciding entries. */
static void
add_policy_lines(struct wp_codegen *g, struct wp_narrow_rows *narrow)
{
    struct wp_policy_record *policies =
        (struct wp_policy_record *)(void *)wp_section_of(g, WP_SECTION_POLICIES)->bytes;
    for (uint32_t i = 0; i < g->shape.policies; i++) {
        struct wp_line lines[WP_NARROW_BLOCKS];
        for (uint32_t word = 0; word < WP_NARROW_BLOCKS * WP_LINE_WORDS; word++)
            lines[word / WP_LINE_WORDS].words[word % WP_LINE_WORDS] =
                wp_word_of_entries(policies[i].first, policies[i].last, word);
        const struct wp_row row = wp_narrow_add(narrow, lines, true);
        memcpy(policies[i].lines, row.lines, sizeof row.lines);
    }
}

uint32_t
wp_line_of_row(const struct wp_codegen *g, enum wp_family family, uint32_t row, uint32_t block)
{
    const uint32_t place = block % WP_COLUMN_BLOCKS;
    const struct wp_row *at = (const void *)g->sections[WP_SECTION_ROWS].bytes;
    at += (size_t)row * g->shape.columns + block / WP_COLUMN_BLOCKS;
    if (!(at->summary >> place & 1))
        return 0;
    const uint16_t *numbers = (const void *)g->sections[WP_SECTION_LINE_NUMBERS].bytes;
    return wp_buffer_words(&g->sections[WP_SECTION_BASES])[block * WP_FAMILY_COUNT + family] +
           numbers[at->numbers + place];
}

/* Of each row of a wide image the lines in two blocks. */
static void
write_heads(struct wp_codegen *g)
{
    uint32_t row = 0;
    for (uint32_t f = 0; f < WP_FAMILY_COUNT; f++)
        for (uint32_t i = 0; i < g->shape.rows[f]; i++, row++)
            for (uint32_t block = 0; block < WP_NARROW_BLOCKS; block++)
                wp_buffer_add32(wp_section_of(g, WP_SECTION_HEADS),
                                wp_line_of_row(g, f, row, g->shape.head + block));
}

static bool
write_rows(struct wp_codegen *g, struct wp_row_family *families)
{
    const struct wp_span nowhere = {.file = WP_NO_FILE};
    if (families->narrow != NULL)
        wp_narrow_write(families->narrow, g);
    else
        write_lines(g, families);
    for (int f = 0; f < WP_FAMILY_COUNT; f++) {
        if (families[f].overflow)
            return wp_too_many(g, nowhere, "the combinations of networks or apps");
        wp_buffer_add(wp_section_of(g, WP_SECTION_ROWS), families[f].rows.bytes,
                      families[f].rows.size);
        g->shape.rows[f] = families[f].row_count;
    }
    const size_t numbers = g->sections[WP_SECTION_LINE_NUMBERS].size / sizeof(uint16_t);
    if (numbers > UINT32_MAX)
        return wp_too_many(g, nowhere, "the combinations of networks or apps");
    g->shape.line_numbers = (uint32_t)numbers;
    if (families->narrow == NULL)
        write_heads(g);
    return true;
}

uint32_t *
wp_generate_rows(struct wp_codegen *g, const struct wp_partition *p, const uint32_t *literals)
{
    static const uint16_t front[WP_COLUMN_BLOCKS];
    struct wp_row_family families[WP_FAMILY_COUNT];
    struct wp_runs runs = {.places = {.arena = g->scratch}};
    struct wp_narrow_rows narrow;
    const bool is_narrow = wp_is_narrow(&g->shape);
    wp_map_init(&runs.map, g->scratch);
    g->shape.columns = (g->shape.blocks + WP_COLUMN_BLOCKS - 1) / WP_COLUMN_BLOCKS;
    if (is_narrow)
        wp_narrow_begin(&narrow, g->scratch, g->shape.blocks);
    else
        wp_buffer_add(wp_section_of(g, WP_SECTION_LINE_NUMBERS), front, sizeof front);
    for (int f = 0; f < WP_FAMILY_COUNT; f++)
        begin_family(&families[f], g, &runs, is_narrow ? &narrow : NULL);
    uint32_t *classes = wp_family_addresses(&families[WP_FAMILY_ADDRESS], p, literals);
    make_mask_family(&families[WP_FAMILY_DEVICE], true, g->model->device_count);
    make_mask_family(&families[WP_FAMILY_POSTURE], false, WP_POSTURES);
    make_app_family(&families[WP_FAMILY_APP]);
    if (is_narrow)
        add_policy_lines(g, &narrow);
    if (!write_rows(g, families))
        return NULL;
    wp_generate_marks(g);
    return classes;
}
