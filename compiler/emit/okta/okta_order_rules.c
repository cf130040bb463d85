/* The rules of one policy, brought to what is wanted in place: okta_order.h, 4. */
#include "compiler/emit/okta/okta_lift.h"
#include "compiler/emit/okta/okta_order.h"

#include <string.h>

/* One rule in its place. `slot` is the priority that Okta keeps, which has gaps for
 * access policies. */
struct line {
    const char *name, *key;
    json_t *body; /* borrowed, from a state that outlives the edit */
    struct wp_span span;
    json_int_t slot;
};

struct list {
    struct line *lines;
    size_t count;
    const struct wp_object *last; /* the system's rule */
};

struct editor {
    struct wp_okta_order *order;
    const struct wp_okta_rules_edit *edit;
    struct list have, want;
    size_t before, behind; /* how many stay at the beginning and at the end */
    bool sparse;
};

enum { MOST_SLOT = WP_OKTA_LAST_PRIORITY - 1 };

/* ---- lists ------------------------------------------------------------------------------- */

static void
make_list(struct editor *editor, const struct wp_state *state, struct list *list, size_t room)
{
    struct wp_arena *arena = editor->order->arena;
    const struct wp_object **rules;
    size_t count = wp_okta_rules_of(arena, state, editor->edit->kind, editor->edit->owner, &rules);

    list->lines = wp_alloc_array(arena, count + room + 1, sizeof *list->lines);
    for (size_t i = 0; i < count; i++) {
        const json_t *slot = json_object_get(rules[i]->original, "priority");
        if (rules[i]->system) {
            list->last = rules[i];
            continue;
        }
        list->lines[list->count] = (struct line){
            rules[i]->name, rules[i]->key, rules[i]->body, rules[i]->span,
            json_is_integer(slot) ? json_integer_value(slot)
                                  : (json_int_t)list->count + (editor->sparse ? 0 : 1)};
        list->count++;
    }
}

static bool
same_line(const struct line *a, const struct line *b)
{
    return strcmp(a->name, b->name) == 0 && wp_okta_same_but_place(a->body, b->body);
}

static void
measure(struct editor *editor)
{
    const struct list *have = &editor->have, *want = &editor->want;
    size_t most = have->count < want->count ? have->count : want->count;

    editor->before = editor->behind = 0;
    while (editor->before < most &&
           same_line(&have->lines[editor->before], &want->lines[editor->before]))
        editor->before++;
    while (editor->behind < most - editor->before &&
           same_line(&have->lines[have->count - 1 - editor->behind],
                     &want->lines[want->count - 1 - editor->behind]))
        editor->behind++;
}

static void
start(struct editor *editor, struct wp_okta_order *order, const struct wp_okta_rules_edit *edit)
{
    *editor = (struct editor){.order = order, .edit = edit};
    editor->sparse = strcmp(edit->kind, "rule") == 0;
    make_list(editor, order->desired, &editor->want, 0);
    make_list(editor, &order->work, &editor->have, editor->want.count + 1);
    if (edit->keep_foreign) {
        /* What nobody asks for stays, behind all that is asked for. */
        struct list all = {.lines = wp_alloc_array(order->arena,
                                                   editor->have.count + editor->want.count + 1,
                                                   sizeof *all.lines)};
        for (size_t i = 0; i < editor->want.count; i++)
            all.lines[all.count++] = editor->want.lines[i];
        for (size_t i = 0; i < editor->have.count; i++) {
            if (!wp_state_find(order->desired, editor->have.lines[i].key))
                all.lines[all.count++] = editor->have.lines[i];
        }
        all.last = editor->want.last;
        editor->want = all;
    }
    measure(editor);
}

/* ---- slots ---------------------------------------------------------------------------------- */

/* What Okta makes of a write at `slot`: who sits there moves down, and all behind up
 * to the first gap; the writer's own old slot counts as taken. */
