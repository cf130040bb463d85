/* What an org is to hold decides as the source does. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/compile.h"
#include "compiler/emit/okta/okta.h"
#include "compiler/facts.h"
#include "compiler/walk.h"
#include "tests/unit/compile_text.h"
#include "tests/unit/okta_source.h"

/* A source with what its tenant is to hold. */
struct desired {
    struct wp_compilation compilation;
    struct wp_session session;
    struct wp_state state;
    bool done;
};

static void
desire(struct desired *desired, const char *text, bool narrows)
{
    const struct wp_plan_options options = {.allow_narrowing = narrows};
    struct wp_declaration_walk walk = {0};

    *desired = (struct desired){0};
    cr_assert(compile_text(&desired->compilation, text), "%s", text);
    desired->session = (struct wp_session){.arena = desired->compilation.arena,
                                           .model = desired->compilation.model};
    desired->session.tenant =
        wp_declaration_next(desired->compilation.model, WP_DECL_TENANT, &walk);
    wp_state_init(&desired->state, desired->compilation.arena);
    desired->done = wp_okta_desire(&desired->session, &options, &desired->state,
                                   &desired->compilation.diagnostics);
}

static void
desired_end(struct desired *desired)
{
    wp_state_end(&desired->state);
    wp_compilation_end(&desired->compilation);
}

/* The codes from 6000 on that a source gets, as "6010 6024". */
static const char *
codes(struct desired *desired)
{
    const char *text = "";

    for (struct wp_diagnostic *f = desired->compilation.diagnostics.first; f != NULL; f = f->next)
        if (wp_diagnostic_infos[f->kind].code >= 6000)
            text = wp_format(desired->compilation.arena, "%s%s%d", text, *text == '\0' ? "" : " ",
                             wp_diagnostic_infos[f->kind].code);
    return text;
}

/* ---- decisions ------------------------------------------------------------------------ */

static const char *
expected_text(struct wp_arena *arena, const struct wp_model *model,
              const struct wp_verdict *verdict)
{
    uint64_t seconds = verdict->reauth_seconds == WP_NO_REAUTH ? WP_OKTA_ONCE_A_SESSION_SECONDS
                                                               : verdict->reauth_seconds;
    if (verdict->effect == WP_DENY)
        return "DENY";
    return wp_format(arena, "ALLOW %llu %s", (unsigned long long)seconds,
                     okta_chain_of_model(arena, model, verdict->chain));
}

static const char *
actual_text(struct wp_arena *arena, const json_t *sign_on)
{
    const json_t *method = json_object_get(sign_on, "verificationMethod");
    const char *every = json_string_value(json_object_get(method, "reauthenticateIn"));
    uint64_t seconds = 0;

    if (strcmp(json_string_value(json_object_get(sign_on, "access")), "DENY") == 0)
        return "DENY";
    cr_assert(every != NULL && wp_okta_duration_read(every, &seconds));
    return wp_format(arena, "ALLOW %llu %s", (unsigned long long)seconds,
                     okta_chain_of_body(arena, sign_on));
}

static void
hold_against(struct desired *desired, uint64_t seed, const char *text)
{
    struct wp_arena *arena = desired->compilation.arena;
    const struct wp_model *model = desired->compilation.model;
    uint64_t state = seed + 77;

    for (unsigned i = 0; i < 400; i++) {
        struct okta_case made;
        struct okta_verdict verdict;
        struct wp_verdict wanted;
        okta_case(arena, model, &state, &made);
        wp_walk(model, &made.request, &wanted);
        const char *fault = okta_judge(&desired->state, &made.sign_in, &verdict);
        cr_assert(fault == NULL, "%s: %s", fault, text);
        const char *is = actual_text(arena, verdict.sign_on);
        const char *should = expected_text(arena, model, &wanted);
        cr_assert_str_eq(is, should, "seed %llu, %s by %s: %s %s %s managed %d compliant %d %s\n%s",
                         (unsigned long long)seed, made.sign_in.address, verdict.rule,
                         made.sign_in.app == NULL ? "-" : made.sign_in.app, made.sign_in.os,
                         made.sign_in.risk, made.sign_in.managed, made.sign_in.compliant,
                         made.sign_in.user, text);
    }
}

static uint64_t
rounds(void)
{
    const char *text = getenv("WOAPOL_CASES");
    return text == NULL ? 300 : strtoull(text, NULL, 10) / 400;
}

Test(okta_desire, decides_as_the_source, .timeout = 0)
{
    unsigned held = 0, count = 0;

    for (uint64_t seed = 1; seed <= rounds(); seed++) {
        char *text = okta_source(seed);
        struct desired desired;
        desire(&desired, text, false);
        count++;
        if (desired.done)
            hold_against(&desired, seed, text), held++;
        else
            cr_expect(strstr(codes(&desired), "6018") != NULL ||
                          strstr(codes(&desired), "6013") != NULL,
                      "%s: %s", codes(&desired), text);
        desired_end(&desired);
        free(text);
    }
    cr_expect_geq(held * 10, count * 8, "only %u of %u could be held", held, count);
}
