/*
 * The listing of an image: which apps select which policy, each policy's rules
 * with their entries and outcomes, the instructions of chains. What an entry wants is read
 * back from the rows and postings, so that the listing shows the image and not
 * the source it came from.
 */
#include "compiler/image_read.h"
#include "runtime/opcodes.h"
#include "runtime/view.h"
#include "woapol.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct listing {
    void (*write)(void *context, const char *text, size_t length);
    void *context;
    struct wp_arena *arena;
    const void *bytes;
    struct woapol_image image;
    const struct wp_shape *shape;
    const uint32_t *code, *chains;
    const struct wp_outcome_record *outcomes;
    const struct wp_app *apps;
    const struct wp_policy_record *policies;
    const struct wp_rule_record *rules;
    const struct wp_entry_record *entries;
    const struct wp_residual *residuals;
    const uint32_t *clauses, *clause_atoms;
    /* Postings turned round: [first[entry], first[entry + 1]) of `atoms`. */
    uint32_t *fulfil_first, *fulfil, *forbid_first, *forbid;
    const uint32_t *residual_of;  /* of each entry, or WP_NO_NUMBER */
    const uint32_t *holder_first; /* holders of each atom: groups, then users */
    const uint32_t *holders;
    bool *is_class;     /* of each number of an address class, whether there is one */
    uint32_t next_rule; /* rules stand in the order of their policies */
};

