#include "compiler/replay/split.h"

#include <string.h>

/* Line ends within a record: where JSON allows one, a space will do; where it does
 * not, another byte that JSON does not allow, so that the record stays wrong. */
static char
within(const struct wp_splitter *splitter, char c)
{
    if (c != '\n')
        return c;
    return splitter->in_string ? '\x01' : ' ';
}

static unsigned
record_depth(const struct wp_splitter *splitter)
{
    return splitter->mode == WP_SPLIT_ARRAY ? 1 : splitter->mode == WP_SPLIT_ROWS ? 2 : 0;
}

static void
in_a_string(struct wp_splitter *splitter, char c)
{
    if (splitter->is_escaped)
        splitter->is_escaped = false;
    else if (c == '\\')
        splitter->is_escaped = true;
    else if (c == '"')
        splitter->in_string = false;
}

/* A bracket, quote or other byte between records. Whether it begins a record. */
static bool
begins(struct wp_splitter *splitter, char c)
{
    bool is_level = splitter->depth == record_depth(splitter);
    bool is_space = strchr(" \t\r\n,", c) != NULL;
    if (splitter->mode == WP_SPLIT_ROWS)
        return is_level && splitter->parent_is_array && c == '[';
    return is_level && !is_space && c != ']' && c != '}';
}

static size_t
split_json(struct wp_splitter *splitter, char c, char *out)
{
    size_t made = 0;
    bool was_string = splitter->in_string;
    if (!was_string && !splitter->in_record && begins(splitter, c)) {
        splitter->in_record = true;
        splitter->in_word = c != '{' && c != '[';
    }
    if (splitter->in_word && !was_string && strchr(" \t\r\n,]", c) != NULL) {
        splitter->in_record = splitter->in_word = false;
        out[made++] = '\n';
    }
    if (splitter->in_record)
        out[made++] = within(splitter, c);
    if (was_string) {
        in_a_string(splitter, c);
        return made;
    }
    if (c == '"') {
        splitter->in_string = true;
    } else if (c == '{' || c == '[') {
        splitter->depth++;
        if (splitter->depth == record_depth(splitter))
            splitter->parent_is_array = c == '[';
    } else if (c == '}' || c == ']') {
        splitter->depth -= splitter->depth > 0;
    }
    if (splitter->in_record && !splitter->in_word && splitter->depth == record_depth(splitter)) {
        splitter->in_record = false;
        out[made++] = '\n';
    }
    return made;
}

static void
blank_line_ends(char *at, const char *end)
{
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL)
        *at = ' ';
}

/* From quote to quote all is copied as it is, but for line ends within them. */
static size_t
split_quoted(struct wp_splitter *splitter, const char *in, size_t length, char *out)
{
    size_t at = 0;
    while (at < length) {
        const char *quote = memchr(in + at, '"', length - at);
        size_t stop = quote == NULL ? length : (size_t)(quote - in) + 1;
        memcpy(out + at, in + at, stop - at);
        if (splitter->in_string)
            blank_line_ends(out + at, out + stop);
        splitter->in_string = splitter->in_string != (quote != NULL);
        at = stop;
    }
    return length;
}

size_t
wp_split(struct wp_splitter *splitter, const char *in, size_t length, size_t *taken, char *out,
         size_t room)
{
    size_t made = 0, i = 0;
    if (splitter->mode == WP_SPLIT_LINES || splitter->mode == WP_SPLIT_QUOTED) {
        *taken = length < room ? length : room;
        if (splitter->mode == WP_SPLIT_QUOTED)
            return split_quoted(splitter, in, *taken, out);
        memcpy(out, in, *taken);
        return *taken;
    }
    /* A byte makes two at most. */
    for (; i < length && made + 2 <= room; i++)
        made += split_json(splitter, in[i], out + made);
    *taken = i;
    return made;
}
