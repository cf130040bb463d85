/*
 * Rows, policies, entries and outcomes: what of them is refused, in narrow images and in
 * others, by the verifier and by the small one.
 */
#include "runtime/format.h"
#include "runtime/opcodes.h"
#include "runtime/view.h"
#include "tests/unit/built_image.h"
#include "tests/unit/small_runtime.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two policies, the second one's entries in another block than most of the first one's. */
static char *
some_rules(unsigned count)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    fputs("network Office = 198.51.100.0/24\nnetwork Vpn = 10.8.0.0/16\ngroup G\napp A\n"
          "chain Strong = password then fido2\n"
          "policy P is default {\n  rule report risky when risk is high deny\n",
          file);
    for (unsigned i = 0; i < count; i++)
        fprintf(file, "  rule r%u when network in %s and group in G and risk is %s %s\n", i,
                i % 2 == 0 ? "Office" : "Vpn", i % 3 == 0 ? "low" : "high",
                i % 2 == 0 ? "allow" : "authenticate Strong every 8h");
    fputs("  otherwise deny \"Ask\"\n}\n"
          "policy Q for A { rule q when managed allow rule s when compliant deny }\n",
          file);
    (void)fclose(file);
    return text;
}

/* An image's tables, to be written to. */
struct tables {
    struct wp_shape shape;
    struct wp_policy_record *policies;
    struct wp_entry_record *entries;
    struct wp_rule_record *rules;
    struct wp_row *rows, *last_row, *heads;
    struct wp_line *lines;
    uint16_t *line_numbers;
    uint32_t *bases, *code, *chains;
    struct wp_outcome_record *outcomes;
};

static void *
table_of(const struct built *built, const void *table)
{
    return built->bytes + ((const uint8_t *)table - wp_view(&built->image)->bytes);
}

static struct tables
tables_of(const struct built *built)
{
    const struct wp_view *view = wp_view(&built->image);
    const uint32_t rows = view->row_first[WP_FAMILY_APP] + view->shape.rows[WP_FAMILY_APP];
    struct tables tables = {.shape = view->shape,
                            .policies = table_of(built, view->policies),
                            .entries = table_of(built, view->entries),
                            .rules = table_of(built, view->rules),
                            .rows = table_of(built, view->rows),
                            .heads = table_of(built, view->heads),
                            .lines = table_of(built, view->lines),
                            .line_numbers = table_of(built, view->line_numbers),
                            .bases = table_of(built, view->bases),
                            .code = table_of(built, view->code),
                            .chains = table_of(built, view->chains),
                            .outcomes = table_of(built, view->outcomes)};
    tables.last_row = tables.rows + (size_t)rows * view->shape.columns - 1;
    return tables;
}

/* ---- policies ---------------------------------------------------------------------- */

