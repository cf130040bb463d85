/* Sources and their images, for tests of the runtime. */
#ifndef TESTS_UNIT_BUILT_IMAGE_H
#define TESTS_UNIT_BUILT_IMAGE_H

#include "compiler/compile.h"
#include "compiler/image.h"
#include "woapol.h"

/* A source as compiled, and its image in memory that ends where the image does. */
struct built {
    struct wp_compilation compilation;
    uint8_t *bytes;
    size_t size;
    struct woapol_image image;
    void *memory; /* for one principal */
    size_t memory_size;
};

/* Compiles the text; prints what is found and fails the test when it is wrong. */
void built_compile(struct wp_compilation *compilation, const char *text);

/* Compiles the text and builds and opens its image; fails the test when any of it
 * goes wrong. */
void built_make(struct built *built, const char *text, bool optimise);
void built_free(struct built *built);

/* Just the bytes; the caller frees them. */
uint8_t *built_bytes(const char *text, size_t *size);

/* Puts the right checksum into a changed image. */
void built_seal(uint8_t *bytes, size_t size);

/* A principal in the groups that are named, separated by blanks. */
struct woapol_principal *built_bind(struct built *built, const char *groups, const char *user,
                                    bool incomplete);

/* Whether two decisions say the same. */
bool built_same(const struct woapol_decision *a, const struct woapol_decision *b);

/* The number of a named thing. */
uint32_t built_find(const struct built *built, enum woapol_kind kind, const char *name);

/* Asks an opened image everything there is to ask, many times: whatever its tables
 * say, this must be safe. */
void built_exercise(const struct woapol_image *image, uint64_t seed, unsigned rounds);

#endif
