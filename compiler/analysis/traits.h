/*
 * Which traits of a request a model looks at at all, and which values of them
 * look natural: a witness leaves out what plays no part.
 */
#ifndef WP_ANALYSIS_TRAITS_H
#define WP_ANALYSIS_TRAITS_H

#include "compiler/model.h"

struct wp_traits {
    bool network, device, entry, risk, compliant, managed;
};

/* The traits that the conditions, assumptions and proofs of the model test. */
void wp_traits_of(const struct wp_model *model, struct wp_traits *traits);

/* Those of one policy's rules and of the assumptions. */
void wp_traits_of_policy(const struct wp_model *model, const struct wp_policy *policy,
                         struct wp_traits *traits);

/* Adds those of a condition. */
void wp_traits_add(const struct wp_test *test, struct wp_traits *traits);

/* Of a set of device types or postures the member that a person would name
 * first; the set must not be empty. */
uint32_t wp_natural_device(const struct wp_traits *traits, uint64_t devices);
uint32_t wp_natural_posture(const struct wp_traits *traits, uint64_t postures);

/* A posture's parts. */
static inline unsigned
wp_posture_entry(uint32_t posture)
{
    return posture / (WP_RISK_COUNT * 4);
}
static inline unsigned
wp_posture_risk(uint32_t posture)
{
    return posture / 4 % WP_RISK_COUNT;
}
static inline bool
wp_posture_compliant(uint32_t posture)
{
    return posture >> 1 & 1;
}
static inline bool
wp_posture_managed(uint32_t posture)
{
    return posture & 1;
}

#endif
