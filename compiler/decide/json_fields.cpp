// Fields by their paths, from the first stage of simdjson alone: it finds brackets, commas
// and the starts of texts and words, and checks UTF-8 and quotes. The paths are a tree; what
// was found is walked along it, and beside it only brackets are counted.
#include "compiler/decide/json_fields.h"
#include "compiler/decide/json_token.h"

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

using namespace simdjson;
using std::string_view;

namespace
{

const size_t NO_FIELD = SIZE_MAX;
const size_t WORD = sizeof(uint64_t);

struct node;

// A key, with the quote behind it; its first bytes as a word.
struct part {
    std::string key;
    uint64_t word = 0, mask = 0;
    std::unique_ptr<node> inner;
};

struct node {
    size_t field = NO_FIELD;
    std::vector<part> parts;
    std::unique_ptr<node> elements;
};

node *
part_of(node &parent, string_view key)
{
    std::string quoted = std::string(key) + '"';
    for (char &c : quoted)
        if (c == WP_FIELDS_DOT[0])
            c = '.';
    for (auto &part : parent.parts)
        if (part.key == quoted)
            return part.inner.get();
    part part;
    size_t length = quoted.size() < WORD ? quoted.size() : WORD;
    memcpy(&part.word, quoted.data(), length);
    memset(&part.mask, 0xff, length);
    part.key = quoted;
    part.inner = std::make_unique<node>();
    parent.parts.push_back(std::move(part));
    return parent.parts.back().inner.get();
}

node *
elements_of(node &parent)
{
    if (!parent.elements)
        parent.elements = std::make_unique<node>();
    return parent.elements.get();
}

void
add_path(node &root, string_view path, size_t field)
{
    node *at = &root;
    while (!path.empty()) {
        size_t end = path.find_first_of(".[", path[0] == '[' ? 2 : 0);
        if (end == string_view::npos)
            end = path.size();
        if (end > 0 && path.substr(0, end) == "[]")
            at = elements_of(*at);
        else if (end > 0)
            at = part_of(*at, path.substr(0, end));
        path.remove_prefix(end < path.size() && path[end] == '.' ? end + 1 : end);
    }
    at->field = field;
}

// Which part the key is that begins there, or NULL. Keys that are escaped are none of
// those that are asked for.
const node *
find_part(const node &node, const char *key)
{
    uint64_t word;
    memcpy(&word, key, sizeof word); // there is padding
    for (const auto &part : node.parts)
        if ((word & part.mask) == part.word &&
            (part.key.size() <= WORD ||
             memcmp(key + WORD, part.key.data() + WORD, part.key.size() - WORD) == 0))
            return part.inner.get();
    return nullptr;
}

struct walk {
    const wp_field_visitor &visitor;
    const char *text;
    const uint32_t *at, *end; // what was found in the text
    char *strings;            // room for what is escaped
    unsigned depth = 0;
    bool is_enough = false;
    bool document(const node &root);
    bool value(const node &node);
    bool object(const node &node);
    bool array(const node &node);
    bool scalar(const node &node);
    bool string(string_view token, string_view &text);
    bool skip();
    bool rest();

