/*
 * Deciding: the AND of five rows, within the entries of one policy.
 *
 * Everything here trusts the tables, which verify*.c has proved, and nothing that
 * comes with a request. A block of 512 entries is one line of each family and one
 * of the principal; the first bit that all of them have is the entry sought.
 */
#include "lookup.h"
#include "opcodes.h"
#include "search.h"

#include <string.h>

/* Whether a principal remembers its last decision; not where code has to be small. */
#ifdef WP_SMALL
#define REMEMBERS 0
#else
#define REMEMBERS 1
#endif

/* ---- where a request stands ------------------------------------------------------ */

static inline __attribute__((always_inline)) uint64_t
read_big(const uint8_t *bytes)
{
#ifdef WP_SMALL
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | bytes[i];
    return number;
#else
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
#endif
}

/* The address class, or WP_NO_NUMBER when there is no such family. */
static inline __attribute__((always_inline)) uint32_t
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

static inline __attribute__((always_inline)) bool
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
    point->parts[0] = class; /* which is the row itself when it is one */
    if (__builtin_expect(view->shape.parts > 1, 0))
        for (uint32_t i = 0; i < view->shape.parts; i++)
            point->parts[i] = wp_part(view, class, i);
    point->device = view->row_first[WP_FAMILY_DEVICE] + request->device;
    point->posture = view->row_first[WP_FAMILY_POSTURE] + posture;
    point->app_row = view->row_first[WP_FAMILY_APP] + app->row;
    point->policy = app->policy;
    point->app = request->app;
    point->place = (uint64_t) class << 32 | request->device << 8 | posture;
    return true;
}

/* ---- what was found -------------------------------------------------------------------- */

static inline __attribute__((always_inline)) void
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

/* What a search found: which rule, and where its outcome starts. */
struct found {
    uint32_t rule;
    uint32_t code;
    enum woapol_reason reason;
};

_Static_assert((int)WP_OP_DENY == (int)WOAPOL_DENY && (int)WP_OP_ALLOW == (int)WOAPOL_ALLOW &&
                   (int)WP_OP_AUTHENTICATE == (int)WOAPOL_AUTHENTICATE,
               "an effect is its opcode");

/* Runs an outcome: each instruction leaves its operand, the last one is the effect. */
static inline __attribute__((always_inline)) void
run_outcome(const struct wp_view *view, uint32_t policy, const struct found *found,
            struct woapol_decision *decision, struct woapol_decision *again)
{
    uint32_t operands[WP_OP_COUNT] = {[WP_OP_AUTHENTICATE] = WOAPOL_NONE,
                                      [WP_OP_REAUTH] = WOAPOL_NONE,
                                      [WP_OP_MESSAGE] = WOAPOL_NONE};
    const uint32_t *word = view->code + found->code;
    uint32_t opcode;
#ifndef WP_SMALL
    /* How long a program is nobody could predict, and three instructions are most that
     * there are: what ends one is run again until then. */
    for (int i = 0; i < 2; i++) {
        opcode = wp_opcode_of(*word);
        operands[opcode] = wp_operand_of(*word);
        word += opcode > WP_OP_AUTHENTICATE;
    }
#endif
    do {
        opcode = wp_opcode_of(*word);
        operands[opcode] = wp_operand_of(*word++);
    } while (opcode > WP_OP_AUTHENTICATE);
    const uint32_t duration = operands[WP_OP_REAUTH];
    const uint64_t seconds = duration == WOAPOL_NONE ? WOAPOL_NO_REAUTH : view->durations[duration];
    /* Field by field, twice: a copy of what was just written in parts would wait. */
    for (int i = 0; i < 1 + REMEMBERS; i++) {
        struct woapol_decision *to = i == 0 ? decision : again;
        to->effect = (enum woapol_effect)opcode;
        to->reason = found->reason;
        to->policy = policy;
        to->rule = found->rule;
        to->chain = operands[WP_OP_AUTHENTICATE];
        to->message = operands[WP_OP_MESSAGE];
        to->reauth_seconds = seconds;
    }
}

static inline __attribute__((always_inline)) struct target
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

/* Where the code of a plain deny is: the first program of every image. */
#define PLAIN_DENY 0u

static inline __attribute__((always_inline)) struct found
find(const struct wp_view *view, struct woapol_principal *principal, const struct point *point)
{
    const struct wp_policy_record *policy = &view->policies[point->policy];
    const struct target target = target_of(view, principal, false);
    const uint32_t entry = search(view, point, &target, policy->first, policy->last);
    /* All ones where there is none: of what is chosen by it, nobody could predict which. */
    const uint32_t none = (uint32_t) - (entry == WP_NO_NUMBER);
    const struct wp_entry_record *record = &view->entries[entry & ~none];
    const uint32_t rule = record->rule | none;
    if (__builtin_expect(principal->incomplete && none == 0, 0) &&
        !is_certain(view, principal, point, rule))
        return (struct found){rule, PLAIN_DENY, WOAPOL_REASON_GROUPS_INCOMPLETE};
    const uint32_t code = (record->code & ~none) | (policy->otherwise & none);
    return (struct found){rule, code, WOAPOL_REASON_NONE};
}

