/*
 * Where a request stands in an image, and what of a principal is searched. For search*.h.
 */
#ifndef WP_RUNTIME_POINT_H
#define WP_RUNTIME_POINT_H

#include "bits.h"
#include "view.h"

/* A request in the image's own numbers. */
struct point {
    uint32_t class;                         /* of its address; the row itself when a class is one */
    uint32_t device, posture;               /* their rows */
    uint32_t device_number, posture_number; /* counted from the first of their family's */
    uint32_t policy;                        /* or WP_NO_NUMBER */
    uint32_t app;
};

/* What of a principal is searched. */
struct target {
    const struct wp_line *row;
    const uint32_t *summary;
};

/* Which it is, nobody could predict: no branch. */
WP_INLINE uint32_t
least(uint32_t a, uint32_t b)
{
    return b ^ ((a ^ b) & (uint32_t) - (a < b));
}

/* The row of the absent app. */
WP_INLINE uint32_t
absent_app(const struct wp_view *view)
{
    return view->row_first[WP_FAMILY_APP] + WP_ROW_ABSENT;
}

/* The row of a point's app: what differs from the absent one's. */
WP_INLINE uint32_t
app_row(const struct wp_view *view, const struct point *point)
{
    return view->row_first[WP_FAMILY_APP] + view->apps[point->app].row;
}

/* Whether rows of apps matter to a point. */
WP_INLINE bool
tests_apps(const struct wp_view *view, const struct point *point)
{
    return view->policies[point->policy].flags & WP_POLICY_TESTS_APPS;
}

#endif
