/*
 * Who the client is behind proxies: X-Forwarded-For and Forwarded, read from the
 * right, because only what trusted proxies appended can be believed.
 */
#include "woapol_host.h"

#include <string.h>

/* More proxies in a row than these are no chain but an attack: Forwarded is read from
 * its left for each of them. */
#define MAX_HOPS 32

/* A piece of a header that has not been read yet: it shrinks from the right. */
struct rest {
    const char *text;
    size_t length;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct rest
trim(struct rest piece)
{
    while (piece.length > 0 && is_blank(piece.text[0])) {
        piece.text++;
        piece.length--;
    }
    while (piece.length > 0 && is_blank(piece.text[piece.length - 1]))
        piece.length--;
    return piece;
}

bool
woapol_address_parse(struct woapol_address *address, const char *text, size_t length)
{
    struct woapol_request request;

    woapol_request_init(&request);
    if (!woapol_set_address(&request, text, length))
        return false;
    memcpy(address->bytes, request.address, sizeof address->bytes);
    address->family = request.address_family;
    return true;
}

/* ---- prefixes ---------------------------------------------------------------- */

static bool
parse_prefix_length(const char *text, size_t length, unsigned *bits)
{
    if (length == 0 || length > 3 || (length > 1 && text[0] == '0'))
        return false;
    *bits = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *bits = *bits * 10 + (unsigned)(text[i] - '0');
    }
    return true;
}

/* The mask of byte `index` of a prefix of `bits` bits. */
static uint8_t
mask_of(unsigned bits, size_t index)
{
    unsigned before = (unsigned)index * 8;

    if (bits >= before + 8)
        return 0xff;
    if (bits <= before)
        return 0;
    return (uint8_t)(0xff << (8 - (bits - before)));
}

bool
woapol_prefix_holds(const struct woapol_prefix *prefix, const struct woapol_address *address)
{
    if (address->family != prefix->address.family || address->family == 0)
        return false;
    for (size_t i = 0; i < sizeof address->bytes; i++)
        if ((address->bytes[i] ^ prefix->address.bytes[i]) & mask_of(prefix->length, i))
            return false;
    return true;
}

bool
woapol_prefix_parse(struct woapol_prefix *prefix, const char *text, size_t length)
{
    const char *slash = memchr(text, '/', length);
    size_t address_length = slash ? (size_t)(slash - text) : length;
    struct woapol_prefix made;
    unsigned bits;

    if (!woapol_address_parse(&made.address, text, address_length))
        return false;
    unsigned width = made.address.family == 4 ? 32 : 128;
    if (slash && !parse_prefix_length(slash + 1, length - address_length - 1, &bits))
        return false;
    if (!slash)
        bits = width;
    if (slash && made.address.family == 4 && memchr(text, ':', address_length)) {
        if (bits < 96)
            return false;
        bits -= 96;
    }
    if (bits > width)
        return false;
    for (size_t i = 0; i < width / 8; i++)
        if (made.address.bytes[i] & (uint8_t)~mask_of(bits, i))
            return false;
    made.length = (uint8_t)bits;
    *prefix = made;
    return true;
}

/* ---- one element --------------------------------------------------------------- */