static void
push_down(struct list *list, json_int_t slot, size_t own)
{
    json_int_t moving = slot;
    bool taken = true;

    while (taken) {
        taken = false;
        for (size_t i = 0; i < list->count && !taken; i++)
            taken = list->lines[i].slot == moving;
        moving += taken;
    }
    /* Slots from `slot` to `moving` - 1 are taken. */
    for (size_t i = 0; i < list->count; i++) {
        if (i != own && list->lines[i].slot >= slot && list->lines[i].slot < moving)
            list->lines[i].slot++;
    }
}

/* The slot for a new rule at place `at`: a free one between its neighbours if there
 * is one, else that of the rule that is to be behind it. */
static json_int_t
slot_at(const struct editor *editor, size_t at)
{
    const struct list *have = &editor->have;
    json_int_t first = editor->sparse ? 0 : 1;
    json_int_t after = at == 0 ? first : have->lines[at - 1].slot + 1;

    if (!editor->sparse)
        return (json_int_t)at + 1;
    return after;
}

static json_int_t
place_of(const struct editor *editor, size_t at)
{
    return (json_int_t)at + (editor->sparse ? 0 : 1);
}

/* Would rules be pushed to where only the system's rule may be? */
static bool
overflows(const struct editor *editor, json_int_t slot)
{
    json_int_t moving = slot;
    bool taken = editor->sparse;

    while (taken) {
        taken = false;
        for (size_t i = 0; i < editor->have.count && !taken; i++)
            taken = editor->have.lines[i].slot == moving;
        moving += taken;
    }
    return editor->sparse && moving > MOST_SLOT;
}

/* ---- calls ------------------------------------------------------------------------------------
 */

static const char *
type_of(const struct editor *editor)
{
    if (editor->sparse)
        return "ACCESS_POLICY";
    return strcmp(editor->edit->kind, "session_rule") == 0 ? "SIGN_ON" : "IDP_DISCOVERY";
}

static json_t *
send_rule(const struct editor *editor, const char *name, const json_t *body, json_int_t slot)
{
    json_t *send = wp_okta_order_send(name, type_of(editor), body);

    (void)json_object_set_new(send, "priority", json_integer(slot));
    if (json_object_size(json_object_get(send, "conditions")) == 0)
        (void)json_object_del(send, "conditions");
    return send;
}

static json_t *
placed(const json_t *body, json_int_t place)
{
    json_t *copy = json_deep_copy(body);

    (void)json_object_set_new(copy, "priority", json_integer(place));
    return copy;
}

static const char *
key_of(const struct editor *editor, const char *name)
{
    return wp_state_key(editor->order->arena, editor->edit->kind, editor->edit->owner, name);
}

static const char *
rule_path(const struct editor *editor, const char *key)
{
    return wp_okta_order_rule_path(editor->order, editor->edit->policy->key, key);
}

static void
insert(struct editor *editor, size_t at, const struct line *line, const char *name)
{
    struct list *have = &editor->have;
    json_int_t slot = slot_at(editor, at);

    if (editor->sparse)
        push_down(have, slot, SIZE_MAX);
    memmove(&have->lines[at + 1], &have->lines[at], (have->count - at) * sizeof *have->lines);
    have->lines[at] = (struct line){name, key_of(editor, name), line->body, line->span, slot};
    have->count++;
    wp_okta_order_call(
        editor->order,
        &(struct wp_okta_call){.verb = WP_CREATE,
                               .kind = editor->edit->kind,
                               .key = have->lines[at].key,
                               .name = name,
                               .method = "POST",
                               .path = strcmp(wp_okta_text(line->body, "status"), "INACTIVE") == 0
                                           ? wp_format(editor->order->arena, "%s?activate=false",
                                                       rule_path(editor, NULL))
                                           : rule_path(editor, NULL),
                               .send = send_rule(editor, name, line->body, slot),
                               .after = placed(line->body, place_of(editor, at)),
                               .span = line->span,
                               .live = editor->edit->live});
}

