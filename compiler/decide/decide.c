/* Facts by name become numbers of the image, once for each request. */
#include "compiler/decide/decide.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64

bool
wp_decider_init(struct wp_decider *decider, const struct woapol_image *image)
{
    *decider = (struct wp_decider){.image = image, .report_room = 16};
    size_t size = woapol_principal_size(image);
    decider->size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    decider->memory = aligned_alloc(ALIGNMENT, decider->size);
    decider->reports = malloc(decider->report_room * sizeof *decider->reports);
    if (decider->memory != NULL && decider->reports != NULL)
        return true;
    wp_decider_fini(decider);
    return false;
}

void
wp_decider_fini(struct wp_decider *decider)
{
    free(decider->memory);
    free(decider->reports);
    *decider = (struct wp_decider){0};
}

static uint32_t
find(const struct woapol_image *image, enum woapol_kind kind, struct woapol_text name)
{
    return name.text == NULL ? 0 : woapol_find(image, kind, name.text, name.length);
}

void
wp_fill_request(const struct woapol_image *image, const struct wp_request_facts *facts,
                struct woapol_request *request)
{
    woapol_request_init(request);
    memcpy(request->address, facts->address, sizeof request->address);
    request->address_family = facts->address_family;
    request->risk = facts->risk;
    request->managed = facts->managed;
    request->compliant = facts->compliant;
    request->device = find(image, WOAPOL_DEVICE, facts->device);
    request->app = find(image, WOAPOL_APP, facts->app);
    request->entry = find(image, WOAPOL_ENTRY, facts->entry);
}

static bool
collect_reports(struct wp_decider *decider, struct woapol_principal *principal,
                const struct woapol_request *request)
{
    decider->report_count =
        woapol_reports(decider->image, principal, request, decider->reports, decider->report_room);
    if (decider->report_count <= decider->report_room)
        return true;
    uint32_t *reports = realloc(decider->reports, decider->report_count * sizeof *reports);
    if (reports == NULL)
        return false;
    decider->reports = reports;
    decider->report_room = decider->report_count;
    woapol_reports(decider->image, principal, request, reports, decider->report_room);
    return true;
}

bool
wp_decide(struct wp_decider *decider, const struct wp_request_facts *facts,
          struct woapol_decision *decision)
{
    struct woapol_request request;
    struct woapol_identity identity = {.groups = facts->groups,
                                       .group_count = facts->group_count,
                                       .user = facts->user,
                                       .groups_incomplete = facts->groups_incomplete};
    wp_fill_request(decider->image, facts, &request);
    struct woapol_principal *principal = woapol_decide_once(
        decider->image, &identity, decider->memory, decider->size, &request, decision);
    return collect_reports(decider, principal, &request);
}
