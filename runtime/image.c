/*
 * Opening an image: the envelope, the section table, the sizes.
 *
 * First that the bytes are whole and undamaged, then who signed them, then that
 * every section has exactly the size that the shape implies, and last, in
 * verify*.c, that every number in them is in range.
 */
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
                      "the length is not the one of the bytes");
    if (header->checksum != wp_checksum(o->bytes + WP_CHECKED_FROM, o->size - WP_CHECKED_FROM))
        return refuse(o, WOAPOL_E_CHECKSUM, offsetof(struct wp_header, checksum),
                      "the checksum is not the one of the bytes");
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

static const struct wp_section *
find_section(const struct opening *o, enum wp_section_kind kind)
{
    for (uint32_t i = 0; i < o->header->section_count; i++)
        if (o->sections[i].kind == (uint32_t)kind)
            return &o->sections[i];
    return NULL;
}

/* ---- the sizes -------------------------------------------------------------------- */

/* What the other counts are made of; verify.c proves that they are in range. */
static bool
is_shape(const struct wp_shape *s)
{
    if (s->blocks == 0 || s->blocks > 1u << 22 ||
        s->columns != (s->blocks + WP_COLUMN_BLOCKS - 1) / WP_COLUMN_BLOCKS)
        return false;
    if (s->rows[WP_FAMILY_ADDRESS] < 2 || s->rows[WP_FAMILY_ADDRESS] > 1u << 30 ||
        s->rows[WP_FAMILY_DEVICE] == 0 || s->rows[WP_FAMILY_DEVICE] > WP_DEVICES_MAX ||
        s->rows[WP_FAMILY_POSTURE] != WP_POSTURES || s->rows[WP_FAMILY_APP] < 2 ||
        s->rows[WP_FAMILY_APP] > 1u << 30 || s->classes == 0 || s->classes > 1u << 30 ||
        s->parts == 0 || s->parts > WP_PARTS_MAX ||
        (s->parts == 1 && s->classes != s->rows[WP_FAMILY_ADDRESS]))
        return false;
    if (s->v4_layout > WP_V4_TABLE || s->v4_count == 0 || s->class_units == 0 ||
        s->class_units > 2 ||
        (s->v4_layout == WP_V4_LIST && (s->v4_units == 0 || s->v4_units > WP_V4_INDEX_BITS_MAX)) ||
        s->v6_count == 0 || s->v6_levels > WP_V6_LEVELS_MAX)
        return false;
    return s->apps > 0 && s->line_numbers > 0 && s->outcome_words > 0 &&
           s->outcome_words <= s->code_words;
}

static uint64_t
v4_key_count(const struct wp_shape *s)
{
    if (s->v4_layout == WP_V4_TABLE)
        return WP_V4_ROOTS;
    return wp_v4_index_size(s) + (uint64_t)s->v4_count + WP_V4_KEYS_MARGIN;
}

