/* Logs name apps as the tenant that wrote them does; requests as the source does. */
#ifndef WP_REPLAY_APP_NAMES_H
#define WP_REPLAY_APP_NAMES_H

#include "compiler/model.h"
#include "woapol.h"

struct wp_app_names;

/* What tenants call the model's apps, as far as that is not what the source calls
 * them. Everything lives in the arena; the model is borrowed. */
struct wp_app_names *wp_app_names_new(struct wp_arena *arena, const struct wp_model *model);

/* The app's name in the source. A name that is one already, that the source does not
 * know or that stands for several apps comes back as it is. */
struct woapol_text wp_app_name(const struct wp_app_names *names, struct woapol_text name);

#endif
