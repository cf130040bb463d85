/* What a benchmark prints: one record a line, as `make bench` gathers them. */
#ifndef BENCH_RECORD_H
#define BENCH_RECORD_H

#include <stddef.h>
#include <stdint.h>

/* A figure: {"bench","size","metric","value","unit","against","ratio"}. `against`
 * is what it was measured beside in the same run, or NULL; then `ratio`, ours
 * over theirs, is not printed either. */
void bench_record(const char *bench, double size, const char *metric, double value,
                  const char *unit, const char *against, double ratio);

/* Seconds since some moment, by a clock that only goes forward. */
double bench_now(void);

/* The middle one of `count` values, which are sorted by it. */
double bench_median(double *values, size_t count);

/* Numbers that look random and are the same every time. */
struct bench_random {
    uint64_t state;
};
uint32_t bench_random(struct bench_random *random, uint32_t below);

/* The exponent e for which values grow like size^e: the slope of the line through
 * the logarithms that fits best. */
double bench_exponent(const double *sizes, const double *values, size_t count);

#endif
