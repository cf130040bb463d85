/* Writing journals: every line is whole and on the disk before we go on. */
#include "compiler/emit/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *
wp_journal_folder(struct wp_arena *arena)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (state != NULL && state[0] == '/')
        return wp_format(arena, "%s/woapol", state);
    if (home != NULL && home[0] == '/')
        return wp_format(arena, "%s/.local/state/woapol", home);
    return NULL;
}

static bool
fail(struct wp_problem *problem, const char *verb, const char *path)
{
    return wp_problem_set(problem, WP_PROBLEM_FAILED, "cannot %s the journal %s: %s", verb, path,
                          strerror(errno));
}

/* As mkdir -p, each for its owner alone. */
static bool
make_folder(struct wp_arena *arena, const char *folder)
{
    char *path = wp_copy_text(arena, folder, strlen(folder));

    for (char *slash = path + 1; *slash != '\0'; slash++) {
        if (*slash != '/')
            continue;
        *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* What a file's name can hold of a tenant's. */
static const char *
file_name(struct wp_arena *arena, const char *tenant)
{
    char *name = wp_copy_text(arena, tenant, strlen(tenant) > 64 ? 64 : strlen(tenant));

    for (char *c = name; *c != '\0'; c++)
        if (!((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z')))
            *c = '-';
    return name;
}

static bool
create_file(struct wp_journal *journal, const char *folder, const char *tenant)
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm utc;

    (void)gmtime_r(&now, &utc);
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
    for (unsigned i = 0; i < 100; i++) {
        journal->path = wp_format(journal->arena, "%s/%s-%s%s.journal", folder,
                                  file_name(journal->arena, tenant), stamp,
                                  i == 0 ? "" : wp_format(journal->arena, "_%u", i + 1));
        journal->fd = open(journal->path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (journal->fd != -1 || errno != EEXIST)
            break;
    }
    return journal->fd != -1;
}

static void
sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd == -1)
        return;
    (void)fsync(fd);
    (void)close(fd);
}

bool
wp_journal_create(struct wp_journal *journal, struct wp_arena *arena, const char *folder,
                  const char *tenant, json_t *document, struct wp_problem *problem)
{
    *journal = (struct wp_journal){.arena = arena, .fd = -1, .path = folder};
    json_t *line = json_pack("{s:i, s:o}", "journal", 1, "plan", document);

    if (line == NULL)
        return wp_problem_set(problem, WP_PROBLEM_FAILED,
                              "the plan holds a name that is no UTF-8 text");
    if (!make_folder(arena, folder) || !create_file(journal, folder, tenant)) {
        json_decref(line);
        return fail(problem, "make", journal->path);
    }
    if (flock(journal->fd, LOCK_EX | LOCK_NB) == 0 && wp_journal_add(journal, line, problem)) {
        sync_folder(folder);
        return true;
    }
    (void)fail(problem, "write", journal->path);
    (void)unlink(journal->path);
    wp_journal_close(journal);
    return false;
}

static bool
write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written == -1 && errno == EINTR)
            continue;
        if (written == -1)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

bool
wp_journal_add(struct wp_journal *journal, json_t *line, struct wp_problem *problem)
{
    if (line != NULL)
        (void)json_object_set_new(line, "time", json_integer((json_int_t)time(NULL)));
    char *text = line == NULL ? NULL : json_dumps(line, JSON_COMPACT);
    size_t size = text == NULL ? 0 : strlen(text);
    bool done = false;

    json_decref(line);
    errno = ENOMEM;
    if (text != NULL) {
        text[size] = '\n'; /* in place of the NUL, which nobody reads any more */
        done = write_all(journal->fd, text, size + 1) && fdatasync(journal->fd) == 0;
    }
    free(text);
    return done || fail(problem, "write", journal->path);
}

void
wp_journal_close(struct wp_journal *journal)
{
    if (journal->fd != -1)
        (void)close(journal->fd);
    journal->fd = -1;
}

/* ---- looking for one ------------------------------------------------------------------- */

static bool
is_journal(const char *name)
{
    size_t length = strlen(name);
    return length > 8 && strcmp(name + length - 8, ".journal") == 0;
}

static bool
is_looked_for(struct wp_arena *arena, const char *path, const char *url, bool unfinished,
              int64_t *time)
{
    struct wp_story story;
    struct wp_problem ignored = {0};
    bool found = wp_story_read(&story, arena, path, &ignored) &&
                 (url == NULL || strcmp(story.head.plan.url, url) == 0);

    if (unfinished)
        found = found && (story.state == WP_JOURNAL_OPEN || story.state == WP_JOURNAL_WAITING);
    else
        found = found && story.state != WP_JOURNAL_RETURNED;
    *time = json_integer_value(json_object_get(json_array_get(story.lines, 0), "time"));
    wp_story_end(&story);
    return found;
}

const char *
wp_journal_find(struct wp_arena *arena, const char *folder, const char *url, bool unfinished)
{
    DIR *stream = opendir(folder);
    const char *newest = NULL;
    int64_t newest_time = INT64_MIN, time;

    if (stream == NULL)
        return NULL;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        const char *path = wp_format(arena, "%s/%s", folder, entry->d_name);
        if (!is_journal(entry->d_name) || !is_looked_for(arena, path, url, unfinished, &time))
            continue;
        /* Of several in one second the one with the last name, which has a number. */
        if (time > newest_time || (time == newest_time && strverscmp(path, newest) > 0)) {
            newest = path;
            newest_time = time;
        }
    }
    (void)closedir(stream);
    return newest;
}

bool
wp_journal_confirm(struct wp_arena *arena, const char *path, struct wp_problem *problem)
{
    struct wp_story story;
    struct wp_journal journal = {.arena = arena, .path = path};
    bool right = wp_story_read(&story, arena, path, problem);

    if (right && (story.state != WP_JOURNAL_WAITING || story.until < (int64_t)time(NULL)))
        right = wp_problem_set(problem, WP_PROBLEM_REFUSED,
                               "%s: that push does not wait for a confirmation%s", path,
                               story.state == WP_JOURNAL_WAITING ? " any longer" : "");
    wp_story_end(&story);
    if (!right)
        return false;
    journal.fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (journal.fd == -1)
        return fail(problem, "open", path);
    right = wp_journal_add(&journal, json_pack("{s:s}", "state", "confirmed"), problem);
    wp_journal_close(&journal);
    return right;
}
