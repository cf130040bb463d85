#include "compiler/replay/join.h"

#include <string.h>

#include "compiler/map.h"
#include "compiler/replay/user_agent.h"

static const struct wp_agent *
agent_of(struct wp_joiner *joiner, struct woapol_text text)
{
    uint64_t hash = wp_hash_bytes(0, text.text, text.length);
    struct wp_agent *agent = &joiner->agents[hash % WP_AGENTS];
    if (agent->length == text.length && memcmp(agent->text, text.text, text.length) == 0)
        return agent;
    agent->length = text.length;
    memcpy(agent->text, text.text, text.length);
    agent->device = wp_device_of_agent(text);
    agent->entry = wp_entry_of_agent(text);
    return agent;
}

static void
complete_device(struct wp_joiner *joiner, struct wp_event *event)
{
    struct wp_request_facts *facts = &event->facts;
    struct woapol_text agent = event->agent;
    if (agent.length > WP_AGENT_LENGTH)
        agent.length = WP_AGENT_LENGTH;
    if (agent.text != NULL && agent.length > 0) {
        const struct wp_agent *known = agent_of(joiner, agent);
        if (facts->device.text == NULL)
            facts->device = known->device;
        if (facts->entry.text == NULL)
            facts->entry = known->entry;
    }
    if (facts->device.text == NULL && event->platform.text != NULL)
        facts->device = wp_device_of_agent(event->platform);
}

static bool
complete_person(const struct wp_people *people, struct wp_event *event, uint64_t hash,
                struct wp_store *store)
{
    struct wp_request_facts *facts = &event->facts;
    const struct wp_person *person = NULL;
    if (people != NULL && facts->user.text != NULL)
        person = wp_people_find(people, facts->user, hash);
    if (person != NULL && person->has_managed)
        facts->managed = person->managed;
    if (person != NULL && person->has_compliant)
        facts->compliant = person->compliant;
    if (event->has_groups)
        return true;
    facts->groups_incomplete = person == NULL || !person->has_groups;
    facts->group_count = person == NULL ? 0 : person->group_count;
    if (facts->group_count == 0)
        return true;
    struct woapol_text *groups = wp_store_take(store, facts->group_count * sizeof *groups);
    for (size_t i = 0; groups != NULL && i < facts->group_count; i++)
        groups[i] = wp_people_group(people, person, i);
    facts->groups = groups;
    return groups != NULL;
}

bool
wp_join(struct wp_joiner *joiner, struct wp_event *event, uint64_t person, struct wp_store *store)
{
    complete_device(joiner, event);
    return complete_person(joiner->people, event, person, store);
}
