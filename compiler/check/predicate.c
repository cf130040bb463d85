/* The lines that demands and issues are made of, judged at a place. */
#include "compiler/check/predicate.h"
#include "compiler/check/providers.h"
#include "compiler/facts.h"

#include <string.h>

/* ---- paths and masks --------------------------------------------------------- */

struct wp_path
wp_path_split(const char *text)
{
    struct wp_path path = {.second = NULL};
    const char *dot = strchr(text, '.');
    size_t length = dot ? (size_t)(dot - text) : strlen(text);

    if (length >= sizeof path.first)
        length = sizeof path.first - 1;
    memcpy(path.first, text, length);
    path.second = dot ? dot + 1 : NULL;
    return path;
}

uint64_t
wp_rule_devices(const struct wp_model_rule *rule)
{
    uint64_t mask = rule->folded->kind == WP_TEST_TRUE ? UINT64_MAX : 0;

    for (uint32_t i = 0; i < rule->term_count; i++)
        mask |= rule->terms[i].devices;
    return mask;
}

uint64_t
wp_rule_postures(const struct wp_model_rule *rule)
{
    uint64_t mask = rule->folded->kind == WP_TEST_TRUE ? WP_POSTURE_ALL : 0;

    for (uint32_t i = 0; i < rule->term_count; i++)
        mask |= rule->terms[i].postures;
    return mask;
}

uint64_t
wp_rule_settles(const struct wp_model_rule *rule)
{
    uint64_t mask = 0;

    for (uint32_t i = 0; i < rule->term_count; i++) {
        const struct wp_term *term = &rule->terms[i];
        if (term->network == WP_NONE && !term->apps && !term->users && term->any_count == 0 &&
            term->none.count == 0 && (term->postures & WP_POSTURE_ALL) == WP_POSTURE_ALL)
            mask |= term->devices;
    }
    return rule->report ? 0 : mask;
}

static uint64_t
device_bit(const struct wp_model *model, const char *name)
{
    for (uint32_t i = 1; i < model->device_count; i++)
        if (strcmp(model->devices[i].name, name) == 0)
            return UINT64_C(1) << i;
    return 0;
}

uint64_t
wp_device_mask(const struct wp_model *model, const struct wp_value *value)
{
    uint64_t mask = 0;

    if (value->kind != WP_VALUE_LIST)
        return value->text ? device_bit(model, value->text) : 0;
    for (const struct wp_value *item = value->items; item; item = item->next)
        if (item->text)
            mask |= device_bit(model, item->text);
    return mask;
}

/* ---- values ------------------------------------------------------------------- */

enum wp_truth
wp_truth_not(enum wp_truth truth)
{
    return truth == WP_UNKNOWN ? WP_UNKNOWN : truth == WP_TRUE ? WP_FALSE : WP_TRUE;
}

static enum wp_truth
truth_of(bool holds)
{
    return holds ? WP_TRUE : WP_FALSE;
}

static enum wp_truth
order_meets(int order, enum wp_demand_operator op)
{
    switch (op) {
    case WP_DEMAND_IS:
        return truth_of(order == 0);
    case WP_DEMAND_LESS:
        return truth_of(order < 0);
    case WP_DEMAND_AT_MOST:
        return truth_of(order <= 0);
    case WP_DEMAND_AT_LEAST:
        return truth_of(order >= 0);
    case WP_DEMAND_GREATER:
        return truth_of(order > 0);
    case WP_DEMAND_IN:
        break;
    }
    return WP_UNKNOWN;
}

/* A value that is written like a version: 22.10, or 22 where that is meant. */
static bool
read_version(const struct wp_value *value, bool compact, struct wp_version *version)
{
    return (value->kind == WP_VALUE_VERSION || value->kind == WP_VALUE_INTEGER) && value->text &&
           wp_version_read(value->text, compact, version);
}

static bool
is_number(const struct wp_value *value)
{
    return value->kind == WP_VALUE_INTEGER || value->kind == WP_VALUE_DURATION;
}

static bool
same_items(const struct wp_value *a, const struct wp_value *b)
{
    for (a = a->items, b = b->items; a && b; a = a->next, b = b->next)
        if (!a->text || !b->text || strcmp(a->text, b->text) != 0)
            return false;
    return !a && !b;
}

