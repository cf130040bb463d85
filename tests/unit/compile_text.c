#include "unit/compile_text.h"

#include <stdio.h>
#include <string.h>

static const char *
read_text(void *context, struct wp_arena *arena, const char *path, size_t *length,
          const char **reason)
{
    (void)arena;
    if (strcmp(path, "test.woapol") != 0) {
        *reason = "No such file or directory";
        return NULL;
    }
    *length = strlen(context);
    return context;
}

bool
compile_text(struct wp_compilation *compilation, const char *text)
{
    /* The reader only reads the text. */
    struct wp_reader reader = {.read = read_text, .context = (void *)(uintptr_t)text};
    struct wp_compile_options options = {.reader = &reader, .today = 20000};
    bool right = wp_compile(compilation, "test.woapol", &options);

    wp_diagnostics_sort(&compilation->diagnostics);
    return right;
}

char *
findings_of(const char *text, int low, int high)
{
    static const char *const severities[] = {"note", "warning", "error"};
    struct wp_compilation compilation;
    char *result = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&result, &size);
    const char *comma = "";

    (void)compile_text(&compilation, text);
    for (const struct wp_diagnostic *d = compilation.diagnostics.first; d; d = d->next) {
        int code = wp_diagnostic_infos[d->kind].code;
        struct wp_position place;
        if (code < low || code > high)
            continue;
        place = wp_locate(&compilation.sources, d->span.file, d->span.start);
        (void)fprintf(out, "%s%d %s %u:%u", comma, code, severities[d->severity], place.line,
                      place.column);
        comma = "; ";
    }
    (void)fclose(out);
    wp_compilation_end(&compilation);
    return result;
}
