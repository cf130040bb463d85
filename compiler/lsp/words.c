#include "compiler/lsp/words.h"

#include "lang/arena.h"

#include <string.h>

bool
wp_is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Where a comment that begins at `at` ends. */
static uint32_t
end_of_comment(struct wp_words *words, uint32_t at, uint32_t length)
{
    const char *text = words->text;
    if (text[at + 1] == '/') {
        const char *end = memchr(text + at, '\n', length - at);
        words->in_comment = end == NULL;
        return end == NULL ? length : (uint32_t)(end - text);
    }
    for (uint32_t i = at + 2; i + 1 < length; i++)
        if (text[i] == '*' && text[i + 1] == '/')
            return i + 2;
    words->in_comment = true;
    return length;
}

static uint32_t
end_of_string(struct wp_words *words, uint32_t at, uint32_t length)
{
    for (uint32_t i = at + 1; i < length && words->text[i] != '\n'; i++) {
        if (words->text[i] == '"')
            return i + 1;
        if (words->text[i] == '\\')
            i++;
    }
    const char *end = memchr(words->text + at, '\n', length - at);
    words->in_comment = end == NULL;
    return end == NULL ? length : (uint32_t)(end - words->text);
}

static uint32_t
end_of_word(const char *text, uint32_t at, uint32_t length, bool is_number)
{
    while (at < length && (wp_is_name_byte(text[at]) ||
                           (is_number && (text[at] == ':' || text[at] == '/' ||
                                          (text[at] == '.' && at + 1 < length &&
                                           text[at + 1] != '.' && text[at - 1] != '.')))))
        at++;
    return at;
}

/* Addresses begin with a digit, or hold a colon before the name ends. */
static bool
begins_number(const char *text, uint32_t at, uint32_t length)
{
    if (text[at] >= '0' && text[at] <= '9')
        return true;
    uint32_t end = at;
    while (end < length && wp_is_name_byte(text[end]))
        end++;
    return end < length && text[end] == ':';
}

static struct wp_word
take(struct wp_words *words, uint32_t at, uint32_t length)
{
    const char *text = words->text;
    struct wp_word word = {.start = at, .end = at + 1, .kind = WP_WORD_SIGN};
    word.begins_line = at == 0 || text[at - 1] == '\n';
    if (text[at] == '"') {
        word.kind = WP_WORD_STRING;
        word.end = end_of_string(words, at, length);
    } else if (wp_is_name_byte(text[at]) || text[at] == ':') {
        bool is_number = begins_number(text, at, length);
        word.kind = is_number ? WP_WORD_NUMBER : WP_WORD_NAME;
        word.end = end_of_word(text, at, length, is_number);
    } else if (at + 1 < length && (strchr("<>", text[at]) != NULL) && text[at + 1] == '=') {
        word.end = at + 2;
    }
    return word;
}

void
wp_words_scan(struct wp_words *words, struct wp_arena *arena, const char *text, uint32_t length)
{
    uint32_t room = 0;
    *words = (struct wp_words){.text = text};
    for (uint32_t at = 0; at < length;) {
        char c = text[at];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            at++;
            continue;
        }
        if (c == '/' && at + 1 < length && (text[at + 1] == '/' || text[at + 1] == '*')) {
            at = end_of_comment(words, at, length);
            continue;
        }
        if (words->count == room) {
            uint32_t more = room == 0 ? 256 : room * 2;
            words->words = wp_extend(arena, words->words, room * sizeof *words->words,
                                     more * sizeof *words->words);
            room = more;
        }
        struct wp_word word = take(words, at, length);
        words->words[words->count++] = word;
        at = word.end;
    }
}

bool
wp_word_is(const struct wp_words *words, uint32_t index, const char *text)
{
    if (index >= words->count)
        return false;
    const struct wp_word *word = &words->words[index];
    size_t length = strlen(text);
    return word->end - word->start == length &&
           memcmp(words->text + word->start, text, length) == 0;
}
