/*
 * What is known of a request, fact by fact as texts: header fields, arguments of
 * a message, entries of a map. The same words mean the same in each of them.
 */
#ifndef WP_SERVE_FACTS_H
#define WP_SERVE_FACTS_H

#include "compiler/decide/request_json.h"

/* A request may list so many groups; with more its groups count as incomplete. */
#define WP_FACT_GROUPS_MAX 2048

enum wp_fact {
    WP_FACT_DEVICE,
    WP_FACT_APP,
    WP_FACT_USER,
    WP_FACT_ENTRY,
    WP_FACT_GROUPS,
    WP_FACT_GROUPS_COMPLETE,
    WP_FACT_MANAGED,
    WP_FACT_COMPLIANT,
    WP_FACT_RISK,
    WP_FACT_COUNT
};

/* "device", "groups_complete": the keys of a request in JSON. */
const char *wp_fact_name(enum wp_fact fact);
bool wp_fact_by_name(struct woapol_text name, enum wp_fact *fact);

/* The facts of one request as they come in. `facts.groups` is `groups`. */
struct wp_fact_set {
    struct wp_request_facts facts; /* `error` once something cannot be understood */
    unsigned seen;                 /* a bit for each fact that was given */
    char separator;                /* between groups */
    struct woapol_text groups[WP_FACT_GROUPS_MAX];
};

/* Nothing known. */
void wp_facts_clear(struct wp_fact_set *set);

/*
 * Adds a fact. An empty text is no fact. Texts are borrowed. Yes or no is true,
 * yes, 1, on or false, no, 0, off; the risk is low, medium or high; groups may
 * come in several pieces, everything else once. What is otherwise is noted as
 * the request's error, and the request must be denied.
 */
void wp_facts_give(struct wp_fact_set *set, enum wp_fact fact, struct woapol_text value);

void wp_facts_give_bool(struct wp_fact_set *set, enum wp_fact fact, bool value);
void wp_facts_give_address(struct wp_fact_set *set, const uint8_t *bytes, uint8_t family);

#endif
