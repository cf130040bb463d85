/*
 * Which image a call decides by.
 *
 * A name is looked up under the active snapshot, so that all calls of a statement,
 * parallel workers' included, see the same version, and the next statement sees a new
 * one. A call site remembers what it found for as long as the snapshot is the same.
 */
#include "woapol_pg.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* References that a call site knows at once: old and new, of two policies. */
#define SLOTS 4
/* Longer names are looked up anew each time. */
#define NAME_MAX_KEPT 200

/* What tells what one snapshot sees from what another does, within a backend. */
struct moment {
    TransactionId xmin, xmax;
    uint32 running; /* transactions, as two numbers */
    uint64 running_hash;
    CommandId command;
    uint64 ended; /* transactions of this backend, parts of one included */
};

struct slot {
    struct wpg_image *image; /* NULL: nothing is remembered */
    struct wpg_reference reference;
    char bytes[NAME_MAX_KEPT];
};

struct site {
    struct moment moment;
    uint64 drops;
    uint32 next;
    struct slot slots[SLOTS];
    void *extra;
};

static struct site *
site_of(FunctionCallInfo fcinfo)
{
    if (fcinfo->flinfo->fn_extra == NULL)
        fcinfo->flinfo->fn_extra =
            MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(struct site));
    return fcinfo->flinfo->fn_extra;
}

void **
wpg_site_extra(FunctionCallInfo fcinfo)
{
    return &site_of(fcinfo)->extra;
}

static uint64 ended;

/* What a part of a transaction wrote is gone with it, though no snapshot tells. */
static void
note_part(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *context)
{
    (void)mine, (void)parent, (void)context;
    if (event == SUBXACT_EVENT_ABORT_SUB)
        ended++;
}

static void
note_end(XactEvent event, void *context)
{
    (void)event, (void)context;
    ended++;
}

void
wpg_policy_init(void)
{
    RegisterXactCallback(note_end, NULL);
    RegisterSubXactCallback(note_part, NULL);
}

static uint64
hash_of(uint64 hash, const TransactionId *ids, uint32 count)
{
    for (uint32 i = 0; i < count; i++)
        hash = (hash ^ ids[i]) * UINT64CONST(0x9e3779b97f4a7c15);
    return hash;
}

static struct moment
moment_of(Snapshot snapshot)
{
    const uint32 parts = (uint32)Max(snapshot->subxcnt, 0);
    struct moment moment = {.xmin = snapshot->xmin,
                            .xmax = snapshot->xmax,
                            .running = snapshot->xcnt ^ parts << 16,
                            .command = snapshot->curcid,
                            .ended = ended};
    moment.running_hash = hash_of(snapshot->suboverflowed, snapshot->xip, snapshot->xcnt);
    moment.running_hash = hash_of(moment.running_hash, snapshot->subxip, parts);
    return moment;
}

static bool
is_same_moment(const struct moment *a, const struct moment *b)
{
    return a->xmin == b->xmin && a->xmax == b->xmax && a->running == b->running &&
           a->running_hash == b->running_hash && a->command == b->command && a->ended == b->ended;
}

static bool
is_same_reference(const struct wpg_reference *a, const struct wpg_reference *b)
{
    return a->is_pinned == b->is_pinned && a->has_version == b->has_version &&
           a->version == b->version && a->length == b->length &&
           memcmp(a->bytes, b->bytes, a->length) == 0;
}

static struct wpg_image *
find(const struct wpg_reference *reference)
{
    if (!reference->is_pinned && reference->length >= 5 &&
        memcmp(reference->bytes, "file:", 5) == 0)
        return wpg_file_find(reference);
    return wpg_table_find(reference);
}

static void
forget(struct site *site, const struct moment *moment)
{
    for (int i = 0; i < SLOTS; i++)
        site->slots[i].image = NULL;
    site->moment = *moment;
    site->drops = wpg_drops;
}

static void
remember(struct site *site, const struct wpg_reference *reference, struct wpg_image *image)
{
    struct slot *slot = &site->slots[site->next++ % SLOTS];
    if (reference->length > sizeof slot->bytes)
        return;
    slot->image = image;
    slot->reference = *reference;
    slot->reference.bytes = slot->bytes;
    memcpy(slot->bytes, reference->bytes, reference->length);
}

static struct wpg_image *
look_up(struct site *site, const struct wpg_reference *reference, const struct moment *moment)
{
    struct wpg_image *image = find(reference);
    if (site->drops != wpg_drops)
        forget(site, moment);
    remember(site, reference, image);
    return image;
}

struct wpg_image *
wpg_policy(FunctionCallInfo fcinfo, const struct wpg_reference *reference)
{
    struct site *site = site_of(fcinfo);
    const bool has_snapshot = ActiveSnapshotSet();
    if (!has_snapshot)
        PushActiveSnapshot(GetTransactionSnapshot());
    const struct moment now = moment_of(GetActiveSnapshot());
    struct wpg_image *image = NULL;
    if (site->drops != wpg_drops || !is_same_moment(&site->moment, &now))
        forget(site, &now);
    for (int i = 0; i < SLOTS && image == NULL; i++)
        if (site->slots[i].image != NULL && is_same_reference(&site->slots[i].reference, reference))
            image = site->slots[i].image;
    if (image == NULL)
        image = look_up(site, reference, &now);
    if (!has_snapshot)
        PopActiveSnapshot();
    return image;
}
