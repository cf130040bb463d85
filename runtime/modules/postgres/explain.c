/* woapol_explain: how each rule stands, up to the one that decides. */
#include "woapol_pg.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(wpg_explain);

static const struct {
    uint32_t bit;
    const char *word;
} facts[] = {
    {WOAPOL_BY_ADDRESS, "ip"}, {WOAPOL_BY_DEVICE, "device"},         {WOAPOL_BY_POSTURE, "posture"},
    {WOAPOL_BY_APP, "app"},    {WOAPOL_BY_PERSON, "groups or user"},
};

static Datum
against_array(uint32_t against)
{
    Datum words[lengthof(facts)];
    int count = 0;
    for (size_t i = 0; i < lengthof(facts); i++)
        if (against & facts[i].bit)
            words[count++] = CStringGetTextDatum(facts[i].word);
    return PointerGetDatum(construct_array(words, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static struct woapol_account *
accounts_of(struct wpg_image *image, const struct wpg_request *request, size_t *count)
{
    struct woapol_principal *principal =
        woapol_bind(&image->image, &request->identity, image->memory, image->memory_size);
    if (principal == NULL)
        elog(ERROR, "woapol: the memory for a request does not do");
    *count = woapol_explain(&image->image, principal, &request->request, NULL, 0);
    struct woapol_account *accounts =
        palloc_extended((*count + 1) * sizeof *accounts, MCXT_ALLOC_HUGE);
    *count = woapol_explain(&image->image, principal, &request->request, accounts, *count);
    return accounts;
}

static void
put_account(ReturnSetInfo *result, const struct wpg_image *image, int place,
            const struct woapol_account *account)
{
    const bool is_unknown = account->truth == WOAPOL_UNKNOWN;
    Datum values[6] = {
        Int32GetDatum(place),
        wpg_name_of_image(&image->image, WOAPOL_RULE, account->rule),
        BoolGetDatum(account->is_report),
        BoolGetDatum(account->truth == WOAPOL_TRUE),
        against_array(account->against),
        BoolGetDatum(!account->is_report && account->truth != WOAPOL_FALSE),
    };
    bool nulls[6] = {false, values[1] == (Datum)0, false, is_unknown, false, false};
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

Datum
wpg_explain(PG_FUNCTION_ARGS)
{
    if (PG_ARGISNULL(0))
        ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                errmsg("the name of a woapol policy must not be NULL"));
    text *name = PG_GETARG_TEXT_PP(0);
    const struct wpg_reference reference = {.bytes = VARDATA_ANY(name),
                                            .length = VARSIZE_ANY_EXHDR(name),
                                            .has_version = !PG_ARGISNULL(2),
                                            .version = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT64(2)};
    InitMaterializedSRF(fcinfo, 0);
    struct wpg_image *image = wpg_policy(fcinfo, &reference);
    struct wpg_request request;
    if (!wpg_request_json(PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1), image, &request))
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("this request cannot be explained: %s", request.error));
    size_t count;
    const struct woapol_account *accounts = accounts_of(image, &request, &count);
    for (size_t i = 0; i < count; i++) {
        CHECK_FOR_INTERRUPTS();
        put_account((ReturnSetInfo *)fcinfo->resultinfo, image, (int)i + 1, &accounts[i]);
    }
    return (Datum)0;
}
