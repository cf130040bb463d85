/*
 * Requests: from columns, where the types of SQL say what is what, and from jsonb,
 * which says the same as a line that `woapol eval` reads.
 */
#include "woapol_pg.h"

#include <sys/socket.h>

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inet.h"

/* Which argument is what. */
enum {
    ARG_IP = 1,
    ARG_DEVICE,
    ARG_GROUPS,
    ARG_APP,
    ARG_USER,
    ARG_ENTRY,
    ARG_MANAGED,
    ARG_COMPLIANT,
    ARG_RISK,
    ARG_COMPLETE
};

static const char *const levels[] = {"low", "medium", "high"};

static bool
read_level(const char *text, size_t length, uint8_t *risk)
{
    for (uint8_t i = 0; i < lengthof(levels); i++)
        if (length == strlen(levels[i]) && memcmp(text, levels[i], length) == 0) {
            *risk = i;
            return true;
        }
    return false;
}

char *
wpg_excerpt(const char *text, size_t length)
{
    return pnstrdup(text, length <= 60 ? length : (size_t)pg_mbcliplen(text, (int)length, 60));
}

static uint32_t
find(const struct wpg_image *image, enum woapol_kind kind, const char *text, size_t length)
{
    const struct woapol_text name = wpg_text_to_image(text, length);
    return woapol_find(&image->image, kind, name.text, name.length);
}

static void
begin(struct wpg_request *request)
{
    memset(request, 0, sizeof *request);
    woapol_request_init(&request->request);
    request->id.type = jbvNull;
}

/* ---- columns ------------------------------------------------------------------------- */

static void
read_address(inet *ip, struct woapol_request *request)
{
    if (ip_bits(ip) != ip_maxbits(ip))
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("a request's ip must be one address, not the network %s",
                       DatumGetCString(DirectFunctionCall1(inet_out, InetPGetDatum(ip)))),
                errhint("Write host(ip)::inet if the address is meant."));
    request->address_family = ip_family(ip) == PGSQL_AF_INET ? 4 : 6;
    memcpy(request->address, ip_addr(ip), request->address_family == 4 ? 4 : 16);
}

static void
read_groups(ArrayType *array, struct woapol_identity *identity)
{
    Datum *elements;
    bool *nulls;
    int count;
    if (ARR_NDIM(array) > 1)
        ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                errmsg("a request's groups must be an array of one dimension"));
    deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
    struct woapol_text *groups = palloc_array(struct woapol_text, (Size)count);
    for (int i = 0; i < count; i++) {
        if (nulls[i])
            ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("a request's groups must hold no NULL"),
                    errhint("Write array_remove(groups, NULL) if it means nothing."));
        text *name = DatumGetTextPP(elements[i]);
        groups[i] = wpg_text_to_image(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
    }
    identity->groups = groups;
    identity->group_count = (size_t)count;
}

static void
read_risk(text *risk, struct woapol_request *request)
{
    if (read_level(VARDATA_ANY(risk), VARSIZE_ANY_EXHDR(risk), &request->risk))
        return;
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
            errmsg("a request's risk must be low, medium or high, not \"%s\"",
                   wpg_excerpt(VARDATA_ANY(risk), VARSIZE_ANY_EXHDR(risk))));
}

