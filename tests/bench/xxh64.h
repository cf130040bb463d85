/* XXH64, a hash that many know the speed of: what checking an image is held against. */
#ifndef BENCH_XXH64_H
#define BENCH_XXH64_H

#include <stddef.h>
#include <stdint.h>

/* With seed 0. */
uint64_t bench_xxh64(const void *bytes, size_t size);

#endif
