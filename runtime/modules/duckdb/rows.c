/* A row of columns as a request. NULL is absent. */
#include "woapol_duckdb.h"

#include <stdlib.h>
#include <string.h>

enum {
    COLUMN_POLICY,
    COLUMN_IP,
    COLUMN_DEVICE,
    COLUMN_GROUPS,
    COLUMN_APP,
    COLUMN_USER,
    COLUMN_ENTRY,
    COLUMN_MANAGED,
    COLUMN_COMPLIANT,
    COLUMN_RISK,
    COLUMN_COMPLETE
};

bool
wpd_is_null(const struct wpd_column *column, uint64_t row)
{
    return column->validity != NULL && !(column->validity[row / 64] >> row % 64 & 1);
}

struct woapol_text
wpd_text(const struct wpd_column *column, uint64_t row)
{
    const union wpd_string *string = (const union wpd_string *)column->data + row;
    const uint32_t length = string->inlined.length;
    const bool is_short = length <= sizeof string->inlined.bytes;
    return (struct woapol_text){is_short ? string->inlined.bytes : string->pointer.bytes, length};
}

static struct wpd_column
column_of(void *vector)
{
    return (struct wpd_column){wpd_api.vector_get_data(vector),
                               wpd_api.vector_get_validity(vector)};
}

void
wpd_rows_init(struct wpd_rows *rows, void *chunk)
{
    memset(rows, 0, sizeof *rows);
    rows->count = wpd_api.data_chunk_get_size(chunk);
    rows->columns = wpd_api.data_chunk_get_column_count(chunk);
    if (rows->columns > WPD_COLUMNS)
        rows->columns = WPD_COLUMNS;
    for (uint64_t i = 0; i < rows->columns; i++) {
        void *vector = wpd_api.data_chunk_get_vector(chunk, i);
        rows->column[i] = column_of(vector);
        if (i == COLUMN_GROUPS)
            rows->names = column_of(wpd_api.list_vector_get_child(vector));
    }
}

void
wpd_rows_free(struct wpd_rows *rows)
{
    free(rows->groups);
}

static bool
has(const struct wpd_rows *rows, uint64_t column, uint64_t row)
{
    return column < rows->columns && !wpd_is_null(&rows->column[column], row);
}

static bool
flag(const struct wpd_rows *rows, uint64_t column, uint64_t row, bool absent)
{
    return has(rows, column, row) ? ((const uint8_t *)rows->column[column].data)[row] != 0 : absent;
}

static uint32_t
find(const struct wpd_rows *rows, uint64_t column, uint64_t row, const struct woapol_image *image,
     enum woapol_kind kind)
{
    if (!has(rows, column, row))
        return 0;
    const struct woapol_text name = wpd_text(&rows->column[column], row);
    return woapol_find(image, kind, name.text, name.length);
}

static const char *
read_groups(struct wpd_rows *rows, uint64_t row, struct woapol_identity *identity)
{
    const struct wpd_list *list = (const struct wpd_list *)rows->column[COLUMN_GROUPS].data + row;
    if (list->count > rows->group_room) {
        struct woapol_text *groups = realloc(rows->groups, list->count * sizeof *groups);
        if (groups == NULL)
            return "there is not enough memory for this row's groups";
        rows->groups = groups;
        rows->group_room = list->count;
    }
    for (uint64_t i = 0; i < list->count; i++) {
        if (wpd_is_null(&rows->names, list->first + i))
            return "groups must hold strings only, not NULL";
        rows->groups[i] = wpd_text(&rows->names, list->first + i);
    }
    identity->groups = rows->groups;
    identity->group_count = list->count;
    return NULL;
}

static const char *
read_risk(struct woapol_text risk, struct woapol_request *request)
{
    static const char *const levels[] = {"low", "medium", "high"};
    for (uint8_t i = 0; i < 3; i++)
        if (risk.length == strlen(levels[i]) && memcmp(risk.text, levels[i], risk.length) == 0) {
            request->risk = i;
            return NULL;
        }
    return "risk must be low, medium or high";
}

const char *
wpd_row_request(struct wpd_rows *rows, uint64_t row, const struct woapol_image *image,
                struct wpd_request *asked)
{
    struct woapol_request *request = &asked->request;
    const char *error = NULL;
    memset(asked, 0, sizeof *asked);
    woapol_request_init(request);
    if (has(rows, COLUMN_IP, row)) {
        const struct woapol_text ip = wpd_text(&rows->column[COLUMN_IP], row);
        if (!woapol_set_address(request, ip.text, ip.length))
            return "ip is not an IPv4 or IPv6 address";
    }
    if (has(rows, COLUMN_GROUPS, row))
        error = read_groups(rows, row, &asked->identity);
    if (error == NULL && has(rows, COLUMN_RISK, row))
        error = read_risk(wpd_text(&rows->column[COLUMN_RISK], row), request);
    if (has(rows, COLUMN_USER, row))
        asked->identity.user = wpd_text(&rows->column[COLUMN_USER], row);
    asked->identity.groups_incomplete = !flag(rows, COLUMN_COMPLETE, row, true);
    request->managed = flag(rows, COLUMN_MANAGED, row, false);
    request->compliant = flag(rows, COLUMN_COMPLIANT, row, false);
    request->device = find(rows, COLUMN_DEVICE, row, image, WOAPOL_DEVICE);
    request->app = find(rows, COLUMN_APP, row, image, WOAPOL_APP);
    request->entry = find(rows, COLUMN_ENTRY, row, image, WOAPOL_ENTRY);
    return error;
}
