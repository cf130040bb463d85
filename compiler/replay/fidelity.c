/* Where the log names the rule that fired, or what was decided: do we agree? */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compiler/replay/tally.h"

static bool
is_rule(const struct wp_side *side, uint32_t outcome, struct woapol_text logged)
{
    const char *rule = wp_outcome_rule(side, outcome);
    if (rule == NULL) {
        static const char *const others[] = {"otherwise", "default", "default rule",
                                             "catch-all rule", "catchall rule"};
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            if (strlen(others[i]) == logged.length &&
                strncasecmp(others[i], logged.text, logged.length) == 0)
                return true;
        return false;
    }
    return strlen(rule) == logged.length && memcmp(rule, logged.text, logged.length) == 0;
}

static bool
is_effect(const struct wp_side *side, uint32_t outcome, enum wp_logged logged)
{
    switch (wp_outcome_decision(side, outcome)->effect) {
    case WP_ALLOW:
        return logged == WP_LOGGED_ALLOW;
    case WP_AUTHENTICATE:
        /* Who has passed the challenge is logged as let in. */
        return logged == WP_LOGGED_CHALLENGE || logged == WP_LOGGED_ALLOW;
    default:
        return logged == WP_LOGGED_DENY;
    }
}

static struct wp_mismatch *
find(struct wp_fidelity *fidelity, uint32_t outcome, const char *logged, size_t length)
{
    for (size_t i = 0; i < fidelity->count; i++) {
        struct wp_mismatch *mismatch = &fidelity->mismatches[i];
        if (mismatch->outcome == outcome && mismatch->length == length &&
            memcmp(mismatch->logged, logged, length) == 0)
            return mismatch;
    }
    if (fidelity->count == WP_MISMATCHES_MAX) {
        fidelity->overflowed = true;
        return NULL;
    }
    if (fidelity->mismatches == NULL)
        fidelity->mismatches = calloc(WP_MISMATCHES_MAX, sizeof *fidelity->mismatches);
    char *copy = malloc(length + 1);
    if (fidelity->mismatches == NULL || copy == NULL) {
        free(copy);
        fidelity->overflowed = true;
        return NULL;
    }
    memcpy(copy, logged, length);
    copy[length] = '\0';
    struct wp_mismatch *mismatch = &fidelity->mismatches[fidelity->count++];
    *mismatch = (struct wp_mismatch){.outcome = outcome, .logged = copy, .length = length};
    return mismatch;
}

void
wp_fidelity_add(struct wp_tally *tally, const struct wp_decided *decided)
{
    /* The log speaks of the policy that was in force: the old one, if there is one. */
    const struct wp_side *side = &tally->sides[tally->sides[0].image == NULL];
    uint32_t outcome = side == tally->sides ? decided->before : decided->after;
    const struct wp_event *event = decided->event;
    struct wp_fidelity *fidelity = &tally->fidelity;
    if (outcome == wp_outcome_unknown(side))
        return; /* nothing was predicted */
    if (event->logged != WP_LOGGED_NOTHING) {
        fidelity->effects++;
        fidelity->effects_agreed += is_effect(side, outcome, event->logged);
    }
    if (event->rule.text == NULL)
        return;
    fidelity->rules++;
    if (is_rule(side, outcome, event->rule)) {
        fidelity->rules_agreed++;
        return;
    }
    struct wp_mismatch *mismatch =
        fidelity->overflowed ? NULL : find(fidelity, outcome, event->rule.text, event->rule.length);
    if (mismatch != NULL && mismatch->count++ == 0) {
        mismatch->record = decided->record;
        mismatch->witness = decided->witness(decided->context, event);
    }
}

void
wp_fidelity_join(struct wp_fidelity *fidelity, struct wp_fidelity *other)
{
    fidelity->rules += other->rules;
    fidelity->rules_agreed += other->rules_agreed;
    fidelity->effects += other->effects;
    fidelity->effects_agreed += other->effects_agreed;
    fidelity->overflowed = fidelity->overflowed || other->overflowed;
    for (size_t i = 0; i < other->count && !fidelity->overflowed; i++) {
        struct wp_mismatch *from = &other->mismatches[i];
        struct wp_mismatch *to = find(fidelity, from->outcome, from->logged, from->length);
        if (to == NULL)
            return;
        if (to->count == 0 || from->record < to->record) {
            char *witness = to->witness;
            to->record = from->record;
            to->witness = from->witness;
            from->witness = witness;
        }
        to->count += from->count;
    }
}

void
wp_fidelity_fini(struct wp_fidelity *fidelity)
{
    for (size_t i = 0; i < fidelity->count; i++) {
        free(fidelity->mismatches[i].logged);
        free(fidelity->mismatches[i].witness);
    }
    free(fidelity->mismatches);
    *fidelity = (struct wp_fidelity){0};
}
