/* Binding: which groups and users a person has, and what binding costs. */
#include "tests/unit/built_image.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char source[] =
    "group A = \"Directory A\"\n"
    "group B\n"
    "group C = \"B\"\n" /* the name B means both */
    "group D\n"
    "group Unused\n"
    "policy P is default {\n"
    "  rule both when group in {A, D} and group in B allow\n"
    "  rule only_c when group in C and not group in A deny \"c\"\n"
    "  rule ana when user in {\"ana\"} and not group in D deny \"ana\"\n"
    "  rule not_bo when not user in {\"bo\"} and group in D deny \"not bo\"\n"
    "  otherwise deny \"otherwise\"\n"
    "}\n";

/* What decides: a rule's name, "otherwise", or "?rule" when groups are incomplete. */
static const char *
decider(struct built *built, struct woapol_principal *principal)
{
    static char text[64];
    struct woapol_request request;
    struct woapol_decision decision;
    woapol_request_init(&request);
    woapol_decide(&built->image, principal, &request, &decision);
    if (decision.rule == WOAPOL_NONE)
        return "otherwise";
    (void)snprintf(text, sizeof text, "%s%s",
                   decision.reason == WOAPOL_REASON_GROUPS_INCOMPLETE ? "?" : "",
                   woapol_name(&built->image, WOAPOL_RULE, decision.rule, NULL));
    return text;
}

Test(runtime_bind, knows_groups_by_either_name)
{
    static const struct {
        const char *groups, *user;
        bool incomplete;
        const char *rule;
    } rows[] = {
        {"", NULL, false, "otherwise"},
        {"A", NULL, false, "otherwise"},
        {"A B", NULL, false, "both"},
        {"B A B A", NULL, false, "both"},
        {"D B", NULL, false, "both"},
        {"B", NULL, false, "only_c"}, /* B is C's directory name */
        {"C", NULL, false, "only_c"},
        {"C A", NULL, false, "otherwise"},
        {"unknown Unused", NULL, false, "otherwise"},
        {"", "ana", false, "ana"},
        {"D", "ana", false, "not_bo"},
        {"D", "bo", false, "otherwise"},
        {"D", "cleo", false, "not_bo"},
        {"D", NULL, false, "not_bo"},
        {"", "bo", true, "?both"},
        {"A B", "bo", true, "both"},
        {"A B D", "bo", true, "both"},
    };
    for (int optimise = 0; optimise < 2; optimise++) {
        struct built built;
        built_make(&built, source, optimise == 1);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct woapol_principal *who =
                built_bind(&built, rows[i].groups, rows[i].user, rows[i].incomplete);
            cr_expect_str_eq(decider(&built, who), rows[i].rule, "'%s' %s", rows[i].groups,
                             rows[i].user == NULL ? "" : rows[i].user);
        }
        built_free(&built);
    }
}

Test(runtime_bind, takes_numbers_too)
{
    struct built built;
    built_make(&built, source, true);
    const uint32_t numbers[] = {0, built_find(&built, WOAPOL_GROUP, "Directory A"),
                                built_find(&built, WOAPOL_GROUP, "B"), 4711, WOAPOL_NONE};
    const struct woapol_identity who = {.group_numbers = numbers, .group_number_count = 5};
    struct woapol_principal *principal =
        woapol_bind(&built.image, &who, built.memory, built.memory_size);
    cr_expect_str_eq(decider(&built, principal), "both");
    built_free(&built);
}

Test(runtime_bind, wants_memory_as_it_says)
{
    struct built built;
    built_make(&built, source, true);
    const struct woapol_identity nobody = {0};
    uint8_t *memory = built.memory;
    cr_expect_eq(built.memory_size % 64, 0);
    cr_expect_null(woapol_bind(&built.image, &nobody, memory, built.memory_size - 1));
    cr_expect_null(woapol_bind(&built.image, &nobody, memory + 8, built.memory_size));
    cr_expect_null(woapol_bind(&built.image, &nobody, NULL, built.memory_size));
    cr_expect_not_null(woapol_bind(&built.image, &nobody, memory, built.memory_size));
    built_free(&built);
}

