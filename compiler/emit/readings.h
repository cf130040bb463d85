/*
 * What a tenant's objects decide, where that depends on what the tenant believes and on
 * what no document says: a lifted policy, read as it is to be compared with the source.
 */
#ifndef WP_EMIT_READINGS_H
#define WP_EMIT_READINGS_H

#include "compiler/emit/tenant.h"

struct wp_readings {
    const struct wp_model *model; /* the policy, asked of devices as they are */
    const char *mistaken;         /* why that is something else, a sentence; NULL: it is not */
    const struct wp_model *other; /* how it is to be read as well; NULL: it is one */
    const char *open;             /* what is not known then, a sentence */
};

/* Reads. Kinds that compare requests as they see them (as_seen) take devices for what
 * they see on both sides: nothing is mistaken then. Pure; all of it in the arena. */
void wp_readings_of(struct wp_readings *readings, struct wp_arena *arena,
                    const struct wp_session *session, const struct wp_model *lifted);

/* The same without devices that are mistaken: for who has an observer of his own. */
void wp_readings_settle(struct wp_readings *readings, struct wp_arena *arena,
                        const struct wp_session *session, const struct wp_model *lifted);

/* The model with a rule ahead of all others in each policy: who comes by IPv6 is denied. */
const struct wp_model *wp_reading_without_v6(struct wp_arena *arena, const struct wp_model *model);

#endif
