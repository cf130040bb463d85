/* Requests that are sent until they are answered: what is prepared anew for each
 * attempt, how long is waited between two, and what to say when none worked. */
#include "compiler/emit/transport_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define MOST_REDIRECTS 5

/* ---- opening ------------------------------------------------------------------ */

static void
fill_in(struct wp_transport_options *options)
{
    if (options->largest_answer == 0)
        options->largest_answer = 64u << 20;
    if (options->timeout_seconds == 0)
        options->timeout_seconds = 60;
    if (options->patience_seconds == 0)
        options->patience_seconds = 600;
    if (options->most_pages == 0)
        options->most_pages = 10000;
}

/* The address without what follows the host: paths are the requests'. */
static bool
read_base(struct wp_transport *transport, const char *url, struct wp_problem *problem)
{
    if (!wp_origin_read(&transport->origin, url, problem))
        return false;
    const char *rest = strstr(url, "://");
    size_t host = rest == NULL ? 0 : (size_t)(rest - url) + 3;
    size_t size = host + strcspn(url + host, "/?#");
    if (rest == NULL || strspn(url + size, "/") != strlen(url + size))
        return wp_problem_set(problem, WP_PROBLEM_USAGE,
                              "“%.200s”: a tenant's address ends with the host; leave “%.100s” out",
                              url, url + size);
    transport->base = strndup(url, size);
    return transport->base != NULL || wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
}

static bool
is_readable(const char *ca_file, struct wp_problem *problem)
{
    FILE *file = fopen(ca_file, "re");
    if (file == NULL)
        return wp_problem_set(problem, WP_PROBLEM_USAGE, "%.500s: %m", ca_file);
    (void)fclose(file);
    return true;
}

struct wp_transport *
wp_transport_new(const struct wp_transport_options *options, struct wp_problem *problem)
{
    struct wp_transport *transport = calloc(1, sizeof *transport);
    if (transport == NULL) {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
        return NULL;
    }
    transport->options = *options;
    fill_in(&transport->options);
    if ((options->ca_file != NULL && !is_readable(options->ca_file, problem)) ||
        !read_base(transport, options->url, problem)) {
        wp_origin_free(&transport->origin);
        free(transport);
        return NULL;
    }
    struct wp_wire *wire = &transport->wire;
    wire->largest = transport->options.largest_answer;
    wire->stopped = options->stopped;
    wire->stopped_context = options->stopped_context;
    if (!wp_wire_init(wire, transport->origin.scheme, options->ca_file,
                      transport->options.timeout_seconds)) {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "libcurl cannot be set up");
        free(transport->base);
        wp_origin_free(&transport->origin);
        free(transport);
        return NULL;
    }
    transport->options.url = transport->base;
    transport->options.ca_file = NULL; /* libcurl has its own copy */
    return transport;
}

void
wp_transport_free(struct wp_transport *transport)
{
    if (transport == NULL)
        return;
    wp_lines_free(transport->lines);
    wp_wire_end(&transport->wire);
    wp_origin_free(&transport->origin);
    free(transport->base);
    free(transport);
}

/* ---- waiting ------------------------------------------------------------------ */

static double
chance(void)
{
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
        return 0.5;
    return number / 4294967296.0;
}

static bool
is_stopped(const struct wp_transport *transport)
{
    return transport->options.stopped != NULL &&
           transport->options.stopped(transport->options.stopped_context);
}

