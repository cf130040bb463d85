/*
 * The verifier once more, for where code has to be small: it takes exactly the images
 * that runtime/verify*.c takes, which a test holds it to. There loops are written to be
 * wide; here most of what must hold is data, for one loop.
 *
 * A check returns the place that is wrong, or NULL.
 */
#include "opcodes.h"
#include "verify.h"
#include "verify_addresses.h"

#include <stddef.h>
#include <string.h>

/* ---- one number of each record of a table ------------------------------------------ */

enum flag {
    OR_NONE = 1, /* WP_NO_NUMBER is good, too */
    RISES = 2,   /* is not above the word behind it */
    STARTS = 4,  /* is where a program starts */
    LASTS = 8    /* is an entry of no rule */
};

/* Numbers that tables are held against: the shape's words, then what follows from it. */
#define WORD(member) (offsetof(struct wp_shape, member) / 4)
#define SHAPE_WORDS (sizeof(struct wp_shape) / 4)
enum number {
    ENTRIES = SHAPE_WORDS,
    NAMED_ATOMS,
    INDEXED,     /* of POSTINGS_INDEX, all but the last */
    LEADS,       /* numbers of all leads, or one */
    NAMED_LINES, /* lines that policies may name */
    NARROW_ROWS, /* numbers of lines in rows */
    ONE,
    TWO,
    EFFECTS,
    MESSAGES,
    RISKS,
    ENTRY_KINDS,
    USERS, /* and nobody, who comes first */
    GROUPS,
    AS_IS, /* of names: as many as there are */
    UP_TO_ENTRIES,
    UP_TO_CLAUSES,
    UP_TO_CLAUSE_ATOMS,
    UP_TO_POSTINGS,
    NUMBERS
};

struct proof {
    uint8_t table; /* which pointer of a view */
    uint8_t words, word, count, limit, flags;
};
#define COLUMN(table, words, word, count, limit, flags)                                            \
    {                                                                                              \
        offsetof(struct wp_view, table) / sizeof(void *), words, word, count, limit, flags         \
    }

static const struct proof columns[] = {
    COLUMN(chains, 1, 0, WORD(chains), WORD(code_words), STARTS),
    COLUMN(apps, 2, 0, WORD(apps), WORD(policies), OR_NONE),
    COLUMN(apps, 2, 1, WORD(apps), WORD(rows[WP_FAMILY_APP]), 0),
    COLUMN(policies, 8, 0, WORD(policies), UP_TO_ENTRIES, RISES),
    COLUMN(policies, 8, 1, WORD(policies), ENTRIES, LASTS),
    COLUMN(policies, 8, 2, WORD(policies), UP_TO_ENTRIES, RISES),
    COLUMN(policies, 8, 3, WORD(policies), UP_TO_ENTRIES, 0),
    COLUMN(policies, 8, 4, WORD(policies), TWO, 0),
    COLUMN(policies, 8, 5, WORD(policies), LEADS, 0),
    COLUMN(policies, 8, 6, WORD(policies), NAMED_LINES, 0),
    COLUMN(policies, 8, 7, WORD(policies), NAMED_LINES, 0),
    COLUMN(rows, 1, 0, NARROW_ROWS, WORD(lines), 0),
    COLUMN(entries, 2, 0, ENTRIES, WORD(rules), OR_NONE),
    COLUMN(entries, 2, 1, ENTRIES, WORD(outcomes), 0),
    COLUMN(outcomes, 8, 0, WORD(outcomes), EFFECTS, 0),
    COLUMN(outcomes, 8, 1, WORD(outcomes), ONE, 0),
    COLUMN(outcomes, 8, 2, WORD(outcomes), ONE, 0),
    COLUMN(outcomes, 8, 3, WORD(outcomes), ONE, 0),
    COLUMN(outcomes, 8, 4, WORD(outcomes), WORD(chains), OR_NONE),
    COLUMN(outcomes, 8, 5, WORD(outcomes), MESSAGES, OR_NONE),
    COLUMN(rules, 4, 0, WORD(rules), UP_TO_ENTRIES, RISES),
    COLUMN(rules, 4, 1, WORD(rules), UP_TO_ENTRIES, 0),
    COLUMN(rules, 4, 2, WORD(rules), WORD(policies), 0),
    COLUMN(rules, 4, 3, WORD(rules), TWO, 0),
    COLUMN(residuals, 4, 0, WORD(residuals), ENTRIES, 0),
    COLUMN(residuals, 4, 1, WORD(residuals), UP_TO_CLAUSES, RISES),
    COLUMN(residuals, 4, 2, WORD(residuals), UP_TO_CLAUSES, 0),
    COLUMN(residuals, 4, 3, WORD(residuals), ONE, 0),
    COLUMN(atoms, 1, 0, NAMED_ATOMS, WORD(atoms), 0),
    COLUMN(postings_index, 1, 0, INDEXED, UP_TO_POSTINGS, RISES),
    COLUMN(clauses, 1, 0, WORD(clauses), UP_TO_CLAUSE_ATOMS, RISES),
    COLUMN(clause_atoms, 1, 0, WORD(clause_atoms), WORD(atoms), 0),
};

