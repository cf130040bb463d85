/* Groups findings about demands by their cause. */
#include "compiler/check/collect.h"
#include "compiler/facts.h"

#include <string.h>

/* Further uses are labels up to this many; more add nothing. */
#define MAX_LABELS 3

struct conflict {
    const struct wp_attribute *demand; /* NULL: a list leaves the method out */
    const struct wp_declaration *user;
    const struct wp_declaration *subject;
    struct wp_diagnostic *finding;
    struct wp_span span;
    unsigned uses;
    struct conflict *next;
};

/* A fact that was asked for in vain. */
struct unknown {
    const struct wp_declaration *tenant;
    const char *fact;
    const char *demanded; /* "version >= 22.10 [U3]" */
    const struct wp_declaration *user;
    const char *user_text;
    struct wp_span span;
    struct unknown *next;
};

struct missing {
    const struct wp_declaration *user;
    const char *kind;
    const struct wp_attribute *demand;
    const char *user_text;
    struct wp_span span;
    struct missing *next;
};

struct unsaid {
    const struct wp_attribute *demand;
    enum wp_diagnostic_kind kind;
    struct wp_diagnostic *finding;
    const struct wp_thing **things;
    size_t count;
    bool everybody;
    struct wp_use use;
    struct wp_span span;
    struct unsaid *next;
};

struct wp_collector {
    struct wp_diagnostics *list;
    struct wp_arena *arena;
    const struct wp_model *model;
    const struct wp_model *view;
    struct conflict *conflicts;
    struct unknown *unknowns, **unknown_end;
    struct missing *missing, **missing_end;
    struct unsaid *unsaid;
};

struct wp_collector *
wp_collector_new(struct wp_diagnostics *list, const struct wp_model *model,
                 const struct wp_model *view)
{
    struct wp_collector *collector = wp_alloc(list->arena, sizeof *collector);

    collector->list = list;
    collector->arena = list->arena;
    collector->model = model;
    collector->view = view;
    collector->unknown_end = &collector->unknowns;
    collector->missing_end = &collector->missing;
    return collector;
}

/* Names the rule; a rule of a template also shows where it was included. */
static void
set_rule(struct wp_diagnostics *list, struct wp_diagnostic *finding, const struct wp_site *site)
{
    finding->policy = site->policy->name;
    finding->rule = site->rule->name;
    if (site->rule->included_from.file != WP_NO_FILE)
        wp_add_label(list, finding, site->rule->included_from, "included here");
}

static bool
same_span(struct wp_span a, struct wp_span b)
{
    return a.file == b.file && a.start == b.start && a.end == b.end;
}

static const char *
console_of(const struct wp_collector *collector, const struct wp_attribute *demand)
{
    struct wp_fact_question question;
    const struct wp_attribute *fact;

    if (!wp_fact_question_read(collector->view, demand, &question))
        return NULL;
    fact = wp_fact_find(collector->view, question.kind, question.fact);
    return fact ? wp_attribute_text(fact->attributes, "console", NULL) : NULL;
}

/* ---- contradictions -------------------------------------------------------------- */

static const char *
subject_text(struct wp_arena *arena, const struct wp_declaration *subject)
{
    const char *kind = subject->kind == WP_DECL_GROUP ? "group"
                       : subject->kind == WP_DECL_APP ? "app"
                                                      : "tenant";

    return wp_format(arena, "%s '%s'", kind, subject->name->text);
}

static void
report_conflict(struct wp_collector *collector, struct conflict *conflict, const struct wp_use *use,
                enum wp_diagnostic_kind kind, const struct wp_value *value)
{
    struct wp_diagnostics *list = collector->list;
    const struct wp_attribute *said = use->demand->attributes;
    struct wp_diagnostic *finding;

    kind = wp_said_kind(said, kind);
    finding = wp_report_as(
        list, wp_said_severity(said, wp_diagnostic_infos[kind].severity), kind, conflict->span,
        "%s demands %s, and %s %s", wp_use_text(list->arena, use),
        wp_line_text_of(list->arena, use->demand), subject_text(list->arena, conflict->subject),
        value->kind == WP_VALUE_LIST ? "says otherwise"
                                     : wp_format(list->arena, "says '%s'", value->text));
    finding->label =
        wp_format(list->arena, "%s",
                  use->kind == WP_USE_METHOD ? "the method is used here" : "asked for here");
    wp_add_label(list, finding, value->span, "declared here");
    wp_add_cure(list, finding, said, console_of(collector, use->demand));
    set_rule(list, finding, use->site);
    conflict->finding = finding;
}

