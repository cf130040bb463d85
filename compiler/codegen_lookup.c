/*
 * The tables that lead from an address to its class, out of a partition's ranges.
 */
#include "compiler/codegen.h"
#include "runtime/lookup.h"

/* What the tables of IPv4 may take for a range. */
#define BYTES_A_RANGE 10
#define V6_LIST_MAX 1024

void
wp_pack_values(struct wp_buffer *section, const uint32_t *values, uint32_t count, uint32_t bits)
{
    const size_t size = (size_t)wp_packed_bytes(count, bits);
    uint8_t *bytes = wp_buffer_extend(section, size);
    memset(bytes, 0, size);
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t at = (uint64_t)i * bits;
        uint64_t word;
        memcpy(&word, bytes + at / 8, sizeof word);
        word |= (uint64_t)values[i] << at % 8;
        memcpy(bytes + at / 8, &word, sizeof word);
    }
}

/* ---- IPv4 ------------------------------------------------------------------------ */

/* Most ranges must not need more halvings than the image makes: all but this share. */
#define RARE 64u
#define WINDOW (WP_V4_KEYS_MARGIN - 1)

/* How many ranges lie in parts of which so many halvings leave more than are compared
 * at once. */
static uint32_t
ranges_left(const struct wp_partition *p, uint32_t bits, uint32_t halvings)
{
    uint32_t left = 0;
    for (uint32_t from = 0, to; from < p->v4_count; from = to) {
        for (to = from;
             to < p->v4_count && (p->v4_starts[to] ^ p->v4_starts[from]) >> (32 - bits) == 0;)
            to++;
        left += (to - from) >> halvings > WINDOW ? to - from : 0;
    }
    return left;
}

static uint32_t
halvings_for(const struct wp_partition *p, uint32_t bits)
{
    uint32_t halvings = 0;
    while (halvings < WP_V4_HALVINGS_MAX && ranges_left(p, bits, halvings) > p->v4_count / RARE)
        halvings++;
    return halvings;
}

/* What a list takes with an index by so many bits. */
static uint64_t
size_of_list(const struct wp_codegen *g, uint32_t ranges, uint32_t bits)
{
    const uint32_t key = sizeof(uint32_t);
    return ((uint64_t)key << bits) + key * (WP_V4_KEYS_MARGIN + 1) + (uint64_t)ranges * key +
           wp_packed_bytes(ranges, g->shape.v4_value_bits);
}

/* So many places that two ranges are left to each; and more of them, as long as there is
 * room, where ranges lie so close that often more are left than are compared at once. */
static uint32_t
index_bits(const struct wp_codegen *g, const struct wp_partition *p)
{
    uint32_t bits = 1;
    while (
        bits < WP_V4_INDEX_BITS_MAX &&
        size_of_list(g, p->v4_count, bits + 1) <= BYTES_A_RANGE * (uint64_t)p->v4_count &&
        (UINT64_C(2) << (bits + 1) <= p->v4_count || ranges_left(p, bits, 0) > p->v4_count / RARE))
        bits++;
    return bits;
}

static void
write_list(struct wp_codegen *g, const struct wp_partition *p)
{
    struct wp_buffer *keys = wp_section_of(g, WP_SECTION_V4_KEYS);
    g->shape.v4_bits = g->options->optimise ? index_bits(g, p) : 1;
    g->shape.v4_halvings = halvings_for(p, g->shape.v4_bits);
    uint32_t range = 0;
    for (uint32_t i = 0; i < UINT32_C(1) << g->shape.v4_bits; i++) {
        const uint32_t first = i << (32 - g->shape.v4_bits);
        while (range + 1 < p->v4_count && p->v4_starts[range + 1] <= first)
            range++;
        wp_buffer_add32(keys, range);
    }
    wp_buffer_add32(keys, p->v4_count - 1);
    wp_buffer_add(keys, p->v4_starts, p->v4_count * sizeof *p->v4_starts);
    for (uint32_t i = 0; i < WP_V4_KEYS_MARGIN; i++)
        wp_buffer_add32(keys, UINT32_MAX);
    g->shape.v4_layout = WP_V4_LIST;
}

static void
write_v4(struct wp_codegen *g, const struct wp_partition *p)
{
    if (g->options->optimise && wp_generate_table(g, p, BYTES_A_RANGE * (uint64_t)p->v4_count))
        return;
    g->shape.v4_count = p->v4_count;
    g->shape.v4_value_bits = wp_value_bits(p->class_count);
    write_list(g, p);
    wp_pack_values(wp_section_of(g, WP_SECTION_V4_VALUES), p->v4_classes, p->v4_count,
                   g->shape.v4_value_bits);
}

/* ---- IPv6 ---------------------------------------------------------------------------- */

/* Ranges [from, to) start in one upper half. */
struct half {
    uint32_t from, to;
};

