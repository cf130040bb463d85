/* What one policy costs on this machine: woapol bench. */
#ifndef WP_CLI_BENCH_MEASURE_H
#define WP_CLI_BENCH_MEASURE_H

#include "compiler/model.h"
#include "woapol.h"

enum wp_bench_way {
    WP_BENCH_LOOKUP,  /* from the address to its class, and nothing else */
    WP_BENCH_BOUND,   /* deciding for somebody who was bound before */
    WP_BENCH_BATCH,   /* the same, many at once */
    WP_BENCH_UNBOUND, /* binding and deciding */
    WP_BENCH_WAYS
};

struct wp_bench_asked {
    const struct woapol_image *image;
    const void *bytes; /* the image's */
    size_t size;
    const struct wp_model *model; /* where addresses and groups come from */
    uint32_t requests, threads;
};

struct wp_bench_figures {
    double ns[WP_BENCH_WAYS];         /* the middle of many turns, for one decision */
    double per_second[WP_BENCH_WAYS]; /* of all threads together */
    double load_ns;                   /* opening the image, all checks included */
    uint32_t groups;                  /* that the person was in */
};

/* The most that may be asked for. */
#define WP_BENCH_MOST_REQUESTS 1000000
#define WP_BENCH_MOST_THREADS 256

/* Measures all ways in turns, so that what else the machine does falls on them
 * alike. False when memory or threads run out. */
bool wp_bench_measure(const struct wp_bench_asked *asked, struct wp_bench_figures *figures);

#endif
