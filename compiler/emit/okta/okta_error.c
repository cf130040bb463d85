/* What Okta says went wrong, on one line, with what to do about it. */
#include "compiler/emit/okta/okta_api.h"

#include <stdio.h>
#include <string.h>

struct line {
    char *text;
    size_t size, length;
};

/* Adds text as far as there is room. Callers of the transport escape it. */
static void
put(struct line *line, const char *text)
{
    size_t room = line->size - line->length - 1, length = strlen(text);

    length = length < room ? length : room;
    memcpy(line->text + line->length, text, length);
    line->length += length;
    line->text[line->length] = '\0';
}

static const char *
advice(const char *code)
{
    static const struct {
        const char *code, *advice;
    } known[] = {
#define WP_OKTA_ERROR(code, advice) {code, advice},
#include "compiler/emit/okta/okta_errors.def"
#undef WP_OKTA_ERROR
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].code, code) == 0)
            return known[i].advice;
    }
    return NULL;
}

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void
put_causes(struct line *line, const json_t *causes)
{
    const char *before = ": ";
    const json_t *cause;
    size_t i;

    json_array_foreach(causes, i, cause)
    {
        if (!*text_of(cause, "errorSummary"))
            continue;
        put(line, before);
        put(line, text_of(cause, "errorSummary"));
        before = "; ";
    }
}

/* The token endpoint speaks OAuth's language. */
static bool
explain_oauth(const json_t *answer, struct line *line)
{
    if (!*text_of(answer, "error"))
        return false;
    put(line, text_of(answer, "error"));
    if (*text_of(answer, "error_description")) {
        put(line, ": ");
        put(line, text_of(answer, "error_description"));
    }
    return true;
}

bool
wp_okta_explain_error(const json_t *answer, char *text, size_t size)
{
    const char *code = text_of(answer, "errorCode");
    struct line line = {text, size, 0};

    if (size == 0)
        return false;
    text[0] = '\0';
    if (!*code)
        return explain_oauth(answer, &line);
    put(&line, *text_of(answer, "errorSummary") ? text_of(answer, "errorSummary") : "no summary");
    put_causes(&line, json_object_get(answer, "errorCauses"));
    put(&line, " (");
    put(&line, code);
    if (*text_of(answer, "errorId")) {
        put(&line, ", error id ");
        put(&line, text_of(answer, "errorId"));
    }
    put(&line, ")");
    if (advice(code)) {
        put(&line, ": ");
        put(&line, advice(code));
    }
    return true;
}
