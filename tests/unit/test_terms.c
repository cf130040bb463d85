/* Terms are kept few, and there is a limit to them. */
#include "compiler/terms.h"
#include "unit/compile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* A source of one rule: `count` pairs of groups, joined so that the terms are the
 * powers of two, or their sum when `sums` says so. */
static char *
pairs(unsigned count, bool sums)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    for (unsigned i = 0; i < count; i++)
        (void)fprintf(out, "group G%u\ngroup H%u\n", i, i);
    (void)fprintf(out, "policy P is default { rule r when ");
    for (unsigned i = 0; i < count; i++)
        (void)fprintf(out, "%s(group in G%u %s not group in H%u)",
                      i == 0 ? "" : (sums ? " or " : " and "), i, sums ? "and" : "or", i);
    (void)fprintf(out, " allow otherwise deny }\n");
    (void)fclose(out);
    return text;
}

Test(terms, are_counted_and_limited)
{
    static const struct {
        unsigned pairs;
        bool sums;
        uint32_t terms; /* 0: too many */
    } rows[] = {{1, false, 2},  {5, false, 32},   {12, false, 4096},  {13, false, 0},
                {60, false, 0}, {100, true, 100}, {4096, true, 4096}, {4097, true, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = pairs(rows[i].pairs, rows[i].sums);
        struct wp_compilation compilation;
        bool fits = compile_text(&compilation, text);

        cr_expect_eq(fits, rows[i].terms != 0, "%u pairs", rows[i].pairs);
        if (fits)
            cr_expect_eq(compilation.model->policies[0].rules[0].term_count, rows[i].terms,
                         "%u pairs", rows[i].pairs);
        else
            cr_expect_eq(compilation.diagnostics.first->kind, WP_E_TOO_COMPLEX);
        wp_compilation_end(&compilation);
        free(text);
    }
}

Test(terms, one_is_within_another)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_network_pool pool;
    uint32_t zero[] = {0}, both[] = {0, 1};
    const struct wp_ids one = {zero, 1}, two = {both, 2};
    const struct wp_members some = {one, false}, more = {two, false}, others = {one, true};
    const struct wp_term any = {.network = WP_NONE, .devices = 7, .postures = 15};
    struct wp_term narrow[] = {any, any, any, any, any, any, any};

    wp_networks_init(&pool, arena);
    narrow[0].devices = 1;
    narrow[1].postures = 3;
    narrow[2].apps = &some;
    narrow[3].users = &others;
    narrow[4].any = &two;
    narrow[4].any_count = 1;
    narrow[5].none = one;
    narrow[6].network = pool.empty;
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++) {
        cr_expect(wp_term_within(&pool, &narrow[i], &any), "%zu", i);
        cr_expect_not(wp_term_within(&pool, &any, &narrow[i]), "%zu", i);
        cr_expect(wp_term_within(&pool, &narrow[i], &narrow[i]), "%zu", i);
        for (size_t k = 0; k < i; k++)
            cr_expect_not(wp_term_within(&pool, &narrow[i], &narrow[k]), "%zu %zu", i, k);
    }
    struct wp_term wider = narrow[2], smaller = narrow[4], less = narrow[5];
    wider.apps = &more;
    smaller.any = &one;
    less.none = two;
    cr_expect(wp_term_within(&pool, &narrow[2], &wider));
    cr_expect_not(wp_term_within(&pool, &wider, &narrow[2]));
    cr_expect(wp_term_within(&pool, &smaller, &narrow[4]), "in {0} is in {0, 1}");
    cr_expect_not(wp_term_within(&pool, &narrow[4], &smaller));
    cr_expect(wp_term_within(&pool, &less, &narrow[5]), "in none of {0, 1} is in none of {0}");
    cr_expect_not(wp_term_within(&pool, &narrow[5], &less));
    wp_arena_free(arena);
}
