/*
 * Deciding: the AND of five rows, within the entries of one policy.
 *
 * Everything here trusts the tables, which verify*.c has proved, and nothing that
 * comes with a request. A block of 512 entries is one line of each family and one
 * of the principal; the first bit that all of them have is the entry sought.
 */
#include "lookup.h"
#include "opcodes.h"

#include <string.h>

/* A request in the image's own numbers. */
struct point {
    const uint32_t *parts; /* address rows that are XORed with row 0 */
    uint32_t part_count;
    uint32_t class; /* of the address; where `parts` points when it is one row */
    uint32_t device, posture;
    uint32_t app_row; /* 0: the absent app's */
    uint32_t policy;  /* or WP_NO_NUMBER */
    uint32_t app;
    uint64_t place; /* class, device and posture in one */
};

/* What of a principal is searched. */
struct target {
    const struct wp_line *row;
    const uint32_t *summary;
};

/* ---- where a request stands ------------------------------------------------------ */

static inline uint64_t
read_big(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
}

/* The address class, or WP_NO_NUMBER when there is no such family. */
static inline uint32_t
class_of(const struct wp_view *view, const struct woapol_request *request)
{
    const uint64_t high = read_big(request->address);
    if (request->address_family == 4)
        return wp_class_v4(view, (uint32_t)(high >> 32));
    if (request->address_family == 0)
        return WP_CLASS_ABSENT;
    if (request->address_family != 6)
        return WP_NO_NUMBER;
    const uint64_t low = read_big(request->address + 8);
    if (high == 0 && low >> 32 == 0xffff) /* an IPv4-mapped one is that IPv4 address */
        return wp_class_v4(view, (uint32_t)low);
    return wp_class_v6(view, high, low);
}

static inline void
find_parts(const struct wp_view *view, struct point *point)
{
    const uint32_t rows = view->shape.rows[WP_FAMILY_ADDRESS];
    if (point->class < rows) {
        point->parts = &point->class;
        point->part_count = point->class != 0;
        return;
    }
    const uint32_t *places = view->classes + (point->class - rows);
    point->parts = view->parts + places[0];
    point->part_count = places[1] - places[0];
}

static inline bool
locate(const struct wp_view *view, const struct woapol_request *request, struct point *point)
{
    if (request->app >= view->shape.apps || request->device >= view->shape.rows[WP_FAMILY_DEVICE] ||
        request->entry >= WP_ENTRIES_OF_REQUEST || request->risk >= WP_RISKS)
        return false;
    const uint32_t class = class_of(view, request);
    if (class == WP_NO_NUMBER)
        return false;
    const uint32_t posture =
        ((request->entry * WP_RISKS + request->risk) * 2 + request->compliant) * 2 +
        request->managed;
    if (posture >= WP_POSTURES) /* a bool that is none */
        return false;
    const struct wp_app *app = &view->apps[request->app];
    point->class = class;
    find_parts(view, point);
    point->device = view->row_first[WP_FAMILY_DEVICE] + request->device;
    point->posture = view->row_first[WP_FAMILY_POSTURE] + posture;
    point->app_row = app->row;
    point->policy = app->policy;
    point->app = request->app;
    point->place = (uint64_t) class << 32 | request->device << 8 | posture;
    return true;
}

/* ---- the search ---------------------------------------------------------------------- */

/* The rows of a point in one column. */
struct column {
    const struct wp_row *address, *parts[WP_PARTS_MAX];
    const struct wp_row *device, *posture;
    const struct wp_row *app, *app_part; /* both NULL where apps do not matter */
    uint32_t part_count;
    uint32_t summary; /* blocks in which each family has some line */
};

static inline void
find_rows(const struct wp_view *view, const struct point *point, uint32_t number, bool with_apps,
          struct column *column)
{
    const size_t columns = view->shape.columns;
    const struct wp_row *rows = view->rows + number;
    column->address = rows;
    column->part_count = point->part_count;
    uint32_t some = rows->summary;
    for (uint32_t i = 0; i < point->part_count; i++) {
        column->parts[i] = rows + point->parts[i] * columns;
        some |= column->parts[i]->summary;
    }
    column->device = rows + point->device * columns;
    column->posture = rows + point->posture * columns;
    some &= column->device->summary & column->posture->summary;
    column->app = column->app_part = NULL;
    if (with_apps) {
        column->app = rows + view->row_first[WP_FAMILY_APP] * columns;
        column->app_part = column->app + point->app_row * columns;
        some &= column->app->summary | column->app_part->summary;
    }
    column->summary = some;
}

