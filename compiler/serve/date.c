/* Dates without looking at the locale. */
#include "compiler/serve/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void
wp_date_write(char text[WP_DATE_SIZE], int64_t seconds)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t time = (time_t)seconds;
    struct tm parts;
    char line[64];
    if (gmtime_r(&time, &parts) == NULL)
        memset(&parts, 0, sizeof parts);
    (void)snprintf(line, sizeof line, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                   days + 3 * parts.tm_wday, parts.tm_mday, months + 3 * parts.tm_mon,
                   (parts.tm_year + 1900) % 10000, parts.tm_hour, parts.tm_min, parts.tm_sec);
    memcpy(text, line, WP_DATE_SIZE);
}
