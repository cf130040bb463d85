/*
 * What a careful programmer would write first: the rules in an array, tried in
 * order. The address is looked up once, by the same tables, and each test is a
 * mask or a bit; so it is as fast as trying every rule can be.
 */
#ifndef BENCH_LINEAR_H
#define BENCH_LINEAR_H

#include "compiler/model.h"
#include "woapol.h"

struct linear;

/* A scan over the default policy of a model, for an image of it. */
struct linear *linear_new(const struct wp_model *model, const struct woapol_image *image);

/* Says which groups the person is in, by the model's numbers. */
void linear_bind(struct linear *linear, const uint32_t *groups, uint32_t count);

/* The rule that decides, or WP_NONE. `class` is the address's in the image. */
uint32_t linear_decide(const struct linear *linear, const struct woapol_request *request,
                       uint32_t class);

#endif
