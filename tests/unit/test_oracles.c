/*
 * Three answers to one request: the plain walk over the conditions as written, the
 * optimised image and the unoptimised one. They must agree in all they say.
 *
 * WOAPOL_CASES in the environment says how many requests to try; thousands by
 * default, millions for a long run.
 */
#include "compiler/compile.h"
#include "compiler/image.h"
#include "compiler/walk.h"
#include "runtime/view.h"
#include "tests/unit/built_image.h"
#include "tests/unit/random_policy.h"
#include "woapol.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORTS 256

/* An image and what is needed to ask it. */
struct asked {
    struct wp_bytes bytes;
    struct woapol_image image;
    void *memory;
    size_t memory_size;
};

struct oracles {
    struct wp_compilation compilation;
    struct asked optimised, plain;
};

static void
make_image(struct oracles *o, struct asked *asked, bool optimise)
{
    const struct wp_image_options options = {.optimise = optimise, .generation = 7};
    struct woapol_fault fault;
    cr_assert(
        wp_build_image(o->compilation.model, &options, &asked->bytes, &o->compilation.diagnostics));
    enum woapol_status status =
        woapol_open(&asked->image, asked->bytes.data, asked->bytes.size, NULL, &fault);
    cr_assert_eq(status, WOAPOL_OK, "%s: %s at %llu", woapol_status_text(status), fault.reason,
                 (unsigned long long)fault.offset);
    asked->memory_size = woapol_principal_size(&asked->image);
    asked->memory = aligned_alloc(64, asked->memory_size);
}

static void
make_oracles(struct oracles *o, const char *text)
{
    built_compile(&o->compilation, text);
    make_image(o, &o->optimised, true);
    make_image(o, &o->plain, false);
}

static void
free_oracles(struct oracles *o)
{
    free(o->optimised.memory);
    free(o->plain.memory);
    wp_compilation_end(&o->compilation);
}

/* ---- one request, put to each ------------------------------------------------------- */

static void
ask_walk(struct oracles *o, const struct random_request *r, struct wp_request *request)
{
    const struct wp_model *model = o->compilation.model;
    wp_request_init(request);
    if (*r->address != '\0')
        cr_assert(wp_request_set_address(request, r->address), "%s", r->address);
    wp_request_set_device(model, request, r->device);
    wp_request_set_app(model, request, r->app);
    wp_request_set_user(model, request, r->user);
    wp_request_set_entry(request, r->entry);
    request->risk = r->risk;
    request->managed = r->managed;
    request->compliant = r->compliant;
    request->groups_complete = !r->incomplete;
    for (uint32_t i = 0; i < r->group_count; i++)
        wp_request_add_group(o->compilation.arena, model, request, r->groups[i]);
}

static struct woapol_identity
identity_of(const struct random_request *r, struct woapol_text groups[RANDOM_GROUPS])
{
    for (uint32_t i = 0; i < r->group_count; i++)
        groups[i] = (struct woapol_text){r->groups[i], strlen(r->groups[i])};
    return (struct woapol_identity){
        .groups = groups,
        .group_count = r->group_count,
        .user = {*r->user == '\0' ? NULL : r->user, strlen(r->user)},
        .groups_incomplete = r->incomplete,
    };
}

static struct woapol_principal *
bind(const struct asked *asked, const struct random_request *r)
{
    struct woapol_text groups[RANDOM_GROUPS];
    const struct woapol_identity who = identity_of(r, groups);
    memset(asked->memory, 0xa5, asked->memory_size);
    return woapol_bind(&asked->image, &who, asked->memory, asked->memory_size);
}

/* Without binding first. */
static struct woapol_principal *
decide_once(const struct asked *asked, const struct random_request *r,
            const struct woapol_request *request, struct woapol_decision *decision)
{
    struct woapol_text groups[RANDOM_GROUPS];
    const struct woapol_identity who = identity_of(r, groups);
    memset(asked->memory, 0xa5, asked->memory_size);
    return woapol_decide_once(&asked->image, &who, asked->memory, asked->memory_size, request,
                              decision);
}

static void
make_request(const struct asked *asked, const struct random_request *r,
             struct woapol_request *request)
{
    const struct woapol_image *image = &asked->image;
    woapol_request_init(request);
    if (*r->address != '\0')
        cr_assert(woapol_set_address(request, r->address, strlen(r->address)), "%s", r->address);
    request->device = woapol_find(image, WOAPOL_DEVICE, r->device, strlen(r->device));
    request->app = woapol_find(image, WOAPOL_APP, r->app, strlen(r->app));
    request->entry = woapol_find(image, WOAPOL_ENTRY, r->entry, strlen(r->entry));
    request->risk = (uint8_t)r->risk;
    request->managed = r->managed;
    request->compliant = r->compliant;
}

/* ---- comparing --------------------------------------------------------------------------- */

struct chain_text {
    char text[1024];
    size_t length;
    uint32_t alternative, step;
    const struct woapol_image *image;
};