static uint64_t
part_unit_count(const struct wp_shape *s)
{
    return s->parts > 1 ? (uint64_t)s->classes * s->parts * wp_part_units(s) : 0;
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

/* Tables whose element count the shape tells, and where a view points to them. */
#define TABLE(kind, field, count)                                                                  \
    {                                                                                              \
        WP_SECTION_##kind, offsetof(struct wp_view, field), sizeof *((struct wp_view *)0)->field,  \
            count                                                                                  \
    }
struct table {
    enum wp_section_kind kind;
    size_t field, unit;
    uint64_t count;
};

static enum woapol_status
place_table(struct opening *o, const struct table *table)
{
    const struct wp_section *section = find_section(o, table->kind);
    if (section == NULL)
        return refuse(o, WOAPOL_E_FORMAT, sizeof *o->header, "a section is missing");
    if (section->size != table->count * table->unit)
        return refuse(o, WOAPOL_E_FORMAT, section->offset, "a section has the wrong size");
    const uint8_t *place = o->bytes + section->offset;
    memcpy((uint8_t *)&o->view + table->field, &place, sizeof place);
    return WOAPOL_OK;
}

static enum woapol_status
place_tables(struct opening *o)
{
    const struct wp_shape *s = &o->view.shape;
    bool listed = s->v4_layout == WP_V4_LIST;
    const struct table tables[] = {
        TABLE(V4_KEYS, v4_keys, v4_key_count(s)),
        listed ? (struct table)TABLE(V4_VALUES, v4_classes, s->v4_count)
               : (struct table)TABLE(V4_VALUES, fragments, s->v4_units),
        TABLE(V6_KEYS, v6_keys, v6_key_count(s)),
        TABLE(V6_VALUES, v6_values, s->v6_count),
        TABLE(V6_LOWER, v6_lower, s->v6_lower),
        TABLE(APPS, apps, s->apps),
        TABLE(POLICIES, policies, s->policies),
        TABLE(CLASSES, classes, part_unit_count(s)),
        TABLE(ROWS, rows, all_rows(s) * s->columns),
        TABLE(LINE_NUMBERS, line_numbers, s->line_numbers),
        TABLE(BASES, bases, (uint64_t)s->blocks * WP_FAMILY_COUNT + 1),
        TABLE(LINES, lines, s->lines),
        TABLE(ENTRIES, entries, (uint64_t)s->blocks * WP_BLOCK_BITS),
        TABLE(RULES, rules, s->rules),
        TABLE(PLAIN, plain, (uint64_t)s->blocks * WP_PLAIN_COUNT),
        TABLE(ATOMS, atoms, (uint64_t)s->groups + s->users),
        TABLE(POSTINGS_INDEX, postings_index, (uint64_t)s->atoms * 2 + 1),
        TABLE(POSTINGS, postings, s->postings),
        TABLE(RESIDUALS, residuals, s->residuals),
        TABLE(CLAUSES, clauses, (uint64_t)s->clauses + 1),
        TABLE(CLAUSE_ATOMS, clause_atoms, s->clause_atoms),
        TABLE(CODE, code, s->code_words),
        TABLE(DURATIONS, durations, s->durations),
        TABLE(CHAINS, chains, s->chains),
        TABLE(NAME_KINDS, name_kinds, WP_NAME_KINDS),
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        enum woapol_status status = place_table(o, &tables[i]);
        if (status != WOAPOL_OK)
            return status;
    }
    return WOAPOL_OK;
}

/* The names' tables: their counts are their sizes. */
static enum woapol_status
place_names(struct opening *o)
{
    struct wp_view *v = &o->view;
    const struct {
        struct table table;
        uint32_t *count;
    } tables[] = {
        {TABLE(NAME_STRINGS, strings, 0), &v->string_count},
        {TABLE(NAME_ALIASES, aliases, 0), &v->alias_count},
        {TABLE(NAME_BUCKETS, buckets, 0), &v->bucket_words},
        {TABLE(NAME_RECORDS, name_records, 0), &v->record_count},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct table table = tables[i].table;
        const struct wp_section *section = find_section(o, table.kind);
        uint64_t count = section == NULL ? 0 : section->size / table.unit;
        if (count >= UINT32_MAX)
            return refuse(o, WOAPOL_E_FORMAT, section->offset, "a section has the wrong size");
        table.count = count;
        *tables[i].count = (uint32_t)count;
        enum woapol_status status = place_table(o, &table);
        if (status != WOAPOL_OK)
            return status;
    }
    const struct wp_section *text = find_section(o, WP_SECTION_NAME_TEXT);
    v->text_size = text == NULL ? 0 : text->size;
    const struct table table = TABLE(NAME_TEXT, text, v->text_size);
    return place_table(o, &table);
}

static enum woapol_status
read_shape(struct opening *o)
{
    const struct wp_section *section = find_section(o, WP_SECTION_SHAPE);
    if (section == NULL || section->size != sizeof o->view.shape)
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
    v->generation = o->header->generation;
    for (int f = 1; f < WP_FAMILY_COUNT; f++)
        v->row_first[f] = v->row_first[f - 1] + v->shape.rows[f - 1];
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
    if (status == WOAPOL_OK)
        status = place_names(o);
    if (status != WOAPOL_OK)
        return status;
    finish_view(o);
    return wp_verify(&o->view, o->fault) ? WOAPOL_OK : WOAPOL_E_FORMAT;
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
    return wp_view(image)->generation;
}