static int64_t
monotonic(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False when it was stopped meanwhile. */
static bool
pause_for(struct wp_transport *transport, uint64_t milliseconds, const char *why)
{
    const struct wp_transport_options *options = &transport->options;
    unsigned seconds = (unsigned)((milliseconds + 999) / 1000);

    transport->counts.waited_seconds += milliseconds / 1000;
    if (options->notice != NULL)
        options->notice(options->notice_context, why, seconds);
    if (options->pause != NULL) {
        options->pause(options->pause_context, milliseconds);
    } else {
        int64_t end = monotonic() + (int64_t)milliseconds;
        for (int64_t left = end - monotonic(); left > 0 && !is_stopped(transport);
             left = end - monotonic()) {
            long slice = left < 100 ? (long)left : 100;
            (void)nanosleep(&(struct timespec){0, slice * 1000000L}, NULL);
        }
    }
    if (options->notice != NULL)
        options->notice(options->notice_context, why, 0);
    return !is_stopped(transport);
}

/* ---- one attempt after the other ------------------------------------------------ */

void
wp_transport_line(struct wp_transport *transport, const char *name, const char *value)
{
    if (transport->out_of_lines)
        return;
    transport->lines = wp_line_add(transport->lines, name, value);
    transport->out_of_lines = transport->lines == NULL;
}

void
wp_transport_place(char *text, size_t size, const char *method, const char *url)
{
    (void)snprintf(text, size, "%s %.*s", method, (int)strcspn(url, "?#"), url);
}

/* Keeps of the answer what outlives it: the tenant's clock and its name for the
 * request. */
static void
take_note(struct wp_transport *transport)
{
    const char *date = wp_wire_header(&transport->wire, "Date", 0);
    int64_t then = date == NULL ? -1 : wp_header_date(date);
    if (then >= 0) {
        transport->clock_known = true;
        transport->clock_ahead = then - (int64_t)time(NULL);
    }
    static const char *const names[] = {"X-Okta-Request-Id", "X-Request-Id", "X-B3-TraceId"};
    transport->request_id[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *id = wp_wire_header(&transport->wire, names[i], 0);
        if (id != NULL) {
            wp_problem_escape(transport->request_id, sizeof transport->request_id, id, strlen(id));
            if (transport->options.credentials != NULL)
                wp_credentials_hide(transport->options.credentials, transport->request_id);
            return;
        }
    }
}

static struct wp_signs
read_signs(const struct wp_transport *transport, const struct wp_errand *errand,
           enum wp_wire_end end, unsigned attempt)
{
    const struct wp_wire *wire = &transport->wire;
    struct wp_signs signs = {.end = end,
                             .is_harmless = errand->is_harmless,
                             .status = wire->status,
                             .date = -1,
                             .reset = -1,
                             .limit = -1,
                             .remaining = -1,
                             .retry_after = -1,
                             .attempt = attempt,
                             .chance = chance()};
    if (end != WP_WIRE_ANSWERED)
        return signs;
    signs.date = (int64_t)time(NULL) + (transport->clock_known ? transport->clock_ahead : 0);
    signs.reset = wp_wire_number(wire, "X-Rate-Limit-Reset");
    signs.limit = wp_wire_number(wire, "X-Rate-Limit-Limit");
    signs.remaining = wp_wire_number(wire, "X-Rate-Limit-Remaining");
    signs.retry_after = wp_wire_number(wire, "Retry-After");
    const char *after = wp_wire_header(wire, "Retry-After", 0);
    int64_t then = after == NULL ? -1 : wp_header_date(after);
    if (then >= 0)
        signs.retry_after = then > signs.date ? then - signs.date : 0;
    json_t *json = wire->size > 0 && wire->size < 65536
                       ? json_loadb(wire->body, wire->size, JSON_REJECT_DUPLICATES, NULL)
                       : NULL;
    signs.tenant_spoke = json_is_string(json_object_get(json, "errorCode"));
    json_decref(json);
    return signs;
}

/* How long an errand has waited, and what its first answer was called. */
struct patience {
    unsigned attempts;
    uint64_t waited;
    char first_id[WP_ID_SIZE];
};

/* Waits, if another attempt makes sense. False when this one was the last. */
static bool
wait_for_another(struct wp_transport *transport, const struct wp_errand *errand,
                 enum wp_wire_end end, struct patience *patience)
{
    uint64_t wait = 0;
    struct wp_signs signs = read_signs(transport, errand, end, patience->attempts);
    if (transport->options.once || !wp_retry_wait(&signs, &wait) ||
        wait > (uint64_t)transport->options.patience_seconds * 1000 - patience->waited ||
        (transport->deadline != 0 && monotonic() + (int64_t)wait > transport->deadline))
        return false;
    if (patience->first_id[0] == '\0')
        memcpy(patience->first_id, transport->request_id, sizeof patience->first_id);
    patience->waited += wait;
    patience->attempts++;
    transport->counts.retries++;
    return pause_for(transport, wait, wp_retry_reason(&signs));
}

static bool
attempt(struct wp_transport *transport, const struct wp_errand *errand,
        const struct patience *patience, enum wp_wire_end *end, struct wp_problem *problem)
{
    struct wp_wire_request request = {
        .method = errand->method, .url = errand->url, .is_write = !errand->is_harmless};
    transport->out_of_lines = false;
    if (!errand->prepare(errand->context, transport, &request, problem))
        return false;
    wp_transport_line(transport, "Expect", "");
    if (patience->first_id[0] != '\0') {
        char count[16];
        (void)snprintf(count, sizeof count, "%u", patience->attempts);
        wp_transport_line(transport, "X-Okta-Retry-For", patience->first_id);
        wp_transport_line(transport, "X-Okta-Retry-Count", count);
    }
    if (transport->out_of_lines)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
    request.lines = transport->lines;
    transport->counts.requests++;
    *end = wp_wire_exchange(&transport->wire, &request);
    if (*end == WP_WIRE_ANSWERED)
        take_note(transport);
    return true;
}

/* Says why there is no answer. */
static bool
lament(const struct wp_transport *transport, const struct wp_errand *errand, enum wp_wire_end end,
       struct wp_problem *problem)
{
    char place[300];
    const char *why = transport->wire.error;
    bool unsure = transport->wire.was_sent && !errand->is_harmless;
    const char *effect = unsure ? "; whether it took effect is not known" : "";

    wp_transport_place(place, sizeof place, errand->method, errand->url);
    switch (end) {
    case WP_WIRE_UNREACHABLE:
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: cannot be reached: %s", place, why);
    case WP_WIRE_UNTRUSTED:
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "%s: the connection cannot be trusted: %s; if a private authority "
                              "signs for this host, name its certificate with --ca FILE",
                              place, why);
    case WP_WIRE_TOO_LARGE:
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "%s: the answer is larger than %zu bytes, or its head than 256 KiB%s",
                              place, transport->wire.largest, effect);
    case WP_WIRE_STOPPED:
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: stopped%s", place, effect);
    case WP_WIRE_LOST:
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: no whole answer: %s%s", place, why,
                              effect);
    case WP_WIRE_ANSWERED:
        break;
    }
    return false;
}

