/* Decisions as values of DuckDB: a struct, whose fields are vectors of their own. */
#include "woapol_duckdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[WPD_FIELDS] = {"effect",  "policy", "rule",   "chain", "reauth_s",
                                              "message", "report", "reason", "error"};

const char *
wpd_effect_word(enum woapol_effect effect)
{
    return effect == WOAPOL_ALLOW          ? "allow"
           : effect == WOAPOL_AUTHENTICATE ? "authenticate"
                                           : "deny";
}

static const char *
reason_word(enum woapol_reason reason)
{
    return reason == WOAPOL_REASON_GROUPS_INCOMPLETE ? "groups incomplete"
           : reason == WOAPOL_REASON_BAD_REQUEST     ? "bad request"
                                                     : NULL;
}

void *
wpd_result_type(void)
{
    void *text = wpd_api.create_logical_type(WPD_VARCHAR);
    void *number = wpd_api.create_logical_type(WPD_BIGINT);
    void *list = wpd_api.create_list_type(text);
    void *types[WPD_FIELDS];
    const char *copies[WPD_FIELDS];
    for (int i = 0; i < WPD_FIELDS; i++) {
        types[i] = i == WPD_REAUTH ? number : i == WPD_REPORT ? list : text;
        copies[i] = names[i];
    }
    void *type = wpd_api.create_struct_type(types, copies, WPD_FIELDS);
    wpd_api.destroy_logical_type(&text);
    wpd_api.destroy_logical_type(&number);
    wpd_api.destroy_logical_type(&list);
    return type;
}

void
wpd_result_init(struct wpd_result *result, void *vector)
{
    memset(result, 0, sizeof *result);
    for (uint64_t i = 0; i < WPD_FIELDS; i++) {
        result->field[i] = wpd_api.struct_vector_get_child(vector, i);
        wpd_api.vector_ensure_validity_writable(result->field[i]);
    }
    result->names = wpd_api.list_vector_get_child(result->field[WPD_REPORT]);
}

void
wpd_result_free(struct wpd_result *result)
{
    free(result->text);
}

void
wpd_set_null(void *vector, uint64_t row)
{
    wpd_api.vector_get_validity(vector)[row / 64] &= ~(UINT64_C(1) << row % 64);
}

/* ---- chains, as JSON ---------------------------------------------------------------- */

struct walk {
    struct wpd_result *result;
    const struct woapol_image *image;
    bool has_started;
    uint32_t alternative, step;
};

static void
add(struct wpd_result *result, const char *bytes, size_t length)
{
    if (length > result->room - result->length) {
        const size_t room = 2 * (result->room + length) + 64;
        char *text = realloc(result->text, room);
        if (text == NULL) {
            result->has_failed = true;
            return;
        }
        result->text = text;
        result->room = room;
    }
    memcpy(result->text + result->length, bytes, length);
    result->length += length;
}

