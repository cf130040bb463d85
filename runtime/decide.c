/*
 * Deciding: the evaluator for every processor, the choice of another, and why something
 * was decided.
 */
#include "evaluate.h"

#ifdef WP_SMALL /* where there is but one */

void
woapol_decide(const struct woapol_image *image, struct woapol_principal *principal,
              const struct woapol_request *request, struct woapol_decision *decision)
{
    decide_kind(wp_view(image), WP_WIDE, principal, request, decision);
}

size_t
woapol_reports(const struct woapol_image *image, struct woapol_principal *principal,
               const struct woapol_request *request, uint32_t *rules, size_t room)
{
    return reports(wp_view(image), principal, request, rules, room);
}

#else

#include "batch.h"

/* ---- for which processor ------------------------------------------------------------- */

static const struct wp_evaluator for_all = WP_EVALUATOR;

#ifdef __x86_64__
extern const struct wp_evaluator wp_evaluator_avx2, wp_evaluator_avx512;
#endif

const struct wp_evaluator *
wp_evaluator_for_processor(uint32_t number)
{
#ifdef __x86_64__
    const bool has_bits = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                          __builtin_cpu_supports("popcnt");
    /* The first processors that had AVX-512 became slower by it; VBMI2 came after them. */
    if (has_bits && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vbmi2") && number-- == 0)
        return &wp_evaluator_avx512;
    if (has_bits && __builtin_cpu_supports("avx2") && number-- == 0)
        return &wp_evaluator_avx2;
#endif
    return number == 0 ? &for_all : NULL;
}

/* Whether a narrow row's lines stand side by side. */
static bool
is_side_by_side(const struct wp_view *view, const uint32_t lines[WP_NARROW_BLOCKS])
{
    return view->shape.blocks == 1 || lines[1] == lines[0] + 1;
}

/* Whether a narrow image is as the compiler makes them: the lines of a row stand side by side,
 * rows of addresses behind each other, and that of the absent address, which all others are
 * crossed with, is empty. Then a class leads to its lines, and no row need be asked. */
static bool
leads_to_lines(const struct wp_view *view)
{
    const struct wp_shape *shape = &view->shape;
    const uint32_t first = view->rows[0].lines[0];
    const struct wp_line *absent = view->lines + view->rows[WP_ROW_ABSENT].lines[0];
    uint64_t other = 0;
    for (uint32_t i = 0; i < view->row_first[WP_FAMILY_APP] + shape->rows[WP_FAMILY_APP]; i++)
        other |= !is_side_by_side(view, view->rows[i].lines);
    for (uint32_t i = 0; i < shape->policies; i++)
        other |= !is_side_by_side(view, view->policies[i].lines);
    for (uint32_t i = 0; i < shape->rows[WP_FAMILY_ADDRESS]; i++)
        other |= view->rows[i].lines[0] ^ (first + i * shape->blocks);
    for (uint32_t word = 0; word < shape->blocks * WP_LINE_WORDS && other == 0; word++)
        other |= absent[word / WP_LINE_WORDS].words[word % WP_LINE_WORDS];
    return other == 0;
}

/* Of images with marks, by whether policies end in the block they begin in. */
static enum wp_kind
marked_kind_of(const struct wp_view *view)
{
    uint32_t longer = 0;
    for (uint32_t i = 0; i < view->shape.policies; i++) {
        const struct wp_policy_record *policy = &view->policies[i];
        longer += policy->first / WP_BLOCK_BITS != policy->last / WP_BLOCK_BITS;
    }
    return longer == 0                      ? WP_MARKED_SHORT
           : longer == view->shape.policies ? WP_MARKED_LONG
                                            : WP_MARKED;
}

static enum wp_manner
manner_of(const struct wp_view *view)
{
    const struct wp_shape *shape = &view->shape;
    bool usual = shape->v4_value_bits == WP_VALUE_BITS_MIN;
    for (uint32_t i = 0; i < shape->apps; i++)
        usual &= view->apps[i].policy != WP_NO_NUMBER;
    for (uint32_t i = 0; i < shape->policies; i++)
        usual &= (view->policies[i].flags & WP_POLICY_TESTS_APPS) == 0;
    if (!usual)
        return WP_ANY;
    const bool alone = shape->policies == 1 && view->policies[0].first == 0;
    if (shape->v4_layout == WP_V4_LIST)
        return alone ? WP_LISTED_ALONE : WP_LISTED;
    return alone ? WP_TABLED_ALONE : WP_TABLED;
}

static enum wp_kind
wide_kind_of(const struct wp_view *view)
{
    const struct wp_shape *shape = &view->shape;
    if (shape->leads > 0)
        return marked_kind_of(view);
    if (shape->parts == 1)
        return WP_WIDE_ROWS;
    if (shape->part_size != sizeof(uint16_t))
        return WP_WIDE;
    return shape->parts == 2 ? WP_WIDE_PAIRS : shape->parts == 4 ? WP_WIDE_QUADS : WP_WIDE;
}

static enum wp_kind
kind_of(const struct wp_view *view)
{
    const struct wp_shape *shape = &view->shape;
    if (!wp_is_narrow(shape))
        return wide_kind_of(view);
    if (shape->parts > shape->blocks || wp_is_uneven(shape) || !leads_to_lines(view))
        return WP_NARROW;
    if (shape->parts == 2)
        return shape->part_size == sizeof(uint16_t) ? WP_NARROW_PAIRS : WP_NARROW;
    if (shape->blocks == 1)
        return WP_NARROWEST;
    /* With marks there are shortlists, of a policy. */
    return view->marks != NULL && shape->policies > 0 ? WP_NARROW_MARKED : WP_NARROW_ROWS;
}

void
wp_evaluate_with(struct wp_view *view, const struct wp_evaluator *evaluator)
{
    view->kind = kind_of(view);
    if (view->shape.v4_layout == WP_V4_LIST)
        view->v4_starts = view->v4_keys + wp_v4_index_size(&view->shape);
    if (wp_is_narrow(&view->shape))
        view->class_lines = view->lines + view->rows[0].lines[0];
    view->shortlist = wp_has_shortlists(view->kind) ? (uint32_t)wp_principal_size(view) : 0;
    view->evaluator = evaluator;
    view->decide = evaluator->decide[view->kind].one[manner_of(view)];
}

void
woapol_decide(const struct woapol_image *image, struct woapol_principal *principal,
              const struct woapol_request *request, struct woapol_decision *decision)
{
    const struct wp_view *view = wp_view(image);
    view->decide(view, principal, request, decision);
}

void
woapol_decide_batch(const struct woapol_image *image, struct woapol_principal *principal,
                    const struct woapol_request *requests, size_t count,
                    struct woapol_decision *decisions)
{
    const struct wp_view *view = wp_view(image);
    view->evaluator->decide[view->kind].batch(view, principal, requests, count, decisions);
}

size_t
woapol_reports(const struct woapol_image *image, struct woapol_principal *principal,
               const struct woapol_request *request, uint32_t *rules, size_t room)
{
    const struct wp_view *view = wp_view(image);
    return view->evaluator->reports(view, principal, request, rules, room);
}

#endif

/* ---- why ------------------------------------------------------------------------------------ */

static bool
has_entry(const struct wp_line *line, uint32_t entry)
{
    const uint32_t bit = entry % WP_BLOCK_BITS;
    return line->words[bit / 64] >> bit % 64 & 1;
}

/* Whether a row of a family has an entry. */
static bool
row_has(const struct wp_view *view, uint32_t number, enum wp_family family, uint32_t entry)
{
    return has_entry(view->lines + wp_line_of(view, family, number, entry / WP_BLOCK_BITS), entry);
}

/* What but the person stands against an entry. */
static uint32_t
facts_against(const struct wp_view *view, struct point point, uint32_t entry)
{
    bool address = row_has(view, WP_ROW_ABSENT, WP_FAMILY_ADDRESS, entry), app = true;
    const struct wp_parts parts = wp_parts_of(view, point.class);
    for (uint32_t i = 0; i < parts.count; i++)
        address ^= row_has(view, wp_row_of(view, parts, i), WP_FAMILY_ADDRESS, entry);
    if (tests_apps(view, &point))
        app = row_has(view, absent_app(view), WP_FAMILY_APP, entry) ^
              row_has(view, app_row(view, &point), WP_FAMILY_APP, entry);
    return (address ? 0 : WOAPOL_BY_ADDRESS) | (app ? 0 : WOAPOL_BY_APP) |
           (row_has(view, point.device, WP_FAMILY_DEVICE, entry) ? 0 : WOAPOL_BY_DEVICE) |
           (row_has(view, point.posture, WP_FAMILY_POSTURE, entry) ? 0 : WOAPOL_BY_POSTURE);
}

static struct woapol_account
account_of(const struct wp_view *view, struct woapol_principal *principal, struct point point,
           uint32_t rule)
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
        const struct woapol_account account = account_of(view, principal, point, rule);
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
