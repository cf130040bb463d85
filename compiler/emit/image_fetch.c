/* One GET, with the tag of what is there already. */
#include "compiler/emit/image_fetch.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/emit/credentials_parts.h"
#include "compiler/emit/transport_parts.h"

#define LONGEST_RETRY 3600
#define LONGEST_AUTHORIZATION 8192

struct wp_image_fetch {
    struct wp_transport *transport;
    char *base, *path;
    char *authorization_file; /* NULL: none */
    char *authorization;      /* what is sent; NULL: nothing */
    _Atomic(bool) is_stopped;
};

static bool
is_stopped(void *context)
{
    struct wp_image_fetch *fetch = context;
    return atomic_load_explicit(&fetch->is_stopped, memory_order_relaxed);
}

bool
wp_image_is_url(const char *text)
{
    return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

/* The address and the path within it, which may have a query. */
static bool
split(struct wp_image_fetch *fetch, const char *url, struct wp_problem *problem)
{
    const char *host = strstr(url, "://");
    if (strchr(url, '#') != NULL || host == NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "“%.200s” is no address of an image", url);
    size_t size = (size_t)(host - url) + 3;
    size += strcspn(url + size, "/?");
    if (url[size] != '/')
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "“%.200s” is no address of an image: a path is missing", url);
    fetch->base = strndup(url, size);
    fetch->path = strdup(url + size);
    return (fetch->base != NULL && fetch->path != NULL) ||
           wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
}

/* Printable, in one line; blanks at its ends are not sent. */
static bool
take_authorization(struct wp_image_fetch *fetch, const char *text, const char *from,
                   struct wp_problem *problem)
{
    while (*text == ' ' || *text == '\t')
        text++;
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
        length--;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~')
            length = 0;
    if (length == 0 || length > LONGEST_AUTHORIZATION)
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "%s is no value of an Authorization field, such as “Bearer …” in "
                              "one line",
                              from);
    wp_secret_free(fetch->authorization);
    fetch->authorization = strndup(text, length);
    return fetch->authorization != NULL ||
           wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
}

/* Tokens run out, and their file is written anew. */
static bool
read_authorization(struct wp_image_fetch *fetch, struct wp_problem *problem)
{
    char *text;
    if (fetch->authorization_file == NULL)
        return true;
    if (!wp_secret_file(fetch->authorization_file, LONGEST_AUTHORIZATION, &text, problem))
        return false;
    bool good = take_authorization(fetch, text, fetch->authorization_file, problem);
    wp_secret_free(text);
    return good;
}

static bool
set_authorization(struct wp_image_fetch *fetch, const struct wp_image_fetch_options *options,
                  struct wp_problem *problem)
{
    if (options->authorization_file == NULL)
        return options->authorization == NULL ||
               take_authorization(fetch, options->authorization, "WOAPOL_IMAGE_AUTHORIZATION",
                                  problem);
    fetch->authorization_file = strdup(options->authorization_file);
    if (fetch->authorization_file == NULL)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
    return read_authorization(fetch, problem);
}

struct wp_image_fetch *
wp_image_fetch_new(const struct wp_image_fetch_options *options, struct wp_problem *problem)
{
    struct wp_image_fetch *fetch = calloc(1, sizeof *fetch);
    if (fetch == NULL) {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
        return NULL;
    }
    struct wp_origin origin = {0};
    /* The address as a whole first: a user or password in it must not be shown. */
    bool good = wp_origin_read(&origin, options->url, problem) &&
                split(fetch, options->url, problem) && set_authorization(fetch, options, problem);
    wp_origin_free(&origin);
    if (good) {
        struct wp_transport_options transport = {.url = fetch->base,
                                                 .ca_file = options->ca_file,
                                                 .largest_answer = options->largest,
                                                 .timeout_seconds = options->timeout_seconds,
                                                 .once = true,
                                                 .stopped = is_stopped,
                                                 .stopped_context = fetch};
        fetch->transport = wp_transport_new(&transport, problem);
    }
    if (fetch->transport != NULL)
        return fetch;
    wp_image_fetch_free(fetch);
    return NULL;
}

void
wp_image_fetch_free(struct wp_image_fetch *fetch)
{
    if (fetch == NULL)
        return;
    wp_transport_free(fetch->transport);
    free(fetch->base);
    free(fetch->path);
    free(fetch->authorization_file);
    wp_secret_free(fetch->authorization);
    free(fetch);
}

/* An entity tag as RFC 9110 has it; what is none is not sent back. */
static void
take_tag(struct wp_image_fetch *fetch, struct wp_fetched_image *image)
{
    const char *tag = wp_transport_header(fetch->transport, "ETag");
    size_t length = tag == NULL ? 0 : strlen(tag);
    const char *quoted = tag != NULL && strncmp(tag, "W/", 2) == 0 ? tag + 2 : tag;
    image->tag[0] = '\0';
    if (length == 0 || length >= sizeof image->tag || strlen(quoted) < 2 || quoted[0] != '"' ||
        tag[length - 1] != '"')
        return;
    for (const char *at = quoted; *at != '\0'; at++)
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f)
            return;
    memcpy(image->tag, tag, length + 1);
}

static bool
ask(struct wp_image_fetch *fetch, const char *tag, struct wp_fetched_image *image,
    struct wp_problem *problem)
{
    char place[300];
    struct wp_http_request request = {.method = "GET",
                                      .path = fetch->path,
                                      .accept = "*/*",
                                      .if_none_match = tag,
                                      .authorization = fetch->authorization};
    struct wp_http_answer answer;

    if (!wp_transport_send(fetch->transport, &request, &answer, problem))
        return false;
    if (answer.status == 304 && tag != NULL)
        return true;
    if (answer.status == 200) {
        image->is_new = true;
        image->bytes = answer.body;
        image->size = answer.size;
        take_tag(fetch, image);
        return true;
    }
    int64_t seconds = wp_wire_number(&fetch->transport->wire, "Retry-After");
    if (seconds > 0)
        image->retry_seconds = seconds > LONGEST_RETRY ? LONGEST_RETRY : (unsigned)seconds;
    (void)snprintf(place, sizeof place, "GET %.100s%.*s", fetch->base,
                   (int)strcspn(fetch->path, "?"), fetch->path);
    return wp_transport_complain(fetch->transport, place, &answer, problem);
}

bool
wp_image_fetch_get(struct wp_image_fetch *fetch, const char *tag, struct wp_fetched_image *image,
                   struct wp_problem *problem)
{
    *image = (struct wp_fetched_image){.is_new = false};
    bool good = read_authorization(fetch, problem) && ask(fetch, tag, image, problem);
    if (!good)
        wp_secret_hide(problem->text, fetch->authorization); /* servers repeat what they got */
    return good;
}

void
wp_image_fetch_drop(struct wp_image_fetch *fetch)
{
    wp_wire_drop(&fetch->transport->wire);
}

void
wp_image_fetch_stop(struct wp_image_fetch *fetch)
{
    atomic_store_explicit(&fetch->is_stopped, true, memory_order_relaxed);
}
