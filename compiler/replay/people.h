/* Who is in which groups, and whose device is what: from exports, joined to the
 * sign-ins by the name of the person. */
#ifndef WP_REPLAY_PEOPLE_H
#define WP_REPLAY_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lang/arena.h"
#include "woapol.h"

struct wp_people;

/* What people can be known by, besides the name that they sign in with. */
enum wp_person_key { WP_KEY_NAME, WP_KEY_MAIL, WP_KEY_ID, WP_KEY_EMPLOYEE, WP_KEY_COUNT };

/* What is known of one. */
struct wp_person {
    const uint32_t *groups; /* wp_people_group says which */
    uint32_t group_count;
    bool has_groups : 1, has_managed : 1, has_compliant : 1;
    bool is_cut : 1; /* there were more groups than are kept */
    bool managed : 1, compliant : 1;
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

/* A hash of a name of a person: ASCII letters of either case are alike. Never 0. */
uint64_t wp_hash_name(struct woapol_text name);

/* NULL when nobody has that name, ASCII letters of either case being alike. `hash` is the
 * name's. */
const struct wp_person *wp_people_find(const struct wp_people *people, struct woapol_text name,
                                       uint64_t hash);

/* The name will be asked for soon, or next: its place, or what is known of whoever has it,
 * comes into the cache meanwhile. */
void wp_people_expect(const struct wp_people *people, uint64_t hash);
void wp_people_expect_next(const struct wp_people *people, uint64_t hash);

/* The name of one of the person's groups, the same text for whoever is in it. */
struct woapol_text wp_people_group(const struct wp_people *people, const struct wp_person *person,
                                   size_t number);

/* What is said of somebody whom one of these functions named; text NULL: nothing. The name
 * always is. */
struct woapol_text wp_person_key(const struct wp_person *person, enum wp_person_key key);

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
