/* The readers of the formats, each in a file of its own; record.c chooses. */
#ifndef WP_REPLAY_READERS_H
#define WP_REPLAY_READERS_H

#include "compiler/replay/event.h"

/* Okta's System Log: policy.evaluate_sign_on events. Groups are not in them. */
struct wp_okta_reader;
struct wp_okta_reader *wp_okta_reader_new(void);
void wp_okta_reader_free(struct wp_okta_reader *reader);
enum wp_skip wp_log_read_okta(struct wp_okta_reader *reader, const char *record, size_t length,
                              struct wp_filling *filling);

/* Access's audit: rows of a report, [time, person, what, _, "<event>"], or the events
 * themselves. LOGIN and LAUNCH are sign-ins, with or without _ERROR. */
struct wp_access_reader;
struct wp_access_reader *wp_access_reader_new(void);
void wp_access_reader_free(struct wp_access_reader *reader);
enum wp_skip wp_log_read_access(struct wp_access_reader *reader, const char *record, size_t length,
                                struct wp_filling *filling);

/* JSON by a mapping of paths; groups may be an array ("groups") or a text with
 * separators. A number of groups, as a decision log has it, says only that there
 * are some. */
struct wp_json_reader;
struct wp_json_reader *wp_json_reader_new(const struct wp_mapping *mapping);
void wp_json_reader_free(struct wp_json_reader *reader);
enum wp_skip wp_log_read_json(struct wp_json_reader *reader, const char *record, size_t length,
                              struct wp_filling *filling);

/* nginx's combined format. */
enum wp_skip wp_log_read_nginx(char *record, size_t length, struct wp_filling *filling);

/* CSV by a mapping of columns; the separator is found in the head. */
struct wp_csv_reader;
struct wp_csv_reader *wp_csv_reader_new(const struct wp_mapping *mapping, struct woapol_text head);
void wp_csv_reader_free(struct wp_csv_reader *reader);
enum wp_skip wp_log_read_csv(struct wp_csv_reader *reader, char *record, size_t length,
                             struct wp_filling *filling);

#endif
