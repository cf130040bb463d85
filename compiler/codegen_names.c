/* Names and messages: strings by kind and number, and an index by hash. */
#include "compiler/codegen.h"
#include "runtime/hash.h"

#include <stdlib.h>

struct names {
    struct wp_codegen *g;
    struct wp_buffer kinds;   /* struct wp_name_kind */
    struct wp_buffer records; /* of the kind that is being written: struct wp_name_record */
    struct wp_name_kind kind; /* the same */
};

static struct wp_buffer *
section(struct names *n, enum wp_section_kind kind)
{
    return wp_section_of(n->g, kind);
}

static uint32_t
string_count(struct names *n)
{
    return (uint32_t)(section(n, WP_SECTION_NAME_STRINGS)->size / sizeof(uint32_t)) - 1;
}

static void
add_string(struct names *n, const char *text)
{
    struct wp_buffer *bytes = section(n, WP_SECTION_NAME_TEXT);
    wp_buffer_add(bytes, text, strlen(text) + 1);
    wp_buffer_add32(section(n, WP_SECTION_NAME_STRINGS), (uint32_t)bytes->size);
}

/* A name that can be looked up. */
static void
add_record(struct names *n, const char *text)
{
    const struct wp_name_record record = {wp_hash_name(text, strlen(text)), string_count(n)};
    wp_buffer_add(&n->records, &record, sizeof record);
}

static void
add_name(struct names *n, const char *text, bool sought)
{
    if (sought)
        add_record(n, text);
    add_string(n, text);
    n->kind.count++;
}

static void
add_alias(struct names *n, const char *text, uint32_t number)
{
    add_record(n, text);
    add_string(n, text);
    wp_buffer_add32(section(n, WP_SECTION_NAME_ALIASES), number);
    n->kind.aliases++;
}

/* ---- the index -------------------------------------------------------------------- */

static int
compare_records(const void *left, const void *right)
{
    const struct wp_name_record *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->string < b->string ? -1 : a->string > b->string;
}

/* Records in the order of their buckets, and where each bucket starts. There are at
 * least two buckets a record: most have one or none, which is soon guessed. */
static void
write_buckets(struct names *n, const struct wp_name_record *records, uint32_t count)
{
    struct wp_buffer *to = section(n, WP_SECTION_NAME_RECORDS);
    const uint32_t before = (uint32_t)(to->size / sizeof *records);
    uint32_t buckets = 1;
    while (buckets < 2 * (uint64_t)count && buckets < UINT32_C(1) << 31)
        buckets *= 2;
    n->kind.bucket_count = buckets;
    uint32_t *places = wp_alloc_array(n->g->scratch, (size_t)buckets + 1, sizeof *places);
    for (uint32_t i = 0; i < count; i++)
        places[(records[i].hash & (buckets - 1)) + 1]++;
    places[0] = before;
    for (uint32_t i = 0; i < buckets; i++)
        places[i + 1] += places[i];
    wp_buffer_add(section(n, WP_SECTION_NAME_BUCKETS), places,
                  ((size_t)buckets + 1) * sizeof *places);
    (void)wp_buffer_extend(to, count * sizeof *records);
    struct wp_name_record *all = (struct wp_name_record *)(void *)to->bytes;
    for (uint32_t i = 0; i < count; i++)
        all[places[records[i].hash & (buckets - 1)]++] = records[i];
}

static void
begin_kind(struct names *n)
{
    n->records.size = 0;
    n->kind = (struct wp_name_kind){
        .first = string_count(n),
        .first_alias = (uint32_t)(section(n, WP_SECTION_NAME_ALIASES)->size / sizeof(uint32_t)),
        .first_bucket = (uint32_t)(section(n, WP_SECTION_NAME_BUCKETS)->size / sizeof(uint32_t)),
    };
}

