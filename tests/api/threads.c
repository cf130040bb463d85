/* Many threads on one image: each binds its own person, and what they decide is
 * what one thread decides. */
#include "session.h"

#include <pthread.h>

enum { THREADS = 8, REQUESTS = 20000 };

struct run {
    const struct woapol_image *image;
    const char *group;
    uint64_t sum;
};

static void
make_request(const struct woapol_image *image, unsigned number, struct woapol_request *request)
{
    woapol_request_init(request);
    request->app = number % woapol_count(image, WOAPOL_APP);
    request->device = number / 3 % woapol_count(image, WOAPOL_DEVICE);
    request->managed = number & 1;
    request->risk = (uint8_t)(number / 7 % 3);
    request->address_family = number & 8 ? 4 : 6;
    if (request->address_family == 4)
        memcpy(request->address, (uint8_t[]){198, 51, (uint8_t)(99 + number % 3), 1}, 4);
    else
        memcpy(request->address, (uint8_t[]){0x20, 1, 0x0d, 0xb8, 0, (uint8_t)(number % 32)}, 6);
}

static void *
decide_all(void *context)
{
    struct run *run = context;
    void *memory;
    struct woapol_principal *principal = bind_group(run->image, run->group, &memory);
    CLAIM(principal != NULL);
    for (unsigned i = 0; i < REQUESTS; i++) {
        struct woapol_request request;
        struct woapol_decision decision;
        make_request(run->image, i, &request);
        woapol_decide(run->image, principal, &request, &decision);
        run->sum = run->sum * 31 + decision.rule * 7 + decision.chain * 3 + decision.effect;
    }
    free(memory);
    return NULL;
}

int
main(int argc, char **argv)
{
    CLAIM(argc == 2);
    static const char *const groups[] = {"Staff", "Contractors", "Nobody"};
    size_t size;
    void *bytes = read_whole(argv[1], &size);
    struct woapol_image image;
    CLAIM(woapol_open(&image, bytes, size, NULL, NULL) == WOAPOL_OK);

    struct run alone[3], together[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < 3; i++) {
        alone[i] = (struct run){&image, groups[i], 0};
        decide_all(&alone[i]);
    }
    CLAIM(alone[0].sum != alone[1].sum && alone[1].sum != alone[2].sum);
    for (int i = 0; i < THREADS; i++) {
        together[i] = (struct run){&image, groups[i % 3], 0};
        CLAIM(pthread_create(&threads[i], NULL, decide_all, &together[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CLAIM(pthread_join(threads[i], NULL) == 0);
        CLAIM(together[i].sum == alone[i % 3].sum);
    }
    free(bytes);
    return 0;
}
