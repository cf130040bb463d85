/*
 * Marks: what differs from the absent address, so roughly that it takes sixteen bytes a class.
 *
 * A class that differs in few of them is decided as the absent address is, without its rows.
 * Where classes differ in many, marks would only be one more thing to ask.
 */
#include "compiler/codegen.h"

/* Marks as they are made. */
struct marks {
    struct wp_codegen *g;
    struct wp_policy_record *policies;
    uint32_t *blocks; /* of leads */
    uint32_t count;
    struct wp_mark *of_rows, *of_classes;
};

static const struct wp_line *
line_at(const struct marks *m, uint32_t number)
{
    return (const struct wp_line *)(const void *)m->g->sections[WP_SECTION_LINES].bytes + number;
}

/* ---- leads -------------------------------------------------------------------- */

/* The blocks that policies begin in and the ones behind, as far as they go on there. */
static void
choose_leads(struct marks *m)
{
    const struct wp_shape *shape = &m->g->shape;
    bool *is_lead = wp_alloc(m->g->scratch, (size_t)shape->blocks + 1);
    for (uint32_t i = 0; i < shape->policies; i++) {
        const uint32_t first = m->policies[i].first / WP_BLOCK_BITS;
        is_lead[first] = true;
        is_lead[first + 1] |= m->policies[i].last / WP_BLOCK_BITS > first;
    }
    m->blocks = wp_alloc_array(m->g->scratch, shape->blocks, sizeof *m->blocks);
    for (uint32_t block = 0; block < shape->blocks; block++)
        if (is_lead[block])
            m->blocks[m->count++] = block;
}

static void
write_leads(const struct marks *m)
{
    const struct wp_shape *shape = &m->g->shape;
    const uint32_t devices = shape->rows[WP_FAMILY_ADDRESS];
    const uint32_t postures = devices + shape->rows[WP_FAMILY_DEVICE];
    struct wp_buffer *leads = wp_section_of(m->g, WP_SECTION_LEADS);
    for (uint32_t i = 0; i < m->count; i++) {
        const uint32_t block = m->blocks[i];
        wp_buffer_add32(leads, block);
        for (uint32_t row = 0; row < WP_POSTURES; row++)
            wp_buffer_add32(leads, wp_line_of_row(m->g, WP_FAMILY_POSTURE, postures + row, block));
        for (uint32_t row = 0; row < shape->rows[WP_FAMILY_DEVICE]; row++)
            wp_buffer_add32(leads, wp_line_of_row(m->g, WP_FAMILY_DEVICE, devices + row, block));
    }
}

/* ---- policies -------------------------------------------------------------------- */

/* A line of those of a policy's entries in a block that the absent address has. */
static uint32_t
add_line(struct marks *m, const struct wp_policy_record *policy, uint32_t block)
{
    const uint32_t absent = wp_line_of_row(m->g, WP_FAMILY_ADDRESS, WP_ROW_ABSENT, block);
    struct wp_line line = *line_at(m, absent);
    for (uint32_t i = 0; i < WP_LINE_WORDS; i++)
        line.words[i] &= wp_word_of_entries(policy->first, policy->last, block * WP_LINE_WORDS + i);
    wp_buffer_add(wp_section_of(m->g, WP_SECTION_LINES), &line, sizeof line);
    return m->g->shape.lines++;
}

static uint32_t
lead_of(const struct marks *m, uint32_t block)
{
    uint32_t first = 0, count = m->count;
    while (count > 1) {
        const uint32_t half = count / 2;
        first += m->blocks[first + half] <= block ? half : 0;
        count -= half;
    }
    return first;
}

static void
lead_policies(struct marks *m)
{
    for (uint32_t i = 0; i < m->g->shape.policies; i++) {
        struct wp_policy_record *policy = &m->policies[i];
        const uint32_t first = policy->first / WP_BLOCK_BITS;
        policy->lead = lead_of(m, first) * wp_lead_size(&m->g->shape);
        policy->lines[0] = add_line(m, policy, first);
        if (policy->last / WP_BLOCK_BITS > first)
            policy->lines[1] = add_line(m, policy, first + 1);
    }
}

/* ---- marks ------------------------------------------------------------------------ */

