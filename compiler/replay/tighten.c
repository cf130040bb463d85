/*
 * Networks and lists of groups that are wider than the traffic, and what would do.
 *
 * What is proposed changes no sign-in that was seen: every address that was seen in a
 * network stays in it, and a group that is left out was nobody's. That nothing else
 * becomes looser is proved: the changed source is compiled and compared with what it
 * was, exactly.
 */
#include <string.h>

#include "compiler/analysis/diff.h"
#include "compiler/compile.h"
#include "compiler/replay/report.h"

#define FEW_PREFIXES 4
#define FEW_RANGES 12
#define PROPOSALS_MAX 24 /* each takes a comparison */
#define BUDGET_EACH 20000
#define BUDGET_ALL 400000

struct proposal {
    const char *kind, *name; /* "network", "Office"; "groups", the rule or condition */
    struct wp_span span;     /* what is replaced */
    const char *after;
    uint64_t count; /* sign-ins that came from there; of groups: of those that stay */
};

struct run {
    const struct wp_report_options *options;
    const struct wp_tally *tally;
    const struct wp_model *model;
    json_t *array;
    unsigned count;
    bool left_out; /* more than PROPOSALS_MAX */
};

/* ---- the proof ------------------------------------------------------------------- */

struct edited {
    const struct wp_sources *sources;
    const struct proposal *proposal;
};

/* The files as they were compiled, one of them changed. */
static const char *
read_edited(void *context, struct wp_arena *arena, const char *path, size_t *length,
            const char **reason)
{
    const struct edited *edited = context;
    const struct wp_span span = edited->proposal->span;
    for (uint32_t i = 0; i < edited->sources->count; i++) {
        const struct wp_source *file = &edited->sources->files[i];
        if (strcmp(file->name, path) != 0)
            continue;
        const char *text = wp_copy_text(arena, file->text, file->length);
        if (i == span.file)
            text = wp_format(arena, "%.*s%s%s", (int)span.start, file->text,
                             edited->proposal->after, file->text + span.end);
        *length = strlen(text);
        return text;
    }
    *reason = "it is not one of the policy's files";
    return NULL;
}

/* NULL when it is proved to be stricter only, else why it is not. */
static const char *
refute(const struct run *run, const struct proposal *proposal)
{
    struct edited edited = {run->model->sources, proposal};
    const struct wp_reader reader = {read_edited, &edited, true};
    const struct wp_compile_options how = {.reader = &reader, .today = -1};
    const struct wp_analysis_options budget = {.each = BUDGET_EACH, .all = BUDGET_ALL};
    const char *path = run->model->sources->files[run->model->files[0]->file].name;
    const char *why = NULL;
    struct wp_compilation compilation;
    struct wp_diff diff;
    if (!wp_compile(&compilation, path, &how))
        why = "the policy would not compile";
    else if (!wp_diff_models(&diff, compilation.arena, run->model, compilation.model, &budget))
        why = "the versions cannot be compared";
    else if (diff.undecided > 0)
        why = "undecided within the budget";
    for (uint32_t i = 0; why == NULL && i < diff.count; i++)
        if (diff.regions[i].change != WP_ORDER_STRICTER)
            why = diff.regions[i].change == WP_ORDER_LOOSER ||
                          diff.regions[i].change == WP_ORDER_MIXED
                      ? "it would let somebody in, or with less"
                      : "it would change what somebody is told, or asked for";
    wp_compilation_end(&compilation);
    return why;
}

/* The text at a span on one line. */
static const char *
text_at(const struct run *run, struct wp_span span)
{
    const char *text = run->model->sources->files[span.file].text;
    char *copy = wp_alloc(run->options->arena, (size_t)(span.end - span.start) + 1);
    size_t length = 0;
    for (uint32_t i = span.start; i < span.end; i++) {
        char c = strchr("\t\r\n", text[i]) == NULL ? text[i] : ' ';
        if (c != ' ' || length == 0 || copy[length - 1] != ' ')
            copy[length++] = c;
    }
    copy[length] = '\0';
    return copy;
}