  private:
    bool ends(char bracket, bool &is_wrong);
};

bool
is_separator(char c)
{
    return c == ',' || c == ':' || c == '}' || c == ']';
}

bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int
bracket_depth(char c)
{
    // Brackets of both kinds differ from one another in one bit, and from all else.
    char kind = static_cast<char>(c | 0x20);
    return (kind == '{') - (kind == '}');
}

bool
walk::skip()
{
    if (at == end || is_separator(text[*at]))
        return false;
    int depth = 0;
    do {
        depth += bracket_depth(text[*at++]);
    } while (depth > 0 && at < end);
    return depth == 0;
}

// Nobody wants to know what follows: its brackets must close what is open.
bool
walk::rest()
{
    int open = static_cast<int>(depth);
    while (at < end && open > 0)
        open += bracket_depth(text[*at++]);
    return open == 0 && at == end;
}

bool
walk::string(string_view token, string_view &text)
{
    if (token.size() < 2 || token.back() != '"')
        return false;
    text = token.substr(1, token.size() - 2);
    if (memchr(text.data(), '\\', text.size()) == nullptr)
        return true;
    size_t length;
    if (!wp_json_unescape(text.data(), text.size(), strings, &length))
        return false;
    text = {strings, length};
    strings += length;
    return true;
}

bool
walk::scalar(const node &node)
{
    const char *start = text + at[0], *stop = text + at[1]; // behind the last is the end
    while (stop > start && is_space(stop[-1]))
        stop--;
    string_view token(start, static_cast<size_t>(stop - start)), told = token;
    wp_field_kind kind = WP_FIELD_NUMBER;
    at++;
    if (token == "null")
        return true;
    if (*start == '"') {
        kind = WP_FIELD_STRING;
        if (!string(token, told))
            return false;
    } else if (token == "true" || token == "false") {
        kind = *start == 't' ? WP_FIELD_TRUE : WP_FIELD_FALSE;
    } else if (!wp_json_is_number(token.data(), token.size())) {
        return false;
    }
    is_enough = !visitor.value(visitor.context, node.field, kind, {told.data(), told.size()});
    return true;
}

bool
walk::value(const node &node)
{
    if (at == end || is_separator(text[*at]))
        return false;
    char first = text[*at];
    if (first == '{' && !node.parts.empty())
        return object(node);
    if (first == '[' && node.elements)
        return array(node);
    if (first == '{' || first == '[' || node.field == NO_FIELD)
        return skip();
    return scalar(node);
}

// Whether the bracket is next, or what follows a comma; anything else is wrong.
bool
walk::ends(char bracket, bool &is_wrong)
{
    char next = at < end ? text[*at++] : '\0';
    is_wrong = next != bracket && next != ',';
    if (next == bracket)
        depth--;
    return next == bracket || is_wrong;
}

bool
walk::object(const node &node)
{
    bool is_wrong = false;
    at++;
    depth++;
    if (at < end && text[*at] == '}')
        return ends('}', is_wrong);
    do {
        if (end - at < 3 || text[at[0]] != '"' || text[at[1]] != ':')
            return false;
        const struct node *inner = find_part(node, text + at[0] + 1);
        at += 2;
        if (!(inner == nullptr ? skip() : value(*inner)))
            return false;
        if (is_enough)
            return true;
    } while (!ends('}', is_wrong));
    return !is_wrong;
}

bool
walk::array(const node &node)
{
    const struct node &inner = *node.elements;
    bool is_wrong = false;
    at++;
    depth++;
    if (at < end && text[*at] == ']')
        return ends(']', is_wrong);
    do {
        if (visitor.element)
            visitor.element(visitor.context, inner.field);
        if (!value(inner))
            return false;
        if (is_enough)
            return true;
    } while (!ends(']', is_wrong));
    return !is_wrong;
}

bool
walk::document(const node &root)
{
    char first = at < end ? text[*at] : '\0';
    bool done = first == '{' ? object(root) : first == '[' && root.elements && array(root);
    return done && (is_enough ? rest() : at == end);
}

} // namespace

struct wp_field_reader {
    std::unique_ptr<internal::dom_parser_implementation> finder;
    std::vector<char> strings;
    node root;
};

namespace
{

bool
make_room(wp_field_reader &reader, size_t length)
{
    const size_t least = 1u << 14;
    if (reader.finder && length <= reader.finder->capacity())
        return true;
    size_t room = length < least ? least : length;
    reader.strings.resize(room);
    auto error = reader.finder ? reader.finder->set_capacity(room)
                               : get_active_implementation()->create_dom_parser_implementation(
                                     room, DEFAULT_MAX_DEPTH, reader.finder);
    return error == SUCCESS;
}

} // namespace

struct wp_field_reader *
wp_field_reader_new(const char *const *paths, size_t count)
{
    try {
        auto reader = std::make_unique<wp_field_reader>();
        for (size_t i = 0; i < count; i++)
            add_path(reader->root, paths[i], i);
        return reader.release();
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void
wp_field_reader_free(struct wp_field_reader *reader)
{
    delete reader;
}

bool
wp_read_fields(struct wp_field_reader *reader, const char *text, size_t length,
               const struct wp_field_visitor *visitor)
{
    try {
        if (!make_room(*reader, length))
            return false;
    } catch (const std::bad_alloc &) {
        return false;
    }
    auto &finder = *reader->finder;
    const auto *bytes = reinterpret_cast<const uint8_t *>(text);
    if (finder.stage1(bytes, length, stage1_mode::regular) != SUCCESS)
        return false;
    const uint32_t *found = finder.structural_indexes.get();
    walk walk = {*visitor, text, found, found + finder.n_structural_indexes,
                 reader->strings.data()};
    return walk.document(reader->root);
}

bool
wp_is_utf8(const char *text, size_t length)
{
    return validate_utf8(text, length);
}
