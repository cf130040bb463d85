#include "compiler/test_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* A stretch of source with every run of blanks made one. */
static const char *
squeeze(struct wp_arena *arena, const struct wp_model *model, struct wp_span span)
{
    const char *text = model->sources->files[span.file].text;
    char *line = wp_alloc(arena, (size_t)(span.end - span.start) + 1);
    size_t used = 0;
    bool in_string = false;

    for (uint32_t at = span.start; at < span.end; at++) {
        in_string ^= text[at] == '"' && text[at - 1] != '\\';
        if (in_string || !isspace((unsigned char)text[at]))
            line[used++] = text[at];
        else if (used > 0 && line[used - 1] != ' ')
            line[used++] = ' ';
    }
    return line;
}

const char *
wp_expected_text(struct wp_arena *arena, const struct wp_model *model,
                 const struct wp_expectation *expectation, bool only_first)
{
    const char *whole = "";

    for (const struct wp_expectation *at = expectation; at; at = only_first ? NULL : at->next) {
        const char *text = squeeze(arena, model, at->span);

        if (strncmp(text, "expect ", 7) == 0)
            text += 7;
        whole = *whole ? wp_format(arena, "%s; %s", whole, text) : text;
    }
    return whole;
}

static const char *
chain_text(struct wp_arena *arena, const struct wp_got *got)
{
    const char *text = "";

    for (size_t i = 0; i < got->chain_count; i++) {
        const struct wp_got_method *method = &got->chain[i];
        const struct wp_got_method *before = i > 0 ? &got->chain[i - 1] : NULL;
        const char *joint = " or ";

        if (!before)
            joint = "";
        else if (before->alternative != method->alternative)
            joint = " else ";
        else if (before->step != method->step)
            joint = " then ";
        text = wp_format(arena, "%s%s%s", text, joint, method->name);
    }
    return text;
}

/* The largest unit that a number of seconds is a whole number of. */
static const char *
duration_text(struct wp_arena *arena, uint64_t seconds)
{
    static const struct {
        uint64_t seconds;
        char letter;
    } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    size_t i = 0;

    while (seconds % units[i].seconds != 0)
        i++;
    return wp_format(arena, "%" PRIu64 "%c", seconds / units[i].seconds, units[i].letter);
}

static const char *
effect_text(struct wp_arena *arena, const struct wp_got *got)
{
    switch (got->effect) {
    case WP_DENY:
        return "deny";
    case WP_ALLOW:
        return "allow";
    case WP_AUTHENTICATE:
        return wp_format(arena, "authenticate %s", chain_text(arena, got));
    }
    return "deny";
}

const char *
wp_got_text(struct wp_arena *arena, const struct wp_got *got)
{
    const char *text = effect_text(arena, got);

    if (got->policy)
        text = wp_format(arena, "%s by %s in %s", text, got->rule ? got->rule : "otherwise",
                         got->policy);
    else
        text = wp_format(arena, "%s: no policy applies", text);
    if (got->reauth_seconds != WP_NO_REAUTH)
        text = wp_format(arena, "%s every %s", text, duration_text(arena, got->reauth_seconds));
    if (got->message)
        text = wp_format(arena, "%s message \"%s\"", text, got->message);
    for (size_t i = 0; i < got->report_count; i++)
        text = wp_format(arena, "%s%s%s", text, i ? ", " : " report ", got->reports[i]);
    if (got->groups_incomplete)
        text = wp_format(arena, "%s (groups incomplete)", text);
    return text;
}
