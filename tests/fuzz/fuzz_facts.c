/* Any bytes as facts of tenants: what can be read of them becomes what the source might
 * have said, so the compilation goes on as with any source. */
#include "compiler/compile.h"
#include "compiler/facts_import.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char policy[] = "tenant Devices { kind = uem  edition = cloud }\n"
                             "tenant Portal { kind = access  adapters = {uem_token} }\n"
                             "tenant Corp { kind = okta }\n"
                             "group Staff\n"
                             "policy Workforce is default {\n"
                             "  rule enroll when device in enrollment authenticate uem_token\n"
                             "  rule staff when group in Staff authenticate okta_fastpass\n"
                             "  otherwise deny\n"
                             "}\n";

static const char *
read_policy(void *context, struct wp_arena *arena, const char *path, size_t *length,
            const char **reason)
{
    (void)context;
    (void)arena;
    (void)path;
    (void)reason;
    *length = sizeof policy - 1;
    return policy;
}

static void
ignore(void *context, const char *text, size_t length)
{
    (void)context;
    (void)text;
    (void)length;
}

/* Places must lie in the file. */
static void
check_places(const struct wp_compilation *compilation)
{
    for (const struct wp_diagnostic *f = compilation->diagnostics.first; f != NULL; f = f->next) {
        if (f->span.file == WP_NO_FILE)
            continue;
        if (f->span.start > f->span.end ||
            f->span.end > compilation->sources.files[f->span.file].length)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    const struct wp_reader reader = {.read = read_policy};
    const struct wp_facts_file facts = {.name = "facts.json", .text = text, .length = size};
    const struct wp_compile_options options = {
        .reader = &reader, .today = 20000, .facts = &facts, .fact_count = 1};
    struct wp_compilation compilation;

    if (text == NULL)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    (void)wp_facts_are_in(text, size);
    if (!wp_compile(&compilation, "policy.woapol", &options) && compilation.diagnostics.errors == 0)
        abort();
    check_places(&compilation);
    wp_diagnostics_sort(&compilation.diagnostics);
    wp_render_text(&compilation.diagnostics, false, 100, ignore, NULL);
    wp_compilation_end(&compilation);
    free(text);
    return 0;
}