static void
take_out(struct editor *editor, size_t at)
{
    struct list *have = &editor->have;
    struct line line = have->lines[at];

    have->count--;
    memmove(&have->lines[at], &have->lines[at + 1], (have->count - at) * sizeof *have->lines);
    wp_okta_order_call(editor->order, &(struct wp_okta_call){.verb = WP_DELETE,
                                                             .kind = editor->edit->kind,
                                                             .key = line.key,
                                                             .name = line.name,
                                                             .method = "DELETE",
                                                             .path = rule_path(editor, line.key),
                                                             .span = {WP_NO_FILE, 0, 0},
                                                             .live = editor->edit->live});
}

/* The slot for the rule at `from` when it is to be at place `to`. Where it stays, the
 * first free one behind its neighbour pushes nobody down. */
static json_int_t
slot_for(const struct editor *editor, size_t from, size_t to)
{
    const struct line *lines = editor->have.lines;
    json_int_t free = from == 0 ? 0 : lines[from - 1].slot + 1;

    if (!editor->sparse)
        return (json_int_t)to + 1;
    if (to != from)
        return lines[to].slot + (to > from);
    return free < lines[from].slot ? free : lines[from].slot;
}

/* ---- a rule that is switched on or off ----------------------------------------------------------
 */

static const char *
status_of(const json_t *body)
{
    return wp_okta_text(body, "status");
}

static json_t *
with_status(const json_t *body, const char *status)
{
    json_t *copy = json_deep_copy(body);

    if (*status != '\0')
        (void)json_object_set_new(copy, "status", json_string(status));
    return copy;
}

static bool
same_but_status(const struct line *a, const struct line *b)
{
    json_t *body = with_status(a->body, status_of(b->body));
    bool same = strcmp(a->name, b->name) == 0 && wp_okta_same_but_place(body, b->body);

    json_decref(body);
    return same;
}

/* A PUT may or may not heed a rule's status; this call is there for it. */
static void
switch_rule(struct editor *editor, size_t at, const json_t *body, const char *status)
{
    const struct line *line = &editor->have.lines[at];
    bool on = strcmp(status, "ACTIVE") == 0;
    json_t *now = with_status(body, status);

    wp_okta_order_call(
        editor->order,
        &(struct wp_okta_call){.verb = on ? WP_ACTIVATE : WP_DEACTIVATE,
                               .kind = editor->edit->kind,
                               .key = line->key,
                               .name = line->name,
                               .method = "POST",
                               .path = wp_format(editor->order->arena, "%s/lifecycle/%sactivate",
                                                 rule_path(editor, line->key), on ? "" : "de"),
                               .after = placed(now, place_of(editor, at)),
                               .span = line->span,
                               .live = editor->edit->live});
    json_decref(now);
}

static void
put_rule(struct editor *editor, size_t from, size_t to, const struct line *line, const json_t *body)
{
    struct list *have = &editor->have;
    json_int_t slot = slot_for(editor, from, to);
    const char *path = rule_path(editor, have->lines[from].key);

    if (editor->sparse)
        push_down(have, slot, from);
    memmove(&have->lines[from], &have->lines[from + 1],
            (have->count - 1 - from) * sizeof *have->lines);
    memmove(&have->lines[to + 1], &have->lines[to], (have->count - 1 - to) * sizeof *have->lines);
    have->lines[to] =
        (struct line){line->name, key_of(editor, line->name), line->body, line->span, slot};
    wp_okta_order_call(editor->order,
                       &(struct wp_okta_call){.verb = WP_UPDATE,
                                              .kind = editor->edit->kind,
                                              .key = have->lines[to].key,
                                              .name = line->name,
                                              .method = "PUT",
                                              .path = path,
                                              .send = send_rule(editor, line->name, body, slot),
                                              .after = placed(body, place_of(editor, to)),
                                              .span = line->span,
                                              .live = editor->edit->live});
}

