/* The nearest request with another outcome: all single changes, then pairs.
 * Candidates are made once; trying one costs a decision. */
#include "compiler/cli/nearest.h"

#include <string.h>

#include "compiler/address.h"

#define MAX_ADDRESSES 20000u /* that are tried alone */
#define MAX_PAIRED 600u      /* candidates that are tried in pairs */

enum fact {
    MANAGED,
    COMPLIANT,
    RISK,
    COMPLETE,
    GROUP_ADDED,
    GROUP_REMOVED,
    DEVICE,
    ADDRESS,
    ENTRY,
    APP,
    USER
};
static const char *const fact_names[] = {"managed", "compliant", "risk",   "groups_complete",
                                         "groups",  "groups",    "device", "ip",
                                         "entry",   "app",       "user"};

struct candidate {
    enum fact fact;
    bool flag; /* MANAGED, COMPLIANT */
    uint8_t risk;
    size_t index;            /* GROUP_REMOVED: in the request's groups */
    struct woapol_text text; /* the new name or address; NULL: absent */
    const char *from, *to;
};

struct search {
    const struct wp_model *model;
    struct wp_decider *decider;
    const struct wp_request_facts *facts;
    const struct woapol_decision *decision;
    struct wp_arena *arena;
    struct candidate *candidates;
    size_t count, room;
    struct woapol_text *groups[WP_MAX_CHANGES]; /* for the groups of a trial */
    struct wp_variant *variants;
    size_t variant_count, variant_room;
    bool effects_only; /* what changes the message alone comes later */
    bool cut;
};

/* ---- candidates -------------------------------------------------------------- */

static struct candidate *
add_candidate(struct search *search, enum fact fact, const char *from, const char *to)
{
    if (search->count == search->room) {
        size_t room = search->room == 0 ? 64 : search->room * 2;
        struct candidate *all = wp_alloc_array(search->arena, room, sizeof *all);
        if (search->count > 0)
            memcpy(all, search->candidates, search->count * sizeof *all);
        search->candidates = all;
        search->room = room;
    }
    struct candidate *candidate = &search->candidates[search->count++];
    *candidate = (struct candidate){.fact = fact, .from = from, .to = to};
    return candidate;
}

static bool
is_name(struct woapol_text text, const char *name)
{
    return text.text != NULL && text.length == strlen(name) &&
           memcmp(text.text, name, text.length) == 0;
}

static const char *
text_or(struct search *search, struct woapol_text text, const char *absent)
{
    return text.text == NULL ? absent : wp_copy_text(search->arena, text.text, text.length);
}

static void
add_name(struct search *search, enum fact fact, struct woapol_text old, const char *absent,
         const char *name)
{
    if (name == NULL ? old.text == NULL : is_name(old, name))
        return;
    struct candidate *candidate =
        add_candidate(search, fact, text_or(search, old, absent), name == NULL ? absent : name);
    if (name != NULL)
        candidate->text = (struct woapol_text){name, strlen(name)};
}

static void
add_posture(struct search *search)
{
    static const char *const levels[] = {"low", "medium", "high"};
    const struct wp_request_facts *facts = search->facts;
    add_candidate(search, MANAGED, facts->managed ? "managed" : "not managed",
                  facts->managed ? "not managed" : "managed")
        ->flag = !facts->managed;
    add_candidate(search, COMPLIANT, facts->compliant ? "compliant" : "not compliant",
                  facts->compliant ? "not compliant" : "compliant")
        ->flag = !facts->compliant;
    for (uint8_t risk = 0; risk < 3; risk++)
        if (risk != facts->risk)
            add_candidate(search, RISK, levels[facts->risk], levels[risk])->risk = risk;
    if (facts->groups_incomplete)
        add_candidate(search, COMPLETE, "groups may be missing", "the groups are complete");
    static const char *const entries[] = {"browser", "native_app", "hub", "okta_mobile"};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        add_name(search, ENTRY, facts->entry, "no entry", entries[i]);
    add_name(search, ENTRY, facts->entry, "no entry", NULL);
}

static bool
has_group(const struct wp_request_facts *facts, const struct wp_thing *group)
{
    for (size_t i = 0; i < facts->group_count; i++)
        if (is_name(facts->groups[i], group->name) ||
            (group->directory != NULL && is_name(facts->groups[i], group->directory)))
            return true;
    return false;
}

