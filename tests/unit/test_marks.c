/*
 * Decisions by marks, and where these do not tell: policies in which whoever is in group Gk is
 * decided by rule k, if the address is where the rule wants it. And what of leads and marks is
 * proved.
 */
#include "tests/unit/every_way.h"
#include "tests/unit/small_runtime.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORKS = 500, POLICIES_MAX = 40 };

/* How many rules each policy has; the first is the default one, the others are of apps. */
struct plan {
    uint32_t policies, rules[POLICIES_MAX];
};

/* Of three rules one asks for a network, one for any but one, and one for none. */
enum { INSIDE, OUTSIDE, ANYWHERE };
static uint32_t
kind_of_rule(uint32_t rule)
{
    return rule % 3;
}
static uint32_t
network_of(uint32_t policy, uint32_t rule)
{
    return (rule * 7 + policy * 11) % NETWORKS;
}

static void
write_rule(FILE *file, uint32_t policy, uint32_t rule)
{
    static const char *const conditions[] = {" and network in N%u", " and not network in N%u"};
    (void)fprintf(file, "  rule r%u when group in G%u", rule, rule);
    if (kind_of_rule(rule) == INSIDE)
        (void)fprintf(file, conditions[0], network_of(policy, rule));
    else if (kind_of_rule(rule) == OUTSIDE)
        (void)fprintf(file, conditions[1], network_of(policy, rule));
    (void)fprintf(file, " allow every %uh\n", 1 + rule % 20);
}

static uint32_t
group_count(const struct plan *plan)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < plan->policies; i++)
        most = plan->rules[i] > most ? plan->rules[i] : most;
    return most;
}

/* If they overlap, larger prefixes of many networks hold smaller ones of others, too. */
static void
write_network(FILE *file, uint32_t number, bool do_overlap)
{
    (void)fprintf(file, "network N%u = 10.%u.%u.0/24 + 2001:db8:%x::/48", number, number / 250,
                  number % 250, number);
    for (uint32_t i = 0; i < 4 && do_overlap; i++) {
        const uint32_t bits = 17 + (number / 16 + i) % 8;
        (void)fprintf(file, " + 10.%u.%u.0/%u", 16 * i + number % 16,
                      number * 37 % 251 & 0xff00 >> (bits - 16) & 0xff, bits);
    }
    (void)fputc('\n', file);
}

static char *
text_of(const struct plan *plan, bool do_overlap)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    for (uint32_t i = 0; i < NETWORKS; i++)
        write_network(file, i, do_overlap);
    for (uint32_t i = 0; i < group_count(plan); i++)
        (void)fprintf(file, "group G%u\n", i);
    for (uint32_t policy = 0; policy < plan->policies; policy++) {
        if (policy == 0)
            (void)fputs("policy P0 is default {\n", file);
        else
            (void)fprintf(file, "app A%u\npolicy P%u for A%u {\n", policy, policy, policy);
        for (uint32_t rule = 0; rule < plan->rules[policy]; rule++)
            write_rule(file, policy, rule);
        (void)fputs("}\n", file);
    }
    (void)fclose(file);
    return text;
}

/* ---- questions --------------------------------------------------------------------- */

enum { QUESTIONS = EVERY_WAY_MOST, NOWHERE = NETWORKS };

struct asked {
    const struct built *built;
    const struct plan *plan;
    uint32_t policy, groups[2]; /* the groups rise */
    uint32_t networks[QUESTIONS];
    struct woapol_request requests[QUESTIONS];
};

static void
set_network(struct woapol_request *request, uint32_t network, bool is_v6)
{
    char text[64];
    if (network == NOWHERE)
        (void)snprintf(text, sizeof text, is_v6 ? "2001:db9::1" : "192.0.2.1");
    else if (is_v6)
        (void)snprintf(text, sizeof text, "2001:db8:%x::7", network);
    else
        (void)snprintf(text, sizeof text, "10.%u.%u.9", network / 250, network % 250);
    cr_assert(woapol_set_address(request, text, strlen(text)));
}

/* From where both rules want it, from the network of the rule before, from nowhere, without. */
static void
make_questions(struct asked *asked)
{
    const uint32_t policy = asked->policy, *groups = asked->groups;
    const uint32_t before = groups[0] > 0 ? groups[0] - 1 : 0;
    const uint32_t networks[] = {network_of(policy, groups[0]), network_of(policy, groups[1]),
                                 network_of(policy, before), NOWHERE};
    char app[16];
    (void)snprintf(app, sizeof app, "A%u", policy);
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        woapol_request_init(&asked->requests[i]);
        asked->requests[i].app = policy == 0 ? 0 : built_find(asked->built, WOAPOL_APP, app);
        asked->networks[i] = networks[i / 2];
        if (i < QUESTIONS - 1)
            set_network(&asked->requests[i], networks[i / 2], i % 2 == 1);
    }
}

