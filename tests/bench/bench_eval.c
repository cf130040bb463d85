/*
 * How fast `eval` goes through JSON lines, against `jq -c .` on the same file,
 * and how much of that the reading of requests takes. bench_eval TOOL
 */
#include "bench/generate.h"
#include "bench/record.h"
#include "compiler/decide/request_json.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { REQUESTS = 300000, RUNS = 5, GROUPS = 100 };

static void
write_request(FILE *file, struct bench_random *random, uint32_t number)
{
    static const char *const devices[] = {"browser", "ios", "android", "windows"};
    static const char *const levels[] = {"low", "medium", "high"};
    fprintf(file, "{\"id\":%u,\"ip\":\"%u.%u.%u.%u\",\"device\":\"%s\",\"groups\":[", number,
            bench_random(random, 223) + 1, bench_random(random, 256), bench_random(random, 256),
            bench_random(random, 256), devices[bench_random(random, 4)]);
    uint32_t groups = 1 + bench_random(random, 5);
    for (uint32_t i = 0; i < groups; i++)
        fprintf(file, "%s\"G%u\"", i == 0 ? "" : ",", bench_random(random, GROUPS));
    fprintf(file,
            "],\"app\":\"A%u\",\"user\":\"u%u@corp.example\",\"entry\":\"browser\",\"managed\":%s,"
            "\"compliant\":%s,\"risk\":\"%s\"}\n",
            bench_random(random, 20), bench_random(random, 10000),
            bench_random(random, 2) ? "true" : "false", bench_random(random, 2) ? "true" : "false",
            levels[bench_random(random, 3)]);
}

static bool
write_files(const char *source, const char *requests, uint32_t rules)
{
    const struct bench_shape shape = {
        .rules = rules, .prefixes = rules, .policies = 1, .groups = GROUPS};
    struct bench_random random = {rules};
    FILE *file = fopen(source, "w");
    if (file == NULL)
        return false;
    bench_generate(file, &shape);
    bool done = fclose(file) == 0;
    if ((file = fopen(requests, "w")) == NULL)
        return false;
    for (uint32_t i = 0; i < REQUESTS; i++)
        write_request(file, &random, i);
    return fclose(file) == 0 && done;
}

/* The processor time of a program that reads `input` and whose output is thrown
 * away; below 0 when it fails. */
static double
run(const char *const *command, const char *input)
{
    struct rusage usage;
    int status;
    pid_t child = fork();
    if (child == 0) {
        int in = open(input, O_RDONLY), out = open("/dev/null", O_WRONLY);
        if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            _exit(127);
        execvp(command[0], (char *const *)(uintptr_t)command);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0)
        return -1;
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The median of a few runs, one of each program in turn; below 0 on failure. */
static bool
compare(const char *const *ours, const char *const *theirs, const char *input, double *our_time,
        double *their_time)
{
    double a[RUNS], b[RUNS];
    for (size_t i = 0; i < RUNS; i++) {
        a[i] = run(ours, input);
        b[i] = run(theirs, input);
        if (a[i] < 0 || b[i] < 0)
            return false;
    }
    *our_time = bench_median(a, RUNS);
    *their_time = bench_median(b, RUNS);
    return true;
}

/* Nanoseconds of the processor that a line takes to be read, without anything
 * else. */
static double
time_reader(const char *requests)
{
    struct wp_request_reader *reader = wp_request_reader_new();
    struct wp_request_facts facts;
    FILE *file = fopen(requests, "r");
    char *text = calloc(1, (size_t)REQUESTS * 512);
    double times[RUNS];
    if (reader == NULL || file == NULL || text == NULL)
        return -1;
    size_t size = fread(text, 1, (size_t)REQUESTS * 512 - WP_REQUEST_PADDING, file);
    fclose(file);
    for (size_t i = 0; i < RUNS; i++) {
        clock_t start = clock();
        for (char *line = text, *end; (end = memchr(line, '\n', (size_t)(text + size - line)));
             line = end + 1)
            if (!wp_request_read(reader, line, (size_t)(end - line), &facts))
                return -1;
        times[i] = (double)(clock() - start) * 1e9 / CLOCKS_PER_SEC / REQUESTS;
    }
    free(text);
    wp_request_reader_free(reader);
    return bench_median(times, RUNS);
}

static bool
measure(const char *tool, uint32_t rules, const char *folder)
{
    char source[128], image[128], requests[128];
    double ours, jq;
    snprintf(source, sizeof source, "%s/policy.woapol", folder);
    snprintf(image, sizeof image, "%s/policy.wob", folder);
    snprintf(requests, sizeof requests, "%s/requests.jsonl", folder);
    const char *const build[] = {tool, "build", source, "-o", image, NULL};
    const char *const eval[] = {tool, "eval", image, NULL};
    const char *const copy[] = {"jq", "-c", ".", NULL};
    bool done = write_files(source, requests, rules) && run(build, "/dev/null") >= 0 &&
                compare(eval, copy, requests, &ours, &jq);
    double reader = done ? time_reader(requests) : -1;
    unlink(source);
    unlink(image);
    unlink(requests);
    if (!done || reader < 0)
        return false;
    bench_record("eval", rules, "processor time a request", ours * 1e9 / REQUESTS, "ns", "jq -c .",
                 ours / jq);
    bench_record("eval", rules, "jq times as long", jq / ours, "x", NULL, 0);
    bench_record("eval", rules, "reading a request", reader, "ns", NULL, 0);
    return true;
}

int
main(int argc, char **argv)
{
    static const uint32_t sizes[] = {10, 1000, 10000};
    char folder[] = "/tmp/woapol-bench-XXXXXX";
    if (argc != 2) {
        fputs("usage: bench_eval TOOL\n", stderr);
        return 64;
    }
    if (system("command -v jq >/dev/null") != 0) {
        fputs("bench_eval: jq is not there to compare with; passed over\n", stderr);
        return 0;
    }
    if (mkdtemp(folder) == NULL)
        return 1;
    bool done = true;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        done = measure(argv[1], sizes[i], folder) && done;
    rmdir(folder);
    return done ? 0 : 1;
}
