/* Decisions as JSON. A rule always decides the same, so all that lies between
 * the id and the reports is kept, one text a rule, and copied. */
#include "compiler/decide/decision_json.h"

#include <stdlib.h>
#include <string.h>

/* A decision that has been written, to know it again. */
struct kept {
    struct woapol_decision decision;
    char *bytes;
    size_t length;
};

struct wp_decision_writer {
    const struct woapol_image *image;
    uint32_t rule_count, policy_count;
    struct kept *kept; /* rules, then the policies' otherwise, then no policy */
    struct wp_json_text scratch;
};

struct wp_decision_writer *
wp_decision_writer_new(const struct woapol_image *image)
{
    struct wp_decision_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return NULL;
    writer->image = image;
    writer->rule_count = woapol_count(image, WOAPOL_RULE);
    writer->policy_count = woapol_count(image, WOAPOL_POLICY);
    size_t count = (size_t)writer->rule_count + writer->policy_count + 1;
    writer->kept = calloc(count, sizeof *writer->kept);
    if (writer->kept == NULL) {
        free(writer);
        return NULL;
    }
    return writer;
}

void
wp_decision_writer_free(struct wp_decision_writer *writer)
{
    if (writer == NULL)
        return;
    size_t count = (size_t)writer->rule_count + writer->policy_count + 1;
    for (size_t i = 0; i < count; i++)
        free(writer->kept[i].bytes);
    free(writer->kept);
    wp_json_text_free(&writer->scratch);
    free(writer);
}

const char *
wp_effect_word(enum woapol_effect effect)
{
    switch (effect) {
    case WOAPOL_ALLOW:
        return "allow";
    case WOAPOL_AUTHENTICATE:
        return "authenticate";
    case WOAPOL_DENY:
        break;
    }
    return "deny";
}

static const char *
reason_word(enum woapol_reason reason)
{
    switch (reason) {
    case WOAPOL_REASON_GROUPS_INCOMPLETE:
        return "\"groups incomplete\"";
    case WOAPOL_REASON_BAD_REQUEST:
        return "\"bad request\"";
    case WOAPOL_REASON_NONE:
        break;
    }
    return "null";
}

static void
put_name(struct wp_json_text *text, const struct woapol_image *image, enum woapol_kind kind,
         uint32_t number)
{
    size_t length;
    const char *name = number == WOAPOL_NONE ? NULL : woapol_name(image, kind, number, &length);
    if (name == NULL)
        wp_json_puts(text, "null");
    else
        wp_json_string(text, name, length);
}

/* Where a walk along a chain stands. */
struct chain_walk {
    struct wp_json_text *text;
    const struct woapol_image *image;
    bool started;
    uint32_t alternative, step;
};

static bool
put_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    struct chain_walk *walk = context;
    if (!walk->started)
        wp_json_puts(walk->text, "[[");
    else if (alternative != walk->alternative)
        wp_json_puts(walk->text, "]],[[");
    else if (step != walk->step)
        wp_json_puts(walk->text, "],[");
    else
        wp_json_puts(walk->text, ",");
    put_name(walk->text, walk->image, WOAPOL_METHOD, method);
    walk->started = true;
    walk->alternative = alternative;
    walk->step = step;
    return true;
}

void
wp_chain_write(struct wp_json_text *text, const struct woapol_image *image, uint32_t chain)
{
    struct chain_walk walk = {.text = text, .image = image};
    wp_json_puts(text, "[");
    woapol_chain_walk(image, chain, put_method, &walk);
    wp_json_puts(text, walk.started ? "]]]" : "]");
}

