/* Findings as text, to the letter, and for any place and width without harm. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lang/arena.h"
#include "lang/columns.h"
#include "lang/diagnostics.h"

/* A list with one source, and what was rendered of it. */
struct page {
    struct wp_arena *arena;
    struct wp_sources sources;
    struct wp_diagnostics list;
    char *text;
    size_t length;
};

static void
add_text(void *context, const char *text, size_t length)
{
    struct page *page = context;
    page->text = realloc(page->text, page->length + length + 1);
    memcpy(page->text + page->length, text, length);
    page->length += length;
    page->text[page->length] = '\0';
}

static struct page
open_page(const char *source)
{
    struct page page = {.arena = wp_arena_new(NULL, NULL)};
    wp_sources_init(&page.sources, page.arena);
    wp_sources_add(&page.sources, "a.woapol", source, (uint32_t)strlen(source));
    return page;
}

/* Starts the list only here, where the page has its place. */
static void
start(struct page *page)
{
    page->sources.arena = page->arena;
    wp_diagnostics_init(&page->list, page->arena, &page->sources);
}

static const char *
render(struct page *page, unsigned width)
{
    free(page->text);
    page->text = NULL;
    page->length = 0;
    wp_render_text(&page->list, false, width, add_text, page);
    return page->text == NULL ? "" : page->text;
}

static void
close_page(struct page *page)
{
    free(page->text);
    wp_arena_free(page->arena);
}

/* The place of `text` in a file. */
static struct wp_span
at(const struct page *page, uint32_t file, const char *text)
{
    const char *found = strstr(page->sources.files[file].text, text);
    cr_assert_not_null(found, "%s", text);
    uint32_t start = (uint32_t)(found - page->sources.files[file].text);
    return (struct wp_span){file, start, start + (uint32_t)strlen(text)};
}

Test(render, one_place_with_remarks)
{
    struct page page = open_page("network A = 10.0.0.1/8\n");
    start(&page);
    struct wp_diagnostic *finding =
        wp_report(&page.list, WP_E_HOST_BITS, at(&page, 0, "10.0.0.1/8"), "host bits are set");
    finding->label = "not a prefix";
    wp_add_note(&page.list, finding, "one\ntwo");
    wp_add_help(&page.list, finding, "write 10.0.0.0/8");
    cr_expect_str_eq(render(&page, 80), "error[WOA1021]: host bits are set\n"
                                        " --> a.woapol:1:13\n"
                                        "  |\n"
                                        "1 | network A = 10.0.0.1/8\n"
                                        "  |             ^^^^^^^^^^ not a prefix\n"
                                        "  |\n"
                                        "  = note: one\n"
                                        "          two\n"
                                        "  = help: write 10.0.0.0/8\n"
                                        "\n"
                                        "1 error; 'woapol explain WOA1021' says more\n");
    close_page(&page);
}

Test(render, several_places_on_one_line_and_in_two_files)
{
    struct page page = open_page("one\nrule a when group in B and network in Office allow\n");
    static const char other[] = "network Office = 10.0.0.0/8\n";
    wp_sources_add(&page.sources, "nets.woapol", other, sizeof other - 1);
    start(&page);
    struct wp_diagnostic *finding =
        wp_report(&page.list, WP_E_UNKNOWN_NAME, at(&page, 0, "B"), "there is no group 'B'");
    finding->label = "unknown";
    wp_add_label(&page.list, finding, at(&page, 0, "Office"), "this one is");
    wp_add_label(&page.list, finding, at(&page, 0, "rule a"), "in this rule");
    wp_add_label(&page.list, finding, at(&page, 1, "Office"), "declared here");
    cr_expect_str_eq(render(&page, 80),
                     "error[WOA1010]: there is no group 'B'\n"
                     " --> a.woapol:2:22\n"
                     "  |\n"
                     "2 | rule a when group in B and network in Office allow\n"
                     "  | ------               ^                ------ this one is\n"
                     "  | |                    |\n"
                     "  | |                    unknown\n"
                     "  | in this rule\n"
                     "  |\n"
                     " ::: nets.woapol:1:9\n"
                     "  |\n"
                     "1 | network Office = 10.0.0.0/8\n"
                     "  |         ------ declared here\n"
                     "\n"
                     "1 error; 'woapol explain WOA1010' says more\n");
    close_page(&page);
}

