/* woapol version */
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <zlib.h>

#include "compiler/cli/cli.h"
#include "runtime/include/woapol.h"

int
wp_cmd_version(struct wp_invocation *invocation)
{
    const char *version = woapol_version();
    if (wp_option_is(invocation, "format", "json"))
        (void)printf("{\"version\":\"%s\"}\n", version);
    else
        (void)printf("woapol %s (jansson %s, zlib %s, %s)\n", version, JANSSON_VERSION,
                     zlibVersion(), OpenSSL_version(OPENSSL_VERSION));
    return WP_EXIT_DONE;
}
