// Fields by their paths, from simdjson's on-demand front. The paths are a tree; the
// text is walked along it and skipped beside it.
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

struct node {
    std::string key; // "[]" for the elements of an array
    size_t field = NO_FIELD;
    std::vector<std::unique_ptr<node>> parts;
    node *elements = nullptr;
    uint64_t firsts = 0; // of the parts' keys, the first bytes: bits by their value modulo 64
};

uint64_t
bit_of(char first)
{
    return UINT64_C(1) << (static_cast<unsigned char>(first) & 63);
}

node *
part_of(node &parent, string_view written)
{
    std::string key(written);
    for (char &c : key)
        if (c == WP_FIELDS_DOT[0])
            c = '.';
    for (auto &part : parent.parts)
        if (part->key == key)
            return part.get();
    parent.parts.push_back(std::make_unique<node>());
    node *part = parent.parts.back().get();
    part->key = key;
    // An empty key's first byte is the quote behind it.
    parent.firsts |= bit_of(key.empty() ? '"' : key[0]);
    if (key == "[]")
        parent.elements = part;
    return part;
}

void
add_path(node &root, string_view path, size_t field)
{
    node *at = &root;
    while (!path.empty()) {
        size_t end = path.find_first_of(".[", path[0] == '[' ? 2 : 0);
        if (end == string_view::npos)
            end = path.size();
        if (end > 0)
            at = part_of(*at, path.substr(0, end));
        path.remove_prefix(end < path.size() && path[end] == '.' ? end + 1 : end);
    }
    at->field = field;
}

string_view
trim(string_view text)
{
    size_t length = text.size();
    while (length > 0) {
        char last = text[length - 1];
        if (last != ' ' && last != '\t' && last != '\n' && last != '\r' && last != '\0')
            break;
        length--;
    }
    text.remove_suffix(text.size() - length);
    return text;
}

struct walk {
    const wp_field_visitor &visitor;
    error_code value(const node &at, ondemand::value &value);
    error_code object(const node &at, ondemand::object &object);
    error_code array(const node &at, ondemand::array &array);
    error_code scalar(const node &at, ondemand::value &value, string_view token);
};

error_code
walk::scalar(const node &at, ondemand::value &value, string_view token)
{
    wp_field_kind kind = WP_FIELD_NUMBER;
    string_view text = token;
    if (token == "null")
        return SUCCESS;
    if (token[0] == '"') {
        kind = WP_FIELD_STRING;
        if (auto error = value.get_string().get(text))
            return error;
    } else if (token == "true" || token == "false") {
        kind = token == "true" ? WP_FIELD_TRUE : WP_FIELD_FALSE;
    } else if (!wp_json_is_number(token.data(), token.size())) {
        return NUMBER_ERROR;
    }
    visitor.value(visitor.context, at.field, kind, {text.data(), text.size()});
    return SUCCESS;
}

error_code
walk::value(const node &at, ondemand::value &value)
{
    string_view token = trim(value.raw_json_token());
    if (token.empty())
        return TAPE_ERROR;
    if (token[0] == '{' && !at.parts.empty()) {
        ondemand::object inner;
        if (auto error = value.get_object().get(inner))
            return error;
        return object(at, inner);
    }
    if (token[0] == '[' && at.elements) {
        ondemand::array inner;
        if (auto error = value.get_array().get(inner))
            return error;
        return array(at, inner);
    }
    if (token[0] == '{' || token[0] == '[' || at.field == NO_FIELD)
        return SUCCESS;
    return scalar(at, value, token);
}

error_code
walk::object(const node &at, ondemand::object &object)
{
    for (auto element : object) {
        ondemand::field field;
        if (auto error = std::move(element).get(field))
            return error;
        // Keys that are escaped are none of those that are asked for.
        const char *raw = field.key().raw(), *end = raw;
        if (!(at.firsts & bit_of(*raw)))
            continue;
        while (*end != '"' && *end != '\\')
            end++;
        string_view key(raw, static_cast<size_t>(end - raw));
        for (const auto &part : at.parts)
            if (part->key == key) {
                if (auto error = value(*part, field.value()))
                    return error;
                break;
            }
    }
    return SUCCESS;
}

error_code
walk::array(const node &at, ondemand::array &array)
{
    const node &inner = *at.elements;
    for (auto element : array) {
        ondemand::value part;
        if (auto error = std::move(element).get(part))
            return error;
        if (visitor.element)
            visitor.element(visitor.context, inner.field);
        if (auto error = value(inner, part))
            return error;
    }
    return SUCCESS;
}

} // namespace

struct wp_field_reader {
    ondemand::parser parser;
    node root;
};

namespace
{

error_code
read_text(wp_field_reader &reader, const char *text, size_t length, walk &walk)
{
    ondemand::document document;
    if (auto error = reader.parser.iterate(text, length, length + WP_FIELDS_PADDING).get(document))
        return error;
    ondemand::json_type type;
    if (auto error = document.type().get(type))
        return error;
    if (type == ondemand::json_type::object) {
        ondemand::object object;
        if (auto error = document.get_object().get(object))
            return error;
        if (auto error = walk.object(reader.root, object))
            return error;
    } else if (type == ondemand::json_type::array && reader.root.elements) {
        ondemand::array array;
        if (auto error = document.get_array().get(array))
            return error;
        if (auto error = walk.array(reader.root, array))
            return error;
    } else {
        return INCORRECT_TYPE;
    }
    const char *rest;
    return document.current_location().get(rest) == SUCCESS ? TRAILING_CONTENT : SUCCESS;
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
    walk walk = {*visitor};
    try {
        return read_text(*reader, text, length, walk) == SUCCESS;
    } catch (const std::bad_alloc &) {
        return false;
    }
}
