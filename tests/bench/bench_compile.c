/*
 * How long compiling takes and how much memory, over four sizes up to 100,000
 * rules and 1,000,000 prefixes; and how both grow. bench_compile TOOL
 */
#include "bench/generate.h"
#include "bench/record.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZES = 4 };
static const uint32_t rule_counts[SIZES] = {1000, 4642, 21544, 100000};

struct cost {
    double seconds, mebibytes;
};

static bool
run_build(const char *tool, const char *source, const char *image, struct cost *cost)
{
    struct rusage usage;
    int status;
    double start = bench_now();
    pid_t child = fork();
    if (child == 0) {
        /* Thousands of warnings are not what is measured. */
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(127);
        execl(tool, tool, "build", source, "-o", image, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return false;
    cost->seconds = bench_now() - start;
    cost->mebibytes = (double)usage.ru_maxrss / 1024;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The median of three builds (one of the largest), and the image's size. */
static bool
measure(const char *tool, const char *name, const struct bench_shape *shape, struct cost *cost)
{
    char source[] = "/tmp/woapol-bench-XXXXXX", image[64];
    double seconds[3];
    struct stat status;
    int file = mkstemp(source);
    FILE *stream = file < 0 ? NULL : fdopen(file, "w");
    if (stream == NULL)
        return false;
    bench_generate(stream, shape);
    bool done = fclose(stream) == 0;
    snprintf(image, sizeof image, "%s.wob", source);
    size_t runs = shape->rules > 50000 ? 1 : 3;
    for (size_t i = 0; done && i < runs; i++) {
        done = run_build(tool, source, image, cost);
        seconds[i] = cost->seconds;
    }
    if (done && stat(image, &status) == 0) {
        cost->seconds = bench_median(seconds, runs);
        bench_record(name, shape->rules, "time", cost->seconds, "s", NULL, 0);
        bench_record(name, shape->rules, "memory", cost->mebibytes, "MiB", NULL, 0);
        bench_record(name, shape->rules, "image", (double)status.st_size / 1048576, "MiB", NULL, 0);
    }
    unlink(source);
    unlink(image);
    return done;
}

static bool
measure_growth(const char *tool, const char *name, uint32_t policies)
{
    double sizes[SIZES], seconds[SIZES], memory[SIZES];
    for (size_t i = 0; i < SIZES; i++) {
        struct bench_shape shape = {.rules = rule_counts[i],
                                    .prefixes = rule_counts[i] * 10,
                                    .policies = policies,
                                    .groups = rule_counts[i] / 10};
        struct cost cost = {0, 0};
        if (!measure(tool, name, &shape, &cost)) {
            fprintf(stderr, "bench_compile: %s could not be built\n", name);
            return false;
        }
        sizes[i] = rule_counts[i];
        seconds[i] = cost.seconds;
        memory[i] = cost.mebibytes;
    }
    bench_record(name, sizes[SIZES - 1], "time growth", bench_exponent(sizes, seconds, SIZES),
                 "exponent", NULL, 0);
    bench_record(name, sizes[SIZES - 1], "memory growth", bench_exponent(sizes, memory, SIZES),
                 "exponent", NULL, 0);
    return true;
}

int
main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: bench_compile TOOL\n", stderr);
        return 64;
    }
    bool done = measure_growth(argv[1], "compile, 50 policies", 50);
    done = measure_growth(argv[1], "compile, one policy", 1) && done;
    return done ? 0 : 1;
}
