/*
 * Opening an image: the envelope, the section table, the sizes.
 *
 * First that the bytes are whole and undamaged, then who signed them, then that
 * every section has exactly the size that the shape implies, and last, in
 * verify*.c, that every number in them is in range.
 */
#include "evaluator.h"
#include "hash.h"
#include "lookup.h"

#include <string.h>

_Static_assert(sizeof(struct wp_view) <= sizeof(struct woapol_image), "a view fits an image");
_Static_assert(sizeof(struct wp_header) == 64, "the header is 64 bytes");
_Static_assert(sizeof(struct wp_section) == 24, "a section is 24 bytes");
_Static_assert(sizeof(struct woapol_principal) == 64, "rows start at a line");

struct opening {
    const uint8_t *bytes;
    size_t size;
    const struct wp_header *header;
    const struct wp_section *sections;
    struct woapol_fault *fault;
    struct wp_view view;
};

static enum woapol_status
refuse(struct opening *o, enum woapol_status status, uint64_t offset, const char *reason)
{
    o->fault->offset = offset;
    o->fault->reason = reason;
    return status;
}

#ifdef WP_SMALL /* texts would take more room than the code */
#define refuse(o, status, offset, reason) refuse(o, status, offset, "")
#endif

static bool
is_little_endian(void)
{
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return first == 1;
}

/* ---- the envelope ------------------------------------------------------------ */

static enum woapol_status
check_envelope(struct opening *o)
{
    const struct wp_header *header = o->header;
    if (o->size < WP_MAGIC_SIZE || memcmp(o->bytes, WP_MAGIC, WP_MAGIC_SIZE) != 0)
        return refuse(o, WOAPOL_E_MAGIC, 0, "it does not start as an image does");
    if (o->size < sizeof *header)
        return refuse(o, WOAPOL_E_TRUNCATED, o->size, "the header is cut off");
    if (header->major != WP_FORMAT_MAJOR || !is_little_endian())
        return refuse(o, WOAPOL_E_VERSION, offsetof(struct wp_header, major),
                      "the format is of another major version or byte order");
    if (header->length != o->size || o->size < WP_CHECKED_FROM + WP_CHECKSUM_MIN)
        return refuse(o, WOAPOL_E_TRUNCATED, offsetof(struct wp_header, length),
                      "its length is not the one that it says");
    if (header->checksum != wp_checksum(o->bytes + WP_CHECKED_FROM, o->size - WP_CHECKED_FROM))
        return refuse(o, WOAPOL_E_CHECKSUM, offsetof(struct wp_header, checksum),
                      "its checksum is not the one of its bytes");
    if (header->signatures > header->length || header->signatures % WP_ALIGNMENT != 0)
        return refuse(o, WOAPOL_E_FORMAT, offsetof(struct wp_header, signatures),
                      "the signatures do not begin inside the image");
    if (header->reserved[0] != 0 || header->reserved[1] != 0)
        return refuse(o, WOAPOL_E_FORMAT, offsetof(struct wp_header, reserved),
                      "reserved bytes are not zero");
    return WOAPOL_OK;
}

static enum woapol_status
check_signatures(struct opening *o, const struct woapol_options *options)
{
    if (options == NULL)
        return WOAPOL_OK;
    if (options->size < sizeof *options)
        return refuse(o, WOAPOL_E_ARGUMENT, 0, "the options are of another version");
    if (options->check == NULL)
        return WOAPOL_OK;
    uint64_t from = o->header->signatures;
    if (from < WP_SIGNED_FROM ||
        !options->check(options->context, o->bytes + WP_SIGNED_FROM, from - WP_SIGNED_FROM,
                        o->bytes + from, o->size - from))
        return refuse(o, WOAPOL_E_SIGNATURE, from, "the signatures are not acceptable");
    return WOAPOL_OK;
}

/* ---- the section table ---------------------------------------------------------- */

static bool
is_zero(const uint8_t *from, const uint8_t *to)
{
    uint8_t any = 0;
    while (from < to)
        any |= *from++;
    return any == 0;
}

static bool
is_known(uint32_t kind)
{
    return (kind >= WP_SECTION_SHAPE && kind < WP_SECTION_KNOWN) || kind == WP_SECTION_PROVENANCE ||
           kind == WP_SECTION_SOURCE;
}

