/* Keys, and who has signed what until when. */
#include "compiler/image_sign.h"
#include "runtime/format.h"
#include "runtime/hash.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYS 3

static struct {
    char folder[64];
    struct wp_private_key *keys[KEYS];
    struct wp_public_key halves[KEYS];
    struct wp_sign_error error;
} box;

static const char *
in_box(const char *name)
{
    static char path[2][128];
    static int turn;
    turn = !turn;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", box.folder, name);
    return path[turn];
}

static void
set_up(void)
{
    strcpy(box.folder, "/tmp/woapol-sign-XXXXXX");
    cr_assert_not_null(mkdtemp(box.folder));
    for (int i = 0; i < KEYS; i++) {
        char name[2][16];
        struct wp_public_key made;
        (void)snprintf(name[0], sizeof name[0], "%d.key", i);
        (void)snprintf(name[1], sizeof name[1], "%d.pub", i);
        cr_assert(wp_key_generate(in_box(name[0]), in_box(name[1]), &made, &box.error), "%s",
                  box.error.text);
        box.keys[i] = wp_private_key_read(in_box(name[0]), &box.error);
        cr_assert_not_null(box.keys[i], "%s", box.error.text);
        cr_assert(wp_public_key_read(in_box(name[1]), &box.halves[i], &box.error), "%s",
                  box.error.text);
        cr_assert_arr_eq(made.raw, box.halves[i].raw, 32);
        cr_assert_arr_eq(made.id, box.halves[i].id, WP_KEY_ID_SIZE);
    }
}

static void
tear_down(void)
{
    char command[128];
    for (int i = 0; i < KEYS; i++)
        wp_private_key_free(box.keys[i]);
    (void)snprintf(command, sizeof command, "rm -rf %s", box.folder);
    (void)!system(command);
}

static const struct wp_signed_image image = {"an image", 8};

TestSuite(sign, .init = set_up, .fini = tear_down);

Test(sign, private_key_file_is_for_its_owner_alone)
{
    struct stat status;
    cr_assert_eq(stat(in_box("0.key"), &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);

    static const mode_t modes[] = {0640, 0604, 0660, 0601, 0777};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        cr_assert_eq(chmod(in_box("0.key"), modes[i]), 0);
        cr_expect_null(wp_private_key_read(in_box("0.key"), &box.error), "mode %o", modes[i]);
        cr_expect_not_null(strstr(box.error.text, "chmod 600"), "%s", box.error.text);
    }
    cr_assert_eq(chmod(in_box("0.key"), 0400), 0);
    struct wp_private_key *key = wp_private_key_read(in_box("0.key"), &box.error);
    cr_expect_not_null(key);
    wp_private_key_free(key);
}

Test(sign, key_files_are_never_overwritten)
{
    struct wp_public_key made;
    cr_expect_not(wp_key_generate(in_box("0.key"), in_box("new.pub"), &made, &box.error));
    cr_expect_neq(access(in_box("new.pub"), F_OK), 0);
    cr_expect_not(wp_key_generate(in_box("new.key"), in_box("0.pub"), &made, &box.error));
    cr_expect_neq(access(in_box("new.key"), F_OK), 0, "a half pair must not stay");
    cr_expect_not(wp_key_generate(in_box("none/a.key"), in_box("b.pub"), &made, &box.error));
    cr_expect_not(wp_key_generate("/dev/full", in_box("b.pub"), &made, &box.error));
    cr_expect_neq(access(in_box("b.pub"), F_OK), 0);
}

