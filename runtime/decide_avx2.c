/* The evaluator for processors with AVX2. */
#ifdef __x86_64__

/* Of all that follows, headers included. */
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt"))), apply_to = function)
#else
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#endif
#define WP_VECTOR_BYTES 32

#include "batch.h"

extern const struct wp_evaluator wp_evaluator_avx2;
const struct wp_evaluator wp_evaluator_avx2 = WP_EVALUATOR;

#ifdef __clang__
#pragma clang attribute pop
#endif

#endif
