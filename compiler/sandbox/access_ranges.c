/* Network ranges: IPv4 pairs from and to, and the one for all. */
#include "compiler/sandbox/access.h"

#include <string.h>

#include "compiler/sandbox/address.h"

const char *
wp_box_access_all_ranges(struct wp_box *box)
{
    const char *uuid;
    json_t *range;
    json_object_foreach(wp_store_all(box->store, WP_ACCESS_BOX_RANGE), uuid,
                        range) if (wp_box_yes(range, "defaultNetwork")) return uuid;
    return NULL;
}

static json_t *
show_range(const struct wp_exchange *x, const json_t *range)
{
    return wp_box_access_show(
        x, range,
        wp_format(x->arena, "%s/orgnetworks/%s", WP_ACCESS_JERSEY, wp_box_text(range, "uuid")));
}

static json_t *
shape_pairs(struct wp_exchange *x, const json_t *list)
{
    json_t *pairs = json_array(), *pair;
    size_t i;
    json_array_foreach(list, i, pair)
    {
        const char *from = wp_box_text(pair, "from"), *to = wp_box_text(pair, "to");
        struct wp_box_address first, last;
        if (!wp_box_access_knows_keys(x, pair, "from to"))
            goto failed;
        if (from == NULL || to == NULL || !wp_box_address_read(&first, from) ||
            !wp_box_address_read(&last, to) || strchr(from, ':') != NULL ||
            strchr(to, ':') != NULL || wp_box_address_compare(&first, &last) > 0) {
            wp_box_access_error(x, 400, "invalid.ip.range", "%.50s to %.50s is no IPv4 range",
                                from != NULL ? from : "(none)", to != NULL ? to : "(none)");
            goto failed;
        }
        json_array_append_new(pairs, json_pack("{s:s, s:s}", "from", from, "to", to));
    }
    if (json_array_size(pairs) > 0)
        return pairs;
    wp_box_access_error(x, 400, "empty.ip.range", "A range has at least one pair of addresses");
failed:
    json_decref(pairs);
    return NULL;
}

static json_t *
shape_range(struct wp_exchange *x, const json_t *sent, const json_t *old)
{
    const char *name = wp_box_text(sent, "name"), *uuid;
    json_t *pairs, *other;
    if (!wp_box_access_knows_keys(x, sent, "name description uuid ipAddressRanges defaultNetwork"))
        return NULL;
    if (name == NULL || *name == '\0' || strlen(name) > 255) {
        wp_box_access_error(x, 400, "invalid.name", "name has 1 to 255 characters");
        return NULL;
    }
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_RANGE), uuid,
                        other) if (other != old && strcmp(wp_box_text(other, "name"), name) == 0)
    {
        wp_box_access_error(x, 409, "duplicate.name", "There is a range %.200s already", name);
        return NULL;
    }
    /* Of the range for all only name and description can be changed. */
    pairs = wp_box_yes(old, "defaultNetwork")
                ? json_deep_copy(json_object_get(old, "ipAddressRanges"))
                : shape_pairs(x, json_object_get(sent, "ipAddressRanges"));
    if (pairs == NULL)
        return NULL;
    return json_pack("{s:s, s:s?, s:b, s:o}", "name", name, "description",
                     wp_box_text(sent, "description"), "defaultNetwork",
                     wp_box_yes(old, "defaultNetwork"), "ipAddressRanges", pairs);
}

static void
keep_range(struct wp_exchange *x, json_t *old)
{
    json_t *sent = wp_box_access_body(x);
    json_t *range = sent != NULL ? shape_range(x, sent, old) : NULL;
    if (range != NULL) {
        const char *uuid = old != NULL ? x->captures[0] : wp_box_uuid(x->box, x->arena);
        bool is_new = old == NULL;
        json_object_set_new(range, "uuid", json_string(uuid));
        wp_store_put(x->box->store, WP_ACCESS_BOX_RANGE, uuid, range);
        wp_exchange_answer(x, is_new ? 201 : 200, show_range(x, range));
    }
    json_decref(sent);
}

void
wp_box_access_range_list(struct wp_exchange *x)
{
    json_t *items = json_array(), *range;
    const char *uuid;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_RANGE), uuid, range)
        json_array_append_new(items, show_range(x, range));
    wp_exchange_answer(x, 200, json_pack("{s:o, s:{}}", "items", items, "_links"));
}

void
wp_box_access_range_get(struct wp_exchange *x)
{
    json_t *range = wp_box_access_find(x, WP_ACCESS_BOX_RANGE, "Network range");
    if (range != NULL)
        wp_exchange_answer(x, 200, show_range(x, range));
}

void
wp_box_access_range_post(struct wp_exchange *x)
{
    keep_range(x, NULL);
}

void
wp_box_access_range_put(struct wp_exchange *x)
{
    json_t *old = wp_box_access_find(x, WP_ACCESS_BOX_RANGE, "Network range");
    if (old != NULL)
        keep_range(x, old);
}

/* Who names the range: a policy or an identity provider, or NULL. */
static const char *
user_of(struct wp_exchange *x, const char *range)
{
    const char *uuid;
    json_t *policy, *idp, *rule, *network;
    size_t i;
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_POLICY), uuid, policy)
        json_array_foreach(json_object_get(policy, "accessPolicyRules"), i,
                           rule) if (strcmp(wp_box_text(rule, "networkRange"), range) ==
                                     0) return wp_box_text(policy, "name");
    json_object_foreach(wp_store_all(x->box->store, WP_ACCESS_BOX_IDP), uuid, idp)
        json_array_foreach(json_object_get(idp, "orgNetworks"), i,
                           network) if (wp_box_text(network, "uuid") != NULL &&
                                        strcmp(wp_box_text(network, "uuid"), range) ==
                                            0) return wp_box_text(idp, "name");
    return NULL;
}

void
wp_box_access_range_delete(struct wp_exchange *x)
{
    json_t *range = wp_box_access_find(x, WP_ACCESS_BOX_RANGE, "Network range");
    const char *user;
    if (range == NULL)
        return;
    if (wp_box_yes(range, "defaultNetwork")) {
        wp_box_access_error(x, 403, "default.network", "The default range cannot be deleted");
        return;
    }
    user = user_of(x, x->captures[0]);
    if (user != NULL) {
        wp_box_access_error(x, 409, "network.in.use", "The range is used by %.200s", user);
        return;
    }
    wp_store_remove(x->box->store, WP_ACCESS_BOX_RANGE, x->captures[0]);
    wp_exchange_answer(x, 204, NULL);
}
