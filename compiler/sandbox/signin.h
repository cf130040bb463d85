/*
 * Sign-ins, decided as the vendors say that their products decide. An order:
 *
 *   {"tenant": "okta" | "access", "user": "ana@corp.example", "device": "ana-iphone",
 *    "ip": "203.0.113.9", "app": "Salesforce", "entry": "browser"}
 *
 * `device` may be an object in place of a name: {"platform": "ios", "managed":
 * true, "compliant": false, "registered": true, "enrolled": true, "token":
 * "valid"}; `groups` may stand in place of `user` (tenant's names). `ip` may be an
 * array: the client first, the address that connected last. Optional: "risk"
 * (low, medium, high), "country", "region", "asn", "anonymizer", "types" (device
 * types of Access, as if it had seen them), "outcomes": {"password": "fail"}.
 */
#ifndef WP_SANDBOX_SIGNIN_H
#define WP_SANDBOX_SIGNIN_H

#include "compiler/sandbox/address.h"
#include "compiler/sandbox/exchange.h"

#define WP_SIGNIN_HOPS 8

/* An order, read. Texts and JSON are borrowed from the order and the store. */
struct wp_signin {
    struct wp_box *box;
    struct wp_arena *arena;
    const char *login;      /* NULL: only groups are known */
    const json_t *user;     /* the tenant's; NULL: unknown here */
    const json_t *groups;   /* ids, an array; never NULL */
    const json_t *device;   /* as in the samples; NULL: nothing is known of it */
    const char *platform;   /* "ios"; NULL */
    const char *entry;      /* browser, native_app, hub, okta_mobile, enrollment; NULL */
    const json_t *types;    /* Access' device types, if said */
    const json_t *outcomes; /* what happens to a method, if said */
    struct wp_box_address hops[WP_SIGNIN_HOPS]; /* client first */
    size_t hop_count;
    const char *ip;   /* the client's, as written */
    const char *risk; /* low, medium, high; NULL */
    const char *country, *region, *anonymizer;
    const char *asn;
    const char *app;      /* as written; NULL */
    const json_t *target; /* the tenant's app; NULL: none of that name */
    json_t *trace;        /* what was looked at, and why it did or did not fit */
};

/* The decision, or NULL with the reason why the order is none. */
json_t *wp_box_signin(struct wp_box *box, struct wp_arena *arena, const json_t *order,
                      const char **why);

/* The tenants' deciders: {"effect", "policy", "rule", "chain", "reauth_s",
 * "message", "outcome", …}, without the trace. */
json_t *wp_box_okta_decide(struct wp_signin *signin);
json_t *wp_box_access_decide(struct wp_signin *signin);

/* Adds {"policy", "rule", "fits", "because"} to the trace. */
void wp_box_signin_trace(struct wp_signin *signin, const char *policy, const char *rule, bool fits,
                         const char *because);

/* Does this person, on this device, get through that method? `ability` is a word
 * of the samples; NULL: needs nobody's help. */
bool wp_box_signin_can(const struct wp_signin *signin, const char *method, const char *ability);

/* Is the address in an IP zone? The chain's last address is the one that
 * connected; from there it goes left over proxies. Lists of {"type","value"}. */
bool wp_box_okta_in_ip_zone(const json_t *gateways, const json_t *proxies,
                            const struct wp_box_address *hops, size_t count);

#endif
