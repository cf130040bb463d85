/* Okta's System Log. Targets are known by their type, never by their place. */
#include <stdlib.h>
#include <string.h>

#include "compiler/decide/json_fields.h"
#include "compiler/replay/readers.h"

enum field {
    EVENT_TYPE,
    PUBLISHED,
    ACTOR,
    ADDRESS,
    SYSTEM,
    AGENT,
    RESULT,
    RISK,
    MANAGED,
    UUID,
    TRANSACTION,
    TARGET,
    TARGET_TYPE,
    TARGET_NAME,
    FIELD_COUNT
};

static const char *const paths[FIELD_COUNT] = {
    [EVENT_TYPE] = "eventType",       [PUBLISHED] = "published",
    [ACTOR] = "actor.alternateId",    [ADDRESS] = "client.ipAddress",
    [SYSTEM] = "client.userAgent.os", [AGENT] = "client.userAgent.rawUserAgent",
    [RESULT] = "outcome.result",      [RISK] = "debugContext.debugData.risk",
    [MANAGED] = "device.managed",     [UUID] = "uuid",
    [TRANSACTION] = "transaction.id", [TARGET] = "target[]",
    [TARGET_TYPE] = "target[].type",  [TARGET_NAME] = "target[].displayName",
};

struct wp_okta_reader {
    struct wp_field_reader *fields;
    struct wp_filling *filling;
    bool is_sign_in;
    struct woapol_text type, name; /* of the target at hand */
};

static void
end_target(struct wp_okta_reader *reader)
{
    struct woapol_text type = reader->type;
    enum wp_log_fact fact = WP_FACT_NONE;
    if (type.text == NULL || reader->name.text == NULL)
        fact = WP_FACT_NONE;
    else if (wp_same_word(type, "AppInstance"))
        fact = WP_FACT_APP;
    else if (wp_same_word(type, "Rule") || wp_same_word(type, "PolicyRule"))
        fact = WP_FACT_RULE;
    else if (wp_same_word(type, "PolicyEntity") || wp_same_word(type, "Policy"))
        fact = WP_FACT_POLICY;
    if (fact != WP_FACT_NONE)
        wp_event_set(reader->filling, fact, reader->name);
    reader->type = reader->name = (struct woapol_text){NULL, 0};
}

/* "{reasons=Anomalous Location, level=MEDIUM}". */
static void
set_risk(struct wp_filling *filling, struct woapol_text text)
{
    static const char *const levels[] = {"low", "medium", "high"};
    const char *at = wp_find_word(text, "level="), *end = text.text + text.length;
    if (at == NULL)
        return;
    for (size_t i = 0; i < 3; i++) {
        struct woapol_text level = {at + 6, strlen(levels[i])};
        if (level.length <= (size_t)(end - level.text) && wp_same_word(level, levels[i]))
            wp_event_set(filling, WP_FACT_RISK, level);
    }
}

/* Nothing more is wanted of an event that is no sign-in. */
static bool
take(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text)
{
    struct wp_okta_reader *reader = context;
    struct wp_filling *filling = reader->filling;
    (void)kind;
    switch ((enum field)field) {
    case EVENT_TYPE:
        reader->is_sign_in = wp_same_word(text, "policy.evaluate_sign_on");
        return reader->is_sign_in;
    case PUBLISHED:
        wp_event_set(filling, WP_FACT_TIME, text);
        break;
    case ACTOR:
        wp_event_set(filling, WP_FACT_USER, text);
        break;
    case ADDRESS:
        wp_event_set(filling, WP_FACT_IP, text);
        break;
    case SYSTEM:
        wp_event_set(filling, WP_FACT_PLATFORM, text);
        break;
    case AGENT:
        wp_event_set(filling, WP_FACT_AGENT, text);
        break;
    case RESULT:
        wp_event_set(filling, WP_FACT_OUTCOME, text);
        break;
    case RISK:
        set_risk(filling, text);
        break;
    case MANAGED:
        wp_event_set(filling, WP_FACT_MANAGED, text);
        break;
    case UUID:
        wp_event_set(filling, WP_FACT_EVENT, text);
        break;
    case TRANSACTION:
        if (!wp_same_word(text, "unknown"))
            wp_event_set(filling, WP_FACT_TRANSACTION, text);
        break;
    case TARGET_TYPE:
        reader->type = text;
        break;
    case TARGET_NAME:
        reader->name = text;
        break;
    case TARGET:
    case FIELD_COUNT:
        break;
    }
    return true;
}

static void
begin_target(void *context, size_t field)
{
    (void)field;
    end_target(context);
}

struct wp_okta_reader *
wp_okta_reader_new(void)
{
    struct wp_okta_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->fields = wp_field_reader_new(paths, FIELD_COUNT);
    if (reader->fields != NULL)
        return reader;
    free(reader);
    return NULL;
}

void
wp_okta_reader_free(struct wp_okta_reader *reader)
{
    if (reader == NULL)
        return;
    wp_field_reader_free(reader->fields);
    free(reader);
}

enum wp_skip
wp_log_read_okta(struct wp_okta_reader *reader, const char *record, size_t length,
                 struct wp_filling *filling)
{
    const struct wp_field_visitor visitor = {take, begin_target, reader};
    reader->filling = filling;
    reader->is_sign_in = false;
    reader->type = reader->name = (struct woapol_text){NULL, 0};
    if (!wp_read_fields(reader->fields, record, length, &visitor))
        return WP_SKIP_SYNTAX;
    end_target(reader);
    return reader->is_sign_in ? filling->skip : WP_SKIP_OTHER;
}
