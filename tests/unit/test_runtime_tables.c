/*
 * Images with so many ranges of IPv4 that they have a table: what of it woapol_open
 * refuses, and that what it takes is safe.
 */
#include "compiler/image_read.h"
#include "runtime/format.h"
#include "runtime/view.h"
#include "tests/unit/built_image.h"
#include "tests/unit/random_policy.h"
#include "tests/unit/small_runtime.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A policy over addresses of all kinds: octets where they are all over, so that their starts
 * are in the image's table; octets of neighbours, which are cells; and one of those in which
 * a neighbour is cut, so that there is a list. */
static char *
many_addresses(void)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    fputs("network Some = 198.51.100.7 + 198.51.100.9\nnetwork Many = 10.0.0.7", file);
    for (uint32_t i = 1; i < 3000; i++) {
        const uint32_t address = 10u << 24 | (i * 5573 + i % 3);
        fprintf(file, "%s%u.%u.%u.%u", i % 16 == 0 ? " +\n  " : " + ", address >> 24,
                address >> 16 & 255, address >> 8 & 255, address & 255);
    }
    for (uint32_t i = 0; i < 4000; i++)
        fprintf(file, "%s%u.%u.%u.0/24", i % 16 == 0 ? " +\n  " : " + ", 198 + i % 2, i >> 7,
                i * 2 & 255);
    fputs("\npolicy P is default { rule some when network in Some deny\n"
          "  rule many when network in Many allow }\n",
          file);
    (void)fclose(file);
    return text;
}

static void *
section_of(uint8_t *bytes, enum wp_section_kind kind)
{
    size_t size;
    const uint8_t *section = wp_image_section(bytes, kind, &size);
    return bytes + (section - bytes);
}

struct v4_table {
    struct wp_shape *shape;
    struct wp_v4_octet *octets;
    uint32_t *nodes;
    uint16_t *lows, *values;
};

static struct v4_table
table_of(uint8_t *bytes)
{
    struct v4_table table = {.shape = section_of(bytes, WP_SECTION_SHAPE),
                             .octets = section_of(bytes, WP_SECTION_V4_KEYS),
                             .values = section_of(bytes, WP_SECTION_V4_VALUES)};
    cr_assert(table.shape->v4_layout == WP_V4_TABLE && table.shape->v4_value_bits == 16);
    table.nodes = (uint32_t *)(void *)(table.octets + WP_V4_OCTETS);
    table.lows = (uint16_t *)(void *)(table.nodes + table.shape->v4_nodes);
    cr_assert_eq(table.octets[10].kind, WP_V4_STARTS);
    cr_assert_eq(table.octets[198].kind, WP_V4_CELLS_AND_LISTS);
    cr_assert_eq(table.octets[199].kind, WP_V4_CELLS);
    return table;
}

/* Where an octet's nodes are. */
static uint32_t *
nodes_of(struct v4_table *table, uint32_t number)
{
    const struct wp_v4_octet *octet = &table->octets[number];
    if (octet->kind == WP_V4_STARTS)
        return table->nodes + octet->nodes;
    return table->nodes +
           (uint32_t)(octet->nodes + (number << 24 >> octet->shift) / WP_V4_NODE_CELLS);
}

static void
set_kind(struct v4_table *table)
{
    table->octets[7].kind = WP_V4_KINDS;
}
static void
set_reserved(struct v4_table *table)
{
    table->octets[WP_V4_LISTS].reserved = 1;
}
static void
set_lists_kind(struct v4_table *table)
{
    table->octets[WP_V4_LISTS].kind = WP_V4_CELLS;
}
static void
set_first(struct v4_table *table)
{
    table->octets[0].first = 1;
}
static void
set_first_behind(struct v4_table *table)
{
    table->octets[12].first = table->octets[13].first;
}
static void
set_first_beyond(struct v4_table *table)
{
    table->octets[WP_V4_LISTS].first = table->shape->v4_count;
}
static void
set_lists_nodes(struct v4_table *table)
{
    table->octets[WP_V4_LISTS].nodes = table->shape->v4_nodes;
}
static void
set_fewer_lists(struct v4_table *table)
{
    table->octets[WP_V4_LISTS].nodes++;
}
static void
set_nodes(struct v4_table *table)
{
    table->octets[10].nodes++;
}
static void
set_cell_nodes(struct v4_table *table)
{
    table->octets[199].nodes--;
}
static void
set_cell_shift(struct v4_table *table)
{
    table->octets[199].shift = WP_V4_CELL_SHIFT_MIN - 1;
}
static void
set_cell_lows(struct v4_table *table)
{
    table->octets[199].lows = 1;
}
static void
set_start_shift(struct v4_table *table)
{
    table->octets[10].shift = WP_V4_START_SHIFT_MAX + 1;
}
static void
set_start_lows(struct v4_table *table)
{
    table->octets[10].lows++;
}
static void
set_node_of_cells(struct v4_table *table)
{
    nodes_of(table, 199)[100] |= UINT32_MAX << WP_V4_NODE_BITS;
}
static void
set_bits_of_cells(struct v4_table *table)
{
    const uint32_t count = 1u << (WP_V4_CELL_SHIFT_MAX - table->octets[199].shift);
    nodes_of(table, 199)[count - 1] |= 1;
}
static void
set_first_start(struct v4_table *table)
{
    nodes_of(table, 10)[0]--;
}
static void
set_start(struct v4_table *table)
{
    nodes_of(table, 10)[9] = nodes_of(table, 10)[10] + 1;
}
static void
set_last_start(struct v4_table *table)
{
    table->nodes[table->shape->v4_nodes - 1]++;
}
static void
set_low(struct v4_table *table)
{
    table->lows[1] = table->lows[0];
}
static void
set_low_of_list(struct v4_table *table)
{
    table->lows[table->shape->v4_lows - 1] = 0;
}
static void
set_low_margin(struct v4_table *table)
{
    table->lows[table->shape->v4_lows + WP_V4_LOWS_MARGIN - 1] = 1;
}
static void
set_class(struct v4_table *table)
{
    table->values[table->octets[10].first + 1] = (uint16_t)table->shape->classes;
}
static void
set_class_of_cell(struct v4_table *table)
{
    table->values[table->octets[199].first + 9] = (uint16_t)table->shape->classes;
}
static void
set_list(struct v4_table *table)
{
    table->values[table->octets[198].first + 9] = (uint16_t)(table->shape->classes + 1);
}