static void
set_lines(struct tables *t)
{
    t->policies[0].lines[0] = t->shape.lines;
}
static void
set_other_lines(struct tables *t)
{
    t->policies[1].lines[1] = t->shape.lines;
}
static void
set_wide_lines(struct tables *t)
{
    t->policies[0].lines[1] = 1;
}
static void
set_no_lines(struct tables *t)
{
    t->policies[0].lines[0] = 0;
}
static void
set_swapped_lines(struct tables *t)
{
    const uint32_t line = t->policies[1].lines[0];
    t->policies[1].lines[0] = t->policies[1].lines[1];
    t->policies[1].lines[1] = line;
}
static void
set_line_of_another(struct tables *t)
{
    memcpy(t->policies[0].lines, t->policies[1].lines, sizeof t->policies[0].lines);
}
static struct wp_line *
line_with(struct tables *t, uint32_t policy, uint32_t entry)
{
    return t->lines + t->policies[policy].lines[entry / WP_BLOCK_BITS];
}
static void
set_bit_behind(struct tables *t)
{
    const uint32_t last = t->policies[1].last;
    line_with(t, 1, last)->words[last % WP_BLOCK_BITS / 64] |= UINT64_C(1) << last % 64;
}
static void
clear_last_bit(struct tables *t)
{
    const uint32_t last = t->policies[0].last - 1;
    line_with(t, 0, last)->words[last % WP_BLOCK_BITS / 64] &= ~(UINT64_C(1) << last % 64);
}
static void
set_first(struct tables *t)
{
    t->policies[0].first++;
}
static void
set_last(struct tables *t)
{
    t->policies[0].last--;
}
static void
set_last_beyond(struct tables *t)
{
    t->policies[1].last = t->shape.blocks * WP_BLOCK_BITS;
}
static void
set_report_beyond(struct tables *t)
{
    t->policies[1].report_last = t->shape.blocks * WP_BLOCK_BITS + 1;
}
static void
set_flags(struct tables *t)
{
    t->policies[0].flags |= 2;
}
static void
set_lead(struct tables *t)
{
    t->policies[1].lead = 1;
}
static void
set_rule(struct tables *t)
{
    t->entries[t->policies[1].first].rule = t->entries[t->policies[0].first].rule;
}
static void
set_rule_first(struct tables *t)
{
    t->rules[t->entries[t->policies[1].first].rule].first = t->policies[0].first;
}
static void
set_rule_last(struct tables *t)
{
    t->rules[t->entries[t->policies[0].last - 1].rule].last = t->policies[1].last;
}
static void
set_rule_report(struct tables *t)
{
    t->rules[t->entries[t->policies[0].first].rule].flags = WP_RULE_REPORT;
}
static void
set_rule_behind(struct tables *t)
{
    t->entries[t->policies[1].last].rule = 0;
}

/* ---- rows -------------------------------------------------------------------------- */

static void
set_first_row(struct tables *t)
{
    t->rows->lines[0] = t->shape.lines;
}
static void
set_last_row(struct tables *t)
{
    t->last_row->lines[1] = UINT32_MAX;
}
static void
set_zeros(struct tables *t)
{
    t->lines[0].words[WP_LINE_WORDS - 1] = 1;
}
static void
set_base(struct tables *t)
{
    t->bases[1] = t->bases[2];
}
static struct wp_row *
some_row(struct tables *t)
{
    struct wp_row *row = t->rows;
    while (row->summary == 0)
        row++;
    return row;
}
static void
set_block_beyond(struct tables *t)
{
    some_row(t)->summary |= UINT32_C(1) << t->shape.blocks;
}
static void
set_numbers_beyond(struct tables *t)
{
    some_row(t)->numbers = t->shape.line_numbers;
}
static void
set_numbers_of_none(struct tables *t)
{
    t->rows[WP_ROW_NOTHING].numbers = 1; /* nothing differs: no line */
}
static void
set_line_number(struct tables *t)
{
    t->line_numbers[some_row(t)->numbers + (uint32_t)__builtin_ctz(some_row(t)->summary)] =
        UINT16_MAX;
}

/* The heads of the first device's row and of the last row of all. */
static void
set_head(struct tables *t)
{
    t->heads[t->shape.rows[WP_FAMILY_ADDRESS]].lines[1]++;
}
static void
set_head_of_nothing(struct tables *t)
{
    t->heads[WP_ROW_NOTHING].lines[0] = 1;
}
static void
set_head_beyond(struct tables *t)
{
    t->heads[t->last_row - t->rows].lines[0] = t->shape.lines;
}

/* ---- outcomes ---------------------------------------------------------------------- */

