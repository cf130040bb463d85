/* Random sources that an Okta org can hold, and sign-ins that meet their edges. */
#ifndef TESTS_UNIT_OKTA_SOURCE_H
#define TESTS_UNIT_OKTA_SOURCE_H

#include "compiler/request.h"
#include "tests/unit/okta_judge.h"

#define OKTA_TENANT                                                                                \
    "tenant Corp {\n"                                                                              \
    "  kind                    = okta\n"                                                           \
    "  url                     = \"https://corp.example\"\n"                                       \
    "  engine                  = identity\n"                                                       \
    "  device_posture_provider = active\n"                                                         \
    "  risk_scoring            = yes\n"                                                            \
    "}\n"

/* The same text for the same seed; the caller frees it. A wild one also asks for what
 * Okta does not have. */
char *okta_source(uint64_t seed, bool wild);

/* One sign-in, as Okta sees it, and the request that is the same for woapol: an iPad
 * in Safari is a Mac to both. Names live in `arena`. */
struct okta_case {
    struct okta_sign_in sign_in;
    struct wp_request request;
};
void okta_case(struct wp_arena *arena, const struct wp_model *model, uint64_t *state,
               struct okta_case *made);

/* What is asked of a chain, as one text: "okta_password:password > okta_verify:push,
 * okta_verify:totp | webauthn:webauthn", from the model and from what Okta is told. */
const char *okta_chain_of_model(struct wp_arena *arena, const struct wp_model *model,
                                uint32_t chain);
const char *okta_chain_of_body(struct wp_arena *arena, const json_t *sign_on);

#endif
