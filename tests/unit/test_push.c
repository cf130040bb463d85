/* Laws of pushing, on a tenant in memory with habits and faults of its own. */
#include "compiler/emit/deploy.h"
#include "tests/unit/toy_tenant.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define URL "https://toy.example"
#define SIZE 4

/* One tenant with what it is to become. */
struct rig {
    struct wp_arena *arena;
    struct toy toy;
    struct wp_session session;
    struct wp_state desired;
    struct wp_deploy deploy;
    struct wp_problem problem;
    char folder[64];
    unsigned notes;
};

static void
no_pause(void *context, uint64_t milliseconds)
{
    (void)context, (void)milliseconds;
}

static void
count_note(void *context, const char *text)
{
    struct rig *rig = context;
    (void)text;
    rig->notes++;
}

/* Forgets what the last run knew; the tenant and the folder stay. */
static void
begin_again(struct rig *rig)
{
    wp_deploy_end(&rig->deploy);
    rig->problem = (struct wp_problem){0};
    rig->deploy = (struct wp_deploy){.arena = rig->arena,
                                     .session = &rig->session,
                                     .url = URL,
                                     .folder = rig->folder,
                                     .desired = &rig->desired,
                                     .options = {.prune = true},
                                     .journal = {.fd = -1},
                                     .push = {.writer = toy_writer(&rig->toy),
                                              .pause = no_pause,
                                              .note = count_note,
                                              .context = rig}};
    memset(rig->deploy.file.source_digest, 'a', 64);
}

/* The tenant holds `from`, and something foreign; it is to hold `to`. */
static struct rig *
rig_new(uint64_t from, uint64_t to)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct wp_state state;

    rig->arena = wp_arena_new(NULL, NULL);
    rig->deploy.journal.fd = -1;
    /* Thousands of journals, each line on the disk: in memory where there is such. */
    (void)snprintf(rig->folder, sizeof rig->folder, "%s/woapol-push-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    cr_assert_not_null(mkdtemp(rig->folder));
    toy_init(&rig->toy, rig->arena);
    toy_random_state(&state, rig->arena, from, SIZE);
    for (size_t i = 0; i < state.count && from != 0; i++) {
        struct wp_object *object = wp_state_add_key(
            &rig->toy.objects, state.items[i]->key, state.items[i]->kind, state.items[i]->name,
            wp_format(rig->arena, "old%zu", i), json_deep_copy(state.items[i]->body));
        object->system = state.items[i]->system;
    }
    wp_state_end(&state);
    toy_put(&rig->toy, "zone", NULL, "Foreign",
            json_pack("{s:[s], s:b}", "ranges", "192.0.2.0/24", "foreign", true));
    toy_random_state(&rig->desired, rig->arena, to, SIZE);
    rig->toy.desired = &rig->desired;
    rig->session = (struct wp_session){.arena = rig->arena, .kind = &toy_kind, .memory = &rig->toy};
    begin_again(rig);
    return rig;
}

static void
rig_free(struct rig *rig)
{
    DIR *stream = opendir(rig->folder);

    begin_again(rig);
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;)
        (void)unlink(wp_format(rig->arena, "%s/%s", rig->folder, entry->d_name));
    (void)closedir(stream);
    cr_assert_eq(rmdir(rig->folder), 0);
    wp_state_end(&rig->desired);
    toy_end(&rig->toy);
    wp_arena_free(rig->arena);
    free(rig);
}

static enum wp_deploy_end
push(struct rig *rig)
{
    if (!wp_deploy_plan(&rig->deploy, &rig->problem))
        return WP_DEPLOY_FAILED;
    return wp_deploy_push(&rig->deploy, &rig->problem);
}

static void
digest(const struct rig *rig, char digits[65])
{
    wp_state_digest(&rig->toy.objects, digits);
}

static const char *
journal(struct rig *rig)
{
    return wp_journal_find(rig->arena, rig->folder, URL, true);
}

