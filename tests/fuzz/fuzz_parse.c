/* Any bytes as a source: never a crash. What parses without errors is formatted;
 * that must parse to the same tree, with every comment in it in the same order,
 * and formatting it again must change nothing. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/arena.h"
#include "lang/formatter.h"
#include "lang/parse.h"
#include "unit/ast_dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct wp_file *
parse(struct wp_arena *arena, struct wp_sources *sources, struct wp_diagnostics *list,
      const char *text, size_t length)
{
    uint32_t file;

    wp_sources_init(sources, arena);
    wp_diagnostics_init(list, arena, sources);
    file = wp_sources_add(sources, "fuzz.woapol", text, (uint32_t)length);
    return wp_parse(list, wp_names_new(arena), file);
}

static void
check_places(const struct wp_diagnostics *list, size_t size)
{
    const struct wp_diagnostic *finding;

    for (finding = list->first; finding; finding = finding->next) {
        struct wp_position position =
            wp_locate(list->sources, finding->span.file, finding->span.start);

        if (position.line == 0 || position.column == 0)
            abort();
        if (finding->span.start > finding->span.end || finding->span.end > size)
            abort();
    }
}

static void
must_be_equal(const char *what, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return;
    fprintf(stderr, "%s differs\n---\n%s\n---\n%s\n", what, a, b);
    abort();
}

static void
check_format(struct wp_arena *arena, struct wp_sources *sources, const struct wp_file *file,
             const char *source)
{
    struct wp_sources again;
    struct wp_diagnostics list;
    size_t length, twice;
    const char *text = wp_format_file(arena, sources, file, &length), *second;
    struct wp_file *reparsed = parse(arena, &again, &list, text, length);
    char *tree = dump_file(file), *comments = dump_comments(source, file);
    char *tree_again, *comments_again;

    if (list.first)
        must_be_equal("an error after formatting", list.first->message, text);
    tree_again = dump_file(reparsed);
    comments_again = dump_comments(text, reparsed);
    must_be_equal("the tree", tree, tree_again);
    must_be_equal("a comment", comments, comments_again);
    second = wp_format_file(arena, &again, reparsed, &twice);
    must_be_equal("formatting twice", text, second);
    free(tree);
    free(comments);
    free(tree_again);
    free(comments_again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_sources sources;
    struct wp_diagnostics list;
    struct wp_file *file;
    const char *text;

    if (arena == NULL)
        return 0;
    text = wp_copy_text(arena, (const char *)data, size);
    file = parse(arena, &sources, &list, text, size);
    check_places(&list, size);
    if ((list.errors != 0) != file->has_errors)
        abort();
    if (!file->has_errors)
        check_format(arena, &sources, file, text);
    wp_arena_free(arena);
    return 0;
}