static inline const struct wp_line *
line_of(const struct wp_view *view, const struct wp_row *row, enum wp_family family, uint32_t block,
        uint32_t place)
{
    return view->lines + view->bases[(size_t)block * WP_FAMILY_COUNT + family] +
           view->line_numbers[row->numbers + place];
}

static inline bool
has_line(const struct wp_row *row, uint32_t place)
{
    return row->summary >> place & 1;
}

static inline void
and_line(struct wp_line *words, const struct wp_line *line)
{
    for (size_t i = 0; i < WP_LINE_WORDS; i++)
        words->words[i] &= line->words[i];
}

/* What two rows allow together: the one XOR the other. */
static inline void
xor_line(struct wp_line *words, const struct wp_view *view, const struct wp_row *row,
         enum wp_family family, uint32_t block, uint32_t place)
{
    if (!has_line(row, place))
        return;
    const struct wp_line *line = line_of(view, row, family, block, place);
    for (size_t i = 0; i < WP_LINE_WORDS; i++)
        words->words[i] ^= line->words[i];
}

static inline void
and_apps(struct wp_line *words, const struct wp_view *view, const struct column *column,
         uint32_t block, uint32_t place)
{
    struct wp_line apps = {{0}};
    xor_line(&apps, view, column->app, WP_FAMILY_APP, block, place);
    if (column->app_part != column->app)
        xor_line(&apps, view, column->app_part, WP_FAMILY_APP, block, place);
    and_line(words, &apps);
}

/* The first bit of the words from bit `first` of the block on, or WP_BLOCK_BITS. */
static inline uint32_t
first_bit(struct wp_line *words, uint32_t first)
{
    const uint32_t head = first / 64;
    words->words[head] &= UINT64_MAX << first % 64;
    uint32_t some = 0;
    for (uint32_t i = 0; i < WP_LINE_WORDS; i++)
        some |= (uint32_t)(words->words[i] != 0) << i;
    some &= UINT32_MAX << head;
    if (some == 0)
        return WP_BLOCK_BITS;
    const uint32_t word = (uint32_t)__builtin_ctz(some);
    return word * 64 + (uint32_t)__builtin_ctzll(words->words[word]);
}

/* The first entry from `first` on, in its block, below `last`; or WP_NO_NUMBER. The
 * column's summary must name the block. */
static inline uint32_t
search_block(const struct wp_view *view, const struct column *column, const struct wp_line *row,
             uint32_t first, uint32_t last)
{
    const uint32_t block = first / WP_BLOCK_BITS, place = block % WP_COLUMN_BLOCKS;
    struct wp_line words = {{0}};
    xor_line(&words, view, column->address, WP_FAMILY_ADDRESS, block, place);
    for (uint32_t i = 0; i < column->part_count; i++)
        xor_line(&words, view, column->parts[i], WP_FAMILY_ADDRESS, block, place);
    and_line(&words, row + block);
    and_line(&words, line_of(view, column->device, WP_FAMILY_DEVICE, block, place));
    and_line(&words, line_of(view, column->posture, WP_FAMILY_POSTURE, block, place));
    if (column->app != NULL)
        and_apps(&words, view, column, block, place);
    const uint32_t entry = block * WP_BLOCK_BITS + first_bit(&words, first % WP_BLOCK_BITS);
    return entry < last && entry / WP_BLOCK_BITS == block ? entry : WP_NO_NUMBER;
}

/* The blocks of one column that hold some of [first, last) and that no summary
 * rules out. */
static inline uint32_t
search_column(const struct wp_view *view, const struct column *column, const struct target *target,
              uint32_t number, uint32_t first, uint32_t last)
{
    const uint32_t start = number * WP_COLUMN_BLOCKS;
    const uint32_t from = first / WP_BLOCK_BITS, to = (last - 1) / WP_BLOCK_BITS;
    uint32_t some = column->summary & target->summary[number];
    if (from > start)
        some &= UINT32_MAX << (from - start);
    if (to - start < WP_COLUMN_BLOCKS)
        some &= UINT32_MAX >> (WP_COLUMN_BLOCKS - 1 - (to - start));
    for (; some != 0; some &= some - 1) {
        const uint32_t begin = (start + (uint32_t)__builtin_ctz(some)) * WP_BLOCK_BITS;
        const uint32_t entry =
            search_block(view, column, target->row, begin > first ? begin : first, last);
        if (entry != WP_NO_NUMBER)
            return entry;
    }
    return WP_NO_NUMBER;
}