/* The conflict of the same cause, or a new one, with *is_new set. A further use
 * becomes a label of the finding. */
static struct conflict *
find_conflict(struct wp_collector *collector, const struct wp_use *use,
              const struct wp_declaration *subject, bool *is_new)
{
    struct conflict *conflict = collector->conflicts;

    while (conflict && (conflict->demand != use->demand || conflict->user != use->user ||
                        conflict->subject != subject))
        conflict = conflict->next;
    *is_new = !conflict;
    if (conflict) {
        struct wp_span span;
        if (conflict->uses == MAX_LABELS)
            return conflict;
        conflict->uses++;
        span = wp_use_span(collector->model, use);
        if (!same_span(span, conflict->span))
            wp_add_label(collector->list, conflict->finding, span, "and here");
        return conflict;
    }
    conflict = wp_alloc(collector->arena, sizeof *conflict);
    conflict->demand = use->demand;
    conflict->user = use->user;
    conflict->subject = subject;
    conflict->span = wp_use_span(collector->model, use);
    conflict->next = collector->conflicts;
    collector->conflicts = conflict;
    return conflict;
}

void
wp_collect_conflict(struct wp_collector *collector, const struct wp_use *use,
                    enum wp_diagnostic_kind kind, const struct wp_declaration *subject,
                    const struct wp_value *value)
{
    bool is_new;
    struct conflict *conflict = find_conflict(collector, use, subject, &is_new);

    if (is_new)
        report_conflict(collector, conflict, use, kind, value);
}

void
wp_collect_unlisted(struct wp_collector *collector, const struct wp_use *use,
                    const struct wp_declaration *tenant, const struct wp_value *value)
{
    struct wp_diagnostics *list = collector->list;
    bool is_new;
    struct conflict *conflict = find_conflict(collector, use, tenant, &is_new);

    if (!is_new)
        return;
    conflict->finding =
        wp_report(list, WP_E_NOT_OFFERED, conflict->span, "%s is not offered by tenant '%s'",
                  wp_use_text(list->arena, use), tenant->name->text);
    conflict->finding->label = "the method is used here";
    wp_add_label(list, conflict->finding, value->span, "it is not listed here");
    wp_add_help(list, conflict->finding,
                "enable the method in the tenant and list it, or take another one");
    set_rule(list, conflict->finding, use->site);
}

/* ---- facts that nobody declared -------------------------------------------------------- */

void
wp_collect_unknown(struct wp_collector *collector, const struct wp_use *use,
                   const struct wp_declaration *tenant, const char *fact)
{
    struct unknown *unknown;

    for (unknown = collector->unknowns; unknown; unknown = unknown->next)
        if (unknown->tenant == tenant && strcmp(unknown->fact, fact) == 0)
            return;
    unknown = wp_alloc(collector->arena, sizeof *unknown);
    unknown->tenant = tenant;
    unknown->fact = fact;
    unknown->demanded =
        wp_format(collector->arena, "%s [%s]", wp_line_text_of(collector->arena, use->demand),
                  wp_attribute_text(use->demand->attributes, "cite", "?"));
    unknown->user = use->user;
    unknown->user_text = wp_use_text(collector->arena, use);
    unknown->span = wp_use_span(collector->model, use);
    *collector->unknown_end = unknown;
    collector->unknown_end = &unknown->next;
}

static bool
is_first_of_tenant(const struct wp_collector *collector, const struct unknown *unknown)
{
    const struct unknown *first = collector->unknowns;

    while (first->tenant != unknown->tenant)
        first = first->next;
    return first == unknown;
}

/* A label for each method or posture that asks, and a note for each fact. */
static void
explain_unknown(struct wp_collector *collector, struct wp_diagnostic *finding,
                const struct unknown *first)
{
    const struct wp_declaration *labelled = NULL;

    for (const struct unknown *u = first; u; u = u->next) {
        const char *kind = wp_tenant_kind(u->tenant);
        const struct wp_attribute *fact;

        if (u->tenant != first->tenant)
            continue;
        if (u->user != labelled)
            wp_add_label(collector->list, finding, u->span, "%s is used here", u->user_text);
        labelled = u->user;
        fact = wp_fact_find(collector->view, kind, u->fact);
        wp_add_note(collector->list, finding, "%s: %s demands %s; %s", u->fact, u->user_text,
                    u->demanded, fact ? wp_attribute_text(fact->attributes, "console", "") : "");
    }
}