static uint64_t
align(uint64_t offset)
{
    return (offset + WP_ALIGNMENT - 1) & ~(uint64_t)(WP_ALIGNMENT - 1);
}

/* One section: in its order, where the one before it leaves off. */
static enum woapol_status
check_section(struct opening *o, uint32_t i, uint64_t *end)
{
    const struct wp_section *section = &o->sections[i];
    uint64_t place = (uint64_t)((const uint8_t *)section - o->bytes);
    if (i > 0 && section->kind <= section[-1].kind)
        return refuse(o, WOAPOL_E_FORMAT, place, "sections are out of order");
    if ((section->flags & ~WP_SECTION_REQUIRED) != 0)
        return refuse(o, WOAPOL_E_FORMAT, place, "a section has unknown flags");
    if (!is_known(section->kind) && (section->flags & WP_SECTION_REQUIRED))
        return refuse(o, WOAPOL_E_VERSION, place, "a required section is not known here");
    uint64_t start = align(*end);
    if (section->offset != start || start > o->header->signatures ||
        section->size > o->header->signatures - start)
        return refuse(o, WOAPOL_E_FORMAT, place, "a section is not where it must be");
    if (!is_zero(o->bytes + *end, o->bytes + start))
        return refuse(o, WOAPOL_E_FORMAT, *end, "bytes between sections are not zero");
    *end = start + section->size;
    return WOAPOL_OK;
}

static enum woapol_status
check_sections(struct opening *o)
{
    const struct wp_header *header = o->header;
    uint32_t count = header->section_count;
    uint64_t end = sizeof *header + (uint64_t)count * sizeof *o->sections;
    if (count > WP_MAX_SECTIONS || end > header->signatures)
        return refuse(o, WOAPOL_E_FORMAT, offsetof(struct wp_header, section_count),
                      "the section table does not fit");
    for (uint32_t i = 0; i < count; i++) {
        enum woapol_status status = check_section(o, i, &end);
        if (status != WOAPOL_OK)
            return status;
    }
    if (align(end) != header->signatures || !is_zero(o->bytes + end, o->bytes + header->signatures))
        return refuse(o, WOAPOL_E_FORMAT, end, "bytes belong to no section");
    return WOAPOL_OK;
}

/* ---- the sizes -------------------------------------------------------------------- */

/* Whether there is one, and no more than there may be. */
static bool
is_count(uint32_t count, uint32_t most)
{
    return count - 1 < most;
}

static bool
are_value_bits(uint32_t bits)
{
    return bits - WP_VALUE_BITS_MIN <= WP_VALUE_BITS_MAX - WP_VALUE_BITS_MIN;
}

static bool
is_v4_shape(const struct wp_shape *s)
{
    if (!is_count(s->v4_count, 1u << 30) || s->v4_nodes > 1u << 30 ||
        !are_value_bits(s->v4_value_bits))
        return false;
    if (s->v4_layout == WP_V4_LIST)
        return is_count(s->v4_bits, WP_V4_INDEX_BITS_MAX) && s->v4_halvings <= WP_V4_HALVINGS_MAX &&
               s->v4_nodes == 0 && s->v4_lows == 0;
    return s->v4_layout == WP_V4_TABLE && s->v4_bits == 0 && s->v4_halvings == 0;
}

#define PART_SIZES (1u << 1 | 1u << 2 | 1u << 4)

static bool
are_parts(const struct wp_shape *s)
{
    const bool uneven = wp_is_uneven(s);
    return s->parts > uneven && s->parts <= (uneven ? WP_UNEVEN_MAX : WP_PARTS_MAX) &&
           uneven <= wp_is_narrow(s) && s->part_size <= 4 && (PART_SIZES >> s->part_size & 1) &&
           (s->parts > 1 || s->classes == s->rows[WP_FAMILY_ADDRESS]);
}

/* Heads are of two blocks that are in one column. */
static bool
is_head(const struct wp_shape *s)
{
    return s->head < s->blocks - 1 && s->head % WP_COLUMN_BLOCKS != WP_COLUMN_BLOCKS - 1;
}

