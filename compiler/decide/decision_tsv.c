#include "compiler/decide/decision_tsv.h"

#include <string.h>

#include "compiler/decide/decision_json.h"

enum field { ID, EFFECT, POLICY, RULE, CHAIN, REAUTH, MESSAGE, REPORT, REASON, ERROR, FIELDS };
static const char *const names[FIELDS] = {"id",       "effect",  "policy", "rule",   "chain",
                                          "reauth_s", "message", "report", "reason", "error"};

bool
wp_tsv_columns_parse(struct wp_tsv_columns *columns, const char *text, const char **reason)
{
    columns->count = 0;
    for (;; text++) {
        const size_t length = strcspn(text, ",");
        uint8_t field = 0;
        while (field < FIELDS &&
               (strlen(names[field]) != length || memcmp(names[field], text, length) != 0))
            field++;
        *reason = field == FIELDS ? "a field is one of id, effect, policy, rule, chain, reauth_s, "
                                    "message, report, reason, error"
                  : columns->count == WP_TSV_COLUMNS_MAX ? "there are more than 32 fields"
                                                         : NULL;
        if (*reason != NULL)
            return false;
        columns->field[columns->count++] = field;
        text += length;
        if (*text == '\0')
            return true;
    }
}

static void
put_escaped(struct wp_json_text *text, const char *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        size_t some = 0;
        while (done + some < length && bytes[done + some] != '\t' && bytes[done + some] != '\n' &&
               bytes[done + some] != '\r' && bytes[done + some] != '\\')
            some++;
        wp_json_put(text, bytes + done, some);
        done += some;
        if (done == length)
            return;
        const char c = bytes[done++];
        wp_json_puts(text, c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\\\");
    }
}

static void
put_or_null(struct wp_json_text *text, const char *bytes, size_t length)
{
    if (bytes == NULL)
        wp_json_put(text, "\\N", 2);
    else
        put_escaped(text, bytes, length);
}

static void
put_name(struct wp_json_text *text, const struct woapol_image *image, enum woapol_kind kind,
         uint32_t number)
{
    size_t length = 0;
    const char *name = woapol_name(image, kind, number, &length);
    put_or_null(text, name, length);
}

/* A chain has only names in it, which as JSON hold no tab and no line end. */
static void
put_chain(struct wp_json_text *text, const struct woapol_image *image,
          const struct woapol_decision *decision)
{
    if (decision->effect != WOAPOL_AUTHENTICATE) {
        wp_json_put(text, "\\N", 2);
        return;
    }
    struct wp_json_text chain = {0};
    wp_chain_write(&chain, image, decision->chain);
    put_escaped(text, chain.bytes, chain.length);
    text->failed |= chain.failed;
    wp_json_text_free(&chain);
}

static const char *
reason_word(enum woapol_reason reason)
{
    return reason == WOAPOL_REASON_GROUPS_INCOMPLETE ? "groups incomplete"
           : reason == WOAPOL_REASON_BAD_REQUEST     ? "bad request"
                                                     : "\\N";
}

static void
put_reports(struct wp_json_text *text, const struct woapol_image *image, const uint32_t *reports,
            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            wp_json_put(text, ",", 1);
        put_name(text, image, WOAPOL_RULE, reports[i]);
    }
}

static void
put_field(enum field field, struct wp_json_text *text, const struct woapol_image *image,
          const struct woapol_decision *decision)
{
    size_t length = 0;
    const char *message;
    switch (field) {
    case EFFECT:
        wp_json_puts(text, wp_effect_word(decision->effect));
        return;
    case POLICY:
        put_name(text, image, WOAPOL_POLICY, decision->policy);
        return;
    case RULE:
        put_name(text, image, WOAPOL_RULE, decision->rule);
        return;
    case CHAIN:
        put_chain(text, image, decision);
        return;
    case REAUTH:
        if (decision->reauth_seconds != WOAPOL_NO_REAUTH)
            wp_json_number(text, decision->reauth_seconds);
        else
            wp_json_put(text, "\\N", 2);
        return;
    case MESSAGE:
        message = woapol_message(image, decision->message, &length);
        put_or_null(text, message, length);
        return;
    case REASON:
        wp_json_puts(text, reason_word(decision->reason));
        return;
    default:
        wp_json_put(text, "\\N", 2);
    }
}

void
wp_decision_write_tsv(const struct wp_tsv_columns *columns, struct wp_json_text *text,
                      const struct woapol_image *image, struct woapol_text id,
                      const struct woapol_decision *decision, const uint32_t *reports,
                      size_t report_count)
{
    for (size_t i = 0; i < columns->count; i++) {
        const enum field field = (enum field)columns->field[i];
        if (i > 0)
            wp_json_put(text, "\t", 1);
        if (field == ID)
            wp_json_put(text, id.text, id.length);
        else if (field == REPORT)
            put_reports(text, image, reports, report_count);
        else
            put_field(field, text, image, decision);
    }
}

void
wp_decision_write_tsv_error(const struct wp_tsv_columns *columns, struct wp_json_text *text,
                            struct woapol_text id, const char *error)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (i > 0)
            wp_json_put(text, "\t", 1);
        if (columns->field[i] == ID)
            wp_json_put(text, id.text, id.length);
        else if (columns->field[i] == EFFECT)
            wp_json_puts(text, "error");
        else if (columns->field[i] == ERROR)
            put_escaped(text, error, strlen(error));
        else
            wp_json_put(text, "\\N", 2);
    }
}
