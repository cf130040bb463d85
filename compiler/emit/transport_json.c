/* JSON to a tenant and back, and what its errors say. */
#include "compiler/emit/transport_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many values a text may hold at most: one a comma or opening bracket. */
static size_t
count_values(const char *text, size_t size)
{
    size_t count = 1;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        if (in_string) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                in_string = false;
        } else if (text[i] == '"') {
            in_string = true;
        } else if (text[i] == ',' || text[i] == '[' || text[i] == '{') {
            count++;
        }
    }
    return count;
}

json_t *
wp_transport_parse(const struct wp_http_answer *answer, const char *place, size_t *budget,
                   struct wp_problem *problem)
{
    json_error_t error;
    size_t values = count_values(answer->body, answer->size);
    if (values > *budget) {
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: the answer holds more than %u values",
                             place, WP_MOST_VALUES);
        return NULL;
    }
    *budget -= values;
    json_t *json =
        json_loadb(answer->body, answer->size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
        (void)wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: the answer is no JSON: %s (byte %d)",
                             place, error.text, error.position);
    return json;
}

static const char *
text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

/* Appends to a text of `size` bytes, as far as it goes. */
static void
append(char *text, size_t size, const char *before, const char *more)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "%s%s", before, more);
}

/* Okta's errors, OAuth's, and the ones of Access and SCIM. */
static bool
explain_usual(const json_t *json, char *text, size_t size)
{
    const char *code = text_of(json, "errorCode");
    if (code == NULL)
        code = text_of(json, "error");
    if (code == NULL)
        code = text_of(json, "code");
    const char *says = text_of(json, "errorSummary");
    if (says == NULL)
        says = text_of(json, "error_description");
    if (says == NULL)
        says = text_of(json, "message");
    text[0] = '\0';
    if (code != NULL)
        append(text, size, "", code);
    if (says != NULL)
        append(text, size, code == NULL ? "" : ": ", says);

    json_t *causes = json_object_get(json, "errorCauses"), *cause;
    if (causes == NULL)
        causes = json_object_get(json, "errors");
    size_t index;
    json_array_foreach(causes, index, cause)
    {
        const char *why = text_of(cause, "errorSummary");
        if (why == NULL)
            why = text_of(cause, "message");
        if (why != NULL)
            append(text, size, text[0] == '\0' ? "" : "; ", why);
    }
    return text[0] != '\0';
}

static const char *
status_text(unsigned status)
{
    switch (status) {
    case 400:
        return "400 Bad Request";
    case 401:
        return "401 Unauthorized";
    case 403:
        return "403 Forbidden";
    case 404:
        return "404 Not Found";
    case 405:
        return "405 Method Not Allowed";
    case 409:
        return "409 Conflict";
    case 412:
        return "412 Precondition Failed";
    case 423:
        return "423 Locked";
    case 429:
        return "429 Too Many Requests";
    case 500:
        return "500 Internal Server Error";
    case 502:
        return "502 Bad Gateway";
    case 503:
        return "503 Service Unavailable";
    case 504:
        return "504 Gateway Timeout";
    default:
        return NULL;
    }
}

/* What the person in front of it can do. */
static const char *
cure(unsigned status)
{
    switch (status) {
    case 401:
        return "; the credentials are not, or no longer, valid for this tenant";
    case 403:
        return "; the credentials' role or scopes do not allow it";
    case 429:
        return "; the tenant's rate limit is used up: try again later";
    default:
        return "";
    }
}

static bool
complain_of_redirect(const struct wp_transport *transport, const char *place,
                     const struct wp_http_answer *answer, struct wp_problem *problem)
{
    const char *location = wp_transport_header(transport, "Location");
    return wp_problem_set(problem, WP_PROBLEM_FAILED,
                          "%s: %u leads to “%.300s”, which is not followed; only pages of %s are. "
                          "If the tenant has moved, change its url",
                          place, answer->status, location == NULL ? "" : location, transport->base);
}

bool
wp_transport_complain(const struct wp_transport *transport, const char *place,
                      const struct wp_http_answer *answer, struct wp_problem *problem)
{
    char says[600] = "", status[16], id[WP_ID_SIZE + 16] = "";
    struct wp_problem ignored = {.kind = WP_PROBLEM_NONE};
    size_t budget = 20000;

    if (answer->status / 100 == 3)
        return complain_of_redirect(transport, place, answer, problem);
    json_t *json = answer->size == 0 ? NULL : wp_transport_parse(answer, place, &budget, &ignored);
    bool explained = json != NULL && transport->options.explain != NULL &&
                     transport->options.explain(json, says, sizeof says);
    if (!explained && json != NULL)
        explained = explain_usual(json, says, sizeof says);
    json_decref(json);
    (void)snprintf(status, sizeof status, "%u", answer->status);
    if (answer->request_id[0] != '\0')
        (void)snprintf(id, sizeof id, " (request %s)", answer->request_id);
    const char *known = status_text(answer->status);
    return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s: %s%s%s%s%s", place,
                          known == NULL ? status : known, explained ? ": " : "",
                          explained ? says : "", cure(answer->status), id);
}

bool
wp_transport_json(struct wp_transport *transport, const char *method, const char *path,
                  const json_t *body, json_t **json, struct wp_http_answer *answer,
                  struct wp_problem *problem)
{
    char place[300], *text = NULL;
    size_t budget = WP_MOST_VALUES;

    *json = NULL;
    *answer = (struct wp_http_answer){.body = "", .request_id = ""};
    if (body != NULL) {
        text = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
        if (text == NULL)
            return wp_problem_set(problem, WP_PROBLEM_FAILED, "%s %s: the body is no JSON", method,
                                  path);
    }
    struct wp_http_request request = {
        .method = method, .path = path, .body = text, .body_size = text == NULL ? 0 : strlen(text)};
    bool sent = wp_transport_send(transport, &request, answer, problem);
    free(text);
    if (!sent)
        return false;
    (void)snprintf(place, sizeof place, "%s %s%.*s", method, transport->base,
                   (int)strcspn(path, "?"), path);
    if (answer->status < 200 || answer->status > 299)
        (void)wp_transport_complain(transport, place, answer, problem);
    else if (answer->size == 0)
        return true;
    else
        *json = wp_transport_parse(answer, place, &budget, problem);
    return *json != NULL || wp_transport_failed(transport, problem);
}