/* The first entry of [first, last) that all rows have, or WP_NO_NUMBER. */
static inline uint32_t
search(const struct wp_view *view, const struct point *point, const struct target *target,
       uint32_t first, uint32_t last)
{
    if (first >= last)
        return WP_NO_NUMBER;
    const bool with_apps = view->policies[point->policy].flags & WP_POLICY_TESTS_APPS;
    const uint32_t from = first / WP_BLOCK_BITS, to = (last - 1) / WP_BLOCK_BITS;
    uint32_t number = from / WP_COLUMN_BLOCKS;
    struct column column;
    find_rows(view, point, number, with_apps, &column);
    if (from == to) {
        if (!(column.summary >> from % WP_COLUMN_BLOCKS & 1))
            return WP_NO_NUMBER;
        return search_block(view, &column, target->row, first, last);
    }
    for (;;) {
        const uint32_t entry = search_column(view, &column, target, number, first, last);
        if (entry != WP_NO_NUMBER || number == to / WP_COLUMN_BLOCKS)
            return entry;
        find_rows(view, point, ++number, with_apps, &column);
    }
}

/* ---- what was found -------------------------------------------------------------------- */

static inline void
refuse(struct woapol_decision *decision, enum woapol_reason reason)
{
    *decision = (struct woapol_decision){
        .effect = WOAPOL_DENY,
        .reason = reason,
        .policy = WOAPOL_NONE,
        .rule = WOAPOL_NONE,
        .chain = WOAPOL_NONE,
        .message = WOAPOL_NONE,
        .reauth_seconds = WOAPOL_NO_REAUTH,
    };
}

/* Runs an outcome: it ends with its effect. */
static inline void
run_outcome(const struct wp_view *view, uint32_t at, struct woapol_decision *decision)
{
    for (const uint32_t *word = view->code + at;; word++) {
        const uint32_t operand = wp_operand_of(*word);
        switch (wp_opcode_of(*word)) {
        case WP_OP_REAUTH:
            decision->reauth_seconds = view->durations[operand];
            continue;
        case WP_OP_MESSAGE:
            decision->message = operand;
            continue;
        case WP_OP_AUTHENTICATE:
            decision->effect = WOAPOL_AUTHENTICATE;
            decision->chain = operand;
            return;
        case WP_OP_ALLOW:
            decision->effect = WOAPOL_ALLOW;
            return;
        default:
            return; /* DENY, which it is already */
        }
    }
}

static inline struct target
target_of(const struct wp_view *view, struct woapol_principal *principal, bool certain)
{
    const uint32_t *summary = wp_summary(view, principal);
    if (certain && principal->incomplete)
        return (struct target){wp_certain_row(view, principal), summary + view->shape.columns};
    return (struct target){principal->lines, summary};
}

/* Whether the rule of an entry that may hold does hold: some entry of it does. */
static bool
is_certain(const struct wp_view *view, struct woapol_principal *principal,
           const struct point *point, uint32_t rule)
{
    if (rule == WP_NO_NUMBER)
        return false;
    const struct target target = target_of(view, principal, true);
    const struct wp_rule_record *record = &view->rules[rule];
    return search(view, point, &target, record->first, record->last) != WP_NO_NUMBER;
}

static inline void
decide_at(const struct wp_view *view, struct woapol_principal *principal, const struct point *point,
          struct woapol_decision *decision)
{
    refuse(decision, WOAPOL_REASON_NONE);
    if (point->policy == WP_NO_NUMBER)
        return;
    const struct wp_policy_record *policy = &view->policies[point->policy];
    const struct target target = target_of(view, principal, false);
    const uint32_t entry = search(view, point, &target, policy->first, policy->last);
    decision->policy = point->policy;
    if (entry == WP_NO_NUMBER) {
        run_outcome(view, policy->otherwise, decision);
        return;
    }
    decision->rule = view->entries[entry].rule;
    if (principal->incomplete && !is_certain(view, principal, point, decision->rule))
        decision->reason = WOAPOL_REASON_GROUPS_INCOMPLETE;
    else
        run_outcome(view, view->entries[entry].code, decision);
}

/* The same request again, as far as the tables can tell, has the same answer. */
static inline void
decide_with_memo(const struct wp_view *view, struct woapol_principal *principal,
                 const struct point *point, struct woapol_decision *decision)
{
    struct wp_memo *memo = &principal->memo;
    if (memo->place == point->place && memo->app == point->app) {
        *decision = memo->decision;
        return;
    }
    decide_at(view, principal, point, decision);
    memo->place = point->place;
    memo->app = point->app;
    memo->decision = *decision;
}

