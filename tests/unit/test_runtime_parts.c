/* Address classes that are made of several rows, even and uneven, with numbers of rows and
 * values of all sizes, held against the networks as they were written. */
#include "compiler/codegen.h"
#include "runtime/view.h"
#include "tests/unit/built_image.h"
#include "tests/unit/small_runtime.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define BASE UINT32_C(0x0a000000) /* 10.0.0.0 */
#define HALVES 64                 /* of IPv6, where there are some */

/* Rule i asks for network i, and of addresses from BASE on network i holds some. */
struct world {
    uint32_t rules, addresses;
    bool (*holds)(uint32_t rule, uint32_t address);
    void (*write)(FILE *file, uint32_t rule, const struct world *world);
    uint32_t parts, size; /* of a row's number */
    bool uneven;
    uint32_t v4_bits, v6_bits; /* of a value */
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

/* The same, and IPv6 addresses with that bit: upper halves, and one of their lower ones. */
static void
write_both(FILE *file, uint32_t rule, const struct world *world)
{
    write_bit(file, rule, world);
    for (uint32_t at = 0; at < HALVES; at++)
        if (at >> rule & 1)
            (void)fprintf(file, " + 2001:db8:%x::/64 + 2001:db8:ffff:%x::7/128", at, at);
}

/* Each address in one network of each of eight kinds. */
enum { KINDS = 8, OF_A_KIND = 31 };
static bool
is_of_kinds(uint32_t rule, uint32_t address)
{
    uint32_t mixed = (address * KINDS + rule / OF_A_KIND) * UINT32_C(0x9e3779b1);
    mixed = (mixed ^ mixed >> 15) * UINT32_C(0x85ebca77);
    return (mixed ^ mixed >> 13) % OF_A_KIND == rule % OF_A_KIND;
}
static void
write_of_kinds(FILE *file, uint32_t rule, const struct world *world)
{
    bool first = true;
    for (uint32_t i = 0; i < world->addresses; i++)
        if (is_of_kinds(rule, i)) {
            write_prefix(file, i, 32, first);
            first = false;
        }
}

/* Each address in any six networks of sixty, or about so many: pairs of them are rows, or
 * where addresses are many, all are single. */
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
    {60, 24000, is_drawn, write_drawn, 4, 2, false, 16, 16},
    {60, 60000, is_drawn, write_drawn, 16, 1, true, 16, 16},
    {KINDS * OF_A_KIND, 25000, is_of_kinds, write_of_kinds, 8, 1, false, 16, 16},
    {15, 1 << 15, has_bit, write_bit, 2, 2, false, 16, 16},
    {17, 3 << 15, has_bit, write_both, 2, 2, false, 17, 17},
    {ALONE + 4, 2 * ALONE, is_common, write_common, 2, 2, false, 16, 16},
    {66000, 66000, is_near, write_near, 2, 4, false, 17, 17},
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
check_at(struct built *built, const struct world *world, const struct woapol_request *request,
         uint32_t address)
{
    struct woapol_principal *nobody = built_bind(built, "", NULL, false);
    const uint32_t rule = first_rule(world, address);
    struct woapol_decision decision;
    woapol_decide(&built->image, nobody, request, &decision);
    cr_assert_eq(decision.rule, rule, "address %u: rule %u", address, decision.rule);
    woapol_decide_batch(&built->image, nobody, request, 1, &decision);
    cr_assert_eq(decision.rule, rule, "address %u: rule %u", address, decision.rule);
    small_decide(&built->image, nobody, request, &decision);
    cr_assert_eq(decision.rule, rule, "address %u: rule %u", address, decision.rule);
}

static void
check_decisions(struct built *built, const struct world *world)
{
    struct woapol_request request;
    woapol_request_init(&request);
    request.address_family = 4;
    for (uint32_t i = 0; i < world->addresses; i += i < 8 ? 1 : 1 + world->addresses / 5000) {
        for (unsigned k = 0; k < 4; k++)
            request.address[k] = (uint8_t)((BASE + i) >> (24 - 8 * k));
        check_at(built, world, &request, i);
    }
}

static void
check_halves(struct built *built, const struct world *world)
{
    struct woapol_request request;
    woapol_request_init(&request);
    request.address_family = 6;
    memcpy(request.address, "\x20\x01\x0d\xb8", 4);
    for (uint32_t i = 0; i < HALVES; i++) {
        memset(request.address + 4, 0, 12);
        request.address[5] = (uint8_t)i;
        request.address[15] = (uint8_t)(3 * i);
        check_at(built, world, &request, i);
        memset(request.address + 4, 0xff, 2);
        request.address[7] = (uint8_t)i;
        for (uint8_t low = 6; low < 9; low++) {
            request.address[15] = low;
            check_at(built, world, &request, low == 7 ? i : 0);
        }
    }
}

/* What an image says after a change. */
static void
expect_refusal(struct built *built, const char *reason)
{
    struct woapol_image image;
    struct woapol_fault fault = {0, ""}, small;
    built_seal(built->bytes, built->size);
    cr_expect_eq(woapol_open(&image, built->bytes, built->size, NULL, &fault), WOAPOL_E_FORMAT);
    cr_expect_str_eq(fault.reason, reason);
    cr_expect_not(small_verify(wp_view(&built->image), &small), "%s", reason);
}

static uint8_t *
place_of(struct built *built, const void *place)
{
    return built->bytes + ((const uint8_t *)place - wp_view(&built->image)->bytes);
}

/* Bytes set to others for as long as it takes to be refused. */
static void
check_change(struct built *built, const void *place, const void *value, size_t size,
             const char *reason)
{
    uint8_t *at = place_of(built, place), before[4];
    memcpy(before, at, size);
    memcpy(at, value, size);
    expect_refusal(built, reason);
    memcpy(at, before, size);
}

/* A part that is no row, in the middle of the table and at its end. */
static void
check_parts(struct built *built)
{
    static const char reason[] = "a part of an address class is no row";
    const struct wp_view *view = wp_view(&built->image);
    const struct wp_shape *shape = &view->shape;
    const size_t count =
        wp_is_uneven(shape) ? shape->uneven_parts : (size_t)shape->classes * shape->parts;
    const uint32_t rows = shape->rows[WP_FAMILY_ADDRESS], size = shape->part_size;
    check_change(built, view->parts + count / 2 * size, &rows, size, reason);
    check_change(built, view->parts + (count - 1) * size, &rows, size, reason);
}

/* Where uneven classes of more parts begin. */
static void
check_uneven(struct built *built)
{
    static const char reason[] = "address classes do not have the parts there are";
    const struct wp_view *view = wp_view(&built->image);
    const uint32_t *index = wp_uneven_index(view), classes = view->shape.classes;
    const uint32_t least = index[1] - 1, fewer = index[2] - 1, beyond = classes + 1, none = 0;
    check_change(built, &index[2], &fewer, 4, reason);
    check_change(built, &index[2], &least, 4, reason);
    check_change(built, &index[WP_UNEVEN_MAX - 1], &beyond, 4, reason);
    check_change(built, &index[WP_UNEVEN_MAX - 1], &fewer, 4, reason);
    check_change(built, &index[0], &none, 4, reason);
    const size_t end = ((size_t)view->shape.uneven_parts + WP_UNEVEN_MAX) * view->shape.part_size;
    check_change(built, view->parts + end - 1, &index[0], 1, "the margin is not zero");
}

/* The last values, and the bits behind them. */
static void
check_values(struct built *built)
{
    static const char no_margin[] = "the margin is not zero";
    const struct wp_view *view = wp_view(&built->image);
    const struct wp_shape *shape = &view->shape;
    const struct {
        const uint8_t *values;
        uint32_t count, bits;
        const char *reason;
    } all[] = {
        {view->v4_values, shape->v4_count, shape->v4_value_bits,
         "an address class is out of range"},
        {view->v6_values, shape->v6_count, shape->v6_value_bits,
         "a value is neither a class nor the next place of lower halves"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const uint64_t last = (uint64_t)(all[i].count - 1) * all[i].bits,
                       behind = last + all[i].bits;
        const uint8_t *at = all[i].values + last / 8, *end = all[i].values + behind / 8;
        uint32_t value;
        memcpy(&value, at, sizeof value);
        value |= (uint32_t)(((UINT64_C(1) << all[i].bits) - 1) << last % 8);
        check_change(built, at, &value, 4, all[i].reason);
        const uint8_t bit = (uint8_t)(*end | 1u << behind % 8), one = 1;
        check_change(built, end, &bit, 1, no_margin);
        end = all[i].values + wp_packed_bytes(all[i].count, all[i].bits);
        check_change(built, end - 1, &one, 1, no_margin);
    }
}

static void
check_world(const struct world *world)
{
    struct built built;
    char *text = write_source(world);
    built_make(&built, text, true);
    free(text);
    const struct wp_shape *shape = &wp_view(&built.image)->shape;
    cr_expect_eq(shape->parts, world->parts, "%u parts", shape->parts);
    cr_expect_eq(shape->part_size, world->size, "of %u bytes", shape->part_size);
    cr_expect_eq(wp_is_uneven(shape), world->uneven);
    cr_expect_eq(shape->v4_value_bits, world->v4_bits, "values of %u bits", shape->v4_value_bits);
    cr_expect_eq(shape->v6_value_bits, world->v6_bits, "of %u bits", shape->v6_value_bits);
    check_decisions(&built, world);
    if (world->write == write_both)
        check_halves(&built, world);
    check_parts(&built);
    check_values(&built);
    if (world->uneven)
        check_uneven(&built);
    built_free(&built);
}

Test(runtime_parts, classes_of_several_rows_allow_what_their_networks_do)
{
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++)
        check_world(&worlds[i]);
}

/* Packed, all values are what they were, the largest and the last, too; and none of them
 * needs more bytes than there are. */
Test(runtime_parts, values_of_all_widths_are_packed)
{
    for (uint32_t bits = WP_VALUE_BITS_MIN; bits <= WP_VALUE_BITS_MAX; bits++)
        for (uint32_t count = 1; count < 70; count++) {
            struct wp_arena *arena = wp_arena_new(NULL, NULL);
            struct wp_buffer section = {.arena = arena};
            const uint32_t most = (UINT32_C(1) << bits) - 1;
            uint32_t values[70];
            for (uint32_t i = 0; i < count; i++)
                values[i] = i % 3 == 0 ? most : i * UINT32_C(0x9e3779b1) & most;
            wp_pack_values(&section, values, count, bits);
            cr_assert_eq(section.size, wp_packed_bytes(count, bits));
            uint8_t *exact = malloc(section.size);
            memcpy(exact, section.bytes, section.size);
            for (uint32_t i = 0; i < count; i++)
                cr_assert_eq(wp_packed(exact, i, bits), values[i], "%u of %u bits", i, bits);
            free(exact);
            wp_arena_free(arena);
        }
}

/* The fewest bits that hold numbers below a limit. */
Test(runtime_parts, values_have_the_bits_they_need)
{
    cr_expect_eq(wp_value_bits(1), 16);
    cr_expect_eq(wp_value_bits(UINT64_C(1) << 16), 16);
    cr_expect_eq(wp_value_bits((UINT64_C(1) << 16) + 1), 17);
    cr_expect_eq(wp_value_bits((UINT64_C(1) << 23) + 5), 24);
    cr_expect_eq(wp_value_bits(UINT64_C(1) << 31), 31);
}
