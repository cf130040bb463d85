/*
 * Images: how large they are, how fast they are checked beside copying and hashing
 * the same bytes, how fast one is loaded beside reading and hashing the file, and
 * what groups that no rule names cost. What evaluation reads is counted; the
 * source that travels with it is not.
 */
#include "bench/record.h"
#include "bench/subject.h"
#include "bench/xxh64.h"
#include "runtime/hash.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TURNS 21
#define MIB 1048576.0

enum work { OPEN, COPY, HASH, XXH64, LOAD, READ_HASH, READ_XXH64, READ_SHA256, WORKS };

struct timing {
    struct bench_subject subject;
    uint8_t *copy; /* as large as the image */
    char path[64];
    double times[WORKS][TURNS], median[WORKS];
    uint64_t sink;
};

static void
fail(const char *what)
{
    (void)fprintf(stderr, "bench_image: %s\n", what);
    exit(1);
}

static void
write_file(struct timing *t)
{
    const struct wp_bytes *bytes = &t->subject.bytes;
    (void)strcpy(t->path, "/tmp/woapol-bench-XXXXXX");
    const int file = mkstemp(t->path);
    if (file < 0 || write(file, bytes->data, bytes->size) != (ssize_t)bytes->size ||
        close(file) != 0)
        fail("a temporary file cannot be written");
}

static void
read_file(struct timing *t)
{
    const int file = open(t->path, O_RDONLY);
    const size_t size = t->subject.bytes.size;
    size_t done = 0;
    for (ssize_t got = 1; file >= 0 && done < size && got > 0; done += (size_t)got)
        if ((got = read(file, t->copy + done, size - done)) < 0)
            break;
    if (done != size)
        fail("the image cannot be read");
    (void)close(file);
}

static void
open_image(struct timing *t, const void *bytes)
{
    struct woapol_image image;
    if (woapol_open(&image, bytes, t->subject.bytes.size, NULL, NULL) != WOAPOL_OK)
        fail("the image is refused");
    t->sink += woapol_count(&image, WOAPOL_RULE);
}

static void
do_work(struct timing *t, enum work work)
{
    const struct wp_bytes *bytes = &t->subject.bytes;
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (work >= LOAD)
        read_file(t);
    switch (work) {
    case OPEN:
        open_image(t, bytes->data);
        break;
    case COPY:
        memcpy(t->copy, bytes->data, bytes->size);
        t->sink += t->copy[t->sink % bytes->size];
        break;
    case HASH:
        t->sink += wp_checksum(bytes->data, bytes->size);
        break;
    case XXH64:
        t->sink += bench_xxh64(bytes->data, bytes->size);
        break;
    case LOAD:
        open_image(t, t->copy);
        break;
    case READ_HASH:
        t->sink += wp_checksum(t->copy, bytes->size);
        break;
    case READ_XXH64:
        t->sink += bench_xxh64(t->copy, bytes->size);
        break;
    case READ_SHA256:
        if (EVP_Digest(t->copy, bytes->size, digest, NULL, EVP_sha256(), NULL) != 1)
            fail("SHA-256 does not work");
        t->sink += digest[0];
        break;
    case WORKS:
        break;
    }
}

static void
measure(struct timing *t)
{
    for (int turn = 0; turn < TURNS; turn++)
        for (enum work work = OPEN; work < WORKS; work++) {
            const double start = bench_now();
            do_work(t, work);
            t->times[work][turn] = bench_now() - start;
        }
    for (enum work work = OPEN; work < WORKS; work++)
        t->median[work] = bench_median(t->times[work], TURNS);
}

