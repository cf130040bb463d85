/* Options of images from another machine become a source of the service. */
#include "compiler/cli/serve_remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const options[] = {"image-authorization", "image-cache",   "image-every",
                                      "image-limit",         "image-timeout", "ca"};

const char *
wp_serve_subject(const struct wp_invocation *invocation)
{
    const char *image = wp_option(invocation, "image", NULL);
    const char *subject = invocation->operand_count > 0 ? invocation->operands[0] : image;
    if (subject == NULL) {
        (void)wp_misuse(invocation, "name an image: FILE, or --image URL");
        return NULL;
    }
    if (image != NULL && invocation->operand_count > 0) {
        (void)wp_misuse(invocation, "either FILE or --image, not both");
        return NULL;
    }
    for (size_t i = 0; !wp_image_is_url(subject) && i < sizeof options / sizeof *options; i++)
        if (wp_has_option(invocation, options[i])) {
            (void)wp_misuse(invocation, "--%s is for images of a URL", options[i]);
            return NULL;
        }
    return subject;
}

static enum wp_fetch
fetch_image(void *context, const char *tag, struct wp_fetched *fetched)
{
    struct wp_serve_remote *remote = context;
    struct wp_problem problem = {.kind = WP_PROBLEM_NONE};
    struct wp_fetched_image image;
    _Static_assert(sizeof fetched->tag == sizeof image.tag, "a tag fits where it goes");

    if (!wp_image_fetch_get(remote->fetch, tag, &image, &problem)) {
        (void)snprintf(fetched->why, sizeof fetched->why, "%.*s", WP_WHY_SIZE - 1, problem.text);
        fetched->retry_seconds = image.retry_seconds;
        return WP_FETCH_FAILED;
    }
    if (!image.is_new)
        return WP_FETCH_SAME;
    fetched->bytes = image.bytes;
    fetched->size = image.size;
    memcpy(fetched->tag, image.tag, sizeof fetched->tag);
    return WP_FETCH_NEW;
}

static void
drop_image(void *context)
{
    struct wp_serve_remote *remote = context;
    wp_image_fetch_drop(remote->fetch);
}

static void
stop_fetching(void *context)
{
    struct wp_serve_remote *remote = context;
    wp_image_fetch_stop(remote->fetch);
}

/* Who only trusts the server trusts whoever takes it over; so a signature, and how
 * many, must be asked for in so many words. */
static int
check_trust(const struct wp_invocation *invocation)
{
    if (!wp_has_option(invocation, "key"))
        return wp_misuse(invocation,
                         "an image of a URL must be signed: name the public keys with --key");
    if (!wp_has_option(invocation, "threshold"))
        return wp_misuse(invocation,
                         "an image of a URL must be signed: say by how many of the keys with "
                         "--threshold");
    return WP_EXIT_DONE;
}

int
wp_serve_remote_open(const struct wp_invocation *invocation, const char *url,
                     struct wp_serve_remote *remote)
{
    struct wp_problem problem = {.kind = WP_PROBLEM_NONE};
    int64_t every, limit, timeout;
    int status = check_trust(invocation);
    if (status != WP_EXIT_DONE)
        return status;
    if (!wp_option_integer(invocation, "image-every", 1, 86400, 60, &every) ||
        !wp_option_integer(invocation, "image-limit", 1, 1024, 256, &limit) ||
        !wp_option_integer(invocation, "image-timeout", 1, 3600, 300, &timeout))
        return WP_EXIT_USAGE;
    struct wp_image_fetch_options fetch = {.url = url,
                                           .ca_file = wp_option(invocation, "ca", NULL),
                                           .largest = (size_t)limit << 20,
                                           .timeout_seconds = (unsigned)timeout,
                                           .authorization_file =
                                               wp_option(invocation, "image-authorization", NULL),
                                           .authorization = getenv("WOAPOL_IMAGE_AUTHORIZATION")};
    remote->fetch = wp_image_fetch_new(&fetch, &problem);
    if (remote->fetch == NULL)
        return problem.kind == WP_PROBLEM_USAGE ? wp_misuse(invocation, "%s", problem.text)
                                                : wp_fail(invocation, "%s", problem.text);
    remote->source = (struct wp_image_source){.fetch = fetch_image,
                                              .drop = drop_image,
                                              .stop = stop_fetching,
                                              .context = remote,
                                              .keep = wp_option(invocation, "image-cache", NULL),
                                              .seconds = (unsigned)every};
    return WP_EXIT_DONE;
}

void
wp_serve_remote_close(struct wp_serve_remote *remote)
{
    wp_image_fetch_free(remote->fetch);
    remote->fetch = NULL;
}
