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

/* What is asked, as those who embed the library have it: from names, the facts; for
 * people who are bound, who they are and a request in the image's numbers. */
struct subject {
    struct wp_request_facts facts[MOST];
    struct woapol_request requests[MOST];
    struct woapol_principal *principals[MOST];
    struct woapol_decision decisions[MOST];
    size_t count;
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

static void
read_requests(const struct woapol_image *image, char *text, size_t size, struct subject *s)
{
    const size_t principal = (woapol_principal_size(image) + 63) / 64 * 64;
    char *memory = aligned_alloc(64, principal * MOST);
    if (memory == NULL)
        fail("no memory");
    for (char *line = text, *end;
         s->count < MOST && (end = memchr(line, '\n', (size_t)(text + size - line)));
         line = end + 1) {
        struct wp_request_facts *facts = &s->facts[s->count];
        struct wp_request_reader *reader = wp_request_reader_new(); /* keeps what facts point to */
        if (reader == NULL || !wp_request_read(reader, line, (size_t)(end - line), facts))
            fail("a request cannot be read");
        const struct woapol_identity who = {.groups = facts->groups,
                                            .group_count = facts->group_count};
        wp_fill_request(image, facts, &s->requests[s->count]);
        s->principals[s->count] =
            woapol_bind(image, &who, memory + s->count * principal, principal);
        s->count++;
    }
}

static void
decide_by_names(const struct woapol_image *image, const struct wp_request_facts *facts,
                void *memory, size_t size, struct woapol_decision *decision)
{
    const struct woapol_identity who = {.groups = facts->groups, .group_count = facts->group_count};
    struct woapol_request request;
    wp_fill_request(image, facts, &request);
    (void)woapol_decide_once(image, &who, memory, size, &request, decision);
}

static void
measure(const struct woapol_image *image, struct subject *s)
{
    double names[TURNS], bound[TURNS];
    const size_t size = (woapol_principal_size(image) + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size);
    for (int turn = 0; turn < TURNS; turn++) {
        double start = bench_now();
        /* Another request each time: none is answered from memory. */
        for (size_t i = 0, next = (size_t)turn % s->count; i < s->count; i++) {
            woapol_decide(image, s->principals[i], &s->requests[next], &s->decisions[i]);
            next = next + 1 < s->count ? next + 1 : 0;
        }
        bound[turn] = (bench_now() - start) * 1e9 / (double)s->count;
        start = bench_now();
        for (size_t i = 0; i < s->count; i++)
            decide_by_names(image, &s->facts[i], memory, size, &s->decisions[i]);
        names[turn] = (bench_now() - start) * 1e9 / (double)s->count;
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
    static struct subject subject;
    read_requests(&image, text, text_size, &subject);
    measure(&image, &subject);
    FILE *answers = fopen(argv[3], "w");
    if (answers == NULL)
        fail("the answers cannot be written");
    for (size_t i = 0; i < subject.count; i++)
        (void)fprintf(answers, "%d\n", subject.decisions[i].effect == WOAPOL_ALLOW);
    return fclose(answers) == 0 ? 0 : 1;
}
