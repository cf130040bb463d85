/*
 * woapol: decide sign-ins by a compiled policy.
 *
 * An image is a file that `woapol build` made. A program that embeds this
 * library reads the file into memory, opens it, binds each signed-in person's
 * groups once, and then decides that person's requests, each in tens of
 * nanoseconds:
 *
 *     struct woapol_image image;
 *     if (woapol_open(&image, bytes, size, NULL, NULL) != WOAPOL_OK)
 *         deny everything;
 *
 *     void *memory = malloc(woapol_principal_size(&image));
 *     struct woapol_principal *ana = woapol_bind(&image, &identity, memory, size);
 *
 *     struct woapol_request request = {0};
 *     woapol_set_address(&request, "203.0.113.9", 11);
 *     request.device = woapol_find(&image, WOAPOL_DEVICE, "browser", 7);
 *     struct woapol_decision decision;
 *     woapol_decide(&image, ana, &request, &decision);
 *
 * The library allocates nothing, keeps no state of its own, prints nothing and
 * needs only libc. An opened image is read-only: any number of threads may use
 * it at once. A principal belongs to one thread at a time.
 *
 * Any bytes whatever may be handed to woapol_open: they are either refused, with
 * the place and the reason, or every later call on them is safe and ends in
 * bounded time. When anything is in doubt the decision is deny.
 */
#ifndef WOAPOL_H
#define WOAPOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define WOAPOL_API __attribute__((visibility("default")))
#else
#define WOAPOL_API
#endif

/* This header's version; woapol_version() tells the library's. */
#define WOAPOL_VERSION_MAJOR 0
#define WOAPOL_VERSION_MINOR 1

/* ---- status --------------------------------------------------------------- */

enum woapol_status {
    WOAPOL_OK = 0,
    WOAPOL_E_TRUNCATED, /* shorter than it says, or than a header */
    WOAPOL_E_MAGIC,     /* not a woapol image */
    WOAPOL_E_VERSION,   /* made for another major version of the format */
    WOAPOL_E_CHECKSUM,  /* damaged */
    WOAPOL_E_FORMAT,    /* a table or an instruction is not as it must be */
    WOAPOL_E_ALIGNMENT, /* the bytes do not start at a multiple of 8 */
    WOAPOL_E_SIGNATURE, /* the signature check said no */
    WOAPOL_E_MEMORY,    /* the memory handed over is too small */
    WOAPOL_E_ARGUMENT   /* an argument is not allowed here */
};

/* "the image is damaged", never NULL. */
WOAPOL_API const char *woapol_status_text(enum woapol_status status);

/* "0.1", the version of the library. */
WOAPOL_API const char *woapol_version(void);

/* ---- images ----------------------------------------------------------------- */

/* An opened image. The caller provides it, anywhere; its insides are the
 * library's. It refers to the image's bytes, which must stay unchanged and in
 * place for as long as it is used. There is nothing to close. */
struct woapol_image {
    uint64_t opaque[64];
};

/* Where and why an image was refused. */
struct woapol_fault {
    uint64_t offset;    /* of the offending bytes in the image */
    const char *reason; /* "a line number is out of range", never NULL */
};

/*
 * How signatures are checked: the library has no cryptography of its own.
 * `check` gets the bytes that were signed and the signature section, and says
 * whether enough of the right keys have signed; it may be called once per open.
 * An image without signatures is handed over with signature_size 0.
 */
struct woapol_options {
    size_t size; /* sizeof(struct woapol_options) */
    bool (*check)(void *context, const void *signed_bytes, size_t signed_size,
                  const void *signatures, size_t signature_size);
    void *context;
};

/*
 * Checks all of the `size` bytes and opens them as an image.
 *
 * The bytes are borrowed. They must start at a multiple of 8. `options` and
 * `fault` may be NULL. On any status but WOAPOL_OK, *image must not be used and
 * *fault says where it failed. Takes time in proportion to `size`.
 */
WOAPOL_API enum woapol_status woapol_open(struct woapol_image *image, const void *bytes,
                                          size_t size, const struct woapol_options *options,
                                          struct woapol_fault *fault);

/* The generation number that the image was built with, 0 if none. */
WOAPOL_API uint64_t woapol_generation(const struct woapol_image *image);

/* ---- names --------------------------------------------------------------------- */

