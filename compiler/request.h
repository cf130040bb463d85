/*
 * One sign-in, its names resolved against a model: what the plain walk decides.
 *
 * A name that the model does not have is a value that lies in no named set, as
 * an absent one is.
 */
#ifndef WP_COMPILER_REQUEST_H
#define WP_COMPILER_REQUEST_H

#include "compiler/address.h"

struct wp_request {
    bool has_address;
    struct wp_address address;
    uint32_t device; /* 0: absent or unknown */
    uint32_t app;    /* WP_NONE: absent or unknown */
    uint32_t user;   /* WP_NONE: absent or unknown */
    uint32_t entry;  /* enum wp_entry */
    uint32_t risk;   /* enum wp_risk */
    bool managed, compliant;
    struct wp_ids groups; /* sorted */
    bool groups_complete;
};

/* Nothing known: no address, device, app, user, entry or group; not managed, not
 * compliant, risk high, groups complete. */
void wp_request_init(struct wp_request *request);

/* Each looks a name up in the model. wp_request_set_address returns false, and
 * changes nothing, when the text is no address. */
bool wp_request_set_address(struct wp_request *request, const char *text);
void wp_request_set_device(const struct wp_model *model, struct wp_request *request,
                           const char *name);
void wp_request_set_app(const struct wp_model *model, struct wp_request *request, const char *name);
void wp_request_set_user(const struct wp_model *model, struct wp_request *request,
                         const char *name);
void wp_request_set_entry(struct wp_request *request, const char *name);
bool wp_request_set_risk(struct wp_request *request, const char *name);

/* Puts the person into every group that has this name in the source or in the
 * directory. Memory comes from `arena`. */
void wp_request_add_group(struct wp_arena *arena, const struct wp_model *model,
                          struct wp_request *request, const char *name);

#endif
