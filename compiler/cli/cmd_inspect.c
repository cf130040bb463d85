/* woapol inspect: what is in an image. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "compiler/bundle.h"
#include "compiler/decide/json_text.h"
#include "compiler/cli/policy.h"
#include "compiler/image_read.h"

/* The things that are counted, with what they are called. */
static const struct {
    enum woapol_kind kind;
    const char *name;
    uint32_t first; /* 1 where number 0 is none of them */
} kinds[] = {{WOAPOL_POLICY, "policies", 0}, {WOAPOL_RULE, "rules", 0},
             {WOAPOL_APP, "apps", 1},        {WOAPOL_GROUP, "groups", 1},
             {WOAPOL_USER, "users", 1},      {WOAPOL_DEVICE, "devices", 1},
             {WOAPOL_METHOD, "methods", 1}};
#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

/* What an inspection shows. */
struct inspection {
    const struct wp_opened *policy;
    struct wp_image_facts facts;
    struct wp_bundle sources;
    struct wp_signature_findings signatures;
};

static int
inspect(struct inspection *inspection, struct wp_opened *policy)
{
    inspection->policy = policy;
    wp_image_facts(&inspection->facts, policy->arena, policy->bytes, policy->size);
    const char *reason = NULL;
    size_t size, part;
    const void *sources = wp_image_source(policy->bytes, &size);
    if (sources != NULL &&
        !wp_bundle_read(&inspection->sources, policy->arena, sources, size, &reason))
        return wp_fail(policy->invocation, "%s: its sources: %s", policy->path, reason);
    struct wp_signed_image image = {.bytes = wp_image_signed_part(policy->bytes, &part)};
    image.size = part;
    const void *records = wp_image_signatures(policy->bytes, &size);
    (void)wp_signatures_check(&image, records, size, NULL, 0, 0, &inspection->signatures);
    return WP_EXIT_DONE;
}

static uint32_t
count_of(const struct inspection *inspection, size_t kind)
{
    uint32_t count = woapol_count(&inspection->policy->image, kinds[kind].kind);
    return count > kinds[kind].first ? count - kinds[kind].first : 0;
}

/* ---- for a person ------------------------------------------------------------ */

