#include "compiler/replay/state.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

/* The number is that of the layout: what is counted, and how, changes it. */
static const char magic[24] = "woapol replay state 2\n";

static bool
digest(const void *bytes, size_t size, unsigned char *out)
{
    return EVP_Digest(bytes, size, out, NULL, EVP_sha256(), NULL) == 1;
}

static void
visit(struct wp_state_io *io, struct wp_tally *tally, struct wp_seen *seen, struct wp_logs *source)
{
    wp_logs_visit(source, io);
    if (source->are_others)
        return;
    if (source->next > 0)
        wp_tally_visit(tally, io, source->next);
    wp_state_doubt(io, tally->read != source->records);
    wp_seen_visit(seen, io);
}

bool
wp_state_save(const struct wp_replay_state *state, struct wp_tally *tally, struct wp_seen *seen,
              struct wp_logs *source)
{
    struct wp_state_io io = {0};
    char text[sizeof magic];
    unsigned char about[sizeof state->about], check[WP_STATE_DIGEST];
    memcpy(text, magic, sizeof text);
    memcpy(about, state->about, sizeof about);
    wp_state_bytes(&io, text, sizeof text);
    wp_state_bytes(&io, about, sizeof about);
    visit(&io, tally, seen, source);
    bool done = !io.failed && digest(io.bytes, io.length, check);
    if (done)
        wp_state_bytes(&io, check, sizeof check);
    done = done && !io.failed && state->save(state->context, io.bytes, io.length);
    free(io.bytes);
    return done;
}

/* Whether the bytes are those of a state that was saved whole. */
static bool
is_whole(const struct wp_replay_state *state)
{
    unsigned char check[WP_STATE_DIGEST];
    size_t least = sizeof magic + sizeof state->about + sizeof check;
    return state->size >= least && memcmp(state->bytes, magic, sizeof magic) == 0 &&
           digest(state->bytes, state->size - sizeof check, check) &&
           memcmp(state->bytes + state->size - sizeof check, check, sizeof check) == 0;
}

enum wp_state_result
wp_state_load(const struct wp_replay_state *state, struct wp_tally *tally, struct wp_seen *seen,
              struct wp_logs *source, enum wp_state_about *other, const char **path)
{
    unsigned char about[WP_STATE_ABOUT_COUNT][WP_STATE_DIGEST];
    if (!is_whole(state))
        return WP_STATE_DAMAGED;
    struct wp_state_io io = {.is_reading = true,
                             .bytes = (unsigned char *)(uintptr_t)state->bytes,
                             .at = sizeof magic,
                             .length = state->size - WP_STATE_DIGEST};
    wp_state_bytes(&io, about, sizeof about);
    for (unsigned i = 0; i < WP_STATE_ABOUT_COUNT; i++) {
        *other = (enum wp_state_about)i;
        if (memcmp(about[i], state->about[i], WP_STATE_DIGEST) != 0)
            return WP_STATE_OTHER;
    }
    visit(&io, tally, seen, source);
    if (source->are_others)
        return WP_STATE_OTHER_LOGS;
    if (io.failed || io.at != io.length)
        return WP_STATE_DAMAGED;
    *path = wp_logs_return(source);
    return *path == NULL ? WP_STATE_DONE : WP_STATE_LOG_CHANGED;
}
