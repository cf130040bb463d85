/*
 * What index.mjs calls. Addresses are into the module's memory, which index.mjs lays
 * out: first what this file keeps, then the image, then what is bound. What is handed
 * over and back lies in `desk`, whose layout index.mjs knows. Nothing but `open` is
 * called before it has succeeded; numbers out of range are the runtime's business, as
 * everywhere.
 */
#include <string.h>

#include "woapol.h"

#define EXPORT(name) __attribute__((export_name(#name), used)) extern
#define LIST_MAX 192
#define MESSAGE 9 /* one kind more for `name` */

__attribute__((visibility("default"))) struct {
    struct woapol_request request;   /* at 0 */
    struct woapol_decision decision; /* at 32 */
    struct woapol_identity identity; /* at 64 */
    uint32_t found;                  /* at 92: the length of a text */
    uint32_t fault;                  /* at 96: where an image is none */
    uint32_t principal;              /* at 100: the size of one */
    uint32_t list[LIST_MAX];         /* at 104: reports; triples of a chain; next methods */
} desk;

static struct woapol_image image;

EXPORT(open) uint32_t open(const void *bytes, uint32_t size)
{
    struct woapol_fault fault;
    enum woapol_status status = woapol_open(&image, bytes, size, NULL, &fault);
    desk.fault = (uint32_t)fault.offset;
    if (status == WOAPOL_OK)
        desk.principal = (uint32_t)woapol_principal_size(&image);
    return status;
}

EXPORT(bind) uint32_t bind(void *memory)
{
    return woapol_bind(&image, &desk.identity, memory, desk.principal) != NULL;
}

EXPORT(set_address) uint32_t set_address(const char *text, uint32_t length)
{
    return woapol_set_address(&desk.request, text, length);
}

EXPORT(find) uint32_t find(uint32_t kind, const char *name, uint32_t length)
{
    return woapol_find(&image, (enum woapol_kind)kind, name, length);
}

EXPORT(decide) void decide(struct woapol_principal *principal)
{
    woapol_decide(&image, principal, &desk.request, &desk.decision);
}

EXPORT(name) const char *name(uint32_t kind, uint32_t number)
{
    size_t length = 0;
    const char *text = kind == MESSAGE
                           ? woapol_message(&image, number, &length)
                           : woapol_name(&image, (enum woapol_kind)kind, number, &length);
    desk.found = (uint32_t)length;
    return text;
}

/* The true report rules; returns how many there are, of which LIST_MAX are listed. */
EXPORT(reports) uint32_t reports(struct woapol_principal *principal)
{
    return (uint32_t)woapol_reports(&image, principal, &desk.request, desk.list, LIST_MAX);
}

struct walk {
    uint32_t skip, count;
};

static bool
note_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    struct walk *walk = context;
    if (walk->skip > 0) {
        walk->skip--;
        return true;
    }
    uint32_t *triple = &desk.list[walk->count];
    triple[0] = alternative;
    triple[1] = step;
    triple[2] = method;
    walk->count += 3;
    return walk->count < LIST_MAX;
}

/* Triples of alternative, step and method, from the method `skip` on; returns how many
 * words they are. */
EXPORT(walk) uint32_t walk(uint32_t number, uint32_t skip)
{
    struct walk walk = {.skip = skip};
    woapol_chain_walk(&image, number, note_method, &walk);
    return walk.count;
}

/* The next methods, as many as are listed; the answer is state * 65536 + their number. */
EXPORT(progress)
uint32_t
progress(uint32_t number, const uint32_t *passed, uint32_t passed_count, const uint32_t *failed,
         uint32_t failed_count)
{
    size_t count = 0;
    enum woapol_progress_state state = woapol_progress(&image, number, passed, passed_count, failed,
                                                       failed_count, desk.list, LIST_MAX, &count);
    return (uint32_t)state << 16 | (uint32_t)(count < LIST_MAX ? count : LIST_MAX);
}