static uint32_t
address_line(const struct marks *m, uint32_t row, uint32_t block)
{
    const struct wp_row *rows = (const void *)m->g->sections[WP_SECTION_ROWS].bytes;
    return wp_is_narrow(&m->g->shape) ? rows[row].lines[block]
                                      : wp_line_of_row(m->g, WP_FAMILY_ADDRESS, row, block);
}

/* What a row has otherwise than the first, which in a narrow image is the absent address's class
 * and in another is empty. */
static void
mark_row(const struct marks *m, uint32_t row, struct wp_mark *mark)
{
    for (uint32_t block = 0; block < m->g->shape.blocks; block++) {
        const uint32_t number = address_line(m, row, block);
        const uint32_t first = address_line(m, WP_ROW_NOTHING, block);
        const struct wp_line *line = line_at(m, number), *other = line_at(m, first);
        for (uint32_t i = 0; i < WP_LINE_WORDS && number != first; i++)
            wp_mark_add(mark, line->words[i] ^ other->words[i], block * WP_LINE_WORDS + i);
    }
}

/* The rows of classes, as the section has them: in 2 or 4 bytes each. */
static void
mark_classes(struct marks *m)
{
    const struct wp_shape *shape = &m->g->shape;
    const uint8_t *parts = m->g->sections[WP_SECTION_CLASSES].bytes;
    m->of_classes = wp_alloc_array(m->g->scratch, shape->classes, sizeof *m->of_classes);
    for (uint32_t class = 0; class < shape->classes; class ++)
        for (uint32_t i = 0; i < shape->parts; i++, parts += shape->part_size) {
            uint32_t row = 0;
            memcpy(&row, parts, shape->part_size);
            m->of_classes[class].halves[0] |= m->of_rows[row].halves[0];
            m->of_classes[class].halves[1] |= m->of_rows[row].halves[1];
        }
}

static void
make_marks(struct marks *m)
{
    const struct wp_shape *shape = &m->g->shape;
    const uint32_t rows = shape->rows[WP_FAMILY_ADDRESS];
    m->of_rows = wp_alloc_array(m->g->scratch, rows, sizeof *m->of_rows);
    for (uint32_t row = 0; row < rows; row++)
        mark_row(m, row, m->of_rows + row);
    if (shape->parts > 1)
        mark_classes(m);
    else
        m->of_classes = m->of_rows;
}

static void
write_marks(struct marks *m, const struct wp_mark *marks, uint32_t count)
{
    wp_buffer_add(wp_section_of(m->g, WP_SECTION_MARKS), marks, count * sizeof *marks);
}

/*
 * Of how many bits are set depends how often rows are asked all the same, which costs the look
 * at the marks and a wrong guess more. Where one policy is all, heads are nearly as fast as
 * marks if there are few rows; so few should be set. Other policies have only rows to go by.
 */
static bool
are_few(const struct marks *m)
{
    uint64_t set = 0;
    for (uint32_t class = 0; class < m->g->shape.classes; class ++)
        for (uint32_t half = 0; half < WP_MARK_HALVES; half++)
            set += (uint64_t)__builtin_popcountll(m->of_classes[class].halves[half]);
    const uint64_t all = WP_MARK_HALVES * 64 * (uint64_t)m->g->shape.classes;
    return m->count <= WP_LEAD_BLOCKS ? set <= all / 4 : set <= all / 8 * 3;
}

void
wp_generate_marks(struct wp_codegen *g)
{
    struct wp_shape *shape = &g->shape;
    struct marks m = {
        .g = g,
        .policies = (void *)g->sections[WP_SECTION_POLICIES].bytes,
    };
    const bool is_narrow = wp_is_narrow(shape);
    if (is_narrow && (shape->blocks == 1 || shape->parts > 1)) /* what is there is near */
        return;
    if (!is_narrow)
        choose_leads(&m);
    make_marks(&m);
    if ((!is_narrow && m.count == 0) || (g->options->optimise && !are_few(&m)))
        return;
    if (!is_narrow) {
        lead_policies(&m);
        write_leads(&m);
    }
    shape->leads = m.count;
    write_marks(&m, m.of_classes, shape->classes);
    if (shape->parts > 1)
        write_marks(&m, m.of_rows, shape->rows[WP_FAMILY_ADDRESS]);
}
