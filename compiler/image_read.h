/*
 * Reading images as tools do: sections by kind, facts, and the listing of
 * `woapol disasm`. All of it wants bytes that woapol_open has taken.
 */
#ifndef WP_COMPILER_IMAGE_READ_H
#define WP_COMPILER_IMAGE_READ_H

#include "lang/arena.h"
#include "runtime/format.h"

#include <stdbool.h>
#include <stdbool.h>
#include <stddef.h>

/* A section's bytes and size, or NULL when the image has none of that kind. */
const void *wp_image_section(const void *image, enum wp_section_kind kind, size_t *size);

/* The deflated sources (bundle.h), or NULL. */
const void *wp_image_source(const void *image, size_t *size);

/* What signatures sign, and the signatures; both sizes may be told apart from
 * the header alone. */
const void *wp_image_signed_part(const void *image, size_t *size);
const void *wp_image_signatures(const void *image, size_t *size);

/* "lines", never NULL. */
const char *wp_section_name(uint32_t kind);

/* Facts that `woapol inspect` prints. */
struct wp_image_section {
    uint32_t kind;
    const char *name;
    uint64_t offset, size;
    bool required;
};
struct wp_image_facts {
    uint16_t major, minor;
    uint64_t size, generation, checksum;
    size_t signature_size;
    const char *provenance; /* or NULL */
    const struct wp_shape *shape;
    uint32_t deciding_entries, reporting_entries;
    uint32_t v4_ranges, v6_ranges;
    const struct wp_image_section *sections;
    uint32_t section_count;
};
void wp_image_facts(struct wp_image_facts *facts, struct wp_arena *arena, const void *image,
                    size_t size);

/* The listing of an image: policies, rules with their outcomes, chains. The text
 * is handed to `write` piece by piece. */
void wp_disassemble(const void *image, size_t size, struct wp_arena *arena,
                    void (*write)(void *context, const char *text, size_t length), void *context);

#endif
