/* How DuckDB is told which functions there are. */
#include "woapol_duckdb.h"

#include <string.h>

/* What DuckDB hands over when it loads an extension. */
struct access {
    void (*set_error)(void *info, const char *error);
    void **(*get_database)(void *info);
    const void *(*get_api)(void *info, const char *version);
};

#define API_VERSION "v1.2.0"

struct wpd_api wpd_api;
static pthread_mutex_t api_lock = PTHREAD_MUTEX_INITIALIZER;
static bool api_is_known;

__attribute__((visibility("default"))) bool woapol_init_c_api(void *info,
                                                              const struct access *access);

/* Databases may load the extension at the same time, in one process. */
static void
note_api(const void *table)
{
    pthread_mutex_lock(&api_lock);
    if (!api_is_known) {
#define WPD_CALL(place, result, name, arguments)                                                   \
    memcpy(&wpd_api.name, (const char *)table + (place) * sizeof(void (*)(void)),                  \
           sizeof wpd_api.name);
#include "duckdb_calls.def"
#undef WPD_CALL
        api_is_known = true;
    }
    pthread_mutex_unlock(&api_lock);
}

/* ---- functions ------------------------------------------------------------------------- */

static void
add_parameter(void *function, enum wpd_type type)
{
    void *logical = wpd_api.create_logical_type(type);
    wpd_api.scalar_function_add_parameter(function, logical);
    wpd_api.destroy_logical_type(&logical);
}

static void
add_columns(void *function, int count)
{
    for (int i = 0; i < count; i++) {
        if (i == 3) {
            void *text = wpd_api.create_logical_type(WPD_VARCHAR);
            void *list = wpd_api.create_list_type(text);
            wpd_api.scalar_function_add_parameter(function, list);
            wpd_api.destroy_logical_type(&list);
            wpd_api.destroy_logical_type(&text);
        } else {
            add_parameter(function, i == 7 || i == 8 || i == 10 ? WPD_BOOLEAN : WPD_VARCHAR);
        }
    }
}

static void *
new_function(struct wpd_state *state, const char *name, void (*call)(void *, void *, void *))
{
    void *function = wpd_api.create_scalar_function();
    atomic_fetch_add(&state->users, 1);
    wpd_api.scalar_function_set_name(function, name);
    wpd_api.scalar_function_set_extra_info(function, state, wpd_state_leave);
    wpd_api.scalar_function_set_function(function, call);
    wpd_api.scalar_function_set_special_handling(function); /* NULL is absent, not NULL */
    return function;
}

static void
set_result(void *function, void *type)
{
    wpd_api.scalar_function_set_return_type(function, type);
    wpd_api.destroy_logical_type(&type);
}

/* A function of two columns up to all of them. */
static bool
register_deciding(void *connection, struct wpd_state *state, const char *name,
                  void (*call)(void *, void *, void *), bool is_row)
{
    void *set = wpd_api.create_scalar_function_set(name);
    bool done = true;
    for (int count = 2; count <= WPD_COLUMNS; count++) {
        void *function = new_function(state, name, call);
        add_columns(function, count);
        set_result(function, is_row ? wpd_result_type() : wpd_api.create_logical_type(WPD_VARCHAR));
        done &= wpd_api.add_scalar_function_to_set(set, function) == 0;
        wpd_api.destroy_scalar_function(&function);
    }
    done = done && wpd_api.register_scalar_function_set(connection, set) == 0;
    wpd_api.destroy_scalar_function_set(&set);
    return done;
}

static bool
register_load(void *connection, struct wpd_state *state)
{
    void *function = new_function(state, "woapol_load", wpd_load);
    add_parameter(function, WPD_VARCHAR);
    add_parameter(function, WPD_BLOB);
    set_result(function, wpd_api.create_logical_type(WPD_BIGINT));
    wpd_api.scalar_function_set_volatile(function);
    const bool done = wpd_api.register_scalar_function(connection, function) == 0;
    wpd_api.destroy_scalar_function(&function);
    return done;
}

static bool
register_all(void *connection)
{
    struct wpd_state *state = wpd_state_new();
    if (state == NULL)
        return false;
    const bool done = register_load(connection, state) &&
                      register_deciding(connection, state, "woapol_decide", wpd_decide, true) &&
                      register_deciding(connection, state, "woapol_effect", wpd_effect, false) &&
                      register_deciding(connection, state, "woapol_rule", wpd_rule, false);
    wpd_state_leave(state);
    return done;
}

bool
woapol_init_c_api(void *info, const struct access *access)
{
    const void *table = access->get_api(info, API_VERSION);
    void *connection = NULL;
    if (table == NULL)
        return false; /* DuckDB has said why */
    note_api(table);
    if (wpd_api.connect(*access->get_database(info), &connection) != 0) {
        access->set_error(info, "woapol: there is no connection to the database");
        return false;
    }
    const bool done = register_all(connection);
    wpd_api.disconnect(&connection);
    if (!done)
        access->set_error(info, "woapol: its functions could not be registered");
    return done;
}