static const char no_nodes[] = "an octet's nodes do not follow those before it";
static const char no_order[] = "octets do not lead from the first value to the last";
static const char no_class[] = "an address class is out of range";
static const struct {
    void (*change)(struct v4_table *table);
    const char *reason;
} table_rows[] = {
    {set_kind, "an octet is of no known kind"},
    {set_reserved, "an octet is of no known kind"},
    {set_lists_kind, "an octet is of no known kind"},
    {set_first, no_order},
    {set_first_behind, "an octet has no values"},
    {set_first_beyond, "an octet has no values"},
    {set_lists_nodes, no_order},
    {set_fewer_lists, no_class},
    {set_nodes, no_nodes},
    {set_cell_nodes, no_nodes},
    {set_cell_shift, "an octet's cells have no such size"},
    {set_cell_lows, "an octet's cells have no such size"},
    {set_start_shift, "an octet's parts have no such size"},
    {set_start_lows, "an octet's starts do not follow those before it"},
    {set_node_of_cells, "a node leads beyond its octet"},
    {set_bits_of_cells, "a node leads beyond its octet"},
    {set_first_start, "nodes do not lead from an octet's first value on"},
    {set_start, "nodes do not lead from an octet's first value on"},
    {set_last_start, "nodes do not lead from an octet's first value on"},
    {set_low, "IPv4 ranges do not rise"},
    {set_low_of_list, "IPv4 ranges do not rise"},
    {set_low_margin, "the margin is not zero"},
    {set_class, no_class},
    {set_class_of_cell, no_class},
    {set_list, no_class},
};

static void
expect_refusal(uint8_t *bytes, size_t size, const char *reason)
{
    struct woapol_image image;
    struct woapol_fault fault = {0, ""};
    built_seal(bytes, size);
    cr_expect_eq(woapol_open(&image, bytes, size, NULL, &fault), WOAPOL_E_FORMAT);
    cr_expect_str_eq(fault.reason, reason);
}

Test(runtime_tables, octets_lead_to_the_values_of_their_addresses)
{
    char *text = many_addresses();
    size_t size;
    uint8_t *bytes = built_bytes(text, &size), *copy = malloc(size);
    for (size_t i = 0; i < sizeof table_rows / sizeof *table_rows; i++) {
        memcpy(copy, bytes, size);
        struct v4_table table = table_of(copy);
        table_rows[i].change(&table);
        expect_refusal(copy, size, table_rows[i].reason);
    }
    free(copy);
    free(bytes);
    free(text);
}

/* ---- what tables say ------------------------------------------------------------------- */

#define PREFIXES 12000

struct prefix {
    uint32_t address, length;
};

/* Of an octet's prefixes some are all over, some of every length stand side by side, some
 * octets have both, and some have next to none. */
static void
draw_prefixes(uint64_t *state, struct prefix prefixes[PREFIXES])
{
    uint32_t next = 0;
    for (uint32_t i = 0; i < PREFIXES; i++) {
        const uint32_t kind = i * 16 / PREFIXES;
        const bool aligned = kind < 8 || (kind < 15 && random_below(state, 16) > 0);
        uint32_t length = aligned ? 18 + random_below(state, 7) : 17 + random_below(state, 16);
        uint32_t address = (60 + kind) << 24;
        if (kind == 15)
            address = random_below(state, 256) << 24;
        address |= aligned ? next : random_below(state, 1 << 24);
        prefixes[i] = (struct prefix){address & ~UINT32_C(0) << (32 - length), length};
        next = (next + (1u << (32 - length)) * (1 + random_below(state, 2))) & 0xffffff;
    }
}

