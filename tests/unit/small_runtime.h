/* The runtime as WebAssembly has it (WP_SMALL), built for this machine. */
#ifndef WP_TESTS_SMALL_RUNTIME_H
#define WP_TESTS_SMALL_RUNTIME_H

#include "runtime/view.h"

bool small_verify(const struct wp_view *view, struct woapol_fault *fault);
size_t small_principal_size(const struct woapol_image *image);
struct woapol_principal *small_bind(const struct woapol_image *image,
                                    const struct woapol_identity *who, void *memory, size_t size);
uint32_t small_find(const struct woapol_image *image, enum woapol_kind kind, const char *name,
                    size_t length);
void small_decide(const struct woapol_image *image, struct woapol_principal *principal,
                  const struct woapol_request *request, struct woapol_decision *decision);
size_t small_reports(const struct woapol_image *image, struct woapol_principal *principal,
                     const struct woapol_request *request, uint32_t *rules, size_t room);
uint64_t small_checksum(const void *bytes, size_t size);

#endif
