/*
 * Decides every request of a file, by an image: peers IMAGE REQUESTS ANSWERS.
 * Writes a line a request, 1 for allow, and prints two times, ns a decision: from
 * names (groups, device) to the decision, and for people who are bound.
 */
#include "bench/record.h"
#include "compiler/decide/decide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4096, TURNS = 51 };

struct asked {
    struct wp_request_facts facts;
    struct woapol_text groups[8];
    struct woapol_request request;
    struct woapol_principal *principal;
    struct woapol_decision decision;
};

static void
fail(const char *what)
{
    (void)fprintf(stderr, "peers: %s\n", what);
    exit(1);
}

/* A whole file, at a multiple of 64, with room behind it. */
static char *
read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    const size_t room = (size_t)64 << 20;
    char *bytes = aligned_alloc(64, room);
    if (file == NULL || bytes == NULL)
        fail("a file cannot be read");
    *size = fread(bytes, 1, room - WP_REQUEST_PADDING, file);
    (void)fclose(file);
    return bytes;
}

static size_t
read_requests(const struct woapol_image *image, char *text, size_t size, struct asked *asked)
{
    size_t count = 0;
    for (char *line = text, *end;
         count < MOST && (end = memchr(line, '\n', (size_t)(text + size - line))) != NULL;
         line = end + 1) {
        struct asked *a = &asked[count++];
        struct wp_request_reader *reader = wp_request_reader_new(); /* keeps what facts point to */
        if (reader == NULL || !wp_request_read(reader, line, (size_t)(end - line), &a->facts) ||
            a->facts.group_count > 8)
            fail("a request cannot be read");
        const size_t principal = woapol_principal_size(image);
        void *memory = aligned_alloc(64, (principal + 63) / 64 * 64);
        const struct woapol_identity who = {.groups = a->facts.groups,
                                            .group_count = a->facts.group_count};
        wp_fill_request(image, &a->facts, &a->request);
        a->principal = woapol_bind(image, &who, memory, principal);
    }
    return count;
}

static void
decide_by_names(const struct woapol_image *image, struct asked *a, void *memory, size_t size)
{
    const struct woapol_identity who = {.groups = a->facts.groups,
                                        .group_count = a->facts.group_count};
    struct woapol_request request;
    wp_fill_request(image, &a->facts, &request);
    (void)woapol_decide_once(image, &who, memory, size, &request, &a->decision);
}

static void
measure(const struct woapol_image *image, struct asked *asked, size_t count)
{
    double names[TURNS], bound[TURNS];
    const size_t size = (woapol_principal_size(image) + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size);
    for (int turn = 0; turn < TURNS; turn++) {
        double start = bench_now();
        /* Another request each time: none is answered from memory. */
        for (size_t i = 0; i < count; i++)
            woapol_decide(image, asked[i].principal, &asked[(i + (size_t)turn) % count].request,
                          &asked[i].decision);
        bound[turn] = (bench_now() - start) * 1e9 / (double)count;
        start = bench_now();
        for (size_t i = 0; i < count; i++)
            decide_by_names(image, &asked[i], memory, size);
        names[turn] = (bench_now() - start) * 1e9 / (double)count;
    }
    printf("%.2f %.2f\n", bench_median(names, TURNS), bench_median(bound, TURNS));
    free(memory);
}

int
main(int argc, char **argv)
{
    size_t image_size, text_size;
    struct woapol_image image;
    if (argc != 4)
        return 64;
    char *bytes = read_file(argv[1], &image_size), *text = read_file(argv[2], &text_size);
    if (woapol_open(&image, bytes, image_size, NULL, NULL) != WOAPOL_OK)
        fail("the image is refused");
    struct asked *asked = calloc(MOST, sizeof *asked);
    if (asked == NULL)
        fail("out of memory");
    const size_t count = read_requests(&image, text, text_size, asked);
    measure(&image, asked, count);
    FILE *answers = fopen(argv[3], "w");
    if (answers == NULL)
        fail("the answers cannot be written");
    for (size_t i = 0; i < count; i++)
        (void)fprintf(answers, "%d\n", asked[i].decision.effect == WOAPOL_ALLOW);
    return fclose(answers) == 0 ? 0 : 1;
}
