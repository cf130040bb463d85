#include "tests/smtlib.h"

static void
write_v6(FILE *file, struct wp_address6 address)
{
    (void)fprintf(file, "#x%016llx%016llx", (unsigned long long)address.high,
                  (unsigned long long)address.low);
}

static void
write_network(FILE *file, uint32_t number, const struct wp_network *network)
{
    (void)fprintf(file, "(define-fun net%u () Bool (or false", number);
    if (network->absent)
        (void)fputs(" (= family #b00)", file);
    for (uint32_t i = 0; i < network->v4_count; i++)
        (void)fprintf(file, " (and (= family #b01) (bvule #x%08x v4) (bvule v4 #x%08x))",
                      network->v4[i].low, network->v4[i].high);
    for (uint32_t i = 0; i < network->v6_count; i++) {
        (void)fputs(" (and (= family #b10) (bvule ", file);
        write_v6(file, network->v6[i].low);
        (void)fputs(" v6) (bvule v6 ", file);
        write_v6(file, network->v6[i].high);
        (void)fputs("))", file);
    }
    (void)fputs("))\n", file);
}

/* Values of a bit-vector that a mask holds. */
static void
write_mask(FILE *file, const char *name, uint64_t mask, uint32_t limit)
{
    (void)fputs("(or false", file);
    for (uint32_t i = 0; i < limit; i++) {
        if (mask >> i & 1)
            (void)fprintf(file, " (= %s #x%02x)", name, i);
    }
    (void)fputs(")", file);
}

/* Members by number + 1; 0 is none of the named. */
static void
write_members(FILE *file, const char *name, const struct wp_test *test)
{
    (void)fputs("(or false", file);
    if (test->others)
        (void)fprintf(file, " (= %s #x00000000)", name);
    for (uint32_t i = 0; i < test->ids.count; i++)
        (void)fprintf(file, " (= %s #x%08x)", name, test->ids.ids[i] + 1);
    (void)fputs(")", file);
}

static void write_test(FILE *file, const struct wp_model *model, const struct wp_test *test);

static void
write_parts(FILE *file, const struct wp_model *model, const char *operator,
            const struct wp_test * test)
{
    (void)fprintf(file, "(%s", operator);
    for (uint32_t i = 0; i < test->part_count; i++) {
        (void)fputc(' ', file);
        write_test(file, model, test->parts[i]);
    }
    (void)fputc(')', file);
}

static void
write_test(FILE *file, const struct wp_model *model, const struct wp_test *test)
{
    switch (test->kind) {
    case WP_TEST_TRUE:
        (void)fputs("true", file);
        break;
    case WP_TEST_FALSE:
        (void)fputs("false", file);
        break;
    case WP_TEST_AND:
        write_parts(file, model, "and true", test);
        break;
    case WP_TEST_OR:
        write_parts(file, model, "or false", test);
        break;
    case WP_TEST_NOT:
        write_parts(file, model, "not", test);
        break;
    case WP_TEST_NETWORK:
        (void)fprintf(file, "net%u", test->network);
        break;
    case WP_TEST_DEVICE:
        write_mask(file, "device", test->mask, model->device_count);
        break;
    case WP_TEST_POSTURE:
        write_mask(file, "posture", test->mask, WP_POSTURE_COUNT);
        break;
    case WP_TEST_APP:
        write_members(file, "app", test);
        break;
    case WP_TEST_USER:
        write_members(file, "user", test);
        break;
    case WP_TEST_GROUP:
        (void)fputs("(or false", file);
        for (uint32_t i = 0; i < test->ids.count; i++)
            (void)fprintf(file, " g%u", test->ids.ids[i]);
        (void)fputs(")", file);
        break;
    }
}

static void
write_world(FILE *file, const struct wp_model *model)
{
    (void)fputs("(set-logic QF_BV)\n(declare-const family (_ BitVec 2))\n"
                "(declare-const v4 (_ BitVec 32))\n(declare-const v6 (_ BitVec 128))\n"
                "(declare-const device (_ BitVec 8))\n(declare-const posture (_ BitVec 8))\n"
                "(declare-const app (_ BitVec 32))\n(declare-const user (_ BitVec 32))\n"
                "(assert (bvule family #b10))\n"
                "(assert (not (= ((_ extract 127 32) v6) #x00000000000000000000ffff)))\n",
                file);
    (void)fprintf(file, "(assert (bvult device #x%02x))\n(assert (bvult posture #x%02x))\n",
                  model->device_count, WP_POSTURE_COUNT);
    (void)fprintf(file, "(assert (bvule app #x%08x))\n(assert (bvule user #x%08x))\n",
                  model->app_count, model->user_count);
    for (uint32_t i = 0; i < model->group_count; i++)
        (void)fprintf(file, "(declare-const g%u Bool)\n", i);
    for (uint32_t i = 0; i < model->network_count; i++)
        write_network(file, i, &model->networks[i]);
}

void
smtlib_write(FILE *file, const struct wp_model *model)
{
    const struct wp_policy *policy = &model->policies[0];

    write_world(file, model);
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        (void)fprintf(file, "(define-fun r%u () Bool ", i);
        write_test(file, model, policy->rules[i].folded);
        (void)fprintf(file, ")\n(push)\n(assert r%u)\n(check-sat)\n(pop)\n", i);
        if (!policy->rules[i].report)
            (void)fprintf(file, "(assert (not r%u))\n", i);
    }
}
