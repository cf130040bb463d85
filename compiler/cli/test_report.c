/* The results of tests as JSON and as JUnit's XML. */
#include "compiler/cli/test_report.h"

#include <string.h>

/* ---- JSON ----------------------------------------------------------------------- */

static void
put_member(struct wp_json_text *text, const char *key, const char *value)
{
    wp_json_puts(text, ",\"");
    wp_json_puts(text, key);
    wp_json_puts(text, "\":");
    wp_json_string_or_null(text, value);
}

static void
put_case(struct wp_json_text *text, const struct wp_tested_case *one)
{
    wp_json_puts(text, one->has_passed ? "{\"passed\":true" : "{\"passed\":false");
    put_member(text, "place", one->place);
    put_member(text, "given", one->given);
    put_member(text, "expected", one->expected);
    put_member(text, "got", one->got);
    put_member(text, "decided_at", one->by_place);
    put_member(text, "because", one->because);
    wp_json_puts(text, "}");
}

static void
put_test(struct wp_json_text *text, const struct wp_tested *test)
{
    wp_json_puts(text, test->has_passed ? "{\"passed\":true" : "{\"passed\":false");
    put_member(text, "name", test->name);
    put_member(text, "place", test->place);
    wp_json_puts(text, ",\"cases\":[");
    for (uint32_t i = 0; i < test->case_count; i++) {
        wp_json_puts(text, i == 0 ? "" : ",");
        put_case(text, &test->cases[i]);
    }
    wp_json_puts(text, "]}");
}

void
wp_test_json(struct wp_json_text *text, const struct wp_test_results *results)
{
    wp_json_puts(text, "{\"passed\":");
    wp_json_number(text, results->passed);
    wp_json_puts(text, ",\"failed\":");
    wp_json_number(text, results->test_count - results->passed);
    wp_json_puts(text, ",\"left_out\":");
    wp_json_number(text, results->skipped);
    wp_json_puts(text, ",\"tests\":[");
    for (uint32_t i = 0; i < results->test_count; i++) {
        wp_json_puts(text, i == 0 ? "" : ",");
        put_test(text, &results->tests[i]);
    }
    wp_json_puts(text, "],\"unreached\":[");
    for (uint32_t i = 0; i < results->unreached_count; i++) {
        wp_json_puts(text, i == 0 ? "{\"policy\":" : ",{\"policy\":");
        wp_json_string_or_null(text, results->unreached[i].policy);
        put_member(text, "rule", results->unreached[i].rule);
        put_member(text, "place", results->unreached[i].place);
        wp_json_puts(text, "}");
    }
    wp_json_puts(text, "]}\n");
}

/* ---- JUnit ------------------------------------------------------------------------ */

/* Text between tags or quotes. Most control characters cannot stand in XML at
 * all; names are UTF-8 already. */
static void
put_xml(struct wp_json_text *text, const char *string)
{
    for (; *string != '\0'; string++) {
        unsigned char c = (unsigned char)*string;
        if (c == '&')
            wp_json_puts(text, "&amp;");
        else if (c == '<')
            wp_json_puts(text, "&lt;");
        else if (c == '>')
            wp_json_puts(text, "&gt;");
        else if (c == '"')
            wp_json_puts(text, "&quot;");
        else if (c == '\n')
            wp_json_puts(text, "&#10;");
        else if (c == '\t')
            wp_json_puts(text, "&#9;");
        else if (c < 0x20 || c == 0x7f)
            wp_json_puts(text, "?");
        else
            wp_json_put(text, string, 1);
    }
}

static void
put_attribute(struct wp_json_text *text, const char *name, const char *value)
{
    wp_json_puts(text, " ");
    wp_json_puts(text, name);
    wp_json_puts(text, "=\"");
    put_xml(text, value);
    wp_json_puts(text, "\"");
}

static void
put_count(struct wp_json_text *text, const char *name, uint32_t value)
{
    wp_json_puts(text, " ");
    wp_json_puts(text, name);
    wp_json_puts(text, "=\"");
    wp_json_number(text, value);
    wp_json_puts(text, "\"");
}

static void
put_line(struct wp_json_text *text, const char *label, const char *value)
{
    if (value == NULL)
        return;
    put_xml(text, label);
    put_xml(text, value);
    wp_json_puts(text, "\n");
}

static void
put_failure(struct wp_json_text *text, const struct wp_tested_case *one)
{
    wp_json_puts(text, "    <failure");
    put_attribute(text, "message", one->got);
    wp_json_puts(text, ">\n");
    put_line(text, "at ", one->place);
    put_line(text, "given ", one->given);
    put_line(text, "expected ", one->expected);
    put_line(text, "got ", one->got);
    put_line(text, "because ", one->because);
    wp_json_puts(text, "</failure>\n");
}

void
wp_test_junit(struct wp_json_text *text, const struct wp_test_results *results, const char *path)
{
    wp_json_puts(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite");
    put_attribute(text, "name", path);
    put_count(text, "tests", results->test_count);
    put_count(text, "failures", results->test_count - results->passed);
    wp_json_puts(text, " errors=\"0\">\n");
    for (uint32_t i = 0; i < results->test_count; i++) {
        const struct wp_tested *test = &results->tests[i];
        wp_json_puts(text, "  <testcase");
        put_attribute(text, "classname", path);
        put_attribute(text, "name", test->name);
        wp_json_puts(text, test->has_passed ? "/>\n" : ">\n");
        for (uint32_t c = 0; c < test->case_count; c++)
            if (!test->cases[c].has_passed)
                put_failure(text, &test->cases[c]);
        if (!test->has_passed)
            wp_json_puts(text, "  </testcase>\n");
    }
    wp_json_puts(text, "  </testsuite>\n</testsuites>\n");
}