/* Of the policy's rules the one that decides, or WOAPOL_NONE. */
static uint32_t
expected_rule(const struct asked *asked, uint32_t question)
{
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t rule = asked->groups[i], kind = kind_of_rule(rule);
        const bool is_inside = asked->networks[question] == network_of(asked->policy, rule);
        if (rule < asked->plan->rules[asked->policy] &&
            (kind == ANYWHERE || (kind == INSIDE) == is_inside))
            return rule;
    }
    return WOAPOL_NONE;
}

static void
expect(const void *context, const struct woapol_decision *decision, uint32_t question,
       const char *by)
{
    const struct asked *asked = context;
    uint32_t first = 0;
    for (uint32_t i = 0; i < asked->policy; i++)
        first += asked->plan->rules[i];
    const uint32_t rule = expected_rule(asked, question);
    cr_assert_eq(decision->rule, rule == WOAPOL_NONE ? rule : first + rule,
                 "P%u, G%u and G%u, question %u, %s: %u for r%u", asked->policy, asked->groups[0],
                 asked->groups[1], question, by, decision->rule - first, rule);
    cr_assert_eq(decision->policy, asked->policy);
    cr_assert_eq(decision->reason, WOAPOL_REASON_NONE);
    cr_assert_eq(decision->effect, rule == WOAPOL_NONE ? WOAPOL_DENY : WOAPOL_ALLOW);
    cr_assert_eq(decision->reauth_seconds,
                 rule == WOAPOL_NONE ? WOAPOL_NO_REAUTH : 3600u * (1 + rule % 20));
}

static void
ask_all(const struct built *built, const struct plan *plan, const uint32_t groups[2])
{
    struct asked asked = {.built = built, .plan = plan, .groups = {groups[0], groups[1]}};
    for (asked.policy = 0; asked.policy < plan->policies; asked.policy++) {
        make_questions(&asked);
        every_way_ask(built, groups, asked.requests, QUESTIONS, expect, &asked);
    }
}

/* Plans of one large policy, of small ones that share blocks, of both; policies that end with
 * a block, one behind it, and that have no rule. */
static const struct plan plans[] = {
    {1, {1200}},
    {1, {700}},
    {3, {600, 40, 200}},
    {2, {1024, 511}},
    {4, {512, 513, 1023, 1025}},
    {3, {511, 0, 1700}},
    {40, {100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100,
          100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100,
          100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100}},
    {12, {63, 64, 65, 7, 8, 9, 127, 511, 200, 600, 1, 40}},
};

Test(marks, decide_as_rows_do)
{
    static const uint32_t places[] = {0,    1,    2,    7,    8,    9,    62,   63,  64,
                                      98,   99,   100,  199,  510,  511,  512,  513, 598,
                                      1021, 1022, 1023, 1024, 1025, 1199, 1698, 1699};
    for (size_t i = 0; i < 2 * sizeof plans / sizeof *plans; i++) {
        const struct plan *plan = &plans[i / 2];
        const uint32_t groups = group_count(plan);
        struct built built;
        char *text = text_of(plan, false);
        built_make(&built, text, i % 2 == 0);
        cr_assert_not_null(wp_view(&built.image)->marks, "%zu", i);
        for (size_t k = 0; k < sizeof places / sizeof *places && places[k] < groups; k++) {
            const uint32_t second = places[k] + 1 + (uint32_t)k * 37 % groups;
            ask_all(&built, plan,
                    (const uint32_t[]){places[k], second < groups ? second : groups - 1});
        }
        ask_all(&built, plan, (const uint32_t[]){groups, groups + 1}); /* nobody's */
        built_free(&built);
        free(text);
    }
}

/* ---- which bits they are --------------------------------------------------------------- */

/* As docs/image.md has it: who changes this makes another format. */
Test(marks, have_the_bits_that_the_format_says)
{
    for (uint32_t entry = 0; entry < 100000; entry++) {
        const uint32_t word = entry / 64;
        const uint32_t places[WP_MARK_HALVES] = {entry + 29 * word,
                                                 entry + 11 * word + 7 * (word / 8) + 5};
        struct wp_mark mark = {{0, 0}};
        wp_mark_add(&mark, UINT64_C(1) << entry % 64, word);
        for (uint32_t half = 0; half < WP_MARK_HALVES; half++) {
            cr_assert_eq(mark.halves[half], UINT64_C(1) << places[half] % 64, "%u", entry);
            cr_assert_eq(wp_turn_down(mark.halves[half], wp_mark_turn(word, half)),
                         UINT64_C(1) << entry % 64);
        }
    }
}

/* ---- whether there are any ----------------------------------------------------------- */