/* What the other counts are made of; verify.c proves that they are in range. */
static bool
is_shape(const struct wp_shape *s)
{
    if (!is_count(s->blocks, 1u << 22) ||
        s->columns != (s->blocks + WP_COLUMN_BLOCKS - 1) / WP_COLUMN_BLOCKS)
        return false;
    if (s->rows[WP_FAMILY_ADDRESS] < 2 || s->rows[WP_FAMILY_ADDRESS] > 1u << 30 ||
        !is_count(s->rows[WP_FAMILY_DEVICE], WP_DEVICES_MAX) ||
        s->rows[WP_FAMILY_POSTURE] != WP_POSTURES || s->rows[WP_FAMILY_APP] < 2 ||
        s->rows[WP_FAMILY_APP] > 1u << 30 || !is_count(s->classes, WP_CLASSES_MAX) || !are_parts(s))
        return false;
    if (!is_v4_shape(s) || !is_count(s->v6_count, 1u << 30) || s->v6_levels > WP_V6_LEVELS_MAX ||
        !are_value_bits(s->v6_value_bits))
        return false;
    if (wp_is_narrow(s) ? s->head != 0 || s->leads != 0 : !is_head(s) || s->leads > s->blocks)
        return false;
    return is_count(s->apps, WP_APPS_MAX) && (s->line_numbers == 0) == wp_is_narrow(s) &&
           s->outcomes > 0;
}

/* 16-bit units, filled up to whole words of 32. */
static uint64_t
words_of(uint64_t units)
{
    return (units + 1) / 2;
}

static uint64_t
v4_key_count(const struct wp_shape *s)
{
    if (s->v4_layout == WP_V4_TABLE)
        return WP_V4_OCTETS * sizeof(struct wp_v4_octet) / 4 + (uint64_t)s->v4_nodes +
               words_of((uint64_t)s->v4_lows + WP_V4_LOWS_MARGIN);
    return wp_v4_index_size(s) + (uint64_t)s->v4_count + WP_V4_KEYS_MARGIN;
}

static uint64_t
v6_key_count(const struct wp_shape *s)
{
    uint64_t keys = s->v6_levels == 0 ? s->v6_count : 0;
    for (uint32_t below = 0; below < s->v6_levels; below++)
        keys += wp_v6_padded(s->v6_count, below);
    return keys;
}

static uint64_t
all_rows(const struct wp_shape *s)
{
    return (uint64_t)s->rows[0] + s->rows[1] + s->rows[2] + s->rows[3];
}

/* ---- the tables -------------------------------------------------------------------- */

/* What a section is a table of, and which word of the shape counts its elements. */
struct table {
    uint16_t field; /* where a view points to it */
    uint8_t unit;
    uint8_t word; /* or NO_WORD: count_tables, or the section's own size */
};
#define NO_WORD 255
#define TABLE(kind, field, word)                                                                   \
    [WP_SECTION_##                                                                                 \
        kind] = {offsetof(struct wp_view, field), sizeof *((struct wp_view *)0)->field, word}
#define COUNTED(kind, field, member) TABLE(kind, field, offsetof(struct wp_shape, member) / 4)

static const struct table tables[WP_SECTION_KNOWN] = {
    TABLE(V4_KEYS, v4_keys, NO_WORD),
    TABLE(V4_VALUES, v4_values, NO_WORD),
    TABLE(V6_KEYS, v6_keys, NO_WORD),
    TABLE(V6_VALUES, v6_values, NO_WORD),
    COUNTED(V6_LOWER, v6_lower, v6_lower),
    COUNTED(APPS, apps, apps),
    COUNTED(POLICIES, policies, policies),
    TABLE(CLASSES, parts, NO_WORD),
    TABLE(ROWS, rows, NO_WORD),
    COUNTED(LINE_NUMBERS, line_numbers, line_numbers),
    TABLE(BASES, bases, NO_WORD),
    COUNTED(LINES, lines, lines),
    TABLE(ENTRIES, entries, NO_WORD),
    COUNTED(RULES, rules, rules),
    TABLE(PLAIN, plain, NO_WORD),
    TABLE(ATOMS, atoms, NO_WORD),
    TABLE(POSTINGS_INDEX, postings_index, NO_WORD),
    COUNTED(POSTINGS, postings, postings),
    COUNTED(RESIDUALS, residuals, residuals),
    TABLE(CLAUSES, clauses, NO_WORD),
    COUNTED(CLAUSE_ATOMS, clause_atoms, clause_atoms),
    COUNTED(CODE, code, code_words),
    COUNTED(OUTCOMES, outcomes, outcomes),
    COUNTED(CHAINS, chains, chains),
    TABLE(NAME_KINDS, name_kinds, NO_WORD),
    TABLE(NAME_STRINGS, strings, NO_WORD),
    TABLE(NAME_ALIASES, aliases, NO_WORD),
    TABLE(NAME_BUCKETS, buckets, NO_WORD),
    TABLE(NAME_RECORDS, name_records, NO_WORD),
    TABLE(NAME_TEXT, text, NO_WORD),
    TABLE(HEADS, heads, NO_WORD),
    TABLE(LEADS, leads, NO_WORD),
    TABLE(MARKS, marks, NO_WORD),
};