static void
add_method(struct chain_text *c, uint32_t alternative, uint32_t step, const char *name)
{
    const char *between = c->length == 0                  ? ""
                          : alternative != c->alternative ? " else "
                          : step != c->step               ? " then "
                                                          : " or ";
    c->length +=
        (size_t)snprintf(c->text + c->length, sizeof c->text - c->length, "%s%s", between, name);
    c->alternative = alternative;
    c->step = step;
}

static bool
visit_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    struct chain_text *c = context;
    add_method(c, alternative, step, woapol_name(c->image, WOAPOL_METHOD, method, NULL));
    return true;
}

static void
expect_chain(const struct oracles *o, uint32_t wanted, const struct asked *asked, uint32_t chain)
{
    const struct wp_model *model = o->compilation.model;
    struct chain_text a = {.length = 0}, b = {.image = &asked->image};
    const struct wp_model_chain *c = &model->chains[wanted];
    for (uint32_t i = 0; i < c->count; i++)
        for (uint32_t j = 0; j < c->alternatives[i].count; j++)
            for (uint32_t k = 0; k < c->alternatives[i].steps[j].count; k++)
                add_method(&a, i, j, model->methods[c->alternatives[i].steps[j].methods[k]].name);
    woapol_chain_walk(&asked->image, chain, visit_method, &b);
    cr_assert_str_eq(a.text, b.text);
}

/* The number of a policy's first rule in images. */
static uint32_t
first_rule(const struct wp_model *model, uint32_t policy)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < policy; i++)
        first += model->policies[i].rule_count;
    return first;
}

static void
expect_verdict(const struct oracles *o, const struct wp_verdict *v, const struct asked *asked,
               const struct woapol_decision *d, const char *where)
{
    cr_assert_eq(d->effect, (enum woapol_effect)v->effect, "%s: effect", where);
    cr_assert_eq(d->policy, v->policy, "%s: policy %u, not %u", where, d->policy, v->policy);
    uint32_t rule = v->rule;
    if (rule != WP_NONE)
        rule += first_rule(o->compilation.model, v->policy);
    cr_assert_eq(d->rule, rule, "%s: rule %u, not %u", where, d->rule, rule);
    cr_assert_eq(d->reason,
                 v->groups_incomplete ? WOAPOL_REASON_GROUPS_INCOMPLETE : WOAPOL_REASON_NONE,
                 "%s: reason", where);
    cr_assert_eq(d->reauth_seconds, v->reauth_seconds, "%s: reauth", where);
    const char *message = woapol_message(&asked->image, d->message, NULL);
    cr_assert((message == NULL) == (v->message == NULL), "%s: message", where);
    if (message != NULL)
        cr_assert_str_eq(message, v->message, "%s: message", where);
    cr_assert((d->chain == WOAPOL_NONE) == (v->chain == WP_NONE), "%s: chain", where);
    if (v->chain != WP_NONE)
        expect_chain(o, v->chain, asked, d->chain);
}

static void
expect_reports(const struct oracles *o, const struct wp_request *request,
               const struct wp_verdict *v, const struct asked *asked,
               struct woapol_principal *principal, const struct woapol_request *r,
               const char *where)
{
    uint32_t wanted[REPORTS], got[REPORTS];
    const size_t count = wp_walk_reports(o->compilation.model, request, wanted, REPORTS);
    const size_t found = woapol_reports(&asked->image, principal, r, got, REPORTS);
    cr_assert_eq(count, found, "%s: %zu reports, not %zu", where, found, count);
    for (size_t i = 0; i < count && i < REPORTS; i++)
        cr_assert_eq(got[i], wanted[i] + first_rule(o->compilation.model, v->policy),
                     "%s: report %zu", where, i);
}

/* What is told of each rule agrees with what is decided and reported. */
static void
expect_accounts(const struct asked *asked, struct woapol_principal *principal,
                const struct woapol_request *r, const struct woapol_decision *d, const char *where)
{
    static struct woapol_account accounts[20000];
    uint32_t reports[REPORTS], rule = WOAPOL_NONE;
    const size_t room = sizeof accounts / sizeof *accounts;
    const size_t count = woapol_explain(&asked->image, principal, r, accounts, room);
    const size_t reported = woapol_reports(&asked->image, principal, r, reports, REPORTS);
    size_t seen = 0;
    cr_assert_leq(count, room, "%s", where);
    for (size_t i = 0; i < count; i++) {
        const struct woapol_account *account = &accounts[i];
        cr_assert(i == 0 || accounts[i - 1].rule < account->rule, "%s: order", where);
        cr_assert_eq(account->truth != WOAPOL_FALSE, account->against == 0, "%s: against", where);
        if (account->is_report && account->truth == WOAPOL_TRUE && seen++ < REPORTS)
            cr_assert_eq(reports[seen - 1], account->rule, "%s: report", where);
        if (account->is_report || account->truth == WOAPOL_FALSE)
            continue;
        cr_assert_eq(rule, WOAPOL_NONE, "%s: two rules decide", where);
        rule = account->rule;
        cr_assert_eq(account->truth == WOAPOL_UNKNOWN, d->reason != WOAPOL_REASON_NONE, "%s",
                     where);
    }
    cr_assert_eq(rule, d->rule, "%s: %u is told to decide, not %u", where, rule, d->rule);
    cr_assert_eq(seen, reported, "%s: reports", where);
}

