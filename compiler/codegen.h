/*
 * What the parts of code generation share: the entries, and the sections as they
 * grow. image.h lists the parts in their order.
 */
#ifndef WP_COMPILER_CODEGEN_H
#define WP_COMPILER_CODEGEN_H

#include "compiler/buffer.h"
#include "compiler/image.h"
#include "compiler/map.h"
#include "compiler/partition.h"
#include "runtime/format.h"

/* One entry: a term of a rule. Between policies there are gaps without a term. */
struct wp_planned {
    const struct wp_term *term; /* NULL: a gap */
    uint32_t rule;              /* in the image */
};

struct wp_codegen {
    const struct wp_model *model;
    const struct wp_image_options *options;
    struct wp_arena *arena;   /* for the sections and what several parts read */
    struct wp_arena *scratch; /* for what a part needs until it is done */
    struct wp_diagnostics *diagnostics;

    struct wp_planned *entries; /* shape.blocks * WP_BLOCK_BITS of them */
    uint32_t entry_count;       /* gaps included */

    /* Outcomes and chains, each once. */
    struct wp_map outcomes, chains, messages;
    struct wp_buffer chain_numbers; /* the model's chain for each of the image */
    struct wp_buffer message_texts; /* const char * */
    uint32_t *chain_of;             /* the image's chain for each of the model, or WP_NONE */

    /* The image's groups and users: places in the model's lists. */
    uint32_t *groups, *users;

    struct wp_shape shape;
    struct wp_buffer sections[WP_SECTION_KNOWN];
};

static inline struct wp_buffer *
wp_section_of(struct wp_codegen *g, enum wp_section_kind kind)
{
    return &g->sections[kind];
}

/* Reports that the image cannot hold so many; returns false. */
bool wp_too_many(struct wp_codegen *g, struct wp_span span, const char *what);

/* codegen_code.c: the number of a decision's outcome, which is added when it is new. */
void wp_code_begin(struct wp_codegen *g);
uint32_t wp_code_outcome(struct wp_codegen *g, const struct wp_decision *decision);
bool wp_code_finish(struct wp_codegen *g);

/* codegen_rows.c: `literals` tells for each of the model's networks its place
 * among those that were partitioned, or WP_NONE. Returns the numbers that lookups
 * give for the classes of the partition, or NULL. */
uint32_t *wp_generate_rows(struct wp_codegen *g, const struct wp_partition *partition,
                           const uint32_t *literals);

/* The line of a row of a wide image in a block, once rows are written; they are counted through
 * all families, of which `family` is the row's. 0 where it is all zeros. */
uint32_t wp_line_of_row(const struct wp_codegen *g, enum wp_family family, uint32_t row,
                        uint32_t block);

/* codegen_marks.c: leads and marks of a wide image whose rows and classes are written, and
 * lines of policies behind the others; nothing where they would say too little. */
void wp_generate_marks(struct wp_codegen *g);

/* codegen_lookup.c: `classes` are those numbers. */
bool wp_generate_lookup(struct wp_codegen *g, const struct wp_partition *partition,
                        const uint32_t *classes);

/* Bits of each packed value when they are below `limit`, which is not above 2^31. */
static inline uint32_t
wp_value_bits(uint64_t limit)
{
    uint32_t bits = WP_VALUE_BITS_MIN;
    while (limit > UINT64_C(1) << bits)
        bits++;
    return bits;
}

/* Writes values of so many bits each as a section. */
void wp_pack_values(struct wp_buffer *section, const uint32_t *values, uint32_t count,
                    uint32_t bits);

/* codegen_table.c: the ranges of IPv4 as a table, if it takes no more than `bytes` and is
 * better than a list; else nothing is written, and the answer is false. */
bool wp_generate_table(struct wp_codegen *g, const struct wp_partition *partition, uint64_t bytes);

/* codegen_apps.c: apps that no entry tells apart are one class; 0 is the absent
 * app's. Members are the sets that treat a class unlike the absent app. */
struct wp_app_classes {
    uint32_t set_count;
    uint32_t *set_of; /* of each entry, or WP_NONE */
    uint32_t class_count;
    const uint32_t *first_member, *members;
};
void wp_classify_apps(struct wp_app_classes *classes, struct wp_codegen *g);

/* codegen_bind.c */
bool wp_generate_binding(struct wp_codegen *g);

/* codegen_names.c */
bool wp_generate_names(struct wp_codegen *g);

/* image_write.c: the sections as an image, in the model's arena. */
void wp_write_image(struct wp_codegen *g, struct wp_bytes *image);

#endif
