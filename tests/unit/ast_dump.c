#include "unit/ast_dump.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void
dump_text(FILE *out, const char *text)
{
    if (text == NULL) {
        fputs(" -", out);
        return;
    }
    fputs(" `", out);
    for (; *text; text++)
        fprintf(out, *text == '`' || *text == '\\' ? "\\%c" : "%c", *text);
    fputc('`', out);
}

static void
dump_names(FILE *out, const char *label, const struct wp_name *names)
{
    fprintf(out, "(%s", label);
    for (; names; names = names->next) {
        dump_text(out, names->text);
        fputs(names->quoted ? "q" : "", out);
    }
    fputc(')', out);
}

static void
dump_sets(FILE *out, const struct wp_set *set)
{
    for (; set; set = set->next) {
        fprintf(out, "(set %d %d", set->kind, set->join);
        dump_text(out, set->text);
        dump_text(out, set->upper);
        dump_sets(out, set->parts);
        fputc(')', out);
    }
}

static void
dump_conditions(FILE *out, const struct wp_condition *condition)
{
    for (; condition; condition = condition->next) {
        fprintf(out, "(if %d %d", condition->kind, condition->comparison);
        dump_names(out, "name", condition->name);
        dump_sets(out, condition->set);
        dump_conditions(out, condition->parts);
        fputc(')', out);
    }
}

static void
dump_chains(FILE *out, const struct wp_chain *chain)
{
    for (; chain; chain = chain->next) {
        fprintf(out, "(chain %d", chain->kind);
        dump_names(out, "name", chain->name);
        dump_chains(out, chain->parts);
        fputc(')', out);
    }
}

static void
dump_values(FILE *out, const struct wp_value *value)
{
    for (; value; value = value->next) {
        fprintf(out, "(value %d %" PRIu64, value->kind, value->number);
        dump_text(out, value->text);
        dump_values(out, value->items);
        fputc(')', out);
    }
}

static void
dump_attributes(FILE *out, const struct wp_attribute *attribute)
{
    for (; attribute; attribute = attribute->next) {
        fprintf(out, "(attribute %d %d %d", attribute->kind, attribute->negated, attribute->op);
        dump_names(out, "key", attribute->key);
        dump_names(out, "name", attribute->name);
        dump_values(out, attribute->value);
        dump_attributes(out, attribute->attributes);
        fputc(')', out);
    }
}

static void
dump_annotations(FILE *out, const struct wp_annotation *annotation)
{
    for (; annotation; annotation = annotation->next) {
        dump_names(out, "@", annotation->name);
        dump_values(out, annotation->value);
    }
}

static void
dump_action(FILE *out, const struct wp_action *action)
{
    if (action == NULL)
        return;
    fprintf(out, "(action %d %d %" PRIu64, action->effect, action->has_reauth,
            action->reauth_seconds);
    dump_names(out, "message", action->message);
    dump_chains(out, action->chain);
    fputc(')', out);
}

static void
dump_rules(FILE *out, const struct wp_rule *rule)
{
    const struct wp_argument *argument;

    for (; rule; rule = rule->next) {
        fprintf(out, "\n  (rule %d %d", rule->kind, rule->report);
        dump_annotations(out, rule->annotations);
        dump_names(out, "name", rule->name);
        dump_conditions(out, rule->when);
        dump_action(out, rule->action);
        for (argument = rule->arguments; argument; argument = argument->next) {
            fputs("(argument", out);
            dump_sets(out, argument->set);
            dump_chains(out, argument->chain);
            fputc(')', out);
        }
        dump_names(out, "prefix", rule->prefix);
        fputc(')', out);
    }
}

static void
dump_outcomes(FILE *out, const struct wp_outcome *outcome)
{
    for (; outcome; outcome = outcome->next) {
        fprintf(out, "(outcome %d %d %" PRIu64, outcome->kind, outcome->comparison,
                outcome->number);
        dump_names(out, "name", outcome->name);
        dump_chains(out, outcome->chain);
        fputc(')', out);
    }
}

static void
dump_cases(FILE *out, const struct wp_case *one)
{
    const struct wp_given *given;
    const struct wp_expectation *e;

    for (; one; one = one->next) {
        fputs("\n  (case", out);
        for (given = one->givens; given; given = given->next) {
            fprintf(out, "(given %d %d", given->kind, given->flag);
            dump_names(out, "", given->names);
            fputc(')', out);
        }
        for (e = one->expectations; e; e = e->next) {
            fprintf(out, "(expect %d %" PRIu64 " %d", e->has_reauth, e->reauth_seconds,
                    e->has_report);
            dump_outcomes(out, e->outcome);
            dump_names(out, "by", e->by);
            dump_names(out, "in", e->policy);
            dump_names(out, "message", e->message);
            dump_names(out, "report", e->report);
            fputc(')', out);
        }
        fputc(')', out);
    }
}

static void
dump_declaration(FILE *out, const struct wp_declaration *d)
{
    const struct wp_claim *claim;

    fprintf(out, "(declaration %d %d %d", d->kind, d->is_default, d->has_attributes);
    dump_annotations(out, d->annotations);
    dump_names(out, "name", d->name);
    dump_names(out, "title", d->title);
    dump_names(out, "apps", d->apps);
    dump_names(out, "parameters", d->parameters);
    dump_sets(out, d->set);
    dump_chains(out, d->chain);
    dump_conditions(out, d->condition);
    dump_conditions(out, d->conclusion);
    dump_attributes(out, d->attributes);
    dump_rules(out, d->rules);
    dump_cases(out, d->cases);
    for (claim = d->claims; claim; claim = claim->next) {
        fprintf(out, "\n  (claim %d", claim->always);
        dump_outcomes(out, claim->outcomes);
        dump_conditions(out, claim->when);
        fputc(')', out);
    }
    fputs(")\n", out);
}

char *
dump_file(const struct wp_file *file)
{
    const struct wp_declaration *d;
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        abort();
    for (d = file->declarations; d; d = d->next)
        dump_declaration(out, d);
    fclose(out);
    return text;
}

char *
dump_comments(const char *source, const struct wp_file *file)
{
    const struct wp_comment *comment;
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        abort();
    for (comment = file->comments; comment; comment = comment->next) {
        const char *at = source + comment->span.start, *end = source + comment->span.end;

        while (at[1] == '/' && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
            end--;
        for (; at < end; at++)
            if (at[0] != '\r' || at[1] != '\n')
                fputc(*at, out);
        fputs("\n", out);
    }
    fclose(out);
    return text;
}
