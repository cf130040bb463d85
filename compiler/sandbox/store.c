#include "compiler/sandbox/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/sandbox/sqlite.h"

#define APPLICATION_ID 0x776f6170 /* "woap", in the file's header */

struct wp_store {
    json_t *kinds; /* kind → {id: object} */
    uint64_t number;
    sqlite3 *file; /* NULL: memory alone */
    sqlite3_stmt *put, *remove, *count;
    bool is_open, has_failed; /* a transaction; a statement of it */
};

/* ---- the file ---------------------------------------------------------------- */

static int
count_tables(sqlite3 *file)
{
    sqlite3_stmt *statement;
    int count = -1;
    if (sqlite3_prepare_v2(file, "SELECT count(*) FROM sqlite_schema", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        count = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return count;
}

static int
read_application(sqlite3 *file)
{
    sqlite3_stmt *statement;
    int id = -1;
    if (sqlite3_prepare_v2(file, "PRAGMA application_id", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        id = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return id;
}

/* Somebody's own database must not be written to by a mistyped --keep. */
static const char *
prepare_file(struct wp_store *store)
{
    static const char tables[] =
        "CREATE TABLE IF NOT EXISTS object (kind TEXT NOT NULL, id TEXT NOT NULL, place INTEGER "
        "NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id));"
        "CREATE TABLE IF NOT EXISTS counter (only INTEGER PRIMARY KEY CHECK (only = 1), number "
        "INTEGER NOT NULL);";
    char id[64];
    int table_count = count_tables(store->file);
    if (table_count < 0)
        return sqlite3_errmsg(store->file);
    if (table_count > 0 && read_application(store->file) != APPLICATION_ID)
        return "it is a database, but not one of the sandbox";
    snprintf(id, sizeof id, "PRAGMA application_id = %d", APPLICATION_ID);
    if (sqlite3_exec(store->file, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL) ||
        sqlite3_exec(store->file, "BEGIN IMMEDIATE", NULL, NULL, NULL) ||
        sqlite3_exec(store->file, id, NULL, NULL, NULL) ||
        sqlite3_exec(store->file, tables, NULL, NULL, NULL) ||
        sqlite3_exec(store->file, "COMMIT", NULL, NULL, NULL) ||
        sqlite3_prepare_v2(store->file,
                           "INSERT INTO object VALUES (?1, ?2, (SELECT coalesce(max(place), 0) + 1 "
                           "FROM object), ?3) ON CONFLICT (kind, id) DO UPDATE SET body = ?3",
                           -1, &store->put, NULL) ||
        sqlite3_prepare_v2(store->file, "DELETE FROM object WHERE kind = ?1 AND id = ?2", -1,
                           &store->remove, NULL) ||
        sqlite3_prepare_v2(store->file, "INSERT OR REPLACE INTO counter VALUES (1, ?1)", -1,
                           &store->count, NULL))
        return sqlite3_errmsg(store->file);
    return NULL;
}

static const char *
load_objects(struct wp_store *store)
{
    sqlite3_stmt *statement;
    const char *why = NULL;
    if (sqlite3_prepare_v2(store->file, "SELECT kind, id, body FROM object ORDER BY place", -1,
                           &statement, NULL) != SQLITE_OK)
        return sqlite3_errmsg(store->file);
    while (why == NULL && sqlite3_step(statement) == SQLITE_ROW) {
        const char *kind = (const char *)sqlite3_column_text(statement, 0);
        const char *id = (const char *)sqlite3_column_text(statement, 1);
        const char *text = (const char *)sqlite3_column_text(statement, 2);
        json_t *body = text != NULL ? json_loads(text, 0, NULL) : NULL;
        if (!json_is_object(body) || kind == NULL || id == NULL)
            why = "one of its objects is no JSON";
        else
            json_object_set(wp_store_all(store, kind), id, body);
        json_decref(body);
    }
    sqlite3_finalize(statement);
    if (why == NULL && sqlite3_prepare_v2(store->file, "SELECT number FROM counter", -1, &statement,
                                          NULL) == SQLITE_OK) {
        if (sqlite3_step(statement) == SQLITE_ROW)
            store->number = (uint64_t)sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
    }
    return why;
}

static bool
open_file(struct wp_store *store, const char *file, char *why, size_t size)
{
    const char *problem;
    if (wp_sqlite() == NULL) {
        snprintf(why, size, "SQLite is not there");
        return false;
    }
    if (sqlite3_open_v2(file, &store->file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK) {
        snprintf(why, size, "%s",
                 store->file != NULL ? sqlite3_errmsg(store->file) : "out of memory");
        return false;
    }
    problem = prepare_file(store);
    if (problem == NULL)
        problem = load_objects(store);
    if (problem != NULL)
        snprintf(why, size, "%s", problem);
    return problem == NULL;
}

/* ---- one statement ------------------------------------------------------------- */

static void
begin(struct wp_store *store)
{
    if (!store->is_open)
        store->has_failed = sqlite3_exec(store->file, "BEGIN", NULL, NULL, NULL) != SQLITE_OK;
    store->is_open = true;
}

static void
write_row(struct wp_store *store, sqlite3_stmt *statement, const char *kind, const char *id,
          const char *body)
{
    begin(store);
    if (sqlite3_bind_text(statement, 1, kind, -1, SQLITE_TRANSIENT) ||
        sqlite3_bind_text(statement, 2, id, -1, SQLITE_TRANSIENT) ||
        (body != NULL && sqlite3_bind_text(statement, 3, body, -1, SQLITE_TRANSIENT)) ||
        sqlite3_step(statement) != SQLITE_DONE)
        store->has_failed = true;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

/* ---- the store ------------------------------------------------------------------ */

struct wp_store *
wp_store_new(const char *file, char *why, size_t size)
{
    struct wp_store *store = calloc(1, sizeof *store);
    snprintf(why, size, "out of memory");
    if (store == NULL)
        return NULL;
    store->kinds = json_object();
    if (store->kinds == NULL || (file != NULL && !open_file(store, file, why, size))) {
        wp_store_free(store);
        return NULL;
    }
    return store;
}

void
wp_store_free(struct wp_store *store)
{
    if (store == NULL)
        return;
    if (store->file != NULL) {
        sqlite3_finalize(store->put);
        sqlite3_finalize(store->remove);
        sqlite3_finalize(store->count);
        sqlite3_close(store->file);
    }
    json_decref(store->kinds);
    free(store);
}

bool
wp_store_is_empty(const struct wp_store *store)
{
    return json_object_size(store->kinds) == 0;
}

void
wp_store_clear(struct wp_store *store)
{
    json_object_clear(store->kinds);
    if (store->file == NULL)
        return;
    begin(store);
    if (sqlite3_exec(store->file, "DELETE FROM object", NULL, NULL, NULL) != SQLITE_OK)
        store->has_failed = true;
}

json_t *
wp_store_all(struct wp_store *store, const char *kind)
{
    json_t *all = json_object_get(store->kinds, kind);
    if (all == NULL) {
        all = json_object();
        json_object_set_new(store->kinds, kind, all);
    }
    return all;
}

json_t *
wp_store_get(struct wp_store *store, const char *kind, const char *id)
{
    return id != NULL ? json_object_get(wp_store_all(store, kind), id) : NULL;
}

json_t *
wp_store_put(struct wp_store *store, const char *kind, const char *id, json_t *body)
{
    json_object_set_new(wp_store_all(store, kind), id, body);
    wp_store_changed(store, kind, id);
    return body;
}

void
wp_store_changed(struct wp_store *store, const char *kind, const char *id)
{
    char *text;
    if (store->file == NULL)
        return;
    text = json_dumps(json_object_get(wp_store_all(store, kind), id), JSON_COMPACT);
    if (text != NULL)
        write_row(store, store->put, kind, id, text);
    else
        store->has_failed = true;
    free(text);
}

void
wp_store_remove(struct wp_store *store, const char *kind, const char *id)
{
    json_object_del(wp_store_all(store, kind), id);
    if (store->file != NULL)
        write_row(store, store->remove, kind, id, NULL);
}

uint64_t
wp_store_number(struct wp_store *store)
{
    store->number++;
    if (store->file != NULL) {
        begin(store);
        if (sqlite3_bind_int64(store->count, 1, (sqlite3_int64)store->number) ||
            sqlite3_step(store->count) != SQLITE_DONE)
            store->has_failed = true;
        sqlite3_reset(store->count);
    }
    return store->number;
}

bool
wp_store_commit(struct wp_store *store)
{
    bool is_fine;
    if (!store->is_open)
        return true;
    is_fine =
        !store->has_failed && sqlite3_exec(store->file, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (!is_fine)
        sqlite3_exec(store->file, "ROLLBACK", NULL, NULL, NULL);
    store->is_open = store->has_failed = false;
    return is_fine;
}
