/* Lines of CSV. */
#ifndef WP_REPLAY_CSV_H
#define WP_REPLAY_CSV_H

#include "woapol.h"

#define WP_CSV_COLUMNS_MAX 256

/* The separator that stands most often in the head: ',' ';' or a tab. */
char wp_csv_separator(struct woapol_text head);

/* Cuts a line into its columns, unquoting them in place. Their number, or SIZE_MAX
 * when there are too many or a quote is not closed. */
size_t wp_csv_split(char *line, size_t length, char separator,
                    struct woapol_text columns[WP_CSV_COLUMNS_MAX]);

#endif
