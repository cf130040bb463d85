#include "compiler/lsp/place.h"

#include <string.h>

/* Words `from` to `to` of a declaration that is being written. */
struct stretch {
    const struct wp_words *words;
    uint32_t from, to;
};

static bool
is_one_of(const struct wp_words *words, uint32_t index, const char *list)
{
    if (index >= words->count)
        return false;
    const struct wp_word *word = &words->words[index];
    size_t length = word->end - word->start;
    for (const char *at = list; *at != '\0';) {
        size_t size = strcspn(at, " ");
        if (size == length && memcmp(at, words->text + word->start, size) == 0)
            return true;
        at += size + (at[size] == ' ');
    }
    return false;
}

static bool
last_is(struct stretch s, const char *list)
{
    return s.to > s.from && is_one_of(s.words, s.to - 1, list);
}

#define DECLARATIONS                                                                               \
    "use network device group app chain condition policy template test prove method tenant "       \
    "client kind posture issue assume"
#define WANT_OPERAND "= + - & , ( { / . @ < > <= >= in is not and or then else for when implies"
#define DIMENSIONS "network device group app user entry"
#define RULES "rule otherwise include"
#define ACTIONS "deny allow authenticate"

/* ---- the declaration and its block ------------------------------------------------ */

struct scope {
    uint32_t begin; /* the declaration's first word; the count when there is none */
    uint32_t block; /* behind its brace; 0 outside */
    unsigned depth; /* brackets open */
};

/* Whether a declaration begins: outside all brackets, or in column one, which is
 * what recovering from errors goes by, too. */
static bool
begins(const struct wp_words *words, uint32_t index, const struct scope *scope)
{
    if (!is_one_of(words, index, DECLARATIONS) ||
        (index > 0 && is_one_of(words, index - 1, WANT_OPERAND)))
        return false;
    if (words->words[index].begins_line)
        return true;
    bool names =
        index > 0 && is_one_of(words, index - 1, DECLARATIONS) && scope->begin == index - 1;
    return scope->depth == 0 && !names;
}

static struct scope
find_scope(const struct wp_words *words)
{
    struct scope scope = {words->count, 0, 0};
    for (uint32_t i = 0; i < words->count; i++) {
        if (begins(words, i, &scope)) {
            scope = (struct scope){i, 0, 0};
        } else if (is_one_of(words, i, "{ (")) {
            if (scope.depth++ == 0 && wp_word_is(words, i, "{") &&
                !is_one_of(words, i - (i > 0), WANT_OPERAND))
                scope.block = i + 1;
        } else if (is_one_of(words, i, "} )") && scope.depth > 0) {
            if (--scope.depth == 0 && scope.block != 0)
                scope = (struct scope){words->count, 0, 0};
        }
    }
    return scope;
}

/* The last of the words in `list` that stands in the block itself and begins
 * something; `s.to` when there is none. */
static uint32_t
last_statement(struct stretch s, const char *list)
{
    uint32_t found = s.to;
    int depth = 0;
    for (uint32_t i = s.from; i < s.to; i++) {
        if (is_one_of(s.words, i, "{ ("))
            depth++;
        else if (is_one_of(s.words, i, "} )"))
            depth--;
        else if (depth == 0 && is_one_of(s.words, i, list) &&
                 (i == s.from || !is_one_of(s.words, i - 1, "rule in by , = is include as")))
            found = i;
    }
    return found;
}

static uint32_t
last_of(struct stretch s, const char *list)
{
    for (uint32_t i = s.to; i > s.from; i--)
        if (is_one_of(s.words, i - 1, list))
            return i - 1;
    return s.to;
}

/* ---- expressions ---------------------------------------------------------------------- */

static enum wp_want
want_of_dimension(const struct wp_words *words, uint32_t index)
{
    static const struct {
        const char *word;
        enum wp_want want;
    } wants[] = {{"network", WP_WANT_NETWORK}, {"device", WP_WANT_DEVICE},
                 {"group", WP_WANT_GROUP},     {"groups", WP_WANT_GROUP},
                 {"app", WP_WANT_APP},         {"entry", WP_WANT_ENTRY},
                 {"risk", WP_WANT_RISK},       {"chain", WP_WANT_CHAIN},
                 {"method", WP_WANT_METHOD},   {"condition", WP_WANT_CONDITION}};
    for (size_t i = 0; i < sizeof wants / sizeof *wants; i++)
        if (wp_word_is(words, index, wants[i].word))
            return wants[i].want;
    return WP_WANT_NOTHING;
}

