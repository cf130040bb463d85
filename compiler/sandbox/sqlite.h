/*
 * SQLite, loaded when a sandbox first keeps its tenants in a file: nothing else of the
 * tool needs it. Include this in place of <sqlite3.h>.
 */
#ifndef WP_SANDBOX_SQLITE_H
#define WP_SANDBOX_SQLITE_H

#include <sqlite3.h>

#define WP_SQLITE_FUNCTIONS(FUNCTION)                                                              \
    FUNCTION(sqlite3_bind_int64)                                                                   \
    FUNCTION(sqlite3_bind_text)                                                                    \
    FUNCTION(sqlite3_clear_bindings)                                                               \
    FUNCTION(sqlite3_close)                                                                        \
    FUNCTION(sqlite3_column_int)                                                                   \
    FUNCTION(sqlite3_column_int64)                                                                 \
    FUNCTION(sqlite3_column_text)                                                                  \
    FUNCTION(sqlite3_errmsg)                                                                       \
    FUNCTION(sqlite3_exec)                                                                         \
    FUNCTION(sqlite3_finalize)                                                                     \
    FUNCTION(sqlite3_open_v2)                                                                      \
    FUNCTION(sqlite3_prepare_v2)                                                                   \
    FUNCTION(sqlite3_reset)                                                                        \
    FUNCTION(sqlite3_step)

struct wp_sqlite {
#define WP_SQLITE_PLACE(name) __typeof__ (&(name))(name);
    WP_SQLITE_FUNCTIONS(WP_SQLITE_PLACE)
#undef WP_SQLITE_PLACE
};

/* Loads it at the first call; any thread. NULL when there is none: then nothing of
 * it may be called. */
const struct wp_sqlite *wp_sqlite(void);

#ifndef WP_SQLITE_LOADER
#define sqlite3_bind_int64 wp_sqlite()->sqlite3_bind_int64
#define sqlite3_bind_text wp_sqlite()->sqlite3_bind_text
#define sqlite3_clear_bindings wp_sqlite()->sqlite3_clear_bindings
#define sqlite3_close wp_sqlite()->sqlite3_close
#define sqlite3_column_int wp_sqlite()->sqlite3_column_int
#define sqlite3_column_int64 wp_sqlite()->sqlite3_column_int64
#define sqlite3_column_text wp_sqlite()->sqlite3_column_text
#define sqlite3_errmsg wp_sqlite()->sqlite3_errmsg
#define sqlite3_exec wp_sqlite()->sqlite3_exec
#define sqlite3_finalize wp_sqlite()->sqlite3_finalize
#define sqlite3_open_v2 wp_sqlite()->sqlite3_open_v2
#define sqlite3_prepare_v2 wp_sqlite()->sqlite3_prepare_v2
#define sqlite3_reset wp_sqlite()->sqlite3_reset
#define sqlite3_step wp_sqlite()->sqlite3_step
#endif

#endif
