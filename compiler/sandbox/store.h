/*
 * What the sandbox's tenants hold: JSON objects by kind and identifier, in the
 * order in which they came, in memory and, with a file, in SQLite.
 *
 * Not thread-safe: who holds the sandbox's lock uses it.
 */
#ifndef WP_SANDBOX_STORE_H
#define WP_SANDBOX_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_store;

/* `file` NULL: memory alone. Otherwise what the file holds is there from the
 * start; NULL after writing the reason to `why` when it is no file of ours, or is
 * in use. */
struct wp_store *wp_store_new(const char *file, char *why, size_t size);
void wp_store_free(struct wp_store *store);

/* Whether anything was ever put: a new store wants its samples. */
bool wp_store_is_empty(const struct wp_store *store);
/* Forgets everything, identifiers that were given out aside. */
void wp_store_clear(struct wp_store *store);

/* All objects of a kind as {id: object}; borrowed, never NULL. Who changes an
 * object in place says so with wp_store_changed. */
json_t *wp_store_all(struct wp_store *store, const char *kind);
json_t *wp_store_get(struct wp_store *store, const char *kind, const char *id);

/* Adds an object or puts it in the place of the one with that id; takes it over
 * and returns it, borrowed. */
json_t *wp_store_put(struct wp_store *store, const char *kind, const char *id, json_t *body);
void wp_store_changed(struct wp_store *store, const char *kind, const char *id);
void wp_store_remove(struct wp_store *store, const char *kind, const char *id);

/* A number that was never given out before. */
uint64_t wp_store_number(struct wp_store *store);

/* What was done since the last time reaches the file, whole. False when it could
 * not be written. */
bool wp_store_commit(struct wp_store *store);

#endif