Test(sign, other_files_are_not_keys)
{
    static const char *const texts[] = {
        "",
        "hello",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    };
    struct wp_public_key half;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        FILE *file = fopen(in_box("file"), "w");
        cr_assert_not_null(file);
        (void)fputs(texts[i], file);
        (void)fchmod(fileno(file), 0600);
        (void)fclose(file);
        cr_expect_null(wp_private_key_read(in_box("file"), &box.error), "%s", texts[i]);
        cr_expect_not(wp_public_key_read(in_box("file"), &half, &box.error), "%s", texts[i]);
    }
    cr_expect_null(wp_private_key_read(in_box("0.pub"), &box.error));
    cr_expect_not(wp_public_key_read(in_box("0.key"), &half, &box.error));
    cr_expect_not_null(strstr(box.error.text, "private key where"), "%s", box.error.text);
    cr_expect_not(wp_public_key_read(box.folder, &half, &box.error));
    cr_expect_not(wp_public_key_read(in_box("none"), &half, &box.error));
    cr_expect_not_null(strstr(box.error.text, "No such file"), "%s", box.error.text);
    cr_expect_not(wp_public_key_read("/dev/zero", &half, &box.error));
}

Test(sign, keys_of_other_kinds_are_refused)
{
    char command[256];
    (void)snprintf(command, sizeof command,
                   "cd %s && umask 077 && openssl genpkey -algorithm X25519 -out x.key && "
                   "openssl pkey -in x.key -pubout -out x.pub",
                   box.folder);
    if (system(command) != 0)
        cr_skip_test("no openssl command");
    struct wp_public_key half;
    cr_expect_null(wp_private_key_read(in_box("x.key"), &box.error));
    cr_expect_not(wp_public_key_read(in_box("x.pub"), &half, &box.error));
}

/* The signatures of keys 0, 1 and 2, in this order. */
static size_t
sign_by_all(unsigned char records[], struct wp_validity validity)
{
    size_t size = 0;
    for (int i = 0; i < KEYS; i++) {
        unsigned char record[WP_SIGNATURE_SIZE];
        cr_assert(wp_sign(&image, box.keys[i], validity, record, &box.error));
        size = wp_signatures_put(records, size, record);
    }
    cr_assert_eq(size, KEYS * WP_SIGNATURE_SIZE);
    return size;
}

static const struct wp_validity for_ever = {0, 0};

Test(sign, counts_each_asked_for_key_once)
{
    unsigned char records[(KEYS + 2) * WP_SIGNATURE_SIZE];
    struct wp_signature_findings found;
    size_t size = sign_by_all(records, for_ever);
    cr_expect(wp_signatures_check(&image, records, size, box.halves, 3, 1000, &found));
    cr_expect_eq(found.good, 3);
    cr_expect(wp_signatures_check(&image, records, size, box.halves, 1, 1000, &found));
    cr_expect_eq(found.good, 1);
    cr_expect_eq(found.findings[2].state, WP_SIGNATURE_UNKNOWN_KEY);
    cr_expect(wp_signatures_check(&image, records, size, NULL, 0, 1000, &found));
    cr_expect_eq(found.good, 0);
    cr_expect(wp_signatures_check(&image, NULL, 0, box.halves, 3, 1000, &found));
    cr_expect_eq(found.good, 0);

    /* The same record twice, and the same key asked for twice. */
    memcpy(records + size, records, WP_SIGNATURE_SIZE);
    const struct wp_public_key twice[] = {box.halves[0], box.halves[0]};
    cr_expect(
        wp_signatures_check(&image, records, size + WP_SIGNATURE_SIZE, twice, 2, 1000, &found));
    cr_expect_eq(found.good, 1);
    cr_expect_eq(found.findings[3].state, WP_SIGNATURE_DUPLICATE);
    cr_expect_eq(found.findings[3].key, 0);
}

Test(sign, signing_again_replaces_and_gives_the_same_bytes)
{
    unsigned char records[(KEYS + 1) * WP_SIGNATURE_SIZE], before[sizeof records];
    unsigned char record[WP_SIGNATURE_SIZE];
    size_t size = sign_by_all(records, for_ever);
    memcpy(before, records, size);
    cr_assert(wp_sign(&image, box.keys[1], for_ever, record, &box.error));
    cr_expect_eq(wp_signatures_put(records, size, record), size);
    cr_expect_arr_eq(records, before, size);
}

