/*
 * Templates written out, as text: what stands in a template is copied, but where
 * a parameter stands, what the include gives for it is copied from there. So the
 * result says what was written, comments and durations included.
 */
#include "compiler/expand.h"

#include "compiler/buffer.h"
#include "compiler/symbols.h"

/* What a template's parameters stand for in one include. */
struct scope {
    const struct wp_declaration *template;
    const struct wp_argument *arguments;
    const struct scope *outer; /* where the arguments were written; NULL: in a policy */
    const char *prefix;
};

struct expansion {
    const struct wp_model *model;
    struct wp_arena *arena;
    struct wp_buffer out;
    bool follows; /* a rule of the same include stands before */
};

/* How far a piece of a file has been copied. */
struct cursor {
    const char *text;
    uint32_t at;
};

static struct cursor
cursor_at(const struct expansion *e, struct wp_span span)
{
    return (struct cursor){e->model->sources->files[span.file].text, span.start};
}

static void
put(struct expansion *e, const char *text)
{
    wp_buffer_add(&e->out, text, strlen(text));
}

/* Copies up to a place. */
static void
copy(struct expansion *e, struct cursor *cursor, uint32_t end)
{
    if (end > cursor->at)
        wp_buffer_add(&e->out, cursor->text + cursor->at, end - cursor->at);
    cursor->at = end;
}

/* Copies up to a piece, which the caller replaces. */
static void
replace(struct expansion *e, struct cursor *cursor, struct wp_span piece)
{
    copy(e, cursor, piece.start);
    cursor->at = piece.end;
}

static const struct wp_argument *
argument_of(const struct scope *scope, const char *name)
{
    const struct wp_argument *argument = scope ? scope->arguments : NULL;
    const struct wp_name *parameter = scope ? scope->template->parameters : NULL;

    for (; argument && parameter; argument = argument->next, parameter = parameter->next)
        if (strcmp(parameter->text, name) == 0)
            return argument;
    return NULL;
}

/* ---- sets ------------------------------------------------------------------------ */

/* What a set comes to when it is a parameter, and the scope of its own names. */
static const struct wp_set *
meant_set(const struct wp_set *set, const struct scope **scope)
{
    const struct wp_argument *argument;

    while (set->kind == WP_SET_NAME && (argument = argument_of(*scope, set->text)) &&
           argument->set) {
        set = argument->set;
        *scope = (*scope)->outer;
    }
    return set;
}

static void put_set(struct expansion *e, const struct wp_set *set, const struct scope *scope);

/* A list in which a parameter stands for more than a name: of lists one list is
 * made, of algebra a sum. */
static void
put_parts(struct expansion *e, const struct wp_set *list, const struct scope *scope,
          const char *between)
{
    for (const struct wp_set *part = list->parts; part; part = part->next) {
        const struct scope *inner = scope;
        const struct wp_set *meant = meant_set(part, &inner);

        if (meant->kind == WP_SET_LIST)
            put_parts(e, meant, inner, between);
        else
            put_set(e, meant, inner);
        if (part->next)
            put(e, between);
    }
}

static bool
holds_algebra(const struct wp_set *list, const struct scope *scope)
{
    for (const struct wp_set *part = list->parts; part; part = part->next) {
        const struct scope *inner = scope;
        const struct wp_set *meant = meant_set(part, &inner);

        if (meant->kind == WP_SET_SUM || meant->kind == WP_SET_PRODUCT ||
            (meant->kind == WP_SET_LIST && holds_algebra(meant, inner)))
            return true;
    }
    return false;
}

/* As an operand: in brackets, unless it is a single thing. */
static void
put_set(struct expansion *e, const struct wp_set *set, const struct scope *scope)
{
    const struct wp_set *meant = meant_set(set, &scope);
    struct cursor cursor = cursor_at(e, meant->span);

    if (meant->kind == WP_SET_LIST || meant->kind == WP_SET_SUM || meant->kind == WP_SET_PRODUCT) {
        bool is_list = meant->kind == WP_SET_LIST && !holds_algebra(meant, scope);

        put(e, is_list ? "{" : "(");
        if (meant->kind == WP_SET_LIST) {
            put_parts(e, meant, scope, is_list ? ", " : " + ");
        } else {
            for (const struct wp_set *part = meant->parts; part; part = part->next) {
                if (part != meant->parts)
                    put(e, meant->kind == WP_SET_PRODUCT      ? " & "
                           : part->join == WP_JOIN_DIFFERENCE ? " - "
                                                              : " + ");
                put_set(e, part, scope);
            }
        }
        put(e, is_list ? "}" : ")");
    } else {
        copy(e, &cursor, meant->span.end);
    }
}

