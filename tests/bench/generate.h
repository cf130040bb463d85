/* Policies of any size, for benchmarks: made from numbers, always the same. */
#ifndef BENCH_GENERATE_H
#define BENCH_GENERATE_H

#include <stdint.h>
#include <stdio.h>

/* How large, and how it is cut: `policies` of them share the rules (one of them
 * is the default). Prefixes are spread over `rules / 8` networks; a tenth of them
 * is IPv6. */
struct bench_shape {
    uint32_t rules;
    uint32_t prefixes;
    uint32_t policies;
    uint32_t groups;
};

/* Writes the source. */
void bench_generate(FILE *file, const struct bench_shape *shape);

#endif