Test(push, then_plan_is_empty)
{
    for (uint64_t seed = 1; seed <= 80; seed++) {
        struct rig *rig = rig_new(seed % 3 == 0 ? 0 : seed, seed + 1000);
        cr_assert_eq(push(rig), WP_DEPLOY_DONE, "%s", rig->problem.text);
        size_t calls = rig->deploy.file.plan.count;
        cr_expect_eq(rig->toy.writes, calls, "each call is made once");
        cr_expect_null(journal(rig));
        begin_again(rig);
        cr_assert(wp_deploy_plan(&rig->deploy, &rig->problem), "%s", rig->problem.text);
        cr_expect_eq(rig->deploy.file.plan.count, 0);
        cr_expect_not_null(wp_state_find(&rig->toy.objects, "zone/Foreign"));
        cr_expect_eq(rig->notes, 0);
        rig_free(rig);
    }
}

/* One push that is hurt at one request, and then resumed until it is through. */
static void
check_interrupted(uint64_t from, uint64_t to, enum toy_fault fault, size_t at, const char *wanted)
{
    struct rig *rig = rig_new(from, to);
    char digits[65];
    enum wp_deploy_end end;

    rig->toy.fault = fault;
    rig->toy.fault_at = at;
    end = push(rig);
    for (unsigned i = 0; i < 4 && end != WP_DEPLOY_DONE; i++) {
        toy_mend(&rig->toy);
        const char *path = journal(rig);
        begin_again(rig);
        end = path == NULL ? push(rig) : wp_deploy_resume(&rig->deploy, path, &rig->problem);
    }
    cr_assert_eq(end, WP_DEPLOY_DONE, "fault %d at request %zu of %lu to %lu: %s", (int)fault, at,
                 (unsigned long)from, (unsigned long)to, rig->problem.text);
    digest(rig, digits);
    cr_assert_str_eq(digits, wanted, "fault %d at request %zu leaves another tenant", (int)fault,
                     at);
    rig_free(rig);
}

Test(push, interrupted_anywhere_and_resumed_comes_to_the_same, .timeout = 600)
{
    static const enum toy_fault faults[] = {TOY_CUT_BEFORE, TOY_CUT_AFTER, TOY_ERROR_BEFORE,
                                            TOY_ERROR_AFTER, TOY_LAG};
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct rig *rig = rig_new(seed, seed + 500);
        char wanted[65];
        cr_assert_eq(push(rig), WP_DEPLOY_DONE, "%s", rig->problem.text);
        size_t requests = rig->toy.requests;
        digest(rig, wanted);
        rig_free(rig);
        for (size_t f = 0; f < sizeof faults / sizeof *faults; f++)
            for (size_t at = 0; at < requests; at++)
                check_interrupted(seed, seed + 500, faults[f], at, wanted);
    }
}

Test(push, two_interruptions_come_to_the_same)
{
    for (size_t first = 3; first < 30; first += 4) {
        struct rig *rig = rig_new(2, 502);
        rig->toy.fault = TOY_CUT_AFTER;
        rig->toy.fault_at = first;
        enum wp_deploy_end end = push(rig);
        for (unsigned i = 0; i < 40 && end != WP_DEPLOY_DONE; i++) {
            const char *path = journal(rig);
            toy_mend(&rig->toy);
            rig->toy.fault = i % 2 ? TOY_CUT_BEFORE : TOY_CUT_AFTER;
            rig->toy.fault_at = rig->toy.requests + first;
            begin_again(rig);
            end = path == NULL ? push(rig) : wp_deploy_resume(&rig->deploy, path, &rig->problem);
        }
        cr_assert_eq(end, WP_DEPLOY_DONE, "%zu: %s", first, rig->problem.text);
        rig_free(rig);
    }
}

