/* Reading journals. A journal may end within a line: what is not whole was not
 * yet followed by anything, so it does not count. */
#include "compiler/emit/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST ((off_t)1 << 30)

static bool
wrong(struct wp_problem *problem, const char *path, size_t line, const char *why)
{
    return wp_problem_set(problem, WP_PROBLEM_FAILED,
                          "%s is no journal that can be read: line "
                          "%zu: %s",
                          path, line, why);
}

/* ---- lines -------------------------------------------------------------------------- */

/* Reads the whole file; NULL with errno set. */
static char *
read_all(int fd, size_t *size)
{
    struct stat status;
    size_t used = 0;

    if (fstat(fd, &status) != 0)
        return NULL;
    if (!S_ISREG(status.st_mode) || status.st_size > LARGEST) {
        errno = S_ISREG(status.st_mode) ? EFBIG : EINVAL;
        return NULL;
    }
    char *text = malloc((size_t)status.st_size + 1);
    while (text != NULL && used < (size_t)status.st_size) {
        ssize_t got = pread(fd, text + used, (size_t)status.st_size - used, (off_t)used);
        if (got == -1 && errno == EINTR)
            continue;
        if (got == -1) {
            free(text);
            return NULL;
        }
        if (got == 0)
            break;
        used += (size_t)got;
    }
    *size = used;
    return text;
}

static bool
split(struct wp_story *story, const char *text, size_t size, const char *path,
      struct wp_problem *problem)
{
    size_t number = 1;

    story->lines = json_array();
    for (size_t at = 0; at < size; number++) {
        const char *end = memchr(text + at, '\n', size - at);
        if (end == NULL)
            return true;
        json_error_t error;
        json_t *line = json_loadb(text + at, (size_t)(end - text) - at, 0, &error);
        if (!json_is_object(line)) {
            json_decref(line);
            return wrong(problem, path, number, "it is no JSON object");
        }
        (void)json_array_append_new(story->lines, line);
        at = (size_t)(end - text) + 1;
    }
    return true;
}

/* ---- the story ------------------------------------------------------------------------- */

static struct wp_episode *
add_episode(struct wp_story *story, const struct wp_plan *plan)
{
    struct wp_episode *larger = wp_alloc_array(story->arena, story->count + 1, sizeof *larger);

    if (story->count > 0)
        memcpy(larger, story->episodes, story->count * sizeof *larger);
    story->episodes = larger;
    struct wp_episode *episode = &larger[story->count++];
    episode->plan = *plan;
    episode->calls = wp_alloc_array(story->arena, plan->count + 1, sizeof *episode->calls);
    return episode;
}

static bool
read_return(struct wp_story *story, const json_t *back, struct wp_problem *problem)
{
    struct wp_plan plan = {.arena = story->arena,
                           .tenant = story->head.plan.tenant,
                           .tenant_kind = story->head.plan.tenant_kind,
                           .url = story->head.plan.url};
    bool right = wp_calls_read(&plan, json_object_get(back, "calls"), problem);

    (void)add_episode(story, &plan); /* which owns what was read, too */
    story->state = WP_JOURNAL_OPEN;
    return right;
}

/* {"call": 3, "state": "sending" | "done" | "not done"} */
static bool
read_call(struct wp_story *story, const json_t *line)
{
    struct wp_episode *episode = &story->episodes[story->count - 1];
    json_int_t number = json_integer_value(json_object_get(line, "call"));
    const char *state = json_string_value(json_object_get(line, "state"));
    const json_t *id = json_object_get(line, "id");

    if (state == NULL || number < 0 || (size_t)number != episode->done ||
        episode->done >= episode->plan.count)
        return false;
    episode->is_in_flight = strcmp(state, "sending") == 0;
    if (strcmp(state, "done") != 0)
        return episode->is_in_flight || strcmp(state, "not done") == 0;
    struct wp_journal_call *call = &episode->calls[episode->done++];
    call->is_done = true;
    call->id = json_string_value(id) == NULL
                   ? NULL
                   : wp_copy_text(story->arena, json_string_value(id), json_string_length(id));
    call->seen = json_object_get(line, "seen");
    call->has_seen = call->seen != NULL;
    if (json_is_null(call->seen))
        call->seen = NULL;
    return true;
}

