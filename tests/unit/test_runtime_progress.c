/* Where an authentication stands after some methods were passed and failed. */
#include "tests/unit/built_image.h"

#include <criterion/criterion.h>
#include <string.h>

static const char source[] = "chain Strong = mobile_sso_ios then (okta_verify or fido2)\n"
                             "  else password then authenticator_app then (okta_verify or radius)\n"
                             "policy P is default { otherwise authenticate Strong }\n";

static size_t
numbers_of(const struct built *built, const char *names, uint32_t *numbers)
{
    size_t count = 0;
    for (const char *at = names; *at != '\0'; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        numbers[count] = woapol_find(&built->image, WOAPOL_METHOD, at, length);
        cr_assert_neq(numbers[count++], 0, "%s", at);
        at += length;
    }
    return count;
}

static uint32_t
chain_of(struct built *built)
{
    struct woapol_request request;
    struct woapol_decision decision;
    woapol_request_init(&request);
    woapol_decide(&built->image, built_bind(built, "", NULL, false), &request, &decision);
    return decision.chain;
}

Test(runtime_progress, walks_alternatives_and_steps)
{
    static const struct {
        const char *passed, *failed;
        enum woapol_progress_state state;
        const char *next;
    } rows[] = {
        {"", "", WOAPOL_PROGRESS_NEXT, "mobile_sso_ios"},
        {"mobile_sso_ios", "", WOAPOL_PROGRESS_NEXT, "okta_verify fido2"},
        {"mobile_sso_ios", "okta_verify", WOAPOL_PROGRESS_NEXT, "fido2"},
        {"mobile_sso_ios fido2", "", WOAPOL_PROGRESS_DONE, ""},
        {"mobile_sso_ios fido2", "okta_verify", WOAPOL_PROGRESS_DONE, ""},
        {"fido2", "", WOAPOL_PROGRESS_NEXT, "mobile_sso_ios"},
        {"fido2", "mobile_sso_ios", WOAPOL_PROGRESS_NEXT, "password"},
        {"mobile_sso_ios", "okta_verify fido2", WOAPOL_PROGRESS_NEXT, "password"},
        {"", "okta_verify fido2", WOAPOL_PROGRESS_NEXT, "password"},
        {"password", "mobile_sso_ios", WOAPOL_PROGRESS_NEXT, "authenticator_app"},
        {"password authenticator_app", "mobile_sso_ios", WOAPOL_PROGRESS_NEXT,
         "okta_verify radius"},
        {"password authenticator_app radius", "mobile_sso_ios", WOAPOL_PROGRESS_DONE, ""},
        {"password authenticator_app", "fido2 okta_verify radius", WOAPOL_PROGRESS_FAILED, ""},
        {"", "mobile_sso_ios password", WOAPOL_PROGRESS_FAILED, ""},
        {"", "mobile_sso_ios radius okta_verify", WOAPOL_PROGRESS_FAILED, ""},
        {"password", "password mobile_sso_ios", WOAPOL_PROGRESS_NEXT, "authenticator_app"},
        {"kerberos", "duo", WOAPOL_PROGRESS_NEXT, "mobile_sso_ios"},
    };
    struct built built;
    built_make(&built, source, true);
    const uint32_t chain = chain_of(&built);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t passed[8], failed[8], wanted[8], next[8];
        size_t count = 99;
        const size_t passed_count = numbers_of(&built, rows[i].passed, passed);
        const size_t failed_count = numbers_of(&built, rows[i].failed, failed);
        const size_t wanted_count = numbers_of(&built, rows[i].next, wanted);
        cr_expect_eq(woapol_progress(&built.image, chain, passed, passed_count, failed,
                                     failed_count, next, 8, &count),
                     rows[i].state, "row %zu", i);
        cr_expect_eq(count, wanted_count, "row %zu", i);
        cr_expect_eq(memcmp(next, wanted, wanted_count * sizeof *next), 0, "row %zu", i);
    }
    built_free(&built);
}

Test(runtime_progress, keeps_to_its_room_and_to_chains_there_are)
{
    struct built built;
    built_make(&built, source, true);
    uint32_t passed[1], next[2] = {0, 4711};
    size_t count;
    (void)numbers_of(&built, "mobile_sso_ios", passed);
    cr_expect_eq(
        woapol_progress(&built.image, chain_of(&built), passed, 1, NULL, 0, next, 1, &count),
        WOAPOL_PROGRESS_NEXT);
    cr_expect_eq(count, 2, "both are counted");
    cr_expect_eq(next[1], 4711, "one is written");
    cr_expect_eq(woapol_progress(&built.image, 1, NULL, 0, NULL, 0, next, 2, &count),
                 WOAPOL_PROGRESS_FAILED);
    cr_expect_eq(woapol_progress(&built.image, WOAPOL_NONE, NULL, 0, NULL, 0, next, 2, &count),
                 WOAPOL_PROGRESS_FAILED);
    built_free(&built);
}

static bool
stop_at_second(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    unsigned *calls = context;
    (void)alternative;
    (void)step;
    (void)method;
    return ++*calls < 2;
}

Test(runtime_progress, a_walk_stops_when_told)
{
    struct built built;
    built_make(&built, source, true);
    unsigned calls = 0;
    woapol_chain_walk(&built.image, chain_of(&built), stop_at_second, &calls);
    cr_expect_eq(calls, 2);
    calls = 0;
    woapol_chain_walk(&built.image, WOAPOL_NONE, stop_at_second, &calls);
    cr_expect_eq(calls, 0);
    built_free(&built);
}
