/* Finding drift: a plan that nobody carries out. */
#include "compiler/emit/drift.h"

#include <string.h>

#include "compiler/emit/compare.h"

/* So many objects are judged one by one; should more drift, they are judged together. */
#define MOST_ALONE 1000

const char *
wp_drift_word(enum wp_drift_effect effect)
{
    static const char *const words[] = {
        [WP_DRIFT_COSMETIC] = "cosmetic", [WP_DRIFT_STRICTER] = "stricter",
        [WP_DRIFT_OTHER] = "other",       [WP_DRIFT_LOOSER] = "looser",
        [WP_DRIFT_UNTOLD] = "unknown",
    };
    return words[effect];
}

/* What regions of difference come to. */
static enum wp_drift_effect
effect_of(const struct wp_diff *diff)
{
    enum wp_drift_effect effect = WP_DRIFT_COSMETIC;

    if (diff->undecided > 0)
        return WP_DRIFT_UNTOLD;
    for (uint32_t i = 0; i < diff->count; i++) {
        enum wp_drift_effect one = diff->regions[i].change == WP_ORDER_LOOSER ? WP_DRIFT_LOOSER
                                   : diff->regions[i].change == WP_ORDER_STRICTER
                                       ? WP_DRIFT_STRICTER
                                       : WP_DRIFT_OTHER;
        effect = one > effect ? one : effect;
    }
    return effect;
}

/* What a state decides, against what should be. One that is lifted to the same source
 * decides the same. */
static enum wp_drift_effect
effect_of_state(const struct wp_drift *drift, struct wp_arena *arena,
                const struct wp_session *session, const struct wp_state *state)
{
    struct wp_problem ignored = {0};
    struct wp_meaning meaning = {0};
    struct wp_diff diff;
    enum wp_drift_effect effect = WP_DRIFT_UNTOLD;

    if (wp_meaning_lift(&meaning, arena, session, state, &ignored)) {
        if (meaning.length == drift->should.length &&
            memcmp(meaning.source, drift->should.source, meaning.length) == 0)
            effect = WP_DRIFT_COSMETIC;
        else if (wp_meaning_compile(&meaning, &ignored) &&
                 wp_diff_models(&diff, arena, drift->should.compilation.model,
                                meaning.compilation.model, NULL))
            effect = effect_of(&diff);
    }
    wp_meaning_end(&meaning);
    return effect;
}

static void
put_object(struct wp_state *state, const struct wp_object *object)
{
    struct wp_object *put = wp_state_add_key(state, object->key, object->kind, object->name,
                                             object->id, json_deep_copy(object->body));
    put->system = object->system;
    put->reference = object->reference;
}

/* The state that is wanted, but for one object that is as it is; in an arena of its own:
 * there may be many. */
static enum wp_drift_effect
effect_alone(const struct wp_drift *drift, const struct wp_session *session,
             const struct wp_drift_item *item)
{
    const struct wp_object *object = wp_state_find(&drift->current, item->key);
    struct wp_arena *arena = wp_arena_new(NULL, NULL);
    struct wp_state state;

    if (arena == NULL)
        return WP_DRIFT_UNTOLD;
    wp_state_copy(&state, arena, &drift->wanted);
    wp_state_remove(&state, item->key);
    if (object != NULL)
        put_object(&state, object);
    enum wp_drift_effect effect = effect_of_state(drift, arena, session, &state);
    wp_state_end(&state);
    wp_arena_free(arena);
    return effect;
}

static void
list_items(struct wp_drift *drift, struct wp_arena *arena)
{
    const char **keys;
    size_t count = wp_compare_states(arena, &drift->wanted, &drift->current, &keys);

    drift->items = wp_alloc_array(arena, count + 1, sizeof *drift->items);
    for (size_t i = 0; i < count; i++) {
        const struct wp_object *wanted = wp_state_find(&drift->wanted, keys[i]);
        const struct wp_object *actual = wp_state_find(&drift->current, keys[i]);
        drift->items[drift->count++] =
            (struct wp_drift_item){.key = keys[i],
                                   .wanted = wanted == NULL ? NULL : wanted->body,
                                   .actual = actual == NULL ? NULL : actual->body,
                                   .effect = WP_DRIFT_UNTOLD};
    }
}

static void
judge(struct wp_drift *drift, struct wp_arena *arena, const struct wp_session *session)
{
    struct wp_problem problem = {0};

    drift->effect = WP_DRIFT_UNTOLD;
    drift->has_diff = wp_meaning_make(&drift->should, arena, session, &drift->wanted, &problem) &&
                      wp_meaning_make(&drift->is, arena, session, &drift->current, &problem) &&
                      wp_diff_models(&drift->diff, arena, drift->should.compilation.model,
                                     drift->is.compilation.model, NULL);
    if (drift->has_diff)
        drift->effect = effect_of(&drift->diff);
    else
        memcpy(drift->untold, problem.text, sizeof drift->untold);
    for (size_t i = 0; drift->should.has_model && i < drift->count; i++)
        drift->items[i].effect = drift->count == 1 || drift->count > MOST_ALONE
                                     ? drift->effect
                                     : effect_alone(drift, session, &drift->items[i]);
}

bool
wp_drift_find(struct wp_drift *drift, struct wp_arena *arena, struct wp_session *session,
              const char *url, const struct wp_state *desired,
              const struct wp_plan_options *options, struct wp_problem *problem)
{
    *drift = (struct wp_drift){0};
    wp_state_init(&drift->current, arena);
    if (!session->kind->read(session, &drift->current, problem) ||
        !wp_plan_make(&drift->plan, arena, session, url, desired, &drift->current, options,
                      problem))
        return false;
    if (drift->plan.count == 0)
        return true;
    wp_plan_apply(&drift->plan, session, &drift->current, drift->plan.count, &drift->wanted);
    list_items(drift, arena);
    judge(drift, arena, session);
    return true;
}

void
wp_drift_end(struct wp_drift *drift)
{
    wp_meaning_end(&drift->is);
    wp_meaning_end(&drift->should);
    wp_plan_end(&drift->plan);
    if (drift->wanted.arena != NULL)
        wp_state_end(&drift->wanted);
    if (drift->current.arena != NULL)
        wp_state_end(&drift->current);
}
