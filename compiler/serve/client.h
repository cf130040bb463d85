/* Who the client of a proxy is, and what the proxy says of it. */
#ifndef WP_SERVE_CLIENT_H
#define WP_SERVE_CLIENT_H

#include "compiler/serve/facts.h"
#include "compiler/serve/http_head.h"
#include "compiler/serve/settings.h"

/* As many lines of the field with the address are looked at; more are an error. */
#define WP_FORWARDED_MAX 16

/* The lines of a request's address field, as they come in. */
struct wp_forwarded {
    struct woapol_text values[WP_FORWARDED_MAX];
    size_t count; /* may be larger than what was kept */
};

/* A line of the address field. */
void wp_client_forwarded(struct wp_forwarded *forwarded, struct woapol_text value);

/* A field of a request: an address line, a fact, or nothing. A fact counts only
 * when the peer is trusted. */
void wp_client_field(const struct wp_serve_settings *settings, struct wp_fact_set *set,
                     struct wp_forwarded *forwarded, bool is_trusted,
                     const struct wp_http_field *field);

/* Whether an address is a trusted proxy's. */
bool wp_is_trusted(const struct wp_serve_settings *settings, const struct woapol_address *address);

/* An IPv4-mapped IPv6 address becomes the IPv4 address that it is. */
void wp_normalise_address(struct woapol_address *address);

/*
 * Settles the address. A peer that is not trusted is the client itself. From one
 * that is, a request without an address, or with one that cannot be read, is in
 * error: whose address it would be otherwise is the proxy's.
 */
void wp_client_address(const struct wp_serve_settings *settings, struct wp_fact_set *set,
                       const struct wp_forwarded *forwarded, const struct woapol_address *peer,
                       bool is_unix, bool is_trusted);

#endif
