/*
 * The tables that lead from an address to its class, out of a partition's ranges.
 */
#include "compiler/codegen.h"

/* Up to so many ranges a list and its index are at least as fast as a table; for
 * more the table takes fewer bytes. */
#define V4_LIST_MAX 131072
#define V6_LIST_MAX 1024

/* ---- IPv4 ------------------------------------------------------------------------ */

/* The largest index of at most half as many places as ranges. */
static uint32_t
index_bits(uint32_t ranges)
{
    uint32_t bits = 1;
    while (bits < WP_V4_INDEX_BITS_MAX && UINT32_C(4) << bits <= ranges)
        bits++;
    return bits;
}

static void
write_list(struct wp_codegen *g, const struct wp_partition *p)
{
    struct wp_buffer *keys = wp_section_of(g, WP_SECTION_V4_KEYS);
    g->shape.v4_units = g->options->optimise ? index_bits(p->v4_count) : 1;
    uint32_t range = 0;
    for (uint32_t i = 0; i < UINT32_C(1) << g->shape.v4_units; i++) {
        const uint32_t first = i << (32 - g->shape.v4_units);
        while (range + 1 < p->v4_count && p->v4_starts[range + 1] <= first)
            range++;
        wp_buffer_add32(keys, range);
    }
    wp_buffer_add32(keys, p->v4_count - 1);
    wp_buffer_add(keys, p->v4_starts, p->v4_count * sizeof *p->v4_starts);
    for (uint32_t i = 0; i < WP_V4_KEYS_MARGIN; i++)
        wp_buffer_add32(keys, UINT32_MAX);
    wp_buffer_add(wp_section_of(g, WP_SECTION_V4_VALUES), p->v4_classes,
                  p->v4_count * sizeof *p->v4_classes);
    g->shape.v4_layout = WP_V4_LIST;
    g->shape.v4_count = p->v4_count;
}

static void
add_class(struct wp_codegen *g, uint32_t class)
{
    struct wp_buffer *fragments = wp_section_of(g, WP_SECTION_V4_VALUES);
    wp_buffer_add16(fragments, (uint16_t) class);
    if (g->shape.class_units == 2)
        wp_buffer_add16(fragments, (uint16_t)(class >> 16));
}

static uint32_t
fragment_units(const struct wp_codegen *g)
{
    return (uint32_t)(g->sections[WP_SECTION_V4_VALUES].size / sizeof(uint16_t));
}

/* The ranges that start in a /16 behind its first address: [from, to). */
struct root {
    uint32_t from, to;
    uint32_t class; /* of its first address */
};

/* Goes on to root number `number`; `root` is the one before. */
static void
next_root(const struct wp_partition *p, struct root *root, uint32_t number)
{
    root->from = root->to;
    while (root->from < p->v4_count && p->v4_starts[root->from] <= number << 16)
        root->class = p->v4_classes[root->from++];
    root->to = root->from;
    while (root->to < p->v4_count && p->v4_starts[root->to] >> 16 == number)
        root->to++;
}

static struct root
skip_to_end(const struct wp_partition *p, struct root root)
{
    if (root.to > root.from)
        root.class = p->v4_classes[root.to - 1];
    return root;
}

/* Roots of one class share a fragment, the first time that class is seen. */
static uint32_t
single_fragment(struct wp_codegen *g, uint32_t *singles, uint32_t class)
{
    if (singles[class] == WP_NONE) {
        singles[class] = fragment_units(g);
        struct wp_buffer *fragments = wp_section_of(g, WP_SECTION_V4_VALUES);
        wp_buffer_add16(fragments, 0);
        wp_buffer_add16(fragments, 0);
        add_class(g, class);
        g->shape.v4_count++;
    }
    return singles[class];
}

static uint32_t
whole_fragment(struct wp_codegen *g, const struct wp_partition *p, const struct root *root)
{
    const uint32_t place = fragment_units(g);
    struct wp_buffer *fragments = wp_section_of(g, WP_SECTION_V4_VALUES);
    wp_buffer_add16(fragments, (uint16_t)(root->to - root->from));
    wp_buffer_add16(fragments, 0);
    for (uint32_t i = root->from; i < root->to; i++)
        wp_buffer_add16(fragments, (uint16_t)p->v4_starts[i]);
    add_class(g, root->class);
    for (uint32_t i = root->from; i < root->to; i++)
        add_class(g, p->v4_classes[i]);
    return place;
}

