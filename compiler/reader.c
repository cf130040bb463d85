/* Files as they lie on disk. */
#include "compiler/load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How much to ask for at first: all of a regular file and a byte more, so that
 * its end is seen. */
static size_t
first_room(int file)
{
    struct stat status;

    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
        status.st_size <= (off_t)WP_MAX_SOURCE)
        return (size_t)status.st_size + 2;
    return 65536;
}

/* Reads to the end, or to just above the size that a source may have. */
static char *
read_all(struct wp_arena *arena, int file, size_t *length)
{
    size_t room = first_room(file), used = 0;
    char *text = wp_alloc(arena, room);

    while (used <= WP_MAX_SOURCE) {
        if (used + 1 == room) {
            text = wp_extend(arena, text, room, room * 2);
            room *= 2;
        }
        ssize_t got = read(file, text + used, room - 1 - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return NULL;
        if (got == 0)
            break;
        used += (size_t)got;
    }
    text[used] = '\0';
    *length = used;
    return text;
}

static const char *
read_file(void *context, struct wp_arena *arena, const char *path, size_t *length,
          const char **reason)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *text = NULL;

    (void)context;
    if (file >= 0)
        text = read_all(arena, file, length);
    if (!text)
        *reason = wp_format(arena, "%s", strerror(errno));
    if (file >= 0)
        close(file);
    return text;
}

const struct wp_reader wp_file_reader = {.read = read_file};
