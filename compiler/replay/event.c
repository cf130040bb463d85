/* Facts from their texts, whatever log they come from. */
#include "compiler/replay/event.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "compiler/replay/clock.h"

void
wp_event_begin(struct wp_filling *filling)
{
    *filling->event = (struct wp_event){
        .facts = {.id = {"null", 4}, .groups = filling->groups, .risk = 2}, .time = WP_NO_TIME};
    filling->skip = WP_SKIP_NOT;
}

static void
fail(struct wp_filling *filling, enum wp_skip skip)
{
    if (filling->skip == WP_SKIP_NOT)
        filling->skip = skip;
}

const char *
wp_find_word(struct woapol_text text, const char *word)
{
    size_t length = strlen(word);
    int first = tolower((unsigned char)*word);
    for (size_t i = 0; i + length <= text.length; i++)
        if (tolower((unsigned char)text.text[i]) == first &&
            strncasecmp(text.text + i, word, length) == 0)
            return text.text + i;
    return NULL;
}

bool
wp_read_truth(struct woapol_text text, bool *value)
{
    static const char *const yes[] = {"true", "yes", "1", "managed", "compliant", "y"};
    static const char *const no[] = {"false",     "no",           "0", "not managed",
                                     "unmanaged", "noncompliant", "n", "not compliant"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (wp_same_word(text, yes[i])) {
            *value = true;
            return true;
        }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (wp_same_word(text, no[i])) {
            *value = false;
            return true;
        }
    return false;
}

static void
set_address(struct wp_filling *filling, struct woapol_text text)
{
    struct wp_request_facts *facts = &filling->event->facts;
    struct woapol_request request;
    woapol_request_init(&request);
    if (facts->ip.text != NULL)
        return;
    if (!woapol_set_address(&request, text.text, text.length)) {
        fail(filling, memchr(text.text, '/', text.length) ? WP_SKIP_MASKED : WP_SKIP_ADDRESS);
        return;
    }
    facts->ip = text;
    memcpy(facts->address, request.address, sizeof facts->address);
    facts->address_family = request.address_family;
}

static void
set_risk(struct wp_filling *filling, struct woapol_text text)
{
    static const char *const levels[] = {"low", "medium", "high"};
    for (uint8_t i = 0; i < 3; i++)
        if (wp_same_word(text, levels[i])) {
            filling->event->facts.risk = i;
            return;
        }
    fail(filling, WP_SKIP_VALUE);
}

static void
set_outcome(struct wp_filling *filling, struct woapol_text text)
{
    static const struct {
        const char *word;
        enum wp_logged logged;
    } words[] = {{"deny", WP_LOGGED_DENY},           {"denied", WP_LOGGED_DENY},
                 {"401", WP_LOGGED_CHALLENGE},       {"403", WP_LOGGED_DENY},
                 {"allow", WP_LOGGED_ALLOW},         {"allowed", WP_LOGGED_ALLOW},
                 {"success", WP_LOGGED_ALLOW},       {"200", WP_LOGGED_ALLOW},
                 {"challenge", WP_LOGGED_CHALLENGE}, {"authenticate", WP_LOGGED_CHALLENGE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (wp_same_word(text, words[i].word))
            filling->event->logged = words[i].logged;
}

void
wp_event_add_group(struct wp_filling *filling, struct woapol_text name)
{
    struct wp_event *event = filling->event;
    event->has_groups = true;
    if (event->facts.group_count == WP_RECORD_GROUPS_MAX)
        fail(filling, WP_SKIP_GROUPS);
    else
        filling->groups[event->facts.group_count++] = name;
}

static void
split_groups(struct wp_filling *filling, struct woapol_text text)
{
    while (text.length > 0) {
        const char *end = memchr(text.text, filling->group_separator, text.length);
        size_t length = end == NULL ? text.length : (size_t)(end - text.text);
        struct woapol_text name = {text.text, length};
        while (name.length > 0 && *name.text == ' ') {
            name.text++;
            name.length--;
        }
        while (name.length > 0 && name.text[name.length - 1] == ' ')
            name.length--;
        if (name.length > 0)
            wp_event_add_group(filling, name);
        length += end != NULL;
        text.text += length;
        text.length -= length;
    }
}

static void
set_flag(struct wp_filling *filling, struct woapol_text text, bool *flag)
{
    if (!wp_read_truth(text, flag))
        fail(filling, WP_SKIP_VALUE);
}

static void
set_text(struct woapol_text *to, struct woapol_text text)
{
    if (to->text == NULL)
        *to = text;
}

/* A fact that is a text, or NULL. */
static struct woapol_text *
text_of(struct wp_event *event, enum wp_log_fact fact)
{
    switch (fact) {
    case WP_FACT_USER:
        return &event->facts.user;
    case WP_FACT_DEVICE:
        return &event->facts.device;
    case WP_FACT_AGENT:
        return &event->agent;
    case WP_FACT_PLATFORM:
        return &event->platform;
    case WP_FACT_APP:
        return &event->facts.app;
    case WP_FACT_ENTRY:
        return &event->facts.entry;
    case WP_FACT_POLICY:
        return &event->policy;
    case WP_FACT_RULE:
        return &event->rule;
    case WP_FACT_EVENT:
        return &event->id;
    case WP_FACT_TRANSACTION:
        return &event->transaction;
    default:
        return NULL;
    }
}

void
wp_event_set(struct wp_filling *filling, enum wp_log_fact fact, struct woapol_text text)
{
    struct wp_event *event = filling->event;
    struct wp_request_facts *facts = &event->facts;
    struct woapol_text *to = text_of(event, fact);
    bool complete = true;
    if (text.length == 0)
        return;
    if (to != NULL) {
        set_text(to, text);
    } else if (fact == WP_FACT_TIME) {
        if (event->time == WP_NO_TIME)
            event->time = wp_read_time(text.text, text.length);
    } else if (fact == WP_FACT_IP) {
        set_address(filling, text);
    } else if (fact == WP_FACT_GROUPS) {
        split_groups(filling, text);
    } else if (fact == WP_FACT_COMPLETE) {
        set_flag(filling, text, &complete);
        facts->groups_incomplete = facts->groups_incomplete || !complete;
    } else if (fact == WP_FACT_MANAGED) {
        set_flag(filling, text, &facts->managed);
    } else if (fact == WP_FACT_COMPLIANT) {
        set_flag(filling, text, &facts->compliant);
    } else if (fact == WP_FACT_RISK) {
        set_risk(filling, text);
    } else if (fact == WP_FACT_OUTCOME) {
        set_outcome(filling, text);
    }
}
