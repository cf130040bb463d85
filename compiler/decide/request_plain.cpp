#include "compiler/decide/request_plain.hpp"

#include "compiler/decide/json_token.h"
#include "compiler/decide/request_keys.hpp"

using std::string_view;

namespace request_json
{

namespace
{

// Tokens one after the other: each reaches from its place to the next one's, and ends
// before the blanks there. Behind the last place stands the text's length, twice.
struct tokens {
    const char *text;
    const uint32_t *place, *end;

    char
    peek() const
    {
        return place < end ? text[*place] : '\0';
    }

    // For what is more than one byte long.
    string_view
    take()
    {
        const char *start = text + place[0], *stop = text + place[1];
        if (stop[-1] <= ' ') // nearly never
            while (stop > start && is_space(stop[-1]))
                stop--;
        place++;
        return {start, static_cast<size_t>(stop - start)};
    }

    bool
    take(char wanted)
    {
        const bool is_it = peek() == wanted;
        place += is_it;
        return is_it;
    }

    bool
    take_string(woapol_text &out)
    {
        if (peek() != '"')
            return false;
        const string_view token = take();
        out = {token.data() + 1, token.size() - 2};
        return token.size() >= 2 && token.back() == '"';
    }

    bool
    take_flag(bool &out)
    {
        if (peek() != 't' && peek() != 'f')
            return false;
        const string_view token = take();
        out = token == "true";
        return out || token == "false";
    }
};

bool
take_groups(tokens &t, wp_request_facts &facts, std::vector<woapol_text> &groups)
{
    woapol_text group;
    if (!t.take('['))
        return false;
    if (!t.take(']')) {
        do {
            if (!t.take_string(group))
                return false;
            groups.push_back(group);
        } while (t.take(','));
        if (!t.take(']'))
            return false;
    }
    facts.groups = groups.data();
    facts.group_count = groups.size();
    return true;
}

bool
take_address(tokens &t, wp_request_facts &facts)
{
    woapol_request request;
    if (!t.take_string(facts.ip))
        return false;
    woapol_request_init(&request);
    if (!woapol_set_address(&request, facts.ip.text, facts.ip.length))
        return false;
    memcpy(facts.address, request.address, sizeof facts.address);
    facts.address_family = request.address_family;
    return true;
}

bool
take_risk(tokens &t, wp_request_facts &facts)
{
    woapol_text risk;
    if (!t.take_string(risk))
        return false;
    const string_view level(risk.text, risk.length);
    for (uint8_t i = 0; i < 3; i++)
        if (level == risk_levels[i]) {
            facts.risk = i;
            return true;
        }
    return false;
}

// A string, number or word.
bool
take_scalar(tokens &t, string_view &out)
{
    woapol_text text;
    const char first = t.peek();
    if (first == '"') {
        if (!t.take_string(text))
            return false;
        out = {text.text - 1, text.length + 2};
        return true;
    }
    if (first == '\0' || first == '{' || first == '[')
        return false;
    out = t.take();
    return out == "true" || out == "false" || out == "null" ||
           wp_json_is_number(out.data(), out.size());
}

bool
take_value(tokens &t, key key, wp_request_facts &facts, std::vector<woapol_text> &groups)
{
    string_view scalar;
    bool complete;
    switch (key) {
    case ID:
        if (!take_scalar(t, scalar))
            return false;
        facts.id = {scalar.data(), scalar.size()};
        return true;
    case IP:
        return take_address(t, facts);
    case DEVICE:
        return t.take_string(facts.device);
    case GROUPS:
        return take_groups(t, facts, groups);
    case APP:
        return t.take_string(facts.app);
    case USER:
        return t.take_string(facts.user);
    case ENTRY:
        return t.take_string(facts.entry);
    case MANAGED:
        return t.take_flag(facts.managed);
    case COMPLIANT:
        return t.take_flag(facts.compliant);
    case RISK:
        return take_risk(t, facts);
    case COMPLETE:
        if (!t.take_flag(complete))
            return false;
        facts.groups_incomplete = !complete;
        return true;
    case OTHER:
        break;
    }
    return take_scalar(t, scalar);
}

bool
take_object(tokens &t, wp_request_facts &facts, std::vector<woapol_text> &groups)
{
    unsigned seen = 0;
    if (!t.take('{'))
        return false;
    if (!t.take('}')) {
        do {
            woapol_text name;
            if (!t.take_string(name) || !t.take(':'))
                return false;
            const key key = find_raw_key(name.text);
            if ((seen >> key & 1) && key != OTHER) // it stands twice
                return false;
            seen |= 1u << key;
            if (!take_value(t, key, facts, groups))
                return false;
        } while (t.take(','));
        if (!t.take('}'))
            return false;
    }
    return t.place == t.end;
}

} // namespace

bool
plain_reader::find_places(const char *text, size_t length)
{
    // Growing by doubling; so many nested values as there can be here.
    constexpr size_t least = 1024, depth = 2;
    if (!stages) {
        const simdjson::implementation *best = simdjson::get_active_implementation();
        if (best->create_dom_parser_implementation(least, depth, stages))
            return false;
    }
    if (stages->capacity() < length && stages->set_capacity(2 * length))
        return false;
    return !stages->stage1(reinterpret_cast<const uint8_t *>(text), length,
                           simdjson::stage1_mode::regular);
}

bool
plain_reader::read(const char *text, size_t length, wp_request_facts &facts,
                   std::vector<woapol_text> &groups)
{
    if (length == 0 || length > WP_REQUEST_MAX || memchr(text, '\\', length) ||
        !find_places(text, length))
        return false;
    const uint32_t *places = stages->structural_indexes.get();
    tokens t = {text, places, places + stages->n_structural_indexes};
    return take_object(t, facts, groups);
}

} // namespace request_json
