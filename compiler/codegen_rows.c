/*
 * Rows: for each value of a dimension the entries that it allows.
 *
 * The rows of a family are made one after the other, each from the one before by
 * crossing the literals in which the two differ, so that the work is in proportion
 * to what changes and not to rows times entries. Equal lines of a block are stored
 * once, and so are equal chunks once a row is more than one.
 */
#include "compiler/codegen.h"

#define LINES_MAX 65536u /* of a block, a family */

struct stored_line {
    uint32_t block, number;
    struct wp_line line;
};
struct stored_chunk {
    uint32_t column, number;
    uint32_t summary;
    uint16_t lines[WP_CHUNK_MAX];
};

/* One family as it grows. */
struct family {
    struct wp_codegen *g;
    struct wp_line *current; /* the row that is being made */
    uint16_t *numbers;       /* its lines */
    bool *dirty;             /* blocks that have changed since the last row */
    struct wp_buffer lines;  /* struct stored_line */
    struct wp_map line_map;
    uint32_t *line_counts;   /* a block */
    struct wp_buffer chunks; /* struct stored_chunk */
    struct wp_map chunk_map;
    uint32_t *chunk_counts; /* a column */
    uint32_t *row_chunks;   /* the current row's chunk in each column */
    struct wp_buffer rows;  /* chunks numbers of each row */
    uint32_t row_count;
    bool overflow; /* a block has too many lines */
};

/* The bits that a literal stands for: lines of blocks, for each literal. */
struct literals {
    uint32_t *first; /* count + 1 places in lines */
    struct block_line {
        uint32_t block;
        struct wp_line line;
    } * lines;
};

/* ---- lines --------------------------------------------------------------------- */

static bool
is_line(const void *context, uint32_t number, const void *key)
{
    const struct family *f = context;
    const struct stored_line *a = (const struct stored_line *)(const void *)f->lines.bytes + number;
    const struct stored_line *b = key;
    return a->block == b->block && memcmp(&a->line, &b->line, sizeof a->line) == 0;
}

/* The number of a line in its block. Without optimising, lines are not shared as
 * long as they have numbers. */
static uint16_t
store_line(struct family *f, uint32_t block, const struct wp_line *line)
{
    struct stored_line wanted = {.block = block, .line = *line};
    const uint64_t hash = wp_hash_bytes(block, line, sizeof *line);
    if (f->g->options->optimise || f->line_counts[block] >= LINES_MAX) {
        const uint32_t place = wp_map_find(&f->line_map, hash, is_line, f, &wanted);
        if (place != UINT32_MAX)
            return (uint16_t)((struct stored_line *)(void *)f->lines.bytes)[place].number;
    }
    if (f->line_counts[block] >= LINES_MAX) {
        f->overflow = true;
        return 0;
    }
    wanted.number = f->line_counts[block]++;
    wp_buffer_add(&f->lines, &wanted, sizeof wanted);
    wp_map_add(&f->line_map, hash, f->line_map.count);
    return (uint16_t)wanted.number;
}

static bool
is_empty(const struct wp_line *line)
{
    uint64_t any = 0;
    for (size_t i = 0; i < WP_LINE_WORDS; i++)
        any |= line->words[i];
    return any == 0;
}

/* ---- chunks --------------------------------------------------------------------- */

static bool
is_chunk(const void *context, uint32_t number, const void *key)
{
    const struct family *f = context;
    const struct stored_chunk *a =
        (const struct stored_chunk *)(const void *)f->chunks.bytes + number;
    const struct stored_chunk *b = key;
    return a->column == b->column && a->summary == b->summary &&
           memcmp(a->lines, b->lines, sizeof a->lines) == 0;
}

static uint32_t
store_chunk(struct family *f, struct stored_chunk *wanted)
{
    const uint64_t hash = wp_hash_bytes(wanted->column + ((uint64_t)wanted->summary << 32),
                                        wanted->lines, sizeof wanted->lines);
    if (f->g->options->optimise && f->g->shape.chunks > 1) {
        const uint32_t place = wp_map_find(&f->chunk_map, hash, is_chunk, f, wanted);
        if (place != UINT32_MAX)
            return ((struct stored_chunk *)(void *)f->chunks.bytes)[place].number;
    }
    wanted->number = f->chunk_counts[wanted->column]++;
    wp_buffer_add(&f->chunks, wanted, sizeof *wanted);
    wp_map_add(&f->chunk_map, hash, f->chunk_map.count);
    return wanted->number;
}

