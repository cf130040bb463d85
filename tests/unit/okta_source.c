/* Random sources that an Okta org can hold. */
#include "tests/unit/okta_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/facts.h"
#include "tests/unit/random_policy.h"

enum { NETWORKS = 6, GROUPS = 5, APPS = 4, USERS = 3, CHAINS = 4 };

static uint32_t
below(uint64_t *state, uint32_t limit)
{
    return random_below(state, limit);
}

/* ---- declarations -------------------------------------------------------------------- */

static void
put_prefix(FILE *out, uint64_t *state)
{
    switch (below(state, 5)) {
    case 0:
        (void)fprintf(out, "10.0.%u.0/24", below(state, 4));
        break;
    case 1:
        (void)fprintf(out, "10.0.%u.%u", below(state, 4), below(state, 8));
        break;
    case 2:
        (void)fprintf(out, "10.0.%u.%u .. 10.0.%u.%u", below(state, 2), below(state, 8),
                      2 + below(state, 2), below(state, 8));
        break;
    case 3:
        (void)fprintf(out, "2001:db8:%u::/48", below(state, 3));
        break;
    default:
        (void)fprintf(out, "10.0.0.0/22");
        break;
    }
}

static void
put_declarations(FILE *out, uint64_t *state)
{
    static const char *const chains[CHAINS] = {
        "okta_password", "okta_password then okta_verify_push",
        "okta_fastpass else okta_password then (fido2 or okta_verify)",
        "smart_card else okta_password then sms then okta_email"};

    for (unsigned i = 0; i < NETWORKS; i++) {
        (void)fprintf(out, "network N%u = ", i);
        put_prefix(out, state);
        for (uint32_t more = below(state, 3); more > 0; more--) {
            (void)fputs(" + ", out);
            put_prefix(out, state);
        }
        if (i > 0 && below(state, 2) == 0)
            (void)fprintf(out, " %c N%u", below(state, 2) == 0 ? '-' : '+', below(state, i));
        (void)fputc('\n', out);
    }
    for (unsigned i = 0; i < GROUPS; i++)
        (void)fprintf(out, i % 2 == 0 ? "group G%u\n" : "group G%u = \"Group %u\"\n", i, i);
    for (unsigned i = 0; i < APPS; i++)
        (void)fprintf(out, i % 2 == 0 ? "app A%u\n" : "app A%u { okta = \"App %u\" }\n", i, i);
    for (unsigned i = 0; i < CHAINS; i++)
        (void)fprintf(out, "chain C%u = %s\n", i, chains[i]);
}

/* ---- conditions -------------------------------------------------------------------------- */

/* What Okta does not have. */
static void
put_wild_leaf(FILE *out, uint64_t *state)
{
    static const char *const leaves[] = {
        "entry in {okta_mobile}",       "entry in {browser, hub}", "device in ios",
        "device in ipados + macos",     "device in hub_app",       "device in browser + android",
        "compliant and device in linux"};
    (void)fprintf(out, "(%s)", leaves[below(state, sizeof leaves / sizeof *leaves)]);
}

static void
put_leaf(FILE *out, uint64_t *state)
{
    static const char *const devices[] = {"ios + ipados", "android",
                                          "macos",        "windows + macos",
                                          "linux",        "chromeos + other_desktop",
                                          "other_mobile", "android + ios + ipados"};
    static const char *const risks[] = {"risk is low", "risk is medium", "risk is high",
                                        "risk >= medium", "risk < high"};

    switch (below(state, 12)) {
    case 0:
    case 1:
        (void)fprintf(out, "network in N%u", below(state, NETWORKS));
        break;
    case 2:
        (void)fprintf(out, "network in N%u %s N%u", below(state, NETWORKS),
                      below(state, 3) == 0   ? "+"
                      : below(state, 2) == 0 ? "-"
                                             : "&",
                      below(state, NETWORKS));
        break;
    case 3:
    case 4:
        (void)fprintf(out, "device in %s", devices[below(state, 8)]);
        break;
    case 5:
    case 6:
        (void)fprintf(out, "group in {G%u, G%u}", below(state, GROUPS), below(state, GROUPS));
        break;
    case 7:
        (void)fprintf(out, "user in {\"u%u@corp.example\"}", below(state, USERS));
        break;
    case 8:
        (void)fprintf(out, "app in A%u", below(state, APPS));
        break;
    case 9:
        (void)fputs("managed", out);
        break;
    case 10:
        (void)fputs("compliant", out);
        break;
    default:
        (void)fputs(risks[below(state, 5)], out);
        break;
    }
}

