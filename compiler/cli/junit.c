#include "compiler/cli/junit.h"

#include <string.h>

/* Text between tags or quotes; control characters that XML cannot hold become
 * question marks. */
static void
write_text(FILE *stream, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '<')
            (void)fputs("&lt;", stream);
        else if (byte == '>')
            (void)fputs("&gt;", stream);
        else if (byte == '&')
            (void)fputs("&amp;", stream);
        else if (byte == '"')
            (void)fputs("&quot;", stream);
        else
            (void)fputc(byte < 0x20 && byte != '\n' && byte != '\t' ? '?' : byte, stream);
    }
}

static void
write_attribute(FILE *stream, const char *name, const char *value, size_t length)
{
    (void)fprintf(stream, " %s=\"", name);
    write_text(stream, value, length);
    (void)fputc('"', stream);
}

static void
write_case(FILE *stream, const struct wp_junit_case *test)
{
    (void)fputs("    <testcase", stream);
    write_attribute(stream, "classname", test->suite, strlen(test->suite));
    write_attribute(stream, "name", test->name, strlen(test->name));
    if (test->file) {
        write_attribute(stream, "file", test->file, strlen(test->file));
        (void)fprintf(stream, " line=\"%u\"", test->line);
    }
    if (!test->failure) {
        (void)fputs("/>\n", stream);
        return;
    }
    (void)fputs(">\n      <failure", stream);
    write_attribute(stream, "message", test->failure, strcspn(test->failure, "\n"));
    (void)fputc('>', stream);
    write_text(stream, test->failure, strlen(test->failure));
    (void)fputs("</failure>\n    </testcase>\n", stream);
}

void
wp_junit_write(FILE *stream, const char *suite, const struct wp_junit_case *cases, size_t count)
{
    size_t failures = 0;

    for (size_t i = 0; i < count; i++)
        failures += cases[i].failure != NULL;
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", stream);
    (void)fprintf(stream, "<testsuites tests=\"%zu\" failures=\"%zu\">\n", count, failures);
    (void)fputs("  <testsuite", stream);
    write_attribute(stream, "name", suite, strlen(suite));
    (void)fprintf(stream, " tests=\"%zu\" failures=\"%zu\">\n", count, failures);
    for (size_t i = 0; i < count; i++)
        write_case(stream, &cases[i]);
    (void)fputs("  </testsuite>\n</testsuites>\n", stream);
}
