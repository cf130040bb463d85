/*
 * What a tenant believes of a sign-in, which is not always the truth.
 *
 * All of it is data: a device's `seen` (Safari on an iPad tells Okta that it is a
 * Mac), an issue's `observe` (managed Android devices that Okta does not recognise in
 * Google Workspace), and which device types and postures a kind of tenant can tell at
 * all. A real sign-in goes through this map; then the tenant's policy decides what
 * comes out.
 */
#ifndef WP_EMIT_OBSERVE_H
#define WP_EMIT_OBSERVE_H

#include "compiler/emit/tenant.h"

/* A device that is taken for another in some postures. */
struct wp_mistake {
    uint32_t as; /* 0: it is taken for what it is */
    uint64_t postures;
    const char *cite, *steps; /* or NULL */
};

/* A posture that is lost on the way. */
struct wp_loss {
    uint64_t devices, postures; /* on these sign-ins */
    bool *apps;                 /* by the model's apps, then all others */
    bool managed, compliant;
    const char *cite; /* or NULL */
};

/* The map of one tenant, in the numbers of the session's model. */
struct wp_observer {
    const struct wp_model *model;
    struct wp_sight sight;
    struct wp_mistake mistakes[WP_MAX_DEVICES + 1];
    struct wp_loss *losses;
    uint32_t loss_count;
};

void wp_observer_init(struct wp_observer *observer, const struct wp_session *session);

/* A sign-in as the tenant takes it. */
struct wp_observed {
    uint32_t device, posture;
    const struct wp_mistake *mistake; /* why the device is another, or NULL */
    const struct wp_loss *loss;       /* the issue that took posture away, or NULL */
};

/* `app` is WP_NONE or above the model's: an app that the model does not name. Device
 * types above the model's are seen as they are. */
struct wp_observed wp_observe(const struct wp_observer *observer, uint32_t device, uint32_t posture,
                              uint32_t app);

/* Are the two apps seen alike, whatever the device? */
bool wp_observe_alike(const struct wp_observer *observer, uint32_t app, uint32_t other);

#endif
