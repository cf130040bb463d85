/* A rule of Access for browsers, as a source says it: for the device type browser,
 * and for the browser sign-ins of all device types that such a rule matches too. */
#include "compiler/emit/access/lowering.h"
#include "compiler/members.h"

#include <string.h>

static uint64_t
browser_postures(void)
{
    uint64_t mask = 0;

    for (unsigned risk = 0; risk < WP_RISK_COUNT; risk++) {
        for (unsigned rest = 0; rest < 4; rest++)
            mask |= UINT64_C(1) << wp_posture(WP_ENTRY_BROWSER, risk, rest >> 1, rest & 1);
    }
    return mask;
}

static bool
is_same_apart_from_devices(const struct wp_term *a, const struct wp_term *b)
{
    if (a->network != b->network || a->any_count != b->any_count || a->users || b->users ||
        !wp_ids_equal(&a->none, &b->none))
        return false;
    for (uint32_t i = 0; i < a->any_count; i++) {
        if (!wp_ids_equal(&a->any[i], &b->any[i]))
            return false;
    }
    return (!a->apps && !b->apps) || (a->apps && b->apps && a->apps->others == b->apps->others &&
                                      wp_ids_equal(&a->apps->ids, &b->apps->ids));
}

/* Does a rule for the device types of `term` match just those of `rider` besides? */
static bool
takes(const struct wp_access_types *types, const struct wp_term *term, const struct wp_term *rider)
{
    uint64_t also = 0;

    for (uint32_t i = 0; i < types->count; i++) {
        for (uint32_t k = 0; k < types->count; k++) {
            bool shares = types->items[i].also >> k & 1;
            if (shares && (term->devices & types->items[k].mask) == types->items[k].mask)
                also |= types->items[i].mask;
        }
    }
    return also != 0 && (rider->devices & ~term->devices) == (also & ~term->devices) &&
           (rider->devices & ~also) == 0;
}

void
wp_lower_find_riders(struct wp_lowering *lowering)
{
    const uint64_t in_browser = browser_postures();

    for (uint32_t i = 0; i < lowering->entry_count; i++) {
        struct wp_lower_entry *rider = &lowering->entries[i];
        for (uint32_t k = 0; k < lowering->entry_count && !rider->rides; k++) {
            struct wp_lower_entry *entry = &lowering->entries[k];
            if (entry->rule != rider->rule || rider->term->postures != in_browser ||
                entry->term->postures != WP_POSTURE_ALL ||
                !is_same_apart_from_devices(entry->term, rider->term) ||
                !takes(&lowering->types, entry->term, rider->term))
                continue;
            entry->takes_all = rider->rides = true;
        }
    }
}
