/* Policies of any size, for benchmarks: made from numbers, always the same. */
#ifndef BENCH_GENERATE_H
#define BENCH_GENERATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How large, and how it is cut: `policies` of them share the rules (one of them
 * is the default). Prefixes are spread over `rules / 8` networks, or `networks` if
 * that is not 0; a tenth of them is IPv6. They overlap at random, unless `routes`:
 * then they are those of routes.h. `selective` ones are few, and the rules ask for more:
 * generate.c says which. */
struct bench_shape {
    uint32_t rules;
    uint32_t prefixes;
    uint32_t policies;
    uint32_t groups;
    uint32_t networks;
    bool routes;
    bool selective;
};

/* Writes the source. */
void bench_generate(FILE *file, const struct bench_shape *shape);

#endif