Test(render, several_lines_with_witness)
{
    struct page page = open_page("policy P is default {\n  rule a\n    when managed\n    deny\n"
                                 "  rule b\n    when managed\n    and compliant\n    deny\n}\n");
    static const char *by[] = {"a", "c"};
    start(&page);
    struct wp_diagnostic *finding =
        wp_report(&page.list, WP_E_SHADOWED,
                  at(&page, 0, "rule b\n    when managed\n    and compliant\n    deny"),
                  "the rule 'b' can never decide");
    finding->label = "never reached";
    finding->by = by;
    finding->by_count = 2;
    finding->witness = "{\"managed\":true}";
    wp_add_label(&page.list, finding, at(&page, 0, "rule a"), "covers it");
    cr_expect_str_eq(render(&page, 80), "warning[WOA2001]: the rule 'b' can never decide\n"
                                        " --> a.woapol:5:3\n"
                                        "  |\n"
                                        "2 |     rule a\n"
                                        "  |     ------ covers it\n"
                                        "...\n"
                                        "5 | /   rule b\n"
                                        "...\n"
                                        "8 | |     deny\n"
                                        "  | |________^ never reached\n"
                                        "  |\n"
                                        "  = by: a, c\n"
                                        "  = witness: {\"managed\":true}\n"
                                        "\n"
                                        "1 warning; 'woapol explain WOA2001' says more\n");
    close_page(&page);
}

Test(render, fixes)
{
    struct page page = open_page("rule a when group in Staf allow\nrule b deny\n");
    start(&page);
    struct wp_diagnostic *finding =
        wp_report(&page.list, WP_E_UNKNOWN_NAME, at(&page, 0, "Staf"), "there is no group");
    struct wp_span before_b = at(&page, 0, "rule b"), line = at(&page, 0, "rule b deny\n");
    before_b.end = before_b.start;
    wp_add_fix(&page.list, finding, WP_FIX_SAFE, finding->span, "Staff", "write 'Staff'");
    wp_add_fix(&page.list, finding, WP_FIX_NEEDS_INPUT, before_b, "group Staf = \"...\"\n",
               "declare it");
    wp_add_fix(&page.list, finding, WP_FIX_CHANGES_DECISIONS, line, "", "remove the rule");
    before_b.start = before_b.end = before_b.start + 5;
    wp_add_fix(&page.list, finding, WP_FIX_SAFE, before_b, "report ", "only report");
    cr_expect_str_eq(render(&page, 80), "error[WOA1010]: there is no group\n"
                                        " --> a.woapol:1:22\n"
                                        "  |\n"
                                        "1 | rule a when group in Staf allow\n"
                                        "  |                      ^^^^\n"
                                        "help: write 'Staff' (safe)\n"
                                        "  |\n"
                                        "1 | rule a when group in Staff allow\n"
                                        "  |                      ~~~~~\n"
                                        "help: declare it (fill in the blank)\n"
                                        "  |\n"
                                        "2 + group Staf = \"...\"\n"
                                        "help: remove the rule (changes decisions)\n"
                                        "  |\n"
                                        "2 - rule b deny\n"
                                        "help: only report (safe)\n"
                                        "  |\n"
                                        "2 | rule report b deny\n"
                                        "  |      +++++++\n"
                                        "\n"
                                        "1 error; 'woapol explain WOA1010' says more\n");
    close_page(&page);
}

Test(render, wide_text_tabs_and_controls)
{
    struct page page = open_page("\tx \xe7\xbd\x91\xe7\xbb\x9c e\xcc\x81 \x1b[31m \xff y\n");
    start(&page);
    struct wp_diagnostic *finding =
        wp_report(&page.list, WP_E_SYNTAX, at(&page, 0, "y"), "\x1b]0;%s", "title\x07");
    finding->label = "\xe2\x80\xae"
                     "gnol";
    wp_add_label(&page.list, finding, at(&page, 0, "\xe7\xbb\x9c"), "wide");
    cr_expect_str_eq(
        render(&page, 80),
        "error[WOA1001]: \xef\xbf\xbd]0;title\xef\xbf\xbd\n"
        " --> a.woapol:1:18\n"
        "  |\n"
        "1 |     x \xe7\xbd\x91\xe7\xbb\x9c e\xcc\x81 \xef\xbf\xbd[31m \xef\xbf\xbd y\n"
        "  |         --           ^ \xef\xbf\xbdgnol\n"
        "  |         |\n"
        "  |         wide\n"
        "\n"
        "1 error; 'woapol explain WOA1001' says more\n");
    close_page(&page);
}