/* Rules over few networks: what classes differ in is nearly everywhere. */
Test(marks, are_left_out_where_they_say_too_little)
{
    static const struct {
        unsigned rules, networks;
        bool has_marks;
    } images[] = {{1200, 2, false}, {1200, 30, false}, {1200, 1000, true}, {600, 2, false},
                  {600, 15, false}, {600, 1000, true}, {500, 1000, false}};
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        char *text = NULL;
        size_t length = 0;
        FILE *file = open_memstream(&text, &length);
        for (unsigned n = 0; n < images[i].networks; n++)
            (void)fprintf(file, "network N%u = 10.%u.%u.0/24\n", n, n / 250, n % 250);
        (void)fputs("group G\npolicy P is default {\n", file);
        for (unsigned r = 0; r < images[i].rules; r++)
            (void)fprintf(file, "  rule r%u when group in G and network in N%u allow\n", r,
                          r % images[i].networks);
        (void)fputs("}\n", file);
        (void)fclose(file);
        struct built built;
        built_make(&built, text, true);
        cr_expect_eq(wp_view(&built.image)->marks != NULL, images[i].has_marks, "%zu", i);
        built_free(&built);
        free(text);
    }
}

/* ---- what is proved ---------------------------------------------------------------- */

struct tables {
    struct wp_shape *shape;
    struct wp_policy_record *policies;
    struct wp_line *lines;
    uint32_t *leads;
    struct wp_row *rows, *heads;
    struct wp_mark *marks;
};

static void
set_lead_beyond(struct tables *t)
{
    t->policies[1].lead = t->shape->leads * wp_lead_size(t->shape);
}
static void
set_lead_far_beyond(struct tables *t)
{
    t->policies[1].lead = UINT32_MAX / wp_lead_size(t->shape) * wp_lead_size(t->shape);
}
static void
set_lead_within(struct tables *t)
{
    t->policies[0].lead = 1;
}
static void
set_lead_of_another(struct tables *t)
{
    t->policies[1].lead = t->policies[3].lead;
}
static void
set_block_twice(struct tables *t)
{
    t->leads[wp_lead_size(t->shape)] = t->leads[0];
}
static void
set_block_beyond(struct tables *t)
{
    t->leads[(t->shape->leads - 1) * wp_lead_size(t->shape)] = t->shape->blocks;
}
static void
set_posture_line(struct tables *t)
{
    t->leads[WP_LEAD_POSTURES + WP_POSTURES - 1]++;
}
static void
set_device_line(struct tables *t)
{
    t->leads[wp_lead_size(t->shape) - 1] = t->shape->lines;
}
static void
set_policy_line(struct tables *t)
{
    t->policies[2].lines[0] = 0;
}
static void
set_second_line(struct tables *t)
{
    t->policies[2].lines[1] = t->policies[2].lines[0];
}
static void
set_line_beyond(struct tables *t)
{
    t->policies[0].lines[1] = t->shape->lines;
}
static void
set_bit_of_policy(struct tables *t)
{
    t->lines[t->policies[0].lines[0]].words[7] ^= UINT64_C(1) << 63;
}
static void
set_bit_of_second(struct tables *t)
{
    t->lines[t->policies[1].lines[1]].words[0] ^= 1;
}
static void
set_mark(struct tables *t)
{
    t->marks[t->shape->classes - 1].halves[0] ^= 1;
}
static void
set_other_half(struct tables *t)
{
    t->marks[t->shape->classes - 1].halves[1] ^= 2;
}
static void
set_all_of_mark(struct tables *t)
{
    t->marks[0].halves[0] = UINT64_MAX;
}
static void
set_row_mark(struct tables *t)
{
    t->marks[wp_mark_count(t->shape) - 1].halves[1] ^= UINT64_C(1) << 63;
}
static void
set_first_row_mark(struct tables *t)
{
    t->marks[t->shape->classes].halves[0] ^= 1;
}
/* As all that leads from it: but then it is not empty. */
static void
set_first_row(struct tables *t)
{
    const uint32_t other = t->shape->rows[WP_FAMILY_ADDRESS] - 1;
    t->rows[0] = t->rows[other];
    t->heads[0] = t->heads[other];
    t->marks[t->shape->classes] = t->marks[t->shape->classes + other];
}