/* How many elements each table must have; the names' have what they have. */
static void
count_tables(const struct opening *o, uint64_t counts[WP_SECTION_KNOWN])
{
    const struct wp_shape *s = &o->view.shape;
    uint32_t words[sizeof *s / 4];
    memcpy(words, s, sizeof words);
    for (uint32_t kind = WP_SECTION_V4_KEYS; kind < WP_SECTION_KNOWN; kind++)
        counts[kind] = tables[kind].word == NO_WORD ? o->sections[kind - 1].size / tables[kind].unit
                                                    : words[tables[kind].word];
    counts[WP_SECTION_V4_KEYS] = v4_key_count(s);
    counts[WP_SECTION_V4_VALUES] = wp_packed_bytes(s->v4_count, s->v4_value_bits);
    counts[WP_SECTION_V6_KEYS] = v6_key_count(s);
    counts[WP_SECTION_V6_VALUES] = wp_packed_bytes(s->v6_count, s->v6_value_bits);
    counts[WP_SECTION_CLASSES] = wp_class_bytes(s);
    counts[WP_SECTION_ROWS] = all_rows(s) * s->columns;
    counts[WP_SECTION_BASES] = wp_is_narrow(s) ? 0 : (uint64_t)s->blocks * WP_FAMILY_COUNT + 1;
    counts[WP_SECTION_ENTRIES] = (uint64_t)s->blocks * WP_BLOCK_BITS;
    counts[WP_SECTION_PLAIN] = (uint64_t)s->blocks * WP_PLAIN_COUNT;
    counts[WP_SECTION_ATOMS] = (uint64_t)s->groups + s->users;
    counts[WP_SECTION_POSTINGS_INDEX] = (uint64_t)s->atoms * 2 + 1;
    counts[WP_SECTION_CLAUSES] = (uint64_t)s->clauses + 1;
    counts[WP_SECTION_NAME_KINDS] = WP_NAME_KINDS;
    counts[WP_SECTION_HEADS] = wp_is_narrow(s) ? 0 : all_rows(s);
    counts[WP_SECTION_LEADS] = (uint64_t)s->leads * wp_lead_size(s);
    if (s->leads > 0 || counts[WP_SECTION_MARKS] > 0)
        counts[WP_SECTION_MARKS] = wp_mark_count(s);
}

static enum woapol_status
place_tables(struct opening *o)
{
    uint64_t counts[WP_SECTION_KNOWN];
    struct wp_view *v = &o->view;
    count_tables(o, counts);
    for (uint32_t kind = WP_SECTION_V4_KEYS; kind < WP_SECTION_KNOWN; kind++) {
        const struct wp_section *section = &o->sections[kind - 1];
        const uint8_t *place = o->bytes + section->offset;
        if (section->size != counts[kind] * tables[kind].unit ||
            (kind > WP_SECTION_NAME_KINDS && kind <= WP_SECTION_NAME_TEXT &&
             counts[kind] >= UINT32_MAX))
            return refuse(o, WOAPOL_E_FORMAT, section->offset, "a section has the wrong size");
        memcpy((uint8_t *)v + tables[kind].field, &place, sizeof place);
    }
    v->string_count = (uint32_t)counts[WP_SECTION_NAME_STRINGS];
    v->alias_count = (uint32_t)counts[WP_SECTION_NAME_ALIASES];
    v->bucket_words = (uint32_t)counts[WP_SECTION_NAME_BUCKETS];
    v->record_count = (uint32_t)counts[WP_SECTION_NAME_RECORDS];
    v->text_size = (uint32_t)counts[WP_SECTION_NAME_TEXT];
    if (counts[WP_SECTION_MARKS] == 0)
        v->marks = NULL;
    return WOAPOL_OK;
}

