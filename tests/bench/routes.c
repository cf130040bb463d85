#include "bench/routes.h"
#include "bench/record.h"

#include <stdbool.h>
#include <stdlib.h>

struct route {
    uint64_t start; /* the address, or the upper half of it */
    uint32_t network;
    uint8_t length;
    bool v6;
};
struct routes {
    struct bench_random random;
    struct route *all;
    uint32_t count, networks;
    uint64_t next[2]; /* where the next one that stands alone may start, by family */
};
struct share {
    uint8_t length, percent;
};

static const struct share shares4[] = {{24, 60}, {23, 11}, {22, 12}, {21, 5}, {20, 5},
                                       {19, 3},  {18, 1},  {17, 1},  {16, 2}};
static const struct share shares6[] = {{48, 48}, {47, 4}, {46, 5},  {44, 10}, {42, 3},
                                       {40, 9},  {36, 7}, {32, 12}, {29, 2}};

static uint8_t
draw_length(struct bench_random *random, const struct share *shares)
{
    uint32_t drawn = bench_random(random, 100);
    while (drawn >= shares->percent)
        drawn -= shares++->percent;
    return shares->length;
}

static uint64_t
size_of(const struct route *route)
{
    return UINT64_C(1) << ((route->v6 ? 64 : 32) - route->length);
}

/* Behind the last one, every second time with room for one of its size between. */
static struct route
make_alone(struct routes *r, bool v6)
{
    struct route route = {.network = bench_random(&r->random, r->networks), .v6 = v6};
    route.length = draw_length(&r->random, v6 ? shares6 : shares4);
    const uint64_t size = size_of(&route);
    route.start = (r->next[v6] + size - 1) & ~(size - 1);
    r->next[v6] = route.start + size * (1 + bench_random(&r->random, 2));
    return route;
}

/* A part of another one, if that is large enough to have one. */
static bool
make_inside(struct routes *r, const struct route *outer, struct route *route)
{
    const uint8_t longest = outer->v6 ? 48 : 24;
    if (outer->length >= longest)
        return false;
    *route = *outer;
    route->length = longest;
    if (bench_random(&r->random, 3) == 0)
        route->length = (uint8_t)(outer->length + 1 +
                                  bench_random(&r->random, (uint32_t)(longest - outer->length)));
    const uint32_t places = UINT32_C(1) << (route->length - outer->length);
    route->start += bench_random(&r->random, places) * size_of(route);
    if (bench_random(&r->random, 3) == 0)
        route->network = bench_random(&r->random, r->networks);
    return true;
}

static int
compare_places(const void *left, const void *right)
{
    const struct route *a = left, *b = right;
    if (a->v6 != b->v6)
        return a->v6 ? 1 : -1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->length - b->length;
}

static int
compare_networks(const void *left, const void *right)
{
    const struct route *a = left, *b = right;
    if (a->network != b->network)
        return a->network < b->network ? -1 : 1;
    return compare_places(left, right);
}

static void
remove_doubles(struct routes *r)
{
    uint32_t kept = 0;
    qsort(r->all, r->count, sizeof *r->all, compare_places);
    for (uint32_t i = 0; i < r->count; i++)
        if (kept == 0 || compare_places(&r->all[kept - 1], &r->all[i]) != 0)
            r->all[kept++] = r->all[i];
    r->count = kept;
}

static void
make_routes(struct routes *r, uint32_t prefixes)
{
    while (r->count < prefixes) {
        while (r->count < prefixes) {
            const struct route *outer =
                &r->all[r->count > 0 ? bench_random(&r->random, r->count) : 0];
            struct route route;
            if (r->count == 0 || bench_random(&r->random, 2) == 0 || !make_inside(r, outer, &route))
                route = make_alone(r, bench_random(&r->random, 10) == 0);
            r->all[r->count++] = route;
        }
        remove_doubles(r);
    }
}

static void
write_route(FILE *file, const struct route *route)
{
    const uint64_t at = route->start;
    if (route->v6)
        fprintf(file, "%x:%x:%x::/%u", (unsigned)(at >> 48), (unsigned)(at >> 32 & 0xffff),
                (unsigned)(at >> 16 & 0xffff), route->length);
    else
        fprintf(file, "%u.%u.%u.%u/%u", (unsigned)(at >> 24), (unsigned)(at >> 16 & 255),
                (unsigned)(at >> 8 & 255), (unsigned)(at & 255), route->length);
}

void
bench_write_routes(FILE *file, uint32_t networks, uint32_t prefixes)
{
    struct routes r = {.random = {prefixes},
                       .all = calloc(prefixes, sizeof *r.all),
                       .networks = networks,
                       .next = {UINT64_C(1) << 24, UINT64_C(0x2400) << 48}};
    if (r.all == NULL)
        abort();
    make_routes(&r, prefixes);
    qsort(r.all, r.count, sizeof *r.all, compare_networks);
    for (uint32_t i = 0, n = 0; n < networks; n++) {
        fprintf(file, "network N%u = 192.0.2.%u", n, n % 256);
        for (; i < r.count && r.all[i].network == n; i++) {
            fputs(i % 8 == 0 ? " +\n  " : " + ", file);
            write_route(file, &r.all[i]);
        }
        fputc('\n', file);
    }
    free(r.all);
}