Test(push, what_somebody_else_writes_is_refused_and_stays)
{
    unsigned refused = 0;

    for (size_t at = 1; at < 40; at++) {
        struct rig *rig = rig_new(3, 503);
        rig->toy.fault = TOY_CUT_AFTER;
        rig->toy.fault_at = at;
        enum wp_deploy_end end = push(rig);
        const char *path = journal(rig);
        if (end == WP_DEPLOY_STOPPED && path != NULL) {
            toy_mend(&rig->toy);
            toy_put(&rig->toy, "zone", NULL, "Stranger",
                    json_pack("{s:[s], s:b}", "ranges", "192.0.2.7", "foreign", true));
            begin_again(rig);
            cr_assert_eq(wp_deploy_resume(&rig->deploy, path, &rig->problem), WP_DEPLOY_REFUSED);
            cr_assert_eq(rig->problem.kind, WP_PROBLEM_REFUSED);
            cr_assert_not_null(strstr(rig->problem.text, "zone Stranger"), "%s", rig->problem.text);
            cr_assert_not_null(wp_state_find(&rig->toy.objects, "zone/Stranger"));
            refused++;
        }
        rig_free(rig);
    }
    cr_assert_gt(refused, 5);
}

Test(push, an_object_that_changed_under_our_hands_is_left_alone)
{
    unsigned met = 0;

    for (size_t at = 1; at < 60; at++) {
        struct rig *rig = rig_new(5, 505);
        rig->toy.fault = TOY_STRANGER;
        rig->toy.fault_at = at;
        enum wp_deploy_end end = push(rig);
        if (end == WP_DEPLOY_REFUSED) {
            cr_assert_not_null(strstr(rig->problem.text, "somebody else"), "%s", rig->problem.text);
            met++;
        }
        rig_free(rig);
    }
    cr_assert_gt(met, 2);
}

Test(push, a_stale_plan_is_refused)
{
    struct rig *rig = rig_new(1, 501);
    struct wp_plan_file saved;

    cr_assert(wp_deploy_plan(&rig->deploy, &rig->problem));
    json_t *document = wp_plan_file_json(&rig->deploy.file, NULL);
    cr_assert_not_null(document);
    cr_assert(wp_plan_file_read(&saved, rig->arena, document, &rig->problem), "%s",
              rig->problem.text);
    json_decref(document);
    begin_again(rig);
    cr_assert(wp_deploy_plan(&rig->deploy, &rig->problem));
    cr_assert(wp_deploy_compare(&rig->deploy, &saved, &rig->problem), "%s", rig->problem.text);
    toy_put(&rig->toy, "zone", NULL, "Foreign",
            json_pack("{s:[s], s:b}", "ranges", "192.0.2.128/25", "foreign", true));
    begin_again(rig);
    cr_assert(wp_deploy_plan(&rig->deploy, &rig->problem));
    cr_assert_not(wp_deploy_compare(&rig->deploy, &saved, &rig->problem));
    cr_assert_eq(rig->problem.kind, WP_PROBLEM_REFUSED);
    cr_assert_not_null(strstr(rig->problem.text, "ranges: 192.0.2.0/24 -> 192.0.2.128/25"), "%s",
                       rig->problem.text);
    /* Nor is a plan that somebody has edited. */
    saved.plan.calls[0].path = "/zone/other";
    memcpy(saved.plan.fingerprint, rig->deploy.file.plan.fingerprint, 65);
    rig->problem = (struct wp_problem){0};
    cr_assert_not(wp_deploy_compare(&rig->deploy, &saved, &rig->problem));
    wp_plan_file_end(&saved);
    rig_free(rig);
}

static void
roll_back(struct rig *rig, const char *path, bool force)
{
    struct wp_story story;

    begin_again(rig);
    cr_assert(wp_journal_open(&rig->deploy.journal, &story, rig->arena, path, &rig->problem), "%s",
              rig->problem.text);
    cr_assert(wp_deploy_plan_back(&rig->deploy, &story, force, &rig->problem), "%s",
              rig->problem.text);
    cr_assert_eq(wp_deploy_back(&rig->deploy, "test", &rig->problem), WP_DEPLOY_DONE, "%s",
                 rig->problem.text);
    wp_story_end(&story);
    cr_assert(wp_story_read(&story, rig->arena, path, &rig->problem), "%s", rig->problem.text);
    cr_assert_eq(story.state, WP_JOURNAL_RETURNED);
    wp_story_end(&story);
}

Test(push, rollback_restores)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct rig *rig = rig_new(seed, seed + 2000);
        char before[65], after[65];
        digest(rig, before);
        cr_assert_eq(push(rig), WP_DEPLOY_DONE, "%s", rig->problem.text);
        roll_back(rig, rig->deploy.journal.path, false);
        digest(rig, after);
        cr_assert_str_eq(before, after);
        rig_free(rig);
    }
}

