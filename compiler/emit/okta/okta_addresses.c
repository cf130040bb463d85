/* Zones' entries: a set of addresses as Okta's list, and back. */
#include "compiler/emit/okta/okta.h"
#include "compiler/network.h"

#include <string.h>

static json_t *
entry(const char *type, const char *value)
{
    return json_pack("{s:s, s:s}", "type", type, "value", value);
}

static json_t *
entry_of(const struct wp_address *first, const struct wp_address *last, int length)
{
    char low[WP_ADDRESS_TEXT], high[WP_ADDRESS_TEXT], value[2 * WP_ADDRESS_TEXT + 1];

    wp_address_text(first, low);
    wp_address_text(last, high);
    if (length >= 0)
        (void)snprintf(value, sizeof value, "%s/%d", low, length);
    else
        (void)snprintf(value, sizeof value, "%s-%s", low, high);
    return entry(length >= 0 ? "CIDR" : "RANGE", value);
}

/* How many leading bits `a` and `b` share when they are the ends of one prefix; -1
 * when they are not, or are the same address. */
static int
length64(uint64_t a, uint64_t b)
{
    uint64_t differs = a ^ b;
    if ((differs & (differs + 1)) != 0 || (a & differs) != 0)
        return -1;
    return differs == 0 ? 64 : __builtin_clzll(differs);
}

static json_t *
entry4(struct wp_range4 range)
{
    const struct wp_address first = {.v4 = range.low}, last = {.v4 = range.high};
    int length = length64(range.low, range.high) - 32;
    return entry_of(&first, &last, length >= 0 && length < 32 ? length : -1);
}

static json_t *
entry6(const struct wp_range6 *range)
{
    const struct wp_address first = {.is_v6 = true, .v6 = range->low};
    const struct wp_address last = {.is_v6 = true, .v6 = range->high};
    int length = -1;

    if (range->low.high == range->high.high) {
        int low = length64(range->low.low, range->high.low);
        length = low < 0 || low == 64 ? -1 : 64 + low;
    } else if (range->low.low == 0 && range->high.low == UINT64_MAX) {
        length = length64(range->low.high, range->high.high);
    }
    return entry_of(&first, &last, length);
}

json_t *
wp_okta_addresses(const struct wp_network *network, size_t from, size_t most)
{
    json_t *array = json_array();
    size_t count = wp_okta_address_count(network);

    for (size_t i = from; i < count && i - from < most; i++)
        (void)json_array_append_new(array, i < network->v4_count
                                               ? entry4(network->v4[i])
                                               : entry6(&network->v6[i - network->v4_count]));
    return array;
}

size_t
wp_okta_address_count(const struct wp_network *network)
{
    return (size_t)network->v4_count + network->v6_count;
}

/* ---- reading --------------------------------------------------------------------- */

static bool
read_range(const char *value, struct wp_address *first, struct wp_address *last)
{
    char low[WP_ADDRESS_TEXT + 1];
    const char *dash = strchr(value, '-');

    if (dash == NULL) {
        if (!wp_address_parse(value, first, NULL))
            return false;
        *last = *first;
        return true;
    }
    if ((size_t)(dash - value) >= sizeof low)
        return false;
    memcpy(low, value, (size_t)(dash - value));
    low[dash - value] = '\0';
    if (!wp_address_parse(low, first, NULL) || !wp_address_parse(dash + 1, last, NULL))
        return false;
    if (first->is_v6 != last->is_v6)
        return false;
    return first->is_v6 ? wp_compare6(first->v6, last->v6) <= 0 : first->v4 <= last->v4;
}

bool
wp_okta_addresses_read(struct wp_arena *arena, const json_t *entries, struct wp_network *network)
{
    struct wp_ranges ranges;
    size_t i;
    const json_t *item;

    wp_ranges_init(&ranges, arena);
    json_array_foreach(entries, i, item)
    {
        struct wp_address first, last;
        const char *type = json_string_value(json_object_get(item, "type"));
        const char *value = json_string_value(json_object_get(item, "value"));
        if (type == NULL || value == NULL)
            return false;
        if (strcmp(type, "RANGE") == 0) {
            if (!read_range(value, &first, &last))
                return false;
        } else if (strcmp(type, "CIDR") != 0 ||
                   wp_prefix_parse(value, &first, &last, NULL) == WP_ADDRESS_MALFORMED) {
            return false;
        }
        wp_ranges_add(&ranges, &first, &last);
    }
    *network = wp_ranges_finish(&ranges);
    return true;
}
