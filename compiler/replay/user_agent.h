/* Device types from what clients say of themselves: user_agents.def. */
#ifndef WP_REPLAY_USER_AGENT_H
#define WP_REPLAY_USER_AGENT_H

#include "woapol.h"

/* The name of the device type, or text NULL when the list does not tell. */
struct woapol_text wp_device_of_agent(struct woapol_text agent);

/* "browser", "okta_mobile", "native_app", or text NULL for an empty one. */
struct woapol_text wp_entry_of_agent(struct woapol_text agent);

#endif
