// The door to simdjson: JSON text to the facts of a request.
//
// Most requests are flat and need no more than request_plain.hpp. The others, and all
// that are wrong, come here, where what is wrong is told.
//
// simdjson's on-demand front finds the tokens (and checks UTF-8 and quotes) at
// several bytes a cycle; what a token means is decided here. Values that are not
// of interest are walked, too: skipping them would let broken JSON pass. Numbers
// are only checked for their grammar and echoed, so none is too large.
#include "compiler/decide/request_json.h"
#include "compiler/decide/json_token.h"
#include "compiler/decide/request_keys.hpp"
#include "compiler/decide/request_plain.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simdjson.h>

using namespace simdjson;
using namespace request_json;
using std::string_view;

struct wp_request_reader {
    request_json::plain_reader plain;
    ondemand::parser parser;
    std::vector<woapol_text> groups;
    char error[512];
};

namespace
{

const string_view key_names[OTHER] = {"id",        "ip",   "device",         "groups",
                                      "app",       "user", "entry",          "managed",
                                      "compliant", "risk", "groups_complete"};

// What stands for an id that is not there.
const char no_id[] = "null";

// One text being read.
struct reading {
    wp_request_reader &reader;
    ondemand::document &document;
    wp_request_facts &facts;
    const char *text;
    bool has_escapes; // there is a backslash somewhere
    unsigned seen;    // a bit for each key
};

__attribute__((format(printf, 2, 3))) bool
fail(reading &r, const char *format, ...)
{
    // The first error is the one that is told.
    if (r.facts.error)
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(r.reader.error, sizeof r.reader.error, format, arguments);
    va_end(arguments);
    r.facts.error = r.reader.error;
    return false;
}

string_view
trim(string_view text)
{
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

// As much of a text as a message can carry, cut between characters.
string_view
excerpt(string_view text)
{
    if (text.size() <= 60)
        return text;
    size_t end = 60;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        end--;
    return text.substr(0, end);
}

#define EXCERPT(text) static_cast<int>(excerpt(text).size()), excerpt(text).data()

const char *
describe(error_code error)
{
    switch (static_cast<int>(error)) {
    case EMPTY:
        return "the text is empty";
    case UTF8_ERROR:
        return "the text is not UTF-8";
    case UNCLOSED_STRING:
        return "a string has no closing quote";
    case UNESCAPED_CHARS:
        return "a string holds a control character that is not escaped";
    case INCOMPLETE_ARRAY_OR_OBJECT:
        return "a bracket is not closed, or something stands behind the last one";
    case STRING_ERROR:
        return "a string holds an escape that is not JSON's";
    case MEMALLOC:
        return "there is not enough memory for this text";
    default:
        return "the text is not JSON";
    }
}

bool
fail_syntax(reading &r, error_code error)
{
    const char *place;
    if (r.document.current_location().get(place) == SUCCESS && place >= r.text)
        return fail(r, "%s, at byte %zu", describe(error), static_cast<size_t>(place - r.text) + 1);
    return fail(r, "%s", describe(error));
}

// What a value is, from its first byte, as messages call it.
const char *
kind_of(string_view token)
{
    switch (token.empty() ? '\0' : token[0]) {
    case '{':
        return "an object";
    case '[':
        return "an array";
    case '"':
        return "a string";
    case 't':
    case 'f':
        return "true or false";
    case 'n':
        return "null";
    default:
        return "a number";
    }
}

// The text of a string; copied only if it holds escapes, which it may if `escapes`.
error_code
read_string(ondemand::value &value, string_view token, bool escapes, string_view &text)
{
    if (escapes && memchr(token.data(), '\\', token.size()))
        return value.get_string().get(text);
    if (token.size() < 2 || token.back() != '"')
        return TAPE_ERROR;
    text = token.substr(1, token.size() - 2);
    ondemand::raw_json_string raw;
    return value.get_raw_json_string().get(raw);
}

// What a result holds, in place: to copy what has just been written in smaller
// pieces is what costs most here.
template <typename held>
held &
value_of(simdjson_result<held> &result)
{
    held &&value = std::move(result).value_unsafe();
    return value;
}

error_code check_value(ondemand::value &value, unsigned depth);

error_code
check_array(ondemand::value &value, unsigned depth)
{
    ondemand::array array;
    if (auto error = value.get_array().get(array))
        return error;
    for (auto element : array) {
        if (element.error())
            return element.error();
        if (auto error = check_value(value_of(element), depth + 1))
            return error;
    }
    return SUCCESS;
}

error_code
check_object(ondemand::value &value, unsigned depth)
{
    ondemand::object object;
    if (auto error = value.get_object().get(object))
        return error;
    for (auto element : object) {
        if (element.error())
            return element.error();
        ondemand::field &field = value_of(element);
        string_view key;
        if (auto error = field.unescaped_key().get(key))
            return error;
        if (auto error = check_value(field.value(), depth + 1))
            return error;
    }
    return SUCCESS;
}

// Holds a value of no interest to JSON's grammar and moves past it.
error_code
check_value(ondemand::value &value, unsigned depth)
{
    string_view text;
    if (depth > WP_REQUEST_MAX_DEPTH)
        return DEPTH_ERROR;
    string_view token = trim(value.raw_json_token());
    switch (token.empty() ? '\0' : token[0]) {
    case '{':
        return check_object(value, depth);
    case '[':
        return check_array(value, depth);
    case '"':
        return read_string(value, token, true, text);
    case 't':
        return token == "true" ? SUCCESS : T_ATOM_ERROR;
    case 'f':
        return token == "false" ? SUCCESS : F_ATOM_ERROR;
    case 'n':
        return token == "null" ? SUCCESS : N_ATOM_ERROR;
    default:
        return wp_json_is_number(token.data(), token.size()) ? SUCCESS : NUMBER_ERROR;
    }
}

bool
pass_over(reading &r, ondemand::value &value)
{
    error_code error = check_value(value, 0);
    if (error == DEPTH_ERROR)
        return fail(r, "arrays and objects are nested too deeply (more than %d)",
                    WP_REQUEST_MAX_DEPTH);
    return error == SUCCESS || fail_syntax(r, error);
}

// A value of another type than its key wants: an error of the request, though
// the rest is still read, for the id.
bool
refuse_type(reading &r, key key, const char *wanted, ondemand::value &value, string_view token)
{
    if (!pass_over(r, value))
        return false;
    fail(r, "\"%s\" must be %s, not %s", key_names[key].data(), wanted, kind_of(token));
    return true;
}

bool
read_text(reading &r, key key, ondemand::value &value, string_view token, woapol_text &out)
{
    if (token[0] != '"')
        return refuse_type(r, key, "a string", value, token);
    string_view text;
    if (auto error = read_string(value, token, r.has_escapes, text))
        return fail_syntax(r, error);
    out = {text.data(), text.size()};
    return true;
}

bool
read_flag(reading &r, key key, ondemand::value &value, string_view token, bool &out)
{
    if (token != "true" && token != "false")
        return refuse_type(r, key, "true or false", value, token);
    out = token == "true";
    return true;
}

bool
read_risk(reading &r, ondemand::value &value, string_view token)
{
    woapol_text text = {};
    if (!read_text(r, RISK, value, token, text) || !text.text)
        return !r.facts.error || token[0] != '"';
    string_view level(text.text, text.length);
    for (uint8_t i = 0; i < 3; i++)
        if (level == risk_levels[i]) {
            r.facts.risk = i;
            return true;
        }
    fail(r, "\"risk\" must be low, medium or high, not \"%.*s\"", EXCERPT(level));
    return true;
}

bool
read_address(reading &r, ondemand::value &value, string_view token)
{
    if (!read_text(r, IP, value, token, r.facts.ip))
        return false;
    woapol_request request;
    woapol_request_init(&request);
    if (!r.facts.ip.text)
        return true;
    string_view text(r.facts.ip.text, r.facts.ip.length);
    if (!woapol_set_address(&request, text.data(), text.size())) {
        fail(r, "\"ip\" is not an IPv4 or IPv6 address: \"%.*s\"", EXCERPT(text));
        return true;
    }
    memcpy(r.facts.address, request.address, sizeof r.facts.address);
    r.facts.address_family = request.address_family;
    return true;
}

bool
read_groups(reading &r, ondemand::value &value, string_view token)
{
    if (token[0] != '[')
        return refuse_type(r, GROUPS, "an array of strings", value, token);
    ondemand::array array;
    if (auto error = value.get_array().get(array))
        return fail_syntax(r, error);
    for (auto element : array) {
        if (element.error())
            return fail_syntax(r, element.error());
        ondemand::value &part = value_of(element);
        string_view name = trim(part.raw_json_token());
        woapol_text text = {};
        if (name.empty() || name[0] != '"') {
            if (!pass_over(r, part))
                return false;
            fail(r, "\"groups\" must hold strings only, not %s", kind_of(name));
        } else if (auto error = read_string(part, name, r.has_escapes, name)) {
            return fail_syntax(r, error);
        } else {
            text = {name.data(), name.size()};
            r.reader.groups.push_back(text);
        }
    }
    r.facts.groups = r.reader.groups.data();
    r.facts.group_count = r.reader.groups.size();
    return true;
}

bool
read_id(reading &r, ondemand::value &value, string_view token)
{
    if (!pass_over(r, value))
        return false;
    const char *start = token.data();
    if (token[0] != '{' && token[0] != '[') {
        r.facts.id = {start, token.size()};
        return true;
    }
    const char *end;
    if (auto error = r.document.current_location().get(end))
        return fail_syntax(r, error);
    r.facts.id = {start, trim(string_view(start, static_cast<size_t>(end - start))).size()};
    return true;
}

bool
read_value(reading &r, key key, ondemand::value &value)
{
    string_view token = trim(value.raw_json_token());
    if (token.empty())
        return fail_syntax(r, TAPE_ERROR);
    bool complete = true, done;
    switch (key) {
    case ID:
        return read_id(r, value, token);
    case IP:
        return read_address(r, value, token);
    case DEVICE:
        return read_text(r, key, value, token, r.facts.device);
    case GROUPS:
        return read_groups(r, value, token);
    case APP:
        return read_text(r, key, value, token, r.facts.app);
    case USER:
        return read_text(r, key, value, token, r.facts.user);
    case ENTRY:
        return read_text(r, key, value, token, r.facts.entry);
    case MANAGED:
        return read_flag(r, key, value, token, r.facts.managed);
    case COMPLIANT:
        return read_flag(r, key, value, token, r.facts.compliant);
    case RISK:
        return read_risk(r, value, token);
    case COMPLETE:
        done = read_flag(r, key, value, token, complete);
        r.facts.groups_incomplete = !complete;
        return done;
    case OTHER:
        return pass_over(r, value);
    }
    return pass_over(r, value);
}

// Which key a field has. One with escapes is unescaped, which also checks them.
error_code
read_key(ondemand::field &field, key &out)
{
    const char *raw = field.key().raw();
    out = find_raw_key(raw);
    if (out != OTHER)
        return SUCCESS;
    while (*raw != '"' && *raw != '\\')
        raw++;
    if (*raw == '"')
        return SUCCESS;
    string_view name;
    if (auto error = field.unescaped_key().get(name))
        return error;
    unsigned key = 0;
    while (key < OTHER && name != key_names[key])
        key++;
    out = static_cast<enum key>(key);
    return SUCCESS;
}

bool
read_fields(reading &r, ondemand::object &object)
{
    for (auto element : object) {
        key key;
        if (element.error())
            return fail_syntax(r, element.error());
        ondemand::field &field = value_of(element);
        if (auto error = read_key(field, key))
            return fail_syntax(r, error);
        if (key != OTHER && (r.seen >> key & 1)) {
            if (!pass_over(r, field.value()))
                return false;
            fail(r, "\"%s\" stands twice", key_names[key].data());
            continue;
        }
        r.seen |= 1u << key;
        if (!read_value(r, key, field.value()))
            return false;
    }
    const char *rest;
    if (r.document.current_location().get(rest) == SUCCESS)
        return fail(r, "there is more text after the request, at byte %zu",
                    static_cast<size_t>(rest - r.text) + 1);
    return !r.facts.error;
}

bool
read_text_of(wp_request_reader &reader, const char *text, size_t length, wp_request_facts &facts)
{
    ondemand::document document;
    reading r = {reader, document, facts, text, memchr(text, '\\', length) != nullptr, 0};
    if (length > WP_REQUEST_MAX)
        return fail(r, "the text is longer than %u MiB", WP_REQUEST_MAX >> 20);
    auto error = reader.parser.iterate(text, length, length + WP_REQUEST_PADDING).get(document);
    if (error)
        return fail(r, "%s", describe(error));
    ondemand::object object;
    error = document.get_object().get(object);
    if (error == INCORRECT_TYPE)
        return fail(r, "a request must be a JSON object");
    if (error)
        return fail_syntax(r, error);
    return read_fields(r, object);
}

// simdjson does not look into a text whose brackets or bytes are wrong. What looks
// like its id is echoed all the same, if by itself it is JSON.
void
recover_id(wp_request_reader &reader, const char *text, size_t length, wp_request_facts &facts)
{
    woapol_text id = wp_json_first_id(text, length);
    if (id.length == 0)
        return;
    std::string alone = "{\"id\":" + std::string(id.text, id.length) + "}";
    size_t size = alone.size();
    alone.append(WP_REQUEST_PADDING, ' ');
    char error[sizeof reader.error];
    memcpy(error, reader.error, sizeof error);
    wp_request_facts found = {};
    if (read_text_of(reader, alone.data(), size, found))
        facts.id = id;
    memcpy(reader.error, error, sizeof error);
}

void
clear(wp_request_reader &reader, wp_request_facts &facts)
{
    facts = {};
    facts.id = {no_id, 4};
    facts.risk = 2;
    reader.groups.clear();
}

} // namespace

struct wp_request_reader *
wp_request_reader_new(void)
{
    return new (std::nothrow) wp_request_reader;
}

void
wp_request_reader_free(struct wp_request_reader *reader)
{
    delete reader;
}

bool
wp_request_read(struct wp_request_reader *reader, const char *text, size_t length,
                struct wp_request_facts *facts)
{
    try {
        clear(*reader, *facts);
        if (reader->plain.read(text, length, *facts, reader->groups))
            return true;
        clear(*reader, *facts);
        if (read_text_of(*reader, text, length, *facts))
            return true;
        if (facts->id.text == no_id)
            recover_id(*reader, text, length, *facts);
        return false;
    } catch (const std::bad_alloc &) {
        facts->error = "there is not enough memory for this text";
        return false;
    }
}