/* Kinds of named things in an image. */
enum woapol_kind {
    WOAPOL_DEVICE, /* numbered from 1; 0 is none of them */
    WOAPOL_APP,    /* from 1, 0 is none */
    WOAPOL_USER,   /* from 1, 0 is none */
    WOAPOL_GROUP,  /* from 1, 0 is none */
    WOAPOL_ENTRY,  /* from 1, 0 is none */
    WOAPOL_RISK,   /* low 0, medium 1, high 2; anything else is WOAPOL_NONE */
    WOAPOL_METHOD, /* from 1, 0 is none */
    WOAPOL_POLICY, /* from 0 */
    WOAPOL_RULE,   /* from 0 */
    WOAPOL_KIND_COUNT
};

#define WOAPOL_NONE UINT32_MAX

/* The number of the thing with that name, 0 (or, where 0 is taken, WOAPOL_NONE)
 * when the image does not name it: an unknown device, app, user, entry or group
 * is one that lies in no named set. Policies and rules cannot be looked up. A
 * group may be given by either of its names; woapol_bind takes names, too, and
 * knows those that mean several groups. */
WOAPOL_API uint32_t woapol_find(const struct woapol_image *image, enum woapol_kind kind,
                                const char *name, size_t length);

/* The name of a numbered thing, with its length; NULL when there is no such
 * number. Names end with a NUL that the length does not count. */
WOAPOL_API const char *woapol_name(const struct woapol_image *image, enum woapol_kind kind,
                                   uint32_t number, size_t *length);

/* How many numbers there are of a kind: they are below this. */
WOAPOL_API uint32_t woapol_count(const struct woapol_image *image, enum woapol_kind kind);

/* ---- principals ------------------------------------------------------------------- */

struct woapol_text {
    const char *text;
    size_t length;
};

/* Who signs in. Groups the image does not name are passed over. */
struct woapol_identity {
    const struct woapol_text *groups;
    size_t group_count;
    const uint32_t *group_numbers; /* instead of, or besides, names */
    size_t group_number_count;
    struct woapol_text user; /* text NULL: absent */
    bool groups_incomplete;  /* there may be more groups than are listed */
};

/* What woapol_bind made; lives in the caller's memory. */
struct woapol_principal;

/* How much memory a principal of this image takes, in bytes. */
WOAPOL_API size_t woapol_principal_size(const struct woapol_image *image);

/*
 * Works out once what a person's groups and name mean for every rule.
 *
 * `memory` must hold woapol_principal_size(image) bytes and start at a multiple
 * of 64. Returns `memory` as a principal, or NULL when it is too small or not
 * aligned. The principal is good for this image only; there is nothing to free.
 * Takes time in proportion to the identity plus the rules its groups touch.
 */
WOAPOL_API struct woapol_principal *woapol_bind(const struct woapol_image *image,
                                                const struct woapol_identity *identity,
                                                void *memory, size_t size);

/* ---- requests ---------------------------------------------------------------------- */

/* One sign-in. All zero: nothing is known of it but risk low, so set `risk` to
 * 2 (high) where it is absent; woapol_request_init does. */
struct woapol_request {
    uint8_t address[16];    /* network order; IPv4 in the first four */
    uint8_t address_family; /* 0 absent, 4 or 6; IPv4-mapped IPv6 counts as IPv4 */
    uint8_t risk;           /* 0 low, 1 medium, 2 high */
    bool managed;
    bool compliant;
    uint32_t entry; /* numbers from woapol_find, 0 for absent or unknown */
    uint32_t device;
    uint32_t app;
};

/* Nothing known: no address, device, app or entry, not managed, not compliant,
 * risk high. */
WOAPOL_API void woapol_request_init(struct woapol_request *request);

/* Parses "198.51.100.7" or "2001:db8::1" strictly, without looking at the
 * locale; IPv4-mapped addresses become IPv4. False when it is not an address,
 * and then the request is unchanged. */
WOAPOL_API bool woapol_set_address(struct woapol_request *request, const char *text, size_t length);

/* ---- decisions ----------------------------------------------------------------------- */

enum woapol_effect { WOAPOL_DENY, WOAPOL_ALLOW, WOAPOL_AUTHENTICATE };
enum woapol_reason {
    WOAPOL_REASON_NONE,
    WOAPOL_REASON_GROUPS_INCOMPLETE, /* "groups incomplete" */
    WOAPOL_REASON_BAD_REQUEST        /* a number out of range: denied */
};

struct woapol_decision {
    enum woapol_effect effect;
    enum woapol_reason reason;
    uint32_t policy;         /* WOAPOL_NONE: no policy applies */
    uint32_t rule;           /* WOAPOL_NONE: otherwise, or no policy */
    uint32_t chain;          /* of an authentication, else WOAPOL_NONE */
    uint32_t message;        /* a number for woapol_message, or WOAPOL_NONE */
    uint64_t reauth_seconds; /* WOAPOL_NO_REAUTH: none is set */
};
#define WOAPOL_NO_REAUTH UINT64_MAX