/* From after the id to before the reports. */
static void
put_outcome(struct wp_json_text *text, const struct woapol_image *image,
            const struct woapol_decision *decision)
{
    wp_json_puts(text, ",\"effect\":\"");
    wp_json_puts(text, wp_effect_word(decision->effect));
    wp_json_puts(text, "\",\"policy\":");
    put_name(text, image, WOAPOL_POLICY, decision->policy);
    wp_json_puts(text, ",\"rule\":");
    put_name(text, image, WOAPOL_RULE, decision->rule);
    wp_json_puts(text, ",\"chain\":");
    if (decision->effect == WOAPOL_AUTHENTICATE)
        wp_chain_write(text, image, decision->chain);
    else
        wp_json_puts(text, "null");
    wp_json_puts(text, ",\"reauth_s\":");
    if (decision->reauth_seconds == WOAPOL_NO_REAUTH)
        wp_json_puts(text, "null");
    else
        wp_json_number(text, decision->reauth_seconds);
    wp_json_puts(text, ",\"message\":");
    size_t length;
    const char *message =
        decision->message == WOAPOL_NONE ? NULL : woapol_message(image, decision->message, &length);
    if (message == NULL)
        wp_json_puts(text, "null");
    else
        wp_json_string(text, message, length);
    wp_json_puts(text, ",\"report\":[");
}

static bool
is_same(const struct woapol_decision *a, const struct woapol_decision *b)
{
    return a->effect == b->effect && a->reason == b->reason && a->policy == b->policy &&
           a->rule == b->rule && a->chain == b->chain && a->message == b->message &&
           a->reauth_seconds == b->reauth_seconds;
}

static size_t
place_of(const struct wp_decision_writer *writer, const struct woapol_decision *decision)
{
    if (decision->rule < writer->rule_count)
        return decision->rule;
    size_t policy =
        decision->policy < writer->policy_count ? decision->policy : writer->policy_count;
    return writer->rule_count + policy;
}

/* Writes the outcome and keeps it, if there is memory for it. */
static void
put_new_outcome(struct wp_decision_writer *writer, struct wp_json_text *text, struct kept *kept,
                const struct woapol_decision *decision)
{
    writer->scratch.length = 0;
    put_outcome(&writer->scratch, writer->image, decision);
    if (writer->scratch.failed) {
        text->failed = true;
        return;
    }
    wp_json_put(text, writer->scratch.bytes, writer->scratch.length);
    free(kept->bytes);
    kept->bytes = malloc(writer->scratch.length);
    if (kept->bytes == NULL)
        return;
    memcpy(kept->bytes, writer->scratch.bytes, writer->scratch.length);
    kept->length = writer->scratch.length;
    kept->decision = *decision;
}

/* Line ends can stand between the tokens of an id only, never within one. */
static void
put_id(struct wp_json_text *text, struct woapol_text id)
{
    wp_json_puts(text, "{\"id\":");
    size_t start = text->length;
    wp_json_put(text, id.text, id.length);
    if (text->failed)
        return;
    for (size_t i = start; i < text->length; i++)
        if (text->bytes[i] == '\n' || text->bytes[i] == '\r')
            text->bytes[i] = ' ';
}

void
wp_decision_write(struct wp_decision_writer *writer, struct wp_json_text *text,
                  struct woapol_text id, const struct woapol_decision *decision,
                  const uint32_t *reports, size_t report_count)
{
    put_id(text, id);
    struct kept *kept = &writer->kept[place_of(writer, decision)];
    if (kept->bytes != NULL && is_same(&kept->decision, decision))
        wp_json_put(text, kept->bytes, kept->length);
    else
        put_new_outcome(writer, text, kept, decision);
    for (size_t i = 0; i < report_count; i++) {
        if (i > 0)
            wp_json_put(text, ",", 1);
        put_name(text, writer->image, WOAPOL_RULE, reports[i]);
    }
    wp_json_puts(text, "],\"reason\":");
    wp_json_puts(text, reason_word(decision->reason));
    wp_json_put(text, "}", 1);
}

void
wp_decision_write_error(struct wp_json_text *text, struct woapol_text id, const char *error)
{
    put_id(text, id);
    wp_json_puts(text, ",\"error\":");
    wp_json_string(text, error, strlen(error));
    wp_json_put(text, "}", 1);
}
