/*
 * Laws that need no expected file, on every source that there is:
 *
 *   format   formatting twice is formatting once, and keeps every comment
 *   image    the formatted source compiles to the same image
 *   cut      an image cut short anywhere is refused, even with its header mended
 *
 *     laws TAP FILE...
 *
 * Sources that do not compile (many golden ones) only have the first, and those
 * that do not parse have none.
 */
#include "compiler/bundle.h"
#include "compiler/compile.h"
#include "compiler/image.h"
#include "compiler/load.h"
#include "lang/formatter.h"
#include "lang/parse.h"
#include "runtime/format.h"
#include "runtime/hash.h"
#include "woapol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cuts of a large image: enough to meet every section, in a second. */
#define MOST_CUTS 3000

struct run {
    FILE *tap;
    bool failed;
};

static void
out_of_memory(void *context)
{
    (void)context;
    abort();
}

static void
tell(struct run *run, bool good, const char *law, const char *path, const char *why)
{
    fprintf(run->tap, "%s - %s %s%s%s\n", good ? "ok" : "not ok", law, path, good ? "" : ": ",
            good ? "" : why);
    if (!good)
        printf("%s %s: %s\n", law, path, why);
    run->failed |= !good;
}

/* ---- formatting ------------------------------------------------------------------ */

struct formatted {
    const char *text;
    size_t length;
    size_t comments;
};

/* The canonical text of a text, or false when it does not parse. */
static bool
format(struct wp_arena *arena, const char *text, size_t length, struct formatted *result)
{
    struct wp_sources sources;
    struct wp_diagnostics findings;
    wp_sources_init(&sources, arena);
    wp_diagnostics_init(&findings, arena, &sources);
    uint32_t number = wp_sources_add(&sources, "text", text, (uint32_t)length);
    const struct wp_file *file = wp_parse(&findings, wp_names_new(arena), number);
    if (findings.errors > 0 || file->has_errors)
        return false;
    result->text = wp_format_file(arena, &sources, file, &result->length);
    result->comments = 0;
    for (const struct wp_comment *comment = file->comments; comment; comment = comment->next)
        result->comments++;
    return true;
}

static const char *
read_source(struct wp_arena *arena, const char *path, size_t *length)
{
    const char *reason;
    return wp_file_reader.read(wp_file_reader.context, arena, path, length, &reason);
}

/* False when the file does not parse, so that there is nothing more to ask. */
static bool
law_of_format(struct run *run, struct wp_arena *arena, const char *path)
{
    size_t length;
    struct formatted once, twice;
    const char *text = read_source(arena, path, &length);
    if (text == NULL) {
        tell(run, false, "format", path, "cannot be read");
        return false;
    }
    if (!format(arena, text, length, &once))
        return false;
    if (!format(arena, once.text, once.length, &twice))
        tell(run, false, "format", path, "what was formatted does not parse");
    else if (once.length != twice.length || memcmp(once.text, twice.text, once.length) != 0)
        tell(run, false, "format", path, "formatting twice is not formatting once");
    else if (once.comments != twice.comments)
        tell(run, false, "format", path, "a comment was lost");
    else
        tell(run, true, "format", path, "");
    return true;
}

/* ---- images ---------------------------------------------------------------------- */

/* Files and modules as they are once formatted. */
static const char *
read_formatted(void *context, struct wp_arena *arena, const char *path, size_t *length,
               const char **reason)
{
    struct formatted result;
    const struct wp_stdlib_module *module = wp_stdlib_find(path);
    (void)context;
    if (module != NULL)
        *length = module->length;
    const char *text =
        module != NULL ? module->text
                       : wp_file_reader.read(wp_file_reader.context, arena, path, length, reason);
    if (text == NULL || !format(arena, text, *length, &result))
        return text;
    *length = result.length;
    return result.text;
}
static const struct wp_reader formatted_reader = {.read = read_formatted, .has_modules = true};

/* Compiles and builds; false when the source is wrong. The caller ends it. */
static bool
build(struct wp_compilation *compilation, const char *path, const struct wp_reader *reader,
      struct wp_bytes *image)
{
    /* Some fixed day, so that no law depends on when it is asked. */
    struct wp_compile_options options = {.reader = reader, .today = 20000};
    struct wp_image_options image_options = {.optimise = true};
    return wp_compile(compilation, path, &options) &&
           wp_build_image(compilation->model, &image_options, image, &compilation->diagnostics);
}

/* A copy that ends exactly where the bytes end, for the sanitizer to see. */
static bool
opens(const uint8_t *bytes, size_t size)
{
    struct woapol_image image;
    struct woapol_fault fault;
    uint8_t *copy = aligned_alloc(64, (size + 64) / 64 * 64);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, size);
    bool open = woapol_open(&image, copy, size, NULL, &fault) == WOAPOL_OK;
    free(copy);
    return open;
}

/* As somebody would who cuts an image on purpose: with a header that says so. */
static bool
opens_mended(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = aligned_alloc(64, (size + 64) / 64 * 64);
    struct wp_header header;
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, size);
    memcpy(&header, copy, sizeof header);
    header.length = size;
    if (header.signatures > size)
        header.signatures = size;
    memcpy(copy, &header, sizeof header);
    header.checksum = wp_checksum(copy + WP_CHECKED_FROM, size - WP_CHECKED_FROM);
    memcpy(copy, &header, sizeof header);
    bool open = opens(copy, size);
    free(copy);
    return open;
}

static void
law_of_cuts(struct run *run, const char *path, const struct wp_bytes *image)
{
    char why[64] = "";
    size_t stride = image->size / MOST_CUTS + 1;
    bool good = opens(image->data, image->size);
    if (!good)
        snprintf(why, sizeof why, "the whole image does not open");
    for (size_t cut = 0; good && cut < image->size; cut += stride) {
        good = !opens(image->data, cut) &&
               (cut < sizeof(struct wp_header) || !opens_mended(image->data, cut));
        if (!good)
            snprintf(why, sizeof why, "it opens when cut to %zu bytes", cut);
    }
    tell(run, good, "cut", path, why);
}

static void
laws_of_image(struct run *run, const char *path)
{
    struct wp_compilation plain, tidy;
    struct wp_bytes images[2];
    if (build(&plain, path, &wp_file_reader, &images[0])) {
        if (!build(&tidy, path, &formatted_reader, &images[1]))
            tell(run, false, "image", path, "the formatted source does not compile");
        else
            tell(run,
                 images[0].size == images[1].size &&
                     memcmp(images[0].data, images[1].data, images[0].size) == 0,
                 "image", path, "the formatted source gives another image");
        wp_compilation_end(&tidy);
        law_of_cuts(run, path, &images[0]);
    }
    wp_compilation_end(&plain);
}

int
main(int argc, char **argv)
{
    struct run run = {.tap = argc > 2 ? fopen(argv[1], "w") : NULL};
    if (run.tap == NULL) {
        fputs("usage: laws TAP FILE...\n", stderr);
        return 64;
    }
    for (int i = 2; i < argc; i++) {
        struct wp_arena *arena = wp_arena_new(out_of_memory, NULL);
        /* A module by itself makes no image; here it is part of all the others. */
        if (law_of_format(&run, arena, argv[i]) && strncmp(argv[i], "stdlib/", 7) != 0)
            laws_of_image(&run, argv[i]);
        wp_arena_free(arena);
    }
    return fclose(run.tap) != 0 || run.failed;
}