/* Decides one request. Never fails: whatever is out of range denies. Allocates
 * nothing, takes no lock. */
WOAPOL_API void woapol_decide(const struct woapol_image *image, struct woapol_principal *principal,
                              const struct woapol_request *request,
                              struct woapol_decision *decision);

/*
 * Decides one request of somebody who is not bound, and works out no more of what
 * the identity means than that takes: for those who ask once. `memory` is as for
 * woapol_bind. Returns it as a principal that is good for woapol_reports of the
 * same request and for nothing else, or NULL, with no decision, when it is too
 * small or not aligned.
 */
WOAPOL_API struct woapol_principal *woapol_decide_once(const struct woapol_image *image,
                                                       const struct woapol_identity *identity,
                                                       void *memory, size_t size,
                                                       const struct woapol_request *request,
                                                       struct woapol_decision *decision);

/* Decides `count` requests of one principal; for large tables faster than one by
 * one, since it asks for memory ahead of time. */
WOAPOL_API void woapol_decide_batch(const struct woapol_image *image,
                                    struct woapol_principal *principal,
                                    const struct woapol_request *requests, size_t count,
                                    struct woapol_decision *decisions);

/* The report rules of the chosen policy that are true for the request, in their
 * order: writes up to `room` rule numbers and returns how many there are. */
WOAPOL_API size_t woapol_reports(const struct woapol_image *image,
                                 struct woapol_principal *principal,
                                 const struct woapol_request *request, uint32_t *rules,
                                 size_t room);

/* What a request says, as bits: which of it stands against a rule. */
#define WOAPOL_BY_ADDRESS 1u
#define WOAPOL_BY_DEVICE 2u
#define WOAPOL_BY_POSTURE 4u /* entry, risk, managed, compliant */
#define WOAPOL_BY_APP 8u
#define WOAPOL_BY_PERSON 16u /* groups, user */

/* How a rule stands to a request. */
enum woapol_truth { WOAPOL_FALSE, WOAPOL_TRUE, WOAPOL_UNKNOWN /* groups incomplete */ };
struct woapol_account {
    uint32_t rule;
    enum woapol_truth truth;
    uint32_t against; /* WOAPOL_BY_...; of the alternatives of its condition, the nearest one's */
    bool is_report;
};

/*
 * How each rule of the chosen policy stands, in their order, up to the one that
 * decides, and each report rule: writes up to `room` accounts and returns how many
 * there are, 0 when no policy applies or a number is out of range. One that is no
 * report rule and not false is the one that decides. The principal must be bound by
 * woapol_bind. Takes time in proportion to the rules: for people who ask why, not
 * for every request.
 */
WOAPOL_API size_t woapol_explain(const struct woapol_image *image,
                                 struct woapol_principal *principal,
                                 const struct woapol_request *request,
                                 struct woapol_account *accounts, size_t room);

/* A decision's message, or NULL. */
WOAPOL_API const char *woapol_message(const struct woapol_image *image, uint32_t message,
                                      size_t *length);

/* ---- chains ---------------------------------------------------------------------------- */

/* Walks a chain: calls `visit` for each method with its alternative and step,
 * both from 0, in order. Stops when `visit` returns false. */
WOAPOL_API void woapol_chain_walk(const struct woapol_image *image, uint32_t chain,
                                  bool (*visit)(void *context, uint32_t alternative, uint32_t step,
                                                uint32_t method),
                                  void *context);

enum woapol_progress_state { WOAPOL_PROGRESS_DONE, WOAPOL_PROGRESS_FAILED, WOAPOL_PROGRESS_NEXT };

/*
 * Where an authentication stands. `passed` and `failed` are the methods that the
 * person has passed and failed (or that are not available) so far. The first
 * alternative that is not failed is the one being walked: its first step that
 * no passed method satisfies is next, and a step all of whose methods failed
 * fails its alternative. Writes up to `room` methods that may come next to
 * `next`, their number to *count. A chain that does not exist has failed.
 */
WOAPOL_API enum woapol_progress_state woapol_progress(const struct woapol_image *image,
                                                      uint32_t chain, const uint32_t *passed,
                                                      size_t passed_count, const uint32_t *failed,
                                                      size_t failed_count, uint32_t *next,
                                                      size_t room, size_t *count);

#ifdef __cplusplus
}
#endif
#endif
