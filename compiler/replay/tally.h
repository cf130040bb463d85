/*
 * What is counted while a log is replayed. Each thread has a tally of its own; in
 * the end they are joined. Everything in it is a sum, a set, or what stands first in
 * the log, so the result does not depend on the threads.
 */
#ifndef WP_REPLAY_TALLY_H
#define WP_REPLAY_TALLY_H

#include "compiler/analysis/strength.h"
#include "compiler/replay/distinct.h"
#include "compiler/replay/record.h"
#include "compiler/replay/side.h"
#include "compiler/replay/state_io.h"
#include "compiler/replay/used.h"

/* What becomes of a sign-in from the old policy to the new one. */
enum wp_change {
    WP_CHANGE_NONE,
    WP_CHANGE_STRICTER,
    WP_CHANGE_LOOSER,
    WP_CHANGE_MIXED,
    WP_CHANGE_OTHER,
    WP_CHANGE_UNKNOWN, /* groups that the log does not tell decide it */
    WP_CHANGE_COUNT
};

/* Columns of every table of counts: how it is decided now, and what that changes. */
enum wp_column {
    WP_COLUMN_DENY,
    WP_COLUMN_ALLOW,
    WP_COLUMN_AUTHENTICATE,
    WP_COLUMN_UNKNOWN,
    WP_COLUMN_CHANGES, /* then one for each change */
    WP_COLUMN_COUNT = WP_COLUMN_CHANGES + WP_CHANGE_COUNT
};

#define WP_SAMPLES 3
#define WP_SAMPLE_LENGTH 160
struct wp_sample {
    uint64_t record; /* of all; 0: none */
    uint64_t in_file;
    size_t file, length;
    char text[WP_SAMPLE_LENGTH];
};

/* Sign-ins that go from one outcome to another. */
struct wp_cell {
    uint32_t before, after;
    enum wp_change change;
    uint64_t count;
    struct wp_distinct people;
    uint64_t record; /* of the witness */
    char *witness;   /* JSON, or NULL */
};

/* Sign-ins of one day; `what` is an outcome, or a column behind the outcomes. */
struct wp_day {
    uint32_t what, day; /* since 1970 */
    uint64_t count;     /* 0: free */
};
#define WP_DAYS_MAX (1u << 16)

/* Sign-ins that the log says another rule has decided than we do. */
struct wp_mismatch {
    uint32_t outcome;
    uint64_t count, record;
    size_t length;
    char *logged, *witness;
};
#define WP_MISMATCHES_MAX 4096

struct wp_fidelity {
    uint64_t rules, rules_agreed, effects, effects_agreed;
    struct wp_mismatch *mismatches;
    size_t count;
    bool overflowed; /* too many different ones: none is told */
};

struct wp_tally {
    const struct wp_side *sides; /* [0] old, [1] new; sides[0].image NULL: no old one */
    uint64_t read, decided, skipped[WP_SKIP_COUNT];
    struct wp_sample samples[WP_SKIP_COUNT][WP_SAMPLES];
    struct wp_cell **cells; /* an open hash table */
    size_t cell_count, cell_capacity;
    uint64_t columns[WP_COLUMN_COUNT];
    uint64_t (*devices)[WP_COLUMN_COUNT]; /* by number of the new image */
    uint64_t (*groups)[WP_COLUMN_COUNT];
    uint64_t (*networks)[WP_COLUMN_COUNT]; /* named ones of the new model; last: none */
    uint64_t (*hours)[WP_COLUMN_COUNT];    /* of the week, from Monday, UTC */
    struct wp_used *used;                  /* by network, as above */
    size_t device_count, group_count, network_count;
    struct wp_day *days; /* an open hash table of twice WP_DAYS_MAX */
    size_t day_count;
    bool days_overflowed;
    struct wp_distinct people, touched[WP_CHANGE_COUNT];
    struct wp_fidelity fidelity;
    uint64_t friction[2][WP_FRICTION_COUNT]; /* by side */
    uint64_t untimed, ungrouped;             /* sign-ins without a time; without known groups */
    int64_t first, last;                     /* times */
    bool failed;                             /* memory ran out */
};

#define WP_HOURS 168
#define WP_NETWORKS_MAX 256

bool wp_tally_init(struct wp_tally *tally, const struct wp_side *sides);
void wp_tally_fini(struct wp_tally *tally);

/* A sign-in that has been decided. `before` is 0 when there is no old policy. */
struct wp_decided {
    const struct wp_event *event;
    uint32_t before, after;
    uint64_t record;
    uint64_t person;                   /* hash of the name, 0 for none */
    struct woapol_request requests[2]; /* by side; it names what is decided */
    bool enrolls[2];                   /* by side: denied, and not if the device were managed */
    /* Writes the request as JSON, to be freed; NULL when memory runs out. */
    char *(*witness)(void *context, const struct wp_event *event);
    void *context;
};
void wp_tally_decided(struct wp_tally *tally, const struct wp_decided *decided);

/* A record that is skipped. */
void wp_tally_skipped(struct wp_tally *tally, enum wp_skip skip, const struct wp_sample *where,
                      const char *text, size_t length);

/* Adds another's counts; it loses what it had. */
void wp_tally_join(struct wp_tally *tally, struct wp_tally *other);

/* Visits all of it (tally_state.c); what is read goes into a new tally of the same
 * sides. */
void wp_tally_visit(struct wp_tally *tally, struct wp_state_io *io, size_t file_count);

/* The cell of two outcomes, made if it is new; NULL when memory runs out. */
struct wp_cell *wp_tally_cell(struct wp_tally *tally, uint32_t before, uint32_t after);

/* The parts of the three: tally_time.c, tally_friction.c, fidelity.c. */
void wp_tally_time(struct wp_tally *tally, const struct wp_decided *decided, enum wp_change change,
                   unsigned column);
void wp_tally_add_day(struct wp_tally *tally, uint32_t what, uint32_t day, uint64_t count);
void wp_tally_friction(struct wp_tally *tally, const struct wp_decided *decided);
void wp_tally_join_days(struct wp_tally *tally, const struct wp_tally *other);
void wp_fidelity_add(struct wp_tally *tally, const struct wp_decided *decided);
void wp_fidelity_join(struct wp_fidelity *fidelity, struct wp_fidelity *other);
void wp_fidelity_fini(struct wp_fidelity *fidelity);

#endif