Test(sign, refuses_more_than_it_holds)
{
    static unsigned char records[(WP_MAX_SIGNATURES + 1) * WP_SIGNATURE_SIZE];
    struct wp_signature_findings found;
    size_t size = 0;
    for (unsigned i = 0; i < WP_MAX_SIGNATURES; i++) {
        unsigned char record[WP_SIGNATURE_SIZE] = {(unsigned char)i};
        size = wp_signatures_put(records, size, record);
    }
    cr_expect_eq(size, WP_MAX_SIGNATURES * WP_SIGNATURE_SIZE);
    unsigned char record[WP_SIGNATURE_SIZE] = {255};
    cr_expect_eq(wp_signatures_put(records, size, record), 0);
    cr_expect(wp_signatures_check(&image, records, size, box.halves, 3, 0, &found));
    cr_expect_not(
        wp_signatures_check(&image, records, size + WP_SIGNATURE_SIZE, box.halves, 3, 0, &found));
    cr_expect_not(wp_signatures_check(&image, records, size - 1, box.halves, 3, 0, &found));
}

Test(sign, validity_bounds_are_inclusive)
{
    static const struct {
        uint64_t before, after, now;
        enum wp_signature_state state;
    } rows[] = {
        {0, 0, 0, WP_SIGNATURE_GOOD},
        {100, 200, 99, WP_SIGNATURE_NOT_YET},
        {100, 200, 100, WP_SIGNATURE_GOOD},
        {100, 200, 200, WP_SIGNATURE_GOOD},
        {100, 200, 201, WP_SIGNATURE_EXPIRED},
        {0, 200, 201, WP_SIGNATURE_EXPIRED},
        {100, 0, UINT64_MAX, WP_SIGNATURE_GOOD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char records[(KEYS + 1) * WP_SIGNATURE_SIZE];
        struct wp_signature_findings found;
        size_t size = sign_by_all(records, (struct wp_validity){rows[i].before, rows[i].after});
        cr_expect(wp_signatures_check(&image, records, size, box.halves, 3, rows[i].now, &found));
        cr_expect_eq(found.findings[0].state, rows[i].state, "row %zu", i);
        cr_expect_eq(found.good, rows[i].state == WP_SIGNATURE_GOOD ? 3 : 0, "row %zu", i);
    }
}

Test(sign, no_bit_of_a_record_can_be_changed)
{
    unsigned char record[WP_SIGNATURE_SIZE];
    struct wp_signature_findings found;
    cr_assert(wp_sign(&image, box.keys[0], for_ever, record, &box.error));
    for (size_t bit = 0; bit < WP_SIGNATURE_SIZE * 8; bit++) {
        record[bit / 8] ^= (unsigned char)(1 << bit % 8);
        cr_expect(wp_signatures_check(&image, record, sizeof record, box.halves, 3, 0, &found));
        cr_expect_eq(found.good, 0, "bit %zu", bit);
        record[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    cr_expect(wp_signatures_check(&image, record, sizeof record, box.halves, 3, 0, &found));
    cr_expect_eq(found.good, 1);
}

Test(sign, nothing_of_the_image_can_be_changed)
{
    static const struct wp_signed_image others[] = {
        {"An image", 8}, {"an imagf", 8}, {"an imag", 7}, {"an image\0", 9}, {"", 0},
    };
    unsigned char record[WP_SIGNATURE_SIZE];
    struct wp_signature_findings found;
    cr_assert(wp_sign(&image, box.keys[0], for_ever, record, &box.error));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cr_expect(wp_signatures_check(&others[i], record, sizeof record, box.halves, 3, 0, &found));
        cr_expect_eq(found.good, 0, "image %zu", i);
        cr_expect_eq(found.findings[0].state, WP_SIGNATURE_BAD, "image %zu", i);
    }
}

Test(sign, a_key_with_anothers_id_does_not_get_in_its_way)
{
    unsigned char record[WP_SIGNATURE_SIZE];
    struct wp_signature_findings found;
    struct wp_public_key keys[] = {box.halves[1], box.halves[0], box.halves[2]};
    memcpy(keys[0].id, keys[1].id, WP_KEY_ID_SIZE);
    memcpy(keys[2].id, keys[1].id, WP_KEY_ID_SIZE);
    cr_assert(wp_sign(&image, box.keys[0], for_ever, record, &box.error));
    cr_expect(wp_signatures_check(&image, record, sizeof record, keys, 3, 0, &found));
    cr_expect_eq(found.good, 1);
    cr_expect_eq(found.findings[0].key, 1);
}

Test(sign, key_ids_are_printed_in_hexadecimal)
{
    static const unsigned char id[WP_KEY_ID_SIZE] = {0x00, 0x0f, 0xf0, 0xff, 1, 2, 3, 0xa4};
    char text[2 * WP_KEY_ID_SIZE + 1];
    wp_key_id_text(id, text);
    cr_expect_str_eq(text, "000ff0ff010203a4");
}

/* ---- in an image ---------------------------------------------------------------- */

static void
out_of_memory(void *context)
{
    (void)context;
    abort();
}

/* As runtime/image.c reads it: where the signatures are, and what is signed. */
static bool
accepted(struct wp_trust *trust, const unsigned char *bytes, size_t size)
{
    struct wp_header header;
    memcpy(&header, bytes, sizeof header);
    cr_assert_eq(header.length, size);
    cr_assert_eq(header.checksum, wp_checksum(bytes + WP_CHECKED_FROM, size - WP_CHECKED_FROM));
    return wp_trust_check(trust, bytes + WP_SIGNED_FROM, header.signatures - WP_SIGNED_FROM,
                          bytes + header.signatures, size - header.signatures);
}

Test(sign, an_image_takes_signatures_of_several_keys_in_any_order)
{
    struct wp_arena *arena = wp_arena_new(out_of_memory, NULL);
    unsigned char plain[256] = {0};
    struct wp_header header = {.signatures = sizeof plain, .length = sizeof plain};
    header.checksum = 1;
    memcpy(plain, &header, sizeof header);
    memset(plain + sizeof header, 'x', sizeof plain - sizeof header);

    size_t size = sizeof plain, threshold;
    const unsigned char *bytes = plain;
    struct wp_trust trust = {.keys = box.halves, .key_count = KEYS};
    for (int i = 0; i < KEYS; i++) {
        bytes =
            wp_image_sign(arena, bytes, size, box.keys[KEYS - 1 - i], for_ever, &size, &box.error);
        cr_assert_not_null(bytes, "%s", box.error.text);
        for (threshold = 1; threshold <= KEYS + 1; threshold++) {
            trust.threshold = threshold;
            cr_expect_eq(accepted(&trust, bytes, size), threshold <= (size_t)i + 1);
        }
    }
    cr_expect_eq(size, sizeof plain + KEYS * WP_SIGNATURE_SIZE);

    /* Cut between records, and inside one. */
    trust.threshold = KEYS;
    const unsigned char *end = bytes + sizeof plain;
    cr_expect_not(wp_trust_check(&trust, bytes + WP_SIGNED_FROM, sizeof plain - WP_SIGNED_FROM, end,
                                 (KEYS - 1) * WP_SIGNATURE_SIZE));
    cr_expect(trust.well_formed);
    trust.threshold = 1;
    cr_expect_not(wp_trust_check(&trust, bytes + WP_SIGNED_FROM, sizeof plain - WP_SIGNED_FROM, end,
                                 WP_SIGNATURE_SIZE + 1));
    cr_expect_not(trust.well_formed);
    wp_arena_free(arena);
}
