/*
 * A principal's shortlist: the first entries of one policy that it has, as many as one vector
 * has bytes, and all of them that a decision asks for: nearly every request is decided by one
 * of them, and by nothing that is not near.
 *
 * A bit of a number is an entry, the lowest one the first; bit WP_SHORTLIST is what decides
 * otherwise, and in what is not known yet no bit is set.
 */
#ifndef WP_RUNTIME_SHORTLIST_H
#define WP_RUNTIME_SHORTLIST_H

#include "view.h"

#define WP_SHORTLIST 32u
#define WP_SHORTLIST_END (UINT64_C(1) << WP_SHORTLIST)

struct wp_shortlist {
    /* Where in a class's mark an entry has its bit in each half: the byte, and in that the bit.
     * Where there are fewer entries, no bit. */
    uint8_t bytes[WP_MARK_HALVES][WP_SHORTLIST];
    uint8_t bits[WP_MARK_HALVES][WP_SHORTLIST];
    uint64_t usual;                 /* those that the absent address has; the end, if that is all */
    uint64_t postures[WP_POSTURES]; /* those that each posture has, and each device type */
    uint64_t devices[WP_DEVICES_MAX];
    struct wp_entry_record records[WP_SHORTLIST + 1]; /* what each bit says */
    uint32_t entries[WP_SHORTLIST];
    uint32_t count;
    uint32_t next;   /* from which entry on there may be more */
    uint32_t policy; /* that they are of */
};

/* The shortlist of a principal of an image that has them. */
static inline struct wp_shortlist *
wp_shortlist(const struct wp_view *view, struct woapol_principal *principal)
{
    return (struct wp_shortlist *)(void *)((uint8_t *)principal + view->shortlist);
}

/* Makes the shortlist of a principal that is bound: of the policy with most entries. What
 * postures and devices have is not known yet. */
void wp_make_shortlist(const struct wp_view *view, struct woapol_principal *principal);

/* Makes what a posture and a device have known. Returns whether some of it was not. */
bool wp_complete_shortlist(const struct wp_view *view, struct wp_shortlist *list, uint32_t posture,
                           uint32_t device);

#endif