static void
set_outcome_beyond(struct tables *t)
{
    t->entries[t->policies[0].first].outcome = t->shape.outcomes;
}
static void
set_no_effect(struct tables *t)
{
    t->outcomes[1].effect = WOAPOL_AUTHENTICATE + 1;
}
static void
set_reason(struct tables *t)
{
    t->outcomes[1].reserved[0] = 1;
}
static void
set_rule_of_outcome(struct tables *t)
{
    t->outcomes[1].reserved[2] = 1;
}
static void
set_no_chain(struct tables *t)
{
    t->outcomes[1].effect = WOAPOL_AUTHENTICATE;
    t->outcomes[1].chain = WP_NO_NUMBER;
}
static void
set_chain_beyond(struct tables *t)
{
    t->outcomes[1].effect = WOAPOL_AUTHENTICATE;
    t->outcomes[1].chain = t->shape.chains;
}
static void
set_chain_of_allow(struct tables *t)
{
    t->outcomes[1].effect = WOAPOL_ALLOW;
    t->outcomes[1].chain = 0;
}
static void
set_message_beyond(struct tables *t)
{
    t->outcomes[1].message = 1; /* there is one */
}
static void
set_plain_allow(struct tables *t)
{
    t->outcomes[WP_PLAIN_DENY].effect = WOAPOL_ALLOW;
}
static void
set_plain_duration(struct tables *t)
{
    t->outcomes[WP_PLAIN_DENY].reauth_seconds = 3600;
}
static void
set_plain_message(struct tables *t)
{
    t->outcomes[WP_PLAIN_DENY].message = 0;
}

/* ---- chains: METHOD password, THEN, METHOD fido2, END ------------------------------- */

static void
set_no_instruction(struct tables *t)
{
    t->code[0] = WP_OP_COUNT;
}
static void
set_method_beyond(struct tables *t)
{
    t->code[0] = wp_instruction(WP_OP_METHOD, WP_OPERAND_MAX);
}
static void
set_operand_of_end(struct tables *t)
{
    t->code[3] = wp_instruction(WP_OP_END, 1);
}
static void
set_method_behind_another(struct tables *t)
{
    t->code[1] = wp_instruction(WP_OP_METHOD, 1);
}
static void
set_no_method(struct tables *t)
{
    t->code[0] = wp_instruction(WP_OP_THEN, 0);
}
static void
set_no_end(struct tables *t)
{
    t->code[3] = wp_instruction(WP_OP_OR, 1);
}
static void
set_start_within(struct tables *t)
{
    t->chains[0] = 2;
}
static void
set_start_beyond(struct tables *t)
{
    t->chains[0] = t->shape.code_words;
}

/* ---- all of them ------------------------------------------------------------------- */

enum { NARROWEST = 1, NARROW = 2, WIDE = 4, ANY = 7 };

