/*
 * Random policies as sources, and random requests that meet their edges: what
 * the plain walk, the image and the unoptimised image are held against each other
 * with.
 */
#ifndef TESTS_UNIT_RANDOM_POLICY_H
#define TESTS_UNIT_RANDOM_POLICY_H

#include <stddef.h>
#include <stdint.h>

/* How large a policy is to be. */
struct random_size {
    uint32_t rules;    /* of the default policy; others are small */
    uint32_t networks; /* named ones, at most 200 */
    uint32_t prefixes; /* more prefixes, spread over the networks */
    uint32_t groups;   /* at most 200 */
};

/* A source that compiles; the caller frees it. */
char *random_policy(uint64_t seed, const struct random_size *size);

/* A sign-in, with texts of names as a request gives them. */
#define RANDOM_GROUPS 8
struct random_request {
    char address[64]; /* empty: absent */
    char device[16], app[16], user[32], entry[16];
    char groups[RANDOM_GROUPS][32];
    uint32_t group_count;
    uint32_t risk;
    int managed, compliant, incomplete;
};
void random_request(uint64_t *state, const struct random_size *size,
                    struct random_request *request);

/* The next number of a sequence, below `limit`. */
uint32_t random_below(uint64_t *state, uint32_t limit);

#endif
