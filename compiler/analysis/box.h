/*
 * A box: device types x postures x addresses around a witness, for a user in
 * exactly the witness's groups, all of whose requests share a property with it.
 *
 * Grown by looking at every request that the rules for such a user can tell
 * apart, so what it says is exact. It is how regions and sets of requests are
 * put in the policy's own words.
 */
#ifndef WP_ANALYSIS_BOX_H
#define WP_ANALYSIS_BOX_H

#include "compiler/analysis/text.h"
#include "compiler/analysis/view.h"
#include "compiler/network.h"

struct wp_box {
    const struct wp_point *witness; /* groups, app and user are as in it */
    uint64_t devices, postures;
    struct wp_network addresses;
    bool is_whole; /* false: too much to look at, so the box is smaller than it could be */
};

/* Does the request have the property? */
typedef bool (*wp_box_property)(void *context, const struct wp_point *point);

/* Grows the largest box that devices first, postures next, addresses last give.
 * `views` are the policies whose rules decide about the property; `further` are
 * conditions that do, too. */
void wp_box_grow(struct wp_box *box, struct wp_arena *arena, const struct wp_model *model,
                 const struct wp_view *const *views, uint32_t view_count,
                 const struct wp_test *const *further, uint32_t further_count,
                 const struct wp_point *witness, wp_box_property property, void *context);

/* A box in names. Lists are NULL-terminated; a NULL list stands for any. */
struct wp_box_words {
    const char **devices;
    const char **devices_but; /* all others of those that are named, when that is shorter */
    const char **networks;    /* named ones that lie in it */
    const char **but;         /* named ones that it is everything but; then networks is NULL */
    bool networks_exact;      /* networks or but say all of it */
    const char **ranges;      /* else the first of the ranges it is made of */
    const char **groups;      /* all that the user is in */
    const char *app, *user;   /* or NULL */
    const char **postures;    /* "managed", "not compliant", "risk low or medium", "entry hub" */
};
void wp_box_describe(struct wp_box_words *words, struct wp_arena *arena,
                     const struct wp_model *model, const struct wp_traits *traits,
                     const struct wp_box *box);

/* "a user in Contractors, on ios or android, from Vpn, managed". */
const char *wp_box_sentence(struct wp_arena *arena, const struct wp_box_words *words);

#endif
