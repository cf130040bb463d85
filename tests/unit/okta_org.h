/*
 * An Okta org in memory, for tests: its interface's writes and lists, with its
 * habits. Written from what Okta documents and what was seen of it, not from what
 * woapol sends.
 */
#ifndef TESTS_UNIT_OKTA_ORG_H
#define TESTS_UNIT_OKTA_ORG_H

#include "compiler/emit/okta/okta_read.h"

struct okta_org {
    json_t *zones, *assurances, *policies, *rules, *apps, *groups, *users, *authenticators;
    json_t *keys, *idps; /* all: identifier to object; rules have "policy" */
    unsigned next;
    bool is_classic;
    char fault[256]; /* what the last write was refused for */
};

void okta_org_init(struct okta_org *org);
void okta_org_end(struct okta_org *org);

/* Adds a group, a user, or an app that is assigned the default policy. */
void okta_org_add(struct okta_org *org, const char *kind, const char *name);
/* Whatever the state refers to, and all apps that it binds. */
void okta_org_furnish(struct okta_org *org, const struct wp_state *state);

/* A write, as it would arrive: identifiers in the path, no references in the body.
 * False, with org->fault, when it is refused. */
bool okta_org_write(struct okta_org *org, const char *method, const char *path, const json_t *body);

/* Adds the methods of the authenticator whose identifier the path begins with. */
void okta_org_methods(const struct okta_org *org, const char *path, json_t *array);
/* Turns an authenticator off, or one of its methods ("okta_verify/push"). */
void okta_org_switch_off(struct okta_org *org, const char *name);

/* For okta_org.c: …/lifecycle/activate or …/methods/push/lifecycle/activate; and whether all
 * methods that a value names are active. */
bool okta_org_switch(struct okta_org *org, const char *id, const char *part, const char *word,
                     const char *act);
bool okta_org_can_ask(const struct okta_org *org, const json_t *value);

struct wp_okta_door okta_org_door(struct okta_org *org);

#endif