void
woapol_decide(const struct woapol_image *image, struct woapol_principal *principal,
              const struct woapol_request *request, struct woapol_decision *decision)
{
    const struct wp_view *view = wp_view(image);
    struct point point;
    if (locate(view, request, &point))
        decide_with_memo(view, principal, &point, decision);
    else
        refuse(decision, WOAPOL_REASON_BAD_REQUEST);
}

/* ---- many at once ------------------------------------------------------------------------ */

#define BATCH 16u

/* Asks for the line of the first part in the first block of a decision. */
static inline void
ask_for_line(const struct wp_view *view, const struct point *point)
{
    if (point->policy == WP_NO_NUMBER || point->part_count == 0)
        return;
    const uint32_t block = view->policies[point->policy].first / WP_BLOCK_BITS;
    const struct wp_row *row =
        view->rows + (size_t)point->parts[0] * view->shape.columns + block / WP_COLUMN_BLOCKS;
    if (block < view->shape.blocks && has_line(row, block % WP_COLUMN_BLOCKS))
        __builtin_prefetch(line_of(view, row, WP_FAMILY_ADDRESS, block, block % WP_COLUMN_BLOCKS));
}

static inline void
ask_for_rows(const struct wp_view *view, const struct point *point)
{
    for (uint32_t i = 0; i < point->part_count; i++)
        __builtin_prefetch(view->rows + (size_t)point->parts[i] * view->shape.columns);
}

/* Asks for the root, then for the fragment, of an IPv4 address. */
static inline void
ask_for_root(const struct wp_view *view, const struct woapol_request *request)
{
    if (view->shape.v4_layout == WP_V4_TABLE)
        __builtin_prefetch(view->v4_keys + (read_big(request->address) >> 48));
}
static inline void
ask_for_fragment(const struct wp_view *view, const struct woapol_request *request)
{
    if (view->shape.v4_layout == WP_V4_TABLE && request->address_family == 4)
        __builtin_prefetch(view->fragments + view->v4_keys[read_big(request->address) >> 48]);
}

static void
decide_some(const struct wp_view *view, struct woapol_principal *principal,
            const struct woapol_request *requests, size_t count, struct woapol_decision *decisions)
{
    struct point points[BATCH];
    bool located[BATCH];
    for (size_t i = 0; i < count; i++)
        ask_for_root(view, &requests[i]);
    for (size_t i = 0; i < count; i++)
        ask_for_fragment(view, &requests[i]);
    for (size_t i = 0; i < count; i++) {
        located[i] = locate(view, &requests[i], &points[i]);
        if (located[i])
            ask_for_rows(view, &points[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (located[i])
            ask_for_line(view, &points[i]);
    for (size_t i = 0; i < count; i++) {
        if (located[i])
            decide_with_memo(view, principal, &points[i], &decisions[i]);
        else
            refuse(&decisions[i], WOAPOL_REASON_BAD_REQUEST);
    }
}

void
woapol_decide_batch(const struct woapol_image *image, struct woapol_principal *principal,
                    const struct woapol_request *requests, size_t count,
                    struct woapol_decision *decisions)
{
    while (count > 0) {
        const size_t some = count < BATCH ? count : BATCH;
        decide_some(wp_view(image), principal, requests, some, decisions);
        requests += some;
        decisions += some;
        count -= some;
    }
}

size_t
woapol_reports(const struct woapol_image *image, struct woapol_principal *principal,
               const struct woapol_request *request, uint32_t *rules, size_t room)
{
    const struct wp_view *view = wp_view(image);
    struct point point;
    if (!locate(view, request, &point) || point.policy == WP_NO_NUMBER)
        return 0;
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const struct target target = target_of(view, principal, true);
    size_t count = 0;
    uint32_t entry = policy->report_first;
    while ((entry = search(view, &point, &target, entry, policy->report_last)) != WP_NO_NUMBER) {
        const uint32_t rule = view->entries[entry].rule;
        if (rule == WP_NO_NUMBER)
            break;
        if (count < room)
            rules[count] = rule;
        count++;
        entry = view->rules[rule].last > entry ? view->rules[rule].last : entry + 1;
    }
    return count;
}

void
woapol_request_init(struct woapol_request *request)
{
    memset(request, 0, sizeof *request);
    request->risk = WP_RISKS - 1;
}
