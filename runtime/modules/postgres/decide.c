/* The functions that decide. */
#include "woapol_pg.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(wpg_decide);
PG_FUNCTION_INFO_V1(wpg_effect);
PG_FUNCTION_INFO_V1(wpg_rule);
PG_FUNCTION_INFO_V1(wpg_decide_pinned);
PG_FUNCTION_INFO_V1(wpg_effect_pinned);
PG_FUNCTION_INFO_V1(wpg_rule_pinned);
PG_FUNCTION_INFO_V1(wpg_decide_json);
PG_FUNCTION_INFO_V1(wpg_digest);

/* The arguments of columns: after the policy ten facts, then the version. */
#define ARG_VERSION 11

/* ---- which image -------------------------------------------------------------------- */

static struct wpg_image *
image_by_name(FunctionCallInfo fcinfo, int version)
{
    if (PG_ARGISNULL(0))
        ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                errmsg("the name of a woapol policy must not be NULL"));
    text *name = PG_GETARG_TEXT_PP(0);
    struct wpg_reference reference = {.bytes = VARDATA_ANY(name),
                                      .length = VARSIZE_ANY_EXHDR(name),
                                      .has_version = !PG_ARGISNULL(version)};
    if (reference.has_version)
        reference.version = PG_GETARG_INT64(version);
    return wpg_policy(fcinfo, &reference);
}

static struct wpg_image *
image_by_digest(FunctionCallInfo fcinfo)
{
    if (PG_ARGISNULL(0))
        ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                errmsg("the digest of a woapol image must not be NULL"));
    bytea *digest = PG_GETARG_BYTEA_PP(0);
    const struct wpg_reference reference = {
        .is_pinned = true, .bytes = VARDATA_ANY(digest), .length = VARSIZE_ANY_EXHDR(digest)};
    return wpg_policy(fcinfo, &reference);
}

static struct wpg_image *
image_of(FunctionCallInfo fcinfo, bool is_pinned)
{
    return is_pinned ? image_by_digest(fcinfo) : image_by_name(fcinfo, ARG_VERSION);
}

/* ---- one text ---------------------------------------------------------------------------- */

static const struct wpg_outcome *
decide_columns(FunctionCallInfo fcinfo, bool is_pinned)
{
    struct wpg_image *image = image_of(fcinfo, is_pinned);
    struct wpg_request request;
    struct wpg_decision decision;
    wpg_request_columns(fcinfo, image, &request);
    wpg_decide_request(image, &request, false, &decision);
    return wpg_outcome_of(image, &decision.decision);
}

static Datum
copy_of(const void *value)
{
    const Size size = VARSIZE_ANY(value);
    return PointerGetDatum(memcpy(palloc(size), value, size));
}

Datum
wpg_effect(PG_FUNCTION_ARGS)
{
    return copy_of(decide_columns(fcinfo, false)->effect);
}

Datum
wpg_effect_pinned(PG_FUNCTION_ARGS)
{
    return copy_of(decide_columns(fcinfo, true)->effect);
}

static Datum
rule_or_null(FunctionCallInfo fcinfo, bool is_pinned)
{
    const text *rule = decide_columns(fcinfo, is_pinned)->rule;
    if (rule == NULL)
        PG_RETURN_NULL();
    return copy_of(rule);
}

Datum
wpg_rule(PG_FUNCTION_ARGS)
{
    return rule_or_null(fcinfo, false);
}

Datum
wpg_rule_pinned(PG_FUNCTION_ARGS)
{
    return rule_or_null(fcinfo, true);
}

/* ---- all of it, as a row -------------------------------------------------------------------- */

static TupleDesc
row_type(FunctionCallInfo fcinfo)
{
    void **kept = wpg_site_extra(fcinfo);
    if (*kept == NULL) {
        TupleDesc type;
        if (get_call_result_type(fcinfo, NULL, &type) != TYPEFUNC_COMPOSITE || type->natts != 8)
            ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("woapol_decide returns a woapol_decision"));
        MemoryContext before = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
        *kept = BlessTupleDesc(CreateTupleDescCopy(type));
        MemoryContextSwitchTo(before);
    }
    return *kept;
}

static Datum
reports_array(const struct wpg_image *image, const struct wpg_decision *decision)
{
    Datum *names = palloc_array(Datum, decision->report_count + 1);
    for (size_t i = 0; i < decision->report_count; i++)
        names[i] = wpg_name_of_image(&image->image, WOAPOL_RULE, decision->reports[i]);
    return PointerGetDatum(
        construct_array(names, (int)decision->report_count, TEXTOID, -1, false, TYPALIGN_INT));
}