static char *
policy_of(const struct prefix prefixes[PREFIXES])
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    for (uint32_t n = 0; n < 4; n++) {
        fprintf(file, "network N%u = 192.0.2.%u", n, n);
        for (uint32_t i = n; i < PREFIXES; i += 4)
            fprintf(file, "%s%u.%u.%u.%u/%u", i % 16 < 4 ? " +\n  " : " + ",
                    prefixes[i].address >> 24, prefixes[i].address >> 16 & 255,
                    prefixes[i].address >> 8 & 255, prefixes[i].address & 255, prefixes[i].length);
        fputc('\n', file);
    }
    fputs("policy P is default {\n", file);
    for (uint32_t n = 0; n < 16; n++)
        fprintf(file,
                "  rule r%u when %snetwork in N0 and %snetwork in N1 and %snetwork in N2 and"
                " %snetwork in N3 allow\n",
                n, n & 1 ? "not " : "", n & 2 ? "not " : "", n & 4 ? "not " : "",
                n & 8 ? "not " : "");
    fputs("  otherwise deny\n}\n", file);
    (void)fclose(file);
    return text;
}

static uint32_t
rule_at(struct built *built, uint32_t address,
        void (*decide)(const struct woapol_image *, struct woapol_principal *,
                       const struct woapol_request *, struct woapol_decision *))
{
    struct woapol_request request;
    struct woapol_decision decision;
    woapol_request_init(&request);
    request.address_family = 4;
    for (int i = 0; i < 4; i++)
        request.address[i] = (uint8_t)(address >> (24 - 8 * i));
    decide(&built->image, built_bind(built, "", NULL, false), &request, &decision);
    return decision.rule;
}

/* Each network's edges, in the table, in the table as a small runtime reads it, and in the
 * list of an image that is not optimised. */
Test(runtime_tables, tables_say_what_lists_say)
{
    static struct prefix prefixes[PREFIXES];
    uint32_t kinds[WP_V4_KINDS] = {0};
    for (uint64_t seed = 1; seed < 4; seed++) {
        uint64_t state = seed;
        draw_prefixes(&state, prefixes);
        char *text = policy_of(prefixes);
        struct built table, list;
        built_make(&table, text, true);
        built_make(&list, text, false);
        const struct wp_view *view = wp_view(&table.image);
        cr_assert_eq(view->shape.v4_layout, WP_V4_TABLE);
        cr_assert_eq(wp_view(&list.image)->shape.v4_layout, WP_V4_LIST);
        for (uint32_t i = 0; i < WP_V4_LISTS; i++)
            kinds[view->v4_octets[i].kind]++;
        for (uint32_t i = 0; i < PREFIXES; i++) {
            const uint32_t first = prefixes[i].address;
            const uint32_t last = first | (uint32_t)(UINT64_C(0xffffffff) >> prefixes[i].length);
            const uint32_t asked[] = {first - 1, first, last, last + 1};
            for (size_t k = 0; k < 4; k++) {
                const uint32_t rule = rule_at(&list, asked[k], woapol_decide);
                cr_assert_eq(rule_at(&table, asked[k], woapol_decide), rule, "%x", asked[k]);
                cr_assert_eq(rule_at(&table, asked[k], small_decide), rule, "%x", asked[k]);
            }
        }
        built_free(&list);
        built_free(&table);
        free(text);
    }
    for (size_t i = 0; i < WP_V4_KINDS; i++)
        cr_expect_gt(kinds[i], 3, "kind %zu", i);
}

/* Words of a table set to something near by: refused, or every address has a class. */
Test(runtime_tables, tables_that_were_changed_are_refused_or_safe)
{
    char *text = many_addresses();
    size_t size;
    uint8_t *bytes = built_bytes(text, &size), *copy = malloc(size);
    uint64_t state = 5;
    unsigned taken = 0;
    for (unsigned i = 0; i < 200; i++) {
        memcpy(copy, bytes, size);
        struct v4_table table = table_of(copy);
        for (uint64_t changes = 1 + random_below(&state, 2); changes > 0; changes--) {
            const uint32_t units = table.shape->v4_nodes * 2 + table.shape->v4_lows;
            uint16_t *unit = (uint16_t *)(void *)table.nodes + random_below(&state, units);
            *unit = (uint16_t)(*unit + random_below(&state, 5) - 2);
        }
        built_seal(copy, size);
        struct woapol_image image;
        struct woapol_fault fault;
        if (woapol_open(&image, copy, size, NULL, &fault) != WOAPOL_OK)
            continue;
        built_exercise(&image, i, 40);
        taken++;
    }
    cr_expect(taken > 0, "some changes only move where a range starts");
    free(copy);
    free(bytes);
    free(text);
}