static const char out_of_range[] = "a policy's lines are out of range";
static const char not_its_lines[] = "a policy's lines are not of its entries";
static const char not_its_entries[] = "a rule's entries are not of its policy";
static const char no_row[] = "a row's lines are out of range";
static const char no_head[] = "a head is not its row's";
static const char no_operand[] = "an operand is out of range";
static const char no_order[] = "a chain is out of order";
static const char no_start[] = "no chain starts there";
static const char no_outcome[] = "an outcome is none";
static const char no_deny[] = "the first outcome is not a plain deny";
static const struct {
    unsigned kinds;
    void (*change)(struct tables *tables);
    const char *reason;
} rows[] = {
    {ANY, set_lines, out_of_range},
    {ANY, set_other_lines, out_of_range},
    {WIDE, set_wide_lines, out_of_range},
    {NARROWEST | NARROW, set_no_lines, not_its_lines},
    {NARROWEST | NARROW, set_swapped_lines, not_its_lines},
    {NARROWEST | NARROW, set_line_of_another, not_its_lines},
    {NARROWEST | NARROW, set_bit_behind, not_its_lines},
    {NARROWEST | NARROW, clear_last_bit, not_its_lines},
    {NARROWEST | NARROW, set_first, not_its_lines},
    {ANY, set_last, "a policy's entries end at one of a rule"},
    {ANY, set_last_beyond, "a policy's entries are out of range"},
    {ANY, set_report_beyond, "a policy's entries are out of range"},
    {ANY, set_flags, "a policy has unknown flags"},
    {ANY, set_lead, "a policy's lead is none"},
    {ANY, set_rule_behind, "a policy's entries end at one of a rule"},
    {ANY, set_rule, "an entry is not one of its rule"},
    {ANY, set_rule_first, not_its_entries},
    {ANY, set_rule_last, not_its_entries},
    {ANY, set_rule_report, not_its_entries},
    {NARROWEST | NARROW, set_first_row, no_row},
    {NARROWEST | NARROW, set_last_row, no_row},
    {WIDE, set_zeros, "the first line is not all zeros"},
    {WIDE, set_base, "lines of blocks are out of order"},
    {WIDE, set_block_beyond, no_row},
    {WIDE, set_numbers_beyond, no_row},
    {WIDE, set_numbers_of_none, no_row},
    {WIDE, set_line_number, no_row},
    {WIDE, set_head, no_head},
    {WIDE, set_head_of_nothing, no_head},
    {WIDE, set_head_beyond, no_head},
    {ANY, set_outcome_beyond, "an entry's outcome is out of range"},
    {ANY, set_no_effect, no_outcome},
    {ANY, set_reason, no_outcome},
    {ANY, set_rule_of_outcome, no_outcome},
    {ANY, set_no_chain, no_outcome},
    {ANY, set_chain_beyond, no_outcome},
    {ANY, set_chain_of_allow, no_outcome},
    {ANY, set_message_beyond, no_outcome},
    {ANY, set_plain_allow, no_deny},
    {ANY, set_plain_duration, no_deny},
    {ANY, set_plain_message, no_deny},
    {ANY, set_no_instruction, "an instruction is not known"},
    {ANY, set_method_beyond, no_operand},
    {ANY, set_operand_of_end, no_operand},
    {ANY, set_method_behind_another, no_order},
    {ANY, set_no_method, no_order},
    {ANY, set_no_end, "the code runs off its end"},
    {ANY, set_start_within, no_start},
    {ANY, set_start_beyond, no_start},
};

static void
try_row(struct built *built, unsigned kind, size_t i)
{
    const struct wp_view *view = wp_view(&built->image);
    struct woapol_fault fault = {0, ""}, small = {0, ""};
    struct tables tables = tables_of(built);
    rows[i].change(&tables);
    cr_expect_not(wp_verify(view, &fault), "row %zu, kind %u", i, kind);
    cr_expect_str_eq(fault.reason, rows[i].reason, "row %zu, kind %u: %s", i, kind, fault.reason);
    cr_expect_not(small_verify(view, &small), "row %zu, kind %u", i, kind);
}

Test(runtime_rows, what_decisions_follow_is_proved)
{
    static const struct {
        unsigned kind, rules;
        enum wp_kind is;
    } images[] = {
        {NARROWEST, 90, WP_NARROWEST}, {NARROW, 600, WP_NARROW_ROWS}, {WIDE, 1700, WP_WIDE_ROWS}};
    for (size_t image = 0; image < sizeof images / sizeof *images; image++) {
        struct built built;
        struct woapol_fault fault;
        char *text = some_rules(images[image].rules);
        built_make(&built, text, true);
        uint8_t *good = malloc(built.size);
        memcpy(good, built.bytes, built.size);
        cr_assert_eq(wp_view(&built.image)->kind, images[image].is);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            if (rows[i].kinds & images[image].kind)
                try_row(&built, images[image].kind, i);
            memcpy(built.bytes, good, built.size);
        }
        cr_expect(small_verify(wp_view(&built.image), &fault));
        free(good);
        built_free(&built);
        free(text);
    }
}

/* ---- heads ------------------------------------------------------------------------- */

/* Opens what was built once its heads are said to begin elsewhere. */
static enum woapol_status
open_with_head(struct built *built, uint32_t head, struct woapol_fault *fault)
{
    struct woapol_image image;
    struct wp_shape *shape =
        (void *)(built->bytes +
                 ((const struct wp_section *)(const void *)(built->bytes +
                                                            sizeof(struct wp_header)))
                     ->offset);
    shape->head = head;
    built_seal(built->bytes, built->size);
    return woapol_open(&image, built->bytes, built->size, NULL, fault);
}

