#include "formatter.h"

#include "format_rules.h"

#include <string.h>

/* The widest name that others in its run are aligned to. */
enum { WIDEST_NAME = 40 };

static const char *
keyword_of(enum wp_declaration_kind kind)
{
    static const char *const keywords[] = {
        [WP_DECL_USE] = "use",
        [WP_DECL_NETWORK] = "network",
        [WP_DECL_DEVICE] = "device",
        [WP_DECL_GROUP] = "group",
        [WP_DECL_CHAIN] = "chain",
        [WP_DECL_APP] = "app",
        [WP_DECL_CONDITION] = "condition",
        [WP_DECL_POLICY] = "policy",
        [WP_DECL_TEMPLATE] = "template",
        [WP_DECL_TEST] = "test",
        [WP_DECL_PROVE] = "prove",
        [WP_DECL_METHOD] = "method",
        [WP_DECL_TENANT] = "tenant",
        [WP_DECL_CLIENT] = "client",
        [WP_DECL_KIND] = "kind",
        [WP_DECL_POSTURE] = "posture",
        [WP_DECL_ISSUE] = "issue",
        [WP_DECL_ASSUME] = "assume",
    };

    return keywords[kind];
}

/* ---- attributes ------------------------------------------------------------------ */

static void format_attributes(struct wp_layout *l, const struct wp_attribute *attributes);

static void
put_test(struct wp_layout *l, const struct wp_attribute *attribute)
{
    static const char *const operators[] = {"is", "in", "<", "<=", ">=", ">"};
    const char *sign = operators[attribute->op];

    if (attribute->negated)
        sign = attribute->op == WP_DEMAND_IS ? "is not" : "not in";
    wp_put(l, attribute->kind == WP_DEMAND ? "demands" : "where", attribute->span.start, 0);
    wp_put_name(l, attribute->key, WP_SPACE);
    wp_put(l, sign, 0, WP_SPACE);
    wp_put_value(l, attribute->value, WP_SPACE);
}

/* One attribute in braces, on the line of what it belongs to. */
static bool
fits_on_line(struct wp_layout *l, const struct wp_attribute *attributes, uint32_t end)
{
    const struct wp_attribute *only = attributes;
    uint32_t width;

    if (wp_has_comment(l, end))
        return false;
    if (!only)
        return true;
    if (only->next || only->kind != WP_ATTRIBUTE)
        return false;
    wp_begin_measure(l);
    wp_put_name(l, only->key, 0);
    wp_put_value(l, only->value, WP_SPACE);
    width = wp_end_measure(l) + 2;
    return width <= WP_LINE_WIDTH / 2;
}

/* The braces behind the pieces that are put already; ends the item. */
static void
format_block(struct wp_layout *l, const struct wp_attribute *attributes, uint32_t end)
{
    if (fits_on_line(l, attributes, end)) {
        wp_put(l, "{", 0, WP_SPACE);
        if (attributes) {
            wp_put_name(l, attributes->key, WP_SPACE);
            wp_put(l, "=", 0, WP_SPACE);
            wp_put_value(l, attributes->value, WP_SPACE);
        }
        wp_put(l, "}", 0, WP_SPACE);
        wp_end_item(l, end);
        return;
    }
    wp_put(l, "{", 0, WP_SPACE);
    wp_end_item(l, 0);
    wp_open_block(l);
    format_attributes(l, attributes);
    wp_close_block(l, end);
}

/* The width of the keys of the `key = value` lines that begin here without a
 * blank line or anything else between them. */
static uint32_t
measure_keys(const struct wp_layout *l, const struct wp_attribute *attribute)
{
    uint32_t widest = 0;

    for (; attribute && attribute->kind == WP_ATTRIBUTE; attribute = attribute->next) {
        uint32_t width = wp_text_width(attribute->key->text);

        if (width > widest && width <= WIDEST_NAME)
            widest = width;
        if (attribute->next &&
            wp_has_blank_line(l, attribute->span.end, attribute->next->span.start))
            break;
    }
    return widest;
}

