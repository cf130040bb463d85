/*
 * Workspace ONE Access as a SAML identity provider of Okta: what its metadata says, or
 * the source in its place. The file with the metadata lies beside the source.
 */
#ifndef WP_EMIT_OKTA_PROVIDER_H
#define WP_EMIT_OKTA_PROVIDER_H

#include "compiler/emit/okta/desire.h"

struct wp_okta_provider {
    const char *issuer;
    const char *sso;         /* for HTTP-POST */
    const char *certificate; /* base64 of the DER, in one line */
    const char *next;        /* one that is to follow it, or NULL */
};

/* Reads a block `workspace_one`. False with a finding at its place when something is
 * missing, or the certificate is not one to trust. */
bool wp_okta_provider_read(struct wp_desire *desire, const struct wp_attribute *block,
                           struct wp_okta_provider *provider);

/* What keeps a certificate in base64 from being trusted at that time ("has expired"), or
 * NULL. */
const char *wp_okta_certificate_fault(const char *base64, int64_t now);

#endif