enum wp_truth
wp_value_meets(const struct wp_value *value, enum wp_demand_operator op,
               const struct wp_value *wanted, bool compact)
{
    struct wp_version have, want;

    if (op == WP_DEMAND_IN)
        return value->text ? truth_of(wp_value_holds(wanted, value->text)) : WP_UNKNOWN;
    if (value->kind == WP_VALUE_LIST && wanted->kind == WP_VALUE_LIST)
        return op == WP_DEMAND_IS ? truth_of(same_items(value, wanted)) : WP_UNKNOWN;
    if (wanted->kind == WP_VALUE_VERSION || value->kind == WP_VALUE_VERSION) {
        if (!read_version(value, compact, &have) || !read_version(wanted, compact, &want))
            return WP_UNKNOWN;
        return order_meets(wp_version_compare(&have, &want), op);
    }
    if (is_number(value) && is_number(wanted))
        return order_meets((value->number > wanted->number) - (value->number < wanted->number), op);
    if (!value->text || !wanted->text)
        return WP_UNKNOWN;
    if (value->kind == WP_VALUE_DATE && wanted->kind == WP_VALUE_DATE)
        return order_meets(strcmp(value->text, wanted->text), op);
    return op == WP_DEMAND_IS ? truth_of(strcmp(value->text, wanted->text) == 0) : WP_UNKNOWN;
}

/* ---- facts of tenants ------------------------------------------------------------ */

bool
wp_fact_question_read(const struct wp_model *model, const struct wp_attribute *line,
                      struct wp_fact_question *question)
{
    struct wp_path path = wp_path_split(line->key->text);
    const struct wp_value *value = line->value;

    question->member = NULL;
    if (!path.second && line->op == WP_DEMAND_IN && value->kind == WP_VALUE_NAME) {
        question->member = line->key->text;
        path = wp_path_split(value->text);
    }
    if (!path.second || !wp_declaration_find(model, WP_DECL_KIND, path.first))
        return false;
    memcpy(question->kind, path.first, sizeof question->kind);
    question->fact = path.second;
    return true;
}

enum wp_truth
wp_fact_meets(const struct wp_model *model, const struct wp_declaration *tenant,
              const struct wp_attribute *line, const struct wp_fact_question *question,
              const struct wp_value **value)
{
    const struct wp_attribute *declared = wp_attribute_find(tenant->attributes, question->fact);
    const struct wp_attribute *fact;
    enum wp_truth truth;

    *value = NULL;
    if (!declared)
        return WP_UNKNOWN;
    *value = declared->value;
    fact = wp_fact_find(model, question->kind, question->fact);
    if (question->member)
        truth = truth_of(wp_value_holds(declared->value, question->member));
    else
        truth = wp_value_meets(declared->value, line->op, line->value,
                               fact && wp_attribute_is_yes(fact->attributes, "compact"));
    return line->negated ? wp_truth_not(truth) : truth;
}

/* A fact asked of the tenant at hand, else of all of its kind. */
static enum wp_truth
fact_holds(const struct wp_site *site, const struct wp_declaration *tenant,
           const struct wp_attribute *line, const struct wp_fact_question *question)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *other;
    const struct wp_value *value;
    enum wp_truth truth = WP_FALSE;

    if (tenant && strcmp(wp_tenant_kind(tenant), question->kind) == 0)
        return wp_fact_meets(site->model, tenant, line, question, &value);
    while ((other = wp_declaration_next(site->model, WP_DECL_TENANT, &walk))) {
        if (strcmp(wp_tenant_kind(other), question->kind) != 0)
            continue;
        enum wp_truth one = wp_fact_meets(site->model, other, line, question, &value);
        if (one == WP_TRUE)
            return WP_TRUE;
        if (one == WP_UNKNOWN)
            truth = WP_UNKNOWN;
    }
    return truth;
}

static enum wp_truth
tenant_exists(const struct wp_model *model, const struct wp_value *kind)
{
    struct wp_declaration_walk walk = {0};
    const struct wp_declaration *tenant;

    while ((tenant = wp_declaration_next(model, WP_DECL_TENANT, &walk)))
        if (wp_value_holds(kind, wp_tenant_kind(tenant)))
            return WP_TRUE;
    return WP_FALSE;
}

/* ---- the rule itself --------------------------------------------------------------- */

/* `device in S`: the rule can match one of S; `device is d`: nothing else. */
static enum wp_truth
device_holds(const struct wp_site *site, const struct wp_attribute *line)
{
    uint64_t named = wp_device_mask(site->model, line->value);

    if (line->op == WP_DEMAND_IN)
        return truth_of((site->devices & named) != 0);
    return truth_of(site->devices != 0 && site->devices == named);
}

/* Calls `visit` for each leaf of a condition until it returns true. */
static bool
any_leaf(const struct wp_test *test, bool (*visit)(const struct wp_test *, const void *),
         const void *context)
{
    for (uint32_t i = 0; i < test->part_count; i++)
        if (any_leaf(test->parts[i], visit, context))
            return true;
    return test->part_count == 0 && visit(test, context);
}

