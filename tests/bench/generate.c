/* Large policies: networks of prefixes, groups, and rules over them. */
#include "bench/generate.h"
#include "bench/record.h"
#include "bench/routes.h"

static void
write_prefix(FILE *file, struct bench_random *random)
{
    if (bench_random(random, 10) == 0) {
        fprintf(file, "2001:%x:%x::/48", bench_random(random, 65536), bench_random(random, 65536));
        return;
    }
    uint32_t bits = 16 + bench_random(random, 17);
    uint32_t address = (1 + bench_random(random, 222)) << 24 | bench_random(random, 1 << 24);
    address &= ~UINT32_C(0) << (32 - bits);
    fprintf(file, "%u.%u.%u.%u/%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
            address & 255, bits);
}

static void
write_networks(FILE *file, struct bench_random *random, uint32_t networks, uint32_t prefixes)
{
    for (uint32_t i = 0; i < networks; i++) {
        uint32_t last = (uint32_t)((uint64_t)prefixes * (i + 1) / networks);
        uint32_t first = (uint32_t)((uint64_t)prefixes * i / networks);
        fprintf(file, "network N%u = ", i);
        for (uint32_t p = first; p < last; p++) {
            if (p > first)
                fputs(p % 8 == 0 ? " +\n  " : " + ", file);
            write_prefix(file, random);
        }
        fputc('\n', file);
    }
}

static void
write_device(FILE *file, struct bench_random *random)
{
    static const char *const devices[] = {"ios", "android", "macos", "windows", "Mobile"};
    fprintf(file, " and device in %s", devices[bench_random(random, 5)]);
}

static void
write_outcome(FILE *file, struct bench_random *random)
{
    if (bench_random(random, 5) == 0)
        fputs(" deny\n", file);
    else
        fprintf(file, " authenticate Strong every %uh\n", 1 + bench_random(random, 24));
}

static void
write_rule(FILE *file, struct bench_random *random, const struct bench_shape *shape,
           uint32_t number, uint32_t networks)
{
    fprintf(file, "  rule r%u when group in {G%u, G%u}", number,
            bench_random(random, shape->groups), bench_random(random, shape->groups));
    uint32_t kind = bench_random(random, 10);
    if (kind < 6)
        fprintf(file, " and network in N%u", bench_random(random, networks));
    else if (kind == 6)
        fprintf(file, " and not network in N%u", bench_random(random, networks));
    if (bench_random(random, 2) == 0)
        write_device(file, random);
    if (bench_random(random, 4) == 0)
        fputs(" and managed", file);
    if (bench_random(random, 10) == 0)
        fprintf(file, " and not group in G%u", bench_random(random, shape->groups));
    write_outcome(file, random);
}

/*
 * The selective policy. A network has 1 to 24 prefixes, and one in five leaves some of
 * another out. Of the rules 30 % hold for any network, the others for one, for two or for
 * all but one; half name devices; 40 % ask for a managed device, 20 % for a compliant one,
 * 10 % for a risk; 80 % ask for one of one or two groups, 10 % for both of two, 10 % for one
 * and not another.
 */
static void
write_selective_networks(FILE *file, struct bench_random *random, uint32_t networks)
{
    for (uint32_t i = 0; i < networks; i++) {
        const bool excluding = i > 0 && bench_random(random, 5) == 0;
        fprintf(file, "network N%u = ", i);
        for (uint32_t prefixes = 1 + bench_random(random, 24); prefixes > 0; prefixes--) {
            write_prefix(file, random);
            fputs(prefixes > 1 ? " + " : "", file);
        }
        if (excluding)
            fprintf(file, " - N%u", bench_random(random, i));
        fputc('\n', file);
    }
}

static void
write_selective_groups(FILE *file, struct bench_random *random, uint32_t groups)
{
    const uint32_t kind = bench_random(random, 10), first = bench_random(random, groups);
    const uint32_t second = (first + 1 + bench_random(random, groups - 1)) % groups;
    if (kind == 0)
        fprintf(file, "group in G%u and group in G%u", first, second);
    else if (kind == 1)
        fprintf(file, "group in G%u and not group in G%u", first, second);
    else if (kind < 6)
        fprintf(file, "group in G%u", first);
    else
        fprintf(file, "group in {G%u, G%u}", first, second);
}

static void
write_selective_rule(FILE *file, struct bench_random *random, const struct bench_shape *shape,
                     uint32_t number, uint32_t networks)
{
    static const char *const risks[] = {"low", "medium", "high"};
    fprintf(file, "  rule r%u when ", number);
    write_selective_groups(file, random, shape->groups);
    const uint32_t kind = bench_random(random, 10), network = bench_random(random, networks);
    if (kind >= 3 && kind < 6)
        fprintf(file, " and network in N%u", network);
    else if (kind >= 6 && kind < 8)
        fprintf(file, " and not network in N%u", network);
    else if (kind >= 8)
        fprintf(file, " and network in {N%u, N%u}", network, bench_random(random, networks));
    if (bench_random(random, 2) == 0)
        write_device(file, random);
    fputs(bench_random(random, 10) < 4 ? " and managed" : "", file);
    fputs(bench_random(random, 10) < 2 ? " and compliant" : "", file);
    if (bench_random(random, 10) == 0)
        fprintf(file, " and risk is %s", risks[bench_random(random, 3)]);
    write_outcome(file, random);
}

void
bench_generate(FILE *file, const struct bench_shape *shape)
{
    struct bench_random random = {shape->rules};
    uint32_t networks = shape->networks > 0 ? shape->networks : shape->rules / 8 + 1;
    fputs("device Mobile = ios + android\n"
          "chain Strong = fido2 else password then authenticator_app\n",
          file);
    for (uint32_t i = 0; i < shape->groups; i++)
        fprintf(file, "group G%u\n", i);
    if (shape->routes)
        bench_write_routes(file, networks, shape->prefixes);
    else if (shape->selective)
        write_selective_networks(file, &random, networks);
    else
        write_networks(file, &random, networks, shape->prefixes);
    for (uint32_t p = 0; p < shape->policies; p++) {
        uint32_t first = (uint32_t)((uint64_t)shape->rules * p / shape->policies);
        uint32_t last = (uint32_t)((uint64_t)shape->rules * (p + 1) / shape->policies);
        if (p == 0)
            fputs("policy P0 is default {\n", file);
        else
            fprintf(file, "app A%u\npolicy P%u for A%u {\n", p, p, p);
        for (uint32_t r = first; r < last; r++)
            (shape->selective ? write_selective_rule : write_rule)(file, &random, shape, r,
                                                                   networks);
        fputs("  otherwise deny\n}\n", file);
    }
}