Test(runtime_rows, heads_are_of_two_blocks_of_one_column)
{
    static const struct {
        unsigned rules;
        uint32_t blocks, head;
        bool is_shape;
    } images[] = {
        {90, 1, 0, true},       {90, 1, 1, false},      {600, 2, 1, false},
        {1700, 4, 0, true},     {1700, 4, 2, true},     {1700, 4, 3, false},
        {17000, 34, 30, true},  {17000, 34, 31, false}, {17000, 34, 32, true},
        {17000, 34, 33, false}, {17000, 34, 34, false}, {1700, 4, UINT32_MAX, false},
    };
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        struct built built;
        struct woapol_fault fault = {0, ""};
        char *text = some_rules(images[i].rules);
        built_make(&built, text, true);
        const struct wp_shape *shape = &wp_view(&built.image)->shape;
        const uint32_t blocks = shape->blocks, head = shape->head;
        cr_assert_eq(head, 0);
        cr_assert_eq(blocks, images[i].blocks, "%zu: %u", i, blocks);
        const enum woapol_status status = open_with_head(&built, images[i].head, &fault);
        cr_expect_eq(status == WOAPOL_OK, images[i].head == head, "%zu", i);
        /* Elsewhere its heads are not those of the rows. */
        cr_expect_eq(strcmp(fault.reason, "a head is not its row's") == 0,
                     images[i].is_shape && images[i].head != head, "%zu: %s", i, fault.reason);
        built_free(&built);
        free(text);
    }
}

Test(runtime_rows, heads_begin_where_the_largest_policy_does)
{
    static const unsigned counts[][2] = {{700, 1200}, {1200, 700}, {3, 1200}, {1200, 1200}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char *text = NULL;
        size_t length = 0;
        FILE *file = open_memstream(&text, &length);
        fputs("network N = 10.0.0.0/8\ngroup G\napp A\n", file);
        for (unsigned policy = 0; policy < 2; policy++) {
            fputs(policy == 0 ? "policy P is default {\n" : "policy Q for A {\n", file);
            for (unsigned rule = 0; rule < counts[i][policy]; rule++)
                fprintf(file, "  rule r%u when network in N and group in G and risk is %s %s\n",
                        rule, rule % 2 == 0 ? "low" : "high", rule % 3 == 0 ? "allow" : "deny");
            fputs("}\n", file);
        }
        (void)fclose(file);
        struct built built;
        built_make(&built, text, true);
        const struct wp_view *view = wp_view(&built.image);
        const bool second = counts[i][1] > counts[i][0];
        cr_expect_eq(view->shape.head * WP_BLOCK_BITS, view->policies[second].first, "%zu", i);
        cr_expect_eq(view->shape.head > 0, second, "%zu", i);
        built_free(&built);
        free(text);
    }
}

/* ---- what there cannot be ---------------------------------------------------------- */

/* It is what a principal remembers before it was asked anything. */
Test(runtime_rows, a_request_of_all_ones_is_a_bad_one)
{
    static const unsigned counts[] = {90, 600, 1700};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct built built;
        struct woapol_request request;
        struct woapol_decision decision;
        char *text = some_rules(counts[i]);
        built_make(&built, text, true);
        struct woapol_principal *person = built_bind(&built, "G", NULL, false);
        memset(&request, 0xff, sizeof request);
        memset(&decision, 0, sizeof decision);
        woapol_decide(&built.image, person, &request, &decision);
        cr_expect_eq(decision.effect, WOAPOL_DENY);
        cr_expect_eq(decision.reason, WOAPOL_REASON_BAD_REQUEST);
        cr_expect(decision.policy == WOAPOL_NONE && decision.rule == WOAPOL_NONE);
        cr_expect(decision.chain == WOAPOL_NONE && decision.message == WOAPOL_NONE);
        cr_expect_eq(decision.reauth_seconds, WOAPOL_NO_REAUTH);
        built_free(&built);
        free(text);
    }
}