static uint32_t
row_count(const struct wp_shape *s)
{
    uint32_t count = 0;
    for (uint32_t family = 0; family < WP_FAMILY_COUNT; family++)
        count += s->rows[family];
    return count;
}

static void
list_numbers(const struct wp_view *v, uint32_t numbers[NUMBERS])
{
    const struct wp_shape *s = &v->shape;
    memcpy(numbers, s, sizeof *s);
    numbers[ENTRIES] = s->blocks * WP_BLOCK_BITS;
    numbers[NAMED_ATOMS] = s->groups + s->users;
    numbers[INDEXED] = 2 * s->atoms;
    numbers[LEADS] = s->leads > 0 ? s->leads * wp_lead_size(s) : 1;
    numbers[NAMED_LINES] = wp_is_narrow(s) || s->leads > 0 ? s->lines : 1;
    numbers[NARROW_ROWS] = wp_is_narrow(s) ? 2 * row_count(s) : 0;
    numbers[ONE] = 1;
    numbers[TWO] = 2;
    numbers[EFFECTS] = WOAPOL_AUTHENTICATE + 1;
    numbers[MESSAGES] = v->name_kinds[WP_NAME_MESSAGES].count;
    numbers[RISKS] = WP_RISKS;
    numbers[ENTRY_KINDS] = WP_ENTRIES_OF_REQUEST;
    numbers[USERS] = s->users + 1;
    numbers[GROUPS] = s->groups + 1;
    numbers[UP_TO_ENTRIES] = numbers[ENTRIES] + 1;
    numbers[UP_TO_CLAUSES] = s->clauses + 1;
    numbers[UP_TO_CLAUSE_ATOMS] = s->clause_atoms + 1;
    numbers[UP_TO_POSTINGS] = s->postings + 1;
}

static bool
is_good(const struct wp_view *v, const uint32_t *at, uint32_t limit, uint32_t flags)
{
    if ((flags & OR_NONE) && *at == WP_NO_NUMBER)
        return true;
    return *at < limit && (!(flags & RISES) || at[0] <= at[1]) &&
           (!(flags & STARTS) || *at == 0 || v->code[*at - 1] == WP_OP_END) &&
           (!(flags & LASTS) || v->entries[*at].rule == WP_NO_NUMBER);
}

static const void *
check_columns(const struct wp_view *v, const uint32_t *numbers)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        const struct proof *c = &columns[i];
        const uint32_t *at;
        memcpy(&at, (const uint8_t *)v + c->table * sizeof at, sizeof at);
        at += c->word;
        for (uint32_t k = numbers[c->count]; k > 0; k--, at += c->words)
            if (!is_good(v, at, numbers[c->limit], c->flags))
                return at;
    }
    if (v->postings_index[0] != 0 || v->postings_index[numbers[INDEXED]] != v->shape.postings)
        return v->postings_index;
    if (v->clauses[0] != 0 || v->clauses[v->shape.clauses] != v->shape.clause_atoms)
        return v->clauses;
    return NULL;
}

