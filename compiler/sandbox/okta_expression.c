/* As much of Okta's expression language as sign-in rules use for devices. What is
 * not understood is said to be so; nothing is guessed. */
#include "compiler/sandbox/okta_match.h"

#include <ctype.h>
#include <string.h>

#define DEPTH_MAX 32
#define WORD_MAX 200

struct scan {
    struct wp_signin *signin;
    const char *at;
    unsigned depth;
    bool is_lost; /* something was not understood */
};

struct value {
    char text[WORD_MAX]; /* "true" and "false" for truth values */
    bool is_known;       /* null otherwise */
};

static void
skip_space(struct scan *scan)
{
    while (isspace((unsigned char)*scan->at))
        scan->at++;
}

static bool
accept(struct scan *scan, const char *mark)
{
    skip_space(scan);
    if (strncmp(scan->at, mark, strlen(mark)) != 0)
        return false;
    scan->at += strlen(mark);
    return true;
}

static void
set(struct value *value, const char *text)
{
    value->is_known = text != NULL && strlen(text) < sizeof value->text;
    if (value->is_known)
        strcpy(value->text, text);
}

/* What device.profile.platform and its like are for this sign-in. */
static bool
look_up(struct wp_signin *signin, const char *name, struct value *value)
{
    const json_t *device = signin->device;
    const char *type, *os;
    wp_box_okta_observe(signin, &type, &os);
    if (strcmp(name, "device.profile.platform") == 0)
        set(value, strcmp(os, "OTHER") != 0 && strcmp(os, "LINUX") != 0 ? os
                   : strcmp(type, "MOBILE") == 0                        ? "MOBILE_OTHER"
                   : strcmp(type, "DESKTOP") == 0                       ? "DESKTOP_OTHER"
                                                                        : NULL);
    else if (strcmp(name, "device.profile.managed") == 0)
        set(value, wp_box_yes(device, "managed") ? "true" : "false");
    else if (strcmp(name, "device.profile.registered") == 0)
        set(value, wp_box_yes(device, "registered") ? "true" : "false");
    else if (strcmp(name, "device.provider.devicePostureIdP.managed") == 0)
        set(value, wp_box_yes(device, "managed") ? "true" : "false");
    else if (strcmp(name, "device.provider.devicePostureIdP.compliant") == 0)
        set(value, wp_box_yes(device, "compliant") ? "true" : "false");
    else if (strcmp(name, "user.profile.login") == 0 || strcmp(name, "user.profile.email") == 0)
        set(value, wp_box_text(json_object_get(signin->user, "profile"), "login"));
    else if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0)
        set(value, name);
    else if (strcmp(name, "null") == 0)
        value->is_known = false;
    else
        return false;
    return true;
}

static void
read_value(struct scan *scan, struct value *value)
{
    char word[WORD_MAX];
    size_t length = 0;
    *value = (struct value){0};
    skip_space(scan);
    if (*scan->at == '\'' || *scan->at == '"') {
        char quote = *scan->at++;
        while (scan->at[length] != quote && scan->at[length] != '\0' && length < WORD_MAX)
            length++;
        if (scan->at[length] != quote || length >= WORD_MAX) {
            scan->is_lost = true;
            return;
        }
        memcpy(value->text, scan->at, length);
        value->is_known = true;
        scan->at += length + 1;
        return;
    }
    while ((isalnum((unsigned char)scan->at[length]) || scan->at[length] == '.' ||
            scan->at[length] == '_') &&
           length < WORD_MAX - 1)
        length++;
    memcpy(word, scan->at, length);
    word[length] = '\0';
    scan->at += length;
    if (length == 0 || !look_up(scan->signin, word, value))
        scan->is_lost = true;
}

static bool read_either(struct scan *scan);

static bool
read_comparison(struct scan *scan)
{
    struct value left, right;
    bool is_equal;
    if (accept(scan, "(")) {
        bool inner = false;
        if (++scan->depth > DEPTH_MAX)
            scan->is_lost = true;
        else
            inner = read_either(scan);
        scan->depth--;
        if (!accept(scan, ")"))
            scan->is_lost = true;
        return inner;
    }
    read_value(scan, &left);
    skip_space(scan);
    is_equal = strncmp(scan->at, "==", 2) == 0;
    if (!is_equal && strncmp(scan->at, "!=", 2) != 0)
        return left.is_known && strcmp(left.text, "true") == 0;
    scan->at += 2;
    read_value(scan, &right);
    return is_equal == (left.is_known == right.is_known &&
                        (!left.is_known || strcmp(left.text, right.text) == 0));
}

static bool
read_not(struct scan *scan)
{
    bool is_negated = false;
    skip_space(scan);
    while (scan->at[0] == '!' && scan->at[1] != '=') {
        is_negated = !is_negated;
        scan->at++;
        skip_space(scan);
    }
    return read_comparison(scan) != is_negated;
}

static bool
read_both(struct scan *scan)
{
    bool holds = read_not(scan);
    while (!scan->is_lost && (accept(scan, "&&") || accept(scan, "AND ")))
        holds = read_not(scan) && holds;
    return holds;
}

static bool
read_either(struct scan *scan)
{
    bool holds = read_both(scan);
    while (!scan->is_lost && (accept(scan, "||") || accept(scan, "OR ")))
        holds = read_both(scan) || holds;
    return holds;
}

int
wp_box_okta_expression(struct wp_signin *signin, const char *text)
{
    struct scan scan = {.signin = signin, .at = text};
    bool holds = read_either(&scan);
    skip_space(&scan);
    return scan.is_lost || *scan.at != '\0' ? -1 : holds;
}
