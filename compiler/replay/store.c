#include "compiler/replay/store.h"

#include <stdlib.h>

#define PIECE (64u << 10)
#define ALIGNMENT (_Alignof(max_align_t))

struct wp_store_piece {
    struct wp_store_piece *before;
    size_t size;
    _Alignas(max_align_t) char bytes[];
};

void *
wp_store_take(struct wp_store *store, size_t size)
{
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (store->piece == NULL || store->piece->size - store->used < size) {
        size_t room = size < PIECE ? PIECE : size;
        struct wp_store_piece *piece = malloc(sizeof *piece + room);
        if (piece == NULL)
            return NULL;
        piece->before = store->piece;
        piece->size = room;
        store->piece = piece;
        store->used = 0;
    }
    char *bytes = store->piece->bytes + store->used;
    store->used += size;
    return bytes;
}

static void
free_pieces(struct wp_store_piece *piece)
{
    while (piece != NULL) {
        struct wp_store_piece *before = piece->before;
        free(piece);
        piece = before;
    }
}

void
wp_store_drop(struct wp_store *store)
{
    store->used = 0;
    if (store->piece == NULL)
        return;
    free_pieces(store->piece->before);
    store->piece->before = NULL;
    if (store->piece->size > PIECE)
        wp_store_fini(store);
}

void
wp_store_fini(struct wp_store *store)
{
    free_pieces(store->piece);
    *store = (struct wp_store){0};
}
