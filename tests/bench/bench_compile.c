/*
 * How long compiling takes and how much memory, over four sizes up to 100,000
 * rules and 1,000,000 prefixes; and how both grow. bench_compile TOOL
 *
 * Two kinds of policy: a retail chain (examples/large), where every shop has its
 * own addresses and people, and rules over networks whose prefixes overlap at
 * random, which is as bad as it gets.
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
    double seconds, cpu_seconds, mebibytes;
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
    cost->cpu_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                        (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    cost->mebibytes = (double)usage.ru_maxrss / 1024;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
write_chain(FILE *file, uint32_t rules)
{
    char command[128];
    snprintf(command, sizeof command, "sh examples/large/generate.sh %u %u %u", rules,
             rules * 2 / 5, rules * 10);
    FILE *pipe = popen(command, "r");
    if (pipe == NULL)
        return false;
    char buffer[65536];
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
        fwrite(buffer, 1, got, file);
    return pclose(pipe) == 0;
}

static bool
write_overlapping(FILE *file, uint32_t rules)
{
    const struct bench_shape shape = {
        .rules = rules, .prefixes = rules * 10, .policies = 1, .groups = rules / 10};
    bench_generate(file, &shape);
    return true;
}

/* The median of three builds (one of the largest), and the image's size. */
static bool
measure(const char *tool, const char *name, bool (*write_policy)(FILE *, uint32_t), uint32_t rules,
        struct cost *cost)
{
    char source[] = "/tmp/woapol-bench-XXXXXX", image[64];
    double seconds[3];
    struct stat status;
    int file = mkstemp(source);
    FILE *stream = file < 0 ? NULL : fdopen(file, "w");
    if (stream == NULL)
        return false;
    bool done = write_policy(stream, rules);
    done = fclose(stream) == 0 && done;
    snprintf(image, sizeof image, "%s.wob", source);
    size_t runs = rules > 50000 ? 1 : 3;
    for (size_t i = 0; done && i < runs; i++) {
        done = run_build(tool, source, image, cost);
        seconds[i] = cost->seconds;
    }
    if (done && stat(image, &status) == 0) {
        cost->seconds = bench_median(seconds, runs);
        bench_record(name, rules, "time", cost->seconds, "s", NULL, 0);
        bench_record(name, rules, "processor time", cost->cpu_seconds, "s", NULL, 0);
        bench_record(name, rules, "memory", cost->mebibytes, "MiB", NULL, 0);
        bench_record(name, rules, "image", (double)status.st_size / 1048576, "MiB", NULL, 0);
    }
    unlink(source);
    unlink(image);
    return done;
}

static bool
measure_growth(const char *tool, const char *name, bool (*write_policy)(FILE *, uint32_t))
{
    double sizes[SIZES], seconds[SIZES], memory[SIZES];
    for (size_t i = 0; i < SIZES; i++) {
        struct cost cost = {0};
        if (!measure(tool, name, write_policy, rule_counts[i], &cost)) {
            fprintf(stderr, "bench_compile: %s could not be built\n", name);
            return false;
        }
        sizes[i] = rule_counts[i];
        seconds[i] = cost.cpu_seconds;
        memory[i] = cost.mebibytes;
    }
    bench_record(name, sizes[SIZES - 1], "processor time growth",
                 bench_exponent(sizes, seconds, SIZES), "exponent", NULL, 0);
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
    bool done = measure_growth(argv[1], "compile, retail chain", write_chain);
    done = measure_growth(argv[1], "compile, overlapping", write_overlapping) && done;
    return done ? 0 : 1;
}
