/* States to wish for. */
#include "tests/unit/toy_tenant.h"

#define CATCH_ALL "Catch-all"

static uint64_t
next(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

static json_t *
random_when(uint64_t *random, unsigned zones, struct wp_arena *arena)
{
    static const char *const words[] = {"managed",       "compliant",       "risk is high",
                                        "device in ios", "group in Admins", "group in Staff"};
    uint64_t choice = next(random) % 10;

    if (choice < 4 && zones > 0)
        return json_pack(
            "{s:o}", "zone",
            wp_reference(wp_format(arena, "zone/Z%u", (unsigned)(next(random) % zones))));
    return json_string(words[next(random) % (sizeof words / sizeof *words)]);
}

void
toy_random_state(struct wp_state *state, struct wp_arena *arena, uint64_t random, unsigned size)
{
    random = random * 0x9E3779B97F4A7C15u + 1;
    (void)next(&random);
    unsigned zones = (unsigned)(next(&random) % (size + 1)),
             policies = 1 + (unsigned)(next(&random) % size);

    wp_state_init(state, arena);
    for (unsigned i = 0; i < zones; i++)
        (void)wp_state_add(
            state, "zone", NULL, wp_format(arena, "Z%u", i), NULL,
            json_pack("{s:[s]}", "ranges",
                      wp_format(arena, "10.%u.%u.0/24", i, (unsigned)(next(&random) % 4))),
            NULL);
    for (unsigned p = 0; p < policies; p++) {
        const char *name = wp_format(arena, "P%u", p);
        unsigned rules = (unsigned)(next(&random) % (size + 1)), rank = 0;
        (void)wp_state_add(state, "policy", NULL, name, NULL,
                           p == 0 ? json_pack("{s:n}", "app")
                                  : json_pack("{s:s}", "app", wp_format(arena, "App%u", p)),
                           NULL);
        for (unsigned r = 0; r < rules; r++) {
            /* The same names in other orders. */
            const char *rule =
                wp_format(arena, "r%u", (unsigned)((r * 7 + next(&random) % 3 * 11) % 31));
            bool is_new;
            (void)wp_state_add(state, "rule", name, rule, NULL,
                               json_pack("{s:i, s:o, s:s}", "rank", (int)rank, "when",
                                         random_when(&random, zones, arena), "then",
                                         next(&random) % 2 ? "allow" : "deny"),
                               &is_new);
            rank += is_new;
        }
        (void)wp_state_add(state, "rule", name, CATCH_ALL, NULL,
                           json_pack("{s:s}", "then", next(&random) % 4 ? "deny" : "allow"), NULL);
        wp_state_find(state, wp_format(arena, "rule/%s/" CATCH_ALL, name))->system = true;
    }
}