static bool
leaf_asks_posture(const struct wp_test *leaf, const void *context)
{
    const char *wanted = context;

    if (leaf->kind != WP_TEST_POSTURE || !leaf->source)
        return false;
    if (leaf->source->kind == WP_CONDITION_MANAGED)
        return strcmp(wanted, "managed") == 0;
    if (leaf->source->kind == WP_CONDITION_COMPLIANT)
        return strcmp(wanted, "compliant") == 0;
    return leaf->source->kind == WP_CONDITION_RISK && strcmp(wanted, "risk") == 0;
}

bool
wp_asks_posture(const struct wp_model_rule *rule, const char *posture)
{
    return any_leaf(rule->when, leaf_asks_posture, posture);
}

static const char *const entry_names[WP_ENTRY_COUNT] = {"", "browser", "native_app", "hub",
                                                        "okta_mobile"};

/* The postures of one entry, whatever risk and the two flags are. */
static uint64_t
entry_postures(unsigned entry)
{
    uint64_t each = (UINT64_C(1) << (WP_RISK_COUNT * 4)) - 1;

    return each << wp_posture(entry, 0, false, false);
}

static enum wp_truth
entry_holds(const struct wp_site *site, const struct wp_attribute *line)
{
    for (unsigned i = 1; i < WP_ENTRY_COUNT; i++)
        if (wp_value_holds(line->value, entry_names[i]) &&
            (site->postures & entry_postures(i)) != 0)
            return WP_TRUE;
    return WP_FALSE;
}

/* A leaf names an entry when it tells it from an absent one. */
static bool
leaf_names_entry(const struct wp_test *leaf, const void *context)
{
    const char *name = context;

    if (leaf->kind != WP_TEST_POSTURE || !leaf->source || leaf->source->kind != WP_CONDITION_ENTRY)
        return false;
    for (unsigned i = 1; i < WP_ENTRY_COUNT; i++)
        if (strcmp(entry_names[i], name) == 0)
            return ((leaf->mask & entry_postures(i)) != 0) !=
                   ((leaf->mask & entry_postures(WP_ENTRY_NONE)) != 0);
    return false;
}

struct device_question {
    uint64_t bit;
};

static bool
leaf_names_device(const struct wp_test *leaf, const void *context)
{
    const struct device_question *question = context;
    uint64_t mask = (leaf->mask & 1) ? ~leaf->mask : leaf->mask;

    return leaf->kind == WP_TEST_DEVICE && (mask & question->bit) != 0;
}

static bool
any_rule_leaf(const struct wp_policy *policy, bool (*visit)(const struct wp_test *, const void *),
              const void *context)
{
    for (uint32_t i = 0; i < policy->rule_count; i++)
        if (any_leaf(policy->rules[i].when, visit, context))
            return true;
    return false;
}

/* `okta_mobile in policy.entries`, `ipados in policy.devices`: some rule of the
 * policy names it. */
static enum wp_truth
policy_names(const struct wp_site *site, const char *member, const char *list)
{
    struct device_question device = {device_bit(site->model, member)};

    if (!site->policy)
        return WP_FALSE;
    if (strcmp(list, "policy.entries") == 0)
        return truth_of(any_rule_leaf(site->policy, leaf_names_entry, member));
    return truth_of(device.bit && any_rule_leaf(site->policy, leaf_names_device, &device));
}

static enum wp_truth
posture_required(const struct wp_site *site, const struct wp_value *wanted)
{
    bool managed = site->postures != 0, compliant = site->postures != 0;

    for (unsigned i = 0; i < WP_POSTURE_COUNT; i++) {
        if (!(site->postures >> i & 1))
            continue;
        managed = managed && (i & 1);
        compliant = compliant && (i & 2);
    }
    return truth_of((managed && wp_value_holds(wanted, "managed")) ||
                    (compliant && wp_value_holds(wanted, "compliant")));
}

static enum wp_truth
device_line_holds(const struct wp_site *site, const struct wp_path *path,
                  const struct wp_attribute *line)
{
    if (!path->second)
        return device_holds(site, line);
    if (strcmp(path->second, "named") == 0)
        return truth_of(!(site->devices & 1) &&
                        (site->devices & wp_device_mask(site->model, line->value)) != 0);
    return WP_UNKNOWN;
}

static enum wp_truth
posture_line_holds(const struct wp_site *site, const struct wp_path *path,
                   const struct wp_attribute *line)
{
    if (path->second && strcmp(path->second, "asked") == 0)
        return truth_of(line->value->text && wp_asks_posture(site->rule, line->value->text));
    if (path->second && strcmp(path->second, "required") == 0)
        return posture_required(site, line->value);
    return WP_UNKNOWN;
}

static enum wp_truth
decision_holds(const struct wp_site *site, const struct wp_path *path,
               const struct wp_attribute *line)
{
    bool denies = site->rule->decision.effect == WP_DENY;

    if (path->second && strcmp(path->second, "denies") == 0)
        return truth_of(wp_value_holds(line->value, "yes") == denies);
    return WP_UNKNOWN;
}

