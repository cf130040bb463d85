/*
 * What no rule takes (WOA2004), in the policy's own names and biggest first.
 *
 * A policy without `otherwise` leaves open whether that is meant. A bare
 * `otherwise deny` says that it is, but may say so of more than was thought of:
 * for people whom other rules let in that is looked at when all notes are wanted.
 */
#include "compiler/analysis/study.h"
#include "compiler/analysis/text.h"
#include "compiler/analysis/who_can.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN 4 /* parts of a gap, unless all notes are wanted */

struct part {
    const struct wp_box *box;
    double devices, postures, v4, v6; /* shares of all, up to 1 */
    double size;
};

/* ---- how large ----------------------------------------------------------------------- */

static double
share_of_v4(const struct wp_network *set)
{
    double sum = 0;

    for (uint32_t i = 0; i < set->v4_count; i++)
        sum += (double)set->v4[i].high - (double)set->v4[i].low + 1;
    return sum / 0x1p32;
}

static double
share_of_v6(const struct wp_network *set)
{
    double sum = 0;

    for (uint32_t i = 0; i < set->v6_count; i++)
        sum += ((double)set->v6[i].high.high - (double)set->v6[i].low.high) / 0x1p64 +
               ((double)set->v6[i].high.low - (double)set->v6[i].low.low) / 0x1p128;
    return sum;
}

static void
measure(struct part *part, const struct wp_model *model, const struct wp_box *box)
{
    part->box = box;
    part->devices = __builtin_popcountll(box->devices) / (double)model->device_count;
    part->postures = __builtin_popcountll(box->postures) / (double)WP_POSTURE_COUNT;
    part->v4 = share_of_v4(&box->addresses);
    part->v6 = share_of_v6(&box->addresses);
    part->size = part->devices * part->postures * (part->v4 + part->v6) / 2;
}

/* Larger ones first; of equals those of people in fewer groups. */
static int
compare(const void *left, const void *right)
{
    const struct part *a = left, *b = right;

    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return (a->box->witness->group_count > b->box->witness->group_count) -
           (a->box->witness->group_count < b->box->witness->group_count);
}

/* "25 %", "under 1 %", "over 99 %". */
static const char *
percent(struct wp_arena *arena, double share)
{
    if (share < 0.01)
        return share > 0 ? "under 1 %" : "0 %";
    if (share > 0.99)
        return share < 1 ? "over 99 %" : "100 %";
    return wp_format(arena, "%.0f %%", share * 100);
}

static void
say_share(struct wp_text *text, const char *share, const char *what)
{
    wp_text_printf(text, "%s%s of %s", text->length ? ", " : "", share, what);
}

/* How much of what the policy tells apart; empty: all of it. */
static const char *
size_words(struct wp_arena *arena, const struct wp_model *model, const struct wp_traits *traits,
           const struct part *part)
{
    struct wp_text text = {.arena = arena};

    wp_text_add(&text, "");
    if (traits->device && part->devices < 1)
        say_share(&text, wp_format(arena, "%d", __builtin_popcountll(part->box->devices)),
                  wp_format(arena, "%u device types", model->device_count));
    if (traits->network && part->box->is_whole && (part->v4 < 1 || part->v6 < 1)) {
        say_share(&text, percent(arena, part->v4), "IPv4");
        say_share(&text, percent(arena, part->v6), "IPv6");
    }
    if (part->postures < 1)
        say_share(&text, percent(arena, part->postures), "postures, risks and entries");
    return text.bytes;
}

/* ---- what it says ----------------------------------------------------------------------- */

struct gap {
    struct part parts[2 * WP_WHO_BOXES];
    uint32_t count;
    bool has_more;
    const struct wp_model *model; /* to read boxes with */
};

static bool
has_groups_of(const struct gap *gap, const struct wp_point *point)
{
    for (uint32_t i = 0; i < gap->count; i++) {
        const struct wp_point *other = gap->parts[i].box->witness;
        if (other->group_count == point->group_count && other->user == point->user &&
            memcmp(other->groups, point->groups, point->group_count * sizeof *point->groups) == 0)
            return true;
    }
    return false;
}

/* Adds what falls to otherwise of those that meet `when`, for people that the gap
 * does not name yet. */
static void
look(struct wp_study *study, const struct wp_view *view, const struct wp_test *when,
     struct gap *gap)
{
    struct wp_source_of_decision from = {(uint32_t)(view->policy - study->model->policies),
                                         view->policy->rule_count};
    struct gap before = *gap;
    struct wp_who_can who;

    wp_who_gets(&who, study->arena, study->model, from, when, study->options);
    gap->model = who.model;
    if (who.count == 0)
        return;
    gap->has_more = gap->has_more || who.rules[0].has_more;
    for (uint32_t i = 0; i < who.rules[0].box_count; i++) {
        const struct wp_box *box = &who.rules[0].boxes[i];
        if (!has_groups_of(&before, box->witness))
            measure(&gap->parts[gap->count++], study->model, box);
    }
}