/* All roots, first those of one class, then the others. */
static void
write_roots(struct wp_codegen *g, const struct wp_partition *p, uint32_t *roots, bool singles)
{
    uint32_t *shared = wp_alloc_array(g->scratch, p->class_count, sizeof *shared);
    for (uint32_t i = 0; i < p->class_count; i++)
        shared[i] = WP_NONE;
    struct root root = {0};
    for (uint32_t i = 0; i < WP_V4_ROOTS; i++) {
        next_root(p, &root, i);
        if (singles && root.from == root.to)
            roots[i] = single_fragment(g, shared, root.class);
        else if (!singles && root.from != root.to)
            roots[i] = whole_fragment(g, p, &root);
        root = skip_to_end(p, root);
    }
}

static bool
write_table(struct wp_codegen *g, const struct wp_partition *p)
{
    static const uint16_t margin[WP_V4_MARGIN];
    const struct wp_span nowhere = {.file = WP_NO_FILE};
    uint32_t *roots = wp_alloc_array(g->scratch, WP_V4_ROOTS, sizeof *roots);
    g->shape.v4_layout = WP_V4_TABLE;
    g->shape.v4_count = 0;
    g->shape.class_units = p->class_count > UINT16_MAX + 1 ? 2 : 1;
    write_roots(g, p, roots, true);
    write_roots(g, p, roots, false);
    wp_buffer_add(wp_section_of(g, WP_SECTION_V4_VALUES), margin, sizeof margin);
    wp_buffer_add(wp_section_of(g, WP_SECTION_V4_KEYS), roots, WP_V4_ROOTS * sizeof *roots);
    g->shape.v4_units = fragment_units(g);
    if (g->sections[WP_SECTION_V4_VALUES].size / sizeof(uint16_t) > UINT32_MAX / 2)
        return wp_too_many(g, nowhere, "the ranges of IPv4 networks");
    return true;
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
    return WP_V6_IS_PLACE | place;
}

/* The distinct upper halves with their values; returns how many there are. */
static uint32_t
write_halves(struct wp_codegen *g, const struct wp_partition *p, uint64_t *keys)
{
    uint32_t count = 0;
    for (struct half half = {0, 0}; half.from < p->v6_count; half.from = half.to) {
        const uint64_t high = p->v6_starts[half.from].high;
        for (half.to = half.from; half.to < p->v6_count && p->v6_starts[half.to].high == high;)
            half.to++;
        keys[count++] = high;
        uint32_t value = p->v6_classes[half.from];
        if (half.to - half.from > 1 || p->v6_starts[half.from].low != 0)
            value = write_lower(g, p, half, half.from == 0 ? 0 : p->v6_classes[half.from - 1]);
        wp_buffer_add32(wp_section_of(g, WP_SECTION_V6_VALUES), value);
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
    g->shape.v6_count = write_halves(g, p, keys);
    write_levels(g, keys, g->shape.v6_count);
    g->shape.v6_lower = lower_units(g);
    if (g->sections[WP_SECTION_V6_LOWER].size / sizeof(uint64_t) >= WP_V6_IS_PLACE)
        return wp_too_many(g, nowhere, "the ranges of IPv6 networks");
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
    if (g->shape.classes > 1u << 30)
        return wp_too_many(g, nowhere, "the classes of addresses");
    numbered.class_count = g->shape.classes;
    numbered.v4_classes = number_ranges(g, partition->v4_classes, partition->v4_count, classes);
    numbered.v6_classes = number_ranges(g, partition->v6_classes, partition->v6_count, classes);
    g->shape.class_units = 1;
    if (numbered.v4_count <= V4_LIST_MAX || !g->options->optimise)
        write_list(g, &numbered);
    else if (!write_table(g, &numbered))
        return false;
    return write_v6(g, &numbered);
}