/* Makes the current row's chunk of one column anew when one of its lines has
 * changed. */
static void
finish_column(struct family *f, uint32_t column)
{
    const struct wp_shape *shape = &f->g->shape;
    const uint32_t start = column * shape->chunk_width;
    struct stored_chunk chunk = {.column = column};
    bool changed = f->row_count == 0 || shape->chunks == 1 || !f->g->options->optimise;
    for (uint32_t i = 0; i < shape->chunk_width && start + i < shape->blocks; i++) {
        const uint32_t block = start + i;
        if (f->dirty[block] || !f->g->options->optimise) {
            f->numbers[block] = store_line(f, block, &f->current[block]);
            f->dirty[block] = false;
            changed = true;
        }
        chunk.lines[i] = f->numbers[block];
        chunk.summary |= (uint32_t)!is_empty(&f->current[block]) << i;
    }
    if (changed)
        f->row_chunks[column] = store_chunk(f, &chunk);
}

static void
finish_row(struct family *f)
{
    const uint32_t chunks = f->g->shape.chunks;
    for (uint32_t column = 0; column < chunks; column++)
        finish_column(f, column);
    if (chunks > 1)
        wp_buffer_add(&f->rows, f->row_chunks, chunks * sizeof *f->row_chunks);
    f->row_count++;
}

static void
begin_family(struct family *f, struct wp_codegen *g)
{
    struct wp_arena *arena = g->arena;
    const uint32_t blocks = g->shape.blocks, chunks = g->shape.chunks;
    *f = (struct family){
        .g = g,
        .current = wp_alloc_array(arena, blocks, sizeof *f->current),
        .numbers = wp_alloc_array(arena, blocks, sizeof *f->numbers),
        .dirty = wp_alloc(arena, blocks),
        .lines = {.arena = arena},
        .line_counts = wp_alloc_array(arena, blocks, sizeof *f->line_counts),
        .chunks = {.arena = arena},
        .chunk_counts = wp_alloc_array(arena, chunks, sizeof *f->chunk_counts),
        .row_chunks = wp_alloc_array(arena, chunks, sizeof *f->row_chunks),
        .rows = {.arena = arena},
    };
    wp_map_init(&f->line_map, arena);
    wp_map_init(&f->chunk_map, arena);
    memset(f->dirty, true, blocks);
}

/* ---- dimensions told by masks ------------------------------------------------------- */

static void
make_mask_family(struct family *f, bool of_devices, uint32_t values)
{
    const struct wp_codegen *g = f->g;
    for (uint32_t value = 0; value < values; value++) {
        memset(f->current, 0, g->shape.blocks * sizeof *f->current);
        for (uint32_t i = 0; i < g->entry_count; i++) {
            const struct wp_term *term = g->entries[i].term;
            if (term == NULL)
                continue;
            const uint64_t mask = of_devices ? term->devices : term->postures;
            f->current[i / WP_BLOCK_BITS].words[i / 64 % WP_LINE_WORDS] |= (mask >> value & 1)
                                                                           << i % 64;
        }
        memset(f->dirty, true, g->shape.blocks);
        finish_row(f);
    }
}

/* ---- dimensions told by literals ------------------------------------------------------ */

/* Entries sorted by literal, in order; `of` gives each entry's, or WP_NONE. */
static uint32_t *
sort_by_literal(struct wp_codegen *g, const uint32_t *of, uint32_t count, uint32_t *first)
{
    uint32_t *sorted = wp_alloc_array(g->arena, (size_t)g->entry_count + 1, sizeof *sorted);
    for (uint32_t i = 0; i < g->entry_count; i++)
        if (of[i] != WP_NONE)
            first[of[i] + 1]++;
    for (uint32_t i = 0; i < count; i++)
        first[i + 1] += first[i];
    uint32_t *next = wp_alloc_array(g->arena, (size_t)count + 1, sizeof *next);
    memcpy(next, first, count * sizeof *next);
    for (uint32_t i = 0; i < g->entry_count; i++)
        if (of[i] != WP_NONE)
            sorted[next[of[i]]++] = i;
    return sorted;
}