static void __attribute__((format(printf, 2, 3))) say(struct listing *l, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0)
        l->write(l->context, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

static void
say_text(struct listing *l, const char *text)
{
    l->write(l->context, text, strlen(text));
}

static void
say_name(struct listing *l, enum woapol_kind kind, uint32_t number)
{
    size_t length = 0;
    const char *name = woapol_name(&l->image, kind, number, &length);
    if (name != NULL)
        l->write(l->context, name, length);
}

/* ---- instructions ----------------------------------------------------------------- */

/* A program. */
static void
say_program(struct listing *l, uint32_t at)
{
    for (;; at++) {
        const uint32_t opcode = wp_opcode_of(l->code[at]);
        const struct wp_op_info *info = &wp_op_info[opcode];
        if (info->operand == WP_OPERAND_NONE) {
            say(l, "    %04x  %s\n", at, info->name);
        } else {
            say(l, "    %04x  %-6s ", at, info->name);
            say_name(l, WOAPOL_METHOD, wp_operand_of(l->code[at]));
            say_text(l, "\n");
        }
        if (opcode == WP_OP_END)
            return;
    }
}

/* ---- outcomes ---------------------------------------------------------------------- */

static void
say_outcome(struct listing *l, uint32_t number)
{
    static const char *const effects[] = {
        [WOAPOL_DENY] = "deny", [WOAPOL_ALLOW] = "allow", [WOAPOL_AUTHENTICATE] = "authenticate"};
    const struct wp_outcome_record *outcome = &l->outcomes[number];
    say(l, "    outcome %u:  %s", number, effects[outcome->effect]);
    if (outcome->chain != WP_NO_NUMBER)
        say(l, " by chain %u", outcome->chain);
    if (outcome->reauth_seconds != WOAPOL_NO_REAUTH)
        say(l, " every %llu s", (unsigned long long)outcome->reauth_seconds);
    if (outcome->message != WP_NO_NUMBER) {
        say_text(l, " \"");
        say_text(l, woapol_message(&l->image, outcome->message, NULL));
        say_text(l, "\"");
    }
    say_text(l, "\n");
}

/* ---- rows ---------------------------------------------------------------------------- */

static bool
has_bit(const struct wp_line *line, uint32_t entry)
{
    return line->words[entry / 64 % WP_LINE_WORDS] >> entry % 64 & 1;
}

static bool
line_has(const struct listing *l, enum wp_family family, uint32_t number, uint32_t entry)
{
    const struct wp_view *view = wp_view(&l->image);
    const uint32_t row = view->row_first[family] + number;
    return has_bit(&view->lines[wp_line_of(view, family, row, entry / WP_BLOCK_BITS)], entry);
}

/* Whether a value of a dimension allows the entry. */
static bool
row_has(const struct listing *l, enum wp_family family, uint32_t value, uint32_t entry)
{
    if (family == WP_FAMILY_DEVICE || family == WP_FAMILY_POSTURE)
        return line_has(l, family, value, entry);
    bool has = line_has(l, family, WP_ROW_ABSENT, entry);
    if (family == WP_FAMILY_APP)
        return has ^ line_has(l, family, value, entry);
    const struct wp_parts parts = wp_parts_of(wp_view(&l->image), value);
    for (uint32_t i = 0; i < parts.count; i++)
        has ^= line_has(l, family, wp_row_of(wp_view(&l->image), parts, i), entry);
    return has;
}

static uint32_t
value_count(const struct listing *l, enum wp_family family)
{
    return family == WP_FAMILY_ADDRESS ? l->shape->classes : l->shape->rows[family];
}

/* Whether some address has the class, or some app the row. */
static bool
is_value(const struct listing *l, enum wp_family family, uint32_t value)
{
    if (family == WP_FAMILY_ADDRESS)
        return l->is_class[value];
    return family != WP_FAMILY_APP || value != WP_ROW_ABSENT;
}

static uint32_t
count_values(const struct listing *l, enum wp_family family, uint32_t entry)
{
    uint32_t count = 0;
    for (uint32_t value = 0; value < value_count(l, family); value++)
        count += is_value(l, family, value) && row_has(l, family, value, entry);
    return count;
}

static void
say_devices(struct listing *l, uint32_t entry)
{
    if (count_values(l, WP_FAMILY_DEVICE, entry) == l->shape->rows[WP_FAMILY_DEVICE])
        return;
    say_text(l, "  device");
    for (uint32_t i = 0; i < l->shape->rows[WP_FAMILY_DEVICE]; i++)
        if (row_has(l, WP_FAMILY_DEVICE, i, entry)) {
            say_text(l, i == 0 ? " none" : " ");
            say_name(l, WOAPOL_DEVICE, i);
        }
}

static void
say_share(struct listing *l, enum wp_family family, const char *what, uint32_t entry)
{
    const uint32_t count = count_values(l, family, entry);
    uint32_t all = 0;
    for (uint32_t value = 0; value < value_count(l, family); value++)
        all += is_value(l, family, value);
    if (count < all)
        say(l, "  %s %u of %u", what, count, all);
}

/* ---- groups and users ------------------------------------------------------------------ */

static void
say_holders(struct listing *l, const uint32_t *atoms, uint32_t count)
{
    const char *between = "";
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = l->holder_first[atoms[i]]; k < l->holder_first[atoms[i] + 1]; k++) {
            const uint32_t holder = l->holders[k];
            say_text(l, between);
            between = " ";
            if (holder < l->shape->groups)
                say_name(l, WOAPOL_GROUP, holder + 1);
            else
                say_name(l, WOAPOL_USER, holder - l->shape->groups + 1);
        }
}

static void
say_principal(struct listing *l, uint32_t entry)
{
    const uint32_t any = l->fulfil_first[entry + 1] - l->fulfil_first[entry];
    const uint32_t none = l->forbid_first[entry + 1] - l->forbid_first[entry];
    if (any > 0) {
        say_text(l, "  any {");
        say_holders(l, l->fulfil + l->fulfil_first[entry], any);
        say_text(l, "}");
    }
    if (l->residual_of[entry] != WP_NO_NUMBER) {
        const struct wp_residual *residual = &l->residuals[l->residual_of[entry]];
        for (uint32_t i = residual->first; i < residual->last; i++) {
            say_text(l, " and {");
            say_holders(l, l->clause_atoms + l->clauses[i], l->clauses[i + 1] - l->clauses[i]);
            say_text(l, "}");
        }
    }
    if (none > 0) {
        say_text(l, "  none {");
        say_holders(l, l->forbid + l->forbid_first[entry], none);
        say_text(l, "}");
    }
}

