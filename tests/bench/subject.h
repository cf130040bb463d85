/* A generated policy, compiled and opened in memory: what benchmarks work on. */
#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include "bench/generate.h"
#include "compiler/compile.h"
#include "compiler/image.h"
#include "woapol.h"

struct bench_subject {
    struct wp_compilation compilation;
    struct wp_bytes bytes; /* without its source: what evaluation reads */
    struct woapol_image image;
    void *memory; /* for a principal */
    size_t memory_size;
};

/* Ends the program, saying so, when something of this does not work. */
void bench_subject_make(struct bench_subject *subject, const struct bench_shape *shape);
void bench_subject_free(struct bench_subject *subject);

#endif
