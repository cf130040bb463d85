/* The list is short and a User-Agent shorter: it is looked through in order. */
#include "compiler/replay/user_agent.h"

#include <string.h>

#include "compiler/replay/event.h"

/* Beyond this nothing tells the device. */
#define LOOKED_AT 512

static const struct {
    const char *text, *device;
} agents[] = {
#define WP_USER_AGENT(text, device) {text, device},
#include "compiler/replay/user_agents.def"
#undef WP_USER_AGENT
};

struct woapol_text
wp_device_of_agent(struct woapol_text agent)
{
    if (agent.length > LOOKED_AT)
        agent.length = LOOKED_AT;
    for (size_t i = 0; agent.text != NULL && i < sizeof agents / sizeof *agents; i++)
        if (wp_has_word(agent, agents[i].text))
            return (struct woapol_text){agents[i].device, strlen(agents[i].device)};
    return (struct woapol_text){NULL, 0};
}

struct woapol_text
wp_entry_of_agent(struct woapol_text agent)
{
    const char *entry = "native_app";
    if (agent.text == NULL || agent.length == 0)
        return (struct woapol_text){NULL, 0};
    if (agent.length > LOOKED_AT)
        agent.length = LOOKED_AT;
    if (wp_has_word(agent, "OktaMobile") || wp_has_word(agent, "Okta Mobile"))
        entry = "okta_mobile";
    else if (wp_has_word(agent, "IntelligentHub") || wp_has_word(agent, "WorkspaceONEHub"))
        entry = "hub";
    else if (agent.length >= 8 && memcmp(agent.text, "Mozilla/", 8) == 0)
        entry = "browser";
    return (struct woapol_text){entry, strlen(entry)};
}
