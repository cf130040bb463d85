/*
 * Random policies and requests, the same for the same seed: what differential
 * tests are fed with.
 *
 * A policy is source text; it compiles without errors. Its networks nest, touch
 * and exclude one another, down to one address and up to all of them; rules use
 * every kind of condition, named ones, templates and report rules. Requests stand
 * at the ends of the ranges and one beyond, leave facts out, bring unknown names
 * and incomplete groups.
 */
#ifndef WP_TESTS_GENERATE_H
#define WP_TESTS_GENERATE_H

#include "compiler/request.h"

struct wp_random {
    uint64_t state;
};
void wp_random_seed(struct wp_random *random, uint64_t seed);
uint64_t wp_random_next(struct wp_random *random);
/* A number below `limit`, which is not 0. */
uint32_t wp_random_below(struct wp_random *random, uint32_t limit);
/* True once in `n` times. */
bool wp_random_once_in(struct wp_random *random, uint32_t n);

struct wp_generated {
    struct wp_arena *arena;
    struct wp_random random;
    char *source;
    size_t length, room;
    /* What requests are made from. */
    struct wp_address *points;
    uint32_t point_count, point_room;
    uint32_t networks, sets, groups, apps, users, conditions, templates, chains, policies;
};

/* How large; `usual` are a few of everything. */
struct wp_generate_size {
    uint32_t networks, groups, apps, users, conditions, chains, policies, rules, depth;
};
extern const struct wp_generate_size wp_generate_usual;

/* Makes a policy; memory comes from `arena`. */
void wp_generate(struct wp_generated *generated, struct wp_arena *arena, uint64_t seed,
                 const struct wp_generate_size *size);

/* A request as its sender would put it; absent facts are NULL. */
#define WP_MADE_GROUPS 6
struct wp_made_request {
    const char *ip, *device, *app, *user, *entry, *risk;
    const char *groups[WP_MADE_GROUPS];
    uint32_t group_count;
    bool has_groups, has_managed, has_compliant;
    bool managed, compliant;
    bool groups_incomplete;
};

/* The next request for the policy. */
void wp_generate_request(struct wp_generated *generated, struct wp_made_request *made);

/* The same as a JSON object on one line, and with names resolved. */
char *wp_made_json(struct wp_arena *arena, const struct wp_made_request *made);
void wp_made_resolve(struct wp_arena *arena, const struct wp_model *model,
                     const struct wp_made_request *made, struct wp_request *request);

#endif