static void
propose(struct run *run, const struct proposal *proposal)
{
    if (run->count == PROPOSALS_MAX) {
        run->left_out = true;
        return;
    }
    run->count++;
    const char *why = refute(run, proposal);
    struct wp_sources *sources = run->model->sources;
    const char *file = sources->files[proposal->span.file].name;
    json_t *object =
        json_pack("{s:s, s:s, s:o, s:I, s:s, s:s, s:I, s:b, s:s?}", "kind", proposal->kind, "name",
                  proposal->name, "file", wp_report_text(file, strlen(file)), "line",
                  (json_int_t)wp_locate(sources, proposal->span.file, proposal->span.start).line,
                  "before", text_at(run, proposal->span), "after", proposal->after, "count",
                  (json_int_t)proposal->count, "proved", why == NULL, "why", why);
    json_array_append_new(run->array, object);
}

/* ---- networks ------------------------------------------------------------------------ */

/* A range as a prefix, where it is one, else by its ends. */
static const char *
range_text(struct wp_arena *arena, const struct wp_address *low, const struct wp_address *high)
{
    struct wp_address6 a = low->v6, b = high->v6;
    unsigned length = 0, bits = low->is_v6 ? 128 : 32;
    char first[WP_ADDRESS_TEXT], last[WP_ADDRESS_TEXT];
    if (!low->is_v6) {
        a = (struct wp_address6){(uint64_t)low->v4 << 32, 0};
        b = (struct wp_address6){(uint64_t)high->v4 << 32 | UINT32_MAX, UINT64_MAX};
    }
    uint64_t high_bits = a.high ^ b.high, low_bits = a.low ^ b.low;
    length = high_bits != 0  ? (unsigned)__builtin_clzll(high_bits)
             : low_bits != 0 ? 64 + (unsigned)__builtin_clzll(low_bits)
                             : 128;
    uint64_t rest_high = length >= 64 ? 0 : UINT64_MAX >> length;
    uint64_t rest_low = length >= 128 ? 0 : length <= 64 ? UINT64_MAX : UINT64_MAX >> (length - 64);
    bool is_prefix = (a.high & rest_high) == 0 && (a.low & rest_low) == 0 &&
                     (b.high & rest_high) == rest_high && (b.low & rest_low) == rest_low;
    wp_address_text(low, first);
    wp_address_text(high, last);
    if (strcmp(first, last) == 0)
        return wp_format(arena, "%s", first);
    return is_prefix && length <= bits ? wp_format(arena, "%s/%u", first, length)
                                       : wp_format(arena, "%s .. %s", first, last);
}

/* The ranges of a network as a sum; NULL when they are too many to be read. */
static const char *
network_text(struct wp_arena *arena, const struct wp_network *network)
{
    const char *text = NULL;
    if (network->v4_count + network->v6_count > FEW_RANGES)
        return NULL;
    for (uint32_t i = 0; i < network->v4_count + network->v6_count; i++) {
        struct wp_address low = {.is_v6 = i >= network->v4_count}, high = low;
        if (low.is_v6) {
            low.v6 = network->v6[i - network->v4_count].low;
            high.v6 = network->v6[i - network->v4_count].high;
        } else {
            low.v4 = network->v4[i].low;
            high.v4 = network->v4[i].high;
        }
        const char *range = range_text(arena, &low, &high);
        text = text == NULL ? range : wp_format(arena, "%s + %s", text, range);
    }
    return text;
}

static const struct wp_declaration *
declaration_of(const struct wp_model *model, struct wp_span name)
{
    for (uint32_t i = 0; i < model->file_count; i++)
        for (const struct wp_declaration *d = model->files[i]->declarations; d != NULL; d = d->next)
            if (d->kind == WP_DECL_NETWORK && d->name != NULL && d->set != NULL &&
                d->name->span.file == name.file && d->name->span.start == name.start)
                return d;
    return NULL;
}

static uint64_t
sum_of(const uint64_t columns[WP_COLUMN_COUNT])
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < WP_COLUMN_CHANGES; i++)
        sum += columns[i];
    return sum;
}

static bool
is_own(const struct wp_model *model, struct wp_span span)
{
    return span.file != WP_NO_FILE &&
           strncmp(model->sources->files[span.file].name, "std/", 4) != 0;
}

