/*
 * The verifier: proves every number of every table in range, in one pass each.
 *
 * Loops collect violations without branching, so that they run at the speed of
 * memory; only when there is one is it looked for. What a bit of a line says is not
 * checked but for those of policies: any value of it is safe.
 */
#include "verify.h"

#include "opcodes.h"

bool
wp_fault(const struct wp_view *view, struct woapol_fault *fault, const void *place,
         const char *reason)
{
    fault->offset = wp_offset(view, place);
    fault->reason = reason;
    return false;
}

static WP_LOOP uint32_t
largest_of(const uint32_t *numbers, uint64_t count)
{
    uint32_t largest = 0;
    for (uint64_t i = 0; i < count; i++)
        largest = numbers[i] > largest ? numbers[i] : largest;
    return largest;
}

bool
wp_all_below(const struct wp_view *view, struct woapol_fault *fault, const uint32_t *numbers,
             uint64_t count, uint32_t limit, const char *reason)
{
    if (count == 0 || largest_of(numbers, count) < limit)
        return true;
    while (*numbers < limit)
        numbers++;
    return wp_fault(view, fault, numbers, reason);
}

/* True when numbers[0] is 0, none is below the one before it, and the last of the
 * `count` is `end`: places that cut a table into runs. */
static bool
is_cut(const struct wp_view *view, struct woapol_fault *fault, const uint32_t *numbers,
       uint64_t count, uint32_t end, const char *reason)
{
    bool wrong = numbers[0] != 0 || numbers[count - 1] != end;
    for (uint64_t i = 0; i < count - 1; i++)
        wrong |= numbers[i] > numbers[i + 1];
    return !wrong || wp_fault(view, fault, numbers, reason);
}

/* ---- instructions ------------------------------------------------------------- */

static uint32_t
operand_limit(const struct wp_view *view, enum wp_operand operand)
{
    return operand == WP_OPERAND_METHOD ? view->name_kinds[WOAPOL_METHOD].count : 1;
}

/* In a chain a method follows its start, THEN and ELSE, and nothing else does. */
static bool
may_follow(uint32_t before, uint32_t opcode)
{
    bool starts = before == WP_OP_THEN || before == WP_OP_ELSE || before == WP_OP_END;
    return starts == (opcode == WP_OP_METHOD);
}

static bool
verify_code(const struct wp_view *view, struct woapol_fault *fault)
{
    uint32_t before = WP_OP_END;
    for (uint32_t i = 0; i < view->shape.code_words; i++) {
        const uint32_t opcode = wp_opcode_of(view->code[i]);
        if (opcode >= WP_OP_COUNT)
            return wp_fault(view, fault, view->code + i, "an instruction is not known");
        if (wp_operand_of(view->code[i]) >= operand_limit(view, wp_op_info[opcode].operand))
            return wp_fault(view, fault, view->code + i, "an operand is out of range");
        if (!may_follow(before, opcode))
            return wp_fault(view, fault, view->code + i, "a chain is out of order");
        before = opcode;
    }
    return before == WP_OP_END || wp_fault(view, fault, view->code, "the code runs off its end");
}

/* Whether a chain starts there: first of all, or behind the end of another. */
static inline bool
is_chain(const struct wp_view *view, uint32_t at)
{
    return at < view->shape.code_words && (at == 0 || view->code[at - 1] == WP_OP_END);
}

static bool
verify_chains(const struct wp_view *view, struct woapol_fault *fault)
{
    for (uint32_t i = 0; i < view->shape.chains; i++)
        if (!is_chain(view, view->chains[i]))
            return wp_fault(view, fault, view->chains + i, "no chain starts there");
    return true;
}

/* ---- outcomes ---------------------------------------------------------------------- */

static bool
is_outcome(const struct wp_view *view, const struct wp_outcome_record *outcome)
{
    const uint32_t messages = view->name_kinds[WP_NAME_MESSAGES].count;
    const bool has_chain = outcome->effect == WOAPOL_AUTHENTICATE;
    return outcome->effect <= WOAPOL_AUTHENTICATE &&
           (outcome->reserved[0] | outcome->reserved[1] | outcome->reserved[2]) == 0 &&
           (has_chain ? outcome->chain < view->shape.chains : outcome->chain == WP_NO_NUMBER) &&
           (outcome->message < messages || outcome->message == WP_NO_NUMBER);
}

