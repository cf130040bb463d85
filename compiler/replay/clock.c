/* Times, without the C library's zones and locale. */
#include "compiler/replay/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "compiler/replay/record.h"

#define DAY 86400
#define LATEST (INT64_C(230) * 366 * DAY * 1000)

struct scan {
    const char *at, *end;
    bool failed;
};

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t
day_of(int64_t year, unsigned month, unsigned day)
{
    /* Years begin in March here, so that the leap day is the last one. */
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (int64_t)(month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t
digits(struct scan *scan, unsigned count)
{
    int64_t number = 0;
    while (count-- > 0) {
        if (scan->at == scan->end || *scan->at < '0' || *scan->at > '9') {
            scan->failed = true;
            return 0;
        }
        number = number * 10 + (*scan->at++ - '0');
    }
    return number;
}

static bool
accept(struct scan *scan, const char *any)
{
    if (scan->at == scan->end || strchr(any, *scan->at) == NULL || *scan->at == '\0')
        return false;
    scan->at++;
    return true;
}

static void
expect(struct scan *scan, const char *any)
{
    if (!accept(scan, any))
        scan->failed = true;
}

static int64_t
time_of_day(struct scan *scan)
{
    int64_t hour = digits(scan, 2);
    expect(scan, ":");
    int64_t minute = digits(scan, 2);
    int64_t second = 0;
    if (accept(scan, ":"))
        second = digits(scan, 2);
    if (hour > 24 || minute > 59 || second > 60)
        scan->failed = true;
    return (hour * 60 + minute) * 60 + second;
}

/* The offset of the zone in seconds; none is UTC. */
static int64_t
zone(struct scan *scan)
{
    (void)accept(scan, " ");
    if (scan->at == scan->end || accept(scan, "Zz"))
        return 0;
    int sign = *scan->at == '-' ? -1 : 1;
    expect(scan, "+-");
    int64_t hours = digits(scan, 2);
    (void)accept(scan, ":");
    return sign * (hours * 60 + digits(scan, 2)) * 60;
}

static int64_t
joined(struct scan *scan, int64_t year, unsigned month, int64_t day, int64_t seconds,
       int64_t milliseconds)
{
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return WP_NO_TIME;
    seconds += day_of(year, month, (unsigned)day) * DAY - zone(scan);
    if (scan->failed || scan->at != scan->end || seconds < 0 || seconds * 1000 > LATEST)
        return WP_NO_TIME;
    return seconds * 1000 + milliseconds;
}

static int64_t
read_iso(struct scan *scan)
{
    int64_t milliseconds = 0, unit = 100;
    int64_t year = digits(scan, 4);
    expect(scan, "-");
    unsigned month = (unsigned)digits(scan, 2);
    expect(scan, "-");
    int64_t day = digits(scan, 2);
    if (scan->at == scan->end)
        return joined(scan, year, month, day, 0, 0);
    expect(scan, "Tt ");
    int64_t seconds = time_of_day(scan);
    if (accept(scan, ".,"))
        for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; unit /= 10)
            milliseconds += (*scan->at++ - '0') * unit;
    return joined(scan, year, month, day, seconds, milliseconds);
}

static int64_t
read_common(struct scan *scan)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    unsigned month = 0;
    int64_t day = digits(scan, 2);
    expect(scan, "/");
    for (unsigned i = 0; i < 12 && scan->end - scan->at >= 3; i++)
        if (memcmp(scan->at, names + (size_t)i * 3, 3) == 0)
            month = i + 1;
    if (month == 0)
        return WP_NO_TIME;
    scan->at += 3;
    expect(scan, "/");
    int64_t year = digits(scan, 4);
    expect(scan, ":");
    int64_t seconds = time_of_day(scan);
    return joined(scan, year, month, day, seconds, 0);
}

/* Twelve digits and more are milliseconds: they are so from 1973 on. */
static int64_t
read_number(struct scan *scan)
{
    size_t whole = 0;
    while (scan->at + whole < scan->end && scan->at[whole] >= '0' && scan->at[whole] <= '9')
        whole++;
    if (whole == 0 || whole > 15)
        return WP_NO_TIME;
    int64_t number = digits(scan, (unsigned)whole);
    int64_t unit = 100, rest = 0;
    if (accept(scan, "."))
        for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; unit /= 10)
            rest += (*scan->at++ - '0') * unit;
    if (scan->at != scan->end)
        return WP_NO_TIME;
    if (whole < 12)
        number = number * 1000 + rest;
    return number > LATEST ? WP_NO_TIME : number;
}

int64_t
wp_read_time(const char *text, size_t length)
{
    struct scan scan = {text, text + length, false};
    if (length > 4 && text[4] == '-')
        return read_iso(&scan);
    if (length > 2 && text[2] == '/')
        return read_common(&scan);
    return read_number(&scan);
}

void
wp_write_time(int64_t milliseconds, char text[32])
{
    time_t seconds = (time_t)(milliseconds / 1000);
    struct tm parts;
    text[0] = '\0';
    if (gmtime_r(&seconds, &parts) != NULL)
        (void)strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}
