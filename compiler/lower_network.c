/* Networks as written to sets of addresses. */
#include "compiler/lowering.h"

#include <stdlib.h>
#include <string.h>

static void
report_address(struct wp_lowering *lowering, struct wp_span span, const char *text,
               const char *reason)
{
    wp_report(lowering->list, WP_E_BAD_ADDRESS, span, "'%s' is not an address or prefix: %s", text,
              reason);
}

static void
report_host_bits(struct wp_lowering *lowering, const struct wp_set *set,
                 const struct wp_address *first)
{
    const char *length = strchr(set->text, '/') + 1;
    char text[WP_ADDRESS_TEXT];

    wp_address_text(first, text);
    /* A mapped prefix was read as IPv4: its length counts 96 less. */
    if (!first->is_v6 && strchr(set->text, ':'))
        length = wp_format(lowering->arena, "%d", atoi(length) - 96);
    const char *meant = wp_format(lowering->arena, "%s/%s", text, length);
    struct wp_diagnostic *finding = wp_report(lowering->list, WP_E_HOST_BITS, set->span,
                                              "'%s' has bits set beyond the prefix", set->text);
    wp_add_fix(lowering->list, finding, WP_FIX_CHANGES_DECISIONS, set->span, meant, "write '%s'",
               meant);
    wp_add_help(lowering->list, finding, "for one address leave '/%s' out",
                strchr(set->text, '/') + 1);
}

static void
add_prefix(struct wp_lowering *lowering, const struct wp_set *set, struct wp_ranges *ranges)
{
    struct wp_address first, last;
    const char *reason = "";

    switch (wp_prefix_parse(set->text, &first, &last, &reason)) {
    case WP_ADDRESS_OK:
        wp_ranges_add(ranges, &first, &last);
        break;
    case WP_ADDRESS_MALFORMED:
        report_address(lowering, set->span, set->text, reason);
        break;
    case WP_ADDRESS_HOST_BITS:
        report_host_bits(lowering, set, &first);
        break;
    }
}

static bool
parse_end(struct wp_lowering *lowering, const struct wp_set *set, const char *text,
          struct wp_address *address)
{
    const char *reason = "";

    if (strchr(text, '/')) {
        struct wp_diagnostic *finding =
            wp_report(lowering->list, WP_E_BAD_RANGE, set->span,
                      "'%s' is a prefix; a range goes from address to address", text);
        wp_add_help(lowering->list, finding, "join prefixes with '+'");
        return false;
    }
    if (wp_address_parse(text, address, &reason))
        return true;
    report_address(lowering, set->span, text, reason);
    return false;
}

static bool
is_below(const struct wp_address *a, const struct wp_address *b)
{
    return a->is_v6 ? wp_compare6(a->v6, b->v6) < 0 : a->v4 < b->v4;
}

static void
add_range(struct wp_lowering *lowering, const struct wp_set *set, struct wp_ranges *ranges)
{
    struct wp_address first, last;

    if (!parse_end(lowering, set, set->text, &first) ||
        !parse_end(lowering, set, set->upper, &last))
        return;
    if (first.is_v6 != last.is_v6) {
        struct wp_diagnostic *finding =
            wp_report(lowering->list, WP_E_BAD_RANGE, set->span,
                      "one end of the range is an IPv4 address, the other an IPv6 one");
        wp_add_help(lowering->list, finding, "write a range for each, joined with '+'");
        return;
    }
    if (is_below(&last, &first)) {
        struct wp_diagnostic *finding =
            wp_report(lowering->list, WP_E_BAD_RANGE, set->span, "the range ends before it begins");
        const char *meant = wp_format(lowering->arena, "%s .. %s", set->upper, set->text);
        wp_add_fix(lowering->list, finding, WP_FIX_CHANGES_DECISIONS, set->span, meant,
                   "write '%s'", meant);
        return;
    }
    wp_ranges_add(ranges, &first, &last);
}

static void
add_set(struct wp_lowering *lowering, const struct wp_scope *scope, const struct wp_set *set,
        struct wp_ranges *ranges)
{
    if (set->kind == WP_SET_ADDRESS) {
        add_prefix(lowering, set, ranges);
    } else if (set->kind == WP_SET_RANGE) {
        add_range(lowering, set, ranges);
    } else {
        struct wp_network network = wp_lower_addresses(lowering, scope, set);
        wp_ranges_add_network(ranges, &network);
    }
}

/* Parts that follow one another with the same sign are one set. */
static struct wp_network
lower_sum(struct wp_lowering *lowering, const struct wp_scope *scope, const struct wp_set *sum)
{
    struct wp_network_part *parts;
    uint32_t count = 0;

    for (const struct wp_set *at = sum->parts; at; at = at->next)
        count += at == sum->parts || !at->next || at->join != at->next->join;
    parts = wp_alloc_array(lowering->arena, (size_t)count + 1, sizeof *parts);
    count = 0;
    for (const struct wp_set *at = sum->parts; at;) {
        enum wp_join join = at == sum->parts ? WP_JOIN_UNION : at->join;
        struct wp_ranges ranges;

        wp_ranges_init(&ranges, lowering->arena);
        do {
            add_set(lowering, scope, at, &ranges);
            at = at->next;
        } while (at && at->join == join);
        parts[count++] = (struct wp_network_part){wp_ranges_finish(&ranges), join};
    }
    return wp_network_sum(lowering->arena, parts, count);
}

static struct wp_network
lower_product(struct wp_lowering *lowering, const struct wp_scope *scope,
              const struct wp_set *product)
{
    struct wp_network *parts;
    uint32_t count = 0;

    for (const struct wp_set *at = product->parts; at; at = at->next)
        count++;
    parts = wp_alloc_array(lowering->arena, count, sizeof *parts);
    count = 0;
    for (const struct wp_set *at = product->parts; at; at = at->next)
        parts[count++] = wp_lower_addresses(lowering, scope, at);
    return wp_network_product(lowering->arena, parts, count);
}

static struct wp_network
lower_name(struct wp_lowering *lowering, const struct wp_scope *scope, const struct wp_set *set)
{
    const struct wp_argument *argument = wp_scope_find(scope, set->text);
    const struct wp_symbol *symbol;

    if (argument)
        return argument->set ? wp_lower_addresses(lowering, scope->outer, argument->set)
                             : (struct wp_network){0};
    symbol = wp_symbols_find(lowering->symbols, WP_SYMBOL_NETWORK, set->text);
    if (!symbol || symbol->is_broken)
        return (struct wp_network){0};
    uint32_t network = lowering->model->named_networks[symbol->number].network;
    return lowering->pool->networks[network];
}

struct wp_network
wp_lower_addresses(struct wp_lowering *lowering, const struct wp_scope *scope,
                   const struct wp_set *set)
{
    struct wp_ranges ranges;

    switch (set->kind) {
    case WP_SET_NAME:
    case WP_SET_STRING:
        return lower_name(lowering, scope, set);
    case WP_SET_ADDRESS:
    case WP_SET_RANGE:
        wp_ranges_init(&ranges, lowering->arena);
        add_set(lowering, scope, set, &ranges);
        return wp_ranges_finish(&ranges);
    case WP_SET_SUM:
    case WP_SET_LIST:
        return lower_sum(lowering, scope, set);
    case WP_SET_PRODUCT:
        return lower_product(lowering, scope, set);
    }
    return (struct wp_network){0};
}
