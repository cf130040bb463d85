/*
 * The hot paths, one a run, always with the same inputs: gate PATH. `make
 * bench-gate` has callgrind count the instructions within count_instructions,
 * which are the same every time. Without PATH lists them; `source` and `requests`
 * write what the tool is run with.
 */
#include "bench/record.h"
#include "bench/subject.h"
#include "runtime/evaluator.h"
#include "runtime/lookup.h"

#include <stdlib.h>
#include <string.h>

enum { REQUESTS = 2000, GROUPS = 1000 };

struct gate {
    struct bench_subject subject;
    struct woapol_request requests[REQUESTS];
    char names[GROUPS][8];
    struct woapol_text groups[10];
    struct woapol_principal *principal;
    uint64_t sink;
};

__attribute__((noinline)) static void
count_instructions(struct gate *g, void (*work)(struct gate *))
{
    work(g);
}

static void
make_requests(struct gate *g, uint8_t family)
{
    struct bench_random random = {7};
    const struct woapol_image *image = &g->subject.image;
    const struct wp_model *model = g->subject.compilation.model;
    for (uint32_t i = 0; i < REQUESTS; i++) {
        struct woapol_request *r = &g->requests[i];
        const struct wp_network *network;
        do
            network = &model->networks[bench_random(&random, model->network_count)];
        while (network->v4_count == 0 || network->v6_count == 0);
        const uint32_t v4 = network->v4[bench_random(&random, network->v4_count)].low;
        const struct wp_address6 v6 = network->v6[bench_random(&random, network->v6_count)].low;
        woapol_request_init(r);
        r->address_family = family;
        for (unsigned k = 0; k < 8; k++) {
            r->address[k] = family == 4 ? (uint8_t)(k < 4 ? v4 >> (24 - 8 * k) : 0)
                                        : (uint8_t)(v6.high >> (56 - 8 * k));
            r->address[8 + k] = family == 4 ? 0 : (uint8_t)(v6.low >> (56 - 8 * k));
        }
        r->device = 1 + bench_random(&random, woapol_count(image, WOAPOL_DEVICE) - 1);
        r->managed = bench_random(&random, 2) == 1;
        r->risk = (uint8_t)bench_random(&random, 3);
    }
}

static struct woapol_identity
ten_groups(struct gate *g)
{
    for (uint32_t i = 0; i < 10; i++)
        g->groups[i] = (struct woapol_text){
            g->names[i], (size_t)snprintf(g->names[i], sizeof g->names[i], "G%u", i * 97 % GROUPS)};
    return (struct woapol_identity){.groups = g->groups, .group_count = 10};
}

/* ---- the paths ------------------------------------------------------------------- */

static void
decide(struct gate *g)
{
    struct woapol_decision decision;
    for (uint32_t i = 0; i < REQUESTS; i++) {
        woapol_decide(&g->subject.image, g->principal, &g->requests[i], &decision);
        g->sink += decision.rule;
    }
}

static void
decide_again(struct gate *g)
{
    struct woapol_decision decision;
    for (uint32_t i = 0; i < REQUESTS; i++) {
        woapol_decide(&g->subject.image, g->principal, &g->requests[0], &decision);
        g->sink += decision.rule;
    }
}

static void
decide_once(struct gate *g)
{
    const struct woapol_identity who = ten_groups(g);
    struct woapol_decision decision;
    for (uint32_t i = 0; i < REQUESTS; i++) {
        (void)woapol_decide_once(&g->subject.image, &who, g->subject.memory, g->subject.memory_size,
                                 &g->requests[i], &decision);
        g->sink += decision.rule;
    }
}

static void
bind(struct gate *g)
{
    const struct woapol_identity who = ten_groups(g);
    for (uint32_t i = 0; i < 100; i++)
        (void)woapol_bind(&g->subject.image, &who, g->subject.memory, g->subject.memory_size);
}

static uint64_t
read_big(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
}

static void
look_up_v4(struct gate *g)
{
    const struct wp_view *view = wp_view(&g->subject.image);
    for (uint32_t i = 0; i < REQUESTS; i++)
        g->sink += wp_class_v4(view, (uint32_t)(read_big(g->requests[i].address) >> 32));
}

