/*
 * A sign-in, or the enrollment of a device, step by step: what the tenant sees,
 * which rule decides, which methods are asked for and how each comes out, and what
 * the guides say happens around it.
 *
 * What a tenant sees, what a method demands, how long a token is valid and how long
 * an app waits are data of stdlib/. How a method comes out is not known; it passes
 * unless the device, the tenant's facts or the person's say otherwise.
 */
#ifndef WP_SIMULATE_SIMULATE_H
#define WP_SIMULATE_SIMULATE_H

#include "compiler/model.h"
#include "compiler/request.h"

enum wp_scene_step_kind {
    WP_SCENE_OPENS,      /* the person opens something */
    WP_SCENE_SEES,       /* a tenant takes it for something else than it is */
    WP_SCENE_DECIDES,    /* a rule decides */
    WP_SCENE_PASSES,     /* a method */
    WP_SCENE_FAILS,      /* a method that the person does not pass */
    WP_SCENE_NOT_USABLE, /* a method that cannot be used here */
    WP_SCENE_FALLS_BACK, /* to the next alternative */
    WP_SCENE_ENROLLS,    /* the device */
    WP_SCENE_NOTES,      /* what a guide says of it */
    WP_SCENE_ENDS        /* how it ends */
};

struct wp_scene_step {
    enum wp_scene_step_kind kind;
    const char *text;   /* a sentence without a full stop */
    const char *method; /* PASSES, FAILS, NOT_USABLE; else NULL */
    const char *cite;   /* a guide's line, or NULL */
};

enum wp_scene_end {
    WP_SCENE_SIGNED_IN,
    WP_SCENE_DENIED,    /* by a rule */
    WP_SCENE_NOT_PASSED /* no alternative of the chain was passed */
};

struct wp_scene_setting {
    const struct wp_model *model;
    const struct wp_declaration *tenant; /* that decides; NULL: the one that the source says */
    const char *who, *ip;                /* for people; NULL: not told */
    const char *const *fails;            /* methods that the person does not pass */
    size_t fail_count;
    bool has_token_age;
    uint64_t token_age;       /* seconds since UEM made the registration token */
    uint64_t enrollment_time; /* seconds that an enrollment takes, and the wait after it */
    bool enrolls_first;       /* it begins with the enrollment */
    bool from_home;           /* the app is opened on the Okta home page */
};

struct wp_scene {
    struct wp_scene_step *steps; /* in the arena */
    size_t count, capacity;
    enum wp_scene_end end;
    uint32_t policy, rule; /* that decided last; as in struct wp_verdict */
    bool enrolled;         /* the device was, on the way */
    bool timed_out;        /* the app did not wait for that, and was opened again */
};

/* Plays the scene. Memory comes from the arena. */
void wp_simulate(struct wp_arena *arena, const struct wp_scene_setting *setting,
                 const struct wp_request *request, struct wp_scene *scene);

/* "signed in"; "opens". */
const char *wp_scene_end_word(enum wp_scene_end end);
const char *wp_scene_step_word(enum wp_scene_step_kind kind);

#endif