static void
say_entry(struct listing *l, uint32_t entry)
{
    say(l, "    entry %u:", entry);
    say_share(l, WP_FAMILY_ADDRESS, "addresses", entry);
    say_devices(l, entry);
    say_share(l, WP_FAMILY_POSTURE, "postures", entry);
    say_share(l, WP_FAMILY_APP, "apps", entry);
    say_principal(l, entry);
    say_text(l, "\n");
}

/* ---- turning postings round ---------------------------------------------------------------- */

static uint32_t
entry_of(const struct listing *l, uint32_t posting)
{
    return posting & WP_POSTING_RESIDUAL ? l->residuals[posting & ~WP_POSTING_RESIDUAL].entry
                                         : posting;
}

/* The runs of postings with that parity, by entry: *first and *atoms. */
static void
turn_round(struct listing *l, uint32_t parity, uint32_t **first, uint32_t **atoms)
{
    size_t size;
    const uint32_t *index = wp_image_section(l->bytes, WP_SECTION_POSTINGS_INDEX, &size);
    const uint32_t *postings = wp_image_section(l->bytes, WP_SECTION_POSTINGS, &size);
    const size_t entries = (size_t)l->shape->blocks * WP_BLOCK_BITS;
    uint32_t *places = wp_alloc_array(l->arena, entries + 2, sizeof *places);
    *atoms = wp_alloc_array(l->arena, (size_t)l->shape->postings + 1, sizeof **atoms);
    for (int fill = 0; fill < 2; fill++) {
        for (uint32_t atom = 0; atom < l->shape->atoms; atom++)
            for (uint32_t i = index[2 * atom + parity]; i < index[2 * atom + parity + 1]; i++) {
                const uint32_t entry = entry_of(l, postings[i]);
                if (fill == 0)
                    places[entry + 2]++;
                else
                    (*atoms)[places[entry + 1]++] = atom;
            }
        for (size_t i = 2; fill == 0 && i < entries + 2; i++)
            places[i] += places[i - 1];
    }
    *first = places;
}

static void
collect_residuals(struct listing *l)
{
    const size_t entries = (size_t)l->shape->blocks * WP_BLOCK_BITS;
    uint32_t *of = wp_alloc_array(l->arena, entries, sizeof *of);
    memset(of, 0xff, entries * sizeof *of);
    for (uint32_t i = 0; i < l->shape->residuals; i++)
        of[l->residuals[i].entry] = i;
    l->residual_of = of;
}

static void
collect_holders(struct listing *l)
{
    size_t size;
    const uint32_t *atoms = wp_image_section(l->bytes, WP_SECTION_ATOMS, &size);
    const uint32_t count = l->shape->groups + l->shape->users;
    uint32_t *first = wp_alloc_array(l->arena, (size_t)l->shape->atoms + 2, sizeof *first);
    uint32_t *holders = wp_alloc_array(l->arena, (size_t)count + 1, sizeof *holders);
    for (uint32_t i = 0; i < count; i++)
        first[atoms[i] + 2]++;
    for (uint32_t i = 2; i < l->shape->atoms + 2; i++)
        first[i] += first[i - 1];
    for (uint32_t i = 0; i < count; i++)
        holders[first[atoms[i] + 1]++] = i;
    l->holder_first = first;
    l->holders = holders;
}

/* ---- which classes there are ----------------------------------------------------------------- */

/* What a value stands for, unless it is a list or lower halves. */
static void
set_class(struct listing *l, uint32_t value)
{
    if (value < l->shape->classes)
        l->is_class[value] = true;
}

static void
collect_v4_classes(struct listing *l)
{
    for (uint32_t i = 0; i < l->shape->v4_count; i++)
        set_class(l, wp_v4_value(wp_view(&l->image), i));
}

static void
collect_v6_classes(struct listing *l)
{
    size_t size;
    const uint64_t *lower = wp_image_section(l->bytes, WP_SECTION_V6_LOWER, &size);
    for (uint32_t i = 0; i < l->shape->v6_count; i++)
        set_class(l, wp_v6_value(wp_view(&l->image), i));
    for (uint32_t at = 0; at < l->shape->v6_lower;) {
        const uint32_t count = (uint32_t)lower[at];
        const uint32_t *classes = (const uint32_t *)(const void *)(lower + at + 1 + count);
        for (uint32_t i = 0; i < count; i++)
            l->is_class[classes[i]] = true;
        at += 1 + count + (count + 1) / 2;
    }
}

