/* Asking an Access tenant: media types, pages, lists of items. */
#ifndef WP_EMIT_ACCESS_READER_H
#define WP_EMIT_ACCESS_READER_H

#include "compiler/emit/access/shape.h"

struct wp_access_reader {
    struct wp_session *session;
    struct wp_access_memory *memory;
    struct wp_access_profile profile;
    struct wp_state *state;
    struct wp_problem *problem;
    size_t taken; /* how many ranges, policies and whole apps were read */
};

/* The session's memory is made when there is none. */
bool wp_access_reader_open(struct wp_access_reader *reader, struct wp_session *session,
                           struct wp_state *state, struct wp_problem *problem);
void wp_access_reader_close(struct wp_access_reader *reader);

/*
 * Asks for JSON. `media` is the vendor's media type for it; which of the two the
 * tenant takes is found out once. True also for a status of 404, with *json NULL;
 * any other status but 2xx is a problem.
 */
bool wp_access_get(struct wp_access_reader *reader, const char *path, const char *media,
                   json_t **json);
/* The same for a search: a POST that changes nothing. */
bool wp_access_post(struct wp_access_reader *reader, const char *path, const json_t *body,
                    const char *content, const char *media, json_t **json);

/* All items of a list that the profile describes at `kind`.list, in its page style. */
bool wp_access_list(struct wp_access_reader *reader, const char *kind, json_t **items);

#endif