static bool
is_port(struct rest port)
{
    if (port.length == 0 || port.length > 5)
        return false;
    for (size_t i = 0; i < port.length; i++)
        if (port.text[i] < '0' || port.text[i] > '9')
            return false;
    return true;
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80". */
static bool
parse_node(struct rest node, struct woapol_address *address)
{
    if (node.length > 0 && node.text[0] == '[') {
        const char *end = memchr(node.text, ']', node.length);
        if (!end)
            return false;
        size_t used = (size_t)(end - node.text) + 1;
        struct rest after = {node.text + used, node.length - used};
        struct rest port = {after.text + 1, after.length - 1};
        if (after.length > 0 && (after.text[0] != ':' || !is_port(port)))
            return false;
        return memchr(node.text, ':', used) != NULL &&
               woapol_address_parse(address, node.text + 1, used - 2);
    }
    const char *colon = memchr(node.text, ':', node.length);
    if (colon && !memchr(colon + 1, ':', (size_t)(node.text + node.length - colon - 1))) {
        size_t used = (size_t)(colon - node.text);
        struct rest port = {colon + 1, node.length - used - 1};
        return is_port(port) && woapol_address_parse(address, node.text, used);
    }
    return woapol_address_parse(address, node.text, node.length);
}

/* Cuts the last element of a plain list off *rest; false when none is left. */
static bool
take_last_plain(struct rest *rest, struct rest *element)
{
    size_t start = rest->length;

    if (!rest->text)
        return false;
    while (start > 0 && rest->text[start - 1] != ',')
        start--;
    *element = trim((struct rest){rest->text + start, rest->length - start});
    if (start == 0)
        rest->text = NULL;
    else
        rest->length = start - 1;
    return true;
}

/*
 * Forwarded has quoted strings, which may hold commas, and can only be split
 * from the left. Finds the last element that ends at or before rest->length.
 */
static bool
take_last_forwarded(struct rest *rest, struct rest *element)
{
    size_t start = 0;
    bool quoted = false;

    if (!rest->text)
        return false;
    for (size_t i = 0; i < rest->length; i++) {
        if (quoted && rest->text[i] == '\\')
            i++;
        else if (rest->text[i] == '"')
            quoted = !quoted;
        else if (!quoted && rest->text[i] == ',')
            start = i + 1;
    }
    *element = trim((struct rest){rest->text + start, rest->length - start});
    if (quoted)
        element->length = 0;
    if (start == 0)
        rest->text = NULL;
    else
        rest->length = start - 1;
    return true;
}

/* The text of a quoted string; addresses need no escapes, so one with an escape
 * is refused. */
static bool
unquote(struct rest *value)
{
    if (value->length == 0 || value->text[0] != '"')
        return true;
    if (value->length < 2 || value->text[value->length - 1] != '"')
        return false;
    value->text++;
    value->length -= 2;
    return !memchr(value->text, '"', value->length) && !memchr(value->text, '\\', value->length);
}

static bool
is_for(struct rest name)
{
    return name.length == 3 && (name.text[0] | 32) == 'f' && (name.text[1] | 32) == 'o' &&
           (name.text[2] | 32) == 'r';
}

/* Cuts "name=value" up to the next semicolon outside quotes off the element. */
static bool
take_pair(struct rest *element, struct rest *name, struct rest *value)
{
    size_t end = 0;
    bool quoted = false;

    for (; end < element->length && (quoted || element->text[end] != ';'); end++) {
        if (quoted && element->text[end] == '\\' && end + 1 < element->length)
            end++;
        else if (element->text[end] == '"')
            quoted = !quoted;
    }
    const char *equals = end > 0 ? memchr(element->text, '=', end) : NULL;
    if (!equals)
        return false;
    size_t name_length = (size_t)(equals - element->text);
    *name = trim((struct rest){element->text, name_length});
    *value = trim((struct rest){equals + 1, end - name_length - 1});
    size_t used = end < element->length ? end + 1 : end;
    element->text += used;
    element->length -= used;
    return true;
}

static bool
parse_forwarded(struct rest element, struct woapol_address *address)
{
    bool found = false;

    while (element.length > 0) {
        struct rest name, value;
        if (!take_pair(&element, &name, &value))
            return false;
        if (!is_for(name))
            continue;
        if (found || !unquote(&value) || !parse_node(value, address))
            return false;
        found = true;
    }
    return found;
}

/* ---- the walk -------------------------------------------------------------------- */

static bool
is_trusted(const struct woapol_prefix *trusted, size_t count, const struct woapol_address *address)
{
    for (size_t i = 0; i < count; i++)
        if (woapol_prefix_holds(&trusted[i], address))
            return true;
    return false;
}

bool
woapol_client_address(const struct woapol_prefix *trusted, size_t trusted_count,
                      const struct woapol_address *peer, enum woapol_forwarded kind,
                      const struct woapol_text *values, size_t value_count,
                      struct woapol_address *client)
{
    struct woapol_address at = *peer;
    unsigned hops = 0;

    for (size_t i = value_count; i-- > 0;) {
        struct rest rest = trim((struct rest){values[i].text, values[i].length}), element;
        if (rest.length == 0)
            continue;
        while (is_trusted(trusted, trusted_count, &at)) {
            bool more = kind == WOAPOL_FORWARDED ? take_last_forwarded(&rest, &element)
                                                 : take_last_plain(&rest, &element);
            if (!more)
                break;
            bool good =
                kind == WOAPOL_FORWARDED ? parse_forwarded(element, &at) : parse_node(element, &at);
            if (!good || ++hops > MAX_HOPS) {
                *client = (struct woapol_address){.family = 0};
                return false;
            }
        }
    }
    *client = at;
    return true;
}