static void
make_literals(struct literals *l, struct wp_codegen *g, const uint32_t *of, uint32_t count)
{
    uint32_t *first_entry = wp_alloc_array(g->arena, (size_t)count + 2, sizeof *first_entry);
    const uint32_t *sorted = sort_by_literal(g, of, count, first_entry);
    struct wp_buffer lines = {.arena = g->arena};
    l->first = wp_alloc_array(g->arena, (size_t)count + 1, sizeof *l->first);
    for (uint32_t literal = 0; literal < count; literal++) {
        struct block_line line = {.block = UINT32_MAX};
        for (uint32_t i = first_entry[literal]; i < first_entry[literal + 1]; i++) {
            const uint32_t entry = sorted[i];
            if (entry / WP_BLOCK_BITS != line.block) {
                if (line.block != UINT32_MAX)
                    wp_buffer_add(&lines, &line, sizeof line);
                line = (struct block_line){.block = entry / WP_BLOCK_BITS};
            }
            line.line.words[entry / 64 % WP_LINE_WORDS] |= UINT64_C(1) << entry % 64;
        }
        if (line.block != UINT32_MAX)
            wp_buffer_add(&lines, &line, sizeof line);
        l->first[literal + 1] = (uint32_t)(lines.size / sizeof line);
    }
    l->lines = (struct block_line *)(void *)lines.bytes;
}

static void
cross_literal(struct family *f, const struct literals *l, uint32_t literal)
{
    for (uint32_t i = l->first[literal]; i < l->first[literal + 1]; i++) {
        const struct block_line *line = &l->lines[i];
        for (size_t word = 0; word < WP_LINE_WORDS; word++)
            f->current[line->block].words[word] ^= line->line.words[word];
        f->dirty[line->block] = true;
    }
}

/* Crosses the literals that are in one of two rising sets and not in both. */
static void
cross_difference(struct family *f, const struct literals *l, const uint32_t *a,
                 const uint32_t *a_end, const uint32_t *b, const uint32_t *b_end)
{
    while (a < a_end || b < b_end) {
        if (b == b_end || (a < a_end && *a < *b)) {
            cross_literal(f, l, *a++);
        } else if (a == a_end || *b < *a) {
            cross_literal(f, l, *b++);
        } else {
            a++;
            b++;
        }
    }
}

/* A row for each class: the first with what is in `current` already, the others by
 * the literals that their members cross. */
static void
make_class_family(struct family *f, const struct literals *l, uint32_t class_count,
                  const uint32_t *first_member, const uint32_t *members)
{
    finish_row(f);
    for (uint32_t i = 1; i < class_count; i++) {
        cross_difference(f, l, members + first_member[i - 1], members + first_member[i],
                         members + first_member[i], members + first_member[i + 1]);
        finish_row(f);
    }
}

static void
set_current(struct family *f, uint32_t entry)
{
    f->current[entry / WP_BLOCK_BITS].words[entry / 64 % WP_LINE_WORDS] |= UINT64_C(1)
                                                                           << entry % 64;
}

static void
make_address_family(struct family *f, const struct wp_partition *p, const uint32_t *literal_of,
                    uint32_t literal_count)
{
    struct wp_codegen *g = f->g;
    uint32_t *of = wp_alloc_array(g->arena, g->entry_count, sizeof *of);
    for (uint32_t i = 0; i < g->entry_count; i++) {
        const struct wp_term *term = g->entries[i].term;
        const uint32_t network = term == NULL ? WP_NONE : term->network;
        of[i] = network == WP_NONE ? WP_NONE : literal_of[network];
        if (term != NULL && (network == WP_NONE || g->model->networks[network].absent))
            set_current(f, i);
    }
    struct literals literals;
    make_literals(&literals, g, of, literal_count);
    make_class_family(f, &literals, p->class_count, p->first_member, p->members);
}

/* ---- all families ---------------------------------------------------------------- */

static void
make_app_family(struct family *f)
{
    struct wp_codegen *g = f->g;
    struct wp_app_classes apps;
    wp_classify_apps(&apps, g);
    for (uint32_t i = 0; i < g->entry_count; i++)
        if (g->entries[i].term != NULL &&
            (apps.set_of[i] == WP_NONE || g->entries[i].term->apps->others))
            set_current(f, i);
    struct literals literals;
    make_literals(&literals, g, apps.set_of, apps.set_count);
    make_class_family(f, &literals, apps.class_count, apps.first_member, apps.members);
}

