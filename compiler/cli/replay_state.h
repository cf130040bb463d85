/* The state file of `woapol replay`. */
#ifndef WP_CLI_REPLAY_STATE_H
#define WP_CLI_REPLAY_STATE_H

#include "compiler/cli/policy.h"
#include "compiler/replay/replay.h"

struct wp_state_file {
    const struct wp_invocation *invocation;
    const char *path;
    struct wp_replay_state state;
};

/* Reads the file that --state names, if there is one, and digests what it must be
 * about. `options` are the replay's, which then go on from there; `policies` are the
 * old one and the new one. The status, after messages. */
int wp_state_file_open(struct wp_state_file *file, const struct wp_invocation *invocation,
                       struct wp_arena *arena, const struct wp_opened policies[2],
                       struct wp_replay_options *options);

/* After a run that refused the state: says why, and returns the status. */
int wp_state_file_refuse(const struct wp_state_file *file, const struct wp_replay *replay);

#endif