static Datum
decide_row(FunctionCallInfo fcinfo, bool is_pinned)
{
    struct wpg_image *image = image_of(fcinfo, is_pinned);
    struct wpg_request request;
    struct wpg_decision decision;
    wpg_request_columns(fcinfo, image, &request);
    wpg_decide_request(image, &request, true, &decision);
    const struct wpg_outcome *outcome = wpg_outcome_of(image, &decision.decision);
    const char *reason = wpg_reason_word(decision.decision.reason);
    const uint64_t reauth = decision.decision.reauth_seconds;
    Datum values[8] = {
        PointerGetDatum(outcome->effect), PointerGetDatum(outcome->policy),
        PointerGetDatum(outcome->rule),   JsonbPGetDatum(outcome->chain),
        Int64GetDatum((int64)reauth),     PointerGetDatum(outcome->message),
        reports_array(image, &decision),  reason == NULL ? (Datum)0 : CStringGetTextDatum(reason),
    };
    bool nulls[8] = {false,
                     outcome->policy == NULL,
                     outcome->rule == NULL,
                     outcome->chain == NULL,
                     reauth == WOAPOL_NO_REAUTH,
                     outcome->message == NULL,
                     false,
                     reason == NULL};
    return HeapTupleGetDatum(heap_form_tuple(row_type(fcinfo), values, nulls));
}

Datum
wpg_decide(PG_FUNCTION_ARGS)
{
    return decide_row(fcinfo, false);
}

Datum
wpg_decide_pinned(PG_FUNCTION_ARGS)
{
    return decide_row(fcinfo, true);
}

/* ---- jsonb in, jsonb out -----------------------------------------------------------------------
 */

static void
put_key(JsonbParseState **state, const char *key)
{
    JsonbValue value = {.type = jbvString};
    value.val.string.val = (char *)(uintptr_t)key;
    value.val.string.len = (int)strlen(key);
    (void)pushJsonbValue(state, WJB_KEY, &value);
}

static void
put_string(JsonbParseState **state, JsonbIteratorToken token, const char *bytes, size_t length)
{
    JsonbValue value = {.type = bytes == NULL ? jbvNull : jbvString};
    if (bytes != NULL) {
        value.val.string.val = (char *)(uintptr_t)bytes;
        value.val.string.len = (int)length;
    }
    (void)pushJsonbValue(state, token, &value);
}

static void
put_text(JsonbParseState **state, const char *key, const text *value)
{
    put_key(state, key);
    put_string(state, WJB_VALUE, value == NULL ? NULL : VARDATA_ANY(value),
               value == NULL ? 0 : VARSIZE_ANY_EXHDR(value));
}

static void
put_value(JsonbParseState **state, const char *key, JsonbValue *value)
{
    put_key(state, key);
    (void)pushJsonbValue(state, WJB_VALUE, value);
}

static void
put_reports(JsonbParseState **state, const struct wpg_image *image,
            const struct wpg_decision *decision)
{
    put_key(state, "report");
    (void)pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
    for (size_t i = 0; i < decision->report_count; i++) {
        text *name =
            DatumGetTextPP(wpg_name_of_image(&image->image, WOAPOL_RULE, decision->reports[i]));
        put_string(state, WJB_ELEM, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
    }
    (void)pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

static Datum
decision_json(struct wpg_image *image, struct wpg_request *request)
{
    JsonbParseState *state = NULL;
    struct wpg_decision decision;
    JsonbValue chain = {.type = jbvNull}, reauth = {.type = jbvNull};
    wpg_decide_request(image, request, true, &decision);
    const struct wpg_outcome *outcome = wpg_outcome_of(image, &decision.decision);
    const char *reason = wpg_reason_word(decision.decision.reason);
    if (outcome->chain != NULL) {
        chain.type = jbvBinary;
        chain.val.binary.data = &outcome->chain->root;
        chain.val.binary.len = (int)VARSIZE_ANY_EXHDR(outcome->chain);
    }
    if (decision.decision.reauth_seconds != WOAPOL_NO_REAUTH) {
        reauth.type = jbvNumeric;
        reauth.val.numeric = int64_to_numeric((int64)decision.decision.reauth_seconds);
    }
    (void)pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
    put_value(&state, "id", &request->id);
    put_text(&state, "effect", outcome->effect);
    put_text(&state, "policy", outcome->policy);
    put_text(&state, "rule", outcome->rule);
    put_value(&state, "chain", &chain);
    put_value(&state, "reauth_s", &reauth);
    put_text(&state, "message", outcome->message);
    put_reports(&state, image, &decision);
    put_key(&state, "reason");
    put_string(&state, WJB_VALUE, reason, reason == NULL ? 0 : strlen(reason));
    return JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
}

static Datum
error_json(struct wpg_request *request)
{
    JsonbParseState *state = NULL;
    (void)pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
    put_value(&state, "id", &request->id);
    put_key(&state, "error");
    put_string(&state, WJB_VALUE, request->error, strlen(request->error));
    return JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
}

Datum
wpg_decide_json(PG_FUNCTION_ARGS)
{
    struct wpg_image *image = image_by_name(fcinfo, 2);
    Jsonb *json = PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1);
    struct wpg_request request;
    if (!wpg_request_json(json, image, &request))
        return error_json(&request);
    return decision_json(image, &request);
}

Datum
wpg_digest(PG_FUNCTION_ARGS)
{
    const struct wpg_image *image = image_by_name(fcinfo, 1);
    bytea *digest = palloc(VARHDRSZ + WPG_DIGEST);
    SET_VARSIZE(digest, VARHDRSZ + WPG_DIGEST);
    memcpy(VARDATA(digest), image->digest, WPG_DIGEST);
    PG_RETURN_BYTEA_P(digest);
}