static void
put_condition(FILE *out, uint64_t *state, unsigned depth, bool wild)
{
    uint32_t choice = depth == 0 ? 3 : below(state, 6);

    if (choice == 0 && depth > 0) {
        (void)fputs("not (", out);
        put_condition(out, state, depth - 1, wild);
        (void)fputc(')', out);
    } else if (choice < 3) {
        (void)fputc('(', out);
        put_condition(out, state, depth - 1, wild);
        (void)fputs(choice == 1 ? " and " : " or ", out);
        put_condition(out, state, depth - 1, wild);
        (void)fputc(')', out);
    } else {
        (void)fputs(below(state, 4) == 0 ? "not " : "", out);
        if (wild && below(state, 3) == 0)
            put_wild_leaf(out, state);
        else
            put_leaf(out, state);
    }
}

static void
put_action(FILE *out, uint64_t *state, bool wild)
{
    static const char *const every[] = {"", " every 30m", " every 8h", " every 90d"};

    if (wild && below(state, 6) == 0)
        (void)fputs(below(state, 2) == 0 ? "allow" : "authenticate okta_password else kerberos",
                    out);
    else if (below(state, 3) == 0)
        (void)fputs("deny", out);
    else
        (void)fprintf(out, "authenticate C%u%s", below(state, CHAINS), every[below(state, 4)]);
}

static void
put_policy(FILE *out, uint64_t *state, const char *head, bool wild)
{
    (void)fprintf(out, "policy %s {\n", head);
    for (uint32_t i = 0, count = 1 + below(state, 6); i < count; i++) {
        (void)fprintf(out, "  rule %sr%u when ", below(state, 9) == 0 ? "report " : "", i);
        put_condition(out, state, 2, wild);
        (void)fputc(' ', out);
        put_action(out, state, wild);
        (void)fputc('\n', out);
    }
    if (below(state, 3) > 0) {
        (void)fputs("  otherwise ", out);
        put_action(out, state, wild);
        (void)fputc('\n', out);
    }
    (void)fputs("}\n", out);
}

char *
okta_source(uint64_t seed, bool wild)
{
    uint64_t state = seed * 2654435761u + 1;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)fputs(OKTA_TENANT, out);
    put_declarations(out, &state);
    put_policy(out, &state, "P is default", wild);
    put_policy(out, &state, "Q for A0, A1", wild);
    (void)fclose(out);
    return text;
}

/* ---- sign-ins ---------------------------------------------------------------------------------
 */

struct kind {
    const char *device, *type, *os;
    bool safari; /* an iPad whose browser says it is a Mac */
};

static const struct kind kinds[] = {{"ios", "MOBILE", "IOS", false},
                                    {"ipados", "MOBILE", "IOS", false},
                                    {"macos", "DESKTOP", "MACOS", true},
                                    {"macos", "DESKTOP", "MACOS", false},
                                    {"android", "MOBILE", "ANDROID", false},
                                    {"windows", "DESKTOP", "WINDOWS", false},
                                    {"chromeos", "DESKTOP", "CHROMEOS", false},
                                    {"linux", "DESKTOP", "LINUX", false},
                                    {"other_mobile", "MOBILE", "OTHER", false},
                                    {"other_desktop", "DESKTOP", "OTHER", false},
                                    {NULL, "OTHER", "OTHER", false}};

static void
make_place(struct wp_arena *arena, uint64_t *state, struct okta_case *made)
{
    if (below(state, 5) == 0)
        made->sign_in.address =
            wp_format(arena, "2001:db8:%u::%x", below(state, 4), below(state, 3));
    else
        made->sign_in.address = wp_format(arena, "10.0.%u.%u", below(state, 5), below(state, 10));
    (void)wp_request_set_address(&made->request, made->sign_in.address);
}

static void
make_device(const struct wp_model *model, uint64_t *state, struct okta_case *made)
{
    static const char *const risks[] = {"LOW", "MEDIUM", "HIGH"};
    const struct kind *kind = &kinds[below(state, sizeof kinds / sizeof *kinds)];
    bool assured = strcmp(kind->os, "IOS") == 0 || strcmp(kind->os, "ANDROID") == 0 ||
                   strcmp(kind->os, "MACOS") == 0 || strcmp(kind->os, "WINDOWS") == 0;

    made->sign_in.type = kind->type;
    made->sign_in.os = kind->os;
    made->sign_in.managed = below(state, 2) == 0;
    made->sign_in.registered = made->sign_in.managed || below(state, 2) == 0;
    made->sign_in.compliant = assured && below(state, 2) == 0;
    if (kind->device != NULL)
        wp_request_set_device(model, &made->request, kind->device);
    made->request.entry = below(state, WP_ENTRY_COUNT);
    made->request.managed = made->sign_in.managed;
    made->request.compliant = made->sign_in.compliant;
    made->request.risk = below(state, WP_RISK_COUNT);
    made->sign_in.risk = risks[made->request.risk];
}

