/* Lists that come in pages: followed to their end, if there is one. */
#include "compiler/emit/transport_parts.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A list as a whole may take so many times what one request may wait. */
#define PATIENCE_TIMES 6

struct pages {
    struct wp_transport *transport;
    json_t *items;
    unsigned char (*seen)[SHA256_DIGEST_LENGTH]; /* addresses of the pages so far */
    size_t count, capacity;
    size_t bytes, values; /* how many more may come */
};

/* Notes that the page at `url` is being read. False when it was before, or there
 * is no memory. */
static bool
note_page(struct pages *pages, const char *url)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)url, strlen(url), digest);
    for (size_t i = 0; i < pages->count; i++)
        if (memcmp(pages->seen[i], digest, sizeof digest) == 0)
            return false;
    if (pages->count == pages->capacity) {
        size_t capacity = pages->capacity == 0 ? 16 : pages->capacity * 2;
        void *seen = realloc(pages->seen, capacity * sizeof *pages->seen);
        if (seen == NULL)
            return false;
        pages->seen = seen;
        pages->capacity = capacity;
    }
    memcpy(pages->seen[pages->count++], digest, sizeof digest);
    return true;
}

/* Adds the answer's items to those of the pages before. */
static bool
take_page(struct pages *pages, const char *place, const struct wp_http_answer *answer,
          struct wp_problem *problem)
{
    if (answer->status < 200 || answer->status > 299)
        return wp_transport_complain(pages->transport, place, answer, problem);
    if (answer->size > pages->bytes)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: the list is larger than %zu bytes",
                              place, 4 * pages->transport->options.largest_answer);
    pages->bytes -= answer->size;
    json_t *page = wp_transport_parse(answer, place, &pages->values, problem);
    if (page == NULL)
        return false;
    bool taken = json_is_array(page) && json_array_extend(pages->items, page) == 0;
    json_decref(page);
    return taken ||
           wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: a list was to come, not this", place);
}

/* Sets *next to the next page's address, NULL behind the last one. */
static bool
find_next(const struct pages *pages, const char *place, const char *url, char **next,
          struct wp_problem *problem)
{
    const struct wp_transport *transport = pages->transport;
    const char *field, *target;
    size_t size;

    *next = NULL;
    for (size_t i = 0; (field = wp_wire_header(&transport->wire, "Link", i)) != NULL; i++) {
        if (!wp_header_link(field, "next", &target, &size))
            continue;
        char *link = strndup(target, size);
        if (link != NULL)
            *next = wp_origin_resolve(&transport->origin, url, link);
        free(link);
        return *next != NULL ||
               wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "%s: the next page is said to be at “%.*s”, which is not at %s",
                              place, size > 300 ? 300 : (int)size, target, transport->base);
    }
    return true;
}

static bool
read_page(struct pages *pages, const char *url, char **next, struct wp_problem *problem)
{
    char place[300];
    struct wp_transport *transport = pages->transport;
    struct wp_http_request request = {.method = "GET"};
    struct wp_http_answer answer;
    struct timespec now;

    wp_transport_place(place, sizeof place, "GET", url);
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if ((int64_t)now.tv_sec * 1000 > transport->deadline)
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "%s: the list did not end within %u seconds", place,
                              PATIENCE_TIMES * transport->options.patience_seconds);
    if (pages->count == transport->options.most_pages)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: the list has more than %u pages",
                              place, transport->options.most_pages);
    if (!note_page(pages, url))
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "%s: the list's pages lead back to one that was read", place);
    return wp_transport_send_url(transport, url, &request, &answer, problem) &&
           take_page(pages, place, &answer, problem) && find_next(pages, place, url, next, problem);
}

bool
wp_transport_list(struct wp_transport *transport, const char *path, json_t **array,
                  struct wp_problem *problem)
{
    struct pages pages = {.transport = transport,
                          .items = json_array(),
                          .bytes = 4 * transport->options.largest_answer,
                          .values = WP_MOST_VALUES};
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    transport->deadline = (int64_t)now.tv_sec * 1000 +
                          (int64_t)PATIENCE_TIMES * 1000 * transport->options.patience_seconds;

    char *url = curl_maprintf("%s%s", transport->base, path);
    bool done = false, read = url != NULL && pages.items != NULL;
    if (!read)
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
    while (read && !done) {
        char *next = NULL;
        read = read_page(&pages, url, &next, problem);
        curl_free(url);
        url = next;
        done = next == NULL;
    }
    curl_free(url);
    free(pages.seen);
    transport->deadline = 0;
    if (!read) {
        json_decref(pages.items);
        pages.items = NULL;
    }
    *array = pages.items;
    return read || wp_transport_failed(transport, problem);
}