/* The rule at `from` becomes `line`, and moves to `to`: one call. One that is to be
 * switched, too, is changed while it is off, which nobody notices. */
static void
replace(struct editor *editor, size_t from, size_t to, const struct line *line)
{
    const struct line old = editor->have.lines[from];
    bool switched = strcmp(status_of(old.body), status_of(line->body)) != 0;
    bool on = strcmp(status_of(line->body), "ACTIVE") == 0;

    if (!switched) {
        put_rule(editor, from, to, line, line->body);
        return;
    }
    bool changed = from != to || !same_but_status(&old, line);
    json_t *body = with_status(line->body, "INACTIVE");
    if (!on)
        switch_rule(editor, from, old.body, "INACTIVE");
    if (changed)
        put_rule(editor, from, to, line, body);
    if (on)
        switch_rule(editor, to, line->body, "ACTIVE");
    editor->have.lines[to].body = line->body;
    json_decref(body);
}

static bool
changes_last(const struct editor *editor)
{
    const struct wp_object *have = editor->have.last, *want = editor->want.last;

    return want && (!have || !json_equal(have->body, want->body));
}

static void
change_last(struct editor *editor)
{
    const struct wp_object *want = editor->want.last;

    if (!changes_last(editor))
        return;
    json_t *send = wp_okta_order_send(want->name, type_of(editor), want->body);
    if (editor->sparse)
        (void)json_object_set_new(send, "priority", json_integer(WP_OKTA_LAST_PRIORITY));
    wp_okta_order_call(editor->order, &(struct wp_okta_call){.verb = WP_UPDATE,
                                                             .kind = editor->edit->kind,
                                                             .key = want->key,
                                                             .name = want->name,
                                                             .method = "PUT",
                                                             .path = rule_path(editor, want->key),
                                                             .send = send,
                                                             .after = json_deep_copy(want->body),
                                                             .span = want->span,
                                                             .live = editor->edit->live});
}

/* ---- one call
 * ------------------------------------------------------------------------------------ */

/* Is it one rule that changes, moves, or both? Then from where to where. */
static bool
is_one_rule(const struct editor *editor, size_t *from, size_t *to)
{
    size_t a = editor->have.count - editor->before - editor->behind;
    size_t b = editor->want.count - editor->before - editor->behind;
    const struct line *have = &editor->have.lines[editor->before];
    const struct line *want = &editor->want.lines[editor->before];
    bool up = a > 0, down = a > 0;

    if (a != b || a == 0)
        return false;
    for (size_t i = 0; i + 1 < a; i++) {
        down = down && same_line(&have[i + 1], &want[i]);
        up = up && same_line(&have[i], &want[i + 1]);
    }
    *from = editor->before + (down ? 0 : a - 1);
    *to = editor->before + (down ? a - 1 : 0);
    return up || down;
}

/* One rule, by one call that has room. */
static bool
is_one_call(const struct editor *editor, size_t *from, size_t *to)
{
    return is_one_rule(editor, from, to) && !overflows(editor, slot_for(editor, *from, *to));
}

static size_t
cost(const struct editor *editor)
{
    size_t a = editor->have.count - editor->before - editor->behind;
    size_t b = editor->want.count - editor->before - editor->behind;
    size_t from, to, last = changes_last(editor);

    return last + (is_one_call(editor, &from, &to) ? 1 : a + b);
}

size_t
wp_okta_edit_cost(struct wp_okta_order *order, const struct wp_okta_rules_edit *edit)
{
    struct editor editor;

    start(&editor, order, edit);
    return cost(&editor);
}

/* ---- the way of okta_order.h
 * ------------------------------------------------------------------------ */

static bool
is_name_taken(const struct editor *editor, const char *name)
{
    return wp_state_find(&editor->order->work, key_of(editor, name)) != NULL;
}

/* Gives a rule its own name, once nobody else has it. */
static void
name_rules(struct editor *editor)
{
    for (size_t i = 0; i < editor->have.count; i++) {
        const struct line *want = &editor->want.lines[i];
        if (strcmp(editor->have.lines[i].name, want->name) != 0)
            replace(editor, i, i, want);
    }
}