/* Those that evaluation reads are all there, so each stands at its kind's place. */
static enum woapol_status
read_shape(struct opening *o)
{
    const struct wp_section *section = o->sections;
    for (uint32_t kind = WP_SECTION_SHAPE; kind < WP_SECTION_KNOWN; kind++)
        if (kind > o->header->section_count || section[kind - 1].kind != kind)
            return refuse(o, WOAPOL_E_FORMAT, sizeof *o->header, "a section is missing");
    if (section->size != sizeof o->view.shape)
        return refuse(o, WOAPOL_E_FORMAT, sizeof *o->header, "there is no shape of its size");
    memcpy(&o->view.shape, o->bytes + section->offset, sizeof o->view.shape);
    if (!is_shape(&o->view.shape))
        return refuse(o, WOAPOL_E_FORMAT, section->offset, "the shape is impossible");
    return WOAPOL_OK;
}

static void
finish_view(struct opening *o)
{
    struct wp_view *v = &o->view;
    v->bytes = o->bytes;
    if (wp_is_uneven(&v->shape))
        v->parts += WP_UNEVEN_INDEX_SIZE;
    for (int f = 1; f < WP_FAMILY_COUNT; f++)
        v->row_first[f] = v->row_first[f - 1] + v->shape.rows[f - 1];
    if (v->shape.v4_layout == WP_V4_TABLE) {
        v->v4_nodes = (const uint32_t *)(const void *)(v->v4_octets + WP_V4_OCTETS);
        v->v4_lows = (const uint16_t *)(const void *)(v->v4_nodes + v->shape.v4_nodes);
    }
    v->v6_leaves = v->v6_keys;
    for (uint32_t below = v->shape.v6_levels; below-- > 1;)
        v->v6_leaves += wp_v6_padded(v->shape.v6_count, below);
}

static enum woapol_status
open_image(struct opening *o, const struct woapol_options *options)
{
    enum woapol_status status = check_envelope(o);
    if (status == WOAPOL_OK)
        status = check_signatures(o, options);
    if (status == WOAPOL_OK)
        status = check_sections(o);
    if (status == WOAPOL_OK)
        status = read_shape(o);
    if (status == WOAPOL_OK)
        status = place_tables(o);
    if (status != WOAPOL_OK)
        return status;
    finish_view(o);
    if (!wp_verify(&o->view, o->fault))
        return WOAPOL_E_FORMAT;
#ifndef WP_SMALL
    wp_evaluate_with(&o->view, wp_evaluator_for_processor(0));
#endif
    return WOAPOL_OK;
}

enum woapol_status
woapol_open(struct woapol_image *image, const void *bytes, size_t size,
            const struct woapol_options *options, struct woapol_fault *fault)
{
    struct woapol_fault nowhere;
    struct opening o = {.bytes = bytes, .size = size, .fault = fault != NULL ? fault : &nowhere};
    o.fault->offset = 0;
    o.fault->reason = "";
    if (image == NULL || bytes == NULL)
        return refuse(&o, WOAPOL_E_ARGUMENT, 0, "there is nothing to open");
    if ((uintptr_t)bytes % 8 != 0)
        return refuse(&o, WOAPOL_E_ALIGNMENT, 0, "the bytes do not start at a multiple of 8");
    o.header = bytes;
    o.sections = (const struct wp_section *)(const void *)(o.bytes + sizeof *o.header);
    enum woapol_status status = open_image(&o, options);
    if (status == WOAPOL_OK)
        memcpy(image->opaque, &o.view, sizeof o.view);
    return status;
}

uint64_t
woapol_generation(const struct woapol_image *image)
{
    return ((const struct wp_header *)(const void *)wp_view(image)->bytes)->generation;
}