static bool
read_state(struct wp_story *story, const json_t *line)
{
    static const struct {
        const char *word;
        enum wp_journal_state state;
    } states[] = {
        {"finished", WP_JOURNAL_FINISHED},   {"waiting", WP_JOURNAL_WAITING},
        {"confirmed", WP_JOURNAL_CONFIRMED}, {"returned", WP_JOURNAL_RETURNED},
        {"stopped", WP_JOURNAL_OPEN},        {"left", WP_JOURNAL_RETURNED},
    };
    const char *word = json_string_value(json_object_get(line, "state"));

    for (size_t i = 0; word != NULL && i < sizeof states / sizeof *states; i++) {
        if (strcmp(states[i].word, word) != 0)
            continue;
        story->state = states[i].state;
        story->until = json_integer_value(json_object_get(line, "until"));
        return true;
    }
    return false;
}

static bool
tell(struct wp_story *story, const char *path, struct wp_problem *problem)
{
    size_t i;
    json_t *line;

    if (json_array_size(story->lines) == 0)
        return wrong(problem, path, 1, "it does not begin with a plan");
    json_array_foreach(story->lines, i, line)
    {
        const json_t *back = json_object_get(line, "return");
        bool right;
        if (i == 0) {
            if (!wp_plan_file_read(&story->head, story->arena, json_object_get(line, "plan"),
                                   problem))
                return wrong(problem, path, 1, "it does not begin with a plan");
            (void)add_episode(story, &story->head.plan);
            continue;
        }
        if (back != NULL)
            right = read_return(story, back, problem);
        else if (json_object_get(line, "call") != NULL)
            right = read_call(story, line);
        else
            right = read_state(story, line);
        if (!right)
            return wrong(problem, path, i + 1, "it does not follow from what stands before it");
    }
    return true;
}

static bool
read_story(struct wp_story *story, struct wp_arena *arena, int fd, const char *path,
           struct wp_problem *problem)
{
    size_t size = 0;
    char *text = read_all(fd, &size);

    if (text == NULL)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "cannot read %s: %s", path,
                              strerror(errno));
    story->arena = arena;
    bool right = split(story, text, size, path, problem) && tell(story, path, problem);
    free(text);
    return right;
}

bool
wp_story_read(struct wp_story *story, struct wp_arena *arena, const char *path,
              struct wp_problem *problem)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *story = (struct wp_story){.arena = arena};
    if (fd == -1)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "cannot read %s: %s", path,
                              strerror(errno));
    bool right = read_story(story, arena, fd, path, problem);
    (void)close(fd);
    return right;
}

/* Cuts off a line that was never finished, so that the next one is whole. */
static bool
trim(int fd)
{
    size_t size = 0, whole = 0;
    char *text = read_all(fd, &size);

    if (text == NULL)
        return false;
    for (size_t i = 0; i < size; i++)
        whole = text[i] == '\n' ? i + 1 : whole;
    free(text);
    return whole == size || ftruncate(fd, (off_t)whole) == 0;
}

/* What another could have written is not to be believed. */
static bool
is_ours(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 022) == 0;
}

bool
wp_journal_open(struct wp_journal *journal, struct wp_story *story, struct wp_arena *arena,
                const char *path, struct wp_problem *problem)
{
    bool right;

    *story = (struct wp_story){.arena = arena};
    *journal = (struct wp_journal){.arena = arena, .path = path};
    journal->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK);
    if (journal->fd == -1)
        return wp_problem_set(problem, WP_PROBLEM_FAILED, "cannot open %s: %s", path,
                              strerror(errno));
    if (flock(journal->fd, LOCK_EX | LOCK_NB) != 0)
        right = wp_problem_set(problem, WP_PROBLEM_REFUSED,
                               "another woapol is at work with the journal %s", path);
    else if (!is_ours(journal->fd))
        right = wp_problem_set(problem, WP_PROBLEM_REFUSED,
                               "the journal %s could have been written by others: it must be your "
                               "own file, that only you can write",
                               path);
    else
        right = read_story(story, arena, journal->fd, path, problem) &&
                (trim(journal->fd) || wp_problem_set(problem, WP_PROBLEM_FAILED,
                                                     "cannot write %s: %s", path, strerror(errno)));
    if (!right)
        wp_journal_close(journal);
    return right;
}

void
wp_story_end(struct wp_story *story)
{
    for (size_t i = 1; i < story->count; i++)
        wp_plan_end(&story->episodes[i].plan);
    if (story->head.plan.arena != NULL)
        wp_plan_file_end(&story->head);
    json_decref(story->lines);
    *story = (struct wp_story){0};
}
