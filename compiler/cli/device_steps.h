/* A sign-in as steps for somebody with a real device in hand. */
#ifndef WP_CLI_DEVICE_STEPS_H
#define WP_CLI_DEVICE_STEPS_H

#include "compiler/analysis/traits.h"
#include "compiler/emit/observe.h"

struct wp_real_sign_in {
    struct wp_arena *arena;
    const struct wp_model *model;      /* the source: labels, browsers, networks */
    const struct wp_point *point;      /* in its numbers */
    const struct wp_traits *traits;    /* what plays a part */
    const char *const *groups;         /* all that the user is in, NULL-terminated */
    const struct wp_observer *eyes[2]; /* of the tenants that are asked */
};

/* Sentences with full stops, NULL-terminated, in the arena. */
const char *const *wp_device_steps(const struct wp_real_sign_in *sign_in);

/* "iPad", or its name; NULL for none that is named. */
const char *wp_device_label(const struct wp_model *model, uint32_t device);

/* "a" or "an". */
const char *wp_indefinite_article(const char *noun);

#endif
