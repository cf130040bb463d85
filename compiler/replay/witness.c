#include "compiler/replay/witness.h"

#include <string.h>

#include "compiler/decide/json_text.h"
#include "compiler/serve/mask.h"

static void
put(struct wp_json_text *text, const char *key, struct woapol_text value)
{
    if (value.text == NULL)
        return;
    wp_json_puts(text, text->length > 1 ? ",\"" : "\"");
    wp_json_puts(text, key);
    wp_json_puts(text, "\":");
    wp_json_string(text, value.text, value.length);
}

static void
put_flag(struct wp_json_text *text, const char *key, bool value)
{
    wp_json_puts(text, text->length > 1 ? ",\"" : "\"");
    wp_json_puts(text, key);
    wp_json_puts(text, value ? "\":true" : "\":false");
}

static void
put_who(struct wp_json_text *text, const unsigned char *key, const struct wp_request_facts *facts)
{
    char address[WP_MASKED_ADDRESS_MAX], user[WP_MASKED_USER_SIZE];
    wp_mask_address(facts->address, facts->address_family, key == NULL, address);
    if (address[0] != '\0')
        put(text, "ip", (struct woapol_text){address, strlen(address)});
    if (facts->user.text != NULL && key != NULL) {
        wp_mask_user(key, facts->user, user);
        put(text, "user", (struct woapol_text){user, strlen(user)});
    } else {
        put(text, "user", facts->user);
    }
}

char *
wp_write_witness(void *key, const struct wp_event *event)
{
    static const char *const risks[] = {"low", "medium", "high"};
    const struct wp_request_facts *facts = &event->facts;
    struct wp_json_text text = {0};
    wp_json_puts(&text, "{");
    put_who(&text, key, facts);
    put(&text, "device", facts->device);
    put(&text, "app", event->app_name);
    put(&text, "entry", facts->entry);
    wp_json_puts(&text, text.length > 1 ? ",\"groups\":[" : "\"groups\":[");
    for (size_t i = 0; i < facts->group_count; i++) {
        if (i > 0)
            wp_json_puts(&text, ",");
        wp_json_string(&text, facts->groups[i].text, facts->groups[i].length);
    }
    wp_json_puts(&text, "]");
    if (facts->groups_incomplete)
        put_flag(&text, "groups_complete", false);
    put_flag(&text, "managed", facts->managed);
    put_flag(&text, "compliant", facts->compliant);
    put(&text, "risk", (struct woapol_text){risks[facts->risk], strlen(risks[facts->risk])});
    wp_json_put(&text, "}", 2);
    if (!text.failed)
        return text.bytes;
    wp_json_text_free(&text);
    return NULL;
}
