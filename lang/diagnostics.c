/* The list of findings: adding to it, sorting it, and the table of what each
 * kind of finding means. */
#include "diagnostics.h"

#include <stdarg.h>
#include <stdio.h>

#include "arena.h"

const struct wp_diagnostic_info wp_diagnostic_infos[WP_DIAGNOSTIC_COUNT] = {
#define WP_DIAGNOSTIC(name, code, severity, title, meaning, example, cure)                         \
    [WP_E_##name] = {code, severity, #name, title, meaning, example, cure},
#include "diagnostics.def"
#undef WP_DIAGNOSTIC
};

const struct wp_diagnostic_info *
wp_diagnostic_by_code(int code)
{
    for (size_t i = 0; i < WP_DIAGNOSTIC_COUNT; i++)
        if (wp_diagnostic_infos[i].code == code)
            return &wp_diagnostic_infos[i];
    return NULL;
}

void
wp_diagnostics_init(struct wp_diagnostics *list, struct wp_arena *arena, struct wp_sources *sources)
{
    *list = (struct wp_diagnostics){.arena = arena, .sources = sources};
}

static const char *
format_text(struct wp_arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *text = wp_alloc(arena, size);
    if (length >= 0)
        (void)vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

static struct wp_diagnostic *
append(struct wp_diagnostics *list, enum wp_severity severity, enum wp_diagnostic_kind kind,
       struct wp_span span, const char *message)
{
    struct wp_diagnostic *finding = wp_alloc(list->arena, sizeof *finding);
    finding->kind = kind;
    finding->severity = severity;
    finding->span = span;
    finding->message = message;
    if (list->last != NULL)
        list->last->next = finding;
    else
        list->first = finding;
    list->last = finding;
    list->errors += severity == WP_ERROR;
    list->warnings += severity == WP_WARNING;
    return finding;
}

struct wp_diagnostic *
wp_report(struct wp_diagnostics *list, enum wp_diagnostic_kind kind, struct wp_span span,
          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = format_text(list->arena, format, arguments);
    va_end(arguments);
    return append(list, wp_diagnostic_infos[kind].severity, kind, span, message);
}

struct wp_diagnostic *
wp_report_as(struct wp_diagnostics *list, enum wp_severity severity, enum wp_diagnostic_kind kind,
             struct wp_span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = format_text(list->arena, format, arguments);
    va_end(arguments);
    return append(list, severity, kind, span, message);
}

void
wp_add_label(struct wp_diagnostics *list, struct wp_diagnostic *finding, struct wp_span span,
             const char *format, ...)
{
    struct wp_label *label = wp_alloc(list->arena, sizeof *label);
    va_list arguments;
    va_start(arguments, format);
    label->text = format_text(list->arena, format, arguments);
    va_end(arguments);
    label->span = span;
    struct wp_label **end = &finding->labels;
    while (*end != NULL)
        end = &(*end)->next;
    *end = label;
}

static void
append_remark(struct wp_diagnostics *list, struct wp_diagnostic *finding, bool is_help,
              const char *text)
{
    struct wp_remark *remark = wp_alloc(list->arena, sizeof *remark);
    remark->is_help = is_help;
    remark->text = text;
    struct wp_remark **end = &finding->remarks;
    while (*end != NULL)
        end = &(*end)->next;
    *end = remark;
}

void
wp_add_note(struct wp_diagnostics *list, struct wp_diagnostic *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append_remark(list, finding, false, format_text(list->arena, format, arguments));
    va_end(arguments);
}

void
wp_add_help(struct wp_diagnostics *list, struct wp_diagnostic *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append_remark(list, finding, true, format_text(list->arena, format, arguments));
    va_end(arguments);
}

void
wp_add_fix(struct wp_diagnostics *list, struct wp_diagnostic *finding,
           enum wp_applicability applicability, struct wp_span span, const char *replacement,
           const char *title_format, ...)
{
    struct wp_fix *fix = wp_alloc(list->arena, sizeof *fix);
    va_list arguments;
    va_start(arguments, title_format);
    fix->title = format_text(list->arena, title_format, arguments);
    va_end(arguments);
    fix->applicability = applicability;
    fix->span = span;
    fix->replacement = wp_format(list->arena, "%s", replacement);
    struct wp_fix **end = &finding->fixes;
    while (*end != NULL)
        end = &(*end)->next;
    *end = fix;
}

static int
compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int
compare_findings(const struct wp_diagnostic *a, const struct wp_diagnostic *b)
{
    int order = compare_numbers(a->span.file, b->span.file);
    if (order == 0)
        order = compare_numbers(a->span.start, b->span.start);
    if (order == 0)
        order = compare_numbers(a->span.end, b->span.end);
    if (order == 0)
        order = wp_diagnostic_infos[a->kind].code - wp_diagnostic_infos[b->kind].code;
    return order;
}

static struct wp_diagnostic *
merge(struct wp_diagnostic *a, struct wp_diagnostic *b)
{
    struct wp_diagnostic *first = NULL, **end = &first;
    while (a != NULL && b != NULL) {
        struct wp_diagnostic **least = compare_findings(a, b) <= 0 ? &a : &b;
        *end = *least;
        end = &(*least)->next;
        *least = *end;
    }
    *end = a != NULL ? a : b;
    return first;
}

void
wp_diagnostics_sort(struct wp_diagnostics *list)
{
    /* Run i holds 2^i findings or none; earlier findings are in higher runs. */
    struct wp_diagnostic *runs[64] = {NULL};
    while (list->first != NULL) {
        struct wp_diagnostic *run = list->first;
        list->first = run->next;
        run->next = NULL;
        size_t i = 0;
        for (; runs[i] != NULL; i++) {
            run = merge(runs[i], run);
            runs[i] = NULL;
        }
        runs[i] = run;
    }
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (runs[i] != NULL)
            list->first = merge(runs[i], list->first);
    list->last = list->first;
    while (list->last != NULL && list->last->next != NULL)
        list->last = list->last->next;
}

void
wp_diagnostics_raise(struct wp_diagnostics *list)
{
    for (struct wp_diagnostic *finding = list->first; finding != NULL; finding = finding->next)
        if (finding->severity == WP_WARNING)
            finding->severity = WP_ERROR;
    list->errors += list->warnings;
    list->warnings = 0;
}

const char *
wp_severity_text(enum wp_severity severity)
{
    switch (severity) {
    case WP_NOTE:
        return "note";
    case WP_WARNING:
        return "warning";
    case WP_ERROR:
        return "error";
    }
    return "error";
}