static void
add_groups(struct search *search)
{
    const struct wp_request_facts *facts = search->facts;
    for (uint32_t i = 0; i < search->model->group_count; i++) {
        const char *name = search->model->groups[i].name;
        if (!has_group(facts, &search->model->groups[i]))
            add_candidate(search, GROUP_ADDED, NULL, name)->text =
                (struct woapol_text){name, strlen(name)};
    }
    for (size_t i = 0; i < facts->group_count; i++)
        add_candidate(search, GROUP_REMOVED, text_or(search, facts->groups[i], NULL), NULL)->index =
            i;
}

static void
add_names(struct search *search)
{
    const struct wp_model *model = search->model;
    const struct wp_request_facts *facts = search->facts;
    for (uint32_t i = 1; i < model->device_count; i++)
        add_name(search, DEVICE, facts->device, "no device", model->devices[i].name);
    add_name(search, DEVICE, facts->device, "no device", NULL);
    for (uint32_t i = 0; i < model->app_count; i++)
        add_name(search, APP, facts->app, "no app", model->apps[i].name);
    add_name(search, APP, facts->app, "no app", NULL);
    for (uint32_t i = 0; i < model->user_count; i++)
        add_name(search, USER, facts->user, "no user", model->users[i]);
    add_name(search, USER, facts->user, "no user", NULL);
}

static void
add_address(struct search *search, const struct wp_address *address)
{
    char *text = wp_alloc(search->arena, WP_ADDRESS_TEXT);
    wp_address_text(address, text);
    add_name(search, ADDRESS, search->facts->ip, "no address", text);
}

/* Sets change membership only where a range begins or has ended, so those
 * addresses stand for all. */
static void
add_addresses(struct search *search)
{
    const struct wp_model *model = search->model;
    size_t limit = search->count + MAX_ADDRESSES;
    for (uint32_t i = 0; i < model->network_count; i++) {
        const struct wp_network *network = &model->networks[i];
        for (uint32_t r = 0; r < network->v4_count && search->count < limit; r++) {
            add_address(search, &(struct wp_address){.v4 = network->v4[r].low});
            if (network->v4[r].high < UINT32_MAX)
                add_address(search, &(struct wp_address){.v4 = network->v4[r].high + 1});
        }
        for (uint32_t r = 0; r < network->v6_count && search->count < limit; r++) {
            add_address(search, &(struct wp_address){.is_v6 = true, .v6 = network->v6[r].low});
            struct wp_address after = {.is_v6 = true, .v6 = wp_next6(network->v6[r].high)};
            if (after.v6.high != 0 || after.v6.low != 0)
                add_address(search, &after);
        }
    }
    search->cut |= search->count >= limit;
    add_name(search, ADDRESS, search->facts->ip, "no address", NULL);
}

/* ---- trials ------------------------------------------------------------------- */

static void
change_groups(struct search *search, const struct candidate *candidate, unsigned number,
              struct wp_request_facts *facts)
{
    struct woapol_text *groups = search->groups[number];
    size_t count = 0;
    for (size_t i = 0; i < facts->group_count; i++)
        if (candidate->fact != GROUP_REMOVED ||
            facts->groups[i].text != search->facts->groups[candidate->index].text)
            groups[count++] = facts->groups[i];
    if (candidate->fact == GROUP_ADDED)
        groups[count++] = candidate->text;
    facts->groups = groups;
    facts->group_count = count;
}

static void
change_address(const struct candidate *candidate, struct wp_request_facts *facts)
{
    struct woapol_request request;
    woapol_request_init(&request);
    if (candidate->text.text != NULL)
        (void)woapol_set_address(&request, candidate->text.text, candidate->text.length);
    memcpy(facts->address, request.address, sizeof facts->address);
    facts->address_family = request.address_family;
    facts->ip = candidate->text;
}

static void
apply(struct search *search, const struct candidate *candidate, unsigned number,
      struct wp_request_facts *facts)
{
    switch (candidate->fact) {
    case MANAGED:
        facts->managed = candidate->flag;
        break;
    case COMPLIANT:
        facts->compliant = candidate->flag;
        break;
    case RISK:
        facts->risk = candidate->risk;
        break;
    case COMPLETE:
        facts->groups_incomplete = false;
        break;
    case GROUP_ADDED:
    case GROUP_REMOVED:
        change_groups(search, candidate, number, facts);
        break;
    case DEVICE:
        facts->device = candidate->text;
        break;
    case ADDRESS:
        change_address(candidate, facts);
        break;
    case ENTRY:
        facts->entry = candidate->text;
        break;
    case APP:
        facts->app = candidate->text;
        break;
    case USER:
        facts->user = candidate->text;
        break;
    }
}

