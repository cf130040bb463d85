/* Sections and facts of an image, straight from its header and section table. */
#include "compiler/image_read.h"

#include <string.h>

static const struct wp_header *
header_of(const void *image)
{
    return image;
}

static const struct wp_section *
table_of(const void *image)
{
    return (const struct wp_section *)(const void *)((const uint8_t *)image +
                                                     sizeof(struct wp_header));
}

const void *
wp_image_section(const void *image, enum wp_section_kind kind, size_t *size)
{
    const struct wp_section *table = table_of(image);
    for (uint32_t i = 0; i < header_of(image)->section_count; i++)
        if (table[i].kind == (uint32_t)kind) {
            *size = table[i].size;
            return (const uint8_t *)image + table[i].offset;
        }
    *size = 0;
    return NULL;
}

const void *
wp_image_source(const void *image, size_t *size)
{
    return wp_image_section(image, WP_SECTION_SOURCE, size);
}

const void *
wp_image_signed_part(const void *image, size_t *size)
{
    *size = header_of(image)->signatures - WP_SIGNED_FROM;
    return (const uint8_t *)image + WP_SIGNED_FROM;
}

const void *
wp_image_signatures(const void *image, size_t *size)
{
    const struct wp_header *header = header_of(image);
    *size = header->length - header->signatures;
    return (const uint8_t *)image + header->signatures;
}

const char *
wp_section_name(uint32_t kind)
{
    static const char *const names[] = {
        [WP_SECTION_SHAPE] = "shape",
        [WP_SECTION_V4_KEYS] = "v4 keys",
        [WP_SECTION_V4_VALUES] = "v4 values",
        [WP_SECTION_V6_KEYS] = "v6 keys",
        [WP_SECTION_V6_VALUES] = "v6 values",
        [WP_SECTION_V6_LOWER] = "v6 lower halves",
        [WP_SECTION_APPS] = "apps",
        [WP_SECTION_POLICIES] = "policies",
        [WP_SECTION_BASES] = "bases",
        [WP_SECTION_CLASSES] = "classes",
        [WP_SECTION_ROWS] = "rows",
        [WP_SECTION_LINE_NUMBERS] = "line numbers",
        [WP_SECTION_LINES] = "lines",
        [WP_SECTION_ENTRIES] = "entries",
        [WP_SECTION_RULES] = "rules",
        [WP_SECTION_PLAIN] = "plain rows",
        [WP_SECTION_ATOMS] = "atoms",
        [WP_SECTION_POSTINGS_INDEX] = "postings index",
        [WP_SECTION_POSTINGS] = "postings",
        [WP_SECTION_RESIDUALS] = "residuals",
        [WP_SECTION_CLAUSES] = "clauses",
        [WP_SECTION_CLAUSE_ATOMS] = "clause atoms",
        [WP_SECTION_CODE] = "code",
        [WP_SECTION_OUTCOMES] = "outcomes",
        [WP_SECTION_CHAINS] = "chains",
        [WP_SECTION_NAME_KINDS] = "name kinds",
        [WP_SECTION_NAME_STRINGS] = "name strings",
        [WP_SECTION_NAME_ALIASES] = "name aliases",
        [WP_SECTION_NAME_BUCKETS] = "name buckets",
        [WP_SECTION_NAME_RECORDS] = "name records",
        [WP_SECTION_NAME_TEXT] = "name text",
        [WP_SECTION_HEADS] = "heads",
        [WP_SECTION_PROVENANCE] = "provenance",
        [WP_SECTION_SOURCE] = "source",
    };
    const bool known = kind < sizeof names / sizeof *names && names[kind] != NULL;
    return known ? names[kind] : "unknown";
}

/* ---- facts ---------------------------------------------------------------------- */

static void
count_entries(struct wp_image_facts *facts, const void *image)
{
    size_t size;
    const struct wp_policy_record *policies = wp_image_section(image, WP_SECTION_POLICIES, &size);
    for (size_t i = 0; i < size / sizeof *policies; i++) {
        facts->deciding_entries += policies[i].last - policies[i].first;
        facts->reporting_entries += policies[i].report_last - policies[i].report_first;
    }
}

static void
list_sections(struct wp_image_facts *facts, struct wp_arena *arena, const void *image)
{
    const struct wp_section *table = table_of(image);
    const uint32_t count = header_of(image)->section_count;
    struct wp_image_section *sections = wp_alloc_array(arena, count, sizeof *sections);
    for (uint32_t i = 0; i < count; i++)
        sections[i] = (struct wp_image_section){
            .kind = table[i].kind,
            .name = wp_section_name(table[i].kind),
            .offset = table[i].offset,
            .size = table[i].size,
            .required = (table[i].flags & WP_SECTION_REQUIRED) != 0,
        };
    facts->sections = sections;
    facts->section_count = count;
}

void
wp_image_facts(struct wp_image_facts *facts, struct wp_arena *arena, const void *image, size_t size)
{
    const struct wp_header *header = header_of(image);
    size_t length;
    *facts = (struct wp_image_facts){
        .major = header->major,
        .minor = header->minor,
        .size = size,
        .generation = header->generation,
        .checksum = header->checksum,
        .shape = wp_image_section(image, WP_SECTION_SHAPE, &length),
    };
    const char *provenance = wp_image_section(image, WP_SECTION_PROVENANCE, &length);
    if (provenance != NULL)
        facts->provenance = wp_copy_text(arena, provenance, length);
    (void)wp_image_signatures(image, &facts->signature_size);
    facts->v4_ranges = facts->shape->v4_count;
    facts->v6_ranges = facts->shape->v6_count;
    count_entries(facts, image);
    list_sections(facts, arena, image);
}
