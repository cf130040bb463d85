#include "compiler/analysis/sat_heap.h"
#include "compiler/analysis/vector.h"

void
wp_sat_heap_init(struct wp_sat_heap *heap, struct wp_arena *arena)
{
    heap->arena = arena;
    heap->step = 1;
}

void
wp_sat_heap_clear(struct wp_sat_heap *heap)
{
    heap->count = heap->known = 0;
    heap->step = 1;
}

static bool
is_before(const struct wp_sat_heap *heap, uint32_t a, uint32_t b)
{
    if (heap->activities[a] > heap->activities[b])
        return true;
    return heap->activities[a] == heap->activities[b] && a < b;
}

static void
put(struct wp_sat_heap *heap, uint32_t place, uint32_t variable)
{
    heap->items[place] = variable;
    heap->places[variable] = place + 1;
}

static void
rise(struct wp_sat_heap *heap, uint32_t place)
{
    uint32_t variable = heap->items[place];

    while (place > 0 && is_before(heap, variable, heap->items[(place - 1) / 2])) {
        put(heap, place, heap->items[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(heap, place, variable);
}

static void
sink(struct wp_sat_heap *heap, uint32_t place)
{
    uint32_t variable = heap->items[place];

    for (;;) {
        uint32_t child = place * 2 + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && is_before(heap, heap->items[child + 1], heap->items[child]))
            child++;
        if (!is_before(heap, heap->items[child], variable))
            break;
        put(heap, place, heap->items[child]);
        place = child;
    }
    put(heap, place, variable);
}

void
wp_sat_heap_add(struct wp_sat_heap *heap, uint32_t variable)
{
    if (variable >= heap->known) {
        size_t wanted = (size_t)variable + 1;
        heap->items = wp_vector_reserve(heap->arena, heap->items, &heap->item_room, wanted,
                                        sizeof *heap->items);
        heap->places = wp_vector_reserve(heap->arena, heap->places, &heap->place_room, wanted,
                                         sizeof *heap->places);
        heap->activities = wp_vector_reserve(heap->arena, heap->activities, &heap->activity_room,
                                             wanted, sizeof *heap->activities);
        for (; heap->known <= variable; heap->known++) {
            heap->places[heap->known] = 0;
            heap->activities[heap->known] = 0;
        }
    }
    if (heap->places[variable])
        return;
    put(heap, heap->count++, variable);
    rise(heap, heap->count - 1);
}

bool
wp_sat_heap_take(struct wp_sat_heap *heap, uint32_t *variable)
{
    if (heap->count == 0)
        return false;
    *variable = heap->items[0];
    heap->places[*variable] = 0;
    uint32_t last = heap->items[--heap->count];
    if (heap->count > 0) {
        put(heap, 0, last);
        sink(heap, 0);
    }
    return true;
}

void
wp_sat_heap_bump(struct wp_sat_heap *heap, uint32_t variable)
{
    heap->activities[variable] += heap->step;
    if (heap->activities[variable] > 1e100) {
        for (uint32_t i = 0; i < heap->known; i++)
            heap->activities[i] *= 1e-100;
        heap->step *= 1e-100;
    }
    if (heap->places[variable])
        rise(heap, heap->places[variable] - 1);
}

void
wp_sat_heap_decay(struct wp_sat_heap *heap)
{
    heap->step *= 1.0 / 0.95;
}
