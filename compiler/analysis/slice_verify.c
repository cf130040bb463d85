#include "compiler/analysis/slice.h"
#include "compiler/address.h"

/* A clause over sets: each literal's set as a test, and its sign. */
struct claim {
    const struct wp_slice *slice;
    const struct wp_model *model;
    const uint32_t *literals;
    uint32_t count;
    const struct wp_members *apps;
};

/* Does the clause hold at the point? */
static bool
holds_at(const struct claim *claim, const struct wp_point *point)
{
    for (uint32_t i = 0; i < claim->count; i++) {
        struct wp_test test;
        if (!wp_slice_meaning(claim->slice, claim->literals[i] / 2, &test))
            return false; /* not a clause about sets */
        if (wp_point_meets(claim->model, &test, point) != (claim->literals[i] & 1))
            return true;
    }
    return false;
}

/* Membership changes only at the first address of a range and after its last. */
static bool
holds_at_ends(const struct claim *claim, const struct wp_network *network)
{
    struct wp_point point = {.app = WP_NONE, .user = WP_NONE};

    point.family = WP_FAMILY_V4;
    for (uint32_t i = 0; i < network->v4_count; i++) {
        point.v4 = network->v4[i].low;
        if (!holds_at(claim, &point))
            return false;
        point.v4 = network->v4[i].high + 1; /* wraps around to 0, which is tried too */
        if (!holds_at(claim, &point))
            return false;
    }
    point.family = WP_FAMILY_V6;
    for (uint32_t i = 0; i < network->v6_count; i++) {
        point.v6 = network->v6[i].low;
        if (!holds_at(claim, &point))
            return false;
        point.v6 = wp_next6(network->v6[i].high);
        bool mapped = point.v6.high == 0 && point.v6.low >> 32 == 0xffff;
        if (!mapped && !holds_at(claim, &point))
            return false;
    }
    return true;
}

static bool
holds_for_addresses(const struct claim *claim)
{
    struct wp_point point = {.app = WP_NONE, .user = WP_NONE};

    for (int family = WP_FAMILY_ABSENT; family <= WP_FAMILY_V6; family++) {
        point.family = (enum wp_family)family;
        if (!holds_at(claim, &point))
            return false;
    }
    point.v6.low = UINT64_C(0x1000000000000); /* after the IPv4-mapped ones */
    if (!holds_at(claim, &point))
        return false;
    for (uint32_t i = 0; i < claim->count; i++) {
        struct wp_test test;
        if (wp_slice_meaning(claim->slice, claim->literals[i] / 2, &test) &&
            !holds_at_ends(claim, &claim->model->networks[test.network]))
            return false;
    }
    return true;
}

static bool
may_be_app(const struct claim *claim, uint32_t app)
{
    if (!claim->apps)
        return true;
    return app == WP_NONE ? claim->apps->others : wp_ids_have(&claim->apps->ids, app);
}

/* Tries all values of one small dimension. */
static bool
holds_for_all(const struct claim *claim, enum wp_test_kind kind)
{
    struct wp_point point = {.app = WP_NONE, .user = WP_NONE};
    uint32_t devices = claim->model->device_count ? claim->model->device_count : 1;
    uint32_t limit = kind == WP_TEST_DEVICE    ? devices
                     : kind == WP_TEST_POSTURE ? WP_POSTURE_COUNT
                     : kind == WP_TEST_APP     ? claim->model->app_count + 1
                                               : claim->model->user_count + 1;

    for (uint32_t value = 0; value < limit; value++) {
        if (kind == WP_TEST_DEVICE)
            point.device = value;
        else if (kind == WP_TEST_POSTURE)
            point.posture = value;
        else if (kind == WP_TEST_APP)
            point.app = value < limit - 1 ? value : WP_NONE;
        else
            point.user = value < limit - 1 ? value : WP_NONE;
        if (kind == WP_TEST_APP && !may_be_app(claim, point.app))
            continue;
        if (!holds_at(claim, &point))
            return false;
    }
    return true;
}

bool
wp_slice_verify(const struct wp_slice *slice, const struct wp_model *model,
                const uint32_t *literals, uint32_t count, const struct wp_members *apps)
{
    struct claim claim = {slice, model, literals, count, apps};
    struct wp_test first, other;

    if (count == 0)
        return apps && apps->ids.count == 0 && !apps->others;
    if (!wp_slice_meaning(slice, literals[0] / 2, &first))
        return false;
    for (uint32_t i = 1; i < count; i++) {
        if (!wp_slice_meaning(slice, literals[i] / 2, &other) || other.kind != first.kind)
            return false;
    }
    return first.kind == WP_TEST_NETWORK ? holds_for_addresses(&claim)
                                         : holds_for_all(&claim, first.kind);
}
