/* woapol keygen: a key pair for signing images. */
#include <stdio.h>
#include <unistd.h>

#include "compiler/cli/cli.h"
#include "compiler/sign.h"

int
wp_cmd_keygen(struct wp_invocation *invocation)
{
    const char *path = invocation->operands[0];
    char public_path[4096];
    int length = snprintf(public_path, sizeof public_path, "%s.pub", path);
    if (length < 0 || (size_t)length >= sizeof public_path)
        return wp_fail(invocation, "the file name is too long");
    const char *const paths[] = {path, public_path};
    for (size_t i = 0; i < 2; i++)
        if (access(paths[i], F_OK) == 0) {
            (void)wp_fail(invocation, "%s exists already; nothing was written", paths[i]);
            return WP_EXIT_REFUSED;
        }
    struct wp_public_key made;
    struct wp_sign_error error;
    if (!wp_key_generate(path, public_path, &made, &error))
        return wp_fail(invocation, "%s", error.text);
    char id[2 * WP_KEY_ID_SIZE + 1];
    wp_key_id_text(made.id, id);
    printf("%s: the private key; keep it where images are built\n"
           "%s: the public key; give it to who verifies them\n"
           "key id %s\n",
           path, public_path, id);
    return WP_EXIT_DONE;
}
