/* Tests and proofs: what they name has to be there, and what they say of a
 * request or expect of a decision has to be possible together. */
#include "compiler/check/language.h"

#include "compiler/address.h"
#include "compiler/resolve.h"
#include "compiler/rule_names.h"

#include <string.h>

struct checker {
    struct wp_diagnostics *list;
    const struct wp_model *model;
    struct wp_symbols *symbols;
    struct wp_rule_names rules;
    uint32_t suggestions; /* that were looked for */
};

/* Looking for what was meant takes a while where there are many rules. */
enum { MAX_SUGGESTIONS = 20 };

/* ---- rules by name ------------------------------------------------------------------ */

/* Is there such a rule in the policy, or in any if `policy` is NULL? */
static bool
find_rule(const struct checker *checker, const struct wp_policy *policy, const char *name,
          bool reports)
{
    uint32_t number = policy ? (uint32_t)(policy - checker->model->policies) : WP_NONE;

    return wp_rule_names_find_sort(&checker->rules, number, name, reports) != NULL;
}

static const char *
nearest_rule(struct checker *checker, const struct wp_policy *policy, const char *name)
{
    const struct wp_model *model = checker->model;
    const char **names;
    size_t count = 0, room = 1;

    if (++checker->suggestions > MAX_SUGGESTIONS)
        return NULL;
    for (uint32_t p = 0; p < model->policy_count; p++)
        room += model->policies[p].rule_count;
    names = wp_alloc_array(model->arena, room, sizeof *names);
    for (uint32_t p = 0; p < model->policy_count; p++)
        for (uint32_t i = 0; i < model->policies[p].rule_count; i++)
            if (!policy || policy == &model->policies[p])
                names[count++] = model->policies[p].rules[i].name;
    return wp_suggest(name, names, count);
}

static void
check_rule_name(struct checker *checker, const struct wp_policy *policy, const char *name,
                struct wp_span span, bool reports)
{
    struct wp_diagnostic *finding;

    if (find_rule(checker, policy, name, reports) || wp_was_lost(checker->list, name))
        return;
    if (find_rule(checker, policy, name, !reports)) {
        finding = wp_report(checker->list, WP_E_BAD_TEST, span,
                            reports ? "'%s' is no report rule: it is not reported"
                                    : "'%s' is a report rule: it never decides",
                            name);
        return;
    }
    finding =
        policy ? wp_report(checker->list, WP_E_UNKNOWN_NAME, span,
                           "the policy '%s' has no rule '%s'", policy->name, name)
               : wp_report(checker->list, WP_E_UNKNOWN_NAME, span, "there is no rule '%s'", name);
    const char *near = nearest_rule(checker, policy, name);
    if (near)
        wp_add_fix(checker->list, finding, WP_FIX_CHANGES_DECISIONS, span, near, "write '%s'",
                   near);
}

/* ---- what is given --------------------------------------------------------------------- */

static void
check_device(struct checker *checker, const struct wp_name *name)
{
    const struct wp_symbol *symbol = wp_symbols_require(checker->symbols, checker->list,
                                                        WP_SYMBOL_DEVICE, name->text, name->span);

    if (!symbol || !symbol->declaration->set)
        return;
    struct wp_diagnostic *finding =
        wp_report(checker->list, WP_E_WRONG_KIND, name->span,
                  "'%s' is a set of device types; a request comes from one type", name->text);
    wp_add_label(checker->list, finding, symbol->span, "declared here");
}

static void
check_word(struct checker *checker, const struct wp_name *name, bool is_known, const char *what,
           const char *words)
{
    if (is_known)
        return;
    struct wp_diagnostic *finding = wp_report(checker->list, WP_E_UNKNOWN_NAME, name->span,
                                              "there is no %s '%s'", what, name->text);
    wp_add_help(checker->list, finding, "write one of %s", words);
}

static void
check_address(struct checker *checker, const struct wp_name *name)
{
    struct wp_address address;
    const char *reason = "";

    if (wp_address_parse(name->text, &address, &reason))
        return;
    wp_report(checker->list, WP_E_BAD_ADDRESS, name->span, "'%s' is not an address: %s", name->text,
              strchr(name->text, '/') ? "a request comes from one address" : reason);
}

/* Names in quotes are whatever a request may bring; bare ones have to be
 * declared. */
static void
check_given(struct checker *checker, const struct wp_given *given)
{
    for (const struct wp_name *name = given->names; name; name = name->next) {
        switch (given->kind) {
        case WP_GIVEN_IP:
            check_address(checker, name);
            break;
        case WP_GIVEN_DEVICE:
            if (!name->quoted)
                check_device(checker, name);
            break;
        case WP_GIVEN_GROUPS:
            if (!name->quoted)
                wp_symbols_require(checker->symbols, checker->list, WP_SYMBOL_GROUP, name->text,
                                   name->span);
            break;
        case WP_GIVEN_APP:
            if (!name->quoted)
                wp_symbols_require(checker->symbols, checker->list, WP_SYMBOL_APP, name->text,
                                   name->span);
            break;
        case WP_GIVEN_ENTRY:
            check_word(checker, name, name->quoted || wp_entry_number(name->text) != WP_NONE,
                       "entry", "browser, native_app, hub, okta_mobile");
            break;
        case WP_GIVEN_RISK:
            check_word(checker, name, wp_risk_number(name->text) != WP_NONE, "risk",
                       "low, medium, high");
            break;
        case WP_GIVEN_USER:
        case WP_GIVEN_MANAGED:
        case WP_GIVEN_COMPLIANT:
        case WP_GIVEN_GROUPS_INCOMPLETE:
            break;
        }
    }
}