static enum wp_want
want_in_condition(struct stretch s)
{
    if (s.to == s.from || last_is(s, "and or not implies when"))
        return WP_WANT_CONDITION;
    if (last_is(s, "is < > <= >="))
        return WP_WANT_RISK;
    /* Back over a set to the `in` before it. */
    uint32_t at = s.to;
    while (at > s.from && !is_one_of(s.words, at - 1, "in and or not is implies when"))
        at--;
    bool in_set = at > s.from + 1 && wp_word_is(s.words, at - 1, "in") &&
                  is_one_of(s.words, at - 2, DIMENSIONS);
    if (last_is(s, "in + - & , { ("))
        return in_set ? want_of_dimension(s.words, at - 2) : WP_WANT_CONDITION;
    if (!in_set && last_is(s, DIMENSIONS))
        return WP_WANT_IN;
    if (!in_set && last_is(s, "risk"))
        return WP_WANT_IS;
    return WP_WANT_CONDITION_MORE;
}

static enum wp_want
want_in_chain(struct stretch s)
{
    if (s.to == s.from || last_is(s, "authenticate then else or ("))
        return WP_WANT_CHAIN;
    return last_is(s, "every") ? WP_WANT_NOTHING : WP_WANT_CHAIN_MORE;
}

/* ---- blocks -------------------------------------------------------------------------------- */

static enum wp_want
want_in_action(struct stretch s, uint32_t action)
{
    if (wp_word_is(s.words, action, "authenticate"))
        return want_in_chain((struct stretch){s.words, action + 1, s.to});
    return last_is(s, "every") ? WP_WANT_NOTHING : WP_WANT_RULE;
}

static enum wp_want
want_in_include(struct stretch s)
{
    if (s.to == s.from + 1)
        return WP_WANT_TEMPLATE;
    if (last_is(s, ", (") || last_is(s, WANT_OPERAND))
        return WP_WANT_ARGUMENT;
    return last_is(s, "as") ? WP_WANT_NOTHING : WP_WANT_RULE;
}

static enum wp_want
want_in_rules(struct stretch s)
{
    uint32_t start = last_statement(s, RULES);
    if (start == s.to)
        return WP_WANT_RULE;
    s.from = start;
    if (wp_word_is(s.words, start, "include"))
        return want_in_include(s);
    if (wp_word_is(s.words, start, "otherwise")) {
        uint32_t action = last_of(s, ACTIONS);
        return action == s.to ? WP_WANT_ACTION : want_in_action(s, action);
    }
    if (s.to == start + 1)
        return WP_WANT_NOTHING;
    struct stretch rest = {s.words, start + 2, s.to};
    uint32_t action = last_of(rest, ACTIONS), when = last_of(rest, "when");
    if (action != s.to)
        return want_in_action(rest, action);
    if (when != s.to)
        return want_in_condition((struct stretch){s.words, when + 1, s.to});
    return WP_WANT_ACTION;
}

/* Behind `expect`, `never`, `always`. */
static enum wp_want
want_in_outcome(struct stretch s, bool is_claim)
{
    if (last_is(s, "expect never always"))
        return WP_WANT_OUTCOME;
    if (last_is(s, "by rule"))
        return WP_WANT_RULE_NAME;
    if (last_is(s, "method"))
        return WP_WANT_METHOD;
    if (last_is(s, "in"))
        return WP_WANT_POLICY_NAME;
    if (last_is(s, "authenticate then else or ("))
        return WP_WANT_CHAIN;
    if (last_is(s, ",") || last_is(s, "report"))
        return last_of(s, "report") != s.to ? WP_WANT_RULE_NAME : WP_WANT_OUTCOME;
    if (last_is(s, "every message factors < > <= >="))
        return WP_WANT_NOTHING;
    return is_claim ? WP_WANT_ACTION : WP_WANT_OUTCOME_MORE;
}

