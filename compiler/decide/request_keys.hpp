// The keys of a request, and telling them from one another.
#ifndef WP_DECIDE_REQUEST_KEYS_H
#define WP_DECIDE_REQUEST_KEYS_H

#include "compiler/decide/request_json.h"

#include <cstring>
#include <string_view>

namespace request_json
{

enum key { ID, IP, DEVICE, GROUPS, APP, USER, ENTRY, MANAGED, COMPLIANT, RISK, COMPLETE, OTHER };

inline constexpr std::string_view risk_levels[] = {"low", "medium", "high"};

inline bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Whether a raw key, which ends with a quote and then more text, is that one.
template <size_t size>
inline bool
is_key(const char *raw, const char (&quoted)[size])
{
    static_assert(size <= WP_REQUEST_PADDING, "keys are compared without looking for the end");
    return memcmp(raw, quoted, size - 1) == 0;
}

// What the text behind a key's first quote says; OTHER also where it has escapes.
inline key
find_raw_key(const char *raw)
{
    switch (raw[0]) {
    case 'i':
        return is_key(raw, "ip\"") ? IP : is_key(raw, "id\"") ? ID : OTHER;
    case 'd':
        return is_key(raw, "device\"") ? DEVICE : OTHER;
    case 'g':
        return is_key(raw, "groups\"")            ? GROUPS
               : is_key(raw, "groups_complete\"") ? COMPLETE
                                                  : OTHER;
    case 'a':
        return is_key(raw, "app\"") ? APP : OTHER;
    case 'u':
        return is_key(raw, "user\"") ? USER : OTHER;
    case 'e':
        return is_key(raw, "entry\"") ? ENTRY : OTHER;
    case 'm':
        return is_key(raw, "managed\"") ? MANAGED : OTHER;
    case 'c':
        return is_key(raw, "compliant\"") ? COMPLIANT : OTHER;
    case 'r':
        return is_key(raw, "risk\"") ? RISK : OTHER;
    default:
        return OTHER;
    }
}

} // namespace request_json

#endif
