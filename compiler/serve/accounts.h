/* How rules stood to a request, as JSON: what `?explain=1` adds to a decision. */
#ifndef WP_SERVE_ACCOUNTS_H
#define WP_SERVE_ACCOUNTS_H

#include "compiler/decide/json_text.h"
#include "woapol.h"

/* Adds `,"rules":[{"rule":...,"report":...,"holds":...,"fate":...,"against":[...]},...]`
 * for accounts of woapol_explain. */
void wp_accounts_write(struct wp_json_text *text, const struct woapol_image *image,
                       const struct woapol_account *accounts, size_t count);

#endif
