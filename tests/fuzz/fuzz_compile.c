/*
 * Any text as a source: compiled as far as it goes, and when it compiles, its
 * images, optimised or not, must open; its findings must come out as text.
 */
#include "compiler/bundle.h"
#include "compiler/image.h"
#include "woapol.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct text {
    const char *bytes;
    size_t size;
};

/* There is one file, which may well use itself. */
static const char *
read_text(void *context, struct wp_arena *arena, const char *path, size_t *length,
          const char **reason)
{
    const struct text *text = context;
    if (strcmp(path, "policy.woapol") != 0) {
        *reason = "there is no such file";
        return NULL;
    }
    *length = text->size;
    return wp_copy_text(arena, text->bytes, text->size);
}

static void
build(struct wp_compilation *compilation, bool optimise)
{
    struct wp_image_options options = {.optimise = optimise};
    struct wp_bytes bytes;
    struct woapol_image image;
    size_t findings = compilation->diagnostics.errors;
    if (!wp_build_image(compilation->model, &options, &bytes, &compilation->diagnostics)) {
        if (compilation->diagnostics.errors == findings)
            abort();
        return;
    }
    if (woapol_open(&image, bytes.data, bytes.size, NULL, NULL) != WOAPOL_OK)
        abort();
}

static void
ignore(void *context, const char *text, size_t length)
{
    (void)context;
    (void)text;
    (void)length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    const struct wp_reader reader = {.read = read_text, .context = &text};
    const struct wp_compile_options options = {.reader = &reader, .today = 20000};
    struct wp_compilation compilation;
    if (wp_compile(&compilation, "policy.woapol", &options)) {
        build(&compilation, true);
        build(&compilation, false);
    } else if (compilation.diagnostics.errors == 0) {
        abort();
    }
    wp_diagnostics_sort(&compilation.diagnostics);
    wp_render_text(&compilation.diagnostics, false, 100, ignore, NULL);
    wp_compilation_end(&compilation);
    return 0;
}