static uint32_t
lower_units(const struct wp_codegen *g)
{
    return (uint32_t)(g->sections[WP_SECTION_V6_LOWER].size / sizeof(uint64_t));
}

/* The lower halves of one upper half; `before` is the class that goes on into it. */
static uint32_t
write_lower(struct wp_codegen *g, const struct wp_partition *p, struct half half, uint32_t before)
{
    struct wp_buffer *lower = wp_section_of(g, WP_SECTION_V6_LOWER);
    const uint32_t place = lower_units(g);
    const bool goes_on = p->v6_starts[half.from].low != 0;
    const uint32_t count = half.to - half.from + goes_on;
    wp_buffer_add64(lower, count);
    if (goes_on)
        wp_buffer_add64(lower, 0);
    for (uint32_t i = half.from; i < half.to; i++)
        wp_buffer_add64(lower, p->v6_starts[i].low);
    if (goes_on)
        wp_buffer_add32(lower, before);
    wp_buffer_add(lower, p->v6_classes + half.from, (half.to - half.from) * sizeof *p->v6_classes);
    if (count % 2 == 1)
        wp_buffer_add32(lower, 0);
    return g->shape.classes + place;
}

/* The distinct upper halves with their values; returns how many there are. */
static uint32_t
write_halves(struct wp_codegen *g, const struct wp_partition *p, uint64_t *keys, uint32_t *values)
{
    uint32_t count = 0;
    for (struct half half = {0, 0}; half.from < p->v6_count; half.from = half.to) {
        const uint64_t high = p->v6_starts[half.from].high;
        for (half.to = half.from; half.to < p->v6_count && p->v6_starts[half.to].high == high;)
            half.to++;
        uint32_t value = p->v6_classes[half.from];
        if (half.to - half.from > 1 || p->v6_starts[half.from].low != 0)
            value = write_lower(g, p, half, half.from == 0 ? 0 : p->v6_classes[half.from - 1]);
        keys[count] = high;
        values[count++] = value;
    }
    return count;
}

static void
write_levels(struct wp_codegen *g, const uint64_t *keys, uint32_t count)
{
    struct wp_buffer *section = wp_section_of(g, WP_SECTION_V6_KEYS);
    if (count <= V6_LIST_MAX || !g->options->optimise) {
        wp_buffer_add(section, keys, count * sizeof *keys);
        return;
    }
    uint32_t levels = 1;
    while (wp_v6_last(count, levels - 1) >= WP_V6_NODE)
        levels++;
    g->shape.v6_levels = levels;
    for (uint32_t below = levels; below-- > 0;) {
        const uint32_t last = wp_v6_last(count, below), padded = wp_v6_padded(count, below);
        for (uint32_t i = 0; i < padded; i++)
            wp_buffer_add64(section, i <= last ? keys[(size_t)i << (4 * below)] : UINT64_MAX);
    }
}

static bool
write_v6(struct wp_codegen *g, const struct wp_partition *p)
{
    const struct wp_span nowhere = {.file = WP_NO_FILE};
    uint64_t *keys = wp_alloc_array(g->scratch, p->v6_count, sizeof *keys);
    uint32_t *values = wp_alloc_array(g->scratch, p->v6_count, sizeof *values);
    g->shape.v6_count = write_halves(g, p, keys, values);
    write_levels(g, keys, g->shape.v6_count);
    const size_t lower = g->sections[WP_SECTION_V6_LOWER].size / sizeof(uint64_t);
    if (lower + g->shape.classes > UINT64_C(1) << WP_VALUE_BITS_MAX)
        return wp_too_many(g, nowhere, "the ranges of IPv6 networks");
    g->shape.v6_lower = (uint32_t)lower;
    g->shape.v6_value_bits = wp_value_bits(lower + g->shape.classes);
    wp_pack_values(wp_section_of(g, WP_SECTION_V6_VALUES), values, g->shape.v6_count,
                   g->shape.v6_value_bits);
    return true;
}

/* The ranges with the classes' numbers in place of the partition's. */
static uint32_t *
number_ranges(struct wp_codegen *g, const uint32_t *of, uint32_t count, const uint32_t *classes)
{
    uint32_t *numbers = wp_alloc_array(g->scratch, (size_t)count + 1, sizeof *numbers);
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = classes[of[i]];
    return numbers;
}

bool
wp_generate_lookup(struct wp_codegen *g, const struct wp_partition *partition,
                   const uint32_t *classes)
{
    const struct wp_span nowhere = {.file = WP_NO_FILE};
    struct wp_partition numbered = *partition;
    if (g->shape.classes > WP_CLASSES_MAX)
        return wp_too_many(g, nowhere, "the classes of addresses");
    numbered.class_count = g->shape.classes;
    numbered.v4_classes = number_ranges(g, partition->v4_classes, partition->v4_count, classes);
    numbered.v6_classes = number_ranges(g, partition->v6_classes, partition->v6_count, classes);
    write_v4(g, &numbered);
    return write_v6(g, &numbered);
}
