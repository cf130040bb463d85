/* The door through which a push's calls leave. */
#include <stdio.h>
#include <string.h>

#include "compiler/emit/push.h"
#include "compiler/emit/transport_parts.h"

static bool
send_request(void *context, const struct wp_http_request *request, struct wp_http_answer *answer,
             struct wp_problem *problem)
{
    return wp_transport_send(context, request, answer, problem);
}

static void
complain(void *context, const struct wp_http_request *request, const struct wp_http_answer *answer,
         struct wp_problem *problem)
{
    const struct wp_transport *transport = context;
    char place[300];

    (void)snprintf(place, sizeof place, "%s %s%.*s", request->method, transport->base,
                   (int)strcspn(request->path, "?"), request->path);
    (void)wp_transport_complain(transport, place, answer, problem);
}

struct wp_writer
wp_transport_writer(struct wp_transport *transport)
{
    return (struct wp_writer){.send = send_request, .complain = complain, .context = transport};
}
