/*
 * Entries: the terms of all rules, numbered so that a policy is one run of them.
 *
 * Deciding entries of all policies come first, reporting ones behind them, so that
 * blocks that decide are dense. A policy that fits a word or a block of bits does
 * not straddle one, and a larger one starts a block.
 */
#include "compiler/codegen.h"

struct plan {
    struct wp_codegen *g;
    struct wp_buffer entries; /* struct wp_planned */
    struct wp_rule_record *rules;
    struct wp_policy_record *policies;
};

bool
wp_too_many(struct wp_codegen *g, struct wp_span span, const char *what)
{
    (void)wp_report(g->diagnostics, WP_E_TOO_MANY, span, "%s are more than an image holds", what);
    return false;
}

/* ---- which terms become entries ------------------------------------------------- */

static uint64_t
all_devices(const struct wp_model *model)
{
    return model->device_count >= 64 ? UINT64_MAX : (UINT64_C(1) << model->device_count) - 1;
}

/* A term with an empty clause is false, whoever signs in. */
static bool
is_possible(const struct wp_model *model, const struct wp_term *term)
{
    for (uint32_t i = 0; i < term->any_count; i++)
        if (term->any[i].count == 0)
            return false;
    return (term->devices & all_devices(model)) != 0 && (term->postures & WP_POSTURE_ALL) != 0;
}

/* Whether every request meets it, with its groups known or not. */
static bool
is_unconditional(const struct wp_model *model, const struct wp_term *term)
{
    return term->network == WP_NONE && (~term->devices & all_devices(model)) == 0 &&
           (~term->postures & WP_POSTURE_ALL) == 0 && term->apps == NULL && term->users == NULL &&
           term->any_count == 0 && term->none.count == 0;
}

/*
 * Counts the terms of one rule that become entries, up to one that is
 * unconditional, which sets *closed: nothing behind it ever decides.
 */
static uint32_t
count_terms(const struct plan *p, const struct wp_model_rule *rule, bool *closed)
{
    const struct wp_model *model = p->g->model;
    uint32_t count = 0;
    for (uint32_t i = 0; i < rule->term_count && !*closed; i++) {
        count += is_possible(model, &rule->terms[i]);
        *closed = p->g->options->optimise && is_unconditional(model, &rule->terms[i]);
    }
    return count;
}

static uint64_t
count_entries(const struct plan *p, const struct wp_policy *policy, bool report)
{
    uint64_t count = 0;
    bool closed = false;
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        if (policy->rules[i].report != report)
            continue;
        count += count_terms(p, &policy->rules[i], &closed);
        closed = closed && !report;
    }
    return count;
}

/* ---- where they stand ---------------------------------------------------------------- */

static uint32_t
next_entry(const struct plan *p)
{
    return (uint32_t)(p->entries.size / sizeof(struct wp_planned));
}

static void
add_gap(struct plan *p)
{
    const struct wp_planned gap = {NULL, WP_NO_NUMBER};
    wp_buffer_add(&p->entries, &gap, sizeof gap);
}

static void
add_gap_to(struct plan *p, uint32_t boundary)
{
    while (next_entry(p) % boundary != 0)
        add_gap(p);
}

static void
make_room(struct plan *p, uint64_t count)
{
    if (count == 0 || !p->g->options->optimise)
        return;
    const uint32_t at = next_entry(p);
    if (count > WP_BLOCK_BITS || at % WP_BLOCK_BITS + count > WP_BLOCK_BITS)
        add_gap_to(p, WP_BLOCK_BITS);
    else if (count <= 64 && at % 64 + count > 64)
        add_gap_to(p, 64);
}

static void
add_rule(struct plan *p, const struct wp_model_rule *rule, uint32_t number, uint32_t count)
{
    struct wp_rule_record *record = &p->rules[number];
    record->flags = rule->report ? WP_RULE_REPORT : 0;
    record->first = next_entry(p);
    for (uint32_t i = 0; count > 0; i++) {
        if (!is_possible(p->g->model, &rule->terms[i]))
            continue;
        const struct wp_planned entry = {&rule->terms[i], number};
        wp_buffer_add(&p->entries, &entry, sizeof entry);
        count--;
    }
    record->last = next_entry(p);
}

/* The entries of one policy's rules that report, or of those that decide. */
static void
add_rules(struct plan *p, uint32_t policy_number, uint32_t first_rule, bool report)
{
    const struct wp_policy *policy = &p->g->model->policies[policy_number];
    struct wp_policy_record *record = &p->policies[policy_number];
    make_room(p, count_entries(p, policy, report) + !report);
    *(report ? &record->report_first : &record->first) = next_entry(p);
    bool closed = false;
    for (uint32_t i = 0; i < policy->rule_count; i++) {
        const struct wp_model_rule *rule = &policy->rules[i];
        if (rule->report != report)
            continue;
        p->rules[first_rule + i].policy = policy_number;
        const uint32_t count = count_terms(p, rule, &closed);
        add_rule(p, rule, first_rule + i, count);
        closed = closed && !report;
    }
    *(report ? &record->report_last : &record->last) = next_entry(p);
    if (!report)
        add_gap(p); /* where none of them decides */
}