static const char *
pad(struct wp_layout *l, const char *text, uint32_t width)
{
    uint32_t own = wp_text_width(text);

    return own < width ? wp_format(l->arena, "%s%*s", text, (int)(width - own), "") : text;
}

static void
format_attribute(struct wp_layout *l, const struct wp_attribute *attribute, uint32_t keys)
{
    wp_begin_item(l, attribute->span.start);
    switch (attribute->kind) {
    case WP_ATTRIBUTE:
        wp_put(l, pad(l, attribute->key->text, keys), attribute->span.start, 0);
        wp_put(l, "=", 0, WP_SPACE);
        wp_put_value(l, attribute->value, WP_SPACE | WP_HANG);
        wp_end_item(l, attribute->span.end);
        break;
    case WP_BLOCK:
        wp_put_name(l, attribute->key, 0);
        if (attribute->name)
            wp_put_name(l, attribute->name, WP_SPACE);
        format_block(l, attribute->attributes, attribute->span.end);
        break;
    case WP_DEMAND:
    case WP_WHERE:
        put_test(l, attribute);
        if (attribute->attributes)
            format_block(l, attribute->attributes, attribute->span.end);
        else
            wp_end_item(l, attribute->span.end);
        break;
    }
}

static void
format_attributes(struct wp_layout *l, const struct wp_attribute *attributes)
{
    uint32_t keys = 0;
    bool in_run = false;

    for (; attributes; attributes = attributes->next) {
        if (attributes->kind != WP_ATTRIBUTE ||
            wp_has_blank_line(l, l->done, attributes->span.start))
            in_run = false;
        if (attributes->kind == WP_ATTRIBUTE && !in_run) {
            keys = measure_keys(l, attributes);
            in_run = true;
        }
        format_attribute(l, attributes, keys);
    }
}

/* ---- tests and proofs -------------------------------------------------------------- */

/* Whether a group's name would be read as something else in `groups A, B`. */
static bool
needs_braces(const struct wp_name *names)
{
    static const char *const words[] = {
        "device", "group", "groups", "app",        "user",  "entry",  "managed", "compliant",
        "risk",   "ip",    "none",   "incomplete", "given", "expect", "never",   "always"};
    size_t i;

    for (; names; names = names->next)
        for (i = 0; !names->quoted && i < sizeof words / sizeof words[0]; i++)
            if (strcmp(names->text, words[i]) == 0)
                return true;
    return false;
}

static void
put_groups(struct wp_layout *l, const struct wp_given *given)
{
    bool braces = needs_braces(given->names);

    if (!given->names) {
        wp_put(l, "none", 0, WP_SPACE);
        return;
    }
    if (braces)
        wp_put(l, "{", 0, WP_SPACE);
    wp_put_names(l, given->names, braces ? 0 : WP_SPACE);
    if (braces)
        wp_put(l, "}", 0, 0);
}

static void
put_given(struct wp_layout *l, const struct wp_given *given, unsigned flags)
{
    static const char *const words[] = {
        [WP_GIVEN_IP] = "ip",           [WP_GIVEN_DEVICE] = "device",
        [WP_GIVEN_GROUPS] = "groups",   [WP_GIVEN_APP] = "app",
        [WP_GIVEN_USER] = "user",       [WP_GIVEN_ENTRY] = "entry",
        [WP_GIVEN_MANAGED] = "managed", [WP_GIVEN_COMPLIANT] = "compliant",
        [WP_GIVEN_RISK] = "risk",       [WP_GIVEN_GROUPS_INCOMPLETE] = "groups incomplete",
    };
    bool posture = given->kind == WP_GIVEN_MANAGED || given->kind == WP_GIVEN_COMPLIANT;
    const char *word = words[given->kind];

    if (posture && !given->flag)
        word = wp_format(l->arena, "not %s", word);
    wp_put(l, word, given->span.start, flags);
    if (given->kind == WP_GIVEN_GROUPS)
        put_groups(l, given);
    else if (given->names)
        wp_put_name(l, given->names, WP_SPACE);
}