static void
look_up_v6(struct gate *g)
{
    const struct wp_view *view = wp_view(&g->subject.image);
    for (uint32_t i = 0; i < REQUESTS; i++)
        g->sink += wp_class_v6(view, read_big(g->requests[i].address),
                               read_big(g->requests[i].address + 8));
}

static void
verify(struct gate *g)
{
    struct woapol_image image;
    g->sink +=
        woapol_open(&image, g->subject.bytes.data, g->subject.bytes.size, NULL, NULL) == WOAPOL_OK;
}

/* ---- for the tool ------------------------------------------------------------------ */

static const struct bench_shape tool_shape = {
    .rules = 1000, .prefixes = 10000, .policies = 1, .groups = GROUPS};

static void
write_requests(void)
{
    struct bench_random random = {3};
    for (uint32_t i = 0; i < 1001; i++)
        printf("{\"id\":%u,\"ip\":\"%u.%u.%u.%u\",\"device\":\"%s\",\"groups\":[\"G%u\",\"G%u\"],"
               "\"app\":\"A\",\"user\":\"u%u@corp.example\",\"managed\":%s,\"risk\":\"low\"}\n",
               i, 1 + bench_random(&random, 222), bench_random(&random, 256),
               bench_random(&random, 256), bench_random(&random, 256),
               bench_random(&random, 2) == 1 ? "ios" : "browser", bench_random(&random, GROUPS),
               bench_random(&random, GROUPS), bench_random(&random, 10000),
               bench_random(&random, 2) == 1 ? "true" : "false");
}

/* ---- which is asked for ------------------------------------------------------------ */

static const struct path {
    const char *name;
    uint32_t rules, prefixes;
    uint8_t family;
    void (*work)(struct gate *);
} paths[] = {
    {"decide-1000", 1000, 10000, 4, decide},    {"decide-10000", 10000, 10000, 4, decide},
    {"decide-10", 10, 10000, 4, decide},        {"once-10", 10, 10000, 4, decide_once},
    {"decide-6-1000", 1000, 10000, 6, decide},  {"decide-nobody", 10000, 10000, 4, decide},
    {"repeat", 1000, 10000, 4, decide_again},   {"once-10000", 10000, 10000, 4, decide_once},
    {"bind-10000", 10000, 10000, 4, bind},      {"lookup-v4", 1000, 100000, 4, look_up_v4},
    {"lookup-v6", 1000, 100000, 6, look_up_v6}, {"verify", 1000, 10000, 4, verify},
};

/* By the evaluator that every processor has: counts must not depend on this one. */
static void
decide_as_everywhere(struct woapol_image *image)
{
    uint32_t last = 0;
    while (wp_evaluator_for_processor(last + 1) != NULL)
        last++;
    wp_evaluate_with((struct wp_view *)(void *)image->opaque, wp_evaluator_for_processor(last));
}

static int
run(const struct path *path)
{
    const struct bench_shape shape = {
        .rules = path->rules, .prefixes = path->prefixes, .policies = 1, .groups = GROUPS};
    struct gate *g = calloc(1, sizeof *g);
    if (g == NULL)
        return 1;
    bench_subject_make(&g->subject, &shape);
    decide_as_everywhere(&g->subject.image);
    make_requests(g, path->family);
    struct woapol_identity who = ten_groups(g);
    if (strcmp(path->name, "decide-nobody") == 0)
        who.group_count = 0;
    g->principal = woapol_bind(&g->subject.image, &who, g->subject.memory, g->subject.memory_size);
    count_instructions(g, path->work);
    const bool done = g->principal != NULL && g->sink != UINT64_MAX;
    bench_subject_free(&g->subject);
    free(g);
    return done ? 0 : 1;
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "source") == 0) {
        bench_generate(stdout, &tool_shape);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "requests") == 0) {
        write_requests();
        return 0;
    }
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (argc == 2 && strcmp(argv[1], paths[i].name) == 0)
            return run(&paths[i]);
        if (argc == 1)
            puts(paths[i].name);
    }
    if (argc == 1)
        return 0;
    (void)fputs("usage: gate [PATH|source|requests]\n", stderr);
    return 64;
}
