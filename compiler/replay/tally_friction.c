/* What sign-ins put people through, by the old policy and by the new one. */
#include "compiler/replay/tally.h"

static void
count_side(uint64_t counts[WP_FRICTION_COUNT], const struct wp_side *side, uint32_t outcome,
           const struct woapol_request *request, bool enrolls)
{
    const struct wp_decision *decision = wp_outcome_decision(side, outcome);
    bool asks = outcome != wp_outcome_unknown(side) && decision->effect == WP_AUTHENTICATE;
    counts[WP_FRICTION_PROMPT] += asks;
    counts[WP_FRICTION_TWICE] +=
        asks && decision->chain != WP_NONE && side->forecast->twice[decision->chain];
    counts[WP_FRICTION_ENROLL] += enrolls;
    counts[WP_FRICTION_TIMEOUT] += enrolls && wp_forecast_times_out(side->forecast, request->app);
    counts[WP_FRICTION_LOCK] +=
        wp_forecast_locks(side->forecast, request->app, request->device, request->managed);
}

void
wp_tally_friction(struct wp_tally *tally, const struct wp_decided *decided)
{
    if (tally->sides[0].image != NULL)
        count_side(tally->friction[0], &tally->sides[0], decided->before, &decided->requests[0],
                   decided->enrolls[0]);
    count_side(tally->friction[1], &tally->sides[1], decided->after, &decided->requests[1],
               decided->enrolls[1]);
}
