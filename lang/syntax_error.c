/*
 * What is said when a token does not fit: what would, after what, and what the
 * writer may have meant.
 */
#include "parser.h"

#include "grammar.h"

#include <string.h>

enum { MOST_NAMED = 9, LONGEST_QUOTE = 40 };

bool
wp_would_fit(const struct wp_expected *expected, const char *name)
{
    size_t i;

    for (i = 0; i < expected->count; i++)
        if (strcmp(expected->names[i], name) == 0)
            return true;
    return false;
}

/* Keywords are their own alias; all other aliases hold a blank or begin with
 * something else than a letter. */
static bool
is_keyword(const char *name)
{
    return *name >= 'a' && *name <= 'z' && !strchr(name, ' ');
}

/* ---- what would have fitted ----------------------------------------------------- */

/* Many tokens that together begin one thing: named when all of `signs` are
 * expected; then what `parts` lists is not named by itself. */
struct notion {
    const char *name;
    const char *signs[3];
    const char *parts;
};

static const struct notion notions[] = {
    {"a declaration",
     {"policy", "network", NULL},
     " use network device group chain app condition "
     "policy template test prove method tenant client kind posture issue assume '@' "},
    {"a rule", {"rule", "otherwise", NULL}, " rule otherwise include '@' "},
    {"an outcome", {"factors", "deny", NULL}, " deny allow authenticate factors method rule "},
    {"a fact of the request",
     {"ip", "groups", NULL},
     " ip device group groups app user entry managed compliant risk not "},
    {"a comparison", {"<=", "'<'", NULL}, " is in not <= >= '<' '>' "},
};

/* What a name would stand for, told by the words before it. */
static const char *
notion_of_name(const struct wp_parser *p, const struct wp_expected *expected)
{
    if (wp_would_fit(expected, "not") && wp_would_fit(expected, "compliant"))
        return "a condition";
    if (p->before.code == IN || p->before.code == '=')
        switch (p->before_that.code) {
        case NETWORK:
            return "a network";
        case DEVICE:
            return "a device";
        case GROUP:
            return "a group";
        case APP:
            return "an app";
        case USER:
            return "a user";
        case ENTRY:
            return "an entry";
        }
    if (wp_would_fit(expected, "an address or prefix"))
        return wp_would_fit(expected, "a name") ? "a name or an address" : "an address";
    if (wp_would_fit(expected, "'('"))
        return "a method or chain";
    if (wp_would_fit(expected, "a date"))
        return "a value";
    return wp_would_fit(expected, "a string") ? "a name or a string" : "a name";
}

/* The wanted things, each once; returns how many. */
static size_t
list_wanted(const struct wp_parser *p, const struct wp_expected *expected, const char **wanted,
            size_t room)
{
    const char *notion = NULL;
    size_t count = 0, i, n;
    bool covered[sizeof notions / sizeof notions[0]] = {false};

    if (wp_would_fit(expected, "a name") || wp_would_fit(expected, "an address or prefix"))
        notion = wanted[count++] = notion_of_name(p, expected);
    else
        for (n = 0; n < sizeof notions / sizeof notions[0]; n++) {
            covered[n] = wp_would_fit(expected, notions[n].signs[0]) &&
                         wp_would_fit(expected, notions[n].signs[1]);
            if (covered[n] && count < room)
                wanted[count++] = notions[n].name;
        }
    for (i = 0; i < expected->count; i++) {
        const char *name = expected->names[i];
        const char *inner = wp_format(p->arena, " %s ", name);
        bool told = strcmp(name, "the end of the file") == 0 || strcmp(name, "SYNC") == 0;

        if (notion)
            told |= is_keyword(name) || strchr(name, ' ') || strcmp(name, "'('") == 0 ||
                    (strcmp(name, "'{'") == 0 && strcmp(notion, "a name") != 0);
        for (n = 0; n < sizeof notions / sizeof notions[0]; n++)
            told |= covered[n] && strstr(notions[n].parts, inner);
        if (!told && count < room)
            wanted[count++] = is_keyword(name) || *name == '<' || *name == '>' || *name == '.'
                                  ? wp_format(p->arena, "'%s'", name)
                                  : name;
    }
    return count;
}

/* "'deny', 'allow' or 'authenticate'", or NULL when there is too much to name. */
static const char *
describe_wanted(const struct wp_parser *p, const struct wp_expected *expected)
{
    const char *wanted[MOST_NAMED + 1], *text;
    size_t count = list_wanted(p, expected, wanted, MOST_NAMED + 1), i;

    if (count == 0 || count > MOST_NAMED)
        return NULL;
    text = wanted[0];
    for (i = 1; i < count; i++)
        text = wp_format(p->arena, "%s%s%s", text, i + 1 < count ? ", " : " or ", wanted[i]);
    return text;
}

/* ---- what was found --------------------------------------------------------------- */

