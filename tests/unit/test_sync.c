/* What a difference in groups decides, against every request of small random policies. */
#include "compiler/sync/effect.h"
#include "compiler/analysis/point.h"
#include "tests/unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define POLICIES 60
#define GROUPS 3

struct writer {
    char text[4096];
    size_t length;
    uint64_t state;
};

static uint32_t
below(struct writer *writer, uint32_t limit)
{
    writer->state = writer->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(writer->state >> 33) % limit;
}

__attribute__((format(printf, 2, 3))) static void
say(struct writer *writer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    writer->length += (size_t)vsnprintf(writer->text + writer->length,
                                        sizeof writer->text - writer->length, format, arguments);
    va_end(arguments);
    cr_assert(writer->length < sizeof writer->text);
}

static void
say_policy(struct writer *writer, const char *head)
{
    static const char *const leaves[] = {
        "group in A",          "group in {A, B}",     "not group in C",        "group in C",
        "device in ios",       "not device in macos", "network in Office",     "managed",
        "not group in {B, C}", "user in {\"eve\"}",   "not user in {\"eve\"}", "entry in hub"};
    static const char *const actions[] = {"deny", "allow", "authenticate fido2"};
    uint32_t rules = 1 + below(writer, 4);

    say(writer, "policy %s {\n", head);
    for (uint32_t i = 0; i < rules; i++) {
        say(writer, "  rule r%u when %s", i, leaves[below(writer, 12)]);
        for (uint32_t k = below(writer, 3); k > 0; k--)
            say(writer, " %s %s", below(writer, 3) ? "and" : "or", leaves[below(writer, 12)]);
        say(writer, " %s\n", actions[below(writer, 3)]);
    }
    say(writer, "  otherwise deny\n}\n");
}

static enum wp_effect
effect_at(const struct wp_model *model, uint32_t policy, struct wp_point *point, unsigned set)
{
    static uint32_t groups[GROUPS];

    point->groups = groups;
    point->group_count = 0;
    for (uint32_t g = 0; g < GROUPS; g++)
        if (set >> g & 1)
            groups[point->group_count++] = g;
    const struct wp_policy *its = &model->policies[policy];
    return wp_policy_decision(its, wp_point_rule(model, its, point, 0))->effect;
}

static bool
differs(const struct wp_model *model, uint32_t policy, unsigned first, unsigned second,
        uint32_t user)
{
    struct wp_point point = {.user = user, .app = policy == 0 ? WP_NONE : 0};

    for (point.device = 0; point.device < model->device_count; point.device++)
        for (point.posture = 0; point.posture < WP_POSTURE_COUNT; point.posture++)
            for (int a = 0; a < 3; a++) {
                point.family = a == 2 ? WP_FAMILY_ABSENT : WP_FAMILY_V4;
                point.v4 = a ? 0xc6336407 : 0xcb007109;
                enum wp_effect before = effect_at(model, policy, &point, first);
                if (before != effect_at(model, policy, &point, second))
                    return true;
            }
    return false;
}

static bool
is_told(const struct wp_group_effects *effects, uint32_t policy)
{
    for (uint32_t i = 0; i < effects->count; i++)
        if (effects->items[i].policy == policy)
            return true;
    return false;
}

Test(sync, effects_are_those_of_brute_force)
{
    struct writer writer = {.state = 7};
    unsigned told = 0, asked = 0;

    for (unsigned n = 0; n < POLICIES; n++) {
        struct wp_compilation compilation;
        writer.length = 0;
        say(&writer, "network Office = 198.51.100.0/24\ngroup A\ngroup B\ngroup C\napp X\n");
        say_policy(&writer, "Main is default");
        say_policy(&writer, "Own for X");
        cr_assert(compile_text(&compilation, writer.text), "%s", writer.text);
        const struct wp_model *model = compilation.model;
        struct wp_effects *effects = wp_effects_new(compilation.arena, model, NULL);
        for (unsigned pair = 0; pair < 64; pair += 1 + pair % 3) {
            unsigned sets[2] = {pair % 8, pair / 8};
            uint32_t user = model->user_count > 0 && pair % 2 ? 0 : WP_NONE;
            bool has[2][GROUPS] = {{0}, {0}};
            for (int i = 0; i < 2; i++)
                for (uint32_t g = 0; g < GROUPS; g++)
                    has[i][g] = sets[i] >> g & 1;
            /* The second time it is from memory. */
            for (int again = 0; again < 2; again++) {
                const struct wp_group_effects *found = wp_effects_of(effects, has[0], has[1], user);
                cr_assert_not(found->is_undecided);
                for (uint32_t p = 0; p < 2; p++) {
                    bool is = differs(model, p, sets[0], sets[1], user);
                    cr_assert_eq(is_told(found, p), is, "%u, groups %u and %u, policy %u:\n%s", n,
                                 sets[0], sets[1], p, writer.text);
                    told += is;
                    asked++;
                }
            }
        }
        wp_compilation_end(&compilation);
    }
    cr_assert(told > asked / 10 && told < asked * 9 / 10, "%u of %u", told, asked);
}
