/*
 * The functions. Each is called with up to a vector's length of rows, by any thread; it
 * keeps nothing between calls.
 */
#include "woapol_duckdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One call. */
struct call {
    struct wpd_state *state;
    void *info;
    struct wpd_rows rows;
    struct woapol_text name; /* of the image of the row at hand */
    const struct wpd_image *image;
    void *memory; /* for its principals */
    size_t memory_size;
    struct wpd_answer answer;
};

static void
begin(struct call *call, void *info, void *chunk)
{
    memset(call, 0, sizeof *call);
    call->info = info;
    call->state = wpd_api.scalar_function_get_extra_info(info);
    wpd_rows_init(&call->rows, chunk);
}

static void
end(struct call *call)
{
    wpd_rows_free(&call->rows);
    free(call->memory);
    free(call->answer.reports);
}

/* Ends the query. */
static bool
fail(struct call *call, const char *error, struct woapol_text what)
{
    char text[200];
    const int length = what.length < 60 ? (int)what.length : 60;
    (void)snprintf(text, sizeof text, "woapol: %s%.*s", error, length,
                   what.text == NULL ? "" : what.text);
    wpd_api.scalar_function_set_error(call->info, text);
    return false;
}

static bool
fail_memory(struct call *call)
{
    return fail(call, "there is not enough memory", (struct woapol_text){NULL, 0});
}

/* The image that a row names, and memory for deciding by it. */
static bool
find_image(struct call *call, uint64_t row)
{
    const struct wpd_column *policies = &call->rows.column[0];
    if (wpd_is_null(policies, row))
        return fail(call, "the policy must not be NULL", (struct woapol_text){NULL, 0});
    const struct woapol_text name = wpd_text(policies, row);
    if (call->image != NULL && name.length == call->name.length &&
        memcmp(name.text, call->name.text, name.length) == 0)
        return true;
    call->name = name;
    call->image = wpd_image_get(call->state, name);
    if (call->image == NULL)
        return fail(call, "no image was loaded with woapol_load by this name: ", name);
    const size_t size = (woapol_principal_size(&call->image->image) + 63) / 64 * 64;
    if (size <= call->memory_size)
        return true;
    free(call->memory);
    call->memory = aligned_alloc(64, size);
    call->memory_size = call->memory == NULL ? 0 : size;
    return call->memory != NULL || fail_memory(call);
}

static bool
collect_reports(struct call *call, struct woapol_principal *principal,
                const struct woapol_request *request)
{
    struct wpd_answer *answer = &call->answer;
    const struct woapol_image *image = &call->image->image;
    answer->report_count =
        woapol_reports(image, principal, request, answer->reports, answer->report_room);
    if (answer->report_count <= answer->report_room)
        return true;
    uint32_t *reports = realloc(answer->reports, answer->report_count * sizeof *reports);
    if (reports == NULL)
        return fail_memory(call);
    answer->reports = reports;
    answer->report_room = answer->report_count;
    (void)woapol_reports(image, principal, request, reports, answer->report_room);
    return true;
}

/* Decides a row. False when the query ends; *error, and no decision, when the row is no
 * request. */
static bool
decide(struct call *call, uint64_t row, bool with_reports, const char **error)
{
    struct wpd_request asked;
    if (!find_image(call, row))
        return false;
    *error = wpd_row_request(&call->rows, row, &call->image->image, &asked);
    if (*error != NULL)
        return true;
    struct woapol_principal *principal =
        woapol_decide_once(&call->image->image, &asked.identity, call->memory, call->memory_size,
                           &asked.request, &call->answer.decision);
    if (principal == NULL)
        return fail_memory(call);
    return !with_reports || collect_reports(call, principal, &asked.request);
}

void
wpd_decide(void *info, void *chunk, void *vector)
{
    struct call call;
    struct wpd_result result;
    begin(&call, info, chunk);
    wpd_result_init(&result, vector);
    for (uint64_t row = 0; row < call.rows.count; row++) {
        const char *error;
        if (!decide(&call, row, true, &error))
            break;
        if (error != NULL)
            wpd_result_put_error(&result, row, error);
        else
            wpd_result_put(&result, row, &call.image->image, &call.answer);
    }
    if (result.has_failed)
        (void)fail_memory(&call);
    wpd_result_free(&result);
    end(&call);
}

/* One text a row; a row that is no request ends the query. */
static void
decide_texts(void *info, void *chunk, void *vector, bool is_rule)
{
    struct call call;
    begin(&call, info, chunk);
    wpd_api.vector_ensure_validity_writable(vector);
    for (uint64_t row = 0; row < call.rows.count; row++) {
        const char *error;
        size_t length = 0;
        if (!decide(&call, row, false, &error))
            break;
        if (error != NULL) {
            (void)fail(&call, error, (struct woapol_text){NULL, 0});
            break;
        }
        const struct woapol_decision *decision = &call.answer.decision;
        const char *text =
            is_rule ? woapol_name(&call.image->image, WOAPOL_RULE, decision->rule, &length)
                    : wpd_effect_word(decision->effect);
        if (text == NULL)
            wpd_set_null(vector, row);
        else
            wpd_api.vector_assign_string_element_len(vector, row, text,
                                                     is_rule ? length : strlen(text));
    }
    end(&call);
}

void
wpd_effect(void *info, void *chunk, void *vector)
{
    decide_texts(info, chunk, vector, false);
}

void
wpd_rule(void *info, void *chunk, void *vector)
{
    decide_texts(info, chunk, vector, true);
}

/* woapol_load(name, image): the image's generation. */
void
wpd_load(void *info, void *chunk, void *vector)
{
    struct call call;
    begin(&call, info, chunk);
    uint64_t *generations = wpd_api.vector_get_data(vector);
    for (uint64_t row = 0; row < call.rows.count; row++) {
        char error[300] = "woapol: a name and an image must not be NULL";
        const bool is_null =
            wpd_is_null(&call.rows.column[0], row) || wpd_is_null(&call.rows.column[1], row);
        if (is_null || !wpd_image_put(call.state, wpd_text(&call.rows.column[0], row),
                                      wpd_text(&call.rows.column[1], row), &generations[row], error,
                                      sizeof error)) {
            wpd_api.scalar_function_set_error(info, error);
            break;
        }
    }
    end(&call);
}