Test(runtime_bind, names_lead_to_numbers_and_back)
{
    static const struct {
        enum woapol_kind kind;
        const char *name;
        uint32_t number; /* WOAPOL_NONE: any but 0 */
    } rows[] = {
        {WOAPOL_DEVICE, "ios", WOAPOL_NONE},
        {WOAPOL_DEVICE, "toaster", 0},
        {WOAPOL_GROUP, "A", 1},
        {WOAPOL_GROUP, "Directory A", 1},
        {WOAPOL_GROUP, "Unused", 0},
        {WOAPOL_GROUP, "", 0},
        {WOAPOL_USER, "ana", 1},
        {WOAPOL_USER, "bo", 2},
        {WOAPOL_USER, "Ana", 0},
        {WOAPOL_ENTRY, "hub", 3},
        {WOAPOL_ENTRY, "hu", 0},
        {WOAPOL_METHOD, "password", WOAPOL_NONE},
        {WOAPOL_APP, "Payroll", 0},
        {WOAPOL_RISK, "low", 0},
        {WOAPOL_RISK, "high", 2},
    };
    struct built built;
    built_make(&built, source, true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint32_t number = built_find(&built, rows[i].kind, rows[i].name);
        if (rows[i].number == WOAPOL_NONE)
            cr_expect(number != 0 && number != WOAPOL_NONE, "%s", rows[i].name);
        else
            cr_expect_eq(number, rows[i].number, "%s: %u", rows[i].name, number);
        if (number != 0 && number != WOAPOL_NONE && strchr(rows[i].name, ' ') == NULL)
            cr_expect_str_eq(woapol_name(&built.image, rows[i].kind, number, NULL), rows[i].name);
    }
    cr_expect_eq(built_find(&built, WOAPOL_RISK, "extreme"), WOAPOL_NONE);
    cr_expect_eq(built_find(&built, WOAPOL_RULE, "both"), WOAPOL_NONE, "rules are not sought");
    cr_expect_eq(woapol_find(&built.image, WOAPOL_KIND_COUNT, "x", 1), WOAPOL_NONE);
    cr_expect_null(woapol_name(&built.image, WOAPOL_KIND_COUNT, 0, NULL));
    cr_expect_null(woapol_name(&built.image, WOAPOL_GROUP, 5, NULL), "four groups are used");
    cr_expect_eq(woapol_count(&built.image, WOAPOL_GROUP), 5);
    size_t length = 0;
    cr_expect_str_eq(woapol_name(&built.image, WOAPOL_RULE, 1, &length), "only_c");
    cr_expect_eq(length, 6);
    built_free(&built);
}

/* Risk, managed, compliant and entry are read at once: each for itself must be in range. */
Test(runtime_bind, facts_out_of_range_deny_whatever_stands_beside_them)
{
    static const uint32_t values[] = {0,   1,   2,   3,   4,   5,   6,      127,      128,
                                      129, 130, 131, 252, 254, 255, 0x1000, 0x800000, UINT32_MAX};
    enum { VALUES = sizeof values / sizeof *values };
    struct built built;
    built_make(
        &built,
        "policy P is default {\n"
        "  rule r when managed and not compliant and risk is medium and entry in native_app allow\n"
        "  otherwise deny }",
        true);
    struct woapol_principal *nobody = built_bind(&built, "", NULL, false);
    const uint32_t native = built_find(&built, WOAPOL_ENTRY, "native_app");
    for (uint32_t i = 0; i < VALUES * VALUES * VALUES * VALUES; i++) {
        const uint32_t risk = values[i % VALUES], managed = values[i / VALUES % VALUES];
        const uint32_t compliant = values[i / VALUES / VALUES % VALUES];
        const uint32_t entry = values[i / VALUES / VALUES / VALUES];
        if (risk > 255 || managed > 255 || compliant > 255)
            continue;
        struct woapol_request request;
        struct woapol_decision decision;
        woapol_request_init(&request);
        request.risk = (uint8_t)risk;
        memcpy(&request.managed, &(uint8_t){(uint8_t)managed}, 1);
        memcpy(&request.compliant, &(uint8_t){(uint8_t)compliant}, 1);
        request.entry = entry;
        woapol_decide(&built.image, nobody, &request, &decision);
        const bool good = risk < 3 && managed < 2 && compliant < 2 && entry < 5;
        const bool is_r = risk == 1 && managed == 1 && compliant == 0 && entry == native;
        cr_assert_eq(decision.reason, good ? WOAPOL_REASON_NONE : WOAPOL_REASON_BAD_REQUEST,
                     "%u %u %u %u", risk, managed, compliant, entry);
        cr_assert_eq(decision.effect == WOAPOL_ALLOW, is_r, "%u %u %u %u", risk, managed, compliant,
                     entry);
    }
    built_free(&built);
}

Test(runtime_bind, a_number_out_of_range_denies)
{
    struct built built;
    built_make(&built, "policy P is default { otherwise allow }", true);
    struct woapol_principal *nobody = built_bind(&built, "", NULL, false);
    struct woapol_request good, requests[6];
    woapol_request_init(&good);
    for (int i = 0; i < 6; i++)
        requests[i] = good;
    requests[0].device = 4711;
    requests[1].app = 1;
    requests[2].entry = 5;
    requests[3].risk = 3;
    requests[4].address_family = 5;
    requests[5].device = WOAPOL_NONE;
    struct woapol_decision decision, batch[6];
    woapol_decide_batch(&built.image, nobody, requests, 6, batch);
    for (int i = 0; i < 6; i++) {
        uint32_t rule;
        woapol_decide(&built.image, nobody, &requests[i], &decision);
        cr_expect_eq(decision.effect, WOAPOL_DENY, "%d", i);
        cr_expect_eq(decision.reason, WOAPOL_REASON_BAD_REQUEST, "%d", i);
        cr_expect_eq(decision.policy, WOAPOL_NONE, "%d", i);
        cr_expect_eq(memcmp(&decision, &batch[i], sizeof decision), 0, "%d", i);
        cr_expect_eq(woapol_reports(&built.image, nobody, &requests[i], &rule, 1), 0, "%d", i);
    }
    woapol_decide(&built.image, nobody, &good, &decision);
    cr_expect_eq(decision.effect, WOAPOL_ALLOW);
    built_free(&built);
}
