/* Address classes that are made of several rows: images with narrow and wide numbers of
 * rows, held against the networks as they were written. */
#include "runtime/view.h"
#include "tests/unit/built_image.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define BASE UINT32_C(0x0a000000) /* 10.0.0.0 */

/* Rule i asks for network i, and of addresses from BASE on network i holds some. */
struct world {
    uint32_t rules, addresses;
    bool (*holds)(uint32_t rule, uint32_t address);
    void (*write)(FILE *file, uint32_t rule, const struct world *world);
    uint32_t parts, units;
};

static void
write_prefix(FILE *file, uint32_t at, uint32_t length, bool first)
{
    const uint32_t a = BASE + at;
    (void)fprintf(file, "%s%u.%u.%u.%u/%u", first ? "" : " + ", a >> 24, a >> 16 & 255,
                  a >> 8 & 255, a & 255, length);
}

/* All addresses that have a bit set: each address is a class of its own. */
static bool
has_bit(uint32_t rule, uint32_t address)
{
    return address >> rule & 1;
}
static void
write_bit(FILE *file, uint32_t rule, const struct world *world)
{
    const uint32_t size = UINT32_C(1) << rule;
    for (uint32_t at = size; at < world->addresses; at += 2 * size)
        write_prefix(file, at, 32 - rule, at == size);
}

/* Two neighbours: each address lies in two networks. */
static bool
is_near(uint32_t rule, uint32_t address)
{
    return address == rule || address == rule + 1;
}
static void
write_near(FILE *file, uint32_t rule, const struct world *world)
{
    (void)world;
    write_prefix(file, rule, 32, true);
    write_prefix(file, rule + 1, 32, false);
}

/* Every second address by itself, and at last four networks that hold nearly all of
 * them: these are one row. */
enum { ALONE = 20000 };
static bool
is_common(uint32_t rule, uint32_t address)
{
    return rule < ALONE ? address == 2 * rule : address != 2 * (rule - ALONE) + 1;
}
static void
write_common(FILE *file, uint32_t rule, const struct world *world)
{
    (void)world;
    write_prefix(file, rule < ALONE ? 2 * rule : 0, rule < ALONE ? 32 : 16, true);
    if (rule >= ALONE)
        (void)fprintf(file, " - 10.0.0.%u/32", 2 * (rule - ALONE) + 1);
}

/* Each address in any six networks of sixty, or about so many: pairs of them are rows. */
static bool
is_drawn(uint32_t rule, uint32_t address)
{
    uint32_t mixed = (address * 64 + rule) * UINT32_C(0x9e3779b1);
    mixed = (mixed ^ mixed >> 15) * UINT32_C(0x85ebca77);
    return (mixed ^ mixed >> 13) % 10 == 0;
}
static void
write_drawn(FILE *file, uint32_t rule, const struct world *world)
{
    bool first = true;
    for (uint32_t i = 0; i < world->addresses; i++)
        if (is_drawn(rule, i)) {
            write_prefix(file, i, 32, first);
            first = false;
        }
}

static const struct world worlds[] = {
    {60, 24000, is_drawn, write_drawn, 4, 1},
    {15, 1 << 15, has_bit, write_bit, 2, 1},
    {ALONE + 4, 2 * ALONE, is_common, write_common, 2, 1},
    {66000, 66000, is_near, write_near, 2, 2},
};

static char *
write_source(const struct world *world)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    for (uint32_t i = 0; i < world->rules; i++) {
        (void)fprintf(file, "network N%u = ", i);
        world->write(file, i, world);
        (void)fputc('\n', file);
    }
    (void)fputs("policy P is default {\n", file);
    for (uint32_t i = 0; i < world->rules; i++)
        (void)fprintf(file, "  rule r%u when network in N%u allow\n", i, i);
    (void)fputs("}\n", file);
    (void)fclose(file);
    return text;
}

static uint32_t
first_rule(const struct world *world, uint32_t address)
{
    uint32_t rule = 0;
    while (rule < world->rules && !world->holds(rule, address))
        rule++;
    return rule < world->rules ? rule : WOAPOL_NONE;
}

static void
check_decisions(struct built *built, const struct world *world)
{
    struct woapol_principal *nobody = built_bind(built, "", NULL, false);
    for (uint32_t i = 0; i < world->addresses; i += world->addresses / 5000) {
        struct woapol_request request;
        struct woapol_decision decision;
        woapol_request_init(&request);
        request.address_family = 4;
        for (unsigned k = 0; k < 4; k++)
            request.address[k] = (uint8_t)((BASE + i) >> (24 - 8 * k));
        woapol_decide(&built->image, nobody, &request, &decision);
        cr_assert_eq(decision.rule, first_rule(world, i), "address %u: rule %u", i, decision.rule);
    }
}

/* A part that is no row, in the middle of the table. */
static void
check_refusal(struct built *built)
{
    const struct wp_view *view = wp_view(&built->image);
    const size_t part = (size_t)view->shape.classes * view->shape.parts / 2;
    const size_t units = wp_part_units(&view->shape);
    uint8_t *place = built->bytes + ((const uint8_t *)view->classes - view->bytes);
    const uint32_t rows = view->shape.rows[WP_FAMILY_ADDRESS];
    struct woapol_image image;
    struct woapol_fault fault;
    memcpy(place + part * units * 2, &rows, units * 2);
    built_seal(built->bytes, built->size);
    cr_expect_eq(woapol_open(&image, built->bytes, built->size, NULL, &fault), WOAPOL_E_FORMAT);
    cr_expect_str_eq(fault.reason, "a part of an address class is no row");
}

Test(runtime_parts, classes_of_several_rows_allow_what_their_networks_do)
{
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        struct built built;
        char *text = write_source(&worlds[i]);
        built_make(&built, text, true);
        free(text);
        const struct wp_shape *shape = &wp_view(&built.image)->shape;
        cr_assert_eq(shape->parts, worlds[i].parts, "%u parts", shape->parts);
        cr_assert_eq(wp_part_units(shape), worlds[i].units);
        check_decisions(&built, &worlds[i]);
        check_refusal(&built);
        built_free(&built);
    }
}
