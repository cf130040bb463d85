/*
 * From a model to an image: the back half of `woapol build`.
 *
 *   entries    rules           -> entries, rules, policies, outcomes   codegen.c
 *   addresses  networks        -> classes, lookup tables               partition.c,
 * codegen_lookup.c rows       entries         -> lines and chunks codegen_rows.c binding    groups,
 * users   -> atoms, postings, clauses             codegen_bind.c names      everything      ->
 * strings and their index              codegen_names.c image      tables          -> bytes
 * image_write.c
 *
 * The same model gives the same bytes on any machine.
 */
#ifndef WP_COMPILER_IMAGE_H
#define WP_COMPILER_IMAGE_H

#include "compiler/model.h"

#include <stddef.h>

struct wp_bytes {
    uint8_t *data;
    size_t size;
};

/* Nothing in here is taken from the surroundings: no clock, no host. */
struct wp_image_options {
    bool optimise; /* false: nothing is shared or left out, lookups are plain: for tests */
    uint64_t generation;
    const void *source_bundle; /* bundle.h; NULL: none is put in */
    size_t source_bundle_size;
    const char *provenance; /* what built it, or NULL */
};

/*
 * Builds the image of a model into the model's arena, at a multiple of 64. The
 * only things that can go wrong are limits of the format (WOA1034); then false,
 * with the finding in the diagnostics.
 */
bool wp_build_image(const struct wp_model *model, const struct wp_image_options *options,
                    struct wp_bytes *image, struct wp_diagnostics *diagnostics);

#endif
