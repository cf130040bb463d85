/* The header's own words, as a program: open, bind, decide, follow a chain. */
#include "session.h"

static bool
note_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    uint32_t *methods = context;
    CLAIM(alternative == 0 && step < 2);
    methods[step] = method;
    return true;
}

static void
follow_chain(const struct woapol_image *image, uint32_t chain)
{
    uint32_t methods[2] = {0, 0}, next[4];
    size_t count;
    woapol_chain_walk(image, chain, note_method, methods);
    CLAIM(methods[0] == find(image, WOAPOL_METHOD, "password"));
    CLAIM(methods[1] == find(image, WOAPOL_METHOD, "fido2"));
    CLAIM(woapol_progress(image, chain, NULL, 0, NULL, 0, next, 4, &count) == WOAPOL_PROGRESS_NEXT);
    CLAIM(count == 1 && next[0] == methods[0]);
    CLAIM(woapol_progress(image, chain, methods, 1, NULL, 0, next, 4, &count) ==
          WOAPOL_PROGRESS_NEXT);
    CLAIM(count == 1 && next[0] == methods[1]);
    CLAIM(woapol_progress(image, chain, methods, 2, NULL, 0, next, 4, &count) ==
          WOAPOL_PROGRESS_DONE);
    CLAIM(woapol_progress(image, chain, NULL, 0, methods, 1, next, 4, &count) ==
          WOAPOL_PROGRESS_FAILED);
}

static void
decide_payroll(const struct woapol_image *image, struct woapol_principal *ana)
{
    struct woapol_request request;
    struct woapol_decision decision;
    size_t length;
    woapol_request_init(&request);
    request.app = find(image, WOAPOL_APP, "Payroll");
    CLAIM(request.app != 0);
    woapol_decide(image, ana, &request, &decision);
    CLAIM(decision.effect == WOAPOL_DENY && decision.chain == WOAPOL_NONE);
    CLAIM(strcmp(woapol_message(image, decision.message, &length), "Use a managed device") == 0);
    CLAIM(length == strlen("Use a managed device"));
    CLAIM(strcmp(woapol_name(image, WOAPOL_RULE, decision.rule, NULL), "unmanaged") == 0);
    CLAIM(strcmp(woapol_name(image, WOAPOL_POLICY, decision.policy, NULL), "Finance") == 0);

    request.managed = true;
    CLAIM(woapol_set_address(&request, "2001:db8:10::7", 14));
    woapol_decide(image, ana, &request, &decision);
    CLAIM(decision.effect == WOAPOL_AUTHENTICATE && decision.reauth_seconds == 8 * 3600);
    follow_chain(image, decision.chain);

    CLAIM(!woapol_set_address(&request, "2001:db8:10::g", 14));
    CLAIM(woapol_set_address(&request, "::ffff:198.51.100.1", 19) && request.address_family == 4);
    woapol_decide(image, ana, &request, &decision);
    CLAIM(decision.effect == WOAPOL_AUTHENTICATE);
    CLAIM(woapol_set_address(&request, "203.0.113.9", 11));
    woapol_decide(image, ana, &request, &decision);
    CLAIM(decision.effect == WOAPOL_DENY && decision.rule == WOAPOL_NONE);
}

/* What is out of range, damaged or too small denies or is refused. */
static void
misuse(struct woapol_image *image, struct woapol_principal *ana, unsigned char *bytes, size_t size)
{
    struct woapol_request request;
    struct woapol_decision decision;
    struct woapol_fault fault;
    woapol_request_init(&request);
    request.app = 1000000;
    woapol_decide(image, ana, &request, &decision);
    CLAIM(decision.effect == WOAPOL_DENY && decision.reason == WOAPOL_REASON_BAD_REQUEST);
    CLAIM(woapol_name(image, WOAPOL_APP, 1000000, NULL) == NULL);
    CLAIM(woapol_find(image, WOAPOL_APP, "Nothing", 7) == 0);

    struct woapol_image other;
    CLAIM(woapol_open(&other, bytes, size - 1, NULL, &fault) != WOAPOL_OK && fault.reason != NULL);
    bytes[size / 2] ^= 1;
    CLAIM(woapol_open(&other, bytes, size, NULL, &fault) == WOAPOL_E_CHECKSUM);
    bytes[size / 2] ^= 1;
}

int
main(int argc, char **argv)
{
    CLAIM(argc == 2);
    size_t size;
    unsigned char *bytes = read_whole(argv[1], &size);
    struct woapol_image image;
    void *memory;
    CLAIM(woapol_open(&image, bytes, size, NULL, NULL) == WOAPOL_OK);
    struct woapol_principal *ana = bind_group(&image, "All Staff@corp.example", &memory);
    CLAIM(ana != NULL);
    decide_payroll(&image, ana);
    misuse(&image, ana, bytes, size);
    free(memory);
    free(bytes);
    return 0;
}
