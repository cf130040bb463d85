/*
 * Between the scanner and the grammar: counts brackets, so that nesting is
 * bounded, and after an error passes over tokens up to where the innermost
 * block can go on.
 *
 * The grammar's error productions all read `error SYNC`. Since nothing but SYNC
 * fits after an error, bison throws away the token that did not fit and asks
 * here for the next; that is when recovery looks at this token again.
 */
#include "parser.h"

#include "grammar.h"

bool
wp_begins_declaration(int code)
{
    switch (code) {
    case USE:
    case NETWORK:
    case DEVICE:
    case GROUP:
    case CHAIN:
    case APP:
    case CONDITION:
    case POLICY:
    case TEMPLATE:
    case TEST:
    case PROVE:
    case METHOD:
    case TENANT:
    case CLIENT:
    case KIND:
    case POSTURE:
    case ISSUE:
    case ASSUME:
        return true;
    }
    return false;
}

static enum wp_bracket_kind
block_of(int declaration)
{
    if (declaration == POLICY || declaration == TEMPLATE)
        return WP_IN_RULES;
    if (declaration == TEST)
        return WP_IN_CASES;
    return declaration == PROVE ? WP_IN_CLAIMS : WP_IN_ATTRIBUTES;
}

/* After these something is named or listed, so no declaration and no block
 * begins. */
bool
wp_wants_operand(int code)
{
    switch (code) {
    case '=':
    case '+':
    case '-':
    case '&':
    case ',':
    case '(':
    case '/':
    case '.':
    case '@':
    case '<':
    case '>':
    case AT_MOST:
    case AT_LEAST:
    case IN:
    case IS:
    case NOT:
    case AND:
    case OR:
    case THEN:
    case ELSE:
    case FOR:
    case IMPLIES:
    case WHEN:
        return true;
    }
    return false;
}

/* The index of the innermost block, or -1 outside all. */
static int
find_block(const struct wp_parser *p)
{
    int i = (int)p->depth - 1;

    while (i >= 0 && p->brackets[i].kind == WP_IN_GROUP)
        i--;
    return i;
}

static enum wp_bracket_kind
kind_of_brace(const struct wp_parser *p)
{
    int before = p->before.code, block = find_block(p);
    bool in_cases = block >= 0 && p->brackets[block].kind == WP_IN_CASES;

    if (p->depth && p->brackets[p->depth - 1].kind == WP_IN_GROUP)
        return WP_IN_GROUP;
    if (wp_wants_operand(before) || (in_cases && (before == GROUP || before == GROUPS)))
        return WP_IN_GROUP;
    return block < 0 ? p->declares : WP_IN_ATTRIBUTES;
}

static void
push(struct wp_parser *p, enum wp_bracket_kind kind)
{
    struct wp_bracket *bracket = &p->brackets[p->depth++];

    bracket->kind = kind;
    bracket->open = p->last.code;
    bracket->nots = p->nots;
    bracket->span = p->last.span;
    p->nesting += 1 + p->nots;
    p->nots = 0;
}

static void
cut(struct wp_parser *p, unsigned depth)
{
    while (p->depth > depth)
        p->nesting -= 1 + p->brackets[--p->depth].nots;
    p->nots = 0;
}

/* Counts the token handed out last; the grammar has taken it. */
static void
count(struct wp_parser *p)
{
    int code = p->last.code;

    p->declared = p->depth == 0 && wp_begins_declaration(code) && !p->declared &&
                  !wp_wants_operand(p->before.code);
    if (p->declared)
        p->declares = block_of(code);
    if (code == '{')
        push(p, kind_of_brace(p));
    else if (code == '(')
        push(p, WP_IN_GROUP);
    else if ((code == '}' || code == ')') && p->depth)
        cut(p, p->depth - 1);
    else
        p->nots = code == NOT ? p->nots + 1 : 0;
}

static struct wp_token
scan(struct wp_parser *p)
{
    struct wp_token token = {0};
    WP_YYSTYPE value = {0};

    token.span.file = p->file;
    token.code = wp_scan(&value, &token.span, p->scanner);
    if (token.code == END)
        token.span.start = token.span.end = p->scan.length;
    token.first_on_line = p->scan.line_start;
    p->scan.line_start = false;
    token.text = value.literal.text;
    token.number = value.literal.number;
    return token;
}

/* ---- recovery ----------------------------------------------------------------- */

static bool
stands_in_column_one(const struct wp_parser *p, uint32_t offset)
{
    return offset == 0 || p->scan.text[offset - 1] == '\n';
}

/* Whether a declaration surely begins here: all that is open was not closed. */
static bool
begins_anew(const struct wp_parser *p, const struct wp_token *token)
{
    if (!token->first_on_line || !(wp_begins_declaration(token->code) || token->code == '@'))
        return false;
    return p->depth == 0 || stands_in_column_one(p, token->span.start);
}

