/* Messages: plain text here, HTML in Access. */
#include "compiler/emit/access/shape.h"

#include <string.h>

static const struct {
    char character;
    const char *entity;
} entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}};
#define ENTITIES (sizeof entities / sizeof *entities)

const char *
wp_access_to_html(struct wp_arena *arena, const char *text)
{
    char *html = wp_alloc(arena, strlen(text) * 5 + 1), *to = html;

    for (; *text; text++) {
        size_t i = 0;
        while (i < ENTITIES && entities[i].character != *text)
            i++;
        if (i < ENTITIES)
            to = stpcpy(to, entities[i].entity);
        else
            *to++ = *text;
    }
    return html;
}

const char *
wp_access_from_html(struct wp_arena *arena, const char *html)
{
    char *text = wp_alloc(arena, strlen(html) + 1), *to = text;

    while (*html) {
        size_t i = 0;
        while (i < ENTITIES && strncmp(html, entities[i].entity, strlen(entities[i].entity)) != 0)
            i++;
        if (i < ENTITIES) {
            *to++ = entities[i].character;
            html += strlen(entities[i].entity);
        } else if (*html == '<' || *html == '>' || *html == '&') {
            return NULL;
        } else {
            *to++ = *html++;
        }
    }
    return text;
}
