/*
 * Steps that people take, since no interface for them is known: what the methods in
 * use demand of UEM and of the tenant, in the order in which their guide has it, and
 * what proves each done. Which demands there are is data of the standard library.
 */
#include "compiler/check/predicate.h"
#include "compiler/emit/access/access.h"
#include "compiler/facts.h"
#include "compiler/facts_import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct runbook {
    struct wp_arena *arena;
    const struct wp_session *session;
    const struct wp_state *current;
    struct wp_buffer *out;
    const struct wp_attribute *told[128]; /* demands that have their step */
    size_t told_count;
};

static void __attribute__((format(printf, 2, 3))) say(struct runbook *book, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length > 0)
        wp_buffer_add(book->out, text, (size_t)length);
    free(text);
}

/* ---- facts -------------------------------------------------------------------------- */

/* What the tenant itself says of a method in its adapters or its built-in identity
 * provider; UNKNOWN where it does not say. */
static enum wp_truth
tenant_says(const struct runbook *book, const struct wp_fact_question *question)
{
    const struct wp_declaration *method =
        question->member
            ? wp_declaration_find(book->session->model, WP_DECL_METHOD, question->member)
            : NULL;
    const char *label = method ? wp_access_method_label(method, book->session->tenant) : NULL;
    const struct wp_object *adapter;

    if (!book->current || !label || strcmp(question->kind, "access") != 0)
        return WP_UNKNOWN;
    if (strcmp(question->fact, "adapters") == 0) {
        adapter = wp_state_find(book->current, wp_state_key(book->arena, "adapter", NULL, label));
        if (!adapter)
            return WP_UNKNOWN;
        return json_is_true(json_object_get(adapter->body, "enabled")) ? WP_TRUE : WP_FALSE;
    }
    static const enum wp_truth truths[] = {[WP_ACCESS_UNTOLD] = WP_UNKNOWN,
                                           [WP_ACCESS_OFFERED] = WP_TRUE,
                                           [WP_ACCESS_NOT_OFFERED] = WP_FALSE};
    return truths[wp_access_method_offered(book->arena, book->current, label)];
}

/* Who says a value: the source, or a file of facts. */
static const char *
said_by(const struct runbook *book, const struct wp_value *value)
{
    const struct wp_sources *sources = book->session->model->sources;
    const struct wp_source *file = value == NULL || value->span.file >= sources->count
                                       ? NULL
                                       : &sources->files[value->span.file];

    return file != NULL && wp_facts_are_in(file->text, file->length) ? file->name : NULL;
}

/* What the tenants of the kind are said to be, and by which file when it is one of facts. */
static enum wp_truth
declared(const struct runbook *book, const struct wp_attribute *demand,
         const struct wp_fact_question *question, const char **tenant_name, const char **by)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;
    enum wp_truth truth = WP_UNKNOWN;

    while ((tenant = wp_declaration_next(book->session->model, WP_DECL_TENANT, &walk)) != NULL) {
        const struct wp_value *value;
        if (strcmp(wp_tenant_kind(tenant), question->kind) != 0)
            continue;
        *tenant_name = tenant->name->text;
        truth = wp_fact_meets(book->session->model, tenant, demand, question, &value);
        *by = said_by(book, value);
    }
    return truth;
}

/* ---- steps --------------------------------------------------------------------------- */

static void
say_value(struct runbook *book, const struct wp_value *value)
{
    if (value->kind != WP_VALUE_LIST) {
        say(book, "%s", value->text ? value->text : "");
        return;
    }
    for (const struct wp_value *item = value->items; item; item = item->next)
        say(book, "%s%s", item->text, item->next ? " or " : "");
}

static void
say_proof(struct runbook *book, const struct wp_fact_question *question, const char *tenant,
          enum wp_truth seen, enum wp_truth said, const char *by)
{
    if (seen == WP_TRUE)
        say(book, "  Done: the tenant says so itself.\n");
    else if (seen == WP_FALSE)
        say(book, "  Proof: `woapol plan` no longer lists this step, since the tenant says so.\n");
    else if (said == WP_TRUE && by != NULL)
        say(book, "  Done: `%s` says so of tenant `%s`.\n", by, tenant ? tenant : question->kind);
    else if (said == WP_TRUE)
        say(book, "  Done: tenant `%s` declares `%s`.\n", tenant ? tenant : question->kind,
            question->fact);
    else
        say(book,
            "  Proof: with `%s` in the block of tenant `%s`, or in an export that `--facts` names, "
            "`woapol check` says nothing of it.\n",
            question->fact, tenant ? tenant : question->kind);
}

static bool
is_told(struct runbook *book, const struct wp_attribute *demand)
{
    for (size_t i = 0; i < book->told_count; i++) {
        if (book->told[i] == demand)
            return true;
    }
    if (book->told_count < sizeof book->told / sizeof *book->told)
        book->told[book->told_count++] = demand;
    return false;
}