static bool
verify_outcomes(const struct wp_view *view, struct woapol_fault *fault)
{
    static const struct wp_outcome_record deny = {.effect = WOAPOL_DENY,
                                                  .chain = WP_NO_NUMBER,
                                                  .message = WP_NO_NUMBER,
                                                  .reauth_seconds = WOAPOL_NO_REAUTH};
    for (uint32_t i = 0; i < view->shape.outcomes; i++)
        if (!is_outcome(view, &view->outcomes[i]))
            return wp_fault(view, fault, view->outcomes + i, "an outcome is none");
    return memcmp(&view->outcomes[WP_PLAIN_DENY], &deny, sizeof deny) == 0 ||
           wp_fault(view, fault, view->outcomes, "the first outcome is not a plain deny");
}

/* ---- policies and their entries ---------------------------------------------------- */

static bool
is_range(uint32_t first, uint32_t last, uint32_t end)
{
    return first <= last && last <= end;
}

static bool
verify_apps(const struct wp_view *view, struct woapol_fault *fault)
{
    const struct wp_shape *s = &view->shape;
    bool wrong = s->default_policy >= s->policies && s->default_policy != WP_NO_NUMBER;
    for (uint32_t i = 0; i < s->apps; i++) {
        const struct wp_app *app = &view->apps[i];
        wrong |= app->policy >= s->policies && app->policy != WP_NO_NUMBER;
        wrong |= app->row >= s->rows[WP_FAMILY_APP];
    }
    return !wrong || wp_fault(view, fault, view->apps, "an app leads nowhere");
}

/* Decisions in narrow images go by a policy's lines, all else by its first and last entry. */
static bool
has_its_lines(const struct wp_view *view, const struct wp_policy_record *policy)
{
    uint64_t wrong = 0;
    for (uint32_t i = 0; i < WP_NARROW_BLOCKS * WP_LINE_WORDS; i++)
        wrong |= view->lines[policy->lines[i / WP_LINE_WORDS]].words[i % WP_LINE_WORDS] ^
                 wp_word_of_entries(policy->first, policy->last, i);
    return wrong == 0;
}

static bool
verify_policies(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t end = view->shape.blocks * WP_BLOCK_BITS;
    const bool is_narrow = wp_is_narrow(&view->shape), has_leads = view->shape.leads > 0;
    const uint32_t lines = is_narrow || has_leads ? view->shape.lines : 1;
    for (uint32_t i = 0; i < view->shape.policies; i++) {
        const struct wp_policy_record *policy = &view->policies[i];
        if (!is_range(policy->first, policy->last, end - 1) ||
            !is_range(policy->report_first, policy->report_last, end))
            return wp_fault(view, fault, policy, "a policy's entries are out of range");
        if (view->entries[policy->last].rule != WP_NO_NUMBER)
            return wp_fault(view, fault, policy, "a policy's entries end at one of a rule");
        if ((policy->flags & ~WP_POLICY_TESTS_APPS) != 0)
            return wp_fault(view, fault, policy, "a policy has unknown flags");
        if (policy->lead != 0 && !has_leads)
            return wp_fault(view, fault, policy, "a policy's lead is none");
        for (uint32_t block = 0; block < WP_NARROW_BLOCKS; block++)
            if (policy->lines[block] >= lines)
                return wp_fault(view, fault, policy, "a policy's lines are out of range");
        if (is_narrow && !has_its_lines(view, policy))
            return wp_fault(view, fault, policy->lines, "a policy's lines are not of its entries");
    }
    return true;
}

static bool
verify_entries(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t count = view->shape.blocks * WP_BLOCK_BITS, rules = view->shape.rules;
    for (uint32_t i = 0; i < count; i++) {
        const struct wp_entry_record *entry = &view->entries[i];
        if (entry->rule >= rules && entry->rule != WP_NO_NUMBER)
            return wp_fault(view, fault, entry, "an entry's rule is out of range");
        if (entry->rule != WP_NO_NUMBER &&
            (i < view->rules[entry->rule].first || i >= view->rules[entry->rule].last))
            return wp_fault(view, fault, entry, "an entry is not one of its rule");
        if (entry->outcome >= view->shape.outcomes)
            return wp_fault(view, fault, &entry->outcome, "an entry's outcome is out of range");
    }
    return true;
}

static bool
verify_rules(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t end = view->shape.blocks * WP_BLOCK_BITS;
    for (uint32_t i = 0; i < view->shape.rules; i++) {
        const struct wp_rule_record *rule = &view->rules[i];
        if (!is_range(rule->first, rule->last, end) || rule->policy >= view->shape.policies)
            return wp_fault(view, fault, rule, "a rule's entries are out of range");
        if ((rule->flags & ~WP_RULE_REPORT) != 0)
            return wp_fault(view, fault, &rule->flags, "a rule has unknown flags");
        const struct wp_policy_record *policy = &view->policies[rule->policy];
        const bool is_report = rule->flags & WP_RULE_REPORT;
        if (rule->first < (is_report ? policy->report_first : policy->first) ||
            rule->last > (is_report ? policy->report_last : policy->last))
            return wp_fault(view, fault, rule, "a rule's entries are not of its policy");
    }
    return true;
}

