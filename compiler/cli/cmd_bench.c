/* woapol bench FILE */
#include <inttypes.h>
#include <stdio.h>

#include "compiler/cli/analysis_options.h"
#include "compiler/cli/bench_measure.h"
#include "compiler/cli/policy.h"

#define USUAL_REQUESTS 4096

static const struct {
    enum wp_bench_way way;
    const char *name, *text;
} ways[] = {{WP_BENCH_LOOKUP, "lookup", "address lookup alone"},
            {WP_BENCH_BOUND, "bound", "decide, bound"},
            {WP_BENCH_BATCH, "batch", "decide, bound, in a batch"},
            {WP_BENCH_UNBOUND, "unbound", "bind and decide"}};

static uint32_t
count_rules(const struct wp_model *model)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < model->policy_count; i++)
        count += model->policies[i].rule_count;
    return count;
}

static void
print_text(const struct wp_bench_asked *asked, const struct wp_bench_figures *figures)
{
    double lookup = figures->ns[WP_BENCH_LOOKUP];
    (void)printf("%u rules, %u policies, %u requests of somebody in %u groups, %u thread%s\n\n",
                 count_rules(asked->model), asked->model->policy_count, asked->requests,
                 figures->groups, asked->threads, asked->threads == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        (void)printf("%-26s %12.1f ns %14.0f a second %10.2f x the lookup\n", ways[i].text,
                     figures->ns[ways[i].way], figures->per_second[ways[i].way],
                     figures->ns[ways[i].way] / lookup);
    (void)printf("%-26s %12.1f us %34.0f x the lookup\n", "load, all checks included",
                 figures->load_ns / 1e3, figures->load_ns / lookup);
    (void)printf("%-26s %12zu bytes\n", "image", asked->size);
}

static json_t *
way_json(const struct wp_bench_figures *figures, size_t index)
{
    enum wp_bench_way way = ways[index].way;
    return json_pack("{s:s, s:f, s:f, s:f}", "way", ways[index].name, "ns", figures->ns[way],
                     "per_second", figures->per_second[way], "ratio",
                     figures->ns[way] / figures->ns[WP_BENCH_LOOKUP]);
}

static json_t *
figures_json(const struct wp_bench_asked *asked, const struct wp_bench_figures *figures)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        (void)json_array_append_new(list, way_json(figures, i));
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:{s:f, s:f}}", "policies",
                     (json_int_t)asked->model->policy_count, "rules",
                     (json_int_t)count_rules(asked->model), "requests", (json_int_t)asked->requests,
                     "groups", (json_int_t)figures->groups, "threads", (json_int_t)asked->threads,
                     "image_bytes", (json_int_t)asked->size, "ways", list, "load", "ns",
                     figures->load_ns, "ratio", figures->load_ns / figures->ns[WP_BENCH_LOOKUP]);
}

static int
run(const struct wp_invocation *invocation, const struct wp_opened *policy, int64_t requests,
    int64_t threads)
{
    const struct wp_bench_asked asked = {.image = &policy->image,
                                         .bytes = policy->bytes,
                                         .size = policy->size,
                                         .model = policy->compilation.model,
                                         .requests = (uint32_t)requests,
                                         .threads = (uint32_t)threads};
    struct wp_bench_figures figures = {0};
    if (!wp_bench_measure(&asked, &figures))
        return wp_fail(invocation, "memory or threads ran out; try fewer --requests or --threads");
    if (wp_option_is(invocation, "format", "json"))
        return wp_print_json(invocation, figures_json(&asked, &figures));
    print_text(&asked, &figures);
    return WP_EXIT_DONE;
}

int
wp_cmd_bench(struct wp_invocation *invocation)
{
    struct wp_opened policy;
    int64_t requests, threads;
    if (!wp_option_integer(invocation, "requests", 1, WP_BENCH_MOST_REQUESTS, USUAL_REQUESTS,
                           &requests) ||
        !wp_option_integer(invocation, "threads", 1, WP_BENCH_MOST_THREADS, 1, &threads))
        return WP_EXIT_USAGE;
    int status =
        wp_policy_open(&policy, invocation, invocation->operands[0], WP_NEED_IMAGE | WP_NEED_MODEL);
    if (status == WP_EXIT_DONE)
        status = run(invocation, &policy, requests, threads);
    wp_policy_close(&policy);
    return status;
}
