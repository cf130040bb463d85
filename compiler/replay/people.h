/* Who is in which groups, and whose device is what: from exports, joined to the
 * sign-ins by the name of the person. */
#ifndef WP_REPLAY_PEOPLE_H
#define WP_REPLAY_PEOPLE_H

#include "lang/arena.h"
#include "woapol.h"

struct wp_people;

/* What people can be known by, besides the name that they sign in with. */
enum wp_person_key { WP_KEY_NAME, WP_KEY_MAIL, WP_KEY_ID, WP_KEY_EMPLOYEE, WP_KEY_COUNT };

/* What is known of one. */
struct wp_person {
    struct woapol_text keys[WP_KEY_COUNT]; /* text NULL: it is not said; the name always is */
    const struct woapol_text *groups;
    size_t group_count;
    bool has_groups, has_managed, has_compliant;
    bool is_cut; /* there were more groups than are kept */
    bool managed, compliant;
};

/* Everything lives in the arena. */
struct wp_people *wp_people_new(struct wp_arena *arena);

/*
 * Reads one file: CSV with a head (user; group or groups, separated by `separator`;
 * managed; compliant; email, externalId, employeeNumber; a person may have many lines),
 * or SCIM as JSON (users with `groups`, or groups with `members`). Returns NULL, or why
 * it could not: a sentence.
 */
const char *wp_people_read(struct wp_people *people, const char *path, char separator);

/* NULL when nobody has that name, ASCII letters of either case being alike. */
const struct wp_person *wp_people_find(const struct wp_people *people, struct woapol_text name);

/*
 * Whoever has that value of a key; NULL for nobody. Letters' case is no difference but in
 * identifiers. *is_double: more than one has it. Not before all files are read.
 */
const struct wp_person *wp_people_find_by(struct wp_people *people, enum wp_person_key key,
                                          struct woapol_text value, bool *is_double);

/* Names that were written with capital letters in one place and without in another. */
size_t wp_people_respelt(const struct wp_people *people);

/* All of them, in the order in which they were met first. */
size_t wp_people_count(const struct wp_people *people);
const struct wp_person *wp_people_at(const struct wp_people *people, size_t number,
                                     struct woapol_text *name);

/* Lines of CSV that had another number of columns than the head, or named nobody. */
size_t wp_people_unreadable(const struct wp_people *people);

#endif
