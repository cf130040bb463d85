/* Records, clocks and numbers for the benchmarks. */
#include "bench/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void
bench_record(const char *bench, double size, const char *metric, double value, const char *unit,
             const char *against, double ratio)
{
    printf("{\"bench\":\"%s\",\"size\":%.17g,\"metric\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"",
           bench, size, metric, value, unit);
    if (against != NULL)
        printf(",\"against\":\"%s\",\"ratio\":%.4g}\n", against, ratio);
    else
        printf(",\"against\":null,\"ratio\":null}\n");
    fflush(stdout);
}

double
bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double
bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

uint32_t
bench_random(struct bench_random *random, uint32_t below)
{
    random->state = random->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((random->state >> 32) * below >> 32);
}

double
bench_exponent(const double *sizes, const double *values, size_t count)
{
    double x = 0, y = 0, xx = 0, xy = 0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        double u = log(sizes[i]), v = log(values[i]);
        x += u;
        y += v;
        xx += u * u;
        xy += u * v;
    }
    return (n * xy - x * y) / (n * xx - x * x);
}