static bool
tests_apps(const struct plan *p, uint32_t first, uint32_t last)
{
    const struct wp_planned *entries = (const struct wp_planned *)(const void *)p->entries.bytes;
    for (uint32_t i = first; i < last; i++)
        if (entries[i].term->apps != NULL)
            return true;
    return false;
}

static struct wp_entry_record *
entries_of(struct wp_codegen *g)
{
    return (struct wp_entry_record *)(void *)wp_section_of(g, WP_SECTION_ENTRIES)->bytes;
}

static void
finish_policies(struct plan *p)
{
    for (uint32_t i = 0; i < p->g->model->policy_count; i++) {
        struct wp_policy_record *record = &p->policies[i];
        entries_of(p->g)[record->last].outcome =
            wp_code_outcome(p->g, &p->g->model->policies[i].otherwise.decision);
        if (tests_apps(p, record->first, record->last) ||
            tests_apps(p, record->report_first, record->report_last))
            record->flags |= WP_POLICY_TESTS_APPS;
    }
}

/* ---- the sections ------------------------------------------------------------------------ */

static const struct wp_model_rule *
rule_of(const struct wp_codegen *g, const struct wp_rule_record *records, uint32_t rule,
        const uint32_t *first_rules)
{
    const uint32_t policy = records[rule].policy;
    return &g->model->policies[policy].rules[rule - first_rules[policy]];
}

static void
write_entries(struct plan *p, const uint32_t *first_rules)
{
    struct wp_codegen *g = p->g;
    static const struct wp_decision deny = {
        .effect = WP_DENY, .chain = WP_NONE, .reauth_seconds = WP_NO_REAUTH};
    const uint32_t nothing = wp_code_outcome(g, &deny);
    struct wp_buffer *section = wp_section_of(g, WP_SECTION_ENTRIES);
    uint32_t last_rule = WP_NO_NUMBER, outcome = nothing;
    for (uint32_t i = 0; i < g->entry_count; i++) {
        const uint32_t rule = g->entries[i].rule;
        if (rule != last_rule)
            outcome = rule == WP_NO_NUMBER
                          ? nothing
                          : wp_code_outcome(g, &rule_of(g, p->rules, rule, first_rules)->decision);
        last_rule = rule;
        const struct wp_entry_record record = {rule, outcome};
        wp_buffer_add(section, &record, sizeof record);
    }
}

/* The number of the first rule of each policy. */
static uint32_t *
number_rules(struct wp_codegen *g)
{
    const struct wp_model *model = g->model;
    uint32_t *first_rules =
        wp_alloc_array(g->arena, (size_t)model->policy_count + 1, sizeof *first_rules);
    for (uint32_t i = 0; i < model->policy_count; i++)
        first_rules[i + 1] = first_rules[i] + model->policies[i].rule_count;
    return first_rules;
}

static bool
plan_entries(struct plan *p, const uint32_t *first_rules)
{
    const struct wp_model *model = p->g->model;
    uint64_t total = 0;
    for (uint32_t i = 0; i < model->policy_count; i++)
        total += count_entries(p, &model->policies[i], false) +
                 count_entries(p, &model->policies[i], true) + 2 * WP_BLOCK_BITS;
    if (total >= WP_POSTING_RESIDUAL)
        return wp_too_many(p->g, model->policies[0].span, "the terms of all rules");
    for (int report = 0; report < 2; report++)
        for (uint32_t i = 0; i < model->policy_count; i++)
            add_rules(p, i, first_rules[i], report == 1);
    if (next_entry(p) == 0) /* an image has at least one block */
        add_gap(p);
    add_gap_to(p, WP_BLOCK_BITS);
    return true;
}

static bool
write_apps(struct wp_codegen *g)
{
    const struct wp_model *model = g->model;
    if (model->app_count >= WP_APPS_MAX)
        return wp_too_many(g, (struct wp_span){.file = WP_NO_FILE}, "the apps");
    struct wp_buffer *section = wp_section_of(g, WP_SECTION_APPS);
    for (uint32_t i = 0; i <= model->app_count; i++) {
        uint32_t policy = i == 0 ? WP_NONE : model->app_policy[i - 1];
        const struct wp_app app = {policy == WP_NONE ? model->default_policy : policy, 0};
        wp_buffer_add(section, &app, sizeof app);
    }
    g->shape.apps = model->app_count + 1;
    g->shape.default_policy = model->default_policy;
    return true;
}