static const char *
quote(const struct wp_parser *p, const struct wp_token *token)
{
    uint32_t length = token->span.end - token->span.start;
    const char *text = p->scan.text + token->span.start;

    if (token->code == END)
        return "the end of the file";
    if (length <= LONGEST_QUOTE)
        return token->code == STRING ? wp_format(p->arena, "%.*s", (int)length, text)
                                     : wp_format(p->arena, "'%.*s'", (int)length, text);
    length = LONGEST_QUOTE;
    while (((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return wp_format(p->arena, "'%.*s...'", (int)length, text);
}

static bool
is_reserved(int code)
{
    switch (code) {
    case AND:
    case OR:
    case NOT:
    case THEN:
    case ELSE:
    case IN:
    case IS:
    case WHEN:
    case EVERY:
    case RULE:
    case OTHERWISE:
    case DENY:
    case ALLOW:
    case AUTHENTICATE:
        return true;
    }
    return false;
}

/* A guess, and nobody has checked what it decides. */
static void
offer(struct wp_parser *p, struct wp_diagnostic *finding, const struct wp_token *token,
      const char *meant)
{
    wp_add_fix(p->list, finding, WP_FIX_CHANGES_DECISIONS, token->span, meant, "write '%s'", meant);
}

/* A name that is nearly a keyword which would have fitted; false if it is none. */
static bool
suggest_keyword(struct wp_parser *p, struct wp_diagnostic *finding,
                const struct wp_expected *expected)
{
    const char **keywords = wp_alloc_array(p->arena, expected->count + 1, sizeof *keywords);
    const char *meant;
    size_t count = 0, i;

    if (p->last.code != NAME)
        return false;
    for (i = 0; i < expected->count; i++)
        if (is_keyword(expected->names[i]))
            keywords[count++] = expected->names[i];
    meant = wp_suggest(p->last.text, keywords, count);
    if (meant)
        offer(p, finding, &p->last, meant);
    return meant != NULL;
}

/* `netwrk in Office`: read as a condition's name, and wrong at the `in`. */
static bool
blame_subject(struct wp_parser *p)
{
    static const char *const subjects[] = {"network", "device", "group", "app", "user", "entry"};
    static const char *const risk[] = {"risk"};
    bool in = p->last.code == IN;
    struct wp_diagnostic *finding;
    const char *meant;

    if (p->before.code != NAME)
        return false;
    if (!in && p->last.code != IS && p->last.code != AT_LEAST && p->last.code != AT_MOST &&
        p->last.code != '<' && p->last.code != '>')
        return false;
    finding = wp_complain(p, SYNTAX, p->before.span,
                          in ? "'%.*s' is not one of network, device, group, app, user and entry"
                             : "only 'risk' can be compared, not '%.*s'",
                          LONGEST_QUOTE, p->before.text);
    meant = wp_suggest(p->before.text, in ? subjects : risk, in ? 6 : 1);
    if (meant)
        offer(p, finding, &p->before, meant);
    return true;
}

/* Where the token stands; the end of the file, right behind the last text there is. */
static struct wp_span
place_of_last(const struct wp_parser *p)
{
    struct wp_span span = p->last.span;

    if (p->last.code == END && p->before.code != SYNC)
        span.start = span.end = p->before.span.end;
    return span;
}

/* Points at the brace that was left open when the text ends within it or the
 * next declaration begins. */
static void
point_at_open(struct wp_parser *p, struct wp_diagnostic *finding)
{
    const struct wp_bracket *open;

    if (p->depth == 0 ||
        !(p->last.code == END || (p->last.first_on_line && wp_begins_declaration(p->last.code))))
        return;
    if (p->brackets[p->depth - 1].kind == WP_IN_CASES && p->last.code != END)
        return; /* `device` and `app` begin what is given, too */
    open = &p->brackets[p->depth - 1];
    wp_add_label(p->list, finding, open->span, "this '%c' is still open", open->open);
}

/* `network A = 10.0.0.0/8 +` and then the next line: its first word was read as
 * the operand that is missing, and does not fit only behind that. */
static bool
blame_operand(struct wp_parser *p)
{
    struct wp_span span = p->before_that.span;

    if (!p->before.first_on_line || !p->before.text || !wp_wants_operand(p->before_that.code))
        return false;
    if (p->last.code != NAME && p->last.code != '=' && p->before.code != NEVER &&
        p->before.code != ALWAYS && !wp_begins_declaration(p->before.code))
        return false;
    wp_complain(p, SYNTAX, span, "nothing follows '%.*s' on this line",
                (int)(span.end - span.start), p->scan.text + span.start);
    return true;
}

void
wp_syntax_error(struct wp_parser *p, const char *const *names, size_t count)
{
    struct wp_expected expected = {names, count};
    struct wp_diagnostic *finding;
    const char *wanted, *found, *after = "";

    p->recovering = true;
    if (p->made_up) {
        p->closers = 0; /* the brace was made up, and too many: no fault of the source's */
        p->synced_at = 0;
        return;
    }
    if (blame_subject(p) || blame_operand(p))
        return;
    wanted = describe_wanted(p, &expected);
    found = quote(p, &p->last);
    if (p->before.code != SYNC && p->before.code != '{' && p->before.code != '}')
        after = wp_format(p->arena, " after %s", quote(p, &p->before));
    if (wanted)
        finding = wp_complain(p, SYNTAX, place_of_last(p), "expected %s%s, found %s", wanted, after,
                              found);
    else
        finding = wp_complain(p, SYNTAX, place_of_last(p), "%s does not fit%s", found, after);
    if (!suggest_keyword(p, finding, &expected))
        wp_add_habit(p, finding, &expected);
    if (is_reserved(p->last.code) && wp_would_fit(&expected, "a name") &&
        (wp_begins_declaration(p->before.code) || p->before.code == RULE))
        wp_add_note(p->list, finding, "%s is reserved and cannot be a name", found);
    point_at_open(p, finding);
}
