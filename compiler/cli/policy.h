/*
 * Opening "a policy" for any command: a source or an image. What starts as
 * an image does or is named *.wob is an image, and refused if it is none.
 *
 * A source is compiled and its image built in memory; an image is verified, and
 * its signatures, too, when the command has the options --key, --threshold and
 * --require-signature and they were given. Either way the same evaluator runs
 * on the same bytes. The model of an image is compiled again from the sources
 * that it carries, with their names and places, when a command needs it.
 */
#ifndef WP_CLI_POLICY_H
#define WP_CLI_POLICY_H

#include "compiler/cli/cli.h"
#include "compiler/cli/trust.h"
#include "compiler/compile.h"
#include "compiler/image.h"
#include "woapol.h"

/* What a command needs of a policy. Who needs the findings shows them: they are
 * not printed then, and a source that does not compile is opened all the same,
 * without a model. */
enum wp_policy_need {
    WP_NEED_IMAGE = 1,
    WP_NEED_MODEL = 2,
    WP_NEED_FINDINGS = 4,
    WP_NEED_IMAGE_FILE = 8 /* a source will not do */
};

struct wp_opened {
    const struct wp_invocation *invocation;
    const char *path;
    unsigned needs;         /* of enum wp_policy_need */
    bool is_image;          /* the file is one */
    struct wp_arena *arena; /* holds the file's bytes */
    const char *bytes;      /* the file, or the image made of the source */
    size_t size;
    struct woapol_image image; /* if the image is needed, or the file is one */
    bool has_compilation;
    struct wp_compilation compilation; /* if the model is needed, or the file is a source */
    const struct wp_facts_file *facts; /* of --facts */
    size_t fact_count;
    struct wp_asked_trust trust; /* whose signatures were asked for, and found */
};

/* Is the file meant as an image? Four bytes of the magic say so, however damaged
 * the rest, and so does the name: an image that lost its bytes must not be taken
 * for the empty policy. */
bool wp_looks_like_image(const char *path, const char *bytes, size_t size);

/*
 * Opens the policy at `path`. Returns WP_EXIT_DONE, or another status after
 * messages: WP_EXIT_FAILED when it cannot be read or is no sound image,
 * WP_EXIT_WRONG after the findings when it does not compile, WP_EXIT_SIGNATURE.
 * To be ended with wp_policy_close in any case.
 */
int wp_policy_open(struct wp_opened *policy, const struct wp_invocation *invocation,
                   const char *path, unsigned needs);
void wp_policy_close(struct wp_opened *policy);

/* Compiles the sources that an image carries; the status, after messages. */
int wp_policy_recompile(struct wp_opened *policy);

/*
 * Builds the image of the compiled model into the arena. With sources it is what
 * `woapol build` writes; without, it is only to be evaluated. Returns the status,
 * after messages.
 */
int wp_policy_build(struct wp_opened *policy, uint64_t generation, bool with_sources,
                    struct wp_bytes *image);

#endif