static void
print_moment(const char *label, uint64_t seconds)
{
    char text[32];
    time_t moment = (time_t)seconds;
    struct tm parts;
    if (seconds == 0)
        return;
    if (gmtime_r(&moment, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        printf(", %s second %" PRIu64, label, seconds);
    else
        printf(", %s %s", label, text);
}

static void
print_signatures(const struct inspection *inspection)
{
    const struct wp_signature_findings *signatures = &inspection->signatures;
    if (signatures->count == 0)
        printf("signatures   none\n");
    for (size_t i = 0; i < signatures->count; i++) {
        char id[2 * WP_KEY_ID_SIZE + 1];
        wp_key_id_text(signatures->findings[i].id, id);
        printf("%s by key %s", i == 0 ? "signatures  " : "            ", id);
        print_moment("from", signatures->findings[i].validity.not_before);
        print_moment("until", signatures->findings[i].validity.not_after);
        printf("\n");
    }
}

static void
print_human(const struct inspection *inspection)
{
    const struct wp_image_facts *facts = &inspection->facts;
    printf("image        %s\n", inspection->policy->path);
    printf("format       %u.%u\n", facts->major, facts->minor);
    printf("built by     %s\n", facts->provenance == NULL ? "unknown" : facts->provenance);
    printf("size         %" PRIu64 " bytes\n", facts->size);
    printf("checksum     %016" PRIx64 "\n", facts->checksum);
    printf("generation   %" PRIu64 "\n", facts->generation);
    print_signatures(inspection);
    for (size_t i = 0; i < KIND_COUNT; i++)
        printf("%-12s %" PRIu32 "\n", kinds[i].name, count_of(inspection, i));
    for (uint32_t i = 0; i < inspection->sources.count; i++)
        printf("%s %s, %" PRIu32 " bytes\n", i == 0 ? "sources     " : "            ",
               inspection->sources.files[i].name, inspection->sources.files[i].length);
    if (inspection->sources.count == 0)
        printf("sources      none\n");
    printf("sections\n");
    for (uint32_t i = 0; i < facts->section_count; i++)
        printf("  %-17s %10" PRIu64 " bytes\n", facts->sections[i].name, facts->sections[i].size);
}

/* ---- for a program ------------------------------------------------------------- */

static void
put_number(struct wp_json_text *text, const char *key, uint64_t number)
{
    wp_json_string(text, key, strlen(key));
    wp_json_puts(text, ":");
    wp_json_number(text, number);
}

static void
put_signatures(struct wp_json_text *text, const struct wp_signature_findings *signatures)
{
    wp_json_puts(text, ",\"signatures\":[");
    for (size_t i = 0; i < signatures->count; i++) {
        char id[2 * WP_KEY_ID_SIZE + 1];
        wp_key_id_text(signatures->findings[i].id, id);
        wp_json_puts(text, i == 0 ? "{\"key\":\"" : ",{\"key\":\"");
        wp_json_puts(text, id);
        wp_json_puts(text, "\",");
        put_number(text, "not_before", signatures->findings[i].validity.not_before);
        wp_json_puts(text, ",");
        put_number(text, "not_after", signatures->findings[i].validity.not_after);
        wp_json_puts(text, "}");
    }
    wp_json_puts(text, "]");
}

static void
put_sources(struct wp_json_text *text, const struct wp_bundle *sources)
{
    wp_json_puts(text, ",\"sources\":[");
    for (uint32_t i = 0; i < sources->count; i++) {
        wp_json_puts(text, i == 0 ? "{\"name\":" : ",{\"name\":");
        wp_json_string_or_null(text, sources->files[i].name);
        wp_json_puts(text, ",");
        put_number(text, "bytes", sources->files[i].length);
        wp_json_puts(text, "}");
    }
    wp_json_puts(text, "]");
}

static void
put_sections(struct wp_json_text *text, const struct wp_image_facts *facts)
{
    wp_json_puts(text, ",\"sections\":[");
    for (uint32_t i = 0; i < facts->section_count; i++) {
        wp_json_puts(text, i == 0 ? "{\"name\":" : ",{\"name\":");
        wp_json_string_or_null(text, facts->sections[i].name);
        wp_json_puts(text, ",");
        put_number(text, "kind", facts->sections[i].kind);
        wp_json_puts(text, ",");
        put_number(text, "bytes", facts->sections[i].size);
        wp_json_puts(text, "}");
    }
    wp_json_puts(text, "]");
}

static void
put_json(struct wp_json_text *text, const struct inspection *inspection)
{
    const struct wp_image_facts *facts = &inspection->facts;
    char version[16], checksum[20];
    (void)snprintf(version, sizeof version, "%u.%u", facts->major, facts->minor);
    (void)snprintf(checksum, sizeof checksum, "%016" PRIx64, facts->checksum);
    wp_json_puts(text, "{\"image\":");
    wp_json_string_or_null(text, inspection->policy->path);
    wp_json_puts(text, ",\"format\":");
    wp_json_string_or_null(text, version);
    wp_json_puts(text, ",\"built_by\":");
    wp_json_string_or_null(text, facts->provenance);
    wp_json_puts(text, ",\"checksum\":");
    wp_json_string_or_null(text, checksum);
    wp_json_puts(text, ",");
    put_number(text, "bytes", facts->size);
    wp_json_puts(text, ",");
    put_number(text, "generation", facts->generation);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        wp_json_puts(text, ",");
        put_number(text, kinds[i].name, count_of(inspection, i));
    }
    put_signatures(text, &inspection->signatures);
    put_sources(text, &inspection->sources);
    put_sections(text, facts);
    wp_json_puts(text, "}\n");
}

static int
print_json(const struct inspection *inspection)
{
    struct wp_json_text text = {0};
    put_json(&text, inspection);
    bool failed = text.failed;
    if (!failed)
        (void)fwrite(text.bytes, 1, text.length, stdout);
    wp_json_text_free(&text);
    return failed ? wp_fail(inspection->policy->invocation, "out of memory") : WP_EXIT_DONE;
}

/* The text of the file that was compiled, or of the one that is named. */
static int
print_source(const struct inspection *inspection, const char *name)
{
    const struct wp_bundle *sources = &inspection->sources;
    uint32_t i = 0;
    while (i < sources->count && strcmp(sources->files[i].name, name) != 0)
        i++;
    if (i == sources->count)
        return wp_fail(inspection->policy->invocation, "%s: it carries no source named '%s'",
                       inspection->policy->path, name);
    (void)fwrite(sources->files[i].text, 1, sources->files[i].length, stdout);
    return WP_EXIT_DONE;
}

static int
print(const struct inspection *inspection)
{
    const struct wp_invocation *invocation = inspection->policy->invocation;
    const char *source = wp_option(invocation, "source", NULL);
    if (source != NULL)
        return print_source(inspection, source);
    if (wp_option_is(invocation, "format", "json"))
        return print_json(inspection);
    print_human(inspection);
    return WP_EXIT_DONE;
}

int
wp_cmd_inspect(struct wp_invocation *invocation)
{
    struct wp_opened policy;
    struct inspection inspection = {0};
    int status = wp_policy_open(&policy, invocation, invocation->operands[0],
                                WP_NEED_IMAGE | WP_NEED_IMAGE_FILE);
    if (status == WP_EXIT_DONE)
        status = inspect(&inspection, &policy);
    if (status == WP_EXIT_DONE)
        status = print(&inspection);
    wp_policy_close(&policy);
    return status;
}