static void
report(const struct timing *t, const char *bench, uint32_t count, double target)
{
    const double mib = (double)t->subject.bytes.size / MIB;
    const double gigabytes = (double)t->subject.bytes.size / 1e9;
    const double *m = t->median;
    bench_record(bench, count, "size", mib, "MiB", "target", mib / target);
    bench_record(bench, count, "check", gigabytes / m[OPEN], "GB/s", "target of 4 GB/s",
                 gigabytes / m[OPEN] / 4);
    bench_record(bench, count, "check", gigabytes / m[OPEN], "GB/s", "memcpy", m[COPY] / m[OPEN]);
    bench_record(bench, count, "check", gigabytes / m[OPEN], "GB/s", "the checksum alone",
                 m[HASH] / m[OPEN]);
    bench_record(bench, count, "check", gigabytes / m[OPEN], "GB/s", "XXH64", m[XXH64] / m[OPEN]);
    bench_record(bench, count, "load", m[LOAD] * 1e3, "ms", "read and checksum",
                 m[LOAD] / m[READ_HASH]);
    bench_record(bench, count, "load", m[LOAD] * 1e3, "ms", "read and XXH64",
                 m[LOAD] / m[READ_XXH64]);
    bench_record(bench, count, "load", m[LOAD] * 1e3, "ms", "read and SHA-256",
                 m[LOAD] / m[READ_SHA256]);
}

static void
run(const char *bench, uint32_t count, const struct bench_shape *shape, double target)
{
    struct timing *t = calloc(1, sizeof *t);
    if (t == NULL)
        fail("out of memory");
    bench_subject_make(&t->subject, shape);
    t->copy = aligned_alloc(64, (t->subject.bytes.size + 63) / 64 * 64);
    if (t->copy == NULL)
        fail("out of memory");
    write_file(t);
    measure(t);
    report(t, bench, count, target);
    (void)unlink(t->path);
    free(t->copy);
    bench_subject_free(&t->subject);
    free(t);
}

/* A directory of 100,000 groups of which a policy names a thousand: its image is
 * as large as without the others, and groups it does not know cost a look. */
static void
measure_unknown_groups(void)
{
    struct bench_subject s;
    const struct bench_shape shape = {
        .rules = 1000, .prefixes = 1000, .policies = 1, .groups = 1000};
    enum { NAMES = 100000 };
    static char names[NAMES][8];
    static struct woapol_text texts[NAMES];
    double times[2][TURNS];
    bench_subject_make(&s, &shape);
    for (uint32_t i = 0; i < NAMES; i++)
        texts[i] =
            (struct woapol_text){names[i], (size_t)snprintf(names[i], sizeof names[i], "U%u", i)};
    for (int turn = 0; turn < TURNS; turn++)
        for (int all = 0; all < 2; all++) {
            const struct woapol_identity who = {.groups = texts,
                                                .group_count = all == 1 ? NAMES : 0};
            const double start = bench_now();
            if (woapol_bind(&s.image, &who, s.memory, s.memory_size) == NULL)
                fail("binding does not work");
            times[all][turn] = bench_now() - start;
        }
    const double none = bench_median(times[0], TURNS), all = bench_median(times[1], TURNS);
    bench_record("unknown groups", NAMES, "bind, a name", (all - none) * 1e9 / NAMES, "ns", NULL,
                 0);
    bench_subject_free(&s);
}

int
main(void)
{
    run("image, rules", 10000,
        &(struct bench_shape){.rules = 10000, .prefixes = 10000, .policies = 1, .groups = 1000}, 4);
    run("image, rules", 100000,
        &(struct bench_shape){.rules = 100000, .prefixes = 100000, .policies = 1, .groups = 1000},
        16);
    run("image, prefixes as routes", 1000000,
        &(struct bench_shape){.rules = 5000,
                              .prefixes = 1000000,
                              .policies = 1,
                              .groups = 1000,
                              .networks = 4000,
                              .routes = true},
        12);
    run("image, prefixes overlapping", 1000000,
        &(struct bench_shape){.rules = 1000, .prefixes = 1000000, .policies = 1, .groups = 1000},
        12);
    measure_unknown_groups();
    return 0;
}
