#include "scan.h"

#include <ctype.h>
#include <string.h>

/* A name or a keyword; all have their text, since most keywords may be names. */
int
wp_take_word(struct wp_parser *parser, WP_YYSTYPE *value, const char *text, size_t length, int code)
{
    value->text = wp_intern(parser->names, text, length);
    return code;
}

/* The string from its opening quote to the closing one that was just read. */
int
wp_take_string(struct wp_parser *parser, WP_YYSTYPE *value, struct wp_span *place)
{
    const char *text = parser->scan.text;
    uint32_t at, end = place->end - 1, length = 0;
    char *copy;

    place->start = parser->scan.string_start;
    if (end - place->start - 1 > WP_NAME_LIMIT) {
        wp_complain(parser, NAME_TOO_LONG, *place, "a string of %u bytes; strings have at most %d",
                    end - place->start - 1, WP_NAME_LIMIT);
        return WP_YYerror;
    }
    copy = wp_copy_text(parser->arena, text + place->start + 1, end - place->start - 1);
    for (at = place->start + 1; at < end; at++) {
        if (text[at] == '\\' && text[++at] != '"' && text[at] != '\\') {
            struct wp_span span = {parser->file, at - 1, at + 1};
            struct wp_diagnostic *finding =
                wp_complain(parser, BAD_ESCAPE, span, "strings have no such escape");

            wp_add_help(parser->list, finding, "only \\\" and \\\\ are escapes");
            return WP_YYerror;
        }
        copy[length++] = text[at];
    }
    copy[length] = '\0';
    value->text = copy;
    return STRING;
}

/* An integer, or a duration in seconds. */
int
wp_take_number(struct wp_parser *parser, WP_YYSTYPE *value, const struct wp_span *place,
               const char *text, int code)
{
    uint64_t number = 0, unit = 1;
    size_t length = place->end - place->start, i;

    if (code == DURATION)
        switch (text[--length]) {
        case 'm':
            unit = 60;
            break;
        case 'h':
            unit = 3600;
            break;
        case 'd':
            unit = 86400;
            break;
        case 'w':
            unit = 604800;
            break;
        }
    for (i = 0; i < length; i++)
        if (__builtin_mul_overflow(number, 10u, &number) ||
            __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
            break;
    if (i < length || __builtin_mul_overflow(number, unit, &number)) {
        wp_complain(parser, BAD_NUMBER, *place, "this number is larger than woapol can hold");
        return WP_YYerror;
    }
    value->literal.number = number;
    value->literal.text = wp_intern(parser->names, text, place->end - place->start);
    return code;
}

void
wp_keep_comment(struct wp_parser *parser, uint32_t end)
{
    struct wp_comment *comment = wp_alloc(parser->arena, sizeof *comment);
    struct wp_span span = {parser->file, parser->scan.comment_start, end};

    if (span.end > span.start && parser->scan.text[span.end - 1] == '\r')
        span.end--;
    comment->span = span;
    if (parser->last_comment)
        parser->last_comment->next = comment;
    else
        parser->out->comments = comment;
    parser->last_comment = comment;
}

int
wp_complain_string(struct wp_parser *parser, struct wp_span *place, bool at_line_end)
{
    place->file = parser->file;
    place->start = parser->scan.string_start;
    place->end = parser->scan.offset - at_line_end;
    if (at_line_end)
        parser->scan.line_start = true;
    wp_complain(parser, UNTERMINATED_STRING, *place,
                "this string has no closing quote on its line");
    return WP_YYerror;
}

int
wp_complain_long(struct wp_parser *parser, struct wp_span *place)
{
    const char *text = parser->scan.text;
    uint32_t end = place->end;

    while (end < parser->scan.length &&
           (isalnum((unsigned char)text[end]) || strchr("_.:/", text[end])))
        end++;
    place->end = parser->scan.offset = end;
    wp_complain(parser, NAME_TOO_LONG, *place, "a name of %u bytes; names have at most %d",
                end - place->start, WP_NAME_LIMIT);
    return WP_YYerror;
}

int
wp_complain_comment(struct wp_parser *parser, struct wp_span *place)
{
    struct wp_diagnostic *finding;

    place->file = parser->file;
    place->start = parser->scan.comment_start;
    place->end = place->start + 2;
    finding = wp_complain(parser, UNTERMINATED_COMMENT, *place, "this comment has no end");
    wp_add_help(parser->list, finding, "write '*/' where the comment ends");
    return WP_YYerror;
}

int
wp_complain_number(struct wp_parser *parser, struct wp_span span)
{
    int length = span.end - span.start < 40 ? (int)(span.end - span.start) : 40;
    struct wp_diagnostic *finding =
        wp_complain(parser, BAD_NUMBER, span, "'%.*s' is neither a number nor a name", length,
                    parser->scan.text + span.start);

    wp_add_help(parser->list, finding,
                "durations are written like 30m, 8h or 90d; a name does not begin with a digit");
    return WP_YYerror;
}

/* What people write from habit, and what stands for it here. */
int
wp_complain_character(struct wp_parser *parser, struct wp_span span)
{
    static const struct {
        const char *written;
        const char *help;
    } habits[] = {
        {"\xe2\x80\x9c", "strings stand in straight quotes: \"...\""},
        {"\xe2\x80\x9d", "strings stand in straight quotes: \"...\""},
        {"'", "strings stand in double quotes: \"...\""},
        {"\xe2\x80\x98", "strings stand in double quotes: \"...\""},
        {"\xe2\x80\x99", "strings stand in double quotes: \"...\""},
        {"[", "a list stands in braces: {A, B}"},
        {"#", "comments begin with //"},
        {";", "nothing ends with a semicolon; remove it"},
        {"|", "write 'or' between conditions, '+' between sets"},
        {"!", "write 'not'"},
        {"\xe2\x88\x92", "write the plain '-'"},
        {"\xe2\x80\x93", "write the plain '-'"},
        {"\xc2\xa0", "this is a no-break space; write a plain one"},
    };
    const char *text = parser->scan.text + span.start;
    int length = (int)(span.end - span.start);
    unsigned char first = (unsigned char)text[0];
    struct wp_diagnostic *finding;
    size_t i;

    if (parser->recovering)
        return WP_YYerror; /* one cause, one message */
    if (first < 0x20 || first == 0x7f)
        finding = wp_complain(parser, BAD_CHARACTER, span, "a control character (0x%02x)", first);
    else
        finding =
            wp_complain(parser, BAD_CHARACTER, span, "'%.*s' has no place here", length, text);
    for (i = 0; i < sizeof habits / sizeof habits[0]; i++)
        if (strncmp(habits[i].written, text, strlen(habits[i].written)) == 0) {
            wp_add_help(parser->list, finding, "%s", habits[i].help);
            break;
        }
    return WP_YYerror;
}
