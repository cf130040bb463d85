/*
 * The DuckDB extension's parts, and what each offers the others.
 *
 *     extension.c  how DuckDB is told which functions there are
 *     images.c     images by name, for the life of a database
 *     rows.c       a row of columns as a request
 *     decide.c     the functions
 *     result.c     decisions as values of DuckDB
 *
 * A database has one registry; a name in it stands for one image for ever, so what a
 * function answers cannot change while a query runs.
 */
#ifndef WOAPOL_DUCKDB_H
#define WOAPOL_DUCKDB_H

#include <pthread.h>
#include <stdatomic.h>

#include "woapol.h"

/* ---- DuckDB ------------------------------------------------------------------------ */

struct wpd_api {
#define WPD_CALL(place, result, name, arguments) result(*name) arguments;
#include "duckdb_calls.def"
#undef WPD_CALL
};
/* Filled in when the extension is first loaded, and the same ever after: without it not
 * even what belongs to a database could be found. */
extern struct wpd_api wpd_api;

enum wpd_type { WPD_BOOLEAN = 1, WPD_BIGINT = 5, WPD_VARCHAR = 17, WPD_BLOB = 18 };

/* A text in a vector: up to twelve bytes lie in it. */
union wpd_string {
    struct {
        uint32_t length;
        char bytes[12];
    } inlined;
    struct {
        uint32_t length;
        char prefix[4];
        const char *bytes;
    } pointer;
};
_Static_assert(sizeof(union wpd_string) == 16, "a text takes 16 bytes in a vector");

/* A list in a vector: where in the child it stands. */
struct wpd_list {
    uint64_t first, count;
};

/* ---- images by name -------------------------------------------------------------------- */

struct wpd_image {
    struct wpd_image *next;
    struct woapol_image image;
    void *bytes;
    size_t size;
    size_t name_length;
    char name[];
};

/* What all functions of a database share. */
struct wpd_state {
    atomic_uint users; /* functions that refer to it */
    pthread_mutex_t lock;
    struct wpd_image *images;
    uint64_t count, bytes;
};

struct wpd_state *wpd_state_new(void);
/* One user less; the last one frees it. */
void wpd_state_leave(void *state);

/* Takes a copy of an image under a name. False with `error`, of that size, when it is no
 * image, or when the name stands for another. */
bool wpd_image_put(struct wpd_state *state, struct woapol_text name, struct woapol_text bytes,
                   uint64_t *generation, char *error, size_t size);
/* NULL when there is none. Good as long as the state is. */
const struct wpd_image *wpd_image_get(struct wpd_state *state, struct woapol_text name);

/* ---- rows -------------------------------------------------------------------------------- */

/* A column of a chunk. */
struct wpd_column {
    const void *data;
    const uint64_t *validity; /* NULL: none is NULL */
};
bool wpd_is_null(const struct wpd_column *column, uint64_t row);
struct woapol_text wpd_text(const struct wpd_column *column, uint64_t row);

/* The columns of a call: policy, ip, device, groups, app, user, entry, managed,
 * compliant, risk, groups_complete; from the end on some may be missing. */
#define WPD_COLUMNS 11
struct wpd_rows {
    uint64_t count, columns;
    struct wpd_column column[WPD_COLUMNS];
    struct wpd_column names; /* of the groups */
    struct woapol_text *groups;
    uint64_t group_room;
};
void wpd_rows_init(struct wpd_rows *rows, void *chunk);
void wpd_rows_free(struct wpd_rows *rows);

struct wpd_request {
    struct woapol_request request;
    struct woapol_identity identity;
};
/* NULL, or why the row is no request. */
const char *wpd_row_request(struct wpd_rows *rows, uint64_t row, const struct woapol_image *image,
                            struct wpd_request *request);

/* ---- results -------------------------------------------------------------------------------- */

/* The fields of what woapol_decide returns, in their order. */
enum wpd_field {
    WPD_EFFECT,
    WPD_POLICY,
    WPD_RULE,
    WPD_CHAIN,
    WPD_REAUTH,
    WPD_MESSAGE,
    WPD_REPORT,
    WPD_REASON,
    WPD_ERROR,
    WPD_FIELDS
};

/* A decision and the rules that report. */
struct wpd_answer {
    struct woapol_decision decision;
    uint32_t *reports;
    size_t report_count, report_room;
};

/* What woapol_decide returns: one vector a field. */
struct wpd_result {
    void *field[WPD_FIELDS];
    void *names; /* of the reports */
    uint64_t name_count;
    char *text; /* where chains are written */
    size_t length, room;
    bool has_failed; /* memory ran out */
};
void *wpd_result_type(void);
void wpd_result_init(struct wpd_result *result, void *vector);
void wpd_result_free(struct wpd_result *result);
void wpd_result_put(struct wpd_result *result, uint64_t row, const struct woapol_image *image,
                    const struct wpd_answer *answer);
void wpd_result_put_error(struct wpd_result *result, uint64_t row, const char *error);

const char *wpd_effect_word(enum woapol_effect effect);
void wpd_set_null(void *vector, uint64_t row);

/* ---- functions ----------------------------------------------------------------------------- */

void wpd_load(void *info, void *chunk, void *result);
void wpd_decide(void *info, void *chunk, void *result);
void wpd_effect(void *info, void *chunk, void *result);
void wpd_rule(void *info, void *chunk, void *result);

#endif
