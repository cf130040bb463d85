/* When a request is sent again. A write is, when the tenant said that it did
 * nothing or when nothing was sent; what merely reads is, whenever it may help. */
#include "compiler/emit/transport_parts.h"

#define MOST_FAILURES 4  /* further attempts after one without an answer, or a 5xx */
#define MOST_REFUSALS 40 /* after 423 and 429; patience usually ends first */

/* Twice as long each time, from half a second to half a minute; half of it by
 * chance, so that many who failed together do not come back together. */
static uint64_t
back_off(const struct wp_signs *signs)
{
    unsigned doublings = signs->attempt < 6 ? signs->attempt : 6;
    uint64_t full = (uint64_t)500 << doublings;
    if (full > 30000)
        full = 30000;
    return full / 2 + (uint64_t)((double)(full / 2) * signs->chance);
}

/* What Okta's headers say: when the minute is over; or that too many requests are
 * under way at once, which is over soon. */
static uint64_t
rate_wait(const struct wp_signs *signs)
{
    if (signs->limit == 0 && signs->remaining == 0)
        return 250 + (uint64_t)(1250 * signs->chance);
    if (signs->retry_after >= 0)
        return (uint64_t)signs->retry_after * 1000 + (uint64_t)(500 * signs->chance);
    if (signs->reset < 0 || signs->date < 0)
        return back_off(signs);
    int64_t seconds = signs->reset - signs->date + 1;
    return (uint64_t)(seconds < 1 ? 1 : seconds) * 1000 + (uint64_t)(500 * signs->chance);
}

static bool
answered_wait(const struct wp_signs *signs, uint64_t *milliseconds)
{
    switch (signs->status) {
    case 429:
        *milliseconds = rate_wait(signs);
        return signs->attempt < MOST_REFUSALS;
    case 423:
        *milliseconds = back_off(signs);
        return signs->attempt < MOST_REFUSALS;
    case 503:
        /* From a gateway it may come after the tenant did what was asked. */
        if (!signs->is_harmless && signs->retry_after < 0 && !signs->tenant_spoke)
            return false;
        *milliseconds =
            signs->retry_after > 0 ? (uint64_t)signs->retry_after * 1000 : back_off(signs);
        return signs->attempt < MOST_FAILURES;
    case 408:
    case 500:
    case 502:
    case 504:
        *milliseconds = back_off(signs);
        return signs->is_harmless && signs->attempt < MOST_FAILURES;
    default:
        return false;
    }
}

bool
wp_retry_wait(const struct wp_signs *signs, uint64_t *milliseconds)
{
    switch (signs->end) {
    case WP_WIRE_ANSWERED:
        return answered_wait(signs, milliseconds);
    case WP_WIRE_UNREACHABLE:
    case WP_WIRE_LOST:
        *milliseconds = back_off(signs);
        return signs->attempt < MOST_FAILURES &&
               (signs->is_harmless || signs->end == WP_WIRE_UNREACHABLE);
    case WP_WIRE_UNTRUSTED:
    case WP_WIRE_TOO_LARGE:
    case WP_WIRE_STOPPED:
        return false;
    }
    return false;
}

const char *
wp_retry_reason(const struct wp_signs *signs)
{
    if (signs->end == WP_WIRE_UNREACHABLE)
        return "it cannot be reached";
    if (signs->end == WP_WIRE_LOST)
        return "the answer was lost";
    if (signs->status == 429)
        return signs->limit == 0 && signs->remaining == 0 ? "too many requests at once"
                                                          : "the rate limit is used up";
    return signs->status == 423 ? "the tenant is busy with an earlier change"
                                : "the tenant has trouble";
}