/* The block that heads begin with: the largest policy's first. */
static uint32_t
choose_head(const struct plan *p)
{
    const struct wp_shape *shape = &p->g->shape;
    uint32_t most = 0, first = 0;
    for (uint32_t i = 0; i < shape->policies; i++)
        if (p->policies[i].last - p->policies[i].first > most) {
            most = p->policies[i].last - p->policies[i].first;
            first = p->policies[i].first;
        }
    const uint32_t block = first / WP_BLOCK_BITS;
    const bool can_be = !wp_is_narrow(shape) && first % WP_BLOCK_BITS == 0 &&
                        block + 1 < shape->blocks &&
                        block % WP_COLUMN_BLOCKS < WP_COLUMN_BLOCKS - 1;
    return can_be ? block : 0;
}

static bool
generate_entries(struct wp_codegen *g)
{
    const struct wp_model *model = g->model;
    uint32_t *first_rules = number_rules(g);
    const uint32_t rule_count = first_rules[model->policy_count];
    struct plan p = {
        .g = g,
        .entries = {.arena = g->arena},
        .rules = wp_alloc_array(g->arena, (size_t)rule_count + 1, sizeof *p.rules),
        .policies = wp_alloc_array(g->arena, (size_t)model->policy_count + 1, sizeof *p.policies),
    };
    if (!plan_entries(&p, first_rules))
        return false;
    g->entry_count = next_entry(&p);
    g->entries = (struct wp_planned *)(void *)p.entries.bytes;
    g->shape.blocks = g->entry_count / WP_BLOCK_BITS;
    g->shape.rules = rule_count;
    g->shape.policies = model->policy_count;
    g->shape.head = choose_head(&p);
    write_entries(&p, first_rules);
    finish_policies(&p);
    wp_buffer_add(wp_section_of(g, WP_SECTION_RULES), p.rules, rule_count * sizeof *p.rules);
    wp_buffer_add(wp_section_of(g, WP_SECTION_POLICIES), p.policies,
                  model->policy_count * sizeof *p.policies);
    return write_apps(g) && wp_code_finish(g);
}

/* ---- all parts --------------------------------------------------------------------------- */

/* The networks that entries test, each once, in the order of the model. */
static uint32_t
collect_networks(struct wp_codegen *g, const struct wp_network **networks, uint32_t *literals)
{
    const struct wp_model *model = g->model;
    bool *used = wp_alloc(g->scratch, (size_t)model->network_count + 1);
    for (uint32_t i = 0; i < g->entry_count; i++)
        if (g->entries[i].term != NULL && g->entries[i].term->network != WP_NONE)
            used[g->entries[i].term->network] = true;
    uint32_t count = 0;
    for (uint32_t i = 0; i < model->network_count; i++) {
        literals[i] = used[i] ? count : WP_NONE;
        if (used[i])
            networks[count++] = &model->networks[i];
    }
    return count;
}

/* Ends what a part needed. */
static void
next_part(struct wp_codegen *g)
{
    wp_arena_free(g->scratch);
    g->scratch = wp_arena_inside(g->arena);
}

/* From addresses to rows of entries: the networks' ranges in one, and all tables that
 * are made of them. */
static bool
generate_dimensions(struct wp_codegen *g)
{
    const size_t count = (size_t)g->model->network_count + 1;
    const struct wp_network **networks = wp_alloc_array(g->scratch, count, sizeof *networks);
    uint32_t *literals = wp_alloc_array(g->scratch, count, sizeof *literals);
    const uint32_t used = collect_networks(g, networks, literals);
    struct wp_partition partition;
    wp_partition_make(&partition, g->scratch, networks, used);
    const uint32_t *classes = wp_generate_rows(g, &partition, literals);
    return classes != NULL && wp_generate_lookup(g, &partition, classes);
}

static bool
generate(struct wp_codegen *g)
{
    if (!generate_entries(g) || !generate_dimensions(g))
        return false;
    next_part(g);
    if (!wp_generate_binding(g))
        return false;
    next_part(g);
    const bool done = wp_generate_names(g);
    next_part(g);
    return done;
}

bool
wp_build_image(const struct wp_model *model, const struct wp_image_options *options,
               struct wp_bytes *image, struct wp_diagnostics *diagnostics)
{
    struct wp_arena *arena = wp_arena_inside(model->arena);
    struct wp_codegen *g = wp_alloc(arena, sizeof *g);
    g->model = model;
    g->options = options;
    g->arena = arena;
    g->scratch = wp_arena_inside(arena);
    g->diagnostics = diagnostics;
    for (size_t i = 0; i < sizeof g->sections / sizeof *g->sections; i++)
        g->sections[i].arena = arena;
    wp_code_begin(g);
    const bool done = generate(g);
    if (done)
        wp_write_image(g, image);
    wp_arena_free(arena);
    return done;
}
