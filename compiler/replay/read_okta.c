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
    static const struct {
        const char *type;
        enum wp_log_fact fact;
    } types[] = {{"AppInstance", WP_FACT_APP},
                 {"Rule", WP_FACT_RULE},
                 {"PolicyRule", WP_FACT_RULE},
                 {"PolicyEntity", WP_FACT_POLICY},
                 {"Policy", WP_FACT_POLICY}};
    for (size_t i = 0; reader->type.text != NULL && i < sizeof types / sizeof *types; i++)
        if (wp_same_word(reader->type, types[i].type) && reader->name.text != NULL)
            wp_event_set(reader->filling, types[i].fact, reader->name);
    reader->type = reader->name = (struct woapol_text){NULL, 0};
}

/* "{reasons=Anomalous Location, level=MEDIUM}". */
static void
set_risk(struct wp_filling *filling, struct woapol_text text)
{
    static const char *const levels[] = {"low", "medium", "high"};
    char wanted[16] = "level=";
    for (size_t i = 0; i < 3; i++) {
        strcpy(wanted + 6, levels[i]);
        if (wp_has_word(text, wanted))
            wp_event_set(filling, WP_FACT_RISK, (struct woapol_text){levels[i], strlen(levels[i])});
    }
}

static void
take(void *context, size_t field, enum wp_field_kind kind, struct woapol_text text)
{
    struct wp_okta_reader *reader = context;
    struct wp_filling *filling = reader->filling;
    (void)kind;
    switch ((enum field)field) {
    case EVENT_TYPE:
        reader->is_sign_in = wp_same_word(text, "policy.evaluate_sign_on");
        break;
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
