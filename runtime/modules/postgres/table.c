/*
 * Images in the table woapol.policy.
 *
 * It is read for whoever may call the functions, so directly: rights on the table are
 * not asked for, and nothing that a caller can set (search_path, row security) matters.
 */
#include "woapol_pg.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(wpg_check_image);

/* The table, opened, and where its columns are. */
struct table {
    Relation relation;
    Oid by_name, by_digest; /* indexes */
    AttrNumber name, version, image, active, digest;
};

static AttrNumber
column(Relation relation, const char *name, Oid type)
{
    const AttrNumber number = get_attnum(RelationGetRelid(relation), name);
    if (number == InvalidAttrNumber || get_atttype(RelationGetRelid(relation), number) != type)
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
                errmsg("woapol.policy has no column \"%s\" as the extension made it", name),
                errhint("Drop the extension and create it anew."));
    return number;
}

static struct table
open_table(void)
{
    const Oid schema = get_namespace_oid("woapol", true);
    const Oid table = OidIsValid(schema) ? get_relname_relid("policy", schema) : InvalidOid;
    if (!OidIsValid(table))
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table woapol.policy"),
                errhint("CREATE EXTENSION woapol makes it."));
    struct table t = {.relation = table_open(table, AccessShareLock)};
    t.name = column(t.relation, "name", TEXTOID);
    t.version = column(t.relation, "version", INT8OID);
    t.image = column(t.relation, "image", BYTEAOID);
    t.active = column(t.relation, "active", BOOLOID);
    t.digest = column(t.relation, "digest", BYTEAOID);
    t.by_name = get_relname_relid("policy_key", schema);
    t.by_digest = get_relname_relid("policy_digest", schema);
    if (!OidIsValid(t.by_name) || !OidIsValid(t.by_digest))
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE),
                errmsg("woapol.policy lacks an index that the extension made"));
    return t;
}

static Datum
get(const struct table *table, HeapTuple row, AttrNumber column)
{
    bool is_null;
    const Datum value = heap_getattr(row, column, RelationGetDescr(table->relation), &is_null);
    if (is_null)
        ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                errmsg("a row of woapol.policy has a NULL where none may be"));
    return value;
}

/* ---- a row's image ----------------------------------------------------------------------- */

static void
tell_row(void *name)
{
    errcontext("woapol policy %s", (const char *)name);
}

/* Opens the image of a row. Its bytes go straight into the image's context, to its
 * start, which an image must lie at. */
static struct wpg_image *
open_row(const struct table *table, HeapTuple row, const uint8 digest[WPG_DIGEST])
{
    MemoryContext context = wpg_image_context();
    MemoryContext before = MemoryContextSwitchTo(context);
    bytea *bytes = DatumGetByteaPCopy(get(table, row, table->image));
    const size_t size = VARSIZE_ANY_EXHDR(bytes);
    uint8 found[WPG_DIGEST];
    memmove(bytes, VARDATA_ANY(bytes), size);
    MemoryContextSwitchTo(before);
    wpg_digest_of(bytes, size, found);
    if (memcmp(found, digest, WPG_DIGEST) != 0)
        ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
                errmsg("an image in woapol.policy is not the one that was put there"),
                errdetail("Its SHA-256 is not its digest."));
    return wpg_image_open(context, bytes, size, digest);
}

static struct wpg_image *
image_of_row(const struct table *table, HeapTuple row)
{
    bytea *stored = DatumGetByteaPP(get(table, row, table->digest));
    uint8 digest[WPG_DIGEST];
    if (VARSIZE_ANY_EXHDR(stored) != WPG_DIGEST)
        ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
                errmsg("a digest in woapol.policy is none"));
    memcpy(digest, VARDATA_ANY(stored), WPG_DIGEST);
    struct wpg_image *image = wpg_image_known(digest);
    if (image != NULL)
        return image;
    ErrorContextCallback place = {
        .previous = error_context_stack,
        .callback = tell_row,
        .arg = psprintf("\"%s\", version " INT64_FORMAT,
                        TextDatumGetCString(get(table, row, table->name)),
                        DatumGetInt64(get(table, row, table->version))),
    };
    error_context_stack = &place;
    image = open_row(table, row, digest);
    error_context_stack = place.previous;
    return image;
}

/* ---- which row --------------------------------------------------------------------------------
 */

static void
refuse_unknown(const struct wpg_reference *reference)
{
    if (reference->is_pinned)
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
                errmsg("woapol.policy has no image with that digest"),
                errhint("The image must be in woapol.policy of each server that decides by it."));
    const char *name = wpg_excerpt(reference->bytes, reference->length);
    if (reference->has_version)
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
                errmsg("there is no version " INT64_FORMAT " of woapol policy \"%s\"",
                       reference->version, name));
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
            errmsg("there is no woapol policy \"%s\" with an active version", name),
            errhint("Put its image into woapol.policy, or name a version."));
}

