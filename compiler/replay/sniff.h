/* What a log is, from its first bytes. */
#ifndef WP_REPLAY_SNIFF_H
#define WP_REPLAY_SNIFF_H

#include "compiler/replay/record.h"
#include "compiler/replay/split.h"

/* So many bytes are enough. */
#define WP_SNIFF_SIZE (64u << 10)

/* The format, WP_LOG_UNKNOWN when nothing fits. */
enum wp_log_format wp_sniff_format(const char *head, size_t length);

/* How its records lie in the file. */
enum wp_split_mode wp_sniff_split(enum wp_log_format format, const char *head, size_t length);

#endif
