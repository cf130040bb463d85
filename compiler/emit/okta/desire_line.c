/*
 * A policy as lines that Okta's rules can hold.
 *
 * A rule of Okta cannot ask for a device that is not managed, for members of one
 * group and of another, or for a user who is also in a group. Such a line asks for
 * less than a term that can be held, so that term takes its place, and before it
 * stand the lines that decide about who would be taken too much: what the rest of
 * the policy says of them. Nobody's decision changes, however often this is done.
 */
#include "compiler/emit/okta/desire.h"

#include <string.h>

#include "compiler/members.h"
#include "compiler/terms.h"

/* More than this is no policy that anybody could read in a console. */
enum { MOST_STEPS = 20000 };

struct lines {
    struct wp_desire *desire;
    const struct wp_policy *policy;
    struct wp_okta_line *first;
    struct wp_term *decided; /* every request that meets one of these is decided */
    uint32_t decided_count, decided_room;
    uint32_t steps;
};

static bool
is_otherwise(const struct lines *lines, const struct wp_okta_line *line)
{
    return line->rule == &lines->policy->otherwise && line->ahead == NULL;
}

/* ---- what was decided before --------------------------------------------------------- */

static void
add_decided(struct lines *lines, const struct wp_term *term)
{
    if (lines->decided_count == lines->decided_room) {
        uint32_t room = lines->decided_room == 0 ? 64 : lines->decided_room * 2;
        struct wp_term *larger = wp_alloc_array(lines->desire->arena, room, sizeof *larger);
        if (lines->decided_count > 0)
            memcpy(larger, lines->decided, lines->decided_count * sizeof *larger);
        lines->decided = larger;
        lines->decided_room = room;
    }
    lines->decided[lines->decided_count++] = *term;
}

static bool
is_decided(struct lines *lines, const struct wp_term *term)
{
    for (uint32_t i = 0; i < lines->decided_count; i++)
        if (wp_term_within(&lines->desire->pool, term, &lines->decided[i]))
            return true;
    return false;
}

/* ---- outcomes -------------------------------------------------------------------------- */

static bool
same_outcome(const struct wp_okta_line *a, const struct wp_okta_line *b)
{
    const struct wp_decision *left = &a->rule->decision, *right = &b->rule->decision;
    bool left_denies = a->denies || left->effect == WP_DENY;
    bool right_denies = b->denies || right->effect == WP_DENY;

    if (left_denies || right_denies)
        return left_denies && right_denies;
    return left->effect == right->effect && left->chain == right->chain &&
           left->reauth_seconds == right->reauth_seconds;
}

/* ---- lines put before another ------------------------------------------------------------- */

/* What the lines from `rest` on say of the requests of `term`. */
static struct wp_okta_line *
restrict_lines(struct lines *lines, struct wp_okta_line *rest, const struct wp_term *term,
               const struct wp_model_rule *ahead)
{
    struct wp_okta_line *first = NULL, **end = &first;

    for (; rest != NULL; rest = rest->next) {
        struct wp_term both;
        if (!wp_okta_term_meet(lines->desire, term, &rest->term, &both))
            continue;
        if (!is_decided(lines, &both)) {
            *end = wp_alloc(lines->desire->arena, sizeof **end);
            **end = (struct wp_okta_line){both, rest->rule, ahead, rest->denies, NULL};
            end = &(*end)->next;
        }
        if (wp_term_within(&lines->desire->pool, term, &rest->term))
            break;
    }
    return first;
}

/* Lines that all say the same are one, and none when it is what `line` says. */
static struct wp_okta_line *
join_lines(struct wp_okta_line *first, const struct wp_term *term, const struct wp_okta_line *line)
{
    for (const struct wp_okta_line *other = first; other != NULL; other = other->next)
        if (!same_outcome(first, other))
            return first;
    if (first == NULL || same_outcome(first, line))
        return NULL;
    first->term = *term;
    first->next = NULL;
    return first;
}

/* Widens *line to what rules can ask for; *excess is what that takes too much. False
 * when a rule can ask for it as it is. */
static bool
widen(const struct lines *lines, struct wp_term *term, struct wp_term *excess)
{
    struct wp_desire *desire = lines->desire;
    uint64_t upwards = wp_okta_upwards(term->postures);
    bool names_users = term->users != NULL && !term->users->others;

    *excess = *term;
    if (upwards != term->postures) {
        excess->postures = upwards & ~term->postures;
        term->postures = upwards;
        return true;
    }
    if (term->any_count <= (names_users ? 0 : 1))
        return false;
    const struct wp_ids *dropped = &term->any[--term->any_count];
    excess->any_count = term->any_count;
    excess->none = wp_ids_union(desire->arena, &excess->none, dropped);
    return true;
}

/* What the rest of the policy says of the requests of `excess`, unless that is what
 * the line says, or they are decided. */
static struct wp_okta_line *
lines_before(struct lines *lines, const struct wp_okta_line *line, struct wp_term *excess)
{
    if (!wp_okta_term_see(lines->desire, excess) || is_decided(lines, excess))
        return NULL;
    return join_lines(restrict_lines(lines, line->next, excess, line->rule), excess, line);
}

/* Lets the line speak of all the devices that Okta takes for each other. There is no
 * way to put lines before it: they would speak of one of them as well. */
static void
widen_alike(struct lines *lines, struct wp_okta_line *line)
{
    uint64_t all = wp_okta_alike(lines->desire, line->term.devices);
    struct wp_term excess = line->term;

    excess.devices = all & ~line->term.devices;
    if (excess.devices == 0)
        return;
    if (lines_before(lines, line, &excess) != NULL) {
        wp_desire_refuse_alike(lines->desire, lines->policy, line);
        line->denies = true;
    }
    line->term.devices = all;
}

