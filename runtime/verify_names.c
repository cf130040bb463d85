/* The names: every string ends with a NUL inside the text, every record and alias
 * leads to one, and there are names for all numbers that decisions can name. */
#include "verify.h"

static bool
verify_strings(const struct wp_view *view, struct woapol_fault *fault)
{
    const uint32_t count = view->string_count;
    if (count == 0 || view->strings[0] != 0 || view->strings[count - 1] != view->text_size)
        return wp_fault(view, fault, view->strings, "the strings do not fill the text");
    for (uint32_t i = 1; i < count; i++)
        if (view->strings[i] <= view->strings[i - 1] || view->strings[i] > view->text_size ||
            view->text[view->strings[i] - 1] != '\0')
            return wp_fault(view, fault, view->strings + i, "a string has no end");
    return true;
}

/* Which numbers of a kind there must be names for. */
static uint32_t
count_of(const struct wp_view *view, uint32_t kind, uint32_t named)
{
    switch (kind) {
    case WOAPOL_DEVICE:
        return view->shape.rows[WP_FAMILY_DEVICE];
    case WOAPOL_APP:
        return view->shape.apps;
    case WOAPOL_USER:
        return view->shape.users + 1;
    case WOAPOL_GROUP:
        return view->shape.groups + 1;
    case WOAPOL_ENTRY:
        return WP_ENTRIES_OF_REQUEST;
    case WOAPOL_RISK:
        return WP_RISKS;
    case WOAPOL_POLICY:
        return view->shape.policies;
    case WOAPOL_RULE:
        return view->shape.rules;
    default:
        return named; /* methods and messages are counted here alone */
    }
}

static bool
verify_buckets(const struct wp_view *view, struct woapol_fault *fault,
               const struct wp_name_kind *kind)
{
    const uint32_t count = kind->bucket_count, words = view->bucket_words;
    if (count == 0)
        return true;
    if ((count & (count - 1)) != 0 || kind->first_bucket >= words ||
        count >= words - kind->first_bucket)
        return wp_fault(view, fault, kind, "buckets of names are out of range");
    const uint32_t *buckets = view->buckets + kind->first_bucket;
    for (uint32_t i = 0; i < count; i++)
        if (buckets[i] > buckets[i + 1])
            return wp_fault(view, fault, buckets + i, "buckets of names are out of order");
    if (buckets[count] > view->record_count)
        return wp_fault(view, fault, buckets + count, "buckets of names are out of range");
    const uint64_t strings = (uint64_t)kind->count + kind->aliases;
    for (uint32_t i = buckets[0]; i < buckets[count]; i++)
        if (view->name_records[i].string - kind->first >= strings ||
            view->name_records[i].string < kind->first)
            return wp_fault(view, fault, view->name_records + i, "a record names no string");
    return true;
}

/* Kinds follow each other without gaps or sharing, so that checking each takes
 * time in proportion to the whole. */
static bool
verify_kinds(const struct wp_view *view, struct woapol_fault *fault)
{
    uint64_t string = 0, alias = 0, bucket = 0, record = 0;
    for (uint32_t k = 0; k < WP_NAME_KINDS; k++) {
        const struct wp_name_kind *kind = &view->name_kinds[k];
        if (kind->first != string || kind->first_alias != alias || kind->first_bucket != bucket ||
            kind->count != count_of(view, k, kind->count))
            return wp_fault(view, fault, kind, "names of a kind are out of place");
        string += (uint64_t)kind->count + kind->aliases;
        alias += kind->aliases;
        bucket += kind->bucket_count == 0 ? 0 : (uint64_t)kind->bucket_count + 1;
        if (string >= view->string_count || alias > view->alias_count)
            return wp_fault(view, fault, kind, "names of a kind are out of range");
        if (!wp_all_below(view, fault, view->aliases + kind->first_alias, kind->aliases,
                          kind->count, "an alias names nothing") ||
            !verify_buckets(view, fault, kind))
            return false;
        if (kind->bucket_count > 0 && view->buckets[kind->first_bucket] != record)
            return wp_fault(view, fault, kind, "names of a kind share records");
        if (kind->bucket_count > 0)
            record = view->buckets[kind->first_bucket + kind->bucket_count];
    }
    if (string + 1 != view->string_count || alias != view->alias_count ||
        bucket != view->bucket_words || record != view->record_count)
        return wp_fault(view, fault, view->name_kinds, "there are names of no kind");
    return true;
}

bool
wp_verify_names(const struct wp_view *view, struct woapol_fault *fault)
{
    return verify_strings(view, fault) && verify_kinds(view, fault);
}
