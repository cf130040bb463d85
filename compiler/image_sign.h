/* Signatures in images: putting one in, and asking whether enough are good. */
#ifndef WP_COMPILER_IMAGE_SIGN_H
#define WP_COMPILER_IMAGE_SIGN_H

#include "compiler/sign.h"
#include "lang/arena.h"

/*
 * The image with that key's signature put in (in place of its earlier one), in
 * the arena, its size in *new_size. `bytes` must be an image that woapol_open has
 * taken. NULL with an error when it cannot be signed.
 */
void *wp_image_sign(struct wp_arena *arena, const void *bytes, size_t size,
                    const struct wp_private_key *key, struct wp_validity validity, size_t *new_size,
                    struct wp_sign_error *error);

/* Whose signatures count, and how many are enough. */
struct wp_trust {
    const struct wp_public_key *keys;
    size_t key_count;
    size_t threshold;                      /* at least 1 */
    uint64_t now;                          /* seconds since 1970 */
    struct wp_signature_findings findings; /* filled in by wp_trust_check */
    bool well_formed;                      /* the signatures could be read */
};

/* For woapol_options: `check`, with a struct wp_trust as `context`. True when
 * signatures of `threshold` different keys are good. */
bool wp_trust_check(void *context, const void *signed_bytes, size_t signed_size,
                    const void *signatures, size_t signature_size);

#endif