static void
add_string(struct wpd_result *result, const char *bytes, size_t length)
{
    add(result, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        char escape[8];
        const unsigned char c = (unsigned char)bytes[i];
        if (c >= ' ' && c != '"' && c != '\\')
            add(result, bytes + i, 1);
        else
            add(result, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", c));
    }
    add(result, "\"", 1);
}

static bool
add_method(void *context, uint32_t alternative, uint32_t step, uint32_t method)
{
    struct walk *walk = context;
    size_t length = 0;
    const char *name = woapol_name(walk->image, WOAPOL_METHOD, method, &length);
    const char *before = !walk->has_started                 ? "[["
                         : alternative != walk->alternative ? "]],[["
                         : step != walk->step               ? "],["
                                                            : ",";
    add(walk->result, before, strlen(before));
    if (name == NULL)
        add(walk->result, "null", 4);
    else
        add_string(walk->result, name, length);
    walk->has_started = true;
    walk->alternative = alternative;
    walk->step = step;
    return !walk->result->has_failed;
}

static void
write_chain(struct wpd_result *result, const struct woapol_image *image, uint32_t chain)
{
    struct walk walk = {.result = result, .image = image};
    result->length = 0;
    add(result, "[", 1);
    woapol_chain_walk(image, chain, add_method, &walk);
    add(result, "]]]", walk.has_started ? 3 : 1);
}

/* ---- fields ------------------------------------------------------------------------------- */

static void
put_text(const struct wpd_result *result, enum wpd_field field, uint64_t row, const char *text,
         size_t length)
{
    if (text == NULL)
        wpd_set_null(result->field[field], row);
    else
        wpd_api.vector_assign_string_element_len(result->field[field], row, text, length);
}

static void
put_name(const struct wpd_result *result, enum wpd_field field, uint64_t row,
         const struct woapol_image *image, enum woapol_kind kind, uint32_t number)
{
    size_t length = 0;
    const char *name = woapol_name(image, kind, number, &length);
    put_text(result, field, row, name, length);
}

static void
put_reports(struct wpd_result *result, uint64_t row, const struct woapol_image *image,
            const struct wpd_answer *answer)
{
    void *vector = result->field[WPD_REPORT];
    struct wpd_list *list = (struct wpd_list *)wpd_api.vector_get_data(vector) + row;
    *list = (struct wpd_list){result->name_count, answer->report_count};
    if (answer->report_count == 0)
        return;
    const uint64_t count = result->name_count + answer->report_count;
    if (wpd_api.list_vector_reserve(vector, count) != 0 ||
        wpd_api.list_vector_set_size(vector, count) != 0) {
        result->has_failed = true;
        *list = (struct wpd_list){0, 0};
        return;
    }
    for (size_t i = 0; i < answer->report_count; i++) {
        size_t length = 0;
        const char *name = woapol_name(image, WOAPOL_RULE, answer->reports[i], &length);
        wpd_api.vector_assign_string_element_len(result->names, result->name_count + i,
                                                 name == NULL ? "" : name, length);
    }
    result->name_count = count;
}

void
wpd_result_put(struct wpd_result *result, uint64_t row, const struct woapol_image *image,
               const struct wpd_answer *answer)
{
    const struct woapol_decision *decision = &answer->decision;
    const char *effect = wpd_effect_word(decision->effect), *reason = reason_word(decision->reason);
    size_t length = 0;
    const char *message = woapol_message(image, decision->message, &length);
    put_text(result, WPD_MESSAGE, row, message, length);
    put_text(result, WPD_EFFECT, row, effect, strlen(effect));
    put_text(result, WPD_REASON, row, reason, reason == NULL ? 0 : strlen(reason));
    put_name(result, WPD_POLICY, row, image, WOAPOL_POLICY, decision->policy);
    put_name(result, WPD_RULE, row, image, WOAPOL_RULE, decision->rule);
    result->length = 0;
    if (decision->effect == WOAPOL_AUTHENTICATE)
        write_chain(result, image, decision->chain);
    put_text(result, WPD_CHAIN, row, result->length == 0 ? NULL : result->text, result->length);
    if (decision->reauth_seconds == WOAPOL_NO_REAUTH)
        wpd_set_null(result->field[WPD_REAUTH], row);
    else
        ((int64_t *)wpd_api.vector_get_data(result->field[WPD_REAUTH]))[row] =
            (int64_t)decision->reauth_seconds;
    put_reports(result, row, image, answer);
    wpd_set_null(result->field[WPD_ERROR], row);
}

void
wpd_result_put_error(struct wpd_result *result, uint64_t row, const char *error)
{
    struct wpd_list *reports = wpd_api.vector_get_data(result->field[WPD_REPORT]);
    reports[row] = (struct wpd_list){0, 0};
    for (int i = 0; i < WPD_ERROR; i++)
        wpd_set_null(result->field[i], row);
    put_text(result, WPD_ERROR, row, error, strlen(error));
}
