/*
 * The evaluator: the AND of five rows, within the entries of one policy. Files that
 * include batch.h compile it for one kind of processor each: decide.c for all of them.
 *
 * Everything here trusts the tables, which verify*.c has proved, and nothing that
 * comes with a request. A block of 512 entries is one line of each family and one
 * of the principal; the first bit that all of them have is the entry sought.
 */
#ifndef WP_RUNTIME_EVALUATE_H
#define WP_RUNTIME_EVALUATE_H

#include "evaluator.h"
#include "lookup.h"
#include "search.h"
#ifndef WP_SMALL
#include "search_shortlist.h"
#endif

#include <stddef.h>

/* ---- where a request stands ------------------------------------------------------ */

WP_INLINE uint64_t
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

WP_INLINE uint32_t
v4_address(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap32(value);
}

/* Whether the halves of an IPv6 address are those of an IPv4-mapped one, which is that IPv4
 * address. */
WP_INLINE bool
is_mapped(uint64_t high, uint64_t low)
{
    return high == 0 && low >> 32 == 0xffff;
}

/* The class of an address that is not an IPv4 one in any way, or WP_NO_NUMBER when there is no
 * such family. */
WP_INLINE uint32_t
class_by_v6(const struct wp_view *view, uint32_t family, uint64_t high, uint64_t low)
{
    if (__builtin_expect(family != 6, 0))
        return family == 0 ? WP_CLASS_ABSENT : WP_NO_NUMBER;
    return wp_class_v6(view, high, low);
}

/* The same of any address, an IPv4 one's having `bits`. */
WP_INLINE uint32_t
class_by(const struct wp_view *view, const struct woapol_request *request, uint32_t bits)
{
    const uint64_t high = read_big(request->address), low = read_big(request->address + 8);
    uint32_t family = request->address_family, v4 = (uint32_t)(high >> 32);
    if (family == 6 && is_mapped(high, low)) {
        family = 4;
        v4 = (uint32_t)low;
    }
    return family == 4 ? wp_class_v4_of(view, v4, bits) : class_by_v6(view, family, high, low);
}

/* Not inline: for IPv4 it would only take registers. */
static __attribute__((noinline)) uint32_t
class_by_any(const struct wp_view *view, const struct woapol_request *request)
{
    return class_by(view, request, view->shape.v4_value_bits);
}

/* Risk, managed, compliant and entry stand side by side: one number, with one of them in each
 * of its lower bytes. */
_Static_assert(
    offsetof(struct woapol_request, risk) == offsetof(struct woapol_request, address_family) + 1 &&
        offsetof(struct woapol_request, managed) == offsetof(struct woapol_request, risk) + 1 &&
        offsetof(struct woapol_request, compliant) == offsetof(struct woapol_request, risk) + 2 &&
        offsetof(struct woapol_request, entry) == offsetof(struct woapol_request, risk) + 3,
    "they are read at once");
#define IN_BYTES(first, second, third, others)                                                     \
    ((uint64_t)(others) << 24 | (third) << 16 | (second) << 8 | (first))

/* The posture of a request; false when a number in it is out of range. */
WP_INLINE bool
find_posture(const struct woapol_request *request, uint32_t *posture)
{
    const uint64_t room = IN_BYTES(128 - WP_RISKS, 128 - 2, 128 - 2, 128 - WP_ENTRIES_OF_REQUEST);
    const uint64_t beyond = IN_BYTES(128u, 128u, 128u, 0xffffff80u);
    uint64_t facts; /* and one byte more, which is not asked */
    memcpy(&facts, (const uint8_t *)request + offsetof(struct woapol_request, risk), sizeof facts);
    /* Each times what it counts for, all of them added up in the fourth byte. */
    *posture = (uint32_t)(facts * IN_BYTES(4 * WP_RISKS, 2u, 1u, 4u) >> 24) & 255;
    return __builtin_expect(((facts | (facts + room)) & beyond) == 0, 1);
}

