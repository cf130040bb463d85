/*
 * The PostgreSQL extension's parts, and what each offers the others.
 *
 *     decide.c     the functions that decide
 *     explain.c    the one that tells why
 *     request.c    requests from columns and from jsonb
 *     answer.c     decisions as values of SQL
 *     policy.c     which image a call decides by, remembered for as long as a snapshot
 *     table.c      images in woapol.policy, and their check on the way in
 *     file.c       images in the administrator's directory
 *     image.c      opened images, by digest, for the life of a backend
 *     person.c     people who sign in again and again
 *     module.c     settings
 *
 * Everything raises errors the server's way. Nothing is kept across calls but opened
 * images, people bound to them, and what a call site remembers; none refers to a result.
 */
#ifndef WOAPOL_PG_H
#define WOAPOL_PG_H

#include "postgres.h"

#include "common/sha2.h"
#include "fmgr.h"
#include "lib/ilist.h"
#include "utils/jsonb.h"

#include "woapol.h"

#define WPG_DIGEST PG_SHA256_DIGEST_LENGTH

/* ---- settings ------------------------------------------------------------------- */

extern char *wpg_directory; /* empty: no image is read from files */
extern int wpg_cache_size;  /* in kB */

/* ---- texts ------------------------------------------------------------------------ */

/* Images hold UTF-8, a database holds what it holds. */
text *wpg_text_of_image(const char *name, size_t length);
struct woapol_text wpg_text_to_image(const char *bytes, size_t length);
Datum wpg_name_of_image(const struct woapol_image *image, enum woapol_kind kind, uint32_t number);

/* As much of a text as a message carries, in the database's encoding. */
char *wpg_excerpt(const char *text, size_t length);

/* ---- opened images ------------------------------------------------------------------ */

/* What a rule, an otherwise, or no policy comes to, as values of SQL. */
struct wpg_outcome {
    bool is_made;
    struct woapol_decision decision;
    text *effect, *policy, *rule, *message; /* NULL where there is none */
    Jsonb *chain;
};

struct wpg_person;
struct wpg_image {
    dlist_node node;
    uint8 digest[WPG_DIGEST];
    MemoryContext context; /* of all of it */
    struct woapol_image image;
    void *memory; /* a principal's */
    size_t memory_size;
    struct wpg_person *people; /* who is bound, in slots; NULL: not made yet */
    uint32_t slots;
    struct wpg_outcome *outcomes; /* one a rule, one a policy's otherwise, one without policy */
    uint32_t rules, policies;
};

/* Grows whenever an image is dropped: whoever remembers images forgets them then. */
extern uint64 wpg_drops;

void wpg_digest_of(const void *bytes, size_t size, uint8 digest[WPG_DIGEST]);

/* The image with that digest, if it is open. */
struct wpg_image *wpg_image_known(const uint8 digest[WPG_DIGEST]);

/* A context for an image that is to be opened, with the image's bytes to be put into
 * it; and opening them, which drops others where the cache is full. On an error the
 * context goes. `bytes` start at a multiple of 8; `name` is for messages. */
MemoryContext wpg_image_context(void);
struct wpg_image *wpg_image_open(MemoryContext context, const void *bytes, size_t size,
                                 const uint8 digest[WPG_DIGEST]);

/* Refuses bytes that are no image; returns the image's generation. */
uint64 wpg_image_check(const void *bytes, size_t size);

/* The principal of somebody who has been seen before, bound; NULL of anybody else, who
 * is to be decided without. */
struct woapol_principal *wpg_person_find(struct wpg_image *image,
                                         const struct woapol_identity *who);

/* ---- policies -------------------------------------------------------------------------- */

/* What names an image: a name and a version, or a digest. */
struct wpg_reference {
    bool is_pinned;
    bool has_version;
    int64 version;
    const char *bytes; /* the name or the digest */
    size_t length;
};

void wpg_policy_init(void);

/* The image that a reference means under the active snapshot. Raises an error when
 * there is none. Calls of one site with the same snapshot always get the same. */
struct wpg_image *wpg_policy(FunctionCallInfo fcinfo, const struct wpg_reference *reference);

/* Where images come from. */
struct wpg_image *wpg_table_find(const struct wpg_reference *reference);
struct wpg_image *wpg_file_find(const struct wpg_reference *reference);

/* What a call site keeps beside its policies, for the calls of one query. */
void **wpg_site_extra(FunctionCallInfo fcinfo);

/* ---- requests ---------------------------------------------------------------------------- */

struct wpg_request {
    struct woapol_request request;
    struct woapol_identity identity;
    /* Only of a jsonb one: */
    JsonbValue id;
    const char *error; /* why it is none, or NULL */
};

/* The columns from argument 1 on; raises an error. */
void wpg_request_columns(FunctionCallInfo fcinfo, const struct wpg_image *image,
                         struct wpg_request *request);
/* False with `error`. */
bool wpg_request_json(Jsonb *json, const struct wpg_image *image, struct wpg_request *request);

/* ---- answers ------------------------------------------------------------------------------- */

/* A decision and the rules that report, in the current context. */
struct wpg_decision {
    struct woapol_decision decision;
    uint32_t *reports;
    size_t report_count;
};

/* Decides; with the rules that report only where that is asked for. */
void wpg_decide_request(struct wpg_image *image, const struct wpg_request *request,
                        bool with_reports, struct wpg_decision *decision);
const struct wpg_outcome *wpg_outcome_of(struct wpg_image *image,
                                         const struct woapol_decision *decision);
const char *wpg_effect_word(enum woapol_effect effect);
/* NULL where there is none. */
const char *wpg_reason_word(enum woapol_reason reason);

#endif
