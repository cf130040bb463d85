/* An outcome in one piece of memory: the texts follow the struct. */
#include "compiler/serve/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/decide/decision_json.h"

/* As long as any date: "Sun, 22 Nov 2026 00:29:00 GMT". */
#define DATE "                             "

/* ---- chains ---------------------------------------------------------------- */

struct chain_walk {
    struct wp_json_text *text;
    const struct woapol_image *image;
    bool started;
    uint32_t alternative, step;
};

static bool
add_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    struct chain_walk *walk = context;
    if (walk->started)
        wp_json_puts(walk->text, alternative != walk->alternative ? " else "
                                 : step != walk->step             ? " then "
                                                                  : " or ");
    size_t length = 0;
    const char *name = woapol_name(walk->image, WOAPOL_METHOD, method, &length);
    wp_json_put(walk->text, name == NULL ? "" : name, length);
    walk->started = true;
    walk->alternative = alternative;
    walk->step = step;
    return true;
}

/* ---- texts ----------------------------------------------------------------- */

/* Texts while they are put together; a part is known by where it starts. */
struct parts {
    struct wp_json_text text;
    size_t effect, chain, policy, rule, reason, message, generation, http, date, fields;
};

static void
put_name(struct wp_json_text *text, const struct woapol_image *image, enum woapol_kind kind,
         uint32_t number)
{
    size_t length = 0;
    const char *name = number == WOAPOL_NONE ? NULL : woapol_name(image, kind, number, &length);
    if (name != NULL)
        wp_json_put(text, name, length);
}

static const char *
reason_text(enum woapol_reason reason)
{
    switch (reason) {
    case WOAPOL_REASON_GROUPS_INCOMPLETE:
        return "groups incomplete";
    case WOAPOL_REASON_BAD_REQUEST:
        return "bad request";
    case WOAPOL_REASON_NONE:
        break;
    }
    return "";
}

static void
put_message(struct wp_json_text *text, const struct woapol_image *image, uint32_t number)
{
    size_t length = 0;
    const char *message = number == WOAPOL_NONE ? NULL : woapol_message(image, number, &length);
    if (message != NULL)
        wp_json_put(text, message, length);
}

static void
put_words(struct parts *parts, const struct woapol_image *image,
          const struct woapol_decision *decision)
{
    struct wp_json_text *text = &parts->text;
    struct chain_walk walk = {.text = text, .image = image};
    parts->effect = text->length;
    wp_json_puts(text, wp_effect_word(decision->effect));
    parts->chain = text->length;
    if (decision->effect == WOAPOL_AUTHENTICATE)
        woapol_chain_walk(image, decision->chain, add_method, &walk);
    parts->policy = text->length;
    put_name(text, image, WOAPOL_POLICY, decision->policy);
    parts->rule = text->length;
    put_name(text, image, WOAPOL_RULE, decision->rule);
    parts->reason = text->length;
    wp_json_puts(text, reason_text(decision->reason));
    parts->message = text->length;
    put_message(text, image, decision->message);
    parts->generation = text->length;
    wp_json_number(text, woapol_generation(image));
    parts->http = text->length;
}

/* A field whose value is a part already there. */
static void
put_field(struct wp_json_text *text, const char *name, size_t from, size_t to)
{
    wp_json_puts(text, name);
    for (size_t i = from; i < to && !text->failed; i++) {
        char c = text->bytes[i];
        wp_json_put(text, (unsigned char)c < ' ' || c == 0x7f ? "?" : &c, 1);
    }
    wp_json_puts(text, "\r\n");
}

static void
put_http(struct parts *parts, enum wp_answer answer)
{
    struct wp_json_text *text = &parts->text;
    wp_json_puts(text, answer == WP_ANSWER_PASS           ? "HTTP/1.1 200 OK\r\n"
                       : answer == WP_ANSWER_AUTHENTICATE ? "HTTP/1.1 401 Unauthorized\r\n"
                                                          : "HTTP/1.1 403 Forbidden\r\n");
    wp_json_puts(text, "Date: ");
    parts->date = text->length - parts->http;
    wp_json_puts(text, DATE "\r\nContent-Length: 0\r\n");
    if (answer == WP_ANSWER_AUTHENTICATE)
        wp_json_puts(text, "WWW-Authenticate: woapol\r\n");
    parts->fields = text->length - parts->http;
    put_field(text, "X-Woapol-Effect: ", parts->effect, parts->chain);
    put_field(text, "X-Woapol-Chain: ", parts->chain, parts->policy);
    put_field(text, "X-Woapol-Policy: ", parts->policy, parts->rule);
    put_field(text, "X-Woapol-Rule: ", parts->rule, parts->reason);
    put_field(text, "X-Woapol-Reason: ", parts->reason, parts->message);
    put_field(text, "X-Woapol-Generation: ", parts->generation, parts->http);
}

static enum wp_answer
answer_of(const struct woapol_decision *decision, bool report_only)
{
    if (report_only || decision->effect == WOAPOL_ALLOW)
        return WP_ANSWER_PASS;
    return decision->effect == WOAPOL_AUTHENTICATE ? WP_ANSWER_AUTHENTICATE : WP_ANSWER_DENY;
}

struct wp_outcome *
wp_outcome_new(const struct woapol_image *image, const struct woapol_decision *decision,
               bool report_only)
{
    struct parts parts = {.text = {0}};
    enum wp_answer answer = answer_of(decision, report_only);
    put_words(&parts, image, decision);
    put_http(&parts, answer);
    struct wp_outcome *made = parts.text.failed ? NULL : malloc(sizeof *made + parts.text.length);
    if (made != NULL) {
        char *bytes = memcpy(made + 1, parts.text.bytes, parts.text.length);
        *made = (struct wp_outcome){
            .decision = *decision,
            .answer = answer,
            .effect = {bytes + parts.effect, parts.chain - parts.effect},
            .chain = {bytes + parts.chain, parts.policy - parts.chain},
            .policy = {bytes + parts.policy, parts.rule - parts.policy},
            .rule = {bytes + parts.rule, parts.reason - parts.rule},
            .reason = {bytes + parts.reason, parts.message - parts.reason},
            .message = {bytes + parts.message, parts.generation - parts.message},
            .generation = {bytes + parts.generation, parts.http - parts.generation},
            .http = bytes + parts.http,
            .http_length = parts.text.length - parts.http,
            .date = parts.date,
            .fields = parts.fields};
    }
    wp_json_text_free(&parts.text);
    return made;
}

void
wp_outcome_free(struct wp_outcome *outcome)
{
    free(outcome);
}

bool
wp_outcome_is(const struct wp_outcome *outcome, const struct woapol_decision *decision)
{
    const struct woapol_decision *own = &outcome->decision;
    return own->effect == decision->effect && own->reason == decision->reason &&
           own->policy == decision->policy && own->rule == decision->rule &&
           own->chain == decision->chain && own->message == decision->message &&
           own->reauth_seconds == decision->reauth_seconds;
}