/* Where a request stands whose address is of a class; false when a number is out of range. */
WP_INLINE bool
locate_in(const struct wp_view *view, uint32_t class, const struct woapol_request *request,
          struct point *point)
{
    uint32_t posture;
    if (!find_posture(request, &posture) || request->app >= view->shape.apps ||
        request->device >= view->shape.rows[WP_FAMILY_DEVICE])
        return false;
    point->class = class;
    point->device = view->row_first[WP_FAMILY_DEVICE] + request->device;
    point->posture = view->row_first[WP_FAMILY_POSTURE] + posture;
    point->device_number = request->device;
    point->posture_number = posture;
    point->app = request->app;
    point->policy = view->apps[request->app].policy;
    return true;
}

/* The same with the class of its address; false when there is no such family. */
WP_INLINE bool
locate(const struct wp_view *view, const struct woapol_request *request, struct point *point)
{
    const uint32_t class = !WP_IS_SMALL && request->address_family == 4
                               ? wp_class_v4(view, v4_address(request->address))
                               : class_by_any(view, request);
    return class != WP_NO_NUMBER && locate_in(view, class, request, point);
}

/* ---- what was found -------------------------------------------------------------------- */

#define SAME_PLACE(member)                                                                         \
    offsetof(struct wp_outcome_record, member) == offsetof(struct woapol_decision, member)
_Static_assert(sizeof(struct wp_outcome_record) == 32 && sizeof(struct woapol_decision) == 32 &&
                   SAME_PLACE(effect) && SAME_PLACE(chain) && SAME_PLACE(message) &&
                   SAME_PLACE(reauth_seconds) && sizeof(enum woapol_effect) == sizeof(uint32_t),
               "an outcome is copied into a decision");

/* Makes a decision of what was found. */
WP_INLINE void
say(const struct wp_view *view, struct wp_found found, struct woapol_decision *decision)
{
    wp_copy_32(decision, &view->outcomes[found.outcome]);
    if (WP_IS_SMALL || found.reason != WOAPOL_REASON_NONE) /* which is what outcomes have */
        decision->reason = found.reason;
    decision->policy = found.policy;
    decision->rule = found.rule;
}

static __attribute__((noinline, cold)) void
refuse(const struct wp_view *view, enum woapol_reason reason, struct woapol_decision *decision)
{
    say(view, (struct wp_found){reason, WP_NO_NUMBER, WP_NO_NUMBER, WP_PLAIN_DENY}, decision);
}

WP_INLINE struct target
target_of(const struct wp_view *view, struct woapol_principal *principal, bool certain)
{
    const uint32_t *summary = wp_summary(view, principal);
    if (certain && principal->incomplete)
        return (struct target){wp_certain_row(view, principal), summary + view->shape.columns};
    return (struct target){principal->lines, summary};
}

/* Whether the rule of an entry that may hold does hold: some entry of it does. */
static __attribute__((noinline, cold)) bool
is_certain(const struct wp_view *view, struct woapol_principal *principal, struct point point,
           uint32_t rule)
{
    const struct target target = target_of(view, principal, true);
    const struct wp_rule_record *record = &view->rules[rule];
    return search(view, point, target, record->first, record->last) != WP_NO_NUMBER;
}

/* What an entry of a policy says, or the one behind them: there is what decides otherwise. */
WP_INLINE struct wp_found
found_in(const struct wp_view *view, struct point point, uint32_t entry)
{
    const struct wp_entry_record *record = &view->entries[entry];
    return (struct wp_found){WOAPOL_REASON_NONE, point.policy, record->rule, record->outcome};
}

/* The same of the first entry that all have, or one further behind the policy's last. */
WP_INLINE struct wp_found
found_first(const struct wp_view *view, struct point point, uint32_t entry)
{
    return found_in(view, point, least(entry, view->policies[point.policy].last));
}

/* The same of the first that may hold. */
WP_INLINE struct wp_found
found_at(const struct wp_view *view, struct woapol_principal *principal, struct point point,
         uint32_t entry)
{
    struct wp_found found = found_first(view, point, entry);
    if (__builtin_expect(principal->incomplete, 0) && found.rule != WP_NO_NUMBER &&
        !is_certain(view, principal, point, found.rule)) {
        found.reason = WOAPOL_REASON_GROUPS_INCOMPLETE;
        found.outcome = WP_PLAIN_DENY;
    }
    return found;
}

