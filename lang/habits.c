/*
 * What people write from the habit of other languages and consoles, and what
 * stands for it here. A message that no token fits says it as its cure.
 */
#include "parser.h"

#include "grammar.h"

#include <string.h>

/* Words stand between blanks; NULL is any. The first habit that fits is told. */
struct habit {
    const char *before; /* one of these stands before what does not fit */
    const char *found;  /* which is one of these */
    const char *fits;   /* and this token would have fitted */
    const char *write;  /* what to write in its place, or NULL */
    const char *help;   /* else what to do */
};

static const struct habit habits[] = {
    {" every ", NULL, "a duration", NULL,
     "a duration has its unit right behind the number: 30m, 8h or 90d"},
    {" deny ", " every ", NULL, NULL,
     "a denial has no time; only 'allow' and 'authenticate' have one"},
    {" with using via by ", NULL, "then", NULL, "the chain stands right behind 'authenticate'"},
    {" test prove ", NULL, "a string", NULL, "the title stands in double quotes"},
    {" managed compliant ", " is = : ", "and", NULL,
     "it stands alone: managed, compliant, not managed"},
    {" risk ", " = : in ", NULL, NULL, "risks are compared by is, <, <=, >= and >: risk is high"},
    {" & ", " & ", NULL, NULL, "write 'and' between conditions"},
    {NULL, " = is : ", "in", NULL, "membership is asked with 'in': device in {ios, android}"},
    {NULL, " not ", "in", NULL, "put 'not' before all of it: not network in Office"},
    {NULL, " , ", "')'", NULL, "a list stands in braces: {A, B}"},
    {NULL, " : ", "'='", "=", NULL},
    {NULL, " default ", "is", "is default", NULL},
    {NULL, " { = ", "for", NULL, "say whom it is for: 'is default', or 'for' and its apps"},
    {NULL, " if where ", "when", "when", NULL},
    {NULL, " network device group app user entry managed compliant risk not ( ", "when", NULL,
     "write 'when' before the condition"},
    {NULL, " else default ", "otherwise", "otherwise", NULL},
    {NULL, " permit accept grant ", "allow", "allow", NULL},
    {NULL, " block reject refuse forbid drop ", "deny", "deny", NULL},
    {NULL, " require challenge auth ", "authenticate", "authenticate", NULL},
    {NULL, " , + and & ", "then", NULL,
     "write 'then' for the next step, 'or' for a choice within one, 'else' for another way"},
    {NULL, " rule otherwise include } ", "authenticate", NULL,
     "say what is decided: allow, deny, or authenticate and a chain"},
    {NULL, " to until through ", "..", "..", NULL},
};

/* Whether the token is one of the words; every token is one of NULL. */
static bool
is_among(const struct wp_parser *p, const struct wp_token *token, const char *words)
{
    uint32_t length = token->span.end - token->span.start;
    const char *text = p->scan.text + token->span.start;

    if (!words)
        return true;
    for (const char *at = strchr(words, ' '); at && at[1]; at = strchr(at + 1, ' '))
        if (length == strcspn(at + 1, " ") && memcmp(at + 1, text, length) == 0)
            return true;
    return false;
}

/* `rule guests-away`, `group All.Staff`: no name goes on so. */
static bool
breaks_name(const struct wp_parser *p)
{
    int subject = p->before_that.code;

    return !p->last.first_on_line && is_among(p, &p->last, " - . ") &&
           (subject == RULE || subject == REPORT || wp_begins_declaration(subject));
}

static bool
misses_comma(const struct wp_parser *p, const struct wp_expected *expected)
{
    int code = p->last.code;

    return wp_would_fit(expected, "','") && !p->last.first_on_line &&
           (code == NAME || code == STRING || code == ADDRESS);
}

void
wp_add_habit(struct wp_parser *p, struct wp_diagnostic *finding, const struct wp_expected *expected)
{
    for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++) {
        const struct habit *habit = &habits[i];

        if (!is_among(p, &p->last, habit->found) || !is_among(p, &p->before, habit->before) ||
            (habit->fits && !wp_would_fit(expected, habit->fits)))
            continue;
        if (habit->write)
            wp_add_fix(p->list, finding, WP_FIX_CHANGES_DECISIONS, p->last.span, habit->write,
                       "write '%s'", habit->write);
        else
            wp_add_help(p->list, finding, "%s", habit->help);
        return;
    }
    if (breaks_name(p))
        wp_add_help(p->list, finding, "a name is of letters, digits and '_'");
    else if (p->last.code == '@' && !p->last.first_on_line)
        wp_add_help(p->list, finding,
                    "what is no plain name stands in double quotes: \"ana@corp.example\"");
    else if (misses_comma(p, expected))
        wp_add_help(p->list, finding, "put ',' between what is listed");
}
