/* Addresses to listen at, and their sockets. */
#include "compiler/serve/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "compiler/serve/client.h"

#define BACKLOG 4096

static const char *const service_names[WP_SERVICE_COUNT] = {
    [WP_SERVICE_HTTP] = "http",
    [WP_SERVICE_API] = "api",
    [WP_SERVICE_GRPC] = "grpc",
    [WP_SERVICE_SPOP] = "spop",
};

const char *
wp_service_name(enum wp_service service)
{
    return service_names[service];
}

/* ---- reading --------------------------------------------------------------- */

/* What stands behind a word and a colon, or NULL. */
static const char *
behind(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) == 0 && text[length] == ':' ? text + length + 1 : NULL;
}

static bool
read_port(const char *text, in_port_t *port)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    unsigned long number = strtoul(text, &end, 10);
    if (*end != '\0' || number > 65535)
        return false;
    *port = htons((in_port_t)number);
    return true;
}

static bool
read_path(struct wp_listen *listen, const char *path, const char **why)
{
    struct sockaddr_un *address = (struct sockaddr_un *)&listen->address;
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address->sun_path) {
        *why = "the path of a socket has 1 to 107 bytes";
        return false;
    }
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length + 1);
    listen->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
    return true;
}

static bool
read_host(struct wp_listen *listen, const char *host)
{
    struct sockaddr_in *four = (struct sockaddr_in *)&listen->address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&listen->address;
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        listen->length = sizeof *four;
        return true;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        listen->length = sizeof *six;
        return true;
    }
    return false;
}

static bool
read_internet(struct wp_listen *listen, const char *text, const char **why)
{
    char host[INET6_ADDRSTRLEN] = "";
    in_port_t port;
    const char *colon = strrchr(text, ':');
    *why = "write HOST:PORT with an address, as 127.0.0.1:8080 or [::1]:8080, or unix:/PATH";
    if (colon == NULL || !read_port(colon + 1, &port))
        return false;
    size_t length = (size_t)(colon - text);
    bool is_bracketed = length >= 2 && text[0] == '[' && colon[-1] == ']';
    if (is_bracketed) {
        text++;
        length -= 2;
    }
    if (length >= sizeof host)
        return false;
    memcpy(host, text, length);
    if (!read_host(listen, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host))
        return false;
    if (is_bracketed != (listen->address.ss_family == AF_INET6))
        return false;
    if (is_bracketed)
        ((struct sockaddr_in6 *)&listen->address)->sin6_port = port;
    else
        ((struct sockaddr_in *)&listen->address)->sin_port = port;
    return true;
}

bool
wp_listen_read(struct wp_listen *listen, const char *text, const char **why)
{
    memset(listen, 0, sizeof *listen);
    listen->service = WP_SERVICE_HTTP;
    for (unsigned i = 0; i < WP_SERVICE_COUNT; i++) {
        const char *rest = behind(text, service_names[i]);
        if (rest == NULL)
            continue;
        listen->service = (enum wp_service)i;
        text = rest;
        break;
    }
    const char *path = behind(text, "unix");
    return path != NULL ? read_path(listen, path, why) : read_internet(listen, text, why);
}

void
wp_listen_write(const struct wp_listen *listen, char *text)
{
    char host[INET6_ADDRSTRLEN] = "";
    const char *service = wp_service_name(listen->service);
    const struct sockaddr_in *four = (const struct sockaddr_in *)&listen->address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&listen->address;
    if (listen->address.ss_family == AF_UNIX) {
        (void)snprintf(text, WP_LISTEN_TEXT_MAX, "%s:unix:%s", service,
                       ((const struct sockaddr_un *)&listen->address)->sun_path);
    } else if (listen->address.ss_family == AF_INET) {
        (void)inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
        (void)snprintf(text, WP_LISTEN_TEXT_MAX, "%s:%s:%u", service, host, ntohs(four->sin_port));
    } else {
        (void)inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
        (void)snprintf(text, WP_LISTEN_TEXT_MAX, "%s:[%s]:%u", service, host,
                       ntohs(six->sin6_port));
    }
}

