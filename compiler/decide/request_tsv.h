/*
 * Requests as lines of columns, as databases and pipes hand them over: TSV with
 * backslash escapes, where \N and nothing at all are an absent fact.
 *
 * Groups are separated by commas, a name with a comma in double quotes, in which two
 * quotes are one; or an array as ClickHouse writes it, ['a','b'], which is also read
 * with double quotes. Flags are true/false, t/f or 1/0.
 */
#ifndef WP_DECIDE_REQUEST_TSV_H
#define WP_DECIDE_REQUEST_TSV_H

#include "compiler/decide/request_json.h"

struct wp_tsv_reader;

/* For lines with these columns, "ip,device,groups,-,app": the keys of a request, and
 * "-" for what is passed over. NULL with a reason when they cannot be, or when memory
 * runs out. */
struct wp_tsv_reader *wp_tsv_reader_new(const char *columns, const char **reason);
void wp_tsv_reader_free(struct wp_tsv_reader *reader);

/* Reads a line without its end; as wp_request_read. An id is a JSON number where it is
 * written as one, else a JSON string. */
bool wp_tsv_read(struct wp_tsv_reader *reader, const char *line, size_t length,
                 struct wp_request_facts *facts);

/* The last line's id as it stands there, escapes and all; \N when it has none. */
struct woapol_text wp_tsv_raw_id(const struct wp_tsv_reader *reader);

#endif
