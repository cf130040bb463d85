/*
 * What those can cost who mean no good: an image with any table broken is refused, and a
 * person in ever so many groups is bound, in time that grows with their own size.
 */
#include "bench/record.h"
#include "bench/subject.h"
#include "runtime/format.h"
#include "runtime/hash.h"

#include <stdlib.h>
#include <string.h>

enum { SIZES = 4, PLACES = 64, TURNS = 9, NAME_SIZE = 40 };

static void
fail(const char *what)
{
    (void)fprintf(stderr, "bench_hostile: %s\n", what);
    exit(1);
}

/* ---- images ------------------------------------------------------------------------ */

/* The least of some turns: what another program takes away meanwhile is not counted. */
static double
time_open(const uint8_t *bytes, size_t size, uint32_t *refused)
{
    double least = 1e9;
    struct woapol_image image;
    for (int turn = 0; turn < TURNS; turn++) {
        const double start = bench_now();
        const enum woapol_status status = woapol_open(&image, bytes, size, NULL, NULL);
        const double time = bench_now() - start;
        least = time < least ? time : least;
        *refused += turn == 0 && status != WOAPOL_OK;
    }
    return least;
}

/* All ones in 64 places, one after the other, each under a right checksum. */
static double
time_worst(const struct wp_bytes *bytes, uint32_t *refused)
{
    uint8_t *copy = aligned_alloc(64, (bytes->size + 63) / 64 * 64);
    double worst = 0;
    if (copy == NULL)
        fail("out of memory");
    memcpy(copy, bytes->data, bytes->size);
    for (size_t i = 0; i < PLACES; i++) {
        const size_t from = sizeof(struct wp_header);
        uint8_t *place = copy + from + (bytes->size - from - 8) / PLACES * i;
        memset(place, 0xff, 8);
        const uint64_t checksum =
            wp_checksum(copy + WP_CHECKED_FROM, bytes->size - WP_CHECKED_FROM);
        memcpy(copy + offsetof(struct wp_header, checksum), &checksum, sizeof checksum);
        const double time = time_open(copy, bytes->size, refused);
        worst = time > worst ? time : worst;
        memcpy(place, bytes->data + (place - copy), 8);
    }
    free(copy);
    return worst;
}

static void
measure_images(void)
{
    static const uint32_t rules[SIZES] = {100, 1000, 10000, 100000};
    double sizes[SIZES], worst[SIZES];
    for (size_t i = 0; i < SIZES; i++) {
        struct bench_subject s;
        uint32_t refused = 0, unused = 0;
        bench_subject_make(
            &s, &(struct bench_shape){
                    .rules = rules[i], .prefixes = rules[i], .policies = 1, .groups = 1000});
        sizes[i] = (double)s.bytes.size;
        worst[i] = time_worst(&s.bytes, &refused);
        if (refused == 0)
            fail("no broken image is refused");
        bench_record("hostile image", sizes[i], "the longest to refuse", worst[i] * 1e6, "us",
                     "opening it whole", worst[i] / time_open(s.bytes.data, s.bytes.size, &unused));
        bench_subject_free(&s);
    }
    bench_record("hostile image", sizes[SIZES - 1], "growth", bench_exponent(sizes, worst, SIZES),
                 "exponent", NULL, 0);
}

/* ---- requests ------------------------------------------------------------------------ */

struct crowd {
    struct bench_subject subject;
    char (*names)[NAME_SIZE];
    struct woapol_text *texts;
};

/* Names that nobody declared, or the thousand that somebody did, over and over. */
static void
name_groups(struct crowd *c, uint32_t count, bool declared)
{
    for (uint32_t i = 0; i < count; i++) {
        const int length =
            declared ? snprintf(c->names[i], NAME_SIZE, "G%u", i % 1000)
                     : snprintf(c->names[i], NAME_SIZE, "cn=nobody-%u,dc=corp,dc=example", i);
        c->texts[i] = (struct woapol_text){c->names[i], (size_t)length};
    }
}

static double
time_decision(struct crowd *c, uint32_t count)
{
    struct bench_subject *s = &c->subject;
    const struct woapol_identity who = {.groups = c->texts, .group_count = count};
    struct woapol_request request;
    struct woapol_decision decision;
    double times[TURNS];
    woapol_request_init(&request);
    for (int turn = 0; turn < TURNS; turn++) {
        const double start = bench_now();
        if (woapol_decide_once(&s->image, &who, s->memory, s->memory_size, &request, &decision) ==
            NULL)
            fail("deciding does not work");
        times[turn] = bench_now() - start;
    }
    return bench_median(times, TURNS);
}

static void
measure_groups(struct crowd *c, bool declared)
{
    static const uint32_t counts[SIZES] = {100, 1000, 10000, 100000};
    const char *bench =
        declared ? "hostile request, declared groups" : "hostile request, unknown groups";
    double sizes[SIZES], times[SIZES];
    for (size_t i = 0; i < SIZES; i++) {
        name_groups(c, counts[i], declared);
        sizes[i] = counts[i];
        times[i] = time_decision(c, counts[i]);
        bench_record(bench, sizes[i], "decide once, a group", times[i] * 1e9 / sizes[i], "ns", NULL,
                     0);
    }
    bench_record(bench, sizes[SIZES - 1], "growth", bench_exponent(sizes, times, SIZES), "exponent",
                 NULL, 0);
}

int
main(void)
{
    static struct crowd crowd;
    measure_images();
    crowd.names = calloc(100000, sizeof *crowd.names);
    crowd.texts = calloc(100000, sizeof *crowd.texts);
    if (crowd.names == NULL || crowd.texts == NULL)
        fail("out of memory");
    bench_subject_make(
        &crowd.subject,
        &(struct bench_shape){.rules = 1000, .prefixes = 1000, .policies = 1, .groups = 1000});
    measure_groups(&crowd, false);
    measure_groups(&crowd, true);
    bench_subject_free(&crowd.subject);
    free(crowd.texts);
    free(crowd.names);
    return 0;
}