static void
describe(const struct random_request *r, uint64_t seed, bool optimised, char *text, size_t size)
{
    int n =
        snprintf(text, size,
                 "seed %llu %s: ip %s device %s app %s user %s entry %s risk %u managed %d "
                 "compliant %d incomplete %d groups",
                 (unsigned long long)seed, optimised ? "optimised" : "plain", r->address, r->device,
                 r->app, r->user, r->entry, r->risk, r->managed, r->compliant, r->incomplete);
    for (uint32_t i = 0; i < r->group_count; i++)
        n += snprintf(text + n, size - (size_t)n, " %s", r->groups[i]);
}

static void
compare(struct oracles *o, const struct random_request *r, uint64_t seed)
{
    static unsigned compared;
    struct asked *const all[] = {&o->optimised, &o->plain};
    struct wp_request request;
    struct wp_verdict verdict;
    ask_walk(o, r, &request);
    wp_walk(o->compilation.model, &request, &verdict);
    for (size_t i = 0; i < 2; i++) {
        char where[1024];
        describe(r, seed, i == 0, where, sizeof where);
        struct woapol_principal *principal = bind(all[i], r);
        struct woapol_request asked;
        struct woapol_decision decision, again;
        make_request(all[i], r, &asked);
        woapol_decide(&all[i]->image, principal, &asked, &decision);
        expect_verdict(o, &verdict, all[i], &decision, where);
        woapol_decide(&all[i]->image, principal, &asked, &again);
        cr_assert_eq(memcmp(&decision, &again, sizeof again), 0, "%s: the memo", where);
        woapol_decide_batch(&all[i]->image, principal, &asked, 1, &again);
        cr_assert_eq(memcmp(&decision, &again, sizeof again), 0, "%s: the batch", where);
        if (compared++ % 15 == 0)
            expect_accounts(all[i], principal, &asked, &decision, where);
        expect_reports(o, &request, &verdict, all[i], principal, &asked, where);
        principal = decide_once(all[i], r, &asked, &again);
        cr_assert_eq(memcmp(&decision, &again, sizeof again), 0, "%s: unbound", where);
        expect_reports(o, &request, &verdict, all[i], principal, &asked, where);
    }
}

/* ---- the runs ---------------------------------------------------------------------------------
 */

static uint64_t
cases(uint64_t usual)
{
    const char *text = getenv("WOAPOL_CASES");
    return text == NULL ? usual : strtoull(text, NULL, 10);
}

static void
run(uint64_t seed, const struct random_size *size, uint32_t requests)
{
    char *text = random_policy(seed, size);
    struct oracles o;
    make_oracles(&o, text);
    uint64_t state = seed + 1;
    for (uint32_t i = 0; i < requests; i++) {
        struct random_request request;
        random_request(&state, size, &request);
        compare(&o, &request, seed);
    }
    free_oracles(&o);
    free(text);
}

Test(oracles, agree_on_small_policies)
{
    const uint64_t wanted = cases(20000);
    for (uint64_t seed = 0; seed * 100 < wanted; seed++) {
        const struct random_size size = {
            .rules = 1 + (uint32_t)(seed % 12), .networks = 6, .groups = 2 + (uint32_t)(seed % 5)};
        run(seed, &size, 100);
    }
}

Test(oracles, agree_on_many_prefixes)
{
    const uint64_t wanted = cases(6000);
    for (uint64_t seed = 0; seed * 1000 < wanted; seed++) {
        const struct random_size size = {
            .rules = 40, .networks = 20, .prefixes = 6000, .groups = 20};
        run(seed, &size, 1000);
    }
}

/* So many that the optimised image has a table of addresses and no list. */
Test(oracles, agree_on_a_table_of_prefixes)
{
    const struct random_size size = {.rules = 40, .networks = 20, .prefixes = 260000, .groups = 20};
    char *text = random_policy(1, &size);
    struct oracles o;
    uint64_t state = 2;
    make_oracles(&o, text);
    cr_assert_eq(wp_view(&o.optimised.image)->shape.v4_layout, WP_V4_TABLE);
    cr_assert_eq(wp_view(&o.plain.image)->shape.v4_layout, WP_V4_LIST);
    for (uint32_t i = 0; i < 5000; i++) {
        struct random_request request;
        random_request(&state, &size, &request);
        compare(&o, &request, 1);
    }
    free_oracles(&o);
    free(text);
}

Test(oracles, agree_on_many_rules)
{
    const uint64_t wanted = cases(6000);
    for (uint64_t seed = 0; seed * 1000 < wanted; seed++) {
        const struct random_size size = {.rules = 300 << (2 * (seed % 4)),
                                         .networks = 40,
                                         .prefixes = 300,
                                         .groups = 8 + (uint32_t)(seed % 20)};
        run(seed, &size, 1000);
    }
}
