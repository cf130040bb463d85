/*
 * A wire profile made fit for one tenant: what the shipped profile has wrong or does
 * not know is learnt from what the tenant answers. What stands where is told by what
 * it holds; keys that cannot be told are kept as they are in every write, so that
 * nothing is lost. The result is marked unverified: somebody has to look at it.
 */
#include "compiler/emit/access/capture.h"
#include "compiler/emit/access/read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct capture {
    struct wp_access_reader reader;
    struct wp_buffer *report;
};

static void __attribute__((format(printf, 2, 3)))
say(struct capture *capture, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length > 0)
        wp_buffer_add(capture->report, text, (size_t)length);
    free(text);
}

/* Puts into the profile at `path` what was seen, and says so when it is news. */
static void
learn(struct capture *capture, const char *path, const char *value)
{
    const char *before = wp_access_text_at(capture->reader.profile.root, path, NULL);

    if (before && strcmp(before, value) == 0)
        return;
    say(capture, "%s = %s (was %s)\n", path, value, before ? before : "nothing");
    wp_access_put_at(capture->reader.profile.root, path, json_string(value));
}

/* Every key that the profile does not know is kept from now on. */
static void
keep_unknown(struct capture *capture, const char *kind, const char *part, const json_t *wire,
             bool is_rule)
{
    struct wp_arena *arena = capture->reader.session->arena;
    json_t *root = capture->reader.profile.root, *kept;
    const char *unknown;

    kept = json_object_get(json_object_get(root, part), "kept");
    if (!json_is_array(kept)) {
        kept = json_array();
        (void)json_object_set_new(json_object_get(root, part), "kept", kept);
    }
    while ((unknown = wp_access_unknown_key(arena, &capture->reader.profile, kind, wire)) != NULL) {
        const char *in_rule = strstr(unknown, "].");
        if ((in_rule != NULL) != is_rule)
            return;
        unknown = in_rule ? in_rule + 2 : unknown;
        say(capture, "%s.kept: %s, whatever it means\n", part, unknown);
        (void)json_array_append_new(kept, json_string(unknown));
    }
}

/* ---- ranges ------------------------------------------------------------------------ */

static void
learn_pairs(struct capture *capture, const json_t *items)
{
    struct wp_places places = {.arena = capture->reader.session->arena};
    size_t i;
    json_t *item;

    json_array_foreach(items, i, item) wp_places_add(&places, item);
    for (i = 0; i < places.count; i++) {
        const char *from, *to;
        if (!wp_place_is_pairs(&places.items[i], &from, &to))
            continue;
        learn(capture, "range.keys.pairs", places.items[i].path);
        learn(capture, "range.pair.from", from);
        learn(capture, "range.pair.to", to);
    }
    wp_places_end(&places);
    json_array_foreach(items, i, item) keep_unknown(capture, "range", "range", item, false);
}

/* ---- policies ------------------------------------------------------------------------- */

/* The key of a policy that holds a list of objects. */
static void
learn_rules_key(struct capture *capture, const json_t *policy)
{
    const char *path = wp_access_text_at(capture->reader.profile.root, "policy.keys.rules", "");
    const char *key;
    json_t *value;

    if (json_is_array(wp_access_at(policy, path)))
        return;
    json_object_foreach((json_t *)(uintptr_t)policy, key, value)
    {
        if (json_is_object(json_array_get(value, 0)))
            learn(capture, "policy.keys.rules", key);
    }
}

static void
learn_rules(struct capture *capture, const json_t *policies)
{
    struct wp_arena *arena = capture->reader.session->arena;
    struct wp_places places = {.arena = arena};
    size_t i, k;
    json_t *policy, *rule;

    json_array_foreach(policies, i, policy)
    {
        const char *path = wp_access_text_at(capture->reader.profile.root, "policy.keys.rules", "");
        json_array_foreach(wp_access_at(policy, path), k, rule) wp_places_add(&places, rule);
    }
    for (i = 0; i < places.count; i++) {
        const struct wp_place *place = &places.items[i];
        const char *guess = wp_place_guess(&capture->reader, place);
        if (!guess)
            continue;
        learn(capture, wp_format(arena, "rule.keys.%s", guess), place->path);
        if (strcmp(guess, "action") == 0)
            learn(capture, "rule.action",
                  json_is_array(json_array_get(place->values, 0)) ? "list" : "text");
    }
    wp_places_end(&places);
    json_array_foreach(policies, i, policy)
        keep_unknown(capture, "policy", "policy", policy, false);
    json_array_foreach(policies, i, policy) keep_unknown(capture, "policy", "rule", policy, true);
}

static bool
read_items(struct capture *capture, json_t *policies)
{
    struct wp_access_reader *reader = &capture->reader;
    const json_t *part = json_object_get(reader->profile.root, "policy");
    json_t *items, *item;
    bool right = true;
    size_t i;

    if (!wp_access_list(reader, "policy", &items))
        return false;
    json_array_foreach(items, i, item)
    {
        const char *id = wp_access_id_of(reader->session->arena, &reader->profile, "policy", item);
        json_t *policy = NULL;
        if (!right || !id)
            continue;
        right = wp_access_get(
            reader, wp_access_path(reader->session->arena, wp_access_text_at(part, "item", ""), id),
            wp_access_text_at(part, "media", NULL), &policy);
        if (policy)
            (void)json_array_append_new(policies, policy);
    }
    json_decref(items);
    return right;
}

/* ---- the whole --------------------------------------------------------------------------- */

static bool
capture_all(struct capture *capture)
{
    struct wp_access_reader *reader = &capture->reader;
    json_t *items, *policies;
    bool right;
    size_t i;

    if (!wp_access_list(reader, "range", &items))
        return false;
    learn_pairs(capture, items);
    json_decref(items);
    if (!wp_access_read_ranges(reader, NULL) || !wp_access_read_methods(reader) ||
        !wp_access_read_idps(reader))
        return false;
    policies = json_array();
    right = read_items(capture, policies);
    for (i = 0; i < json_array_size(policies) && right; i++)
        learn_rules_key(capture, json_array_get(policies, i));
    if (right)
        learn_rules(capture, policies);
    json_decref(policies);
    return right;
}

bool
wp_access_capture(struct wp_session *session, json_t **profile, struct wp_buffer *report,
                  struct wp_problem *problem)
{
    struct capture capture = {.report = report};
    struct wp_state state;
    bool right;

    wp_state_init(&state, session->arena);
    right = wp_access_reader_open(&capture.reader, session, &state, problem);
    if (right) {
        right = capture_all(&capture);
        (void)json_object_set_new(
            capture.reader.profile.root, "about",
            json_string("Learnt from a tenant's answers. Look at it before you write by it, and "
                        "say so under verified."));
        *profile = right ? json_incref(capture.reader.profile.root) : NULL;
        wp_access_reader_close(&capture.reader);
    }
    wp_state_end(&state);
    return right;
}
