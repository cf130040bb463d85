/*
 * woapol in a host: keep an image on disk open, follow its changes, and find out
 * who the client is behind proxies.
 *
 * woapol.h decides and knows nothing of files. This header is for programs that
 * run for long: a proxy, a daemon. A handle owns the image file:
 *
 *     struct woapol_handle *handle;
 *     if (woapol_handle_open("policy.wob", NULL, &handle, NULL) != WOAPOL_OK)
 *         refuse to start, or deny everything;
 *
 *     struct woapol_reader *reader = woapol_reader_new(handle);  // one a thread
 *     for each batch of requests {
 *         const struct woapol_image *image = woapol_reader_image(reader);
 *         ... bind and decide with it ...
 *         woapol_reader_quiescent(reader);   // keeps nothing of the image
 *     }
 *
 *     woapol_handle_poll(handle, NULL);  // once a second, from any one thread
 *
 * Readers take no lock and never wait: a new image is read into private memory,
 * checked whole and published with one store; the old one is freed when every
 * reader has passed a quiescent point. What does not pass its checks is refused,
 * and the last good image stays in use.
 */
#ifndef WOAPOL_HOST_H
#define WOAPOL_HOST_H

#include "woapol.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- handles ---------------------------------------------------------------- */

struct woapol_handle;
struct woapol_reader;

/* What a poll did. */
enum woapol_poll {
    WOAPOL_POLL_UNCHANGED, /* the file is as it was when last looked at */
    WOAPOL_POLL_LOADED,    /* a new image is in use */
    WOAPOL_POLL_REFUSED    /* a new file was refused; the last good image stays */
};

/* Why a file was refused. `status` is WOAPOL_OK for a reason that is none of the
 * image's: no such file, an older generation, the host's own self-test. */
struct woapol_refusal {
    enum woapol_status status;
    uint64_t offset;  /* in the file, where it makes sense */
    char reason[160]; /* "No such file or directory", NUL-terminated */
};

struct woapol_handle_options {
    size_t size; /* sizeof(struct woapol_handle_options) */
    /* Passed on to woapol_open: who must have signed. May be NULL. */
    const struct woapol_options *open;
    /* Called with a checked image before it comes into use; false keeps the one
     * before. The place for a host's own requests with known answers. */
    bool (*self_test)(void *context, const struct woapol_image *image);
    void *context;
    /* A generation lower than the one in use is refused unless this is set. */
    bool allow_older;
    /* Largest file that is read, in bytes; 0 means 1 GiB. */
    uint64_t size_limit;
};

/*
 * Opens the image file at `path` and keeps it open. `options` are copied, what
 * they point to is borrowed until the handle is closed. On any status but
 * WOAPOL_OK no handle is made and *refusal, if given, says why; a file that
 * cannot be read is WOAPOL_E_ARGUMENT.
 */
WOAPOL_API enum woapol_status woapol_handle_open(const char *path,
                                                 const struct woapol_handle_options *options,
                                                 struct woapol_handle **handle,
                                                 struct woapol_refusal *refusal);

/*
 * Looks whether the file is another one (device, inode, size, time of change)
 * and loads it if so. One thread at a time. The file is read, never mapped, so
 * writing into it while it is in use harms nobody; publish by rename all the
 * same. A file that was refused is not tried again until it changes.
 */
WOAPOL_API enum woapol_poll woapol_handle_poll(struct woapol_handle *handle,
                                               struct woapol_refusal *refusal);

/* How often images were loaded and refused since the handle was opened; any
 * thread. */
WOAPOL_API uint64_t woapol_handle_loads(const struct woapol_handle *handle);
WOAPOL_API uint64_t woapol_handle_refusals(const struct woapol_handle *handle);

/* Ends the handle; its readers must have been freed before. NULL is allowed. */
WOAPOL_API void woapol_handle_close(struct woapol_handle *handle);

/* ---- readers ------------------------------------------------------------------- */

/* A reader belongs to one thread. NULL when memory runs out. */
WOAPOL_API struct woapol_reader *woapol_reader_new(struct woapol_handle *handle);
WOAPOL_API void woapol_reader_free(struct woapol_reader *reader);

/* The image in use, good until this reader's next quiescent point. Never NULL. */
WOAPOL_API const struct woapol_image *woapol_reader_image(struct woapol_reader *reader);

/* The same, and which load of the handle it came from, counted from 1: who keeps
 * something made for an image beyond a quiescent point knows by it whether that
 * is still good. The image's place in memory does not tell: it may be used again. */
WOAPOL_API const struct woapol_image *woapol_reader_look(struct woapol_reader *reader,
                                                         uint64_t *load);

/* Says that the thread holds nothing of any image: neither the image nor a
 * principal bound to it nor a name from it. Call it between batches; a reader
 * that never does keeps old images alive. */
WOAPOL_API void woapol_reader_quiescent(struct woapol_reader *reader);

/* ---- who the client is ------------------------------------------------------------ */

/* An address as in struct woapol_request. */
struct woapol_address {
    uint8_t bytes[16];
    uint8_t family; /* 0 none, 4 or 6 */
};

/* A trusted network. */
struct woapol_prefix {
    struct woapol_address address;
    uint8_t length; /* in bits */
};

/* Parses "198.51.100.7" or "2001:db8::1"; IPv4-mapped becomes IPv4. */
WOAPOL_API bool woapol_address_parse(struct woapol_address *address, const char *text,
                                     size_t length);

/* Parses "10.0.0.0/8", "2001:db8::/32" or a lone address. Host bits are refused,
 * since they are a mistake. */
WOAPOL_API bool woapol_prefix_parse(struct woapol_prefix *prefix, const char *text, size_t length);

/* Whether the prefix holds the address. */
WOAPOL_API bool woapol_prefix_holds(const struct woapol_prefix *prefix,
                                    const struct woapol_address *address);

enum woapol_forwarded {
    WOAPOL_X_FORWARDED_FOR, /* a list of addresses, with or without ports */
    WOAPOL_FORWARDED        /* RFC 7239: for=..., the other parameters are passed over */
};

/*
 * The client's address behind proxies.
 *
 * `peer` is who connected. While the address at hand is trusted, the next one to
 * the left in the header is looked at; the first that is not trusted is the
 * client. With an empty list of trusted networks, the default, headers are not
 * looked at and the peer is the client. `values` are the header's lines in
 * their order of arrival. Returns false, and leaves *client without an address,
 * when a trusted proxy's header cannot be read that far (garbage, "unknown", an
 * obfuscated name) or names more than 32 hops: deny then. When all are trusted, the leftmost is the
 * client.
 */
WOAPOL_API bool woapol_client_address(const struct woapol_prefix *trusted, size_t trusted_count,
                                      const struct woapol_address *peer, enum woapol_forwarded kind,
                                      const struct woapol_text *values, size_t value_count,
                                      struct woapol_address *client);

#ifdef __cplusplus
}
#endif
#endif