static bool
names_parameter(const struct wp_set *set, const struct scope *scope)
{
    if (set->kind == WP_SET_NAME)
        return argument_of(scope, set->text) != NULL;
    for (const struct wp_set *part = set->parts; part; part = part->next)
        if (names_parameter(part, scope))
            return true;
    return false;
}

/* ---- conditions and chains ----------------------------------------------------------- */

static void
copy_condition(struct expansion *e, struct cursor *cursor, const struct wp_condition *condition,
               const struct scope *scope)
{
    if (condition->set && names_parameter(condition->set, scope)) {
        replace(e, cursor, condition->set->span);
        put_set(e, condition->set, scope);
    }
    if (condition->kind == WP_CONDITION_NAMED) {
        const struct wp_argument *argument = argument_of(scope, condition->name->text);

        if (argument && argument->set) {
            replace(e, cursor, condition->name->span);
            put_set(e, argument->set, scope->outer);
        }
    }
    for (const struct wp_condition *part = condition->parts; part; part = part->next)
        copy_condition(e, cursor, part, scope);
}

static void
copy_chain(struct expansion *e, struct cursor *cursor, const struct wp_chain *chain,
           const struct scope *scope)
{
    const struct wp_argument *argument =
        chain->kind == WP_CHAIN_NAME ? argument_of(scope, chain->name->text) : NULL;

    for (const struct wp_chain *part = chain->parts; part; part = part->next)
        copy_chain(e, cursor, part, scope);
    if (!argument)
        return;
    replace(e, cursor, chain->span);
    if (argument->chain) {
        struct cursor inner = cursor_at(e, argument->span);

        put(e, "(");
        copy_chain(e, &inner, argument->chain, scope->outer);
        copy(e, &inner, argument->span.end);
        put(e, ")");
    } else {
        const struct scope *outer = scope->outer;
        const struct wp_chain name = {
            .kind = WP_CHAIN_NAME,
            .span = argument->set->span,
            .name = &(struct wp_name){.text = argument->set->text, .span = argument->set->span}};
        struct cursor inner = cursor_at(e, name.span);

        copy_chain(e, &inner, &name, outer);
        copy(e, &inner, name.span.end);
    }
}

/* ---- rules ------------------------------------------------------------------------------ */

static struct wp_span
whole(const struct wp_annotation *annotations, struct wp_span span)
{
    if (annotations)
        span.start = annotations->span.start;
    return span;
}

static void
put_rule(struct expansion *e, const struct wp_rule *rule, const struct scope *scope)
{
    struct cursor cursor = cursor_at(e, whole(rule->annotations, rule->span));

    if (e->follows)
        put(e, "\n");
    e->follows = true;
    if (rule->kind == WP_RULE && *scope->prefix) {
        copy(e, &cursor, rule->name->span.start);
        put(e, scope->prefix);
    }
    if (rule->when)
        copy_condition(e, &cursor, rule->when, scope);
    if (rule->action->chain)
        copy_chain(e, &cursor, rule->action->chain, scope);
    copy(e, &cursor, rule->span.end);
}

static void
put_include(struct expansion *e, const struct wp_rule *include, const struct scope *outer)
{
    const struct wp_symbol *symbol =
        wp_symbols_find(e->model->symbols, WP_SYMBOL_TEMPLATE, include->name->text);
    const char *prefix = outer ? outer->prefix : "";
    const struct scope scope = {
        .template = symbol->declaration,
        .arguments = include->arguments,
        .outer = outer,
        .prefix =
            include->prefix ? wp_format(e->arena, "%s%s_", prefix, include->prefix->text) : prefix,
    };

    for (const struct wp_rule *rule = symbol->declaration->rules; rule; rule = rule->next) {
        if (rule->kind == WP_INCLUDE)
            put_include(e, rule, &scope);
        else
            put_rule(e, rule, &scope);
    }
}

const char *
wp_expand(struct wp_arena *arena, const struct wp_model *model, size_t *length)
{
    struct expansion e = {.model = model, .arena = arena, .out = {.arena = arena}};
    const struct wp_file *file = model->files[0];
    const struct wp_source *source = &model->sources->files[file->file];
    struct cursor cursor = {source->text, 0};

    for (const struct wp_declaration *at = file->declarations; at; at = at->next) {
        if (at->kind == WP_DECL_TEMPLATE)
            replace(&e, &cursor, whole(at->annotations, at->span));
        if (at->kind != WP_DECL_POLICY)
            continue;
        for (const struct wp_rule *rule = at->rules; rule; rule = rule->next) {
            if (rule->kind != WP_INCLUDE)
                continue;
            replace(&e, &cursor, whole(rule->annotations, rule->span));
            e.follows = false;
            put_include(&e, rule, NULL);
        }
    }
    copy(&e, &cursor, source->length);
    *length = e.out.size;
    wp_buffer_add(&e.out, "", 1);
    return (const char *)e.out.bytes;
}
