/* The list of findings, its order, suggestions, and the table behind it. */
#include <criterion/criterion.h>
#include <string.h>

#include "lang/arena.h"
#include "lang/diagnostics.h"

Test(diagnostics, table_is_complete)
{
    for (size_t i = 0; i < WP_DIAGNOSTIC_COUNT; i++) {
        const struct wp_diagnostic_info *info = &wp_diagnostic_infos[i];
        cr_expect(i == 0 || info[-1].code < info->code, "WOA%d is out of order", info->code);
        cr_expect(info->code >= 1000 && info->code < 7000, "WOA%d", info->code);
        cr_expect_eq(wp_diagnostic_by_code(info->code), info, "WOA%d", info->code);
        const char *texts[] = {info->title, info->meaning, info->example, info->cure};
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
            cr_expect(strlen(texts[j]) > 0, "WOA%d lacks a text (%zu)", info->code, j);
        size_t length = strlen(info->title);
        cr_expect(length > 0 && info->title[length - 1] != '.', "WOA%d: no full stop", info->code);
        length = strlen(info->example);
        cr_expect(length > 0 && info->example[length - 1] == '\n', "WOA%d: example", info->code);
    }
    cr_expect_null(wp_diagnostic_by_code(9999));
}

static const char *
order(const struct wp_diagnostics *list)
{
    static char text[64];
    size_t used = 0;
    for (const struct wp_diagnostic *f = list->first; f != NULL && used < 63; f = f->next)
        text[used++] = f->message[0];
    text[used] = '\0';
    return text;
}

Test(diagnostics, sorts_by_place_and_keeps_equal_ones)
{
    static const struct {
        enum wp_diagnostic_kind kind;
        struct wp_span span;
        const char *message;
    } rows[] = {
        {WP_E_SYNTAX, {WP_NO_FILE, 0, 0}, "z"}, {WP_E_SYNTAX, {1, 4, 5}, "g"},
        {WP_E_HOST_BITS, {0, 9, 12}, "e"},      {WP_E_UNKNOWN_NAME, {0, 9, 12}, "c"},
        {WP_E_UNKNOWN_NAME, {0, 9, 12}, "d"},   {WP_E_SHADOWED, {0, 9, 10}, "b"},
        {WP_E_SYNTAX, {0, 2, 40}, "a"},         {WP_E_SYNTAX, {1, 0, 0}, "f"},
    };
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_sources sources;
    struct wp_diagnostics list;
    wp_sources_init(&sources, arena);
    wp_diagnostics_init(&list, arena, &sources);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        wp_report(&list, rows[i].kind, rows[i].span, "%s", rows[i].message);
    wp_diagnostics_sort(&list);
    cr_expect_str_eq(order(&list), "abcdefgz");
    cr_expect_str_eq(list.last->message, "z");
    cr_expect_eq(list.errors, 7);
    cr_expect_eq(list.warnings, 1);
    wp_report_as(&list, WP_NOTE, WP_E_SYNTAX, rows[0].span, "n");
    cr_expect_eq(list.errors, 7, "a note is no error");
    wp_diagnostics_sort(&list);
    cr_expect_str_eq(order(&list), "abcdefgzn");
    wp_arena_free(arena);
}

Test(diagnostics, additions_stay_in_order)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_sources sources;
    struct wp_diagnostics list;
    struct wp_span span = {0, 0, 1};
    wp_sources_init(&sources, arena);
    wp_diagnostics_init(&list, arena, &sources);
    struct wp_diagnostic *finding = wp_report(&list, WP_E_SYNTAX, span, "%d%%", 5);
    cr_expect_str_eq(finding->message, "5%");
    char replacement[] = "new";
    for (int i = 0; i < 3; i++) {
        wp_add_label(&list, finding, span, "label %d", i);
        wp_add_note(&list, finding, "note %d", i);
        wp_add_help(&list, finding, "help %d", i);
        wp_add_fix(&list, finding, WP_FIX_SAFE, span, replacement, "fix %d", i);
    }
    replacement[0] = 'x';
    cr_expect_str_eq(finding->labels->next->text, "label 1");
    cr_expect_str_eq(finding->remarks->next->next->next->text, "help 1");
    cr_expect(finding->remarks->next->is_help);
    cr_expect_str_eq(finding->fixes->next->next->title, "fix 2");
    cr_expect_str_eq(finding->fixes->replacement, "new", "the replacement is a copy");
    wp_arena_free(arena);
}

Test(diagnostics, suggests_what_was_meant)
{
    static const char *const names[] = {"Office",    "Officer",  "Vpn", "Trusted",
                                        "uem_token", "password", "ios", "macos"};
    static const struct {
        const char *name, *meant;
    } rows[] = {
        {"Offcie", "Office"},
        {"office", "Office"},
        {"OFFICE", "Office"},
        {"Officerr", "Officer"},
        {"pasword", "password"},
        {"passwrod", "password"},
        {"uem_tokn", "uem_token"},
        {"Vnp", "Vpn"},
        {"io", "ios"},
        {"maco", "macos"},
        {"Home", NULL},
        {"x", NULL},
        {"", NULL},
        {"Trsu", NULL},
        {"Office", "Officer"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *meant = wp_suggest(rows[i].name, names, sizeof names / sizeof *names);
        if (rows[i].meant == NULL)
            cr_expect_null(meant, "%s -> %s", rows[i].name, meant);
        else
            cr_expect(meant != NULL && strcmp(meant, rows[i].meant) == 0, "%s -> %s", rows[i].name,
                      meant == NULL ? "nothing" : meant);
    }
    char huge[5000];
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    const char *const huger[] = {huge};
    cr_expect_null(wp_suggest("a", huger, 1));
    cr_expect_null(wp_suggest(huge, names, 1));
    cr_expect_null(wp_suggest("Office", names, 0));
}
