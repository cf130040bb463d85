/*
 * Opened images, each in a memory context of its own, known by their digest.
 *
 * An image never changes, so nothing here can be out of date; what changes is which
 * image a name means, and that is asked anew with each snapshot. The cache is
 * bounded: what was used longest ago goes first.
 */
#include "woapol_pg.h"

#include "common/cryptohash.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

uint64 wpg_drops;

static dlist_head images = DLIST_STATIC_INIT(images); /* used last comes first */

/* ---- texts ------------------------------------------------------------------------ */

text *
wpg_text_of_image(const char *name, size_t length)
{
    /* Checks what is UTF-8 already, too: nobody has before. */
    char *bytes = pg_any_to_server(name, (int)length, PG_UTF8);
    return bytes == name ? cstring_to_text_with_len(name, (int)length) : cstring_to_text(bytes);
}

struct woapol_text
wpg_text_to_image(const char *bytes, size_t length)
{
    char *name = pg_server_to_any(bytes, (int)length, PG_UTF8);
    return (struct woapol_text){name, name == bytes ? length : strlen(name)};
}

Datum
wpg_name_of_image(const struct woapol_image *image, enum woapol_kind kind, uint32_t number)
{
    size_t length = 0;
    const char *name = woapol_name(image, kind, number, &length);
    return name == NULL ? (Datum)0 : PointerGetDatum(wpg_text_of_image(name, length));
}

/* ---- bytes that may be an image --------------------------------------------------------- */

void
wpg_digest_of(const void *bytes, size_t size, uint8 digest[WPG_DIGEST])
{
    pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);
    bool done = hash != NULL && pg_cryptohash_init(hash) >= 0 &&
                pg_cryptohash_update(hash, bytes, size) >= 0 &&
                pg_cryptohash_final(hash, digest, WPG_DIGEST) >= 0;
    pg_cryptohash_free(hash);
    if (!done)
        elog(ERROR, "woapol: the SHA-256 of an image cannot be computed");
}

static void
open_or_refuse(struct woapol_image *image, const void *bytes, size_t size)
{
    struct woapol_fault fault = {0};
    enum woapol_status status = woapol_open(image, bytes, size, NULL, &fault);
    if (status == WOAPOL_OK)
        return;
    ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
            errmsg("this is no woapol image that can be used: %s", woapol_status_text(status)),
            errdetail("At byte %llu: %s.", (unsigned long long)fault.offset,
                      fault.reason == NULL ? woapol_status_text(status) : fault.reason),
            errhint("Build it with \"woapol build\" of the same version."));
}

uint64
wpg_image_check(const void *bytes, size_t size)
{
    struct woapol_image image;
    open_or_refuse(&image, bytes, size);
    return woapol_generation(&image);
}

/* ---- the cache ------------------------------------------------------------------------------ */

static struct wpg_image *
image_of(dlist_node *node)
{
    return dlist_container(struct wpg_image, node, node);
}

struct wpg_image *
wpg_image_known(const uint8 digest[WPG_DIGEST])
{
    dlist_iter at;
    dlist_foreach(at, &images)
    {
        struct wpg_image *image = image_of(at.cur);
        if (memcmp(image->digest, digest, WPG_DIGEST) == 0) {
            dlist_move_head(&images, &image->node);
            return image;
        }
    }
    return NULL;
}

MemoryContext
wpg_image_context(void)
{
    /* Under the current one until it is good: an error leaves nothing behind. */
    return AllocSetContextCreate(CurrentMemoryContext, "woapol image", ALLOCSET_START_SMALL_SIZES);
}

static void
drop(struct wpg_image *image)
{
    wpg_drops++;
    dlist_delete(&image->node);
    MemoryContextDelete(image->context);
}

/* Drops images until one of that size fits in. */
static void
make_room(size_t size)
{
    const size_t limit = (size_t)wpg_cache_size * 1024;
    size_t total = size;
    dlist_iter at;
    if (size > limit)
        ereport(ERROR, errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                errmsg("a woapol image takes %zu kB, more than images may take", size / 1024 + 1),
                errhint("Raise woapol.cache_size, which is %d kB.", wpg_cache_size));
    dlist_foreach(at, &images)
    {
        total += MemoryContextMemAllocated(image_of(at.cur)->context, true);
    }
    while (total > limit && !dlist_is_empty(&images)) {
        struct wpg_image *last = image_of(dlist_tail_node(&images));
        total -= MemoryContextMemAllocated(last->context, true);
        drop(last);
    }
}

struct wpg_image *
wpg_image_open(MemoryContext context, const void *bytes, size_t size,
               const uint8 digest[WPG_DIGEST])
{
    MemoryContext before = MemoryContextSwitchTo(context);
    struct wpg_image *image = palloc0(sizeof *image);
    open_or_refuse(&image->image, bytes, size);
    image->context = context;
    memcpy(image->digest, digest, WPG_DIGEST);
    image->rules = woapol_count(&image->image, WOAPOL_RULE);
    image->policies = woapol_count(&image->image, WOAPOL_POLICY);
    image->memory_size = woapol_principal_size(&image->image);
    image->memory = (void *)TYPEALIGN(64, MemoryContextAllocHuge(context, image->memory_size + 64));
    image->outcomes = MemoryContextAllocExtended(
        context, ((size_t)image->rules + image->policies + 1) * sizeof *image->outcomes,
        MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
    make_room(MemoryContextMemAllocated(context, true));
    MemoryContextSetParent(context, TopMemoryContext);
    dlist_push_head(&images, &image->node);
    MemoryContextSwitchTo(before);
    return image;
}
