/* Opening a policy. The first bytes and the name tell an image from a source; after
 * that the two ways meet: an image to evaluate, and a model when it is needed. */
#include "compiler/cli/policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compiler/analysis/analysis.h"
#include "compiler/bundle.h"
#include "compiler/cli/options.h"
#include "compiler/cli/output.h"
#include "compiler/image_read.h"
#include "compiler/load.h"

#define MAX_FILE ((size_t)2 << 30)

bool
wp_looks_like_image(const char *path, const char *bytes, size_t size)
{
    size_t length = strlen(path);
    if (length >= 4 && strcmp(path + length - 4, ".wob") == 0)
        return true;
    return size >= 4 && memcmp(bytes, WP_MAGIC, 4) == 0;
}

/* The file has been read already, and it may be a pipe, so it is not read again. */
static const char *
read_opened(void *context, struct wp_arena *arena, const char *path, size_t *length,
            const char **reason)
{
    struct wp_opened *policy = context;
    if (strcmp(path, policy->path) != 0)
        return wp_file_reader.read(wp_file_reader.context, arena, path, length, reason);
    *length = policy->size;
    return policy->bytes;
}

#define MAX_FACTS ((size_t)256 << 20)

/* The files that --facts names, where the command has it. */
static int
read_facts(struct wp_opened *policy)
{
    const struct wp_invocation *invocation = policy->invocation;
    struct wp_facts_file *files;
    size_t count = 0;

    if (wp_find_option(invocation->command, "facts") == NULL)
        return WP_EXIT_DONE;
    while (wp_option_number(invocation, "facts", count) != NULL)
        count++;
    files = wp_alloc_array(policy->arena, count + 1, sizeof *files);
    for (size_t i = 0; i < count; i++) {
        files[i].name = wp_option_number(invocation, "facts", i);
        files[i].text =
            wp_read_input(invocation, policy->arena, files[i].name, MAX_FACTS, &files[i].length);
        if (files[i].text == NULL)
            return WP_EXIT_FAILED;
    }
    policy->facts = files;
    policy->fact_count = count;
    return WP_EXIT_DONE;
}

static int
compile_source(struct wp_opened *policy)
{
    const struct wp_reader reader = {.read = read_opened, .context = policy};
    const struct wp_compile_options options = {.reader = &reader,
                                               .out_of_memory = wp_exit_out_of_memory,
                                               .facts = policy->facts,
                                               .fact_count = policy->fact_count};
    policy->has_compilation = true;
    bool compiles = wp_compile(&policy->compilation, policy->path, &options);
    if (policy->needs & WP_NEED_FINDINGS)
        return WP_EXIT_DONE;
    if (compiles) {
        wp_analyse_errors(&policy->compilation.diagnostics, policy->compilation.model);
        if (policy->compilation.diagnostics.errors == 0)
            return WP_EXIT_DONE;
    }
    wp_print_findings(policy->invocation, stderr, &policy->compilation.diagnostics);
    return WP_EXIT_WRONG;
}

static int
open_image(struct wp_opened *policy, struct wp_asked_trust *asked)
{
    const struct woapol_options options = {.size = sizeof options,
                                           .check = wp_trust_check,
                                           .context = asked == NULL ? NULL : &asked->trust};
    struct woapol_fault fault = {0};
    enum woapol_status status =
        woapol_open(&policy->image, policy->bytes, policy->size,
                    asked != NULL && asked->is_asked ? &options : NULL, &fault);
    if (status == WOAPOL_OK)
        return WP_EXIT_DONE;
    if (status == WOAPOL_E_SIGNATURE)
        return wp_refuse_signatures(policy->invocation, policy->path, asked);
    return wp_fail(policy->invocation, "%s: %s: %s, at byte %" PRIu64, policy->path,
                   woapol_status_text(status), fault.reason, fault.offset);
}

