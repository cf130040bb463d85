#include "tests/unit/every_way.h"
#include "runtime/evaluator.h"
#include "tests/unit/small_runtime.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct asked {
    const struct built *built;
    const struct woapol_identity *who;
    const struct woapol_request *questions;
    uint32_t count;
    every_way_expect *expect;
    const void *context;
};

static void
ask_bound(const struct asked *asked)
{
    struct woapol_image image = asked->built->image;
    struct woapol_principal *person =
        woapol_bind(&image, asked->who, asked->built->memory, asked->built->memory_size);
    const struct wp_evaluator *evaluator;
    struct woapol_decision decisions[EVERY_WAY_MOST];
    for (uint32_t number = 0; (evaluator = wp_evaluator_for_processor(number)) != NULL; number++) {
        wp_evaluate_with((struct wp_view *)(void *)image.opaque, evaluator);
        wp_forget(person);
        for (uint32_t i = 0; i < 2 * asked->count; i++) { /* each twice: it may be remembered */
            woapol_decide(&image, person, &asked->questions[i / 2], decisions);
            asked->expect(asked->context, decisions, i / 2, "one");
        }
        woapol_decide_batch(&image, person, asked->questions, asked->count, decisions);
        for (uint32_t i = 0; i < asked->count; i++)
            asked->expect(asked->context, &decisions[i], i, "batch");
    }
}

/* Whatever lies in the memory. */
static void
ask_once(const struct asked *asked)
{
    const size_t size = asked->built->memory_size;
    void *memory = aligned_alloc(64, size);
    for (uint32_t i = 0; i < asked->count; i++) {
        struct woapol_decision decision;
        memset(memory, 0xff, size);
        cr_assert_not_null(woapol_decide_once(&asked->built->image, asked->who, memory, size,
                                              &asked->questions[i], &decision));
        asked->expect(asked->context, &decision, i, "once");
    }
    free(memory);
}

static void
ask_small(const struct asked *asked)
{
    const struct woapol_image *image = &asked->built->image;
    const size_t size = small_principal_size(image);
    void *memory = aligned_alloc(64, size);
    struct woapol_principal *person = small_bind(image, asked->who, memory, size);
    for (uint32_t i = 0; i < asked->count; i++) {
        struct woapol_decision decision;
        small_decide(image, person, &asked->questions[i], &decision);
        asked->expect(asked->context, &decision, i, "small");
    }
    free(memory);
}

void
every_way_ask(const struct built *built, const uint32_t groups[2],
              const struct woapol_request *questions, uint32_t count, every_way_expect *expect,
              const void *context)
{
    char names[2][16];
    struct woapol_text texts[2];
    for (size_t i = 0; i < 2; i++) {
        const int length = snprintf(names[i], sizeof names[i], "G%u", groups[i]);
        texts[i] = (struct woapol_text){names[i], (size_t)length};
    }
    const struct woapol_identity who = {.groups = texts, .group_count = 2};
    const struct asked asked = {built, &who, questions, count, expect, context};
    cr_assert_leq(count, EVERY_WAY_MOST);
    ask_bound(&asked);
    ask_once(&asked);
    ask_small(&asked);
}
