/* Standard output, colour and the reading of input. Files are in output_file.c. */
#include "compiler/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define WIDTH_OF_NO_TERMINAL 160

void
wp_prepare_output(void)
{
    /* Opened for the wrong direction: using it is an error, as it should be. */
    static const int flags[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", flags[fd]) != fd)
            _exit(WP_EXIT_FAILED);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}

bool
wp_output_failed(void)
{
    return ferror(stdout) != 0;
}

bool
wp_finish_output(void)
{
    errno = 0;
    bool failed = ferror(stdout) != 0;
    if (fflush(stdout) != 0)
        failed = true;
    if (!failed)
        return true;
    if (errno == EPIPE)
        (void)fprintf(stderr, "woapol: cannot write the output: the reader has gone away\n");
    else if (errno != 0)
        (void)fprintf(stderr, "woapol: cannot write the output: %s\n", strerror(errno));
    else
        (void)fprintf(stderr, "woapol: not all of the output could be written\n");
    return false;
}

bool
wp_use_colour(const struct wp_invocation *invocation, FILE *stream)
{
    const char *when = wp_option(invocation, "color", "auto");
    if (strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    const char *no_color = getenv("NO_COLOR");
    if (no_color != NULL && no_color[0] != '\0')
        return false;
    const char *terminal = getenv("TERM");
    if (terminal == NULL || strcmp(terminal, "dumb") == 0)
        return false;
    return isatty(fileno(stream)) == 1;
}

/* Columns of the terminal behind the stream, or what COLUMNS says, or 160. */
static unsigned
output_width(FILE *stream)
{
    const char *columns = getenv("COLUMNS");
    long said = columns == NULL ? 0 : strtol(columns, NULL, 10);
    if (said >= 20 && said <= 10000)
        return (unsigned)said;
    struct winsize size;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return WIDTH_OF_NO_TERMINAL;
}

void
wp_write_stream(void *stream, const char *text, size_t length)
{
    (void)fwrite(text, 1, length, stream);
}

void
wp_print_findings(const struct wp_invocation *invocation, FILE *stream,
                  struct wp_diagnostics *findings)
{
    wp_diagnostics_sort(findings);
    wp_render_text(findings, wp_use_colour(invocation, stream), output_width(stream),
                   wp_write_stream, stream);
}

/* Reads to the end of `fd`; false with errno set, EFBIG when there is more. */
static bool
read_all(int fd, struct wp_arena *arena, size_t limit, char **text, size_t *length)
{
    size_t room = 1 << 16, used = 0;
    char *buffer = wp_alloc(arena, room);
    for (;;) {
        if (used + 1 == room) {
            buffer = wp_extend(arena, buffer, room, room * 2);
            room *= 2;
        }
        ssize_t got = read(fd, buffer + used, room - used - 1);
        if (got == -1 && errno == EINTR)
            continue;
        if (got == -1)
            return false;
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > limit) {
            errno = EFBIG;
            return false;
        }
    }
    buffer[used] = '\0';
    *text = buffer;
    *length = used;
    return true;
}

char *
wp_read_input(const struct wp_invocation *invocation, struct wp_arena *arena, const char *path,
              size_t limit, size_t *length)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    char *text = NULL;
    bool read = fd != -1 && read_all(fd, arena, limit, &text, length);
    int why = errno;
    if (fd != -1 && !standard)
        (void)close(fd);
    if (read)
        return text;
    const char *name = standard ? "standard input" : path;
    if (why == EFBIG)
        (void)wp_fail(invocation, "%s is larger than %zu bytes", name, limit);
    else
        (void)wp_fail(invocation, "cannot read %s: %s", name, strerror(why));
    return NULL;
}
