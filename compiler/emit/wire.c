/* One exchange by libcurl, within bounds: what the server sends is counted as it
 * arrives, head and body, and cut off where it goes beyond them. */
#include "compiler/emit/wire.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_HEAD (256u << 10)
#define CONNECT_SECONDS 30

static size_t
take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct wp_wire *wire = context;
    size_t more = size * count;

    if (more > wire->largest - wire->size) {
        wire->is_too_large = true;
        return 0;
    }
    if (wire->size + more + 1 > wire->capacity) {
        size_t capacity = wire->capacity == 0 ? 4096 : wire->capacity;
        while (capacity < wire->size + more + 1)
            capacity *= 2;
        char *body = OPENSSL_clear_realloc(wire->body, wire->capacity, capacity);
        if (body == NULL) {
            wire->is_too_large = true;
            return 0;
        }
        wire->body = body;
        wire->capacity = capacity;
    }
    memcpy(wire->body + wire->size, bytes, more);
    wire->size += more;
    wire->body[wire->size] = '\0';
    return more;
}

static size_t
take_head(char *bytes, size_t size, size_t count, void *context)
{
    struct wp_wire *wire = context;
    (void)bytes;
    wire->head_size += size * count;
    if (wire->head_size > LARGEST_HEAD) {
        wire->is_too_large = true;
        return 0;
    }
    return size * count;
}

static int
watch(void *context, curl_off_t all, curl_off_t done, curl_off_t all_up, curl_off_t done_up)
{
    struct wp_wire *wire = context;
    (void)all;
    (void)done;
    (void)all_up;
    (void)done_up;
    if (wire->stopped != NULL && wire->stopped(wire->stopped_context))
        wire->was_stopped = true;
    return wire->was_stopped;
}

static bool
set_bounds(struct wp_wire *wire, unsigned seconds)
{
    CURL *curl = wire->curl;
    long limit = (long)seconds * 1000;
    long connect = CONNECT_SECONDS * 1000L;
    return curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, limit) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect < limit ? connect : limit) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, wire) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERDATA, wire) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFODATA, wire) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, wire->error) == CURLE_OK;
}

/* What an attacker between us and the tenant, or an environment variable, must
 * not be able to change. */
static bool
set_trust(CURL *curl, const char *scheme, const char *ca_file)
{
    bool plain = strcmp(scheme, "http") == 0;
    bool set =
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, scheme) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "woapol") == CURLE_OK;
    if (set && plain) /* loopback: through no proxy */
        set = curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK;
    if (set && ca_file != NULL)
        set = curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file) == CURLE_OK &&
              curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK;
    return set;
}

bool
wp_wire_init(struct wp_wire *wire, const char *scheme, const char *ca_file, unsigned seconds)
{
    /* Counted by libcurl, which keeps it safe between threads. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return false;
    wire->curl = curl_easy_init();
    if (wire->curl != NULL && set_bounds(wire, seconds) && set_trust(wire->curl, scheme, ca_file))
        return true;
    wp_wire_end(wire);
    return false;
}

void
wp_wire_end(struct wp_wire *wire)
{
    curl_easy_cleanup(wire->curl);
    OPENSSL_clear_free(wire->body, wire->capacity);
    wire->curl = NULL;
    wire->body = NULL;
    curl_global_cleanup();
}

void
wp_wire_drop(struct wp_wire *wire)
{
    OPENSSL_clear_free(wire->body, wire->capacity);
    wire->body = NULL;
    wire->size = wire->capacity = 0;
}

static bool
set_request(const struct wp_wire *wire, const struct wp_wire_request *request)
{
    CURL *curl = wire->curl;
    curl_off_t largest = (curl_off_t)wire->largest;
    long fresh = request->is_write ? 1 : 0;
    bool set = curl_easy_setopt(curl, CURLOPT_URL, request->url) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_HTTPHEADER, request->lines) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, largest) == CURLE_OK &&
               /* libcurl sends a request anew when a connection that it used before
                * turns out to be dead, and cannot know what became of the first. */
               curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, fresh) == CURLE_OK;
    if (request->body != NULL)
        set = set && curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
              curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size) ==
                  CURLE_OK &&
              curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body) == CURLE_OK;
    else
        set = set && curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    return set && curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK;
}

/* Whether anything went out. Where libcurl is not sure, neither are we. */
static bool
was_anything_sent(CURL *curl)
{
    curl_off_t ready = 0;
    long bytes = 0;
    return curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &ready) != CURLE_OK || ready > 0 ||
           curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &bytes) != CURLE_OK || bytes > 0;
}

/* Failures that come before anything is sent and will come again. */
static bool
is_lasting(CURLcode code)
{
    switch ((int)code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return true;
    default:
        return false;
    }
}

static enum wp_wire_end
judge(struct wp_wire *wire, CURLcode code)
{
    if (wire->is_too_large || code == CURLE_FILESIZE_EXCEEDED)
        return WP_WIRE_TOO_LARGE;
    if (wire->was_stopped)
        return WP_WIRE_STOPPED;
    if (wire->error[0] == '\0')
        snprintf(wire->error, sizeof wire->error, "%s", curl_easy_strerror(code));
    if (is_lasting(code) && !wire->was_sent)
        return WP_WIRE_UNTRUSTED;
    return wire->was_sent ? WP_WIRE_LOST : WP_WIRE_UNREACHABLE;
}

enum wp_wire_end
wp_wire_exchange(struct wp_wire *wire, const struct wp_wire_request *request)
{
    if (wire->body != NULL)
        OPENSSL_cleanse(wire->body, wire->size);
    wire->size = wire->head_size = 0;
    wire->is_too_large = wire->was_stopped = wire->was_sent = false;
    wire->status = 0;
    wire->error[0] = '\0';
    if (!set_request(wire, request)) {
        snprintf(wire->error, sizeof wire->error, "out of memory");
        return WP_WIRE_UNREACHABLE;
    }
    CURLcode code = curl_easy_perform(wire->curl);
    wire->was_sent = was_anything_sent(wire->curl);
    long status = 0;
    (void)curl_easy_getinfo(wire->curl, CURLINFO_RESPONSE_CODE, &status);
    wire->status = status > 0 && status < 1000 ? (unsigned)status : 0;
    /* Neither may outlive the request's memory. */
    (void)curl_easy_setopt(wire->curl, CURLOPT_HTTPHEADER, NULL);
    (void)curl_easy_setopt(wire->curl, CURLOPT_POSTFIELDS, NULL);
    return code == CURLE_OK && wire->status >= 100 ? WP_WIRE_ANSWERED : judge(wire, code);
}

const char *
wp_wire_header(const struct wp_wire *wire, const char *name, size_t index)
{
    struct curl_header *field = NULL;
    if (curl_easy_header(wire->curl, name, index, CURLH_HEADER, -1, &field) != CURLHE_OK)
        return NULL;
    return field->value;
}

int64_t
wp_wire_number(const struct wp_wire *wire, const char *name)
{
    const char *value = wp_wire_header(wire, name, 0);
    return value == NULL ? -1 : wp_header_number(value);
}
