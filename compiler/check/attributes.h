/* The rows of attributes.def, and reading one value by its row. */
#ifndef WP_COMPILER_CHECK_ATTRIBUTES_H
#define WP_COMPILER_CHECK_ATTRIBUTES_H

#include "compiler/model.h"

/* Where attributes stand: a declaration's braces, or a block's. The text is how
 * messages call it. */
#define WP_OWNERS(OWNER)                                                                           \
    OWNER(TENANT, "a tenant")                                                                      \
    OWNER(IDP, "a block 'idp'")                                                                    \
    OWNER(DOMAIN, "a block 'domain'")                                                              \
    OWNER(PROVIDER, "a block 'workspace_one'")                                                     \
    OWNER(SESSION, "a block 'session'")                                                            \
    OWNER(GROUP, "a group")                                                                        \
    OWNER(APP, "an app")                                                                           \
    OWNER(METHOD, "a method")                                                                      \
    OWNER(METHOD_ACCESS, "a method's block 'access'")                                              \
    OWNER(METHOD_OKTA, "a method's block 'okta'")                                                  \
    OWNER(DEVICE, "a device type")                                                                 \
    OWNER(DEVICE_ACCESS, "a device type's block 'access'")                                         \
    OWNER(DEVICE_OKTA, "a device type's block 'okta'")                                             \
    OWNER(RELEASE, "a block 'release'")                                                            \
    OWNER(SEEN, "a block 'seen'")                                                                  \
    OWNER(KIND, "a kind of tenant")                                                                \
    OWNER(FACT, "a fact")                                                                          \
    OWNER(POSTURE, "a posture")                                                                    \
    OWNER(DEMAND, "a demand")                                                                      \
    OWNER(ISSUE, "an issue")                                                                       \
    OWNER(OBSERVE, "a block 'observe'")                                                            \
    OWNER(TELL, "a block 'tell'")                                                                  \
    OWNER(CLIENT, "a client")

enum wp_owner {
#define WP_OWNER(name, text) WP_OWN_##name,
    WP_OWNERS(WP_OWNER)
#undef WP_OWNER
        WP_OWNER_COUNT
};

enum wp_attribute_type {
    WP_TYPE_ANY,
    WP_TYPE_NAME,
    WP_TYPE_TEXT,
    WP_TYPE_INTEGER,
    WP_TYPE_VERSION,
    WP_TYPE_DURATION,
    WP_TYPE_DATE,
    WP_TYPE_LIFETIME, /* a duration; check/clients.c says what a bare number would mean */
    WP_TYPE_YES_NO,
    WP_TYPE_CHOICE,  /* one of the words */
    WP_TYPE_CHOICES, /* one or a list of the words */
    WP_TYPE_NAMES,   /* one name or a list */
    WP_TYPE_TEXTS,
    WP_TYPE_BLOCK,  /* at most one */
    WP_TYPE_BLOCKS, /* any number, mostly named */
    WP_TYPE_DEMANDS,
    WP_TYPE_WHERES
};

struct wp_attribute_row {
    enum wp_owner owner;
    const char *key; /* "TENANT" stands for any tenant's or kind's name */
    enum wp_attribute_type type;
    bool required;
    const char *values;
    const char *help;
};
extern const struct wp_attribute_row wp_attribute_rows[];
extern const size_t wp_attribute_row_count;

/* Checks a value's type and reports WOA1041 when it is wrong. `words` are the
 * words of a choice, `count` of them. */
bool wp_check_value(struct wp_diagnostics *list, const char *key, const struct wp_value *value,
                    enum wp_attribute_type type, const char *const *words, size_t count);

#endif
