/* Any bytes as Envoy's CheckRequest. */
#include "compiler/serve/ext_authz.h"

#include <stdlib.h>
#include <string.h>

static const struct woapol_prefix trusted = {.address = {.family = 4}, .length = 0};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wp_fact_set set;
    struct wp_serve_settings settings = {
        .trusted = &trusted, .trusted_count = 1, .address_field = {"x-forwarded-for", 15}};
    for (unsigned i = 0; i < WP_FACT_COUNT; i++)
        settings.fact_fields[i] = (struct woapol_text){wp_fact_name((enum wp_fact)i),
                                                       strlen(wp_fact_name((enum wp_fact)i))};
    char *bytes = malloc(size + 1);
    if (bytes == NULL)
        abort();
    memcpy(bytes, data, size);
    wp_facts_clear(&set);
    wp_check_request_read(&settings, true, bytes, size, &set);
    if (set.facts.group_count > WP_FACT_GROUPS_MAX || set.facts.risk > 2)
        abort();
    for (size_t i = 0; i < set.facts.group_count; i++)
        if (set.groups[i].text < bytes || set.groups[i].text + set.groups[i].length > bytes + size)
            abort();
    free(bytes);
    return 0;
}
