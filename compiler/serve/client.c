/* Addresses and facts from header fields. */
#include "compiler/serve/client.h"

#include <string.h>

#include "compiler/serve/http_head.h"

void
wp_client_forwarded(struct wp_forwarded *forwarded, struct woapol_text value)
{
    if (forwarded->count < WP_FORWARDED_MAX)
        forwarded->values[forwarded->count] = value;
    forwarded->count++;
}

void
wp_client_field(const struct wp_serve_settings *settings, struct wp_fact_set *set,
                struct wp_forwarded *forwarded, bool is_trusted, const struct wp_http_field *field)
{
    const struct woapol_text *name = &settings->address_field;
    if (wp_http_name_is(field->name, name->text, name->length)) {
        wp_client_forwarded(forwarded, field->value);
        return;
    }
    for (unsigned i = 0; is_trusted && i < WP_FACT_COUNT; i++) {
        name = &settings->fact_fields[i];
        if (name->text != NULL && wp_http_name_is(field->name, name->text, name->length))
            wp_facts_give(set, (enum wp_fact)i, field->value);
    }
}

bool
wp_is_trusted(const struct wp_serve_settings *settings, const struct woapol_address *address)
{
    for (size_t i = 0; i < settings->trusted_count; i++)
        if (woapol_prefix_holds(&settings->trusted[i], address))
            return true;
    return false;
}

void
wp_normalise_address(struct woapol_address *address)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address->family != 6 || memcmp(address->bytes, mapped, sizeof mapped) != 0)
        return;
    memmove(address->bytes, address->bytes + 12, 4);
    memset(address->bytes + 4, 0, 12);
    address->family = 4;
}

/* Who stands at the other end of a unix socket has no address, so it gets one
 * that nobody else has, and that is trusted: the walk begins with the header. */
static bool
walk_from_socket(const struct wp_serve_settings *settings, const struct wp_forwarded *forwarded,
                 struct woapol_address *client)
{
    static const struct woapol_address nobody = {.family = 6};
    struct woapol_prefix trusted[WP_TRUSTED_MAX + 1];
    size_t count = settings->trusted_count;
    if (count > 0)
        memcpy(trusted, settings->trusted, count * sizeof *trusted);
    trusted[count] = (struct woapol_prefix){.address = nobody, .length = 128};
    return woapol_client_address(trusted, count + 1, &nobody, settings->address_kind,
                                 forwarded->values, forwarded->count, client) &&
           memcmp(client, &nobody, sizeof nobody) != 0;
}

void
wp_client_address(const struct wp_serve_settings *settings, struct wp_fact_set *set,
                  const struct wp_forwarded *forwarded, const struct woapol_address *peer,
                  bool is_unix, bool is_trusted)
{
    struct woapol_address client = {.family = 0};
    bool is_known;
    if (!is_trusted) {
        wp_facts_give_address(set, peer->bytes, peer->family);
        return;
    }
    if (forwarded->count == 0) {
        set->facts.error = "a trusted proxy sent no address of the client";
        return;
    }
    if (forwarded->count > WP_FORWARDED_MAX)
        is_known = false;
    else if (is_unix)
        is_known = walk_from_socket(settings, forwarded, &client);
    else
        is_known = woapol_client_address(settings->trusted, settings->trusted_count, peer,
                                         settings->address_kind, forwarded->values,
                                         forwarded->count, &client);
    if (is_known)
        wp_facts_give_address(set, client.bytes, client.family);
    else
        set->facts.error = "the address that a trusted proxy sent cannot be read";
}