static void
make_person(struct wp_arena *arena, const struct wp_model *model, uint64_t *state,
            struct okta_case *made)
{
    const char **groups = wp_alloc_array(arena, GROUPS + 1, sizeof *groups);
    uint32_t count = 0, app = below(state, APPS + 1);

    for (unsigned i = 0; i < GROUPS; i++) {
        if (below(state, 3) > 0)
            continue;
        groups[count] = wp_format(arena, i % 2 == 0 ? "G%u" : "Group %u", i);
        wp_request_add_group(arena, model, &made->request, groups[count++]);
    }
    made->sign_in.groups = groups;
    made->sign_in.user = wp_format(arena, "u%u@corp.example", below(state, USERS + 1));
    wp_request_set_user(model, &made->request, made->sign_in.user);
    if (app < APPS) {
        wp_request_set_app(model, &made->request, wp_format(arena, "A%u", app));
        made->sign_in.app = wp_format(arena, app % 2 == 0 ? "A%u" : "App %u", app);
    }
}

void
okta_case(struct wp_arena *arena, const struct wp_model *model, uint64_t *state,
          struct okta_case *made)
{
    *made = (struct okta_case){0};
    wp_request_init(&made->request);
    make_place(arena, state, made);
    make_device(model, state, made);
    make_person(arena, model, state, made);
}

/* ---- chains
 * --------------------------------------------------------------------------------------- */

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The uses of one step, sorted, each once. */
static const char *
step_text(struct wp_arena *arena, const char **uses, size_t count)
{
    const char *text = "";

    qsort(uses, count, sizeof *uses, compare_texts);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(uses[i - 1], uses[i]) != 0)
            text = wp_format(arena, "%s%s%s", text, i == 0 ? "" : ",", uses[i]);
    return text;
}

static size_t
uses_of(struct wp_arena *arena, const struct wp_thing *method, const char **uses)
{
    const struct wp_attribute *block = wp_block_find(method->declaration->attributes, "okta", NULL);
    const struct wp_attribute *inside = block == NULL ? NULL : block->attributes;
    const struct wp_attribute *many = wp_attribute_find(inside, "uses");
    const char *key = wp_attribute_text(inside, "key", "");
    const char *resists = wp_attribute_is_yes(inside, "phishing_resistant") ? "!" : "";
    size_t count = 0;

    if (block == NULL) {
        uses[0] = method->name;
        return 1;
    }
    if (many == NULL) {
        uses[0] = wp_format(arena, "%s:%s%s", key, wp_attribute_text(inside, "use", ""), resists);
        return 1;
    }
    for (const struct wp_value *use = many->value->items; use != NULL; use = use->next)
        uses[count++] = wp_format(arena, "%s:%s%s", key, use->text, resists);
    return count;
}

const char *
okta_chain_of_model(struct wp_arena *arena, const struct wp_model *model, uint32_t number)
{
    const struct wp_model_chain *chain = &model->chains[number];
    const char *text = "", *uses[64];

    for (uint32_t i = 0; i < chain->count; i++)
        for (uint32_t k = 0; k < chain->alternatives[i].count; k++) {
            const struct wp_step *step = &chain->alternatives[i].steps[k];
            size_t count = 0;
            for (uint32_t m = 0; m < step->count; m++)
                count += uses_of(arena, &model->methods[step->methods[m]], uses + count);
            text = wp_format(arena, "%s%s%s", text,
                             k > 0   ? " > "
                             : i > 0 ? " | "
                                     : "",
                             step_text(arena, uses, count));
        }
    return text;
}

static const char *
body_step(struct wp_arena *arena, const json_t *step)
{
    const char *uses[64];
    size_t count = 0, i;
    const json_t *method;

    json_array_foreach(json_object_get(step, "authenticationMethods"), i, method) uses[count++] =
        wp_format(arena, "%s:%s%s", json_string_value(json_object_get(method, "key")),
                  json_string_value(json_object_get(method, "method")),
                  json_object_get(method, "phishingResistant") != NULL ? "!" : "");
    return step_text(arena, uses, count);
}

const char *
okta_chain_of_body(struct wp_arena *arena, const json_t *sign_on)
{
    const json_t *method = json_object_get(sign_on, "verificationMethod"), *chain;
    const char *text = "";
    size_t i;

    json_array_foreach(json_object_get(method, "chains"), i, chain)
    {
        text = wp_format(arena, "%s%s", text, i > 0 ? " | " : "");
        for (const json_t *step = chain; step != NULL;
             step = json_array_get(json_object_get(step, "next"), 0))
            text = wp_format(arena, "%s%s%s", text, step == chain ? "" : " > ",
                             body_step(arena, step));
    }
    return text;
}
