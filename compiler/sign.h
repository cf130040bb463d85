/*
 * Keys and signatures: Ed25519 through OpenSSL.
 *
 * An image's signatures follow its last section (runtime/format.h): records of 96
 * bytes, one a key,
 *
 *      0   8  key id: the first 8 bytes of SHA-256 of the raw public key
 *      8   4  algorithm, 1: Ed25519
 *     12   4  zero
 *     16   8  not before, seconds since 1970; 0: no limit
 *     24   8  not after, the last good second; 0: no limit
 *     32  64  signature
 *
 * numbers in little-endian order. The signature is one of these 80 bytes:
 *
 *     24  "woapol-image-signature-1"
 *      8  not before, as in the record
 *      8  not after
 *      8  how many bytes of the image are signed
 *     32  SHA-256 of those: from WP_SIGNED_FROM to the signatures
 *
 * which hold the format's version, the generation, the section table and all
 * sections. So adding a signature leaves the others good, and a key that signs
 * other things besides cannot be made to sign an image by them.
 */
#ifndef WP_COMPILER_SIGN_H
#define WP_COMPILER_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WP_KEY_ID_SIZE 8
#define WP_SIGNATURE_SIZE 96
#define WP_MAX_SIGNATURES 64

/* Why something could not be done: a sentence without a full stop. */
struct wp_sign_error {
    char text[512];
};

/* ---- keys ------------------------------------------------------------------ */

struct wp_private_key;

struct wp_public_key {
    unsigned char raw[32];
    unsigned char id[WP_KEY_ID_SIZE];
};

/* Makes a key pair: `private_path` (PEM, mode 0600) and `public_path` (PEM).
 * Neither file may exist yet; on failure neither does afterwards. */
bool wp_key_generate(const char *private_path, const char *public_path, struct wp_public_key *made,
                     struct wp_sign_error *error);

/* Reads a private key; refuses a file that others than its owner can read. NULL
 * on failure. Free it with wp_private_key_free. */
struct wp_private_key *wp_private_key_read(const char *path, struct wp_sign_error *error);
void wp_private_key_free(struct wp_private_key *key);
void wp_private_key_public(const struct wp_private_key *key, struct wp_public_key *half);

bool wp_public_key_read(const char *path, struct wp_public_key *key, struct wp_sign_error *error);

/* Sixteen hexadecimal digits and a NUL. */
void wp_key_id_text(const unsigned char id[WP_KEY_ID_SIZE], char text[2 * WP_KEY_ID_SIZE + 1]);

/* ---- signing ---------------------------------------------------------------- */

/* The bytes of an image that are signed, from WP_SIGNED_FROM to the signatures. */
struct wp_signed_image {
    const void *bytes;
    size_t size;
};

/* From when until when a signature is good, in seconds since 1970; 0: no limit. */
struct wp_validity {
    uint64_t not_before, not_after;
};

/* Signs; fills in one record. */
bool wp_sign(const struct wp_signed_image *image, const struct wp_private_key *key,
             struct wp_validity validity, unsigned char record[WP_SIGNATURE_SIZE],
             struct wp_sign_error *error);

/* Puts a record into the `size` bytes of records at `records`, in place of that
 * key's earlier one or behind the last. There must be room for one more. Returns
 * the new size, 0 when there are WP_MAX_SIGNATURES already. */
size_t wp_signatures_put(unsigned char *records, size_t size,
                         const unsigned char record[WP_SIGNATURE_SIZE]);

/* ---- verifying ---------------------------------------------------------------- */

enum wp_signature_state {
    WP_SIGNATURE_GOOD,
    WP_SIGNATURE_UNKNOWN_KEY, /* by none of the keys asked for */
    WP_SIGNATURE_BAD,         /* not of this image, or damaged */
    WP_SIGNATURE_NOT_YET,
    WP_SIGNATURE_EXPIRED,
    WP_SIGNATURE_DUPLICATE /* good, but its key has already counted */
};

/* "expired", never NULL. */
const char *wp_signature_state_text(enum wp_signature_state state);

/* What became of one record. */
struct wp_signature_finding {
    enum wp_signature_state state;
    unsigned char id[WP_KEY_ID_SIZE];
    struct wp_validity validity;
    size_t key; /* index of the key, when the state is not UNKNOWN_KEY */
};

/* Everything there is to say about an image's signatures. `good` is how many
 * different keys have a good one: compare it with the threshold. */
struct wp_signature_findings {
    struct wp_signature_finding findings[WP_MAX_SIGNATURES];
    size_t count;
    size_t good;
};

/* Checks the `size` bytes of records against `keys` as of `now`, seconds since
 * 1970. False when the records are not well-formed; then nothing is good. Only a
 * record that is good in every way counts, and each key once, however often it
 * stands in `keys` or has signed. */
bool wp_signatures_check(const struct wp_signed_image *image, const void *records, size_t size,
                         const struct wp_public_key *keys, size_t key_count, uint64_t now,
                         struct wp_signature_findings *findings);

#endif