static void
end_kind(struct names *n)
{
    const uint32_t count = (uint32_t)(n->records.size / sizeof(struct wp_name_record));
    if (count > 0) {
        qsort(n->records.bytes, count, sizeof(struct wp_name_record), compare_records);
        write_buckets(n, (const struct wp_name_record *)(const void *)n->records.bytes, count);
    }
    wp_buffer_add(&n->kinds, &n->kind, sizeof n->kind);
}

/* ---- the kinds, in woapol.h's order -------------------------------------------------- */

static void
write_devices(struct names *n)
{
    begin_kind(n);
    add_name(n, "", false);
    for (uint32_t i = 1; i < n->g->model->device_count; i++)
        add_name(n, n->g->model->devices[i].name, true);
    end_kind(n);
}

static void
write_things(struct names *n, const struct wp_thing *things, uint32_t count)
{
    begin_kind(n);
    add_name(n, "", false);
    for (uint32_t i = 0; i < count; i++)
        add_name(n, things[i].name, true);
    end_kind(n);
}

static void
write_users(struct names *n)
{
    begin_kind(n);
    add_name(n, "", false);
    for (uint32_t i = 0; i < n->g->shape.users; i++)
        add_name(n, n->g->model->users[n->g->users[i]], true);
    end_kind(n);
}

static void
write_groups(struct names *n)
{
    const struct wp_codegen *g = n->g;
    begin_kind(n);
    add_name(n, "", false);
    for (uint32_t i = 0; i < g->shape.groups; i++)
        add_name(n, g->model->groups[g->groups[i]].name, true);
    for (uint32_t i = 0; i < g->shape.groups; i++) {
        const struct wp_thing *group = &g->model->groups[g->groups[i]];
        if (group->directory != NULL && strcmp(group->directory, group->name) != 0)
            add_alias(n, group->directory, i + 1);
    }
    end_kind(n);
}

static void
write_words(struct names *n, const char *const *words, size_t count)
{
    begin_kind(n);
    for (size_t i = 0; i < count; i++)
        add_name(n, words[i], *words[i] != '\0');
    end_kind(n);
}

static void
write_policies(struct names *n)
{
    const struct wp_model *model = n->g->model;
    begin_kind(n);
    for (uint32_t i = 0; i < model->policy_count; i++)
        add_name(n, model->policies[i].name, false);
    end_kind(n);
    begin_kind(n);
    for (uint32_t i = 0; i < model->policy_count; i++)
        for (uint32_t j = 0; j < model->policies[i].rule_count; j++)
            add_name(n, model->policies[i].rules[j].name, false);
    end_kind(n);
}

static void
write_messages(struct names *n)
{
    const char **texts = (const char **)(void *)n->g->message_texts.bytes;
    begin_kind(n);
    for (uint32_t i = 0; i < n->g->messages.count; i++)
        add_name(n, texts[i], false);
    end_kind(n);
}

bool
wp_generate_names(struct wp_codegen *g)
{
    static const char *const entries[] = {"", "browser", "native_app", "hub", "okta_mobile"};
    static const char *const risks[] = {"low", "medium", "high"};
    const struct wp_model *model = g->model;
    struct names n = {.g = g, .kinds = {.arena = g->scratch}, .records = {.arena = g->scratch}};
    wp_buffer_add32(section(&n, WP_SECTION_NAME_STRINGS), 0);
    write_devices(&n);
    write_things(&n, model->apps, model->app_count);
    write_users(&n);
    write_groups(&n);
    write_words(&n, entries, sizeof entries / sizeof *entries);
    write_words(&n, risks, sizeof risks / sizeof *risks);
    write_things(&n, model->methods, model->method_count);
    write_policies(&n);
    write_messages(&n);
    wp_buffer_add(section(&n, WP_SECTION_NAME_KINDS), n.kinds.bytes, n.kinds.size);
    const struct wp_span nowhere = {.file = WP_NO_FILE};
    if (section(&n, WP_SECTION_NAME_TEXT)->size > UINT32_MAX / 2)
        return wp_too_many(g, nowhere, "the bytes of all names");
    return true;
}
