/*
 * The order of definitions: a depth-first walk over who needs whom, on a stack
 * of its own, since definitions may be chained as deep as a source is long.
 */
#include "compiler/resolver.h"

#include <assert.h>

enum colour { UNSEEN, OPEN, DONE };

struct graph {
    uint32_t *starts; /* of each symbol's targets; one more at the end */
    uint32_t *targets;
};

struct visit {
    uint32_t symbol;
    uint32_t next; /* the target to look at next */
};

/* Edges by their source, in the order in which they were met. */
static struct graph
sort_edges(const struct wp_resolver *resolver)
{
    uint32_t count = resolver->symbols->count;
    struct graph graph = {
        .starts = wp_alloc_array(resolver->arena, (size_t)count + 2, sizeof *graph.starts),
        .targets = wp_alloc_array(resolver->arena, (size_t)resolver->edge_count + 1,
                                  sizeof *graph.targets),
    };

    for (uint32_t i = 0; i < resolver->edge_count; i++)
        graph.starts[resolver->edges[i].from + 2]++;
    for (uint32_t i = 0; i < count; i++)
        graph.starts[i + 2] += graph.starts[i + 1];
    for (uint32_t i = 0; i < resolver->edge_count; i++)
        graph.targets[graph.starts[resolver->edges[i].from + 1]++] = resolver->edges[i].to;
    return graph;
}

/* The circle is stack[from .. depth): each needs the next, the last the first. */
static void
report_circle(struct wp_resolver *resolver, const struct visit *stack, uint32_t from,
              uint32_t depth)
{
    enum { SHOWN = 8 };
    struct wp_symbol *first = &resolver->symbols->all[stack[from].symbol];
    struct wp_diagnostic *finding =
        wp_report(resolver->list, WP_E_CIRCULAR, first->span, "the %s '%s' leads back to itself",
                  wp_symbol_kind_text(first->kind), first->name);

    for (uint32_t i = from; i < depth; i++)
        resolver->symbols->all[stack[i].symbol].is_broken = true;
    for (uint32_t i = from + 1; i < depth && i - from < SHOWN; i++) {
        const struct wp_symbol *symbol = &resolver->symbols->all[stack[i].symbol];

        wp_add_label(resolver->list, finding, symbol->span, "through '%s'", symbol->name);
    }
    if (depth - from > SHOWN)
        wp_add_note(resolver->list, finding, "and through %u more", depth - from - SHOWN);
    wp_add_help(resolver->list, finding, "take one of them out of the circle");
}

static uint32_t
find_on_stack(const struct visit *stack, uint32_t depth, uint32_t symbol)
{
    while (depth > 0 && stack[depth - 1].symbol != symbol)
        depth--;
    assert(depth > 0);
    return depth - 1;
}

static void
visit_from(struct wp_resolver *resolver, const struct graph *graph, unsigned char *colours,
           struct visit *stack, uint32_t root, uint32_t *done)
{
    uint32_t depth = 0;

    stack[depth++] = (struct visit){root, graph->starts[root]};
    colours[root] = OPEN;
    while (depth > 0) {
        struct visit *top = &stack[depth - 1];

        if (top->next == graph->starts[top->symbol + 1]) {
            colours[top->symbol] = DONE;
            resolver->resolved->order[(*done)++] = top->symbol;
            depth--;
            continue;
        }
        uint32_t target = graph->targets[top->next++];
        if (colours[target] == OPEN) {
            report_circle(resolver, stack, find_on_stack(stack, depth, target), depth);
        } else if (colours[target] == UNSEEN) {
            colours[target] = OPEN;
            stack[depth++] = (struct visit){target, graph->starts[target]};
        }
    }
}

void
wp_resolve_order(struct wp_resolver *resolver)
{
    uint32_t count = resolver->symbols->count, done = 0;
    struct graph graph = sort_edges(resolver);
    unsigned char *colours = wp_alloc_array(resolver->arena, (size_t)count + 1, 1);
    struct visit *stack = wp_alloc_array(resolver->arena, (size_t)count + 1, sizeof *stack);

    resolver->resolved->order =
        wp_alloc_array(resolver->arena, (size_t)count + 1, sizeof *resolver->resolved->order);
    for (uint32_t i = 0; i < count; i++)
        if (colours[i] == UNSEEN)
            visit_from(resolver, &graph, colours, stack, i, &done);
    assert(done == count);
}
