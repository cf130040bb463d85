/* The steps as Markdown and as one HTML file. */
#include "compiler/emit/okta/runbook.h"

#include <string.h>

static void
put(struct wp_buffer *buffer, const char *text)
{
    wp_buffer_add(buffer, text, strlen(text));
}

/* A sign as it is shown, whatever Markdown would make of it. */
static void
put_markdown(struct wp_buffer *buffer, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\`*_[]<", *text) != NULL)
            put(buffer, "\\");
        if ((unsigned char)*text < ' ')
            put(buffer, " ");
        else
            wp_buffer_add(buffer, text, 1);
    }
}

static void
put_html(struct wp_buffer *buffer, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '&')
            put(buffer, "&amp;");
        else if (*text == '<')
            put(buffer, "&lt;");
        else if (*text == '>')
            put(buffer, "&gt;");
        else if (*text == '"')
            put(buffer, "&quot;");
        else
            wp_buffer_add(buffer, text, 1);
    }
}

static const char *
text_of(const json_t *step, const char *key)
{
    return json_string_value(json_object_get(step, key));
}

bool
wp_okta_runbook(const struct wp_session *session, const struct wp_state *desired,
                const struct wp_state *current, struct wp_buffer *markdown,
                struct wp_problem *problem)
{
    json_t *steps = wp_okta_steps(session, problem), *step, *line;
    size_t i, k;

    (void)desired, (void)current;
    json_array_foreach(steps, i, step)
    {
        put(markdown, wp_format(session->arena, "- [ ] **%zu. ", i + 1));
        put_markdown(markdown, text_of(step, "title"));
        put(markdown, "**\n\n  Okta Admin Console: ");
        put_markdown(markdown, text_of(step, "place"));
        put(markdown, "\n\n");
        json_array_foreach(json_object_get(step, "do"), k, line)
        {
            put(markdown, "  - ");
            put_markdown(markdown, json_string_value(line));
            put(markdown, "\n");
        }
        put(markdown, "\n  Done when ");
        put_markdown(markdown, text_of(step, "after"));
        put(markdown, ".\n\n");
    }
    bool done = steps != NULL;
    json_decref(steps);
    return done;
}

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Runbook</title>\n<style>\n"
    "body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; }\n"
    "ol { padding: 0; list-style: none; }\n"
    "ol > li { border-top: 1px solid #999; padding: .8rem 0; break-inside: avoid; }\n"
    "label { font-weight: bold; }\ninput:checked + span { text-decoration: line-through; }\n"
    ".place, .after { margin: .3rem 0; }\n</style>\n</head>\n<body>\n";

static void
put_html_step(struct wp_buffer *html, const json_t *step, const char *number)
{
    const json_t *line;
    size_t i;

    put(html, "<li>\n<label><input type=\"checkbox\"> <span>");
    put(html, number);
    put_html(html, text_of(step, "title"));
    put(html, "</span></label>\n<p class=\"place\">Okta Admin Console: ");
    put_html(html, text_of(step, "place"));
    put(html, "</p>\n<ul>\n");
    json_array_foreach(json_object_get(step, "do"), i, line)
    {
        put(html, "<li>");
        put_html(html, json_string_value(line));
        put(html, "</li>\n");
    }
    put(html, "</ul>\n<p class=\"after\">Done when ");
    put_html(html, text_of(step, "after"));
    put(html, ".</p>\n</li>\n");
}

bool
wp_okta_runbook_html(const struct wp_session *session, struct wp_buffer *html,
                     struct wp_problem *problem)
{
    json_t *steps = wp_okta_steps(session, problem), *step;
    size_t i;

    if (steps == NULL)
        return false;
    put(html, head);
    put(html, "<h1>Runbook for ");
    put_html(html, session->tenant->name->text);
    put(html, "</h1>\n<ol>\n");
    json_array_foreach(steps, i, step)
        put_html_step(html, step, wp_format(session->arena, "%zu. ", i + 1));
    put(html, "</ol>\n</body>\n</html>\n");
    json_decref(steps);
    return true;
}