/* Takes the first line as far as it goes: into a rule, or into lines in its place. */
static struct wp_okta_line *
step(struct lines *lines, struct wp_okta_line *line, struct wp_okta_rules *rules)
{
    struct wp_okta_line *before, **end = &before;

    if (is_decided(lines, &line->term))
        return line->next;
    widen_alike(lines, line);
    struct wp_term wide = line->term, excess;
    if (!widen(lines, &wide, &excess)) {
        wp_desire_split(lines->desire, line, rules);
        add_decided(lines, &line->term);
        return line->next;
    }
    before = lines_before(lines, line, &excess);
    while (*end != NULL)
        end = &(*end)->next;
    *end = wp_alloc(lines->desire->arena, sizeof **end);
    **end = *line;
    (*end)->term = wide;
    return before;
}

/* ---- the lines of a policy ---------------------------------------------------------------------
 */

static bool
has_app(const struct wp_term *term, uint32_t app)
{
    return term->apps == NULL || wp_members_have(term->apps, app);
}

/* Does the rest of the policy say of these requests what the line says? */
static bool
is_said_behind(void *context, const struct wp_okta_line *line, const struct wp_term *some)
{
    struct lines *lines = context;
    struct wp_okta_line *rest = restrict_lines(lines, lines->first, some, line->rule);

    for (; rest != NULL; rest = rest->next)
        if (!same_outcome(rest, line))
            return false;
    return true;
}

/* Puts a line in front, unless Okta sees nobody who meets it. */
static void
put_line(struct lines *lines, const struct wp_okta_line *line)
{
    struct wp_okta_line *copy = wp_alloc(lines->desire->arena, sizeof *copy);

    *copy = *line;
    if (!wp_desire_check_entry(lines->desire, lines->policy, copy, is_said_behind, lines) ||
        !wp_desire_check(lines->desire, lines->policy, copy) ||
        !wp_okta_term_see(lines->desire, &copy->term))
        return;
    copy->next = lines->first;
    lines->first = copy;
}

static void
put_rule(struct lines *lines, const struct wp_model_rule *rule, uint32_t app)
{
    for (uint32_t i = rule->term_count; i-- > 0;) {
        struct wp_okta_line line = {.term = rule->terms[i], .rule = rule};
        if (!has_app(&line.term, app))
            continue;
        line.term.apps = NULL;
        if (line.term.network != WP_NONE)
            line.term.network = lines->desire->pooled[line.term.network];
        put_line(lines, &line);
    }
}

/* From the last one on, since what stands behind a line may make a difference
 * needless that Okta cannot tell. */
static void
collect(struct lines *lines, uint32_t app)
{
    const struct wp_policy *policy = lines->policy;

    put_line(lines, &(struct wp_okta_line){.term = {.network = WP_NONE,
                                                    .devices = lines->desire->devices.seen,
                                                    .postures = WP_POSTURE_ALL},
                                           .rule = &policy->otherwise});
    for (uint32_t i = policy->rule_count; i-- > 0;)
        if (!policy->rules[i].report)
            put_rule(lines, &policy->rules[i], app);
}

/* ---- names
 * ------------------------------------------------------------------------------------------ */

static const char *
rule_name(const struct wp_model_rule *rule)
{
    return rule->name == NULL ? "otherwise" : rule->name;
}

static bool
same_name(const struct wp_okta_rule *a, const struct wp_okta_rule *b)
{
    return a->line->rule == b->line->rule && a->line->ahead == b->line->ahead;
}

static void
name_rules(struct wp_desire *desire, struct wp_okta_rules *rules)
{
    for (uint32_t i = 0; i < rules->count; i++) {
        struct wp_okta_rule *rule = &rules->items[i];
        const struct wp_okta_line *line = rule->line;
        const char *name = rule_name(line->rule);
        unsigned part = 1;
        if (line->ahead != NULL)
            name = wp_format(desire->arena, "%s (ahead of %s)", name, rule_name(line->ahead));
        for (uint32_t k = 0; k < i; k++)
            part += same_name(&rules->items[k], rule);
        rule->name = wp_okta_split_name(desire->arena, name, part);
    }
}

/* Lines put before another one do nothing at the end, where the catch-all rule says
 * the same. */
static void
drop_last(const struct lines *lines, struct wp_okta_rules *rules)
{
    const struct wp_okta_line otherwise = {.rule = &lines->policy->otherwise};

    while (rules->count > 0 && rules->items[rules->count - 1].line->ahead != NULL &&
           same_outcome(rules->items[rules->count - 1].line, &otherwise))
        rules->count--;
}

void
wp_desire_lines(struct wp_desire *desire, const struct wp_policy *policy, uint32_t app,
                struct wp_okta_rules *rules)
{
    struct lines lines = {.desire = desire, .policy = policy};
    const struct wp_desire_place place = {policy->span, policy, NULL};

    *rules = (struct wp_okta_rules){0};
    collect(&lines, app);
    while (!is_otherwise(&lines, lines.first) && lines.steps++ < MOST_STEPS &&
           rules->count <= 10 * WP_OKTA_RULES)
        lines.first = step(&lines, lines.first, rules);
    drop_last(&lines, rules);
    if (!is_otherwise(&lines, lines.first) || rules->count > WP_OKTA_RULES)
        wp_desire_fail(desire, WP_E_OKTA_RULES, &place,
                       "let fewer rules ask for several levels of risk, for devices that are not "
                       "managed or for several groups at once, or give apps policies of their own",
                       "policy '%s' needs %s%u rules in Okta, which holds %u beside the catch-all",
                       policy->name, is_otherwise(&lines, lines.first) ? "" : "more than ",
                       rules->count, WP_OKTA_RULES);
    name_rules(desire, rules);
}
