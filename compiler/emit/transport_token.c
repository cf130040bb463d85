/* How credentials reach the network: through the transport that asks them. */
#include "compiler/emit/transport_parts.h"

#include <string.h>
#include <time.h>

static int64_t
tenant_now(void *context)
{
    const struct wp_transport *transport = context;
    return (int64_t)time(NULL) + (transport->clock_known ? transport->clock_ahead : 0);
}

static bool
add_line(void *context, const char *name, const char *value)
{
    struct wp_transport *transport = context;
    wp_transport_line(transport, name, value);
    return !transport->out_of_lines;
}

struct token_errand {
    bool (*make)(void *making, struct wp_form *form, struct wp_problem *problem);
    void *making;
};

static bool
prepare_form(void *context, struct wp_transport *transport, struct wp_wire_request *request,
             struct wp_problem *problem)
{
    const struct token_errand *errand = context;
    struct wp_form form = {0};
    if (!errand->make(errand->making, &form, problem))
        return false;
    wp_transport_line(transport, "Accept", "application/json");
    wp_transport_line(transport, "Content-Type", "application/x-www-form-urlencoded");
    if (form.authorization != NULL)
        wp_transport_line(transport, "Authorization", form.authorization);
    if (form.dpop != NULL)
        wp_transport_line(transport, "DPoP", form.dpop);
    request->body = form.body;
    request->body_size = strlen(form.body);
    return true;
}

/* A token that was made twice is one too many, nothing worse: harmless. */
static bool
post_form(void *context, const char *url,
          bool (*make)(void *making, struct wp_form *form, struct wp_problem *problem),
          void *making, struct wp_form_answer *answer, struct wp_problem *problem)
{
    struct wp_transport *transport = context;
    struct token_errand token = {make, making};
    struct wp_errand errand = {.method = "POST",
                               .url = url,
                               .is_harmless = true,
                               .prepare = prepare_form,
                               .context = &token};
    struct wp_http_answer got;
    if (!wp_transport_run(transport, &errand, &got, problem))
        return false;
    *answer = (struct wp_form_answer){.status = got.status,
                                      .body = got.body,
                                      .size = got.size,
                                      .nonce = wp_transport_header(transport, "DPoP-Nonce")};
    return true;
}

bool
wp_transport_authorize(struct wp_transport *transport, const char *method, const char *url,
                       struct wp_problem *problem)
{
    if (transport->options.credentials == NULL)
        return true;
    struct wp_credentials_door door = {.context = transport,
                                       .base = transport->base,
                                       .now = tenant_now,
                                       .post = post_form,
                                       .add_line = add_line};
    return wp_credentials_authorize(transport->options.credentials, &door, method, url, problem);
}
