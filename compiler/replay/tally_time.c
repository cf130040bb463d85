/* Sign-ins by hour of the week and by day. */
#include "compiler/replay/tally.h"

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

void
wp_tally_add_day(struct wp_tally *tally, uint32_t what, uint32_t day, uint64_t count)
{
    size_t mask = (size_t)2 * WP_DAYS_MAX - 1;
    uint64_t key = ((uint64_t)what << 32 | day) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(key >> 32) & mask;
    while (tally->days[at].count != 0 &&
           (tally->days[at].what != what || tally->days[at].day != day))
        at = (at + 1) & mask;
    if (tally->days[at].count == 0) {
        if (tally->day_count == WP_DAYS_MAX) {
            tally->days_overflowed = true;
            return;
        }
        tally->day_count++;
        tally->days[at].what = what;
        tally->days[at].day = day;
    }
    tally->days[at].count += count;
}

void
wp_tally_time(struct wp_tally *tally, const struct wp_decided *decided, enum wp_change change,
              unsigned column)
{
    int64_t time = decided->event->time;
    if (time == WP_NO_TIME) {
        tally->untimed++;
        return;
    }
    uint32_t day = (uint32_t)(time / DAY_MS);
    uint32_t outcomes = wp_outcome_count(&tally->sides[1]);
    /* 1 January 1970 was a Thursday. */
    uint64_t *hour = tally->hours[(day + 3) % 7 * 24 + (uint32_t)(time % DAY_MS / HOUR_MS)];
    hour[column]++;
    hour[(unsigned)WP_COLUMN_CHANGES + change]++;
    tally->first = time < tally->first ? time : tally->first;
    tally->last = time > tally->last ? time : tally->last;
    wp_tally_add_day(tally, decided->after, day, 1);
    wp_tally_add_day(tally, outcomes + column, day, 1);
    if (change != WP_CHANGE_NONE)
        wp_tally_add_day(tally, outcomes + (unsigned)WP_COLUMN_CHANGES + change, day, 1);
}

void
wp_tally_join_days(struct wp_tally *tally, const struct wp_tally *other)
{
    tally->days_overflowed = tally->days_overflowed || other->days_overflowed;
    for (size_t i = 0; i < (size_t)2 * WP_DAYS_MAX; i++)
        if (other->days[i].count != 0)
            wp_tally_add_day(tally, other->days[i].what, other->days[i].day, other->days[i].count);
}
