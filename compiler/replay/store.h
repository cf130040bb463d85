/* Bytes that live until all are dropped at once, and whose memory is then used again. */
#ifndef WP_REPLAY_STORE_H
#define WP_REPLAY_STORE_H

#include <stddef.h>

struct wp_store_piece;
struct wp_store {
    struct wp_store_piece *piece; /* NULL: nothing has been kept yet */
    size_t used;                  /* of the piece */
};

void wp_store_fini(struct wp_store *store);

/* So many bytes, aligned for any type; NULL when memory runs out. */
void *wp_store_take(struct wp_store *store, size_t size);

/* All bytes are gone; one piece of memory stays for the next. */
void wp_store_drop(struct wp_store *store);

#endif
