/* The evaluator for processors with AVX-512. */
#ifdef __x86_64__

/* Of all that follows, headers included. */
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,bmi,bmi2,popcnt"))), \
                             apply_to = function)
#else
#pragma GCC target("avx512f,avx512vl,avx512bw,bmi,bmi2,popcnt")
#endif
#define WP_VECTOR_BYTES 64

#include "batch.h"

extern const struct wp_evaluator wp_evaluator_avx512;
const struct wp_evaluator wp_evaluator_avx512 = WP_EVALUATOR;

#ifdef __clang__
#pragma clang attribute pop
#endif

#endif
