/*
 * A handle: in what order a new file is judged, what it refuses, that the last
 * good image stays, and readers in threads while images change. tests/api/reload.c
 * is the same for the thread sanitizer, under which Criterion does not run.
 */
#include "runtime/format.h"
#include "tests/unit/built_image.h"
#include "woapol_host.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char shut[] = "policy Shut is default { otherwise deny }\n";
static const char opened[] = "policy Open is default { rule all allow otherwise deny }\n";

/* ---- files ------------------------------------------------------------------------ */

/* A folder of its own for each test, and the image in it. */
struct place {
    char folder[64], live[96];
};

static void
make_place(struct place *place)
{
    snprintf(place->folder, sizeof place->folder, "/tmp/woapol-handle-XXXXXX");
    cr_assert_not_null(mkdtemp(place->folder));
    snprintf(place->live, sizeof place->live, "%s/live.wob", place->folder);
}

static void
remove_place(const struct place *place)
{
    unlink(place->live);
    cr_expect_eq(rmdir(place->folder), 0, "something was left in %s", place->folder);
}

static uint8_t *
image_of(const char *source, uint64_t generation, size_t *size)
{
    uint8_t *bytes = built_bytes(source, size);
    memcpy(bytes + offsetof(struct wp_header, generation), &generation, sizeof generation);
    built_seal(bytes, *size);
    return bytes;
}

static void
write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    cr_assert(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

/* Into use in one step. */
static void
publish(const struct place *place, const void *bytes, size_t size)
{
    char beside[128];
    snprintf(beside, sizeof beside, "%s.new", place->live);
    write_file(beside, bytes, size);
    cr_assert_eq(rename(beside, place->live), 0);
}

static void
publish_source(const struct place *place, const char *source, uint64_t generation)
{
    size_t size;
    uint8_t *bytes = image_of(source, generation, &size);
    publish(place, bytes, size);
    free(bytes);
}

/* ---- what is in use ------------------------------------------------------------------ */

static enum woapol_effect
ask(const struct woapol_image *image)
{
    const struct woapol_identity nobody = {0};
    struct woapol_request request;
    struct woapol_decision decision;
    size_t size = (woapol_principal_size(image) + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size);
    woapol_request_init(&request);
    woapol_decide(image, woapol_bind(image, &nobody, memory, size), &request, &decision);
    free(memory);
    return decision.effect;
}

static void
expect_in_use(struct woapol_handle *handle, enum woapol_effect effect, uint64_t generation)
{
    struct woapol_reader *reader = woapol_reader_new(handle);
    const struct woapol_image *image = woapol_reader_image(reader);
    cr_expect_eq(ask(image), effect, "generation %llu decides %d",
                 (unsigned long long)woapol_generation(image), (int)ask(image));
    cr_expect_eq(woapol_generation(image), generation, "%llu, not %llu",
                 (unsigned long long)woapol_generation(image), (unsigned long long)generation);
    woapol_reader_free(reader);
}

static void
expect_refused(struct woapol_handle *handle, enum woapol_status status, const char *reason)
{
    struct woapol_refusal refusal = {WOAPOL_OK, 0, ""};
    const uint64_t before = woapol_handle_refusals(handle);
    cr_expect_eq(woapol_handle_poll(handle, &refusal), WOAPOL_POLL_REFUSED, "%s", reason);
    cr_expect_eq(refusal.status, status, "%s: status %d: %s", reason, refusal.status,
                 refusal.reason);
    cr_expect(strstr(refusal.reason, reason) != NULL, "'%s', not '%s'", refusal.reason, reason);
    cr_expect_eq(woapol_handle_refusals(handle), before + 1);
    /* What was refused is not read again until it changes. */
    cr_expect_eq(woapol_handle_poll(handle, &refusal), WOAPOL_POLL_UNCHANGED, "%s", reason);
    cr_expect_eq(woapol_handle_refusals(handle), before + 1);
}

/* ---- in what order ---------------------------------------------------------------------- */

/* What a host's callbacks answer, and in what order they were called. */
struct host {
    char calls[16];
    bool signature, self_test;
    size_t signature_size;
    enum woapol_effect tested;
};

static bool
check_signature(void *context, const void *bytes, size_t size, const void *signatures,
                size_t signature_size)
{
    struct host *host = context;
    cr_expect(bytes != NULL && size > 0);
    (void)signatures;
    strcat(host->calls, "s");
    host->signature_size = signature_size;
    return host->signature;
}

/* A request with a known answer. */
static bool
test_image(void *context, const struct woapol_image *image)
{
    struct host *host = context;
    strcat(host->calls, "t");
    host->tested = ask(image);
    return host->self_test;
}

static const char *
calls_since(struct host *host)
{
    static char last[sizeof host->calls];
    memcpy(last, host->calls, sizeof last);
    host->calls[0] = '\0';
    return last;
}

Test(handle, judges_in_order_and_keeps_the_last_good)
{
    struct place place;
    struct host host = {.signature = true, .self_test = true};
    struct woapol_handle *handle;
    const struct woapol_options open = {sizeof open, check_signature, &host};
    const struct woapol_handle_options options = {
        .size = sizeof options, .open = &open, .self_test = test_image, .context = &host};
    make_place(&place);
    publish_source(&place, shut, 5);
    cr_assert_eq(woapol_handle_open(place.live, &options, &handle, NULL), WOAPOL_OK);
    cr_expect_str_eq(calls_since(&host), "st");
    cr_expect_eq(host.signature_size, 0);

    /* Who signed comes first: what a stranger wrote is not even asked. */
    host.signature = false;
    publish_source(&place, opened, 6);
    expect_refused(handle, WOAPOL_E_SIGNATURE, "");
    cr_expect_str_eq(calls_since(&host), "s");
    expect_in_use(handle, WOAPOL_DENY, 5);

    /* Then its age. */
    host.signature = true;
    publish_source(&place, opened, 4);
    expect_refused(handle, WOAPOL_OK, "older generation");
    cr_expect_str_eq(calls_since(&host), "s");

    /* Then the host's own requests, of the image that is not in use yet. */
    host.self_test = false;
    publish_source(&place, opened, 6);
    expect_refused(handle, WOAPOL_OK, "self-test");
    cr_expect_str_eq(calls_since(&host), "st");
    cr_expect_eq(host.tested, WOAPOL_ALLOW);
    expect_in_use(handle, WOAPOL_DENY, 5);

    host.self_test = true;
    publish_source(&place, opened, 6);
    cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_LOADED);
    expect_in_use(handle, WOAPOL_ALLOW, 6);
    cr_expect_eq(woapol_handle_loads(handle), 2);
    woapol_handle_close(handle);
    remove_place(&place);
}

