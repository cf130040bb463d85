/*
 * What woapol has to say about a source.
 *
 * Every diagnostic stands once in diagnostics.def, with its stable code. Passes
 * add diagnostics to a list; nothing in lang/ or compiler/ prints. The command
 * line renders the list as text, JSON or SARIF, the language server as ranges.
 */
#ifndef WP_LANG_DIAGNOSTICS_H
#define WP_LANG_DIAGNOSTICS_H

#include "source.h"

enum wp_severity { WP_NOTE, WP_WARNING, WP_ERROR };

/* WP_E_<name> for each line of diagnostics.def. */
enum wp_diagnostic_kind {
#define WP_DIAGNOSTIC(name, code, severity, title, meaning, example, cure) WP_E_##name,
#include "diagnostics.def"
#undef WP_DIAGNOSTIC
    WP_DIAGNOSTIC_COUNT
};

/* One line of diagnostics.def. */
struct wp_diagnostic_info {
    int code;                  /* 2001 for WOA2001 */
    enum wp_severity severity; /* unless the finding says otherwise */
    const char *name;          /* the identifier in diagnostics.def */
    const char *title;         /* one line, no full stop */
    const char *meaning;       /* a paragraph for `woapol explain` */
    const char *example;       /* a source that triggers it */
    const char *cure;          /* what to do */
};
extern const struct wp_diagnostic_info wp_diagnostic_infos[WP_DIAGNOSTIC_COUNT];

/* The entry with that code (2001), or NULL. */
const struct wp_diagnostic_info *wp_diagnostic_by_code(int code);

/* A further place that belongs to a diagnostic. */
struct wp_label {
    struct wp_span span;
    const char *text;
    struct wp_label *next;
};

/* A sentence below a diagnostic: a note (why) or a help (what to do). */
struct wp_remark {
    bool is_help;
    const char *text;
    struct wp_remark *next;
};

/* A change of the source that would cure it. */
enum wp_applicability {
    WP_FIX_SAFE,              /* decides exactly as before */
    WP_FIX_CHANGES_DECISIONS, /* right as far as can be told, but decisions change */
    WP_FIX_NEEDS_INPUT        /* holds a blank to be filled in */
};
struct wp_fix {
    enum wp_applicability applicability;
    struct wp_span span;     /* what is replaced; empty to insert */
    const char *replacement; /* by what */
    const char *title;       /* "write 'Staff'" */
    struct wp_fix *next;
};

/* One finding. All pointers live in the list's arena. */
struct wp_diagnostic {
    enum wp_diagnostic_kind kind;
    enum wp_severity severity;
    struct wp_span span; /* the primary place */
    const char *message; /* one sentence, no full stop */
    const char *label;   /* under the primary place, or NULL */
    struct wp_label *labels;
    struct wp_remark *remarks;
    struct wp_fix *fixes;
    /* What findings about rules also carry; NULL or 0 elsewhere. */
    const char *policy;
    const char *rule;
    const char **by; /* the rules that together are the reason */
    size_t by_count;
    const char *witness; /* a request, as JSON text */
    struct wp_diagnostic *next;
};

/* The list, in the order of finding. `errors` and `warnings` count it. */
struct wp_diagnostics {
    struct wp_arena *arena;
    struct wp_sources *sources;
    struct wp_diagnostic *first, *last;
    size_t errors, warnings;
    struct wp_names *lost; /* the words that syntax errors made the parser pass over */
};

void wp_diagnostics_init(struct wp_diagnostics *list, struct wp_arena *arena,
                         struct wp_sources *sources);

/* Adds a finding with the severity of its kind; printf for the message. The
 * result may be given labels, remarks and fixes. Never NULL. */
struct wp_diagnostic *wp_report(struct wp_diagnostics *list, enum wp_diagnostic_kind kind,
                                struct wp_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same with another severity than the kind's. */
struct wp_diagnostic *wp_report_as(struct wp_diagnostics *list, enum wp_severity severity,
                                   enum wp_diagnostic_kind kind, struct wp_span span,
                                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Each adds one thing at the end of the finding's list. */
void wp_add_label(struct wp_diagnostics *list, struct wp_diagnostic *finding, struct wp_span span,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
void wp_add_note(struct wp_diagnostics *list, struct wp_diagnostic *finding, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));
void wp_add_help(struct wp_diagnostics *list, struct wp_diagnostic *finding, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));
void wp_add_fix(struct wp_diagnostics *list, struct wp_diagnostic *finding,
                enum wp_applicability applicability, struct wp_span span, const char *replacement,
                const char *title_format, ...) __attribute__((format(printf, 6, 7)));

/* "error", "warning" or "note". */
const char *wp_severity_text(enum wp_severity severity);

/* Sorts by file, place, code, so that the output does not depend on the order of
 * passes; equal places keep their order. */
void wp_diagnostics_sort(struct wp_diagnostics *list);

/* --deny warnings: each warning is an error now; what is reported later is not. */
void wp_diagnostics_raise(struct wp_diagnostics *list);

/* The candidate nearest to `name` if it is near enough to be meant (Damerau and
 * Levenshtein's distance, at most a third of the length), else NULL. */
const char *wp_suggest(const char *name, const char *const *candidates, size_t count);

/* Renders findings for a person; the caller prints the text. `colour` puts in
 * ANSI colours, `width` cuts long source lines (0: no limit). The text is
 * handed to `write` piece by piece. */
typedef void (*wp_write)(void *context, const char *text, size_t length);
void wp_render_text(const struct wp_diagnostics *list, bool colour, unsigned width, wp_write write,
                    void *context);

#endif
