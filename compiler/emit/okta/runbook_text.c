/* The steps as Markdown: boxes to tick, with what to do below each. */
#include "compiler/emit/okta/runbook.h"

#include <string.h>

static void
put(struct wp_buffer *buffer, const char *text)
{
    wp_buffer_add(buffer, text, strlen(text));
}

/* On one line, whatever a name holds. */
static void
put_line(struct wp_buffer *buffer, const char *mark, const char *text)
{
    put(buffer, mark);
    for (; *text != '\0'; text++)
        wp_buffer_add(buffer, (unsigned char)*text < ' ' || *text == 0x7f ? " " : text, 1);
    put(buffer, "\n");
}

static void
put_step(const struct wp_session *session, struct wp_buffer *markdown, const json_t *step,
         size_t number)
{
    struct wp_arena *arena = session->arena;
    const json_t *line;
    size_t i;

    put_line(markdown, "- [ ] ",
             wp_format(arena, "By hand %zu. %s", number,
                       json_string_value(json_object_get(step, "title"))));
    put_line(markdown,
             "  - Okta Admin Console: ", json_string_value(json_object_get(step, "place")));
    json_array_foreach(json_object_get(step, "do"), i, line)
        put_line(markdown, "  - ", json_string_value(line));
    put_line(markdown, "  - done when ", json_string_value(json_object_get(step, "after")));
}

bool
wp_okta_runbook(const struct wp_session *session, const struct wp_state *desired,
                const struct wp_state *current, struct wp_buffer *markdown,
                struct wp_problem *problem)
{
    json_t *steps = wp_okta_steps(session, problem), *step;
    size_t i;

    (void)desired, (void)current;
    if (json_array_size(steps) > 0)
        put(markdown, "## by hand\n\n");
    json_array_foreach(steps, i, step) put_step(session, markdown, step, i + 1);
    bool done = steps != NULL;
    json_decref(steps);
    return done;
}