/* The same request again, as far as the tables can tell, has the same answer. */
static inline __attribute__((always_inline)) void
decide_at(const struct wp_view *view, struct woapol_principal *principal, const struct point *point,
          struct woapol_decision *decision)
{
    struct wp_memo *memo = &principal->memo;
    if (REMEMBERS && memo->place == point->place && memo->app == point->app) {
        *decision = memo->decision;
        return;
    }
    if (point->policy == WP_NO_NUMBER) {
        refuse(decision, WOAPOL_REASON_NONE);
        return;
    }
    const struct found found = find(view, principal, point);
    run_outcome(view, point->policy, &found, decision, &memo->decision);
    if (REMEMBERS) {
        memo->place = point->place;
        memo->app = point->app;
    }
}

void
woapol_decide(const struct woapol_image *image, struct woapol_principal *principal,
              const struct woapol_request *request, struct woapol_decision *decision)
{
    const struct wp_view *view = wp_view(image);
    struct point point;
    if (locate(view, request, &point))
        decide_at(view, principal, &point, decision);
    else
        refuse(decision, WOAPOL_REASON_BAD_REQUEST);
}

/* ---- many at once ------------------------------------------------------------------------ */

#define BATCH 16u

/* Asks for the line of the first part in the first block of a decision. */
static inline __attribute__((always_inline)) void
ask_for_line(const struct wp_view *view, const struct point *point)
{
    if (point->policy == WP_NO_NUMBER)
        return;
    const uint32_t block = view->policies[point->policy].first / WP_BLOCK_BITS;
    const struct wp_row *row =
        view->rows + (size_t)point->parts[0] * view->shape.columns + block / WP_COLUMN_BLOCKS;
    const uint32_t place = block % WP_COLUMN_BLOCKS;
    if (block < view->shape.blocks && has_line(row, place))
        __builtin_prefetch(view->lines +
                           view->bases[(size_t)block * WP_FAMILY_COUNT + WP_FAMILY_ADDRESS] +
                           view->line_numbers[row->numbers + place]);
}

static inline __attribute__((always_inline)) void
ask_for_rows(const struct wp_view *view, const struct point *point)
{
    for (uint32_t i = 0; i < view->shape.parts; i++)
        __builtin_prefetch(view->rows + (size_t)point->parts[i] * view->shape.columns);
}

/* Asks for what the upper part of an IPv4 address leads to, then for where that
 * leads. */
static inline __attribute__((always_inline)) void
ask_for_place(const struct wp_view *view, const struct woapol_request *request)
{
    const uint32_t address = (uint32_t)(read_big(request->address) >> 32);
    if (view->shape.v4_layout == WP_V4_LIST) {
        __builtin_prefetch(view->v4_keys + wp_v4_part(view, address));
    } else {
        __builtin_prefetch(view->v4_keys + (address >> 16));
        __builtin_prefetch(view->v4_offsets + wp_v4_part(view, address));
    }
}
static inline __attribute__((always_inline)) void
ask_for_ranges(const struct wp_view *view, const struct woapol_request *request)
{
    if (request->address_family != 4)
        return;
    const uint32_t address = (uint32_t)(read_big(request->address) >> 32);
    size_t range;
    if (view->shape.v4_layout == WP_V4_LIST) {
        range = view->v4_keys[wp_v4_part(view, address)];
        __builtin_prefetch(view->v4_keys + wp_v4_index_size(&view->shape) + range);
    } else {
        range = wp_v4_first(view, address);
        __builtin_prefetch(view->v4_lows + range);
    }
    __builtin_prefetch(view->v4_classes + range * view->shape.class_units);
}

