/* Signatures in images: see runtime/format.h for where they stand. */
#include "compiler/image_sign.h"
#include "runtime/format.h"
#include "runtime/hash.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The header's numbers for an image of `size` bytes that is whole but for them. */
static void
finish_header(unsigned char *image, size_t size)
{
    struct wp_header header;
    memcpy(&header, image, sizeof header);
    header.length = size;
    memcpy(image, &header, sizeof header);
    header.checksum = wp_checksum(image + WP_CHECKED_FROM, size - WP_CHECKED_FROM);
    memcpy(image, &header, sizeof header);
}

void *
wp_image_sign(struct wp_arena *arena, const void *bytes, size_t size,
              const struct wp_private_key *key, struct wp_validity validity, size_t *new_size,
              struct wp_sign_error *error)
{
    struct wp_header header;
    unsigned char record[WP_SIGNATURE_SIZE];
    assert(size >= sizeof header);
    memcpy(&header, bytes, sizeof header);
    size_t from = (size_t)header.signatures;
    assert(from >= sizeof header && from <= size);
    if ((size - from) % WP_SIGNATURE_SIZE != 0) {
        (void)snprintf(error->text, sizeof error->text,
                       "the signatures that the image has already are damaged");
        return NULL;
    }

    unsigned char *image = wp_alloc(arena, size + WP_SIGNATURE_SIZE);
    memcpy(image, bytes, size);
    const struct wp_signed_image part = {image + WP_SIGNED_FROM, from - WP_SIGNED_FROM};
    if (!wp_sign(&part, key, validity, record, error))
        return NULL;
    size_t records = wp_signatures_put(image + from, size - from, record);
    if (records == 0) {
        (void)snprintf(error->text, sizeof error->text, "the image has %d signatures already",
                       WP_MAX_SIGNATURES);
        return NULL;
    }
    *new_size = from + records;
    finish_header(image, *new_size);
    return image;
}

bool
wp_trust_check(void *context, const void *signed_bytes, size_t signed_size, const void *signatures,
               size_t signature_size)
{
    struct wp_trust *trust = context;
    const struct wp_signed_image part = {signed_bytes, signed_size};
    assert(trust->threshold > 0);
    trust->well_formed = wp_signatures_check(&part, signatures, signature_size, trust->keys,
                                             trust->key_count, trust->now, &trust->findings);
    return trust->well_formed && trust->findings.good >= trust->threshold;
}