static const char no_lead[] = "a policy's leads are not of its blocks";
static const char not_its_lines[] = "a policy's lines are not of its entries";
static const struct {
    void (*change)(struct tables *tables);
    const char *reason;
} changes[] = {
    {set_lead_beyond, no_lead},
    {set_lead_far_beyond, no_lead},
    {set_lead_within, no_lead},
    {set_lead_of_another, no_lead},
    {set_block_twice, "leads are out of order"},
    {set_block_beyond, "leads are out of order"},
    {set_posture_line, "a lead's lines are not those of its rows"},
    {set_device_line, "a lead's lines are not those of its rows"},
    {set_policy_line, not_its_lines},
    {set_second_line, not_its_lines},
    {set_line_beyond, "a policy's lines are out of range"},
    {set_bit_of_policy, not_its_lines},
    {set_bit_of_second, not_its_lines},
    {set_mark, "a mark is not its class's"},
    {set_other_half, "a mark is not its class's"},
    {set_all_of_mark, "a mark is not its class's"},
    {set_row_mark, "a mark is not its row's"},
    {set_first_row_mark, "a mark is not its row's"},
    {set_first_row, "the first row is not empty"},
};

static void *
table_of(const struct built *built, const void *table)
{
    return built->bytes + ((const uint8_t *)table - wp_view(&built->image)->bytes);
}

Test(marks, are_proved)
{
    struct built built;
    char *text = text_of(&plans[4], true);
    built_make(&built, text, true);
    struct wp_view *view = (struct wp_view *)(void *)built.image.opaque;
    struct wp_shape shape = view->shape;
    struct tables tables = {.shape = &shape,
                            .policies = table_of(&built, view->policies),
                            .lines = table_of(&built, view->lines),
                            .leads = table_of(&built, view->leads),
                            .rows = table_of(&built, view->rows),
                            .heads = table_of(&built, view->heads),
                            .marks = table_of(&built, view->marks)};
    uint8_t *good = malloc(built.size);
    memcpy(good, built.bytes, built.size);
    cr_assert(view->shape.parts > 1 && view->shape.leads > 2 && view->shape.columns == 1);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct woapol_fault fault = {0, ""}, small = {0, ""};
        changes[i].change(&tables);
        cr_expect_not(wp_verify(view, &fault), "%zu", i);
        cr_expect_str_eq(fault.reason, changes[i].reason, "%zu: %s", i, fault.reason);
        cr_expect_not(small_verify(view, &small), "%zu", i);
        memcpy(built.bytes, good, built.size);
    }
    cr_expect(small_verify(view, &(struct woapol_fault){0, ""}));
    free(good);
    built_free(&built);
    free(text);
}

/* Of narrow images' marks every bit is asked. */
Test(marks, are_proved_in_two_blocks)
{
    static const struct plan plan = {1, {700}};
    struct built built;
    char *text = text_of(&plan, false);
    built_make(&built, text, true);
    const struct wp_view *view = wp_view(&built.image);
    cr_assert_eq(view->kind, WP_NARROW_MARKED);
    struct wp_mark *marks = table_of(&built, view->marks);
    for (uint32_t bit = 0; bit < 64 * WP_MARK_HALVES; bit++) {
        struct woapol_fault fault = {0, ""}, small = {0, ""};
        uint64_t *half = &marks[bit * 3 % view->shape.classes].halves[bit / 64];
        *half ^= UINT64_C(1) << bit % 64;
        cr_expect_not(wp_verify(view, &fault), "%u", bit);
        cr_expect_str_eq(fault.reason, "a mark is not its row's", "%s", fault.reason);
        cr_expect_eq(fault.offset, wp_offset(view, &marks[bit * 3 % view->shape.classes]));
        cr_expect_not(small_verify(view, &small), "%u", bit);
        *half ^= UINT64_C(1) << bit % 64;
    }
    cr_expect(wp_verify(view, &(struct woapol_fault){0, ""}));
    built_free(&built);
    free(text);
}

/* A place within a lead that has the number of the policy's block, too: of a posture for which
 * no rule is. */
Test(marks, leads_of_policies_are_whole_ones)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    for (unsigned n = 0; n < 1000; n++)
        (void)fprintf(file, "network N%u = 10.%u.%u.0/24\n", n, n / 250, n % 250);
    (void)fputs("group G\napp A\npolicy P is default { rule r when managed allow }\n"
                "policy Q for A {\n",
                file);
    for (unsigned r = 0; r < 1200; r++)
        (void)fprintf(file, "  rule r%u when group in G and network in N%u allow\n", r, r % 1000);
    (void)fputs("}\n", file);
    (void)fclose(file);
    struct built built;
    struct woapol_fault fault = {0, ""};
    built_make(&built, text, true);
    const struct wp_view *view = wp_view(&built.image);
    struct wp_policy_record *policies = table_of(&built, view->policies);
    cr_assert(wp_is_marked(view->kind));
    cr_assert_eq(policies[0].first / WP_BLOCK_BITS, 0);
    cr_assert_eq(view->leads[WP_LEAD_POSTURES], 0); /* not managed */
    policies[0].lead = WP_LEAD_POSTURES;
    cr_expect_not(wp_verify(view, &fault));
    cr_expect_str_eq(fault.reason, no_lead, "%s", fault.reason);
    built_free(&built);
    free(text);
}