/* The lines of policies, which the runtime decides by where it is not small. */
static const void *
check_policies(const struct wp_view *v)
{
    const struct wp_policy_record *policy = v->policies, *end = policy + v->shape.policies;
    for (; wp_is_narrow(&v->shape) && policy < end; policy++)
        for (uint32_t i = 0; i < WP_NARROW_BLOCKS * WP_LINE_WORDS; i++)
            if (v->lines[policy->lines[i / WP_LINE_WORDS]].words[i % WP_LINE_WORDS] !=
                wp_word_of_entries(policy->first, policy->last, i))
                return policy;
    return NULL;
}

/* Entries are of their rules, and those of their policies. */
static const void *
check_rules(const struct wp_view *v)
{
    const struct wp_rule_record *rule = v->rules, *end = rule + v->shape.rules;
    for (uint32_t i = v->shape.blocks * WP_BLOCK_BITS; i-- > 0;) {
        const uint32_t of = v->entries[i].rule;
        if (of != WP_NO_NUMBER && (i < rule[of].first || i >= rule[of].last))
            return v->entries + i;
    }
    for (; rule < end; rule++) {
        const struct wp_policy_record *policy = &v->policies[rule->policy];
        const bool is_report = rule->flags & WP_RULE_REPORT;
        if (rule->first < (is_report ? policy->report_first : policy->first) ||
            rule->last > (is_report ? policy->report_last : policy->last))
            return rule;
    }
    return NULL;
}

/* ---- names ------------------------------------------------------------------------- */

static const void *
check_strings(const struct wp_view *v)
{
    const uint32_t *at = v->strings, *last = at + v->string_count - 1;
    if (v->string_count == 0 || *at != 0 || *last != v->text_size)
        return v->strings;
    for (; at < last; at++)
        if (at[0] >= at[1] || at[1] > v->text_size || v->text[at[1] - 1] != '\0')
            return at;
    return NULL;
}

static const void *
check_buckets(const struct wp_view *v, const struct wp_name_kind *kind, uint32_t *record)
{
    const uint32_t *bucket = v->buckets + kind->first_bucket, *last = bucket + kind->bucket_count;
    if (bucket == last)
        return NULL;
    if ((kind->bucket_count & (kind->bucket_count - 1)) != 0 ||
        kind->first_bucket >= v->bucket_words ||
        kind->bucket_count >= v->bucket_words - kind->first_bucket || *bucket != *record)
        return kind;
    for (; bucket < last; bucket++)
        if (bucket[0] > bucket[1] || bucket[1] > v->record_count)
            return bucket;
    for (; *record < *last; ++*record)
        if (v->name_records[*record].string - kind->first >= kind->count + kind->aliases)
            return v->name_records + *record;
    return NULL;
}

static const uint8_t name_counts[WP_NAME_KINDS] = {
    [WOAPOL_DEVICE] = WORD(rows[WP_FAMILY_DEVICE]),
    [WOAPOL_APP] = WORD(apps),
    [WOAPOL_USER] = USERS,
    [WOAPOL_GROUP] = GROUPS,
    [WOAPOL_ENTRY] = ENTRY_KINDS,
    [WOAPOL_RISK] = RISKS,
    [WOAPOL_METHOD] = AS_IS,
    [WOAPOL_POLICY] = WORD(policies),
    [WOAPOL_RULE] = WORD(rules),
    [WP_NAME_MESSAGES] = AS_IS,
};