/* Puts what is wanted there, ascending, from place `at` on. */
static void
put_wanted(struct editor *editor, size_t at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct line *line = &editor->want.lines[editor->before + i];
        const char *name = line->name;
        if (is_name_taken(editor, name))
            name = wp_okta_order_spare(editor->order, editor->edit->kind, editor->edit->owner, name,
                                       WP_OKTA_NEW);
        insert(editor, at + i, line, name);
    }
}

/* Rules in their order, without gaps: changes no decision. */
static void
close_gaps(struct editor *editor)
{
    for (size_t i = 0; i < editor->have.count; i++) {
        struct line line = editor->have.lines[i];
        if (line.slot != (json_int_t)i)
            replace(editor, i, i, &line);
    }
}

/* A rule that denies everybody, at place `at`: new, or in the place of the one there. */
static void
deny_meanwhile(struct editor *editor, size_t at, bool is_new)
{
    const char *name = wp_okta_order_spare(editor->order, editor->edit->kind, editor->edit->owner,
                                           "Being changed", "");
    struct line line = {.name = name, .span = {WP_NO_FILE, 0, 0}};

    line.body = json_pack("{s:s, s:{}, s:{s:{s:s}}}", "status", "ACTIVE", "conditions", "actions",
                          "appSignOn", "access", "DENY");
    if (is_new)
        insert(editor, at, &line, name);
    else
        put_rule(editor, at, at, &line, line.body);
    /* The call has copies of it. */
    editor->have.lines[at].body = NULL;
    json_decref(line.body);
}

static void
edit_with_room(struct editor *editor, size_t a, size_t b)
{
    put_wanted(editor, editor->before + a, b);
    change_last(editor);
    for (size_t i = a; i > 0; i--)
        take_out(editor, editor->before + i - 1);
}

/* Neither a nor b is 0 here: the one end or the other would have too many rules. Where
 * the policy is full, nothing can be written ahead of others, who would be pushed out:
 * then all to the end is changed. */
static void
edit_without_room(struct editor *editor)
{
    bool is_full = editor->have.count >= WP_OKTA_RULES;
    size_t behind = is_full ? 0 : editor->behind;
    size_t a = editor->have.count - editor->before - behind;
    size_t b = editor->want.count - editor->before - behind;

    deny_meanwhile(editor, editor->before + a - is_full, !is_full);
    for (size_t i = a - is_full; i > 0; i--)
        take_out(editor, editor->before + i - 1);
    /* The last of b takes the place of the one that denies. */
    put_wanted(editor, editor->before, b - 1);
    change_last(editor);
    replace(editor, editor->before + b - 1, editor->before + b - 1,
            &editor->want.lines[editor->before + b - 1]);
}

static void
edit_whole(struct editor *editor)
{
    size_t a = editor->have.count - editor->before - editor->behind;
    size_t b = editor->want.count - editor->before - editor->behind;
    bool fits = !editor->sparse || editor->have.count + b <= WP_OKTA_RULES;

    if (editor->sparse && b > 0 && editor->have.count > 0 &&
        editor->have.lines[editor->have.count - 1].slot + (json_int_t)b + 1 > MOST_SLOT)
        close_gaps(editor);
    if (fits)
        edit_with_room(editor, a, b);
    else
        edit_without_room(editor);
    name_rules(editor);
}

bool
wp_okta_edit(struct wp_okta_order *order, const struct wp_okta_rules_edit *edit)
{
    struct editor editor;
    size_t from, to;

    start(&editor, order, edit);
    if (cost(&editor) == 0)
        return true;
    if (is_one_call(&editor, &from, &to) && !changes_last(&editor)) {
        replace(&editor, from, to, &editor.want.lines[to]);
        return true;
    }
    edit_whole(&editor);
    return true;
}
