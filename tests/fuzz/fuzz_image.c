/*
 * Any bytes as an image: refused with a reason, or safe to decide with. The
 * header's length and checksum are mended first, since no fuzzer would find them,
 * unless the fourth byte from the end is zero.
 */
#include "runtime/format.h"
#include "runtime/hash.h"
#include "woapol.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void
mend(uint8_t *bytes, size_t size)
{
    struct wp_header header;
    memcpy(&header, bytes, sizeof header);
    memcpy(header.magic, WP_MAGIC, WP_MAGIC_SIZE);
    header.length = size;
    memcpy(bytes, &header, sizeof header);
    header.checksum = wp_checksum(bytes + WP_CHECKED_FROM, size - WP_CHECKED_FROM);
    memcpy(bytes, &header, sizeof header);
}

static bool
visit(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    uint32_t *methods = context;
    (void)alternative;
    methods[step % 4] = method;
    return true;
}

static void
follow(const struct woapol_image *image, uint32_t chain)
{
    uint32_t methods[4] = {0}, next[3];
    size_t count;
    woapol_chain_walk(image, chain, visit, methods);
    for (size_t passed = 0; passed <= 4; passed++) {
        (void)woapol_progress(image, chain, methods, passed, NULL, 0, next, 3, &count);
        (void)woapol_progress(image, chain, NULL, 0, methods, passed, next, 3, &count);
    }
}

/* Whatever an image answers must be a number that it has a name for. */
static void
judge(const struct woapol_image *image, const struct woapol_decision *decision)
{
    size_t length;
    if (decision->policy != WOAPOL_NONE &&
        woapol_name(image, WOAPOL_POLICY, decision->policy, &length) == NULL)
        abort();
    if (decision->effect > WOAPOL_AUTHENTICATE)
        abort();
    if (decision->effect == WOAPOL_AUTHENTICATE)
        follow(image, decision->chain);
    if (decision->message != WOAPOL_NONE)
        (void)woapol_message(image, decision->message, &length);
}

static void
decide(const struct woapol_image *image, struct woapol_principal *principal, uint32_t seed)
{
    struct woapol_request requests[8];
    struct woapol_decision one, many[8];
    uint32_t rules[4];
    for (unsigned i = 0; i < 8; i++) {
        uint32_t mix = seed * 2654435761u + i * 40503u;
        woapol_request_init(&requests[i]);
        requests[i].address_family = (uint8_t)(i % 3 == 0 ? 0 : i % 3 == 1 ? 4 : 6);
        for (unsigned k = 0; k < 16; k++)
            requests[i].address[k] = (uint8_t)(mix >> k % 24);
        requests[i].device = mix % (woapol_count(image, WOAPOL_DEVICE) + 2);
        requests[i].app = mix / 7 % (woapol_count(image, WOAPOL_APP) + 2);
        requests[i].entry = mix / 11 % 7;
        requests[i].risk = (uint8_t)(mix / 13 % 5);
        requests[i].managed = mix & 1;
        requests[i].compliant = mix & 2;
    }
    woapol_decide_batch(image, principal, requests, 8, many);
    for (unsigned i = 0; i < 8; i++) {
        woapol_decide(image, principal, &requests[i], &one);
        if (one.effect != many[i].effect || one.rule != many[i].rule || one.chain != many[i].chain)
            abort();
        judge(image, &one);
        (void)woapol_reports(image, principal, &requests[i], rules, 4);
    }
}

static void
bind_and_decide(const struct woapol_image *image, uint32_t seed)
{
    size_t size = (woapol_principal_size(image) + 63) / 64 * 64;
    /* An image may ask for much; a caller that has less must be told so. */
    void *memory = size <= 1 << 26 ? aligned_alloc(64, size) : NULL;
    if (memory == NULL)
        return;
    uint32_t groups[4];
    for (unsigned i = 0; i < 4; i++)
        groups[i] = (seed >> i * 3) % (woapol_count(image, WOAPOL_GROUP) + 2);
    size_t length;
    const char *user = woapol_name(image, WOAPOL_USER, 1, &length);
    for (unsigned i = 0; i < 4; i++) {
        struct woapol_identity identity = {.group_numbers = groups, .group_number_count = i};
        identity.groups_incomplete = seed & 1;
        if (user != NULL && (seed & 2))
            identity.user = (struct woapol_text){user, length};
        if (woapol_bind(image, &identity, memory, size - 64) != NULL &&
            woapol_principal_size(image) > size - 64)
            abort();
        struct woapol_principal *principal = woapol_bind(image, &identity, memory, size);
        if (principal != NULL)
            decide(image, principal, seed + i);
        struct woapol_request request;
        struct woapol_decision decision;
        uint32_t rules[4];
        woapol_request_init(&request);
        request.app = seed % (woapol_count(image, WOAPOL_APP) + 1);
        principal = woapol_decide_once(image, &identity, memory, size, &request, &decision);
        if (principal != NULL) {
            judge(image, &decision);
            (void)woapol_reports(image, principal, &request, rules, 4);
        }
    }
    free(memory);
}

static void
read_names(const struct woapol_image *image)
{
    for (unsigned kind = 0; kind < WOAPOL_KIND_COUNT; kind++) {
        uint32_t count = woapol_count(image, (enum woapol_kind)kind);
        for (uint32_t i = 0; i < count && i < 64; i++) {
            size_t length;
            const char *name = woapol_name(image, (enum woapol_kind)kind, i, &length);
            if (name != NULL && name[length] != '\0')
                abort();
            if (name != NULL)
                (void)woapol_find(image, (enum woapol_kind)kind, name, length);
        }
        (void)woapol_find(image, (enum woapol_kind)kind, "Staff", 5);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct woapol_image image;
    struct woapol_fault fault = {0, NULL};
    if (size < 8)
        return 0;
    /* Images start at a multiple of 8, so the four bytes go behind. */
    uint32_t seed;
    size -= 4;
    memcpy(&seed, data + size, 4);
    uint8_t *bytes = aligned_alloc(64, (size + 63) / 64 * 64);
    if (bytes == NULL)
        return 0;
    memcpy(bytes, data, size);
    if ((seed & 0xff) != 0 && size >= sizeof(struct wp_header))
        mend(bytes, size);
    if (woapol_open(&image, bytes, size, NULL, &fault) == WOAPOL_OK) {
        read_names(&image);
        bind_and_decide(&image, seed);
    } else if (fault.reason == NULL || fault.offset > size) {
        abort();
    }
    free(bytes);
    return 0;
}