static enum wp_truth
policy_holds(const struct wp_site *site, const struct wp_path *path,
             const struct wp_attribute *line)
{
    if (!path->second)
        return truth_of(wp_value_holds(line->value, "default") == site->policy->is_default);
    if (strcmp(path->second, "apps") == 0)
        return truth_of(wp_value_holds(line->value, "yes") == (site->policy->apps.count > 0));
    return WP_UNKNOWN;
}

/* An attribute of some app of the policy. */
static enum wp_truth
app_holds(const struct wp_site *site, const char *key, const struct wp_attribute *line)
{
    for (uint32_t i = 0; i < site->policy->apps.count; i++) {
        const struct wp_thing *app = &site->model->apps[site->policy->apps.ids[i]];
        const struct wp_attribute *said =
            app->declaration ? wp_attribute_find(app->declaration->attributes, key) : NULL;
        if (said && wp_value_meets(said->value, line->op, line->value, false) == WP_TRUE)
            return WP_TRUE;
    }
    return WP_FALSE;
}

static enum wp_truth
judge_rule_line(const struct wp_site *site, const struct wp_declaration *tenant,
                const struct wp_path *path, const struct wp_attribute *line)
{
    if (strcmp(line->key->text, "domain.signs_in") == 0)
        return wp_domain_signs_in(site, tenant, line);
    if (!site->policy || !site->rule)
        return WP_UNKNOWN;
    if (strcmp(line->key->text, "method.covered") == 0)
        return wp_method_covered(site, line);
    if (strcmp(path->first, "policy") == 0)
        return policy_holds(site, path, line);
    if (strcmp(path->first, "app") == 0 && path->second)
        return app_holds(site, path->second, line);
    if (strcmp(path->first, "device") == 0)
        return device_line_holds(site, path, line);
    if (strcmp(path->first, "posture") == 0)
        return posture_line_holds(site, path, line);
    if (strcmp(path->first, "entry") == 0)
        return entry_holds(site, line);
    if (strcmp(path->first, "decision") == 0)
        return decision_holds(site, path, line);
    return WP_UNKNOWN;
}

static enum wp_truth
where_holds(const struct wp_site *site, const struct wp_declaration *tenant,
            const struct wp_attribute *line)
{
    struct wp_path path = wp_path_split(line->key->text);
    struct wp_fact_question question;
    enum wp_truth truth;

    if (wp_fact_question_read(site->model, line, &question))
        return fact_holds(site, tenant, line, &question);
    if (strcmp(path.first, "tenant") == 0)
        truth = tenant_exists(site->model, line->value);
    else if (line->op == WP_DEMAND_IN && line->value->kind == WP_VALUE_NAME &&
             strncmp(line->value->text, "policy.", 7) == 0)
        truth = policy_names(site, line->key->text, line->value->text);
    else
        truth = judge_rule_line(site, tenant, &path, line);
    return line->negated ? wp_truth_not(truth) : truth;
}

enum wp_truth
wp_wheres_hold(const struct wp_site *site, const struct wp_declaration *tenant,
               const struct wp_attribute *list)
{
    enum wp_truth truth = WP_TRUE;

    for (; list; list = list->next) {
        if (list->kind != WP_WHERE)
            continue;
        enum wp_truth one = where_holds(site, tenant, list);
        if (one == WP_FALSE)
            return WP_FALSE;
        if (one == WP_UNKNOWN)
            truth = WP_UNKNOWN;
    }
    return truth;
}

/* ---- the chain around a method ------------------------------------------------------- */

/* Whether a method other than the site's stands in another step of its
 * alternative and is one of `wanted` (NULL: any). */
static bool
has_partner(const struct wp_site *site, const struct wp_value *wanted)
{
    for (uint32_t s = 0; s < site->alternative->count; s++) {
        const struct wp_step *step = &site->alternative->steps[s];
        if (s == site->step)
            continue;
        for (uint32_t i = 0; i < step->count; i++)
            if (!wanted || wp_value_holds(wanted, site->model->methods[step->methods[i]].name))
                return true;
    }
    return false;
}

enum wp_truth
wp_chain_meets(const struct wp_site *site, const struct wp_attribute *line)
{
    struct wp_path path = wp_path_split(line->key->text);
    bool wanted = wp_value_holds(line->value, "yes");
    enum wp_truth truth = WP_UNKNOWN;

    if (!path.second)
        return WP_UNKNOWN;
    if (strcmp(path.second, "alone") == 0)
        truth = truth_of(!has_partner(site, NULL) == wanted);
    else if (strcmp(path.second, "first") == 0)
        truth = truth_of((site->step == 0 && site->alternative->count > 1) == wanted);
    else if (strcmp(path.second, "with") == 0)
        truth = truth_of(has_partner(site, line->value));
    return line->negated ? wp_truth_not(truth) : truth;
}
