/* woapol verify: whether an image is sound, rightly signed, and made of the
 * sources that it carries; and whether a tenant's export shows what was done there by
 * hand. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "compiler/cli/tenant_run.h"
#include "compiler/image_read.h"

/* The kind of the first section that decides and differs, or 0. What stands
 * behind those tells about the build only. */
static uint32_t
find_difference(const void *image, const void *again)
{
    for (uint32_t kind = 1; kind < WP_SECTION_KNOWN; kind++) {
        size_t size, other_size;
        const void *bytes = wp_image_section(image, kind, &size);
        const void *other = wp_image_section(again, kind, &other_size);
        if (bytes == NULL || other == NULL)
            size = other_size = bytes != other;
        if (size != other_size || (bytes != NULL && memcmp(bytes, other, size) != 0))
            return kind;
    }
    return 0;
}

/* Builds the image again from its own sources and compares what decides. */
static int
compare_sources(struct wp_opened *policy)
{
    struct wp_bytes again;
    int status = wp_policy_build(policy, woapol_generation(&policy->image), false, &again);
    if (status != WP_EXIT_DONE)
        return status;
    uint32_t kind = find_difference(policy->bytes, again.data);
    if (kind == 0)
        return WP_EXIT_DONE;
    return wp_fail(policy->invocation,
                   "%s: its section '%s' is not what its sources compile to with this version",
                   policy->path, wp_section_name(kind));
}

static void
print_signatures(const struct wp_opened *policy)
{
    for (size_t i = 0; i < policy->trust.trust.findings.count; i++) {
        const struct wp_signature_finding *finding = &policy->trust.trust.findings.findings[i];
        char id[2 * WP_KEY_ID_SIZE + 1];
        wp_key_id_text(finding->id, id);
        bool is_known = finding->state != WP_SIGNATURE_UNKNOWN_KEY;
        printf("%s: signature by key %s%s%s%s: %s\n", policy->path, id, is_known ? " (" : "",
               is_known ? policy->trust.names[finding->key] : "", is_known ? ")" : "",
               wp_signature_state_text(finding->state));
    }
}

/* ---- exports -------------------------------------------------------------------- */

/* Holds the export against the steps, and prints those that are not done. */
static int
check_export(struct wp_tenant_run *run, const json_t *export, const char *path)
{
    const struct wp_tenant_kind *kind = run->session.kind;
    struct wp_buffer lines = {.arena = run->arena};
    struct wp_problem problem = {0};
    size_t missing;

    if (kind->verify_export == NULL)
        return wp_fail(run->invocation, "nothing is done by hand in a tenant of kind '%s'",
                       kind->name);
    if (!kind->verify_export(&run->session, export, &lines, &missing, &problem))
        return wp_tenant_fail(run, &problem);
    if (lines.size > 0)
        (void)fwrite(lines.bytes, 1, lines.size, stdout);
    if (missing > 0)
        return WP_EXIT_DIFFERENT;
    printf("%s: every step is done\n", path);
    return WP_EXIT_DONE;
}

static int
verify_export(struct wp_invocation *invocation, const char *path)
{
    struct wp_tenant_run run;
    json_error_t fault;
    int status = wp_tenant_run_open(&run, invocation, invocation->operands[0], WP_TENANT_OFFLINE);

    if (status == WP_EXIT_DONE) {
        json_t *export = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
        status = export == NULL ? wp_fail(invocation, "%s: %s", path, fault.text)
                                : check_export(&run, export, path);
        json_decref(export);
    }
    wp_tenant_run_close(&run);
    return status;
}

int
wp_cmd_verify(struct wp_invocation *invocation)
{
    const char *export = wp_option(invocation, "export", NULL);
    struct wp_opened policy;
    size_t size;

    if (export != NULL)
        return verify_export(invocation, export);
    int status = wp_policy_open(&policy, invocation, invocation->operands[0],
                                WP_NEED_IMAGE | WP_NEED_IMAGE_FILE);
    bool has_sources = status == WP_EXIT_DONE && wp_image_source(policy.bytes, &size) != NULL;
    if (has_sources)
        status = wp_policy_recompile(&policy);
    if (has_sources && status == WP_EXIT_DONE)
        status = compare_sources(&policy);
    if (status == WP_EXIT_DONE) {
        print_signatures(&policy);
        printf("%s: sound%s\n", policy.path,
               has_sources ? ", and made of the sources that it carries"
                           : "; it carries no sources to hold it against");
    }
    wp_policy_close(&policy);
    return status;
}