/* ---- policies ------------------------------------------------------------------------------- */

static void
say_rule(struct listing *l, uint32_t rule)
{
    const struct wp_rule_record *record = &l->rules[rule];
    say(l, "  %srule ", record->flags & WP_RULE_REPORT ? "report " : "");
    say_name(l, WOAPOL_RULE, rule);
    if (record->first == record->last) {
        say_text(l, ": no entries\n");
        return;
    }
    say_text(l, "\n");
    for (uint32_t entry = record->first; entry < record->last; entry++)
        say_entry(l, entry);
    say_outcome(l, l->entries[record->first].outcome);
}

static void
say_apps(struct listing *l, uint32_t policy)
{
    if (l->shape->default_policy == policy)
        say_text(l, ", the default");
    const char *between = ", for ";
    for (uint32_t app = 1; app < l->shape->apps; app++)
        if (l->apps[app].policy == policy && l->shape->default_policy != policy) {
            say_text(l, between);
            say_name(l, WOAPOL_APP, app);
            between = " ";
        }
}

static void
say_policy(struct listing *l, uint32_t policy)
{
    const struct wp_policy_record *record = &l->policies[policy];
    say_text(l, "policy ");
    say_name(l, WOAPOL_POLICY, policy);
    say_apps(l, policy);
    say(l, ": entries %u to %u", record->first, record->last);
    if (record->report_last > record->report_first)
        say(l, ", reporting %u to %u", record->report_first, record->report_last);
    say_text(l, "\n");
    while (l->next_rule < l->shape->rules && l->rules[l->next_rule].policy == policy)
        say_rule(l, l->next_rule++);
    say_text(l, "  otherwise\n");
    say_outcome(l, l->entries[record->last].outcome);
}

static void
find_tables(struct listing *l)
{
    const void *b = l->bytes;
    size_t size;
    l->shape = wp_image_section(b, WP_SECTION_SHAPE, &size);
    l->code = wp_image_section(b, WP_SECTION_CODE, &size);
    l->chains = wp_image_section(b, WP_SECTION_CHAINS, &size);
    l->outcomes = wp_image_section(b, WP_SECTION_OUTCOMES, &size);
    l->apps = wp_image_section(b, WP_SECTION_APPS, &size);
    l->policies = wp_image_section(b, WP_SECTION_POLICIES, &size);
    l->rules = wp_image_section(b, WP_SECTION_RULES, &size);
    l->entries = wp_image_section(b, WP_SECTION_ENTRIES, &size);
    l->residuals = wp_image_section(b, WP_SECTION_RESIDUALS, &size);
    l->clauses = wp_image_section(b, WP_SECTION_CLAUSES, &size);
    l->clause_atoms = wp_image_section(b, WP_SECTION_CLAUSE_ATOMS, &size);
    turn_round(l, 0, &l->fulfil_first, &l->fulfil);
    turn_round(l, 1, &l->forbid_first, &l->forbid);
    collect_residuals(l);
    collect_holders(l);
    l->is_class = wp_alloc_array(l->arena, l->shape->classes, sizeof *l->is_class);
    l->is_class[0] = true; /* the absent address's */
    collect_v4_classes(l);
    collect_v6_classes(l);
}

void
wp_disassemble(const void *image, size_t size, struct wp_arena *arena,
               void (*write)(void *context, const char *text, size_t length), void *context)
{
    struct listing *l = wp_alloc(arena, sizeof *l);
    l->write = write;
    l->context = context;
    l->arena = arena;
    l->bytes = image;
    if (woapol_open(&l->image, image, size, NULL, NULL) != WOAPOL_OK)
        return;
    find_tables(l);
    for (uint32_t policy = 0; policy < l->shape->policies; policy++)
        say_policy(l, policy);
    for (uint32_t chain = 0; chain < l->shape->chains; chain++) {
        say(l, "chain %u\n", chain);
        say_program(l, l->chains[chain]);
    }
}
