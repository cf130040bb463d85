/* The words are those of `woapol explain --request --format json`. */
#include "compiler/serve/accounts.h"

static const struct {
    uint32_t bit;
    const char *word;
} facts[] = {
    {WOAPOL_BY_ADDRESS, "ip"}, {WOAPOL_BY_DEVICE, "device"},         {WOAPOL_BY_POSTURE, "posture"},
    {WOAPOL_BY_APP, "app"},    {WOAPOL_BY_PERSON, "groups or user"},
};

static const char *const truths[] = {
    [WOAPOL_FALSE] = "no", [WOAPOL_TRUE] = "yes", [WOAPOL_UNKNOWN] = "unknown"};

static const char *
fate_of(const struct woapol_account *account)
{
    if (account->is_report)
        return account->truth == WOAPOL_TRUE ? "reported" : "not reported";
    return account->truth == WOAPOL_FALSE ? "passed over" : "decides";
}

static void
write_against(struct wp_json_text *text, uint32_t against)
{
    bool has_one = false;
    wp_json_puts(text, ",\"against\":[");
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        if ((against & facts[i].bit) == 0)
            continue;
        wp_json_puts(text, has_one ? ",\"" : "\"");
        wp_json_puts(text, facts[i].word);
        wp_json_puts(text, "\"");
        has_one = true;
    }
    wp_json_puts(text, "]}");
}

static void
write_account(struct wp_json_text *text, const struct woapol_image *image,
              const struct woapol_account *account)
{
    size_t length = 0;
    const char *name = woapol_name(image, WOAPOL_RULE, account->rule, &length);
    wp_json_puts(text, "{\"rule\":");
    wp_json_string(text, name == NULL ? "" : name, length);
    wp_json_puts(text, account->is_report ? ",\"report\":true" : ",\"report\":false");
    wp_json_puts(text, ",\"holds\":\"");
    wp_json_puts(text, truths[account->truth]);
    wp_json_puts(text, "\",\"fate\":\"");
    wp_json_puts(text, fate_of(account));
    wp_json_puts(text, "\"");
    write_against(text, account->against);
}

void
wp_accounts_write(struct wp_json_text *text, const struct woapol_image *image,
                  const struct woapol_account *accounts, size_t count)
{
    wp_json_puts(text, ",\"rules\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            wp_json_puts(text, ",");
        write_account(text, image, &accounts[i]);
    }
    wp_json_puts(text, "]");
}
