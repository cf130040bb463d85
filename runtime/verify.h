/* What the parts of the verifier share. */
#ifndef WP_RUNTIME_VERIFY_H
#define WP_RUNTIME_VERIFY_H

#include "view.h"

/* A loop over an array, which the compiler makes wide where it stands alone: among the others
 * of a long function it leaves many as they are. */
#define WP_LOOP __attribute__((noinline))

/* Notes the fault and returns false. */
bool wp_fault(const struct wp_view *view, struct woapol_fault *fault, const void *place,
              const char *reason);

/* True when all `count` numbers are below `limit`. */
bool wp_all_below(const struct wp_view *view, struct woapol_fault *fault, const uint32_t *numbers,
                  uint64_t count, uint32_t limit, const char *reason);

bool wp_verify_addresses(const struct wp_view *view, struct woapol_fault *fault);
bool wp_verify_rows(const struct wp_view *view, struct woapol_fault *fault);
bool wp_verify_marks(const struct wp_view *view, struct woapol_fault *fault);
bool wp_verify_names(const struct wp_view *view, struct woapol_fault *fault);

#endif
