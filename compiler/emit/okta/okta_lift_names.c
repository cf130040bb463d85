/* Names: what Okta calls things, as identifiers of a source. Where the session's
 * model knows the thing, its name there. */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/plain_text.h"
#include "compiler/facts.h"

#include <string.h>

/* Words of the language, which are better not names. */
static bool
is_word(const char *text)
{
    static const char *const words[] = {
        "use",     "network",  "device",       "group",  "chain",   "app",       "condition",
        "policy",  "template", "test",         "prove",  "method",  "tenant",    "client",
        "kind",    "posture",  "issue",        "assume", "implies", "is",        "default",
        "for",     "in",       "and",          "or",     "not",     "then",      "else",
        "every",   "when",     "rule",         "report", "include", "otherwise", "as",
        "deny",    "allow",    "authenticate", "user",   "entry",   "managed",   "compliant",
        "risk",    "given",    "expect",       "ip",     "groups",  "none",      "incomplete",
        "true",    "false",    "yes",          "no",     "demands", "where",     "fact",
        "message", "by",       "never",        "always", "factors"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], text) == 0)
            return true;
    }
    return false;
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* "All Staff (Berlin)" as All_Staff_Berlin. */
static const char *
identifier(struct wp_arena *arena, const char *kind, const char *text)
{
    enum { LONGEST = 60 };
    char *name = wp_alloc(arena, LONGEST + 32), *to = name;
    bool gap = false;

    if (*text >= '0' && *text <= '9')
        to += snprintf(name, 24, "%.20s_", kind);
    for (; *text && to - name < LONGEST; text++) {
        if (!is_letter(*text) && (*text < '0' || *text > '9')) {
            gap = to > name;
            continue;
        }
        if (gap && to[-1] != '_')
            *to++ = '_';
        gap = false;
        *to++ = *text;
    }
    if (to == name)
        return kind;
    return is_word(name) ? wp_format(arena, "%s_", name) : name;
}

const char *
wp_okta_lift_name(struct wp_okta_lift *lift, const char *kind, const char *key, const char *wanted)
{
    const json_t *known = json_object_get(lift->names, key);
    const char *base, *name;

    if (known)
        return json_string_value(known);
    name = base = identifier(lift->arena, kind, wanted);
    for (unsigned i = 2;; i++) {
        const char *mark = wp_format(lift->arena, "%s %s", kind, name);
        if (!json_object_get(lift->taken, mark)) {
            (void)json_object_set_new_nocheck(lift->taken, mark, json_true());
            break;
        }
        name = wp_format(lift->arena, "%s_%u", base, i);
    }
    (void)json_object_set_new_nocheck(lift->names, key, json_string(name));
    return name;
}

const char *
wp_okta_lift_quote(struct wp_okta_lift *lift, const char *text)
{
    const char *plain = wp_plain_text(lift->arena, text);

    if (strcmp(plain, text) != 0)
        wp_okta_lift_cannot(lift, "the name '%s', in which control characters stand", plain);
    return wp_quoted_text(lift->arena, plain);
}

const struct wp_thing *
wp_okta_lift_thing(const struct wp_okta_lift *lift, const struct wp_thing *things, uint32_t count,
                   const char *name)
{
    const struct wp_declaration *tenant = lift->session->tenant;

    for (uint32_t i = 0; lift->session->model && i < count; i++) {
        const char *own = things[i].directory ? things[i].directory : things[i].name;
        if (tenant && things[i].declaration)
            own = wp_name_in_tenant(things[i].declaration, tenant, own);
        if (strcmp(own, name) == 0)
            return &things[i];
    }
    return NULL;
}