Test(render, long_lines_are_cut_around_the_place)
{
    char source[4000];
    memset(source, 'a', sizeof source - 1);
    memcpy(source + 2000, " here ", 6);
    source[sizeof source - 1] = '\0';
    struct page page = open_page(source);
    start(&page);
    wp_report(&page.list, WP_E_SYNTAX, at(&page, 0, "here"), "x");
    cr_expect_str_eq(render(&page, 44), "error[WOA1001]: x\n"
                                        " --> a.woapol:1:2002\n"
                                        "  |\n"
                                        "1 | ...aaaaaaaaaaaaaa here aaaaaaaaaaaaaa...\n"
                                        "  |                   ^^^^\n"
                                        "\n"
                                        "1 error; 'woapol explain WOA1001' says more\n");
    close_page(&page);
}

Test(render, ends_of_files_and_no_files)
{
    struct page page = open_page("policy");
    start(&page);
    wp_report(&page.list, WP_E_SYNTAX, (struct wp_span){0, 6, 6}, "the file ends");
    wp_report(&page.list, WP_E_SYNTAX, (struct wp_span){0, 60, 90}, "beyond it");
    struct wp_diagnostic *finding =
        wp_report(&page.list, WP_E_SYNTAX, (struct wp_span){WP_NO_FILE, 0, 0}, "nowhere");
    wp_add_help(&page.list, finding, "help");
    cr_expect_str_eq(render(&page, 80), "error[WOA1001]: the file ends\n"
                                        " --> a.woapol:1:7\n"
                                        "  |\n"
                                        "1 | policy\n"
                                        "  |       ^\n"
                                        "\n"
                                        "error[WOA1001]: beyond it\n"
                                        " --> a.woapol:1:7\n"
                                        "  |\n"
                                        "1 | policy\n"
                                        "  |       ^\n"
                                        "\n"
                                        "error[WOA1001]: nowhere\n"
                                        "  = help: help\n"
                                        "\n"
                                        "3 errors; 'woapol explain WOA1001' says more\n");
    close_page(&page);
}

Test(render, nothing_is_nothing)
{
    struct page page = open_page("");
    start(&page);
    cr_expect_str_eq(render(&page, 80), "");
    close_page(&page);
}

static uint32_t
next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static struct wp_span
random_span(uint32_t *state, uint32_t length)
{
    uint32_t first = next_random(state) % (length + 3), second = next_random(state) % (length + 3);
    return (struct wp_span){0, first < second ? first : second, first < second ? second : first};
}

/* Whatever the text, the places and the width: rendered whole, every line within
 * the width that source lines have, and nothing that steers a terminal. */
Test(render, any_place_in_any_text)
{
    static const char *const pieces[] = {
        "a",    " ",    "\n",   "\t",       "\xe7\xbd\x91", "\x1b",
        "\r\n", "\xff", "rule", "\xcc\x81", "\xe2\x80\xae", "\n\n\n\n"};
    uint32_t state = 2463534242u;
    for (int round = 0; round < 2000; round++) {
        char source[400] = "";
        for (uint32_t n = next_random(&state) % 60; n > 0; n--)
            strcat(source, pieces[next_random(&state) % (sizeof pieces / sizeof *pieces)]);
        uint32_t length = (uint32_t)strlen(source);
        struct page page = open_page(source);
        start(&page);
        struct wp_diagnostic *finding =
            wp_report(&page.list, WP_E_SYNTAX, random_span(&state, length), "%s", source);
        finding->label = next_random(&state) % 2 ? "label" : NULL;
        for (uint32_t n = next_random(&state) % 6; n > 0; n--)
            wp_add_label(&page.list, finding, random_span(&state, length), "%s", "other");
        struct wp_span span = random_span(&state, length);
        wp_add_fix(&page.list, finding, WP_FIX_SAFE, span, pieces[next_random(&state) % 12], "fix");
        const char *text = render(&page, next_random(&state) % 60);
        for (const char *c = text; *c != '\0'; c++)
            cr_assert(*c == '\n' || (unsigned char)*c >= ' ', "round %d: control %d", round, *c);
        cr_assert_null(strstr(text, "\xe2\x80\xae"), "round %d: direction", round);
        cr_assert_not_null(strstr(text, "1 error; "), "round %d", round);
        close_page(&page);
    }
}

Test(render, widths)
{
    static const struct {
        const char *text;
        unsigned columns;
    } rows[] = {
        {"", 0},
        {"abc", 3},
        {"\t", 4},
        {"ab\tc", 5},
        {"\xe7\xbd\x91", 2},
        {"e\xcc\x81", 1},
        {"\xf0\x9f\x98\x80", 2},
        {"\xff\xfe", 2},
        {"\xc3\xa9", 1},
        {"\xe2\x80\xae", 1},
        {"\xed\xa0\x80", 3},
        {"\xc0\x80", 2},
        {"\xf4\x90\x80\x80", 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(wp_columns(rows[i].text, strlen(rows[i].text)), rows[i].columns, "row %zu", i);
}