/* Another rule that decides the same is no other outcome. */
static bool
is_same_outcome(const struct woapol_decision *a, const struct woapol_decision *b)
{
    return a->effect == b->effect && a->chain == b->chain && a->message == b->message &&
           a->reauth_seconds == b->reauth_seconds;
}

/* Whether a variant that changes the same facts comes to the same already. */
static bool
is_known(const struct search *search, const struct candidate *const *changes, unsigned count,
         const struct woapol_decision *decision)
{
    for (size_t i = 0; i < search->variant_count; i++) {
        const struct wp_variant *variant = &search->variants[i];
        bool same = variant->change_count == count && is_same_outcome(&variant->decision, decision);
        for (unsigned c = 0; same && c < count; c++)
            same = strcmp(variant->changes[c].fact, fact_names[changes[c]->fact]) == 0;
        if (same)
            return true;
    }
    return false;
}

static void
keep(struct search *search, const struct candidate *const *changes, unsigned count,
     const struct wp_request_facts *facts, const struct woapol_decision *decision)
{
    if (search->variant_count == search->variant_room || is_known(search, changes, count, decision))
        return;
    struct wp_variant *variant = &search->variants[search->variant_count++];
    *variant = (struct wp_variant){.change_count = count, .facts = *facts, .decision = *decision};
    struct woapol_text *groups =
        wp_alloc_array(search->arena, facts->group_count + 1, sizeof *groups);
    if (facts->group_count > 0)
        memcpy(groups, facts->groups, facts->group_count * sizeof *groups);
    variant->facts.groups = groups;
    const struct wp_decider *decider = search->decider;
    uint32_t *reports = wp_alloc_array(search->arena, decider->report_count + 1, sizeof *reports);
    memcpy(reports, decider->reports, decider->report_count * sizeof *reports);
    variant->reports = reports;
    variant->report_count = decider->report_count;
    for (unsigned c = 0; c < count; c++)
        variant->changes[c] = (struct wp_change){
            .fact = fact_names[changes[c]->fact], .from = changes[c]->from, .to = changes[c]->to};
}

static void
try_changes(struct search *search, const struct candidate *const *changes, unsigned count)
{
    struct wp_request_facts facts = *search->facts;
    struct woapol_decision decision;
    for (unsigned c = 0; c < count; c++)
        apply(search, changes[c], c, &facts);
    if (!wp_decide(search->decider, &facts, &decision))
        return;
    if (search->effects_only ? decision.effect != search->decision->effect
                             : !is_same_outcome(&decision, search->decision))
        keep(search, changes, count, &facts, &decision);
}

static void
try_singles(struct search *search, bool effects_only)
{
    search->effects_only = effects_only;
    for (size_t i = 0; i < search->count; i++) {
        const struct candidate *change = &search->candidates[i];
        try_changes(search, &change, 1);
    }
}

/* Two changes of one fact are one, save for groups. */
static bool
can_pair(const struct candidate *a, const struct candidate *b)
{
    bool is_group = a->fact == GROUP_ADDED || a->fact == GROUP_REMOVED;
    return a->fact != b->fact || is_group;
}

static void
try_pairs(struct search *search)
{
    size_t count = search->count;
    if (count > MAX_PAIRED) {
        search->cut = true;
        count = MAX_PAIRED;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) {
            const struct candidate *pair[] = {&search->candidates[i], &search->candidates[j]};
            if (search->variant_count == search->variant_room)
                return;
            if (can_pair(pair[0], pair[1]))
                try_changes(search, pair, 2);
        }
}

size_t
wp_nearest(const struct wp_model *model, struct wp_decider *decider,
           const struct wp_request_facts *facts, const struct woapol_decision *decision,
           struct wp_arena *arena, struct wp_variant *variants, size_t room, bool *cut)
{
    struct search search = {.model = model,
                            .decider = decider,
                            .facts = facts,
                            .decision = decision,
                            .arena = arena,
                            .variants = variants,
                            .variant_room = room};
    for (unsigned i = 0; i < WP_MAX_CHANGES; i++)
        search.groups[i] =
            wp_alloc_array(arena, facts->group_count + WP_MAX_CHANGES, sizeof *search.groups[i]);
    add_posture(&search);
    add_groups(&search);
    add_names(&search);
    add_addresses(&search);
    try_singles(&search, true);
    try_singles(&search, false);
    if (search.variant_count == 0)
        try_pairs(&search);
    *cut = search.cut;
    return search.variant_count;
}