Test(push, rollback_of_an_interrupted_push_restores)
{
    unsigned met = 0;

    for (size_t at = 1; at < 50; at++) {
        struct rig *rig = rig_new(4, 2004);
        char before[65], after[65];
        digest(rig, before);
        rig->toy.fault = at % 2 ? TOY_CUT_BEFORE : TOY_CUT_AFTER;
        rig->toy.fault_at = at;
        const char *path = push(rig) == WP_DEPLOY_STOPPED ? journal(rig) : NULL;
        if (path != NULL) {
            toy_mend(&rig->toy);
            roll_back(rig, path, false);
            digest(rig, after);
            cr_assert_str_eq(before, after, "cut at %zu", at);
            met++;
        }
        rig_free(rig);
    }
    cr_assert_gt(met, 10);
}

Test(push, rollback_leaves_what_others_did)
{
    struct rig *rig = rig_new(6, 2006);
    struct wp_story story;

    cr_assert_eq(push(rig), WP_DEPLOY_DONE, "%s", rig->problem.text);
    const char *path = rig->deploy.journal.path;
    toy_put(&rig->toy, "zone", NULL, "Stranger",
            json_pack("{s:[s], s:b}", "ranges", "192.0.2.7", "foreign", true));
    begin_again(rig);
    cr_assert(wp_journal_open(&rig->deploy.journal, &story, rig->arena, path, &rig->problem));
    cr_assert_not(wp_deploy_plan_back(&rig->deploy, &story, false, &rig->problem));
    cr_assert_eq(rig->problem.kind, WP_PROBLEM_REFUSED);
    wp_story_end(&story);
    roll_back(rig, path, true);
    cr_assert_not_null(wp_state_find(&rig->toy.objects, "zone/Stranger"));
    rig_free(rig);
}

/* A tenant that drops the word that denies: what was to be stricter lets people in. */
Test(push, goes_back_when_the_tenant_is_looser_than_it_was_told_to_be)
{
    unsigned returned = 0;

    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct rig *rig = rig_new(seed, seed + 3000);
        char before[65], after[65];
        digest(rig, before);
        rig->toy.drops = true;
        enum wp_deploy_end end = push(rig);
        digest(rig, after);
        cr_assert(end == WP_DEPLOY_RETURNED || end == WP_DEPLOY_DIFFERS || end == WP_DEPLOY_DONE ||
                      end == WP_DEPLOY_STUCK,
                  "%d %s", (int)end, rig->problem.text);
        returned += end == WP_DEPLOY_RETURNED;
        rig_free(rig);
    }
    cr_assert_gt(returned, 5);
}

static bool
holds(const char *folder, const char *text)
{
    char command[256];
    (void)snprintf(command, sizeof command, "grep -rqF -- '%s' %s", text, folder);
    return system(command) == 0;
}

Test(push, the_journal_holds_no_secret_and_only_its_owner_reads_it)
{
    struct rig *rig = rig_new(0, 9);
    char command[256];

    cr_assert_eq(push(rig), WP_DEPLOY_DONE, "%s", rig->problem.text);
    cr_assert_str_eq(rig->toy.secret, "hunter2-very-secret", "the tenant got it");
    cr_assert(holds(rig->folder, "zone/Z0"));
    cr_assert_not(holds(rig->folder, "hunter2"));
    (void)snprintf(command, sizeof command, "test -z \"$(find %s -type f -perm /077)\"",
                   rig->folder);
    cr_assert_eq(system(command), 0);
    rig_free(rig);
}

Test(push, a_journal_that_was_cut_anywhere_is_resumed)
{
    struct rig *rig = rig_new(7, 507);

    rig->toy.fault = TOY_CUT_AFTER;
    rig->toy.fault_at = 9;
    cr_assert_eq(push(rig), WP_DEPLOY_STOPPED, "%s", rig->problem.text);
    const char *path = journal(rig);
    FILE *file = fopen(path, "a");
    (void)fputs("{\"call\":99,\"sta", file);
    (void)fclose(file);
    toy_mend(&rig->toy);
    begin_again(rig);
    cr_assert_eq(wp_deploy_resume(&rig->deploy, path, &rig->problem), WP_DEPLOY_DONE, "%s",
                 rig->problem.text);
    begin_again(rig);
    cr_assert_eq(wp_deploy_resume(&rig->deploy, path, &rig->problem), WP_DEPLOY_REFUSED,
                 "what is done is not done again");
    rig_free(rig);
}

