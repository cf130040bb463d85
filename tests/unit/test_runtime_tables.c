/*
 * Images with so many ranges of IPv4 that they have a table: what of it woapol_open
 * refuses, and that what it takes is safe.
 */
#include "compiler/image_read.h"
#include "runtime/format.h"
#include "tests/unit/built_image.h"
#include "tests/unit/random_policy.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A policy over so many single addresses, two in some /16s' first parts, that its image has
 * a table. */
static char *
many_addresses(void)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    fputs("network Many = 0.0.0.7", file);
    for (uint32_t i = 1; i < 70000; i++) {
        const uint32_t address = i * 61603 + i % 3; /* all over, in all sorts of parts */
        fprintf(file, "%s%u.%u.%u.%u", i % 16 == 0 ? " +\n  " : " + ", address >> 24,
                address >> 16 & 255, address >> 8 & 255, address & 255);
    }
    fputs("\npolicy P is default { rule many when network in Many allow }\n", file);
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
    uint32_t *bases, count, bits;
    uint16_t *offsets, *lows, *classes;
};

static struct v4_table
table_of(uint8_t *bytes)
{
    size_t at;
    const struct wp_shape *shape = wp_image_section(bytes, WP_SECTION_SHAPE, &at);
    struct v4_table table = {.count = shape->v4_count, .bits = shape->v4_bits};
    cr_assert(shape->v4_layout == WP_V4_TABLE && shape->class_units == 1);
    table.bases = section_of(bytes, WP_SECTION_V4_KEYS);
    table.offsets = (uint16_t *)(void *)(table.bases + WP_V4_BASES);
    table.lows = table.offsets + (1u << table.bits) + 2;
    table.classes = section_of(bytes, WP_SECTION_V4_VALUES);
    return table;
}

static void
set_base(struct v4_table *table)
{
    table->bases[300]++;
}
static void
set_first_base(struct v4_table *table)
{
    table->bases[0] = 1;
}
static void
set_offset(struct v4_table *table)
{
    table->offsets[1001]++;
}
static void
set_last_offset(struct v4_table *table)
{
    table->offsets[1u << table->bits]--;
}
static void
set_last_offset_beyond(struct v4_table *table)
{
    table->offsets[1u << table->bits]++;
}
static void
set_pad(struct v4_table *table)
{
    table->offsets[(1u << table->bits) + 1] = 1;
}
static void
set_low(struct v4_table *table)
{
    table->lows[1] = 0;
}
static void
set_low_beyond(struct v4_table *table)
{
    table->lows[table->count - 1] = UINT16_MAX;
}
static void
set_low_margin(struct v4_table *table)
{
    table->lows[table->count + WP_V4_LOWS_MARGIN - 1] = 1;
}
static void
set_class(struct v4_table *table)
{
    table->classes[table->count / 2] = UINT16_MAX;
}

static const struct {
    void (*change)(struct v4_table *table);
    const char *reason;
} table_rows[] = {
    {set_base, "a base is not its offset"},
    {set_first_base, "a base is not its offset"},
    {set_offset, "a base is not its offset"},
    {set_last_offset, "offsets do not lead from the first range to the last"},
    {set_last_offset_beyond, "a part has more ranges than there are"},
    {set_pad, "offsets do not lead from the first range to the last"},
    {set_low, "IPv4 ranges do not rise from 0"},
    {set_low_beyond, "IPv4 ranges do not rise from 0"},
    {set_low_margin, "the margin is not zero"},
    {set_class, "an address class is out of range"},
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

Test(runtime_tables, offsets_lead_to_the_ranges_of_their_addresses)
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
            const uint32_t parts = 1u << table.bits, units = parts + 1 + table.count;
            uint16_t *unit = table.offsets + random_below(&state, units);
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
    cr_expect(taken > 0, "some changes only move a range's start");
    free(copy);
    free(bytes);
    free(text);
}
