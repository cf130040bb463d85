#include "compiler/sandbox/faults.h"

#include <string.h>

static const char *const kinds[] = {"cut", "lose", "500", "503", "423", "429", "500-late"};

const char *
wp_box_fault_add(struct wp_box *box, const json_t *fault)
{
    const char *what = wp_box_text(fault, "do"), *tenant = wp_box_text(fault, "tenant");
    const json_t *after = json_object_get(fault, "after"), *times = json_object_get(fault, "times");
    bool is_kind = false, is_tenant = false;
    for (size_t i = 0; what != NULL && i < sizeof kinds / sizeof *kinds; i++)
        is_kind = is_kind || strcmp(what, kinds[i]) == 0;
    for (unsigned i = 0; tenant != NULL && i < WP_BOX_CONTROL; i++)
        is_tenant = is_tenant || strcmp(tenant, wp_box_port_names[i]) == 0;
    if (!is_kind)
        return "\"do\" is cut, lose, 500, 500-late, 503, 423 or 429";
    if (!is_tenant)
        return "\"tenant\" is okta, access or uem";
    if ((after != NULL && !json_is_integer(after)) || (times != NULL && !json_is_integer(times)))
        return "\"after\" and \"times\" are whole numbers";
    if (box->faults == NULL)
        box->faults = json_array();
    if (json_array_size(box->faults) >= 100)
        return "there are 100 faults already";
    json_array_append_new(box->faults, json_deep_copy(fault));
    return NULL;
}

static bool
concerns(const struct wp_exchange *x, const json_t *fault)
{
    const char *method = wp_box_text(fault, "method"), *path = wp_box_text(fault, "path");
    return strcmp(wp_box_text(fault, "tenant"), wp_box_port_names[x->port]) == 0 &&
           (method == NULL || strcmp(method, x->method) == 0) &&
           (path == NULL || strncmp(path, x->path, strlen(path)) == 0);
}

/* Counts the request on the fault; whether it happens now. */
static bool
is_due(json_t *fault)
{
    json_int_t after = json_integer_value(json_object_get(fault, "after"));
    json_t *times = json_object_get(fault, "times");
    json_int_t left = times != NULL ? json_integer_value(times) : 1;
    if (after > 0) {
        json_object_set_new(fault, "after", json_integer(after - 1));
        return false;
    }
    if (left <= 0)
        return false;
    json_object_set_new(fault, "times", json_integer(left - 1));
    return true;
}

static void
answer_status(struct wp_exchange *x, const char *what)
{
    unsigned status = (unsigned)((what[0] - '0') * 100 + (what[1] - '0') * 10 + (what[2] - '0'));
    const char *code = status == 429 ? "E0000047" : status == 423 ? "E0000239" : "E0000009";
    if (status == 429) {
        wp_exchange_add(x, "X-Rate-Limit-Limit", "600");
        wp_exchange_add(x, "X-Rate-Limit-Remaining", "0");
        wp_exchange_add(x, "X-Rate-Limit-Reset",
                        wp_format(x->arena, "%lld", (long long)wp_box_now() + 1));
    }
    wp_exchange_answer(x, status,
                       x->port == WP_BOX_OKTA
                           ? json_pack("{s:s, s:s, s:s, s:s, s:[]}", "errorCode", code,
                                       "errorSummary", "A fault of the sandbox", "errorLink", code,
                                       "errorId", "oaefault", "errorCauses")
                           : json_pack("{s:[{s:s, s:s, s:{}}]}", "errors", "code", "fault",
                                       "message", "A fault of the sandbox", "parameters"));
}

bool
wp_box_fault_before(struct wp_exchange *x)
{
    size_t i;
    json_t *fault;
    json_array_foreach(x->box->faults, i, fault)
    {
        const char *what = wp_box_text(fault, "do");
        if (strcmp(what, "lose") == 0 || strcmp(what, "500-late") == 0 || !concerns(x, fault) ||
            !is_due(fault))
            continue;
        if (strcmp(what, "cut") == 0)
            x->is_cut = true;
        else
            answer_status(x, what);
        return true;
    }
    return false;
}

void
wp_box_fault_after(struct wp_exchange *x)
{
    size_t i;
    json_t *fault;
    json_array_foreach(x->box->faults, i, fault)
    {
        const char *what = wp_box_text(fault, "do");
        if ((strcmp(what, "lose") != 0 && strcmp(what, "500-late") != 0) || !concerns(x, fault) ||
            !is_due(fault))
            continue;
        if (what[0] == 'l')
            x->is_cut = true;
        else
            answer_status(x, "500");
        return;
    }
}
