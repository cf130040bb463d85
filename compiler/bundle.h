/*
 * The sources of a compilation in one piece: what an image carries so that it can
 * be explained, compared and pushed without the files it was made from.
 *
 * Eight bytes say how long the bundle is; the bundle follows, deflated (zlib):
 *
 *     4  how many files
 *     for each: 4 length of the name, 4 length of the text, the name, the text
 *
 * numbers in little-endian order, the file that was compiled first. Names are
 * relative to its folder, so the same sources give the same bytes wherever they
 * lie.
 */
#ifndef WP_COMPILER_BUNDLE_H
#define WP_COMPILER_BUNDLE_H

#include "compiler/compile.h"

/* The bundle of all of `sources` in the arena, its size in *size. NULL with a
 * reason when they are more than a bundle holds. */
const void *wp_bundle_write(struct wp_arena *arena, const struct wp_sources *sources, size_t *size,
                            const char **reason);

struct wp_bundled_file {
    const char *name;
    const char *text; /* `length` bytes and a NUL */
    uint32_t length;
};

struct wp_bundle {
    struct wp_bundled_file *files; /* files[0] is the one that was compiled */
    uint32_t count;
};

/* Unpacks a bundle into the arena. Any bytes may be handed over: false, with a
 * reason, when they are not a bundle. Takes memory in proportion to `size` (a
 * deflated byte holds at most 1032) and to WP_MAX_BUNDLE at most. */
bool wp_bundle_read(struct wp_bundle *bundle, struct wp_arena *arena, const void *bytes,
                    size_t size, const char **reason);
#define WP_MAX_BUNDLE (UINT64_C(1) << 30)
#define WP_MAX_BUNDLED_FILES 4096

/* The door through which a compilation reads the bundle's files: compile
 * bundle->files[0].name with it. */
struct wp_reader wp_bundle_reader(const struct wp_bundle *bundle);

#endif
