/*
 * Ed25519 keys and their files. A private key's file is made for its owner alone
 * and refused when anybody else could have read it.
 */
#include "compiler/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A key's PEM text is about 120 bytes; more than this is not a key. */
#define MAX_FILE 16384

static bool __attribute__((format(printf, 2, 3)))
fail(struct wp_sign_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    ERR_clear_error();
    return false;
}

void
wp_key_id_text(const unsigned char id[WP_KEY_ID_SIZE], char text[2 * WP_KEY_ID_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < WP_KEY_ID_SIZE; i++) {
        text[2 * i] = digits[id[i] >> 4];
        text[2 * i + 1] = digits[id[i] & 15];
    }
    text[2 * WP_KEY_ID_SIZE] = '\0';
}

/* The raw public key and its id of any Ed25519 key. */
static bool
describe(EVP_PKEY *key, struct wp_public_key *half)
{
    unsigned char digest[32];
    size_t length = sizeof half->raw;
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(key, half->raw, &length) != 1 || length != sizeof half->raw ||
        EVP_Digest(half->raw, sizeof half->raw, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    memcpy(half->id, digest, WP_KEY_ID_SIZE);
    return true;
}

/* ---- writing ------------------------------------------------------------------ */

/* Writes a new file and makes sure that it has reached the disk; what was
 * written of it is removed when it cannot be written whole. */
static bool
write_new(const char *path, mode_t mode, BIO *text, struct wp_sign_error *error)
{
    char *bytes;
    long length = BIO_get_mem_data(text, &bytes);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0)
        return fail(error, "%s: %s", path,
                    errno == EEXIST ? "there is a file of that name already" : strerror(errno));
    bool done = write(file, bytes, (size_t)length) == length && fsync(file) == 0;
    int reason = errno;
    if (close(file) != 0 && done) {
        done = false;
        reason = errno;
    }
    if (done)
        return true;
    (void)unlink(path);
    return fail(error, "%s: %s", path, strerror(reason));
}

static bool
write_pair(const char *private_path, const char *public_path, EVP_PKEY *key,
           struct wp_sign_error *error)
{
    /* Secure memory is cleared when it is freed. */
    BIO *secret = BIO_new(BIO_s_secmem());
    BIO *open_half = BIO_new(BIO_s_mem());
    bool done = secret != NULL && open_half != NULL &&
                PEM_write_bio_PKCS8PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL) == 1 &&
                PEM_write_bio_PUBKEY(open_half, key) == 1;
    if (!done)
        (void)fail(error, "the key could not be written as PEM");
    done = done && write_new(private_path, 0600, secret, error);
    if (done && !write_new(public_path, 0644, open_half, error)) {
        (void)unlink(private_path);
        done = false;
    }
    BIO_free(secret);
    BIO_free(open_half);
    return done;
}

bool
wp_key_generate(const char *private_path, const char *public_path, struct wp_public_key *made,
                struct wp_sign_error *error)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    bool done = key != NULL && describe(key, made);
    if (!done)
        (void)fail(error, "no key could be made");
    done = done && write_pair(private_path, public_path, key, error);
    EVP_PKEY_free(key);
    return done;
}

/* ---- reading ------------------------------------------------------------------ */

/* Reads a small regular file whole. `forbidden` are mode bits that it must not
 * have. The caller clears and frees what comes back; NULL on failure. */
static char *
read_small(const char *path, mode_t forbidden, size_t *length, struct wp_sign_error *error)
{
    struct stat status;
    char *text = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || fstat(file, &status) != 0) {
        (void)fail(error, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        (void)fail(error, "%s: not a regular file", path);
    } else if ((status.st_mode & forbidden) != 0) {
        (void)fail(error,
                   "%s: others than its owner may read or write it (mode %03o): chmod 600 it", path,
                   (unsigned)(status.st_mode & 0777));
    } else if (status.st_size > MAX_FILE) {
        (void)fail(error, "%s: too large to be a key", path);
    } else if ((text = calloc(1, MAX_FILE + 1)) == NULL) {
        (void)fail(error, "%s: out of memory", path);
    } else {
        ssize_t got = read(file, text, MAX_FILE);
        *length = got < 0 ? 0 : (size_t)got;
    }
    if (file >= 0)
        (void)close(file);
    return text;
}

/* No terminal is asked for a password: an encrypted key is refused. */
static int
no_password(char *buffer, int size, int writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static bool
is_encrypted(const char *text)
{
    return strstr(text, "ENCRYPTED") != NULL;
}

struct wp_private_key *
wp_private_key_read(const char *path, struct wp_sign_error *error)
{
    size_t length;
    char *text = read_small(path, 0077, &length, error);
    if (text == NULL)
        return NULL;
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    struct wp_private_key *key = calloc(1, sizeof *key);
    if (key != NULL && bio != NULL)
        key->key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    if (key == NULL || key->key == NULL || !describe(key->key, &key->half)) {
        (void)fail(error, "%s: %s", path,
                   is_encrypted(text) ? "the key is encrypted, and no password is asked for"
                                      : "not an Ed25519 private key in PEM form");
        wp_private_key_free(key);
        key = NULL;
    }
    BIO_free(bio);
    OPENSSL_cleanse(text, MAX_FILE);
    free(text);
    return key;
}

void
wp_private_key_free(struct wp_private_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->key);
    free(key);
}

void
wp_private_key_public(const struct wp_private_key *key, struct wp_public_key *half)
{
    *half = key->half;
}

bool
wp_public_key_read(const char *path, struct wp_public_key *key, struct wp_sign_error *error)
{
    size_t length;
    char *text = read_small(path, 0, &length, error);
    if (text == NULL)
        return false;
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    EVP_PKEY *public = bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, no_password, NULL);
    bool done = public != NULL && describe(public, key);
    if (!done)
        (void)fail(error, "%s: %s", path,
                   strstr(text, "PRIVATE KEY") != NULL
                       ? "a private key where the public one is wanted"
                       : "not an Ed25519 public key in PEM form");
    EVP_PKEY_free(public);
    BIO_free(bio);
    OPENSSL_cleanse(text, MAX_FILE);
    free(text);
    return done;
}
