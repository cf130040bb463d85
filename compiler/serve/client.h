/* Who the client of a proxy is, and what the proxy says of it. */
#ifndef WP_SERVE_CLIENT_H
#define WP_SERVE_CLIENT_H

#include "compiler/serve/facts.h"
#include "compiler/serve/settings.h"

/* As many lines of the field with the address are looked at; more are an error. */
#define WP_FORWARDED_MAX 16

/* The lines of a request's address field, as they come in. */
struct wp_forwarded {
    struct woapol_text values[WP_FORWARDED_MAX];
    size_t count; /* may be larger than what was kept */
};

/* A field of a request from a trusted peer: an address line, a fact, or nothing. */
void wp_client_field(const struct wp_serve_settings *settings, struct wp_fact_set *set,
                     struct wp_forwarded *forwarded, struct woapol_text name,
                     struct woapol_text value);

/*
 * Settles the address. A peer that is not trusted is the client itself. From one
 * that is, a request without an address, or with one that cannot be read, is in
 * error: whose address it would be otherwise is the proxy's.
 */
void wp_client_address(const struct wp_serve_settings *settings, struct wp_fact_set *set,
                       const struct wp_forwarded *forwarded, const struct woapol_address *peer,
                       bool is_unix, bool is_trusted);

#endif