/* ---- opening --------------------------------------------------------------- */

static int
new_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static int
close_failed(int socket)
{
    int error = errno;
    if (socket >= 0)
        close(socket);
    errno = error;
    return -1;
}

static int
open_internet(struct wp_listen *listen_at)
{
    int one = 1;
    int made = new_socket(listen_at->address.ss_family);
    if (made < 0)
        return -1;
    socklen_t length = sizeof listen_at->address;
    /* What is accepted inherits TCP_NODELAY. */
    if (setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        setsockopt(made, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) != 0 ||
        setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
        (listen_at->address.ss_family == AF_INET6 &&
         setsockopt(made, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) != 0) ||
        bind(made, (const struct sockaddr *)&listen_at->address, listen_at->length) != 0 ||
        listen(made, BACKLOG) != 0 ||
        getsockname(made, (struct sockaddr *)&listen_at->address, &length) != 0)
        return close_failed(made);
    return made;
}

/* Is made beside its place and moved there, so that somebody always answers. */
static int
open_path(const struct wp_listen *listen_at, unsigned mode)
{
    const char *path = ((const struct sockaddr_un *)&listen_at->address)->sun_path;
    struct sockaddr_un beside = {.sun_family = AF_UNIX};
    struct stat there;
    if (lstat(path, &there) == 0 && !S_ISSOCK(there.st_mode)) {
        errno = EEXIST;
        return -1;
    }
    int length = snprintf(beside.sun_path, sizeof beside.sun_path, "%s.%u", path,
                          (unsigned)getpid() % 100000);
    if (length < 0 || (size_t)length >= sizeof beside.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int made = new_socket(AF_UNIX);
    if (made < 0)
        return -1;
    (void)unlink(beside.sun_path);
    if (bind(made, (const struct sockaddr *)&beside, sizeof beside) != 0)
        return close_failed(made);
    if (chmod(beside.sun_path, mode) != 0 || listen(made, BACKLOG) != 0 ||
        rename(beside.sun_path, path) != 0) {
        int error = errno;
        (void)unlink(beside.sun_path);
        errno = error;
        return close_failed(made);
    }
    return made;
}

bool
wp_listen_open(struct wp_listen *listen, unsigned mode, int *sockets, size_t count)
{
    bool is_path = listen->address.ss_family == AF_UNIX;
    for (size_t i = 0; i < count; i++) {
        if (is_path && i > 0)
            sockets[i] = sockets[0];
        else
            sockets[i] = is_path ? open_path(listen, mode) : open_internet(listen);
        if (sockets[i] >= 0)
            continue;
        int error = errno;
        for (size_t k = 0; k < i; k++)
            close(sockets[k]);
        errno = error;
        return false;
    }
    return true;
}

/* Whether somebody answers at the path who is not this socket: the connection to
 * a socket that was closed is refused. */
static bool
is_taken(const struct wp_listen *listen)
{
    int probe = new_socket(AF_UNIX);
    bool answers = probe >= 0 &&
                   connect(probe, (const struct sockaddr *)&listen->address, listen->length) == 0;
    if (probe >= 0)
        close(probe);
    return answers;
}

void
wp_listen_close(const struct wp_listen *listen, const int *sockets, size_t count)
{
    bool is_path = listen->address.ss_family == AF_UNIX;
    for (size_t i = 0; i < (is_path ? 1 : count); i++)
        close(sockets[i]);
    if (is_path && !is_taken(listen))
        (void)unlink(((const struct sockaddr_un *)&listen->address)->sun_path);
}

void
wp_peer_address(struct woapol_address *address, const struct sockaddr_storage *from)
{
    *address = (struct woapol_address){.family = 0};
    if (from->ss_family == AF_INET) {
        address->family = 4;
        memcpy(address->bytes, &((const struct sockaddr_in *)from)->sin_addr, 4);
    } else if (from->ss_family == AF_INET6) {
        address->family = 6;
        memcpy(address->bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
        wp_normalise_address(address);
    }
}
