/* Images put down: in a file without a name while they are looked at, and under
 * their name when they have come into use. */
#ifndef WP_SERVE_KEEP_H
#define WP_SERVE_KEEP_H

#include <stdbool.h>
#include <stddef.h>

/* A file without a name with these bytes: on the disk where `beside` is, when that
 * is given and can be, else in memory. Negative with errno. */
int wp_keep_unnamed(const char *beside, const void *bytes, size_t size);

/* Whether the file holds these bytes and no others. */
bool wp_keep_is(int file, const void *bytes, size_t size);

/* Writes `path`, which is what it was or whole, whatever happens meanwhile: beside
 * it, to the disk, then in its place. False with errno. */
bool wp_keep_file(const char *path, const void *bytes, size_t size);

/* The tag under which a server has the image that is kept at `path`, beside it in
 * PATH.tag, with the checksum of these bytes; "" removes what was there. */
void wp_keep_tag(const char *path, const char *tag, const void *bytes, size_t size);

/* The tag that was kept for what lies in `file`; "" when there is none, or it was of
 * another image. `tag` has room for `room` bytes. */
void wp_keep_recall_tag(const char *path, int file, char *tag, size_t room);

#endif