/* ---- what binding reads ------------------------------------------------------------- */

static bool
verify_residuals(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t entries = view->shape.blocks * WP_BLOCK_BITS;
    for (uint32_t i = 0; i < view->shape.residuals; i++) {
        const struct wp_residual *residual = &view->residuals[i];
        if (residual->entry >= entries || residual->reserved != 0 ||
            !is_range(residual->first, residual->last, view->shape.clauses))
            return wp_fault(view, fault, residual, "a residual is out of range");
    }
    return true;
}

/* The entries of a run rise, so that binding may stop early and search; an entry is
 * forbidden by itself, never by way of a residual. */
static bool
verify_run(const struct wp_view *view, struct woapol_fault *fault, uint64_t number)
{
    const uint32_t entries = view->shape.blocks * WP_BLOCK_BITS;
    uint32_t next = 0;
    for (uint32_t i = view->postings_index[number]; i < view->postings_index[number + 1]; i++) {
        const uint32_t place = view->postings[i] & ~WP_POSTING_RESIDUAL;
        const bool by_residual = view->postings[i] != place;
        if (by_residual && (number % 2 != 0 || place >= view->shape.residuals))
            return wp_fault(view, fault, view->postings + i, "a posting has no such residual");
        const uint32_t entry = by_residual ? view->residuals[place].entry : place;
        if (entry >= entries)
            return wp_fault(view, fault, view->postings + i, "a posting is out of range");
        if (entry < next)
            return wp_fault(view, fault, view->postings + i, "postings are out of order");
        next = entry + 1;
    }
    return true;
}

/* How many numbers below 2^31 do not rise above the one before. */
static WP_LOOP uint32_t
count_falls(const uint32_t *numbers, uint64_t count)
{
    uint32_t falls = 0;
    for (uint64_t i = 1; i < count; i++)
        falls += (int32_t)numbers[i - 1] >= (int32_t)numbers[i];
    return falls;
}

/* Whether all postings are entries, which rise in each run: they fall but between runs. So it
 * is where nothing is residual; whether more is right, and what is wrong, verify_run says. */
static bool
are_rising_entries(const struct wp_view *view)
{
    const uint32_t *postings = view->postings, count = view->shape.postings;
    const uint64_t runs = (uint64_t)view->shape.atoms * 2;
    uint32_t between = 0;
    if (count < 2 || largest_of(postings, count) >= view->shape.blocks * WP_BLOCK_BITS)
        return false;
    for (uint64_t i = 1; i < runs; i++) {
        const uint32_t at = view->postings_index[i], next = view->postings_index[i + 1];
        const uint32_t place = at > 0 && at < count ? at : 1;
        between += (at > 0) & (next > at) & (postings[place - 1] >= postings[place]);
    }
    return count_falls(postings, count) == between;
}

static bool
verify_postings(const struct wp_view *view, struct woapol_fault *fault)
{
    if (are_rising_entries(view))
        return true;
    for (uint64_t number = 0; number < (uint64_t)view->shape.atoms * 2; number++)
        if (!verify_run(view, fault, number))
            return false;
    return true;
}

static bool
verify_binding(const struct wp_view *view, struct woapol_fault *fault)
{
    const struct wp_shape *s = &view->shape;
    return wp_all_below(view, fault, view->atoms, (uint64_t)s->groups + s->users, s->atoms,
                        "an atom is out of range") &&
           is_cut(view, fault, view->postings_index, (uint64_t)s->atoms * 2 + 1, s->postings,
                  "the index of postings is out of order") &&
           verify_residuals(view, fault) && verify_postings(view, fault) &&
           is_cut(view, fault, view->clauses, (uint64_t)s->clauses + 1, s->clause_atoms,
                  "clauses are out of order") &&
           wp_all_below(view, fault, view->clause_atoms, s->clause_atoms, s->atoms,
                        "an atom of a clause is out of range");
}

bool
wp_verify(const struct wp_view *view, struct woapol_fault *fault)
{
    return wp_verify_names(view, fault) && verify_code(view, fault) && verify_chains(view, fault) &&
           verify_outcomes(view, fault) && verify_apps(view, fault) &&
           verify_policies(view, fault) && verify_entries(view, fault) &&
           verify_rules(view, fault) && wp_verify_rows(view, fault) &&
           wp_verify_marks(view, fault) && verify_binding(view, fault) &&
           wp_verify_addresses(view, fault);
}
