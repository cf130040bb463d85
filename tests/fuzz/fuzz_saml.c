/* Any bytes as SAML metadata: never a crash, and what is taken keeps the promises
 * of its header. */
#include "compiler/emit/saml.h"

#include <stdlib.h>
#include <string.h>

static void
out_of_memory(void *context)
{
    (void)context;
    abort();
}

static void
check(const struct wp_saml *saml)
{
    if (saml->entity_id[0] == '\0' || saml->sso_count > WP_SAML_MOST ||
        saml->acs_count > WP_SAML_MOST || saml->certificate_count > WP_SAML_MOST)
        abort();
    for (size_t i = 0; i < saml->sso_count; i++)
        if (strncmp(saml->sso[i].url, "http", 4) != 0 || saml->sso[i].binding == NULL)
            abort();
    for (size_t i = 0; i < saml->certificate_count; i++)
        if (saml->certificates[i].bits < 256 || strlen(saml->certificates[i].base64) % 4 != 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wp_arena *arena = wp_arena_new(out_of_memory, NULL);
    struct wp_problem problem = {.kind = WP_PROBLEM_NONE};
    struct wp_saml_options options = {.name = "idp.xml", .now = 1800000000};
    struct wp_saml saml;
    char text[64] = "";

    if (wp_saml_read(arena, data, size, &options, &saml, &problem))
        check(&saml);
    else if (problem.kind == WP_PROBLEM_NONE)
        abort();
    memcpy(text, data, size < sizeof text ? size : sizeof text - 1);
    if (wp_saml_time(text) < -1)
        abort();
    wp_arena_free(arena);
    return 0;
}
