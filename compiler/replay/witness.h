/* Sign-ins of a log as requests. */
#ifndef WP_REPLAY_WITNESS_H
#define WP_REPLAY_WITNESS_H

#include "compiler/replay/record.h"

/* The request as JSON on one line, to be freed; NULL when memory runs out. `key` is
 * of 32 bytes, with which names become pseudonyms and addresses lose their host, or
 * NULL: then `eval` decides the text as the sign-in was decided. */
char *wp_write_witness(void *key, const struct wp_event *event);

#endif
