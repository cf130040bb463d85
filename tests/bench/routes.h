/* Prefixes as in a routing table, in named networks: for benchmarks. */
#ifndef BENCH_ROUTES_H
#define BENCH_ROUTES_H

#include <stdint.h>
#include <stdio.h>

/*
 * Writes `networks` networks, N0 and on, of `prefixes` distinct prefixes together, a
 * tenth of them IPv6. Lengths are shared out as in a routing table of the internet,
 * and as there half of the prefixes lie inside another one. Two thirds of these
 * belong to the same network as that one, the others to some other network.
 */
void bench_write_routes(FILE *file, uint32_t networks, uint32_t prefixes);

#endif