static void
decide_some(const struct wp_view *view, struct woapol_principal *principal,
            const struct woapol_request *requests, size_t count, struct woapol_decision *decisions)
{
    struct point points[BATCH];
    bool located[BATCH];
    for (size_t i = 0; i < count; i++)
        ask_for_place(view, &requests[i]);
    for (size_t i = 0; i < count; i++)
        ask_for_ranges(view, &requests[i]);
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
            decide_at(view, principal, &points[i], &decisions[i]);
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

/* Whether the policy that the app selects has rules that report. */
static inline bool
has_reports(const struct wp_view *view, uint32_t app)
{
    const uint32_t number = app < view->shape.apps ? view->apps[app].policy : WP_NO_NUMBER;
    return number != WP_NO_NUMBER &&
           view->policies[number].report_first < view->policies[number].report_last;
}

size_t
woapol_reports(const struct woapol_image *image, struct woapol_principal *principal,
               const struct woapol_request *request, uint32_t *rules, size_t room)
{
    const struct wp_view *view = wp_view(image);
    struct point point;
    if (!has_reports(view, request->app) || !locate(view, request, &point))
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

/* ---- why ------------------------------------------------------------------------------------ */

static bool
has_entry(const struct wp_line *line, uint32_t entry)
{
    const uint32_t bit = entry % WP_BLOCK_BITS;
    return line->words[bit / 64] >> bit % 64 & 1;
}

/* Whether a row of a family has an entry. */
static bool
row_has(const struct wp_view *view, const struct wp_row *row, enum wp_family family, uint32_t entry)
{
    const uint32_t block = entry / WP_BLOCK_BITS, place = block % WP_COLUMN_BLOCKS;
    if (!has_line(row, place))
        return false;
    const uint32_t number = view->line_numbers[row->numbers + place];
    return has_entry(view->lines + view->bases[(size_t)block * WP_FAMILY_COUNT + family] + number,
                     entry);
}

/* What but the person stands against an entry. */
static uint32_t
facts_against(const struct wp_view *view, const struct point *point, uint32_t entry)
{
    const bool with_apps = view->policies[point->policy].flags & WP_POLICY_TESTS_APPS;
    struct column column;
    find_rows(view, point, entry / WP_BLOCK_BITS / WP_COLUMN_BLOCKS, view->shape.parts, with_apps,
              &column);
    bool address = row_has(view, column.absent, WP_FAMILY_ADDRESS, entry), app = true;
    for (uint32_t i = 0; i < view->shape.parts; i++)
        address ^= row_has(view, column.parts[i], WP_FAMILY_ADDRESS, entry);
    if (column.app != NULL)
        app = row_has(view, column.absent_app, WP_FAMILY_APP, entry) ^
              row_has(view, column.app, WP_FAMILY_APP, entry);
    return (address ? 0 : WOAPOL_BY_ADDRESS) | (app ? 0 : WOAPOL_BY_APP) |
           (row_has(view, column.device, WP_FAMILY_DEVICE, entry) ? 0 : WOAPOL_BY_DEVICE) |
           (row_has(view, column.posture, WP_FAMILY_POSTURE, entry) ? 0 : WOAPOL_BY_POSTURE);
}

static struct woapol_account
account_of(const struct wp_view *view, struct woapol_principal *principal,
           const struct point *point, uint32_t rule)
{
    const struct wp_rule_record *record = &view->rules[rule];
    const struct wp_line *possible = target_of(view, principal, false).row;
    const struct wp_line *certain = target_of(view, principal, true).row;
    struct woapol_account account = {.rule = rule,
                                     .against = WOAPOL_BY_ADDRESS | WOAPOL_BY_DEVICE |
                                                WOAPOL_BY_POSTURE | WOAPOL_BY_APP |
                                                WOAPOL_BY_PERSON,
                                     .is_report = record->flags & WP_RULE_REPORT};
    for (uint32_t entry = record->first; entry < record->last; entry++) {
        const uint32_t block = entry / WP_BLOCK_BITS;
        const uint32_t against = facts_against(view, point, entry) |
                                 (has_entry(possible + block, entry) ? 0 : WOAPOL_BY_PERSON);
        if (__builtin_popcount(against) < __builtin_popcount(account.against))
            account.against = against;
        if (against == 0)
            account.truth = has_entry(certain + block, entry) ? WOAPOL_TRUE : WOAPOL_UNKNOWN;
        if (account.truth == WOAPOL_TRUE)
            break;
    }
    return account;
}

size_t
woapol_explain(const struct woapol_image *image, struct woapol_principal *principal,
               const struct woapol_request *request, struct woapol_account *accounts, size_t room)
{
    const struct wp_view *view = wp_view(image);
    struct point point;
    size_t count = 0;
    if (!locate(view, request, &point) || point.policy == WP_NO_NUMBER)
        return 0;
    bool decided = false;
    for (uint32_t rule = 0; rule < view->shape.rules; rule++) {
        const bool is_report = view->rules[rule].flags & WP_RULE_REPORT;
        if (view->rules[rule].policy != point.policy || (decided && !is_report))
            continue;
        const struct woapol_account account = account_of(view, principal, &point, rule);
        decided |= !is_report && account.truth != WOAPOL_FALSE;
        if (count < room)
            accounts[count] = account;
        count++;
    }
    return count;
}

void
woapol_request_init(struct woapol_request *request)
{
    memset(request, 0, sizeof *request);
    request->risk = WP_RISKS - 1;
}