/* The same generation is taken (a rebuild), a lower one only where it may. */
Test(handle, generations_do_not_fall)
{
    struct place place;
    make_place(&place);
    for (int allowed = 0; allowed < 2; allowed++) {
        struct woapol_handle *handle;
        const struct woapol_handle_options options = {.size = sizeof options,
                                                      .allow_older = allowed == 1};
        publish_source(&place, shut, 9);
        cr_assert_eq(woapol_handle_open(place.live, &options, &handle, NULL), WOAPOL_OK);
        publish_source(&place, opened, 9);
        cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_LOADED);
        publish_source(&place, shut, 8);
        if (allowed == 0)
            expect_refused(handle, WOAPOL_OK, "older generation");
        else
            cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_LOADED);
        expect_in_use(handle, allowed == 0 ? WOAPOL_ALLOW : WOAPOL_DENY, allowed == 0 ? 9 : 8);
        /* What was refused leaves no mark: the next good one is measured by what is in use. */
        publish_source(&place, shut, 10);
        cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_LOADED);
        expect_in_use(handle, WOAPOL_DENY, 10);
        woapol_handle_close(handle);
    }
    remove_place(&place);
}

/* ---- files that are no good ------------------------------------------------------------- */

Test(handle, a_file_that_is_missing)
{
    struct place place;
    struct woapol_handle *handle = NULL;
    struct woapol_refusal refusal;
    make_place(&place);
    cr_expect_eq(woapol_handle_open(place.live, NULL, &handle, &refusal), WOAPOL_E_ARGUMENT);
    cr_expect(handle == NULL && strstr(refusal.reason, "No such file") != NULL);
    publish_source(&place, opened, 1);
    cr_assert_eq(woapol_handle_open(place.live, NULL, &handle, NULL), WOAPOL_OK);
    unlink(place.live);
    expect_refused(handle, WOAPOL_OK, "No such file");
    cr_assert_eq(mkdir(place.live, 0700), 0);
    expect_refused(handle, WOAPOL_OK, "not a regular file");
    rmdir(place.live);
    cr_assert_eq(mkfifo(place.live, 0600), 0);
    expect_refused(handle, WOAPOL_OK, "not a regular file");
    expect_in_use(handle, WOAPOL_ALLOW, 1);
    unlink(place.live);
    publish_source(&place, shut, 2);
    cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_LOADED);
    expect_in_use(handle, WOAPOL_DENY, 2);
    woapol_handle_close(handle);
    remove_place(&place);
}

