/* What sign-ins put people through, by the old policy and by the new one. */
#include "compiler/replay/tally.h"

static uint32_t
find(const struct wp_side *side, enum woapol_kind kind, struct woapol_text name)
{
    return name.text == NULL ? 0 : woapol_find(side->image, kind, name.text, name.length);
}

static void
count_side(uint64_t counts[WP_FRICTION_COUNT], const struct wp_side *side, uint32_t outcome,
           const struct wp_decided *decided, bool enrolls)
{
    const struct wp_request_facts *facts = &decided->event->facts;
    const struct wp_decision *decision = wp_outcome_decision(side, outcome);
    uint32_t app = find(side, WOAPOL_APP, wp_app_name(side->app_names, facts->app));
    uint32_t device = find(side, WOAPOL_DEVICE, facts->device);
    bool asks = outcome != wp_outcome_unknown(side) && decision->effect == WP_AUTHENTICATE;
    counts[WP_FRICTION_PROMPT] += asks;
    counts[WP_FRICTION_TWICE] +=
        asks && decision->chain != WP_NONE && side->forecast->twice[decision->chain];
    counts[WP_FRICTION_ENROLL] += enrolls;
    counts[WP_FRICTION_TIMEOUT] += enrolls && wp_forecast_times_out(side->forecast, app);
    counts[WP_FRICTION_LOCK] += wp_forecast_locks(side->forecast, app, device, facts->managed);
}

void
wp_tally_friction(struct wp_tally *tally, const struct wp_decided *decided)
{
    if (tally->sides[0].image != NULL)
        count_side(tally->friction[0], &tally->sides[0], decided->before, decided,
                   decided->enrolls[0]);
    count_side(tally->friction[1], &tally->sides[1], decided->after, decided, decided->enrolls[1]);
}
