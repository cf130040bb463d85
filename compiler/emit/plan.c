/* Plans as data: adding calls, and giving them back. */
#include "compiler/emit/plan.h"

#include <string.h>

/* The last part of a key, its escapes undone. */
static const char *
name_of(struct wp_arena *arena, const char *key)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *slash = strrchr(key, '/'), *from = slash == NULL ? key : slash + 1;
    char *name = wp_alloc(arena, strlen(from) + 1), *to = name;

    while (*from != '\0') {
        const char *high = from[0] == '%' && from[1] != '\0' ? strchr(digits, from[1]) : NULL;
        const char *low = high != NULL && from[2] != '\0' ? strchr(digits, from[2]) : NULL;
        *to++ = low == NULL ? *from : (char)((high - digits) * 16 + (low - digits));
        from += low == NULL ? 1 : 3;
    }
    return name;
}

struct wp_call *
wp_plan_add(struct wp_plan *plan, enum wp_verb verb, const char *key)
{
    if (plan->count == plan->capacity) {
        size_t capacity = plan->capacity == 0 ? 32 : plan->capacity * 2;
        struct wp_call *larger = wp_alloc_array(plan->arena, capacity, sizeof *larger);
        if (plan->count > 0)
            memcpy(larger, plan->calls, plan->count * sizeof *larger);
        plan->calls = larger;
        plan->capacity = capacity;
    }
    struct wp_call *call = &plan->calls[plan->count++];
    key = wp_copy_text(plan->arena, key, strlen(key));
    *call = (struct wp_call){.verb = verb,
                             .kind = wp_copy_text(plan->arena, key, strcspn(key, "/")),
                             .key = key,
                             .name = name_of(plan->arena, key),
                             .span = {.file = WP_NO_FILE}};
    return call;
}

void
wp_plan_end(struct wp_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        json_decref(plan->calls[i].send);
        json_decref(plan->calls[i].before);
        json_decref(plan->calls[i].after);
    }
    plan->calls = NULL;
    plan->count = plan->capacity = 0;
}