/* Whether the innermost block, at index `block`, can go on with this token. */
static bool
goes_on(const struct wp_parser *p, int block, const struct wp_token *token)
{
    bool inside = p->depth > (unsigned)block + 1;
    int code = token->code;

    switch (p->brackets[block].kind) {
    case WP_IN_RULES:
        if (code == RULE || code == OTHERWISE)
            return token->first_on_line || p->before.code != RULE;
        return token->first_on_line && !inside && (code == INCLUDE || code == '@');
    case WP_IN_CASES:
        return (token->first_on_line || !inside) && (code == GIVEN || code == EXPECT);
    case WP_IN_CLAIMS:
        return (token->first_on_line || !inside) && (code == NEVER || code == ALWAYS);
    case WP_IN_ATTRIBUTES:
        return !inside && token->first_on_line && token->text && code != STRING &&
               code != INTEGER && code != DURATION && code != DATE && code != DOTTED &&
               code != ADDRESS;
    case WP_IN_GROUP:
        break;
    }
    return false;
}

/* Counts a token that is passed over; what it opens is never a block. Returns
 * false at the brace that closes the innermost block. */
static bool
pass_over(struct wp_parser *p, int block, unsigned *beyond)
{
    int code = p->last.code;
    unsigned at;

    if (code == '{' || code == '(') {
        if (p->depth < WP_NESTING_LIMIT)
            push(p, WP_IN_GROUP);
        else
            ++*beyond;
        return true;
    }
    if (code != '}' && code != ')')
        return true;
    if (*beyond) {
        --*beyond;
        return true;
    }
    for (at = p->depth; at > (unsigned)(block + 1); at--)
        if (p->brackets[at - 1].open == (code == '}' ? '{' : '(')) {
            cut(p, at - 1);
            return true;
        }
    return code == ')' || block < 0;
}

/* Passes over tokens until one that parsing can go on with; it is held. */
static void
resynchronise(struct wp_parser *p)
{
    bool stuck = p->last.span.start == p->synced_at && p->synced_at;
    unsigned beyond = 0;
    int block = find_block(p), i;

    if (p->last.code == WP_YYerror || (stuck && p->last.code != END))
        p->last = scan(p);
    for (;; p->before = p->last, p->last = scan(p)) {
        if (p->last.code == END || begins_anew(p, &p->last)) {
            for (i = 0; i < (int)p->depth; i++)
                p->closers += p->brackets[i].kind != WP_IN_GROUP;
            cut(p, 0);
            break;
        }
        if (block >= 0 && beyond == 0 && goes_on(p, block, &p->last)) {
            cut(p, (unsigned)block + 1);
            break;
        }
        if (!pass_over(p, block, &beyond)) {
            cut(p, (unsigned)block + 1);
            break;
        }
    }
    p->synced_at = p->last.span.start;
    p->before.code = p->before_that.code = SYNC;
    p->declared = false;
    p->held = true;
    p->recovering = false;
}

static bool
is_word_byte(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

void
wp_lose(struct wp_parser *p, struct wp_span lost)
{
    const char *at = p->scan.text + lost.start, *end = p->scan.text + lost.end;

    if (!p->list->lost)
        p->list->lost = wp_names_new(p->arena);
    while (at < end) {
        const char *word = at;

        while (at < end && is_word_byte(*at))
            at++;
        if (at > word && at - word <= WP_NAME_LIMIT)
            wp_intern(p->list->lost, word, (size_t)(at - word));
        else
            at++;
    }
}

/* ---- the grammar's door --------------------------------------------------------- */

/* Nesting that goes too deep is passed over like a syntax error. */
static bool
too_deep(struct wp_parser *p)
{
    int code = p->last.code;
    struct wp_diagnostic *finding;

    if (code != '{' && code != '(' && code != NOT)
        return false;
    if (p->nesting + p->nots < WP_NESTING_LIMIT)
        return false;
    finding = wp_complain(p, NESTED_TOO_DEEPLY, p->last.span,
                          "brackets and 'not' are nested more than %d deep", WP_NESTING_LIMIT);
    wp_add_help(p->list, finding, "give the inner part a name of its own");
    return true;
}

static int
hand_out(const struct wp_token *token, WP_YYSTYPE *value, struct wp_span *place)
{
    value->literal.text = token->text;
    value->literal.number = token->number;
    *place = token->span;
    return token->code;
}

int
wp_yylex(WP_YYSTYPE *value, struct wp_span *place, struct wp_parser *p)
{
    if (p->recovering) {
        resynchronise(p);
        *place = p->last.span;
        place->end = place->start;
        return SYNC;
    }
    p->made_up = p->closers > 0;
    if (p->closers) {
        p->closers--;
        *place = p->last.span;
        place->end = place->start;
        return '}';
    }
    if (p->held) {
        p->held = false;
    } else {
        count(p);
        p->before_that = p->before;
        p->before = p->last;
        p->last = scan(p);
    }
    if (p->last.code == WP_YYerror || too_deep(p)) {
        p->recovering = true;
        *place = p->last.span;
        return WP_YYerror;
    }
    return hand_out(&p->last, value, place);
}
