#include "compiler/cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 1.0 /* seconds before the first line */
#define INTERVAL 0.1

static double
now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void
wp_progress_begin(struct wp_progress_line *line)
{
    *line = (struct wp_progress_line){.started = now(), .is_terminal = isatty(STDERR_FILENO)};
}

void
wp_progress_show(void *context, const char *what, size_t done, size_t total)
{
    struct wp_progress_line *line = context;
    double time;

    if (!line->is_terminal)
        return;
    time = now();
    if (time - line->started < PATIENCE || time - line->written < INTERVAL)
        return;
    line->written = time;
    line->is_shown = true;
    (void)fprintf(stderr, "\r\033[K%s: %zu of %zu, %.0f s", what, done, total,
                  time - line->started);
    (void)fflush(stderr);
}

#define BAR 20

static void
write_bar(unsigned filled)
{
    (void)fputc('[', stderr);
    for (unsigned i = 0; i < BAR; i++)
        (void)fputc(i < filled ? '#' : ' ', stderr);
    (void)fputs("] ", stderr);
}

void
wp_progress_bytes(struct wp_progress_line *line, uint64_t done, uint64_t total)
{
    const double mebibyte = 1 << 20, time = now(), spent = time - line->started;

    if (!line->is_terminal || spent < PATIENCE || time - line->written < INTERVAL)
        return;
    const double rate = (double)done / spent;
    line->written = time;
    line->is_shown = true;
    (void)fputs("\r\033[K", stderr);
    if (total == 0 || done > total) {
        (void)fprintf(stderr, "%.0f MiB, %.0f MiB/s, %.0f s", (double)done / mebibyte,
                      rate / mebibyte, spent);
    } else {
        write_bar((unsigned)((double)done / (double)total * BAR));
        (void)fprintf(stderr, "%.0f of %.0f MiB, %.0f MiB/s, %.0f s left", (double)done / mebibyte,
                      (double)total / mebibyte, rate / mebibyte,
                      done > 0 ? (double)(total - done) / rate : 0);
    }
    (void)fflush(stderr);
}

void
wp_progress_end(struct wp_progress_line *line)
{
    if (line->is_shown)
        (void)fputs("\r\033[K", stderr);
    line->is_shown = false;
}