static void
format_expectation(struct wp_layout *l, const struct wp_expectation *e)
{
    wp_begin_item(l, e->span.start);
    wp_put(l, "expect", e->span.start, 0);
    wp_put_outcomes(l, e->outcome);
    if (e->by) {
        wp_put(l, "by", 0, WP_SPACE | WP_BREAK);
        wp_put_name(l, e->by, WP_SPACE);
    }
    if (e->policy) {
        wp_put(l, "in", 0, WP_SPACE | WP_BREAK);
        wp_put_name(l, e->policy, WP_SPACE);
    }
    if (e->has_reauth)
        wp_put_reauth(l, e->reauth_span);
    if (e->message) {
        wp_put(l, "message", 0, WP_SPACE | WP_BREAK);
        wp_put_name(l, e->message, WP_SPACE);
    }
    if (e->has_report) {
        wp_put(l, "report", 0, WP_SPACE | WP_BREAK);
        if (e->report)
            wp_put_names(l, e->report, WP_SPACE);
        else
            wp_put(l, "none", 0, WP_SPACE);
    }
    wp_end_item(l, e->span.end);
}

static void
format_case(struct wp_layout *l, const struct wp_case *one)
{
    const struct wp_given *given = one->givens;
    const struct wp_expectation *expectation;

    for (; given; given = given->next) {
        if (given->opens) {
            wp_begin_item(l, given->word.start);
            wp_put(l, "given", given->word.start, 0);
        }
        put_given(l, given, WP_SPACE | (given->opens ? WP_HANG : WP_BREAK));
        if (!given->next || given->next->opens)
            wp_end_item(l, given->span.end);
    }
    for (expectation = one->expectations; expectation; expectation = expectation->next)
        format_expectation(l, expectation);
}

static void
format_claim(struct wp_layout *l, const struct wp_claim *claim)
{
    wp_begin_item(l, claim->span.start);
    wp_put(l, claim->always ? "always" : "never", claim->span.start, 0);
    wp_put_outcomes(l, claim->outcomes);
    if (claim->when) {
        wp_put(l, "when", wp_start_of_condition(claim->when), WP_SPACE | WP_BREAK);
        wp_put_condition(l, claim->when, WP_SPACE);
    }
    wp_end_item(l, claim->span.end);
}

/* ---- declarations ------------------------------------------------------------------- */

/* Whether a declaration is of the form NAME = something, and so aligned. */
static bool
is_definition(const struct wp_declaration *d)
{
    switch (d->kind) {
    case WP_DECL_NETWORK:
    case WP_DECL_CHAIN:
    case WP_DECL_CONDITION:
    case WP_DECL_GROUP:
    case WP_DECL_APP:
        return true;
    case WP_DECL_DEVICE:
        return d->set != NULL;
    default:
        return false;
    }
}

/* The width of the names of the definitions of one kind that follow one another
 * from here without a blank line. */
static uint32_t
measure_names(const struct wp_layout *l, const struct wp_declaration *d)
{
    enum wp_declaration_kind kind = d->kind;
    uint32_t widest = 0;

    for (; d && d->kind == kind && is_definition(d); d = d->next) {
        uint32_t width = wp_text_width(d->name->text);

        if (width > widest && width <= WIDEST_NAME)
            widest = width;
        if (d->next &&
            wp_has_blank_line(l, d->span.end, wp_start_of(d->next->annotations, d->next->span)))
            break;
    }
    return widest;
}