bool
wp_transport_run(struct wp_transport *transport, const struct wp_errand *errand,
                 struct wp_http_answer *answer, struct wp_problem *problem)
{
    struct patience patience = {0};
    enum wp_wire_end end = WP_WIRE_STOPPED;
    bool ever_lost = false;

    *answer = (struct wp_http_answer){.body = "", .request_id = ""};
    do {
        wp_lines_free(transport->lines);
        transport->lines = NULL;
        bool attempted = attempt(transport, errand, &patience, &end, problem);
        wp_lines_free(transport->lines);
        transport->lines = NULL;
        if (!attempted) {
            answer->was_sent = ever_lost;
            return false;
        }
        ever_lost = ever_lost || (transport->wire.was_sent && end != WP_WIRE_ANSWERED);
    } while (wait_for_another(transport, errand, end, &patience));
    answer->was_sent = transport->wire.was_sent || ever_lost;
    if (end != WP_WIRE_ANSWERED)
        return lament(transport, errand, end, problem);
    answer->status = transport->wire.status;
    answer->body = transport->wire.body == NULL ? "" : transport->wire.body;
    answer->size = transport->wire.size;
    answer->request_id = transport->request_id;
    return true;
}

/* ---- requests ------------------------------------------------------------------- */

/* A request and where it goes. */
struct outgoing {
    const struct wp_http_request *request;
    const char *url;
};

static bool
prepare_request(void *context, struct wp_transport *transport, struct wp_wire_request *wire,
                struct wp_problem *problem)
{
    const struct outgoing *outgoing = context;
    const struct wp_http_request *request = outgoing->request;