static bool
contradicts(const struct wp_given *a, const struct wp_given *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == WP_GIVEN_GROUPS)
        return !a->names != !b->names;
    if (a->names && b->names)
        return strcmp(a->names->text, b->names->text) != 0;
    return a->flag != b->flag;
}

static void
check_givens(struct checker *checker, const struct wp_given *givens)
{
    for (const struct wp_given *at = givens; at; at = at->next) {
        const struct wp_given *other = givens;

        check_given(checker, at);
        while (other != at && !contradicts(other, at))
            other = other->next;
        if (other == at)
            continue;
        struct wp_diagnostic *finding = wp_report(checker->list, WP_E_BAD_TEST, at->span,
                                                  "this contradicts what was given before");
        wp_add_label(checker->list, finding, other->span, "here");
        wp_add_help(checker->list, finding, "a request has one of them; write two tests");
        return;
    }
}

/* ---- what is expected ---------------------------------------------------------------------- */

/* Looks for "rule" or "policy.rule". */
static void
check_rule_path(struct checker *checker, const struct wp_name *path)
{
    const char *dot = strchr(path->text, '.');
    const struct wp_policy *policy = NULL;
    const struct wp_symbol *symbol;

    if (dot) {
        const char *name =
            wp_copy_text(checker->model->arena, path->text, (size_t)(dot - path->text));

        symbol =
            wp_symbols_require(checker->symbols, checker->list, WP_SYMBOL_POLICY, name, path->span);
        if (!symbol)
            return;
        policy = &checker->model->policies[symbol->number];
    }
    check_rule_name(checker, policy, dot ? dot + 1 : path->text, path->span, false);
}

static void
check_outcome(struct checker *checker, const struct wp_outcome *outcome)
{
    if (outcome->kind == WP_OUTCOME_RULE)
        check_rule_path(checker, outcome->name);
    if (outcome->kind != WP_OUTCOME_METHOD)
        return;
    const struct wp_symbol *symbol =
        wp_symbols_find(checker->symbols, WP_SYMBOL_METHOD, outcome->name->text);
    if (!symbol || symbol->kind == WP_SYMBOL_METHOD)
        return;
    struct wp_diagnostic *finding = wp_report(checker->list, WP_E_WRONG_KIND, outcome->name->span,
                                              "'%s' is a chain, not a method", outcome->name->text);
    wp_add_label(checker->list, finding, symbol->span, "declared here");
    wp_add_help(checker->list, finding, "write 'authenticate %s'", outcome->name->text);
}

/* Which of deny, allow and authenticate an expectation leaves, as a mask. */
static unsigned
effects_of(const struct wp_expectation *expectation)
{
    unsigned effects = 1u << WP_DENY | 1u << WP_ALLOW | 1u << WP_AUTHENTICATE;

    switch (expectation->outcome->kind) {
    case WP_OUTCOME_DENY:
        effects = 1u << WP_DENY;
        break;
    case WP_OUTCOME_ALLOW:
        effects = 1u << WP_ALLOW;
        break;
    case WP_OUTCOME_AUTHENTICATE:
    case WP_OUTCOME_METHOD:
        effects = 1u << WP_AUTHENTICATE;
        break;
    case WP_OUTCOME_FACTORS:
    case WP_OUTCOME_RULE:
        break;
    }
    return expectation->has_reauth ? effects & ~(1u << WP_DENY) : effects;
}

static void
check_expectation(struct checker *checker, const struct wp_expectation *expectation)
{
    const struct wp_policy *policy = NULL;

    check_outcome(checker, expectation->outcome);
    if (effects_of(expectation) == 0)
        wp_report(checker->list, WP_E_BAD_TEST, expectation->span,
                  "a denied request is not asked again: 'every' cannot be expected of it");
    if (expectation->policy) {
        const struct wp_symbol *symbol =
            wp_symbols_require(checker->symbols, checker->list, WP_SYMBOL_POLICY,
                               expectation->policy->text, expectation->policy->span);
        if (!symbol)
            return;
        policy = &checker->model->policies[symbol->number];
    }
    if (expectation->by && strcmp(expectation->by->text, "otherwise") != 0)
        check_rule_name(checker, policy, expectation->by->text, expectation->by->span, false);
    for (const struct wp_name *name = expectation->report; name; name = name->next)
        check_rule_name(checker, policy, name->text, name->span, true);
}

static void
check_case(struct checker *checker, const struct wp_case *test)
{
    unsigned effects = ~0u;

    check_givens(checker, test->givens);
    for (const struct wp_expectation *at = test->expectations; at; at = at->next) {
        check_expectation(checker, at);
        if (effects != 0 && (effects & effects_of(at)) == 0 && effects_of(at) != 0) {
            struct wp_diagnostic *finding = wp_report(checker->list, WP_E_BAD_TEST, at->span,
                                                      "this contradicts what is expected before");
            wp_add_label(checker->list, finding, test->expectations->span, "here");
        }
        effects &= effects_of(at);
    }
}

void
wp_check_tests(struct wp_diagnostics *list, const struct wp_model *model,
               struct wp_symbols *symbols)
{
    struct checker checker = {.list = list, .model = model, .symbols = symbols};

    wp_rule_names_init(&checker.rules, model->arena, model);

    for (uint32_t i = 0; i < model->file_count; i++)
        for (const struct wp_declaration *at = model->files[i]->declarations; at; at = at->next) {
            for (const struct wp_case *test = at->cases; test; test = test->next)
                check_case(&checker, test);
            for (const struct wp_claim *claim = at->claims; claim; claim = claim->next)
                for (const struct wp_outcome *o = claim->outcomes; o; o = o->next)
                    check_outcome(&checker, o);
        }
}
