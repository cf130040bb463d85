#include "compiler/analysis/traits.h"

/* Does the set change when `flip` maps each posture to one that differs in a
 * single part? */
static bool
depends(uint64_t mask, unsigned (*flip)(unsigned posture))
{
    for (unsigned p = 0; p < WP_POSTURE_COUNT; p++) {
        if ((mask >> p & 1) != (mask >> flip(p) & 1))
            return true;
    }
    return false;
}

static unsigned
flip_managed(unsigned posture)
{
    return posture ^ 1;
}

static unsigned
flip_compliant(unsigned posture)
{
    return posture ^ 2;
}

static unsigned
next_risk(unsigned posture)
{
    unsigned risk = posture / 4 % WP_RISK_COUNT;
    return posture - risk * 4 + (risk + 1) % WP_RISK_COUNT * 4;
}

static unsigned
next_entry(unsigned posture)
{
    return (posture + WP_RISK_COUNT * 4) % WP_POSTURE_COUNT;
}

void
wp_traits_add(const struct wp_test *test, struct wp_traits *traits)
{
    if (!test)
        return;
    for (uint32_t i = 0; i < test->part_count; i++)
        wp_traits_add(test->parts[i], traits);
    if (test->kind == WP_TEST_NETWORK)
        traits->network = true;
    if (test->kind == WP_TEST_DEVICE)
        traits->device = true;
    if (test->kind != WP_TEST_POSTURE)
        return;
    traits->managed = traits->managed || depends(test->mask, flip_managed);
    traits->compliant = traits->compliant || depends(test->mask, flip_compliant);
    traits->risk = traits->risk || depends(test->mask, next_risk);
    traits->entry = traits->entry || depends(test->mask, next_entry);
}

static void
add_policy(const struct wp_policy *policy, struct wp_traits *traits)
{
    for (uint32_t i = 0; i < policy->rule_count; i++)
        wp_traits_add(policy->rules[i].folded, traits);
}

static void
add_assumptions(const struct wp_model *model, struct wp_traits *traits)
{
    for (uint32_t i = 0; i < model->assumption_count; i++) {
        wp_traits_add(model->assumptions[i].premise_folded, traits);
        wp_traits_add(model->assumptions[i].conclusion_folded, traits);
    }
}

void
wp_traits_of(const struct wp_model *model, struct wp_traits *traits)
{
    *traits = (struct wp_traits){false};
    for (uint32_t i = 0; i < model->policy_count; i++)
        add_policy(&model->policies[i], traits);
    add_assumptions(model, traits);
    for (uint32_t i = 0; i < model->proof_count; i++) {
        for (uint32_t k = 0; k < model->proofs[i].claim_count; k++)
            wp_traits_add(model->proofs[i].claims[k].folded, traits);
    }
}

void
wp_traits_of_policy(const struct wp_model *model, const struct wp_policy *policy,
                    struct wp_traits *traits)
{
    *traits = (struct wp_traits){false};
    add_policy(policy, traits);
    add_assumptions(model, traits);
}

uint32_t
wp_natural_device(const struct wp_traits *traits, uint64_t devices)
{
    if (!traits->device && (devices & 1))
        return 0;
    uint64_t named = devices & ~UINT64_C(1);
    return named ? (uint32_t)__builtin_ctzll(named) : 0;
}

/* How far a posture is from what a person would name first: nothing said of what
 * plays no part, low risk, no entry, not managed, not compliant. */
static unsigned
oddness(const struct wp_traits *traits, uint32_t posture)
{
    unsigned risk = wp_posture_risk(posture), odd = 0;

    odd += traits->risk ? risk : WP_RISK_HIGH - risk;
    odd += wp_posture_entry(posture) == WP_ENTRY_NONE ? 0 : 1 + wp_posture_entry(posture);
    odd += wp_posture_compliant(posture) ? 2 : 0;
    odd += wp_posture_managed(posture) ? 2 : 0;
    return odd;
}

uint32_t
wp_natural_posture(const struct wp_traits *traits, uint64_t postures)
{
    uint32_t best = (uint32_t)__builtin_ctzll(postures);

    for (uint64_t left = postures; left; left &= left - 1) {
        uint32_t posture = (uint32_t)__builtin_ctzll(left);
        if (oddness(traits, posture) < oddness(traits, best))
            best = posture;
    }
    return best;
}