static const void *
check_names(const struct wp_view *v, uint32_t *numbers)
{
    uint32_t string = 0, alias = 0, bucket = 0, record = 0;
    const struct wp_name_kind *kind = v->name_kinds;
    const void *wrong = check_strings(v);
    for (uint32_t k = 0; k < WP_NAME_KINDS && wrong == NULL; k++, kind++) {
        numbers[AS_IS] = kind->count;
        if (kind->first != string || kind->first_alias != alias || kind->first_bucket != bucket ||
            kind->count != numbers[name_counts[k]] || kind->count >= v->string_count - string ||
            kind->aliases >= v->string_count - string - kind->count ||
            kind->aliases > v->alias_count - alias)
            return kind;
        for (uint32_t i = 0; i < kind->aliases; i++, alias++)
            if (v->aliases[alias] >= kind->count)
                return v->aliases + alias;
        string += kind->count + kind->aliases;
        bucket += kind->bucket_count == 0 ? 0 : kind->bucket_count + 1;
        wrong = check_buckets(v, kind, &record);
    }
    if (wrong == NULL && (string + 1 != v->string_count || alias != v->alias_count ||
                          bucket != v->bucket_words || record != v->record_count))
        wrong = v->name_kinds;
    return wrong;
}

/* ---- instructions ------------------------------------------------------------------- */

static const void *
check_code(const struct wp_view *v)
{
    const uint32_t *word = v->code, *end = word + v->shape.code_words;
    bool starts = true; /* whether a method must follow, which it does nowhere else */
    for (; word < end; word++) {
        const uint32_t opcode = wp_opcode_of(*word);
        const uint32_t methods = v->name_kinds[WOAPOL_METHOD].count;
        if (opcode >= WP_OP_COUNT || starts != (opcode == WP_OP_METHOD) ||
            wp_operand_of(*word) >= (opcode <= WP_OP_OR ? methods : 1))
            return word;
        starts = opcode > WP_OP_OR;
    }
    return v->shape.code_words > 0 && end[-1] != WP_OP_END ? end - 1 : NULL;
}

/* The first outcome is a plain deny, and those that authenticate have a chain. */
static const void *
check_outcomes(const struct wp_view *v)
{
    const struct wp_outcome_record *outcome = v->outcomes, *end = outcome + v->shape.outcomes;
    if (outcome->effect != WOAPOL_DENY || outcome->message != WP_NO_NUMBER ||
        outcome->reauth_seconds != WOAPOL_NO_REAUTH)
        return outcome;
    for (; outcome < end; outcome++)
        if ((outcome->effect == WOAPOL_AUTHENTICATE) != (outcome->chain != WP_NO_NUMBER))
            return outcome;
    return NULL;
}

/* ---- rows and runs -------------------------------------------------------------------- */

static bool
are_bases(const struct wp_view *v)
{
    const uint32_t *at = v->bases, *last = at + (size_t)v->shape.blocks * WP_FAMILY_COUNT;
    uint64_t wrong =
        *at != 1 || *last > v->shape.lines || (*last < v->shape.lines && v->shape.leads == 0);
    for (uint32_t i = 0; i < WP_LINE_WORDS; i++)
        wrong |= v->lines->words[i];
    for (; at < last; at++)
        wrong |= at[0] >= at[1] || at[1] - at[0] > UINT16_MAX + 1u;
    return wrong == 0;
}

static bool
is_row(const struct wp_view *v, const struct wp_row *row, uint32_t family, uint32_t column)
{
    if (row->summary == 0)
        return row->numbers == 0;
    const uint32_t last = 31 - (uint32_t)__builtin_clz(row->summary);
    const uint32_t block = column * WP_COLUMN_BLOCKS;
    if (last >= v->shape.blocks - block || row->numbers >= v->shape.line_numbers ||
        last >= v->shape.line_numbers - row->numbers)
        return false;
    for (uint32_t i = (uint32_t)__builtin_ctz(row->summary); i <= last; i++) {
        const uint32_t *base = v->bases + (size_t)(block + i) * WP_FAMILY_COUNT + family;
        if (v->line_numbers[row->numbers + i] >= base[1] - base[0])
            return false;
    }
    return true;
}

/* Whether a head says what its row does. */
static bool
is_head(const struct wp_view *v, uint32_t number, uint32_t family)
{
    for (uint32_t i = 0; i < WP_NARROW_BLOCKS; i++)
        if (v->heads[number].lines[i] != wp_line_of(v, family, number, v->shape.head + i))
            return false;
    return true;
}