Test(push, hostile_journals_are_refused)
{
    static const char *const lines[] = {
        "",
        "{}\n",
        "[]\n",
        "{\"journal\":1,\"plan\":{\"plan\":1}}\n",
        "{\"journal\":1,\"plan\":{\"plan\":2}}\n",
        "\xff\n",
        "{\"journal\":1,\"plan\":{\"plan\":1,\"kind\":\"toy\",\"url\":\"x\",\"source_digest\":\"\"}"
        "}\n",
    };
    struct rig *rig = rig_new(0, 1);
    const char *path = wp_format(rig->arena, "%s/x.journal", rig->folder);

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        FILE *file = fopen(path, "w");
        (void)fputs(lines[i], file);
        (void)fclose(file);
        begin_again(rig);
        cr_expect_eq(wp_deploy_resume(&rig->deploy, path, &rig->problem), WP_DEPLOY_FAILED, "%zu",
                     i);
        cr_expect_null(journal(rig));
    }
    rig_free(rig);
}

/* ---- the guard --------------------------------------------------------------------------- */

static enum wp_deploy_end
push_guarded(struct rig *rig, const char *group)
{
    const char *const groups[] = {group, NULL};
    struct wp_guarded guarded = {.label = "break-glass group", .groups = groups};
    const struct wp_guarded_list list = {&guarded, 1};

    rig->deploy.guarded = &list;
    enum wp_deploy_end end = push(rig);
    rig->deploy.guarded = NULL;
    return end;
}

static void
wish(struct wp_state *state, struct wp_arena *arena, const char *when, const char *then,
     const char *otherwise)
{
    wp_state_init(state, arena);
    (void)wp_state_add(state, "policy", NULL, "P0", NULL, json_pack("{s:n}", "app"), NULL);
    (void)wp_state_add(state, "rule", "P0", "r", NULL,
                       json_pack("{s:i, s:s, s:s}", "rank", 0, "when", when, "then", then), NULL);
    (void)wp_state_add(state, "rule", "P0", "Catch-all", NULL,
                       json_pack("{s:s}", "then", otherwise), NULL);
    wp_state_find(state, "rule/P0/Catch-all")->system = true;
}

Test(push, nobody_who_can_cure_things_is_locked_out)
{
    static const struct {
        const char *when, *then, *otherwise;
        bool refused;
    } rows[] = {
        {"managed", "allow", "deny", false},
        {"group in Admins", "deny", "allow", true},
        /* In the end they can get in on a managed device, but not on the way there. */
        {"group in Admins and not managed", "deny", "allow", true},
        {"group in Admins or managed", "allow", "deny", false},
        {"group in Staff", "allow", "deny", true}, /* who is in Admins alone is out */
        {"group in Admins", "allow", "deny", false},
        {"managed", "deny", "deny", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig *rig = rig_new(0, 1);
        wp_state_end(&rig->desired);
        wish(&rig->desired, rig->arena, "compliant", "allow", "deny");
        cr_assert_eq(push(rig), WP_DEPLOY_DONE, "%s", rig->problem.text);
        size_t writes = rig->toy.writes;
        wp_state_end(&rig->desired);
        wish(&rig->desired, rig->arena, rows[i].when, rows[i].then, rows[i].otherwise);
        begin_again(rig);
        enum wp_deploy_end end = push_guarded(rig, "Admins");
        cr_expect_eq(end, rows[i].refused ? WP_DEPLOY_REFUSED : WP_DEPLOY_DONE, "row %zu: %d %s", i,
                     (int)end, rig->problem.text);
        if (rows[i].refused)
            cr_expect_eq(rig->toy.writes, writes, "nothing was sent");
        rig_free(rig);
    }
}