static void
report_unknown(struct wp_collector *collector, const struct unknown *first)
{
    const char *facts = "", *blanks = "";
    struct wp_diagnostic *finding;
    const struct wp_declaration *tenant = first->tenant;
    struct wp_span before_brace = tenant->span;
    size_t count = 0;

    for (const struct unknown *u = first; u; u = u->next) {
        if (u->tenant != tenant)
            continue;
        facts = wp_format(collector->arena, "%s%s%s", facts, count ? ", " : "", u->fact);
        blanks = wp_format(collector->arena, "%s  %s = \n", blanks, u->fact);
        count++;
    }
    finding = wp_report(
        collector->list, WP_E_FACT_UNKNOWN, tenant->name->span,
        "tenant '%s' does not say %s: whether what is demanded of it holds cannot be told",
        tenant->name->text, facts);
    explain_unknown(collector, finding, first);
    before_brace.start = before_brace.end = tenant->span.end - 1;
    wp_add_fix(collector->list, finding, WP_FIX_NEEDS_INPUT, before_brace, blanks,
               "declare what is true of the tenant");
}

/* ---- tenants that are missing -------------------------------------------------------------- */

void
wp_collect_missing(struct wp_collector *collector, const struct wp_use *use, const char *kind)
{
    struct missing *missing;

    for (missing = collector->missing; missing; missing = missing->next)
        if (missing->user == use->user && missing->demand == use->demand)
            return;
    missing = wp_alloc(collector->arena, sizeof *missing);
    missing->user = use->user;
    missing->kind = wp_copy_text(collector->arena, kind, strlen(kind));
    missing->demand = use->demand;
    missing->user_text = wp_use_text(collector->arena, use);
    missing->span = wp_use_span(collector->model, use);
    *collector->missing_end = missing;
    collector->missing_end = &missing->next;
}

static bool
is_first_of_user(const struct wp_collector *collector, const struct missing *missing)
{
    const struct missing *first = collector->missing;

    while (first->user != missing->user)
        first = first->next;
    return first == missing;
}

/* The kinds that a user misses, each once: "uem or access". */
static const char *
missing_kinds(struct wp_collector *collector, const struct missing *first)
{
    const char *kinds = "";

    for (const struct missing *m = first; m; m = m->next) {
        bool said = false;

        if (m->user != first->user)
            continue;
        for (const struct missing *e = first; e != m; e = e->next)
            said = said || (e->user == m->user && strcmp(e->kind, m->kind) == 0);
        if (!said)
            kinds = wp_format(collector->arena, "%s%s'%s'", kinds, *kinds ? " or " : "", m->kind);
    }
    return kinds;
}

static void
report_missing(struct wp_collector *collector, const struct missing *first)
{
    struct wp_diagnostic *finding =
        wp_report(collector->list, WP_E_TENANT_UNDECLARED, first->span,
                  "%s makes demands that cannot be checked: no tenant of kind %s is declared",
                  first->user_text, missing_kinds(collector, first));

    for (const struct missing *m = first; m; m = m->next)
        if (m->user == first->user)
            wp_add_note(collector->list, finding, "it demands %s [%s]",
                        wp_line_text_of(collector->arena, m->demand),
                        wp_attribute_text(m->demand->attributes, "cite", "?"));
    wp_add_help(collector->list, finding,
                "declare the tenant with what is true of it: tenant Name { kind = %s ... }",
                first->kind);
}

/* ---- groups and apps that do not say -----------------------------------------------------------
 */

static void
add_thing(struct wp_arena *arena, struct unsaid *unsaid, const struct wp_thing *thing)
{
    const struct wp_thing **grown;

    if (!thing) {
        unsaid->everybody = true;
        return;
    }
    for (size_t i = 0; i < unsaid->count; i++)
        if (unsaid->things[i] == thing)
            return;
    /* Powers of two: the array grows when it is full. */
    if ((unsaid->count & (unsaid->count - 1)) == 0) {
        grown = wp_alloc_array(arena, unsaid->count ? unsaid->count * 2 : 1,
                               sizeof(const struct wp_thing *));
        if (unsaid->count)
            memcpy(grown, unsaid->things, unsaid->count * sizeof *grown);
        unsaid->things = grown;
    }
    unsaid->things[unsaid->count++] = thing;
}