static uint32_t
find_argument(FunctionCallInfo fcinfo, int argument, const struct wpg_image *image,
              enum woapol_kind kind)
{
    if (PG_ARGISNULL(argument))
        return 0;
    text *name = PG_GETARG_TEXT_PP(argument);
    return find(image, kind, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}

void
wpg_request_columns(FunctionCallInfo fcinfo, const struct wpg_image *image,
                    struct wpg_request *request)
{
    begin(request);
    struct woapol_request *r = &request->request;
    if (!PG_ARGISNULL(ARG_IP))
        read_address(PG_GETARG_INET_PP(ARG_IP), r);
    if (!PG_ARGISNULL(ARG_GROUPS))
        read_groups(PG_GETARG_ARRAYTYPE_P(ARG_GROUPS), &request->identity);
    if (!PG_ARGISNULL(ARG_USER)) {
        text *user = PG_GETARG_TEXT_PP(ARG_USER);
        request->identity.user = wpg_text_to_image(VARDATA_ANY(user), VARSIZE_ANY_EXHDR(user));
    }
    if (!PG_ARGISNULL(ARG_RISK))
        read_risk(PG_GETARG_TEXT_PP(ARG_RISK), r);
    r->device = find_argument(fcinfo, ARG_DEVICE, image, WOAPOL_DEVICE);
    r->app = find_argument(fcinfo, ARG_APP, image, WOAPOL_APP);
    r->entry = find_argument(fcinfo, ARG_ENTRY, image, WOAPOL_ENTRY);
    r->managed = !PG_ARGISNULL(ARG_MANAGED) && PG_GETARG_BOOL(ARG_MANAGED);
    r->compliant = !PG_ARGISNULL(ARG_COMPLIANT) && PG_GETARG_BOOL(ARG_COMPLIANT);
    request->identity.groups_incomplete =
        !PG_ARGISNULL(ARG_COMPLETE) && !PG_GETARG_BOOL(ARG_COMPLETE);
}

/* ---- jsonb --------------------------------------------------------------------------------- */

static const char *
kind_of(const JsonbValue *value)
{
    switch (value->type) {
    case jbvNull:
        return "null";
    case jbvString:
        return "a string";
    case jbvNumeric:
        return "a number";
    case jbvBool:
        return "true or false";
    case jbvArray:
        return "an array";
    case jbvBinary:
        return JsonContainerIsArray(value->val.binary.data) ? "an array" : "an object";
    default:
        return "an object";
    }
}

static JsonbValue *
field(Jsonb *json, const char *key, JsonbValue *value)
{
    return getKeyJsonValueFromContainer(&json->root, key, (int)strlen(key), value);
}

static bool
refuse_type(struct wpg_request *request, const char *key, const char *wanted,
            const JsonbValue *value)
{
    request->error = psprintf("\"%s\" must be %s, not %s", key, wanted, kind_of(value));
    return false;
}

/* A text, if it is there. */
static bool
read_text(Jsonb *json, const char *key, struct wpg_request *request, struct woapol_text *out)
{
    JsonbValue value;
    if (field(json, key, &value) == NULL)
        return true;
    if (value.type != jbvString)
        return refuse_type(request, key, "a string", &value);
    *out = wpg_text_to_image(value.val.string.val, (size_t)value.val.string.len);
    return true;
}

static bool
read_flag(Jsonb *json, const char *key, struct wpg_request *request, bool *out)
{
    JsonbValue value;
    if (field(json, key, &value) == NULL)
        return true;
    if (value.type != jbvBool)
        return refuse_type(request, key, "true or false", &value);
    *out = value.val.boolean;
    return true;
}

static bool
read_ip(Jsonb *json, struct wpg_request *request)
{
    struct woapol_text ip = {NULL, 0};
    if (!read_text(json, "ip", request, &ip))
        return false;
    if (ip.text == NULL || woapol_set_address(&request->request, ip.text, ip.length))
        return true;
    request->error =
        psprintf("\"ip\" is not an IPv4 or IPv6 address: \"%s\"", wpg_excerpt(ip.text, ip.length));
    return false;
}

static bool
read_json_risk(Jsonb *json, struct wpg_request *request)
{
    struct woapol_text risk = {NULL, 0};
    if (!read_text(json, "risk", request, &risk))
        return false;
    if (risk.text == NULL || read_level(risk.text, risk.length, &request->request.risk))
        return true;
    request->error = psprintf("\"risk\" must be low, medium or high, not \"%s\"",
                              wpg_excerpt(risk.text, risk.length));
    return false;
}

static bool
read_json_groups(Jsonb *json, struct wpg_request *request)
{
    JsonbValue value;
    if (field(json, "groups", &value) == NULL)
        return true;
    if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
        return refuse_type(request, "groups", "an array of strings", &value);
    JsonbContainer *array = value.val.binary.data;
    const uint32 count = JsonContainerSize(array);
    struct woapol_text *groups = palloc_array(struct woapol_text, count);
    for (uint32 i = 0; i < count; i++) {
        const JsonbValue *name = getIthJsonbValueFromContainer(array, i);
        if (name->type != jbvString) {
            request->error = psprintf("\"groups\" must hold strings only, not %s", kind_of(name));
            return false;
        }
        groups[i] = wpg_text_to_image(name->val.string.val, (size_t)name->val.string.len);
    }
    request->identity.groups = groups;
    request->identity.group_count = count;
    return true;
}

static uint32_t
find_text(const struct wpg_image *image, enum woapol_kind kind, struct woapol_text name)
{
    return name.text == NULL ? 0 : woapol_find(&image->image, kind, name.text, name.length);
}

static bool
read_fields(Jsonb *json, struct wpg_request *request, const struct wpg_image *image)
{
    struct woapol_text device = {NULL, 0}, app = {NULL, 0}, entry = {NULL, 0};
    struct woapol_request *r = &request->request;
    bool complete = true;
    if (!read_ip(json, request) || !read_text(json, "device", request, &device) ||
        !read_json_groups(json, request) || !read_text(json, "app", request, &app) ||
        !read_text(json, "user", request, &request->identity.user) ||
        !read_text(json, "entry", request, &entry) ||
        !read_flag(json, "managed", request, &r->managed) ||
        !read_flag(json, "compliant", request, &r->compliant) || !read_json_risk(json, request) ||
        !read_flag(json, "groups_complete", request, &complete))
        return false;
    request->identity.groups_incomplete = !complete;
    r->device = find_text(image, WOAPOL_DEVICE, device);
    r->app = find_text(image, WOAPOL_APP, app);
    r->entry = find_text(image, WOAPOL_ENTRY, entry);
    return true;
}

bool
wpg_request_json(Jsonb *json, const struct wpg_image *image, struct wpg_request *request)
{
    begin(request);
    if (json == NULL) {
        request->error = "the request is null";
        return false;
    }
    if (!JB_ROOT_IS_OBJECT(json)) {
        request->error = "the text is not a JSON object";
        return false;
    }
    (void)field(json, "id", &request->id);
    return read_fields(json, request, image);
}