static void
show_part(struct wp_study *study, const struct wp_view *view, const struct gap *gap,
          struct wp_diagnostic *finding, const struct part *part)
{
    struct wp_box_words words;

    wp_box_describe(&words, study->arena, gap->model, &view->traits, part->box);
    const char *share = size_words(study->arena, study->model, &view->traits, part);
    wp_add_note(study->list, finding, "no rule takes %s: denied%s%s%s",
                wp_box_sentence(study->arena, &words), *share ? " (" : "", share,
                *share ? ")" : "");
}

/* NULL when there is nothing to say. */
static struct wp_diagnostic *
report(struct wp_study *study, const struct wp_view *view, struct gap *gap, const char *message)
{
    bool all = study->options->all_notes;

    if (gap->count == 0 || !wp_study_has_room(study, WP_E_GAP))
        return NULL;
    struct wp_diagnostic *finding = wp_study_report(
        study, WP_NOTE, WP_E_GAP, view, view->policy->rule_count, message, view->policy->name);
    qsort(gap->parts, gap->count, sizeof *gap->parts, compare);
    wp_study_witness(study, view, finding, gap->parts[0].box->witness);
    for (uint32_t i = 0; i < gap->count && (i < SHOWN || all); i++)
        show_part(study, view, gap, finding, &gap->parts[i]);
    if (gap->count > SHOWN && !all)
        wp_add_note(study->list, finding, "that is not all of it: --all-notes shows more");
    else if (gap->has_more)
        wp_add_note(study->list, finding, "that is not all of it");
    return finding;
}

/* ---- where to look ------------------------------------------------------------------------ */

static void
collect_groups(const struct wp_test *test, uint8_t *named)
{
    for (uint32_t i = 0; test->kind != WP_TEST_NOT && i < test->part_count; i++)
        collect_groups(test->parts[i], named);
    for (uint32_t i = 0; test->kind == WP_TEST_GROUP && i < test->ids.count; i++)
        named[test->ids.ids[i]] = 1;
}

/* Being in a group that some rule lets in; false when there is none. */
static bool
condition_of_people(struct wp_study *study, const struct wp_policy *policy, struct wp_test *test)
{
    uint32_t groups = study->model->group_count, count = 0;
    uint8_t *named = wp_alloc_array(study->arena, (size_t)groups + 1, 1);
    uint32_t *ids = wp_alloc_array(study->arena, (size_t)groups + 1, sizeof *ids);

    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];
        if (!rule->report && rule->decision.effect != WP_DENY)
            collect_groups(rule->folded, named);
    }
    for (uint32_t i = 0; i < groups; i++) {
        if (named[i])
            ids[count++] = i;
    }
    *test = (struct wp_test){.kind = WP_TEST_GROUP, .ids = {ids, count}};
    return count > 0;
}

static void
study_missing(struct wp_study *study, const struct wp_view *view)
{
    struct wp_avoided avoided = {view->index, 0, view->policy->rule_count, NULL};
    struct wp_question question = {NULL, 0, &avoided, 1, &view->apps, &view->traits};
    enum wp_answer answer = wp_ask(study->asker, &question, NULL);
    struct gap gap = {.count = 0};
    struct wp_test people;

    if (answer == WP_ANSWER_UNDECIDED)
        wp_study_undecided(study, view, view->policy->rule_count, "whether the rules leave a gap");
    if (answer != WP_ANSWER_YES)
        return;
    look(study, view, NULL, &gap);
    if (condition_of_people(study, view->policy, &people))
        look(study, view, &people, &gap);
    struct wp_diagnostic *finding =
        report(study, view, &gap, "policy '%s' has no 'otherwise', and its rules leave a gap");
    if (finding)
        wp_add_help(study->list, finding, "write 'otherwise deny' to say that it is meant");
}

static void
study_bare(struct wp_study *study, const struct wp_view *view)
{
    struct gap gap = {.count = 0};
    struct wp_test people;

    if (!condition_of_people(study, view->policy, &people))
        return;
    look(study, view, &people, &gap);
    struct wp_diagnostic *finding =
        report(study, view, &gap,
               "the bare 'otherwise deny' of policy '%s' takes people whom rules let in");
    if (finding)
        wp_add_help(study->list, finding,
                    "give it a message, if it is meant, so that they learn why");
}

void
wp_study_gap(struct wp_study *study, const struct wp_view *view)
{
    const struct wp_policy *policy = view->policy;
    const struct wp_decision *rest = &policy->otherwise.decision;

    if (policy->rule_count == 0)
        return;
    if (!policy->has_otherwise)
        study_missing(study, view);
    else if (study->options->all_notes && rest->effect == WP_DENY && !rest->message)
        study_bare(study, view);
}