void
wp_collect_unsaid(struct wp_collector *collector, const struct wp_use *use,
                  enum wp_diagnostic_kind kind, const struct wp_thing *thing)
{
    struct unsaid *unsaid = collector->unsaid;

    while (unsaid && (unsaid->demand != use->demand || unsaid->kind != kind))
        unsaid = unsaid->next;
    if (!unsaid) {
        unsaid = wp_alloc(collector->arena, sizeof *unsaid);
        unsaid->demand = use->demand;
        unsaid->kind = kind;
        unsaid->use = *use;
        unsaid->span = wp_use_span(collector->model, use);
        unsaid->next = collector->unsaid;
        collector->unsaid = unsaid;
        unsaid->finding = wp_report(collector->list, kind, unsaid->span, "%s demands %s",
                                    wp_use_text(collector->arena, use),
                                    wp_line_text_of(collector->arena, use->demand));
        set_rule(collector->list, unsaid->finding, use->site);
    }
    add_thing(collector->arena, unsaid, thing);
}

static void
report_unsaid(struct wp_collector *collector, struct unsaid *unsaid)
{
    bool groups = unsaid->kind == WP_E_GROUP_SOURCE_UNKNOWN;
    const char *key = wp_path_split(unsaid->demand->key->text).second;
    const char *names = unsaid->everybody && groups ? "all users" : "";

    for (size_t i = 0; i < unsaid->count && i < MAX_LABELS * 2; i++) {
        names = wp_format(collector->arena, "%s%s'%s'", names, *names ? ", " : "",
                          unsaid->things[i]->name);
        if (i < MAX_LABELS)
            wp_add_label(collector->list, unsaid->finding, unsaid->things[i]->span, "says no '%s'",
                         key ? key : "");
    }
    if (unsaid->count > MAX_LABELS * 2)
        names =
            wp_format(collector->arena, "%s and %zu more", names, unsaid->count - MAX_LABELS * 2);
    unsaid->finding->message = wp_format(
        collector->arena, "%s: whether that is so for %s%s cannot be told",
        unsaid->finding->message, groups ? (unsaid->count ? "group " : "") : "app ", names);
    wp_add_cure(collector->list, unsaid->finding, unsaid->demand->attributes, NULL);
}

/* ---- what the rule itself does not meet
 * ------------------------------------------------------------ */

void
wp_collect_unforeseen(struct wp_collector *collector, const struct wp_use *use,
                      enum wp_diagnostic_kind kind)
{
    struct wp_diagnostics *list = collector->list;
    const struct wp_attribute *said = use->demand->attributes;
    struct wp_diagnostic *finding;

    kind = wp_said_kind(said, kind);
    finding = wp_report_as(list, wp_said_severity(said, wp_diagnostic_infos[kind].severity), kind,
                           wp_use_span(collector->model, use), "%s demands %s, which %s is not",
                           wp_use_text(list->arena, use), wp_line_text_of(list->arena, use->demand),
                           wp_rule_text(list->arena, use->site->policy, use->site->rule));
    if (kind == WP_E_CHAIN_PARTNER)
        finding->message =
            wp_format(list->arena, "%s demands %s, and %s chains it otherwise",
                      wp_use_text(list->arena, use), wp_line_text_of(list->arena, use->demand),
                      wp_rule_text(list->arena, use->site->policy, use->site->rule));
    wp_add_label(list, finding, use->site->rule->span, "in this rule");
    wp_add_cure(list, finding, said, NULL);
    set_rule(list, finding, use->site);
}

void
wp_collector_end(struct wp_collector *collector)
{
    for (const struct unknown *u = collector->unknowns; u; u = u->next)
        if (is_first_of_tenant(collector, u))
            report_unknown(collector, u);
    for (const struct missing *m = collector->missing; m; m = m->next)
        if (is_first_of_user(collector, m))
            report_missing(collector, m);
    for (struct unsaid *u = collector->unsaid; u; u = u->next)
        report_unsaid(collector, u);
}