static enum wp_want
want_in_given(struct stretch s)
{
    if (last_is(s, "device app entry risk group groups"))
        return want_of_dimension(s.words, s.to - 1);
    if (last_is(s, "ip user"))
        return WP_WANT_NOTHING;
    if (last_is(s, ", {"))
        return WP_WANT_GROUP;
    return WP_WANT_GIVEN;
}

static enum wp_want
want_in_cases(struct stretch s)
{
    uint32_t start = last_statement(s, "given expect");
    if (start == s.to)
        return WP_WANT_GIVEN;
    s.from = start;
    return wp_word_is(s.words, start, "given") ? want_in_given(s) : want_in_outcome(s, false);
}

static enum wp_want
want_in_claims(struct stretch s)
{
    uint32_t start = last_statement(s, "never always");
    if (start == s.to)
        return WP_WANT_CLAIM;
    s.from = start;
    uint32_t when = last_of(s, "when");
    if (when != s.to)
        return want_in_condition((struct stretch){s.words, when + 1, s.to});
    return want_in_outcome(s, true);
}

static enum wp_want
want_in_block(const struct wp_words *words, const struct scope *scope)
{
    struct stretch inside = {words, scope->block, words->count};
    if (is_one_of(words, scope->begin, "policy template"))
        return want_in_rules(inside);
    if (wp_word_is(words, scope->begin, "test"))
        return want_in_cases(inside);
    if (wp_word_is(words, scope->begin, "prove"))
        return want_in_claims(inside);
    if (last_is(inside, "= , { is in not"))
        return WP_WANT_ARGUMENT;
    return scope->depth == 1 ? WP_WANT_KEY : WP_WANT_NOTHING;
}

/* ---- before the block ------------------------------------------------------------------------ */

static enum wp_want
want_in_policy_head(struct stretch s)
{
    if (last_is(s, "for ,"))
        return WP_WANT_APP;
    return last_is(s, "is") ? WP_WANT_NOTHING : WP_WANT_POLICY_HEAD;
}

/* Behind `network X =` and the like; where the expression may end, another
 * declaration may begin. */
static enum wp_want
want_in_definition(struct stretch s, uint32_t keyword)
{
    enum wp_want want = want_of_dimension(s.words, keyword);
    if (want == WP_WANT_CHAIN)
        return want_in_chain(s);
    if (want == WP_WANT_CONDITION)
        return want_in_condition(s);
    if (want == WP_WANT_GROUP || want == WP_WANT_APP)
        return s.to == s.from ? WP_WANT_NOTHING : WP_WANT_DECLARATION;
    return s.to == s.from || last_is(s, "+ - & ( { ,") ? want : WP_WANT_DECLARATION;
}

static enum wp_want
want_in_head(const struct wp_words *words, const struct scope *scope)
{
    struct stretch s = {words, scope->begin + 1, words->count};
    if (wp_word_is(words, scope->begin, "use"))
        return s.to == s.from || last_is(s, "/") ? WP_WANT_MODULE : WP_WANT_DECLARATION;
    if (wp_word_is(words, scope->begin, "assume"))
        return want_in_condition(s);
    if (s.to == s.from)
        return WP_WANT_NOTHING;
    if (wp_word_is(words, scope->begin, "policy"))
        return want_in_policy_head(s);
    if (wp_word_is(words, s.from + 1, "="))
        return want_in_definition((struct stretch){words, s.from + 2, s.to}, scope->begin);
    return is_one_of(words, scope->begin, "group app") ? WP_WANT_DECLARATION : WP_WANT_NOTHING;
}

enum wp_want
wp_want_after(const struct wp_words *words)
{
    struct scope scope = find_scope(words);
    if (words->in_comment)
        return WP_WANT_NOTHING;
    if (scope.begin == words->count)
        return words->count > 0 && wp_word_is(words, words->count - 1, "@") ? WP_WANT_NOTHING
                                                                            : WP_WANT_DECLARATION;
    return scope.block != 0 ? want_in_block(words, &scope) : want_in_head(words, &scope);
}