    if (!wp_transport_authorize(transport, request->method, outgoing->url, problem))
        return false;
    wp_transport_line(transport, "Accept",
                      request->accept == NULL ? "application/json" : request->accept);
    bool bodiless = request->body == NULL && strcmp(request->method, "GET") != 0 &&
                    strcmp(request->method, "DELETE") != 0;
    if (request->body != NULL)
        wp_transport_line(transport, "Content-Type",
                          request->content_type == NULL ? "application/json"
                                                        : request->content_type);
    if (request->if_none_match != NULL)
        wp_transport_line(transport, "If-None-Match", request->if_none_match);
    if (request->authorization != NULL && transport->options.credentials == NULL)
        wp_transport_line(transport, "Authorization", request->authorization);
    /* A POST without a body says so, or servers wait for one. */
    wire->body = bodiless ? "" : request->body;
    wire->body_size = request->body == NULL ? 0 : request->body_size;
    return true;
}

static bool
is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Sends, and once more with fresh credentials when only they were at fault. */
static bool
send_once(struct wp_transport *transport, const struct outgoing *outgoing,
          struct wp_http_answer *answer, struct wp_problem *problem)
{
    struct wp_errand errand = {.method = outgoing->request->method,
                               .url = outgoing->url,
                               .is_harmless = strcmp(outgoing->request->method, "GET") == 0,
                               .prepare = prepare_request,
                               .context = (void *)(uintptr_t)outgoing};
    if (!wp_transport_run(transport, &errand, answer, problem))
        return false;
    if (answer->status != 401 || transport->options.credentials == NULL ||
        !wp_credentials_refused(transport->options.credentials, answer->status,
                                wp_transport_header(transport, "WWW-Authenticate"),
                                wp_transport_header(transport, "DPoP-Nonce")))
        return true;
    transport->counts.retries++;
    return wp_transport_run(transport, &errand, answer, problem);
}

/* Where a redirect leads, if it may be followed; the caller frees it. */
static char *
follow(const struct wp_transport *transport, const char *url)
{
    const char *location = wp_transport_header(transport, "Location");
    return location == NULL ? NULL : wp_origin_resolve(&transport->origin, url, location);
}

bool
wp_transport_send_url(struct wp_transport *transport, const char *url,
                      const struct wp_http_request *request, struct wp_http_answer *answer,
                      struct wp_problem *problem)
{
    struct outgoing outgoing = {request, url};
    char *next = NULL;
    bool sent = false;

    for (unsigned i = 0;; i++) {
        sent = send_once(transport, &outgoing, answer, problem);
        if (!sent || !is_redirect(answer->status) || strcmp(request->method, "GET") != 0 ||
            i == MOST_REDIRECTS)
            break;
        char *found = follow(transport, outgoing.url);
        if (found == NULL)
            break;
        curl_free(next);
        next = found;
        outgoing.url = next;
    }
    curl_free(next);
    return sent;
}

bool
wp_transport_send(struct wp_transport *transport, const struct wp_http_request *request,
                  struct wp_http_answer *answer, struct wp_problem *problem)
{
    *answer = (struct wp_http_answer){.body = "", .request_id = ""};
    bool is_search = request->asks && strcmp(request->method, "POST") == 0;
    if (transport->options.read_only && strcmp(request->method, "GET") != 0 && !is_search)
        return wp_problem_set(problem, WP_PROBLEM_REFUSED,
                              "%s %s would write, and this command only reads", request->method,
                              request->path);
    for (const char *at = request->path; *at != '\0'; at++)
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f || *at == '#')
            return wp_problem_set(problem, WP_PROBLEM_FAILED,
                                  "“%.200s” is no path: it must be escaped", request->path);
    if (request->path[0] != '/')
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "“%.200s” is no path: it begins with “/”",
                              request->path);
    char *url = curl_maprintf("%s%s", transport->base, request->path);
    if (url == NULL)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "out of memory");
    bool sent = wp_transport_send_url(transport, url, request, answer, problem);
    curl_free(url);
    return sent || wp_transport_failed(transport, problem);
}

bool
wp_transport_failed(const struct wp_transport *transport, struct wp_problem *problem)
{
    if (transport->options.credentials != NULL)
        wp_credentials_hide(transport->options.credentials, problem->text);
    return false;
}

const char *
wp_transport_header(const struct wp_transport *transport, const char *name)
{
    return wp_wire_header(&transport->wire, name, 0);
}

struct wp_transport_counts
wp_transport_counts(const struct wp_transport *transport)
{
    return transport->counts;
}
