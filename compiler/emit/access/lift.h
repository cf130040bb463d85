/* The inside of lifting: lift.c writes policies, lift_names.c what they name. */
#ifndef WP_EMIT_ACCESS_LIFT_H
#define WP_EMIT_ACCESS_LIFT_H

#include "compiler/compile.h"
#include "compiler/emit/access/access.h"

/* The name in the lifted source of an object of the tenant. */
struct wp_lift_name {
    const char *key, *name;
    struct wp_lift_name *next;
};

struct wp_lift {
    struct wp_arena *arena;
    const struct wp_session *session;
    const struct wp_model *model; /* the session's, or one of the standard library alone */
    const struct wp_state *state;
    struct wp_access_types types;
    struct wp_lift_name *names;
    struct wp_buffer *out;
    struct wp_problem *problem;
    const char *fault; /* why the rule at hand cannot be said, or NULL */
    const char *odd;   /* a text that no string of the language holds, or NULL */
};

void wp_lift_say(struct wp_lift *lift, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A text as a string of the language, which holds no control characters: where they
 * stand there is a question mark, and lift->odd says so. */
const char *wp_lift_quoted(struct wp_lift *lift, const char *text);

/* A name of the language like `text` that no other object of that kind has. */
const char *wp_lift_identifier(struct wp_lift *lift, const char *key, const char *kind,
                               const char *text);
/* The name that was given to a key, or NULL. */
const char *wp_lift_name(const struct wp_lift *lift, const char *key);

/* Declares the networks, groups, apps and methods that policies name. */
void wp_lift_declare(struct wp_lift *lift);

/* The chains of a rule as the source would write them: as the model does, where it
 * has a chain that comes to the same. */
void wp_lift_chains(struct wp_lift *lift, const char *policy, const char *rule,
                    const json_t *chains);

#endif
