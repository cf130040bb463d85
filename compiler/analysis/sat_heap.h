/* The solver's open variables, the one in most recent conflicts first. */
#ifndef WP_ANALYSIS_SAT_HEAP_H
#define WP_ANALYSIS_SAT_HEAP_H

#include "lang/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_sat_heap {
    struct wp_arena *arena;
    uint32_t *items;  /* a binary heap of variables */
    uint32_t *places; /* by variable: its place + 1, 0 when it is not in the heap */
    double *activities;
    size_t item_room, place_room, activity_room;
    uint32_t count, known; /* in the heap; seen since the last clear */
    double step;
};

void wp_sat_heap_init(struct wp_sat_heap *heap, struct wp_arena *arena);
void wp_sat_heap_clear(struct wp_sat_heap *heap);

/* Puts a variable in, if it is not; a new one starts without activity. */
void wp_sat_heap_add(struct wp_sat_heap *heap, uint32_t variable);

/* Takes out the most active variable, the lowest of equals; false when empty. */
bool wp_sat_heap_take(struct wp_sat_heap *heap, uint32_t *variable);

/* The variable took part in a conflict; decay makes what lies back count less. */
void wp_sat_heap_bump(struct wp_sat_heap *heap, uint32_t variable);
void wp_sat_heap_decay(struct wp_sat_heap *heap);

#endif
