/* A decision in the words of the source. */
#include <inttypes.h>
#include <string.h>

#include "compiler/cli/decision_text.h"

struct chain_walk {
    struct wp_arena *arena;
    const struct woapol_image *image;
    const char *text;
    uint32_t alternative, step;
};

static bool
add_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    struct chain_walk *walk = context;
    const char *joint = walk->text[0] == '\0'              ? ""
                        : alternative != walk->alternative ? " else "
                        : step != walk->step               ? " then "
                                                           : " or ";
    walk->text = wp_format(walk->arena, "%s%s%s", walk->text, joint,
                           woapol_name(walk->image, WOAPOL_METHOD, method, NULL));
    walk->alternative = alternative;
    walk->step = step;
    return true;
}

static const char *
duration_text(struct wp_arena *arena, uint64_t seconds)
{
    static const struct {
        uint64_t seconds;
        const char *unit;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "m"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (seconds > 0 && seconds % units[i].seconds == 0)
            return wp_format(arena, "%" PRIu64 "%s", seconds / units[i].seconds, units[i].unit);
    return wp_format(arena, "%" PRIu64 "s", seconds);
}

const char *
wp_decision_text(struct wp_arena *arena, const struct woapol_image *image,
                 const struct woapol_decision *decision)
{
    const char *text = "deny";
    if (decision->effect == WOAPOL_ALLOW)
        text = "allow";
    if (decision->effect == WOAPOL_AUTHENTICATE) {
        struct chain_walk walk = {.arena = arena, .image = image, .text = ""};
        woapol_chain_walk(image, decision->chain, add_method, &walk);
        text = wp_format(arena, "authenticate %s", walk.text);
    }
    if (decision->reauth_seconds != WOAPOL_NO_REAUTH)
        text =
            wp_format(arena, "%s every %s", text, duration_text(arena, decision->reauth_seconds));
    const char *message =
        decision->message == WOAPOL_NONE ? NULL : woapol_message(image, decision->message, NULL);
    if (message != NULL)
        text = wp_format(arena, "%s \"%s\"", text, message);
    return text;
}
