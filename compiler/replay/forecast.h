/*
 * What sign-ins put people through besides the decision, by what the guides say:
 * enrollments, signing in twice, lock icons, apps that do not wait. All of it follows
 * from stdlib/'s issues, methods and the tenants' facts.
 */
#ifndef WP_REPLAY_FORECAST_H
#define WP_REPLAY_FORECAST_H

#include "compiler/model.h"
#include "woapol.h"

enum wp_friction {
    WP_FRICTION_PROMPT,  /* the person is asked to authenticate */
    WP_FRICTION_ENROLL,  /* denied, and not if the device were managed */
    WP_FRICTION_TWICE,   /* signs in at another tenant, and once more */
    WP_FRICTION_LOCK,    /* a lock icon on the home page, if it was opened there */
    WP_FRICTION_TIMEOUT, /* enrolls while an app waits that does not wait for long */
    WP_FRICTION_COUNT
};

struct wp_forecast {
    size_t app_count, device_count; /* of the image; 0 is an unknown one */
    uint8_t *apps;                  /* bits by app, device and managed */
    const bool *twice;              /* by chain of the model */
};

/* Everything lives in the arena. */
const struct wp_forecast *wp_forecast_new(struct wp_arena *arena, const struct woapol_image *image,
                                          const struct wp_model *model);

/* Whether a lock icon is shown to who opens the app on the home page; whether the app
 * has stopped waiting when an enrollment is done. */
bool wp_forecast_locks(const struct wp_forecast *forecast, uint32_t app, uint32_t device,
                       bool managed);
bool wp_forecast_times_out(const struct wp_forecast *forecast, uint32_t app);

#endif