static void
put_definition(struct wp_layout *l, const struct wp_declaration *d, uint32_t names)
{
    bool defines = d->title || d->set || d->chain || d->condition;

    wp_put(l, defines ? pad(l, d->name->text, names) : d->name->text, d->name->span.start,
           WP_SPACE);
    if (!defines)
        return;
    wp_put(l, "=", 0, WP_SPACE);
    if (d->title)
        wp_put_name(l, d->title, WP_SPACE);
    else if (d->set)
        wp_put_set(l, d->set, WP_SPACE | WP_HANG);
    else if (d->chain)
        wp_put_chain(l, d->chain, true, WP_SPACE | WP_HANG);
    else
        wp_put_condition(l, d->condition, WP_SPACE | WP_HANG);
}

/* What stands between the keyword and the brace or the end of the line. */
static void
put_head(struct wp_layout *l, const struct wp_declaration *d, uint32_t names)
{
    wp_put(l, keyword_of(d->kind), d->span.start, 0);
    if (d->kind == WP_DECL_USE) {
        wp_put_name(l, d->title, WP_SPACE);
    } else if (d->kind == WP_DECL_ASSUME) {
        wp_put_condition(l, d->condition, WP_SPACE);
        if (d->conclusion) {
            wp_put(l, "implies", wp_start_of_condition(d->conclusion), WP_SPACE | WP_BREAK);
            wp_put_condition(l, d->conclusion, WP_SPACE);
        }
    } else if (is_definition(d)) {
        put_definition(l, d, names);
    } else {
        wp_put_name(l, d->name, WP_SPACE);
        if (d->title)
            wp_put_name(l, d->title, WP_SPACE);
    }
    if (d->apps) {
        wp_put(l, "for", 0, WP_SPACE);
        wp_put_names(l, d->apps, WP_SPACE | WP_BREAK);
    }
    if (d->is_default)
        wp_put(l, "is default", 0, WP_SPACE);
    if (d->kind == WP_DECL_TEMPLATE) {
        wp_put(l, "(", 0, 0);
        wp_put_names(l, d->parameters, 0);
        wp_put(l, ")", 0, 0);
    }
}

static void
format_body(struct wp_layout *l, const struct wp_declaration *d)
{
    const struct wp_case *one;
    const struct wp_claim *claim;

    wp_put(l, "{", 0, WP_SPACE);
    wp_end_item(l, 0);
    wp_open_block(l);
    wp_format_rules(l, d->rules);
    for (one = d->cases; one; one = one->next)
        format_case(l, one);
    for (claim = d->claims; claim; claim = claim->next)
        format_claim(l, claim);
    wp_close_block(l, d->span.end);
}

static void
format_declaration(struct wp_layout *l, const struct wp_declaration *d, uint32_t names)
{
    wp_format_annotations(l, d->annotations);
    wp_begin_item(l, d->span.start);
    put_head(l, d, names);
    switch (d->kind) {
    case WP_DECL_POLICY:
    case WP_DECL_TEMPLATE:
    case WP_DECL_TEST:
    case WP_DECL_PROVE:
        format_body(l, d);
        break;
    default:
        if (d->has_attributes)
            format_block(l, d->attributes, d->span.end);
        else
            wp_end_item(l, d->span.end);
    }
}

const char *
wp_format_file(struct wp_arena *arena, struct wp_sources *sources, const struct wp_file *file,
               size_t *length)
{
    struct wp_layout layout;
    const struct wp_declaration *d, *before = NULL;
    uint32_t names = 0;

    wp_layout_init(&layout, arena, sources->files[file->file].text, file->comments);
    for (d = file->declarations; d; before = d, d = d->next) {
        uint32_t start = wp_start_of(d->annotations, d->span);

        if (!before || before->kind != d->kind || !is_definition(before) ||
            wp_has_blank_line(&layout, before->span.end, start))
            names = is_definition(d) ? measure_names(&layout, d) : 0;
        format_declaration(&layout, d, names);
    }
    return wp_finish_layout(&layout, length);
}