/* What decides, in a policy. */
WP_INLINE struct wp_found
find(const struct wp_view *view, enum wp_kind kind, struct woapol_principal *principal,
     struct point point)
{
    const struct target target = target_of(view, principal, false);
    return found_at(view, principal, point, find_entry(view, kind, point, target));
}

/* ---- the same request again ---------------------------------------------------------- */

/* Whether a principal remembers its last request; not where code has to be small. */
#ifdef WP_SMALL
#define REMEMBERS false
#else
#define REMEMBERS true
#endif

_Static_assert(sizeof(struct woapol_request) == 32, "it is compared and copied at once");

/* Says what the last request found, if it was the same. Returns whether it was. */
WP_INLINE bool
recall(const struct wp_view *view, const struct wp_memo *memo, const struct woapol_request *request,
       struct woapol_decision *decision)
{
    if (!REMEMBERS || __builtin_expect(!wp_same_32(&memo->request, request), 1))
        return false;
    say(view, memo->found, decision);
    return true;
}

WP_INLINE void
remember(struct wp_memo *memo, const struct woapol_request *request, struct wp_found found)
{
    if (!REMEMBERS)
        return;
    wp_copy_32(&memo->request, request);
    memo->found = found;
}

/* ---- one decision -------------------------------------------------------------------- */

WP_INLINE void
decide_kind(const struct wp_view *view, enum wp_kind kind, struct woapol_principal *principal,
            const struct woapol_request *request, struct woapol_decision *decision)
{
    struct point point;
    if (recall(view, &principal->memo, request, decision))
        return;
    if (__builtin_expect(!locate(view, request, &point), 0)) {
        refuse(view, WOAPOL_REASON_BAD_REQUEST, decision);
        return;
    }
    if (__builtin_expect(point.policy == WP_NO_NUMBER, 0)) {
        refuse(view, WOAPOL_REASON_NONE, decision);
        return;
    }
    const struct wp_found found = find(view, kind, principal, point);
    remember(&principal->memo, request, found);
    say(view, found, decision);
}

#ifndef WP_SMALL

/* Decides the request that is remembered. */
WP_INLINE void
decide_by(const struct wp_view *view, struct woapol_principal *principal, struct wp_found found,
          struct woapol_decision *decision)
{
    principal->memo.found = found;
    say(view, found, decision);
}

/* The same by the first entry that all have. */
WP_INLINE void
decide_at(const struct wp_view *view, struct woapol_principal *principal, struct point point,
          uint32_t entry, struct woapol_decision *decision)
{
    decide_by(view, principal, found_first(view, point, entry), decision);
}

/* Decides it where marks did not: from an entry on, none before which does. It takes
 * what fits registers, since what is in memory it would be for all. */
static __attribute__((noinline)) void
decide_further(const struct wp_view *view, struct woapol_principal *principal,
               struct woapol_decision *decision, uint32_t class, uint32_t from)
{
    struct point point;
    (void)locate_in(view, class, &principal->memo.request, &point);
    const struct target target = target_of(view, principal, false);
    decide_at(view, principal, point, look_further(view, point, target, from), decision);
}

/* Decides it by marks, in a policy that tests no apps. */
WP_INLINE void
decide_by_sight(const struct wp_view *view, enum wp_kind kind, struct woapol_principal *principal,
                struct point point, struct woapol_decision *decision)
{
    const struct sight sight = look(view, kind, point, principal->lines);
    if (__builtin_expect(sight.is_sure, 1))
        decide_by(view, principal, found_in(view, point, sight.entry), decision);
    else
        decide_further(view, principal, decision, point.class, sight.entry);
}

/* What bit number `number` of a shortlist says. */
WP_INLINE struct wp_found
found_in_list(const struct wp_shortlist *list, struct point point, uint32_t number)
{
    const struct wp_entry_record *record = &list->records[number];
    return (struct wp_found){WOAPOL_REASON_NONE, point.policy, record->rule, record->outcome};
}

/* Decides it where a look at the shortlist, of which device and posture have `some`, did not
 * tell: by rows of the entries that are marked, or behind the list. */
