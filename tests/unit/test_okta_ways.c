/* Chains as sets of ways: joined, and as an assurance where that says the same. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "compiler/compile.h"
#include "compiler/emit/okta/okta_ways.h"
#include "tests/unit/compile_text.h"

/* "a,b>c|d>e": chains separated by |, steps by >, methods by a comma; ! after a method
 * demands that it resists phishing. */
static json_t *
read_step(char *text)
{
    json_t *list = json_array();
    char *rest = NULL;

    for (char *word = strtok_r(text, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
        char *demand = strchr(word, '!');
        char *use = strchr(word, '/');
        if (demand)
            *demand = '\0';
        *use = '\0';
        json_t *method = json_pack("{s:s, s:s}", "key", word, "method", use + 1);
        if (demand)
            (void)json_object_set_new(method, "phishingResistant", json_string("REQUIRED"));
        (void)json_array_append_new(list, method);
    }
    wp_okta_sort_methods(list);
    return json_pack("{s:o}", "authenticationMethods", list);
}

static json_t *
read_chains(const char *text)
{
    char *copy = strdup(text), *rest = NULL;
    json_t *chains = json_array();

    for (char *one = strtok_r(copy, "|", &rest); one; one = strtok_r(NULL, "|", &rest)) {
        char *more = NULL;
        json_t *first = NULL, *last = NULL;
        for (char *step = strtok_r(one, ">", &more); step; step = strtok_r(NULL, ">", &more)) {
            json_t *made = read_step(step);
            if (last)
                (void)json_object_set_new(last, "next", json_pack("[O]", made));
            else
                first = json_incref(made);
            last = made;
            json_decref(made);
        }
        (void)json_array_append_new(chains, first);
    }
    free(copy);
    return chains;
}

#define PASSWORD "okta_password/password"
#define QUESTION "security_question/security_question"
#define PUSH "okta_verify/push"
#define FAST "okta_verify/signed_nonce!"
#define SMS "phone_number/sms"
#define KEY "webauthn/webauthn"
#define BOTH(a, b) a ">" b "|" b ">" a

Test(okta_ways, chains_that_differ_in_one_step_are_one)
{
    static const struct {
        const char *chains, *joined;
    } rows[] = {
        {PUSH "|" SMS "|" KEY, PUSH "," SMS "," KEY},
        {PASSWORD ">" PUSH "|" PASSWORD ">" SMS, PASSWORD ">" PUSH "," SMS},
        {PASSWORD ">" PUSH "|" QUESTION ">" SMS, PASSWORD ">" PUSH "|" QUESTION ">" SMS},
        {PASSWORD ">" PUSH "|" PASSWORD ">" PUSH, PASSWORD ">" PUSH},
        {PASSWORD "|" PASSWORD ">" PUSH, PASSWORD "|" PASSWORD ">" PUSH},
        {PASSWORD ">" PUSH ">" SMS "|" PASSWORD ">" KEY ">" SMS, PASSWORD ">" PUSH "," KEY ">" SMS},
        {PASSWORD ">" PUSH ">" SMS "|" PASSWORD ">" KEY ">" KEY,
         PASSWORD ">" PUSH ">" SMS "|" PASSWORD ">" KEY ">" KEY},
        /* What was joined can be joined on. */
        {PASSWORD ">" PUSH "|" QUESTION ">" PUSH "|" PASSWORD ">" SMS "|" QUESTION ">" SMS,
         PASSWORD "," QUESTION ">" PUSH "," SMS},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *chains = read_chains(rows[i].chains), *wanted = read_chains(rows[i].joined);
        json_t *before = wp_okta_ways(chains);
        wp_okta_join_chains(chains, 1);
        json_t *after = wp_okta_ways(chains);
        cr_expect(json_equal(chains, wanted), "row %zu", i);
        cr_expect(json_equal(before, after), "row %zu", i);
        json_decref(before);
        json_decref(after);
        json_decref(chains);
        json_decref(wanted);
    }
}

Test(okta_ways, not_more_than_needed_is_joined)
{
    json_t *chains = read_chains(PUSH "|" SMS "|" KEY);

    wp_okta_join_chains(chains, 3);
    cr_expect_eq(json_array_size(chains), 3);
    wp_okta_join_chains(chains, 2);
    cr_expect_eq(json_array_size(chains), 2);
    json_decref(chains);
}

Test(okta_ways, assurances_are_exact_or_none)
{
    static const struct {
        const char *chains, *mode;
        size_t constraints; /* 0: there is no such assurance */
    } rows[] = {
        {PASSWORD, "1FA", 1},
        {PASSWORD "," PUSH "|" SMS, "1FA", 3}, /* knowledge, and possession of each chain */
        {PUSH "|" PUSH, "1FA", 1},
        {PUSH "," FAST, "1FA", 2}, /* what is asked of one is not asked of the other */
        {BOTH(PASSWORD, PUSH), "2FA", 1},
        {BOTH(PASSWORD, PUSH "," SMS "," FAST), "2FA", 2},
        {BOTH(PASSWORD, PUSH) "|" BOTH(QUESTION, SMS) "|" BOTH(PASSWORD, KEY), "2FA", 3},
        /* The other order, written otherwise. */
        {PASSWORD ">" PUSH "," SMS "|" PUSH ">" PASSWORD "|" SMS ">" PASSWORD, "2FA", 1},
        {PASSWORD ">" PUSH, NULL, 0},
        {PUSH ">" PASSWORD, NULL, 0},
        {PASSWORD ">" PUSH "," SMS "|" PUSH ">" PASSWORD, NULL, 0},
        {BOTH(PUSH, SMS), NULL, 0},
        {BOTH(PASSWORD, QUESTION), NULL, 0},
        {BOTH(PASSWORD, PUSH) "|" KEY, NULL, 0},
        {KEY "|" BOTH(PASSWORD, PUSH), NULL, 0},
        {PASSWORD "," PUSH ">" PASSWORD "," PUSH, NULL, 0},
        {PASSWORD ">" PUSH ">" SMS, NULL, 0},
    };
    struct wp_compilation compilation;

    cr_assert(compile_text(&compilation, "tenant T { kind = okta }\n"
                                         "policy P is default { otherwise authenticate "
                                         "okta_password or security_question or okta_verify_push "
                                         "or okta_fastpass or sms or fido2 }\n"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *chains = read_chains(rows[i].chains);
        json_t *made = wp_okta_assurance_of(compilation.model, chains);
        const char *mode = json_string_value(json_object_get(made, "factorMode"));
        cr_expect_eq(made != NULL, rows[i].constraints > 0, "row %zu", i);
        if (made != NULL && rows[i].mode != NULL) {
            cr_expect_str_eq(mode, rows[i].mode, "row %zu", i);
            cr_expect_eq(json_array_size(json_object_get(made, "constraints")), rows[i].constraints,
                         "row %zu", i);
        }
        json_decref(made);
        json_decref(chains);
    }
    wp_compilation_end(&compilation);
}

/* Ways beyond counting are not compared. */
Test(okta_ways, too_many_are_none)
{
    char text[4096] = "";

    for (unsigned step = 0; step < 3; step++) {
        for (unsigned i = 0; i < 20; i++) {
            char word[32];
            (void)snprintf(word, sizeof word, "%sk%u/m", i ? "," : step ? ">" : "", i);
            (void)strcat(text, word);
        }
    }
    json_t *chains = read_chains(text);
    cr_expect_null(wp_okta_ways(chains));
    json_decref(chains);
}
