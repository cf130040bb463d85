/* The five page styles and two kinds of media types of Access' interface. */
#include "compiler/emit/access/reader.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 100
#define MOST_PAGES 1000

bool
wp_access_reader_open(struct wp_access_reader *reader, struct wp_session *session,
                      struct wp_state *state, struct wp_problem *problem)
{
    if (!session->memory)
        session->memory = wp_alloc(session->arena, sizeof *reader->memory);
    *reader = (struct wp_access_reader){
        .session = session, .memory = session->memory, .state = state, .problem = problem};
    return wp_access_profile_open(session, &reader->profile, problem);
}

void
wp_access_reader_close(struct wp_access_reader *reader)
{
    wp_access_profile_close(&reader->profile);
}

/* ---- one request ------------------------------------------------------------------- */

static bool
is_media_refusal(unsigned status)
{
    return status == 406 || status == 415;
}

static bool
complain(struct wp_access_reader *reader, const struct wp_http_request *request,
         const struct wp_http_answer *answer)
{
    json_error_t error;
    json_t *json = json_loadb(answer->body, answer->size, 0, &error);
    char text[256] = "", said[320];

    if (!json || !wp_access_explain_error(json, text, sizeof text))
        text[0] = '\0';
    json_decref(json);
    wp_problem_escape(said, sizeof said, text, strlen(text));
    return wp_problem_set(reader->problem, WP_PROBLEM_FAILED, "%s %s: the tenant answered %u%s%s",
                          request->method, request->path, answer->status, *said ? ": " : "", said);
}

static bool
parse(struct wp_access_reader *reader, const struct wp_http_request *request,
      const struct wp_http_answer *answer, json_t **json)
{
    json_error_t error;

    *json = NULL;
    if (answer->status == 404)
        return true;
    if (answer->status < 200 || answer->status > 299)
        return complain(reader, request, answer);
    if (answer->size == 0)
        return true;
    *json = json_loadb(answer->body, answer->size, JSON_REJECT_DUPLICATES, &error);
    if (*json)
        return true;
    return wp_problem_set(reader->problem, WP_PROBLEM_FAILED,
                          "%s %s: the answer is not JSON: line %d: %s", request->method,
                          request->path, error.line, error.text);
}

/* Sends with plain JSON or vendor media types, and with the other kind when the
 * tenant refuses one and the profile allows either. */
static bool
exchange(struct wp_access_reader *reader, struct wp_http_request *request, const char *content,
         const char *media, json_t **json)
{
    bool either = strcmp(wp_access_text_at(reader->profile.root, "media", ""), "either") == 0;
    struct wp_http_answer answer;

    for (int attempt = 0;; attempt++) {
        bool vendor = reader->profile.vendor;
        request->accept = vendor ? media : NULL;
        request->content_type = vendor ? content : NULL;
        if (!wp_transport_send(reader->session->transport, request, &answer, reader->problem))
            return false;
        if (!either || attempt > 0 || !is_media_refusal(answer.status))
            return parse(reader, request, &answer, json);
        reader->profile.vendor = reader->memory->vendor = !vendor;
    }
}

bool
wp_access_get(struct wp_access_reader *reader, const char *path, const char *media, json_t **json)
{
    struct wp_http_request request = {.method = "GET", .path = path};

    return exchange(reader, &request, NULL, media, json);
}

bool
wp_access_post(struct wp_access_reader *reader, const char *path, const json_t *body,
               const char *content, const char *media, json_t **json)
{
    char *text = json_dumps(body, JSON_COMPACT);
    struct wp_http_request request = {.method = "POST",
                                      .path = path,
                                      .body = text,
                                      .body_size = text ? strlen(text) : 0,
                                      .asks = true};
    bool done = text && exchange(reader, &request, content, media, json);

    free(text);
    return done;
}

/* ---- lists -------------------------------------------------------------------------- */

static const char *
page_path(struct wp_access_reader *reader, const json_t *list, json_int_t page)
{
    const char *path = wp_access_text_at(list, "path", "");
    const char *name = wp_access_text_at(list, "page", NULL);

    if (!name)
        return path;
    return wp_format(reader->session->arena, "%s%c%s=%lld&%s=%d", path,
                     strchr(path, '?') ? '&' : '?', name, (long long)page,
                     wp_access_text_at(list, "size", "pageSize"), PAGE);
}

/* Is there a page after `page`, going by what this one says? */
static bool
has_more(const json_t *list, const json_t *json, json_int_t page, size_t items)
{
    json_int_t first = json_integer_value(json_object_get(list, "first"));
    const json_t *total = json_object_get(json, "totalPages");

    if (!json_object_get(list, "page") || items == 0)
        return false;
    if (json_is_integer(total))
        return page - first + 1 < json_integer_value(total);
    return items >= PAGE;
}

bool
wp_access_list(struct wp_access_reader *reader, const char *kind, json_t **items)
{
    const json_t *list =
        wp_access_at(reader->profile.root, wp_format(reader->session->arena, "%s.list", kind));
    const char *media = wp_access_text_at(list, "media", NULL);
    json_int_t first = json_integer_value(json_object_get(list, "first"));

    *items = json_array();
    for (json_int_t page = first; page < first + MOST_PAGES; page++) {
        const char *path = page_path(reader, list, page);
        json_t *json, *found;
        bool more;
        if (!wp_access_get(reader, path, media, &json))
            goto failed;
        found = json_object_get(json, "items");
        if (!json_is_array(found)) {
            bool is_there = json != NULL;
            json_decref(json);
            (void)wp_problem_set(reader->problem, WP_PROBLEM_FAILED,
                                 is_there ? "GET %s: the answer has no list of items"
                                          : "GET %s: there is nothing: does the wire profile fit?",
                                 path);
            goto failed;
        }
        (void)json_array_extend(*items, found);
        more = has_more(list, json, page, json_array_size(found));
        json_decref(json);
        if (!more)
            return true;
    }
    (void)wp_problem_set(reader->problem, WP_PROBLEM_FAILED, "%s has more than %d pages",
                         wp_access_text_at(list, "path", ""), MOST_PAGES);
failed:
    json_decref(*items);
    *items = NULL;
    return false;
}
