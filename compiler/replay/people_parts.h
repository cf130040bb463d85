/* The inside of what is known of people, for people.c and people_read.c alone. */
#ifndef WP_REPLAY_PEOPLE_PARTS_H
#define WP_REPLAY_PEOPLE_PARTS_H

#include "compiler/map.h"
#include "compiler/replay/people.h"

/* A person, in as little memory as there may be: exports have millions. */
struct wp_known {
    struct wp_person person;
    uint32_t *groups;         /* numbers of names */
    struct woapol_text *keys; /* besides the name; NULL: none is said */
    uint32_t room, length;
    bool is_respelt : 1, is_double : 1;
    char name[];
};

/* Where a name is: the half of its hash that says where to look, and a number plus one;
 * 0: free. */
struct wp_people_slot {
    uint32_t tag, number;
};

struct wp_people {
    struct wp_arena *arena;
    struct wp_known **people;
    size_t count, room;
    struct wp_people_slot *slots; /* an open hash table */
    size_t capacity;
    struct woapol_text *names; /* of groups, each once */
    size_t name_count, name_room;
    size_t unreadable; /* lines */
    size_t respelt;    /* names */
    /* By a key, once one is asked for; doubles are chained behind the first. */
    enum wp_person_key indexed;
    struct wp_map by_key;
    struct wp_map by_group;
};

/* Whoever has the name, or somebody new of whom nothing is known. */
struct wp_known *wp_people_make(struct wp_people *people, struct woapol_text name);

void wp_people_add_group(struct wp_people *people, struct wp_known *known, struct woapol_text name);

/* Keeps the first value that is said. */
void wp_people_add_key(struct wp_people *people, struct wp_known *known, enum wp_person_key key,
                       struct woapol_text value);

/* Room for one more in an array that doubles. */
void *wp_people_grown(struct wp_arena *arena, void *array, size_t count, size_t *room, size_t size);

#endif
