/* The runtime as WebAssembly has it (WP_SMALL), built for this machine. */
#ifndef WP_TESTS_SMALL_RUNTIME_H
#define WP_TESTS_SMALL_RUNTIME_H

#include "runtime/view.h"

bool small_verify(const struct wp_view *view, struct woapol_fault *fault);
void small_decide(const struct woapol_image *image, struct woapol_principal *principal,
                  const struct woapol_request *request, struct woapol_decision *decision);
size_t small_reports(const struct woapol_image *image, struct woapol_principal *principal,
                     const struct woapol_request *request, uint32_t *rules, size_t room);
uint64_t small_checksum(const void *bytes, size_t size);

#endif