/* How many blocks a chunk holds: the fewest that one column needs. */
static void
choose_width(struct wp_shape *shape)
{
    static const uint32_t widths[] = {2, 6, 14, WP_CHUNK_MAX};
    size_t i = 0;
    while (widths[i] < WP_CHUNK_MAX && widths[i] < shape->blocks)
        i++;
    shape->chunk_width = widths[i];
    shape->chunks = (shape->blocks + widths[i] - 1) / widths[i];
}

/* Where each block's lines of each family begin, and the lines. */
static void
write_lines(struct wp_codegen *g, const struct family *families)
{
    struct wp_buffer *bases = wp_section_of(g, WP_SECTION_BASES);
    uint32_t line = 0;
    for (uint32_t block = 0; block < g->shape.blocks; block++)
        for (int f = 0; f < WP_FAMILY_COUNT; f++) {
            wp_buffer_add32(bases, line);
            line += families[f].line_counts[block];
        }
    wp_buffer_add32(bases, line);
    g->shape.lines = line;
    struct wp_line *lines =
        wp_buffer_extend(wp_section_of(g, WP_SECTION_LINES), line * sizeof *lines);
    for (uint32_t f = 0; f < WP_FAMILY_COUNT; f++) {
        const struct stored_line *stored =
            (const struct stored_line *)(const void *)families[f].lines.bytes;
        for (uint32_t i = 0; i < families[f].line_map.count; i++)
            lines[wp_buffer_words(bases)[stored[i].block * WP_FAMILY_COUNT + f] +
                  stored[i].number] = stored[i].line;
    }
}

/* The chunks of a family, in the order of their columns. */
static void
place_chunks(struct wp_codegen *g, const struct family *f, const uint32_t *columns, uint8_t *to)
{
    const size_t width = g->shape.chunk_width, size = WP_CHUNK_SIZE(width);
    const struct stored_chunk *stored = (const struct stored_chunk *)(const void *)f->chunks.bytes;
    for (uint32_t i = 0; i < f->chunk_map.count; i++) {
        uint8_t *chunk = to + (columns[stored[i].column] + stored[i].number) * size;
        memcpy(chunk, &stored[i].summary, 4);
        memcpy(chunk + 4, stored[i].lines, width * sizeof(uint16_t));
    }
}

static void
write_chunks(struct wp_codegen *g, const struct family *families)
{
    const uint32_t chunks = g->shape.chunks;
    struct wp_buffer *columns = wp_section_of(g, WP_SECTION_COLUMNS);
    uint32_t count = 0;
    for (int f = 0; f < WP_FAMILY_COUNT; f++)
        for (uint32_t column = 0; column < chunks; column++) {
            wp_buffer_add32(columns, count);
            count += families[f].chunk_counts[column];
        }
    wp_buffer_add32(columns, count);
    g->shape.chunk_records = count;
    uint8_t *to = wp_buffer_extend(wp_section_of(g, WP_SECTION_CHUNKS),
                                   (size_t)count * WP_CHUNK_SIZE(g->shape.chunk_width));
    for (uint32_t f = 0; f < WP_FAMILY_COUNT; f++) {
        const uint32_t *first = wp_buffer_words(columns) + f * chunks;
        place_chunks(g, &families[f], first, to);
        const uint32_t *row = wp_buffer_words(&families[f].rows);
        for (uint32_t i = 0; chunks > 1 && i < families[f].row_count * chunks; i++)
            wp_buffer_add32(wp_section_of(g, WP_SECTION_ROWS), row[i] + first[i % chunks]);
    }
}

bool
wp_generate_rows(struct wp_codegen *g, const struct wp_partition *p, const uint32_t *literals)
{
    const struct wp_span nowhere = {.file = WP_NO_FILE};
    struct family families[WP_FAMILY_COUNT];
    choose_width(&g->shape);
    for (int f = 0; f < WP_FAMILY_COUNT; f++)
        begin_family(&families[f], g);
    make_address_family(&families[WP_FAMILY_ADDRESS], p, literals, p->network_count);
    make_mask_family(&families[WP_FAMILY_DEVICE], true, g->model->device_count);
    make_mask_family(&families[WP_FAMILY_POSTURE], false, WP_POSTURES);
    make_app_family(&families[WP_FAMILY_APP]);
    for (int f = 0; f < WP_FAMILY_COUNT; f++) {
        g->shape.values[f] = families[f].row_count;
        if (families[f].overflow)
            return wp_too_many(g, nowhere, "the combinations of networks or apps");
    }
    write_lines(g, families);
    write_chunks(g, families);
    return true;
}
