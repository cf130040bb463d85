/* Filling in an event, for the readers of records. */
#ifndef WP_REPLAY_EVENT_H
#define WP_REPLAY_EVENT_H

#include <string.h>
#include <strings.h>

#include "compiler/replay/record.h"

/* An event being filled in, with room for its groups. */
struct wp_filling {
    struct wp_event *event;
    struct woapol_text *groups; /* WP_RECORD_GROUPS_MAX */
    char group_separator;
    enum wp_skip skip; /* the first thing that is wrong */
};

/* Nothing known. */
void wp_event_begin(struct wp_filling *filling);

/* Sets a fact from its text; one that is set already stays. An empty text is none. */
void wp_event_set(struct wp_filling *filling, enum wp_log_fact fact, struct woapol_text text);

/* One more group. */
void wp_event_add_group(struct wp_filling *filling, struct woapol_text name);

/* What is told of a truth value: true, yes, 1, managed... False: it is none. */
bool wp_read_truth(struct woapol_text text, bool *value);

/* Texts without looking at the case of ASCII letters. */
static inline bool
wp_same_word(struct woapol_text text, const char *word)
{
    return strlen(word) == text.length && (memcmp(text.text, word, text.length) == 0 ||
                                           strncasecmp(text.text, word, text.length) == 0);
}

/* Where the word begins that the text holds, or NULL. */
const char *wp_find_word(struct woapol_text text, const char *word);

static inline bool
wp_has_word(struct woapol_text text, const char *word)
{
    return wp_find_word(text, word) != NULL;
}

#endif
