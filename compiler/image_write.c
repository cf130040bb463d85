/* The image: sections behind each other, then the header and the checksum. */
#include "compiler/codegen.h"
#include "runtime/hash.h"

struct layout {
    struct wp_section table[WP_MAX_SECTIONS];
    const void *contents[WP_MAX_SECTIONS];
    uint32_t count;
};

static void
add_section(struct layout *layout, uint32_t kind, uint32_t flags, const void *content, size_t size)
{
    layout->table[layout->count] = (struct wp_section){.kind = kind, .flags = flags, .size = size};
    layout->contents[layout->count++] = content;
}

static uint64_t
align(uint64_t offset)
{
    return (offset + WP_ALIGNMENT - 1) / WP_ALIGNMENT * WP_ALIGNMENT;
}

/* Gives every section its place; returns where the last one ends. */
static uint64_t
place_sections(struct layout *layout)
{
    uint64_t offset = sizeof(struct wp_header) + layout->count * sizeof *layout->table;
    for (uint32_t i = 0; i < layout->count; i++) {
        offset = align(offset);
        layout->table[i].offset = offset;
        offset += layout->table[i].size;
    }
    return align(offset);
}

static void
collect_sections(struct layout *layout, struct wp_codegen *g)
{
    const struct wp_image_options *options = g->options;
    wp_buffer_add(wp_section_of(g, WP_SECTION_SHAPE), &g->shape, sizeof g->shape);
    for (uint32_t kind = WP_SECTION_SHAPE; kind < WP_SECTION_KNOWN; kind++)
        add_section(layout, kind, WP_SECTION_REQUIRED, g->sections[kind].bytes,
                    g->sections[kind].size);
    if (options->provenance != NULL)
        add_section(layout, WP_SECTION_PROVENANCE, 0, options->provenance,
                    strlen(options->provenance));
    if (options->source_bundle != NULL)
        add_section(layout, WP_SECTION_SOURCE, 0, options->source_bundle,
                    options->source_bundle_size);
}

/* `size` zeroed bytes at a multiple of 64. */
static uint8_t *
take_aligned(struct wp_arena *arena, uint64_t size)
{
    const uintptr_t bytes = (uintptr_t)wp_alloc(arena, size + WP_ALIGNMENT - 1);
    return (uint8_t *)align(bytes);
}

/* Copies a section to its place; a table is given back, so that a large one is not
 * there twice. */
static void
write_section(struct wp_codegen *g, const struct layout *layout, uint32_t number, uint8_t *image)
{
    const struct wp_section *section = &layout->table[number];
    if (section->size > 0)
        memcpy(image + section->offset, layout->contents[number], section->size);
    if (section->kind < WP_SECTION_KNOWN)
        wp_release(g->arena, g->sections[section->kind].bytes, g->sections[section->kind].capacity);
}

void
wp_write_image(struct wp_codegen *g, struct wp_bytes *image)
{
    struct layout layout = {.count = 0};
    collect_sections(&layout, g);
    const uint64_t size = place_sections(&layout);
    struct wp_header header = {
        .length = size,
        .signatures = size,
        .major = WP_FORMAT_MAJOR,
        .minor = WP_FORMAT_MINOR,
        .section_count = layout.count,
        .generation = g->options->generation,
    };
    memcpy(header.magic, WP_MAGIC, WP_MAGIC_SIZE);
    uint8_t *bytes = take_aligned(g->model->arena, size);
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + sizeof header, layout.table, layout.count * sizeof *layout.table);
    for (uint32_t i = 0; i < layout.count; i++)
        write_section(g, &layout, i, bytes);
    header.checksum = wp_checksum(bytes + WP_CHECKED_FROM, size - WP_CHECKED_FROM);
    memcpy(bytes, &header, sizeof header);
    *image = (struct wp_bytes){bytes, size};
}
