/*
 * What a tenant holds, or is to hold: objects with names.
 *
 * The same form serves for what a source demands (`wp_tenant_kind.desire`) and
 * for what was read from a tenant (`read`), so that comparing is comparing
 * trees. A body is canonical: what the tenant adds, reorders or spells otherwise
 * is normalised when it is read, and keys that only the tenant sets are left out.
 *
 * An object is known by its key, "kind/name": "zone/Office", "policy/Finance",
 * "rule/Finance/trusted". Where a body names another object it holds
 * {"$ref": "zone/Office"} in place of the tenant's identifier; reading puts it
 * there wherever the identifier is known, sending takes it out again. Within a
 * key's names "/" is written %2F, "%" %25, "{" %7B and "}" %7D, so that a key can
 * stand between braces in a path; wp_state_key does it.
 */
#ifndef WP_EMIT_STATE_H
#define WP_EMIT_STATE_H

#include <jansson.h>

#include "lang/arena.h"
#include "lang/source.h"

struct wp_object {
    const char *kind; /* "zone"; one of the tenant kind's words */
    const char *name; /* as the tenant's console shows it */
    const char *key;
    const char *id; /* the tenant's; NULL while it is not there */
    json_t *body;
    json_t *original;    /* as the tenant sent it; NULL in a desired state */
    struct wp_span span; /* where the source asks for it; file == WP_NO_FILE if nowhere */
    bool system;         /* the tenant's own: cannot be made or removed, only changed */
    bool reference;      /* must be there, is not ours to change: a group, an app */
    uint64_t read_at;    /* when it was looked at alone, for push.c; 0: with all others */
};

struct wp_state {
    struct wp_arena *arena;   /* holds names; bodies are freed by wp_state_end */
    struct wp_object **items; /* in the order in which they were added */
    size_t count, capacity;
    struct wp_state_index *index; /* by key and by kind/id */
};

void wp_state_init(struct wp_state *state, struct wp_arena *arena);
/* Gives the bodies back. */
void wp_state_end(struct wp_state *state);

/* "kind/owner/name", or "kind/name" when `owner` is NULL, in the arena. */
const char *wp_state_key(struct wp_arena *arena, const char *kind, const char *owner,
                         const char *name);

/* Adds an object and returns it for the rest to be filled in; `body` is taken
 * over. `owner` is the key's middle part for objects within others (a rule's
 * policy), else NULL. When the key is there already, the object that has it is
 * returned, *is_new is false and `body` is given back. */
struct wp_object *wp_state_add(struct wp_state *state, const char *kind, const char *owner,
                               const char *name, const char *id, json_t *body, bool *is_new);

/* As wp_state_add, by a key that is made already; NULL when there is an object of that key,
 * and `body` is given back. */
struct wp_object *wp_state_add_key(struct wp_state *state, const char *key, const char *kind,
                                   const char *name, const char *id, json_t *body);

/* As wp_state_add, but an object that is there gets this body, and this identifier unless
 * it is NULL; `original` is given back. For what was read anew. */
struct wp_object *wp_state_put(struct wp_state *state, const char *kind, const char *owner,
                               const char *name, const char *id, json_t *body);

/* Gives an object the tenant's identifier. */
void wp_state_set_id(struct wp_state *state, struct wp_object *object, const char *id);

/* Takes an object out; nothing happens when there is none of that key. */
void wp_state_remove(struct wp_state *state, const char *key);

/* A copy: objects and bodies are its own, `original` is shared. */
void wp_state_copy(struct wp_state *copy, struct wp_arena *arena, const struct wp_state *state);

/* The object with that key, or with that kind and the tenant's identifier; NULL. */
struct wp_object *wp_state_find(const struct wp_state *state, const char *key);
struct wp_object *wp_state_find_id(const struct wp_state *state, const char *kind, const char *id);

/* {"$ref": key}. */
json_t *wp_reference(const char *key);
/* The key when it is a reference, else NULL. */
const char *wp_reference_key(const json_t *value);

/* A copy of `body` with identifiers in place of references. NULL when an object
 * that it names has none; *missing is its key then. */
json_t *wp_resolve_references(const struct wp_state *state, const json_t *body,
                              const char **missing);

/* `path` with identifiers in place of {key}, each escaped for an URL. NULL when an
 * object that it names has none; *missing is its key then. */
const char *wp_resolve_path(struct wp_arena *arena, const struct wp_state *state, const char *path,
                            const char **missing);

/* SHA-256 over keys, identifiers and original bodies, sorted by key, as 64 hex
 * digits: what was read, to tell whether it is still so. */
void wp_state_fingerprint(const struct wp_state *state, char digits[65]);

/* The same over keys and bodies alone: what is wanted, or what bears on
 * decisions. */
void wp_state_digest(const struct wp_state *state, char digits[65]);

#endif
