/* Sizes and numbers that programs have compiled in. A change here is a new major
 * version of the library. */
#include "session.h"

#include <woapol_host.h>

int
main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    CLAIM(sizeof(struct woapol_image) == 512);
    CLAIM(sizeof(struct woapol_fault) == 16);
    CLAIM(sizeof(struct woapol_options) == 24);
    CLAIM(sizeof(struct woapol_text) == 16);
    CLAIM(sizeof(struct woapol_identity) == 56);
    CLAIM(sizeof(struct woapol_request) == 32);
    CLAIM(offsetof(struct woapol_request, entry) == 20);
    CLAIM(sizeof(struct woapol_decision) == 32);
    CLAIM(offsetof(struct woapol_decision, reauth_seconds) == 24);
    CLAIM(sizeof(struct woapol_refusal) == 176);
    CLAIM(sizeof(struct woapol_handle_options) == 48);
    CLAIM(sizeof(struct woapol_address) == 17);
    CLAIM(sizeof(struct woapol_prefix) == 18);
    CLAIM(WOAPOL_E_ARGUMENT == 9 && WOAPOL_KIND_COUNT == 9 && WOAPOL_AUTHENTICATE == 2);
    CLAIM(WOAPOL_REASON_BAD_REQUEST == 2 && WOAPOL_PROGRESS_NEXT == 2);
    CLAIM(WOAPOL_POLL_REFUSED == 2 && WOAPOL_FORWARDED == 1);
    CLAIM(woapol_version()[0] == '0' + WOAPOL_VERSION_MAJOR);
    return 0;
}