/* The highest version of a name that is meant. */
static struct wpg_image *
find_by_name(const struct table *table, const struct wpg_reference *reference)
{
    ScanKeyData keys[2];
    Relation index = index_open(table->by_name, AccessShareLock);
    struct wpg_image *image = NULL;
    HeapTuple row;
    ScanKeyInit(
        &keys[0], table->name, BTEqualStrategyNumber, F_TEXTEQ,
        PointerGetDatum(cstring_to_text_with_len(reference->bytes, (int)reference->length)));
    ScanKeyInit(&keys[1], table->version, BTEqualStrategyNumber, F_INT8EQ,
                Int64GetDatum(reference->version));
    SysScanDesc scan = systable_beginscan_ordered(table->relation, index, GetActiveSnapshot(),
                                                  reference->has_version ? 2 : 1, keys);
    while (image == NULL && (row = systable_getnext_ordered(scan, BackwardScanDirection)) != NULL)
        if (reference->has_version || DatumGetBool(get(table, row, table->active)))
            image = image_of_row(table, row);
    systable_endscan_ordered(scan);
    index_close(index, AccessShareLock);
    return image;
}

static struct wpg_image *
find_by_digest(const struct table *table, const struct wpg_reference *reference)
{
    ScanKeyData key;
    bytea *digest = palloc(VARHDRSZ + reference->length);
    SET_VARSIZE(digest, VARHDRSZ + reference->length);
    memcpy(VARDATA(digest), reference->bytes, reference->length);
    ScanKeyInit(&key, table->digest, BTEqualStrategyNumber, F_BYTEAEQ, PointerGetDatum(digest));
    SysScanDesc scan =
        systable_beginscan(table->relation, table->by_digest, true, GetActiveSnapshot(), 1, &key);
    HeapTuple row = systable_getnext(scan);
    struct wpg_image *image = row == NULL ? NULL : image_of_row(table, row);
    systable_endscan(scan);
    return image;
}

struct wpg_image *
wpg_table_find(const struct wpg_reference *reference)
{
    MemoryContext own =
        AllocSetContextCreate(CurrentMemoryContext, "woapol look-up", ALLOCSET_SMALL_SIZES);
    MemoryContext before = MemoryContextSwitchTo(own);
    const struct table table = open_table();
    struct wpg_image *image =
        reference->is_pinned ? find_by_digest(&table, reference) : find_by_name(&table, reference);
    table_close(table.relation, NoLock);
    if (image == NULL)
        refuse_unknown(reference);
    MemoryContextSwitchTo(before);
    MemoryContextDelete(own);
    return image;
}

/* ---- on the way in
 * -------------------------------------------------------------------------------- */

static bytea *
bytea_of(const void *bytes, size_t size)
{
    bytea *value = palloc(VARHDRSZ + size);
    SET_VARSIZE(value, VARHDRSZ + size);
    memcpy(VARDATA(value), bytes, size);
    return value;
}

/* woapol.check_image(): refuses what is no image and fills in what is known of it. */
Datum
wpg_check_image(PG_FUNCTION_ARGS)
{
    if (!CALLED_AS_TRIGGER(fcinfo))
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                errmsg("woapol.check_image is a trigger's function"));
    TriggerData *trigger = (TriggerData *)fcinfo->context;
    if (!TRIGGER_FIRED_BEFORE(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
        TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                errmsg("woapol.check_image is for rows before they are inserted or updated"));
    HeapTuple row =
        TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
    Relation relation = trigger->tg_relation;
    const AttrNumber image = column(relation, "image", BYTEAOID);
    int columns[2] = {column(relation, "digest", BYTEAOID),
                      column(relation, "generation", INT8OID)};
    bool is_null, nulls[2] = {false, false};
    const Datum value = heap_getattr(row, image, RelationGetDescr(relation), &is_null);
    if (is_null)
        ereport(ERROR, errcode(ERRCODE_NOT_NULL_VIOLATION),
                errmsg("a row of woapol.policy needs an image"));
    bytea *bytes = DatumGetByteaPCopy(value);
    const size_t size = VARSIZE_ANY_EXHDR(bytes);
    uint8 digest[WPG_DIGEST];
    memmove(bytes, VARDATA_ANY(bytes), size);
    const uint64 generation = wpg_image_check(bytes, size);
    wpg_digest_of(bytes, size, digest);
    pfree(bytes);
    Datum values[2] = {PointerGetDatum(bytea_of(digest, sizeof digest)),
                       Int64GetDatum((int64)generation)};
    return PointerGetDatum(
        heap_modify_tuple_by_cols(row, RelationGetDescr(relation), 2, columns, values, nulls));
}
