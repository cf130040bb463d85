#include "compiler/cli/analysis_options.h"

#include <ctype.h>
#include <stdio.h>

#include "compiler/analysis/witness.h"
#include "compiler/cli/output.h"

bool
wp_read_analysis_options(const struct wp_invocation *invocation,
                         struct wp_analysis_options *options, struct wp_progress_line *line)
{
    int64_t budget;

    *options = (struct wp_analysis_options){0};
    if (!wp_option_integer(invocation, "budget", 1, INT64_C(1000000000000), WP_USUAL_EACH, &budget))
        return false;
    options->each = (uint64_t)budget;
    options->all = options->each * (WP_USUAL_ALL / WP_USUAL_EACH);
    wp_progress_begin(line);
    options->progress = wp_progress_show;
    options->progress_context = line;
    return true;
}

json_t *
wp_point_json(struct wp_arena *arena, const struct wp_model *model, const struct wp_traits *traits,
              const struct wp_point *point)
{
    json_t *object = json_loads(wp_witness_json(arena, model, traits, point), 0, NULL);
    return object != NULL ? object : json_null();
}

const char *
wp_source_text(struct wp_arena *arena, const struct wp_sources *sources, struct wp_span span)
{
    if (span.file == WP_NO_FILE || span.file >= sources->count)
        return "";
    const char *text = sources->files[span.file].text;
    char *copy = wp_alloc(arena, span.end - span.start + 1);
    size_t length = 0;

    for (uint32_t i = span.start; i < span.end; i++) {
        bool is_space = isspace((unsigned char)text[i]);
        if (is_space && (length == 0 || copy[length - 1] == ' '))
            continue;
        copy[length++] = is_space ? ' ' : text[i];
    }
    while (length > 0 && copy[length - 1] == ' ')
        length--;
    copy[length] = '\0';
    return copy;
}

/* Delete and the controls of two bytes, which JSON lets stand and terminals heed, are
 * escaped as well. A character is never split between two calls. */
static int
print_escaped(const char *text, size_t size, void *context)
{
    size_t from = 0;

    (void)context;
    for (size_t at = 0; at < size; at++) {
        unsigned char c = (unsigned char)text[at];
        unsigned char next = at + 1 < size ? (unsigned char)text[at + 1] : 0;
        bool is_wide = c == 0xc2 && next >= 0x80 && next < 0xa0;
        if (c != 0x7f && !is_wide)
            continue;
        (void)fwrite(text + from, 1, at - from, stdout);
        (void)printf("\\u%04x", (unsigned)(is_wide ? next : c));
        at += is_wide;
        from = at + 1;
    }
    return from < size && fwrite(text + from, 1, size - from, stdout) < size - from ? -1 : 0;
}

int
wp_print_json(const struct wp_invocation *invocation, json_t *document)
{
    if (document == NULL)
        wp_exit_out_of_memory(NULL);
    int failed = json_dump_callback(document, print_escaped, NULL, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(document);
    /* main() says why stdout cannot be written. */
    return failed == 0 || wp_output_failed() ? WP_EXIT_DONE
                                             : wp_fail(invocation, "cannot write the result");
}
