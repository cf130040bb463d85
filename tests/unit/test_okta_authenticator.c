/* What chains need and is off: turned on before the rules, and off again on the way back. */
#include "compiler/compile.h"
#include "compiler/emit/okta/okta_order.h"
#include "compiler/emit/plan_make.h"
#include "compiler/facts.h"
#include "tests/unit/compile_text.h"
#include "tests/unit/okta_org.h"
#include "tests/unit/okta_source.h"
#include "tests/unit/okta_wanted.h"

#include <criterion/criterion.h>
#include <string.h>

static void
carry_out(struct okta_wanted *wanted, struct okta_org *org, const struct wp_plan *plan)
{
    struct wp_state known;

    for (size_t i = 0; i < plan->count; i++) {
        const struct wp_call *call = &plan->calls[i];
        const char *missing = NULL;
        okta_read(wanted, org, &known);
        const char *path = wp_resolve_path(wanted->session.arena, &known, call->path, &missing);
        json_t *body = call->send ? wp_resolve_references(&known, call->send, &missing) : NULL;
        cr_assert(path && (body || !call->send), "%s: %s is missing", call->path, missing);
        cr_assert(okta_org_write(org, call->method, path, body), "%s: %s", call->summary,
                  org->fault);
        json_decref(body);
        wp_state_end(&known);
    }
}

static void
plan_to(struct okta_wanted *wanted, struct okta_org *org, const struct wp_state *end,
        struct wp_plan *plan)
{
    const struct wp_plan_options options = {.prune = true};
    struct wp_problem problem = {0};
    struct wp_state current;

    okta_read(wanted, org, &current);
    cr_assert(wp_plan_make(plan, wanted->session.arena, &wanted->session, "https://x", end,
                           &current, &options, &problem),
              "%s", problem.text);
    wp_state_end(&current);
}

/* After a push there is nothing to do. */
static void
push(struct okta_wanted *wanted, struct okta_org *org)
{
    struct wp_plan plan, empty;

    plan_to(wanted, org, &wanted->state, &plan);
    carry_out(wanted, org, &plan);
    plan_to(wanted, org, &wanted->state, &empty);
    cr_assert_eq(empty.count, 0, "there is still to do: %s", empty.calls[0].summary);
    wp_plan_end(&plan);
    wp_plan_end(&empty);
}

#define HEAD OKTA_TENANT "group Staff\napp Crm\npolicy Sales for Crm {\n"
#define CHAINS(chain)                                                                              \
    HEAD "  rule first when group in Staff authenticate " chain "\n  otherwise deny\n}\n"

/* Who is off, what is asked for, and what is activated, in order. */
struct activation {
    const char *off[3], *source, *calls;
    size_t live; /* how many of them change a decision */
};

static void
check_activation(const struct activation *row)
{
    struct okta_wanted wanted;
    struct okta_org org;
    struct wp_plan plan;
    const char *text = "";
    size_t live = 0;

    okta_org_init(&org);
    for (size_t i = 0; i < 3 && row->off[i]; i++)
        okta_org_switch_off(&org, row->off[i]);
    okta_want(&wanted, row->source);
    cr_assert(wanted.is_held);
    okta_org_furnish(&org, &wanted.state);
    plan_to(&wanted, &org, &wanted.state, &plan);
    for (size_t i = 0; i < plan.count; i++) {
        if (plan.calls[i].verb != WP_ACTIVATE)
            continue;
        const char *path = strstr(plan.calls[i].path, "/authenticators/") + 20;
        cr_expect(i == 0 || plan.calls[i - 1].verb == WP_ACTIVATE || !*text, "they go together");
        text = wp_format(wanted.session.arena, "%s%s%s", text, *text ? "; " : "",
                         strchr(path, '/') + 1);
        live += strstr(plan.calls[i].summary, "they can use it") != NULL;
    }
    cr_expect_str_eq(text, row->calls);
    cr_expect_eq(live, row->live, "%zu, not %zu of %s", live, row->live, text);
    wp_plan_end(&plan);
    push(&wanted, &org);
    okta_wanted_end(&wanted);
    okta_org_end(&org);
}

Test(okta_authenticator, what_chains_need_is_activated_first)
{
    static const struct activation rows[] = {
        {{"google_otp"}, CHAINS("okta_password"), "", 0},
        {{"google_otp", "duo"},
         CHAINS("okta_password then authenticator_app"),
         "lifecycle/activate",
         1},
        {{"okta_verify/push"},
         CHAINS("okta_password then okta_verify_push"),
         "methods/push/lifecycle/activate",
         1},
        {{"okta_verify/totp"}, CHAINS("okta_password then okta_verify_push"), "", 0},
        {{"okta_verify", "okta_verify/signed_nonce", "okta_verify/totp"},
         CHAINS("okta_fastpass"),
         "lifecycle/activate; methods/signed_nonce/lifecycle/activate",
         2},
        {{"phone_number/voice", "phone_number"},
         CHAINS("okta_password then voice"),
         "lifecycle/activate; methods/voice/lifecycle/activate",
         2},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_activation(&rows[i]);
}

/* What was off before a push is off again after the way back, unless a rule asks for it. */
Test(okta_authenticator, the_way_back_turns_off_what_was_turned_on)
{
    struct wp_state before;
    struct okta_wanted wanted;
    struct okta_org org;
    struct wp_plan plan;

    okta_org_init(&org);
    okta_org_switch_off(&org, "okta_verify/push");
    okta_org_switch_off(&org, "okta_verify");
    okta_want(&wanted, CHAINS("okta_password then okta_verify_push"));
    okta_org_furnish(&org, &wanted.state);
    okta_read(&wanted, &org, &before);
    push(&wanted, &org);
    plan_to(&wanted, &org, &before, &plan);
    cr_assert_geq(plan.count, 2);
    const struct wp_call *last = &plan.calls[plan.count - 1];
    size_t at[2] = {0};
    for (size_t i = 0; i < plan.count; i++) {
        if (plan.calls[i].verb == WP_DEACTIVATE && strncmp(plan.calls[i].kind, "auth", 4) == 0)
            at[strcmp(plan.calls[i].kind, "authenticator") == 0] = i;
        if (strcmp(plan.calls[i].kind, "policy") == 0)
            cr_expect(at[0] == 0 && at[1] == 0, "while a rule asks for it: %s", last->summary);
    }
    cr_expect(0 < at[0] && at[0] < at[1], "the method first");
    wp_plan_end(&plan);
    wp_state_end(&before);
    okta_wanted_end(&wanted);
    okta_org_end(&org);
}