static int
open_source(struct wp_opened *policy)
{
    if (policy->trust.is_asked) {
        (void)wp_fail(policy->invocation,
                      "%s is a source, and only images are signed; build and sign it first",
                      policy->path);
        return WP_EXIT_SIGNATURE;
    }
    int status = compile_source(policy);
    if (status != WP_EXIT_DONE || !(policy->needs & WP_NEED_IMAGE))
        return status;
    struct wp_bytes image;
    status = wp_policy_build(policy, 0, false, &image);
    if (status != WP_EXIT_DONE)
        return status;
    policy->bytes = (const char *)image.data;
    policy->size = image.size;
    return open_image(policy, NULL);
}

int
wp_policy_build(struct wp_opened *policy, uint64_t generation, bool with_sources,
                struct wp_bytes *image)
{
    struct wp_compilation *compilation = &policy->compilation;
    struct wp_image_options options = {.optimise = true, .generation = generation};
    const char *reason = NULL;
    if (with_sources) {
        options.provenance = wp_format(policy->arena, "woapol %s", woapol_version());
        options.source_bundle = wp_bundle_write(policy->arena, &compilation->sources,
                                                &options.source_bundle_size, &reason);
        if (options.source_bundle == NULL)
            return wp_fail(policy->invocation, "%s: its sources: %s", policy->path, reason);
    }
    if (wp_build_image(compilation->model, &options, image, &compilation->diagnostics))
        return WP_EXIT_DONE;
    wp_print_findings(policy->invocation, stderr, &compilation->diagnostics);
    return WP_EXIT_WRONG;
}

int
wp_policy_recompile(struct wp_opened *policy)
{
    /* They were good when it was built: annotations expired since do not count. */
    struct wp_bundle *bundle = wp_alloc(policy->arena, sizeof *bundle);
    const char *reason = NULL;
    size_t size;
    const void *section = wp_image_source(policy->bytes, &size);
    if (section == NULL)
        return wp_fail(policy->invocation, "%s: the image carries no sources, which this needs",
                       policy->path);
    if (!wp_bundle_read(bundle, policy->arena, section, size, &reason))
        return wp_fail(policy->invocation, "%s: its sources: %s", policy->path, reason);
    struct wp_reader *reader = wp_alloc(policy->arena, sizeof *reader);
    *reader = wp_bundle_reader(bundle);
    const struct wp_compile_options options = {.reader = reader,
                                               .today = -1,
                                               .out_of_memory = wp_exit_out_of_memory,
                                               .facts = policy->facts,
                                               .fact_count = policy->fact_count};
    policy->has_compilation = true;
    if (wp_compile(&policy->compilation, bundle->files[0].name, &options))
        return WP_EXIT_DONE;
    wp_print_findings(policy->invocation, stderr, &policy->compilation.diagnostics);
    return wp_fail(policy->invocation, "%s: the sources in the image do not compile with %s",
                   policy->path, policy->fact_count > 0 ? "these facts" : "this version");
}

int
wp_policy_open(struct wp_opened *policy, const struct wp_invocation *invocation, const char *path,
               unsigned needs)
{
    *policy = (struct wp_opened){.invocation = invocation, .path = path, .needs = needs};
    policy->arena = wp_arena_new(wp_exit_out_of_memory, NULL);
    if (policy->arena == NULL)
        wp_exit_out_of_memory(NULL);
    int status = wp_read_trust(invocation, policy->arena, &policy->trust);
    if (status == WP_EXIT_DONE)
        status = read_facts(policy);
    if (status != WP_EXIT_DONE)
        return status;
    policy->bytes = wp_read_input(invocation, policy->arena, path, MAX_FILE, &policy->size);
    if (policy->bytes == NULL)
        return WP_EXIT_FAILED;
    policy->is_image = wp_looks_like_image(path, policy->bytes, policy->size);
    if (!policy->is_image && (needs & WP_NEED_IMAGE_FILE))
        return wp_fail(invocation, "%s is not an image; 'woapol build' makes one of a source",
                       path);
    if (!policy->is_image)
        return open_source(policy);
    status = open_image(policy, &policy->trust);
    if (status != WP_EXIT_DONE || !(needs & WP_NEED_MODEL))
        return status;
    return wp_policy_recompile(policy);
}

void
wp_policy_close(struct wp_opened *policy)
{
    if (policy->has_compilation)
        wp_compilation_end(&policy->compilation);
    wp_arena_free(policy->arena);
    *policy = (struct wp_opened){0};
}
