/*
 * Small random models, made without any source, and all of their requests: what
 * the exact analyses are held against.
 */
#ifndef WP_TESTS_TINY_MODEL_H
#define WP_TESTS_TINY_MODEL_H

#include "compiler/analysis/point.h"

struct tiny {
    struct wp_arena *arena;
    struct wp_model *model;
    uint64_t seed;
    uint32_t network_room;
};

/* A model with one default policy of `rules` rules over four groups, some
 * assumptions if `assumptions` says so. The same seed makes the same model. */
struct tiny *tiny_new(uint64_t seed, uint32_t rules, bool assumptions);
void tiny_free(struct tiny *tiny);

/* A number below `limit`. */
uint32_t tiny_random(struct tiny *tiny, uint32_t limit);

/* A random folded condition. */
struct wp_test *tiny_condition(struct tiny *tiny);

/* Requests that stand for all there are: no condition of a tiny model tells any
 * request from one of these. */
size_t tiny_point_count(const struct tiny *tiny);
void tiny_point(const struct tiny *tiny, size_t number, struct wp_point *point);

/* May the point be, as far as the model assumes? */
bool tiny_is_possible(const struct tiny *tiny, const struct wp_point *point);

#endif
