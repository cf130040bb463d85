/*
 * Where a rule ends up. Two families of policies order their rules by two models:
 *
 * 1: places count from 1 without a gap, and a place beyond the end is silently
 *    the end; the rules between the old place and the new one shift.
 * 2: places count from 0 and may have gaps; what stands at the place that is
 *    taken moves down by one, and so on until a gap. A rule's own former place
 *    still counts as taken while it is placed, so that writing a rule where it
 *    stands pushes those right behind it.
 */
#include "compiler/sandbox/okta.h"

#include <string.h>

static int64_t
place_dense(struct wp_okta_slot *others, size_t count, int64_t asked)
{
    int64_t place = asked < 0 || asked > (int64_t)count ? (int64_t)count + 1 : asked;
    if (asked == 0)
        place = 1;
    for (size_t i = 0; i < count; i++)
        others[i].priority = (int64_t)i + 1 < place ? (int64_t)i + 1 : (int64_t)i + 2;
    return place;
}

static int64_t
place_sparse(struct wp_okta_slot *others, size_t count, int64_t own, int64_t asked)
{
    int64_t taken, last = own;
    for (size_t i = 0; i < count; i++)
        if (others[i].priority > last)
            last = others[i].priority;
    if (asked < 0)
        return last + 1;
    /* `taken` is the slot whose occupant has to go one down. */
    taken = asked;
    for (;;) {
        size_t i = 0;
        bool is_own = taken == own;
        while (i < count && others[i].priority != taken)
            i++;
        if (i == count && !is_own)
            break;
        if (i < count)
            others[i].priority = -2 - taken; /* marked, so that it is not found again */
        taken++;
    }
    for (size_t i = 0; i < count; i++)
        if (others[i].priority < 0)
            others[i].priority = -2 - others[i].priority + 1;
    return asked;
}

int64_t
wp_okta_place(enum wp_okta_family family, struct wp_okta_slot *others, size_t count, int64_t own,
              int64_t asked)
{
    return family == WP_OKTA_FAMILY_1 ? place_dense(others, count, asked)
                                      : place_sparse(others, count, own, asked);
}

enum wp_okta_family
wp_box_okta_family(const char *policy_type)
{
    static const char *const second[] = {"ACCESS_POLICY", "DEVICE_SIGNAL_COLLECTION",
                                         "PROFILE_ENROLLMENT", "POST_AUTH_SESSION", "ENTITY_RISK"};
    for (size_t i = 0; i < sizeof second / sizeof *second; i++)
        if (strcmp(policy_type, second[i]) == 0)
            return WP_OKTA_FAMILY_2;
    return WP_OKTA_FAMILY_1;
}