static __attribute__((noinline)) void
decide_beyond_look(const struct wp_view *view, struct woapol_principal *principal,
                   struct woapol_decision *decision, uint32_t class, uint64_t some)
{
    struct wp_shortlist *list = wp_shortlist(view, principal);
    struct point point = {.policy = list->policy};
    if (some == 0) { /* else all is known, and the end at least is set */
        (void)locate_in(view, class, &principal->memo.request, &point);
        (void)complete_list(view, list, point);
        some = listed_by(list, point);
    }
    const uint32_t number = search_list(view, list, class, some);
    if (number != WP_NO_NUMBER) {
        decide_by(view, principal, found_in_list(list, point, number), decision);
        return;
    }
    (void)locate_in(view, class, &principal->memo.request, &point);
    const uint32_t last = view->policies[point.policy].last;
    const struct target target = target_of(view, principal, false);
    decide_at(view, principal, point, search(view, point, target, list->next, last), decision);
}

/* Decides it by a shortlist, in the policy that this is of. */
WP_INLINE void
decide_by_list(const struct wp_view *view, struct woapol_principal *principal, struct point point,
               struct woapol_decision *decision)
{
    const struct wp_shortlist *list = wp_shortlist(view, principal);
    const uint64_t some = listed_by(list, point);
    const uint32_t number = look_at_list(list, view->marks + point.class, some);
    if (__builtin_expect(number != WP_NO_NUMBER, 1))
        decide_by(view, principal, found_in_list(list, point, number), decision);
    else
        decide_beyond_look(view, principal, decision, point.class, some);
}

/* One way to decide: in images of a kind and manner. What it does not decide, others do, which
 * it calls last of all, so that nothing need be saved. */
struct way {
    enum wp_kind kind;
    enum wp_manner manner;
    wp_decide *by_address; /* where it is not found at once */
    wp_decide *others;
};

WP_INLINE bool
is_alone(struct way way)
{
    return way.manner == WP_LISTED_ALONE || way.manner == WP_TABLED_ALONE;
}

/* Whether a point is in the policy that a principal's shortlist is of. */
WP_INLINE bool
is_listed(const struct wp_view *view, struct way way, struct woapol_principal *principal,
          struct point point)
{
    return is_alone(way) || point.policy == wp_shortlist(view, principal)->policy;
}

/* The first of a policy's entries that all rows have, or one that is behind them, where there
 * are no marks and apps do not matter. */
WP_INLINE uint32_t
find_mostly(const struct wp_view *view, struct way way, struct woapol_principal *principal,
            struct point point)
{
    if (!wp_is_wide(way.kind))
        return find_leading(view, way.kind, is_alone(way), point, principal->lines);
    const struct target target = {principal->lines, wp_summary(view, principal)};
    return find_wide(view, most_parts(way.kind), point, target, view->policies[point.policy].first);
}

_Static_assert(offsetof(struct woapol_principal, is_empty) ==
                       offsetof(struct woapol_principal, incomplete) + 1 &&
                   offsetof(struct woapol_principal, padding) ==
                       offsetof(struct woapol_principal, incomplete) + 3,
               "they are read at once");

/* Whether a person's groups are not known whole, or are such that nothing can match, or were not
 * worked out whole. */
WP_INLINE bool
is_special(const struct woapol_principal *principal)
{
    uint32_t flags;
    memcpy(&flags, &principal->incomplete, sizeof flags);
    return flags != 0;
}

/* Decides it without a shortlist. */
WP_INLINE void
decide_unlisted(const struct wp_view *view, struct way way, struct woapol_principal *principal,
                struct point point, struct woapol_decision *decision)
{
    if (wp_is_marked(way.kind))
        decide_by_sight(view, way.kind, principal, point, decision);
    else
        decide_at(view, principal, point, find_mostly(view, way, principal, point), decision);
}

/* The same by itself, where nearly everybody has a shortlist of the policy. */
static __attribute__((noinline)) void
decide_unlisted_apart(const struct wp_view *view, struct woapol_principal *principal,
                      struct woapol_decision *decision, uint32_t class)
{
    struct way way = {.kind = WP_MARKED, .manner = WP_TABLED};
    struct point point = {.class = class};
    (void)locate_in(view, class, &principal->memo.request, &point);
    if (wp_is_narrow(&view->shape))
        way.kind = WP_NARROW_MARKED;
    decide_unlisted(view, way, principal, point, decision);
}

