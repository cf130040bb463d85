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

static size_t
split_quoted(struct wp_splitter *splitter, char c, char *out)
{
    if (c == '"')
        splitter->in_string = !splitter->in_string;
    *out = c == '\n' && splitter->in_string ? ' ' : c;
    return 1;
}

size_t
wp_split(struct wp_splitter *splitter, const char *in, size_t length, size_t *taken, char *out,
         size_t room)
{
    size_t made = 0, i = 0;
    if (splitter->mode == WP_SPLIT_LINES) {
        *taken = length < room ? length : room;
        memcpy(out, in, *taken);
        return *taken;
    }
    /* A byte makes two at most. */
    for (; i < length && made + 2 <= room; i++)
        made += splitter->mode == WP_SPLIT_QUOTED ? split_quoted(splitter, in[i], out + made)
                                                  : split_json(splitter, in[i], out + made);
    *taken = i;
    return made;
}
