/*
 * Decisions as values of SQL. What a rule comes to is always the same, so it is made
 * once for each and kept with the image; results are copies, since an image may be
 * dropped while the executor still holds them.
 */
#include "woapol_pg.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#define REPORTS 16

const char *
wpg_effect_word(enum woapol_effect effect)
{
    return effect == WOAPOL_ALLOW          ? "allow"
           : effect == WOAPOL_AUTHENTICATE ? "authenticate"
                                           : "deny";
}

const char *
wpg_reason_word(enum woapol_reason reason)
{
    switch (reason) {
    case WOAPOL_REASON_GROUPS_INCOMPLETE:
        return "groups incomplete";
    case WOAPOL_REASON_BAD_REQUEST:
        return "bad request";
    case WOAPOL_REASON_NONE:
        break;
    }
    return NULL;
}

/* ---- deciding ----------------------------------------------------------------------- */

static void
collect_reports(const struct wpg_image *image, struct woapol_principal *principal,
                const struct woapol_request *request, struct wpg_decision *decision)
{
    uint32_t few[REPORTS];
    decision->report_count = woapol_reports(&image->image, principal, request, few, REPORTS);
    decision->reports = NULL;
    if (decision->report_count == 0)
        return;
    decision->reports = palloc_array(uint32_t, decision->report_count);
    if (decision->report_count <= REPORTS)
        memcpy(decision->reports, few, decision->report_count * sizeof *few);
    else
        (void)woapol_reports(&image->image, principal, request, decision->reports,
                             decision->report_count);
}

void
wpg_decide_request(struct wpg_image *image, const struct wpg_request *request, bool with_reports,
                   struct wpg_decision *decision)
{
    struct woapol_principal *principal = wpg_person_find(image, &request->identity);
    if (principal != NULL)
        woapol_decide(&image->image, principal, &request->request, &decision->decision);
    else
        principal = woapol_decide_once(&image->image, &request->identity, image->memory,
                                       image->memory_size, &request->request, &decision->decision);
    if (principal == NULL)
        elog(ERROR, "woapol: the memory for a request does not do");
    decision->reports = NULL;
    decision->report_count = 0;
    if (with_reports)
        collect_reports(image, principal, &request->request, decision);
}

/* ---- chains ---------------------------------------------------------------------------- */

struct chain_walk {
    const struct woapol_image *image;
    JsonbParseState *state;
    JsonbValue *result;
    bool has_started;
    uint32_t alternative, step;
};

static void
push_arrays(struct chain_walk *walk, JsonbIteratorToken token, int count)
{
    for (int i = 0; i < count; i++)
        walk->result = pushJsonbValue(&walk->state, token, NULL);
}

static void
push_text(JsonbParseState **state, JsonbIteratorToken token, const text *value)
{
    JsonbValue string = {.type = jbvString};
    string.val.string.val = VARDATA_ANY(value);
    string.val.string.len = (int)VARSIZE_ANY_EXHDR(value);
    (void)pushJsonbValue(state, token, &string);
}

static bool
push_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    struct chain_walk *walk = context;
    if (!walk->has_started) {
        push_arrays(walk, WJB_BEGIN_ARRAY, 2);
    } else if (alternative != walk->alternative) {
        push_arrays(walk, WJB_END_ARRAY, 2);
        push_arrays(walk, WJB_BEGIN_ARRAY, 2);
    } else if (step != walk->step) {
        push_arrays(walk, WJB_END_ARRAY, 1);
        push_arrays(walk, WJB_BEGIN_ARRAY, 1);
    }
    walk->has_started = true;
    walk->alternative = alternative;
    walk->step = step;
    push_text(&walk->state, WJB_ELEM,
              DatumGetTextPP(wpg_name_of_image(walk->image, WOAPOL_METHOD, method)));
    return true;
}

static Jsonb *
make_chain(const struct woapol_image *image, uint32_t chain)
{
    struct chain_walk walk = {.image = image};
    push_arrays(&walk, WJB_BEGIN_ARRAY, 1);
    woapol_chain_walk(image, chain, push_method, &walk);
    push_arrays(&walk, WJB_END_ARRAY, walk.has_started ? 3 : 1);
    return JsonbValueToJsonb(walk.result);
}

/* ---- outcomes --------------------------------------------------------------------------- */

static struct wpg_outcome *
place_of(struct wpg_image *image, const struct woapol_decision *decision)
{
    if (decision->rule < image->rules)
        return &image->outcomes[decision->rule];
    const uint32_t policy = decision->policy < image->policies ? decision->policy : image->policies;
    return &image->outcomes[image->rules + policy];
}

static bool
is_same(const struct woapol_decision *a, const struct woapol_decision *b)
{
    return a->effect == b->effect && a->reason == b->reason && a->policy == b->policy &&
           a->rule == b->rule && a->chain == b->chain && a->message == b->message &&
           a->reauth_seconds == b->reauth_seconds;
}

static void
make_outcome(const struct woapol_image *image, const struct woapol_decision *decision,
             struct wpg_outcome *outcome)
{
    size_t length = 0;
    const char *message = woapol_message(image, decision->message, &length);
    outcome->decision = *decision;
    outcome->effect = cstring_to_text(wpg_effect_word(decision->effect));
    outcome->policy =
        (text *)DatumGetPointer(wpg_name_of_image(image, WOAPOL_POLICY, decision->policy));
    outcome->rule = (text *)DatumGetPointer(wpg_name_of_image(image, WOAPOL_RULE, decision->rule));
    outcome->message = message == NULL ? NULL : wpg_text_of_image(message, length);
    outcome->chain =
        decision->effect == WOAPOL_AUTHENTICATE ? make_chain(image, decision->chain) : NULL;
    outcome->is_made = true;
}

/* What is kept is the first outcome of each rule; that of incomplete groups, should it
 * come second, is made for the call alone. */
const struct wpg_outcome *
wpg_outcome_of(struct wpg_image *image, const struct woapol_decision *decision)
{
    struct wpg_outcome *outcome = place_of(image, decision);
    if (outcome->is_made && is_same(&outcome->decision, decision))
        return outcome;
    if (outcome->is_made) {
        outcome = palloc0(sizeof *outcome);
        make_outcome(&image->image, decision, outcome);
        return outcome;
    }
    MemoryContext before = MemoryContextSwitchTo(image->context);
    make_outcome(&image->image, decision, outcome);
    MemoryContextSwitchTo(before);
    return outcome;
}
