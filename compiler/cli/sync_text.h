/* Wording of what sync-check finds, person by person: nothing is gathered. */
#ifndef WP_CLI_SYNC_TEXT_H
#define WP_CLI_SYNC_TEXT_H

#include "compiler/sync/sync.h"

struct wp_sync_text {
    struct wp_arena *arena;
    const struct wp_model *model;
    struct wp_sync *sync;
    bool hides; /* people are pseudonyms */
    unsigned char key[32];
    bool goes_on; /* a person was written as JSON */
};

void wp_sync_print_person(const struct wp_sync_text *text, const struct wp_sync_person *person);
/* `limit`: how many people were shown at most; 0: all. */
void wp_sync_print_end(const struct wp_sync_text *text, size_t limit);

void wp_sync_json_begin(const struct wp_sync_text *text);
void wp_sync_json_person(struct wp_sync_text *text, const struct wp_sync_person *person);
void wp_sync_json_end(const struct wp_sync_text *text);

/* Once all were compared: does anybody or any group differ? */
bool wp_sync_differs(const struct wp_sync_text *text);

#endif
