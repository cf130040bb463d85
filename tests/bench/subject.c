#include "bench/subject.h"

#include <stdlib.h>
#include <string.h>

static const char *
read_text(void *context, struct wp_arena *arena, const char *path, size_t *length,
          const char **reason)
{
    (void)arena;
    (void)path;
    (void)reason;
    *length = strlen(context);
    return context;
}

static void
fail(const char *what)
{
    (void)fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static char *
write_source(const struct bench_shape *shape)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    if (file == NULL)
        fail("out of memory");
    bench_generate(file, shape);
    if (fclose(file) != 0)
        fail("out of memory");
    return text;
}

void
bench_subject_make(struct bench_subject *subject, const struct bench_shape *shape)
{
    char *text = write_source(shape);
    const struct wp_reader reader = {.read = read_text, .context = text};
    const struct wp_compile_options options = {.reader = &reader, .today = 1};
    const struct wp_image_options image_options = {.optimise = true};
    if (!wp_compile(&subject->compilation, "bench.woapol", &options) ||
        !wp_build_image(subject->compilation.model, &image_options, &subject->bytes,
                        &subject->compilation.diagnostics) ||
        woapol_open(&subject->image, subject->bytes.data, subject->bytes.size, NULL, NULL) !=
            WOAPOL_OK)
        fail("a generated policy does not compile");
    free(text);
    subject->memory_size = (woapol_principal_size(&subject->image) + 63) / 64 * 64;
    subject->memory = aligned_alloc(64, subject->memory_size);
    if (subject->memory == NULL)
        fail("out of memory");
}

void
bench_subject_free(struct bench_subject *subject)
{
    wp_compilation_end(&subject->compilation);
    free(subject->memory);
}
