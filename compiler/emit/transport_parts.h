/* The transport's parts, for transport*.c alone. */
#ifndef WP_EMIT_TRANSPORT_PARTS_H
#define WP_EMIT_TRANSPORT_PARTS_H

#include "compiler/emit/credentials.h"
#include "compiler/emit/transport.h"
#include "compiler/emit/wire.h"

#define WP_ID_SIZE 129

struct wp_transport {
    struct wp_transport_options options; /* url is `base`, limits are filled in */
    struct wp_origin origin;
    char *base; /* without a "/" at its end */
    struct wp_wire wire;
    struct wp_transport_counts counts;
    struct curl_slist *lines; /* of the request that is being prepared */
    bool out_of_lines;        /* one of them could not be added */
    bool clock_known;
    int64_t clock_ahead; /* the tenant's clock minus ours, seconds */
    char request_id[WP_ID_SIZE];
    int64_t deadline; /* of a list as a whole, monotonic milliseconds; 0: none */
};

/* Something to be sent until it is answered. */
struct wp_errand {
    const char *method, *url;
    bool is_harmless; /* doing it twice does no harm */
    /* Fills in lines and body for one attempt. */
    bool (*prepare)(void *context, struct wp_transport *transport, struct wp_wire_request *request,
                    struct wp_problem *problem);
    void *context;
};

bool wp_transport_run(struct wp_transport *transport, const struct wp_errand *errand,
                      struct wp_http_answer *answer, struct wp_problem *problem);

/* As wp_transport_send, for a URL that is within the origin. */
bool wp_transport_send_url(struct wp_transport *transport, const char *url,
                           const struct wp_http_request *request, struct wp_http_answer *answer,
                           struct wp_problem *problem);

void wp_transport_line(struct wp_transport *transport, const char *name, const char *value);

/* Takes secrets out of the problem, whoever brought them in; false, for return. */
bool wp_transport_failed(const struct wp_transport *transport, struct wp_problem *problem);

/* "GET https://acme.okta.com/api/v1/zones": for people, without a query. */
void wp_transport_place(char *text, size_t size, const char *method, const char *url);

/* The credentials' lines for one attempt. */
bool wp_transport_authorize(struct wp_transport *transport, const char *method, const char *url,
                            struct wp_problem *problem);

/* Parses an answer within bounds of memory. `budget` is how many values it may
 * hold, and what is left of that. */
#define WP_MOST_VALUES 2000000u
json_t *wp_transport_parse(const struct wp_http_answer *answer, const char *place, size_t *budget,
                           struct wp_problem *problem);

/* Sets the problem that an answer of a status other than 2xx is. */
bool wp_transport_complain(const struct wp_transport *transport, const char *place,
                           const struct wp_http_answer *answer, struct wp_problem *problem);

/* ---- trying again ----------------------------------------------------------- */

/* What there is to know about an attempt that did not end well. -1: not said. */
struct wp_signs {
    enum wp_wire_end end;
    bool is_harmless;
    unsigned status;
    int64_t date, reset, limit, remaining; /* of rate limits; date in seconds since 1970 */
    int64_t retry_after;                   /* seconds */
    bool tenant_spoke;                     /* the answer has an error of the tenant's own kind */
    unsigned attempt;                      /* how often it was tried before: 0, 1, … */
    double chance;                         /* 0 <= chance < 1 */
};

/* Whether to try again, and after how many milliseconds. */
bool wp_retry_wait(const struct wp_signs *signs, uint64_t *milliseconds);

/* What to call the wait, for people. */
const char *wp_retry_reason(const struct wp_signs *signs);

#endif
