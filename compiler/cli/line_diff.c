/* Line diff by Myers's greedy algorithm: the furthest reaching path for each
 * number of differences, kept for each step so that it can be walked back. */
#include "compiler/cli/line_diff.h"

#include <stdbool.h>
#include <string.h>

#define CONTEXT 3
#define MOST_DIFFERENCES 1500

struct line {
    const char *text;
    size_t length; /* with its line end */
};

struct text {
    struct line *lines;
    size_t count;
};

/* What is kept of each: an edit script as marks on the lines. */
struct comparison {
    struct text old, new;
    bool *removed, *added;
};

static struct text
split(struct wp_arena *arena, const char *text, size_t length)
{
    struct text result = {0};
    const char *end = text + length;
    for (const char *at = text; at < end; result.count++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        at = line_end == NULL ? end : line_end + 1;
    }
    result.lines = wp_alloc_array(arena, result.count + 1, sizeof *result.lines);
    for (size_t i = 0; i < result.count; i++) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        size_t size = line_end == NULL ? (size_t)(end - text) : (size_t)(line_end + 1 - text);
        result.lines[i] = (struct line){text, size};
        text += size;
    }
    return result;
}

static bool
is_same(const struct line *a, const struct line *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* Walks back from the end of both through the kept paths. */
static void
walk_back(struct comparison *c, long *const *paths, long steps, size_t head, long n, long m)
{
    long x = n, y = m;
    for (long d = steps; d > 0; d--) {
        const long *path = paths[d - 1] + d;
        long k = x - y;
        bool down = k == -d || (k != d && path[k - 1] < path[k + 1]);
        long before = down ? k + 1 : k - 1;
        long from = path[before];
        while (x > from + !down && y > from - before + down)
            x--, y--;
        if (down)
            c->added[head + (size_t)--y] = true;
        else
            c->removed[head + (size_t)--x] = true;
    }
}

/* Marks what differs of n old and m new lines behind `head`; false when that is
 * too much to find out. */
static bool
mark_differences(struct wp_arena *arena, struct comparison *c, size_t head, long n, long m)
{
    long most = n + m < MOST_DIFFERENCES ? n + m : MOST_DIFFERENCES;
    long **paths = wp_alloc_array(arena, (size_t)most + 1, sizeof *paths);
    long *now = (long *)wp_alloc_array(arena, 2 * (size_t)most + 4, sizeof *now) + most + 1;
    for (long d = 0; d <= most; d++) {
        for (long k = -d; k <= d; k += 2) {
            bool down = k == -d || (k != d && now[k - 1] < now[k + 1]);
            long x = down ? now[k + 1] : now[k - 1] + 1;
            while (x < n && x - k < m && x - k >= 0 &&
                   is_same(&c->old.lines[head + (size_t)x], &c->new.lines[head + (size_t)(x - k)]))
                x++;
            now[k] = x;
            if (x >= n && x - k >= m) {
                walk_back(c, paths, d, head, n, m);
                return true;
            }
        }
        /* Diagonals -d-1 to d+1 are what the next step looks at. */
        paths[d] = wp_alloc_array(arena, 2 * (size_t)d + 4, sizeof **paths);
        memcpy(paths[d], now - d - 1, (2 * (size_t)d + 3) * sizeof *now);
    }
    return false;
}

static void
compare(struct wp_arena *arena, struct comparison *c)
{
    size_t head = 0, n = c->old.count, m = c->new.count;
    while (head < n && head < m && is_same(&c->old.lines[head], &c->new.lines[head]))
        head++;
    while (n > head && m > head && is_same(&c->old.lines[n - 1], &c->new.lines[m - 1]))
        n--, m--;
    if (mark_differences(arena, c, head, (long)(n - head), (long)(m - head)))
        return;
    memset(c->removed + head, true, n - head);
    memset(c->added + head, true, m - head);
}

static void
print_line(FILE *stream, char sign, const struct line *line)
{
    (void)fputc(sign, stream);
    (void)fwrite(line->text, 1, line->length, stream);
    if (line->length == 0 || line->text[line->length - 1] != '\n')
        (void)fputs("\n\\ No newline at end of file\n", stream);
}

/* Goes over old and new lines together from (*i, *j) to old line `end`, through
 * `end_new` new ones, printing them unless `stream` is NULL. */
static void
print_hunk(FILE *stream, const struct comparison *c, size_t i, size_t j, size_t end, size_t end_new)
{
    (void)fprintf(stream, "@@ -%zu,%zu +%zu,%zu @@\n", i + (end > i), end - i, j + (end_new > j),
                  end_new - j);
    while (i < end || j < end_new) {
        if (i < end && c->removed[i])
            print_line(stream, '-', &c->old.lines[i++]);
        else if (j < end_new && c->added[j])
            print_line(stream, '+', &c->new.lines[j++]);
        else {
            print_line(stream, ' ', &c->old.lines[i++]);
            j++;
        }
    }
}

/* Whether a line differs at (i, j). */
static bool
differs(const struct comparison *c, size_t i, size_t j)
{
    return (i < c->old.count && c->removed[i]) || (j < c->new.count && c->added[j]);
}

static void
print_hunks(FILE *stream, const struct comparison *c)
{
    size_t i = 0, j = 0, start = 0, start_new = 0, same = 0;
    bool open = false;
    while (i < c->old.count || j < c->new.count) {
        if (differs(c, i, j)) {
            size_t before = same < CONTEXT ? same : CONTEXT;
            if (!open) {
                start = i - before;
                start_new = j - before;
            }
            open = true;
            same = 0;
            if (i < c->old.count && c->removed[i])
                i++;
            else
                j++;
            continue;
        }
        i++, j++, same++;
        if (open && same > 2 * CONTEXT) {
            size_t back = same - CONTEXT;
            print_hunk(stream, c, start, start_new, i - back, j - back);
            open = false;
        }
    }
    size_t back = same > CONTEXT ? same - CONTEXT : 0;
    if (open)
        print_hunk(stream, c, start, start_new, i - back, j - back);
}

void
wp_print_line_diff(FILE *stream, struct wp_arena *arena, const char *name, const char *old,
                   size_t old_length, const char *new, size_t new_length)
{
    if (old_length == new_length && memcmp(old, new, old_length) == 0)
        return;
    struct comparison c = {.old = split(arena, old, old_length),
                           .new = split(arena, new, new_length)};
    c.removed = wp_alloc_array(arena, c.old.count + 1, sizeof *c.removed);
    c.added = wp_alloc_array(arena, c.new.count + 1, sizeof *c.added);
    compare(arena, &c);
    (void)fprintf(stream, "--- %s\n+++ %s (formatted)\n", name, name);
    print_hunks(stream, &c);
}
