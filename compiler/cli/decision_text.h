/* A decision in the words of the source. */
#ifndef WP_CLI_DECISION_TEXT_H
#define WP_CLI_DECISION_TEXT_H

#include "lang/arena.h"
#include "woapol.h"

/* "authenticate password then fido2 every 8h", "deny \"Use the portal\"". */
const char *wp_decision_text(struct wp_arena *arena, const struct woapol_image *image,
                             const struct woapol_decision *decision);

#endif