/* Somebody copies over the image instead of renaming: each look finds it longer,
 * none but the last is taken, and what is in use is not touched by the writing. */
Test(handle, a_file_that_is_being_written)
{
    struct place place;
    struct woapol_handle *handle;
    size_t size;
    uint8_t *bytes = image_of(opened, 2, &size);
    make_place(&place);
    publish_source(&place, shut, 1);
    cr_assert_eq(woapol_handle_open(place.live, NULL, &handle, NULL), WOAPOL_OK);
    int file = open(place.live, O_WRONLY | O_TRUNC);
    for (size_t at = 0, piece = 0; at < size; at += piece) {
        piece = size - at < 997 ? size - at : 997;
        cr_assert_eq(write(file, bytes + at, piece), (ssize_t)piece);
        if (at + piece == size)
            break;
        expect_refused(handle, WOAPOL_E_TRUNCATED, "");
        expect_in_use(handle, WOAPOL_DENY, 1);
    }
    close(file);
    cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_LOADED);
    expect_in_use(handle, WOAPOL_ALLOW, 2);

    /* Cut off and overwritten with zeros while it is in use. */
    cr_assert_eq(truncate(place.live, 100), 0);
    expect_refused(handle, WOAPOL_E_TRUNCATED, "");
    cr_assert_eq(truncate(place.live, (off_t)size), 0);
    expect_refused(handle, WOAPOL_E_CHECKSUM, "");
    expect_in_use(handle, WOAPOL_ALLOW, 2);
    free(bytes);
    woapol_handle_close(handle);
    remove_place(&place);
}

/* Every single byte damaged: refused, whatever it is, and the one before decides. */
Test(handle, a_file_that_is_damaged)
{
    struct place place;
    struct woapol_handle *handle;
    size_t size;
    uint8_t *bytes = image_of(opened, 2, &size);
    make_place(&place);
    publish_source(&place, shut, 1);
    cr_assert_eq(woapol_handle_open(place.live, NULL, &handle, NULL), WOAPOL_OK);
    for (size_t at = 0; at < size; at += 61) {
        bytes[at] ^= 0x10;
        publish(&place, bytes, size);
        cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_REFUSED, "byte %zu", at);
        bytes[at] ^= 0x10;
    }
    expect_in_use(handle, WOAPOL_DENY, 1);
    free(bytes);
    woapol_handle_close(handle);
    remove_place(&place);
}

Test(handle, a_file_above_the_limit)
{
    struct place place;
    struct woapol_handle *handle;
    size_t size;
    uint8_t *bytes = image_of(shut, 1, &size);
    const struct woapol_handle_options options = {.size = sizeof options, .size_limit = size};
    make_place(&place);
    publish(&place, bytes, size);
    cr_assert_eq(woapol_handle_open(place.live, &options, &handle, NULL), WOAPOL_OK);
    cr_assert_eq(truncate(place.live, (off_t)size + 1), 0);
    expect_refused(handle, WOAPOL_OK, "larger than the limit");
    expect_in_use(handle, WOAPOL_DENY, 1);
    free(bytes);
    woapol_handle_close(handle);
    remove_place(&place);
}

/* As Kubernetes mounts a ConfigMap: live.wob -> ..data/live.wob, ..data -> a folder
 * of the version. Only the link in the middle changes. */
Test(handle, links_that_are_swapped)
{
    struct place place;
    struct woapol_handle *handle;
    char path[160], other[160];
    make_place(&place);
    const char *const sources[] = {shut, opened, shut};
    for (uint64_t i = 0; i < 3; i++) {
        size_t size;
        uint8_t *bytes = image_of(sources[i], i + 1, &size);
        snprintf(path, sizeof path, "%s/v%d", place.folder, (int)i);
        cr_assert_eq(mkdir(path, 0700), 0);
        strcat(path, "/live.wob");
        write_file(path, bytes, size);
        free(bytes);
    }
    snprintf(path, sizeof path, "%s/..data", place.folder);
    snprintf(other, sizeof other, "%s/..data.new", place.folder);
    cr_assert_eq(symlink("v0", path), 0);
    cr_assert_eq(symlink("..data/live.wob", place.live), 0);
    cr_assert_eq(woapol_handle_open(place.live, NULL, &handle, NULL), WOAPOL_OK);
    cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_UNCHANGED);
    const char *const targets[] = {"v1", "nowhere", "v0", "v2"};
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(symlink(targets[i], other), 0);
        cr_assert_eq(rename(other, path), 0);
        if (i == 1)
            expect_refused(handle, WOAPOL_OK, "No such file");
        else if (i == 2)
            expect_refused(handle, WOAPOL_OK, "older generation");
        else
            cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_LOADED, "%s", targets[i]);
        expect_in_use(handle, i < 3 ? WOAPOL_ALLOW : WOAPOL_DENY, i < 3 ? 2 : 3);
    }
    woapol_handle_close(handle);
    unlink(path);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/v%d/live.wob", place.folder, i);
        unlink(path);
        *strrchr(path, '/') = '\0';
        rmdir(path);
    }
    remove_place(&place);
}

