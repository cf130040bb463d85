/* What differs between two bodies of one object, for people. */
#ifndef WP_EMIT_COMPARE_H
#define WP_EMIT_COMPARE_H

#include <jansson.h>

#include "compiler/emit/state.h"

/* One place. `path` is dotted, without words that say nothing ("conditions",
 * "include"); NULL texts stand for nothing there. */
struct wp_difference {
    const char *path, *before, *after;
};

/* The differences of two bodies, in the order of the keys; NULL stands for an
 * object that is not there. Returns how many. All texts lie in the arena and are
 * safe to print. */
size_t wp_compare_bodies(struct wp_arena *arena, const json_t *before, const json_t *after,
                         struct wp_difference **differences);

/* "network: Office -> Office, Vpn; access: none -> DENY", shortened to a line. */
const char *wp_compare_sentence(struct wp_arena *arena, const json_t *before, const json_t *after);

/* "rule trusted of Finance", from a key, safe to print. */
const char *wp_key_label(struct wp_arena *arena, const char *key);

/* "trusted", from the same. */
const char *wp_key_name(struct wp_arena *arena, const char *key);

/* Keys whose bodies differ between two states, or that only one has, sorted;
 * returns how many. */
size_t wp_compare_states(struct wp_arena *arena, const struct wp_state *before,
                         const struct wp_state *after, const char ***keys);

/* compare_words.c: an alternative of authentication methods, step by step, is told as a
 * sentence: "okta_password then okta_verify push or signed_nonce". */
bool wp_compare_is_chain(const json_t *value);
const char *wp_compare_chain(struct wp_arena *arena, const json_t *chain);

#endif
