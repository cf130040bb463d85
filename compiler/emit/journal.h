/*
 * The journal of a push: JSON lines, each on the disk before the next thing
 * happens, so that whatever ends the program, what was done can be told.
 *
 * The first line holds the plan (plan_file.h). "sending" is written before a call
 * goes out and "done" after it was read back; a call that has only the first may
 * or may not have taken effect. When a push goes back, the calls for that are a
 * plan of their own in the same file: an episode. Only the owner can read a
 * journal, and it holds no secret.
 */
#ifndef WP_EMIT_JOURNAL_H
#define WP_EMIT_JOURNAL_H

#include "compiler/emit/plan_file.h"

struct wp_journal {
    struct wp_arena *arena;
    int fd; /* locked while it is open */
    const char *path;
};

/* Where journals lie unless --journal says otherwise: woapol in the user's folder
 * for state. NULL when there is no such folder. */
const char *wp_journal_folder(struct wp_arena *arena);

/* Begins a journal in the folder, which is made if need be; named after the tenant
 * and the time. `document` is given back. */
bool wp_journal_create(struct wp_journal *journal, struct wp_arena *arena, const char *folder,
                       const char *tenant, json_t *document, struct wp_problem *problem);

/* Adds a line, which is given back, with the time; on the disk when it returns. */
bool wp_journal_add(struct wp_journal *journal, json_t *line, struct wp_problem *problem);
void wp_journal_close(struct wp_journal *journal);

/* ---- what has happened ------------------------------------------------------ */

/* What one call came to. */
struct wp_journal_call {
    bool is_done;
    const char *id; /* of the object afterwards, or NULL */
    bool has_seen;  /* the tenant holds something else than was sent: */
    json_t *seen;   /* this, or NULL: nothing; borrowed from the story */
};

struct wp_episode {
    struct wp_plan plan; /* episode 0: a copy of the head's */
    struct wp_journal_call *calls;
    size_t done;       /* how many of the first calls are done */
    bool is_in_flight; /* what became of the next one is not known */
};

enum wp_journal_state {
    WP_JOURNAL_OPEN,      /* not finished */
    WP_JOURNAL_FINISHED,  /* all was done */
    WP_JOURNAL_WAITING,   /* all was done, to be confirmed until `until` */
    WP_JOURNAL_CONFIRMED, /* and was */
    WP_JOURNAL_RETURNED   /* went back to where it began, or to a checkpoint */
};

struct wp_story {
    struct wp_arena *arena;
    struct wp_plan_file head;
    struct wp_episode *episodes;
    size_t count;
    enum wp_journal_state state;
    int64_t until; /* seconds since 1970 */
    json_t *lines; /* all of it */
};

/* Opens a journal to go on with it, and reads it. It must be a file that only we
 * can write; one that another woapol is at work with is refused. The story is to
 * be ended in any case, the journal closed only when true is returned. */
bool wp_journal_open(struct wp_journal *journal, struct wp_story *story, struct wp_arena *arena,
                     const char *path, struct wp_problem *problem);

/* Only reads it: another woapol may be at work with it. */
bool wp_story_read(struct wp_story *story, struct wp_arena *arena, const char *path,
                   struct wp_problem *problem);
void wp_story_end(struct wp_story *story);

/* The newest journal in the folder that is of this tenant's address; with
 * `unfinished` of those that are OPEN or WAITING, else of those that did not go back.
 * `url` NULL: of any tenant. NULL when there is none. */
const char *wp_journal_find(struct wp_arena *arena, const char *folder, const char *url,
                            bool unfinished);

/* Marks a push that is waiting as confirmed; another woapol holds its journal open.
 * WP_PROBLEM_REFUSED when it does not wait, or no longer. */
bool wp_journal_confirm(struct wp_arena *arena, const char *path, struct wp_problem *problem);

#endif