/* ---- readers ------------------------------------------------------------------------------ */

/* A reader keeps what it looked at until it says that it is done with it. */
Test(handle, a_reader_keeps_its_image)
{
    struct place place;
    struct woapol_handle *handle;
    uint64_t load;
    make_place(&place);
    publish_source(&place, shut, 1);
    cr_assert_eq(woapol_handle_open(place.live, NULL, &handle, NULL), WOAPOL_OK);
    struct woapol_reader *reader = woapol_reader_new(handle);
    const struct woapol_image *kept = woapol_reader_look(reader, &load);
    cr_expect_eq(load, 1);
    for (uint64_t i = 2; i < 20; i++) {
        publish_source(&place, i % 2 == 0 ? opened : shut, i);
        cr_expect_eq(woapol_handle_poll(handle, NULL), WOAPOL_POLL_LOADED);
        cr_expect_eq(ask(kept), WOAPOL_DENY);
        cr_expect_eq(woapol_generation(kept), 1);
    }
    woapol_reader_quiescent(reader);
    cr_expect_eq(woapol_generation(woapol_reader_look(reader, &load)), 19);
    cr_expect_eq(load, 19);
    woapol_reader_free(reader);
    woapol_handle_close(handle);
    remove_place(&place);
}

/* Readers that come, decide and go while images change beneath them. */
struct crowd {
    struct woapol_handle *handle;
    atomic_bool is_over;
    atomic_uint decided, wrong;
};

static void *
read_on(void *context)
{
    struct crowd *crowd = context;
    while (!atomic_load(&crowd->is_over)) {
        struct woapol_reader *reader = woapol_reader_new(crowd->handle);
        uint64_t latest = 0;
        for (int i = 0; i < 50; i++) {
            uint64_t load;
            const struct woapol_image *image = woapol_reader_look(reader, &load);
            /* Odd generations are shut; an image is never seen half changed, and
             * none comes back. */
            const bool is_shut = woapol_generation(image) % 2 == 1;
            if (ask(image) != (is_shut ? WOAPOL_DENY : WOAPOL_ALLOW) || load < latest)
                atomic_fetch_add(&crowd->wrong, 1);
            latest = load;
            atomic_fetch_add(&crowd->decided, 1);
            woapol_reader_quiescent(reader);
        }
        woapol_reader_free(reader);
    }
    return NULL;
}

Test(handle, readers_in_threads, .timeout = 600)
{
    enum { READERS = 4, SWAPS = 200 };
    struct place place;
    struct crowd crowd = {.handle = NULL};
    pthread_t threads[READERS];
    uint8_t *bytes[2];
    size_t sizes[2];
    make_place(&place);
    publish_source(&place, shut, 1);
    cr_assert_eq(woapol_handle_open(place.live, NULL, &crowd.handle, NULL), WOAPOL_OK);
    bytes[0] = image_of(opened, 0, &sizes[0]);
    bytes[1] = image_of(shut, 0, &sizes[1]);
    for (int i = 0; i < READERS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, read_on, &crowd), 0);
    for (uint64_t i = 2; i < 2 + SWAPS; i++) {
        const size_t k = i % 2;
        memcpy(bytes[k] + offsetof(struct wp_header, generation), &i, sizeof i);
        built_seal(bytes[k], sizes[k]);
        publish(&place, bytes[k], i % 10 == 9 ? sizes[k] / 2 : sizes[k]);
        cr_expect_eq(woapol_handle_poll(crowd.handle, NULL),
                     i % 10 == 9 ? WOAPOL_POLL_REFUSED : WOAPOL_POLL_LOADED);
    }
    atomic_store(&crowd.is_over, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    cr_expect_eq(atomic_load(&crowd.wrong), 0);
    cr_expect_gt(atomic_load(&crowd.decided), SWAPS);
    cr_expect_eq(woapol_handle_refusals(crowd.handle), SWAPS / 10);
    free(bytes[0]);
    free(bytes[1]);
    woapol_handle_close(crowd.handle);
    remove_place(&place);
}