static enum wp_symbol_kind
kind_of_word(const struct wp_words *words, uint32_t index)
{
    static const struct {
        const char *word;
        enum wp_symbol_kind kind;
    } kinds[] = {{"network", WP_SYMBOL_NETWORK},   {"device", WP_SYMBOL_DEVICE},
                 {"group", WP_SYMBOL_GROUP},       {"app", WP_SYMBOL_APP},
                 {"chain", WP_SYMBOL_CHAIN},       {"method", WP_SYMBOL_METHOD},
                 {"policy", WP_SYMBOL_POLICY},     {"condition", WP_SYMBOL_CONDITION},
                 {"template", WP_SYMBOL_TEMPLATE}, {"tenant", WP_SYMBOL_TENANT},
                 {"client", WP_SYMBOL_CLIENT},     {"kind", WP_SYMBOL_KIND},
                 {"posture", WP_SYMBOL_POSTURE},   {"issue", WP_SYMBOL_ISSUE}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (wp_word_is(words, index, kinds[i].word))
            return kinds[i].kind;
    return WP_SYMBOL_KIND_COUNT;
}

enum wp_symbol_kind
wp_declared_after(const struct wp_words *words)
{
    struct scope scope = find_scope(words);
    bool is_next = words->count > 0 && scope.begin == words->count - 1;
    return is_next ? kind_of_word(words, scope.begin) : WP_SYMBOL_KIND_COUNT;
}

enum wp_symbol_kind
wp_block_kind(const struct wp_words *words)
{
    struct scope scope = find_scope(words);
    return scope.block != 0 && scope.depth == 1 ? kind_of_word(words, scope.begin)
                                                : WP_SYMBOL_KIND_COUNT;
}

const char *
wp_want_keywords(enum wp_want want)
{
    static const char *const keywords[WP_WANT_COUNT] = {
        [WP_WANT_DECLARATION] = DECLARATIONS,
        [WP_WANT_ENTRY] = "browser native_app hub okta_mobile",
        [WP_WANT_RISK] = "low medium high",
        [WP_WANT_CHAIN_MORE] = "then else or every rule otherwise include",
        [WP_WANT_CONDITION] = "network device group app user entry managed compliant risk not",
        [WP_WANT_CONDITION_MORE] = "and or deny allow authenticate",
        [WP_WANT_IN] = "in",
        [WP_WANT_IS] = "is",
        [WP_WANT_POLICY_HEAD] = "is default for",
        [WP_WANT_RULE] = RULES " every",
        [WP_WANT_ACTION] = "when " ACTIONS,
        [WP_WANT_GIVEN] = "given expect ip device groups app user entry managed compliant risk not",
        [WP_WANT_OUTCOME] = ACTIONS " factors method rule",
        [WP_WANT_OUTCOME_MORE] = "by in every message report given expect",
        [WP_WANT_CLAIM] = "never always",
    };
    return keywords[want] != NULL ? keywords[want] : "";
}

#define BIT(kind) (1u << WP_SYMBOL_##kind)

unsigned
wp_want_kinds(enum wp_want want)
{
    switch (want) {
    case WP_WANT_NETWORK:
        return BIT(NETWORK);
    case WP_WANT_DEVICE:
        return BIT(DEVICE);
    case WP_WANT_GROUP:
        return BIT(GROUP);
    case WP_WANT_APP:
        return BIT(APP);
    case WP_WANT_CHAIN:
        return BIT(CHAIN) | BIT(METHOD);
    case WP_WANT_METHOD:
        return BIT(METHOD);
    case WP_WANT_CONDITION:
        return BIT(CONDITION);
    case WP_WANT_TEMPLATE:
        return BIT(TEMPLATE);
    case WP_WANT_POLICY_NAME:
        return BIT(POLICY);
    case WP_WANT_ARGUMENT:
        return BIT(NETWORK) | BIT(DEVICE) | BIT(GROUP) | BIT(APP) | BIT(CHAIN) | BIT(METHOD) |
               BIT(CONDITION) | BIT(POLICY) | BIT(TENANT) | BIT(KIND);
    default:
        return 0;
    }
}
