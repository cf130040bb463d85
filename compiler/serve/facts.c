/* Facts from texts. */
#include "compiler/serve/facts.h"

#include <string.h>

static const char *const names[WP_FACT_COUNT] = {
    [WP_FACT_DEVICE] = "device",   [WP_FACT_APP] = "app",
    [WP_FACT_USER] = "user",       [WP_FACT_ENTRY] = "entry",
    [WP_FACT_GROUPS] = "groups",   [WP_FACT_GROUPS_COMPLETE] = "groups_complete",
    [WP_FACT_MANAGED] = "managed", [WP_FACT_COMPLIANT] = "compliant",
    [WP_FACT_RISK] = "risk",
};

const char *
wp_fact_name(enum wp_fact fact)
{
    return names[fact];
}

static bool
is_word(struct woapol_text text, const char *word)
{
    return text.length == strlen(word) && memcmp(text.text, word, text.length) == 0;
}

bool
wp_fact_by_name(struct woapol_text name, enum wp_fact *fact)
{
    for (unsigned i = 0; i < WP_FACT_COUNT; i++) {
        if (is_word(name, names[i])) {
            *fact = (enum wp_fact)i;
            return true;
        }
    }
    return false;
}

void
wp_facts_clear(struct wp_fact_set *set)
{
    char separator = set->separator;
    set->facts = (struct wp_request_facts){.id = {"null", 4}, .groups = set->groups, .risk = 2};
    set->seen = 0;
    set->separator = separator == '\0' ? ',' : separator;
}

static struct woapol_text
trim(const char *text, size_t length)
{
    while (length > 0 && (text[0] == ' ' || text[0] == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return (struct woapol_text){text, length};
}

static void
add_groups(struct wp_fact_set *set, struct woapol_text list)
{
    for (size_t start = 0; start <= list.length;) {
        const char *from = list.text + start;
        const char *end = memchr(from, set->separator, list.length - start);
        size_t length = end == NULL ? list.length - start : (size_t)(end - from);
        struct woapol_text group = trim(from, length);
        start += length + 1;
        if (group.length == 0)
            continue;
        if (set->facts.group_count == WP_FACT_GROUPS_MAX) {
            set->facts.groups_incomplete = true;
            return;
        }
        set->groups[set->facts.group_count++] = group;
    }
}

static bool
read_bool(struct woapol_text text, bool *value)
{
    static const char *const words[][4] = {{"false", "no", "0", "off"}, {"true", "yes", "1", "on"}};
    for (size_t i = 0; i < 8; i++) {
        if (is_word(text, words[i / 4][i % 4])) {
            *value = i / 4 == 1;
            return true;
        }
    }
    return false;
}

static bool
read_risk(struct woapol_text text, uint8_t *risk)
{
    static const char *const words[] = {"low", "medium", "high"};
    for (uint8_t i = 0; i < 3; i++) {
        if (is_word(text, words[i])) {
            *risk = i;
            return true;
        }
    }
    return false;
}

void
wp_facts_give_bool(struct wp_fact_set *set, enum wp_fact fact, bool value)
{
    if ((set->seen & 1u << fact) != 0) {
        set->facts.error = "a fact is given twice";
        return;
    }
    set->seen |= 1u << fact;
    if (fact == WP_FACT_MANAGED)
        set->facts.managed = value;
    else if (fact == WP_FACT_COMPLIANT)
        set->facts.compliant = value;
    else if (fact == WP_FACT_GROUPS_COMPLETE)
        set->facts.groups_incomplete |= !value;
    else
        set->facts.error = "a fact that is no yes or no is given as one";
}

void
wp_facts_give_address(struct wp_fact_set *set, const uint8_t *bytes, uint8_t family)
{
    memcpy(set->facts.address, bytes, sizeof set->facts.address);
    set->facts.address_family = family;
}

static void
give_text(struct wp_fact_set *set, enum wp_fact fact, struct woapol_text value)
{
    struct woapol_text *const places[WP_FACT_COUNT] = {[WP_FACT_DEVICE] = &set->facts.device,
                                                       [WP_FACT_APP] = &set->facts.app,
                                                       [WP_FACT_USER] = &set->facts.user,
                                                       [WP_FACT_ENTRY] = &set->facts.entry};
    *places[fact] = value;
}

void
wp_facts_give(struct wp_fact_set *set, enum wp_fact fact, struct woapol_text value)
{
    bool yes;
    value = trim(value.text, value.length);
    if (value.length == 0)
        return;
    switch (fact) {
    case WP_FACT_GROUPS:
        add_groups(set, value);
        return;
    case WP_FACT_MANAGED:
    case WP_FACT_COMPLIANT:
    case WP_FACT_GROUPS_COMPLETE:
        if (read_bool(value, &yes))
            wp_facts_give_bool(set, fact, yes);
        else
            set->facts.error = "a yes or no is neither";
        return;
    case WP_FACT_DEVICE:
    case WP_FACT_APP:
    case WP_FACT_USER:
    case WP_FACT_ENTRY:
    case WP_FACT_RISK:
    case WP_FACT_COUNT:
        break;
    }
    if ((set->seen & 1u << fact) != 0)
        set->facts.error = "a fact is given twice";
    set->seen |= 1u << fact;
    if (fact != WP_FACT_RISK)
        give_text(set, fact, value);
    else if (!read_risk(value, &set->facts.risk))
        set->facts.error = "the risk is none of low, medium and high";
}
