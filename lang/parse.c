#include "parse.h"

#include "parser.h"
#include "grammar.h"
#include "lexer.h"

#include <string.h>

enum { LARGEST_FILE = 512 << 20 };

/* The length of the character at `text`, 0 when it is not UTF-8 (or NUL). */
static size_t
measure_character(const unsigned char *text, size_t left)
{
    unsigned char first = text[0];
    size_t length, i;

    if (first < 0x80)
        return first != 0;
    length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || length > left)
        return 0;
    for (i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
        (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f))
        return 0;
    return length;
}

/* Whether eight bytes are all ASCII and none is NUL. */
static bool
are_plain(const char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof word);
    return !((word | (word - 0x0101010101010101u)) & 0x8080808080808080u);
}

/* Reports the first thing that makes the file no text at all. */
static bool
check_text(struct wp_parser *p, const struct wp_source *source)
{
    struct wp_span span = {p->file, 0, 0};
    struct wp_diagnostic *finding;
    size_t at = 0, length;

    if (source->length > LARGEST_FILE) {
        wp_complain(p, FILE_TOO_LARGE, span, "this file is larger than %d MiB", LARGEST_FILE >> 20);
        return false;
    }
    while (at < source->length) {
        if (source->length - at >= 8 && are_plain(source->text + at)) {
            at += 8;
            continue;
        }
        length = measure_character((const unsigned char *)source->text + at, source->length - at);
        if (length == 0) {
            unsigned byte = (unsigned char)source->text[at];

            span.start = (uint32_t)at;
            span.end = (uint32_t)at + 1;
            if (byte == 0) {
                wp_complain(p, BAD_CHARACTER, span, "a NUL byte");
                return false;
            }
            finding = wp_complain(p, BAD_ENCODING, span, "byte 0x%02x is not UTF-8", byte);
            wp_add_help(p->list, finding, "save the file as UTF-8");
            return false;
        }
        at += length;
    }
    return true;
}

bool
wp_was_lost(const struct wp_diagnostics *list, const char *word)
{
    return list->lost && wp_is_interned(list->lost, word, strlen(word));
}

struct wp_file *
wp_parse(struct wp_diagnostics *list, struct wp_names *names, uint32_t file)
{
    const struct wp_source *source = &list->sources->files[file];
    struct wp_parser *p = wp_alloc(list->arena, sizeof *p);

    p->arena = list->arena;
    p->names = names;
    p->list = list;
    p->file = file;
    p->out = wp_alloc(p->arena, sizeof *p->out);
    p->out->file = file;
    p->scan.text = source->text;
    p->scan.length = source->length;
    p->scan.line_start = true;
    p->before.code = p->last.code = SYNC;
    if (!check_text(p, source))
        return p->out;
    if (wp_yylex_init_extra(p, &p->scanner) == 0) {
        wp_yyparse(p);
        wp_yylex_destroy(p->scanner);
    }
    return p->out;
}
