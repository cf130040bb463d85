/* A handle under fire: readers decide while a writer swaps images by rename a
 * thousand times, and puts in what must be refused. */
#include "session.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>
#include <woapol_host.h>

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define KEEPS_FREED true /* so memory is not flat */
#else
#define KEEPS_FREED false
#endif

enum { READERS = 3, SWAPS = 1000 };

struct field {
    struct woapol_handle *handle;
    atomic_bool over;
    atomic_ulong decided;
};

static char live[256], draft[264];

static void
publish(const void *bytes, size_t size)
{
    FILE *file = fopen(draft, "wb");
    CLAIM(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
    CLAIM(rename(draft, live) == 0);
}

/* Everything a program can ask of an image between two quiescent points. */
static void
decide_once(struct woapol_reader *reader)
{
    const struct woapol_image *image = woapol_reader_image(reader);
    struct woapol_request request;
    struct woapol_decision decision;
    void *memory;
    struct woapol_principal *staff = bind_group(image, "All Staff@corp.example", &memory);
    woapol_request_init(&request);
    request.app = find(image, WOAPOL_APP, "Payroll");
    woapol_decide(image, staff, &request, &decision);
    CLAIM(decision.effect == WOAPOL_DENY);
    CLAIM(strcmp(woapol_name(image, WOAPOL_RULE, decision.rule, NULL), "unmanaged") == 0);
    request.app = 0;
    woapol_decide(image, staff, &request, &decision);
    CLAIM(decision.effect == WOAPOL_ALLOW);
    free(memory);
    woapol_reader_quiescent(reader);
}

static void *
read_on(void *context)
{
    struct field *field = context;
    /* Readers come and go while the list of them is looked through. */
    while (!atomic_load(&field->over)) {
        struct woapol_reader *reader = woapol_reader_new(field->handle);
        CLAIM(reader != NULL);
        for (int i = 0; i < 100; i++) {
            decide_once(reader);
            atomic_fetch_add(&field->decided, 1);
        }
        woapol_reader_free(reader);
    }
    return NULL;
}

static long
resident(void)
{
    long size, pages;
    FILE *file = fopen("/proc/self/statm", "r");
    CLAIM(file != NULL && fscanf(file, "%ld %ld", &size, &pages) == 2);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void
swap_images(struct field *field, const void *bytes, size_t size)
{
    struct woapol_refusal refusal;
    pthread_t threads[READERS];
    long level = 0;
    for (int i = 0; i < READERS; i++)
        CLAIM(pthread_create(&threads[i], NULL, read_on, field) == 0);
    for (int i = 0; i < SWAPS; i++) {
        publish(bytes, size);
        CLAIM(woapol_handle_poll(field->handle, &refusal) == WOAPOL_POLL_LOADED);
        CLAIM(woapol_handle_poll(field->handle, &refusal) == WOAPOL_POLL_UNCHANGED);
        if (i == SWAPS / 10)
            level = resident();
        if (i % 10 != 0)
            continue;
        publish(bytes, size - 1);
        CLAIM(woapol_handle_poll(field->handle, &refusal) == WOAPOL_POLL_REFUSED);
    }
    atomic_store(&field->over, true);
    for (int i = 0; i < READERS; i++)
        CLAIM(pthread_join(threads[i], NULL) == 0);
    CLAIM(woapol_handle_loads(field->handle) == SWAPS + 1);
    CLAIM(woapol_handle_refusals(field->handle) == SWAPS / 10);
    CLAIM(atomic_load(&field->decided) > 0);
    CLAIM(KEEPS_FREED || resident() < level + 4096);
}

static void
expect_refusal(struct field *field, enum woapol_status status, const char *reason)
{
    struct woapol_refusal refusal = {WOAPOL_OK, 0, ""};
    struct woapol_reader *reader = woapol_reader_new(field->handle);
    CLAIM(woapol_handle_poll(field->handle, &refusal) == WOAPOL_POLL_REFUSED);
    CLAIM(refusal.status == status && strstr(refusal.reason, reason) != NULL);
    CLAIM(woapol_handle_poll(field->handle, &refusal) == WOAPOL_POLL_UNCHANGED);
    decide_once(reader);
    woapol_reader_free(reader);
}

/* What is no good leaves the last good one in use. */
static void
refuse_bad_files(struct field *field, unsigned char *bytes, size_t size)
{
    publish(bytes, size / 2);
    expect_refusal(field, WOAPOL_E_TRUNCATED, "");
    publish("", 0);
    expect_refusal(field, WOAPOL_E_MAGIC, "");
    bytes[size / 3] ^= 4;
    publish(bytes, size);
    expect_refusal(field, WOAPOL_E_CHECKSUM, "");
    bytes[size / 3] ^= 4;
    CLAIM(unlink(live) == 0);
    expect_refusal(field, WOAPOL_OK, "No such file");
    CLAIM(mkdir(live, 0700) == 0);
    expect_refusal(field, WOAPOL_OK, "not a regular file");
    CLAIM(rmdir(live) == 0);
    publish(bytes, size);
    CLAIM(woapol_handle_poll(field->handle, NULL) == WOAPOL_POLL_LOADED);
}

static bool
say_no(void *context, const void *signed_bytes, size_t signed_size, const void *signatures,
       size_t signature_size)
{
    ++*(int *)context;
    CLAIM(signed_bytes != NULL && signed_size > 0);
    (void)signatures;
    (void)signature_size;
    return false;
}

static bool
test_no(void *context, const struct woapol_image *image)
{
    CLAIM(woapol_count(image, WOAPOL_APP) > 1);
    return *(bool *)context;
}

static void
refuse_by_options(struct field *field, size_t size)
{
    int asked = 0;
    bool good = false;
    struct woapol_refusal refusal;
    struct woapol_handle *handle = NULL;
    const struct woapol_options open = {sizeof open, say_no, &asked};
    struct woapol_handle_options options = {.size = sizeof options, .open = &open};
    CLAIM(woapol_handle_open(live, &options, &handle, &refusal) == WOAPOL_E_SIGNATURE);
    CLAIM(asked == 1 && handle == NULL);
    options = (struct woapol_handle_options){.size = sizeof options, .size_limit = size - 1};
    CLAIM(woapol_handle_open(live, &options, &handle, &refusal) == WOAPOL_E_ARGUMENT);
    CLAIM(strstr(refusal.reason, "larger than the limit") != NULL);
    options = (struct woapol_handle_options){
        .size = sizeof options, .self_test = test_no, .context = &good};
    CLAIM(woapol_handle_open(live, &options, &handle, &refusal) == WOAPOL_E_ARGUMENT);
    CLAIM(strstr(refusal.reason, "self-test") != NULL);
    good = true;
    CLAIM(woapol_handle_open(live, &options, &handle, &refusal) == WOAPOL_OK);
    woapol_handle_close(handle);
    CLAIM(woapol_handle_open("/nonexistent.wob", NULL, &field->handle, &refusal) != WOAPOL_OK);
}

/* The generation must not fall unless it may; argv[2] is an older image. */
static void
refuse_older(const char *older, const unsigned char *newer, size_t size)
{
    size_t older_size;
    struct woapol_refusal refusal;
    struct woapol_handle *handle;
    struct woapol_handle_options options = {.size = sizeof options, .allow_older = true};
    void *bytes = read_whole(older, &older_size);
    for (int allowed = 0; allowed < 2; allowed++) {
        publish(newer, size);
        CLAIM(woapol_handle_open(live, allowed ? &options : NULL, &handle, NULL) == WOAPOL_OK);
        publish(bytes, older_size);
        enum woapol_poll done = woapol_handle_poll(handle, &refusal);
        CLAIM(done == (allowed ? WOAPOL_POLL_LOADED : WOAPOL_POLL_REFUSED));
        CLAIM(allowed || strstr(refusal.reason, "older generation") != NULL);
        woapol_handle_close(handle);
    }
    free(bytes);
}

int
main(int argc, char **argv)
{
    CLAIM(argc == 3);
    size_t size;
    unsigned char *bytes = read_whole(argv[1], &size);
    struct field field = {NULL, false, 0};
    snprintf(live, sizeof live, "%s.live-%ld", argv[1], (long)getpid());
    snprintf(draft, sizeof draft, "%s.new", live);
    publish(bytes, size);
    CLAIM(woapol_handle_open(live, NULL, &field.handle, NULL) == WOAPOL_OK);
    swap_images(&field, bytes, size);
    refuse_bad_files(&field, bytes, size);
    woapol_handle_close(field.handle);
    refuse_by_options(&field, size);
    refuse_older(argv[2], bytes, size);
    unlink(live);
    free(bytes);
    return 0;
}