/* Where all is as it mostly is: a person whose groups are known whole, a policy that tests no
 * apps. */
WP_INLINE void
decide_in_class(const struct wp_view *view, struct way way, struct woapol_principal *principal,
                const struct woapol_request *request, struct woapol_decision *decision,
                uint32_t class)
{
    struct point point;
    if (__builtin_expect(!locate_in(view, class, request, &point), 0)) {
        way.others(view, principal, request, decision);
        return;
    }
    if (is_alone(way))
        point.policy = 0;
    const bool is_plain =
        way.manner != WP_ANY || (point.policy != WP_NO_NUMBER && !tests_apps(view, &point));
    const bool special = is_special(principal);
    if (__builtin_expect(!is_plain || (special && principal->incomplete), 0)) {
        way.others(view, principal, request, decision);
        return;
    }
    wp_copy_32(&principal->memo.request, request);
    if (__builtin_expect(special && principal->is_empty, 0))
        decide_at(view, principal, point, WP_NO_NUMBER, decision);
    else if (!wp_has_shortlists(way.kind))
        decide_unlisted(view, way, principal, point, decision);
    else if (!special && is_listed(view, way, principal, point))
        decide_by_list(view, principal, point, decision);
    else if (is_alone(way) || way.manner == WP_ANY)
        decide_unlisted_apart(view, principal, decision, class);
    else
        decide_unlisted(view, way, principal, point, decision);
}

/* Any address. */
WP_INLINE void
decide_by_address(const struct wp_view *view, struct way way, struct woapol_principal *principal,
                  const struct woapol_request *request, struct woapol_decision *decision)
{
    const uint32_t bits = way.manner == WP_ANY ? view->shape.v4_value_bits : WP_VALUE_BITS_MIN;
    const uint32_t class = class_by(view, request, bits);
    if (class == WP_NO_NUMBER)
        way.others(view, principal, request, decision);
    else
        decide_in_class(view, way, principal, request, decision, class);
}

/* Finds the class of an IPv4 address in the way of most. Returns whether it is there. */
WP_INLINE bool
find_class(const struct wp_view *view, enum wp_manner manner, uint32_t address, uint32_t *class)
{
    if (manner == WP_TABLED || manner == WP_TABLED_ALONE)
        return wp_find_in_table(view, address, WP_VALUE_BITS_MIN, class);
    return wp_find_in_list(view, address, WP_VALUE_BITS_MIN, class);
}

/* Any request: the same one again, or one whose address is found at once, as most are. */
WP_INLINE void
decide_one(const struct wp_view *view, struct way way, struct woapol_principal *principal,
           const struct woapol_request *request, struct woapol_decision *decision)
{
    uint32_t class;
    if (recall(view, &principal->memo, request, decision))
        return;
    if (way.manner == WP_ANY)
        decide_by_address(view, way, principal, request, decision);
    else if (request->address_family == 4 &&
             find_class(view, way.manner, v4_address(request->address), &class))
        decide_in_class(view, way, principal, request, decision, class);
    else
        way.by_address(view, principal, request, decision);
}

#endif

/* ---- what else holds ------------------------------------------------------------------ */

/* Whether the policy that the app selects has rules that report. */
WP_INLINE bool
has_reports(const struct wp_view *view, uint32_t app)
{
    const uint32_t number = app < view->shape.apps ? view->apps[app].policy : WP_NO_NUMBER;
    return number != WP_NO_NUMBER &&
           view->policies[number].report_first < view->policies[number].report_last;
}

static size_t
reports(const struct wp_view *view, struct woapol_principal *principal,
        const struct woapol_request *request, uint32_t *rules, size_t room)
{
    struct point point;
    if (!has_reports(view, request->app) || !locate(view, request, &point))
        return 0;
    const struct wp_policy_record *policy = &view->policies[point.policy];
    const struct target target = target_of(view, principal, true);
    size_t count = 0;
    uint32_t entry = policy->report_first;
    while ((entry = search(view, point, target, entry, policy->report_last)) != WP_NO_NUMBER) {
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

#endif
