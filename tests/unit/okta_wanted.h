/* A source, what it wants of an org, and what an org of the tests holds. */
#ifndef TESTS_UNIT_OKTA_WANTED_H
#define TESTS_UNIT_OKTA_WANTED_H

#include "compiler/compile.h"
#include "compiler/emit/okta/okta_order.h"
#include "tests/unit/okta_org.h"

struct okta_wanted {
    struct wp_compilation compilation;
    struct wp_session session;
    struct wp_state state;
    bool is_held;
};

/* Compiles the source, which has one tenant; a fault ends the test. */
void okta_want(struct okta_wanted *wanted, const char *source);
void okta_wanted_end(struct okta_wanted *wanted);

/* The org as it is now; the caller ends the state. */
void okta_read(struct okta_wanted *wanted, struct okta_org *org, struct wp_state *state);

#endif
