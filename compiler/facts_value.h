/* One fact's value, read from JSON and held against another. */
#ifndef WP_COMPILER_FACTS_VALUE_H
#define WP_COMPILER_FACTS_VALUE_H

#include <jansson.h>

#include "compiler/model.h"

struct wp_names;

/* What a name can be made of. */
#define WP_FACT_WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/*
 * The value of a fact as the source would have it. `exported`: the JSON is a tenant's
 * answer, whose words are those of the fact's `exported`, in the order of its `values`.
 * NULL, with what the fact takes in *reason, when it is not of the fact's type; whether
 * its words are those of the fact is left to the check of attributes.
 */
struct wp_value *wp_fact_value(struct wp_arena *arena, struct wp_names *names,
                               const struct wp_attribute *fact, bool exported, const json_t *json,
                               struct wp_span span, const char **reason);

/* Do two values of the fact say the same? Methods do in any order, 2210 does as 22.10
 * where the fact is `compact`. */
bool wp_fact_same(const struct wp_attribute *fact, const struct wp_value *a,
                  const struct wp_value *b);

#endif
