/* What a tenant holds: keys, references, digests. */
#include "compiler/emit/plan.h"
#include "compiler/emit/state.h"

#include <criterion/criterion.h>
#include <string.h>

static struct wp_arena *arena;

static void
begin(void)
{
    arena = wp_arena_new(NULL, NULL);
}

static void
end(void)
{
    wp_arena_free(arena);
}

TestSuite(state, .init = begin, .fini = end);

Test(state, keys_escape_what_would_end_them)
{
    static const struct {
        const char *owner, *name, *key;
    } rows[] = {
        {NULL, "Office", "zone/Office"},
        {"Finance", "trusted (2)", "zone/Finance/trusted (2)"},
        {NULL, "a/b%c", "zone/a%2Fb%25c"},
        {"x/y", "{z}", "zone/x%2Fy/%7Bz%7D"},
        {NULL, "", "zone/"},
        {NULL, "Büro", "zone/Büro"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *key = wp_state_key(arena, "zone", rows[i].owner, rows[i].name);
        struct wp_plan plan = {.arena = arena};
        cr_expect_str_eq(key, rows[i].key);
        cr_expect_str_eq(wp_plan_add(&plan, WP_CREATE, key)->name, rows[i].name, "%s", key);
        cr_expect_str_eq(plan.calls[0].kind, "zone");
        wp_plan_end(&plan);
    }
}

Test(state, finds_by_key_and_identifier)
{
    struct wp_state state;
    bool is_new;

    wp_state_init(&state, arena);
    for (int i = 0; i < 500; i++) {
        const char *name = wp_format(arena, "z%d", i), *id = wp_format(arena, "id%d", i);
        struct wp_object *object =
            wp_state_add(&state, "zone", NULL, name, i % 2 ? id : NULL, json_integer(i), &is_new);
        cr_assert(is_new);
        if (i % 2 == 0)
            wp_state_set_id(&state, object, id);
    }
    wp_state_add(&state, "zone", NULL, "z7", "other", json_integer(0), &is_new);
    cr_assert_not(is_new);
    for (int i = 0; i < 500; i += 3)
        wp_state_remove(&state, wp_format(arena, "zone/z%d", i));
    wp_state_remove(&state, "zone/none");
    cr_assert_eq(state.count, 333);
    for (int i = 0; i < 500; i++) {
        struct wp_object *found = wp_state_find(&state, wp_format(arena, "zone/z%d", i));
        cr_assert_eq(found == NULL, i % 3 == 0);
        cr_assert_eq(wp_state_find_id(&state, "zone", wp_format(arena, "id%d", i)), found);
        cr_assert_null(wp_state_find_id(&state, "policy", wp_format(arena, "id%d", i)));
    }
    struct wp_object *put = wp_state_put(&state, "zone", NULL, "z7", "new", json_integer(70));
    cr_assert_eq(wp_state_find_id(&state, "zone", "new"), put);
    cr_assert_null(wp_state_find_id(&state, "zone", "id7"));
    cr_assert_eq(json_integer_value(put->body), 70);
    cr_assert_not_null(wp_state_put(&state, "zone", NULL, "z0", NULL, json_integer(1)));
    wp_state_end(&state);
}

Test(state, resolves_references)
{
    struct wp_state state;
    const char *missing = NULL;
    json_t *body = json_pack("{s:[o, s], s:{s:o}}", "include", wp_reference("zone/Office"), "x",
                             "deep", "group", wp_reference("group/Staff"));

    wp_state_init(&state, arena);
    wp_state_add(&state, "zone", NULL, "Office", "nzo1", json_object(), NULL);
    cr_assert_null(wp_resolve_references(&state, body, &missing));
    cr_assert_str_eq(missing, "group/Staff");
    wp_state_add(&state, "group", NULL, "Staff", "00g1", json_object(), NULL);
    json_t *sent = wp_resolve_references(&state, body, &missing);
    char *text = json_dumps(sent, JSON_COMPACT);
    cr_assert_str_eq(text, "{\"include\":[\"nzo1\",\"x\"],\"deep\":{\"group\":\"00g1\"}}");
    free(text);
    json_decref(sent);
    json_decref(body);
    wp_state_end(&state);
}

Test(state, resolves_paths_without_letting_identifiers_out_of_their_place)
{
    struct wp_state state;
    const char *missing = NULL;
    static const struct {
        const char *id, *path, *result;
    } rows[] = {
        {"00p", "/p/{policy/A}/rules", "/p/00p/rules"},
        {"00p", "/p", "/p"},
        {"a/b?c#d e", "/p/{policy/A}", "/p/a%2Fb%3Fc%23d%20e"},
        {"..", "/p/{policy/A}", NULL},
        {"é", "/p/{policy/A}", "/p/%C3%A9"},
        {"00p", "/p/{policy/B}", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wp_state_init(&state, arena);
        wp_state_add(&state, "policy", NULL, "A", rows[i].id, json_object(), NULL);
        const char *path = wp_resolve_path(arena, &state, rows[i].path, &missing);
        if (rows[i].result == NULL)
            cr_expect_null(path, "%s", path);
        else
            cr_expect_str_eq(path, rows[i].result);
        wp_state_end(&state);
    }
}

Test(state, digests_tell_what_changed)
{
    struct wp_state a, b;
    char first[65], second[65];

    wp_state_init(&a, arena);
    wp_state_add(&a, "zone", NULL, "A", "1", json_pack("{s:i, s:i}", "x", 1, "y", 2), NULL);
    wp_state_add(&a, "zone", NULL, "B", "2", json_object(), NULL);
    wp_state_init(&b, arena);
    wp_state_add(&b, "zone", NULL, "B", "2", json_object(), NULL);
    wp_state_add(&b, "zone", NULL, "A", "9", json_pack("{s:i, s:i}", "y", 2, "x", 1), NULL);
    wp_state_digest(&a, first);
    wp_state_digest(&b, second);
    cr_assert_str_eq(first, second, "neither order nor identifiers count");
    wp_state_fingerprint(&a, first);
    wp_state_fingerprint(&b, second);
    cr_assert_str_neq(first, second);
    wp_state_set_id(&b, wp_state_find(&b, "zone/A"), "1");
    wp_state_fingerprint(&b, second);
    cr_assert_str_eq(first, second);
    wp_state_find(&b, "zone/A")->original = json_pack("{s:i}", "lastUpdated", 7);
    wp_state_fingerprint(&b, second);
    cr_assert_str_neq(first, second, "what the tenant sent counts");
    wp_state_end(&a);
    struct wp_state copied;
    wp_state_copy(&copied, arena, &b);
    wp_state_remove(&b, "zone/A");
    cr_assert_eq(copied.count, 2);
    cr_assert_eq(json_integer_value(json_object_get(wp_state_find(&copied, "zone/A")->body, "y")),
                 2);
    wp_state_end(&b);
    wp_state_end(&copied);
}
