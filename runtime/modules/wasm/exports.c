/*
 * What index.mjs calls. Addresses are into the module's memory, which index.mjs
 * lays out: first what this file keeps, then the image, then what is bound.
 * Numbers out of range are the runtime's business, as everywhere.
 */
#include <string.h>

#include "woapol.h"

#define EXPORT(name) __attribute__((export_name(#name), used)) extern

static struct woapol_image image;
static struct woapol_fault fault;
static struct woapol_request request;
static struct woapol_decision decision;
static struct woapol_text groups[1];
static size_t found_length;
static uint32_t methods[3 * 64]; /* triples of a chain; or passed, failed, next */
static uint32_t method_count;
static bool is_open;

extern unsigned char __heap_base;

EXPORT(heap) uint32_t heap(void)
{
    return (uint32_t)(uintptr_t)&__heap_base;
}
EXPORT(found) uint32_t found(void)
{
    return (uint32_t)found_length;
}
EXPORT(list) uint32_t list(void)
{
    return (uint32_t)(uintptr_t)methods;
}
EXPORT(fault_at) uint32_t fault_at(void)
{
    return (uint32_t)fault.offset;
}

EXPORT(fault_reason) const char *fault_reason(enum woapol_status status)
{
    const char *text = fault.reason ? fault.reason : woapol_status_text(status);

    found_length = strlen(text);
    return text;
}

EXPORT(open) uint32_t open(const void *bytes, uint32_t size)
{
    fault = (struct woapol_fault){0, NULL};
    enum woapol_status status = woapol_open(&image, bytes, size, NULL, &fault);

    is_open = status == WOAPOL_OK;
    return status;
}

EXPORT(generation) double generation(void)
{
    return is_open ? (double)woapol_generation(&image) : 0;
}
EXPORT(principal_size) uint32_t principal_size(void)
{
    return is_open ? (uint32_t)woapol_principal_size(&image) : 0;
}

/* `list` holds pairs of address and length. */
EXPORT(bind)
uint32_t
bind(void *memory, uint32_t size, const struct woapol_text *names, uint32_t count, const char *user,
     uint32_t user_length, uint32_t incomplete)
{
    struct woapol_identity identity = {.groups = count > 0 ? names : groups,
                                       .group_count = count,
                                       .groups_incomplete = incomplete != 0};

    if (!is_open)
        return 0;
    if (user != NULL)
        identity.user = (struct woapol_text){user, user_length};
    return woapol_bind(&image, &identity, memory, size) != NULL;
}

EXPORT(begin) void begin(void)
{
    woapol_request_init(&request);
}

EXPORT(set_address) uint32_t set_address(const char *text, uint32_t length)
{
    return woapol_set_address(&request, text, length);
}

EXPORT(find) uint32_t find(uint32_t kind, const char *name, uint32_t length)
{
    return is_open && kind < WOAPOL_KIND_COUNT
               ? woapol_find(&image, (enum woapol_kind)kind, name, length)
               : 0;
}

EXPORT(decide)
uint32_t
decide(struct woapol_principal *principal, uint32_t device, uint32_t app, uint32_t entry,
       uint32_t risk, uint32_t managed, uint32_t compliant)
{
    request.device = device;
    request.app = app;
    request.entry = entry;
    request.risk = (uint8_t)(risk > 2 ? 2 : risk);
    request.managed = managed != 0;
    request.compliant = compliant != 0;
    woapol_decide(&image, principal, &request, &decision);
    return decision.effect;
}

EXPORT(reason) uint32_t reason(void)
{
    return decision.reason;
}
EXPORT(policy) uint32_t policy(void)
{
    return decision.policy;
}
EXPORT(rule) uint32_t rule(void)
{
    return decision.rule;
}
EXPORT(chain) uint32_t chain(void)
{
    return decision.chain;
}

/* -1: none is set. */
EXPORT(reauth) double reauth(void)
{
    return decision.reauth_seconds == WOAPOL_NO_REAUTH ? -1 : (double)decision.reauth_seconds;
}

EXPORT(message) const char *message(void)
{
    return woapol_message(&image, decision.message, &found_length);
}

EXPORT(name) const char *name(uint32_t kind, uint32_t number)
{
    return is_open && kind < WOAPOL_KIND_COUNT
               ? woapol_name(&image, (enum woapol_kind)kind, number, &found_length)
               : NULL;
}

/* The true report rules, into `list`; returns how many there are, of which at most
 * 192 are listed. */
EXPORT(reports) uint32_t reports(struct woapol_principal *principal)
{
    return (uint32_t)woapol_reports(&image, principal, &request, methods,
                                    sizeof methods / sizeof *methods);
}

static bool
note_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    uint32_t *skip = context;

    if (*skip > 0) {
        --*skip;
        return true;
    }
    if (method_count == 64)
        return false;
    memcpy(&methods[3 * method_count], (uint32_t[3]){alternative, step, method}, 12);
    method_count++;
    return true;
}

/* Triples of alternative, step and method, from the method `skip` on, into `list`;
 * returns how many, at most 64. */
EXPORT(walk) uint32_t walk(uint32_t number, uint32_t skip)
{
    method_count = 0;
    if (is_open)
        woapol_chain_walk(&image, number, note_method, &skip);
    return method_count;
}

/* Up to 64 next methods go into `list`; the answer is state * 65536 + their number. */
EXPORT(progress)
uint32_t
progress(uint32_t number, const uint32_t *passed, uint32_t passed_count, const uint32_t *failed,
         uint32_t failed_count)
{
    size_t count = 0;

    if (!is_open)
        return (uint32_t)WOAPOL_PROGRESS_FAILED << 16;
    enum woapol_progress_state state = woapol_progress(&image, number, passed, passed_count, failed,
                                                       failed_count, methods, 64, &count);
    return (uint32_t)state << 16 | (uint32_t)(count < 64 ? count : 64);
}