static const void *
check_rows(const struct wp_view *v)
{
    const struct wp_row *row = v->rows;
    uint32_t number = 0;
    if (wp_is_narrow(&v->shape))
        return NULL;
    if (!are_bases(v))
        return v->bases;
    for (uint32_t family = 0; family < WP_FAMILY_COUNT; family++)
        for (uint32_t i = 0; i < v->shape.rows[family]; i++, number++) {
            for (uint32_t column = 0; column < v->shape.columns; column++, row++)
                if (!is_row(v, row, family, column))
                    return row;
            if (!is_head(v, number, family))
                return v->heads + number;
        }
    return NULL;
}

static const void *
check_parts(const struct wp_view *v)
{
    const uint32_t classes = v->shape.classes, *firsts = wp_uneven_index(v);
    uint32_t count = v->shape.uneven_parts, end = count;
    if (count > 0) {
        uint64_t parts = 0;
        uint32_t last = classes;
        for (uint32_t i = WP_UNEVEN_MAX; i-- > 0; last = firsts[i]) {
            if (firsts[i] > last || (i >= v->shape.parts && firsts[i] < classes))
                return firsts;
            parts += classes - firsts[i];
        }
        if (parts != count)
            return firsts;
        end += WP_UNEVEN_MAX;
    } else if (v->shape.parts > 1) {
        end = count = classes * v->shape.parts;
    }
    while (end-- > 0)
        if (wp_part_at(v, end) >= (end < count ? v->shape.rows[WP_FAMILY_ADDRESS] : 1))
            return v->parts;
    return NULL;
}

static const void *
check_postings(const struct wp_view *v)
{
    const uint32_t *index = v->postings_index;
    for (uint32_t number = 0; number < 2 * v->shape.atoms; number++) {
        uint32_t next = 0;
        for (uint32_t i = index[number]; i < index[number + 1]; i++) {
            uint32_t entry = v->postings[i];
            if (entry & WP_POSTING_RESIDUAL) {
                entry &= ~WP_POSTING_RESIDUAL;
                if (number % 2 != 0 || entry >= v->shape.residuals)
                    return v->postings + i;
                entry = v->residuals[entry].entry;
            }
            if (entry < next || entry >= v->shape.blocks * WP_BLOCK_BITS)
                return v->postings + i;
            next = entry + 1;
        }
    }
    return NULL;
}

static const void *
check_default(const struct wp_view *v)
{
    const uint32_t policy = v->shape.default_policy;
    return policy < v->shape.policies || policy == WP_NO_NUMBER ? NULL : v->apps;
}

/* Why, there is no room to say. */
bool
wp_fault(const struct wp_view *v, struct woapol_fault *fault, const void *place, const char *reason)
{
    (void)reason;
    fault->offset = wp_offset(v, place);
    return false;
}

bool
wp_verify(const struct wp_view *v, struct woapol_fault *fault)
{
    uint32_t numbers[NUMBERS];
    list_numbers(v, numbers);
    const void *wrong = check_names(v, numbers);
    wrong = wrong != NULL ? wrong : check_code(v);
    wrong = wrong != NULL ? wrong : check_outcomes(v);
    wrong = wrong != NULL ? wrong : check_default(v);
    wrong = wrong != NULL ? wrong : check_columns(v, numbers);
    wrong = wrong != NULL ? wrong : check_policies(v);
    wrong = wrong != NULL ? wrong : check_rules(v);
    wrong = wrong != NULL ? wrong : check_rows(v);
    wrong = wrong != NULL ? wrong : check_parts(v);
    wrong = wrong != NULL ? wrong : check_postings(v);
    wrong = wrong != NULL ? wrong : check_v4(v);
    wrong = wrong != NULL ? wrong : check_tree(v);
    wrong = wrong != NULL ? wrong : check_values(v);
    wrong = wrong != NULL ? wrong : check_margins(v);
    if (wrong != NULL)
        return wp_fault(v, fault, wrong, "");
    return wp_verify_marks(v, fault);
}