static void
tighten_network(struct run *run, size_t index)
{
    struct wp_arena *arena = run->options->arena;
    const struct wp_named_network *named = &run->model->named_networks[index];
    const struct wp_network *network = &run->model->networks[named->network];
    const struct wp_declaration *declaration = declaration_of(run->model, named->span);
    uint64_t count = sum_of(run->tally->networks[index]);
    if (count == 0 || declaration == NULL || !is_own(run->model, named->span) || network->absent)
        return;
    struct wp_network used = wp_used_cover(arena, &run->tally->used[index], FEW_PREFIXES, network);
    const char *text = network_text(arena, &used);
    if (text == NULL || wp_network_equal(&used, network))
        return;
    const struct proposal proposal = {"network", named->name, declaration->set->span, text, count};
    propose(run, &proposal);
}

/* What of each network was used: for the table of networks. */
json_t *
wp_report_used(const struct wp_report_options *options, const struct wp_tally *tally, size_t index)
{
    const struct wp_model *model = options->sides[1].model;
    const struct wp_network *network = &model->networks[model->named_networks[index].network];
    struct wp_network used =
        wp_used_cover(options->arena, &tally->used[index], FEW_PREFIXES, network);
    const char *text = options->floor > 0 ? NULL : network_text(options->arena, &used);
    return text == NULL ? json_null() : json_string(text);
}

/* ---- groups ----------------------------------------------------------------------------- */

/* Whether some sign-in was of the group; true for what is no group of the image. */
static bool
is_group_used(const struct run *run, const char *name, uint64_t *count)
{
    const struct woapol_image *image = run->options->sides[1].image;
    uint32_t group = woapol_find(image, WOAPOL_GROUP, name, strlen(name));
    if (group == 0 || group >= run->tally->group_count)
        return true;
    *count += sum_of(run->tally->groups[group]);
    return sum_of(run->tally->groups[group]) > 0;
}

static void
tighten_list(struct run *run, const struct wp_set *set, const char *owner)
{
    struct wp_arena *arena = run->options->arena;
    const char *kept = NULL;
    uint64_t count = 0;
    bool any_unused = false, is_sum = set->kind == WP_SET_SUM;
    if (set->kind != WP_SET_LIST && !is_sum)
        return;
    for (const struct wp_set *part = set->parts; part != NULL; part = part->next) {
        if (part->kind != WP_SET_NAME || part->join != WP_JOIN_UNION)
            return;
        if (!is_group_used(run, part->text, &count)) {
            any_unused = true;
            continue;
        }
        const char *text = text_at(run, part->span);
        kept = kept == NULL ? text : wp_format(arena, is_sum ? "%s + %s" : "%s, %s", kept, text);
    }
    if (!any_unused || kept == NULL)
        return;
    if (!is_sum)
        kept = wp_format(arena, "{%s}", kept);
    const struct proposal proposal = {"groups", owner, set->span, kept, count};
    propose(run, &proposal);
}

static void
tighten_condition(struct run *run, const struct wp_condition *condition, const char *owner)
{
    for (; condition != NULL; condition = condition->next) {
        tighten_condition(run, condition->parts, owner);
        if (condition->kind == WP_CONDITION_GROUP && condition->set != NULL)
            tighten_list(run, condition->set, owner);
    }
}

static void
tighten_groups(struct run *run)
{
    for (uint32_t i = 0; i < run->model->file_count; i++)
        for (const struct wp_declaration *d = run->model->files[i]->declarations; d; d = d->next) {
            if (!is_own(run->model, d->span) || d->name == NULL)
                continue;
            if (d->kind == WP_DECL_CONDITION)
                tighten_condition(run, d->condition, d->name->text);
            for (const struct wp_rule *rule = d->rules; d->kind == WP_DECL_POLICY && rule != NULL;
                 rule = rule->next)
                if (rule->when != NULL && rule->name != NULL)
                    tighten_condition(run, rule->when, rule->name->text);
        }
}

/* ---- the whole --------------------------------------------------------------------------------
 */

json_t *
wp_report_tightenings(const struct wp_report_options *options, struct wp_replay *replay)
{
    struct run run = {.options = options,
                      .tally = &replay->tally,
                      .model = options->sides[1].model,
                      .array = json_array()};
    /* Part of the traffic proves nothing, and few people's networks are not told. */
    if (replay->is_partial || options->floor > 0)
        return json_pack("{s:o, s:b}", "proposed", run.array, "left_out", false);
    for (size_t i = 0; i < run.tally->network_count; i++)
        tighten_network(&run, i);
    if (run.tally->ungrouped == 0)
        tighten_groups(&run);
    return json_pack("{s:o, s:b}", "proposed", run.array, "left_out", run.left_out);
}