static void
say_step(struct runbook *book, const struct wp_attribute *demand)
{
    struct wp_fact_question question;
    const struct wp_attribute *fact;
    const char *tenant = NULL, *by = NULL;
    enum wp_truth seen, said;

    if (demand->kind != WP_DEMAND ||
        !wp_fact_question_read(book->session->model, demand, &question) || is_told(book, demand))
        return;
    fact = wp_fact_find(book->session->model, question.kind, question.fact);
    seen = tenant_says(book, &question);
    said = declared(book, demand, &question, &tenant, &by);
    say(book, "- [%c] %s", seen == WP_TRUE || (seen == WP_UNKNOWN && said == WP_TRUE) ? 'x' : ' ',
        fact ? wp_attribute_text(fact->attributes, "label", question.fact) : question.fact);
    if (question.member) {
        say(book, ": %s among them", question.member);
    } else {
        static const char *const words[] = {[WP_DEMAND_IS] = "",
                                            [WP_DEMAND_IN] = "",
                                            [WP_DEMAND_LESS] = "below ",
                                            [WP_DEMAND_AT_MOST] = "at most ",
                                            [WP_DEMAND_AT_LEAST] = "at least ",
                                            [WP_DEMAND_GREATER] = "above "};
        say(book, ": %s%s", demand->negated ? "not " : "", words[demand->op]);
        say_value(book, demand->value);
    }
    say(book, " [%s]\n  Where: %s\n  How: %s\n", wp_attribute_text(demand->attributes, "cite", ""),
        fact ? wp_attribute_text(fact->attributes, "console", "") : "",
        wp_attribute_text(demand->attributes, "cure", ""));
    say_proof(book, &question, tenant, seen, said, by);
}

/* All demands of a method, unless each of them is met. */
static void
say_method(struct runbook *book, const struct wp_declaration *method, const char *label)
{
    struct wp_buffer *out = book->out, steps = {.arena = book->arena};
    size_t count = 0;

    book->out = &steps;
    for (const struct wp_attribute *line = method->attributes; line; line = line->next) {
        struct wp_fact_question question;
        if (line->kind != WP_DEMAND ||
            !wp_fact_question_read(book->session->model, line, &question))
            continue;
        say_step(book, line);
        count++;
    }
    wp_buffer_add(&steps, "", 1);
    book->out = out;
    if (count > 0 && strstr((const char *)steps.bytes, "- [ ]"))
        say(book, "\n### Before a rule asks for %s\n\n%s", label, (const char *)steps.bytes);
}

/* The methods in use, in the order in which the source declares them. */
static void
say_methods(struct runbook *book, const struct wp_state *desired)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *method;

    while ((method = wp_declaration_next(book->session->model, WP_DECL_METHOD, &walk)) != NULL) {
        const char *label = wp_access_method_label(method, book->session->tenant);
        if (label && wp_state_find(desired, wp_state_key(book->arena, "method", NULL, label)))
            say_method(book, method, label);
    }
}

/* ---- apps that another publishes ------------------------------------------------------- */

/* Does a policy other than the default one decide the app in the tenant? */
static bool
has_policy(const struct runbook *book, const char *app)
{
    const struct wp_object *binding =
        wp_state_find(book->current, wp_state_key(book->arena, "binding", NULL, app));
    const char *base = wp_state_key(book->arena, "policy", NULL, WP_ACCESS_BASE);
    const char *key = binding ? wp_reference_key(json_object_get(binding->body, "policy")) : base;

    return !key || strcmp(key, base) != 0;
}

static void
say_source_app(struct runbook *book, const char *app, const char *publisher)
{
    const struct wp_attribute *fact = wp_fact_find(book->session->model, "access",
                                                   wp_format(book->arena, "%s_source", publisher));
    const char *where =
        fact ? wp_attribute_text(fact->attributes, "console", NULL) : "Access console: Resources";
    bool is_there =
        book->current && wp_state_find(book->current, wp_state_key(book->arena, "app", NULL, app));
    bool is_bound = is_there && has_policy(book, app);

    say(book, "- [%c] %s stands in the catalog below its application source [D6]\n  Where: %s\n",
        is_there && !is_bound ? 'x' : ' ', app, where);
    say(book, "  How: %s\n",
        is_bound ? "take the access policy that is its own away from it: the source's decides"
                 : "add it with this application source, and give it no access policy of its own");
    say(book, "  %s\n",
        is_there && !is_bound
            ? "Done: the tenant says so itself."
            : "Proof: `woapol plan --runbook` ticks this step, since the tenant's catalog has it.");
}

/* Apps with `federated`: Access has them from another, without a policy of their own. */
static void
say_source_apps(struct runbook *book)
{
    const struct wp_model *model = book->session->model;
    bool begun = false;

    for (uint32_t i = 0; i < model->app_count; i++) {
        const struct wp_declaration *app = model->apps[i].declaration;
        const char *publisher = app ? wp_attribute_text(app->attributes, "federated", NULL) : NULL;
        const char *name =
            model->apps[i].directory ? model->apps[i].directory : model->apps[i].name;
        if (!publisher || strcmp(publisher, "access") == 0)
            continue;
        if (!begun)
            say(book, "\n### Apps that others publish\n\n");
        begun = true;
        if (book->session->tenant)
            name = wp_name_in_tenant(app, book->session->tenant, name);
        say_source_app(book, name, publisher);
    }
}

bool
wp_access_runbook(const struct wp_session *session, const struct wp_state *desired,
                  const struct wp_state *current, struct wp_buffer *markdown,
                  struct wp_problem *problem)
{
    struct runbook book = {
        .arena = session->arena, .session = session, .current = current, .out = markdown};

    (void)problem;
    if (!session->model)
        return true;
    say_methods(&book, desired);
    say_source_apps(&book);
    return true;
}
